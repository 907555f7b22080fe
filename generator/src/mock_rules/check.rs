//! Checks that the resources, properties and parameters in the rules of `[mock]` exist in the document.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, RuleSet, Spanned};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::ir::{Api, Field, Operation, ParamLocation, Record, ResourceId, Role, Shape, TypeId, TypeRef};
use crate::mock_rules::{
    accepts_parameter, most_specific, object_type, parameters, parent_property, path_below, property, resources_at,
};

/// Reports names in `[[mock.rules]]` that do not exist in the document.
pub(super) fn check(
    config: &Config,
    api: &Api,
    collections: &BTreeMap<String, ResourceId>,
    diagnostics: &mut Diagnostics,
) {
    for rule_set in &config.mock.rules {
        with_resources(api, collections, &rule_set.at, diagnostics, |checker| checker.check_rules(rule_set));
    }
}

/// Calls `check` with a checker for the resources that the entries of `at` refer to. Reports unknown resources.
pub(super) fn with_resources(
    api: &Api,
    collections: &BTreeMap<String, ResourceId>,
    at: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
    check: impl FnOnce(&mut Checker<'_>),
) {
    let mut resources = Vec::new();
    let mut checker = Checker { api, collections, resources: &[], diagnostics };
    for at in at {
        let resources_of_entry = resources_at(api, collections, at.get_ref());
        if resources_of_entry.is_empty() {
            checker.report_unknown_resource(at);
        }
        resources.extend(resources_of_entry);
    }
    if !resources.is_empty() {
        check(&mut Checker { resources: &resources, ..checker });
    }
}

/// A checker for one table of `[mock]`.
pub(super) struct Checker<'a> {
    pub(super) api: &'a Api,
    /// The collections of the API, by their paths.
    pub(super) collections: &'a BTreeMap<String, ResourceId>,
    /// The resources that the rules apply to, with their paths.
    pub(super) resources: &'a [(String, ResourceId)],
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl<'a> Checker<'a> {
    fn check_rules(&mut self, rule_set: &RuleSet) {
        let api = self.api;
        for name in rule_set.unique.iter().chain(&rule_set.lookup) {
            self.property(name, name.get_ref());
        }
        for name in &rule_set.json {
            if self.property(name, name.get_ref()).is_some_and(|field| !is_string(api, &field.ty)) {
                self.report(
                    name,
                    format!("the property `{}` is not a string in the document", name.get_ref()),
                    "choose a string property".to_owned(),
                );
            }
        }
        for (name, first) in &rule_set.counters {
            if self.property(first, name).is_some_and(|field| !is_integer(api, &field.ty)) {
                self.report(
                    first,
                    format!("the property `{name}` is not an integer in the document"),
                    "choose an integer property".to_owned(),
                );
            }
        }
        for (name, value) in &rule_set.defaults {
            if self.property(value, name).is_some_and(|field| !accepts(api, &field.ty, value.get_ref())) {
                let message = format!("the default of `{name}` does not match its schema");
                self.report(value, message, "write a value that the schema of the property allows".to_owned());
            }
        }
        for filter in &rule_set.filters {
            self.check_query_parameter(&filter.parameter);
            self.property(&filter.property, filter.property.get_ref());
        }
        for order in &rule_set.newest_first {
            self.check_query_parameter(&order.parameter);
        }
        for name in rule_set.exactly_one.iter().chain(&rule_set.at_most_one).flatten() {
            self.check_parameter(name);
        }
        self.check_target_collections(&rule_set.stored_at, &[]);
        for part in &rule_set.parts {
            self.check_parameter(&part.parameter);
            self.check_part_collections(rule_set, &part.to);
        }
        for copies in &rule_set.copies {
            let found_parameters: Vec<&str> = copies.find.keys().map(String::as_str).collect();
            self.check_target_collections(&copies.to, &found_parameters);
            for (name, from) in &copies.find {
                if !copies.to.iter().any(|to| parameters(to.get_ref()).any(|parameter| parameter == name)) {
                    let message = format!("`{name}` is not a parameter of a path in `to`");
                    self.report(from, message, "use the name of a parameter of the path in `to`".to_owned());
                }
                self.property(from, from.get_ref());
            }
            for (name, from) in &copies.set {
                self.check_copied_property(copies.to.iter().map(Spanned::get_ref), name, from);
            }
        }
    }

    /// Checks the paths `to` of the collections for child records. Each collection that stores the parent records must
    /// have one of these collections directly below it.
    fn check_part_collections(&mut self, rule_set: &RuleSet, to: &[Spanned<String>]) {
        let unknown_path = to.iter().find(|path| !self.collections.contains_key(path.get_ref()));
        if let Some(path) = unknown_path {
            return self.report_unknown_resource(path);
        }
        let same_path = self.resources.iter().map(|(path, _)| path).filter(|_| rule_set.stored_at.is_empty());
        let stored_at =
            rule_set.stored_at.iter().map(Spanned::get_ref).filter(|path| self.collections.contains_key(*path));
        let record_paths: Vec<&String> = same_path.chain(stored_at).collect();
        for path in record_paths {
            let is_below = |to: &Spanned<String>| path_below(path, to.get_ref()).is_some();
            if let Some(first) = to.first().filter(|_| !to.iter().any(is_below)) {
                let message = format!("no collection is nested below `{path}`");
                self.report(first, message, format!("add a path that begins with `{path}/{{`"));
            }
        }
    }

    /// Returns the property with a name in the records of the last resource, if the records of all resources have this
    /// property. Otherwise, reports a resource without the property, and returns `None`. `location` is the location of the
    /// name in codegen.toml.
    pub(super) fn property(&mut self, location: &Spanned<impl Sized>, name: &str) -> Option<&'a Field> {
        let (api, resources) = (self.api, self.resources);
        let mut last = None;
        for (path, id) in resources {
            last = self.property_of(location, name, path, api.resources[*id].model);
            last?;
        }
        last
    }

    fn property_of(
        &mut self,
        location: &Spanned<impl Sized>,
        name: &str,
        path: &str,
        model: Option<TypeId>,
    ) -> Option<&'a Field> {
        let api = self.api;
        let record_type = model.and_then(|id| Some((id, record_of(api, id)?)));
        let Some((id, record)) = record_type else {
            let message = format!("the records of `{path}` have no properties");
            self.report(location, message, "choose a collection whose records the document describes".to_owned());
            return None;
        };
        if let Some(field) = property(api, record, name) {
            return Some(field);
        }
        let names = property_names(api, record);
        let similar = self.diagnostics.did_you_mean(name, names.iter().map(String::as_str));
        let message = format!("`{name}` is not a property of `{}`", api.types[id].name.join("."));
        let help = format!("use the name of a property of `{}`", api.types[id].name.join("."));
        self.report(location, message, did_you_mean(similar, &help));
        None
    }

    /// Checks that a list operation of the resources has the query parameter `name`.
    fn check_query_parameter(&mut self, name: &Spanned<String>) {
        let is_list = |operation: &&Operation| operation.role == Role::List;
        let names: BTreeSet<&str> = self.operations().filter(is_list).flat_map(query_parameters).collect();
        self.check_name(name, &names, "query parameter of the list");
    }

    /// Checks that an operation of the resources has a parameter `name`, or a body with the property `name`.
    fn check_parameter(&mut self, name: &Spanned<String>) {
        if self.operations().any(|operation| accepts_parameter(self.api, operation, name.get_ref())) {
            return;
        }
        let params = self.operations().flat_map(|operation| &operation.params);
        let params = params.filter(|param| param.location != ParamLocation::Path);
        let names: Vec<String> = params
            .flat_map(|param| match (param.location, object_type(self.api, &param.ty)) {
                (ParamLocation::Body(_), Some(record)) => property_names(self.api, record),
                _ => vec![param.wire.clone()],
            })
            .collect();
        self.check_name(name, &names.iter().map(String::as_str).collect(), "parameter of an operation");
    }

    /// Reports a name that is not one of `names`. `expected` describes the names, such as `query parameter of the
    /// list`.
    fn check_name(&mut self, name: &Spanned<String>, names: &BTreeSet<&str>, expected: &str) {
        if names.contains(name.get_ref().as_str()) {
            return;
        }
        let similar = self.diagnostics.did_you_mean(name.get_ref(), names.iter().copied());
        let path = self.resources.first().map(|(path, _)| path.as_str()).unwrap_or_default();
        let message = format!("`{}` is not a {expected} at `{path}`", name.get_ref());
        let help = format!("use the name of a {expected} at `{path}`");
        self.report(name, message, did_you_mean(similar, &help));
    }

    /// Returns the operations of the resources.
    fn operations(&self) -> impl Iterator<Item = &'a Operation> {
        let (api, resources) = (self.api, self.resources);
        let ids: BTreeSet<ResourceId> = resources.iter().map(|(_, id)| *id).collect();
        api.operations.iter().map(|(_, operation)| operation).filter(move |operation| ids.contains(&operation.resource))
    }

    /// Checks that each path in `to` is the path of a collection. For each resource, one of these paths must have only
    /// known parameters. A parameter is known if the path of the resource has it, or if it is one of
    /// `found_parameters`.
    fn check_target_collections(&mut self, to: &[Spanned<String>], found_parameters: &[&str]) {
        for path in to {
            if !self.collections.contains_key(path.get_ref()) {
                return self.report_unknown_resource(path);
            }
        }
        let Some(first) = to.first() else { return };
        for (path, _) in self.resources {
            let is_known =
                |name: &str| parameters(path).any(|parameter| parameter == name) || found_parameters.contains(&name);
            if most_specific(to.iter().map(|to| to.get_ref().as_str()), is_known).is_none() {
                let message = format!("`{path}` does not have the parameters of `{}`", first.get_ref());
                self.report(first, message, "add a path whose parameters the collection has".to_owned());
            }
        }
    }

    /// Checks that the collections `to` have the property `name`, and that the property `from` exists. The copy sets
    /// `name` to the value of `from`.
    fn check_copied_property<'t>(&mut self, to: impl Iterator<Item = &'t String>, name: &str, from: &Spanned<String>) {
        let api = self.api;
        for path in to {
            if let Some(id) = self.collections.get(path) {
                self.property_of(from, name, path, api.resources[*id].model);
            }
        }
        let Some((parameter, name)) = parent_property(from.get_ref()) else {
            self.property(from, from.get_ref());
            return;
        };
        let paths = self.resources.iter().map(|(path, _)| path.as_str());
        let parent_paths: Vec<_> =
            paths.filter_map(|path| path.find(&format!("/{{{parameter}}}")).map(|end| &path[..end])).collect();
        if parent_paths.is_empty() {
            let path = self.resources.first().map(|(path, _)| path.as_str()).unwrap_or_default();
            let message = format!("`{parameter}` is not a parameter of `{path}`");
            let similar = self.diagnostics.did_you_mean(parameter, parameters(path));
            self.report(from, message, did_you_mean(similar, "use the name of a path parameter of the collection"));
        }
        for path in parent_paths {
            // A parent without operations has no records to copy from.
            let model = self.parent(path).and_then(|id| api.resources[id].model);
            self.property_of(from, name, path, model);
        }
    }

    /// Returns the collection at a path. If there is none, returns a collection whose path differs only in the
    /// names of the parameters.
    fn parent(&self, path: &str) -> Option<ResourceId> {
        let exact = self.collections.get(path).copied();
        exact.or_else(|| {
            self.collections.iter().find(|(collection, _)| is_same_path(collection, path)).map(|(_, id)| *id)
        })
    }

    pub(super) fn report_unknown_resource(&mut self, at: &Spanned<String>) {
        let (api, name) = (self.api, at.get_ref().as_str());
        let models = api.resources.iter().filter_map(|(_, resource)| api.types[resource.model?].name.first());
        let candidates: BTreeSet<&str> = match name.starts_with('/') {
            true => self.collections.keys().map(String::as_str).collect(),
            false => models.map(String::as_str).collect(),
        };
        let similar = self.diagnostics.did_you_mean(name, candidates);
        let expected =
            if name.starts_with('/') { "the path of a collection" } else { "the schema of a collection's records" };
        let help = "write the path of a collection of the document, or the name of the schema of its records";
        self.report(at, format!("`{name}` is not {expected}"), did_you_mean(similar, help));
    }

    pub(super) fn report(&mut self, location: &Spanned<impl Sized>, message: String, help: String) {
        let location = Location::Config(location.span());
        self.diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, location, message).help(help));
    }
}

