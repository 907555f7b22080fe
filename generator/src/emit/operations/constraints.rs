//! The constraints of parameters, as the tables of the runtime.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::docs::{constraint_sentence, default_sentence};
use crate::emit::tokens;
use crate::ir::{Constraint, Param};

/// Returns the constraints of a parameter and its default, as sentences.
pub fn constraint_and_default_sentences(param: &Param) -> String {
    let constraints = constraint_sentence(&param.constraints);
    let default = default_sentence(&param.docs, param.default.as_ref());
    [constraints, default].into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns a slice of expressions.
pub fn slice(items: Vec<String>) -> TokenStream {
    let items = items.iter().map(|item| tokens(item));
    quote! { &[#(#items),*] }
}

/// Returns the constraints of a parameter that is a string or an array of strings, as variants of the runtime's
/// `Constraint`. Constraints of the items of an array apply to each value of the parameter.
pub fn flat_constraints<'c>(constraints: impl IntoIterator<Item = &'c Constraint>) -> Vec<String> {
    let is_of_array = |constraint: &Constraint| {
        matches!(constraint, Constraint::MinItems(_) | Constraint::MaxItems(_) | Constraint::UniqueItems)
    };
    let mut expressions = Vec::new();
    for constraint in constraints {
        match constraint {
            Constraint::Items(items) => {
                expressions
                    .extend(items.iter().filter(|constraint| !is_of_array(constraint)).filter_map(leaf_constraint));
            }
            Constraint::MinProperties(_)
            | Constraint::MaxProperties(_)
            | Constraint::PropertyNames(..)
            | Constraint::PropertiesMatching(..)
            | Constraint::Requires(..) => {}
            leaf => expressions.extend(leaf_constraint(leaf)),
        }
    }
    expressions
}

/// Returns constraints of values that are not arrays or objects, separated by commas.
fn leaves(constraints: &[Constraint]) -> String {
    constraints.iter().filter_map(leaf_constraint).collect::<Vec<_>>().join(", ")
}

/// Returns a constraint as a variant of the runtime's `Constraint`, or `None` if it is a constraint of items or
/// properties, not of the value itself.
pub fn leaf_constraint(constraint: &Constraint) -> Option<String> {
    let variant = match constraint {
        Constraint::MinLength(length) => format!("MinLength({length})"),
        Constraint::MaxLength(length) => format!("MaxLength({length})"),
        Constraint::Pattern(pattern) => format!("Pattern({})", Literal::string(pattern)),
        Constraint::Minimum(limit) => format!("Minimum(\"{limit}\")"),
        Constraint::ExclusiveMinimum(limit) => format!("ExclusiveMinimum(\"{limit}\")"),
        Constraint::Maximum(limit) => format!("Maximum(\"{limit}\")"),
        Constraint::ExclusiveMaximum(limit) => format!("ExclusiveMaximum(\"{limit}\")"),
        Constraint::MultipleOf(divisor) => format!("MultipleOf(\"{divisor}\")"),
        Constraint::MinItems(count) => format!("MinItems({count})"),
        Constraint::MaxItems(count) => format!("MaxItems({count})"),
        Constraint::UniqueItems => "UniqueItems".to_owned(),
        Constraint::MinProperties(count) => format!("MinProperties({count})"),
        Constraint::MaxProperties(count) => format!("MaxProperties({count})"),
        Constraint::PropertyNames(declared, names) => format!("PropertyNames(&{declared:?}, &[{}])", leaves(names)),
        Constraint::PropertiesMatching(pattern, values) => {
            format!("PropertiesMatching({}, &[{}])", Literal::string(pattern), leaves(values))
        }
        Constraint::Requires(property, required) => format!("Requires({property:?}, &{required:?})"),
        Constraint::Items(_)
        | Constraint::Item(..)
        | Constraint::ItemsFrom(..)
        | Constraint::NoProperties
        | Constraint::AdditionalProperties(_)
        | Constraint::Json(_) => return None,
    };
    Some(format!("Constraint::{variant}"))
}
