//! Compares the values of a node in both versions, if its type changed.

use super::Snapshot;
use super::narrowing::{are_tighter, includes};
use crate::compare::{self, Change, Difference, Fact, Pair, RESERVED_CHARACTERS, Step, Subject};
use crate::ir::{
    Constraint, Field, OperationId, Param, ParamLocation, Record, Response, Shape, Style, TypeRef, UnionVariant,
    Webhook,
};

/// The maximum number of alternatives, properties or values of an enum that are examined. A type with more of them is treated as breaking.
const MAX_PARTS: usize = 200;

/// The maximum number of arrays and maps inside each other whose items are examined. Deeper items must have the same type.
const MAX_DEPTH: usize = 20;

/// The type of a node, and the constraints of its values.
#[derive(Clone, Copy)]
struct Values<'a> {
    snapshot: &'a Snapshot,
    ty: &'a TypeRef,
    constraints: &'a [Constraint],
    /// Whether the document forbids the values, because they are in a map that must be empty.
    is_forbidden: bool,
}

/// Returns whether the server accepts the values of a node that old clients send.
pub(super) fn accepts_old(snapshots: Pair<&Snapshot>, difference: &Difference) -> bool {
    nodes(snapshots, difference).is_some_and(|nodes| nodes.ours.accepts(nodes.theirs))
}

/// Returns whether the server accepts the values of a parameter that old clients send.
pub(super) fn param_accepts_old(snapshots: Pair<&Snapshot>, params: Pair<&Param>) -> bool {
    let ours = Values::new(snapshots.ours, &params.ours.ty, &params.ours.constraints);
    let theirs = Values::new(snapshots.theirs, &params.theirs.ty, &params.theirs.constraints);
    ours.includes(theirs) || ours.accepts(theirs)
}

/// Returns whether new clients decode old values of a node, and old clients new values. A value of a union is decoded in any case.
pub(super) fn reads(snapshots: Pair<&Snapshot>, difference: &Difference) -> Pair<bool> {
    let Some(nodes) = nodes(snapshots, difference) else { return Pair::default() };
    let reads = |read: Values<'_>, written: Values<'_>| {
        written.is_forbidden || read.has_limits_of(written) || read.has_objects_of(written) || read.is_base_of(written)
    };
    Pair { ours: reads(nodes.ours, nodes.theirs), theirs: reads(nodes.theirs, nodes.ours) }
}

/// Returns whether a node was an enum of strings, or an array of them, and a new constraint allows all its values.
pub(super) fn allows_old_enum(snapshots: Pair<&Snapshot>, difference: &Difference, constraint: &Constraint) -> bool {
    nodes(snapshots, difference).is_some_and(|nodes| nodes.theirs.is_enum_within(constraint))
}

/// Returns whether an alternative of the new union accepts the values of an alternative that was removed.
pub(super) fn is_still_accepted(snapshots: Pair<&Snapshot>, difference: &Difference) -> bool {
    let (Subject::Type(types), [_, step], Change::Missing(Fact::Present)) =
        (difference.subject, difference.path.as_slice(), &difference.change)
    else {
        return false;
    };
    let Shape::Union(union) = &snapshots.ours.api.types[types.ours].shape else { return false };
    let Some(removed) = of_type(snapshots.theirs, types.theirs, step) else { return false };
    union.variants.iter().take(MAX_PARTS).any(|variant| {
        let values = Values::new(snapshots.ours, &variant.ty, &variant.constraints);
        values.includes(removed) || values.accepts(removed)
    })
}

/// Returns whether the values of a parameter are written as before, although its encoding is another one: a value without parts looks
/// the same in several styles, and a server also decodes reserved characters that old clients encode.
pub(super) fn is_written_as_before(snapshots: Pair<&Snapshot>, difference: &Difference) -> bool {
    const STYLES: [&str; 6] =
        ["plain", "comma separated", "space separated", "pipe separated", "repeated", "exploded object"];
    let Change::Changed(Pair { ours: Fact::Encoding(new), theirs: Fact::Encoding(old) }) = &difference.change else {
        return false;
    };
    if new.replacen(RESERVED_CHARACTERS, "", 1) == *old {
        return true;
    }
    let has_parts =
        |ty: &TypeRef| matches!(ty, TypeRef::Array(_) | TypeRef::Map(_) | TypeRef::Tuple(_) | TypeRef::Json);
    [new, old].iter().all(|style| STYLES.contains(&style.as_str()))
        && nodes(snapshots, difference)
            .is_some_and(|nodes| !has_parts(nodes.theirs.resolved()) && !nodes.theirs.may_be_object())
}

