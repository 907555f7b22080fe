//! An API, and what of it is worth knowing before the first request: which property is the key, the URL, the links.

use std::collections::BTreeMap;

use bindery::config::Config;
use bindery::ir::{
    Api, Arena, Id, Operation, OperationId, Param, ParamLocation, Record, Resource, ResourceId, ResponseBody, Role,
    SchemeKind, SecurityScheme, Server, Shape, Side, Style, TypeId, TypeRef,
};
use bindery::mock_rules::{collections, ignored_parameters, page_token};
use bindery::normalize::name_key;
use serde_json::Value;

use crate::error::Error;
use crate::path::{length, shape};
use crate::rules::{Facts, facts};

/// What the mock knows of an API.
#[derive(Debug)]
pub(crate) struct Model {
    pub api: Api,
    pub config: Config,
    /// The only user and password that are accepted; without them, any that are not empty.
    pub credentials: Option<(String, String)>,
    pub seed: u64,
    traits: Vec<Traits>,
    facts: Vec<Facts>,
    /// The resources by the paths of their collections.
    pub collections: BTreeMap<String, ResourceId>,
    /// For each operation, the query parameters that have no effect.
    ignored: Vec<Vec<String>>,
    /// The paths of the servers of the document, which requests may have before their own.
    pub base_paths: Vec<String>,
    /// The operations by the number of segments in their path, those with literals before those with parameters.
    routes: Vec<Vec<OperationId>>,
}

/// The properties of a resource's records that do not come from whoever creates it.
#[derive(Debug, Default)]
pub(crate) struct Traits {
    /// What tells the record from others.
    pub key: Option<String>,
    /// The record's own URL.
    pub url: Option<String>,
    /// The URLs of what is below the record: the property, then key and segment of each.
    pub links: Option<(String, Vec<(String, String)>)>,
    /// A record that the document shows.
    pub example: Option<Value>,
}

impl Model {
    /// Looks an API over.
    ///
    /// # Errors
    ///
    /// [`Error::Spec`] if the API has no operation.
    pub fn new(api: Api, config: Config, credentials: Option<(String, String)>, seed: u64) -> Result<Self, Error> {
        if api.operations.is_empty() {
            return Err(Error::Spec("the document has no operation".to_owned()));
        }
        let traits = api.resources.iter().map(|(id, resource)| traits(&api, id, resource)).collect();
        let collections = collections(&api);
        let facts = facts(&api, &config, &collections);
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
        for of_length in &mut routes {
            of_length.sort_by_cached_key(|id| shape(&api.operations[*id]));
        }
        Ok(Self { api, config, credentials, seed, traits, facts, collections, ignored, base_paths, routes })
    }

    /// The operations whose path has so many segments, in the order in which they are to be tried.
    pub fn of_length(&self, segments: usize) -> &[OperationId] {
        self.routes.get(segments).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is special about the records of a resource.
    pub fn traits(&self, resource: ResourceId) -> &Traits {
        static NONE: Traits = Traits { key: None, url: None, links: None, example: None };
        self.traits.get(resource.index()).unwrap_or(&NONE)
    }

    /// What the rules of the configuration say about a resource.
    pub fn facts(&self, resource: ResourceId) -> &Facts {
        &self.facts[resource.index()]
    }

    /// Returns whether a query parameter has no effect on an operation: nothing gives it a meaning, or the document does not
    /// have it.
    pub fn ignores(&self, operation: OperationId, name: &str) -> bool {
        let is_documented = |operation: &Operation| {
            let mut queries = operation.params.iter().filter(|param| param.location == ParamLocation::Query);
            let is_key = |scheme: &SecurityScheme| matches!(&scheme.kind, SchemeKind::Query(key) if key == name);
            // Parameters in other styles may have many names. The URLs of pages have a token in any case.
            queries.any(|param| param.wire == name || !is_checked(param))
                || self.api.security.iter().any(is_key)
                || operation.paging.is_some() && page_token(operation).is_none() && name == TOKEN
        };
        self.ignored[operation.index()].iter().any(|ignored| ignored == name)
            || !is_documented(&self.api.operations[operation])
    }

    /// The type of a resource's records.
    pub fn record_type(&self, resource: ResourceId) -> Option<TypeRef> {
        self.api.resources[resource].model.map(TypeRef::Named)
    }

    /// The declared properties of a resource's records.
    pub fn record_of(&self, resource: ResourceId) -> Option<&Record> {
        self.record(&self.record_type(resource)?)
    }

    /// The properties of a type, if it is an object with declared ones.
    pub fn record(&self, ty: &TypeRef) -> Option<&Record> {
        record(&self.api, ty)
    }
}

/// The type behind aliases that a record has, followed as deep as one may go in earnest.
pub(crate) fn record<'a>(api: &'a Api, ty: &TypeRef) -> Option<&'a Record> {
    let mut id: TypeId = match ty {
        TypeRef::Named(id) => *id,
        _ => return None,
    };
    for _ in 0..16 {
        match &api.types[id].shape {
            Shape::Record(record) => return Some(record),
            Shape::Alias(TypeRef::Named(next)) => id = *next,
            _ => return None,
        }
    }
    None
}

