//! Generates a Rust client crate from an OpenAPI document.
//!
//! Each stage is a function. The stages use neither files nor the network: [`source`] reads files before them, and
//! [`output_dir`] writes files after them:
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
//! [`generate`] runs all stages, and [`Generator`] does it in a build script. Problems in the input are collected in
//! [`diagnostics::Diagnostics`].

pub mod analyze;
pub mod characters;
pub mod compare;
pub mod config;
mod contradictions;
mod credentials;
pub mod diagnostics;
pub mod diff;
pub mod emit;
mod file_names;
pub mod fileset;
pub mod format;
mod generator;
mod infer;
pub mod ir;
pub mod lower;
pub mod mock_rules;
pub mod naming;
pub mod normalize;
pub mod output_dir;
pub mod parse;
mod runtime;
mod skip;
pub mod source;
pub mod surface;
pub mod validation;
pub mod webhook_names;
mod webhook_replies;
mod webhook_settings;
mod workspace;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use analyze::Analysis;
use config::{Config, Output};
use diagnostics::{Diagnostic, Diagnostics, code};
use fileset::FileSet;
use ir::Api;
use source::Source;
pub use workspace::{Member, Workspace, generate_workspace};

pub use generator::{Generator, GeneratorError};

/// A generated crate, with the data that it was generated from.
#[derive(Debug)]
pub struct Generated {
    /// The API.
    pub api: Api,
    /// The facts about the types of the API.
    pub analysis: Analysis,
    /// The configuration, including inferred values.
    pub config: Config,
    /// The inferred configuration in the format of codegen.toml. Empty if nothing was inferred.
    pub inferred_config: String,
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
/// let (generated, diagnostics) = bindery::generate(&document, &config);
/// assert!(!diagnostics.has_errors());
/// assert!(generated.unwrap().files.get("src/client.rs").unwrap().contains("pub fn ping(&self) -> Ping"));
/// ```
pub fn generate(document: &Source, config: &Source) -> (Option<Generated>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let generated = run_stages(document, config, &Defaults::default(), &mut diagnostics);
    (generated, diagnostics)
}

/// The values of keys that codegen.toml does not set. By default, they are inferred from the document.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// The name of the crate. If it is empty, it is inferred from the title of the document.
    name: String,
    /// The dependency on the runtime. If it is `None`, the crate has a copy of the runtime.
    runtime: Option<toml::Table>,
    /// Whether the crate is a member of a generated workspace.
    is_member: bool,
}

impl Defaults {
    fn apply(&self, config: &mut Config) {
        if config.package.name.is_empty() {
            config.package.name.clone_from(&self.name);
        }
        config.runtime = config.runtime.take().or(self.runtime.clone());
        config.is_member = self.is_member;
        if config.output == Output::Module && config.runtime.is_none() {
            let version = toml::Value::from(env!("CARGO_PKG_VERSION"));
            config.runtime = Some(toml::Table::from_iter([("version".to_owned(), version)]));
        }
    }
}

/// Reads a document and its configuration into the IR, without generating a crate. The mock and the comparison use
/// this. All schemas have the types that the document describes: the options of `[types]` are not applied.
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
    let config = config::parse(config, &mut diagnostics).map(Config::without_types);
    let loaded = load_and_analyze(document, config, &Defaults::default(), &mut diagnostics, report_collisions)
        .map(|(loaded, ())| (loaded.api, loaded.config));
    (loaded.filter(|_| !diagnostics.has_errors()), diagnostics)
}

/// Reports the collisions of names that leave out operations, so that the API has the same operations as the crate.
fn report_collisions(loaded: &Loaded, diagnostics: &mut Diagnostics) {
    let Loaded { config, api, analysis, .. } = loaded;
    if config.skips(code::NAME_COLLISION) {
        let mut found = Diagnostics::default();
        naming::name(api, analysis, config, &mut found);
        found.retain(|diagnostic| diagnostic.code == code::NAME_COLLISION);
        diagnostics.extend(found);
    }
}

/// Returns the paths of the overlays that a configuration names, relative to the current folder. If the configuration is not
/// valid, which [`generate`] reports, there are none.
pub fn overlay_paths(config: &Source) -> Vec<PathBuf> {
    let folder = Path::new(&config.path).parent().unwrap_or(Path::new(""));
    let parsed = config::parse(config, &mut Diagnostics::default());
    parsed.into_iter().flat_map(|config| config.overlays).map(|path| folder.join(path)).collect()
}

/// Returns the unused parts of a document as notes: see [`parse::unused`].
pub fn unused(document: &Source, config: &Source) -> Diagnostics {
    let config = config::parse(config, &mut Diagnostics::default());
    parse::unused(document, &config.map(|config| config.select).unwrap_or_default())
}

/// Returns notes about how each operation that returns a list is paginated, or why it is not.
pub fn paging(document: &Source, config: &Source) -> Diagnostics {
    let mut ignored = Diagnostics::default();
    let config = config::parse(config, &mut ignored);
    let tree = parse::parse_and_join(document, &mut ignored);
    let (Some(config), Some(tree)) = (config, tree) else { return Diagnostics::default() };
    let (notes, _) = skip::run(tree, &config, &mut ignored, |tree, ignored| {
        let parsed = parse::parse_tree(tree, document, ignored).0;
        parsed.map(|parsed| lower::lower_with_notes(&parsed, document, &config, ignored).1).unwrap_or_default()
    });
    notes
}

