//! The facts about a node of the IR that the comparison compares. Descriptions are not compared.

use std::collections::HashMap;

use serde_json::Value;

use super::Pair;
use crate::ir::{
    Api, BodyKind, Constraint, Field, Method, Operation, Paging, Param, ParamLocation, Response, Shape, TypeDef,
    TypeId, TypeRef, UnionVariant,
};

/// A fact about a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// The node exists.
    Present,
    /// The API has a server with this URL.
    Server(String),
    /// The API has a security scheme of this kind.
    Scheme(&'static str),
    /// Clients request tokens at this URL.
    TokenUrl(String),
    /// A description or an example shows that this item ends a stream.
    StreamEnd(String),
    /// The operation can be called without credentials.
    CredentialsOptional,
    /// The id of the operation.
    Id(String),
    /// The name of a path parameter or of a webhook. Path parameters are counterparts by their position in the path, and webhooks by
    /// their payload.
    Name(String),
    /// The HTTP method of the operation.
    Method(Method),
    /// The path of the operation.
    Path(String),
    /// The operation accepts these credentials.
    Security(Credentials),
    /// The token of a request needs this OAuth 2.0 scope. Only an operation without alternative credentials has this fact.
    Scope(String),
    /// The names with which the API sends an event. The comparison of documents does not report them, because they depend on
    /// codegen.toml.
    EventNames(Vec<String>),
    /// How the next page of the list is requested, and where its items are, in parts.
    Paging(Vec<String>),
    /// A media type of a request body, of a response, or of the payload of a webhook.
    MediaType(String),
    /// The kind of body of the request or response.
    Body(&'static str),
    /// The location of the parameter.
    In(ParamLocation),
    /// The parameter or property is required.
    Required,
    /// Only responses have the property.
    ReadOnly,
    /// Only requests have the property.
    WriteOnly,
    /// The value may be `null`.
    Nullable,
    /// The node is deprecated.
    Deprecated,
    /// The value may be personal data.
    Personal,
    /// The type of the values.
    Type(String),
    /// The schema of the values. Only a reference to another schema has this fact.
    Schema {
        /// The name.
        name: String,
        /// The type.
        id: TypeId,
    },
    /// The format of the values, if their type does not depend on it.
    Format(String),
    /// A constraint of the values.
    Constraint(Constraint),
    /// The default value.
    Default(Value),
    /// The object may have additional properties.
    AdditionalProperties,
    /// The property that is the discriminator of the union.
    Tag(String),
    /// How a parameter is written in the request.
    Encoding(String),
    /// A discriminator value of the alternative.
    TagValue(String),
    /// The alternative is the `defaultMapping` of the discriminator.
    DefaultAlternative,
    /// A value of the enum.
    EnumValue(Value),
    /// The enum allows strings that it does not list.
    OtherStrings,
}

/// Credentials that a request has together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Credentials {
    /// The kinds of the credentials. The names of the schemes are not sent.
    pub kinds: Vec<String>,
    /// The OAuth 2.0 scopes that the token needs.
    pub scopes: Vec<String>,
}

impl Fact {
    /// Returns whether a node can have only one fact of this kind, so that two different facts are one change.
    pub(super) fn is_single(&self) -> bool {
        !matches!(
            self,
            Self::Scheme(_)
                | Self::TokenUrl(_)
                | Self::StreamEnd(_)
                | Self::Security(_)
                | Self::Scope(_)
                | Self::MediaType(_)
                | Self::TagValue(_)
                | Self::EnumValue(_)
        )
    }

    /// Returns whether a fact that replaces the only other fact of its kind is one change, although a node can have several.
    pub(super) fn is_replaceable(&self) -> bool {
        matches!(self, Self::TokenUrl(_) | Self::MediaType(_) | Self::TagValue(_) | Self::EnumValue(_))
    }
}

/// Returns the facts about an API.
pub(super) fn api_facts(api: &Api) -> Vec<Fact> {
    let schemes = api.security.iter().map(|scheme| Fact::Scheme(scheme.kind.kind_and_name().0));
    let server = api.servers.first().map(|server| Fact::Server(server.filled()));
    let token_urls = api.security.iter().filter_map(|scheme| scheme.token_url());
    let token_urls = token_urls.map(|url| Fact::TokenUrl(url.to_owned()));
    server.into_iter().chain(schemes).chain(token_urls).collect()
}

