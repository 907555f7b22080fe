//! Values made from what the document says of them.

use bindery::ir::{Constraint, Field, Record, Shape, TypeId, TypeRef};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};

use crate::check::{check, constrain};
use crate::model::{Model, plain};
use crate::pattern;
use crate::rng::Rng;

/// How deep an optional object may stand in others: a type that holds itself must end somewhere.
const DEEPEST: usize = 4;

/// A record with nothing in it but what the document or the clock say: dates, defaults, identifiers, what is required.
///
/// `example` tells which identifiers a record has when it is new; what else may be null is null.
pub(crate) fn blank(model: &Model, record: &Record, example: Option<&Value>, now: &str) -> Map<String, Value> {
    object(model, record, example, now, 0)
}

/// A value of a type.
pub(crate) fn value(model: &Model, ty: &TypeRef, constraints: &[Constraint], now: &str) -> Value {
    any(model, ty, constraints, now, 0)
}

/// A text for a key under constraints, another one each time.
pub(crate) fn key(model: &Model, ty: &TypeRef, constraints: &[Constraint], rng: &mut Rng) -> String {
    match ty {
        TypeRef::Named(id) => match &model.api.types[*id].shape {
            Shape::Newtype(own) => {
                let all: Vec<Constraint> = own.iter().chain(constraints).cloned().collect();
                text(&all, rng, None)
            }
            Shape::Alias(inner) | Shape::Wrapper(inner) => key(model, inner, constraints, rng),
            Shape::ValueEnum(values) => {
                values.values.first().map(|literal| literal.value.to_string()).unwrap_or_default()
            }
            Shape::StringEnum(variants) => {
                let picked = rng.below(variants.len() as u64) as usize;
                variants.get(picked).map(|variant| variant.wire.clone()).unwrap_or_default()
            }
            Shape::Record(_) | Shape::Union(_) => text(constraints, rng, None),
        },
        TypeRef::Int(_) | TypeRef::Unsigned(_) | TypeRef::Float(_) => (1 + rng.below(1_000_000_000)).to_string(),
        _ => text(constraints, rng, None),
    }
}

