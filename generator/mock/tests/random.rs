//! Requests of every kind, by the thousand: whatever is asked, the answer is one that the document describes.
//!
//! They are made from the document and a seed, so that a request that is answered wrongly is made again in the next run:
//! some as they should be, some almost, some by somebody who means harm. What has been created is asked for again.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use bindery::config::Config;
use bindery::ir::{Api, Operation, Response, Segment, Status};
use bindery_mock::{Mock, Request, check};
use serde_json::{Value, json};
use support::random::Asker;
use support::{loaded, published, skipped, texts};

/// The statuses of refusals that a document need not list: each has a meaning that no other status has.
const UNDOCUMENTED: &[u16] = &[400, 401, 404, 409, 415];

/// What random requests are sent to.
struct Bench {
    api: Api,
    config: Config,
    mock: Mock,
}

async fn bench((document, config): &(String, String)) -> Bench {
    let (api, read) = loaded(document, config);
    let mock = Mock::from_spec(document, config).seed(7).start().await.expect("a mock");
    Bench { api, config: read, mock }
}

/// The pattern of what has a character at least.
const ANY: &str = "(?s:.+)";

/// A pattern for each segment of an operation's path.
fn patterns(operation: &Operation) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for part in &operation.path {
        let (before, own) = match part {
            Segment::Literal(text) => ("/", regex_lite::escape(text)),
            Segment::Param(_) => ("/", ANY.to_owned()),
            Segment::LiteralSuffix(text) => ("", regex_lite::escape(text)),
            Segment::ParamSuffix(before, _) => (before.as_str(), ANY.to_owned()),
        };
        match (before.strip_prefix('/'), patterns.last_mut()) {
            (None, Some(last)) => last.push_str(&format!("{}{own}", regex_lite::escape(before))),
            (rest, _) => patterns.push(format!("{}{own}", regex_lite::escape(rest.unwrap_or(before)))),
        }
    }
    patterns
}

/// The operation that a path and method mean: of those that fit, the one whose first literals come earliest.
fn meant<'a>(api: &'a Api, request: &Request) -> Result<&'a Operation, u16> {
    let sent: Result<Vec<String>, _> = (request.path.split('/').skip(1))
        .map(|one| percent_encoding::percent_decode_str(one).decode_utf8().map(std::borrow::Cow::into_owned))
        .collect();
    let sent = sent.map_err(|_| 404u16)?;
    let fits = |operation: &&Operation| {
        let patterns = patterns(operation);
        patterns.len() == sent.len()
            && patterns.iter().zip(&sent).all(|(pattern, sent)| {
                regex_lite::Regex::new(&format!("^{pattern}$")).is_ok_and(|regex| regex.is_match(sent))
            })
    };
    let shape = |operation: &Operation| -> Vec<usize> {
        let freedom = |pattern: &String| if pattern == ANY { 2 } else { usize::from(pattern.contains(ANY)) };
        patterns(operation).iter().map(freedom).collect()
    };
    let mut fitting: Vec<&Operation> = api.operations.iter().map(|(_, operation)| operation).filter(fits).collect();
    let first = fitting.iter().map(|operation| shape(operation)).min().ok_or(404u16)?;
    fitting.retain(|operation| shape(operation) == first);
    let of = |method: &str| fitting.iter().find(|operation| operation.method.as_str() == method).copied();
    // What can be fetched has a head.
    of(&request.method).or_else(|| of("GET").filter(|_| request.method == "HEAD")).ok_or(405)
}

/// What the document says of a response with this status.
fn described(operation: &Operation, status: u16) -> Option<&Response> {
    let find = |wanted: Status| operation.responses.iter().find(|response| response.status == wanted);
    find(Status::Code(status)).or_else(|| find(Status::Range(status / 100))).or_else(|| find(Status::Default))
}