/// Returns the names of the properties of an object, and of the properties of the objects in them.
pub(super) fn property_names(api: &Api, record: &Record) -> Vec<String> {
    let mut names = Vec::new();
    for field in &record.fields {
        names.push(field.wire.clone());
        let inner = object_type(api, &field.ty).into_iter().flat_map(|inner| &inner.fields);
        names.extend(inner.map(|inner| format!("{}.{}", field.wire, inner.wire)));
    }
    names
}

/// Returns whether two paths differ only in the names of their parameters.
fn is_same_path(left: &str, right: &str) -> bool {
    let mut segments = left.split('/').zip(right.split('/'));
    let is_same = segments.all(|(left, right)| left == right || left.starts_with('{') && right.starts_with('{'));
    is_same && left.split('/').count() == right.split('/').count()
}

fn record_of(api: &Api, mut id: TypeId) -> Option<&Record> {
    loop {
        match &api.types[id].shape {
            Shape::Record(record) => return Some(record),
            Shape::Alias(TypeRef::Named(target)) => id = *target,
            _ => return None,
        }
    }
}

fn query_parameters(operation: &Operation) -> impl Iterator<Item = &str> {
    let query_params = operation.params.iter().filter(|param| param.location == ParamLocation::Query);
    query_params.map(|param| param.wire.as_str())
}

