//! The table `[streams]` of codegen.toml.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::Spanned;
use crate::ir::Operation;

/// Streams of server-sent events and of JSON lines.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Streams {
    /// The items that end a stream: the data of an event, or a line. They are not values.
    ///
    /// Default: for each operation, the items that its descriptions and examples show, such as `data: [DONE]`. If there are
    /// none, `[DONE]` and the items of other operations end a stream of JSON.
    ///
    /// Example: `streams.end = ["[DONE]"]`
    pub end: Option<Vec<String>>,
    /// The types of the events that report an error. `try_next` returns an error for them.
    ///
    /// Default: `error`, unless a schema describes errors as values of a stream.
    ///
    /// Example: `streams.error_events = ["error", "failed"]`
    pub error_events: Option<Vec<String>>,
    /// The property that an item has only if it reports an error. An empty name means that there is no such property.
    ///
    /// Default: `error`, unless a schema describes errors as values of a stream.
    ///
    /// Example: `streams.error_property = "fault"`
    pub error_property: Option<String>,
    /// The property of a request body with which a client asks for a stream. It must be a boolean. The methods for the stream set
    /// it to `true`. An empty name means that there is no such property.
    ///
    /// Default: `stream`
    ///
    /// Example: `streams.flag = "streaming"`
    pub flag: Option<String>,
    /// The streams of single operations, by `operationId`.
    ///
    /// Example: `streams.operations.watchPets = { end = ["[END]"] }`
    #[serde(default)]
    pub operations: BTreeMap<String, Spanned<OperationStreams>>,
}

/// The streams of a single operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct OperationStreams {
    /// The items that end a stream of this operation. They replace those of all streams. With an empty array, no item ends
    /// the stream.
    ///
    /// Example: `streams.operations.watchPets = { end = ["[END]"] }`
    pub end: Vec<String>,
}

impl Streams {
    /// Returns the arrays of strings: the path in codegen.toml, the values, and what a value is.
    pub(super) fn items(&self) -> Vec<(Vec<&str>, &[String], &'static str)> {
        let item = "the data of an event or a line";
        let event = "the type of an event";
        let end = self.end.iter().map(|values| (vec!["streams", "end"], values.as_slice(), item));
        let events = self.error_events.iter().map(|values| (vec!["streams", "error_events"], values.as_slice(), event));
        let operations = self.operations.iter().map(|(id, settings)| {
            (vec!["streams", "operations", id.as_str(), "end"], settings.get_ref().end.as_slice(), item)
        });
        end.chain(events).chain(operations).collect()
    }

    /// Returns the items in `streams.operations` that end the streams of an operation. Returns `None` if the table does not
    /// have the operation.
    pub fn own_ends(&self, operation: &Operation) -> Option<&[String]> {
        self.own(operation).map(|(_, settings)| settings.get_ref().end.as_slice())
    }

    /// Returns the key and the value of an operation in `streams.operations`.
    pub fn own(&self, operation: &Operation) -> Option<(&str, &Spanned<OperationStreams>)> {
        operation.ids().find_map(|id| self.operations.get_key_value(id)).map(|(id, settings)| (id.as_str(), settings))
    }

    /// Returns the type of the events that report an error. Returns `None` if no event does.
    pub fn error_event(&self) -> Option<&str> {
        self.error_events.as_ref().map_or(Some("error"), |events| events.first().map(String::as_str))
    }

    /// Returns the property that an item has only if it reports an error. Returns `None` if there is no such property.
    pub fn error_property_name(&self) -> Option<&str> {
        Some(self.error_property.as_deref().unwrap_or("error")).filter(|name| !name.is_empty())
    }

    /// Returns the items that end the streams of an operation.
    pub fn ends_of(&self, operation: &Operation) -> &[String] {
        self.own_ends(operation).or(self.end.as_deref()).unwrap_or_default()
    }
}