/// Returns the facts about an operation.
pub(super) fn operation_facts(api: &Api, operation: &Operation) -> Vec<Fact> {
    let body = operation.body.map(|body| match body {
        BodyKind::Form => Fact::Body("form"),
        BodyKind::Multipart => Fact::Body("multipart"),
        BodyKind::Value => Fact::Body("whole"),
    });
    let identity =
        [Fact::Id(operation.id.clone()), Fact::Method(operation.method.clone()), Fact::Path(operation.template())];
    let flags = flags([
        (operation.has_optional_credentials, Fact::CredentialsOptional),
        (operation.deprecated, Fact::Deprecated),
    ]);
    let paging = operation.paging.iter().map(|paging| Fact::Paging(paging_parts(paging)));
    let stream_ends = api.documented_stream_ends(operation).into_iter().map(Fact::StreamEnd);
    let server = operation.server.iter().map(|server| Fact::Server(server.filled()));
    identity.into_iter().chain(body).chain(flags).chain(paging).chain(stream_ends).chain(server).collect()
}

/// The kinds of the security schemes of an API, by their names.
#[derive(Debug)]
pub(crate) struct SchemeKinds<'a>(HashMap<&'a str, String>);

impl<'a> SchemeKinds<'a> {
    /// Returns the kinds of the security schemes of an API. Header names are in lower case.
    pub fn of(api: &'a Api) -> Self {
        let kinds = api.security.iter().map(|scheme| {
            let (kind, name) = scheme.kind.kind_and_name();
            // Header names have no case.
            let name = if kind == "header" { name.to_ascii_lowercase() } else { name.to_owned() };
            (scheme.name.as_str(), format!("{kind} {name}").trim_end().to_owned())
        });
        Self(kinds.collect())
    }

    /// Returns the credentials that requests of an operation may have, without the empty alternative.
    fn alternatives(&self, operation: &Operation) -> Vec<Credentials> {
        let alternatives = operation.security.iter().zip(&operation.scopes).map(|(schemes, scopes)| Credentials {
            kinds: schemes.iter().filter_map(|name| self.0.get(name.as_str()).cloned()).collect(),
            scopes: scopes.clone(),
        });
        alternatives.filter(|credentials| !credentials.kinds.is_empty()).collect()
    }
}

/// Returns the facts about the credentials of two operations. If both operations have no more than one alternative, each scope is a fact
/// of its own. The scopes of several alternatives are a part of the alternative.
pub(crate) fn security_facts(kinds: &Pair<SchemeKinds<'_>>, operations: Pair<&Operation>) -> Pair<Vec<Fact>> {
    let (ours, theirs) = (kinds.ours.alternatives(operations.ours), kinds.theirs.alternatives(operations.theirs));
    let have_alternatives = ours.len() > 1 || theirs.len() > 1;
    let facts = |alternatives: Vec<Credentials>| {
        let facts = alternatives.into_iter().flat_map(|mut credentials| {
            let scopes = if have_alternatives { Vec::new() } else { std::mem::take(&mut credentials.scopes) };
            [Fact::Security(credentials)].into_iter().chain(scopes.into_iter().map(Fact::Scope))
        });
        facts.collect()
    };
    Pair { ours: facts(ours), theirs: facts(theirs) }
}

/// Describes how the next page is requested, and where the items are.
fn paging_parts(paging: &Paging) -> Vec<String> {
    let mut parts = paging.next.parts();
    for (name, path) in [("items", &paging.items), ("more pages", &paging.next_page_flag)] {
        if !path.is_empty() {
            parts.push(format!("{name} in `{}`", path.join(".")));
        }
    }
    if let Some((name, _)) = &paging.page_size {
        parts.push(format!("page size in `{name}`"));
    }
    parts
}

/// Returns the facts about the media types of a response.
pub(super) fn media_type_facts(response: &Response) -> Vec<Fact> {
    let alternatives = response.alternatives.iter().flat_map(|alternative| &alternative.media_types);
    response.media_types.iter().chain(alternatives).cloned().map(Fact::MediaType).collect()
}

/// Returns the facts about a parameter.
pub(super) fn param_facts(param: &Param) -> Vec<Fact> {
    let flags = flags([
        (param.required, Fact::Required),
        (param.nullable, Fact::Nullable),
        (param.deprecated, Fact::Deprecated),
        (param.is_personal, Fact::Personal),
    ]);
    let location = [Fact::In(param.location), Fact::Encoding(encoding(param))];
    location.into_iter().chain(flags).chain(value_facts(&param.constraints, param.default.as_ref())).collect()
}

/// The part of an encoding that says that reserved characters are not encoded.
pub(crate) const RESERVED_CHARACTERS: &str = " with reserved characters";

