//! Emits typed methods for the headers that responses declare.

use std::collections::BTreeMap;

use quote::quote;

use crate::emit::docs::{attributes, code, lines, paragraph};
use crate::emit::imports::Imports;
use crate::emit::{Context, ImplBlock, Item, Module, ident};
use crate::ir::{Header, TypeRef};
use crate::naming;
use crate::naming::case;

/// Returns the module `headers`, or `None` if no response declares a header other than the request ID, which the
/// runtime reads.
pub fn module(context: &Context<'_>) -> Option<Module> {
    let request_id_header = context.config.client.request_id.as_deref().unwrap_or_default();
    let responses = context.api.operations.iter().flat_map(|(_, operation)| operation.success_responses());
    let mut headers: BTreeMap<String, &Header> = BTreeMap::new();
    for header in responses.flat_map(|response| &response.headers) {
        if !header.wire.eq_ignore_ascii_case(request_id_header) {
            headers.entry(header.wire.to_ascii_lowercase()).or_insert(header);
        }
    }
    if headers.is_empty() {
        return None;
    }
    let mut imports = Imports::default();
    imports.add("crate::runtime", "Response");
    let wires: Vec<String> = headers.keys().cloned().collect();
    let methods = headers.into_iter().zip(naming::method_names(&wires)).map(|((wire, header), name)| {
        let mut docs = lines(&header.docs, &format!("The header {}.", code(&header.wire)));
        paragraph(
            &mut docs,
            format!("The header is {}. Returns `None` if the response does not have it.", code(&header.wire)),
        );
        let docs = attributes(&docs);
        let method = ident(&case::escape(name, is_response_method));
        // The module of an alias may be behind a cargo feature that is off, so the method has the type without aliases.
        let ty = context.resolved(&header.ty);
        match (ty, is_parsed(ty)) {
            (TypeRef::DateTime, _) => {
                let ty = context.ty(ty, &mut imports);
                quote! { #docs pub fn #method(&self) -> Option<#ty> { self.header_time(#wire) } }
            }
            (ty, true) => {
                let ty = context.ty(ty, &mut imports);
                quote! { #docs pub fn #method(&self) -> Option<#ty> { self.header(#wire)?.parse().ok() } }
            }
            (TypeRef::Array(item), false) => {
                let item = context.resolved(item);
                if is_parsed(item) {
                    let ty = context.ty(item, &mut imports);
                    quote! {
                        #docs
                        pub fn #method(&self) -> Option<Vec<#ty>> {
                            self.header_items(#wire)?.into_iter().map(|item| item.parse().ok()).collect()
                        }
                    }
                } else {
                    quote! { #docs pub fn #method(&self) -> Option<Vec<&str>> { self.header_items(#wire) } }
                }
            }
            _ => quote! { #docs pub fn #method(&self) -> Option<&str> { self.header(#wire) } },
        }
    });
    let methods = methods.collect();
    let mut items = imports.items();
    items.push(Item::Impl(ImplBlock { head: quote! { impl<T> Response<T> }, items: methods }));
    let docs = vec!["Methods for the response headers of the API.".to_owned()];
    Some(Module { path: "headers.rs".to_owned(), docs, items })
}

/// Returns whether the value of a header of this type is parsed. If it is not, the method returns the value as a
/// string.
fn is_parsed(ty: &TypeRef) -> bool {
    matches!(
        ty,
        TypeRef::Bool | TypeRef::Int(_) | TypeRef::Unsigned(_) | TypeRef::Float(_) | TypeRef::BigNumber | TypeRef::Date
    )
}

/// Returns whether the runtime's `Response` has a method with this name.
fn is_response_method(name: &str) -> bool {
    matches!(
        name,
        "attempts" | "header" | "header_items" | "header_time" | "headers" | "into_inner" | "request_id" | "status"
    )
}
