//! Checks that the document has everything that the rules of `[mock]` name.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use crate::config::{Config, Rule};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::ir::{Api, Field, Operation, ParamLocation, Record, ResourceId, Role, Shape, TypeId, TypeRef};
use crate::mock_rules::{below, collections, parameters, parent_property, property, record, takes, target};

/// Reports names in the rules of `[mock]` that the document does not have. The document must have no errors.
pub fn check(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let collections = collections(api);
    for rule in &config.mock.rules {
        let mut covered = Vec::new();
        let mut checker = Checker { api, collections: &collections, covered: &[], diagnostics };
        for at in &rule.at {
            let found = crate::mock_rules::covered(api, &collections, at.get_ref());
            if found.is_empty() {
                checker.unknown_resource(at);
            }
            covered.extend(found);
        }
        if !covered.is_empty() {
            checker.covered = &covered;
            checker.rule(rule);
        }
    }
}

/// Checks one rule.
struct Checker<'a> {
    api: &'a Api,
    collections: &'a BTreeMap<String, ResourceId>,
    /// The resources that the rule applies to, with their paths.
    covered: &'a [(String, ResourceId)],
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Checker<'a> {
    fn rule(&mut self, rule: &Rule) {
        let api = self.api;
        for name in rule.unique.iter().chain(&rule.lookup) {
            self.property(name, name.get_ref());
        }
        for name in &rule.json {
            if self.property(name, name.get_ref()).is_some_and(|field| !is_string(api, &field.ty)) {
                self.report(
                    name,
                    format!("`{}` is not a string", name.get_ref()),
                    "choose a string property".to_owned(),
                );
            }
        }
        for (name, first) in &rule.counters {
            if self.property(first, name).is_some_and(|field| !is_integer(api, &field.ty)) {
                self.report(first, format!("`{name}` is not an integer"), "choose an integer property".to_owned());
            }
        }
        for (name, value) in &rule.defaults {
            if self.property(value, name).is_some_and(|field| !accepts(api, &field.ty, value.get_ref())) {
                let message = format!("the default of `{name}` does not match its schema");
                self.report(value, message, "write a value that the schema of the property allows".to_owned());
            }
        }
        for filter in &rule.filters {
            self.query_parameter(&filter.parameter);
            self.property(&filter.property, filter.property.get_ref());
        }
        for order in &rule.newest_first {
            self.query_parameter(&order.parameter);
        }
        for name in rule.exactly_one.iter().chain(&rule.at_most_one).flatten() {
            self.parameter(name);
        }
        self.targets(&rule.stored_at, &[]);
        for part in &rule.parts {
            self.parameter(&part.parameter);
            self.parts(rule, &part.to);
        }
        for copies in &rule.copies {
            let found: Vec<&str> = copies.find.keys().map(String::as_str).collect();
            self.targets(&copies.to, &found);
            for (name, from) in &copies.find {
                if !copies.to.iter().any(|to| parameters(to.get_ref()).any(|one| one == name)) {
                    let message = format!("`{name}` is not a parameter of a path in `to`");
                    self.report(from, message, "use the name of a parameter of the path in `to`".to_owned());
                }
                self.property(from, from.get_ref());
            }
            for (name, from) in &copies.set {
                self.copied(copies.to.iter().map(Spanned::get_ref), name, from);
            }
        }
    }

    /// Checks that the further records of each resource have a collection.
    fn parts(&mut self, rule: &Rule, to: &[Spanned<String>]) {
        let unknown = to.iter().find(|path| !self.collections.contains_key(path.get_ref()));
        if let Some(path) = unknown {
            return self.unknown_resource(path);
        }
        let own = self.covered.iter().map(|(path, _)| path).filter(|_| rule.stored_at.is_empty());
        let stored = rule.stored_at.iter().map(Spanned::get_ref).filter(|path| self.collections.contains_key(*path));
        let stored: Vec<&String> = own.chain(stored).collect();
        for path in stored {
            let is_below = |to: &Spanned<String>| below(path, to.get_ref()).is_some();
            if let Some(first) = to.first().filter(|_| !to.iter().any(is_below)) {
                let message = format!("no collection is nested below `{path}`");
                self.report(first, message, format!("add a path that begins with `{path}/{{`"));
            }
        }
    }

    /// The property of a name that the records of all resources have.
    fn property(&mut self, place: &Spanned<impl Sized>, name: &str) -> Option<&'a Field> {
        let (api, covered) = (self.api, self.covered);
        let mut found = None;
        for (path, id) in covered {
            found = self.property_of(place, name, path, api.resources[*id].model);
            found?;
        }
        found
    }

    fn property_of(
        &mut self,
        place: &Spanned<impl Sized>,
        name: &str,
        path: &str,
        model: Option<TypeId>,
    ) -> Option<&'a Field> {
        let api = self.api;
        let named = model.and_then(|id| Some((id, record_of(api, id)?)));
        let Some((id, record)) = named else {
            let message = format!("the records of `{path}` have no properties");
            self.report(place, message, "choose a collection whose records the document describes".to_owned());
            return None;
        };
        if let Some(field) = property(api, record, name) {
            return Some(field);
        }
        let known = property_names(api, record);
        let near = self.diagnostics.did_you_mean(name, known.iter().map(String::as_str));
        let message = format!("`{name}` is not a property of `{}`", api.types[id].name.join("."));
        self.report(place, message, did_you_mean(near, "use the name of a property of the document"));
        None
    }

    /// Checks that the lists of the resources have a query parameter.
    fn query_parameter(&mut self, name: &Spanned<String>) {
        let lists = |operation: &&Operation| operation.role == Role::List;
        let known: BTreeSet<&str> = self.operations().filter(lists).flat_map(queries).collect();
        self.known(name, &known, "query parameter of the list");
    }

    /// Checks that an operation of the resources has a parameter or a property of its body.
    fn parameter(&mut self, name: &Spanned<String>) {
        if self.operations().any(|operation| takes(self.api, operation, name.get_ref())) {
            return;
        }
        let params = self.operations().flat_map(|operation| &operation.params);
        let params = params.filter(|param| param.location != ParamLocation::Path);
        let names: Vec<String> = params
            .flat_map(|param| match (param.location, record(self.api, &param.ty)) {
                (ParamLocation::Body(_), Some(record)) => property_names(self.api, record),
                _ => vec![param.wire.clone()],
            })
            .collect();
        self.known(name, &names.iter().map(String::as_str).collect(), "parameter of an operation");
    }

    fn known(&mut self, name: &Spanned<String>, known: &BTreeSet<&str>, what: &str) {
        if known.contains(name.get_ref().as_str()) {
            return;
        }
        let near = self.diagnostics.did_you_mean(name.get_ref(), known.iter().copied());
        let path = self.covered.first().map(|(path, _)| path.as_str()).unwrap_or_default();
        let message = format!("`{}` is not a {what} at `{path}`", name.get_ref());
        self.report(name, message, did_you_mean(near, "use the name of a parameter of the document"));
    }

    fn operations(&self) -> impl Iterator<Item = &'a Operation> {
        let (api, covered) = (self.api, self.covered);
        let ids: BTreeSet<ResourceId> = covered.iter().map(|(_, id)| *id).collect();
        api.operations.iter().map(|(_, operation)| operation).filter(move |one| ids.contains(&one.resource))
    }

    /// Checks that there are collections of these paths, and for each resource one whose parameters are known.
    fn targets(&mut self, to: &[Spanned<String>], found: &[&str]) {
        for path in to {
            if !self.collections.contains_key(path.get_ref()) {
                return self.unknown_resource(path);
            }
        }
        let Some(first) = to.first() else { return };
        for (path, _) in self.covered {
            let is_known = |name: &str| parameters(path).any(|one| one == name) || found.contains(&name);
            if target(to.iter().map(|to| to.get_ref().as_str()), is_known).is_none() {
                let message = format!("`{path}` does not have the parameters of `{}`", first.get_ref());
                self.report(first, message, "add a path whose parameters the collection has".to_owned());
            }
        }
    }

    /// Checks a property of a copy, and what it is copied from.
    fn copied<'t>(&mut self, to: impl Iterator<Item = &'t String>, name: &str, from: &Spanned<String>) {
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
        let paths = self.covered.iter().map(|(path, _)| path.as_str());
        let parents: Vec<_> =
            paths.filter_map(|path| path.find(&format!("/{{{parameter}}}")).map(|end| &path[..end])).collect();
        if parents.is_empty() {
            let path = self.covered.first().map(|(path, _)| path.as_str()).unwrap_or_default();
            let message = format!("`{parameter}` is not a parameter of `{path}`");
            let near = self.diagnostics.did_you_mean(parameter, parameters(path));
            self.report(from, message, did_you_mean(near, "use the name of a path parameter of the collection"));
        }
        for path in parents {
            // A parent that no operation of its own describes has no records to copy from.
            let model = self.parent(path).and_then(|id| api.resources[id].model);
            self.property_of(from, name, path, model);
        }
    }

    /// Returns the collection of a path, with any names of parameters.
    fn parent(&self, path: &str) -> Option<ResourceId> {
        let exact = self.collections.get(path).copied();
        exact.or_else(|| self.collections.iter().find(|(one, _)| is_same_path(one, path)).map(|(_, id)| *id))
    }

    fn unknown_resource(&mut self, at: &Spanned<String>) {
        let (api, name) = (self.api, at.get_ref().as_str());
        let models = api.resources.iter().filter_map(|(_, resource)| api.types[resource.model?].name.first());
        let known: BTreeSet<&str> = match name.starts_with('/') {
            true => self.collections.keys().map(String::as_str).collect(),
            false => models.map(String::as_str).collect(),
        };
        let near = self.diagnostics.did_you_mean(name, known);
        let what =
            if name.starts_with('/') { "the path of a collection" } else { "the schema of a collection's records" };
        let help = "write the path of a collection of the document, or the name of the schema of its records";
        self.report(at, format!("`{name}` is not {what}"), did_you_mean(near, help));
    }

    fn report(&mut self, place: &Spanned<impl Sized>, message: String, help: String) {
        let place = Location::Config(place.span());
        self.diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, place, message).help(help));
    }
}

