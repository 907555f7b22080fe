//! The configuration in `codegen.toml`: what the document cannot describe.

mod check;
mod client;
mod locations;
mod mock;
mod paging;
mod reference;
mod rust_paths;
mod schema;
mod select;
mod spanned;
mod streams;
mod strings;
mod structure;
mod syntax;
mod types;
mod webhooks;

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use crate::diagnostics::{Code, Diagnostics, Location, OPERATION_ERRORS};
use crate::source::Source;

pub use check::is_extra_header;
pub use client::{Client, CredentialVariables, Credentials, Host};
pub use mock::{Change, Copies, Filter, Mock, MockEvent, NewestFirst, Part, RuleSet, Subscription, Test};
pub use paging::Paging;
pub use reference::{Row, rows, table};
pub use rust_paths::{FORMAT_TYPES, STRING_TRAITS, crates, last_name, need_string_struct};
pub use schema::json_schema;
pub use select::{Select, Selector};
pub use spanned::Spanned;
pub use streams::{OperationStreams, Streams};
pub use types::{DateTimeTypes, Enums, Integer, Map, Pointer, SchemaOptions, Types};
pub use webhooks::{ReplyName, Signature, SignatureEncoding, SignatureHash, SignatureKind, Webhooks};

/// The configuration in `codegen.toml`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(title = "codegen.toml")]
pub struct Config {
    /// The path of the OpenAPI document, relative to the folder of `codegen.toml`. `bindery generate`, `check`, `mock`
    /// and `stats` use it if no document is given.
    ///
    /// Example: `document = "openapi.yaml"`
    pub document: Option<String>,
    /// What is generated.
    ///
    /// Example: `output = "module"`
    #[serde(default)]
    pub output: Output,
    /// A workspace with a crate for each document, instead of one crate.
    pub workspace: Option<Workspace>,
    /// The dependency on the crate `bindery-runtime`, as in `Cargo.toml`. A `path` is relative to the generated `Cargo.toml`.
    /// The generator adds the features that the API needs.
    ///
    /// Default: a crate has its own copy of the runtime, a module depends on `bindery-runtime` in the version of the
    /// generator, and the crates of a workspace share a copy in the folder `runtime`.
    ///
    /// Example: `runtime = { path = "../runtime" }`
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub runtime: Option<toml::Table>,
    /// The paths of overlays (OpenAPI Overlay 1.0 and 1.1), relative to the folder of `codegen.toml`. They are applied to the
    /// document in their order, before anything else reads it.
    ///
    /// Example: `overlays = ["fixes.overlay.yaml"]`
    #[serde(default)]
    pub overlays: Vec<String>,
    /// The operations to generate. Types that none of them needs are not generated.
    #[serde(default)]
    pub select: Select,
    /// What happens if an operation cannot be generated.
    ///
    /// Example: `on_error = "skip"`
    #[serde(default)]
    pub on_error: OnError,
    /// What happens if an operation has an error with this diagnostic code. It takes precedence over `on_error`.
    ///
    /// Example: `on_error_by_code = { B0407 = "skip" }`
    #[serde(default)]
    pub on_error_by_code: BTreeMap<String, OnError>,
    /// How the operations are grouped in the generated client.
    ///
    /// Example: `surface = "tree"`
    #[serde(default)]
    pub surface: Surface,
    /// Which models implement `serde::Serialize`. Encoding code that no program uses costs compile time.
    ///
    /// Example: `serialize = "all"`
    #[serde(default)]
    pub serialize: Serialize,
    /// Whether each setter of an optional value has a second setter that takes an `Option`: `maybe_name(value)` beside
    /// `name(value)`. With `None`, it sets nothing. This applies to requests, and to the models that requests contain.
    ///
    /// Example: `option_setters = true`
    #[serde(default)]
    pub option_setters: bool,
    /// The generated crate.
    #[serde(rename = "crate", default)]
    pub package: Package,
    /// The settings of the client.
    #[serde(default)]
    pub client: Client,
    /// The locations of values in error bodies.
    #[serde(default)]
    pub errors: Errors,
    /// Pagination. Without it, the generator recognises pagination by names.
    pub paging: Option<Paging>,
    /// Streams of values.
    #[serde(default)]
    pub streams: Streams,
    /// The webhooks that the API sends.
    #[serde(default)]
    pub webhooks: Webhooks,
    /// The markers of personal data.
    #[serde(default)]
    pub personal: Personal,
    /// Generated code for the tests of the crate.
    #[serde(default)]
    pub tests: Tests,
    /// The settings of the mock, and the rules of the API that the mock follows.
    #[serde(default)]
    pub mock: Mock,
    /// The type of a `format`: one of `any`, `boolean`, `bytes`, `date`, `date-time`, `double`, `duration`, `float`,
    /// `int32`, `int64`, `text`, `uint32`, `uint64`, `uri`, `uuid`, or the path of a Rust type.
    ///
    /// Example: `formats = { money = "text", amount = "rust_decimal::Decimal" }`
    #[serde(default)]
    pub formats: BTreeMap<String, Spanned<String>>,
    /// The Rust types of schemas.
    #[serde(default)]
    pub types: Types,
    /// Names that replace names in the document.
    #[serde(default)]
    pub rename: Vec<Rename>,
    /// Tables and keys of the generated `Cargo.toml`. They are added to the generated values, or replace them.
    ///
    /// Example: `manifest.dependencies.rust_decimal = "1"`
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub manifest: toml::Table,
    /// Whether the crate is a member of a generated workspace.
    #[serde(skip)]
    pub is_member: bool,
    /// The location of each key in codegen.toml, by its dotted path.
    #[serde(skip)]
    keys: BTreeMap<String, Range<usize>>,
}

