//! Lowers the constraints of a schema.

use std::collections::HashSet;

use openapiv3::{AdditionalProperties, Schema};
use serde_json::Value;

use super::merged_schema::{Kind, Part, schema_keywords};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Constraint, Decimal};
use crate::lower::Lowering;
use crate::lower::schema::{MAX_NESTING_DEPTH, Node};
use crate::parse::LIMITS;
use crate::source::Pointer;

/// The maximum size of a pattern that is checked.
const LARGEST_PATTERN: usize = 100_000;

/// The maximum size of all checked patterns of a document together.
pub(crate) const ALL_PATTERNS: usize = 5_000_000;

impl<'a> Lowering<'a> {
    /// Returns the constraints of all parts, each once.
    pub(crate) fn constraints_of(&mut self, parts: &[Part<'a>]) -> Vec<Constraint> {
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        for part in parts {
            let own = self.constraints(part.schema, &part.at);
            match parts.len() {
                1 => return own,
                _ => all.extend(own.into_iter().filter(|one| seen.insert(format!("{one:?}")))),
            }
        }
        all
    }

    /// Returns a limit of numbers, unless it is beyond the 64-bit floating-point numbers. Such a limit is reported and not checked.
    fn finite(&mut self, limit: Decimal, keyword: &str, at: &Pointer) -> Option<Decimal> {
        if limit.to_f64().is_finite() {
            return Some(limit);
        }
        let message = format!("`{keyword}` is too large for a 64-bit floating-point number");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Location::Value(at.child(keyword)), message);
        self.diagnostics.push(diagnostic.label("ignored").help("use a limit below 1.8e308"));
        None
    }

    pub(crate) fn constraints(&mut self, schema: &'a Schema, at: &Pointer) -> Vec<Constraint> {
        let any = schema_keywords(schema);
        if !self.spend(1 + any.properties.len(), at) {
            return Vec::new();
        }
        let minimum = minimum(schema).and_then(|(limit, is_exclusive)| {
            let limit = self.finite(limit, "minimum", at)?;
            Some(if is_exclusive { Constraint::ExclusiveMinimum(limit) } else { Constraint::Minimum(limit) })
        });
        let maximum = maximum(schema).and_then(|(limit, is_exclusive)| {
            let limit = self.finite(limit, "maximum", at)?;
            Some(if is_exclusive { Constraint::ExclusiveMaximum(limit) } else { Constraint::Maximum(limit) })
        });
        let divisor = digits(schema, "multipleOf", any.multiple_of);
        let divisor = divisor.and_then(|divisor| self.finite(divisor, "multipleOf", at));
        let values = match &any.additional_properties {
            Some(AdditionalProperties::Schema(values)) => {
                self.inner(Node::from(values.as_ref()), &at.child("additionalProperties"))
            }
            _ => None,
        };
        let pattern = any.pattern.as_ref().filter(|pattern| self.is_pattern(pattern, at));
        // In the model, the properties of an array are the items of a tuple, and `items` describes the items after them.
        let tuple = any.typ.as_deref() == Some("array") && !any.properties.is_empty();
        let count = any.properties.len();
        let positions = any.properties.values().enumerate().filter(|_| tuple);
        let positions: Vec<Constraint> = positions
            .filter_map(|(index, item)| {
                let rules = self.inner(item.into(), &at.child("prefixItems").child(index))?;
                Some(Constraint::Item(index, rules))
            })
            .collect();
        let rules = [
            any.min_length.map(Constraint::MinLength),
            any.max_length.map(Constraint::MaxLength),
            pattern.cloned().map(Constraint::Pattern),
            minimum,
            maximum,
            divisor.filter(|divisor| divisor.to_f64() > 0.0).map(Constraint::MultipleOf),
            any.min_items.map(Constraint::MinItems),
            any.max_items.map(Constraint::MaxItems),
            any.unique_items.unwrap_or_default().then_some(Constraint::UniqueItems),
            any.items.as_ref().and_then(|items| self.inner(items.into(), &at.child("items"))).map(
                |rules| match tuple {
                    true => Constraint::ItemsFrom(count, rules),
                    false => Constraint::Items(rules),
                },
            ),
            any.min_properties.map(Constraint::MinProperties),
            any.max_properties.map(Constraint::MaxProperties),
            values.map(Constraint::AdditionalProperties),
        ];
        rules.into_iter().flatten().chain(positions).collect()
    }

    /// Returns whether a pattern can be checked, and reports one that cannot.
    fn is_pattern(&mut self, pattern: &'a str, at: &Pointer) -> bool {
        let left = &mut self.patterns_left;
        let wrong = self.patterns.entry(pattern).or_insert_with(|| {
            let size = pattern_size(pattern);
            match left.checked_sub(size).filter(|_| size <= LARGEST_PATTERN) {
                None => Some("it is too large".to_owned()),
                Some(rest) => {
                    *left = rest;
                    regex_lite::Regex::new(pattern).err().map(|error| error.to_string())
                }
            }
        });
        let Some(error) = wrong else { return true };
        let message = format!("the pattern cannot be checked: {error}");
        let diagnostic = Diagnostic::warning(code::UNCHECKED_PATTERN, Location::Value(at.child("pattern")), message);
        self.diagnostics.push(
            diagnostic
                .help("write a regular expression without look-around; the generated code does not check this one"),
        );
        false
    }

