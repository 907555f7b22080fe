//! The constraints of parameters and types, as the tables of the runtime.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::docs::{constraint_sentence, default_sentence};
use crate::emit::tokens;
use crate::ir::{Constraint, Param};

/// What a value must keep to, and what the API takes without it.
pub fn limits(param: &Param) -> String {
    let rules = constraint_sentence(&param.constraints);
    let default = default_sentence(&param.docs, param.default.as_ref());
    [rules, default].into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Expressions as a slice of them.
pub fn slice(items: Vec<String>) -> TokenStream {
    let items = items.iter().map(|item| tokens(item));
    quote! { &[#(#items),*] }
}

/// Constraints as the runtime's rules. Those of the items of a list hold for each value of a parameter.
pub fn rules_of<'c>(constraints: impl IntoIterator<Item = &'c Constraint>) -> Vec<String> {
    let text = |pattern: &str| Literal::string(pattern).to_string();
    let rule = |constraint: &Constraint| match constraint {
        Constraint::MinLength(length) => format!("Rule::MinLength({length})"),
        Constraint::MaxLength(length) => format!("Rule::MaxLength({length})"),
        Constraint::Pattern(pattern) => format!("Rule::Pattern({})", text(pattern)),
        Constraint::Minimum(bound) => format!("Rule::Minimum({bound:?})"),
        Constraint::ExclusiveMinimum(bound) => format!("Rule::ExclusiveMinimum({bound:?})"),
        Constraint::Maximum(bound) => format!("Rule::Maximum({bound:?})"),
        Constraint::ExclusiveMaximum(bound) => format!("Rule::ExclusiveMaximum({bound:?})"),
        Constraint::MultipleOf(step) => format!("Rule::MultipleOf({step:?})"),
        Constraint::MinItems(count) => format!("Rule::MinItems({count})"),
        Constraint::MaxItems(count) => format!("Rule::MaxItems({count})"),
        Constraint::UniqueItems => "Rule::UniqueItems".to_owned(),
        Constraint::Items(_)
        | Constraint::Item(..)
        | Constraint::Rest(..)
        | Constraint::MinProperties(_)
        | Constraint::MaxProperties(_)
        | Constraint::Values(_) => String::new(),
    };
    let of_list =
        |one: &Constraint| matches!(one, Constraint::MinItems(_) | Constraint::MaxItems(_) | Constraint::UniqueItems);
    let mut rules = Vec::new();
    for constraint in constraints {
        match constraint {
            Constraint::Items(all) => rules.extend(all.iter().filter(|one| !of_list(one)).map(rule)),
            one => rules.push(rule(one)),
        }
    }
    rules.retain(|rule| !rule.is_empty());
    rules
}
