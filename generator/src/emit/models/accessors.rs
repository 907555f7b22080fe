//! Emits the accessors of models: results for optional fields, decoded JSON, and the token of the next page.

use proc_macro2::TokenStream;
use quote::quote;

use super::is_always_present;
use crate::emit::docs::attributes;
use crate::emit::imports::Imports;
use crate::emit::{Context, ImplBlock, Item, ident, tokens};
use crate::ir::{Record, TypeId};

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
                #[inline]
                pub fn #member(&self) -> Result<#ty> { given(&self.#member, #model, #field) }
            }
        });
        methods.collect()
    }
}