/// Describes how a parameter is written in the request.
fn encoding(param: &Param) -> String {
    let mut text = param.style.as_str().replace('_', " ");
    if param.allow_reserved {
        text.push_str(RESERVED_CHARACTERS);
    }
    if let Some(media_type) = &param.media_type {
        text.push_str(" as ");
        text.push_str(media_type);
    }
    text
}

/// Returns the facts about a property.
pub(super) fn field_facts(field: &Field) -> Vec<Fact> {
    let flags = flags([
        (field.required, Fact::Required),
        (field.read_only, Fact::ReadOnly),
        (field.write_only, Fact::WriteOnly),
        (field.nullable, Fact::Nullable),
        (field.deprecated, Fact::Deprecated),
        (field.is_personal, Fact::Personal),
    ]);
    flags.chain(value_facts(&field.constraints, field.default.as_ref())).collect()
}

/// Adds the values of two booleans of which one may have only one value.
pub(super) fn add_boolean_values(
    apis: Pair<&Api>,
    types: Pair<&TypeRef>,
    constants: Pair<Option<bool>>,
    facts: &mut Pair<Vec<Fact>>,
) {
    let is_boolean = |api, ty| *resolved(api, ty) == TypeRef::Bool;
    if constants.ours == constants.theirs
        || !is_boolean(apis.ours, types.ours)
        || !is_boolean(apis.theirs, types.theirs)
    {
        return;
    }
    let values = |constant: Option<bool>| {
        let values = [true, false].into_iter().filter(move |value| constant.is_none_or(|constant| constant == *value));
        values.map(|value| Fact::EnumValue(value.into()))
    };
    facts.ours.extend(values(constants.ours));
    facts.theirs.extend(values(constants.theirs));
}

/// Returns the facts about a named type.
pub(super) fn type_facts(def: &TypeDef) -> Vec<Fact> {
    let shape_facts: Vec<Fact> = match &def.shape {
        Shape::StringEnum(variants) => {
            let values = variants.iter().map(|variant| Fact::EnumValue(variant.wire.clone().into()));
            values.chain(def.allows_other_strings.then_some(Fact::OtherStrings)).collect()
        }
        Shape::ValueEnum(values) => {
            values.values.iter().map(|literal| Fact::EnumValue(literal.value.clone())).collect()
        }
        Shape::Union(union) => union.tag.iter().cloned().map(Fact::Tag).collect(),
        Shape::Record(record) => record.additional.iter().map(|_| Fact::AdditionalProperties).collect(),
        Shape::Newtype(_) | Shape::Alias(_) | Shape::Wrapper(_) => Vec::new(),
    };
    flags([(def.deprecated, Fact::Deprecated)]).chain(shape_facts).collect()
}

/// Returns the facts about an alternative of a union.
pub(super) fn variant_facts(variant: &UnionVariant) -> Vec<Fact> {
    let tags = variant.tags.iter().map(tag_text);
    let constraints = variant.constraints.iter().cloned().map(Fact::Constraint);
    tags.map(Fact::TagValue).chain(flags([(variant.is_default, Fact::DefaultAlternative)])).chain(constraints).collect()
}

/// Returns the text of a discriminator value as in [`Fact::TagValue`].
pub(crate) fn tag_text(tag: &Value) -> String {
    tag.as_str().map_or_else(|| tag.to_string(), str::to_owned)
}

fn flags<const N: usize>(flags: [(bool, Fact); N]) -> impl Iterator<Item = Fact> {
    flags.into_iter().filter_map(|(is_set, fact)| is_set.then_some(fact))
}

/// Returns the facts about the values of a parameter or property.
fn value_facts(constraints: &[Constraint], default: Option<&Value>) -> impl Iterator<Item = Fact> {
    constraints.iter().cloned().map(Fact::Constraint).chain(default.cloned().map(Fact::Default))
}

