//! Types of strings with constraints, such as identifiers.

use proc_macro2::Ident;
use quote::quote;

use super::derive;
use crate::config::{STRING_TRAITS, need_string_struct};
use crate::emit::docs::{append_sentence, attributes, constraint_sentence};
use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::operations::constraints::{flat_constraints, slice};
use crate::emit::{Context, ImplBlock, Item, ident};
use crate::ir::{Constraint, Shape, TypeDef, TypeId};
use crate::naming::TypeName;

/// Returns the items of a type whose values are strings with constraints.
///
/// This is an alias of the runtime's `StringOf`, because a struct for each type would repeat all its trait implementations. A type to
/// which codegen.toml adds other derives is a struct.
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
    if !need_string_struct(&def.derives) {
        return alias(name, constraints, def.is_personal, &docs, imports);
    }
    for name in ["Constraint", "Constraints", "InvalidValue", "checked_text"] {
        imports.add("crate::runtime", name);
    }
    let traits = STRING_TRAITS.into_iter().filter(|name| !(def.is_personal && *name == "Debug"));
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
                    #[inline]
                    pub fn as_str(&self) -> &str { &self.0 }
                },
                quote! {
                    /// Returns the string.
                    #[inline]
                    pub fn into_string(self) -> String { self.0 }
                },
            ],
        }),
        Item::Call(MacroCall::with_argument("impl_newtype", text)),
    ];
    items.extend(def.is_personal.then(|| Item::Call(MacroCall::with_argument("redacted_newtype", text))));
    items
}

/// Returns an alias of the runtime's `StringOf`.
fn alias(
    name: &TypeName,
    constraints: &[Constraint],
    is_personal: bool,
    docs: &[String],
    imports: &mut Imports,
) -> Vec<Item> {
    for name in ["Constraint", "Constraints", "StringKind", "StringOf"] {
        imports.add("crate::runtime", name);
    }
    let (docs, alias, text) = (attributes(docs), ident(&name.ident), &name.ident);
    let constraints = slice(flat_constraints(constraints));
    let mut items =
        vec![quote! { const NAME: &'static str = #text; }, quote! { const CONSTRAINTS: Constraints = #constraints; }];
    items.extend(is_personal.then(|| quote! { const IS_PERSONAL: bool = true; }));
    let declaration = Item::Rust(quote! {
        #docs
        pub type #alias = StringOf<strings::#alias>;
    });
    vec![declaration, Item::Impl(ImplBlock { head: quote! { impl StringKind for strings::#alias }, items })]
}

impl Context<'_> {
    /// Returns the module with the kinds of the strings in a file of models. `file` is the name of the file. `surface::reader` knows
    /// the module by its name.
    pub(super) fn kinds_of_strings(&self, types: &[TypeId], file: &str) -> Option<Item> {
        let is_alias = |def: &TypeDef| matches!(def.shape, Shape::Newtype(_)) && !need_string_struct(&def.derives);
        let ids = types.iter().filter(|id| is_alias(&self.api.types[**id]));
        let names: Vec<Ident> = ids.map(|id| ident(&self.names.ty(*id).ident)).collect();
        let allow = (file == "strings").then(|| {
            quote! { #[allow(clippy::module_inception, reason = "the API has a type with this name")] }
        });
        let module = Item::Rust(quote! {
            /// A type for each kind of string, which distinguishes the aliases of [`StringOf`].
            #allow
            mod strings {
                #(pub enum #names {})*
            }
        });
        (!names.is_empty()).then_some(module)
    }
}
