//! A server-sent event, and how it is decoded.

use std::time::Duration;

use serde_json::value::RawValue;

use super::decode::DecodeJson;
use super::splitter::RawItem;
use crate::runtime::{Mismatch, Reading, Result};

/// A server-sent event.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The ID of this event. If this event has no ID, the ID of the last event that had one. The string is empty if no event had
    /// an ID.
    pub id: String,
    /// The type of the event. The default is `message`.
    pub event: String,
    /// The data of the event.
    pub data: T,
    /// The time that clients should wait before they reconnect, if the event has one.
    pub retry: Option<Duration>,
}

impl RawItem {
    /// Returns the data as a string.
    pub fn text(&self) -> Result<String, Mismatch> {
        let text = std::str::from_utf8(&self.data).map(str::to_owned);
        text.map_err(|_| Mismatch::new("the data is not valid UTF-8".to_owned()))
    }

    /// Decodes the event as an object. If `try_json` is set, the data is first decoded as JSON. Without `try_json`, or if this
    /// fails, the data is decoded as a string. The ID is decoded as a string or, if this fails, as a number.
    pub fn envelope<T, V: DecodeJson<T>>(&self, try_json: bool, reading: Reading) -> Result<T, Mismatch> {
        let data_as_string = serde_json::Value::from(self.text()?).to_string();
        let id = serde_json::Value::from(&*self.id).to_string();
        let event = serde_json::Value::from(self.name()).to_string();
        let retry = self.retry.map(|time| format!(",\"retry\":{}", time.as_millis())).unwrap_or_default();
        let data_as_json =
            try_json.then(|| serde_json::from_slice::<&RawValue>(&self.data).ok()).flatten().map(RawValue::get);
        let id_as_number = serde_json::from_str::<serde_json::Number>(&self.id).ok().map(|_| &*self.id);
        let mut first_error = None;
        for data in data_as_json.into_iter().chain([data_as_string.as_str()]) {
            for id in [Some(id.as_str()).filter(|_| !self.id.is_empty()), id_as_number] {
                let id = id.map(|id| format!(",\"id\":{id}")).unwrap_or_default();
                match V::decode_json(format!("{{\"event\":{event},\"data\":{data}{id}{retry}}}").as_bytes(), reading) {
                    Ok(value) => return Ok(value),
                    Err(error) => first_error = first_error.or(Some(error)),
                }
            }
        }
        Err(first_error.unwrap_or_default())
    }

    /// Returns the type of the event, which is `message` by default.
    fn name(&self) -> &str {
        if self.event.is_empty() { "message" } else { &self.event }
    }

    /// Returns the event with its decoded data.
    pub fn event<T>(&self, data: T) -> Event<T> {
        Event { id: self.id.to_string(), event: self.name().to_owned(), data, retry: self.retry }
    }
}

/// Returns an event whose data is a string.
pub fn string_event(raw: &RawItem, _: Reading) -> Result<Event<String>, Mismatch> {
    Ok(raw.event(raw.text()?))
}
