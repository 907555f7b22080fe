//! Lowers the constraints of a schema.

use std::collections::HashSet;

use openapiv3::{AdditionalProperties, AnySchema, Schema};
use serde_json::Value;

use super::merged_schema::{Kind, SchemaPart, schema_keywords};
use crate::characters::floor_boundary;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Constraint, Decimal};
use crate::lower::Lowering;
use crate::lower::schema::{MAX_NESTING_DEPTH, Node};
use crate::parse::LIMIT_KEYWORDS;
use crate::source::Pointer;
use crate::validation::is_simple;

/// The maximum [size](pattern_size) of a pattern that the generated code checks.
const MAX_PATTERN_SIZE: usize = 100_000;

/// The maximum total size of all patterns of a document that the generated code checks.
pub(crate) const MAX_TOTAL_PATTERN_SIZE: usize = 5_000_000;

impl<'a> Lowering<'a> {
    /// Returns the constraints of all schema parts, without duplicates.
    pub(crate) fn constraints_of(&mut self, parts: &[SchemaPart<'a>]) -> Vec<Constraint> {
        let (mut merged, mut seen) = (Vec::new(), HashSet::new());
        for part in parts {
            let constraints = self.constraints(part.schema, &part.at);
            match parts.len() {
                1 => return constraints,
                // Another part may declare properties.
                _ => merged.extend(constraints.into_iter().filter(|constraint| {
                    *constraint != Constraint::NoProperties && seen.insert(format!("{constraint:?}"))
                })),
            }
        }
        merged
    }

    /// Returns `limit` if a 64-bit floating-point number can hold it. Otherwise, reports the limit and returns
    /// `None`.
    fn finite_limit(&mut self, limit: Decimal, keyword: &str, at: &Pointer) -> Option<Decimal> {
        if limit.to_f64().is_finite() {
            return Some(limit);
        }
        let message = format!("`{keyword}` is too large for a 64-bit floating-point number");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Location::Value(at.child(keyword)), message);
        self.diagnostics.push(diagnostic.label("ignored").help("use a limit below 1.8e308"));
        None
    }

    pub(crate) fn constraints(&mut self, schema: &'a Schema, at: &Pointer) -> Vec<Constraint> {
        let keywords = schema_keywords(schema);
        if !self.spend(1 + keywords.properties.len(), at) {
            return Vec::new();
        }
        let minimum = minimum(schema).and_then(|(limit, is_exclusive)| {
            let limit = self.finite_limit(limit, "minimum", at)?;
            Some(if is_exclusive { Constraint::ExclusiveMinimum(limit) } else { Constraint::Minimum(limit) })
        });
        let maximum = maximum(schema).and_then(|(limit, is_exclusive)| {
            let limit = self.finite_limit(limit, "maximum", at)?;
            Some(if is_exclusive { Constraint::ExclusiveMaximum(limit) } else { Constraint::Maximum(limit) })
        });
        let divisor = exact_limit(schema, "multipleOf", keywords.multiple_of);
        let divisor = divisor.and_then(|divisor| self.finite_limit(divisor, "multipleOf", at));
        let values = match &keywords.additional_properties {
            Some(AdditionalProperties::Schema(values)) => {
                self.nested_constraints(Node::from(values.as_ref()), &at.child("additionalProperties"))
            }
            _ => None,
        };
        let pattern =
            keywords.pattern.as_ref().filter(|pattern| self.can_check_pattern(pattern, || at.child("pattern")));
        // The parser stores the `prefixItems` of an array in `properties`. `items` applies only to later items.
        let is_tuple = keywords.typ.as_deref() == Some("array") && !keywords.properties.is_empty();
        let item_count = keywords.properties.len();
        let tuple_items = keywords.properties.values().enumerate().filter(|_| is_tuple);
        let item_constraints: Vec<Constraint> = tuple_items
            .filter_map(|(index, item)| {
                let constraints = self.nested_constraints(item.into(), &at.child("prefixItems").child(index))?;
                Some(Constraint::Item(index, constraints))
            })
            .collect();
        // The parser stores the `contentSchema` of a string in `items`.
        let items = keywords.items.as_ref().filter(|_| keywords.typ.as_deref() != Some("string"));
        let [min_items, max_items, unique_items] = constraints_of_all_items(keywords);
        let constraints = [
            keywords.min_length.map(Constraint::MinLength),
            keywords.max_length.map(Constraint::MaxLength),
            pattern.cloned().map(Constraint::Pattern),
            minimum,
            maximum,
            divisor.filter(|divisor| divisor.to_f64() > 0.0).map(Constraint::MultipleOf),
            min_items,
            max_items,
            unique_items,
            items.and_then(|items| self.nested_constraints(items.into(), &at.child("items"))).map(|constraints| {
                match is_tuple {
                    true => Constraint::ItemsFrom(item_count, constraints),
                    false => Constraint::Items(constraints),
                }
            }),
            values.map(Constraint::AdditionalProperties),
        ];
        let object_constraints = self.object_constraints(schema, at);
        constraints.into_iter().flatten().chain(item_constraints).chain(object_constraints).collect()
    }

