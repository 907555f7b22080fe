//! Sends thousands of random requests to the mock. Every response must match the document.
//!
//! The requests depend on the document and a seed, so errors are reproducible. Some are valid, some are almost valid,
//! and some are hostile. Later requests use the created records.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use bindery::config::Config;
use bindery::ir::{Api, Operation, Response, Segment, Status};
use bindery_mock::{Mock, Request, check};
use serde_json::{Value, json};
use support::request_generator::RequestGenerator;
use support::{document_and_config, loaded, published, skipped};

/// The statuses of responses that the document need not declare.
const UNDOCUMENTED: &[u16] = &[400, 401, 404, 409, 415];

/// The target of random requests.
struct Target {
    api: Api,
    config: Config,
    mock: Mock,
}

async fn target((document, config): &(String, String)) -> Target {
    let (api, read) = loaded(document, config);
    let mock = Mock::from_spec(document, config).seed(7).start().await.expect("a mock");
    Target { api, config: read, mock }
}

/// The pattern of a string that is not empty.
const ANY_STRING: &str = "(?s:.+)";

/// Returns a pattern for each segment of the path of an operation.
fn patterns(operation: &Operation) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for part in &operation.path {
        let (before, own_pattern) = match part {
            Segment::Literal(text) => ("/", regex_lite::escape(text)),
            Segment::Param(_) => ("/", ANY_STRING.to_owned()),
            Segment::LiteralSuffix(text) => ("", regex_lite::escape(text)),
            Segment::ParamSuffix(before, _) => (before.as_str(), ANY_STRING.to_owned()),
        };
        match (before.strip_prefix('/'), patterns.last_mut()) {
            (None, Some(last)) => last.push_str(&format!("{}{own_pattern}", regex_lite::escape(before))),
            (rest, _) => patterns.push(format!("{}{own_pattern}", regex_lite::escape(rest.unwrap_or(before)))),
        }
    }
    patterns
}

/// Returns the operation that a request should reach, or the expected status of the error. If several operations match,
/// a path whose literals come first takes precedence.
fn expected_operation<'a>(api: &'a Api, request: &Request) -> Result<&'a Operation, u16> {
    let sent_segments: Result<Vec<String>, _> = (request.path.split('/').skip(1))
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8().map(std::borrow::Cow::into_owned))
        .collect();
    let sent_segments = sent_segments.map_err(|_| 404u16)?;
    let matches_path = |operation: &&Operation| {
        let patterns = patterns(operation);
        patterns.len() == sent_segments.len()
            && patterns.iter().zip(&sent_segments).all(|(pattern, segment)| {
                regex_lite::Regex::new(&format!("^{pattern}$")).is_ok_and(|regex| regex.is_match(segment))
            })
    };
    let specificity = |operation: &Operation| -> Vec<usize> {
        let placeholder_rank =
            |pattern: &String| if pattern == ANY_STRING { 2 } else { usize::from(pattern.contains(ANY_STRING)) };
        patterns(operation).iter().map(placeholder_rank).collect()
    };
    let mut matching: Vec<&Operation> =
        api.operations.iter().map(|(_, operation)| operation).filter(matches_path).collect();
    let first = matching.iter().map(|operation| specificity(operation)).min().ok_or(404u16)?;
    matching.retain(|operation| specificity(operation) == first);
    let with_method = |method: &str| matching.iter().find(|operation| operation.method.as_str() == method).copied();
    // GET operations also handle HEAD requests.
    with_method(&request.method).or_else(|| with_method("GET").filter(|_| request.method == "HEAD")).ok_or(405)
}

/// Returns the documented response with a status.
fn documented_response(operation: &Operation, status: u16) -> Option<&Response> {
    let find = |pattern: Status| operation.responses.iter().find(|response| response.status == pattern);
    find(Status::Code(status)).or_else(|| find(Status::Range(status / 100))).or_else(|| find(Status::Default))
}

