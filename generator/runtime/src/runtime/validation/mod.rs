//! Validation of values before a request is sent.

pub(crate) mod finite;
pub(crate) mod json_validation;
pub(crate) mod rule;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use regex_lite::Regex;

use crate::runtime::{InvalidValue, Rule, Value};

/// Checks a value that is called `name` against all of its constraints.
///
/// # Errors
///
/// Returns the first violated constraint, with an excerpt of the value unless it is [personal](Rule::Personal).
pub fn check(name: &'static str, value: &Value, rules: &[Rule]) -> Result<(), InvalidValue> {
    if let Value::Unsendable(why) = value {
        return Err(InvalidValue::new(name, None, why.clone()));
    }
    // [if styles.rs
    if let Value::Styled { value, json, .. } = value {
        json_validation::look_inside(name, &serde_json::from_str(json.get()).unwrap_or_default(), rules)?;
        // It may be a part of something personal.
        return check(name, value, rules).map_err(InvalidValue::without_value);
    }
    // [end styles.rs]
    if let Value::Unchecked { text, rules } = value {
        // The string may be personal: an address where an identifier belongs.
        return check(name, &text.as_str().into(), rules).map_err(InvalidValue::without_value);
    }
    if let Some(broken) = rules.iter().find_map(|rule| rule.broken_by_list(value)) {
        return Err(InvalidValue::new(name, None, broken));
    }
    for (index, item) in value.items().iter().enumerate() {
        let Some(broken) = broken_by_item(item, rules) else { continue };
        let name = match value {
            Value::List(_) => Cow::Owned(format!("{name}[{index}]")),
            _ => Cow::Borrowed(name),
        };
        return Err(InvalidValue::new(name, (!is_personal(rules)).then_some(item), broken));
    }
    Ok(())
}

/// Returns whether the constraints mark their value as personal data.
pub fn is_personal(rules: &[Rule]) -> bool {
    rules.iter().any(|rule| matches!(rule, Rule::Personal))
}

fn broken_by_item(item: &Value, rules: &[Rule]) -> Option<String> {
    match item {
        Value::Number { number, .. } if !number.is_finite() => Some("must be a finite number".to_owned()),
        _ => rules.iter().find_map(|rule| rule.broken_by_item(item)),
    }
}

impl Rule {
    /// What a list as a whole fails to be.
    pub(crate) fn broken_by_list(&self, value: &Value) -> Option<String> {
        let Value::List(items) = value else { return None };
        let count = items.len();
        match self {
            Self::MinItems(least) if count < *least => Some(format!("must have at least {least} items, not {count}")),
            Self::MaxItems(most) if count > *most => Some(format!("must have at most {most} items, not {count}")),
            Self::UniqueItems if items.iter().map(Value::text).collect::<BTreeSet<_>>().len() < count => {
                Some("must not have the same item twice".to_owned())
            }
            _ => None,
        }
    }

    /// What a single value fails to be.
    pub(crate) fn broken_by_item(&self, item: &Value) -> Option<String> {
        let (text, number) = match item {
            Value::Text(text) => (Some(text), None),
            Value::Number { number, .. } => (None, Some(*number)),
            _ => (None, None),
        };
        let length = || text.map(|text| text.chars().count());
        let long = |bound: &str| Some(format!("must be at {bound} characters long, not {}", length()?));
        match *self {
            Self::MinLength(least) if length()? < least => long(&format!("least {least}")),
            Self::MaxLength(most) if length()? > most => long(&format!("most {most}")),
            Self::Pattern(pattern) if !finds(pattern, text?) => Some(format!("must match `{pattern}`")),
            Self::Minimum(least) if number? < least => Some(format!("must be {least} or more")),
            Self::Maximum(most) if number? > most => Some(format!("must be {most} or less")),
            Self::ExclusiveMinimum(bound) if number? <= bound => Some(format!("must be more than {bound}")),
            Self::ExclusiveMaximum(bound) if number? >= bound => Some(format!("must be less than {bound}")),
            Self::MultipleOf(unit) if !is_multiple(number?, unit) => Some(format!("must be a multiple of {unit}")),
            _ => None,
        }
    }
}

/// Decimal fractions have no exact binary form (0.07 / 0.01 is a little more than 7), so a quotient counts as whole
/// when it is as near to an integer as rounding can have moved it.
fn is_multiple(number: f64, unit: f64) -> bool {
    let quotient = number / unit;
    (quotient - quotient.round()).abs() <= quotient.abs().max(1.0) * 4.0 * f64::EPSILON
}

/// Returns whether `pattern` is found in `text`. Each pattern is compiled once, when it is first needed.
pub fn finds(pattern: &'static str, text: &str) -> bool {
    static COMPILED: RwLock<BTreeMap<&'static str, Option<Regex>>> = RwLock::new(BTreeMap::new());
    let matches = |regex: &Option<Regex>| regex.as_ref().is_none_or(|regex| regex.is_match(text));
    if let Some(regex) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return matches(regex);
    }
    let regex = Regex::new(pattern).ok();
    let found = matches(&regex);
    COMPILED.write().unwrap_or_else(PoisonError::into_inner).insert(pattern, regex);
    found
}
