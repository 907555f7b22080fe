//! Emits the trait `Paginated` of list requests, and the method `next_token` of pages.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::imports::Imports;
use crate::emit::models::is_always_present;
use crate::emit::{BLANK, Context, Item, ident, tokens};
use crate::ir::{Field, Next, Operation, OperationId, Paging, ResponseBody, Shape, TypeId, TypeRef};

/// The expression that creates a `NextPage`.
struct NextPage {
    expression: TokenStream,
    /// Whether the expression reads the page.
    reads_page: bool,
}

impl Context<'_> {
    /// Returns the implementation of `Paginated` for an operation that returns a paginated list. `page` is the type
    /// of its pages.
    pub(super) fn pagination(&self, id: OperationId, page: &str, imports: &mut Imports) -> Vec<Item> {
        let operation = &self.api.operations[id];
        let (Some(paging), ResponseBody::Json(page_type)) = (&operation.paging, operation.response_body()) else {
            return Vec::new();
        };
        let (request, item) = (&self.names.operation(id).request, self.text(&paging.item, imports));
        let items = tokens(&self.items(page_type, &paging.items));
        let NextPage { expression, reads_page } = self.next_page(operation, page_type, paging, "page", imports);
        let argument = if reads_page {
            quote! { page }
        } else {
            quote! { _ }
        };
        let (request, page, item) = (ident(request), tokens(page), tokens(&item));
        imports.add("crate::runtime", "Paginated");
        let implementation = quote! {
            impl Paginated for operations::#request {
                type Item = #item;

                #[doc = #BLANK]
                #[inline]
                fn items(page: &mut #page) -> &mut Vec<#item> { #items }

                #[doc = #BLANK]
                #[inline]
                fn next_page(#argument: &#page) -> NextPage { #expression }
            }
        };
        vec![Item::Rust(implementation)]
    }

    /// Returns the method `next_token` of a page. Returns `None` if the token also depends on the request or on the
    /// headers of the response. Also returns `None` if several operations return the page and request the next page in
    /// different ways.
    pub(in crate::emit) fn next_token(&self, id: TypeId, imports: &mut Imports) -> Option<TokenStream> {
        let (first, others) = self.pages.get(&id)?.split_first()?;
        let paging = first.paging.as_ref()?;
        // If a flag tells whether there is a next page, the last page may also have a cursor or a URL. Then only the
        // flag is reliable.
        let is_in_page = matches!(paging.next, Next::Url(_) | Next::Cursor { .. }) && paging.next_page_flag.is_empty();
        let has_equal_paging = |other: &&Operation| {
            other
                .paging
                .as_ref()
                .is_some_and(|other| other.next == paging.next && other.next_page_flag == paging.next_page_flag)
        };
        // If the page has a property `next_token`, its accessor already has this name.
        let has_accessor = self.names.ty(id).members.iter().any(|member| member == "next_token");
        if !is_in_page || !others.iter().all(has_equal_paging) || has_accessor {
            return None;
        }
        let NextPage { expression, .. } = self.next_page(first, &TypeRef::Named(id), paging, "self", imports);
        Some(quote! {
            /// Returns a token for the rest of the list after this page. Pass it to the `resume` method of a request
            /// with the same parameters, at any time and in any program. Returns `None` on the last page.
            #[inline]
            pub fn next_token(&self) -> Option<String> { #expression.token() }
        })
    }

    /// Returns whether a property of a page contains its items.
    pub(in crate::emit) fn is_items_property(&self, page: TypeId, field: &Field) -> bool {
        let mut pages = self.pages.get(&page).into_iter().flatten().flat_map(|operation| &operation.paging);
        pages.any(|paging| paging.items.first() == Some(&field.wire))
    }

    /// Returns the expression that tells the runtime how to request the next page. `page` is the name of the variable with
    /// the page.
    fn next_page(
        &self,
        operation: &Operation,
        page_type: &TypeRef,
        paging: &Paging,
        page: &str,
        imports: &mut Imports,
    ) -> NextPage {
        let mut value = |keys: &[String]| match keys {
            [] => None,
            keys => Some(self.page_value(page, page_type, keys)?.import(imports).option()),
        };
        let no_keys = Vec::new();
        let total_keys = match &paging.next {
            Next::Offset { total, .. } | Next::PageNumber { total, .. } => total,
            _ => &no_keys,
        };
        let (total, more) = (value(total_keys), value(&paging.next_page_flag));
        let next_value = match &paging.next {
            Next::Url(keys) | Next::Cursor { keys, .. } => value(keys),
            Next::LastItem { keys, .. } => {
                let last_item = self.page_value(page, page_type, &paging.items);
                last_item.and_then(|last_item| self.last_item_value(last_item, &paging.item, keys, imports))
            }
            Next::Link | Next::Offset { .. } | Next::PageNumber { .. } => None,
        };
        let reads_page = [&next_value, &total, &more].into_iter().any(Option::is_some);
        // The constructors `url`, `cursor` and `last_item` need `next_value`. If it were missing, the formatter would
        // report an internal error.
        let next_value = tokens(&next_value.unwrap_or_default());
        let constructor = match &paging.next {
            Next::Url(_) => quote! { url(#next_value) },
            Next::Link => quote! { link() },
            Next::Cursor { param, .. } => quote! { cursor(#param, #next_value) },
            Next::LastItem { param, .. } => quote! { last_item(#param, #next_value) },
            Next::Offset { param, .. } => quote! { offset(#param) },
            Next::PageNumber { param, first, .. } => {
                let first = Literal::u64_unsuffixed(*first);
                quote! { page_number(#param, #first) }
            }
        };
        // With these kinds of pagination, a page with fewer items than requested is the last page. The runtime
        // therefore needs the page size.
        let needs_page_size =
            matches!(paging.next, Next::LastItem { .. } | Next::Offset { .. } | Next::PageNumber { .. });
        let size_param_name = paging.page_size.as_ref().map(|(name, _)| name).filter(|_| needs_page_size);
        let size_param = size_param_name.and_then(|name| operation.params.iter().find(|param| param.wire == *name));
        let default_size = size_param.and_then(|param| param.default.as_ref()?.as_u64()).map(Literal::u64_unsuffixed);
        let (total, more) = (total.as_deref().map(tokens), more.as_deref().map(tokens));
        let options = [
            size_param_name.map(|name| quote! { .size_parameter(#name) }),
            default_size.map(|size| quote! { .default_size(#size) }),
            total.map(|total| quote! { .total(#total) }),
            more.map(|more| quote! { .more(#more) }),
        ];
        let options = options.into_iter().flatten();
        imports.add("crate::runtime", "NextPage");
        NextPage { expression: quote! { NextPage::#constructor #(#options)* }, reads_page }
    }

    /// Returns the expression for the items of `page`. All properties on the path to the array of items are required. The
    /// array itself may be missing: the expression then inserts an empty array.
    fn items(&self, page_type: &TypeRef, keys: &[String]) -> String {
        let (mut at, mut path) = (page_type, "page".to_owned());
        let Some((last, _)) = keys.split_last() else { return path };
        for key in keys {
            let Some((id, field, member)) = self.property(at, key) else { continue };
            path = format!("{path}.{member}");
            if key == last && !is_always_present(field) {
                let times = if self.is_double_option(id, field) { 2 } else { 1 };
                return path + &".get_or_insert_default()".repeat(times);
            }
            at = &field.ty;
        }
        format!("&mut {path}")
    }

    /// Returns a property of an object: the type of the object, the field, and its Rust name.
    pub(super) fn property(&self, ty: &TypeRef, wire: &str) -> Option<(TypeId, &Field, &str)> {
        let TypeRef::Named(id) = self.resolved(ty) else { return None };
        let Shape::Record(record) = &self.api.types[*id].shape else { return None };
        let mut fields = record.fields.iter().zip(&self.names.ty(*id).members);
        fields.find(|(field, _)| field.wire == wire).map(|(field, member)| (*id, field, member.as_str()))
    }
}
