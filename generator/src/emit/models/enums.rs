//! Enums of strings and of other values.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::emit::docs::{attributes, code};
use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::{Context, Item, ident, tokens};
use crate::ir::{TypeRef, ValueEnum, Variant};
use crate::naming::TypeName;

impl Context<'_> {
    /// Returns the enum of documented strings, with a variant for unknown strings.
    pub(crate) fn string_enum(&self, name: &TypeName, variants: &[Variant], docs: &[String]) -> Vec<Item> {
        let wires = || variants.iter().map(|variant| variant.wire.as_str());
        let declared = wires().zip(&name.parts).map(|(wire, part)| variant(part, &code(wire)));
        let arms = wires().zip(&name.parts).map(|(wire, part)| {
            let part = ident(part);
            quote! { Self::#part => #wire, }
        });
        let (docs, enum_ident, unknown) = (attributes(docs), ident(&name.ident), ident(&name.unknown));
        let pairs = wires().zip(&name.parts).map(|(wire, part)| format!("{part} => {wire:?}"));
        vec![
            Item::Rust(quote! {
                #docs
                #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
                #[non_exhaustive]
                pub enum #enum_ident {
                    #(#declared)*
                    /// A value that this version of the crate does not know.
                    #unknown(String),
                }
            }),
            Item::Rust(quote! {
                impl #enum_ident {
                    /// Returns the string that is sent for this value.
                    pub fn as_str(&self) -> &str {
                        match self {
                            #(#arms)*
                            Self::#unknown(text) => text,
                        }
                    }
                }
            }),
            Item::Call(MacroCall::list("impl_string_enum", &name.ident, pairs, &format!(" else {}", name.unknown))),
        ]
    }

    /// Returns the enum of documented values, with a variant for unknown values.
    pub(crate) fn value_enum(
        &self,
        name: &TypeName,
        values: &ValueEnum,
        docs: &[String],
        imports: &mut Imports,
    ) -> Vec<Item> {
        let ty_text = self.text(&values.ty, imports);
        let ty = tokens(&ty_text);
        let listed = || values.values.iter().map(|literal| &literal.value).zip(&name.parts);
        let declared = listed().map(|(value, part)| variant(part, &code(&value.to_string())));
        let arms = listed().map(|(value, part)| {
            let (part, value) = (ident(part), tokens(&expression(&values.ty, value)));
            quote! { Self::#part => #value, }
        });
        let other = match values.ty {
            TypeRef::Json => quote! { value.clone() },
            _ => quote! { *value },
        };
        let (docs, enum_ident, unknown) = (attributes(docs), ident(&name.ident), ident(&name.unknown));
        let about = format!("{}: {ty_text}", name.ident);
        let tail = format!(" else {}", name.unknown);
        vec![
            Item::Rust(quote! {
                #docs
                #[derive(Clone, Debug, PartialEq, Eq, Hash)]
                #[non_exhaustive]
                pub enum #enum_ident {
                    #(#declared)*
                    /// A value that this version of the crate does not know.
                    #unknown(#ty),
                }
            }),
            Item::Rust(quote! {
                impl #enum_ident {
                    /// Returns the JSON value.
                    pub fn value(&self) -> #ty {
                        match self {
                            #(#arms)*
                            Self::#unknown(value) => #other,
                        }
                    }
                }
            }),
            Item::Call(MacroCall::list("impl_value_enum", &about, name.parts.iter().cloned(), &tail)),
        ]
    }
}

/// Returns the declaration of a variant whose documentation is its value.
fn variant(part: &str, value: &str) -> TokenStream {
    let (docs, part) = (attributes(&[format!("{value}.")]), ident(part));
    quote! { #docs #part, }
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
