//! Generates values from their schemas.

use bindery::ir::{Constraint, Field, Record, Shape, TypeId, TypeRef};
use bindery::normalize::name_key;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};

use crate::big;
use crate::json_path::text_of;
use crate::model::Model;
use crate::pattern::Pattern;
use crate::rng::Rng;
use crate::validate::{check, check_constraints};

/// Generates a record from its schema and the clock: dates, defaults, identifiers and required properties.
///
/// `example` tells which identifiers a record has when it is new; what else may be null is null.
pub(crate) fn blank(model: &Model, record: &Record, example: Option<&Value>, now: &str) -> Map<String, Value> {
    Maker { model, now, nth: 0, within: Vec::new() }.object(record, example)
}

/// A value of a type.
pub(crate) fn value(model: &Model, ty: &TypeRef, constraints: &[Constraint], now: &str) -> Value {
    Maker { model, now, nth: 0, within: Vec::new() }.any(ty, constraints)
}

/// A value of a type that differs from others with another number, as far as the type has several.
pub(crate) fn nth(model: &Model, ty: &TypeRef, now: &str, nth: usize) -> Value {
    Maker { model, now, nth, within: Vec::new() }.any(ty, &[])
}

/// Generates the text of a key of any type, a different one for each state of the generator as far as the type has several.
pub(crate) fn key(model: &Model, ty: &TypeRef, constraints: &[Constraint], rng: &mut Rng) -> String {
    match ty {
        TypeRef::Named(id) => match &model.api.types[*id].shape {
            Shape::Newtype(own) => {
                let all: Vec<Constraint> = own.iter().chain(constraints).cloned().collect();
                text(&all, rng, None)
            }
            Shape::Alias(inner) | Shape::Wrapper(inner) => key(model, inner, constraints, rng),
            Shape::ValueEnum(values) => {
                let picked = rng.below(values.values.len() as u64) as usize;
                values.values.get(picked).map(|literal| text_of(&literal.value)).unwrap_or_default()
            }
            Shape::StringEnum(variants) => {
                let picked = rng.below(variants.len() as u64) as usize;
                variants.get(picked).map(|variant| variant.wire.clone()).unwrap_or_default()
            }
            Shape::Union(union) => match union.variants.first() {
                Some(variant) => key(model, &variant.ty, constraints, rng),
                None => text(constraints, rng, None),
            },
            Shape::Record(_) => text(constraints, rng, None),
        },
        TypeRef::Int(_) | TypeRef::Unsigned(_) | TypeRef::Float(_) | TypeRef::BigNumber => {
            let free = 1 + rng.below(1_000_000_000);
            let mut problems = check(&model.api, ty, &json!(free));
            check_constraints(constraints, None, &json!(free), &mut problems);
            match problems.is_empty() {
                true => free.to_string(),
                false => number_text(ty, constraints, rng.below(MOST_KEYS) as usize),
            }
        }
        TypeRef::Uuid => {
            let (high, low) = (rng.next(), rng.next());
            let [time, middle, version] = [high >> 32, high >> 16 & 0xffff, high & 0xfff];
            let [variant, node] = [0x8000 | low >> 48 & 0x3fff, low & 0xffff_ffff_ffff];
            format!("{time:08x}-{middle:04x}-4{version:03x}-{variant:04x}-{node:012x}")
        }
        TypeRef::Bool => (rng.below(2) == 1).to_string(),
        TypeRef::DateTime => time(rng.below(SECONDS)),
        TypeRef::Date => time(rng.below(SECONDS)).split('T').next().unwrap_or_default().to_owned(),
        TypeRef::Duration => format!("PT{}S", 1 + rng.below(SECONDS)),
        TypeRef::Uri => format!("https://example.com/{:016x}", rng.next()),
        TypeRef::Nullable(inner) => key(model, inner, constraints, rng),
        _ => text(constraints, rng, None),
    }
}

/// The most different numbers that are tried as keys where the range of keys is small.
const MOST_KEYS: u64 = 1_000;

/// The seconds of ten years: times that are keys are that far apart at most.
const SECONDS: u64 = 315_360_000;