/// Returns whether two encodings of a part of a multipart body are equal. A part without a content type is text, and a file without a
/// content type is bytes. An object is one part of JSON in both styles.
pub(super) fn is_same_part(snapshots: Pair<&Snapshot>, difference: &Difference) -> bool {
    let (
        Change::Changed(Pair { ours: Fact::Encoding(new), theirs: Fact::Encoding(old) }),
        Some(Step::Param(location, _)),
    ) = (&difference.change, difference.path.get(1))
    else {
        return false;
    };
    let default = match location {
        ParamLocation::File => " as application/octet-stream",
        ParamLocation::Form => " as text/plain",
        _ => return false,
    };
    let [new, old] = [new, old].map(|encoding| encoding.strip_suffix(default).unwrap_or(encoding));
    let is_json = |encoding: &str| ["json as application/json", "repeated as application/json"].contains(&encoding);
    let is_object = |values: Values<'_>| values.record().is_some() || matches!(values.resolved(), TypeRef::Map(_));
    new == old
        || is_json(new)
            && is_json(old)
            && nodes(snapshots, difference).is_some_and(|nodes| is_object(nodes.ours) && is_object(nodes.theirs))
}

/// Returns whether a request can have `null` in a parameter. A client leaves it out of the URL and of headers, except in JSON.
pub(super) fn sends_null(param: &Param) -> bool {
    let is_in_body = matches!(param.location, ParamLocation::Form | ParamLocation::File | ParamLocation::Body(_));
    is_in_body || matches!(param.style, Style::Json | Style::WholeJson)
}

/// Finds the node of a difference in both versions.
fn nodes<'a>(snapshots: Pair<&'a Snapshot>, difference: &Difference) -> Option<Pair<Values<'a>>> {
    let (first, rest) = difference.path.get(1..)?.split_first()?;
    let (ours, theirs) = (snapshots.ours, snapshots.theirs);
    let roots = match difference.subject {
        Subject::Type(ids) => {
            Pair { ours: of_type(ours, ids.ours, first)?, theirs: of_type(theirs, ids.theirs, first)? }
        }
        Subject::Operation(ids) => {
            Pair { ours: of_operation(ours, ids.ours, first)?, theirs: of_operation(theirs, ids.theirs, first)? }
        }
        Subject::Webhook(ids) => {
            let webhook = |snapshot: &'a Snapshot, id: Option<compare::WebhookId>| {
                let id = id?;
                of_webhook(snapshot, snapshot.api.webhooks.get(id.group)?.events.get(id.event)?, first)
            };
            Pair { ours: webhook(ours, ids.ours)?, theirs: webhook(theirs, ids.theirs)? }
        }
        Subject::Api => return None,
    };
    let inner = |root: Values<'a>| rest.iter().try_fold(root, Values::inner);
    Some(Pair { ours: inner(roots.ours)?, theirs: inner(roots.theirs)? })
}

fn of_type<'a>(snapshot: &'a Snapshot, id: crate::ir::TypeId, step: &Step) -> Option<Values<'a>> {
    let (ty, constraints) = match (step, &snapshot.api.types[id].shape) {
        (Step::Property(wire), _) => {
            let field = snapshot.field(id, wire)?;
            (&field.ty, field.constraints.as_slice())
        }
        (Step::UnionVariant(name), Shape::Union(union)) => {
            let variant = union.variants.get(snapshot.member_index(id, name)?)?;
            (&variant.ty, variant.constraints.as_slice())
        }
        (Step::AdditionalProperties, Shape::Record(record)) => (record.additional.as_ref()?, &[][..]),
        _ => return None,
    };
    Some(Values::new(snapshot, ty, constraints))
}

fn of_operation<'a>(snapshot: &'a Snapshot, id: Option<OperationId>, step: &Step) -> Option<Values<'a>> {
    let id = id?;
    let operation = &snapshot.api.operations[id];
    match step {
        Step::Param(location, wire) => {
            // A body has the name of its media type, which may be another one.
            let param = match location {
                ParamLocation::Body(_) => {
                    operation.params.iter().find(|param| matches!(param.location, ParamLocation::Body(_)))
                }
                _ => operation.params.get(snapshot.param_index(id, *location, wire)?),
            }?;
            Some(Values::new(snapshot, &param.ty, &param.constraints))
        }
        Step::Response(status) => {
            of_response(snapshot, operation.responses.iter().find(|response| response.status == *status)?)
        }
        _ => None,
    }
}

