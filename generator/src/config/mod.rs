//! The configuration in `codegen.toml`: what the document cannot describe.

mod check;
mod known_keys;
mod mock;
mod syntax;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::source::Source;

pub use check::FORMAT_TYPES;
pub use mock::{Copies, Filter, Mock, NewestFirst, Part, RuleSet, Test};
pub use toml::Spanned;

/// The configuration in `codegen.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Config {
    /// The path of the OpenAPI document, relative to the folder of codegen.toml. The command line reads the document
    /// from it, if no other document is given.
    pub document: Option<String>,
    /// The arrangement of the operations in the generated client.
    #[serde(default)]
    pub surface: Surface,
    /// The models that implement `serde::Serialize`.
    #[serde(default)]
    pub serialize: Serialize,
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
    /// The markers of personal data.
    #[serde(default)]
    pub personal: Personal,
    /// Generated code for the tests of the crate.
    #[serde(default)]
    pub tests: Tests,
    /// The settings of the mock, and the rules of the API that the mock follows.
    #[serde(default)]
    pub mock: Mock,
    /// The type of each format. An entry replaces the default type of a format, or adds a format that the generator
    /// does not know.
    #[serde(default)]
    pub formats: BTreeMap<String, Spanned<String>>,
    /// Names that replace names in the document.
    #[serde(default)]
    pub rename: Vec<Rename>,
    /// Entries for `Cargo.toml`, which replace the entries that the generator writes.
    #[serde(default)]
    pub manifest: toml::Table,
    /// The location of each key in codegen.toml, by its dotted path.
    #[serde(skip)]
    keys: BTreeMap<String, Range<usize>>,
}

impl Config {
    /// Returns the location of a key, given its dotted path.
    pub fn location(&self, path: &str) -> Location {
        Location::Config(self.keys.get(path).cloned().unwrap_or_default())
    }
}

/// The arrangement of the operations in the generated client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// A handle for each tag, with a method for each operation: `client.pets().show_pet_by_id("7")`.
    #[default]
    Tags,
    /// A handle for each resource in the tree that the paths form: `client.pet("7").fetch()`.
    Tree,
}

/// The models that implement `serde::Serialize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Serialize {
    /// Those that requests contain.
    #[default]
    Requests,
    /// All.
    All,
}

/// The generated crate.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Package {
    /// The name. By default, it is inferred from the title of the API.
    #[serde(default)]
    pub name: String,
    /// The version. By default, the version of the API if Cargo accepts it.
    #[serde(default)]
    pub version: String,
}

/// The settings of the client.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Client {
    /// The response header with the id of the request.
    pub request_id: Option<String>,
    /// Whether a response that does not match its schema is an error. By default, decoding accepts deviations in the
    /// spelling of numbers and times.
    #[serde(default)]
    pub strict: bool,
    /// The token URL for the client credentials grant of OAuth 2.0.
    pub token_url: Option<String>,
    /// The host, if it depends on a region and an edge.
    pub host: Option<Host>,
    /// The environment variable with a base URL, which replaces the URL of the document for all requests. By default,
    /// its name is inferred from the name of the crate.
    pub base_url_variable: Option<String>,
    /// The environment variables with credentials. If there are several entries for a security scheme, the first entry
    /// whose variables are all set is used. By default, the names are inferred from the crate and the security schemes.
    #[serde(default)]
    pub credentials: Vec<Credentials>,
}

/// A host that depends on a region and an edge.
#[derive(Clone, Debug, Deserialize)]
pub struct Host {
    /// The host, as in `{product}[.{edge}][.{region}].example.com`: `{product}` is the first label of the document's
    /// own host, and parts in brackets are left out if they are not set.
    pub template: String,
    /// The region that is used if only the edge is set.
    pub default_region: Option<String>,
    /// The environment variable with the region.
    pub region: Option<String>,
    /// The environment variable with the edge.
    pub edge: Option<String>,
}

