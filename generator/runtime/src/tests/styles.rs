//! The examples of parameter styles in the OpenAPI specification, and other cases.

use serde_json::{Value, json};

use super::server::{Reply, Server};
use crate::runtime::{Constraint, Nothing, Request, Scope};
use crate::tests::{client, offline};

/// A setter of the parameter `color`, and the expected encodings of the empty string, a string, an array and an object. `None`
/// stands for a value that the style does not support.
type StyleCase<S> = (S, [Option<&'static str>; 4]);

fn values() -> [Value; 4] {
    [json!(""), json!("blue"), json!(["blue", "black", "brown"]), json!({"R": 100, "G": 200, "B": 150})]
}

fn get(server: &Server) -> Request<Nothing> {
    Request::get(&client(server).scope().join("/x"), "styles")
}

type Setter = fn(Request<Nothing>, Value) -> Request<Nothing>;

#[rustfmt::skip]
const QUERY: &[StyleCase<Setter>] = &[
    (|request, value| request.query_exploded_object::<Value>("color", value, &[]),
     [Some("color="), Some("color=blue"), Some("color=blue&color=black&color=brown"), Some("R=100&G=200&B=150")]),
    (|request, value| request.query_comma_separated::<Value>("color", value, &[]),
     [Some("color="), Some("color=blue"), Some("color=blue,black,brown"), Some("color=R,100,G,200,B,150")]),
    (|request, value| request.query_space_separated::<Value>("color", value, &[]),
     [None, None, Some("color=blue%20black%20brown"), Some("color=R%20100%20G%20200%20B%20150")]),
    (|request, value| request.query_pipe_separated::<Value>("color", value, &[]),
     [None, None, Some("color=blue%7Cblack%7Cbrown"), Some("color=R%7C100%7CG%7C200%7CB%7C150")]),
    (|request, value| request.query_deep_object::<Value>("color", value, &[]),
     [None, None, None, Some("color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150")]),
];

#[tokio::test]
async fn query_styles_match_the_specification() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    for (make_request, row) in QUERY {
        for (value, expected) in values().into_iter().zip(row) {
            let Some(expected) = expected else { continue };
            make_request(get(&server), value).await.unwrap();
            assert_eq!(server.requests().pop().unwrap().target, format!("/x?{expected}"));
        }
    }
}

type AppendParam = fn(Scope, Value) -> Scope;

#[rustfmt::skip]
const PATH: &[StyleCase<AppendParam>] = &[
    (|scope, value| scope.path_matrix::<Value>("/", "color", value, &[]),
     [Some(";color"), Some(";color=blue"), Some(";color=blue,black,brown"), Some(";color=R,100,G,200,B,150")]),
    (|scope, value| scope.path_exploded_matrix::<Value>("/", "color", value, &[]),
     [Some(";color"), Some(";color=blue"), Some(";color=blue;color=black;color=brown"), Some(";R=100;G=200;B=150")]),
    // The empty string is an error, because a segment that consists only of `.` would change the path.
    (|scope, value| scope.path_label::<Value>("/", "color", value, &[]),
     [None, Some(".blue"), Some(".blue,black,brown"), Some(".R,100,G,200,B,150")]),
    (|scope, value| scope.path_exploded_label::<Value>("/", "color", value, &[]),
     [None, Some(".blue"), Some(".blue.black.brown"), Some(".R=100.G=200.B=150")]),
    (|scope, value| scope.path_comma_separated::<Value>("/", "color", value, &[]),
     [None, Some("blue"), Some("blue,black,brown"), Some("R,100,G,200,B,150")]),
    (|scope, value| scope.path_comma_separated_pairs::<Value>("/", "color", value, &[]),
     [None, Some("blue"), Some("blue,black,brown"), Some("R=100,G=200,B=150")]),
];

#[tokio::test]
async fn path_styles_match_the_specification() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    for (append_param, row) in PATH {
        for (value, expected) in values().into_iter().zip(row) {
            let scope = append_param(client(&server).scope().join("/x"), value);
            let result = Request::<Nothing>::get(&scope, "styles").await;
            match expected {
                Some(expected) => assert_eq!(server.requests().pop().unwrap().target, format!("/x/{expected}")),
                None => {
                    assert!(result.unwrap_err().to_string().contains("`color` must not be empty"), "{append_param:?}")
                }
            }
        }
    }
}

