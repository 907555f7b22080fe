//! Validates values against the types of the representation.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use bindery::ir::{Api, Constraint, Shape, TypeRef};
use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use crate::{big, formats};

/// Padding may be left out.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Something about a value that its type does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the value, as a JSON pointer; empty for the value itself.
    pub at: String,
    /// What is wrong, to be read behind the name of the place: `must have at most 256 characters`.
    pub message: String,
}

/// Returns the problems of a value of a type.
///
/// Properties that the document does not name are allowed, as its version of the future may.
///
/// ```
/// # use bindery::source::Source;
/// # use bindery::ir::TypeRef;
/// # let document = Source::new("api.yaml", "
/// # openapi: 3.0.3
/// # info: { title: Ping, version: 1.0.0 }
/// # paths: { /ping: { get: { operationId: Ping, responses: { '204': { description: Pong. } } } } }
/// # ");
/// # let config = Source::new("codegen.toml", "crate = { name = 'ping', version = '0.1.0' }");
/// # let (loaded, _) = bindery::load(&document, &config);
/// # let (api, _) = loaded.unwrap();
/// assert!(bindery_mock::check(&api, &TypeRef::Bool, &true.into()).is_empty());
/// assert_eq!(bindery_mock::check(&api, &TypeRef::Bool, &1.into())[0].message, "must be true or false");
/// ```
pub fn check(api: &Api, ty: &TypeRef, value: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(api, ty, value, &At::Top, &mut problems);
    problems
}

/// A place in a value; it becomes text only where something is wrong.
enum At<'a> {
    Top,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Top => String::new(),
            Self::Key(above, key) => format!("{}/{}", above.pointer(), key.replace('~', "~0").replace('/', "~1")),
            Self::Index(above, index) => format!("{}/{index}", above.pointer()),
        }
    }
}

/// What is wrong with a value under constraints that stand beside its type.
pub(crate) fn constrain(constraints: &[Constraint], value: &Value, problems: &mut Vec<Problem>) {
    keep(constraints, value, &At::Top, problems);
}

fn keep(constraints: &[Constraint], value: &Value, at: &At<'_>, problems: &mut Vec<Problem>) {
    let messages = constraints.iter().filter_map(|constraint| broken(constraint, value));
    problems.extend(messages.map(|message| Problem { at: at.pointer(), message }));
    let items = || value.as_array().into_iter().flatten().enumerate();
    for constraint in constraints {
        match constraint {
            Constraint::Items(all) => {
                items().for_each(|(index, item)| keep(all, item, &At::Index(at, index), problems))
            }
            Constraint::ItemsFrom(first, all) => {
                items().skip(*first).for_each(|(index, item)| keep(all, item, &At::Index(at, index), problems));
            }
            Constraint::Item(place, all) => {
                items().skip(*place).take(1).for_each(|(index, item)| keep(all, item, &At::Index(at, index), problems));
            }
            _ => {}
        }
    }
}

