//! The documented examples of answers, through the models and back: nothing is lost and nothing is made up.
//!
//! Those of the crate's own document are always there, one for each operation. Those of the document that the API's
//! provider publishes are looked for in `$BINDERY_SHARED/specs`; without them their test says that it is skipped.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use serde_json::{Value, json};
use support::document::api;
use support::scripted::{Scripted, call, documented, least};
use support::{say, shared};

/// An answer that a document shows.
struct Example {
    operation: String,
    name: String,
    status: u16,
    body: Value,
}

/// Differences that are meant: the example and the place in it, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// What a model has made of a value, member by member. A member that the example leaves out comes back as `null`, which
/// is how a model says that it is not there; anything else has to come back as it was.
fn differences(at: &str, example: &Value, model: &Value, found: &mut Vec<String>) {
    match (example, model) {
        (Value::Object(example), Value::Object(model)) => {
            for (key, value) in example {
                differences(&format!("{at}/{key}"), value, model.get(key).unwrap_or(&Value::Null), found);
            }
            let made_up = model.iter().filter(|(key, value)| !example.contains_key(*key) && !value.is_null());
            found.extend(made_up.map(|(key, value)| format!("{at}/{key}: nothing became {value}")));
        }
        (Value::Array(example), Value::Array(model)) if example.len() == model.len() => {
            for (index, (example, model)) in example.iter().zip(model).enumerate() {
                differences(&format!("{at}/{index}"), example, model, found);
            }
        }
        _ if example == model => {}
        _ => found.push(format!("{at}: {example} became {model}")),
    }
}

/// Lets a server answer with each example, and holds against it what the operation's model has made of it.
async fn decode(examples: &[Example], exceptions: &[(&str, &str, &str)]) {
    let scripted = Scripted::start().await;
    let mut found = Vec::new();
    for example in examples {
        let at = format!("{} {}", example.operation, example.name);
        let Some(case) = least(&example.operation) else {
            found.push(format!("{at}: there is no case of this operation"));
            continue;
        };
        scripted.answer(example.status, Some(&example.body));
        match call(&scripted.client, case).await {
            Ok(model) => differences(&at, &example.body, &model, &mut found),
            Err(error) => found.push(format!("{at}: {error:?}")),
        }
    }
    let meant = |line: &str| exceptions.iter().any(|(at, what, _)| line.starts_with(at) && line.contains(what));
    let idle =
        exceptions.iter().filter(|(at, what, _)| !found.iter().any(|line| line.starts_with(at) && line.contains(what)));
    let idle: Vec<_> = idle.collect();
    found.retain(|line| !meant(line));
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(idle.is_empty(), "these are no exceptions any more: {idle:?}");
}

#[tokio::test]
async fn every_operation_has_an_example_that_its_model_keeps_whole() {
    let mut examples = Vec::new();
    for (_, operation) in api().operations.iter() {
        let (status, body) = documented(&operation.id).unwrap();
        // Where there is no body, there is nothing to keep.
        assert_eq!(body.is_some(), status != 204, "{} has no example of its answer", operation.id);
        let example = |body: &Value| Example {
            operation: operation.id.clone(),
            name: "documented".to_owned(),
            status,
            body: body.clone(),
        };
        examples.extend(body.map(example));
    }
    decode(&examples, &[]).await;
}

#[test]
fn what_is_lost_changed_or_made_up_is_found() {
    let example = json!({ "a": 1, "b": { "c": [1, { "d": null }] }, "e": "x" });
    for (model, found) in [
        (json!({ "a": 1, "b": { "c": [1, {}], "z": null }, "e": "x", "y": null }), vec![]),
        (
            json!({ "b": { "c": [1, { "d": 2 }] }, "e": "y" }),
            vec!["/a: 1 became null", "/b/c/1/d: null became 2", "/e: \"x\" became \"y\""],
        ),
        (
            json!({ "a": 1, "b": { "c": [1] }, "e": "x", "y": [] }),
            vec!["/b/c: [1,{\"d\":null}] became [1]", "/y: nothing became []"],
        ),
    ] {
        let mut differences = Vec::new();
        self::differences("", &example, &model, &mut differences);
        assert_eq!(differences, found);
    }
}

#[tokio::test]
async fn the_provider_s_examples_are_kept_whole() {
    let Some(document) = shared("specs/twilio/twilio_conversations_v1.json") else { return };
    let document: Value = serde_json::from_str(&document).unwrap();
    let mut examples = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in ["get", "post", "put", "patch", "delete"].iter().filter_map(|method| item.get(method)) {
            for (status, response) in operation["responses"].as_object().unwrap() {
                for (name, example) in
                    response["content"]["application/json"]["examples"].as_object().into_iter().flatten()
                {
                    examples.push(Example {
                        operation: operation["operationId"].as_str().unwrap().to_owned(),
                        name: name.clone(),
                        status: status.parse().unwrap(),
                        body: example["value"].clone(),
                    });
                }
            }
        }
    }
    decode(&examples, EXCEPTIONS).await;
    say(&format!("{} published examples kept whole", examples.len()));
}
