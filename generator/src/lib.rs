//! Generates a Rust client crate from an OpenAPI document.
//!
//! Each stage is a function that uses neither files nor network:
//!
//! | stage | input | output |
//! |---|---|---|
//! | [`parse`] | text | the document model |
//! | [`lower`] | document model | [`ir::Api`], the intermediate representation |
//! | [`analyze`] | `Api` | facts about its types |
//! | [`naming`] | `Api` | Rust names |
//! | [`emit`] | all of these | modules of Rust items |
//! | [`mod@format`] | items | text |
//!
//! [`generate`] runs all stages. Problems in the input are collected in [`diagnostics::Diagnostics`].

pub mod analyze;
mod characters;
pub mod compare;
pub mod config;
mod credentials;
pub mod diagnostics;
pub mod emit;
mod file_names;
pub mod fileset;
pub mod format;
pub mod ir;
pub mod lower;
pub mod mock_rules;
pub mod naming;
pub mod normalize;
pub mod parse;
mod runtime_files;
pub mod source;

use std::borrow::Cow;

use analyze::Analysis;
use config::Config;
use diagnostics::Diagnostics;
use fileset::FileSet;
use ir::Api;
use source::Source;

/// A generated crate, with the data that it was generated from.
#[derive(Debug)]
pub struct Generated {
    /// The API.
    pub api: Api,
    /// Facts about its types.
    pub analysis: Analysis,
    /// The configuration, including inferred values.
    pub config: Config,
    /// The inferred configuration in the format of codegen.toml. Empty if nothing was inferred.
    pub derived: String,
    /// The files of the crate.
    pub files: FileSet,
}

/// Generates a crate from a document and its configuration. Returns `None` if the diagnostics include an error.
///
/// ```
/// use bindery::source::Source;
///
/// let document = Source::new("api.yaml", "
/// openapi: 3.0.3
/// info: { title: Ping, version: 1.0.0 }
/// servers: [{ url: https://example.com }]
/// paths:
///   /ping:
///     get: { operationId: Ping, responses: { '204': { description: Pong. } } }
/// ");
/// let config = Source::new("codegen.toml", "crate = { name = 'ping', version = '0.1.0' }");
/// let (bound, diagnostics) = bindery::generate(&document, &config);
/// assert!(!diagnostics.has_errors());
/// assert!(bound.unwrap().files.get("src/client.rs").unwrap().contains("pub fn ping(&self) -> Ping"));
/// ```
pub fn generate(document: &Source, config: &Source) -> (Option<Generated>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let bound = stages(document, config, &mut diagnostics);
    (bound, diagnostics)
}

/// Loads a document and its configuration as the IR, for other uses than generating a crate.
///
/// Returns `None` if the diagnostics include an error. [`mock_rules::check`] checks the rules of the mock.
///
/// ```
/// use bindery::source::Source;
///
/// let document = Source::new("api.yaml", "
/// openapi: 3.0.3
/// info: { title: Ping, version: 1.0.0 }
/// paths: { /ping: { get: { operationId: Ping, responses: { '204': { description: Pong. } } } } }
/// ");
/// let config = Source::new("codegen.toml", "crate = { name = 'ping', version = '0.1.0' }");
/// let (loaded, _) = bindery::load(&document, &config);
/// let (api, _) = loaded.unwrap();
/// assert_eq!(api.title, "Ping");
/// ```
pub fn load(document: &Source, config: &Source) -> (Option<(Api, Config)>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let loaded = understand(document, config, &mut diagnostics).map(|known| (known.api, known.config));
    (loaded.filter(|_| !diagnostics.has_errors()), diagnostics)
}

/// Returns the unused parts of a document as notes: see [`parse::unused`].
pub use parse::unused;

/// Returns notes about how each operation that returns a list is paginated, or why it is not.
pub fn paging(document: &Source, config: &Source) -> Diagnostics {
    let mut ignored = Diagnostics::default();
    let config = config::parse(config, &mut ignored);
    let parsed = parse::parse(document, &mut ignored);
    let (Some(config), Some(parsed)) = (config, parsed) else { return Diagnostics::default() };
    lower::lower_with_notes(&parsed, document, &config, &mut ignored).1
}

/// The result of the stages that all uses of a document share.
struct Loaded {
    config: Config,
    derived: String,
    api: Api,
    analysis: Analysis,
}

fn understand(document: &Source, config: &Source, diagnostics: &mut Diagnostics) -> Option<Loaded> {
    let config = config::parse(config, diagnostics);
    let parsed = parse::parse(document, diagnostics);
    let (mut config, parsed) = (config?, parsed?);
    let api = lower::lower(&parsed, document, &config, diagnostics);
    credentials::check(&config, &api, diagnostics);
    // A document with errors may have cycles, and its inferred configuration is not used.
    let derived = if diagnostics.has_errors() { String::new() } else { config::infer::infer(&mut config, &api) };
    let analysis = analyze::analyze(&api, diagnostics);
    Some(Loaded { config, derived, api, analysis })
}

/// Returns the document for the mock. If it has hidden characters, it becomes JSON, which escapes them.
fn mock_document(document: &Source) -> Cow<'_, str> {
    let is_plain = |c: char| matches!(c, '\n' | '\r' | '\t') || !characters::is_hidden(c);
    if document.text.chars().all(is_plain) {
        return Cow::from(&document.text);
    }
    match parse::tree(document) {
        Some(tree) => characters::escaped_json(&format!("{tree:#}\n")).into(),
        None => Cow::from(&document.text),
    }
}

fn stages(document: &Source, config: &Source, diagnostics: &mut Diagnostics) -> Option<Generated> {
    let (config_name, config_text) = (config.name(), &config.text);
    let Loaded { config, derived, api, analysis } = understand(document, config, diagnostics)?;
    if !diagnostics.has_errors() {
        mock_rules::check(&config, &api, diagnostics);
    }
    let names = naming::name(&api, &analysis, &config, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    // Only the name, because a path would make the files depend on the machine.
    let from = document.name();
    let mut files = FileSet::default();
    let context = emit::Context::new(&api, &names, &analysis, &config);
    files.add("Cargo.toml", &emit::manifest::manifest(&context), from);
    let texts = format::format_modules(&context.modules());
    let tests = config.tests.dispatcher.as_ref().map(|path| (path.clone(), format::format(&context.dispatcher())));
    for (path, text) in texts.into_iter().map(|(path, text)| (format!("src/{path}"), text)).chain(tests) {
        match text {
            Ok(text) => files.add(&path, &text, from),
            Err(error) => {
                diagnostics.push(error.diagnostic());
                return None;
            }
        }
    }
    if config.mock.dependency.is_some() {
        // They are in the crate wherever it goes. JSON is YAML too.
        files.add("src/mock/document.yaml", &mock_document(document), from);
        files.add("src/mock/codegen.toml", config_text, config_name);
    }
    for (path, text) in runtime_files::files(&api, &analysis) {
        files.add_runtime(&path, &text);
    }
    Some(Generated { api, analysis, config, derived, files })
}
