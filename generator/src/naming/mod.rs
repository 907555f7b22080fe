//! Maps wire names to Rust names, in tables next to the IR.
//!
//! A name is converted to the case of its item, escaped, and claimed in its scope. If two items of a scope would get
//! the same name, both get longer names. If the longest names are equal, the collision is reported with both locations.
//! Names are never distinguished by numbers.

pub mod case;
pub(crate) mod dump;
pub mod file;
pub(crate) mod model_modules;
mod operations;
mod renames;
mod reserved;
pub(crate) mod resources;
pub(crate) mod scope;
mod type_lines;
mod types;
mod webhooks;

use std::collections::HashMap;

use crate::analyze::Analysis;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::ir::{Api, Operation, OperationId, ResourceId, TypeId};
use crate::source::Pointer;
use scope::NameScope;

/// The Rust names of an API.
#[derive(Debug, Default)]
pub struct Names {
    types: Vec<TypeName>,
    operations: Vec<OperationName>,
    resources: Vec<ResourceName>,
    webhooks: Vec<WebhookName>,
}

/// The names of a type and its members.
#[derive(Debug, Default)]
pub struct TypeName {
    /// The name of the type.
    pub ident: String,
    /// The module.
    pub module: String,
    /// Whether the module has the name of this type.
    pub is_module_owner: bool,
    /// The fields of a struct or the variants of an enum, in order.
    pub members: Vec<String>,
    /// The variant of an enum for unknown values.
    pub unknown: String,
    /// The field of a struct for additional properties.
    pub additional: String,
}

/// The names of an operation.
#[derive(Clone, Debug, Default)]
pub struct OperationName {
    /// The name of the request type.
    pub request: String,
    /// The name of the method that creates the request.
    pub method: String,
    /// The names of the parameters, in order.
    pub params: Vec<String>,
    /// The name of the response enum, if the response type depends on the status.
    pub response_enum: String,
    /// The names of the methods that request other media types than the default, in order.
    pub alternatives: Vec<String>,
    /// The name of the method of the handle that requests a stream. The name is empty if no property of the request asks for a
    /// stream, or if all candidates are used.
    pub stream_method: String,
}

/// The names of a resource.
#[derive(Clone, Debug, Default)]
pub struct ResourceName {
    /// The module.
    pub module: String,
    /// The type of the handle of the collection.
    pub collection: String,
    /// The type of the handle of an instance.
    pub instance: String,
    /// The method of the parent's handle that returns the handle of the collection.
    pub collection_method: String,
    /// The method of the parent's handle that returns the handle of an instance.
    pub instance_method: String,
    /// The name of a variable in examples that holds an instance.
    pub instance_value: String,
    /// The cargo feature of the resource. It is empty for the root, whose code is always compiled.
    pub feature: String,
    /// The prefix of the names of the children.
    child_prefix: String,
}

/// The names of the webhooks of the document or of a callback.
#[derive(Clone, Debug, Default)]
pub struct WebhookName {
    /// The module inside the module `webhooks`. It is empty for the webhooks of the document.
    pub module: String,
    /// The enum of the events.
    pub ident: String,
    /// The type of the receiver.
    pub receiver: String,
    /// The variants of the events, in order.
    pub variants: Vec<String>,
    /// The variant for unknown events.
    pub unknown: String,
    /// The types of the responses to the events, in order. Events with the same responses have the same type. The string is empty
    /// for an event whose responses have no type.
    pub replies: Vec<String>,
}

impl Names {
    /// Returns the names of the webhooks, in the order of the groups.
    pub fn webhooks(&self) -> &[WebhookName] {
        &self.webhooks
    }

    /// Returns the names of a type.
    pub fn ty(&self, id: TypeId) -> &TypeName {
        &self.types[id.index()]
    }

    /// Returns the names of an operation.
    pub fn operation(&self, id: OperationId) -> &OperationName {
        &self.operations[id.index()]
    }

