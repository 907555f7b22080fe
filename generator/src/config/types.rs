//! The table `[types]` of codegen.toml: the Rust types of schemas.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::{Config, Spanned};

/// The Rust types of schemas.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Types {
    /// The paths of macros that each struct and enum derives, in addition to the traits that it implements anyway.
    /// The macro must accept all of them. `docs/schemas.md` describes the types of fields.
    ///
    /// Example: `types.derives = ["my_macros::Audited"]`
    #[serde(default)]
    pub derives: Vec<Spanned<String>>,
    /// The Rust types of `format: date-time` and `format: date`, from a crate or from the runtime. `docs/schemas.md` describes the
    /// differences.
    ///
    /// Example: `types.date_time = "jiff"`
    #[serde(default)]
    pub date_time: DateTimeTypes,
    /// Whether enums accept values that the document does not list.
    ///
    /// Example: `types.enum = "closed"`
    #[serde(rename = "enum", default)]
    pub enums: Enums,
    /// The type of integers without a `format`. An integer has a larger type if its limits require it. `replace` sets the type of a
    /// single integer.
    ///
    /// Example: `types.integer = "i32"`
    #[serde(default)]
    pub integer: Integer,
    /// The type of maps: objects without declared properties, and additional properties. A type with a `HashMap` or an `IndexMap`
    /// cannot derive `Hash` or `Ord`.
    ///
    /// Example: `types.map = "IndexMap"`
    #[serde(default)]
    pub map: Map,
    /// The pointer of fields with a recursive or very large type, and of the objects in a union.
    ///
    /// Example: `types.pointer = "Arc"`
    #[serde(default)]
    pub pointer: Pointer,
    /// The options of single schemas.
    #[serde(default)]
    pub schemas: Vec<SchemaOptions>,
}

impl Config {
    /// Returns the configuration without `[types]`.
    pub fn without_types(self) -> Self {
        Self { types: Types::default(), ..self }
    }
}

impl Types {
    /// Returns whether no option is set.
    pub fn is_default(&self) -> bool {
        let Self { date_time, derives, enums, integer, map, pointer, schemas } = self;
        let has_default_types =
            *date_time == DateTimeTypes::default() && *enums == Enums::default() && *integer == Integer::default();
        let has_default_containers = *map == Map::default() && *pointer == Pointer::default();
        has_default_types && has_default_containers && derives.is_empty() && schemas.is_empty()
    }
}

/// The types of dates and times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateTimeTypes {
    /// `Timestamp` and `Date` of the runtime. The generated crate does not depend on a date and time crate, so it compiles faster.
    BuiltIn,
    /// `chrono::DateTime<Utc>` and `chrono::NaiveDate`.
    #[default]
    Chrono,
    /// `jiff::Timestamp` and `jiff::civil::Date`.
    Jiff,
    /// `time::OffsetDateTime` and `time::Date`, in the type `Rfc3339` of the runtime, which gives them their format in JSON.
    Time,
}

impl DateTimeTypes {
    /// Returns the name of the crate that has these types. Returns `None` for the types of the runtime.
    pub fn crate_name(self) -> Option<&'static str> {
        match self {
            Self::BuiltIn => None,
            Self::Chrono => Some("chrono"),
            Self::Jiff => Some("jiff"),
            Self::Time => Some("time"),
        }
    }
}

/// The values that an enum accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Enums {
    /// Any value. A value that the document does not list is decoded as `Unknown`.
    #[default]
    Open,
    /// The values that the document lists. Any other value in a response is an error. A `match` needs no wildcard.
    Closed,
}

/// An integer type of Rust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names are those of the types")]
pub enum Integer {
    I8,
    I16,
    I32,
    #[default]
    I64,
    U8,
    U16,
    U32,
    U64,
}

/// A map type of Rust, with strings as keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
pub enum Map {
    /// A `std::collections::BTreeMap`. The keys are in alphabetical order.
    #[default]
    BTreeMap,
    /// A `std::collections::HashMap`. The keys have no order.
    HashMap,
    /// An `indexmap::IndexMap`. The keys have the order of the response, or the order in which a program inserts them.
    IndexMap,
}

/// A pointer type of Rust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
pub enum Pointer {
    /// A `Box`. A clone copies the value.
    #[default]
    Box,
    /// A `std::sync::Arc`. Clones share the value.
    Arc,
}

/// The options of a schema.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct SchemaOptions {
    /// The location of a schema in the document: a component, a property, the `items` of an array, the `schema` of a parameter or
    /// of a body.
    ///
    /// Example: `types.schemas = [{ at = "#/components/schemas/Pet/properties/price", replace = "my_crate::Money" }]`
    pub at: Spanned<String>,
    /// The path of the Rust type to use for the schema. At a component, each reference to the component uses the type. At a
    /// property, only this property uses it. `docs/schemas.md` lists the traits that the type must implement.
    ///
    /// Example: `types.schemas = [{ at = "#/components/schemas/Money", replace = "my_crate::Money" }]`
    pub replace: Option<Spanned<String>>,
    /// The paths of macros that the struct or enum of the schema derives, in addition to `types.derives`. A
    /// derive of a trait usually needs the trait for the types of all fields.
    ///
    /// Example: `types.schemas = [{ at = "#/components/schemas/Pet", derives = ["Hash"] }]`
    #[serde(default)]
    pub derives: Vec<Spanned<String>>,
    /// Whether the enum of the schema accepts values that the document does not list.
    ///
    /// Default: `types.enum`.
    ///
    /// Example: `types.schemas = [{ at = "#/components/schemas/Status", enum = "closed" }]`
    #[serde(rename = "enum")]
    pub enums: Option<Enums>,
}
