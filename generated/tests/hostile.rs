//! The value of a parameter never changes the path of a request, or the value of a different parameter or field.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use support::server::{Recorded, Reply, Server};
use support::{SERVICE, client, pairs, query, segments};
use twilio_conversations::models::{Service, ServiceSid};
use twilio_conversations::{Client, Error, Result};

/// Generates strings of arbitrary characters, and strings of characters that have a meaning in URLs and forms.
fn hostile_strings() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[./%?#&=+;\\\\ \t\r\n\u{0}:@\u{e9}\u{1f980}a2eEfF]{0,20}", r"(\.|%2[eE]|/){1,6}"]
}

/// Makes a call with each of many hostile strings. `check` gets the string, the result of the call and the received
/// requests.
fn with_hostile_strings<T>(
    call: impl AsyncFn(&Client, &str) -> Result<T>,
    check: impl Fn(&str, Result<T>, &[Recorded]) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::always(Reply::json(200, SERVICE)));
    let client = client(&server);
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) });
    let outcome = runner.run(&hostile_strings(), |text| {
        let count_before = server.requests().len();
        let result = runtime.block_on(call(&client, &text));
        check(&text, result, &server.requests()[count_before..])
    });
    outcome.unwrap();
}

#[test]
fn a_sid_stays_one_segment() {
    // `ServiceSid::new` would reject these strings, so the SID comes from a response, which can contain any string.
    let service_with_sid =
        |text: &str| -> Service { serde_json::from_value(serde_json::json!({ "sid": text })).unwrap() };
    with_hostile_strings(
        async |client, text| client.service(service_with_sid(text).sid()?).delete().await,
        |text, result, requests| {
            prop_assert!(ServiceSid::new(text).is_err());
            if matches!(text, "" | "." | "..") {
                prop_assert!(matches!(result, Err(Error::InvalidRequest(_))) && requests.is_empty(), "{:?}", result);
                return Ok(());
            }
            let [request] = requests else { return Err(TestCaseError::fail(format!("{requests:?}"))) };
            prop_assert_eq!(request.method.as_str(), "DELETE");
            prop_assert_eq!(segments(request), ["v1", "Services", text]);
            prop_assert!(!request.target.contains(['?', '#']));
            Ok(())
        },
    );
}

#[test]
fn a_friendly_name_stays_one_field() {
    with_hostile_strings(
        async |client, text| client.services().create(text).await,
        |text, result, requests| {
            prop_assert_eq!(result.is_ok(), text.chars().count() <= 256);
            prop_assert_eq!(requests.len(), usize::from(result.is_ok()));
            for request in requests {
                prop_assert_eq!(request.target.as_str(), "/v1/Services");
                prop_assert_eq!(pairs(request.text()), [("FriendlyName".to_owned(), text.to_owned())]);
            }
            Ok(())
        },
    );
}

#[test]
fn a_page_token_stays_one_parameter() {
    with_hostile_strings(
        async |client, text| client.services().list().page_token(text).await,
        |text, _, requests| {
            let [request] = requests else { return Err(TestCaseError::fail(format!("{requests:?}"))) };
            prop_assert_eq!(segments(request), ["v1", "Services"]);
            prop_assert_eq!(query(request), [("PageToken".to_owned(), text.to_owned())]);
            Ok(())
        },
    );
}
