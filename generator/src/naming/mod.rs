//! Maps wire names to Rust identifiers, in tables next to the IR.
//!
//! A name is converted to its case, escaped, and claimed in its scope. Two things that come to the same name in one
//! scope are reported with both places; nothing is told apart by a number behind it.

pub mod case;
pub(crate) mod dump;
pub mod file;
pub(crate) mod model_modules;
mod reserved;
pub(crate) mod resources;
pub(crate) mod scope;

use std::collections::{HashMap, HashSet};

use crate::analyze::Analysis;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::file_names::folded;
use crate::ir::{
    Alternative, Api, Layout, Operation, OperationId, Param, ParamLocation, ResourceId, ResponseBody, Shape, TypeId,
};
use crate::normalize::media_type_essence;
use crate::source::{FILE, Pointer};
use scope::NameScope;

/// The Rust names of an API.
#[derive(Debug, Default)]
pub struct Names {
    types: Vec<TypeName>,
    operations: Vec<OperationName>,
    resources: Vec<ResourceName>,
}

/// The names of a type and its parts.
#[derive(Debug, Default)]
pub struct TypeName {
    /// The name of the type.
    pub ident: String,
    /// The module.
    pub module: String,
    /// Whether the module is named after it.
    pub names_module: bool,
    /// The fields or variants, in order.
    pub parts: Vec<String>,
    /// The variant of an enum for unknown values.
    pub unknown: String,
    /// The field of a struct for additional properties.
    pub additional: String,
}

/// The names of an operation.
#[derive(Clone, Debug, Default)]
pub struct OperationName {
    /// The request type.
    pub request: String,
    /// The method of the handle.
    pub method: String,
    /// The parameters, in order.
    pub params: Vec<String>,
    /// The response enum, if the response differs by status.
    pub response_enum: String,
    /// The methods of the request for other media types, in order.
    pub alternatives: Vec<String>,
}

/// The names of a resource.
#[derive(Clone, Debug, Default)]
pub struct ResourceName {
    /// The module.
    pub module: String,
    /// The handle of the collection.
    pub collection: String,
    /// The handle of an instance.
    pub instance: String,
    /// The method of the parent that returns the collection.
    pub collection_method: String,
    /// The method of the parent that returns an instance.
    pub instance_method: String,
    /// The name of an instance as a value.
    pub instance_value: String,
    /// The cargo feature; empty for the root, which is always enabled.
    pub feature: String,
    /// The prefix of the names of its children.
    child_prefix: String,
}

impl Names {
    /// Returns the names of a type.
    pub fn ty(&self, id: TypeId) -> &TypeName {
        &self.types[id.index()]
    }

    /// The names of an operation.
    pub fn operation(&self, id: OperationId) -> &OperationName {
        &self.operations[id.index()]
    }

    /// Returns whether all names are ASCII.
    pub fn are_all_ascii(&self) -> bool {
        let types = self.types.iter().flat_map(|name| name.parts.iter().chain([&name.ident, &name.module]));
        let operations = self
            .operations
            .iter()
            .flat_map(|name| name.params.iter().chain([&name.request, &name.method, &name.response_enum]));
        let resources = self.resources.iter().flat_map(|name| {
            let methods = [&name.collection_method, &name.instance_method];
            [&name.module, &name.collection, &name.instance, &name.instance_value].into_iter().chain(methods)
        });
        types.chain(operations).chain(resources).all(|name| name.is_ascii())
    }

    /// Returns whether a parameter or a field has a name that Clippy rejects as a placeholder.
    pub fn contain_placeholders(&self) -> bool {
        let fields = self.types.iter().flat_map(|name| &name.parts);
        let mut names = fields.chain(self.operations.iter().flat_map(|name| &name.params));
        names.any(|name| matches!(name.as_str(), "foo" | "baz" | "quux"))
    }

    /// The names of a resource.
    pub fn resource(&self, id: ResourceId) -> &ResourceName {
        &self.resources[id.index()]
    }
}