fn of_webhook<'a>(snapshot: &'a Snapshot, webhook: &'a Webhook, step: &Step) -> Option<Values<'a>> {
    match step {
        Step::Payload => Some(Values::new(snapshot, webhook.payload.as_ref()?, &[])),
        Step::Response(status) => {
            of_response(snapshot, webhook.responses.iter().find(|response| response.status == *status)?)
        }
        _ => None,
    }
}

fn of_response<'a>(snapshot: &'a Snapshot, response: &'a Response) -> Option<Values<'a>> {
    Some(Values::new(snapshot, response.body.as_ref()?, &response.constraints))
}

impl<'a> Values<'a> {
    fn new(snapshot: &'a Snapshot, ty: &'a TypeRef, constraints: &'a [Constraint]) -> Self {
        Self { snapshot, ty, constraints, is_forbidden: false }
    }

    /// Returns the values at a step from this node.
    fn inner(self, step: &Step) -> Option<Self> {
        let ty = match (step, self.resolved()) {
            (Step::Items, TypeRef::Array(item)) => item,
            (Step::AdditionalProperties, TypeRef::Map(value)) => value,
            (Step::Item(index), TypeRef::Tuple(items)) => items.get(*index)?,
            _ => return None,
        };
        Some(Self { is_forbidden: self.is_forbidden || self.is_empty_map(), ..self.with(ty, &[]) })
    }

    fn with(self, ty: &'a TypeRef, constraints: &'a [Constraint]) -> Self {
        Self { ty, constraints, ..self }
    }

    /// Returns whether the only value is an object without properties.
    fn is_empty_map(self) -> bool {
        self.constraints.contains(&Constraint::NoProperties)
    }

    /// Returns whether the values are those of an enum of strings, or arrays of them, and a constraint allows them all.
    fn is_enum_within(self, constraint: &Constraint) -> bool {
        match (self.resolved(), constraint) {
            (TypeRef::Array(item), Constraint::Items(nested)) => {
                nested.iter().all(|constraint| self.with(item, &[]).is_enum_within(constraint))
            }
            (TypeRef::Named(id), constraint) => {
                let def = &self.snapshot.api.types[*id];
                let Shape::StringEnum(values) = &def.shape else { return false };
                let mut values = values.iter().map(|value| value.wire.as_str());
                !def.allows_other_strings
                    && values.len() <= MAX_PARTS
                    && match constraint {
                        Constraint::MinLength(limit) => values.all(|value| value.chars().count() >= *limit),
                        Constraint::MaxLength(limit) => values.all(|value| value.chars().count() <= *limit),
                        Constraint::Pattern(pattern) => regex_lite::Regex::new(pattern)
                            .is_ok_and(|pattern| values.all(|value| pattern.is_match(value))),
                        _ => false,
                    }
            }
            _ => false,
        }
    }