    /// Returns whether all names are ASCII.
    pub fn are_all_ascii(&self) -> bool {
        let types = self.types.iter().flat_map(|name| name.members.iter().chain([&name.ident, &name.module]));
        let operations = self
            .operations
            .iter()
            .flat_map(|name| name.params.iter().chain([&name.request, &name.method, &name.response_enum]));
        let resources = self.resources.iter().flat_map(|name| {
            let methods = [&name.collection_method, &name.instance_method];
            [&name.module, &name.collection, &name.instance, &name.instance_value].into_iter().chain(methods)
        });
        let webhooks = self.webhooks.iter();
        let webhooks = webhooks.flat_map(|name| name.variants.iter().chain([&name.ident, &name.module]));
        types.chain(operations).chain(resources).chain(webhooks).all(|name| name.is_ascii())
    }

    /// Returns whether a parameter or a field has a name that Clippy rejects as a placeholder.
    pub fn contain_placeholders(&self) -> bool {
        let fields = self.types.iter().flat_map(|name| &name.members);
        let mut names = fields.chain(self.operations.iter().flat_map(|name| &name.params));
        names.any(|name| matches!(name.as_str(), "foo" | "baz" | "quux"))
    }

    /// Returns the names of a resource.
    pub fn resource(&self, id: ResourceId) -> &ResourceName {
        &self.resources[id.index()]
    }
}

/// Names all items of an API.
pub fn name(api: &Api, analysis: &Analysis, config: &Config, diagnostics: &mut Diagnostics) -> Names {
    // If there are two new names for a location, the first is used. The map keeps the last value of a key, so the order
    // is reversed.
    let renames = config.rename.iter().rev().map(|rename| (rename.at.get_ref().as_str(), rename.to.as_str())).collect();
    let (type_scope, resource_modules, model_modules) = Default::default();
    let mut naming =
        Naming { api, analysis, config, diagnostics, renames, type_scope, resource_modules, model_modules };
    naming.check_renames();
    let types = naming.type_names();
    let operations = naming.operation_names();
    let resources = naming.resource_names();
    let webhooks = naming.webhook_names();
    let mut names = Names { types, operations, resources, webhooks };
    naming.name_methods(&mut names);
    naming.label_operation_ids(&names);
    names
}

/// Returns the module of an operation in the folder of its resource. `request` is the request type of the operation,
/// and `resource` is the module of the resource.
pub fn operation_module(request: &str, resource: &str) -> String {
    let name = case::value_name(request);
    // The module must not have the name of an item in it or of a module around it.
    let is_taken =
        name == request || name == resource || matches!(name.as_str(), "runtime" | "models" | "resources" | "client");
    let name = if is_taken { format!("{name}_") } else { name };
    file::module_names(&name).next().unwrap_or_else(|| name.clone())
}

/// Returns distinct method names for items with distinct wire names.
pub fn method_names(wires: &[String]) -> Vec<String> {
    let origin = Pointer::root();
    let claimed = NameScope::default().claim_wires(wires, &vec![&origin; wires.len()], case::value_name);
    claimed.into_iter().map(|(Ok(name) | Err(name))| name).collect()
}

/// Returns the first candidate that is not in the scope. If all are in the scope, returns the last candidate with a
/// trailing underscore.
fn first_free(scope: &NameScope, candidates: &[&str]) -> String {
    let fallback = candidates.last().map(|last| format!("{last}_")).unwrap_or_default();
    candidates.iter().find(|name| !scope.has(name)).map_or(fallback, |name| (*name).to_owned())
}

struct Naming<'a> {
    api: &'a Api,
    analysis: &'a Analysis,
    config: &'a Config,
    diagnostics: &'a mut Diagnostics,
    /// The names from the configuration, by location.
    renames: HashMap<&'a str, &'a str>,
    /// The scope of all types of the generated crate. All types share one scope, because a program may import any two
    /// of them into the same file.
    type_scope: NameScope,
    /// The modules of the resources, in their [case-folded](crate::file_names::fold_case) form.
    resource_modules: NameScope,
    /// The modules of the types, by their [case-folded](crate::file_names::fold_case) form.
    model_modules: HashMap<String, String>,
}

