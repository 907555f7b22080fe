//! Generates values from their schemas.

use bindery::ir::{Constraint, Field, Record, Shape, TypeId, TypeRef};
use bindery::normalize::name_key;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};

use crate::big;
use crate::json_path::value_to_string;
use crate::model::Model;
use crate::pattern::Pattern;
use crate::rng::Rng;
use crate::validate::{check, check_constraints};

/// Generates a record from its schema. The record has defaults, identifiers, required properties and the current time.
///
/// `example` determines which nullable identifiers are set. All other nullable properties are `null`.
pub(crate) fn record(model: &Model, record: &Record, example: Option<&Value>, now: &str) -> Map<String, Value> {
    Generator { model, now, nth: 0, enclosing: Vec::new() }.object(record, example)
}

/// Generates a value of a type.
pub(crate) fn value(model: &Model, ty: &TypeRef, constraints: &[Constraint], now: &str) -> Value {
    Generator { model, now, nth: 0, enclosing: Vec::new() }.value(ty, constraints)
}

/// Generates an array of values of the type `item`. It has `count` items, or the nearest number of items that the
/// constraints of the array allow.
pub(crate) fn items(model: &Model, item: &TypeRef, constraints: &[Constraint], now: &str, count: usize) -> Value {
    Generator { model, now, nth: 0, enclosing: Vec::new() }.array(item, constraints, count)
}

/// Generates a key as a string. The key is random, if the type has several values.
pub(crate) fn key(model: &Model, ty: &TypeRef, constraints: &[Constraint], rng: &mut Rng) -> String {
    match ty {
        TypeRef::Named(id) => match &model.api.types[*id].shape {
            Shape::Newtype(type_constraints) => {
                let all_constraints: Vec<Constraint> = type_constraints.iter().chain(constraints).cloned().collect();
                text(&all_constraints, rng, None)
            }
            Shape::Alias(inner) | Shape::Wrapper(inner) => key(model, inner, constraints, rng),
            Shape::ValueEnum(values) => {
                let index = rng.below(values.values.len() as u64) as usize;
                values.values.get(index).map(|literal| value_to_string(&literal.value)).unwrap_or_default()
            }
            Shape::StringEnum(variants) => {
                let index = rng.below(variants.len() as u64) as usize;
                variants.get(index).map(|variant| variant.wire.clone()).unwrap_or_default()
            }
            Shape::Union(union) => match union.variants.first() {
                Some(variant) => key(model, &variant.ty, constraints, rng),
                None => text(constraints, rng, None),
            },
            Shape::Record(_) => text(constraints, rng, None),
        },
        TypeRef::Int(_) | TypeRef::Unsigned(_) | TypeRef::Float(_) | TypeRef::BigNumber => {
            let number = 1 + rng.below(1_000_000_000);
            let mut problems = check(&model.api, ty, &json!(number));
            check_constraints(constraints, None, &json!(number), &mut problems);
            match problems.is_empty() {
                true => number.to_string(),
                false => number_text(ty, constraints, rng.below(MAX_NUMERIC_KEYS) as usize),
            }
        }
        TypeRef::Uuid => {
            let (high, low) = (rng.next(), rng.next());
            let [time, middle, version] = [high >> 32, high >> 16 & 0xffff, high & 0xfff];
            let [variant, node] = [0x8000 | low >> 48 & 0x3fff, low & 0xffff_ffff_ffff];
            format!("{time:08x}-{middle:04x}-4{version:03x}-{variant:04x}-{node:012x}")
        }
        TypeRef::Bool => (rng.below(2) == 1).to_string(),
        TypeRef::DateTime => time(rng.below(TEN_YEARS_SECONDS)),
        TypeRef::Date => time(rng.below(TEN_YEARS_SECONDS)).split('T').next().unwrap_or_default().to_owned(),
        TypeRef::Duration => format!("PT{}S", 1 + rng.below(TEN_YEARS_SECONDS)),
        TypeRef::Uri => format!("https://example.com/{:016x}", rng.next()),
        TypeRef::Nullable(inner) => key(model, inner, constraints, rng),
        _ => text(constraints, rng, None),
    }
}

/// The number of numeric keys from which a key is chosen, if the constraints do not allow a random number.
const MAX_NUMERIC_KEYS: u64 = 1_000;

/// The range of generated keys that are times, in seconds: ten years.
const TEN_YEARS_SECONDS: u64 = 315_360_000;

