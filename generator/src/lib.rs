//! An OpenAPI document goes in, a Rust crate that a careful person could have written comes out.
//!
//! Each stage is a function from one form to the next, without access to files or network:
//!
//! | stage | from | to |
//! |---|---|---|
//! | [`parse`] | text | the document model |
//! | [`lower`] | document | [`ir::Api`], the API as data |
//! | [`analyze`] | API | what follows from it |
//! | [`name`] | API | what everything is called in Rust |
//! | [`emit`] | all of these | modules of items |
//! | [`mod@format`] | items | text |
//!
//! [`bind`] runs them all. What is wrong with the input is collected in [`diagnostics::Diagnostics`].

pub mod analyze;
mod characters;
pub mod compare;
pub mod config;
mod credentials;
pub mod diagnostics;
pub mod emit;
pub mod fileset;
pub mod format;
pub mod ir;
pub mod lower;
pub mod mock_rules;
pub mod naming;
mod normalize;
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

/// A crate that has been generated, and what it was generated from.
#[derive(Debug)]
pub struct Bound {
    /// The API.
    pub api: Api,
    /// What follows from it.
    pub analysis: Analysis,
    /// The configuration, with what has been derived where it says nothing.
    pub config: Config,
    /// What has been derived, as codegen.toml would say it; empty if nothing had to be.
    pub derived: String,
    /// The files of the crate.
    pub files: FileSet,
}

/// Binds a document as its configuration says; `None` if there is an error among the diagnostics.
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
/// let (bound, diagnostics) = bindery::bind(&document, &config);
/// assert!(!diagnostics.has_errors());
/// assert!(bound.unwrap().files.get("src/client.rs").unwrap().contains("pub fn ping(&self) -> Ping"));
/// ```
pub fn bind(document: &Source, config: &Source) -> (Option<Bound>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let bound = stages(document, config, &mut diagnostics);
    (bound, diagnostics)
}

/// A document and its configuration as data, for readers other than the generator; `None` if there is an error among
/// the diagnostics. The rules of the mock are not compared with the document: [`mock_rules::check`] does that.
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

/// What of a document nothing is made of, as notes: see [`parse::unused`].
pub use parse::unused;

/// How each operation that returns a list is paginated, or why it is not, as notes.
pub fn paging(document: &Source, config: &Source) -> Diagnostics {
    let mut ignored = Diagnostics::default();
    let config = config::parse(config, &mut ignored);
    let parsed = parse::parse(document, &mut ignored);
    let (Some(config), Some(parsed)) = (config, parsed) else { return Diagnostics::default() };
    lower::lower_with_notes(&parsed, document, &config, &mut ignored).1
}

/// What every reader of a document begins with.
struct Understood {
    config: Config,
    derived: String,
    api: Api,
    analysis: Analysis,
}

fn understand(document: &Source, config: &Source, diagnostics: &mut Diagnostics) -> Option<Understood> {
    let config = config::parse(config, diagnostics);
    let parsed = parse::parse(document, diagnostics);
    let (mut config, parsed) = (config?, parsed?);
    let api = lower::lower(&parsed, document, &config, diagnostics);
    credentials::check(&config, &api, diagnostics);
    // What is wrong may lead in circles, and nothing comes of it anyway.
    let derived = if diagnostics.has_errors() { String::new() } else { config::infer::derive(&mut config, &api) };
    let analysis = analyze::analyze(&api, diagnostics);
    Some(Understood { config, derived, api, analysis })
}

/// The text of the document as the mock has it. One with hidden characters is written as JSON, where they are escapes.
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

fn stages(document: &Source, config: &Source, diagnostics: &mut Diagnostics) -> Option<Bound> {
    let (config_name, config_text) = (config.name(), &config.text);
    let Understood { config, derived, api, analysis } = understand(document, config, diagnostics)?;
    if !diagnostics.has_errors() {
        mock_rules::check(&config, &api, diagnostics);
    }
    let names = naming::name(&api, &analysis, &config, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    // The name alone: a path would make the files of one machine differ from those of another.
    let from = document.name();
    let mut files = FileSet::default();
    let context = emit::Context::new(&api, &names, &analysis, &config);
    files.add("Cargo.toml", &emit::manifest::manifest(&context), from);
    let texts = format::all(&context.modules());
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
    Some(Bound { api, analysis, config, derived, files })
}
