//! Emits typed methods for the headers that responses declare.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
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
        // An alias may be in a module whose cargo feature is off, so the method uses the target of the alias.
        let ty = context.resolved(&header.ty);
        let item = if let TypeRef::Array(item) = ty { context.resolved(item) } else { ty };
        let or_invalid = match matches!(ty, TypeRef::DateTime) || is_parsed(item) {
            true => ", or if its value has a different type",
            false => "",
        };
        let header_name = code(&header.wire);
        let text = format!("The header is {header_name}. Returns `None` if the response does not have it{or_invalid}.");
        paragraph(&mut docs, text);
        let docs = attributes(&docs);
        let method = ident(&case::escape(name, is_response_method));
        let (value, body) = match (ty, is_parsed(ty)) {
            (TypeRef::DateTime, _) => (context.ty(ty, &mut imports), quote! { self.header_time(#wire) }),
            (ty, true) => (context.ty(ty, &mut imports), quote! { self.header(#wire)?.parse().ok() }),
            (TypeRef::Array(item), false) => {
                let item = context.resolved(item);
                match is_parsed(item) {
                    true => {
                        let ty = context.ty(item, &mut imports);
                        let items = quote! { self.header_items(#wire)?.into_iter() };
                        (quote! { Vec<#ty> }, quote! { #items.map(|item| item.parse().ok()).collect() })
                    }
                    false => (quote! { Vec<&str> }, quote! { self.header_items(#wire) }),
                }
            }
            _ => (quote! { &str }, quote! { self.header(#wire) }),
        };
        HeaderMethod { docs, head: quote! { fn #method(&self) -> Option<#value> }, body }
    });
    let methods: Vec<HeaderMethod> = methods.collect();
    let mut items = imports.items();
    if context.config.runtime.is_some() {
        items.extend(trait_items(&methods));
    } else {
        let methods = methods.iter().map(|HeaderMethod { docs, head, body }| quote! { #docs pub #head { #body } });
        items.push(Item::Impl(ImplBlock { head: quote! { impl<T> Response<T> }, items: methods.collect() }));
    }
    let docs = vec!["Methods for the response headers of the API.".to_owned()];
    Some(Module { path: "headers.rs".to_owned(), docs, items })
}

/// The method for a header.
struct HeaderMethod {
    docs: TokenStream,
    /// The name, the parameters and the return type.
    head: TokenStream,
    body: TokenStream,
}

/// Returns a trait with the methods. A crate cannot add methods to `Response` in any other way if the type belongs to a shared
/// runtime.
fn trait_items(methods: &[HeaderMethod]) -> [Item; 2] {
    let declarations = methods.iter().map(|HeaderMethod { docs, head, .. }| quote! { #docs #head; });
    let definitions = methods.iter().map(|HeaderMethod { head, body, .. }| quote! { #head { #body } });
    let declaration = quote! {
        /// Methods for the response headers of the API. Import this trait to call them on a [`Response`].
        pub trait ResponseHeaders { #(#declarations)* }
    };
    let head = quote! { impl<T> ResponseHeaders for Response<T> };
    [Item::Rust(declaration), Item::Impl(ImplBlock { head, items: definitions.collect() })]
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
        "attempts"
            | "body"
            | "clone"
            | "fmt"
            | "from"
            | "into"
            | "text"
            | "to_owned"
            | "try_into"
            | "type_id"
            | "header"
            | "header_items"
            | "header_time"
            | "headers"
            | "into_inner"
            | "request_id"
            | "status"
    )
}