/// The text of one of the numbers that constraints allow.
fn number_text(ty: &TypeRef, constraints: &[Constraint], nth: usize) -> String {
    let is_structured = !matches!(ty, TypeRef::Float(_));
    let number = number(constraints, is_structured, nth);
    if is_structured { format!("{number:.0}") } else { number.to_string() }
}

/// The point in time of a tick of the mock's clock, which moves a second with each write and starts with 2026.
pub(crate) fn time(tick: u64) -> String {
    const START: i64 = 1_767_225_600;
    let seconds = i64::try_from(tick).ok().and_then(|tick| START.checked_add(tick)).unwrap_or(START);
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Whether a property says when the record was created or last changed.
pub(crate) fn is_stamp(field: &Field, words: &[&str]) -> bool {
    let name = name_key(&field.wire);
    matches!(field.ty, TypeRef::DateTime) && words.iter().any(|word| name.contains(word))
}

/// What a property that says when the record was changed has in its name.
pub(crate) const CHANGED: &[&str] = &["updated", "modified", "changed"];
const CREATED: &[&str] = &["created", "creation"];

/// Whether a property can have a value.
pub(crate) fn fits(model: &Model, field: &Field, value: &Value) -> bool {
    if value.is_null() && field.nullable {
        return true;
    }
    let mut problems = check(&model.api, &field.ty, value);
    check_constraints(&field.constraints, model.record(&field.ty), value, &mut problems);
    problems.is_empty()
}

/// Makes values.
struct Maker<'a> {
    model: &'a Model,
    now: &'a str,
    /// Which item of a list it is that is made: items may have to differ.
    nth: usize,
    /// The types that the value stands in: one that holds itself must end somewhere.
    within: Vec<TypeId>,
}

