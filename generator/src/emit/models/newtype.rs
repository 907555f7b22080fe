//! Types of strings with constraints, such as identifiers.

use quote::quote;

use crate::emit::docs::{append_sentence, attributes, constraint_sentence};
use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::operations::constraints::{rules_of, slice};
use crate::emit::{ImplBlock, Item, ident};
use crate::ir::{Constraint, TypeDef};
use crate::naming::TypeName;

/// Returns the type of the strings that meet some constraints.
pub(super) fn newtype(
    name: &TypeName,
    constraints: &[Constraint],
    def: &TypeDef,
    mut docs: Vec<String>,
    imports: &mut Imports,
) -> Vec<Item> {
    append_sentence(&mut docs, &def.docs, &constraint_sentence(constraints));
    if def.pii {
        append_sentence(&mut docs, &def.docs, "Personal: `Debug` does not show it.");
    }
    for (path, names) in [("serde", ["Deserialize", "Serialize"]), ("crate::runtime", ["InvalidValue", "Rule"])] {
        names.iter().for_each(|name| imports.add(path, name));
    }
    imports.add("crate::runtime", "checked_text");
    let debug = (!def.pii).then(|| quote! { Debug, });
    let (docs, name, text, rules) = (attributes(&docs), ident(&name.ident), &name.ident, slice(rules_of(constraints)));
    let mut items = vec![
        Item::Rust(quote! {
            #docs
            #[derive(Clone, #debug PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
            #[serde(transparent)]
            pub struct #name(String);
        }),
        Item::Impl(ImplBlock {
            head: quote! { impl #name },
            items: vec![
                quote! { const RULES: &'static [Rule] = #rules; },
                quote! {
                    /// Checks `value` against the rules of the API's document.
                    ///
                    /// # Errors
                    ///
                    /// The first rule that is broken.
                    pub fn new(value: impl Into<String>) -> Result<Self, InvalidValue> {
                        checked_text(#text, value.into(), Self::RULES).map(Self)
                    }
                },
                quote! {
                    /// The text.
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
    items.extend(def.pii.then(|| Item::Call(MacroCall::with_argument("redacted_newtype", text))));
    items
}
