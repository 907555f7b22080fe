//! Wire names to Rust identifiers: a table beside the representation.
//!
//! A name is converted to its case, escaped, and claimed in its scope. Two things that come to the same name in one
//! scope are reported with both places; nothing is told apart by a number behind it.

pub mod case;
mod family;
mod outline;
mod reserved;
mod scope;

use std::collections::HashMap;

use crate::analyze::Analysis;
use crate::config::Config;
use crate::diag::{Diagnostic, Diagnostics, Place, code};
use crate::ir::{Api, Operation, OperationId, Param, ParamPlace, Resource, ResourceId, Shape, Side, TypeId};
use crate::source::Pointer;
use scope::Scope;

/// What everything is called in Rust.
#[derive(Debug, Default)]
pub struct Names {
    types: Vec<TypeName>,
    operations: Vec<OperationName>,
    resources: Vec<ResourceName>,
}

/// What a type and its parts are called.
#[derive(Debug, Default)]
pub struct TypeName {
    /// The type itself.
    pub ident: String,
    /// The module that it stands in.
    pub module: String,
    /// Whether the module is called after it.
    pub head: bool,
    /// Its fields or variants, in their order.
    pub parts: Vec<String>,
    /// The variant of an enum that holds what the document does not list.
    pub unknown: String,
    /// The field of a record that holds the members that the document does not name.
    pub additional: String,
}

/// What an operation is called.
#[derive(Clone, Debug, Default)]
pub struct OperationName {
    /// The type of its requests.
    pub request: String,
    /// The method of the handle that begins it.
    pub method: String,
    /// Its parameters, in their order.
    pub params: Vec<String>,
}

/// What a resource is called.
#[derive(Clone, Debug, Default)]
pub struct ResourceName {
    /// The module that it stands in.
    pub module: String,
    /// The handle of the whole.
    pub collection: String,
    /// The handle of one of its instances.
    pub instance: String,
    /// The method of the parent's handle that leads to the whole.
    pub collection_method: String,
    /// The method of the parent's handle that leads to an instance.
    pub instance_method: String,
    /// What an instance is called where it is a value.
    pub one: String,
    /// The feature of the crate that it belongs to; empty for the root, which is always there.
    pub feature: String,
    /// What the names of what stands below the whole begin with.
    whole: String,
}

impl Names {
    /// What a type is called.
    pub fn ty(&self, id: TypeId) -> &TypeName {
        &self.types[id.index()]
    }

    /// What an operation is called.
    pub fn operation(&self, id: OperationId) -> &OperationName {
        &self.operations[id.index()]
    }

    /// What a resource is called.
    pub fn resource(&self, id: ResourceId) -> &ResourceName {
        &self.resources[id.index()]
    }
}

/// Names everything in an API.
pub fn name(api: &Api, analysis: &Analysis, config: &Config, diagnostics: &mut Diagnostics) -> Names {
    let mut naming = Naming { api, config, diagnostics, types: Scope::default(), modules: Scope::default() };
    naming.check_renames();
    let heads = family::heads(api, analysis);
    let idents = naming.type_idents(analysis);
    let types = api.types.iter().zip(idents);
    let types = types.map(|((id, _), ident)| naming.ty(id, ident, heads[id.index()], analysis)).collect();
    let mut names = Names { types, operations: Vec::new(), resources: Vec::new() };
    let operations: Vec<_> = api
        .operations
        .iter()
        .map(|(id, operation)| (analysis.twin_operation(id) == id).then(|| naming.operation(operation)))
        .collect();
    let twin = |(id, _)| operations[analysis.twin_operation(id).index()].clone().unwrap_or_default();
    names.operations = api.operations.iter().map(twin).collect();
    let mut resources = vec![None; api.resources.len()];
    for (id, _) in api.resources.iter() {
        naming.resource_and_before(id, analysis, &mut resources);
    }
    names.resources = resources.into_iter().map(Option::unwrap_or_default).collect();
    naming.methods(&names, analysis);
    names
}

