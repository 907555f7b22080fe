//! The rules of `[mock]`, matched with the resources of the API that they apply to.

mod check;

use std::collections::BTreeMap;

use toml::Spanned;

pub use check::check;

use crate::config::{Config, Rule};
use crate::ir::{Api, Field, Next, Operation, Param, ParamLocation, Record, ResourceId, Role, Shape, TypeRef};
use crate::normalize::name_key;

/// Returns the collections of an API, by their paths in the document.
pub fn collections(api: &Api) -> BTreeMap<String, ResourceId> {
    api.operations.iter().map(|(_, operation)| (operation.collection_template(), operation.resource)).collect()
}

/// The resources that an entry of `at` is about: the collection of that path, or those whose records have the schema of that
/// name, each with its path.
pub fn covered(api: &Api, collections: &BTreeMap<String, ResourceId>, at: &str) -> Vec<(String, ResourceId)> {
    let is_meant = |path: &str, id: ResourceId| match at.starts_with('/') {
        true => path == at,
        false => api.resources[id].model.is_some_and(|model| api.types[model].name == [at]),
    };
    let all = collections.iter().map(|(path, id)| (path.clone(), *id));
    all.filter(|(path, id)| is_meant(path, *id)).collect()
}

/// Returns the parameters in a path, in order.
pub fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// Returns the collection whose path has the most parameters, if all of them are known.
pub fn target<'t>(to: impl Iterator<Item = &'t str>, is_known: impl Fn(&str) -> bool) -> Option<&'t str> {
    to.filter(|path| parameters(path).all(&is_known)).max_by_key(|path| parameters(path).count())
}

/// Returns the rest of the path of a collection after the key of a record of another collection.
pub fn below<'t>(collection: &str, path: &'t str) -> Option<&'t str> {
    let (_, rest) = path.strip_prefix(collection)?.strip_prefix("/{")?.split_once('}')?;
    Some(rest).filter(|rest| rest.starts_with('/') && !rest.contains('{'))
}

/// Returns the properties of an object type, with aliases resolved.
pub fn record<'a>(api: &'a Api, ty: &'a TypeRef) -> Option<&'a Record> {
    match api.resolved(ty) {
        TypeRef::Nullable(inner) => record(api, inner),
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::Record(record) => Some(record),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the property with a name, in which dots lead into nested objects.
pub fn property<'a>(api: &'a Api, of: &'a Record, name: &str) -> Option<&'a Field> {
    let find = |name: &str| of.fields.iter().find(|field| field.wire == name);
    find(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        property(api, record(api, &find(first)?.ty)?, rest)
    })
}

/// Returns whether an operation has a parameter, or a property of its JSON body, with a name.
pub fn takes(api: &Api, operation: &Operation, name: &str) -> bool {
    operation.params.iter().any(|param| match param.location {
        ParamLocation::Path => false,
        ParamLocation::Body(_) => record(api, &param.ty).is_some_and(|record| property(api, record, name).is_some()),
        _ => param.wire == name,
    })
}

/// Returns the query parameters of an operation that neither a rule nor the pagination uses.
pub fn ignored_parameters<'a>(config: &Config, api: &Api, operation: &'a Operation) -> Vec<&'a str> {
    let path = operation.collection_template();
    let model = api.resources[operation.resource].model.map(|model| api.types[model].name.join("."));
    let is_about = |at: &Spanned<String>| *at.get_ref() == path || Some(at.get_ref()) == model.as_ref();
    let rules: Vec<&Rule> = config.mock.rules.iter().filter(|rule| rule.at.iter().any(is_about)).collect();
    let has_rule = |name: &str| {
        operation.role == Role::List
            && rules.iter().any(|rule| {
                rule.filters.iter().any(|one| one.parameter.get_ref() == name)
                    || rule.newest_first.iter().any(|one| one.parameter.get_ref() == name)
            })
    };
    let queries = operation.params.iter().filter(|param| param.location == ParamLocation::Query);
    let names = queries.map(|param| param.wire.as_str());
    names.filter(|name| !has_rule(name) && !is_of_paging(operation, name)).collect()
}

/// Returns the query parameter with the start of a page, if there is one.
pub fn page_token(operation: &Operation) -> Option<&str> {
    if let Next::Cursor { param, .. } | Next::Last { param, .. } = &operation.paging.as_ref()?.next {
        return Some(param);
    }
    query(operation, |param, name| {
        !is_number(&param.ty) && ["pagetoken", "token", "cursor", "after", "startingafter"].contains(&name)
    })
}

/// Returns the query parameter with the page number, if there is one.
pub fn page_number(operation: &Operation) -> Option<&str> {
    if let Next::Number { param, .. } = &operation.paging.as_ref()?.next {
        return Some(param);
    }
    query(operation, |param, name| is_number(&param.ty) && ["page", "pagenumber"].contains(&name))
}

fn is_of_paging(operation: &Operation, name: &str) -> bool {
    let Some(paging) = &operation.paging else { return false };
    let offset = if let Next::Offset { param, .. } = &paging.next { Some(param.as_str()) } else { None };
    let size = paging.page_size.as_ref().map(|(name, _)| name.as_str());
    [page_token(operation), page_number(operation), offset, size].contains(&Some(name))
}

/// Returns the query parameter that matches a predicate on itself and its normalised name.
fn query(operation: &Operation, test: impl Fn(&Param, &str) -> bool) -> Option<&str> {
    let mut params = operation.params.iter().filter(|param| param.location == ParamLocation::Query);
    params.find(|param| test(param, &name_key(&param.wire))).map(|param| param.wire.as_str())
}

fn is_number(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_))
}

/// Splits `{ConversationSid}.sid` into the path parameter and the property.
pub fn parent_property(from: &str) -> Option<(&str, &str)> {
    from.strip_prefix('{')?.split_once("}.")
}
