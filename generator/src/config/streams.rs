//! The table `[streams]` of codegen.toml.

use schemars::JsonSchema;
use serde::Deserialize;

/// Streams of server-sent events and of JSON lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Streams {
    /// The items that end a stream: the data of an event, or a line. They are not values.
    ///
    /// Default: the items that descriptions and examples of streams show, such as `data: [DONE]`. If there are none, `[DONE]`
    /// ends a stream of JSON.
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
}