impl Maker<'_> {
    fn object(&mut self, record: &Record, example: Option<&Value>) -> Map<String, Value> {
        let fields = record.fields.iter();
        fields
            .filter_map(|field| {
                let shown = example.and_then(|example| example.get(&field.wire));
                self.property(field, shown).map(|value| (field.wire.clone(), value))
            })
            .collect()
    }

    /// The value of a property; `None` if it is better left out.
    fn property(&mut self, field: &Field, shown: Option<&Value>) -> Option<Value> {
        let model = self.model;
        if is_stamp(field, CHANGED) || is_stamp(field, CREATED) {
            let is_unset = field.nullable && shown.is_some_and(Value::is_null);
            return Some(if is_unset { Value::Null } else { json!(self.now) });
        }
        let fits = |value: &&Value| fits(model, field, value);
        if let Some(default) = field.default.as_ref().filter(fits) {
            return Some(default.clone());
        }
        let unclear = shown.is_none_or(|shown| !shown.is_null()) && (!field.nullable || shown.is_some());
        if unclear && is_identifier(model, &field.ty) {
            // All that mention something outside the records, such as the account, mean the same one.
            return Some(self.any(&field.ty, &[]));
        }
        if field.nullable {
            return Some(Value::Null);
        }
        if let Some(shown) = field.example.as_ref().or(shown).filter(fits) {
            return Some(shown.clone());
        }
        if !field.required && !self.within.is_empty() && model.record(&field.ty).is_some() {
            return None;
        }
        let value = self.any(&field.ty, &field.constraints);
        (field.required || fits(&&value)).then_some(value)
    }

    fn any(&mut self, ty: &TypeRef, constraints: &[Constraint]) -> Value {
        match ty {
            TypeRef::Bool => Value::Bool(self.nth % 2 == 1),
            TypeRef::Int(128) | TypeRef::BigNumber => {
                let number = number(constraints, true, self.nth);
                let exact = number.abs() < 9e15;
                if exact { json!(number as i64) } else { big::value(&format!("{number:.0}")).unwrap_or_default() }
            }
            TypeRef::Int(_) => json!(number(constraints, true, self.nth) as i64),
            TypeRef::Unsigned(_) => json!(number(constraints, true, self.nth) as u64),
            TypeRef::Float(_) => json!(number(constraints, false, self.nth)),
            TypeRef::Bytes | TypeRef::UrlBytes => json!("dGV4dA=="),
            TypeRef::Uuid => json!(format!("00000000-0000-4000-8000-{:012x}", self.nth)),
            TypeRef::Duration => json!("P1D"),
            TypeRef::Tuple(types) => types.iter().map(|ty| self.any(ty, &[])).collect(),
            TypeRef::Nullable(_) => Value::Null,
            TypeRef::String | TypeRef::Custom(_) => {
                let word = if self.nth == 0 { "text".to_owned() } else { format!("text {}", self.nth + 1) };
                json!(text(constraints, &mut Rng(self.model.seed ^ self.nth as u64), Some(&word)))
            }
            TypeRef::DateTime => json!(self.now),
            TypeRef::Date => json!(self.now.split('T').next().unwrap_or(self.now)),
            TypeRef::Uri if self.nth == 0 => json!("https://example.com/"),
            TypeRef::Uri => json!(format!("https://example.com/{}", self.nth + 1)),
            TypeRef::Array(item) => {
                let least = constraints.iter().find_map(|one| match one {
                    Constraint::MinItems(least) => Some((*least).min(MOST_ITEMS)),
                    _ => None,
                });
                let own =
                    constraints.iter().find_map(|one| if let Constraint::Items(all) = one { Some(all) } else { None });
                let own = own.map(Vec::as_slice).unwrap_or_default();
                let nth = self.nth;
                let items = (0..least.unwrap_or_default()).map(|index| {
                    self.nth = nth + index;
                    self.any(item, own)
                });
                let items = items.collect();
                self.nth = nth;
                items
            }
            TypeRef::Map(_) => json!({}),
            TypeRef::Json => Value::Null,
            TypeRef::Named(id) if self.within.contains(id) => Value::Null,
            TypeRef::Named(id) => {
                self.within.push(*id);
                let value = self.named(*id, constraints);
                self.within.pop();
                value
            }
        }
    }

    fn named(&mut self, id: TypeId, constraints: &[Constraint]) -> Value {
        let def = &self.model.api.types[id];
        match &def.shape {
            Shape::Alias(inner) | Shape::Wrapper(inner) => self.any(inner, constraints),
            Shape::ValueEnum(values) => {
                let picked = self.nth.checked_rem(values.values.len()).unwrap_or_default();
                values.values.get(picked).map_or(Value::Null, |literal| literal.value.clone())
            }
            Shape::Union(union) => {
                let Some(variant) = union.variants.first() else { return Value::Null };
                let mut value = self.any(&variant.ty, &[]);
                if let (Some(tag), Some(first), Value::Object(entries)) = (&union.tag, variant.tags.first(), &mut value)
                    && !first.is_null()
                {
                    entries.insert(tag.clone(), first.clone());
                }
                value
            }
            Shape::Newtype(own) => {
                let mixed = (id.index() as u64 + 1).wrapping_mul(0x9e37_79b9) ^ (self.nth as u64) << 32;
                json!(text(own, &mut Rng(self.model.seed ^ mixed), None))
            }
            Shape::StringEnum(variants) => {
                let picked = self.nth.checked_rem(variants.len()).unwrap_or_default();
                variants.get(picked).map_or(Value::Null, |variant| json!(variant.wire))
            }
            Shape::Record(record) => Value::Object(self.object(record, def.example.as_ref())),
        }
    }
}

/// The most items that a list is given because it must have some.
const MOST_ITEMS: usize = 1_000;

fn is_identifier(model: &Model, ty: &TypeRef) -> bool {
    let TypeRef::Named(id) = ty else { return false };
    match &model.api.types[*id].shape {
        Shape::Newtype(constraints) => constraints.iter().any(|one| matches!(one, Constraint::Pattern(_))),
        _ => false,
    }
}

