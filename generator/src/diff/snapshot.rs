//! An API at one version: its IR, its names, and the public items of its crate.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use serde_json::json;

use crate::analyze::{Analysis, response_types};
use crate::compare::WebhookId;
use crate::config::{self, Config};
use crate::diagnostics::{Diagnostics, Severity};
use crate::emit::Context;
use crate::ir::{
    Api, Field, Level, OperationId, ParamLocation, Shape, Status, TypeId, TypeRef, reachable_types_without,
};
use crate::naming::{self, Names, WebhookName};
use crate::source::{Pointer, Source};
use crate::surface::{ItemKind, Surface};
use crate::webhook_replies::{replies, variant_names};
use crate::{Defaults, Loaded, load_and_analyze, webhook_settings};

/// An API at one version, with its crate.
#[derive(Debug)]
pub struct Snapshot {
    /// The API.
    pub api: Api,
    /// The Rust names.
    pub names: Names,
    /// The facts about the types.
    pub analysis: Analysis,
    /// The configuration, including inferred values.
    pub config: Config,
    /// The public items of the crate.
    pub surface: Surface,
    /// The warnings about the document and its configuration: the code and the message of each.
    pub warnings: Vec<String>,
    /// The path of the configuration file, which need not exist.
    pub(super) config_path: String,
    /// The name of the configuration file, and its keys.
    config_file: (String, toml::Table),
    /// The paths of structs, enums and aliases by their names. All types of a crate have different names.
    paths: HashMap<String, String>,
    /// The indexes of fields, variants and enum values, by the type and the name. It is built when it is first needed.
    members: OnceLock<HashMap<(TypeId, String), usize>>,
    /// The indexes of parameters by the operation, the location and the name. It is built when it is first needed.
    params: OnceLock<HashMap<(OperationId, ParamLocation, String), usize>>,
    /// The types that programs send, also as text in parameters. It is built when it is first needed.
    sent_types: OnceLock<BTreeSet<TypeId>>,
    /// The types that programs receive. It is built when it is first needed.
    received_types: OnceLock<BTreeSet<TypeId>>,
    /// The types by their locations. A schema has two types if some properties are only in requests or only in responses. It is built
    /// when it is first needed.
    types_of_schemas: OnceLock<HashMap<Pointer, Vec<TypeId>>>,
    /// The requests of paginated lists, by the type of the page and the property with the items. It is built when it is first needed.
    lists: OnceLock<HashMap<(TypeId, String), Vec<String>>>,
    /// The items that end the streams of JSON of operations without own items. It is built when it is first needed.
    pub(super) default_stream_ends: OnceLock<BTreeSet<String>>,
}

/// The paths of the items of an operation.
#[derive(Clone, Debug, Default)]
pub(super) struct OperationPaths {
    /// The type of the request.
    pub request: Option<String>,
    /// The method that creates the request.
    pub method: Option<String>,
}

impl Snapshot {
    /// Reads a document and its configuration, and collects the public items of the crate without writing it. Returns `None` if
    /// the diagnostics include an error.
    pub fn read(document: &Source, config: &Source) -> (Option<Self>, Diagnostics) {
        Self::read_with_defaults(document, config, &Defaults::default())
    }

    /// Reads a document as [`read`](Self::read) does. The document may be that of a workspace, which sets some keys of the
    /// configuration: see [`Defaults::of_member`].
    pub fn read_with_defaults(
        document: &Source,
        config_source: &Source,
        defaults: &Defaults,
    ) -> (Option<Self>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let parsed = config::parse(config_source, &mut diagnostics);
        let loaded = load_and_analyze(document, parsed, defaults, &mut diagnostics, |loaded, diagnostics| {
            let Loaded { config, api, analysis, .. } = loaded;
            if !diagnostics.has_errors() {
                webhook_settings::check(config, api, diagnostics);
            }
            naming::name(api, analysis, config, diagnostics)
        });
        let Some((Loaded { config, api, analysis, .. }, names)) = loaded.filter(|_| !diagnostics.has_errors()) else {
            return (None, diagnostics);
        };
        let surface = Surface::of(&Context::new(&api, &names, &analysis, &config));
        let is_type = |kind: &ItemKind| matches!(kind, ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Alias(_));
        let types = surface.items.iter().filter(|(_, item)| is_type(&item.kind)).map(|(path, _)| path);
        let paths = types.map(|path| (path.rsplit("::").next().unwrap_or_default().to_owned(), path.clone())).collect();
        // A file at the root of a revision is called `HEAD~1:codegen.toml`.
        let file_name = config_source.name().rsplit(':').next().unwrap_or_default().to_owned();
        let warnings = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
        let warnings = warnings.map(|warning| format!("{}: {}", warning.code.id, warning.message)).collect();
        let snapshot = Self {
            api,
            names,
            analysis,
            config,
            surface,
            warnings,
            config_path: config_source.path.clone(),
            config_file: (file_name, config_source.text.parse().unwrap_or_default()),
            paths,
            members: OnceLock::new(),
            params: OnceLock::new(),
            sent_types: OnceLock::new(),
            received_types: OnceLock::new(),
            types_of_schemas: OnceLock::new(),
            lists: OnceLock::new(),
            default_stream_ends: OnceLock::new(),
        };
        (Some(snapshot), diagnostics)
    }