    /// Returns the type without aliases.
    fn resolved(self) -> &'a TypeRef {
        compare::resolved(&self.snapshot.api, self.ty)
    }

    fn may_be_object(self) -> bool {
        let TypeRef::Named(id) = self.resolved() else { return false };
        matches!(self.snapshot.api.types[*id].shape, Shape::Record(_) | Shape::Union(_))
    }

    fn allows_any_string(self) -> bool {
        let TypeRef::Named(id) = self.resolved() else { return false };
        self.snapshot.api.types[*id].allows_other_strings
    }

    fn record(self) -> Option<&'a Record> {
        let TypeRef::Named(id) = self.resolved() else { return None };
        if let Shape::Record(record) = &self.snapshot.api.types[*id].shape { Some(record) } else { None }
    }

    /// Returns whether all values of the other node are valid here.
    fn accepts(self, other: Self) -> bool {
        let is_alternative = || {
            let TypeRef::Named(id) = self.resolved() else { return false };
            let Shape::Union(union) = &self.snapshot.api.types[*id].shape else { return false };
            let mut variants = union.variants.iter().take(MAX_PARTS);
            variants.any(|variant| self.with(&variant.ty, &variant.constraints).includes(other))
        };
        other.is_forbidden
            || self.has_limits_of(other)
            || self.has_objects_of(other)
            || is_alternative()
            || self.allows_any_string() && self.includes(other)
    }

    /// Returns whether all values of the other node, which is not a union, are valid here.
    fn includes(self, other: Self) -> bool {
        let (mut outer, mut inner) = (self, other);
        for _ in 0..MAX_DEPTH {
            match (outer.resolved(), inner.resolved()) {
                (TypeRef::Array(ours), TypeRef::Array(theirs)) | (TypeRef::Map(ours), TypeRef::Map(theirs)) => {
                    if !outer.includes_limits_of(inner) {
                        return false;
                    }
                    (outer, inner) = (outer.with(ours, &[]), inner.with(theirs, &[]));
                }
                _ => break,
            }
        }
        let name = compare::value_type(&outer.snapshot.api, outer.ty).0;
        let other_name = compare::value_type(&inner.snapshot.api, inner.ty).0;
        let has_parts =
            |name: &str| matches!(name, "object" | "array" | "map" | "tuple" | "union") || name.contains("enum");
        let has_type = match has_parts(&name) {
            true if outer.allows_any_string() => includes("string", &other_name),
            true => outer.snapshot.type_name(outer.resolved()) == inner.snapshot.type_name(inner.resolved()),
            false => includes(&name, &other_name),
        };
        has_type && outer.includes_limits_of(inner)
    }

    /// Returns whether `null` and the constraints allow all values of the other node. The types are not compared.
    fn includes_limits_of(self, other: Self) -> bool {
        let is_nullable = |values: Self| compare::value_type(&values.snapshot.api, values.ty).1;
        (is_nullable(self) || !is_nullable(other)) && !are_tighter(self.constraints, other.constraints)
    }

    /// Returns whether both types are integers, and the constraints of the other node keep its values in the range of this type.
    fn has_limits_of(self, other: Self) -> bool {
        let range = |values: Self| compare::integer_range(&compare::value_type(&values.snapshot.api, values.ty).0);
        let Some((range, _)) = range(self).zip(range(other)) else { return false };
        let limits = || other.constraints.iter().filter_map(compare::integer_limit);
        limits().any(|(is_minimum, limit)| is_minimum && limit >= *range.start())
            && limits().any(|(is_minimum, limit)| !is_minimum && limit <= *range.end())
    }

    /// Returns whether all objects of the other node, a union, have the properties of this object, as the subtypes of a schema have.
    fn is_base_of(self, other: Self) -> bool {
        let (Some(base), TypeRef::Named(id)) = (self.record(), other.resolved()) else { return false };
        let Shape::Union(union) = &other.snapshot.api.types[*id].shape else { return false };
        let is_subtype = |variant: &UnionVariant| {
            let TypeRef::Named(id) = compare::resolved(&other.snapshot.api, &variant.ty) else { return false };
            base.fields.iter().all(|field| {
                let own = self.with(&field.ty, &[]);
                match other.snapshot.field(*id, &field.wire) {
                    Some(found) => {
                        (found.required || !field.required)
                            && (field.nullable || !field.required || !found.nullable)
                            && own.includes(Values::new(other.snapshot, &found.ty, &[]))
                    }
                    None => !field.required && matches!(other.snapshot.api.types[*id].shape, Shape::Record(_)),
                }
            })
        };
        union.variants.len() <= MAX_PARTS && base.fields.len() <= MAX_PARTS && union.variants.iter().all(is_subtype)
    }

    /// Returns whether all objects of the other node are valid here. Only one of the nodes has declared properties. Objects without
    /// declared properties are taken to have those of the declaration, as if it had become more precise.
    fn has_objects_of(self, other: Self) -> bool {
        match (self.resolved(), self.record(), other.resolved(), other.record()) {
            (TypeRef::Map(values), _, _, Some(record)) => {
                let values = self.with(values, &[]);
                let accepts_null = compare::value_type(&self.snapshot.api, values.ty).1;
                let mut fields = record.fields.iter();
                let additional = record.additional.as_ref();
                record.fields.len() <= MAX_PARTS
                    && fields.all(|field| {
                        (accepts_null || !field.nullable) && values.includes(other.with(&field.ty, &field.constraints))
                    })
                    && additional.is_none_or(|additional| values.includes(other.with(additional, &[])))
            }
            (_, Some(record), TypeRef::Map(values), _) => {
                let values = other.with(values, &[]);
                let is_any = *values.resolved() == TypeRef::Json;
                let may_be = |field: &'a Field| {
                    (!field.required || field.nullable)
                        && (is_any || self.with(&field.ty, &field.constraints).includes(values))
                };
                let may_have_others = match &record.additional {
                    _ if other.is_empty_map() => true,
                    Some(additional) => self.with(additional, &[]).includes(values),
                    None => !record.is_closed,
                };
                record.fields.len() <= MAX_PARTS && may_have_others && record.fields.iter().all(may_be)
            }
            _ => false,
        }
    }
}
