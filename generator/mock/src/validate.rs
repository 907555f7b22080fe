//! Validates JSON values against the types of the IR.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use bindery::ir::{Api, Constraint, Record, Shape, TypeRef};
use bindery::validation::constraint::Constraint as RuntimeConstraint;
use bindery::validation::pattern::matches;
use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use crate::model::record as record_type;
use crate::{big, formats};

/// A Base64 configuration that accepts values with and without padding.
const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);

/// A violation of a type or a constraint by a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The JSON pointer to the invalid part of the value. The pointer is empty if the value as a whole is invalid.
    pub path: String,
    /// The violated constraint, such as `must have at most 256 characters`. A message consists of the name of the value
    /// and this text.
    pub message: String,
}

/// Returns the violations of a type by a value.
///
/// Undeclared properties are allowed, because a later version of the document may declare them.
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
    check_type(api, ty, value, &Path::Root, &mut problems);
    problems
}

/// The path of a value. The path is converted to a JSON pointer only if the value is invalid.
enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Key(parent, key) => format!("{}/{}", parent.pointer(), key.replace('~', "~0").replace('/', "~1")),
            Self::Index(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// Checks a value against constraints. `record` has the documented properties of the value, if it is an object.
pub(crate) fn check_constraints(
    constraints: &[Constraint],
    record: Option<&Record>,
    value: &Value,
    problems: &mut Vec<Problem>,
) {
    check_constraints_at(&Path::Root, constraints, record, value, problems);
}

fn check_constraints_at(
    path: &Path<'_>,
    constraints: &[Constraint],
    record: Option<&Record>,
    value: &Value,
    problems: &mut Vec<Problem>,
) {
    for constraint in constraints {
        let (first, count, items) = match constraint {
            Constraint::Items(items) => (0, usize::MAX, items),
            Constraint::ItemsFrom(first, items) => (*first, usize::MAX, items),
            Constraint::Item(index, item) => (*index, 1, item),
            Constraint::AdditionalProperties(values) => {
                let is_declared =
                    |key: &str| record.is_some_and(|record| record.fields.iter().any(|field| field.wire == key));
                for (key, value) in value.as_object().into_iter().flatten().filter(|(key, _)| !is_declared(key)) {
                    check_constraints_at(&Path::Key(path, key), values, None, value, problems);
                }
                continue;
            }
            Constraint::PropertyNames(declared, names) => {
                let undeclared = value.as_object().into_iter().flatten().map(|(key, _)| key);
                for key in undeclared.filter(|key| !declared.contains(key)) {
                    let key_path = Path::Key(path, key);
                    check_constraints_at(&key_path, names, None, &Value::String(key.clone()), problems);
                }
                continue;
            }
            Constraint::PropertiesMatching(pattern, values) => {
                let matching = value.as_object().into_iter().flatten().filter(|(key, _)| matches(pattern, key));
                for (key, value) in matching {
                    check_constraints_at(&Path::Key(path, key), values, None, value, problems);
                }
                continue;
            }
            Constraint::Json(constraints) => {
                let content = value.as_str().and_then(|text| serde_json::from_str(text).ok());
                // The declared properties are not available here.
                let is_checked = |constraint: &&Constraint| !matches!(constraint, Constraint::AdditionalProperties(_));
                let checked: Vec<Constraint> = constraints.iter().filter(is_checked).cloned().collect();
                if let Some(content) = content {
                    check_constraints_at(path, &checked, None, &content, problems);
                }
                continue;
            }
            Constraint::Requires(property, required) => {
                let has = |name: &String| value.get(name.as_str()).is_some();
                if let Some(missing) = required.iter().find(|name| has(property) && !has(name)) {
                    let message = format!("must have the property `{missing}`, because it has `{property}`");
                    problems.push(Problem { path: path.pointer(), message });
                }
                continue;
            }
            constraint => {
                let message = violation(constraint, value);
                problems.extend(message.map(|message| Problem { path: path.pointer(), message }));
                continue;
            }
        };
        for (index, item) in value.as_array().into_iter().flatten().enumerate().skip(first).take(count) {
            check_constraints_at(&Path::Index(path, index), items, None, item, problems);
        }
    }
}

fn check_type(api: &Api, ty: &TypeRef, value: &Value, path: &Path<'_>, problems: &mut Vec<Problem>) {
    let expected = match ty {
        TypeRef::Json => None,
        TypeRef::Bool => (!value.is_boolean()).then_some("must be true or false"),
        TypeRef::Int(32) => value
            .as_i64()
            .and_then(|value| i32::try_from(value).ok())
            .is_none()
            .then_some("must be an integer of 32 bits"),
        TypeRef::Int(128) => {
            let digits = big::digits(value).map(|digits| digits.parse::<i128>().is_ok());
            let is_integer = digits.unwrap_or_else(|| value.as_f64().is_some_and(|number| number.fract() == 0.0));
            (!is_integer).then_some("must be an integer of 128 bits")
        }
        TypeRef::Int(_) => value.as_i64().is_none().then_some("must be an integer"),
        TypeRef::Unsigned(_) => value.as_u64().is_none().then_some("must be an integer that is not negative"),
        TypeRef::Float(_) | TypeRef::BigNumber => {
            (!value.is_number() && big::digits(value).is_none()).then_some("must be a number")
        }
        TypeRef::Custom(_) => None,
        TypeRef::Nullable(_) if value.is_null() => None,
        TypeRef::Nullable(inner) => return check_type(api, inner, value, path, problems),
        TypeRef::Tuple(types) => match value.as_array() {
            Some(items) if items.len() == types.len() => {
                for (index, (ty, item)) in types.iter().zip(items).enumerate() {
                    check_type(api, ty, item, &Path::Index(path, index), problems);
                }
                None
            }
            _ => Some("must be an array with one item for each position"),
        },
        TypeRef::String => (!value.is_string() || big::digits(value).is_some()).then_some("must be a string"),
        // The content of a duration is not validated, because APIs use too many notations for durations.
        TypeRef::Duration => (!value.is_string()).then_some("must be a string"),
        TypeRef::Bytes => {
            let is_valid =
                value.as_str().is_some_and(|text| STANDARD.decode(text.split_whitespace().collect::<String>()).is_ok());
            (!is_valid).then_some("must be Base64")
        }
        TypeRef::UrlBytes => {
            let is_valid = value.as_str().is_some_and(|text| URL_SAFE.decode(text).is_ok());
            (!is_valid).then_some("must be Base64 for URLs")
        }
        TypeRef::Uuid => (!value.as_str().is_some_and(is_uuid)).then_some("must be a UUID"),
        TypeRef::DateTime => {
            let is_valid = value.as_str().is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok());
            (!is_valid).then_some("must be a date with a time, like 2026-01-31T12:00:00Z")
        }
        TypeRef::Date => {
            let is_valid = value.as_str().is_some_and(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok());
            (!is_valid).then_some("must be a date, like 2026-01-31")
        }
        TypeRef::Uri => {
            let is_valid = value.as_str().is_some_and(|text| !text.is_empty() && !text.contains([' ', '<', '>', '"']));
            (!is_valid).then_some("must be a URL")
        }
        TypeRef::Array(item_type) => match value.as_array() {
            Some(items) => {
                for (index, item) in items.iter().enumerate() {
                    check_type(api, item_type, item, &Path::Index(path, index), problems);
                }
                None
            }
            None => Some("must be an array"),
        },
        TypeRef::Map(value_type) => match value.as_object() {
            Some(entries) => {
                for (key, value) in entries {
                    check_type(api, value_type, value, &Path::Key(path, key), problems);
                }
                None
            }
            None => Some("must be an object"),
        },
        TypeRef::Named(id) => return check_named_type(api, &api.types[*id].shape, value, path, problems),
    };
    problems.extend(expected.map(|message| Problem { path: path.pointer(), message: message.to_owned() }));
}

