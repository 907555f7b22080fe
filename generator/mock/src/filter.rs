//! Which records of a list a request asks for, and in which order.

use std::cmp::Ordering;

use bindery::config::Test;
use bindery::ir::compare_numbers;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::Value;

use crate::error::Failure;
use crate::json_path::{at, text_of};
use crate::request_values::Given;
use crate::rule_checks::value_of;
use crate::rules::Facts;

/// The filters of a request.
pub(crate) struct Selection<'a> {
    tests: Vec<(&'a str, Test, Vec<String>)>,
    pub newest_first: bool,
}

impl<'a> Selection<'a> {
    /// Reads the filters and the order of a request.
    ///
    /// # Errors
    ///
    /// 400 if a bound is of no kind that can be compared with the property.
    pub fn of(facts: &'a Facts, given: &Given<'_>, is_time: impl Fn(&str) -> bool) -> Result<Self, Failure> {
        let mut tests = Vec::new();
        for filter in &facts.filters {
            let values: Vec<String> = match value_of(given, &filter.parameter) {
                None | Some(Value::Null) => continue,
                Some(Value::Array(values)) if values.is_empty() => continue,
                Some(Value::Array(values)) => values.iter().map(text_of).collect(),
                Some(value) => vec![text_of(value)],
            };
            if filter.test != Test::Equal
                && is_time(&filter.property)
                && values.iter().any(|value| time(value, filter.test).is_none())
            {
                let message =
                    format!("{} must be a date or a point in time, like 2026-01-31T12:00:00Z", filter.parameter);
                return Err(Failure::new(400, message));
            }
            tests.push((filter.property.as_str(), filter.test, values));
        }
        let newest_first = facts.newest_first.iter().any(|(name, values)| {
            let value = value_of(given, name).filter(|value| !value.is_null()).map(text_of);
            value.is_some_and(|value| values.is_empty() || values.contains(&value))
        });
        Ok(Self { tests, newest_first })
    }

    /// Whether all records are asked for.
    pub fn is_everything(&self) -> bool {
        self.tests.is_empty()
    }

    /// Whether a record is asked for.
    pub fn keeps(&self, record: &Value) -> bool {
        self.tests.iter().all(|(property, test, values)| {
            let found = at(record, property).unwrap_or(&Value::Null);
            values.iter().any(|value| match found {
                Value::Array(items) => items.iter().any(|item| passes(item, *test, value)),
                found => passes(found, *test, value),
            })
        })
    }
}

/// Whether the value of a property passes a test against the value of a parameter.
fn passes(found: &Value, test: Test, value: &str) -> bool {
    let order = match found {
        Value::Null => return false,
        Value::Number(_) => serde_json::from_str(value).ok().and_then(|value| compare_numbers(found, &value)),
        found => {
            let text = text_of(found);
            match (time(&text, Test::Equal), time(value, test)) {
                (Some(found), Some(value)) => Some(found.cmp(&value)),
                _ => Some(text.as_str().cmp(value)),
            }
        }
    };
    order.is_some_and(|order| match test {
        Test::Equal => order == Ordering::Equal,
        Test::AtLeast => order != Ordering::Less,
        Test::AtMost => order != Ordering::Greater,
    })
}

/// The point in time that a string stands for: of a day, its beginning, or its end where it is an upper bound.
fn time(text: &str, test: Test) -> Option<DateTime<Utc>> {
    let day = |day: NaiveDate| {
        let end = NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999).filter(|_| test == Test::AtMost);
        day.and_time(end.unwrap_or_default()).and_utc()
    };
    let with_zone = DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc));
    let without = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|time| time.and_utc());
    with_zone.or_else(without).or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(day))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_compared_by_what_they_are() {
        for (found, test, value, expected) in [
            (json!("active"), Test::Equal, "active", true),
            (json!("active"), Test::Equal, "Active", false),
            (json!(10), Test::AtLeast, "9", true),
            (json!(10), Test::Equal, "10.0", true),
            (json!(10), Test::AtMost, "many", false),
            (json!(true), Test::Equal, "true", true),
            (json!(null), Test::AtMost, "2026-01-31", false),
            (json!("2026-01-31T12:00:00Z"), Test::AtMost, "2026-01-31", true),
            (json!("2026-01-31T12:00:00Z"), Test::AtLeast, "2026-01-31", true),
            (json!("2026-01-31T12:00:00Z"), Test::AtLeast, "2026-02-01", false),
            (json!("2026-01-31T12:00:00Z"), Test::AtMost, "2026-01-31T13:00:00+02:00", false),
            (json!("2026-01-31T12:00:00Z"), Test::Equal, "2026-01-31T14:00:00+02:00", true),
            (json!("2026-01-31"), Test::AtMost, "2026-01-31", true),
        ] {
            assert_eq!(passes(&found, test, value), expected, "{found} {test:?} {value}");
        }
    }
}