pub(super) fn did_you_mean(similar: Option<&str>, otherwise: &str) -> String {
    similar.map_or_else(|| otherwise.to_owned(), |similar| format!("did you mean `{similar}`?"))
}

fn is_string(api: &Api, ty: &TypeRef) -> bool {
    match api.resolved(ty) {
        TypeRef::Nullable(inner) => is_string(api, inner),
        TypeRef::Named(id) => matches!(api.types[*id].shape, Shape::Newtype(_)),
        ty => *ty == TypeRef::String,
    }
}

fn is_integer(api: &Api, ty: &TypeRef) -> bool {
    match api.resolved(ty) {
        TypeRef::Nullable(inner) => is_integer(api, inner),
        ty => matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_)),
    }
}

/// Returns whether a value of the configuration matches a type.
pub(super) fn accepts(api: &Api, ty: &TypeRef, value: &toml::Value) -> bool {
    match api.resolved(ty) {
        TypeRef::Nullable(inner) => accepts(api, inner, value),
        TypeRef::Bool => value.is_bool(),
        TypeRef::Int(_) => value.is_integer(),
        TypeRef::Unsigned(_) => value.as_integer().is_some_and(|number| number >= 0),
        TypeRef::Float(_) | TypeRef::BigNumber => value.is_integer() || value.is_float(),
        TypeRef::Array(item) => {
            value.as_array().is_some_and(|items| items.iter().all(|value| accepts(api, item, value)))
        }
        TypeRef::Map(_) => value.is_table(),
        TypeRef::Tuple(_) => value.is_array(),
        TypeRef::Json | TypeRef::Custom(_) => true,
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::StringEnum(variants) => {
                value.as_str().is_some_and(|value| variants.iter().any(|variant| variant.wire == value))
            }
            Shape::Newtype(_) => value.is_str(),
            Shape::Record(_) => value.is_table(),
            _ => true,
        },
        _ => value.is_str(),
    }
}
