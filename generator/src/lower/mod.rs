//! Lowers the parsed document to the IR: resolves references, builds types, and builds the resource tree.

mod budget;
mod operation;
mod pagination;
mod references;
mod resource_tree;
mod schema;
mod security;
mod server;
mod tag_groups;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use indexmap::IndexMap;
use openapiv3::{ExternalDocumentation, Schema};

use crate::config;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::ir::{Api, Arena, Docs, Layout, Operation, TypeDef, TypeId};
use crate::parse::Document;
use crate::source::{Pointer, Source, pointer_keys};
use crate::validation::is_simple;
pub(crate) use pagination::replaced_pages::check_replaced_pages;

/// Lowers a document that was parsed from `source`. Reports unsupported parts of the document in `diagnostics`, and
/// leaves them out of the result.
pub fn lower(document: &Document, source: &Source, config: &Config, diagnostics: &mut Diagnostics) -> Api {
    lower_with_notes(document, source, config, diagnostics).0
}

/// Lowers a document like [`lower`]. Also returns notes about the pagination of each list operation.
pub fn lower_with_notes(
    document: &Document,
    source: &Source,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> (Api, Diagnostics) {
    let mut lowering = Lowering {
        document,
        source,
        config,
        diagnostics,
        types: Arena::default(),
        component_types: HashMap::new(),
        components_by_reference: schema::components_by_reference(document),
        response_type_names: schema::components::response_type_names(document),
        types_by_parts: HashMap::new(),
        item_unions: HashMap::new(),
        inheritance: None,
        operation_names: operation::names::operation_names(document),
        resolved_names: HashMap::new(),
        component_lengths: HashMap::new(),
        schemas_by_reference: HashMap::new(),
        nullability: HashMap::new(),
        searched_for_files: HashSet::new(),
        defaults: IndexMap::new(),
        pending: VecDeque::new(),
        personal_marks: 0,
        shortened_type_count: 0,
        overrides: schema::overrides::Overrides::new(config),
        formats: BTreeMap::new(),
        patterns: HashMap::new(),
        pattern_size_left: schema::constraints::MAX_TOTAL_PATTERN_SIZE,
        needs_regex_crate: needs_regex_crate(config),
        steps_left: Some(budget::step_budget(source)),
        depth: 0,
        is_in_events: false,
        stream_ends: BTreeSet::new(),
        has_read_all_params: true,
        notes: Diagnostics::default(),
        unpaged_warnings: Vec::new(),
    };
    let servers = lowering.lower_servers();
    let security = lowering.lower_security();
    let (mut operations, resources) = lowering.lower_paths();
    lowering.mark_idempotency_keys(&mut operations, &security);
    let webhooks = lowering.lower_webhooks(&operations);
    lowering.check_paging(&operations);
    lowering.check_defaults();
    schema::alias_cycles::wrap_or_report_cycles(&mut lowering.types, lowering.diagnostics);
    let layout = layout(config, &operations, document);
    let schemas_without_type = lowering.schemas_without_types();
    let mut api = Api {
        title: document.info.title.clone(),
        version: document.info.version.clone(),
        docs: docs_with_link(None, document.info.description.as_deref(), document.external_docs.as_ref()),
        servers,
        security,
        stream_flag_name: config.streams.flag.clone().unwrap_or_else(|| "stream".to_owned()),
        strict: config.client.strict,
        serializes_all_models: config.serialize == config::Serialize::All,
        needs_regex_crate: lowering.needs_regex_crate,
        has_typed_errors: config.errors.models.unwrap_or(config.errors == config::Errors::default()),
        types: std::mem::take(&mut lowering.types),
        schemas_without_type,
        formats: std::mem::take(&mut lowering.formats),
        operations,
        left_out: Vec::new(),
        webhooks,
        resources,
        layout,
    };
    lowering.apply_options(&mut api);
    lowering.check_stream_flag(&api);
    lowering.check_stream_operations(&api);
    let notes = lowering.notes;
    schema::personal::mark_containing_types(&mut api);
    schema::request_response_types::split_types(&mut api);
    (api, notes)
}

fn layout(config: &Config, operations: &Arena<Operation>, document: &Document) -> Layout {
    match config.surface {
        config::Surface::Tree => Layout::Tree,
        config::Surface::Tags => tag_groups::group_by_tag(operations, &document.tags),
    }
}

/// Returns whether the client checks a credential with a pattern that is not simple.
fn needs_regex_crate(config: &Config) -> bool {
    let mut patterns = config.client.credentials.iter().filter_map(|credentials| credentials.pattern.as_ref());
    patterns.any(|pattern| !is_simple(pattern))
}

/// The state of the lowering.
struct Lowering<'a> {
    document: &'a Document,
    source: &'a Source,
    config: &'a Config,
    diagnostics: &'a mut Diagnostics,
    types: Arena<TypeDef>,
    /// The types of the component schemas that have been referenced, by the name of the component.
    component_types: HashMap<String, TypeId>,
    /// The components that consist only of a reference to a schema outside of `components`, by the reference.
    components_by_reference: HashMap<&'a str, &'a String>,
    /// The names of the response types whose components have names such as `Foo-Output`, by the name of the component.
    response_type_names: HashMap<&'a str, String>,
    /// The names of the operations whose names differ from their `operationId`.
    operation_names: operation::names::OperationNames<'a>,
    /// The types that have been created, by the [key](schema::parts_key) of their schemas.
    types_by_parts: HashMap<schema::PartsKey, TypeId>,
    /// The item types of merged arrays, by the locations of the schemas of their items.
    item_unions: HashMap<Vec<Pointer>, TypeId>,
    /// The components that refer to each component in their `allOf`, computed on first use.
    inheritance: Option<schema::inheritance::Inheritance<'a>>,
    /// The name of the component at the end of a chain of references, by the section and name of each component in the
    /// chain. `None` if the chain cannot be resolved.
    resolved_names: HashMap<(&'static str, String), Option<String>>,
    /// The length in bytes of the JSON of each referenced component, by section and name.
    component_lengths: HashMap<(&'static str, String), usize>,
    /// The target of each reference to a schema and its location, by the reference.
    schemas_by_reference: HashMap<&'a str, (&'a Schema, Pointer)>,
    /// Whether the values of a schema may be `null`, by the location of the schema.
    nullability: HashMap<Pointer, bool>,
    /// The locations of the schemas that [`Self::report_files_in_text`] has already searched.
    searched_for_files: HashSet<Pointer>,
    /// The schemas with a default, by location.
    defaults: IndexMap<Pointer, &'a Schema>,
    /// The types that have an ID but are not lowered yet.
    pending: VecDeque<schema::Pending<'a>>,
    /// The number of schemas that are marked as personal data and were lowered since the lowering of the current object
    /// began.
    personal_marks: usize,
    /// The number of types for which [`Self::shorten_aliases`] has already been called.
    shortened_type_count: usize,
    /// The options of single schemas in codegen.toml.
    overrides: schema::overrides::Overrides<'a>,
    /// The formats of strings and numbers, by the locations of their schemas.
    formats: BTreeMap<Pointer, String>,
    /// The reason why the generated code cannot check a pattern, by the pattern. `None` if it can check the pattern.
    patterns: HashMap<&'a str, Option<String>>,
    /// The total size of the patterns that may still be compiled.
    pattern_size_left: usize,
    /// Whether a pattern that the generated code checks is not simple.
    needs_regex_crate: bool,
    /// The remaining steps of the [budget](budget::step_budget), or `None` once the budget is exceeded.
    steps_left: Option<usize>,
    /// The nesting depth of the current schema.
    depth: usize,
    /// Whether the current schema describes complete server-sent events, and not only their `data`.
    is_in_events: bool,
    /// The items that end a stream in the examples of the current operation.
    stream_ends: BTreeSet<String>,
    /// Whether all parameters of the current operation could be parsed. Undeclared parameters are reported only then.
    has_read_all_params: bool,
    /// Notes about the pagination of each list operation.
    notes: Diagnostics,
    /// Warnings about operations that `[paging]` does not match. They are reported only if `[paging]` has no errors.
    unpaged_warnings: Vec<Diagnostic>,
}

impl<'a> Lowering<'a> {
    fn error(
        &mut self,
        code: crate::diagnostics::Code,
        location: Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic::error(code, location, message).help(help));
    }

    /// Returns the locations of the component schemas that have no generated type. The value is `true` if the
    /// properties of the schema are merged into other schemas.
    fn schemas_without_types(&self) -> BTreeMap<String, bool> {
        let names = self.document.components.iter().flat_map(|components| components.schemas.keys());
        let names = names.filter(|name| !name.starts_with('#') && !self.component_types.contains_key(*name));
        let locations = names.map(|name| references::component_pointer("schemas", name).to_string());
        locations
            .map(|location| {
                let is_included = self.schemas_by_reference.contains_key(location.as_str());
                (location, is_included)
            })
            .collect()
    }

    /// Returns whether the extensions of a schema or parameter mark it as personal data.
    fn is_personal(&self, extensions: &indexmap::IndexMap<String, serde_json::Value>) -> bool {
        self.config.personal.markers.iter().any(|marker| {
            let keys = pointer_keys(marker);
            let Some((extension, nested_keys)) = keys.split_first() else { return false };
            let value = extensions.get(extension);
            value.is_some_and(|value| nested_keys.iter().try_fold(value, |value, key| value.get(key)).is_some())
        })
    }
}

/// Returns documentation with a link to the external documentation at its end.
fn docs_with_link(
    summary: Option<&str>,
    description: Option<&str>,
    external_docs: Option<&ExternalDocumentation>,
) -> Docs {
    let mut docs = Docs::new(summary, description);
    if let Some(ExternalDocumentation { url, description, .. }) = external_docs {
        let link_text = description.as_deref().unwrap_or("See").trim().trim_end_matches([':', '.']);
        let last_section = if docs.summary.is_empty() { &mut docs.summary } else { &mut docs.body };
        let separator = if last_section.is_empty() { "" } else { "\n\n" };
        // A relative or malformed URL would be a broken link in the generated documentation, so write it as code.
        *last_section += &match url.contains("://") && !url.contains([' ', '<', '>']) {
            true => format!("{separator}{link_text}: <{url}>"),
            false => format!("{separator}{link_text}: `{url}`"),
        };
    }
    docs
}