    /// Returns the name of the configuration file, if it sets a key such as `crate.name`.
    pub(super) fn file_with_key(&self, key: &str) -> Option<&str> {
        // The ID of an operation may contain dots.
        fn contains(table: &toml::Table, key: &str) -> bool {
            let mut parts = key.match_indices('.').map(|(at, _)| (&key[..at], &key[at + 1..]));
            let contains_rest = |(first, rest): (&str, &str)| {
                table.get(first).and_then(toml::Value::as_table).is_some_and(|table| contains(table, rest))
            };
            table.contains_key(key) || parts.any(contains_rest)
        }
        let (name, keys) = &self.config_file;
        contains(keys, key).then_some(name.as_str())
    }

    /// Returns a name of a type that is equal for equal types of two documents.
    pub(super) fn type_name(&self, ty: &TypeRef) -> String {
        match ty {
            TypeRef::Named(id) => self.names.ty(*id).ident.clone(),
            TypeRef::Array(inner) => format!("array of {}", self.type_name(inner)),
            TypeRef::Map(inner) => format!("map of {}", self.type_name(inner)),
            TypeRef::Nullable(inner) => format!("nullable {}", self.type_name(inner)),
            TypeRef::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.type_name(item)).collect();
                format!("({})", items.join(", "))
            }
            other => format!("{other:?}"),
        }
    }

    /// Returns the path of the Rust type of a schema, if the crate has one.
    pub(super) fn type_path(&self, id: TypeId) -> Option<String> {
        self.paths.get(&self.names.ty(id).ident).cloned()
    }

    /// Returns the index of a field, variant or enum value. The name of an enum value is its JSON.
    pub(super) fn member_index(&self, id: TypeId, name: &str) -> Option<usize> {
        let members = self.members.get_or_init(|| {
            let names = self.api.types.iter().flat_map(|(id, def)| {
                let names: Vec<String> = match &def.shape {
                    Shape::Record(record) => record.fields.iter().map(|field| field.wire.clone()).collect(),
                    Shape::Union(union) => union.variants.iter().map(|variant| variant.name.clone()).collect(),
                    Shape::StringEnum(values) => values.iter().map(|value| json!(value.wire).to_string()).collect(),
                    Shape::ValueEnum(values) => values.values.iter().map(|value| value.value.to_string()).collect(),
                    _ => Vec::new(),
                };
                names.into_iter().enumerate().map(move |(index, name)| ((id, name), index))
            });
            // If names are equal, the first has the entry.
            names.collect::<Vec<_>>().into_iter().rev().collect()
        });
        members.get(&(id, name.to_owned())).copied()
    }

    /// Returns a property of a type.
    pub(super) fn field(&self, id: TypeId, wire: &str) -> Option<&Field> {
        let Shape::Record(record) = &self.api.types[id].shape else { return None };
        record.fields.get(self.member_index(id, wire)?)
    }

    /// Returns the index of a parameter.
    pub(super) fn param_index(&self, id: OperationId, location: ParamLocation, wire: &str) -> Option<usize> {
        let params = self.params.get_or_init(|| {
            let params = self.api.operations.iter().flat_map(|(id, operation)| {
                let params = operation.params.iter().enumerate();
                params.map(move |(index, param)| ((id, param.location, param.wire.clone()), index))
            });
            params.collect()
        });
        params.get(&(id, location, wire.to_owned())).copied()
    }

    /// Returns whether programs send a type. Unlike `Facts::is_in_requests`, this includes types that are sent as text, and excludes types
    /// that only read-only properties use.
    pub(super) fn is_sent(&self, id: TypeId) -> bool {
        let sent_types = self.sent_types.get_or_init(|| {
            let params = self.api.operations.iter().flat_map(|(_, operation)| &operation.params);
            let types = params.flat_map(|param| [&param.ty].into_iter().chain(&param.content));
            reachable_types_without(&self.api, types.chain(self.api.reply_types()), |field| field.read_only)
        });
        sent_types.contains(&id)
    }

    /// Returns whether programs receive a type. Unlike `Facts::is_in_responses`, this excludes types that only write-only properties use.
    /// In a document without operations, all types count as received.
    pub(super) fn is_received(&self, id: TypeId) -> bool {
        let received_types = self.received_types.get_or_init(|| {
            let operations = self.api.operations.iter();
            let types = operations.flat_map(|(_, operation)| response_types(&self.api, operation));
            reachable_types_without(&self.api, types.chain(self.api.payload_types()), |field| field.write_only)
        });
        self.api.operations.is_empty() || received_types.contains(&id)
    }

    /// Returns the types of the schema at a location.
    pub(super) fn types_of_schema(&self, origin: &Pointer) -> &[TypeId] {
        let types = self.types_of_schemas.get_or_init(|| {
            let mut types: HashMap<Pointer, Vec<TypeId>> = HashMap::new();
            for (id, def) in self.api.types.iter() {
                types.entry(def.origin.clone()).or_default().push(id);
            }
            types
        });
        types.get(origin).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the paths of the requests that return pages of a type, with the items in the property `items`.
    pub(super) fn lists(&self, page: TypeId, items: &str) -> &[String] {
        let lists = self.lists.get_or_init(|| {
            let mut lists: HashMap<(TypeId, String), Vec<String>> = HashMap::new();
            for (id, operation) in self.api.operations.iter() {
                let items = operation.paging.as_ref().and_then(|paging| paging.items.first());
                let key = self.api.page_type(operation).zip(items.cloned());
                if let Some((key, request)) = key.zip(self.operation_paths(id).request) {
                    lists.entry(key).or_default().push(request);
                }
            }
            lists
        });
        lists.get(&(page, items.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the path of a field.
    pub(super) fn member_path(&self, id: TypeId, wire: &str) -> Option<String> {
        let index = self.field(id, wire).and(self.member_index(id, wire))?;
        Some(format!("{}::{}", self.type_path(id)?, self.names.ty(id).members.get(index)?))
    }

    /// Returns the paths of the items of an operation.
    pub(super) fn operation_paths(&self, id: OperationId) -> OperationPaths {
        let name = self.names.operation(id);
        let (resource, level) = self.api.client_resource(id);
        let handle = self.names.resource(self.analysis_resource(resource));
        let handle = if level == Level::Instance { &handle.instance } else { &handle.collection };
        // The operations without a resource are methods of the client.
        let handle = self.paths.get(handle).cloned();
        OperationPaths {
            request: self.paths.get(&name.request).cloned(),
            method: handle.map(|handle| format!("{handle}::{}()", name.method)),
        }
    }

    /// Returns the paths of the variant and of the enum of a webhook.
    pub(super) fn webhook_paths(&self, id: WebhookId) -> Vec<String> {
        let Some(name) = self.names.webhooks().get(id.group) else { return Vec::new() };
        let event = webhook_path(name, &name.ident);
        name.variants
            .get(id.event)
            .map(|variant| format!("{event}::{variant}"))
            .into_iter()
            .chain([event.clone()])
            .collect()
    }

    /// Returns the paths of the variants for a response to a webhook. `codegen.toml` may name several for a range of statuses.
    pub(super) fn reply_paths(&self, id: WebhookId, status: Status) -> Vec<String> {
        let (Some(name), Some(group)) = (self.names.webhooks().get(id.group), self.api.webhooks.get(id.group)) else {
            return Vec::new();
        };
        let (Some(reply), Some(event)) = (name.replies.get(id.event), group.events.get(id.event)) else {
            return Vec::new();
        };
        let reply_path = webhook_path(name, reply);
        let replies = replies(event, &self.config.webhooks.replies);
        let variants = replies.iter().zip(variant_names(&replies));
        let variants = variants.filter(|(it, _)| it.response.status == status && !reply.is_empty());
        variants.map(|(_, variant)| format!("{reply_path}::{variant}")).collect()
    }

    /// Returns the resource whose handle is generated for a resource.
    fn analysis_resource(&self, id: crate::ir::ResourceId) -> crate::ir::ResourceId {
        match self.api.layout {
            crate::ir::Layout::Tree => self.analysis.equivalent(id),
            crate::ir::Layout::Groups { .. } => id,
        }
    }
}

/// Returns the path of an item of a group of webhooks.
fn webhook_path(name: &WebhookName, item: &str) -> String {
    match name.module.as_str() {
        "" => format!("webhooks::{item}"),
        module => format!("webhooks::{module}::{item}"),
    }
}