/// Names all items of an API.
pub fn name(api: &Api, analysis: &Analysis, config: &Config, diagnostics: &mut Diagnostics) -> Names {
    // If a location has two names, the first one is used.
    let renames = config.rename.iter().rev().map(|rename| (rename.at.get_ref().as_str(), rename.to.as_str())).collect();
    let (types, modules, files) = (NameScope::default(), NameScope::default(), HashMap::new());
    let mut naming = Naming { api, config, diagnostics, renames, types, modules, files };
    naming.check_renames();
    let heads = model_modules::heads(api, analysis);
    let idents = naming.type_idents(analysis);
    let types = api.types.iter().zip(idents);
    let types = types.map(|((id, _), ident)| naming.ty(id, ident, heads[id.index()], analysis)).collect();
    let mut names = Names { types, operations: Vec::new(), resources: Vec::new() };
    let own = |(id, operation)| (analysis.equivalent_operation(id) == id).then_some(operation);
    let own: Vec<&Operation> = api.operations.iter().filter_map(own).collect();
    let mut requests = naming.requests(&own).into_iter();
    let operations: Vec<_> = api
        .operations
        .iter()
        .map(|(id, operation)| {
            let own = analysis.equivalent_operation(id) == id;
            own.then(|| naming.operation(id, operation, requests.next().unwrap_or_default()))
        })
        .collect();
    let equivalent = |(id, _)| operations[analysis.equivalent_operation(id).index()].clone().unwrap_or_default();
    names.operations = api.operations.iter().map(equivalent).collect();
    let mut resources = vec![None; api.client_resources().len()];
    for (id, _) in api.client_resources().iter() {
        naming.resource_and_before(id, analysis, &mut resources);
    }
    names.resources = resources.into_iter().map(Option::unwrap_or_default).collect();
    naming.methods(&mut names, analysis);
    naming.label_ids(&names);
    names
}

/// What methods are called that stand for things of these names, each of which is another.
pub fn method_names(wires: &[String]) -> Vec<String> {
    let origin = Pointer::root();
    let settled = NameScope::default().settle_wires(wires, &vec![&origin; wires.len()], case::value);
    settled.into_iter().map(|(Ok(name) | Err(name))| name).collect()
}

/// The first of the words that no name in the scope is, or the last with an underscore behind it.
fn free(scope: &NameScope, words: &[&str]) -> String {
    let last = words.last().map(|last| format!("{last}_")).unwrap_or_default();
    words.iter().find(|word| !scope.has(word)).map_or(last, |word| (*word).to_owned())
}

/// What a type is, in a word for its name.
fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Record(_) => "object",
        Shape::StringEnum(_) | Shape::ValueEnum(_) => "value",
        Shape::Union(_) => "choice",
        Shape::Newtype(_) => "text",
        Shape::Wrapper(_) | Shape::Alias(_) => "type",
    }
}

/// The words of a place beyond those that every place of its kind has.
fn place(origin: &Pointer) -> String {
    let structural = |key: &String| STRUCTURE.contains(&key.as_str());
    let word = |key: String| match key.strip_prefix(FILE) {
        Some(file) => file.split('.').next().unwrap_or_default().to_owned(),
        None => key,
    };
    let words: Vec<String> = origin.keys().filter(|key| !structural(key)).map(word).collect();
    words.join(" ")
}

const STRUCTURE: &[&str] =
    &["components", "schemas", "paths", "properties", "schema", "content", "$defs", "definitions", "items"];

struct Naming<'a> {
    api: &'a Api,
    config: &'a Config,
    diagnostics: &'a mut Diagnostics,
    /// The names from the configuration, by location.
    renames: HashMap<&'a str, &'a str>,
    /// All types of the generated crate: any two can be imported together.
    types: NameScope,
    /// The modules of the resources, in the normal form of file systems.
    modules: NameScope,
    /// The modules of the types, by the normal form of file systems.
    files: HashMap<String, String>,
}