/// The point in time of a tick of the mock's clock, which moves a second with each write and starts with 2026.
pub(crate) fn time(tick: u64) -> String {
    const START: i64 = 1_767_225_600;
    let seconds = i64::try_from(tick).ok().and_then(|tick| START.checked_add(tick)).unwrap_or(START);
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Whether a property says when the record was created or last changed.
pub(crate) fn is_stamp(field: &Field, words: &[&str]) -> bool {
    let name = plain(&field.wire);
    matches!(field.ty, TypeRef::DateTime) && words.iter().any(|word| name.contains(word))
}

/// What a property that says when the record was changed has in its name.
pub(crate) const CHANGED: &[&str] = &["updated", "modified", "changed"];
const CREATED: &[&str] = &["created", "creation"];

fn object(model: &Model, record: &Record, example: Option<&Value>, now: &str, depth: usize) -> Map<String, Value> {
    let fields = record.fields.iter();
    fields
        .filter_map(|field| {
            let shown = example.and_then(|example| example.get(&field.wire));
            property(model, field, shown, now, depth).map(|value| (field.wire.clone(), value))
        })
        .collect()
}

/// The value of a property; `None` if it is better left out.
fn property(model: &Model, field: &Field, shown: Option<&Value>, now: &str, depth: usize) -> Option<Value> {
    if is_stamp(field, CHANGED) || is_stamp(field, CREATED) {
        return Some(json!(now));
    }
    let fits = |value: &&Value| fits(model, field, value);
    if let Some(default) = field.default.as_ref().filter(fits) {
        return Some(default.clone());
    }
    let identifier = identifier(model, &field.ty);
    if let (Some(id), true) = (identifier, shown.is_none_or(|shown| !shown.is_null()))
        && (!field.nullable || shown.is_some())
    {
        return Some(shared(model, id, now));
    }
    if field.nullable {
        return Some(Value::Null);
    }
    if let Some(shown) = field.example.as_ref().or(shown).filter(fits) {
        return Some(shown.clone());
    }
    let optional_object = !field.required && model.record(&field.ty).is_some();
    if depth >= DEEPEST || optional_object && depth > 0 {
        return field.required.then_some(Value::Null);
    }
    let value = any(model, &field.ty, &field.constraints, now, depth + 1);
    (field.required || fits(&&value)).then_some(value)
}

/// Whether a property can have a value.
pub(crate) fn fits(model: &Model, field: &Field, value: &Value) -> bool {
    if value.is_null() && field.nullable {
        return true;
    }
    let mut problems = check(&model.api, &field.ty, value);
    constrain(&field.constraints, value, "", &mut problems);
    problems.is_empty()
}

fn identifier(model: &Model, ty: &TypeRef) -> Option<TypeId> {
    let TypeRef::Named(id) = ty else { return None };
    match &model.api.types[*id].shape {
        Shape::Newtype(constraints) if constraints.iter().any(|one| matches!(one, Constraint::Pattern(_))) => Some(*id),
        _ => None,
    }
}

/// An identifier of something outside the records, such as the account: all that mention it mean the same one.
fn shared(model: &Model, id: TypeId, now: &str) -> Value {
    any(model, &TypeRef::Named(id), &[], now, 0)
}

fn any(model: &Model, ty: &TypeRef, constraints: &[Constraint], now: &str, depth: usize) -> Value {
    match ty {
        TypeRef::Bool => Value::Bool(false),
        TypeRef::Int(_) => json!(number(constraints).ceil() as i64),
        TypeRef::Unsigned(_) => json!(number(constraints).ceil() as u64),
        TypeRef::Float(_) => json!(number(constraints)),
        TypeRef::Bytes => json!(""),
        TypeRef::Uuid => json!("00000000-0000-4000-8000-000000000000"),
        TypeRef::Tuple(types) => types.iter().map(|ty| any(model, ty, &[], now, depth + 1)).collect(),
        TypeRef::Nullable(_) => Value::Null,
        TypeRef::Text | TypeRef::Custom(_) => json!(text(constraints, &mut Rng(model.seed), Some("text"))),
        TypeRef::DateTime => json!(now),
        TypeRef::Date => json!(now.split('T').next().unwrap_or(now)),
        TypeRef::Uri => json!("https://example.com/"),
        TypeRef::List(item) => {
            let least = constraints.iter().find_map(|one| match one {
                Constraint::MinItems(least) => Some(*least),
                _ => None,
            });
            (0..least.unwrap_or_default()).map(|_| any(model, item, &[], now, depth + 1)).collect()
        }
        TypeRef::Map(_) => json!({}),
        TypeRef::Json => Value::Null,
        TypeRef::Named(id) => {
            let def = &model.api.types[*id];
            match &def.shape {
                Shape::Alias(inner) | Shape::Wrapper(inner) if depth < DEEPEST => {
                    any(model, inner, constraints, now, depth + 1)
                }
                Shape::Alias(_) | Shape::Wrapper(_) => Value::Null,
                Shape::ValueEnum(values) => values.values.first().map_or(Value::Null, |literal| literal.value.clone()),
                Shape::Union(union) => match union.variants.first().filter(|_| depth < DEEPEST) {
                    Some(variant) => {
                        let mut value = any(model, &variant.ty, &[], now, depth + 1);
                        if let (Some(tag), Some(text), Value::Object(entries)) =
                            (&union.tag, variant.tags.first(), &mut value)
                        {
                            entries.insert(tag.clone(), json!(text));
                        }
                        value
                    }
                    None => Value::Null,
                },
                Shape::Newtype(own) => {
                    let mut rng = Rng(model.seed ^ (id.index() as u64 + 1).wrapping_mul(0x9e37_79b9));
                    json!(text(own, &mut rng, None))
                }
                Shape::StringEnum(variants) => variants.first().map_or(Value::Null, |variant| json!(variant.wire)),
                Shape::Record(record) => Value::Object(object(model, record, def.example.as_ref(), now, depth)),
            }
        }
    }
}

/// The smallest number that the constraints allow, or 0 where they do.
fn number(constraints: &[Constraint]) -> f64 {
    let mut number: f64 = 0.0;
    for constraint in constraints {
        match constraint {
            Constraint::Minimum(bound) => number = number.max(*bound),
            Constraint::ExclusiveMinimum(bound) if number <= *bound => number = bound.floor() + 1.0,
            Constraint::Maximum(bound) => number = number.min(*bound),
            Constraint::ExclusiveMaximum(bound) if number >= *bound => number = bound.ceil() - 1.0,
            _ => {}
        }
    }
    let step = constraints.iter().find_map(|one| match one {
        Constraint::MultipleOf(step) if *step > 0.0 => Some(*step),
        _ => None,
    });
    step.map_or(number, |step| (number / step).ceil() * step)
}

/// A text under constraints: by its pattern, else the word, else hexadecimal digits; as long as it has to be.
fn text(constraints: &[Constraint], rng: &mut Rng, word: Option<&str>) -> String {
    let pattern = constraints.iter().find_map(|one| match one {
        Constraint::Pattern(pattern) => Some(pattern.as_str()),
        _ => None,
    });
    if let Some(text) = pattern.and_then(|pattern| pattern::matching(pattern, rng)) {
        return text;
    }
    let mut text = word.map_or_else(|| format!("{:016x}{:016x}", rng.next(), rng.next()), str::to_owned);
    for constraint in constraints {
        match constraint {
            Constraint::MinLength(least) => {
                let missing = least.saturating_sub(text.chars().count());
                text.extend(std::iter::repeat_n('x', missing.min(100_000)));
            }
            Constraint::MaxLength(most) => text = text.chars().take(*most).collect(),
            _ => {}
        }
    }
    text
}
