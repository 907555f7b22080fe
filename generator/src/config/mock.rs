//! The table `[mock]` of codegen.toml: behaviour of the API that its document has no keywords for.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// The settings of the mock server, and rules for behaviour of the API that its document does not describe.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Mock {
    /// The dependency on `bindery-mock`, as in `Cargo.toml`. Without it, the crate has no feature `mock`.
    pub dependency: Option<toml::Table>,
    /// The rules: each table has rules for some resources.
    #[serde(default)]
    pub rules: Vec<RuleSet>,
}

/// A table of `[[mock.rules]]`: rules for the records of the resources in `at`. Properties and parameters have their wire
/// names; a dot leads into a nested object.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct RuleSet {
    /// The resources: paths of collections as they are in the document, or names of the schemas of their records.
    pub at: Vec<Spanned<String>>,
    /// Properties of which no two records of a collection have the same value.
    #[serde(default)]
    pub unique: Vec<Spanned<String>>,
    /// Properties whose value identifies a record in a path, as its key does.
    #[serde(default)]
    pub lookup: Vec<Spanned<String>>,
    /// Properties that number the records of a collection, with the number of the first record.
    #[serde(default)]
    pub counters: BTreeMap<String, Spanned<i64>>,
    /// Defaults of properties.
    #[serde(default)]
    pub defaults: BTreeMap<String, Spanned<toml::Value>>,
    /// String properties that contain JSON.
    #[serde(default)]
    pub json: Vec<Spanned<String>>,
    /// Groups of parameters or body properties of which a request has exactly one.
    #[serde(default)]
    pub exactly_one: Vec<Vec<Spanned<String>>>,
    /// Groups of parameters or body properties of which a request has at most one.
    #[serde(default)]
    pub at_most_one: Vec<Vec<Spanned<String>>>,
    /// The maximum number of records in a collection.
    pub max_items: Option<u64>,
    /// Query parameters that select records of a list.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Query parameters that reverse the order of a list.
    #[serde(default)]
    pub newest_first: Vec<NewestFirst>,
    /// The collections that store the records that are created in this collection.
    #[serde(default)]
    pub stored_at: Vec<Spanned<String>>,
    /// Parameters that contain further records to create.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Collections in which each record appears in a different form.
    #[serde(default)]
    pub copies: Vec<Copies>,
}

/// A query parameter that selects records of a list. If it is an array, it selects the records that match any of its
/// items.
#[derive(Clone, Debug, Deserialize)]
pub struct Filter {
    /// The query parameter.
    pub parameter: Spanned<String>,
    /// The property that it is compared with.
    pub property: Spanned<String>,
    /// How the property is compared.
    #[serde(default)]
    pub test: Test,
}

/// How a filter compares a property with its parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The property is equal to the parameter.
    #[default]
    Equal,
    /// The property is equal to the parameter or greater. A later date is greater.
    AtLeast,
    /// The property is equal to the parameter or less. An earlier date is less. If the parameter is a date without a
    /// time, the property may be any time of that day.
    AtMost,
}

/// A query parameter that lists the newest records first.
#[derive(Clone, Debug, Deserialize)]
pub struct NewestFirst {
    /// The query parameter.
    pub parameter: Spanned<String>,
    /// The values of the parameter that reverse the order. If this is empty, every value does.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A parameter that contains further records to create: objects, or strings with the JSON of objects.
#[derive(Clone, Debug, Deserialize)]
pub struct Part {
    /// The parameter or body property.
    pub parameter: Spanned<String>,
    /// The collections for these records, below the collection of the record. The first collection whose path
    /// parameters are all known is used.
    pub to: Vec<Spanned<String>>,
}

/// A collection in which each record appears in a different form.
#[derive(Clone, Debug, Deserialize)]
pub struct Copies {
    /// The collections for the copies. The first collection whose path parameters are all known is used.
    pub to: Vec<Spanned<String>>,
    /// The path parameters that the path of the record does not have, each with the property of the record that
    /// contains its value. If the property has no value, there is no copy.
    #[serde(default)]
    pub find: BTreeMap<String, Spanned<String>>,
    /// The properties of a copy, with the property that each is copied from: `sid` of the record itself,
    /// `{ConversationSid}.sid` of the record that a path parameter identifies.
    #[serde(default)]
    pub set: BTreeMap<String, Spanned<String>>,
}
