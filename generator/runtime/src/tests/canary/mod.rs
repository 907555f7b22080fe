//! Secrets and personal values are never shown. Each test value is sent in each location of a request, and a server or
//! transport repeats it in each encoding and in each kind of failure.

mod encodings;
mod failures;
mod locations;
mod recording_client;

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
use encodings::ENCODINGS;
use failures::{FAILURES, response};
use locations::{KEY, LOCATIONS, PASSWORD, TEXT, USER_AND_PASSWORD, ValueLocation};
use recording_client::{RecordingClient, assert_not_shown, debug_output, error_output};

#[tokio::test]
async fn no_encoding_of_a_request_value_is_shown() {
    for ValueLocation { name, value, credentials, request, token_response, shows_message } in LOCATIONS {
        let recording = RecordingClient::new(credentials());
        token_response.iter().for_each(|token_response| recording.script.set_success("/token", token_response));
        for (encoding, encode) in ENCODINGS {
            let encoded_value = encode(value);
            for (failure, shows_value, response_for) in FAILURES {
                let case = format!("{name}, {encoding}, {failure}");
                recording.script.set(response_for(&encoded_value));
                let (error, output) = recording
                    .call(async |client| {
                        let request = request(client);
                        *recording.output.lock().unwrap() += &debug_output(&request);
                        request.await.unwrap_err()
                    })
                    .await;
                assert_not_shown(&output, &encoded_value, &case);
                assert_not_shown(&output, value, &case);
                // The error shows the message, with only the value replaced.
                if *shows_value && (*shows_message || !failure.contains("fields") && !failure.contains("details")) {
                    assert!(error.contains("before [redacted] after"), "{case}: {error}");
                }
            }
        }
    }
}

#[tokio::test]
async fn parameters_from_page_links_are_not_shown() {
    let page = |link: &str| json!({ "services": [], "meta": { "next_page_url": link } }).to_string();
    for (encoding, encode) in ENCODINGS {
        let encoded_value = encode(TEXT);
        // The request of the next page fails. The values in its URL must not be shown.
        let percent_encoded = ENCODINGS[5].1(TEXT);
        let in_query = format!("https://api.test/v1/Services?PageSize=9&PageToken={percent_encoded}");
        let in_path = format!("https://api.test/v1/Services/{percent_encoded}?PageSize=9&PageToken=1");
        let links = [&in_query, &in_path].into_iter();
        for ((failure, shows_value, response_for), next) in
            links.flat_map(|next| FAILURES.iter().map(move |failure_case| (failure_case, next)))
        {
            let recording = RecordingClient::new(Credentials::None);
            recording.script.set_success("PageSize=9", &page(next));
            recording.script.set(response_for(&encoded_value));
            let (error, output) = recording
                .call(async |client| {
                    let mut pages = client.services().list().page_size(9).pages();
                    let first = pages.try_next().await.unwrap();
                    *recording.output.lock().unwrap() += &format!("{first:?} {}", debug_output(&pages));
                    pages.try_next().await.unwrap_err()
                })
                .await;
            assert_not_shown(&output, &encoded_value, &format!("{encoding}, {failure}"));
            assert_not_shown(&output, TEXT, failure);
            assert!(!shows_value || error.contains("before [redacted] after"), "{encoding}, {failure}: {error}");
        }
        // The client does not follow links to other origins.
        let other_origin = format!("https://elsewhere.test/{percent_encoded}?{percent_encoded}");
        for link in [
            format!("https://{percent_encoded}.test/x?{encoded_value}"),
            format!("x{encoded_value}://{encoded_value}"),
            other_origin,
        ] {
            let recording = RecordingClient::new(Credentials::None);
            recording.script.set_success("/v1/Services", &page(&link));
            // With some encodings, the second link is a relative link. The client follows it, so it needs a response.
            recording.script.set(Err(SendError::new("unused")));
            let call = async |client: &Client| {
                let mut pages = client.services().list().pages();
                drop(pages.try_next().await.unwrap());
                pages.try_next().await.unwrap_err()
            };
            let (_, output) = recording.call(call).await;
            assert_not_shown(&output, &encoded_value, encoding);
            assert_not_shown(&output, &percent_encoded, "a link");
        }
    }
}

