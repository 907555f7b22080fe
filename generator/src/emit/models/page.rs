//! Emits the trait `Page` and the method `next_token` of page types.

use proc_macro2::TokenStream;
use quote::quote;

use super::is_always_present;
use crate::emit::imports::Imports;
use crate::emit::{BLANK, Context, Item, ident, tokens};
use crate::ir::{Next, Paging, Shape, TypeId, TypeRef};

impl Context<'_> {
    /// Returns the implementation of `Page` for a model that is a page.
    pub(super) fn page(&self, id: TypeId, imports: &mut Imports) -> Option<Item> {
        let paging = self.pages.get(&id)?;
        let (item, items) = (self.ty(&paging.item, imports), tokens(&self.items(id, &paging.items)?));
        let next = match &paging.next {
            Next::Url(keys) => tokens(&self.next(id, keys)?),
            _ => quote! { None },
        };
        let name = ident(&self.names.ty(id).ident);
        imports.add("crate::runtime", "Page");
        Some(Item::Rust(quote! {
            impl Page for #name {
                type Item = #item;

                #[doc = #BLANK]
                fn items(&mut self) -> &mut Vec<#item> { #items }

                #[doc = #BLANK]
                fn next(&self) -> Option<&str> { #next }
            }
        }))
    }

    /// Returns the method `next_token` of a page. A page has none if the token depends on the request or the response headers.
    pub(super) fn next_token(&self, id: TypeId, imports: &mut Imports) -> Option<TokenStream> {
        let paging = self.pages.get(&id)?;
        self.items(id, &paging.items)?;
        // A property with this name has an accessor.
        if self.names.ty(id).parts.iter().any(|part| part == "next_token") {
            return None;
        }
        let (function, token) = match &paging.next {
            Next::Url(keys) => {
                self.next(id, keys)?;
                ("token_of_link", quote! { token_of_link(Page::next(self)) })
            }
            Next::Cursor { keys, param } => {
                let cursor = tokens(&self.cursor(id, paging, keys)?);
                ("token_of_cursor", quote! { token_of_cursor(#param, #cursor) })
            }
            _ => return None,
        };
        imports.add("crate::runtime", function);
        Some(quote! {
            /// Returns a token for the rest of the list after this page. Pass it to the `resume` method of a request with the same
            /// parameters, at any time and in any program. Returns `None` on the last page.
            pub fn next_token(&self) -> Option<String> { #token }
        })
    }

    /// Returns the expression for the cursor in a page, if every operation with such pages reads it there.
    fn cursor(&self, id: TypeId, paging: &Paging, keys: &[String]) -> Option<String> {
        // A page with a separate flag for further pages may have a cursor even if it is the last page.
        if !paging.more.is_empty() {
            return None;
        }
        let operations = self.api.operations.iter().map(|(_, operation)| operation);
        let mut same = operations.filter(|one| self.api.page_type(one) == Some(id)).flat_map(|one| &one.paging);
        self.next(id, keys).filter(|_| same.all(|other| other.next == paging.next))
    }

    /// Returns the expression for the items of a page.
    fn items(&self, id: TypeId, keys: &[String]) -> Option<String> {
        let (mut at, mut path) = (id, "self".to_owned());
        for (depth, key) in keys.iter().enumerate() {
            let Shape::Record(record) = &self.api.types[at].shape else { return None };
            let position = record.fields.iter().position(|field| field.wire == *key)?;
            let (field, part) = (&record.fields[position], &self.names.ty(at).parts[position]);
            path = match (is_always_present(field), depth + 1 == keys.len()) {
                (true, true) => format!("&mut {path}.{part}"),
                (true, false) => format!("{path}.{part}"),
                (false, _) if self.is_double_option(at, field) => {
                    format!("{path}.{part}.get_or_insert_default().get_or_insert_default()")
                }
                (false, _) => format!("{path}.{part}.get_or_insert_default()"),
            };
            if let TypeRef::Named(next) = self.resolved(&field.ty) {
                at = *next;
            }
        }
        Some(path)
    }

    /// Returns the expression for the URL or the cursor of the next page.
    fn next(&self, id: TypeId, keys: &[String]) -> Option<String> {
        let mut at = id;
        let mut path = "self".to_owned();
        for (depth, key) in keys.iter().enumerate() {
            let Shape::Record(record) = &self.api.types[at].shape else { return None };
            let position = record.fields.iter().position(|field| field.wire == *key)?;
            let (field, part) = (&record.fields[position], &self.names.ty(at).parts[position]);
            if depth + 1 == keys.len() {
                let is_string = |ty: &TypeRef| matches!(ty, TypeRef::String | TypeRef::Uri | TypeRef::Uuid);
                if !is_string(self.resolved(&field.ty)) {
                    return None;
                }
                return Some(match is_always_present(field) {
                    true => format!("Some({path}.{part}.as_str())"),
                    false if self.is_double_option(at, field) => format!("{path}.{part}.as_ref()?.as_deref()"),
                    false => format!("{path}.{part}.as_deref()"),
                });
            }
            path = match is_always_present(field) {
                true => format!("{path}.{part}"),
                false if self.is_double_option(at, field) => format!("{path}.{part}.as_ref()?.as_ref()?"),
                false => format!("{path}.{part}.as_ref()?"),
            };
            let TypeRef::Named(next) = self.resolved(&field.ty) else { return None };
            at = *next;
        }
        None
    }
}