    /// Returns whether the generated code can check a pattern. Reports a pattern that it cannot check.
    pub(super) fn can_check_pattern(&mut self, pattern: &'a str, at: impl FnOnce() -> Pointer) -> bool {
        let size_left = &mut self.pattern_size_left;
        let error = self.patterns.entry(pattern).or_insert_with(|| {
            let size = pattern_size(pattern);
            match size_left.checked_sub(size).filter(|_| size <= MAX_PATTERN_SIZE) {
                None => Some("it is too large".to_owned()),
                Some(remaining) => {
                    *size_left = remaining;
                    regex_lite::Regex::new(pattern).err().map(|error| error.to_string())
                }
            }
        });
        let Some(error) = error else {
            self.needs_regex_crate |= !is_simple(pattern);
            return true;
        };
        let message = format!("the pattern cannot be checked: {error}");
        let diagnostic = Diagnostic::warning(code::UNCHECKED_PATTERN, Location::Value(at()), message);
        let label = "the generated code does not check this pattern";
        self.diagnostics.push(diagnostic.label(label).help("write a regular expression without look-around"));
        false
    }

    /// Returns the constraints of a schema. The result is empty for a reference to a string component, because
    /// the type of the component checks them.
    pub(crate) fn constraints_at(&mut self, node: Node<'a>, at: &Pointer) -> Vec<Constraint> {
        let parts = self.parts(node, at);
        match (node, self.kind(&parts)) {
            (Node::Reference(_), Kind::String) => Vec::new(),
            _ => self.constraints_of(&parts),
        }
    }

    /// Returns the constraints of the schema of items or additional properties. Returns `None` if there are none, or if
    /// the type of a component already checks them.
    pub(super) fn nested_constraints(&mut self, node: Node<'a>, at: &Pointer) -> Option<Vec<Constraint>> {
        if self.depth > MAX_NESTING_DEPTH {
            return None;
        }
        let is_reference = matches!(node, Node::Reference(_));
        let (schema, at) = self.schema_at(node, at)?;
        let part = SchemaPart { schema, at, uses_alternatives: true };
        self.depth += 1;
        let constraints = match (is_reference, part.kind()) {
            // The generated type of a string component already checks the constraints.
            (true, Kind::String) => Vec::new(),
            // The type of the component checks its properties.
            (true, Kind::Object) => self.object_constraints(schema, &part.at),
            // The array may contain itself, so its items are not searched.
            (true, Kind::Array) => constraints_of_all_items(schema_keywords(schema)).into_iter().flatten().collect(),
            _ => self.constraints(schema, &part.at),
        };
        self.depth -= 1;
        (!constraints.is_empty()).then_some(constraints)
    }
}