/// The result of the stages that the generator, the mock and the comparison share.
struct Loaded {
    config: Config,
    inferred_config: String,
    api: Api,
    analysis: Analysis,
}

/// Runs the stages that the generator, the mock and the comparison share, and then `last_stage`. Their errors leave out
/// operations, if codegen.toml says so.
fn load_and_analyze<T>(
    document: &Source,
    config: Option<Config>,
    defaults: &Defaults,
    diagnostics: &mut Diagnostics,
    last_stage: impl Fn(&Loaded, &mut Diagnostics) -> T,
) -> Option<(Loaded, T)> {
    let tree = parse::parse_and_join(document, diagnostics)?;
    let Some(mut config) = config else {
        // Only report the problems of the document.
        parse::parse_tree(&tree, document, diagnostics);
        return None;
    };
    defaults.apply(&mut config);
    let (result, left_out) = skip::run(tree, &config, diagnostics, |tree, diagnostics| {
        let parsed = parse::parse_tree(tree, document, diagnostics).0?;
        let mut config = config.clone();
        let api = lower::lower(&parsed, document, &config, diagnostics);
        credentials::check(&config, &api, diagnostics);
        // Infer nothing from a document with errors, because its types may be cyclic.
        let inferred_config = if diagnostics.has_errors() { String::new() } else { infer::infer(&mut config, &api) };
        let analysis = analyze::analyze(&api, diagnostics);
        let loaded = Loaded { config, inferred_config, api, analysis };
        let last = last_stage(&loaded, diagnostics);
        Some((loaded, last))
    });
    let (mut loaded, last) = result?;
    loaded.api.left_out = left_out;
    Some((loaded, last))
}

/// Returns the document for the mock, after its overlays. A document with hidden characters is converted to JSON, which
/// escapes them.
fn mock_document(document: &Source) -> Cow<'_, str> {
    let is_visible = |c: char| matches!(c, '\n' | '\r' | '\t') || !characters::is_hidden(c);
    if let Some(text) = parse::effective_text(document).filter(|text| text.chars().all(is_visible)) {
        return text;
    }
    match parse::tree(document) {
        Some(tree) => characters::escape_hidden_in_json(&format!("{tree:#}\n")).into(),
        None => Cow::from(&document.text),
    }
}

/// Returns the configuration for the mock, without the line with the path of the JSON schema.
fn mock_config(text: &str) -> &str {
    let rest = text.strip_prefix("#:schema").map(|rest| rest.split_once('\n').map_or("", |(_, rest)| rest));
    rest.unwrap_or(text)
}

fn run_stages(
    document: &Source,
    config: &Source,
    defaults: &Defaults,
    diagnostics: &mut Diagnostics,
) -> Option<Generated> {
    let config_source = config;
    let config = config::parse(config_source, diagnostics);
    let (loaded, names) = load_and_analyze(document, config, defaults, diagnostics, |loaded, diagnostics| {
        let Loaded { config, api, analysis, .. } = loaded;
        if document.overlays.len() < config.overlays.len() {
            let message = format!("{} of the overlays were not read", config.overlays.len() - document.overlays.len());
            let diagnostic = Diagnostic::error(code::CONFIG_VALUE, config.location("overlays"), message);
            diagnostics.push(diagnostic.help("read the document with `Source::read_with_overlays`"));
        }
        if !diagnostics.has_errors() {
            webhook_settings::check(config, api, diagnostics);
        }
        if !diagnostics.has_errors() {
            contradictions::check(config, api, diagnostics);
            // The mock does not apply the options of `[types]`.
            let without_options = (!config.types.is_default()).then(|| load(document, config_source).0).flatten();
            let original = without_options.as_ref().map_or(api, |(api, _)| api);
            mock_rules::check(config, original, diagnostics);
            lower::check_replaced_pages(config, api, original, diagnostics);
        }
        naming::name(api, analysis, config, diagnostics)
    })?;
    let Loaded { config, inferred_config, api, analysis } = loaded;
    if diagnostics.has_errors() {
        return None;
    }
    // The generated files mention only the file name of the document. A path would make them depend on the machine.
    let document_name = document.name();
    let mut files = FileSet::default();
    let context = emit::Context::new(&api, &names, &analysis, &config);
    let source_folder = match config.output {
        Output::Crate => "src/",
        Output::Module => "",
    };
    if config.output == Output::Crate {
        files.add("Cargo.toml", &emit::manifest::manifest(&context, diagnostics), document_name);
    }
    if diagnostics.has_errors() {
        return None;
    }
    let texts = format::format_modules(&context.modules());
    let texts = texts.into_iter().map(|(path, text)| (format!("{source_folder}{path}"), text));
    let dispatcher = config.tests.dispatcher.as_ref().map(|path| (path.clone(), format::format(&context.dispatcher())));
    for (path, text) in texts.chain(dispatcher) {
        match text {
            Ok(text) => files.add(&path, &text, document_name),
            Err(error) => {
                diagnostics.push(error.diagnostic());
                return None;
            }
        }
    }
    if config.mock.dependency.is_some() {
        // The module `mock` embeds copies of the document and the configuration, because the crate may be used without
        // its repository. A document in JSON is valid YAML.
        files.add("src/mock/document.yaml", &mock_document(document), document_name);
        files.add("src/mock/codegen.toml", mock_config(&config_source.text), config_source.name());
    }
    if config.runtime.is_none() {
        for (path, text) in runtime::files::copies(context.runtime_features()) {
            files.add_runtime(&path, &text);
        }
    }
    Some(Generated { api, analysis, config, inferred_config, files })
}
