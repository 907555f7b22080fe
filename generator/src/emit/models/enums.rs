//! Enums of strings and of other values.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::derive;
use crate::emit::docs::{attributes, code};
use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::{Context, Item, ident, tokens};
use crate::ir::{TypeDef, TypeRef, ValueEnum, Variant};
use crate::naming::TypeName;

impl Context<'_> {
    /// Returns the enum of documented strings, with a variant for unknown strings unless the enum is closed.
    pub(crate) fn string_enum(
        &self,
        name: &TypeName,
        def: &TypeDef,
        variants: &[Variant],
        docs: &[String],
    ) -> Vec<Item> {
        let wires = || variants.iter().map(|variant| variant.wire.as_str());
        let declared = wires().zip(&name.members).map(|(wire, member)| variant(member, &code(wire)));
        let arms = wires().zip(&name.members).map(|(wire, member)| {
            let member = ident(member);
            quote! { Self::#member => #wire, }
        });
        let derive = derive(def, ["Clone", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"].into_iter());
        let (docs, enum_ident) = (attributes(docs), ident(&name.ident));
        let str = if def.is_closed {
            quote! { &'static str }
        } else {
            quote! { &str }
        };
        let Unknown { attribute, variant, arm, tail } =
            unknown(name, def, &quote! { String }, [quote! { text }, quote! { text }]);
        let pairs = wires().zip(&name.members).map(|(wire, member)| format!("{member} => {wire:?}"));
        vec![
            Item::Rust(quote! {
                #docs
                #derive
                #attribute
                pub enum #enum_ident {
                    #(#declared)*
                    #variant
                }
            }),
            Item::Rust(quote! {
                impl #enum_ident {
                    /// Returns the string that is sent for this value.
                    #[inline]
                    pub fn as_str(&self) -> #str {
                        match self {
                            #(#arms)*
                            #arm
                        }
                    }
                }
            }),
            Item::Call(MacroCall::list("impl_string_enum", &name.ident, pairs, &tail)),
        ]
    }

    /// Returns the enum of documented values, with a variant for unknown values unless the enum is closed.
    pub(crate) fn value_enum(
        &self,
        name: &TypeName,
        def: &TypeDef,
        values: &ValueEnum,
        docs: &[String],
        imports: &mut Imports,
    ) -> Vec<Item> {
        let ty_text = self.text(&values.ty, imports);
        let ty = tokens(&ty_text);
        let listed = || values.values.iter().map(|literal| &literal.value).zip(&name.members);
        let declared = listed().map(|(value, member)| variant(member, &code(&value.to_string())));
        let arms = listed().map(|(value, member)| {
            let (member, value) = (ident(member), tokens(&expression(&values.ty, value)));
            quote! { Self::#member => #value, }
        });
        let unknown_value = match values.ty {
            TypeRef::Json => quote! { value.clone() },
            _ => quote! { *value },
        };
        let derive = derive(def, ["Clone", "Debug", "PartialEq", "Eq", "Hash"].into_iter());
        let (docs, enum_ident) = (attributes(docs), ident(&name.ident));
        let Unknown { attribute, variant, arm, tail } = unknown(name, def, &ty, [quote! { value }, unknown_value]);
        let name_and_type = format!("{}: {ty_text}", name.ident);
        vec![
            Item::Rust(quote! {
                #docs
                #derive
                #attribute
                pub enum #enum_ident {
                    #(#declared)*
                    #variant
                }
            }),
            Item::Rust(quote! {
                impl #enum_ident {
                    /// Returns the JSON value.
                    pub fn value(&self) -> #ty {
                        match self {
                            #(#arms)*
                            #arm
                        }
                    }
                }
            }),
            Item::Call(MacroCall::list("impl_value_enum", &name_and_type, name.members.iter().cloned(), &tail)),
        ]
    }
}

/// The parts of an enum for values that the document does not list. They are empty if the enum is closed.
#[derive(Default)]
struct Unknown {
    attribute: TokenStream,
    variant: TokenStream,
    arm: TokenStream,
    /// The end of the macro call.
    tail: String,
}

/// Returns the parts of an enum for unknown values of the type `ty`. In the arm of a `match`, `binding` is the unknown value.
fn unknown(name: &TypeName, def: &TypeDef, ty: &TokenStream, [binding, value]: [TokenStream; 2]) -> Unknown {
    if def.is_closed {
        return Unknown::default();
    }
    let variant = ident(&name.unknown);
    Unknown {
        attribute: quote! { #[non_exhaustive] },
        variant: quote! {
            /// A value that this version of the crate does not know.
            #variant(#ty),
        },
        arm: quote! { Self::#variant(#binding) => #value, },
        tail: format!(" else {}", name.unknown),
    }
}

/// Returns the declaration of a variant whose documentation is its value.
fn variant(member: &str, value: &str) -> TokenStream {
    let (docs, member) = (attributes(&[format!("{value}.")]), ident(member));
    quote! { #docs #member, }
}

/// Returns the expression of a value of an enum.
fn expression(ty: &TypeRef, value: &Value) -> String {
    match (ty, value) {
        (TypeRef::Json, Value::String(text)) => format!("AnyJson::from({text:?})"),
        (TypeRef::Json, Value::Number(number)) if number.is_i64() => format!("AnyJson::from({number}_i64)"),
        (TypeRef::Json, Value::Number(number)) if number.is_u64() => format!("AnyJson::from({number}_u64)"),
        (TypeRef::Json, Value::Number(number)) => format!("AnyJson::from({:?})", number.as_f64().unwrap_or_default()),
        (TypeRef::Json, Value::Bool(truth)) => format!("AnyJson::from({truth})"),
        (TypeRef::Json, _) => "AnyJson::default()".to_owned(),
        (_, value) => value.to_string(),
    }
}
