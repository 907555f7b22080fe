//! The facts about a node of the IR that are compared, without descriptions and children.

use serde_json::Value;

use crate::ir::{
    Api, BodyKind, Constraint, Field, Method, Operation, Param, ParamLocation, Shape, TypeDef, TypeId, TypeRef,
    UnionVariant,
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
    /// The operation needs no credentials.
    Open,
    /// The id of the operation.
    Id(String),
    /// The HTTP method of the operation.
    Method(Method),
    /// The path of the operation.
    Path(String),
    /// The kind of body of the request or response.
    Body(&'static str),
    /// The location of the parameter.
    In(ParamLocation),
    /// The node is required.
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
    /// A constraint of the values.
    Rule(Constraint),
    /// The default value.
    Default(Value),
    /// The object may have additional properties.
    Additional,
    /// The property that is the discriminator of the union.
    Tag(String),
    /// A discriminator value of the alternative.
    Tagged(String),
    /// A value of the enum.
    Value(Value),
}

impl Fact {
    /// Returns whether two facts are of the same kind, so that a node has only one of them.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        !matches!(self, Self::Scheme(_) | Self::Tagged(_) | Self::Value(_)) && self.keyword() == other.keyword()
    }
}

pub(super) fn of_api(api: &Api) -> Vec<Fact> {
    let schemes = api.security.iter().map(|scheme| Fact::Scheme(scheme.kind.parts().0));
    api.servers.first().map(|server| Fact::Server(server.filled())).into_iter().chain(schemes).collect()
}

pub(super) fn of_operation(operation: &Operation) -> Vec<Fact> {
    let body = operation.body.map(|body| match body {
        BodyKind::Form => Fact::Body("form"),
        BodyKind::Multipart => Fact::Body("multipart"),
        BodyKind::Value => Fact::Body("whole"),
    });
    let always = [Fact::Id(operation.id.clone()), Fact::Method(operation.method), Fact::Path(operation.template())];
    let flags = flags([(operation.credentials_optional, Fact::Open), (operation.deprecated, Fact::Deprecated)]);
    always.into_iter().chain(body).chain(flags).collect()
}

pub(super) fn of_param(param: &Param) -> Vec<Fact> {
    let flags = flags([
        (param.required, Fact::Required),
        (param.nullable, Fact::Nullable),
        (param.deprecated, Fact::Deprecated),
        (param.pii, Fact::Personal),
    ]);
    let place = [Fact::In(param.location)];
    place.into_iter().chain(flags).chain(said(&param.constraints, param.default.as_ref())).collect()
}

pub(super) fn of_field(field: &Field) -> Vec<Fact> {
    let flags = flags([
        (field.required, Fact::Required),
        (field.read_only, Fact::ReadOnly),
        (field.write_only, Fact::WriteOnly),
        (field.nullable, Fact::Nullable),
        (field.deprecated, Fact::Deprecated),
        (field.pii, Fact::Personal),
    ]);
    flags.chain(said(&field.constraints, field.default.as_ref())).collect()
}

pub(super) fn of_type(def: &TypeDef) -> Vec<Fact> {
    let said: Vec<Fact> = match &def.shape {
        Shape::StringEnum(variants) => variants.iter().map(|one| Fact::Value(one.wire.clone().into())).collect(),
        Shape::ValueEnum(values) => values.values.iter().map(|one| Fact::Value(one.value.clone())).collect(),
        Shape::Union(union) => union.tag.iter().cloned().map(Fact::Tag).collect(),
        Shape::Record(record) => record.additional.iter().map(|_| Fact::Additional).collect(),
        Shape::Newtype(_) | Shape::Alias(_) | Shape::Wrapper(_) => Vec::new(),
    };
    flags([(def.deprecated, Fact::Deprecated)]).chain(said).collect()
}

pub(super) fn of_choice(choice: &UnionVariant) -> Vec<Fact> {
    choice.tags.iter().map(|tag| Fact::Tagged(tag.as_str().map_or_else(|| tag.to_string(), str::to_owned))).collect()
}

fn flags<const N: usize>(flags: [(bool, Fact); N]) -> impl Iterator<Item = Fact> {
    flags.into_iter().filter_map(|(set, fact)| set.then_some(fact))
}

fn said(rules: &[Constraint], default: Option<&Value>) -> impl Iterator<Item = Fact> {
    rules.iter().cloned().map(Fact::Rule).chain(default.cloned().map(Fact::Default))
}

/// A type with its aliases resolved: the parts to compare.
pub(super) enum Form<'a> {
    Plain,
    List(&'a TypeRef),
    Map(&'a TypeRef),
    Tuple(&'a [TypeRef]),
    /// A type with parts.
    Type(TypeId),
}

/// Resolves the aliases of a type, and collects their facts.
pub(super) fn resolve<'a>(api: &'a Api, ty: &'a TypeRef, facts: &mut Vec<Fact>) -> Form<'a> {
    let mut add = |fact: Fact| {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    };
    let mut ty = ty;
    // A chain of aliases has at most as many links as there are types, unless it is a cycle.
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
        let name = match &api.types[id].shape {
            Shape::Alias(to) | Shape::Wrapper(to) => {
                ty = to;
                continue;
            }
            Shape::Newtype(rules) => {
                rules.iter().cloned().map(Fact::Rule).for_each(add);
                ty = &TypeRef::String;
                break;
            }
            Shape::Record(_) => "object",
            Shape::StringEnum(_) | Shape::ValueEnum(_) => "enum",
            Shape::Union(_) => "union",
        };
        add(Fact::Type(name.to_owned()));
        return Form::Type(id);
    }
    let (name, form) = match ty {
        TypeRef::Bool => ("boolean", Form::Plain),
        TypeRef::Int(32) => ("int32", Form::Plain),
        TypeRef::Int(128) => ("int128", Form::Plain),
        TypeRef::Int(_) => ("int64", Form::Plain),
        TypeRef::Unsigned(32) => ("uint32", Form::Plain),
        TypeRef::Unsigned(_) => ("uint64", Form::Plain),
        TypeRef::BigNumber => ("number", Form::Plain),
        TypeRef::Float(32) => ("float", Form::Plain),
        TypeRef::Float(_) => ("double", Form::Plain),
        TypeRef::String => ("text", Form::Plain),
        TypeRef::DateTime => ("date-time", Form::Plain),
        TypeRef::Date => ("date", Form::Plain),
        TypeRef::Uri => ("uri", Form::Plain),
        TypeRef::Uuid => ("uuid", Form::Plain),
        TypeRef::Duration => ("duration", Form::Plain),
        TypeRef::Bytes => ("bytes", Form::Plain),
        TypeRef::UrlBytes => ("bytes for URLs", Form::Plain),
        TypeRef::Custom(path) => (path.as_str(), Form::Plain),
        TypeRef::Tuple(items) => ("tuple", Form::Tuple(items)),
        TypeRef::Array(item) => ("list", Form::List(item)),
        TypeRef::Map(value) => ("map", Form::Map(value)),
        TypeRef::Named(_) | TypeRef::Nullable(_) | TypeRef::Json => ("any", Form::Plain),
    };
    facts.push(Fact::Type(name.to_owned()));
    form
}