/// Checks the JSON in a string. A string that is not JSON is valid.
pub(crate) fn check_json(api: &Api, content: &TypeRef, value: &Value, problems: &mut Vec<Problem>) {
    check_json_at(&Path::Root, api, content, value, problems);
}

fn check_json_at(path: &Path<'_>, api: &Api, content: &TypeRef, value: &Value, problems: &mut Vec<Problem>) {
    if let Some(json) = value.as_str().and_then(|text| big::parse(text.as_bytes()).ok()) {
        check_type(api, content, &json, path, problems);
    }
}

fn check_named_type(api: &Api, shape: &Shape, value: &Value, path: &Path<'_>, problems: &mut Vec<Problem>) {
    match shape {
        Shape::Alias(ty) | Shape::Wrapper(ty) => check_type(api, ty, value, path, problems),
        Shape::ValueEnum(values) => {
            if !values.values.iter().any(|literal| literal.value == *value) {
                let allowed_values: Vec<_> =
                    values.values.iter().map(|literal| format!("`{}`", literal.value)).collect();
                problems.push(Problem {
                    path: path.pointer(),
                    message: format!("must be one of {}", allowed_values.join(", ")),
                });
            }
        }
        Shape::Union(union) => {
            let allowed_variants = union.allowed_variants(value);
            let matching_variant = allowed_variants.iter().find(|variant| check(api, &variant.ty, value).is_empty());
            match matching_variant.or_else(|| allowed_variants.first().filter(|_| union.tag.is_some())) {
                Some(variant) => check_type(api, &variant.ty, value, path, problems),
                None => {
                    let names: Vec<_> = union.variants.iter().map(|variant| format!("`{}`", variant.name)).collect();
                    let message = format!("must be one of the types {}", names.join(", "));
                    problems.push(Problem { path: path.pointer(), message });
                }
            }
        }
        Shape::Newtype(constraints) => {
            check_type(api, &TypeRef::String, value, path, problems);
            check_constraints_at(path, constraints, None, value, problems);
        }
        Shape::StringEnum(variants) => {
            if !variants.iter().any(|variant| value.as_str() == Some(&variant.wire)) {
                let allowed_values: Vec<_> = variants.iter().map(|variant| format!("`{}`", variant.wire)).collect();
                problems.push(Problem {
                    path: path.pointer(),
                    message: format!("must be one of {}", allowed_values.join(", ")),
                });
            }
        }
        Shape::Record(record) => {
            let Some(entries) = value.as_object() else {
                problems.push(Problem { path: path.pointer(), message: "must be an object".to_owned() });
                return;
            };
            for field in &record.fields {
                let path = &Path::Key(path, &field.wire);
                match entries.get(&field.wire) {
                    None if field.required => {
                        problems.push(Problem { path: path.pointer(), message: "is required".to_owned() });
                    }
                    None => {}
                    Some(Value::Null) if field.nullable => {}
                    Some(value) => {
                        check_type(api, &field.ty, value, path, problems);
                        check_constraints_at(path, &field.constraints, record_type(api, &field.ty), value, problems);
                        if let Some(content) = field.content.as_ref().filter(|_| field.holds_json) {
                            check_json_at(path, api, content, value, problems);
                        }
                    }
                }
            }
            let Some(ty) = &record.additional else { return };
            let is_declared = |key: &str| record.fields.iter().any(|field| field.wire == key);
            for (key, value) in entries.iter().filter(|(key, _)| !is_declared(key)) {
                check_type(api, ty, value, &Path::Key(path, key), problems);
            }
        }
    }
}

