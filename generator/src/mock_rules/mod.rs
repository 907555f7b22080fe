//! Finds the resources, properties and parameters that the rules of `[mock]` name, and checks the names. The checks and the
//! mock share this code.

mod check;
mod webhooks;

use std::collections::BTreeMap;

use crate::config::{Config, RuleSet, Spanned};
use crate::diagnostics::Diagnostics;
use crate::ir::{Api, Field, Next, Operation, Param, ParamLocation, Record, ResourceId, Role, Shape, TypeRef};
use crate::normalize::name_key;

/// Reports names in the rules of `[mock]` that do not exist in the document. The document must have no errors.
pub fn check(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let collections = collections(api);
    check::check(config, api, &collections, diagnostics);
    webhooks::check(config, api, &collections, diagnostics);
}

/// Returns the collections of an API, by their paths in the document.
pub fn collections(api: &Api) -> BTreeMap<String, ResourceId> {
    api.operations.iter().map(|(_, operation)| (operation.collection_template(), operation.resource)).collect()
}

/// Returns the resources that an entry of `at` refers to, each with its path. A path refers to the collection at this
/// path. The name of a schema refers to all collections whose records have this schema.
pub fn resources_at(api: &Api, collections: &BTreeMap<String, ResourceId>, at: &str) -> Vec<(String, ResourceId)> {
    let is_match = |path: &str, id: ResourceId| match at.starts_with('/') {
        true => path == at,
        false => api.resources[id].model.is_some_and(|model| api.types[model].name == [at]),
    };
    let with_paths = collections.iter().map(|(path, id)| (path.clone(), *id));
    with_paths.filter(|(path, id)| is_match(path, *id)).collect()
}

/// Returns the parameters in a path, in order.
pub fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|after| after.split('}').next())
}

/// Returns the path with the most parameters. Ignores each path with a parameter for which `is_known` returns `false`.
pub fn most_specific<'t>(paths: impl Iterator<Item = &'t str>, is_known: impl Fn(&str) -> bool) -> Option<&'t str> {
    paths.filter(|path| parameters(path).all(&is_known)).max_by_key(|path| parameters(path).count())
}

/// Returns the path `path` of a nested collection relative to a record of the collection `collection`. Returns `None`
/// if the nested collection is not directly below a record.
pub fn path_below<'t>(collection: &str, path: &'t str) -> Option<&'t str> {
    let (_, below) = path.strip_prefix(collection)?.strip_prefix("/{")?.split_once('}')?;
    Some(below).filter(|below| below.starts_with('/') && !below.contains('{'))
}

/// Returns the properties of an object type. Resolves aliases.
pub fn object_type<'a>(api: &'a Api, ty: &'a TypeRef) -> Option<&'a Record> {
    match api.resolved(ty) {
        TypeRef::Nullable(inner) => object_type(api, inner),
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::Record(record) => Some(record),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the property with a name. A dot in the name leads into a nested object.
pub fn property<'a>(api: &'a Api, record: &'a Record, name: &str) -> Option<&'a Field> {
    let find = |name: &str| record.fields.iter().find(|field| field.wire == name);
    find(name).or_else(|| {
        let (outer, inner) = name.split_once('.')?;
        property(api, object_type(api, &find(outer)?.ty)?, inner)
    })
}

/// Returns whether an operation has a parameter `name`, or a body with the property `name`.
pub fn accepts_parameter(api: &Api, operation: &Operation, name: &str) -> bool {
    operation.params.iter().any(|param| match param.location {
        ParamLocation::Path => false,
        ParamLocation::Body(_) => {
            object_type(api, &param.ty).is_some_and(|record| property(api, record, name).is_some())
        }
        _ => param.wire == name,
    })
}

/// Returns the query parameters of an operation that the mock ignores, because neither a rule nor the pagination uses
/// them.
pub fn ignored_parameters<'a>(config: &Config, api: &Api, operation: &'a Operation) -> Vec<&'a str> {
    let path = operation.collection_template();
    let model = api.resources[operation.resource].model.map(|model| api.types[model].name.join("."));
    let applies = |at: &Spanned<String>| *at.get_ref() == path || Some(at.get_ref()) == model.as_ref();
    let rule_sets: Vec<&RuleSet> =
        config.mock.rules.iter().filter(|rule_set| rule_set.at.iter().any(applies)).collect();
    let has_rule = |name: &str| {
        operation.role == Role::List
            && rule_sets.iter().any(|rule_set| {
                rule_set.filters.iter().any(|filter| filter.parameter.get_ref() == name)
                    || rule_set.newest_first.iter().any(|order| order.parameter.get_ref() == name)
            })
    };
    let query_params = operation.params.iter().filter(|param| param.location == ParamLocation::Query);
    let names = query_params.map(|param| param.wire.as_str());
    names.filter(|name| !has_rule(name) && !is_pagination_parameter(operation, name)).collect()
}

/// Returns the query parameter with the cursor of a page, if there is one.
pub fn page_token(operation: &Operation) -> Option<&str> {
    if let Next::Cursor { param, .. } | Next::LastItem { param, .. } = &operation.paging.as_ref()?.next {
        return Some(param);
    }
    query_parameter(operation, |param, name| {
        !is_number(&param.ty) && ["pagetoken", "token", "cursor", "after", "startingafter"].contains(&name)
    })
}

/// Returns the query parameter with the page number, if there is one.
pub fn page_number(operation: &Operation) -> Option<&str> {
    if let Next::PageNumber { param, .. } = &operation.paging.as_ref()?.next {
        return Some(param);
    }
    query_parameter(operation, |param, name| is_number(&param.ty) && ["page", "pagenumber"].contains(&name))
}

fn is_pagination_parameter(operation: &Operation, name: &str) -> bool {
    let Some(paging) = &operation.paging else { return false };
    let offset = if let Next::Offset { param, .. } = &paging.next { Some(param.as_str()) } else { None };
    let size = paging.page_size.as_ref().map(|(name, _)| name.as_str());
    [page_token(operation), page_number(operation), offset, size].contains(&Some(name))
}

/// Returns the first query parameter for which `is_match` returns `true`. `is_match` gets the parameter and its name
/// [without case and punctuation](name_key).
fn query_parameter(operation: &Operation, is_match: impl Fn(&Param, &str) -> bool) -> Option<&str> {
    let mut params = operation.params.iter().filter(|param| param.location == ParamLocation::Query);
    params.find(|param| is_match(param, &name_key(&param.wire))).map(|param| param.wire.as_str())
}

fn is_number(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_))
}

/// Splits `{ConversationSid}.sid` into the path parameter `ConversationSid` and the property `sid`.
pub fn parent_property(from: &str) -> Option<(&str, &str)> {
    from.strip_prefix('{')?.split_once("}.")
}
