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

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use indexmap::IndexMap;
use openapiv3::{ExternalDocumentation, OpenAPI, Schema};

use crate::config;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::ir::{Api, Arena, Docs, Layout, TypeDef, TypeId};
use crate::source::{Pointer, Source};

/// Lowers a document that was parsed from `source`. Unsupported parts are reported to `diagnostics` and left out.
pub fn lower(document: &OpenAPI, source: &Source, config: &Config, diagnostics: &mut Diagnostics) -> Api {
    lower_with_notes(document, source, config, diagnostics).0
}

/// Lowers a document as [`lower`] does, and returns notes about the pagination of each list operation.
pub fn lower_with_notes(
    document: &OpenAPI,
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
        components: HashMap::new(),
        named_elsewhere: schema::named_elsewhere(document),
        known: HashMap::new(),
        item_unions: HashMap::new(),
        family: None,
        operation_names: operation::names::names(document),
        ends: HashMap::new(),
        lengths: HashMap::new(),
        targets: HashMap::new(),
        null: HashMap::new(),
        searched_for_files: HashSet::new(),
        defaults: IndexMap::new(),
        pending: VecDeque::new(),
        personal_marks: 0,
        shortened: 0,
        patterns: HashMap::new(),
        patterns_left: schema::constraints::ALL_PATTERNS,
        steps_left: Some(budget::budget(source)),
        depth: 0,
        in_events: false,
        params_are_complete: true,
        notes: Diagnostics::default(),
        unpaged: Vec::new(),
    };
    let servers = lowering.servers();
    let security = lowering.security();
    let (operations, resources) = lowering.paths();
    lowering.check_paging(&operations);
    lowering.check_defaults();
    schema::alias_cycles::wrap(&mut lowering.types, lowering.diagnostics);
    let layout = match config.surface {
        config::Surface::Tree => Layout::Tree,
        config::Surface::Tags => tag_groups::group(&operations, &document.tags),
    };
    let schemas_without_type = lowering.untyped();
    let notes = lowering.notes;
    let mut api = Api {
        title: document.info.title.clone(),
        version: document.info.version.clone(),
        docs: described(None, document.info.description.as_deref(), document.external_docs.as_ref()),
        servers,
        security,
        strict: config.client.strict,
        typed_errors: config.errors.models.unwrap_or(config.errors == config::Errors::default()),
        types: lowering.types,
        schemas_without_type,
        operations,
        resources,
        layout,
    };
    schema::personal::spread(&mut api);
    schema::request_response_types::split(&mut api);
    (api, notes)
}

/// The state of the lowering.
struct Lowering<'a> {
    document: &'a OpenAPI,
    source: &'a Source,
    config: &'a Config,
    diagnostics: &'a mut Diagnostics,
    types: Arena<TypeDef>,
    /// The types of the component schemas that something refers to, by name.
    components: HashMap<String, TypeId>,
    /// The schemas outside of the components that one of these is a reference to, and its name.
    named_elsewhere: HashMap<&'a str, &'a String>,
    /// The names of operations that are not their ids.
    operation_names: operation::names::Names<'a>,
    /// The existing types, by the set of schemas that their values match, each with whether its alternatives
    /// count.
    known: HashMap<Vec<(Pointer, bool)>, TypeId>,
    /// The item types of merged arrays, by the locations of the schemas of those items.
    item_unions: HashMap<Vec<Pointer>, TypeId>,
    /// The components that refer to each component in their `allOf`, computed on first use.
    family: Option<schema::inheritance::Family<'a>>,
    /// The component at the end of a chain of references, by the section and the name of each component on the way; `None`
    /// if the chain has no end.
    ends: HashMap<(&'static str, String), Option<String>>,
    /// The length of each component that has been referred to, by its section and name.
    lengths: HashMap<(&'static str, String), usize>,
    /// The schema that a reference to one leads to, and its location.
    targets: HashMap<&'a str, (&'a Schema, Pointer)>,
    /// Whether the values of a schema may be `null`, by its location.
    null: HashMap<Pointer, bool>,
    /// The schemas of string values that were already searched for files.
    searched_for_files: HashSet<Pointer>,
    /// The schemas with a default, by location.
    defaults: IndexMap<Pointer, &'a Schema>,
    /// The types that something refers to and that are not lowered yet.
    pending: VecDeque<schema::Pending<'a>>,
    /// The number of schemas marked as personal since the lowering of the current object began.
    personal_marks: usize,
    /// The number of types that were checked for chains of aliases.
    shortened: usize,
    /// The reason why each pattern cannot be checked; `None` if it can.
    patterns: HashMap<&'a str, Option<String>>,
    /// The remaining size of patterns that may be checked.
    patterns_left: usize,
    /// The remaining steps of the [budget](budget::budget); `None` after it is exceeded.
    steps_left: Option<usize>,
    /// The nesting depth of the current schema.
    depth: usize,
    /// Whether the current schema describes a whole event.
    in_events: bool,
    /// Whether every parameter of the current operation could be parsed. If not, missing parameters are not reported.
    params_are_complete: bool,
    /// Notes about the pagination of each list operation.
    notes: Diagnostics,
    /// Warnings about operations that `[paging]` does not match, kept until `[paging]` itself is checked.
    unpaged: Vec<Diagnostic>,
}

impl<'a> Lowering<'a> {
    fn error(
        &mut self,
        code: crate::diagnostics::Code,
        place: Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic::error(code, place, message).help(help));
    }

    /// Returns the component schemas that no type is generated for, by location, and whether other schemas contain their
    /// properties.
    fn untyped(&self) -> BTreeMap<String, bool> {
        let schemas = self.document.components.iter().flat_map(|components| components.schemas.keys());
        let schemas = schemas.filter(|name| !name.starts_with('#') && !self.components.contains_key(*name));
        let location = |name: &String| references::component_pointer("schemas", name).to_string();
        schemas.map(location).map(|at| (at.clone(), self.targets.contains_key(at.as_str()))).collect()
    }

    /// Returns whether a schema or parameter with these extensions may contain personal data.
    fn is_personal(&self, extensions: &indexmap::IndexMap<String, serde_json::Value>) -> bool {
        self.config.personal.markers.iter().any(|marker| {
            let mut keys =
                Pointer::from_reference(&format!("#{marker}")).unwrap_or_default().keys().collect::<Vec<_>>();
            if keys.is_empty() {
                return false;
            }
            let below = keys.split_off(1);
            let first = extensions.get(&keys[0]);
            first.is_some_and(|value| below.iter().try_fold(value, |value, key| value.get(key)).is_some())
        })
    }
}

/// Returns the documentation from a description and a link to further documentation.
fn described(summary: Option<&str>, description: Option<&str>, more: Option<&ExternalDocumentation>) -> Docs {
    let mut docs = Docs::new(summary, description);
    if let Some(ExternalDocumentation { url, description, .. }) = more {
        let about = description.as_deref().unwrap_or("See").trim().trim_end_matches([':', '.']);
        let text = if docs.summary.is_empty() { &mut docs.summary } else { &mut docs.body };
        let gap = if text.is_empty() { "" } else { "\n\n" };
        // A path relative to the document is not valid in the generated documentation.
        *text += &match url.contains("://") && !url.contains([' ', '<', '>']) {
            true => format!("{gap}{about}: <{url}>"),
            false => format!("{gap}{about}: `{url}`"),
        };
    }
    docs
}
