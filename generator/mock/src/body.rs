//! Encodes the bodies of responses.

use bindery::ir::{Content, Framing};
use serde_json::{Map, Value};

use crate::big;

/// Encodes a body.
pub(crate) fn bytes(content: Content, body: &Value) -> Vec<u8> {
    let text = match (content, body) {
        (Content::Text | Content::Binary, Value::String(text)) => text.clone(),
        (Content::Stream(Framing::Lines), Value::Array(values)) => {
            values.iter().map(|value| big::write(value) + "\n").collect()
        }
        (Content::Stream(Framing::Events), Value::Array(values)) => {
            values.iter().map(|value| event(&data(value))).collect()
        }
        (Content::Stream(Framing::Envelopes), Value::Array(values)) => {
            values.iter().filter_map(Value::as_object).map(envelope).collect()
        }
        (_, body) => big::write(body),
    };
    text.into_bytes()
}

/// Encodes the data of an event. A string is written without quotes, and any other value as JSON.
fn data(value: &Value) -> String {
    value.as_str().filter(|_| big::digits(value).is_none()).map_or_else(|| big::write(value), str::to_owned)
}

fn event(data: &str) -> String {
    let lines: String = data.split('\n').map(|line| format!("data: {line}\n")).collect();
    format!("{lines}\n")
}

/// Encodes an event whose fields are the properties of a value.
fn envelope(value: &Map<String, Value>) -> String {
    let fields = ["event", "id", "retry"].into_iter().filter_map(|name| Some((name, value.get(name)?)));
    let fields = fields.filter(|(_, value)| !value.is_null()).map(|(name, value)| format!("{name}: {}\n", data(value)));
    fields.collect::<String>() + &event(&value.get("data").map(data).unwrap_or_default())
}