/// Returns the number with the index `nth` of the numbers that the constraints allow, as a string.
fn number_text(ty: &TypeRef, constraints: &[Constraint], nth: usize) -> String {
    let is_integer = !matches!(ty, TypeRef::Float(_));
    let number = number(constraints, is_integer, nth);
    if is_integer { format!("{number:.0}") } else { number.to_string() }
}

/// Returns the time of a tick of the mock's clock. The clock starts at the beginning of 2026 and advances by one second
/// with each write.
pub(crate) fn time(tick: u64) -> String {
    const START: i64 = 1_767_225_600;
    let seconds = i64::try_from(tick).ok().and_then(|tick| START.checked_add(tick)).unwrap_or(START);
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Returns whether a property is a date-time whose name contains one of the words.
pub(crate) fn is_timestamp(field: &Field, words: &[&str]) -> bool {
    let name = name_key(&field.wire);
    matches!(field.ty, TypeRef::DateTime) && words.iter().any(|word| name.contains(word))
}

/// The words in the name of a property that is the time of the last update.
pub(crate) const UPDATE_WORDS: &[&str] = &["updated", "modified", "changed"];
const CREATION_WORDS: &[&str] = &["created", "creation"];

/// Returns whether a property is the time of the creation or of the last update.
pub(crate) fn is_generated_time(field: &Field) -> bool {
    is_timestamp(field, UPDATE_WORDS) || is_timestamp(field, CREATION_WORDS)
}

/// Returns whether a value is valid for a property.
pub(crate) fn fits(model: &Model, field: &Field, value: &Value) -> bool {
    if value.is_null() && field.nullable {
        return true;
    }
    let mut problems = check(&model.api, &field.ty, value);
    check_constraints(&field.constraints, model.record(&field.ty), value, &mut problems);
    problems.is_empty()
}

/// A generator of values.
struct Generator<'a> {
    model: &'a Model,
    /// The time in generated timestamps.
    now: &'a str,
    /// The index of the generated item. The items of an array have different values, because `uniqueItems` may require
    /// this.
    nth: usize,
    /// The types that contain the current value. A recursive type is not generated inside a value of the same type.
    enclosing: Vec<TypeId>,
}