/// Returns the names of the properties of an object and of nested objects.
fn property_names(api: &Api, of: &Record) -> Vec<String> {
    let mut names = Vec::new();
    for field in &of.fields {
        names.push(field.wire.clone());
        let inner = record(api, &field.ty).into_iter().flat_map(|inner| &inner.fields);
        names.extend(inner.map(|inner| format!("{}.{}", field.wire, inner.wire)));
    }
    names
}

/// Returns whether two paths differ only in the names of their parameters.
fn is_same_path(one: &str, other: &str) -> bool {
    let mut segments = one.split('/').zip(other.split('/'));
    let same = segments.all(|(one, other)| one == other || one.starts_with('{') && other.starts_with('{'));
    same && one.split('/').count() == other.split('/').count()
}

fn record_of(api: &Api, mut id: TypeId) -> Option<&Record> {
    loop {
        match &api.types[id].shape {
            Shape::Record(record) => return Some(record),
            Shape::Alias(TypeRef::Named(next)) => id = *next,
            _ => return None,
        }
    }
}

fn queries(operation: &Operation) -> impl Iterator<Item = &str> {
    let queries = operation.params.iter().filter(|param| param.location == ParamLocation::Query);
    queries.map(|param| param.wire.as_str())
}

fn did_you_mean(near: Option<&str>, otherwise: &str) -> String {
    near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
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

/// Returns whether a value of the configuration has the kind of a type.
fn accepts(api: &Api, ty: &TypeRef, value: &toml::Value) -> bool {
    match api.resolved(ty) {
        TypeRef::Nullable(inner) => accepts(api, inner, value),
        TypeRef::Bool => value.is_bool(),
        TypeRef::Int(_) => value.is_integer(),
        TypeRef::Unsigned(_) => value.as_integer().is_some_and(|number| number >= 0),
        TypeRef::Float(_) | TypeRef::BigNumber => value.is_integer() || value.is_float(),
        TypeRef::Array(item) => value.as_array().is_some_and(|items| items.iter().all(|one| accepts(api, item, one))),
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