/// Environment variables with credentials: a user and a password, a token, a key, or a client id and a client secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Credentials {
    /// The security scheme, if the document has several of this kind.
    pub scheme: Option<String>,
    /// The variable with the user name of HTTP Basic authentication.
    pub user: Option<String>,
    /// The variable with the password.
    pub password: Option<String>,
    /// The variable with a bearer token.
    pub token: Option<String>,
    /// The variable with an API key.
    pub key: Option<String>,
    /// The variable with the client id for the client credentials grant of OAuth 2.
    pub client_id: Option<String>,
    /// The variable with the client secret.
    pub client_secret: Option<String>,
    /// A regular expression that every user, token, key or client id matches.
    pub pattern: Option<String>,
}

/// The names of the environment variables of a set of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialVariables<'c> {
    /// A user and a password.
    User(&'c str, &'c str),
    /// A bearer token.
    Token(&'c str),
    /// An API key.
    Key(&'c str),
    /// A client id and a client secret.
    Client(&'c str, &'c str),
}

impl Credentials {
    /// Returns the variables by the kind of credentials. Returns `None` if the keys are not a complete set.
    pub fn variables(&self) -> Option<CredentialVariables<'_>> {
        let Self { user, password, token, key, client_id, client_secret, .. } = self;
        let variables = [user, password, token, key, client_id, client_secret].map(Option::as_deref);
        match variables {
            [Some(user), Some(password), None, None, None, None] => Some(CredentialVariables::User(user, password)),
            [None, None, Some(token), None, None, None] => Some(CredentialVariables::Token(token)),
            [None, None, None, Some(key), None, None] => Some(CredentialVariables::Key(key)),
            [None, None, None, None, Some(id), Some(secret)] => Some(CredentialVariables::Client(id, secret)),
            _ => None,
        }
    }

    /// Returns the keys that are set, with their values, except the pattern.
    pub fn keys(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let keys = [
            ("user", &self.user),
            ("password", &self.password),
            ("token", &self.token),
            ("key", &self.key),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("scheme", &self.scheme),
        ];
        keys.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?)))
    }
}

/// JSON pointers into an error body. The first pointer of an array that leads to a value is used.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Errors {
    /// The error code of the API.
    #[serde(default)]
    pub code: Vec<String>,
    /// The error message.
    #[serde(default)]
    pub message: Vec<String>,
    /// The URL of an explanation.
    #[serde(default)]
    pub more_info: Vec<String>,
    /// Whether the schemas of error bodies become types, for `ApiError::decode`. The default is `true` if no other key
    /// of `[errors]` is set.
    pub models: Option<bool>,
}

/// Pagination. Without a key for the next page, the generator recognises the pagination by names.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Paging {
    /// A JSON pointer into a page: the URL of the next page. A response without it is not a page.
    pub next: Option<String>,
    /// Whether the header `Link` has the URL of the next page.
    #[serde(default)]
    pub link: bool,
    /// A JSON pointer into a page: the cursor of the next page.
    pub cursor: Option<String>,
    /// A JSON pointer into an item: the cursor, taken from the last item of a page.
    pub last_item: Option<String>,
    /// The query parameter that takes the cursor.
    pub cursor_parameter: Option<String>,
    /// The query parameter with the number of items to skip.
    pub offset: Option<String>,
    /// The query parameter with the number of the page.
    pub page: Option<String>,
    /// The query parameter with the maximum number of items in a page.
    pub page_size: Option<String>,
    /// A JSON pointer into a page: its items. By default, the only array in the page.
    pub items: Option<String>,
    /// A JSON pointer into a page: the number of all items.
    pub total: Option<String>,
    /// A JSON pointer into a page: whether there is a next page.
    pub more: Option<String>,
    /// Whether pagination is off.
    #[serde(default)]
    pub off: bool,
    /// The same keys for single operations, by their ids, instead of the keys above.
    #[serde(default)]
    pub operations: BTreeMap<String, Spanned<Self>>,
}

impl Paging {
    /// Returns the keys that have a JSON pointer, with their values.
    pub fn pointers(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let pointers = [
            ("next", &self.next),
            ("cursor", &self.cursor),
            ("items", &self.items),
            ("total", &self.total),
            ("more", &self.more),
            ("last_item", &self.last_item),
        ];
        pointers.into_iter().filter_map(|(key, pointer)| Some((key, pointer.as_ref()?)))
    }
}