impl Naming<'_> {
    /// Returns the names of all operations. Equivalent operations have the same names.
    fn operation_names(&mut self) -> Vec<OperationName> {
        let is_representative = |id: OperationId| self.analysis.equivalent_operation(id) == id;
        let representatives: Vec<(OperationId, &Operation)> =
            self.api.operations.iter().filter(|(id, _)| is_representative(*id)).collect();
        let operations: Vec<&Operation> = representatives.iter().map(|(_, operation)| *operation).collect();
        let requests = self.request_types(&operations);
        let mut names: Vec<OperationName> = vec![OperationName::default(); self.api.operations.len()];
        for ((id, operation), request) in representatives.into_iter().zip(requests) {
            names[id.index()] = self.operation_name(id, operation, request);
        }
        let ids = self.api.operations.iter().map(|(id, _)| id);
        ids.map(|id| names[self.analysis.equivalent_operation(id).index()].clone()).collect()
    }

    /// Returns the names of all resources, without the names of the methods that return their handles.
    fn resource_names(&mut self) -> Vec<ResourceName> {
        let mut names = vec![None; self.api.client_resources().len()];
        for (id, _) in self.api.client_resources().iter() {
            self.resource_with_parents(id, &mut names);
        }
        names.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// Adds the names of the generated methods to the labels of diagnostics about missing and repeated operation ids.
    fn label_operation_ids(&mut self, names: &Names) {
        let (mut missing_id_labels, mut repeated_id_labels) = (HashMap::new(), HashMap::new());
        for (id, operation) in self.api.operations.iter() {
            let method = &names.operation(id).method;
            let location = Location::Key(operation.origin.clone());
            missing_id_labels.entry(location).or_insert_with(|| format!("the generated method is `{method}`"));
            let location = Location::Value(operation.origin.child("operationId"));
            repeated_id_labels.entry(location).or_insert_with(|| format!("this operation has the method `{method}`"));
        }
        self.diagnostics.relabel(code::MISSING_OPERATION_ID, &missing_id_labels);
        self.diagnostics.relabel(code::DUPLICATE_OPERATION_ID, &repeated_id_labels);
    }

    /// Returns the names of the members of a type or the parameters of an operation, and claims the names in the scope.
    fn member_names<'p>(
        &mut self,
        scope: &mut NameScope,
        members: impl Iterator<Item = (&'p str, &'p Pointer)>,
        convert: impl Fn(&str) -> String,
    ) -> Vec<String> {
        let members: Vec<(String, &str, &Pointer)> =
            members.map(|(wire, origin)| (self.configured_name(origin, wire).to_owned(), wire, origin)).collect();
        let names: Vec<String> = members.iter().map(|(name, ..)| name.clone()).collect();
        let origins: Vec<&Pointer> = members.iter().map(|(.., origin)| *origin).collect();
        let claimed = scope.claim_wires(&names, &origins, convert).into_iter().zip(members);
        claimed
            .map(|(name, (_, wire, origin))| name.unwrap_or_else(|name| self.claim(scope, name, wire, origin)))
            .collect()
    }

    /// Calls a function with a mutable reference to the scope of all types.
    fn with_type_scope<T>(&mut self, call: impl FnOnce(&mut Self, &mut NameScope) -> T) -> T {
        let mut type_scope = std::mem::take(&mut self.type_scope);
        let result = call(self, &mut type_scope);
        self.type_scope = type_scope;
        result
    }

    /// Claims the name of a type, or reports the collision.
    fn claim_type(&mut self, ident: String, wire: &str, origin: &Pointer) -> String {
        self.with_type_scope(|naming, type_scope| naming.claim(type_scope, ident, wire, origin))
    }

    /// Claims a name in a scope, or reports the collision.
    fn claim(&mut self, scope: &mut NameScope, ident: String, wire: &str, origin: &Pointer) -> String {
        if let Err(first) = scope.claim(&ident, origin) {
            self.report_collision(wire, &ident, first, origin);
        }
        ident
    }

    /// Reports that an item would get the name of another item at the location `first`.
    fn report_collision(&mut self, wire: &str, ident: &str, first: Pointer, origin: &Pointer) {
        let message = format!("`{wire}` has the same Rust name `{ident}` as another item");
        let diagnostic = Diagnostic::error(code::NAME_COLLISION, Location::Key(origin.clone()), message)
            .related(Location::Key(first), format!("this item has the name `{ident}`"))
            .help(format!("rename one of the items in codegen.toml: `[[rename]]` with `at = \"{origin}\"`"));
        self.diagnostics.push(diagnostic);
    }
}