/// A type without aliases, with the contained types that are also compared.
pub(super) enum ResolvedType<'a> {
    /// A type that contains no other types.
    Scalar,
    Array(&'a TypeRef),
    Map(&'a TypeRef),
    Tuple(&'a [TypeRef]),
    /// A string type with constraints.
    Newtype(TypeId),
    /// Another named type.
    Named(TypeId),
}

impl ResolvedType<'_> {
    /// Returns the named type.
    pub fn id(&self) -> Option<TypeId> {
        match self {
            Self::Newtype(id) | Self::Named(id) => Some(*id),
            _ => None,
        }
    }
}

/// Returns the name of a type as in [`Fact::Type`], and whether its values may be `null`.
pub(crate) fn value_type(api: &Api, ty: &TypeRef) -> (String, bool) {
    let mut facts = Vec::new();
    resolve(api, ty, &mut facts);
    let is_nullable = facts.contains(&Fact::Nullable);
    let name = facts.into_iter().find_map(|fact| if let Fact::Type(name) = fact { Some(name) } else { None });
    let name = name.unwrap_or_default();
    let may_be_null = is_nullable || name == "any";
    (name, may_be_null)
}

/// Returns the type without aliases, wrappers and `null`.
pub(crate) fn resolved<'a>(api: &'a Api, mut ty: &'a TypeRef) -> &'a TypeRef {
    for _ in 0..=2 * api.types.len() {
        match ty {
            TypeRef::Nullable(inner) => ty = inner,
            TypeRef::Named(id) => match &api.types[*id].shape {
                Shape::Alias(target) | Shape::Wrapper(target) => ty = target,
                _ => break,
            },
            _ => break,
        }
    }
    ty
}

/// Resolves the aliases of a type. Adds the facts of the aliases and of the type to `facts`.
pub(super) fn resolve<'a>(api: &'a Api, ty: &'a TypeRef, facts: &mut Vec<Fact>) -> ResolvedType<'a> {
    let mut add = |fact: Fact| {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    };
    let mut ty = ty;
    // Each type of the API adds at most two steps: an alias, and a `Nullable` in the alias. More steps are a cycle.
    for _ in 0..=2 * api.types.len() {
        let id = match ty {
            TypeRef::Nullable(inner) => {
                add(Fact::Nullable);
                ty = inner;
                continue;
            }
            TypeRef::Named(id) => *id,
            _ => break,
        };
        let def = &api.types[id];
        let name = match &def.shape {
            Shape::Alias(target) | Shape::Wrapper(target) => {
                ty = target;
                continue;
            }
            Shape::Newtype(constraints) => {
                constraints.iter().cloned().map(Fact::Constraint).for_each(add);
                facts.push(Fact::Type("string".to_owned()));
                return ResolvedType::Newtype(id);
            }
            Shape::Record(_) => "object",
            Shape::StringEnum(_) => "enum",
            Shape::ValueEnum(values) if matches!(values.ty, TypeRef::Int(_) | TypeRef::Unsigned(_)) => "integer enum",
            Shape::ValueEnum(_) => "enum of values",
            Shape::Union(_) => "union",
        };
        let is_closed_enum = def.is_closed && matches!(def.shape, Shape::StringEnum(_) | Shape::ValueEnum(_));
        add(Fact::Type(format!("{}{name}", if is_closed_enum { "closed " } else { "" })));
        return ResolvedType::Named(id);
    }
    let (name, resolved) = match ty {
        TypeRef::Bool => ("boolean", ResolvedType::Scalar),
        TypeRef::Int(32) => ("int32", ResolvedType::Scalar),
        TypeRef::Int(128) => ("int128", ResolvedType::Scalar),
        TypeRef::Int(_) => ("int64", ResolvedType::Scalar),
        TypeRef::Unsigned(32) => ("uint32", ResolvedType::Scalar),
        TypeRef::Unsigned(_) => ("uint64", ResolvedType::Scalar),
        TypeRef::BigNumber => ("number", ResolvedType::Scalar),
        TypeRef::Float(32) => ("float", ResolvedType::Scalar),
        TypeRef::Float(_) => ("double", ResolvedType::Scalar),
        TypeRef::String => ("string", ResolvedType::Scalar),
        TypeRef::DateTime => ("date-time", ResolvedType::Scalar),
        TypeRef::Date => ("date", ResolvedType::Scalar),
        TypeRef::Uri => ("uri", ResolvedType::Scalar),
        TypeRef::Uuid => ("uuid", ResolvedType::Scalar),
        TypeRef::Duration => ("duration", ResolvedType::Scalar),
        TypeRef::Bytes => ("bytes", ResolvedType::Scalar),
        TypeRef::UrlBytes => ("bytes for URLs", ResolvedType::Scalar),
        TypeRef::Custom(path) => (path.as_str(), ResolvedType::Scalar),
        TypeRef::Tuple(items) => ("tuple", ResolvedType::Tuple(items)),
        TypeRef::Array(item) => ("array", ResolvedType::Array(item)),
        TypeRef::Map(value) => ("map", ResolvedType::Map(value)),
        TypeRef::Named(_) | TypeRef::Nullable(_) | TypeRef::Json => ("any", ResolvedType::Scalar),
    };
    facts.push(Fact::Type(name.to_owned()));
    resolved
}