/// Returns a description of how a value violates a constraint. Constraints on the items or properties of the value are
/// ignored, because [`check_constraints`] checks them.
fn violation(constraint: &Constraint, value: &Value) -> Option<String> {
    if let (Constraint::Pattern(pattern), Value::String(string)) = (constraint, value)
        && let Some(result) = formats::of_pattern(pattern, string)
    {
        return result.err().map(str::to_owned);
    }
    let constraint = runtime_constraint(constraint)?;
    match value {
        Value::Number(number) => constraint.violation_by_number(&number.to_string()),
        Value::String(string) => match big::digits(value) {
            Some(digits) => constraint.violation_by_number(digits),
            None => constraint.violation_by_string(string),
        },
        Value::Array(items) => constraint.violation_by_items(items.len(), &mut items.iter().map(Value::to_string)),
        Value::Object(properties) => constraint.violation_by_properties(properties.len()),
        Value::Null | Value::Bool(_) => None,
    }
}

/// Converts a constraint to the type of the runtime. Returns `None` for a constraint on items or additional properties.
fn runtime_constraint(constraint: &Constraint) -> Option<RuntimeConstraint<'_>> {
    Some(match constraint {
        Constraint::MinLength(length) => RuntimeConstraint::MinLength(*length),
        Constraint::MaxLength(length) => RuntimeConstraint::MaxLength(*length),
        Constraint::Pattern(pattern) => RuntimeConstraint::Pattern(pattern),
        Constraint::Minimum(limit) => RuntimeConstraint::Minimum(limit.as_str()),
        Constraint::ExclusiveMinimum(limit) => RuntimeConstraint::ExclusiveMinimum(limit.as_str()),
        Constraint::Maximum(limit) => RuntimeConstraint::Maximum(limit.as_str()),
        Constraint::ExclusiveMaximum(limit) => RuntimeConstraint::ExclusiveMaximum(limit.as_str()),
        Constraint::MultipleOf(divisor) => RuntimeConstraint::MultipleOf(divisor.as_str()),
        Constraint::MinItems(count) => RuntimeConstraint::MinItems(*count),
        Constraint::MaxItems(count) => RuntimeConstraint::MaxItems(*count),
        Constraint::UniqueItems => RuntimeConstraint::UniqueItems,
        Constraint::MinProperties(count) => RuntimeConstraint::MinProperties(*count),
        Constraint::MaxProperties(count) => RuntimeConstraint::MaxProperties(*count),
        Constraint::Items(_)
        | Constraint::Item(..)
        | Constraint::ItemsFrom(..)
        | Constraint::NoProperties
        | Constraint::AdditionalProperties(_)
        | Constraint::PropertyNames(..)
        | Constraint::PropertiesMatching(..)
        | Constraint::Requires(..)
        | Constraint::Json(_) => return None,
    })
}

fn is_uuid(string: &str) -> bool {
    let lengths = string.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && string.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}