fn walk(api: &Api, ty: &TypeRef, value: &Value, at: &At<'_>, problems: &mut Vec<Problem>) {
    let expected = match ty {
        TypeRef::Json => None,
        TypeRef::Bool => (!value.is_boolean()).then_some("must be true or false"),
        TypeRef::Int(32) => value
            .as_i64()
            .and_then(|value| i32::try_from(value).ok())
            .is_none()
            .then_some("must be a whole number of 32 bits"),
        TypeRef::Int(128) => {
            let digits = big::digits(value).map(|digits| digits.parse::<i128>().is_ok());
            let whole = digits.unwrap_or_else(|| value.as_f64().is_some_and(|number| number.fract() == 0.0));
            (!whole).then_some("must be a whole number of 128 bits")
        }
        TypeRef::Int(_) => value.as_i64().is_none().then_some("must be a whole number"),
        TypeRef::Unsigned(_) => value.as_u64().is_none().then_some("must be a whole number that is not negative"),
        TypeRef::Float(_) | TypeRef::BigNumber => {
            (!value.is_number() && big::digits(value).is_none()).then_some("must be a number")
        }
        TypeRef::Custom(_) => None,
        TypeRef::Nullable(_) if value.is_null() => None,
        TypeRef::Nullable(inner) => return walk(api, inner, value, at, problems),
        TypeRef::Tuple(types) => match value.as_array() {
            Some(items) if items.len() == types.len() => {
                for (index, (ty, one)) in types.iter().zip(items).enumerate() {
                    walk(api, ty, one, &At::Index(at, index), problems);
                }
                None
            }
            _ => Some("must be an array with one item for each position"),
        },
        TypeRef::String => (!value.is_string() || big::digits(value).is_some()).then_some("must be a string"),
        // APIs write durations in too many ways to check them.
        TypeRef::Duration => (!value.is_string()).then_some("must be a string"),
        TypeRef::Bytes => {
            let valid =
                value.as_str().is_some_and(|text| STANDARD.decode(text.split_whitespace().collect::<String>()).is_ok());
            (!valid).then_some("must be Base64")
        }
        TypeRef::UrlBytes => {
            let valid = value.as_str().is_some_and(|text| URL_SAFE.decode(text).is_ok());
            (!valid).then_some("must be Base64 for URLs")
        }
        TypeRef::Uuid => (!value.as_str().is_some_and(is_uuid)).then_some("must be a UUID"),
        TypeRef::DateTime => {
            let valid = value.as_str().is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok());
            (!valid).then_some("must be a date with a time, like 2026-01-31T12:00:00Z")
        }
        TypeRef::Date => {
            let valid = value.as_str().is_some_and(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok());
            (!valid).then_some("must be a date, like 2026-01-31")
        }
        TypeRef::Uri => {
            let valid = value.as_str().is_some_and(|text| !text.is_empty() && !text.contains([' ', '<', '>', '"']));
            (!valid).then_some("must be a URL")
        }
        TypeRef::Array(item) => match value.as_array() {
            Some(items) => {
                for (index, one) in items.iter().enumerate() {
                    walk(api, item, one, &At::Index(at, index), problems);
                }
                None
            }
            None => Some("must be a list"),
        },
        TypeRef::Map(inner) => match value.as_object() {
            Some(entries) => {
                for (key, one) in entries {
                    walk(api, inner, one, &At::Key(at, key), problems);
                }
                None
            }
            None => Some("must be an object"),
        },
        TypeRef::Named(id) => return named(api, &api.types[*id].shape, value, at, problems),
    };
    problems.extend(expected.map(|message| Problem { at: at.pointer(), message: message.to_owned() }));
}