#[tokio::test]
async fn values_of_streams_are_not_shown() {
    for (encoding, encode) in ENCODINGS {
        let encoded_value = encode(TEXT);
        let event =
            |data: Value| Ok(response(200, "text/event-stream", format!("id: {encoded_value}\ndata: {data}\n\n")));
        let recording = RecordingClient::new(Credentials::None);
        recording.script.set(event(json!({ "sid": { &*encoded_value: &*encoded_value } })));
        let call = async |client: &Client| {
            let request = Request::<Events<Service>>::get(&client.scope().join("/x"), "Stream");
            request.await.unwrap().try_next().await.unwrap_err()
        };
        let (error, output) = recording.call(call).await;
        assert_not_shown(&output, &encoded_value, encoding);
        assert!(error.contains("expected a string, found an object, in `sid`"), "{error}");
    }
}

#[tokio::test]
async fn a_charset_that_contains_a_secret_is_not_shown() {
    let token = "0123456789abcdef";
    for (charset, shows_message) in [("klingon", "the charset `klingon` of"), (token, "the charset of")] {
        let recording = RecordingClient::new(Credentials::bearer(token));
        let mut response_with_charset = response(200, &format!("text/plain; charset={charset}"), String::new());
        *response_with_charset.body_mut() = Body::from(vec![0xff]);
        recording.script.set(Ok(response_with_charset));
        let call = async |client: &Client| Request::<Text>::get(&client.scope().join("/x"), "Text").await.unwrap_err();
        let (error, output) = recording.call(call).await;
        assert!(error.contains(shows_message), "{error}");
        assert_not_shown(&output, token, charset);
    }
}