/// The first of the words that no name in the scope is, or the last with an underscore behind it.
fn free(scope: &Scope, words: &[&str]) -> String {
    let last = words.last().map(|last| format!("{last}_")).unwrap_or_default();
    words.iter().find(|word| !scope.has(word)).map_or(last, |word| (*word).to_owned())
}

/// The names as `convert` has them. Those that would come to the same are spelled out: first the signs in front, then all
/// signs, then the case. One that is written in the document as it is to be called stays as it is.
fn distinct(wires: &[String], convert: fn(&str) -> String) -> Vec<String> {
    let mut names: Vec<String> = wires.iter().map(|wire| convert(wire)).collect();
    for spell in [case::lead, case::spelled, case::spelled_with_case] {
        let mut count: HashMap<String, usize> = HashMap::new();
        names.iter().for_each(|name| *count.entry(name.clone()).or_default() += 1);
        for (name, wire) in names.iter_mut().zip(wires).filter(|(name, wire)| name != wire) {
            if count.get(name.as_str()).is_some_and(|count| *count > 1) {
                *name = convert(&spell(wire));
            }
        }
    }
    names
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

struct Naming<'a> {
    api: &'a Api,
    config: &'a Config,
    diagnostics: &'a mut Diagnostics,
    /// All types of the generated crate, so that any two may be imported side by side.
    types: Scope,
    /// The modules of the resources.
    modules: Scope,
}

