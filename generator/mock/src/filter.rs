//! The filters and the order of a list.

use std::cmp::Ordering;

use bindery::config::Test;
use bindery::ir::compare_numbers;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::Value;

use crate::error::Failure;
use crate::json_path::{property_at, value_to_string};
use crate::request_values::RequestValues;
use crate::rule_checks::value_of;
use crate::rules::ResourceRules;

/// The filters and the order of a list, from the parameters of a request.
pub(crate) struct Selection<'a> {
    /// The filters: a property, a comparison, and the values that the property is compared with.
    tests: Vec<(&'a str, Test, Vec<String>)>,
    /// Whether the newest records come first.
    pub newest_first: bool,
}

impl<'a> Selection<'a> {
    /// Reads the filters and the order of a request.
    ///
    /// # Errors
    ///
    /// Returns a failure with status 400 if a value cannot be compared with its property.
    pub fn new(
        rules: &'a ResourceRules,
        request_values: &RequestValues<'_>,
        is_time: impl Fn(&str) -> bool,
    ) -> Result<Self, Failure> {
        let mut tests = Vec::new();
        for filter in &rules.filters {
            let values: Vec<String> = match value_of(request_values, &filter.parameter) {
                None | Some(Value::Null) => continue,
                Some(Value::Array(values)) if values.is_empty() => continue,
                Some(Value::Array(values)) => values.iter().map(value_to_string).collect(),
                Some(value) => vec![value_to_string(value)],
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
        let newest_first = rules.newest_first.iter().any(|(name, values)| {
            let value = value_of(request_values, name).filter(|value| !value.is_null()).map(value_to_string);
            value.is_some_and(|value| values.is_empty() || values.contains(&value))
        });
        Ok(Self { tests, newest_first })
    }

    /// Returns whether the list contains all records, because it has no filters.
    pub fn keeps_everything(&self) -> bool {
        self.tests.is_empty()
    }

    /// Returns whether a record meets all filters.
    pub fn keeps(&self, record: &Value) -> bool {
        self.tests.iter().all(|(property, test, values)| {
            let property_value = property_at(record, property).unwrap_or(&Value::Null);
            values.iter().any(|value| match property_value {
                Value::Array(items) => items.iter().any(|item| is_met(item, *test, value)),
                single => is_met(single, *test, value),
            })
        })
    }
}

/// Compares the value of a property with the value of a parameter, and returns whether the test is met.
fn is_met(property: &Value, test: Test, value: &str) -> bool {
    let order = match property {
        Value::Null => return false,
        Value::Number(_) => serde_json::from_str(value).ok().and_then(|value| compare_numbers(property, &value)),
        property => {
            let text = value_to_string(property);
            match (time(&text, Test::Equal), time(value, test)) {
                (Some(property), Some(value)) => Some(property.cmp(&value)),
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

/// Parses a date or a time. A date becomes the beginning of the day, or the end of the day if the test is
/// [`Test::AtMost`].
fn time(text: &str, test: Test) -> Option<DateTime<Utc>> {
    let time_of_date = |date: NaiveDate| {
        let end = NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999).filter(|_| test == Test::AtMost);
        date.and_time(end.unwrap_or_default()).and_utc()
    };
    let with_zone = DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc));
    let without_zone = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|time| time.and_utc());
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(time_of_date);
    with_zone.or_else(without_zone).or_else(date)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_times_and_strings_are_compared_by_type() {
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
            assert_eq!(is_met(&found, test, value), expected, "{found} {test:?} {value}");
        }
    }
}