/// The markers of personal data.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Personal {
    /// JSON pointers into a schema or parameter. The schema or parameter is personal data if one of the pointers leads
    /// to a value.
    #[serde(default)]
    pub markers: Vec<String>,
}

/// Generated code for the tests of the crate.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Tests {
    /// The path of a generated module that calls each operation by its id, relative to the folder of the crate. The
    /// generated module uses the macros of a module `args` next to it. The module `args` is not generated.
    pub dispatcher: Option<String>,
}

/// A name that replaces a name in the document.
#[derive(Clone, Debug, Deserialize)]
pub struct Rename {
    /// The location in the document, as a reference: `#/components/schemas/Foo`.
    pub at: Spanned<String>,
    /// The new name, before it is converted to Rust's case.
    pub to: String,
    /// The reason, which the generator does not use.
    pub reason: String,
}

/// Returns whether an environment variable can have this name on every operating system.
fn is_variable(name: &str) -> bool {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    letters && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Parses a configuration. Returns `None` if it is not valid.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<Config> {
    let deserializer = match toml::de::Deserializer::parse(&source.text) {
        Ok(deserializer) => deserializer,
        Err(error) => return syntax::report_syntax_error(&source.text, &error, diagnostics),
    };
    let mut unknown = Vec::new();
    let config: Result<Config, _> = serde_ignored::deserialize(deserializer, |path| unknown.push(keys_of(&path)));
    let root = DeTable::parse(&source.text).ok();
    for path in &unknown {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let range = root.as_ref().and_then(|root| key_range(root.get_ref(), &keys)).unwrap_or_default();
        let message = format!("`{}` is not a key of codegen.toml", path.join("."));
        let diagnostic = Diagnostic::error(code::CONFIG_UNKNOWN_KEY, Location::Config(range), message);
        diagnostics.push(diagnostic.help(known_keys::help(&keys)));
    }
    match config {
        Ok(mut config) => {
            if let Some(root) = &root {
                collect_keys(root.get_ref(), "", &mut config.keys);
            }
            check::check(&config, root.as_ref().map(Spanned::get_ref), &unknown, diagnostics);
            Some(config)
        }
        Err(error) => syntax::report_invalid_value(&source.text, &error, diagnostics),
    }
}

/// Returns the keys of codegen.toml that lead to a value. The steps of Rust types such as `Option` are not keys.
fn keys_of(path: &serde_ignored::Path<'_>) -> Vec<String> {
    use serde_ignored::Path;
    let (parent, key) = match path {
        Path::Root => return Vec::new(),
        Path::Seq { parent, index } => (parent, Some(index.to_string())),
        // `Spanned` adds a field with this name to the path. The field is not a key of codegen.toml.
        Path::Map { parent, key } if key.starts_with("$__serde_spanned") => (parent, None),
        Path::Map { parent, key } => (parent, Some(key.clone())),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => (parent, None),
    };
    let mut keys = keys_of(parent);
    keys.extend(key);
    keys
}

/// Collects the keys of a table and its subtables. The path of an array item has its index.
fn collect_keys(table: &DeTable<'_>, path: &str, keys: &mut BTreeMap<String, Range<usize>>) {
    for (key, value) in table {
        let path = format!("{path}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(table) => collect_keys(table, &format!("{path}."), keys),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if let DeValue::Table(table) = item.get_ref() {
                        collect_keys(table, &format!("{path}.{index}."), keys);
                    }
                }
            }
            _ => {}
        }
        keys.insert(path, key.span());
    }
}

/// Returns the byte range of the last key of a path, or of the array item at the path.
fn key_range(table: &DeTable<'_>, path: &[&str]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == first)?;
    match (rest, value.get_ref()) {
        ([], _) => Some(key.span()),
        (rest, DeValue::Table(table)) => key_range(table, rest),
        ([index, rest @ ..], DeValue::Array(items)) => {
            let item = items.get(index.parse::<usize>().ok()?)?;
            match (rest, item.get_ref()) {
                ([], _) => Some(item.span()),
                (rest, DeValue::Table(table)) => key_range(table, rest),
                _ => None,
            }
        }
        _ => None,
    }
}