impl Naming<'_> {
    /// The name that the configuration gives to a place, or the one it has.
    fn wire<'n>(&'n self, origin: &Pointer, wire: &'n str) -> &'n str {
        let at = origin.to_string();
        let renamed = self.config.rename.iter().find(|rename| *rename.at.get_ref() == at);
        renamed.map_or(wire, |rename| &rename.to)
    }

    fn check_renames(&mut self) {
        for rename in &self.config.rename {
            let at = rename.at.get_ref().as_str();
            let known = self.api.types.iter().any(|(_, def)| {
                let parts = match &def.shape {
                    Shape::Record(record) => record.fields.iter().map(|field| &field.origin).collect(),
                    Shape::StringEnum(variants) => variants.iter().map(|variant| &variant.origin).collect(),
                    Shape::ValueEnum(values) => values.values.iter().map(|literal| &literal.origin).collect(),
                    Shape::Union(union) => union.variants.iter().map(|variant| &variant.origin).collect(),
                    _ => Vec::new(),
                };
                def.origin.to_string() == at || parts.into_iter().any(|origin| origin.to_string() == at)
            }) || self.api.operations.iter().any(|(_, operation)| {
                let mut params = operation.params.iter();
                operation.origin.to_string() == at || params.any(|param| param.origin.to_string() == at)
            });
            if !known {
                let diagnostic = Diagnostic::error(
                    code::CONFIG_VALUE,
                    Place::Config(rename.at.span()),
                    format!("nothing that has a name stands at `{at}`"),
                );
                self.diagnostics.push(diagnostic.help("name a schema, a property, an operation or a parameter"));
            }
        }
    }

    /// The names of the types: first of those that have one in the document, then of those that are called after where
    /// they stand. One of these whose name is taken says what it is.
    fn type_idents(&mut self, analysis: &Analysis) -> Vec<String> {
        let used: Vec<_> = self.api.types.iter().filter(|(id, _)| analysis.of(*id).used).collect();
        let (named, inline): (Vec<_>, Vec<_>) = used.into_iter().partition(|(_, def)| def.name.len() == 1);
        let wires: Vec<String> = named.iter().map(|(_, def)| self.wire(&def.origin, &def.name[0]).to_owned()).collect();
        let mut idents = vec![String::new(); self.api.types.len()];
        for ((id, def), ident) in named.into_iter().zip(distinct(&wires, case::ty)) {
            let ident = self.nameless(ident, &def.name[0], &def.origin);
            idents[id.index()] = self.claim_type(ident, &def.name[0], &def.origin);
        }
        for (id, def) in inline {
            let wire = def.name.join(" ");
            let ident = self.nameless(case::ty(&wire), &wire, &def.origin);
            let ident = match self.types.has(&ident) {
                true => case::ty(&format!("{wire} {}", kind(&def.shape))),
                false => ident,
            };
            idents[id.index()] = self.claim_type(ident, &wire, &def.origin);
        }
        idents
    }

    fn ty(&mut self, id: TypeId, ident: String, head: TypeId, analysis: &Analysis) -> TypeName {
        let def = &self.api.types[id];
        if !analysis.of(id).used {
            return TypeName::default();
        }
        let module = match (&def.shape, def.name.len()) {
            (Shape::Newtype(_) | Shape::Alias(_), 1) => "newtypes".to_owned(),
            _ => match case::value(self.api.types[head].name.first().map_or("", String::as_str)) {
                module if module == "newtypes" => "newtypes_".to_owned(),
                module => module,
            },
        };
        // Names without cases are the same for both, and a type and a module cannot share one.
        let module = if module == ident { format!("{module}_") } else { module };
        let mut scope = Scope::default();
        let mut parts = Vec::new();
        let (mut unknown, mut additional) = (String::new(), String::new());
        match &def.shape {
            Shape::Record(record) => {
                let fields = record.fields.iter().map(|field| (field.wire.as_str(), &field.origin));
                parts = self.parts(&mut scope, fields, case::value);
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
        TypeName { ident, module, head: head == id, parts, unknown, additional }
    }

    /// The names of the parts of a type.
    fn parts<'p>(
        &mut self,
        scope: &mut Scope,
        parts: impl Iterator<Item = (&'p str, &'p Pointer)>,
        convert: fn(&str) -> String,
    ) -> Vec<String> {
        let parts: Vec<(String, &str, &Pointer)> =
            parts.map(|(wire, origin)| (self.wire(origin, wire).to_owned(), wire, origin)).collect();
        let wires: Vec<String> = parts.iter().map(|(name, ..)| name.clone()).collect();
        let names = distinct(&wires, convert);
        let claimed = names.into_iter().zip(parts);
        claimed
            .map(|(name, (_, wire, origin))| {
                let name = self.nameless(name, wire, origin);
                self.claim(scope, name, wire, origin)
            })
            .collect()
    }

    fn operation(&mut self, operation: &Operation) -> OperationName {
        let mut wire = self.wire(&operation.origin, &operation.id).to_owned();
        let said = operation.variant.iter().map(|variant| format!(" as {variant}")).collect::<String>();
        if !wire.ends_with(&said) {
            wire += &said;
        }
        let ident = self.nameless(case::ty(&wire), &wire, &operation.origin);
        // A schema is often called like the operation that takes it; then the request says that it is one.
        let others = ["request", "operation"].map(|word| case::ty(&format!("{wire} {word}")));
        let mut free = [&ident].into_iter().chain(&others).filter(|ident| !self.types.has(ident));
        let ident = free.next().unwrap_or(&ident).clone();
        let request = self.claim_type(ident, &wire, &operation.origin);
        let method = match (operation.role.as_str(), &operation.variant) {
            (Some(word), None) => word.to_owned(),
            (Some(word), Some(variant)) => case::value(&format!("{word} as {variant}")),
            (None, _) => case::value(&wire),
        };
        let mut scope = Scope::default();
        let params = self.params(&mut scope, operation);
        OperationName { request, method, params }
    }

    /// The names of what an operation takes. Of two that would be called alike, each says where it goes.
    fn params(&mut self, scope: &mut Scope, operation: &Operation) -> Vec<String> {
        let plain = |param: &Param| (param.place != ParamPlace::Path).then(|| case::value(&param.wire));
        let named: Vec<_> = operation.params.iter().map(plain).collect();
        let wires = operation.params.iter().zip(&named).map(|(param, name)| {
            let twin = |(other, known): (&Param, &Option<String>)| known == name && other.place != param.place;
            match name.is_some() && operation.params.iter().zip(&named).any(twin) {
                true => format!("{}_{}", param.wire, param.place.as_str()),
                false => param.wire.clone(),
            }
        });
        let wires: Vec<String> = wires.collect();
        // What stands in the path is no argument, and takes no name from another.
        let given = || operation.params.iter().zip(&wires).filter(|(param, _)| param.place != ParamPlace::Path);
        let is_body = |param: &Param| matches!(param.place, ParamPlace::Body(_));
        let parts = given().filter(|(param, _)| !is_body(param)).map(|(param, wire)| (wire.as_str(), &param.origin));
        let mut names =
            self.parts(scope, parts, |wire| case::escape(case::value(wire), reserved::is_request_method)).into_iter();
        let body = free(scope, &["body", "request_body", "whole_body"]);
        let name = |param: &Param| match param.place {
            ParamPlace::Path => case::value(&param.wire),
            ParamPlace::Body(_) => body.clone(),
            _ => names.next().unwrap_or_default(),
        };
        operation.params.iter().map(name).collect()
    }

    /// Names a resource, after those that its name is made of: what it stands under, and its twin.
    fn resource_and_before(&mut self, id: ResourceId, analysis: &Analysis, known: &mut [Option<ResourceName>]) {
        if known[id.index()].is_some() {
            return;
        }
        let resource = &self.api.resources[id];
        let Some((parent, side)) = resource.parent else {
            known[id.index()] = Some(self.root(resource));
            return;
        };
        let twin = analysis.twin(id);
        if twin != id {
            self.resource_and_before(twin, analysis, known);
            let (collection_method, instance_method) = self.ways(resource, parent);
            let twin = known[twin.index()].clone().unwrap_or_default();
            known[id.index()] = Some(ResourceName { collection_method, instance_method, ..twin });
            return;
        }
        self.resource_and_before(parent, analysis, known);
        let above = match (self.api.resources[parent].parent, side, &known[parent.index()]) {
            (Some(_), Side::Instance, Some(above)) => above.instance.trim_end_matches("Handle").to_owned(),
            (Some(_), Side::Collection, Some(above)) => above.whole.clone(),
            _ => String::new(),
        };
        known[id.index()] = Some(self.resource(resource, parent, &above));
    }

    /// The root of the tree is the client.
    fn root(&mut self, resource: &Resource) -> ResourceName {
        let key = resource.key.as_ref().map_or("", |key| key.wire.as_str());
        let instance = format!("{}Handle", case::ty(key));
        ResourceName {
            module: "client".to_owned(),
            collection: "Client".to_owned(),
            instance: if resource.key.is_some() { self.claim_type(instance, key, &resource.origin) } else { instance },
            collection_method: String::new(),
            instance_method: case::value(key),
            one: "value".to_owned(),
            feature: String::new(),
            whole: String::new(),
        }
    }

    fn resource(&mut self, resource: &Resource, parent: ResourceId, above: &str) -> ResourceName {
        let segment = segment(resource);
        let one = case::singular(segment);
        let whole = case::ty(&format!("{above} {segment}"));
        let whole = self.nameless(whole, segment, &resource.origin);
        let single = case::ty(&format!("{above} {one} handle"));
        // A model may be called like the collection that holds it, and so may what every crate has.
        let suffix = if resource.key.is_some() { "collection" } else { "handle" };
        let collection = match self.types.has(&whole) || whole.ends_with('_') {
            true => case::ty(&format!("{above} {segment} {suffix}")),
            false => whole.clone(),
        };
        let collection = self.claim_type(collection, segment, &resource.origin);
        let instance = match resource.key {
            Some(_) => {
                let single = match self.types.has(&single) {
                    true => case::ty(&format!("{above} {one} instance handle")),
                    false => single,
                };
                self.claim_type(single, segment, &resource.origin)
            }
            None => single,
        };
        let module = case::value(&whole);
        // Where two modules collide the handles have, so it has been reported.
        let _ = self.modules.claim(&module, &resource.origin);
        let (collection_method, instance_method) = self.ways(resource, parent);
        let feature = case::escape(module.replace('_', "-"), reserved::is_feature);
        let one = case::value(&one);
        ResourceName { module, collection, instance, collection_method, instance_method, one, feature, whole }
    }

    /// The methods of the parent's handle that lead to the whole and to an instance.
    fn ways(&self, resource: &Resource, parent: ResourceId) -> (String, String) {
        let segment = segment(resource);
        let one = case::singular(segment);
        let collection = case::value(segment);
        let instance = match case::value(&one) {
            // Where only the key has a name, there is no whole to be told from.
            method if method == collection && !resource.segment.is_empty() => {
                let key = resource.key.as_ref().map_or("", |key| key.wire.as_str());
                case::value(&format!("{one} by {key}"))
            }
            method => method,
        };
        let top = self.api.resources[parent].parent.is_none();
        let free = |method| if top { case::escape(method, reserved::is_client_method) } else { method };
        (free(collection), free(instance))
    }

    /// The methods of a handle: what it can be asked, and what it leads to.
    fn methods(&mut self, names: &Names, analysis: &Analysis) {
        for (id, resource) in self.api.resources.iter().filter(|(id, _)| analysis.twin(*id) == *id) {
            for side in [Side::Collection, Side::Instance] {
                let mut scope = Scope::default();
                for operation in resource.operations.iter().copied() {
                    let described = &self.api.operations[operation];
                    if described.side() == side {
                        let method = names.operation(operation).method.clone();
                        self.claim(&mut scope, method, &described.id, &described.origin);
                    }
                }
                for (child, below) in self.api.resources.iter() {
                    if below.parent == Some((id, side)) {
                        let name = names.resource(child);
                        if self.api.serves(child, Side::Collection) {
                            self.claim(&mut scope, name.collection_method.clone(), &below.segment, &below.origin);
                        }
                        if below.key.is_some() {
                            self.claim(&mut scope, name.instance_method.clone(), &below.segment, &below.origin);
                        }
                    }
                }
            }
        }
    }

    fn nameless(&mut self, ident: String, wire: &str, origin: &Pointer) -> String {
        if ident.is_empty() {
            let message = format!("`{wire}` has no letter or digit that a name could be made of");
            let help = format!("name it in codegen.toml: `[[rename]]` with `at = \"{origin}\"`");
            self.diagnostics.push(Diagnostic::error(code::NAMELESS, Place::Key(origin.clone()), message).help(help));
            return "nameless".to_owned();
        }
        ident
    }

    fn claim_type(&mut self, ident: String, wire: &str, origin: &Pointer) -> String {
        let mut types = std::mem::take(&mut self.types);
        let ident = self.claim(&mut types, ident, wire, origin);
        self.types = types;
        ident
    }

    fn claim(&mut self, scope: &mut Scope, ident: String, wire: &str, origin: &Pointer) -> String {
        if let Err(first) = scope.claim(&ident, origin) {
            let message = format!("`{wire}` would be called `{ident}`, and so is something else");
            let diagnostic = Diagnostic::error(code::NAME_COLLISION, Place::Key(origin.clone()), message)
                .related(Place::Key(first), format!("this is called `{ident}` already"))
                .help(format!("give one of them another name in codegen.toml: `[[rename]]` with `at = \"{origin}\"`"));
            self.diagnostics.push(diagnostic);
        }
        ident
    }
}

/// What a resource is called in paths; the name of its key where two placeholders follow each other.
fn segment(resource: &Resource) -> &str {
    match (&resource.key, resource.segment.as_str()) {
        (Some(key), "") => &key.wire,
        (_, segment) => segment,
    }
}