impl Config {
    /// Returns the location of a key, given its dotted path.
    pub fn location(&self, path: &str) -> Location {
        Location::Config(self.keys.get(path).cloned().unwrap_or_default())
    }

    /// Returns whether codegen.toml sets a key. Inferred values are not set.
    pub fn is_set(&self, path: &str) -> bool {
        self.keys.contains_key(path)
    }

    /// Returns whether operations with an error of this code are left out.
    pub fn skips(&self, code: Code) -> bool {
        let by_code = self.on_error_by_code.iter().find(|(id, _)| Code::find(id) == Some(code));
        OPERATION_ERRORS.contains(&code) && *by_code.map_or(&self.on_error, |(_, on_error)| on_error) == OnError::Skip
    }

    /// Returns the location of `on_error`, or else of `on_error_by_code`.
    pub fn on_error_location(&self) -> Location {
        let keys = ["on_error", "on_error_by_code"];
        self.location(keys.into_iter().find(|key| self.keys.contains_key(*key)).unwrap_or_default())
    }
}

/// What happens if an operation cannot be generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It is an error, and nothing is generated.
    #[default]
    Stop,
    /// The operation is left out. A warning says why, and the documentation of the generated crate lists the operation.
    Skip,
}

/// What is generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// A crate.
    #[default]
    Crate,
    /// A folder with a `mod.rs`, for a module of a crate.
    Module,
}

/// A workspace with a crate for each document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Workspace {
    /// The folder with the documents, relative to the folder of `codegen.toml`. Each file `NAME.yaml`, `NAME.yml` or
    /// `NAME.json` becomes a crate. Its configuration is the file `NAME.toml` in the same folder, if that exists. By default,
    /// the name of the crate is the name of the file.
    ///
    /// Example: `workspace.documents = "specs"`
    pub documents: String,
}

/// The arrangement of the operations in the generated client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// A handle for each tag, with a method for each operation: `client.pets().show_pet_by_id("7")`.
    #[default]
    Tags,
    /// A handle for each resource in the tree that the paths form: `client.pet("7").fetch()`.
    Tree,
}

/// The models that implement `serde::Serialize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Serialize {
    /// The models that requests contain.
    #[default]
    Requests,
    /// All models.
    All,
}

