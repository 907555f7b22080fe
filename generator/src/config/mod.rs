//! The configuration in `codegen.toml`: what the document cannot describe.

mod check;
pub(crate) mod infer;
mod known_keys;
mod mock;
mod syntax;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::diagnostics::{Diagnostic, Diagnostics, Place, code};
use crate::source::Source;

pub use check::WORDS;
pub use mock::{Copies, Filter, Mock, NewestFirst, Part, Rule, Test};
pub use toml::Spanned;

/// The configuration, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Config {
    /// How its operations are laid out.
    #[serde(default)]
    pub surface: Surface,
    /// The crate that is generated.
    #[serde(rename = "crate", default)]
    pub package: Package,
    /// What the client has to know of the API.
    #[serde(default)]
    pub client: Client,
    /// Where an error body says what.
    #[serde(default)]
    pub errors: Errors,
    /// How lists come in pages; without it, that is recognised where the document leaves no doubt.
    pub paging: Option<Paging>,
    /// What is personal data.
    #[serde(default)]
    pub personal: Personal,
    /// What is generated for the crate's own tests.
    #[serde(default)]
    pub tests: Tests,
    /// The mock that users of the crate test against, and facts about the API for it.
    #[serde(default)]
    pub mock: Mock,
    /// The types of formats that the generator does not know, or is to bind in another way.
    #[serde(default)]
    pub formats: BTreeMap<String, Spanned<String>>,
    /// Names that the document's own do not make good ones of.
    #[serde(default)]
    pub rename: Vec<Rename>,
    /// What goes into `Cargo.toml` as it stands, beside or over what the generator puts there.
    #[serde(default)]
    pub manifest: toml::Table,
    /// The bytes of each key, by its dotted path.
    #[serde(skip)]
    keys: BTreeMap<String, Range<usize>>,
}

impl Config {
    /// The place of a key, by its dotted path.
    pub fn place(&self, path: &str) -> Place {
        Place::Config(self.keys.get(path).cloned().unwrap_or_default())
    }
}

/// How the operations are laid out for those who call them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// A handle for each tag, with a method for each of its operations: `client.pets().show_pet_by_id("7")`.
    #[default]
    Tags,
    /// The tree of resources that the paths make: `client.pet("7").fetch()`.
    Tree,
}

/// The crate that is generated.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Package {
    /// Its name; without it, it is called like the API.
    #[serde(default)]
    pub name: String,
    /// Its version; without it, that of the API if Cargo takes it.
    #[serde(default)]
    pub version: String,
}

/// What the client has to know of the API.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Client {
    /// The header of an answer that carries the id of the request.
    pub request_id: Option<String>,
    /// Whether answers are read to the letter. Without it, one that differs from the document in how its numbers and times
    /// are written is read as it is meant.
    #[serde(default)]
    pub strict: bool,
    /// Where tokens come from for the client credentials grant of OAuth 2, if the API takes such tokens.
    pub token_url: Option<String>,
    /// How a region and an edge change the host.
    pub host: Option<Host>,
    /// The environment variable with another URL for all requests; without it, its name is derived from that of the crate.
    pub base_url_variable: Option<String>,
    /// Where credentials are looked for in the environment; of those for one security scheme, the first that are complete.
    /// Without it, names are derived from the crate and the security schemes.
    #[serde(default)]
    pub credentials: Vec<Credentials>,
}

/// How a region and an edge change the host.
#[derive(Clone, Debug, Deserialize)]
pub struct Host {
    /// The host, as in `{product}[.{edge}][.{region}].example.com`: `{product}` is the first label of the document's
    /// own host, and what stands in brackets is left out when it is not set.
    pub template: String,
    /// The region that an edge without a region belongs to.
    pub default_region: Option<String>,
    /// The environment variable with the region.
    pub region: Option<String>,
    /// The environment variable with the edge.
    pub edge: Option<String>,
}

/// Environment variables with credentials: a user and a password, a token, a key, or a client id and a client secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Credentials {
    /// The security scheme that they are for, where the document has several of the kind.
    pub scheme: Option<String>,
    /// The variable with the user of HTTP Basic.
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
    /// A regular expression that every user, token, key or client id matches, if the API gives them one form.
    pub pattern: Option<String>,
}

/// What environment variables hold, with their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held<'c> {
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
    /// What the variables hold; `None` if that is not one of the four.
    pub fn held(&self) -> Option<Held<'_>> {
        let Self { user, password, token, key, client_id, client_secret, .. } = self;
        let all = [user, password, token, key, client_id, client_secret].map(Option::as_deref);
        match all {
            [Some(user), Some(password), None, None, None, None] => Some(Held::User(user, password)),
            [None, None, Some(token), None, None, None] => Some(Held::Token(token)),
            [None, None, None, Some(key), None, None] => Some(Held::Key(key)),
            [None, None, None, None, Some(id), Some(secret)] => Some(Held::Client(id, secret)),
            _ => None,
        }
    }

    /// The keys that are set, with their values, except the pattern.
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

