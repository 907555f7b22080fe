//! No text contains a secret or personal value in any encoding, for each location in the request and each way to fail.

mod failures;
mod places;
mod spellings;
mod watched;

use std::fmt::Debug;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::sample::{Client, PageMeta, Service, ServicePage, ServiceSid};
use crate::runtime::{
    ApiError, Body, Credentials, Error, Events, Json, Request, Result, RetryPolicy, SendError, Text, Transport,
    TransportFuture, Upload,
};
use crate::tests::sid;
use failures::{FAILURES, response};
use places::{KEY, PAIR, PASSWORD, PLACES, Place, TEXT};
use spellings::SPELLINGS;
use watched::{Watched, assert_silent, shapes, texts};

#[tokio::test]
async fn no_encoding_of_a_request_value_is_shown() {
    for Place { name, value, credentials, request, granted, shown } in PLACES {
        let watched = Watched::new(credentials());
        granted.iter().for_each(|granted| watched.script.set_success("/token", granted));
        for (spelling, spell) in SPELLINGS {
            let spelled = spell(value);
            for (failure, quoted, answer) in FAILURES {
                let about = format!("{name}, {spelling}, {failure}");
                watched.script.set(answer(&spelled));
                let (error, all) = watched
                    .call(async |client| {
                        let request = request(client);
                        *watched.seen.lock().unwrap() += &shapes(&request);
                        request.await.unwrap_err()
                    })
                    .await;
                assert_silent(&all, &spelled, &about);
                assert_silent(&all, value, &about);
                // The redacted text is the one that is shown.
                if *quoted && (*shown || !failure.contains("fields") && !failure.contains("details")) {
                    assert!(error.contains("before [redacted] after"), "{about}: {error}");
                }
            }
        }
    }
}

#[tokio::test]
async fn parameters_from_page_links_are_not_shown() {
    let page = |link: &str| json!({ "services": [], "meta": { "next_page_url": link } }).to_string();
    for (spelling, spell) in SPELLINGS {
        let spelled = spell(TEXT);
        // The next page fails, and the values in its URL are treated as those of the request.
        let encoded = SPELLINGS[5].1(TEXT);
        let in_query = format!("https://api.test/v1/Services?PageSize=9&PageToken={encoded}");
        let in_path = format!("https://api.test/v1/Services/{encoded}?PageSize=9&PageToken=1");
        let links = [&in_query, &in_path].into_iter();
        for ((failure, quoted, answer), next) in links.flat_map(|next| FAILURES.iter().map(move |one| (one, next))) {
            let watched = Watched::new(Credentials::None);
            watched.script.set_success("PageSize=9", &page(next));
            watched.script.set(answer(&spelled));
            let (error, all) = watched
                .call(async |client| {
                    let mut pages = client.services().list().page_size(9).pages();
                    let first = pages.try_next().await.unwrap();
                    *watched.seen.lock().unwrap() += &format!("{first:?} {}", shapes(&pages));
                    pages.try_next().await.unwrap_err()
                })
                .await;
            assert_silent(&all, &spelled, &format!("{spelling}, {failure}"));
            assert_silent(&all, TEXT, failure);
            assert!(!quoted || error.contains("before [redacted] after"), "{spelling}, {failure}: {error}");
        }
        // This link is not followed.
        let elsewhere = format!("https://elsewhere.test/{encoded}?{encoded}");
        for link in [format!("https://{encoded}.test/x?{spelled}"), format!("x{spelled}://{spelled}"), elsewhere] {
            let watched = Watched::new(Credentials::None);
            watched.script.set_success("/v1/Services", &page(&link));
            // A relative link is followed.
            watched.script.set(Err(SendError::new("unused")));
            let call = async |client: &Client| {
                let mut pages = client.services().list().pages();
                drop(pages.try_next().await.unwrap());
                pages.try_next().await.unwrap_err()
            };
            let (_, all) = watched.call(call).await;
            assert_silent(&all, &spelled, spelling);
            assert_silent(&all, &encoded, "a link");
        }
    }
}

#[tokio::test]
async fn values_of_streams_are_not_shown() {
    for (spelling, spell) in SPELLINGS {
        let spelled = spell(TEXT);
        let event = |data: Value| Ok(response(200, "text/event-stream", format!("id: {spelled}\ndata: {data}\n\n")));
        let watched = Watched::new(Credentials::None);
        watched.script.set(event(json!({ "sid": { &*spelled: &*spelled } })));
        let call = async |client: &Client| {
            let request = Request::<Events<Service>>::get(&client.scope().join("/x"), "Stream");
            request.await.unwrap().try_next().await.unwrap_err()
        };
        let (error, all) = watched.call(call).await;
        assert_silent(&all, &spelled, spelling);
        assert!(error.contains("expected a string, found an object, in `sid`"), "{error}");
    }
}

