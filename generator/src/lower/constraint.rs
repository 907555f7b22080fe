//! The rules of a schema for its values.

use openapiv3::{AdditionalProperties, AnySchema};

use super::Lowering;
use super::schema::{DEEPEST, Node};
use super::view::{Kind, Part, general};
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

    pub(super) fn constraints(&mut self, any: &'a AnySchema, at: &Pointer) -> Vec<Constraint> {
        let strict = |exclusive: Option<bool>| exclusive.unwrap_or_default();
        let minimum = any.minimum.map(|value| match strict(any.exclusive_minimum) {
            true => Constraint::ExclusiveMinimum(value),
            false => Constraint::Minimum(value),
        });
        let maximum = any.maximum.map(|value| match strict(any.exclusive_maximum) {
            true => Constraint::ExclusiveMaximum(value),
            false => Constraint::Maximum(value),
        });
        let values = match &any.additional_properties {
            Some(AdditionalProperties::Schema(values)) => {
                self.inner(Node::from(values.as_ref()), &at.child("additionalProperties"))
            }
            _ => None,
        };
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
        // The properties of a list are the items of a tuple; what `items` says is about those behind them.
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
            any.multiple_of.filter(|step| *step > 0.0).map(Constraint::MultipleOf),
            any.min_items.map(Constraint::MinItems),
            any.max_items.map(Constraint::MaxItems),
            any.unique_items.unwrap_or_default().then_some(Constraint::UniqueItems),
            any.items.as_ref().and_then(|items| self.inner(items.into(), &at.child("items"))).map(
                |rules| match tuple {
                    true => Constraint::Rest(count, rules),
                    false => Constraint::Items(rules),
                },
            ),
            any.min_properties.map(Constraint::MinProperties),
            any.max_properties.map(Constraint::MaxProperties),
            values.map(Constraint::Values),
        ];
        rules.into_iter().flatten().chain(positions).collect()
    }

    /// The rules of a schema where it is used.
    pub(super) fn rules_of(&mut self, node: Node<'a>, at: &Pointer) -> Vec<Constraint> {
        let parts = self.parts(node, at);
        match (node, self.kind(&parts)) {
            (Node::Reference(_), Kind::Text) => Vec::new(),
            _ => self.constraints_of(&parts),
        }
    }

    /// The rules of a schema for what stands in a value, if it has some.
    fn inner(&mut self, node: Node<'a>, at: &Pointer) -> Option<Vec<Constraint>> {
        if self.depth > DEEPEST {
            return None;
        }
        let referred = matches!(node, Node::Reference(_));
        let (schema, at) = self.schema_at(node, at)?;
        let part = Part { schema, at, open: true };
        // A text of its own type keeps to its own rules, and so does everything in a type that has a name.
        if referred && matches!(part.kind(), Kind::Text | Kind::List | Kind::Object) {
            return None;
        }
        self.depth += 1;
        let rules = self.constraints(general(schema), &part.at);
        self.depth -= 1;
        (!rules.is_empty()).then_some(rules)
    }
}
