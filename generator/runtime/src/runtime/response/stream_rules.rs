//! The meaning of special items in a stream: its end, and errors.

use memchr::memmem;
use serde_json::value::RawValue;

use super::properties::Properties;
use super::splitter::RawItem;

/// The kind of items that a stream has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JSON.
    Json,
    /// Strings.
    Strings,
    /// Items that are returned as received. No rule applies to them.
    Raw,
}

/// The meaning of special items in the streams of an API.
#[derive(Clone, Copy, Debug)]
pub struct StreamRules {
    /// The items that end a stream: the data of an event, or a line.
    pub ends: &'static [&'static str],
    /// Whether these items also end a stream of strings.
    pub ends_strings: bool,
    /// The items that end the streams of single operations, by the ID of the operation. They replace `ends`, and also end a
    /// stream of strings.
    pub operations: &'static [(&'static str, &'static [&'static str])],
    /// The types of the events that report an error.
    pub error_events: &'static [&'static str],
    /// The property that an item has only if it reports an error. The name is empty if there is no such property.
    pub error_property: &'static str,
}

impl StreamRules {
    /// The rules of most APIs: `[DONE]` ends a stream of JSON. An event of the type `error`, or an item with the property
    /// `error`, reports an error.
    pub const DEFAULT: Self = Self {
        ends: &["[DONE]"],
        ends_strings: false,
        operations: &[],
        error_events: &["error"],
        error_property: "error",
    };

    /// Returns the items that end a stream of an operation.
    pub(crate) fn ends_of(&self, operation: &str, kind: Kind) -> &'static [&'static str] {
        let own_ends = self.operations.iter().find(|(id, _)| *id == operation);
        match (kind, own_ends) {
            (Kind::Raw, _) => &[],
            (_, Some((_, ends))) => ends,
            (Kind::Strings, None) if !self.ends_strings => &[],
            (_, None) => self.ends,
        }
    }

    /// Returns whether an item reports an error.
    pub(crate) fn is_error(&self, item: &RawItem, kind: Kind) -> bool {
        kind != Kind::Raw
            && (self.error_events.contains(&item.event.as_str())
                || kind == Kind::Json && has_error_property(&item.data, self.error_property))
    }
}

/// Returns whether JSON is an object in which the property `name` reports an error. Some APIs have a value that means "no error"
/// in each item.
fn has_error_property(json: &[u8], name: &str) -> bool {
    // Few items contain the name at all, and only these are parsed.
    let is_candidate = !name.is_empty() && memmem::find(json, name.as_bytes()).is_some();
    let properties = is_candidate.then(|| Properties::parse(json)).flatten();
    let is_error = |value: &RawValue| !matches!(value.get(), "null" | "false" | "0" | "\"\"" | "{}" | "[]");
    properties.is_some_and(|Properties(all)| all.iter().any(|(key, value)| key == name && is_error(value)))
}