/// A number that the constraints allow, 0 if they do; the `nth` of them, counted again from the first if there are fewer.
fn number(constraints: &[Constraint], whole: bool, nth: usize) -> f64 {
    let (mut low, mut high) = ((f64::NEG_INFINITY, false), (f64::INFINITY, false));
    let mut step = None;
    for constraint in constraints {
        match constraint {
            Constraint::Minimum(limit) if limit.to_f64() > low.0 => low = (limit.to_f64(), false),
            Constraint::ExclusiveMinimum(limit) if limit.to_f64() >= low.0 => low = (limit.to_f64(), true),
            Constraint::Maximum(limit) if limit.to_f64() < high.0 => high = (limit.to_f64(), false),
            Constraint::ExclusiveMaximum(limit) if limit.to_f64() <= high.0 => high = (limit.to_f64(), true),
            Constraint::MultipleOf(divisor) if divisor.to_f64() > 0.0 => step = Some(divisor.to_f64()),
            _ => {}
        }
    }
    let allowed = |number: &f64| {
        let (from, to) =
            (*number > low.0 || *number == low.0 && !low.1, *number < high.0 || *number == high.0 && !high.1);
        from && to
    };
    let room = (high.0 - low.0) / (nth as f64 + 2.0);
    let (start, step) = match step.or(whole.then_some(1.0)) {
        _ if allowed(&0.0) => (0.0, step.unwrap_or(if whole { 1.0 } else { room.min(1.0) })),
        Some(step) if low.0.is_finite() => ((low.0 / step).ceil() * step, step),
        Some(step) => ((high.0 / step).floor() * step, step),
        None if low.0.is_finite() => (low.0, room.min(1.0)),
        None => (high.0, 1.0),
    };
    // The limit itself has perhaps been rounded out of what it allows.
    let start = match whole && start.abs() > 9e15 {
        true => [start.next_up(), start.next_down()].into_iter().find(allowed).unwrap_or(start),
        false => start,
    };
    let up = (0..nth + 2).map(|times| start + step * times as f64);
    let down = (1..nth + 2).map(|times| start - step * times as f64);
    let all: Vec<f64> = up.chain(down).filter(allowed).collect();
    nth.checked_rem(all.len()).and_then(|nth| all.get(nth)).copied().unwrap_or(start)
}

/// A text under constraints: by its pattern, else the word, else hexadecimal digits; as long as it has to be.
fn text(constraints: &[Constraint], rng: &mut Rng, word: Option<&str>) -> String {
    let pattern = constraints.iter().find_map(|one| match one {
        Constraint::Pattern(pattern) => Pattern::new(pattern),
        _ => None,
    });
    let made = pattern.and_then(|pattern| {
        let kept = |text: &String| {
            let mut problems = Vec::new();
            check_constraints(constraints, None, &json!(text), &mut problems);
            problems.is_empty()
        };
        // A length that is requested beside the pattern comes from repeating what may be repeated.
        let mut repeated = std::iter::repeat_n(None, 8).chain((0..200).map(Some));
        repeated.find_map(|times| pattern.text(rng, times).filter(kept)).or_else(|| pattern.text(rng, None))
    });
    made.unwrap_or_else(|| {
        let digits = || format!("{:016x}{:016x}", rng.next(), rng.next());
        fitted(constraints, word.map_or_else(digits, str::to_owned))
    })
}

/// A text without a pattern, made longer or shorter.
fn fitted(constraints: &[Constraint], mut text: String) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_to_their_bounds_and_differ() {
        use Constraint::{ExclusiveMaximum, ExclusiveMinimum, Maximum, Minimum, MultipleOf};
        for (constraints, whole, expected) in [
            (vec![], true, [0.0, 1.0, 2.0]),
            (vec![Minimum((-1.0).into()), Maximum(1.0.into())], true, [0.0, 1.0, -1.0]),
            (vec![ExclusiveMinimum(10.0.into()), MultipleOf(7.0.into())], true, [14.0, 21.0, 28.0]),
            (vec![Maximum((-5.0).into())], true, [-5.0, -6.0, -7.0]),
            (vec![Minimum(0.5.into())], false, [0.5, 1.5, 2.5]),
            (vec![ExclusiveMinimum(0.0.into()), ExclusiveMaximum(1.0.into())], false, [0.5, 2.0 / 3.0, 0.75]),
            (vec![ExclusiveMaximum((-2.0).into())], false, [-3.0, -4.0, -5.0]),
        ] {
            let made = [0, 1, 2].map(|nth| number(&constraints, whole, nth));
            assert!(
                made.iter().zip(expected).all(|(made, expected)| (made - expected).abs() < 1e-9),
                "{constraints:?}: {made:?}"
            );
        }
    }
}