/// JSON pointers into an error body; of each list, the first that leads to something counts.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Errors {
    /// The API's own number or name of the error.
    #[serde(default)]
    pub code: Vec<String>,
    /// What went wrong.
    #[serde(default)]
    pub message: Vec<String>,
    /// Where the error is explained.
    #[serde(default)]
    pub more_info: Vec<String>,
    /// Whether what the document says of error bodies becomes types, for `ApiError::decode`. Where it is not said, they do if
    /// nothing else is said of errors.
    pub models: Option<bool>,
}

/// How lists come in pages. Where it says no way to the next page, that is recognised.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Paging {
    /// A JSON pointer into a page: the URL of the next one. An answer without it is no page.
    pub next: Option<String>,
    /// Whether the header `Link` has the URL of the next page.
    #[serde(default)]
    pub link: bool,
    /// A JSON pointer into a page: what the query parameter `cursor_parameter` takes for the next one.
    pub cursor: Option<String>,
    /// A JSON pointer into an item: what `cursor_parameter` takes of the last item of a page for the next one.
    pub last_item: Option<String>,
    /// The query parameter that takes the cursor.
    pub cursor_parameter: Option<String>,
    /// The query parameter with the number of items to pass over.
    pub offset: Option<String>,
    /// The query parameter with the number of the page.
    pub page: Option<String>,
    /// The query parameter that bounds the items of a page.
    pub page_size: Option<String>,
    /// A JSON pointer into a page: its items. Without it, the only list in a page is that.
    pub items: Option<String>,
    /// A JSON pointer into a page: the number of all items.
    pub total: Option<String>,
    /// A JSON pointer into a page: whether there is a next one.
    pub more: Option<String>,
    /// Whether nothing is paged.
    #[serde(default)]
    pub off: bool,
    /// The same for single operations, by their ids, in place of all of the above.
    #[serde(default)]
    pub operations: BTreeMap<String, Spanned<Self>>,
}

impl Paging {
    /// The keys that take a JSON pointer, with their values.
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

/// What is personal data.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Personal {
    /// JSON pointers into a schema or parameter; what has something there is personal.
    #[serde(default)]
    pub markers: Vec<String>,
}

/// What is generated for the crate's own tests.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Tests {
    /// The path below the crate's folder of a module that calls each operation by its id, if there is to be one.
    pub dispatcher: Option<String>,
}

/// A name that the document's own does not make a good one of.
#[derive(Clone, Debug, Deserialize)]
pub struct Rename {
    /// The place in the document, as a reference: `#/components/schemas/Foo`.
    pub at: Spanned<String>,
    /// The name to use, before it is brought to Rust's case.
    pub to: String,
    /// Why.
    pub reason: String,
}

/// Returns whether an environment variable can have this name everywhere.
fn is_variable(name: &str) -> bool {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    letters && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Reads a configuration; `None` if it has none of the right shape.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<Config> {
    let deserializer = match toml::de::Deserializer::parse(&source.text) {
        Ok(deserializer) => deserializer,
        Err(error) => return syntax::unreadable(&source.text, &error, diagnostics),
    };
    let mut unknown = Vec::new();
    let config: Result<Config, _> = serde_ignored::deserialize(deserializer, |path| unknown.push(keys_of(&path)));
    let root = DeTable::parse(&source.text).ok();
    for path in &unknown {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let range = root.as_ref().and_then(|root| key_range(root.get_ref(), &keys)).unwrap_or_default();
        let message = format!("`{}` is not a key of codegen.toml", path.join("."));
        let diagnostic = Diagnostic::error(code::CONFIG_UNKNOWN_KEY, Place::Config(range), message);
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
        Err(error) => syntax::unusable(&source.text, &error, diagnostics),
    }
}

/// The keys that lead to a value, without the steps that only its Rust type has, such as that into an `Option`.
fn keys_of(path: &serde_ignored::Path<'_>) -> Vec<String> {
    use serde_ignored::Path;
    let (parent, key) = match path {
        Path::Root => return Vec::new(),
        Path::Seq { parent, index } => (parent, Some(index.to_string())),
        // `Spanned` reads a value as a field of this name.
        Path::Map { parent, key } if key.starts_with("$__serde_spanned") => (parent, None),
        Path::Map { parent, key } => (parent, Some(key.clone())),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => (parent, None),
    };
    let mut keys = keys_of(parent);
    keys.extend(key);
    keys
}

/// Gathers the keys of a table and of the tables in it. An item of an array has its number in the path.
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

/// The bytes of the last of the keys that lead to a value, or of the item of an array that they lead to.
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