/// Returns the constraints of the items of an array together: `minItems`, `maxItems` and `uniqueItems`.
fn constraints_of_all_items(keywords: &AnySchema) -> [Option<Constraint>; 3] {
    let is_unique = keywords.unique_items.unwrap_or_default();
    let [min_items, max_items] = [keywords.min_items, keywords.max_items];
    [
        min_items.map(Constraint::MinItems),
        max_items.map(Constraint::MaxItems),
        is_unique.then_some(Constraint::UniqueItems),
    ]
}

/// Returns the minimum of a schema of numbers, and whether it is exclusive.
pub(super) fn minimum(schema: &Schema) -> Option<(Decimal, bool)> {
    let keywords = schema_keywords(schema);
    number_limit(schema, keywords.minimum, keywords.exclusive_minimum, [LIMIT_KEYWORDS[0], LIMIT_KEYWORDS[1]])
}

/// Returns the maximum of a schema of numbers, and whether it is exclusive.
pub(super) fn maximum(schema: &Schema) -> Option<(Decimal, bool)> {
    let keywords = schema_keywords(schema);
    number_limit(schema, keywords.maximum, keywords.exclusive_maximum, [LIMIT_KEYWORDS[2], LIMIT_KEYWORDS[3]])
}

/// Returns a limit with the digits of the document. The keyword `exclusive` has a boolean in OpenAPI 3.0, and a number
/// in OpenAPI 3.1.
fn number_limit(
    schema: &Schema,
    limit: Option<f64>,
    is_exclusive: Option<bool>,
    [inclusive, exclusive]: [&str; 2],
) -> Option<(Decimal, bool)> {
    let is_exclusive = is_exclusive == Some(true);
    let has_digits = schema.schema_data.extensions.contains_key(exclusive);
    Some((exact_limit(schema, if is_exclusive && has_digits { exclusive } else { inclusive }, limit)?, is_exclusive))
}

/// Returns the limit of a keyword with the digits of the document. The document model has rounded the digits to
/// `limit`.
fn exact_limit(schema: &Schema, keyword: &str, limit: Option<f64>) -> Option<Decimal> {
    let limit = Decimal::from(limit?);
    let exact_limit = schema.schema_data.extensions.get(keyword).and_then(Value::as_str).map(Decimal::new);
    Some(exact_limit.filter(|exact_limit| exact_limit.to_f64() == limit.to_f64()).unwrap_or(limit))
}

/// Estimates the size of a compiled pattern, in instructions of the regular expression. A repeated group is compiled
/// once for each repetition.
fn pattern_size(pattern: &str) -> usize {
    let (mut size, mut last_item_size, mut outer_sizes) = (0_usize, 0_usize, Vec::new());
    let mut remaining = pattern;
    while let Some(first) = remaining.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '(' => {
                outer_sizes.push(size);
                (size, last_item_size) = (0, 0);
            }
            ')' => {
                last_item_size = size.saturating_add(1);
                size = last_item_size.saturating_add(outer_sizes.pop().unwrap_or_default());
            }
            '{' => {
                // Search for `}` only in the next 32 bytes, because longer repetition counts are not
                // valid. For a pattern with many braces, searching the whole rest would take quadratic time.
                let repetition = &remaining[1..floor_boundary(remaining, 32)];
                let counts = repetition.split_once('}').map_or("", |(counts, _)| counts);
                let count = counts.split(',').filter_map(|count| count.trim().parse::<usize>().ok()).max();
                let added_size = last_item_size.saturating_mul(count.unwrap_or(1).saturating_sub(1));
                (size, last_item_size) = (size.saturating_add(added_size), last_item_size.saturating_add(added_size));
                length += if count.is_some() { counts.len() + 1 } else { 0 };
            }
            literal => {
                if literal == '\\' {
                    length += remaining[1..].chars().next().map_or(0, char::len_utf8);
                }
                last_item_size = 1;
                size = size.saturating_add(1);
            }
        }
        remaining = &remaining[length..];
    }
    outer_sizes.into_iter().fold(size, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::pattern_size;

    #[test]
    fn the_size_of_a_pattern_includes_repetitions() {
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