/// What is wrong with an answer, if anything is.
fn wrong(bench: &Bench, request: &Request, status: u16, body: Option<&Value>) -> Option<String> {
    let operation = match meant(&bench.api, request) {
        Ok(operation) => operation,
        Err(expected) => return (status != expected).then(|| format!("{status} in place of {expected}")),
    };
    let Some(response) = described(operation, status) else {
        let is_422 = status == 400 && described(operation, 422).is_some();
        if is_422 || !UNDOCUMENTED.contains(&status) {
            return Some(format!("{status} is not a status of {}", operation.id));
        }
        let message = bench.config.errors.message.first().map_or("/message", String::as_str);
        let said = body.and_then(|body| body.pointer(message)).is_some_and(Value::is_string);
        return (!said).then(|| format!("{status} without a message at {message}"));
    };
    match (&response.body, body) {
        (None, None) => None,
        (Some(ty), Some(body)) => {
            let problems = check(&bench.api, ty, body);
            (!problems.is_empty()).then(|| format!("{status} of {} with {problems:?}", operation.id))
        }
        (declared, _) => Some(format!("{status} of {}: a body is declared: {}", operation.id, declared.is_some())),
    }
}

/// Asks so many times, and gives how often each status came and which operations were carried out.
fn ask(bench: &Bench, asker: &mut Asker<'_>, times: usize) -> (BTreeMap<u16, usize>, BTreeSet<String>) {
    let (mut statuses, mut done, mut failures) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
    for _ in 0..times {
        let request = asker.request();
        let answer = bench.mock.ask(request.clone());
        if let Some(wrong) = wrong(bench, &request, answer.status, answer.body.as_ref()) {
            failures
                .entry(wrong)
                .or_insert_with(|| format!("{request:?} {:?}: {answer:?}", String::from_utf8_lossy(&request.body)));
        }
        *statuses.entry(answer.status).or_default() += 1;
        if let (Ok(operation), 200..=399) = (meant(&bench.api, &request), answer.status) {
            done.insert(operation.id.clone());
            asker.learn(operation, &request, answer.body.as_ref());
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    (statuses, done)
}

#[tokio::test]
async fn every_answer_is_one_that_the_document_describes() {
    for (name, kinds) in [
        ("odd", &[200, 201][..]),
        ("services", &[200, 201, 204, 400, 401, 404, 405, 415]),
        ("harbour", &[200, 201, 202, 204, 400, 401, 404, 405, 415]),
    ] {
        let bench = bench(&texts(name)).await;
        let mut asker = Asker::new(&bench.api, 1);
        if name == "harbour" {
            for id in ["oslo", "basel", "kiel"] {
                bench.mock.put(&format!("/v2/harbours/{id}"), json!({})).unwrap();
                asker.knows("/v2/harbours/{}", &format!("/v2/harbours/{id}"));
            }
        }
        let (statuses, done) = ask(&bench, &mut asker, 10_000);
        for kind in kinds {
            assert!(statuses.get(kind).is_some_and(|count| *count > 20), "{name}: {statuses:?}");
        }
        // What only the API itself makes, such as the receipt of a message, is not there to be asked for.
        let hopeless = if name == "services" { bench.api.operations.len() / 10 } else { 0 };
        assert!(done.len() + hopeless >= bench.api.operations.len(), "{name}: only {done:?} were carried out");
    }
}

#[tokio::test]
async fn so_it_is_with_documents_that_twilio_publishes() {
    for name in ["conversations_v1", "chat_v2", "wireless_v1"] {
        let Some(texts) = published(name) else {
            return skipped("Twilio's documents are not here (see BINDERY_SHARED)");
        };
        let bench = bench(&texts).await;
        let (_, done) = ask(&bench, &mut Asker::new(&bench.api, 2), 4_000);
        assert!(done.len() * 2 > bench.api.operations.len(), "{name}: only {done:?} were carried out");
    }
}

#[tokio::test]
async fn over_the_network_the_answers_are_the_same() {
    for name in ["services", "harbour"] {
        let (near, far) = (bench(&texts(name)).await, bench(&texts(name)).await);
        let mut asker = Asker::new(&near.api, 3);
        let mut wire = support::Wire::to(&far.mock.url()).await;
        for _ in 0..600 {
            let request = asker.request();
            let answer = near.mock.ask(request.clone());
            let (status, body) = wire.ask(&request).await;
            let expected = answer.body.as_ref().filter(|_| request.method != "HEAD").map(Value::to_string);
            assert_eq!((status, body), (answer.status, expected.unwrap_or_default()), "{request:?}");
            if let (Ok(operation), 200..=399) = (meant(&near.api, &request), answer.status) {
                asker.learn(operation, &request, answer.body.as_ref());
            }
        }
    }
}
