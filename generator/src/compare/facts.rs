//! What there is to say of a node, apart from its words and its parts.

use serde_json::Value;

use crate::ir::{
    Api, Body, Constraint, Field, Method, Operation, Param, ParamPlace, SecurityScheme, Shape, TypeDef, TypeId, TypeRef,
};

/// Something that a description says of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// It is there.
    Present,
    /// The API is served at a URL.
    Server(String),
    /// The API knows a way to identify oneself.
    Scheme(&'static str),
    /// The operation takes no credentials.
    Open,
    /// The operation has an id.
    Id(String),
    /// The operation is asked for by a method.
    Method(Method),
    /// The operation is asked for at a path.
    Path(String),
    /// The request or answer has a body of a kind.
    Body(&'static str),
    /// The parameter travels in a part of the request.
    In(ParamPlace),
    /// It has to be there.
    Required,
    /// It may be null.
    Nullable,
    /// The document advises against it.
    Deprecated,
    /// It may be personal data.
    Personal,
    /// Its values are of a type.
    Type(String),
    /// Its values keep to a rule.
    Rule(Constraint),
    /// A value is taken when none is given.
    Default(Value),
    /// It may have members that are not named.
    Additional,
    /// A value is one of those that the type has.
    Value(String),
}

impl Fact {
    /// Whether a node that this holds of says the other one instead when that is what holds.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        !matches!(self, Self::Scheme(_) | Self::Value(_)) && self.keyword() == other.keyword()
    }
}

pub(super) fn of_api(api: &Api) -> Vec<Fact> {
    let schemes = api.security.iter().map(|scheme| match scheme {
        SecurityScheme::Basic { .. } => Fact::Scheme("basic"),
    });
    api.server.iter().cloned().map(Fact::Server).chain(schemes).collect()
}

pub(super) fn of_operation(operation: &Operation) -> Vec<Fact> {
    let body = operation.body.map(|body| match body {
        Body::Form => Fact::Body("form"),
        Body::Whole => Fact::Body("whole"),
    });
    let always = [Fact::Id(operation.id.clone()), Fact::Method(operation.method), Fact::Path(operation.template())];
    let flags = flags([(operation.open, Fact::Open), (operation.deprecated, Fact::Deprecated)]);
    always.into_iter().chain(body).chain(flags).collect()
}

pub(super) fn of_param(param: &Param) -> Vec<Fact> {
    let flags = flags([
        (param.required, Fact::Required),
        (param.nullable, Fact::Nullable),
        (param.deprecated, Fact::Deprecated),
        (param.pii, Fact::Personal),
    ]);
    let place = [Fact::In(param.place)];
    place.into_iter().chain(flags).chain(said(&param.constraints, param.default.as_ref())).collect()
}

pub(super) fn of_field(field: &Field) -> Vec<Fact> {
    let flags = flags([
        (field.required, Fact::Required),
        (field.nullable, Fact::Nullable),
        (field.deprecated, Fact::Deprecated),
        (field.pii, Fact::Personal),
    ]);
    flags.chain(said(&field.constraints, field.default.as_ref())).collect()
}

pub(super) fn of_type(def: &TypeDef) -> Vec<Fact> {
    let deprecated = flags([(def.deprecated, Fact::Deprecated)]);
    match &def.shape {
        Shape::StringEnum(variants) => {
            deprecated.chain(variants.iter().map(|variant| Fact::Value(variant.wire.clone()))).collect()
        }
        Shape::ValueEnum(values) => {
            deprecated.chain(values.values.iter().map(|literal| Fact::Value(literal.value.to_string()))).collect()
        }
        Shape::Union(union) => {
            deprecated.chain(union.variants.iter().map(|variant| Fact::Value(variant.name.clone()))).collect()
        }
        Shape::Record(record) => deprecated.chain(record.additional.iter().map(|_| Fact::Additional)).collect(),
        Shape::Newtype(_) | Shape::Alias(_) | Shape::Wrapper(_) => deprecated.collect(),
    }
}

fn flags<const N: usize>(flags: [(bool, Fact); N]) -> impl Iterator<Item = Fact> {
    flags.into_iter().filter_map(|(set, fact)| set.then_some(fact))
}

fn said(rules: &[Constraint], default: Option<&Value>) -> impl Iterator<Item = Fact> {
    rules.iter().cloned().map(Fact::Rule).chain(default.cloned().map(Fact::Default))
}

/// What a type is behind its names: the parts that there are to compare.
pub(super) enum Form<'a> {
    Plain,
    List(&'a TypeRef),
    Map(&'a TypeRef),
    Record(TypeId),
    Enum(TypeId),
}

/// Follows a type through its names, and adds what is said on the way.
pub(super) fn resolve<'a>(api: &'a Api, ty: &'a TypeRef, facts: &mut Vec<Fact>) -> Form<'a> {
    let mut ty = ty;
    // There are no more names to go through than there are types, unless they lead back to themselves.
    for _ in 0..=api.types.len() {
        if let TypeRef::Nullable(inner) = ty {
            facts.push(Fact::Nullable);
            ty = inner;
            continue;
        }
        let TypeRef::Named(id) = ty else { break };
        match &api.types[*id].shape {
            Shape::Alias(to) => ty = to,
            Shape::Newtype(rules) => {
                let unsaid = rules.iter().cloned().map(Fact::Rule).filter(|rule| !facts.contains(rule));
                facts.extend(unsaid.collect::<Vec<_>>());
                ty = &TypeRef::Text;
            }
            Shape::Record(_) => {
                facts.push(Fact::Type("object".to_owned()));
                return Form::Record(*id);
            }
            Shape::StringEnum(_) | Shape::ValueEnum(_) => {
                facts.push(Fact::Type("enum".to_owned()));
                return Form::Enum(*id);
            }
            Shape::Union(_) => {
                facts.push(Fact::Type("one of several".to_owned()));
                return Form::Enum(*id);
            }
            Shape::Wrapper(_) => {
                facts.push(Fact::Type("list or map of itself".to_owned()));
                return Form::Plain;
            }
        }
    }
    let (name, form) = match ty {
        TypeRef::Bool => ("boolean", Form::Plain),
        TypeRef::Int(32) => ("int32", Form::Plain),
        TypeRef::Int(_) => ("int64", Form::Plain),
        TypeRef::Unsigned(32) => ("uint32", Form::Plain),
        TypeRef::Unsigned(_) => ("uint64", Form::Plain),
        TypeRef::Float(32) => ("float", Form::Plain),
        TypeRef::Float(_) => ("double", Form::Plain),
        TypeRef::Text => ("text", Form::Plain),
        TypeRef::DateTime => ("date-time", Form::Plain),
        TypeRef::Date => ("date", Form::Plain),
        TypeRef::Uri => ("uri", Form::Plain),
        TypeRef::Uuid => ("uuid", Form::Plain),
        TypeRef::Bytes => ("bytes", Form::Plain),
        TypeRef::Custom(path) => (path.as_str(), Form::Plain),
        TypeRef::Tuple(_) => ("tuple", Form::Plain),
        TypeRef::List(item) => ("list", Form::List(item)),
        TypeRef::Map(value) => ("map", Form::Map(value)),
        TypeRef::Named(_) | TypeRef::Nullable(_) | TypeRef::Json => ("any", Form::Plain),
    };
    facts.push(Fact::Type(name.to_owned()));
    form
}