fn traits(api: &Api, id: ResourceId, resource: &Resource) -> Traits {
    let Some(model) = resource.model else { return Traits::default() };
    let Some(record) = record(api, &TypeRef::Named(model)) else { return Traits::default() };
    let is_uri = |ty: &TypeRef| matches!(ty, TypeRef::Uri | TypeRef::String);
    let url = record.fields.iter().find(|field| {
        let is_url = ["url", "uri", "self", "href"].contains(&name_key(&field.wire).as_str());
        matches!(field.ty, TypeRef::Uri) && is_url && (field.read_only || !is_sent(api, resource, &field.wire))
    });
    let links = record.fields.iter().find_map(|field| {
        if !["links", "subresourceuris"].contains(&name_key(&field.wire).as_str()) {
            return None;
        }
        let below = api.resources.iter().filter(|(_, below)| below.parent == Some((id, Side::Instance)));
        let below: Vec<&str> = below.map(|(_, below)| below.segment.as_str()).collect();
        let keys: Vec<(String, String)> = match (self::record(api, &field.ty), &field.ty) {
            (Some(record), _) if record.fields.iter().all(|field| is_uri(&field.ty)) => record
                .fields
                .iter()
                .map(|link| {
                    let known = below.iter().find(|segment| name_key(segment) == name_key(&link.wire));
                    (
                        link.wire.clone(),
                        known.map_or_else(|| in_style(&link.wire, &resource.segment), |one| (*one).to_owned()),
                    )
                })
                .collect(),
            (None, TypeRef::Map(value)) if is_uri(value) || **value == TypeRef::Json => {
                below.iter().map(|segment| (snake(segment), (*segment).to_owned())).collect()
            }
            _ => return None,
        };
        Some((field.wire.clone(), keys))
    });
    Traits {
        key: key(api, record, resource),
        url: url.map(|field| field.wire.clone()),
        links,
        example: example(api, model, resource),
    }
}

/// Whether a request of a resource sets a property.
fn is_sent(api: &Api, resource: &Resource, name: &str) -> bool {
    let is_same = |other: &str| name_key(other) == name_key(name);
    let params = resource.operations.iter().flat_map(|id| &api.operations[*id].params);
    params.into_iter().any(|param| match param.location {
        ParamLocation::Form => is_same(&param.wire),
        ParamLocation::Body(_) => record(api, &param.ty)
            .is_some_and(|record| record.fields.iter().any(|field| !field.read_only && is_same(&field.wire))),
        _ => false,
    })
}