fn named(api: &Api, shape: &Shape, value: &Value, at: &At<'_>, problems: &mut Vec<Problem>) {
    match shape {
        Shape::Alias(ty) | Shape::Wrapper(ty) => walk(api, ty, value, at, problems),
        Shape::ValueEnum(values) => {
            if !values.values.iter().any(|literal| literal.value == *value) {
                let known: Vec<_> = values.values.iter().map(|literal| format!("`{}`", literal.value)).collect();
                problems.push(Problem { at: at.pointer(), message: format!("must be one of {}", known.join(", ")) });
            }
        }
        Shape::Union(union) => {
            let allowed = union.variants.iter().filter(|variant| variant.allows(union.tag.as_deref(), value));
            let fitting = allowed.clone().find(|variant| check(api, &variant.ty, value).is_empty());
            match fitting.or_else(|| allowed.clone().next().filter(|_| union.tag.is_some())) {
                Some(variant) => walk(api, &variant.ty, value, at, problems),
                None => {
                    let known: Vec<_> = union.variants.iter().map(|variant| format!("`{}`", variant.name)).collect();
                    let message = format!("must be one of the types {}", known.join(", "));
                    problems.push(Problem { at: at.pointer(), message });
                }
            }
        }
        Shape::Newtype(constraints) => {
            walk(api, &TypeRef::String, value, at, problems);
            keep(constraints, value, at, problems);
        }
        Shape::StringEnum(variants) => {
            if !variants.iter().any(|variant| value.as_str() == Some(&variant.wire)) {
                let known: Vec<_> = variants.iter().map(|variant| format!("`{}`", variant.wire)).collect();
                problems.push(Problem { at: at.pointer(), message: format!("must be one of {}", known.join(", ")) });
            }
        }
        Shape::Record(record) => {
            let Some(entries) = value.as_object() else {
                problems.push(Problem { at: at.pointer(), message: "must be an object".to_owned() });
                return;
            };
            for field in &record.fields {
                let at = &At::Key(at, &field.wire);
                match entries.get(&field.wire) {
                    None if field.required => {
                        problems.push(Problem { at: at.pointer(), message: "is required".to_owned() });
                    }
                    None => {}
                    Some(Value::Null) if field.nullable => {}
                    Some(value) => {
                        walk(api, &field.ty, value, at, problems);
                        keep(&field.constraints, value, at, problems);
                    }
                }
            }
            let Some(ty) = &record.additional else { return };
            let named = |key: &str| record.fields.iter().any(|field| field.wire == key);
            for (key, value) in entries.iter().filter(|(key, _)| !named(key)) {
                walk(api, ty, value, &At::Key(at, key), problems);
            }
        }
    }
}

/// What a value that breaks the constraint must be; nothing if it keeps to it or the constraint is not about it.
fn broken(constraint: &Constraint, value: &Value) -> Option<String> {
    let big = big::digits(value).and_then(|digits| digits.parse::<f64>().ok());
    let (length, number) = (value.as_str().map(|text| text.chars().count()), big.or_else(|| value.as_f64()));
    let items = value.as_array();
    match constraint {
        Constraint::MinLength(least) if length? < *least => Some(format!("must have at least {least} characters")),
        Constraint::MaxLength(most) if length? > *most => Some(format!("must have at most {most} characters")),
        Constraint::Pattern(pattern) => match formats::of_pattern(pattern, value.as_str()?) {
            Some(valid) => valid.err().map(str::to_owned),
            None => (!matches(pattern, value.as_str()?)).then(|| format!("must match {pattern}")),
        },
        Constraint::Minimum(bound) if number? < *bound => Some(format!("must be at least {bound}")),
        Constraint::ExclusiveMinimum(bound) if number? <= *bound => Some(format!("must be more than {bound}")),
        Constraint::Maximum(bound) if number? > *bound => Some(format!("must be at most {bound}")),
        Constraint::ExclusiveMaximum(bound) if number? >= *bound => Some(format!("must be less than {bound}")),
        Constraint::MultipleOf(step) if !divides(*step, number?) => Some(format!("must be a multiple of {step}")),
        Constraint::MinItems(least) if items?.len() < *least => Some(format!("must have at least {least} items")),
        Constraint::MaxItems(most) if items?.len() > *most => Some(format!("must have at most {most} items")),
        Constraint::UniqueItems if repeats(items?) => Some("must not have an item twice".to_owned()),
        _ => None,
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

fn divides(step: f64, number: f64) -> bool {
    let times = number / step;
    (times - times.round()).abs() < 1e-9
}

fn repeats(items: &[Value]) -> bool {
    let mut seen = std::collections::HashSet::new();
    !items.iter().all(|item| seen.insert(item.to_string()))
}

/// Whether some part of the text matches. A pattern is compiled once for each thread.
fn matches(pattern: &str, text: &str) -> bool {
    use std::cell::RefCell;
    use std::collections::HashMap;
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Option<regex_lite::Regex>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        if !compiled.contains_key(pattern) {
            compiled.insert(pattern.to_owned(), regex_lite::Regex::new(pattern).ok());
        }
        // What cannot be compiled cannot be checked.
        compiled.get(pattern).and_then(Option::as_ref).is_none_or(|regex| regex.is_match(text))
    })
}
