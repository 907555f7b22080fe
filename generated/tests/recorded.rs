//! The requests that the API's official Python library has been recorded sending, made again by this crate.
//!
//! The recordings are not part of the repository. They are looked for in `$BINDERY_SHARED/wire`, or in `shared/wire`
//! beside the repository; without them the test says that it is skipped.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::args::{Args, Failure};
use support::server::{Recorded, Reply, Server};
use support::{client, dispatch, pairs, query, segments};
use twilio_conversations::{Client, Error};

fn recordings() -> Option<String> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = env::var_os("BINDERY_SHARED").map_or_else(beside, PathBuf::from);
    fs::read_to_string(shared.join("wire/requests.jsonl")).ok()
}

/// Makes the call of a recorded case.
async fn call(client: &Client, case: &Value) -> Result<Value, Failure> {
    let mut args = Args::default();
    for (place, key) in [("path", "path_params"), ("query", "query"), ("form", "form"), ("header", "headers")] {
        args.add(place, &case[key]);
    }
    dispatch::call(client, case["operation_id"].as_str().unwrap(), &mut args).await
}

/// What arrived, in the form in which the recordings expect it.
fn arrived(request: &Recorded, expected: &Value) -> Value {
    let sorted = |mut pairs: Vec<(String, String)>| {
        pairs.sort_by(|one, other| one.0.cmp(&other.0));
        pairs
    };
    let names = expected["headers"].as_object().unwrap().keys();
    let headers: serde_json::Map<_, _> = names.map(|name| (name.clone(), request.header(name).into())).collect();
    serde_json::json!({
        "method": request.method,
        "path_segments": segments(request),
        "query": sorted(query(request)),
        "form": sorted(pairs(request.text())),
        "headers": headers,
    })
}

#[tokio::test]
async fn recorded_requests_are_sent_alike() {
    let Some(recordings) = recordings() else {
        // Written past the test runner, which keeps what a passing test prints to itself.
        writeln!(io::stderr(), "SKIPPED: there are no recorded requests here (see BINDERY_SHARED)").unwrap();
        return;
    };
    let server = Server::start(|request| match (request.method.as_str(), request.target.split('?').next()) {
        ("DELETE", _) => Reply::http(204, &[], ""),
        ("GET", Some("/v1/Services")) => Reply::json(200, r#"{"services": [], "meta": {}}"#),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let client = client(&server);
    let (mut made, mut unbound) = (0, 0);
    for line in recordings.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let before = server.requests().len();
        let result = call(&client, &case).await;
        if matches!(&result, Err(Failure::Unknown(what)) if what == case["operation_id"].as_str().unwrap()) {
            unbound += 1;
            continue;
        }
        let label = format!("{} {}", case["operation_id"], case["variant"]);
        let requests = server.requests();
        // A value that no URL can carry must be refused, whatever the library does with it.
        if case["policy"].is_string() {
            let refused = matches!(result, Err(Failure::Refused(_) | Failure::Client(Error::InvalidRequest(_))));
            assert!(refused && requests.len() == before, "{label}: {result:?}");
        } else {
            // What comes back is of no interest here, and nothing of what some answers must have is in it.
            let answered = matches!(result, Ok(_) | Err(Failure::Client(Error::Decode(_))));
            assert!(answered && requests.len() == before + 1, "{label}: {result:?}");
            let mut expected = case["expect"].clone();
            expected["headers"].as_object_mut().unwrap().retain(|name, _| name != "host");
            assert_eq!(arrived(&requests[before], &expected), expected, "{label}");
        }
        made += 1;
    }
    let summary =
        format!("{made} recorded requests sent alike, {unbound} are of operations that the crate does not have");
    writeln!(io::stderr(), "{summary}").unwrap();
    assert!(made > 0);
}