/// The paths of the servers of a document that are more than `/`.
fn base_paths(api: &Api) -> Vec<String> {
    let own = api.operations.iter().filter_map(|(_, operation)| operation.server.as_ref());
    let urls = api.servers.iter().chain(own).map(Server::filled);
    let paths = urls.filter_map(|url| {
        let behind_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let path = &behind_scheme[behind_scheme.find('/')?..];
        let path = path.split(['?', '#']).next()?.trim_end_matches('/');
        (!path.is_empty() && !path.contains('{')).then(|| path.to_owned())
    });
    let mut paths: Vec<String> = paths.collect();
    // Of two that a path begins with, the longer is meant.
    paths.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
    paths.dedup();
    paths
}

/// The property that is the key: the one of the same name, else of the same type of its own, else the one that the
/// key's name ends with (`harbour_id` and `id`), of the same type if there is such a one, else the first of the same type.
fn key(api: &Api, record: &Record, resource: &Resource) -> Option<String> {
    let key = resource.key.as_ref()?;
    let name = name_key(&key.wire);
    let named = matches!(key.ty, TypeRef::Named(_));
    let find = |test: &dyn Fn(&bindery::ir::Field) -> bool| record.fields.iter().find(|field| test(field));
    let field = find(&|field| name_key(&field.wire) == name)
        .or_else(|| find(&|field| named && field.ty == key.ty))
        .or_else(|| find(&|field| field.ty == key.ty && name.ends_with(&name_key(&field.wire))))
        .or_else(|| find(&|field| is_scalar(api, &field.ty, 4) && name.ends_with(&name_key(&field.wire))))
        .or_else(|| find(&|field| field.ty == key.ty && field.required))?;
    Some(field.wire.clone())
}

/// Returns whether values of a type can be the segment of a path. Unions that are nested deeper than `depth` are not.
fn is_scalar(api: &Api, ty: &TypeRef, depth: usize) -> bool {
    let Some(below) = depth.checked_sub(1) else { return false };
    match ty {
        TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_) | TypeRef::Json => false,
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::Record(_) => false,
            Shape::Union(union) => union.variants.iter().all(|variant| is_scalar(api, &variant.ty, below)),
            Shape::Alias(inner) | Shape::Wrapper(inner) => is_scalar(api, inner, below),
            Shape::Newtype(_) | Shape::StringEnum(_) | Shape::ValueEnum(_) => true,
        },
        TypeRef::Nullable(inner) => is_scalar(api, inner, below),
        _ => true,
    }
}

fn example(api: &Api, model: TypeId, resource: &Resource) -> Option<Value> {
    let ty = TypeRef::Named(model);
    let operations = resource.operations.iter().map(|id| &api.operations[*id]);
    let shown = operations.filter(|operation| operation.response_body() == ResponseBody::Json(&ty));
    let mut examples = shown.flat_map(|operation| &operation.responses);
    let found = examples.find_map(|response| response.example.clone().filter(|_| response.body.as_ref() == Some(&ty)));
    found.or_else(|| api.types[model].example.clone())
}

/// A link's key as a segment of a path, in the style of a segment that there is.
fn in_style(key: &str, like: &str) -> String {
    if !like.starts_with(char::is_uppercase) {
        return key.to_owned();
    }
    let words = key.split(['_', '-']).map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    words.collect()
}

fn snake(segment: &str) -> String {
    let mut snake = String::new();
    for c in segment.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Whether records of a resource can be told from those that do not exist: something gives, lists or creates them.
pub(crate) fn is_known(api: &Api, id: Id<Resource>) -> bool {
    let resources: &Arena<Resource> = &api.resources;
    let roles = resources[id].operations.iter().map(|id| api.operations[*id].role);
    roles.into_iter().any(|role| matches!(role, Role::List | Role::Create | Role::Fetch))
}

/// Whether the mock looks into a value: of those in a style of their own, what is given is taken.
pub(crate) fn is_checked(param: &Param) -> bool {
    matches!(param.style, Style::Plain | Style::Repeated | Style::Json)
}

/// The query parameter for the start of a page, if the document has none.
pub(crate) const TOKEN: &str = "page_token";
