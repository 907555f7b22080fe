//! The text of a document after its overlays.

use std::borrow::Cow;

use serde_json::Value;

use super::{apply, yaml};
use crate::diagnostics::Diagnostics;
use crate::source::{Pointer, Source};

/// Returns the text of a document after its overlays: the text itself if they change nothing, else JSON or YAML like the
/// document. Returns `None` if the document cannot be read.
pub fn effective_text(document: &Source) -> Option<Cow<'_, str>> {
    let text = Cow::from(&document.text);
    if document.overlays.is_empty() {
        return Some(text);
    }
    let before = yaml::parse(document, &mut Diagnostics::default())?;
    let mut tree = before.clone();
    apply(document, &mut tree, &mut Diagnostics::default());
    if tree == before {
        return Some(text);
    }
    // `serde_yaml` would round numbers with many digits, so the tree is written as JSON, which is valid YAML.
    if document.text.trim_start().starts_with('{') || document.has_long_numbers() {
        let mut json = String::new();
        write_json(document, &tree, &Pointer::root(), 0, &mut json);
        json.push('\n');
        return Some(json.into());
    }
    serde_yaml::to_string(&tree).ok().map(Cow::from)
}

/// Writes a value as JSON, with its numbers as they are in the document or the overlay.
fn write_json(document: &Source, value: &Value, at: &Pointer, depth: usize, json: &mut String) {
    let new_line = |json: &mut String, depth: usize| {
        json.push('\n');
        json.push_str(&"  ".repeat(depth));
    };
    let write_part = |json: &mut String, index: usize, key: Option<&String>, value: &Value| {
        if index > 0 {
            json.push(',');
        }
        new_line(json, depth + 1);
        let at = match key {
            Some(key) => {
                json.push_str(&Value::from(key.as_str()).to_string());
                json.push_str(": ");
                at.child(key)
            }
            None => at.child(index),
        };
        write_json(document, value, &at, depth + 1, json);
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            json.push('[');
            items.iter().enumerate().for_each(|(index, item)| write_part(json, index, None, item));
            new_line(json, depth);
            json.push(']');
        }
        Value::Object(object) if !object.is_empty() => {
            json.push('{');
            object.iter().enumerate().for_each(|(index, (key, value))| write_part(json, index, Some(key), value));
            new_line(json, depth);
            json.push('}');
        }
        Value::Number(number) => match document.number(at) {
            Some(text) => json.push_str(text),
            None => json.push_str(&number.to_string()),
        },
        _ => json.push_str(&value.to_string()),
    }
}