#[tokio::test]
async fn empty_values_are_omitted_and_nested_values_are_json() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    for empty_value in [json!(null), json!([]), json!({}), json!([null])] {
        for (make_request, _) in QUERY {
            make_request(get(&server), empty_value.clone()).await.unwrap();
            assert_eq!(server.requests().pop().unwrap().target, "/x", "{empty_value}");
        }
        let request = get(&server).header_comma_separated::<Value>("color", empty_value.clone(), &[]);
        request.cookie_exploded_object::<Value>("color", empty_value, &[]).await.unwrap();
        let request = server.requests().pop().unwrap();
        assert_eq!((request.header("cookie"), request.header("color")), (None, None));
    }
    let nested = || json!({"a": [1, {"b": null}], "c": {"d": "&"}});
    for (make_request, expected) in [
        (QUERY[0].0, "a=1&a=%7B%22b%22%3Anull%7D&c=%7B%22d%22%3A%22%26%22%7D"),
        (QUERY[1].0, "color=a,%5B1%2C%7B%22b%22%3Anull%7D%5D,c,%7B%22d%22%3A%22%26%22%7D"),
        (QUERY[4].0, "color%5Ba%5D%5B0%5D=1&color%5Bc%5D%5Bd%5D=%26"),
    ] {
        make_request(get(&server), nested()).await.unwrap();
        assert_eq!(server.requests().pop().unwrap().target, format!("/x?{expected}"));
    }
    get(&server).query_comma_separated::<Vec<f32>>("color", vec![0.07, 1e-9], &[]).await.unwrap();
    assert_eq!(server.requests().pop().unwrap().target, "/x?color=0.07,1e-9");
    get(&server).header_json::<Value>("color", json!({"a": "\u{fc}\u{1f600}"}), &[]).await.unwrap();
    assert_eq!(server.requests().pop().unwrap().header("color"), Some(r#"{"a":"\u00fc\ud83d\ude00"}"#));
}

/// Returns the target of a request with the parameter `filter` in the style `deepObject`. The brackets are decoded.
async fn deep(server: &Server, value: &Value) -> String {
    get(server).query_deep_object::<Value>("filter", value.clone(), &[]).await.unwrap();
    server.requests().pop().unwrap().target.replace("%5B", "[").replace("%5D", "]")
}

#[tokio::test]
async fn different_values_differ_in_the_deep_style() {
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

/// A delimiter, and a function that creates a request with a list whose items it separates.
type Delimited = (&'static str, fn(Vec<String>) -> Request<Nothing>);

const DELIMITED: &[Delimited] = &[
    ("|", |items| Request::get(offline().scope(), "styles").query_pipe_separated::<Vec<String>>("color", items, &[])),
    (" ", |items| Request::get(offline().scope(), "styles").query_space_separated::<Vec<String>>("color", items, &[])),
    (" ", |items| Request::post(offline().scope(), "styles").form_space_separated::<Vec<String>>("color", items, &[])),
    (",", |items| {
        Request::get(offline().scope(), "styles").query_comma_separated_reserved::<Vec<String>>("color", items, &[])
    }),
    (",", |items| Request::get(offline().scope(), "styles").header_comma_separated::<Vec<String>>("color", items, &[])),
    (",", |items| {
        Request::get(offline().scope(), "styles").header_comma_separated_pairs::<Vec<String>>("color", items, &[])
    }),
    (",", |items| {
        let items = crate::runtime::Value::list::<String>(items);
        Request::get(offline().scope(), "styles").header::<crate::runtime::Value>("color", items, &[])
    }),
    (".", |items| {
        Request::get(&offline().scope().clone().path_exploded_label::<Vec<String>>("/", "color", items, &[]), "styles")
    }),
];

#[tokio::test]
async fn items_that_contain_the_delimiter_are_errors() {
    for (index, (delimiter, make_request)) in DELIMITED.iter().enumerate() {
        let error = make_request(vec![format!("a{delimiter}b"), "c".to_owned()]).await.unwrap_err().to_string();
        assert!(error.contains(&format!("`color` must not contain `{delimiter}` in an item")), "{index}: {error}");
        let error = make_request(vec!["a".to_owned(), "b".to_owned()]).await.unwrap_err().to_string();
        assert!(!error.contains("must not contain"), "{index}: {error}");
    }
}

#[tokio::test]
async fn names_that_contain_the_delimiter_are_errors() {
    let request = |name: &str| {
        let request = Request::<Nothing>::get(offline().scope(), "styles");
        request.header_comma_separated_pairs::<Value>("color", json!({ name: "b=c" }), &[])
    };
    let error = request("a=b").await.unwrap_err().to_string();
    assert!(error.contains("`color` must not contain `=` in an item"), "{error}");
    assert!(!request("a").await.unwrap_err().to_string().contains("must not contain"));
    let reserved = Request::<Nothing>::get(offline().scope(), "styles");
    let error = reserved
        .query_pipe_separated_reserved::<Value>("color", json!(["a%7cb", "c"]), &[])
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("`color` must not contain `|` in an item"), "{error}");
}

#[tokio::test]
async fn numbers_keep_their_digits() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let big_number = || serde_json::value::RawValue::from_string("123456789012345678901.10".to_owned()).unwrap();
    type NumberMap = std::collections::BTreeMap<&'static str, Box<serde_json::value::RawValue>>;
    let object = || NumberMap::from([("a", big_number())]);
    for (request, expected) in [
        (get(&server).query_deep_object::<NumberMap>("p", object(), &[]), "p%5Ba%5D=123456789012345678901.10"),
        (get(&server).query_exploded_object::<NumberMap>("p", object(), &[]), "a=123456789012345678901.10"),
        (get(&server).query_comma_separated::<NumberMap>("p", object(), &[]), "p=a,123456789012345678901.10"),
        (get(&server).query_json::<NumberMap>("p", object(), &[]), "p=%7B%22a%22%3A123456789012345678901.10%7D"),
    ] {
        request.await.unwrap();
        assert_eq!(server.requests().pop().unwrap().target, format!("/x?{expected}"));
    }
}

#[tokio::test]
async fn non_finite_numbers_are_errors() {
    let request = || Request::<Nothing>::post(offline().scope(), "styles");
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let map = || std::collections::BTreeMap::from([("a", vec![Some(number)])]);
        type Map = std::collections::BTreeMap<&'static str, Vec<Option<f64>>>;
        for rejected_request in [
            request().json::<Map>("application/json", map(), &[]),
            request().query_deep_object::<Map>("p", map(), &[]),
            request().header_json::<Map>("p", map(), &[]),
            request().form_json::<Map>("p", map(), &[]),
        ] {
            let error = rejected_request.await.unwrap_err().to_string();
            assert!(error.contains("must contain only finite numbers (nothing was sent)"), "{error}");
        }
        let error = request().query::<f64>("p", number, &[]).await.unwrap_err().to_string();
        assert!(error.contains("must be a finite number"), "{error}");
    }
}

#[tokio::test]
async fn constraints_and_personal_values_work_in_every_location() {
    let scope = || offline().scope().join("/x");
    let constraints = &[Constraint::MaxItems(1), Constraint::Personal];
    let list = || json!(["s3cr3t", "b"]);
    let request = || Request::<Nothing>::get(&scope(), "styles");
    for rejected_request in [
        request().query_comma_separated_reserved::<Value>("color", list(), constraints),
        request().header_comma_separated_pairs::<Value>("color", list(), constraints),
        request().cookie_comma_separated::<Value>("color", list(), constraints),
        request().form_deep_object::<Value>("color", list(), constraints),
        Request::get(&scope().path_matrix::<Value>("/", "color", list(), constraints), "styles"),
    ] {
        let error = rejected_request.await.unwrap_err();
        assert!(error.to_string().contains("`color` must have at most 1 items, not 2"), "{error}");
        assert!(!format!("{error:?}").contains("s3cr3t"));
    }
}
