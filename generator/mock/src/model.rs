//! The API and facts about it, such as the key property of each resource. The facts are computed when the mock starts.

use std::collections::BTreeMap;

use bindery::config::Config;
use bindery::ir::{
    Api, Arena, Id, Level, Operation, OperationId, Param, ParamLocation, Record, Resource, ResourceId, ResponseBody,
    Role, SchemeKind, SecurityScheme, Server, Shape, Style, TypeId, TypeRef,
};
use bindery::mock_rules::{collections, ignored_parameters, page_token};
use bindery::normalize::name_key;
use serde_json::Value;

use crate::error::Error;
use crate::path::{length, specificity};
use crate::rules::{ResourceRules, resource_rules};

/// The API, its configuration, and facts that are computed from them.
#[derive(Debug)]
pub(crate) struct Model {
    pub api: Api,
    pub config: Config,
    /// The only accepted user name and password. `None` means that all credentials that are not empty are accepted.
    pub credentials: Option<(String, String)>,
    pub seed: u64,
    /// The special properties of each resource, by the index of the resource.
    special_properties: Vec<SpecialProperties>,
    /// The rules of each resource, by the index of the resource.
    rules: Vec<ResourceRules>,
    /// The resources, by the path templates of their collections.
    pub collections: BTreeMap<String, ResourceId>,
    /// For each operation, the query parameters that have no effect.
    ignored: Vec<Vec<String>>,
    /// The paths of the servers of the document. The path of a request may begin with one of these paths.
    pub base_paths: Vec<String>,
    /// The operations by the number of path segments. Paths with literals precede paths with parameters.
    routes: Vec<Vec<OperationId>>,
}

/// The properties of records that the API sets and that requests cannot set.
#[derive(Debug, Default)]
pub(crate) struct SpecialProperties {
    /// The property with the key of the record.
    pub key: Option<String>,
    /// The property with the URL of the record.
    pub url: Option<String>,
    /// The property with the URLs of the child collections. For each URL: its name in this property, and the last
    /// segment of its path.
    pub links: Option<(String, Vec<(String, String)>)>,
    /// An example of a record in the document.
    pub example: Option<Value>,
}

impl Model {
    /// Creates a model of an API.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Spec`] if the API has neither operations nor webhooks.
    pub fn new(api: Api, config: Config, credentials: Option<(String, String)>, seed: u64) -> Result<Self, Error> {
        if api.operations.is_empty() && api.webhooks.is_empty() {
            return Err(Error::Spec("the document has no operations and no webhooks".to_owned()));
        }
        let special_properties =
            api.resources.iter().map(|(id, resource)| special_properties(&api, id, resource)).collect();
        let collections = collections(&api);
        let rules = resource_rules(&api, &config, &collections);
        let ignored = api.operations.iter().map(|(_, operation)| {
            ignored_parameters(&config, &api, operation).into_iter().map(str::to_owned).collect()
        });
        let ignored = ignored.collect();
        let base_paths = base_paths(&api);
        let mut routes: Vec<Vec<OperationId>> = Vec::new();
        for (id, operation) in api.operations.iter() {
            let length = length(&operation.path);
            routes.resize_with(routes.len().max(length + 1), Vec::new);
            routes[length].push(id);
        }
        for same_length in &mut routes {
            same_length.sort_by_cached_key(|id| specificity(&api.operations[*id]));
        }
        Ok(Self { api, config, credentials, seed, special_properties, rules, collections, ignored, base_paths, routes })
    }