/// The generated crate.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Package {
    /// The name of the generated crate.
    ///
    /// Default: derived from the title of the document.
    ///
    /// Example: `crate.name = "petstore"`
    #[serde(default)]
    pub name: String,
    /// The version of the generated crate.
    ///
    /// Default: the version of the document if Cargo accepts it, and `0.1.0` otherwise.
    ///
    /// Example: `crate.version = "0.3.0"`
    #[serde(default)]
    pub version: String,
}

/// JSON pointers into an error body. The first pointer of an array that leads to a value is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Errors {
    /// Pointers into an error body. The first pointer that leads to a value gives the code of the error.
    ///
    /// Default: inferred from the document, unless another pointer of `[errors]` is set.
    ///
    /// Example: `errors.code = ["/code", "/error/code"]`
    #[serde(default)]
    pub code: Vec<String>,
    /// Pointers into an error body. The first pointer that leads to a value gives the error message.
    ///
    /// Default: inferred from the document, unless another pointer of `[errors]` is set.
    ///
    /// Example: `errors.message = ["/message", "/detail"]`
    #[serde(default)]
    pub message: Vec<String>,
    /// Pointers into an error body. The first pointer that leads to a value gives the URL of an explanation.
    ///
    /// Default: inferred from the document, unless another pointer of `[errors]` is set.
    ///
    /// Example: `errors.more_info = ["/more_info"]`
    #[serde(default)]
    pub more_info: Vec<String>,
    /// Whether the schemas of error bodies become types, for `ApiError::decode`.
    ///
    /// Default: `true`, unless another key of `[errors]` is set.
    ///
    /// Example: `errors.models = true`
    pub models: Option<bool>,
}

/// The markers of personal data.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Personal {
    /// Pointers into a schema or a parameter, beginning with an extension. If a pointer leads to a value, the schema or
    /// parameter is personal data, which errors, logs and `Debug` do not show.
    ///
    /// Example: `personal.markers = ["/x-pii"]`
    #[serde(default)]
    pub markers: Vec<String>,
}

/// Generated code for the tests of the crate.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Tests {
    /// The path of a generated test module that calls each operation by its id, in `tests`, `benches` or `examples`. The
    /// module `args` beside it must have the macros of `generated/tests/support/args.rs`.
    ///
    /// Example: `tests.dispatcher = "tests/support/dispatch.rs"`
    pub dispatcher: Option<String>,
}

/// A name that replaces a name in the document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Rename {
    /// The location of a schema, property, operation or parameter in the document.
    ///
    /// Example: `rename = [{ at = "#/components/schemas/Foo", to = "Bar", reason = "it is one" }]`
    pub at: Spanned<String>,
    /// The name to use, before it is converted to Rust's case.
    ///
    /// Example: `rename = [{ at = "#/components/schemas/Foo", to = "Bar", reason = "it is one" }]`
    pub to: String,
    /// The reason for the new name. The generator does not use it.
    ///
    /// Example: `rename = [{ at = "#/components/schemas/Foo", to = "Bar", reason = "it is one" }]`
    pub reason: String,
}

/// Returns whether an environment variable can have this name on every operating system.
fn is_variable(name: &str) -> bool {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    letters && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Parses a configuration. Returns `None` if it is not valid.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<Config> {
    let (text, deserializer) = (&source.text, toml::de::Deserializer::parse(&source.text));
    let (root, deserializer) = match (DeTable::parse(text), deserializer) {
        (Ok(root), Ok(deserializer)) => (root, deserializer),
        (Err(error), _) | (_, Err(error)) => {
            syntax::report(text, &error, diagnostics);
            return None;
        }
    };
    let root = root.get_ref();
    let structure = structure::check(root, diagnostics);
    if !structure.is_valid {
        return None;
    }
    match Config::deserialize(deserializer) {
        Ok(mut config) => {
            locations::collect_keys(root, "", &mut config.keys);
            check::check(&config, root, &structure.unknown, diagnostics);
            Some(config)
        }
        Err(error) => {
            syntax::report(text, &error, diagnostics);
            None
        }
    }
}
