//! Encodes the bodies of responses.

use bindery::ir::{Content, Framing};
use serde_json::{Map, Value};

use crate::big;

/// Encodes a body.
pub(crate) fn bytes(content: Content, body: &Value) -> Vec<u8> {
    let text = match (content, body) {
        (Content::Text | Content::Binary, Value::String(text)) => text.clone(),
        (Content::Stream(framing), body) => {
            items(framing, body).map_or_else(|| big::write(body), |items| items.concat())
        }
        (_, body) => big::write(body),
    };
    text.into_bytes()
}

/// Encodes the items of a stream. Returns `None` if the body is not an array of items.
pub(crate) fn items(framing: Framing, body: &Value) -> Option<Vec<String>> {
    let values = body.as_array()?.iter();
    Some(match framing {
        Framing::Lines => values.map(|value| big::write(value) + "\n").collect(),
        Framing::Events => values.map(|value| event(&data(value))).collect(),
        Framing::Envelopes | Framing::DataEnvelopes => values.filter_map(Value::as_object).map(envelope).collect(),
    })
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
