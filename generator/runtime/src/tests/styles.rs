//! The table of style examples in the standard, row by row, and what stands in no table.

use serde_json::{Value, json};

use super::server::{Reply, Server};
use crate::runtime::{Constraint, Nothing, Request, Scope};
use crate::tests::{client, offline};

/// How `color` is set, and what is sent for it as the empty text, a text, a list and an object. `None` stands for what has
/// no form in the style.
type Row<S> = (S, [Option<&'static str>; 4]);

fn values() -> [Value; 4] {
    [json!(""), json!("blue"), json!(["blue", "black", "brown"]), json!({"R": 100, "G": 200, "B": 150})]
}

fn get(server: &Server) -> Request<Nothing> {
    Request::get(&client(server).scope().join("/x"), "styles")
}

type Set = fn(Request<Nothing>, Value) -> Request<Nothing>;

#[rustfmt::skip]
const QUERY: &[Row<Set>] = &[
    (|request, value| request.query_members::<Value>("color", value, &[]),
     [Some("color="), Some("color=blue"), Some("color=blue&color=black&color=brown"), Some("R=100&G=200&B=150")]),
    (|request, value| request.query_commas::<Value>("color", value, &[]),
     [Some("color="), Some("color=blue"), Some("color=blue,black,brown"), Some("color=R,100,G,200,B,150")]),
    (|request, value| request.query_spaces::<Value>("color", value, &[]),
     [None, None, Some("color=blue%20black%20brown"), Some("color=R%20100%20G%20200%20B%20150")]),
    (|request, value| request.query_pipes::<Value>("color", value, &[]),
     [None, None, Some("color=blue%7Cblack%7Cbrown"), Some("color=R%7C100%7CG%7C200%7CB%7C150")]),
    (|request, value| request.query_deep::<Value>("color", value, &[]),
     [None, None, None, Some("color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150")]),
];

#[tokio::test]
async fn the_table_in_the_query() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    for (set, row) in QUERY {
        for (value, expected) in values().into_iter().zip(row) {
            let Some(expected) = expected else { continue };
            set(get(&server), value).await.unwrap();
            assert_eq!(server.requests().pop().unwrap().target, format!("/x?{expected}"));
        }
    }
}

type Below = fn(Scope, Value) -> Scope;

#[rustfmt::skip]
const PATH: &[Row<Below>] = &[
    (|scope, value| scope.path_matrix::<Value>("/", "color", value, &[]),
     [Some(";color"), Some(";color=blue"), Some(";color=blue,black,brown"), Some(";color=R,100,G,200,B,150")]),
    (|scope, value| scope.path_matrices::<Value>("/", "color", value, &[]),
     [Some(";color"), Some(";color=blue"), Some(";color=blue;color=black;color=brown"), Some(";R=100;G=200;B=150")]),
    // A segment that is nothing but a dot means another path.
    (|scope, value| scope.path_label::<Value>("/", "color", value, &[]),
     [None, Some(".blue"), Some(".blue,black,brown"), Some(".R,100,G,200,B,150")]),
    (|scope, value| scope.path_labels::<Value>("/", "color", value, &[]),
     [None, Some(".blue"), Some(".blue.black.brown"), Some(".R=100.G=200.B=150")]),
    (|scope, value| scope.path_commas::<Value>("/", "color", value, &[]),
     [None, Some("blue"), Some("blue,black,brown"), Some("R,100,G,200,B,150")]),
    (|scope, value| scope.path_pairs::<Value>("/", "color", value, &[]),
     [None, Some("blue"), Some("blue,black,brown"), Some("R=100,G=200,B=150")]),
];

#[tokio::test]
async fn the_table_in_the_path() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    for (below, row) in PATH {
        for (value, expected) in values().into_iter().zip(row) {
            let scope = below(client(&server).scope().join("/x"), value);
            let sent = Request::<Nothing>::get(&scope, "styles").await;
            match expected {
                Some(expected) => assert_eq!(server.requests().pop().unwrap().target, format!("/x/{expected}")),
                None => assert!(sent.unwrap_err().to_string().contains("`color` must not be empty"), "{below:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_is_nothing_is_not_sent_and_what_is_nested_is_json() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    for nothing in [json!(null), json!([]), json!({}), json!([null])] {
        for (set, _) in QUERY {
            set(get(&server), nothing.clone()).await.unwrap();
            assert_eq!(server.requests().pop().unwrap().target, "/x", "{nothing}");
        }
        let request = get(&server).header_commas::<Value>("color", nothing.clone(), &[]);
        request.cookie_members::<Value>("color", nothing, &[]).await.unwrap();
        let sent = server.requests().pop().unwrap();
        assert_eq!((sent.header("cookie"), sent.header("color")), (None, None));
    }
    let nested = || json!({"a": [1, {"b": null}], "c": {"d": "&"}});
    for (set, expected) in [
        (QUERY[0].0, "a=1&a=%7B%22b%22%3Anull%7D&c=%7B%22d%22%3A%22%26%22%7D"),
        (QUERY[1].0, "color=a,%5B1%2C%7B%22b%22%3Anull%7D%5D,c,%7B%22d%22%3A%22%26%22%7D"),
        (QUERY[4].0, "color%5Ba%5D%5B0%5D=1&color%5Bc%5D%5Bd%5D=%26"),
    ] {
        set(get(&server), nested()).await.unwrap();
        assert_eq!(server.requests().pop().unwrap().target, format!("/x?{expected}"));
    }
    get(&server).query_commas::<Vec<f32>>("color", vec![0.07, 1e-9], &[]).await.unwrap();
    assert_eq!(server.requests().pop().unwrap().target, "/x?color=0.07,1e-9");
    get(&server).header_json::<Value>("color", json!({"a": "\u{fc}\u{1f600}"}), &[]).await.unwrap();
    assert_eq!(server.requests().pop().unwrap().header("color"), Some(r#"{"a":"\u00fc\ud83d\ude00"}"#));
}

/// What is sent for `filter` in the style `deepObject`, with its brackets as they are.
async fn deep(server: &Server, value: &Value) -> String {
    get(server).query_deep::<Value>("filter", value.clone(), &[]).await.unwrap();
    server.requests().pop().unwrap().target.replace("%5B", "[").replace("%5D", "]")
}

#[tokio::test]
async fn no_two_values_are_written_alike_in_the_deep_style() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let cases = [
        (json!({"ids": [1, 2]}), "filter[ids][]=1&filter[ids][]=2"),
        (json!({"ids": [[1], [2]]}), "filter[ids][0][]=1&filter[ids][1][]=2"),
        (json!({"ids": [[1, 2]]}), "filter[ids][0][]=1&filter[ids][0][]=2"),
        (json!({"or": [{"a": 1, "b": 2}]}), "filter[or][0][a]=1&filter[or][0][b]=2"),
        (json!({"or": [{"a": 1}, {"b": 2}]}), "filter[or][0][a]=1&filter[or][1][b]=2"),
        (json!({"or": [{}, {"b": 2}]}), "filter[or][0]=&filter[or][1][b]=2"),
        (json!({"a": {"b": 1}}), "filter[a][b]=1"),
        (json!({"a][b": 1}), "filter[a%255D%255Bb]=1"),
        (json!({"a": []}), "filter[a]="),
        (json!({"a": {}, "b": 1}), "filter[a]=&filter[b]=1"),
    ];
    for (value, expected) in cases {
        assert_eq!(deep(&server, &value).await, format!("/x?{expected}"), "{value}");
    }
}

/// A delimiter, and a request with a list that it separates.
type Delimited = (&'static str, fn(Vec<String>) -> Request<Nothing>);

const DELIMITED: &[Delimited] = &[
    ("|", |items| Request::get(offline().scope(), "styles").query_pipes::<Vec<String>>("color", items, &[])),
    (" ", |items| Request::get(offline().scope(), "styles").query_spaces::<Vec<String>>("color", items, &[])),
    (" ", |items| Request::post(offline().scope(), "styles").form_spaces::<Vec<String>>("color", items, &[])),
    (",", |items| Request::get(offline().scope(), "styles").query_commas_reserved::<Vec<String>>("color", items, &[])),
    (",", |items| Request::get(offline().scope(), "styles").header_commas::<Vec<String>>("color", items, &[])),
    (",", |items| Request::get(offline().scope(), "styles").header_pairs::<Vec<String>>("color", items, &[])),
    (",", |items| {
        let items = crate::runtime::Value::list::<String>(items);
        Request::get(offline().scope(), "styles").header::<crate::runtime::Value>("color", items, &[])
    }),
    (".", |items| {
        Request::get(&offline().scope().clone().path_labels::<Vec<String>>("/", "color", items, &[]), "styles")
    }),
];

#[tokio::test]
async fn items_with_their_delimiter_are_refused() {
    for (index, (between, set)) in DELIMITED.iter().enumerate() {
        let error = set(vec![format!("a{between}b"), "c".to_owned()]).await.unwrap_err().to_string();
        assert!(error.contains(&format!("`color` must not contain `{between}` in an item")), "{index}: {error}");
        let error = set(vec!["a".to_owned(), "b".to_owned()]).await.unwrap_err().to_string();
        assert!(!error.contains("must not contain"), "{index}: {error}");
    }
}

#[tokio::test]
async fn names_with_their_delimiter_are_refused() {
    let request = |name: &str| {
        let request = Request::<Nothing>::get(offline().scope(), "styles");
        request.header_pairs::<Value>("color", json!({ name: "b=c" }), &[])
    };
    let error = request("a=b").await.unwrap_err().to_string();
    assert!(error.contains("`color` must not contain `=` in an item"), "{error}");
    assert!(!request("a").await.unwrap_err().to_string().contains("must not contain"));
    let reserved = Request::<Nothing>::get(offline().scope(), "styles");
    let error =
        reserved.query_pipes_reserved::<Value>("color", json!(["a%7cb", "c"]), &[]).await.unwrap_err().to_string();
    assert!(error.contains("`color` must not contain `|` in an item"), "{error}");
}

#[tokio::test]
async fn numbers_keep_their_digits() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let big = || serde_json::value::RawValue::from_string("123456789012345678901.10".to_owned()).unwrap();
    type Big = std::collections::BTreeMap<&'static str, Box<serde_json::value::RawValue>>;
    let object = || Big::from([("a", big())]);
    for (request, expected) in [
        (get(&server).query_deep::<Big>("p", object(), &[]), "p%5Ba%5D=123456789012345678901.10"),
        (get(&server).query_members::<Big>("p", object(), &[]), "a=123456789012345678901.10"),
        (get(&server).query_commas::<Big>("p", object(), &[]), "p=a,123456789012345678901.10"),
        (get(&server).query_json::<Big>("p", object(), &[]), "p=%7B%22a%22%3A123456789012345678901.10%7D"),
    ] {
        request.await.unwrap();
        assert_eq!(server.requests().pop().unwrap().target, format!("/x?{expected}"));
    }
}

#[tokio::test]
async fn numbers_that_json_does_not_have_are_refused() {
    let request = || Request::<Nothing>::post(offline().scope(), "styles");
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let map = || std::collections::BTreeMap::from([("a", vec![Some(number)])]);
        type Map = std::collections::BTreeMap<&'static str, Vec<Option<f64>>>;
        for refused in [
            request().json::<Map>("application/json", map(), &[]),
            request().query_deep::<Map>("p", map(), &[]),
            request().header_json::<Map>("p", map(), &[]),
            request().form_json::<Map>("p", map(), &[]),
        ] {
            let error = refused.await.unwrap_err().to_string();
            assert!(error.contains("must contain only finite numbers (nothing was sent)"), "{error}");
        }
        let error = request().query::<f64>("p", number, &[]).await.unwrap_err().to_string();
        assert!(error.contains("must be a finite number"), "{error}");
    }
}

#[tokio::test]
async fn rules_and_personal_values_in_every_place() {
    let scope = || offline().scope().join("/x");
    let constraints = &[Constraint::MaxItems(1), Constraint::Personal];
    let list = || json!(["s3cr3t", "b"]);
    let request = || Request::<Nothing>::get(&scope(), "styles");
    for refused in [
        request().query_commas_reserved::<Value>("color", list(), constraints),
        request().header_pairs::<Value>("color", list(), constraints),
        request().cookie_commas::<Value>("color", list(), constraints),
        request().form_deep::<Value>("color", list(), constraints),
        Request::get(&scope().path_matrix::<Value>("/", "color", list(), constraints), "styles"),
    ] {
        let error = refused.await.unwrap_err();
        assert!(error.to_string().contains("`color` must have at most 1 items, not 2"), "{error}");
        assert!(!format!("{error:?}").contains("s3cr3t"));
    }
}
