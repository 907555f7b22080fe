//! Emits how a request for a list finds its next page.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::Context;
use crate::emit::imports::Imports;
use crate::ir::{Next, Operation, Paging};

impl Context<'_> {
    /// Returns the call that configures how the next page is requested, unless the page type itself has the URL.
    pub(super) fn next_page(
        &self,
        operation: &Operation,
        paging: &Paging,
        imports: &mut Imports,
    ) -> Option<TokenStream> {
        if !self.api.overrides_next_page(operation, &self.pages) {
            return None;
        }
        let pointer = |keys: &[String]| -> String {
            keys.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect()
        };
        let mut total_keys = &Vec::new();
        let constructor = match &paging.next {
            Next::Url(keys) => {
                let at = pointer(keys);
                quote! { url(#at) }
            }
            Next::Link => quote! { link() },
            Next::Cursor { keys, param } => {
                let at = pointer(keys);
                quote! { cursor(#param, #at) }
            }
            Next::LastItem { keys, param } => {
                let (items, at) = (pointer(&paging.items), pointer(keys));
                quote! { last_item(#param, #items, #at) }
            }
            Next::Offset { param, total } => {
                total_keys = total;
                quote! { offset(#param) }
            }
            Next::PageNumber { param, first, total } => {
                total_keys = total;
                let first = Literal::u64_unsuffixed(*first);
                quote! { page_number(#param, #first) }
            }
        };
        // With these kinds of pagination, a page with fewer items than requested is the last one. The runtime therefore
        // needs the page size.
        let needs_page_size =
            matches!(paging.next, Next::LastItem { .. } | Next::Offset { .. } | Next::PageNumber { .. });
        let size_param = paging.page_size.as_ref().map(|(name, _)| name).filter(|_| needs_page_size);
        let param = size_param.and_then(|name| operation.params.iter().find(|param| param.wire == *name));
        let default_size = param.and_then(|param| param.default.as_ref()?.as_u64()).map(Literal::u64_unsuffixed);
        let pointer_if_any = |keys: &[String]| Some(pointer(keys)).filter(|pointer| !pointer.is_empty());
        let options = [
            size_param.map(|name| quote! { .size_parameter(#name) }),
            default_size.map(|size| quote! { .default_size(#size) }),
            pointer_if_any(total_keys).map(|pointer| quote! { .total(#pointer) }),
            pointer_if_any(&paging.more).map(|pointer| quote! { .more(#pointer) }),
        ];
        let options = options.into_iter().flatten();
        imports.add("crate::runtime", "NextPage");
        let next_page = quote! { NextPage::#constructor #(#options)* };
        Some(quote! { .next_page(#next_page) })
    }
}
