//! Emits the accessors of models: results for optional fields, decoded JSON, and the token of the next page.

use proc_macro2::TokenStream;
use quote::quote;

use super::is_always_present;
use crate::emit::docs::attributes;
use crate::emit::imports::Imports;
use crate::emit::{Context, ImplBlock, Item, ident, tokens};
use crate::ir::{Record, TypeId, TypeRef};

impl Context<'_> {
    /// Returns the impl block with the accessors of a model.
    pub(super) fn accessors(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Option<Item> {
        let mut methods = self.optional_accessors(id, record, imports);
        methods.extend(self.json_accessors(id, record, imports));
        methods.extend(self.next_token(id, imports));
        let name = ident(&self.names.ty(id).ident);
        (!methods.is_empty()).then(|| Item::Impl(ImplBlock { head: quote! { impl #name }, items: methods }))
    }

    /// Returns the accessors that return an error if an optional field is missing.
    fn optional_accessors(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Vec<TokenStream> {
        let name = self.names.ty(id);
        let optional = record.fields.iter().zip(&name.members);
        let optional = optional.filter(|(field, _)| !is_always_present(field) && !self.is_double_option(id, field));
        let methods = optional.map(|(field, member)| {
            imports.add("crate::runtime", "Result");
            imports.add("crate::runtime", "given");
            let docs = [
                format!("Returns the field [`{member}`](field@Self::{member})."),
                String::new(),
                "# Errors".to_owned(),
                String::new(),
                "Returns [`Error::MissingField`](crate::Error::MissingField) if the field is `None`.".to_owned(),
            ];
            let (docs, ty) = (attributes(&docs), tokens(&self.borrowed(&field.ty, imports)));
            let (model, field, member) = (&name.ident, member, ident(member));
            quote! {
                #docs
                pub fn #member(&self) -> Result<#ty> { given(&self.#member, #model, #field) }
            }
        });
        methods.collect()
    }

    /// Returns the methods that decode the JSON in string properties.
    fn json_accessors(&self, id: TypeId, record: &Record, imports: &mut Imports) -> Vec<TokenStream> {
        let name = self.names.ty(id);
        let methods = record.fields.iter().zip(&name.members).filter_map(|(field, member)| {
            let is_json = field.holds_json && matches!(self.resolved(&field.ty), TypeRef::String);
            let base_name = member.trim_end_matches('_');
            let suffixes = match &field.content {
                Some(TypeRef::Int(bits)) => [format!("_i{bits}"), format!("_as_i{bits}")],
                Some(TypeRef::Unsigned(bits)) => [format!("_u{bits}"), format!("_as_u{bits}")],
                Some(_) => ["_json", "_decoded"].map(str::to_owned),
                None => ["_as", "_decoded_as"].map(str::to_owned),
            };
            let mut names = suffixes.iter().map(|end| format!("{base_name}{end}"));
            let method = ident(&names.find(|accessor| is_json && !name.members.contains(accessor))?);
            imports.add("crate::runtime", "Result");
            imports.add("crate::runtime", "json_in");
            let ty = match &field.content {
                Some(ty) => self.text(ty, imports),
                None => {
                    imports.add("serde::de", "DeserializeOwned");
                    "T".to_owned()
                }
            };
            let is_integer = matches!(field.content, Some(TypeRef::Int(_) | TypeRef::Unsigned(_)));
            let verb = if is_integer { "Returns the integer" } else { "Decodes the JSON" };
            let docs = [
                format!("{verb} in [`{member}`](field@Self::{member})."),
                String::new(),
                "# Errors".to_owned(),
                String::new(),
                format!("Returns an error if the property is missing, is not JSON, or cannot be decoded as `{ty}`."),
            ];
            let (docs, ty) = (attributes(&docs), tokens(&ty));
            let generics = field.content.is_none().then(|| quote! { <T: DeserializeOwned> });
            let (model, field, member) = (&name.ident, member, ident(member));
            Some(quote! {
                #docs
                pub fn #method #generics(&self) -> Result<#ty> { json_in(&self.#member, #model, #field) }
            })
        });
        methods.collect()
    }
}