impl Naming<'_> {
    /// Adds the generated method to the diagnostics about missing and repeated operation ids.
    fn label_ids(&mut self, names: &Names) {
        let (mut missing, mut repeated) = (HashMap::new(), HashMap::new());
        for (id, operation) in self.api.operations.iter() {
            let method = &names.operation(id).method;
            let place = Location::Key(operation.origin.clone());
            missing.entry(place).or_insert_with(|| format!("the generated method is `{method}`"));
            let place = Location::Value(operation.origin.child("operationId"));
            repeated.entry(place).or_insert_with(|| format!("this operation has the method `{method}`"));
        }
        self.diagnostics.relabel(code::MISSING_OPERATION_ID, &missing);
        self.diagnostics.relabel(code::DUPLICATE_OPERATION_ID, &repeated);
    }

    /// Returns the configured name of a location, or its name in the document.
    fn wire<'n>(&'n self, origin: &Pointer, wire: &'n str) -> &'n str {
        if self.renames.is_empty() {
            return wire;
        }
        self.renames.get(origin.to_string().as_str()).copied().unwrap_or(wire)
    }

    fn check_renames(&mut self) {
        if self.renames.is_empty() {
            return;
        }
        let mut named: HashSet<String> = HashSet::new();
        for (_, def) in self.api.types.iter() {
            let parts: Vec<&Pointer> = match &def.shape {
                Shape::Record(record) => record.fields.iter().map(|field| &field.origin).collect(),
                Shape::StringEnum(variants) => variants.iter().map(|variant| &variant.origin).collect(),
                Shape::ValueEnum(values) => values.values.iter().map(|literal| &literal.origin).collect(),
                Shape::Union(union) => union.variants.iter().map(|variant| &variant.origin).collect(),
                _ => Vec::new(),
            };
            named.extend([&def.origin].into_iter().chain(parts).map(Pointer::to_string));
        }
        for (_, operation) in self.api.operations.iter() {
            let params = operation.params.iter().map(|param| &param.origin);
            named.extend([&operation.origin].into_iter().chain(params).map(Pointer::to_string));
        }
        for rename in &self.config.rename {
            let at = rename.at.get_ref().as_str();
            if !named.contains(at) {
                let (message, help) = match self.api.schemas_without_type.get(at) {
                    Some(true) => (
                        format!("no type is generated for `{at}`"),
                        "rename the schemas that contain its properties, or remove this entry",
                    ),
                    Some(false) => {
                        (format!("no type is generated for `{at}`"), "remove this entry: no operation uses the schema")
                    }
                    None => (
                        format!("no generated name comes from `{at}`"),
                        "give the location of a schema, a property, an operation or a parameter",
                    ),
                };
                let diagnostic = Diagnostic::error(code::CONFIG_VALUE, Location::Config(rename.at.span()), message);
                self.diagnostics.push(diagnostic.help(help));
            }
        }
    }

    /// The names of the types: first of the schemas of the document, then of what else has a name there, then of those that
    /// are called after where they stand. One of these whose name is taken says what it is, or more of where it stands.
    fn type_idents(&mut self, analysis: &Analysis) -> Vec<String> {
        let mut ranks: [Vec<TypeId>; 3] = Default::default();
        for (id, def) in self.api.types.iter().filter(|(id, _)| analysis.facts(*id).is_used) {
            let rank = match def.name.len() {
                1 if def.origin.component("schemas").is_some() => 0,
                1 => 1,
                _ => 2,
            };
            ranks[rank].push(id);
        }
        let mut idents = vec![String::new(); self.api.types.len()];
        let mut types = std::mem::take(&mut self.types);
        for (rank, ids) in ranks.iter().enumerate() {
            let wires: Vec<String> = ids
                .iter()
                .map(|id| &self.api.types[*id])
                .map(|def| match (self.wire(&def.origin, ""), def.is_request_type) {
                    ("", _) => def.name.join(" "),
                    (given, true) => format!("{given} input"),
                    (given, false) => given.to_owned(),
                })
                .collect();
            let origins: Vec<&Pointer> = ids.iter().map(|id| &self.api.types[*id].origin).collect();
            let settled = match rank {
                0 => types.settle_wires(&wires, &origins, case::ty),
                _ => types.settle(&origins, |index, turn| {
                    let wire = &wires[index];
                    Some(case::ty(&match turn {
                        0 => wire.clone(),
                        1 => format!("{wire} {}", kind(&self.api.types[ids[index]].shape)),
                        2 => self.api.types[ids[index]].name.iter().map(|word| case::spelled(word) + " ").collect(),
                        // The first part of the name of an inline schema is already distinct.
                        3 | 4 => match self.api.types[ids[index]].name.as_slice() {
                            [first, below @ ..] if self.wire(origins[index], "").is_empty() && !below.is_empty() => {
                                let spelled = below.iter().map(|word| case::spelling(word, turn));
                                [Some(first.clone())].into_iter().chain(spelled).collect::<Option<Vec<_>>>()?.join(" ")
                            }
                            _ => case::spelling(wire, turn)?,
                        },
                        5 => format!("{} {wire}", place(origins[index])),
                        6 => origins[index].keys().map(|key| case::spelled_with_codes(&key) + " ").collect(),
                        _ => return None,
                    }))
                }),
            };
            for ((id, wire), settled) in ids.iter().zip(&wires).zip(settled) {
                let origin = &self.api.types[*id].origin;
                idents[id.index()] = settled.unwrap_or_else(|ident| self.claim(&mut types, ident, wire, origin));
            }
        }
        self.types = types;
        idents
    }

    fn ty(&mut self, id: TypeId, ident: String, head: TypeId, analysis: &Analysis) -> TypeName {
        let def = &self.api.types[id];
        if !analysis.facts(id).is_used {
            return TypeName::default();
        }
        let module = match (&def.shape, def.name.len()) {
            (Shape::Newtype(_) | Shape::Alias(_), 1) => "newtypes".to_owned(),
            _ => {
                let wire = self.api.types[head].name.first().map_or("", String::as_str);
                let mut spellings =
                    (0..).map_while(|turn| case::spelling(wire, turn)).map(|spelled| case::value(&spelled));
                match spellings.find(|module| !module.is_empty()).unwrap_or_default() {
                    module if module == "newtypes" => "newtypes_".to_owned(),
                    module => module,
                }
            }
        };
        // Names without cases are the same for both, and a type and a module cannot share one.
        let module = if module == ident { format!("{module}_") } else { module };
        // Types whose modules would be one file stand in one module.
        let module = file::modules(&module).next().unwrap_or_else(|| module.clone());
        let module = self.files.entry(folded(&module)).or_insert(module).clone();
        let mut scope = NameScope::default();
        let mut parts = Vec::new();
        let (mut unknown, mut additional) = (String::new(), String::new());
        match &def.shape {
            Shape::Record(record) => {
                let fields = record.fields.iter().map(|field| (field.wire.as_str(), &field.origin));
                let name = |wire: &str| case::escape(case::value(wire), reserved::is_field);
                parts = self.parts(&mut scope, fields, name);
                if record.additional.is_some() {
                    let words = ["additional_properties", "other_properties", "unnamed_properties"];
                    additional = free(&scope, &words);
                }
            }
            Shape::StringEnum(variants) => {
                let variants = variants.iter().map(|variant| (variant.wire.as_str(), &variant.origin));
                parts = self.parts(&mut scope, variants, case::variant);
            }
            Shape::ValueEnum(values) => {
                let values = values.values.iter().map(|literal| (literal.name.as_str(), &literal.origin));
                parts = self.parts(&mut scope, values, case::variant);
            }
            Shape::Union(union) => {
                let variants = union.variants.iter().map(|variant| (variant.name.as_str(), &variant.origin));
                parts = self.parts(&mut scope, variants, case::variant);
            }
            Shape::Newtype(_) | Shape::Alias(_) | Shape::Wrapper(_) => {}
        }
        if matches!(def.shape, Shape::StringEnum(_) | Shape::ValueEnum(_) | Shape::Union(_)) {
            // The API may have its own `unknown`; then what it does not list is `Other`.
            unknown = free(&scope, &["Unknown", "Other", "Unlisted"]);
        }
        TypeName { ident, module, names_module: head == id, parts, unknown, additional }
    }

    /// Returns the names of the parts of a type.
    fn parts<'p>(
        &mut self,
        scope: &mut NameScope,
        parts: impl Iterator<Item = (&'p str, &'p Pointer)>,
        convert: impl Fn(&str) -> String,
    ) -> Vec<String> {
        let parts: Vec<(String, &str, &Pointer)> =
            parts.map(|(wire, origin)| (self.wire(origin, wire).to_owned(), wire, origin)).collect();
        let wires: Vec<String> = parts.iter().map(|(name, ..)| name.clone()).collect();
        let origins: Vec<&Pointer> = parts.iter().map(|(.., origin)| *origin).collect();
        let settled = scope.settle_wires(&wires, &origins, convert).into_iter().zip(parts);
        settled
            .map(|(name, (_, wire, origin))| name.unwrap_or_else(|name| self.claim(scope, name, wire, origin)))
            .collect()
    }

    /// What an operation is called, and what it sends where that is not the first of several bodies.
    fn operation_wire(&self, operation: &Operation) -> String {
        let wire = self.wire(&operation.origin, &operation.name);
        let said = operation.variant.iter().map(|variant| format!(" as {variant}")).collect::<String>();
        format!("{}{said}", wire.strip_suffix(&said).unwrap_or(wire))
    }

    /// The names of the requests. A schema is often called like the operation that takes it; then the request says that
    /// it is one.
    fn requests(&mut self, operations: &[&Operation]) -> Vec<String> {
        let wires: Vec<String> = operations.iter().map(|operation| self.operation_wire(operation)).collect();
        let origins: Vec<&Pointer> = operations.iter().map(|operation| &operation.origin).collect();
        let mut types = std::mem::take(&mut self.types);
        let settled = types.settle(&origins, |index, turn| {
            let wire = &wires[index];
            Some(case::ty(&match turn {
                0 => wire.clone(),
                1 => format!("{wire} request"),
                2 => format!("{wire} operation"),
                turn => format!("{} request", case::spelling(wire, turn - 1)?),
            }))
        });
        let named = settled.into_iter().zip(operations).map(|(name, operation)| {
            name.unwrap_or_else(|name| self.claim(&mut types, name, &operation.id, &operation.origin))
        });
        let named = named.collect();
        self.types = types;
        named
    }

    fn operation(&mut self, id: OperationId, operation: &Operation, request: String) -> OperationName {
        let wire = self.operation_wire(operation);
        let method = match (&self.api.layout, operation.role.as_str()) {
            (Layout::Tree, Some(word)) => match &operation.variant {
                Some(variant) => case::value(&format!("{word} as {variant}")),
                None => word.to_owned(),
            },
            _ => self.among(self.api.client_resource(id).0, operation, &wire),
        };
        let mut scope = NameScope::default();
        let params = self.params(&mut scope, operation);
        let answer = match operation.response_body() {
            ResponseBody::ByStatus(_) => self.answer(operation, &request),
            _ => String::new(),
        };
        let alternatives = self.alternatives(&mut scope, operation);
        OperationName { request, method, params, response_enum: answer, alternatives }
    }

    /// The name of an answer that differs by status.
    fn answer(&mut self, operation: &Operation, request: &str) -> String {
        let words = ["Answer", "Outcome", "Reply"].map(|word| format!("{request}{word}"));
        let name = words.iter().find(|word| !self.types.has(word)).unwrap_or(&words[0]).clone();
        let mut types = std::mem::take(&mut self.types);
        let name = self.claim(&mut types, name, &operation.id, &operation.origin);
        self.types = types;
        name
    }

    /// Returns the names of the methods that ask for other media types. A name consists of the subtype; names that would be
    /// equal include more of the media type.
    fn alternatives(&mut self, scope: &mut NameScope, operation: &Operation) -> Vec<String> {
        let others: Vec<&Alternative> = operation.alternatives().collect();
        let origins: Vec<&Pointer> = others.iter().map(|other| &other.origin).collect();
        let asked = operation.success_responses_with_body().filter_map(|response| response.media_types.first());
        let asked: HashSet<(&str, String)> = asked.map(|name| (name.as_str(), media_type_essence(name))).collect();
        let settled = scope.settle(&origins, |index, turn| {
            let name = others[index].media_types.first().map_or("", String::as_str);
            let essence = media_type_essence(name);
            let (kind, subtype) = essence.split_once('/').unwrap_or(("", &essence));
            // A media type that differs from a default one only in its parameters is named after them.
            let version = asked.iter().any(|(first, known)| *first != name && *known == essence);
            let words = match (turn, subtype) {
                (0 | 1, _) if version => String::new(),
                (0, "*") => kind.to_owned(),
                (0, subtype) => subtype.to_owned(),
                (1, subtype) => format!("{kind} {subtype}"),
                (2, _) => name.to_owned(),
                (turn, _) => case::spelling(name, turn - 2)?,
            };
            if words.is_empty() {
                return Some(words);
            }
            Some(case::escape(case::value(&format!("as {words}")), reserved::is_request_method))
        });
        let named = settled.into_iter().zip(&others);
        named.map(|(name, other)| name.unwrap_or_else(|name| self.claim(scope, name, "as", &other.origin))).collect()
    }

    /// The names of what an operation takes. Of two that would be called alike, each says where it goes.
    fn params(&mut self, scope: &mut NameScope, operation: &Operation) -> Vec<String> {
        let plain = |param: &Param| self.api.is_request_argument(param).then(|| case::value(&param.wire));
        let named: Vec<_> = operation.params.iter().map(plain).collect();
        let mut places: HashMap<&String, HashSet<ParamLocation>> = HashMap::new();
        for (param, name) in operation.params.iter().zip(&named) {
            if let Some(name) = name {
                places.entry(name).or_default().insert(param.location);
            }
        }
        let is_reserved = match operation.paging {
            Some(_) => reserved::is_list_method,
            None => reserved::is_request_method,
        };
        // Beside the method `limit`, a parameter `limit_` would be taken for the same.
        let page_size = operation.paging.as_ref().and_then(|paging| paging.page_size.as_ref()).map(|(wire, _)| wire);
        let is_free = !named.iter().flatten().any(|name| name == "page_size");
        let sizes = |wire: &String| page_size == Some(wire) && is_free && is_reserved(&case::value(wire));
        let wires = operation.params.iter().zip(&named).map(|(param, name)| {
            if param.location == ParamLocation::Query && sizes(&param.wire) {
                return "page_size".to_owned();
            }
            match name.as_ref().is_some_and(|name| places[name].len() > 1) {
                true => format!("{}_{}", param.wire, param.location.as_str()),
                false => param.wire.clone(),
            }
        });
        let wires: Vec<String> = wires.collect();
        // What fills the path of a handle is no argument, and takes no name from another.
        let all = || operation.params.iter().zip(&wires).filter(|(param, _)| self.api.is_request_argument(param));
        let is_body = |param: &Param| matches!(param.location, ParamLocation::Body(_));
        let parts = all().filter(|(param, _)| !is_body(param)).map(|(param, wire)| (wire.as_str(), &param.origin));
        let mut names = self.parts(scope, parts, |wire| case::escape(case::value(wire), is_reserved)).into_iter();
        let body = free(scope, &["body", "request_body", "whole_body"]);
        let name = |param: &Param| match param.location {
            _ if !self.api.is_request_argument(param) => case::value(&param.wire),
            ParamLocation::Body(_) => body.clone(),
            _ => names.next().unwrap_or_default(),
        };
        operation.params.iter().map(name).collect()
    }

    fn claim_type(&mut self, ident: String, wire: &str, origin: &Pointer) -> String {
        let mut types = std::mem::take(&mut self.types);
        let ident = self.claim(&mut types, ident, wire, origin);
        self.types = types;
        ident
    }

    fn claim(&mut self, scope: &mut NameScope, ident: String, wire: &str, origin: &Pointer) -> String {
        if let Err(first) = scope.claim(&ident, origin) {
            self.collision(wire, &ident, first, origin);
        }
        ident
    }

    /// Reports that something would be called like what has taken its name first.
    fn collision(&mut self, wire: &str, ident: &str, first: Pointer, origin: &Pointer) {
        let message = format!("`{wire}` has the same Rust name `{ident}` as another item");
        let diagnostic = Diagnostic::error(code::NAME_COLLISION, Location::Key(origin.clone()), message)
            .related(Location::Key(first), format!("this item has the name `{ident}`"))
            .help(format!("rename one of them in codegen.toml: `[[rename]]` with `at = \"{origin}\"`"));
        self.diagnostics.push(diagnostic);
    }
}