#[tokio::test]
async fn undocumented_names_are_not_shown_in_locations() {
    struct OnlyAdditional {
        _additional: std::collections::BTreeMap<String, i64>,
    }
    impl_model!(response OnlyAdditional {} else _additional);
    struct WithAdditional {
        _number: Option<u64>,
        _list: Option<Vec<WithAdditional>>,
        _inner: Option<OnlyAdditional>,
        _additional: std::collections::BTreeMap<String, i64>,
    }
    impl_model!(response WithAdditional { _number: "_number", _list: "_list", _inner: "_inner" } else _additional);
    struct Model {
        _map: Option<std::collections::BTreeMap<String, Vec<i64>>>,
        _only_additional: Option<OnlyAdditional>,
        _with_additional: Option<WithAdditional>,
        _kind: Option<Kind>,
    }
    impl_model!(response Model {
        _map: "_map",
        _only_additional: "_only_additional",
        _with_additional: "_with_additional",
        _kind: "_kind" serde,
    });
    #[derive(Debug, Deserialize, serde::Serialize)]
    enum Kind {
        #[serde(rename = "a")]
        A,
    }
    let cases: [(Value, &str); 8] = [
        (json!({ "_map": { "ana": [1, "ana"] } }), "expected i64, found a string, in `_map.*[1]`"),
        (json!({ "_only_additional": { "ana": "ana" } }), "in `_only_additional.*`"),
        (
            json!({ "_with_additional": { "ana": 1, "_number": "ana" } }),
            "expected u64, found a string, in `_with_additional._number`",
        ),
        (
            json!({ "_with_additional": { "_list": [{}, { "_number": "ana" }] } }),
            "in `_with_additional._list[1]._number`",
        ),
        (
            json!({ "_with_additional": { "_number": 1, "ana": "ana" } }),
            "expected i64, found a string, in `_with_additional.*`",
        ),
        (json!({ "_with_additional": { "_inner": { "ana": "ana" } } }), "in `_with_additional._inner.*`"),
        (
            json!({ "_kind": "ana" }),
            "expected one of the documented variants, found a string of another form, in `_kind`",
        ),
        (json!({ "_kind": { "ana": "ana" } }), "in `_kind`"),
    ];
    // A number that no numeric type can represent is an error of the additional property.
    let too_large_number = (r#"{ "_with_additional": { "ana": 1e400 } }"#.to_owned(), "in `_with_additional.*`");
    let cases = cases.map(|(body, expected)| (body.to_string(), expected)).into_iter().chain([too_large_number]);
    for (body, expected) in cases {
        let recording = RecordingClient::new(Credentials::None);
        recording.script.set(Ok(response(200, "application/json", body)));
        let call =
            async |client: &Client| Request::<Json<Model>>::get(&client.scope().join("/x"), "Model").await.unwrap_err();
        let (error, output) = recording.call(call).await;
        assert!(error.contains(expected), "{error}");
        assert_not_shown(&output, "ana", "a name");
    }
}

#[tokio::test]
async fn a_mismatched_error_body_is_not_quoted() {
    let recording = RecordingClient::new(Credentials::None);
    recording.script.set(Ok(response(400, "application/json", json!({ "sid": [TEXT] }).to_string())));
    let (_, output) = recording
        .call(async |client| {
            let error = client.service(sid()).fetch().await.unwrap_err();
            let decoded = error.api().map(ApiError::decode::<Service>).unwrap().unwrap_err();
            assert!(decoded.to_string().ends_with("in `sid`"), "{decoded}");
            decoded
        })
        .await;
    assert_not_shown(&output, TEXT, "decode");
}

#[tokio::test]
async fn rejected_personal_values_are_not_shown() {
    use crate::runtime::Constraint;
    const PERSONAL_AND_SHORT: &[Constraint<'_>] = &[Constraint::Personal, Constraint::MaxLength(1)];
    const SHORT_PROPERTY: &[Constraint<'_>] = &[Constraint::Property("a", &[Constraint::MaxLength(1)])];
    const SHORT_ADDITIONAL: &[Constraint<'_>] =
        &[Constraint::OtherProperties(&[], &[Constraint::MaxLength(1), Constraint::Minimum("1")])];
    type MakeRequest = fn(&Client) -> Request<Json<Service>>;
    let path: MakeRequest = |client| {
        Request::get(&client.scope().join("/x").path_param::<String>("Sid", TEXT, &[Constraint::MaxLength(1)]), "x")
    };
    let cases: [MakeRequest; 9] = [
        path,
        |client| Request::get(client.scope(), "x").query::<String>("a", TEXT, PERSONAL_AND_SHORT),
        |client| Request::get(client.scope(), "x").header::<String>("a", TEXT, &[Constraint::Personal]),
        |client| Request::get(client.scope(), "x").cookie::<String>("a", TEXT, PERSONAL_AND_SHORT),
        |client| Request::post(client.scope(), "x").form::<String>("a", TEXT, PERSONAL_AND_SHORT),
        |client| Request::post(client.scope(), "x").json::<Value>("a/b", json!({ "a": TEXT }), SHORT_PROPERTY),
        |client| Request::post(client.scope(), "x").json::<Value>("a/b", json!({ TEXT: TEXT }), SHORT_ADDITIONAL),
        |client| Request::post(client.scope(), "x").text::<String>("a/b", TEXT, PERSONAL_AND_SHORT),
        |client| {
            Request::post(client.scope(), "x").bytes::<Upload>("a/b", Upload::file(format!("/nowhere/{TEXT}")), &[])
        },
    ];
    for (index, make_request) in cases.iter().enumerate() {
        let recording = RecordingClient::new(Credentials::None);
        let (error, output) = recording.call(async |client| make_request(client).await.unwrap_err()).await;
        assert!(error.contains("nothing was sent"), "{index}: {error}");
        assert_not_shown(&output, TEXT, &index.to_string());
    }
    assert_not_shown(&error_output(&ServiceSid::new(TEXT).unwrap_err()), TEXT, "an identifier");
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
        let text = debug_output(&setting) + &error_output(&setting.build().unwrap_err());
        for canary in [KEY, "canary-scheme", "canary:", "canary\\n", "canary!"] {
            assert_not_shown(&text, canary, "a setting");
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
        assert_not_shown(&debug_output(value), TEXT, "Debug");
        assert_not_shown(&debug_output(value), KEY, "Debug");
    }
    assert!(USER_AND_PASSWORD.ends_with(PASSWORD));
}

#[tokio::test]
async fn a_response_does_not_show_its_headers() {
    let recording = RecordingClient::new(Credentials::None);
    let mut response_with_headers = response(200, "application/json", "{}".to_owned());
    for name in ["sample-request-id", "set-cookie"] {
        response_with_headers.headers_mut().insert(name, http::HeaderValue::from_static("canary"));
    }
    recording.script.set(Ok(response_with_headers));
    let response = recording.client.service(sid()).fetch().send().await.unwrap();
    assert_not_shown(&debug_output(&response), "canary", "a response");
    assert_eq!(response.request_id(), Some("canary"));
}

#[tokio::test]
async fn only_short_values_must_be_whole_words() {
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
        // HTTP libraries and servers may remove the white space around a value.
        (" abcd ", "user:abcd,", "user:[redacted],"),
    ];
    for (value, message, expected) in cases {
        let recording = RecordingClient::new(Credentials::None);
        let body = json!({ "message": message }).to_string();
        recording.script.set(Ok(response(400, "application/json", body)));
        let error = recording.client.service(sid()).user(value).fetch().await.unwrap_err();
        assert!(error.to_string().ends_with(&format!("400 Bad Request: {expected}")), "{value}: {error}");
        assert_eq!(error.api().unwrap().message(), Some(message));
    }
}

#[tokio::test]
async fn token_errors_show_only_standard_codes() {
    for (code, expected) in [("canary", "400 Bad Request, with a body of"), ("invalid_scope", ", code invalid_scope,")]
    {
        let recording = RecordingClient::new(Credentials::client_credentials("an id", "a secret"));
        let body = json!({ "error": code, "code": "canary", "message": "canary", "more_info": "canary" });
        recording.script.set(Ok(response(400, "application/json", body.to_string())));
        let (error, output) =
            recording.call(async |client: &Client| client.service(sid()).fetch().await.unwrap_err()).await;
        assert!(error.contains(expected), "{error}");
        assert_not_shown(&output, "canary", "a token");
    }
}

#[tokio::test]
async fn a_query_in_a_path_of_the_document_is_not_shown() {
    let recording = RecordingClient::new(Credentials::None);
    recording.script.set(Ok(response(400, "text/plain", String::new())));
    let scope = recording.client.scope().join("/x?canary");
    let error = Request::<Json<Service>>::get(&scope, "Query").await.unwrap_err();
    assert_not_shown(&error_output(&error), "canary", "a query");
}

#[tokio::test]
async fn too_many_personal_values_hide_the_message() {
    let recording = RecordingClient::new(Credentials::None);
    recording.script.set(Ok(response(400, "application/json", json!({ "message": "taken" }).to_string())));
    let names = (0..5000).map(|number| json!({ "friendly_name": number.to_string() })).collect::<Vec<_>>();
    let request = Request::<Json<Service>>::post(&recording.client.scope().join("/x"), "Many");
    let error = request.json::<Value>("application/json", json!(names), &[]).await.unwrap_err();
    assert!(error.to_string().ends_with("400 Bad Request: [5 bytes]"), "{error}");
}

#[tokio::test]
async fn a_message_that_is_too_long_is_not_shown() {
    let recording = RecordingClient::new(Credentials::None);
    let message = format!("{}{TEXT}", "x".repeat(8 << 10));
    recording.script.set(Ok(response(400, "application/json", json!({ "message": message }).to_string())));
    let call = async |client: &Client| client.service(sid()).fetch().await.unwrap_err();
    let (error, output) = recording.call(call).await;
    assert!(error.contains(&format!("400 Bad Request: [{} bytes]", message.len())), "{error}");
    assert_not_shown(&output, TEXT, "a long message");
}

#[tokio::test]
async fn errors_show_parameters_that_are_not_personal() {
    let recording = RecordingClient::new(Credentials::None);
    let body = json!({ "message": "no page of 5000, and the name desk is taken" }).to_string();
    recording.script.set(Ok(response(400, "application/json", body)));
    let list = recording.client.services().list().page_token("zzzz").page_size(1000);
    assert!(list.await.unwrap_err().to_string().ends_with("no page of 5000, and the name desk is taken"));
}

/// Returns an HTTP client, such as a custom transport or a token provider may use.
fn http_client() -> reqwest::Client {
    Client::builder().default_transport().unwrap()
}

#[tokio::test]
async fn a_url_in_an_error_of_reqwest_is_not_shown() {
    struct FailingTransport;
    impl Transport for FailingTransport {
        fn send(&self, request: http::Request<crate::runtime::Body>) -> TransportFuture<'_> {
            Box::pin(async move {
                let url = request.uri().to_string() + "?a=canary";
                let error = http_client().get(url).send().await.unwrap_err();
                assert!(error.to_string().contains("canary"));
                let error_of_reqwest = http_client().get("http://127.0.0.1:1/?a=canary").send().await.unwrap_err();
                assert_not_shown(&error_output(SendError::from(error_of_reqwest).cause()), "canary", "the cause");
                Err(SendError::new(std::io::Error::other(error)))
            })
        }
    }
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .transport(FailingTransport)
        .retry(RetryPolicy::off())
        .build()
        .unwrap();
    let error = client.services().list().await.unwrap_err();
    assert_not_shown(&error_output(&error), "canary", "the URL");
    assert!(error.to_string().contains("error sending request"), "only the URL is left out: {error}");
    let provider = Credentials::token_provider(|| async {
        let result = http_client().get("http://127.0.0.1:1/?a=canary").timeout(Duration::from_secs(5)).send().await;
        result.map(|_| crate::runtime::BearerToken::new("x"))
    });
    let client = Client::builder().credentials(provider).retry(RetryPolicy::off()).build().unwrap();
    let error = client.services().list().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)));
    assert_not_shown(&error_output(&error), "canary", "the URL of a provider");
    let text: Result<String> = Request::<Text>::get(client.scope(), "x").await;
    assert_not_shown(&error_output(&text.unwrap_err()), "canary", "the URL of a provider");
}
