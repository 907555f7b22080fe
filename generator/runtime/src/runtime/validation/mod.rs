//! Validation of values before a request is sent.

pub(crate) mod constraint;
pub(crate) mod decimal;
#[cfg(feature = "finite-numbers")]
pub(crate) mod finite;
#[cfg(feature = "json-validation")]
pub(crate) mod json_validation;
pub(crate) mod pattern;
#[cfg(feature = "regexes")]
mod regexes;
mod simple_pattern;

use std::borrow::Cow;

use crate::runtime::{Constraint, InvalidValue, Value};

/// Checks the value of a parameter. For a list, the constraints of arrays apply to the list, and all other constraints
/// apply to each item.
///
/// # Errors
///
/// Returns the first violated constraint, with an excerpt of the value unless it is [personal](Constraint::Personal).
pub fn check(name: &'static str, value: &Value, constraints: &[Constraint<'_>]) -> Result<(), InvalidValue> {
    if let Value::Unsendable(reason) = value {
        return Err(InvalidValue::new(name, None, reason.clone()));
    }
    #[cfg(feature = "styles")]
    if let Value::Styled { value, json, .. } = value {
        json_validation::check_json(name, json, constraints)?;
        // The error does not show the value, because a value in an object or array may be personal data.
        return check(name, value, constraints).map_err(InvalidValue::without_value);
    }
    if let Value::Unchecked { text, constraints } = value {
        // The string may be personal data, such as an address instead of an identifier, so the error does not show it.
        return check(name, &text.as_str().into(), constraints).map_err(InvalidValue::without_value);
    }
    if let Value::List(items) = value {
        for constraint in constraints {
            let texts = items.iter().map(|item| item.text().into_owned());
            if let Some(violation) = constraint.violation_by_items(items.len(), texts) {
                return Err(InvalidValue::new(name, None, violation));
            }
        }
    }
    #[cfg(feature = "json-validation")]
    if let Value::Text(text) = value {
        let violation = constraints.iter().find_map(|constraint| match constraint {
            Constraint::Json(constraints) => json_validation::violation_by_json(name, text, constraints),
            _ => None,
        });
        violation.map_or(Ok(()), Err)?;
    }
    for (index, item) in value.items().iter().enumerate() {
        let Some(violation) = violation_by_item(item, constraints) else { continue };
        let name = match value {
            Value::List(_) => Cow::Owned(format!("{name}[{index}]")),
            _ => Cow::Borrowed(name),
        };
        return Err(InvalidValue::new(name, (!is_personal(constraints)).then_some(item), violation));
    }
    Ok(())
}

/// Returns whether the constraints mark their value as personal data.
pub fn is_personal(constraints: &[Constraint<'_>]) -> bool {
    constraints.iter().any(|constraint| matches!(constraint, Constraint::Personal))
}

fn violation_by_item(item: &Value, constraints: &[Constraint<'_>]) -> Option<String> {
    match item {
        Value::Text(text) => constraints.iter().find_map(|constraint| constraint.violation_by_string(text)),
        Value::Number(number) if number.ends_with(|last: char| last.is_ascii_digit()) => {
            constraints.iter().find_map(|constraint| constraint.violation_by_number(number))
        }
        Value::Number(_) => Some("must be a finite number".to_owned()),
        _ => None,
    }
}