impl Generator<'_> {
    fn object(&mut self, record: &Record, example: Option<&Value>) -> Map<String, Value> {
        let fields = record.fields.iter();
        fields
            .filter_map(|field| {
                let example = example.and_then(|example| example.get(&field.wire));
                self.property(field, example).map(|value| (field.wire.clone(), value))
            })
            .collect()
    }

    /// Generates the value of a property. Returns `None` if the record does not have the property.
    fn property(&mut self, field: &Field, example: Option<&Value>) -> Option<Value> {
        let model = self.model;
        if is_generated_time(field) {
            let is_unset = field.nullable && example.is_some_and(Value::is_null);
            return Some(if is_unset { Value::Null } else { json!(self.now) });
        }
        let fits = |value: &&Value| fits(model, field, value);
        if let Some(default) = field.default.as_ref().filter(fits) {
            return Some(default.clone());
        }
        let is_set = example.is_none_or(|example| !example.is_null()) && (!field.nullable || example.is_some());
        if is_set && is_identifier(model, &field.ty) {
            // An identifier often refers to an object that all records share, such as the account. All records
            // therefore get the same identifier.
            return Some(self.value(&field.ty, &[]));
        }
        if field.nullable {
            return Some(Value::Null);
        }
        if let Some(example) = field.example.as_ref().or(example).filter(fits) {
            return Some(example.clone());
        }
        if !field.required && !self.enclosing.is_empty() && model.record(&field.ty).is_some() {
            return None;
        }
        let value = match &field.content {
            Some(content) => self.strings(field, content),
            None => self.value(&field.ty, &field.constraints),
        };
        (field.required || fits(&&value)).then_some(value)
    }

    fn value(&mut self, ty: &TypeRef, constraints: &[Constraint]) -> Value {
        match ty {
            TypeRef::Bool => Value::Bool(self.nth % 2 == 1),
            TypeRef::Int(128) | TypeRef::BigNumber => {
                let number = number(constraints, true, self.nth);
                let is_exact = number.abs() < 9e15;
                if is_exact { json!(number as i64) } else { big::value(&format!("{number:.0}")).unwrap_or_default() }
            }
            TypeRef::Int(_) => json!(number(constraints, true, self.nth) as i64),
            TypeRef::Unsigned(_) => json!(number(constraints, true, self.nth) as u64),
            TypeRef::Float(_) => json!(number(constraints, false, self.nth)),
            TypeRef::Bytes | TypeRef::UrlBytes => json!("dGV4dA=="),
            TypeRef::Uuid => json!(format!("00000000-0000-4000-8000-{:012x}", self.nth)),
            TypeRef::Duration => json!("P1D"),
            TypeRef::Tuple(types) => {
                let items = types.iter().enumerate();
                items.map(|(index, ty)| self.value(ty, &item_constraints(constraints, index))).collect()
            }
            TypeRef::Nullable(_) => Value::Null,
            TypeRef::String | TypeRef::Custom(_) => {
                let word = if self.nth == 0 { "text".to_owned() } else { format!("text {}", self.nth + 1) };
                json!(text(constraints, &mut Rng(self.model.seed ^ self.nth as u64), Some(&word)))
            }
            TypeRef::DateTime => json!(self.now),
            TypeRef::Date => json!(self.now.split('T').next().unwrap_or(self.now)),
            TypeRef::Uri if self.nth == 0 => json!("https://example.com/"),
            TypeRef::Uri => json!(format!("https://example.com/{}", self.nth + 1)),
            TypeRef::Array(item) => self.array(item, constraints, 0),
            TypeRef::Map(_) => json!({}),
            TypeRef::Json => Value::Null,
            TypeRef::Named(id) if self.enclosing.contains(id) => Value::Null,
            TypeRef::Named(id) => {
                self.enclosing.push(*id);
                let value = self.named_type_value(*id, constraints);
                self.enclosing.pop();
                value
            }
        }
    }

    /// Generates the value of a property that is a string with JSON, or an array or map of strings with integers.
    fn strings(&mut self, field: &Field, content: &TypeRef) -> Value {
        let constraints = field.constraints.iter().find_map(|constraint| match constraint {
            Constraint::Json(constraints) => Some(constraints),
            _ => None,
        });
        let text = |value: &Value| if value.is_null() { Value::Null } else { json!(big::write(value)) };
        if field.holds_json {
            return json!(big::write(&self.value(content, constraints.map_or(&[], Vec::as_slice))));
        }
        match self.value(content, &field.constraints) {
            Value::Array(items) => items.iter().map(text).collect(),
            value => value,
        }
    }

    /// Generates an array. It has `count` items, or the nearest number of items that the constraints allow.
    fn array(&mut self, item: &TypeRef, constraints: &[Constraint], count: usize) -> Value {
        let count = constraints.iter().fold(count, |count, constraint| match constraint {
            Constraint::MinItems(min_items) => count.max((*min_items).min(MAX_ITEMS)),
            Constraint::MaxItems(max_items) => count.min(*max_items),
            _ => count,
        });
        let nth = self.nth;
        let items = (0..count).map(|index| {
            self.nth = nth + index;
            self.value(item, &item_constraints(constraints, index))
        });
        let items = items.collect();
        self.nth = nth;
        items
    }

    fn named_type_value(&mut self, id: TypeId, constraints: &[Constraint]) -> Value {
        let def = &self.model.api.types[id];
        match &def.shape {
            Shape::Alias(inner) | Shape::Wrapper(inner) => self.value(inner, constraints),
            Shape::ValueEnum(values) => {
                let index = self.nth.checked_rem(values.values.len()).unwrap_or_default();
                values.values.get(index).map_or(Value::Null, |literal| literal.value.clone())
            }
            Shape::Union(union) => {
                let Some(variant) = union.variants.first() else { return Value::Null };
                let mut value = self.value(&variant.ty, &variant.constraints);
                if let (Some(tag), Some(first), Value::Object(entries)) = (&union.tag, variant.tags.first(), &mut value)
                    && !first.is_null()
                {
                    entries.insert(tag.clone(), first.clone());
                }
                value
            }
            Shape::Newtype(constraints) => {
                let mixed = (id.index() as u64 + 1).wrapping_mul(0x9e37_79b9) ^ (self.nth as u64) << 32;
                json!(text(constraints, &mut Rng(self.model.seed ^ mixed), None))
            }
            Shape::StringEnum(variants) => {
                let index = self.nth.checked_rem(variants.len()).unwrap_or_default();
                variants.get(index).map_or(Value::Null, |variant| json!(variant.wire))
            }
            Shape::Record(record) => Value::Object(self.object(record, def.example.as_ref())),
        }
    }
}

/// The maximum number of items that are generated for `minItems`.
const MAX_ITEMS: usize = 1_000;

