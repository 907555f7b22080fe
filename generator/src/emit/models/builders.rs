//! Emits the constructors of models, whose arguments are the required properties, and the setters of the optional
//! properties.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::is_always_present;
use crate::emit::docs::attributes;
use crate::emit::imports::Imports;
use crate::emit::operations::request_types::{option_setter_docs, unused_name};
use crate::emit::{Context, ImplBlock, Item, ident, many_arguments, tokens};
use crate::ir::{Field, Record, TypeId, TypeRef};

/// The feature of the crate with the constructors of response types, for tests.
const TEST_FEATURE: &str = "test-util";

impl Context<'_> {
    /// Returns the constructor and the setters of a model. For response types, these functions exist only in tests.
    pub(super) fn builders(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Vec<Item> {
        let facts = self.analysis.facts(id);
        let (mut builder_imports, mut methods, mut items) = (Imports::default(), Vec::new(), Vec::new());
        let name = ident(&self.names.ty(id).ident);
        let (feature, cfg) = match facts.is_in_requests {
            true => ("", quote! {}),
            false => (TEST_FEATURE, quote! { #[cfg(feature = #TEST_FEATURE)] }),
        };
        if !facts.can_derive_default {
            let (arguments, fields) = self.constructor(id, record, &mut builder_imports);
            let many = many_arguments(arguments.len());
            match arguments.is_empty() {
                true => items.push(Item::Rust(quote! {
                    #cfg
                    #[allow(clippy::derivable_impls, reason = "the values are constants of the API")]
                    impl Default for #name {
                        fn default() -> Self { Self { #(#fields),* } }
                    }
                })),
                false => methods.push(quote! {
                    /// Creates a value with the required properties.
                    #many
                    pub fn new(#(#arguments),*) -> Self { Self { #(#fields),* } }
                }),
            }
            if facts.is_in_requests {
                methods.extend(self.json_constructor(id, record, &mut builder_imports));
            }
        }
        methods.extend(self.setters(id, record, &mut builder_imports));
        if facts.is_in_requests {
            methods.extend(self.json_setters(id, record, &mut builder_imports));
        }
        if !methods.is_empty() {
            items.push(Item::Impl(ImplBlock { head: quote! { #cfg impl #name }, items: methods }));
        }
        imports.add_for(feature, builder_imports);
        items
    }

    /// Returns the arguments and the field values of the constructor.
    fn constructor(&self, id: TypeId, record: &Record, imports: &mut Imports) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let name = self.names.ty(id);
        let (mut arguments, mut fields) = (Vec::new(), Vec::new());
        for (field, member) in record.fields.iter().zip(&name.members) {
            let member = ident(member);
            if !is_always_present(field) {
                fields.push(quote! { #member: None });
                continue;
            }
            if let Some(value) = self.constant(&field.ty, field.constant, imports) {
                fields.push(quote! { #member: #value });
                continue;
            }
            let converts = self.converts(self.resolved(&field.ty));
            let argument = self.constructor_argument(field, imports);
            arguments.push(quote! { #member: #argument });
            let pointer = self.pointer(id, &field.ty, imports).map(ident);
            fields.push(match (converts, pointer) {
                (true, Some(pointer)) => quote! { #member: #pointer::new(#member.into()) },
                (true, None) => quote! { #member: #member.into() },
                (false, Some(pointer)) => quote! { #member: #pointer::new(#member) },
                (false, None) => quote! { #member },
            });
        }
        if let Some(ty) = &record.additional {
            let member = ident(&name.additional);
            let pointer = self.pointer(id, &TypeRef::Map(Box::new(ty.clone())), imports).map(ident);
            fields.push(match pointer {
                Some(pointer) => quote! { #member: #pointer::default() },
                None => {
                    let map = ident(self.map_name(imports));
                    quote! { #member: #map::new() }
                }
            });
        }
        (arguments, fields)
    }

    /// Returns the type of the argument of the constructor for a required property.
    pub(super) fn constructor_argument(&self, field: &Field, imports: &mut Imports) -> TokenStream {
        let ty = self.ty(&field.ty, imports);
        match self.converts(self.resolved(&field.ty)) {
            true => quote! { impl Into<#ty> },
            false => ty,
        }
    }

    /// Returns the methods that set the optional properties.
    fn setters(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Vec<TokenStream> {
        let name = self.names.ty(id);
        let field_names: BTreeSet<&String> = name.members.iter().collect();
        let setter = |(field, member): (&Field, &String)| {
            let names = ["with", "set"].map(|word| format!("{word}_{}", member.trim_matches('_')));
            let setter_name = ident(&unused_name(names, |name| field_names.contains(name)));
            let Setter { argument, value, takes_none } = self.field_setter(id, field, imports);
            let option_setter = self.option_setter_name(member, |name| field_names.contains(name));
            let option_setter = option_setter.filter(|_| self.analysis.facts(id).is_in_requests).map(|option_setter| {
                let docs = attributes(&option_setter_docs(&setter_name.to_string()));
                quote! {
                    #docs
                    #[must_use]
                    pub fn #option_setter(self, value: Option<#argument>) -> Self {
                        match value {
                            Some(value) => self.#setter_name(value),
                            None => self,
                        }
                    }
                }
            });
            let none = if takes_none { " `None` sets `null`." } else { "" };
            let docs = attributes(&[format!("Sets [`{member}`](field@Self::{member}).{none}")]);
            let member = ident(member);
            let setter = quote! {
                #docs
                #[must_use]
                pub fn #setter_name(mut self, value: #argument) -> Self {
                    self.#member = #value;
                    self
                }
            };
            [Some(setter), option_setter]
        };
        record
            .fields
            .iter()
            .zip(&name.members)
            .filter(|(field, _)| !is_always_present(field))
            .flat_map(setter)
            .flatten()
            .collect()
    }

    /// Returns the setter of an optional property. The setter accepts `None` if the property may be `null`, or if the
    /// model is a response type, in which `None` means that the property is missing.
    fn field_setter(&self, id: TypeId, field: &Field, imports: &mut Imports) -> Setter {
        let takes_none = field.nullable || !self.analysis.facts(id).is_in_requests;
        let pointer = self.pointer(id, &field.ty, imports).map(ident);
        let resolved = self.resolved(&field.ty);
        if takes_none && !matches!(resolved, TypeRef::Json) {
            imports.add("crate::runtime", "Nullable");
            let ty = self.ty(resolved, imports);
            let pointer = pointer.map(|pointer| quote! { .map(#pointer::new) });
            let value = quote! { value.into().0 #pointer };
            let value = if self.is_double_option(id, field) {
                quote! { Some(#value) }
            } else {
                value
            };
            return Setter { argument: quote! { impl Into<Nullable<#ty>> }, value, takes_none };
        }
        let (argument, value) = match resolved {
            _ if pointer.is_some() => {
                let ty = tokens(&self.text_in(id, &field.ty, imports));
                (quote! { impl Into<#ty> }, quote! { value.into() })
            }
            TypeRef::Array(item) => {
                let converts = self.converts(self.resolved(item));
                let item = self.ty(item, imports);
                let argument = if converts {
                    quote! { impl Into<#item> }
                } else {
                    item
                };
                let convert = converts.then(|| quote! { .map(Into::into) });
                (quote! { impl IntoIterator<Item = #argument> }, quote! { value.into_iter() #convert .collect() })
            }
            _ => {
                let ty = self.ty(&field.ty, imports);
                match self.converts(resolved) {
                    true => (quote! { impl Into<#ty> }, quote! { value.into() }),
                    false => (ty, quote! { value }),
                }
            }
        };
        Setter { argument, value: quote! { Some(#value) }, takes_none: false }
    }
}

/// The setter of a property.
struct Setter {
    /// The type of its argument.
    argument: TokenStream,
    /// The value of the field, from the argument `value`.
    value: TokenStream,
    /// Whether `None` sets `null`.
    takes_none: bool,
}
