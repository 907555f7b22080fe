//! Compares the request of each operation with an expected request.
//!
//! Each case has the arguments of a call by their wire names, and the expected request. The cases in `requests.jsonl`
//! are part of this repository. The cases in `$BINDERY_SHARED/wire/requests.jsonl` are recorded from the official
//! Python library, and are not part of the repository. Without them, their test prints that it is skipped.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use bindery::ir::Operation;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};
use support::args::Failure;
use support::document::api;
use support::scripted::{Scripted, call, own_cases};
use support::server::Recorded;
use support::{pairs, query, say, segments, shared};
use twilio_conversations::Error;

/// The keys of a case whose values are arguments.
const ARGUMENTS: [&str; 4] = ["path_params", "query", "form", "headers"];

/// Converts a received request to JSON in the format of the expected requests.
fn received_request(request: &Recorded, expected: &Map<String, Value>) -> Value {
    let sorted = |mut pairs: Vec<(String, String)>| {
        pairs.sort_by(|first, second| first.0.cmp(&second.0));
        pairs
    };
    let headers = expected.keys().map(|name| (name.clone(), request.header(name).into()));
    json!({
        "method": request.method,
        "path_segments": segments(request),
        "query": sorted(query(request)),
        "form": sorted(pairs(request.text())),
        "headers": headers.collect::<Map<_, _>>(),
    })
}

/// Returns the expected request of a case. Keys that the case does not have get default values.
fn expected(case: &Value) -> Value {
    let mut expected = json!({ "query": [], "form": [], "headers": {} });
    for (key, value) in case["expect"].as_object().unwrap() {
        expected[key] = value.clone();
    }
    let headers = expected["headers"].as_object_mut().unwrap();
    // The test uses a local server, so the host is not compared. The value `null` means that the request has no
    // `Content-Type`.
    headers.remove("host");
    headers.entry("content-type").or_insert(Value::Null);
    expected
}

/// Removes the fractions of seconds from the times of a form.
fn in_whole_seconds(mut request: Value) -> Value {
    for pair in request["form"].as_array_mut().unwrap() {
        if let Ok(time) = DateTime::parse_from_rfc3339(pair[1].as_str().unwrap()) {
            pair[1] = time.to_rfc3339_opts(SecondsFormat::Secs, true).into();
        }
    }
    request
}

/// Returns whether the notes of a case have one of these codes.
fn has_note(case: &Value, codes: &[&str]) -> bool {
    let notes = case["notes"].as_array();
    notes.is_some_and(|notes| notes.iter().filter_map(Value::as_str).any(|note| codes.contains(&note)))
}

/// Makes the call of each case. Returns the cases that the client rejects, with the expected reason. Panics at the
/// first case with an unexpected result.
async fn send_cases(cases: &[Value]) -> Vec<String> {
    let scripted = Scripted::start().await;
    let mut rejected = Vec::new();
    for case in cases {
        let label = format!("{} {}", case["operation_id"], case["variant"]);
        let count_before = scripted.server.requests().len();
        scripted.set_documented_response(case["operation_id"].as_str().unwrap());
        let result = call(&scripted.client, case).await;
        let requests = scripted.server.requests();
        // The client must reject values that are not valid in a URL. The client can, but need not, reject values
        // that would change the path.
        let (required_rejection, may_be_rejected) =
            (case["policy"].as_str(), has_note(case, &["path_breaks_out", "path_not_encoded"]));
        if matches!(result, Err(Failure::Invalid(_) | Failure::Client(Error::InvalidRequest(_)))) {
            let reason = required_rejection.or(case["note"].as_str().filter(|_| may_be_rejected));
            assert!(reason.is_some() && requests.len() == count_before, "{label}: {result:?}");
            rejected.extend(reason.map(|reason| format!("{label}: {reason}")));
            continue;
        }
        assert!(
            required_rejection.is_none() && result.is_ok() && requests.len() == count_before + 1,
            "{label}: {result:?}"
        );
        let expected = expected(case);
        let received = received_request(&requests[count_before], expected["headers"].as_object().unwrap());
        match has_note(case, &["datetime_fraction_dropped"]) {
            true => assert_eq!(in_whole_seconds(received), in_whole_seconds(expected), "{label}"),
            false => assert_eq!(received, expected, "{label}"),
        }
    }
    rejected
}

#[tokio::test]
async fn every_operation_sends_the_expected_request() {
    let rejected = send_cases(own_cases()).await;
    assert_eq!(rejected.len(), own_cases().iter().filter(|case| case["policy"].is_string()).count());
}

#[tokio::test]
async fn requests_match_the_recorded_ones() {
    let Some(recordings) = shared("wire/requests.jsonl") else { return };
    let cases: Vec<Value> = recordings.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rejected = send_cases(&cases).await;
    say(&format!("{} requests equal the recorded ones", cases.len() - rejected.len()));
    rejected.iter().for_each(|case| say(&format!("rejected as intended: {case}")));
}

/// Returns the names of the arguments of a case that have a value.
fn argument_names(case: &Value) -> BTreeSet<&str> {
    let arguments = ARGUMENTS.iter().filter_map(|part| case[part].as_object()).flatten();
    arguments.filter(|(_, value)| !value.is_null() && **value != json!([])).map(|(name, _)| name.as_str()).collect()
}

#[test]
fn the_cases_cover_every_operation_and_every_argument() {
    let (api, cases) = (api(), own_cases());
    let mut by_operation: BTreeMap<&str, Vec<BTreeSet<&str>>> = BTreeMap::new();
    for case in cases {
        by_operation.entry(case["operation_id"].as_str().unwrap()).or_default().push(argument_names(case));
    }
    let names = |operation: &'static Operation, all: bool| -> BTreeSet<&str> {
        let params = operation.params.iter().filter(|param| all || param.required);
        params.map(|param| param.wire.as_str()).collect()
    };
    for (_, operation) in api.operations.iter() {
        let cases = by_operation.remove(operation.id.as_str()).unwrap_or_default();
        assert!(
            cases.contains(&names(operation, false)),
            "{} has no case with only the required arguments",
            operation.id
        );
        assert!(cases.contains(&names(operation, true)), "{} has no case with all arguments", operation.id);
    }
    assert_eq!(by_operation.keys().collect::<Vec<_>>(), [] as [&&str; 0], "all cases are for existing operations");
}