/// Returns the constraints of the item at an index of an array.
fn item_constraints(constraints: &[Constraint], index: usize) -> Vec<Constraint> {
    let of_item = constraints.iter().filter_map(|constraint| match constraint {
        Constraint::Items(items) => Some(items),
        Constraint::Item(position, item) if *position == index => Some(item),
        Constraint::ItemsFrom(first, items) if *first <= index => Some(items),
        _ => None,
    });
    of_item.flatten().cloned().collect()
}

/// Returns whether a type is a string with a pattern, as identifiers usually are.
fn is_identifier(model: &Model, ty: &TypeRef) -> bool {
    let TypeRef::Named(id) = ty else { return false };
    match &model.api.types[*id].shape {
        Shape::Newtype(constraints) => {
            constraints.iter().any(|constraint| matches!(constraint, Constraint::Pattern(_)))
        }
        _ => false,
    }
}

/// Returns the number with the index `nth` of the numbers that the constraints allow. If 0 is allowed, it is the first
/// number. If there are too few numbers, they are repeated.
fn number(constraints: &[Constraint], is_integer: bool, nth: usize) -> f64 {
    // Each limit, and whether the limit itself is excluded.
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
    let is_allowed = |number: &f64| {
        let is_above = *number > low.0 || *number == low.0 && !low.1;
        let is_below = *number < high.0 || *number == high.0 && !high.1;
        is_above && is_below
    };
    let max_step = (high.0 - low.0) / (nth as f64 + 2.0);
    let (start, step) = match step.or(is_integer.then_some(1.0)) {
        _ if is_allowed(&0.0) => (0.0, step.unwrap_or(if is_integer { 1.0 } else { max_step.min(1.0) })),
        Some(step) if low.0.is_finite() => ((low.0 / step).ceil() * step, step),
        Some(step) => ((high.0 / step).floor() * step, step),
        None if low.0.is_finite() => (low.0, max_step.min(1.0)),
        None => (high.0, 1.0),
    };
    // An `f64` rounds a large integer, so `start` can be outside of the limits although one of its neighbours is
    // inside.
    let start = match is_integer && start.abs() > 9e15 {
        true => [start.next_up(), start.next_down()].into_iter().find(is_allowed).unwrap_or(start),
        false => start,
    };
    let ascending = (0..nth + 2).map(|times| start + step * times as f64);
    let descending = (1..nth + 2).map(|times| start - step * times as f64);
    let numbers: Vec<f64> = ascending.chain(descending).filter(is_allowed).collect();
    nth.checked_rem(numbers.len()).and_then(|nth| numbers.get(nth)).copied().unwrap_or(start)
}

/// Generates a string that meets the constraints. It matches the pattern if there is one. Otherwise, it consists of
/// `word` or of random digits.
fn text(constraints: &[Constraint], rng: &mut Rng, word: Option<&str>) -> String {
    let pattern = constraints.iter().find_map(|constraint| match constraint {
        Constraint::Pattern(pattern) => Pattern::new(pattern),
        _ => None,
    });
    let from_pattern = pattern.and_then(|pattern| {
        let is_valid = |text: &String| {
            let mut problems = Vec::new();
            check_constraints(constraints, None, &json!(text), &mut problems);
            problems.is_empty()
        };
        // The first attempts repeat parts of the pattern at random. The next attempts use more and more repetitions, in
        // case the text is too short.
        let mut repetitions = std::iter::repeat_n(None, 8).chain((0..200).map(Some));
        repetitions.find_map(|times| pattern.text(rng, times).filter(is_valid)).or_else(|| pattern.text(rng, None))
    });
    from_pattern.unwrap_or_else(|| {
        let digits = || format!("{:016x}{:016x}", rng.next(), rng.next());
        with_valid_length(constraints, word.map_or_else(digits, str::to_owned))
    })
}

/// Extends or shortens a string to a length that the constraints allow.
fn with_valid_length(constraints: &[Constraint], mut text: String) -> String {
    for constraint in constraints {
        match constraint {
            Constraint::MinLength(min_length) => {
                let missing = min_length.saturating_sub(text.chars().count());
                text.extend(std::iter::repeat_n('x', missing.min(100_000)));
            }
            Constraint::MaxLength(max_length) => text = text.chars().take(*max_length).collect(),
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
            let numbers = [0, 1, 2].map(|nth| number(&constraints, whole, nth));
            assert!(
                numbers.iter().zip(expected).all(|(number, expected)| (number - expected).abs() < 1e-9),
                "{constraints:?}: {numbers:?}"
            );
        }
    }
}