#[tokio::test]
async fn a_charset_that_contains_a_secret_is_not_shown() {
    let token = "0123456789abcdef";
    for (charset, shown) in [("klingon", "the charset `klingon` of"), (token, "the charset of")] {
        let watched = Watched::new(Credentials::bearer(token));
        let mut answer = response(200, &format!("text/plain; charset={charset}"), String::new());
        *answer.body_mut() = Body::from(vec![0xff]);
        watched.script.set(Ok(answer));
        let call = async |client: &Client| Request::<Text>::get(&client.scope().join("/x"), "Text").await.unwrap_err();
        let (error, all) = watched.call(call).await;
        assert!(error.contains(shown), "{error}");
        assert_silent(&all, token, charset);
    }
}

#[tokio::test]
async fn undocumented_names_are_not_shown_in_locations() {
    struct Free {
        _others: std::collections::BTreeMap<String, i64>,
    }
    impl_model!(response Free {} else _others);
    struct Named {
        _number: Option<u64>,
        _list: Option<Vec<Named>>,
        _closed: Option<Free>,
        _others: std::collections::BTreeMap<String, i64>,
    }
    impl_model!(response Named { _number: "_number", _list: "_list", _closed: "_closed" } else _others);
    struct Model {
        _map: Option<std::collections::BTreeMap<String, Vec<i64>>>,
        _free: Option<Free>,
        _named: Option<Named>,
        _kind: Option<Kind>,
    }
    impl_model!(response Model { _map: "_map", _free: "_free", _named: "_named", _kind: "_kind" serde });
    #[derive(Debug, Deserialize)]
    enum Kind {
        #[serde(rename = "a")]
        A,
    }
    let cases: [(Value, &str); 8] = [
        (json!({ "_map": { "ana": [1, "ana"] } }), "expected i64, found a string, in `_map.*[1]`"),
        (json!({ "_free": { "ana": "ana" } }), "in `_free.*`"),
        (json!({ "_named": { "ana": 1, "_number": "ana" } }), "expected u64, found a string, in `_named._number`"),
        (json!({ "_named": { "_list": [{}, { "_number": "ana" }] } }), "in `_named._list[1]._number`"),
        (json!({ "_named": { "_number": 1, "ana": "ana" } }), "expected i64, found a string, in `_named.*`"),
        (json!({ "_named": { "_closed": { "ana": "ana" } } }), "in `_named._closed.*`"),
        (
            json!({ "_kind": "ana" }),
            "expected one of the documented variants, found a string of another form, in `_kind`",
        ),
        (json!({ "_kind": { "ana": "ana" } }), "in `_kind`"),
    ];
    // A number with more than 64 bits is an error of the additional property.
    let unreadable = (r#"{ "_named": { "ana": 1e400 } }"#.to_owned(), "in `_named.*`");
    let cases = cases.map(|(body, expected)| (body.to_string(), expected)).into_iter().chain([unreadable]);
    for (body, expected) in cases {
        let watched = Watched::new(Credentials::None);
        watched.script.set(Ok(response(200, "application/json", body)));
        let call =
            async |client: &Client| Request::<Json<Model>>::get(&client.scope().join("/x"), "Model").await.unwrap_err();
        let (error, all) = watched.call(call).await;
        assert!(error.contains(expected), "{error}");
        assert_silent(&all, "ana", "a name");
    }
}

#[tokio::test]
async fn a_mismatched_error_body_is_not_quoted() {
    let watched = Watched::new(Credentials::None);
    watched.script.set(Ok(response(400, "application/json", json!({ "sid": [TEXT] }).to_string())));
    let (_, all) = watched
        .call(async |client| {
            let error = client.service(sid()).fetch().await.unwrap_err();
            let decoded = error.api().map(ApiError::decode::<Service>).unwrap().unwrap_err();
            assert!(decoded.to_string().ends_with("in `sid`"), "{decoded}");
            decoded
        })
        .await;
    assert_silent(&all, TEXT, "decode");
}

#[tokio::test]
async fn rejected_personal_values_are_not_shown() {
    use crate::runtime::Constraint;
    const SHORT: &[Constraint<'_>] = &[Constraint::Personal, Constraint::MaxLength(1)];
    const INSIDE: &[Constraint<'_>] = &[Constraint::Property("a", &[Constraint::MaxLength(1)])];
    const OTHERS: &[Constraint<'_>] =
        &[Constraint::OtherProperties(&[], &[Constraint::MaxLength(1), Constraint::Minimum("1")])];
    type Refused = fn(&Client) -> Request<Json<Service>>;
    let path: Refused = |client| {
        Request::get(&client.scope().join("/x").path_param::<String>("Sid", TEXT, &[Constraint::MaxLength(1)]), "x")
    };
    let cases: [Refused; 9] = [
        path,
        |client| Request::get(client.scope(), "x").query::<String>("a", TEXT, SHORT),
        |client| Request::get(client.scope(), "x").header::<String>("a", TEXT, &[Constraint::Personal]),
        |client| Request::get(client.scope(), "x").cookie::<String>("a", TEXT, SHORT),
        |client| Request::post(client.scope(), "x").form::<String>("a", TEXT, SHORT),
        |client| Request::post(client.scope(), "x").json::<Value>("a/b", json!({ "a": TEXT }), INSIDE),
        |client| Request::post(client.scope(), "x").json::<Value>("a/b", json!({ TEXT: TEXT }), OTHERS),
        |client| Request::post(client.scope(), "x").text::<String>("a/b", TEXT, SHORT),
        |client| {
            Request::post(client.scope(), "x").bytes::<Upload>("a/b", Upload::file(format!("/nowhere/{TEXT}")), &[])
        },
    ];
    for (index, refused) in cases.iter().enumerate() {
        let watched = Watched::new(Credentials::None);
        let (error, all) = watched.call(async |client| refused(client).await.unwrap_err()).await;
        assert!(error.contains("nothing was sent"), "{index}: {error}");
        assert_silent(&all, TEXT, &index.to_string());
    }
    assert_silent(&texts(&ServiceSid::new(TEXT).unwrap_err()), TEXT, "an identifier");
    let settings = [
        Client::builder().base_url(format!("{KEY}://x")),
        Client::builder().base_url("canary-scheme:x"),
        Client::builder().base_url("https://canary:canary@x"),
        Client::builder().token_url("https://canary:canary@x").credentials(Credentials::client_credentials("a", "b")),
        Client::builder().region("canary!"),
        Client::builder().credentials(Credentials::bearer("canary\n")),
        Client::builder().credentials(Credentials::basic("canary", "canary\n")),
        Client::builder().credentials(Credentials::basic("canary:", "canary")),
    ];
    for setting in settings {
        let text = shapes(&setting) + &texts(&setting.build().unwrap_err());
        for canary in [KEY, "canary-scheme", "canary:", "canary\\n", "canary!"] {
            assert_silent(&text, canary, "a setting");
        }
    }
}

#[test]
fn debug_shows_no_values() {
    let meta = PageMeta { next_page_url: Some(TEXT.to_owned()) };
    let page =
        ServicePage { services: vec![Service { friendly_name: Some(TEXT.to_owned()), ..Service::default() }], meta };
    let upload = Upload::bytes(TEXT).file_name(TEXT);
    let values: [&dyn Debug; 6] = [
        &page,
        &upload,
        &Credentials::basic(TEXT, TEXT),
        &Credentials::client_credentials(TEXT, TEXT).by_header(),
        &Credentials::bearer(KEY),
        &SendError::new(TEXT),
    ];
    for value in values {
        assert_silent(&shapes(value), TEXT, "Debug");
        assert_silent(&shapes(value), KEY, "Debug");
    }
    assert!(PAIR.ends_with(PASSWORD));
}

#[tokio::test]
async fn a_response_does_not_show_its_headers() {
    let watched = Watched::new(Credentials::None);
    let mut answer = response(200, "application/json", "{}".to_owned());
    for name in ["sample-request-id", "set-cookie"] {
        answer.headers_mut().insert(name, http::HeaderValue::from_static("canary"));
    }
    watched.script.set(Ok(answer));
    let response = watched.client.service(sid()).fetch().send().await.unwrap();
    assert_silent(&shapes(&response), "canary", "a response");
    assert_eq!(response.request_id(), Some("canary"));
}

#[tokio::test]
async fn short_values_are_found_as_whole_words() {
    let cases = [
        ("a", "the user a has no name", "the user [redacted] has no name"),
        ("a", "identity=%61&x", "identity=[redacted]&x"),
        ("a", "user_a: YQ", "user_[redacted]: [redacted]"),
        ("a", "A", "[redacted]"),
        ("7", "code 7 of 77", "code [redacted] of 77"),
        ("abc", "abcd abc", "abcd [redacted]"),
        ("abcd", "xabcdx", "x[redacted]x"),
        ("aaaa", "aaaaaa", "[redacted]"),
        ("abab", "ababab", "[redacted]"),
        ("  ", "a  b", "a  b"),
        // White space around a value may be removed on the way.
        (" abcd ", "user:abcd,", "user:[redacted],"),
    ];
    for (value, message, expected) in cases {
        let watched = Watched::new(Credentials::None);
        let body = json!({ "message": message }).to_string();
        watched.script.set(Ok(response(400, "application/json", body)));
        let error = watched.client.service(sid()).user(value).fetch().await.unwrap_err();
        assert!(error.to_string().ends_with(&format!("400 Bad Request: {expected}")), "{value}: {error}");
        assert_eq!(error.api().unwrap().message(), Some(message));
    }
}

#[tokio::test]
async fn token_errors_show_only_standard_codes() {
    for (code, expected) in [("canary", "400 Bad Request, with a body of"), ("invalid_scope", ", code invalid_scope,")]
    {
        let watched = Watched::new(Credentials::client_credentials("an id", "a secret"));
        let body = json!({ "error": code, "code": "canary", "message": "canary", "more_info": "canary" });
        watched.script.set(Ok(response(400, "application/json", body.to_string())));
        let (error, all) = watched.call(async |client: &Client| client.service(sid()).fetch().await.unwrap_err()).await;
        assert!(error.contains(expected), "{error}");
        assert_silent(&all, "canary", "a token");
    }
}

#[tokio::test]
async fn a_query_in_a_path_of_the_document_is_not_shown() {
    let watched = Watched::new(Credentials::None);
    watched.script.set(Ok(response(400, "text/plain", String::new())));
    let scope = watched.client.scope().join("/x?canary");
    let error = Request::<Json<Service>>::get(&scope, "Query").await.unwrap_err();
    assert_silent(&texts(&error), "canary", "a query");
}

#[tokio::test]
async fn too_many_personal_values_hide_the_message() {
    let watched = Watched::new(Credentials::None);
    watched.script.set(Ok(response(400, "application/json", json!({ "message": "taken" }).to_string())));
    let names = (0..5000).map(|number| json!({ "friendly_name": number.to_string() })).collect::<Vec<_>>();
    let request = Request::<Json<Service>>::post(&watched.client.scope().join("/x"), "Many");
    let error = request.json::<Value>("application/json", json!(names), &[]).await.unwrap_err();
    assert!(error.to_string().ends_with("400 Bad Request: [5 bytes]"), "{error}");
}

#[tokio::test]
async fn a_message_that_is_too_long_is_not_shown() {
    let watched = Watched::new(Credentials::None);
    let message = format!("{}{TEXT}", "x".repeat(8 << 10));
    watched.script.set(Ok(response(400, "application/json", json!({ "message": message }).to_string())));
    let call = async |client: &Client| client.service(sid()).fetch().await.unwrap_err();
    let (error, all) = watched.call(call).await;
    assert!(error.contains(&format!("400 Bad Request: [{} bytes]", message.len())), "{error}");
    assert_silent(&all, TEXT, "a long message");
}

#[tokio::test]
async fn parameters_that_are_not_personal_stay() {
    let watched = Watched::new(Credentials::None);
    let body = json!({ "message": "no page of 5000, and the name desk is taken" }).to_string();
    watched.script.set(Ok(response(400, "application/json", body)));
    let list = watched.client.services().list().page_token("zzzz").page_size(1000);
    assert!(list.await.unwrap_err().to_string().ends_with("no page of 5000, and the name desk is taken"));
}

/// Returns an HTTP client that is not part of a client of the API.
fn http_client() -> reqwest::Client {
    Client::builder().default_transport().unwrap()
}

#[tokio::test]
async fn a_url_in_an_error_of_reqwest_is_not_shown() {
    struct Inner;
    impl Transport for Inner {
        fn send(&self, request: http::Request<crate::runtime::Body>) -> TransportFuture<'_> {
            Box::pin(async move {
                let url = request.uri().to_string() + "?a=canary";
                let error = http_client().get(url).send().await.unwrap_err();
                assert!(error.to_string().contains("canary"));
                let own = http_client().get("http://127.0.0.1:1/?a=canary").send().await.unwrap_err();
                assert_silent(&texts(SendError::from(own).cause()), "canary", "the cause");
                Err(SendError::new(std::io::Error::other(error)))
            })
        }
    }
    let client =
        Client::builder().base_url("http://127.0.0.1:1").transport(Inner).retry(RetryPolicy::off()).build().unwrap();
    let error = client.services().list().await.unwrap_err();
    assert_silent(&texts(&error), "canary", "the URL");
    let provider = Credentials::token_provider(|| async {
        let sent = http_client().get("http://127.0.0.1:1/?a=canary").timeout(Duration::from_secs(5)).send().await;
        sent.map(|_| crate::runtime::BearerToken::new("x"))
    });
    let client = Client::builder().credentials(provider).retry(RetryPolicy::off()).build().unwrap();
    let error = client.services().list().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)));
    assert_silent(&texts(&error), "canary", "the URL of a provider");
    let text: Result<String> = Request::<Text>::get(client.scope(), "x").await;
    assert_silent(&texts(&text.unwrap_err()), "canary", "the URL of a provider");
}