/// Returns the problem of a response that does not match the document.
fn response_problem(target: &Target, request: &Request, status: u16, body: Option<&Value>) -> Option<String> {
    let operation = match expected_operation(&target.api, request) {
        Ok(operation) => operation,
        Err(expected) => return (status != expected).then(|| format!("{status} instead of {expected}")),
    };
    let Some(response) = documented_response(operation, status) else {
        let is_422 = status == 400 && documented_response(operation, 422).is_some();
        if is_422 || !UNDOCUMENTED.contains(&status) {
            return Some(format!("{status} is not a status of {}", operation.id));
        }
        let message = target.config.errors.message.first().map_or("/message", String::as_str);
        let has_message = body.and_then(|body| body.pointer(message)).is_some_and(Value::is_string);
        return (!has_message).then(|| format!("{status} without a message at {message}"));
    };
    match (&response.body, body) {
        (None, None) => None,
        (Some(ty), Some(body)) => {
            let problems = check(&target.api, ty, body);
            (!problems.is_empty()).then(|| format!("{status} of {} with {problems:?}", operation.id))
        }
        (declared, _) => Some(format!("{status} of {}: a body is declared: {}", operation.id, declared.is_some())),
    }
}

/// Sends requests. Returns the number of responses for each status, and the IDs of the executed operations.
fn send_requests(
    target: &Target,
    requests: &mut RequestGenerator<'_>,
    times: usize,
) -> (BTreeMap<u16, usize>, BTreeSet<String>) {
    let (mut statuses, mut executed, mut failures) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
    for _ in 0..times {
        let request = requests.next_request();
        let response = target.mock.ask(request.clone());
        if let Some(problem) = response_problem(target, &request, response.status, response.body.as_ref()) {
            failures
                .entry(problem)
                .or_insert_with(|| format!("{request:?} {:?}: {response:?}", String::from_utf8_lossy(&request.body)));
        }
        *statuses.entry(response.status).or_default() += 1;
        if let (Ok(operation), 200..=399) = (expected_operation(&target.api, &request), response.status) {
            executed.insert(operation.id.clone());
            requests.add_records(operation, &request, response.body.as_ref());
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    (statuses, executed)
}

#[tokio::test]
async fn every_response_is_documented() {
    for (name, expected_statuses) in [
        ("unusual_responses", &[200, 201][..]),
        ("services", &[200, 201, 204, 400, 401, 404, 405, 415]),
        ("harbour", &[200, 201, 202, 204, 400, 401, 404, 405, 415]),
    ] {
        let target = target(&document_and_config(name)).await;
        let mut requests = RequestGenerator::new(&target.api, 1);
        if name == "harbour" {
            for id in ["oslo", "basel", "kiel"] {
                target.mock.put(&format!("/v2/harbours/{id}"), json!({})).unwrap();
                requests.add_record("/v2/harbours/{}", &format!("/v2/harbours/{id}"));
            }
        }
        let (statuses, executed) = send_requests(&target, &mut requests, 10_000);
        for status in expected_statuses {
            assert!(statuses.get(status).is_some_and(|count| *count > 20), "{name}: {statuses:?}");
        }
        // Only the real API creates some records, such as receipts of messages. The operations on these records cannot
        // be executed.
        let impossible_count = if name == "services" { target.api.operations.len() / 10 } else { 0 };
        assert!(
            executed.len() + impossible_count >= target.api.operations.len(),
            "{name}: only {executed:?} were executed"
        );
    }
}

#[tokio::test]
async fn published_twilio_documents_work() {
    for name in ["conversations_v1", "chat_v2", "wireless_v1"] {
        let Some(texts) = published(name) else {
            return skipped("Twilio's documents are not here (see BINDERY_SHARED)");
        };
        let target = target(&texts).await;
        let (_, executed) = send_requests(&target, &mut RequestGenerator::new(&target.api, 2), 4_000);
        assert!(executed.len() * 2 > target.api.operations.len(), "{name}: only {executed:?} were executed");
    }
}

#[tokio::test]
async fn network_responses_equal_direct_responses() {
    for name in ["services", "harbour"] {
        let (direct, remote) = (target(&document_and_config(name)).await, target(&document_and_config(name)).await);
        let mut requests = RequestGenerator::new(&direct.api, 3);
        let mut connection = support::HttpConnection::to(&remote.mock.url()).await;
        for _ in 0..600 {
            let request = requests.next_request();
            let response = direct.mock.ask(request.clone());
            let (status, body) = connection.ask(&request).await;
            let expected = response.body.as_ref().filter(|_| request.method != "HEAD").map(Value::to_string);
            assert_eq!((status, body), (response.status, expected.unwrap_or_default()), "{request:?}");
            if let (Ok(operation), 200..=399) = (expected_operation(&direct.api, &request), response.status) {
                requests.add_records(operation, &request, response.body.as_ref());
            }
        }
    }
}
