//! Decodes the documented examples of responses, and compares the encoded models with the examples.
//!
//! The document of the crate has an example for each operation. The provider's document, in `$BINDERY_SHARED/specs`,
//! has other examples. Without this document, the test of its examples prints that it is skipped.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use serde_json::{Value, json};
use support::document::api;
use support::scripted::{Scripted, call, documented, minimal};
use support::{say, shared};

/// An example of a response in a document.
struct Example {
    operation: String,
    name: String,
    status: u16,
    body: Value,
}

/// Accepted differences. Each has an example, the location of the difference, and the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// Compares an example with the encoded model. The model encodes a missing property as `null`, so a property that is
/// `null` only in the model is not a difference.
fn differences(location: &str, example: &Value, model: &Value, differences_found: &mut Vec<String>) {
    match (example, model) {
        (Value::Object(example), Value::Object(model)) => {
            for (key, value) in example {
                differences(
                    &format!("{location}/{key}"),
                    value,
                    model.get(key).unwrap_or(&Value::Null),
                    differences_found,
                );
            }
            let added_properties = model.iter().filter(|(key, value)| !example.contains_key(*key) && !value.is_null());
            differences_found
                .extend(added_properties.map(|(key, value)| format!("{location}/{key}: nothing became {value}")));
        }
        (Value::Array(example), Value::Array(model)) if example.len() == model.len() => {
            for (index, (example, model)) in example.iter().zip(model).enumerate() {
                differences(&format!("{location}/{index}"), example, model, differences_found);
            }
        }
        _ if example == model => {}
        _ => differences_found.push(format!("{location}: {example} became {model}")),
    }
}

/// Makes a server respond with each example, and compares the example with the decoded model.
async fn compare_with_models(examples: &[Example], exceptions: &[(&str, &str, &str)]) {
    let scripted = Scripted::start().await;
    let mut differences_found = Vec::new();
    for example in examples {
        let location = format!("{} {}", example.operation, example.name);
        let Some(case) = minimal(&example.operation) else {
            differences_found.push(format!("{location}: `requests.jsonl` has no case of this operation"));
            continue;
        };
        scripted.set_response(example.status, Some(&example.body));
        match call(&scripted.client, case).await {
            Ok(model) => differences(&location, &example.body, &model, &mut differences_found),
            Err(error) => differences_found.push(format!("{location}: {error:?}")),
        }
    }
    let is_exception =
        |line: &str| exceptions.iter().any(|(location, text, _)| line.starts_with(location) && line.contains(text));
    let unused_exceptions = exceptions.iter().filter(|(location, text, _)| {
        !differences_found.iter().any(|line| line.starts_with(location) && line.contains(text))
    });
    let unused_exceptions: Vec<_> = unused_exceptions.collect();
    differences_found.retain(|line| !is_exception(line));
    assert!(differences_found.is_empty(), "{}", differences_found.join("\n"));
    assert!(unused_exceptions.is_empty(), "these exceptions are no longer necessary: {unused_exceptions:?}");
}

#[tokio::test]
async fn every_operation_has_an_example_without_unknown_properties() {
    let mut examples = Vec::new();
    for (_, operation) in api().operations.iter() {
        let (status, body) = documented(&operation.id).unwrap();
        // A response with the status 204 has no body, and therefore no example.
        assert_eq!(body.is_some(), status != 204, "{} has no example of its response", operation.id);
        let example = |body: &Value| Example {
            operation: operation.id.clone(),
            name: "documented".to_owned(),
            status,
            body: body.clone(),
        };
        examples.extend(body.map(example));
    }
    compare_with_models(&examples, &[]).await;
}

#[test]
fn differences_of_values_are_detected() {
    let example = json!({ "a": 1, "b": { "c": [1, { "d": null }] }, "e": "x" });
    for (model, expected) in [
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
        assert_eq!(differences, expected);
    }
}

#[tokio::test]
async fn provider_examples_have_no_unknown_properties() {
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
    compare_with_models(&examples, EXCEPTIONS).await;
    say(&format!("{} published examples equal their decoded models", examples.len()));
}