    /// Returns the operations whose paths have this number of segments. A path of a request is compared with them in
    /// this order.
    pub fn operations_of_length(&self, segments: usize) -> &[OperationId] {
        self.routes.get(segments).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the special properties of the records of a resource.
    pub fn special_properties(&self, resource: ResourceId) -> &SpecialProperties {
        static NONE: SpecialProperties = SpecialProperties { key: None, url: None, links: None, example: None };
        self.special_properties.get(resource.index()).unwrap_or(&NONE)
    }

    /// Returns the configured rules of a resource.
    pub fn rules(&self, resource: ResourceId) -> &ResourceRules {
        &self.rules[resource.index()]
    }

    /// Returns whether a query parameter has no effect on an operation. This is so if no rule uses it, or if the
    /// document does not declare it.
    pub fn ignores(&self, operation: OperationId, name: &str) -> bool {
        let is_documented = |operation: &Operation| {
            let mut query_params = operation.params.iter().filter(|param| param.location == ParamLocation::Query);
            let is_api_key = |scheme: &SecurityScheme| matches!(&scheme.kind, SchemeKind::Query(key) if key == name);
            // With a style such as `deepObject`, a query has other names than the documented one, so every name is
            // accepted. Links to pages contain `TOKEN` if no parameter for a token is documented.
            query_params.any(|param| param.wire == name || !is_validated(param))
                || self.api.security.iter().any(is_api_key)
                || operation.paging.is_some() && page_token(operation).is_none() && name == TOKEN
        };
        self.ignored[operation.index()].iter().any(|ignored| ignored == name)
            || !is_documented(&self.api.operations[operation])
    }

    /// Returns the type of the records of a resource.
    pub fn record_type(&self, resource: ResourceId) -> Option<TypeRef> {
        self.api.resources[resource].model.map(TypeRef::Named)
    }

    /// Returns the declared properties of the records of a resource.
    pub fn record_of(&self, resource: ResourceId) -> Option<&Record> {
        self.record(&self.record_type(resource)?)
    }

    /// Returns the declared properties of a type. Returns `None` if the type is not an object.
    pub fn record(&self, ty: &TypeRef) -> Option<&Record> {
        record(&self.api, ty)
    }
}

/// Returns the declared properties of an object or of an alias of an object.
pub(crate) fn record<'a>(api: &'a Api, ty: &TypeRef) -> Option<&'a Record> {
    let TypeRef::Named(id) = api.resolved(ty) else { return None };
    if let Shape::Record(record) = &api.types[*id].shape { Some(record) } else { None }
}

fn special_properties(api: &Api, id: ResourceId, resource: &Resource) -> SpecialProperties {
    let Some(model) = resource.model else { return SpecialProperties::default() };
    let Some(record) = record(api, &TypeRef::Named(model)) else { return SpecialProperties::default() };
    let may_be_url = |ty: &TypeRef| matches!(ty, TypeRef::Uri | TypeRef::String);
    let url = record.fields.iter().find(|field| {
        let is_url = ["url", "uri", "self", "href"].contains(&name_key(&field.wire).as_str());
        matches!(field.ty, TypeRef::Uri) && is_url && (field.read_only || !is_settable(api, resource, &field.wire))
    });
    let links = record.fields.iter().find_map(|field| {
        if !["links", "subresourceuris"].contains(&name_key(&field.wire).as_str()) {
            return None;
        }
        let children = api.resources.iter().filter(|(_, child)| child.parent == Some((id, Level::Instance)));
        let child_segments: Vec<&str> = children.map(|(_, child)| child.segment.as_str()).collect();
        let child_links: Vec<(String, String)> = match (self::record(api, &field.ty), &field.ty) {
            (Some(record), _) if record.fields.iter().all(|field| may_be_url(&field.ty)) => record
                .fields
                .iter()
                .map(|link| {
                    let child_segment = child_segments.iter().find(|segment| name_key(segment) == name_key(&link.wire));
                    (
                        link.wire.clone(),
                        child_segment
                            .map_or_else(|| in_style(&link.wire, &resource.segment), |segment| (*segment).to_owned()),
                    )
                })
                .collect(),
            (None, TypeRef::Map(value)) if may_be_url(value) || **value == TypeRef::Json => {
                child_segments.iter().map(|segment| (to_snake_case(segment), (*segment).to_owned())).collect()
            }
            _ => return None,
        };
        Some((field.wire.clone(), child_links))
    });
    SpecialProperties {
        key: key(api, record, resource),
        url: url.map(|field| field.wire.clone()),
        links,
        example: example(api, model, resource),
    }
}

/// Returns whether requests can set a property: an operation of the resource has a parameter for it.
fn is_settable(api: &Api, resource: &Resource, name: &str) -> bool {
    let is_same = |other: &str| name_key(other) == name_key(name);
    let params = resource.operations.iter().flat_map(|id| &api.operations[*id].params);
    params.into_iter().any(|param| match param.location {
        ParamLocation::Form => is_same(&param.wire),
        ParamLocation::Body(_) => record(api, &param.ty)
            .is_some_and(|record| record.fields.iter().any(|field| !field.read_only && is_same(&field.wire))),
        _ => false,
    })
}