    /// Returns the constraints of a schema at the location that uses it.
    pub(crate) fn rules_of(&mut self, node: Node<'a>, at: &Pointer) -> Vec<Constraint> {
        let parts = self.parts(node, at);
        match (node, self.kind(&parts)) {
            (Node::Reference(_), Kind::Text) => Vec::new(),
            _ => self.constraints_of(&parts),
        }
    }

    /// Returns the constraints of a schema for the contents of a value.
    fn inner(&mut self, node: Node<'a>, at: &Pointer) -> Option<Vec<Constraint>> {
        if self.depth > MAX_NESTING_DEPTH {
            return None;
        }
        let referred = matches!(node, Node::Reference(_));
        let (schema, at) = self.schema_at(node, at)?;
        let part = Part { schema, at, uses_alternatives: true };
        // Named types have their own constraints.
        if referred && matches!(part.kind(), Kind::Text | Kind::List | Kind::Object) {
            return None;
        }
        self.depth += 1;
        let rules = self.constraints(schema, &part.at);
        self.depth -= 1;
        (!rules.is_empty()).then_some(rules)
    }
}

/// Returns the minimum of a schema of numbers, and whether it is exclusive.
pub(super) fn minimum(schema: &Schema) -> Option<(Decimal, bool)> {
    let any = schema_keywords(schema);
    number_limit(schema, any.minimum, any.exclusive_minimum, [LIMITS[0], LIMITS[1]])
}

/// Returns the maximum of a schema of numbers, and whether it is exclusive.
pub(super) fn maximum(schema: &Schema) -> Option<(Decimal, bool)> {
    let any = schema_keywords(schema);
    number_limit(schema, any.maximum, any.exclusive_maximum, [LIMITS[2], LIMITS[3]])
}

/// Returns a limit with the digits of the document. The exclusive limit is a boolean in OpenAPI 3.0, and a number since then.
fn number_limit(
    schema: &Schema,
    limit: Option<f64>,
    is_exclusive: Option<bool>,
    [inclusive, exclusive]: [&str; 2],
) -> Option<(Decimal, bool)> {
    let is_exclusive = is_exclusive == Some(true);
    let has_digits = schema.schema_data.extensions.contains_key(exclusive);
    Some((digits(schema, if is_exclusive && has_digits { exclusive } else { inclusive }, limit)?, is_exclusive))
}

/// Returns the limit of a keyword with the digits of the document. The model has rounded it to `limit`.
fn digits(schema: &Schema, keyword: &str, limit: Option<f64>) -> Option<Decimal> {
    let limit = Decimal::from(limit?);
    let digits = schema.schema_data.extensions.get(keyword).and_then(Value::as_str).map(Decimal::new);
    Some(digits.filter(|digits| digits.to_f64() == limit.to_f64()).unwrap_or(limit))
}

/// Returns the approximate number of steps that a pattern compiles to. A repeated part is compiled once per repetition.
fn pattern_size(pattern: &str) -> usize {
    let (mut size, mut last, mut open) = (0_usize, 0_usize, Vec::new());
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        match first {
            '(' => {
                open.push(size);
                (size, last) = (0, 0);
            }
            ')' => {
                last = size.saturating_add(1);
                size = last.saturating_add(open.pop().unwrap_or_default());
            }
            '{' => {
                // Longer repetition counts cannot be checked, and a pattern may have any number of braces.
                let window = &rest[1..rest.floor_char_boundary(32)];
                let counts = window.split_once('}').map_or("", |(counts, _)| counts);
                let count = counts.split(',').filter_map(|count| count.trim().parse::<usize>().ok()).max();
                let more = last.saturating_mul(count.unwrap_or(1).saturating_sub(1));
                (size, last) = (size.saturating_add(more), last.saturating_add(more));
                taken += if count.is_some() { counts.len() + 1 } else { 0 };
            }
            other => {
                if other == '\\' {
                    taken += rest[1..].chars().next().map_or(0, char::len_utf8);
                }
                last = 1;
                size = size.saturating_add(1);
            }
        }
        rest = &rest[taken..];
    }
    open.into_iter().fold(size, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::pattern_size;

    #[test]
    fn the_size_of_a_pattern_counts_what_it_repeats() {
        for (pattern, expected) in [
            ("", 0),
            ("^ab$", 4),
            (r"\d{3}", 3),
            ("(ab){10}", 30),
            ("((a{10}){10}){10}", 1_110),
            ("a{2,}", 2),
            ("{", 0),
            ("a{x}", 3),
            ("(a{1000}){1000}", 1_001_000),
        ] {
            assert_eq!(pattern_size(pattern), expected, "{pattern}");
        }
        assert_eq!(pattern_size(&"(".repeat(1_000)), 0);
        assert_eq!(pattern_size(&format!("a{}", "{99999}".repeat(100))), usize::MAX);
    }
}
