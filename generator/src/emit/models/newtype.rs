//! Types of strings with constraints, such as identifiers.

use quote::quote;

use super::derive;
use crate::emit::docs::{append_sentence, attributes, constraint_sentence};
use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::operations::constraints::{flat_constraints, slice};
use crate::emit::{ImplBlock, Item, ident};
use crate::ir::{Constraint, TypeDef};
use crate::naming::TypeName;

/// Returns the items of a type whose values are strings with constraints.
pub(super) fn newtype(
    name: &TypeName,
    constraints: &[Constraint],
    def: &TypeDef,
    mut docs: Vec<String>,
    imports: &mut Imports,
) -> Vec<Item> {
    append_sentence(&mut docs, &def.docs, &constraint_sentence(constraints));
    if def.is_personal {
        append_sentence(&mut docs, &def.docs, "The value is personal data, so `Debug` does not show it.");
    }
    for name in ["Constraint", "Constraints", "InvalidValue", "checked_text"] {
        imports.add("crate::runtime", name);
    }
    let debug = (!def.is_personal).then_some("Debug");
    let traits = ["Clone"].into_iter().chain(debug).chain(["PartialEq", "Eq", "PartialOrd", "Ord", "Hash"]);
    let derive = derive(def, traits);
    let (docs, name, text, constraints) =
        (attributes(&docs), ident(&name.ident), &name.ident, slice(flat_constraints(constraints)));
    let mut items = vec![
        Item::Rust(quote! {
            #docs
            #derive
            pub struct #name(String);
        }),
        Item::Impl(ImplBlock {
            head: quote! { impl #name },
            items: vec![
                quote! { const CONSTRAINTS: Constraints = #constraints; },
                quote! {
                    /// Creates a value from a string. Checks the constraints of the type.
                    ///
                    /// # Errors
                    ///
                    /// Returns an error that names the first violated constraint.
                    pub fn new(value: impl Into<String>) -> Result<Self, InvalidValue> {
                        checked_text(#text, value.into(), Self::CONSTRAINTS).map(Self)
                    }
                },
                quote! {
                    /// Returns the string.
                    pub fn as_str(&self) -> &str { &self.0 }
                },
                quote! {
                    /// Returns the string.
                    pub fn into_string(self) -> String { self.0 }
                },
            ],
        }),
        Item::Call(MacroCall::with_argument("impl_newtype", text)),
    ];
    items.extend(def.is_personal.then(|| Item::Call(MacroCall::with_argument("redacted_newtype", text))));
    items
}