/// Returns the paths of the servers of a document and its operations. Servers without a path are left out.
fn base_paths(api: &Api) -> Vec<String> {
    let operation_servers = api.operations.iter().filter_map(|(_, operation)| operation.server.as_ref());
    let urls = api.servers.iter().chain(operation_servers).map(Server::filled);
    let paths = urls.filter_map(|url| {
        let without_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let path = &without_scheme[without_scheme.find('/')?..];
        let path = path.split(['?', '#']).next()?.trim_end_matches('/');
        (!path.is_empty() && !path.contains('{')).then(|| path.to_owned())
    });
    let mut paths: Vec<String> = paths.collect();
    // Longer paths come first, because the first path that matches a request is used.
    paths.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    paths.dedup();
    paths
}

/// Returns the name of the key property of a resource. The candidates are, in this order:
///
/// 1. the property with the name of the path parameter,
/// 2. a property with the type of the path parameter, if this type is a named type,
/// 3. a property whose name is the end of the name of the path parameter (`id` for `harbour_id`), with the same type if
///    possible,
/// 4. the first required property with the same type.
fn key(api: &Api, record: &Record, resource: &Resource) -> Option<String> {
    let key = resource.key.as_ref()?;
    let name = name_key(&key.wire);
    let has_named_type = matches!(key.ty, TypeRef::Named(_));
    let find = |is_key: &dyn Fn(&bindery::ir::Field) -> bool| record.fields.iter().find(|field| is_key(field));
    let field = find(&|field| name_key(&field.wire) == name)
        .or_else(|| find(&|field| has_named_type && field.ty == key.ty))
        .or_else(|| find(&|field| field.ty == key.ty && name.ends_with(&name_key(&field.wire))))
        .or_else(|| find(&|field| is_scalar(api, &field.ty, 4) && name.ends_with(&name_key(&field.wire))))
        .or_else(|| find(&|field| field.ty == key.ty && field.required))?;
    Some(field.wire.clone())
}

/// Returns whether a value of a type can be a path segment. Returns `false` for types that are nested more than `depth`
/// levels deep.
fn is_scalar(api: &Api, ty: &TypeRef, depth: usize) -> bool {
    let Some(remaining_depth) = depth.checked_sub(1) else { return false };
    match ty {
        TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_) | TypeRef::Json => false,
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::Record(_) => false,
            Shape::Union(union) => union.variants.iter().all(|variant| is_scalar(api, &variant.ty, remaining_depth)),
            Shape::Alias(inner) | Shape::Wrapper(inner) => is_scalar(api, inner, remaining_depth),
            Shape::Newtype(_) | Shape::StringEnum(_) | Shape::ValueEnum(_) => true,
        },
        TypeRef::Nullable(inner) => is_scalar(api, inner, remaining_depth),
        _ => true,
    }
}

fn example(api: &Api, model: TypeId, resource: &Resource) -> Option<Value> {
    let ty = TypeRef::Named(model);
    let operations = resource.operations.iter().map(|id| &api.operations[*id]);
    let operations = operations.filter(|operation| operation.response_body() == ResponseBody::Json(&ty));
    let mut responses = operations.flat_map(|operation| &operation.responses);
    let is_of_type = |response: &bindery::ir::Response| response.body.as_ref() == Some(&ty);
    let example = responses.find_map(|response| response.example.clone().filter(|_| is_of_type(response)));
    example.or_else(|| api.types[model].example.clone())
}

/// Converts the name of a link to a path segment in the same letter case as the segment `example`.
fn in_style(key: &str, example: &str) -> String {
    if !example.starts_with(char::is_uppercase) {
        return key.to_owned();
    }
    let words = key.split(['_', '-']).map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    words.collect()
}

fn to_snake_case(segment: &str) -> String {
    let mut snake = String::new();
    for c in segment.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Returns whether the mock knows which records of a resource exist. This is so if an operation fetches, lists or
/// creates them.
pub(crate) fn has_known_records(api: &Api, id: Id<Resource>) -> bool {
    let resources: &Arena<Resource> = &api.resources;
    let roles = resources[id].operations.iter().map(|id| api.operations[*id].role);
    roles.into_iter().any(|role| matches!(role, Role::List | Role::Create | Role::Fetch))
}

/// Returns whether the mock decodes and validates a parameter. The mock ignores parameters in styles such as
/// `deepObject`.
pub(crate) fn is_validated(param: &Param) -> bool {
    matches!(param.style, Style::Plain | Style::Repeated | Style::Json)
}

/// The query parameter for the page token, if the document declares no parameter for it.
pub(crate) const TOKEN: &str = "page_token";
