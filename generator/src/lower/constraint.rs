//! The rules of a schema for its values.

use openapiv3::AnySchema;

use super::Lowering;
use super::view::Part;
use crate::diag::{Diagnostic, Place, code};
use crate::ir::Constraint;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// The rules of all parts, each once.
    pub(super) fn constraints_of(&mut self, parts: &[Part<'a>]) -> Vec<Constraint> {
        let mut all: Vec<Constraint> = Vec::new();
        for part in parts {
            for constraint in self.constraints(part.any(), &part.at) {
                if !all.contains(&constraint) {
                    all.push(constraint);
                }
            }
        }
        all
    }

    pub(super) fn constraints(&mut self, any: &AnySchema, at: &Pointer) -> Vec<Constraint> {
        let strict = |exclusive: Option<bool>| exclusive.unwrap_or_default();
        let minimum = any.minimum.map(|value| match strict(any.exclusive_minimum) {
            true => Constraint::ExclusiveMinimum(value),
            false => Constraint::Minimum(value),
        });
        let maximum = any.maximum.map(|value| match strict(any.exclusive_maximum) {
            true => Constraint::ExclusiveMaximum(value),
            false => Constraint::Maximum(value),
        });
        let pattern = any.pattern.as_ref().filter(|pattern| match regex_lite::Regex::new(pattern) {
            Ok(_) => true,
            Err(error) => {
                let message = format!("the pattern cannot be checked: {error}");
                let place = Place::Value(at.child("pattern"));
                let diagnostic = Diagnostic::warning(code::UNCHECKED_PATTERN, place, message)
                    .help("the bindings send values without looking at this pattern");
                self.diagnostics.push(diagnostic);
                false
            }
        });
        [
            any.min_length.map(Constraint::MinLength),
            any.max_length.map(Constraint::MaxLength),
            pattern.cloned().map(Constraint::Pattern),
            minimum,
            maximum,
            any.multiple_of.filter(|step| *step > 0.0).map(Constraint::MultipleOf),
            any.min_items.map(Constraint::MinItems),
            any.max_items.map(Constraint::MaxItems),
            any.unique_items.unwrap_or_default().then_some(Constraint::UniqueItems),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
