//! The representation and its names to Rust: modules of items, not yet text.

mod client;
mod dispatch;
mod docs;
mod example;
mod guide;
mod headers;
mod imports;
pub mod manifest;
pub mod mock;
mod model;
mod request;
mod resource;
mod ty;
mod union;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::analyze::Analysis;
use crate::config::Config;
use crate::ir::Api;
use crate::name::Names;

/// A source file of the generated crate.
#[derive(Debug)]
pub struct Module {
    /// Its path below `src`.
    pub path: String,
    /// The lines of its inner documentation.
    pub docs: Vec<String>,
    /// What stands in it.
    pub items: Vec<Item>,
}

/// Something that stands in a module.
#[derive(Debug)]
pub enum Item {
    /// An item that is laid out by the formatter.
    Rust(TokenStream),
    /// The call of a macro, which no formatter knows how to lay out: its lines as they are.
    Macro(Vec<String>),
}

/// What every part of the emitter looks at.
pub(crate) struct Context<'a> {
    pub api: &'a Api,
    pub names: &'a Names,
    pub analysis: &'a Analysis,
    pub config: &'a Config,
}

impl Context<'_> {
    /// The name by which the generated crate is used in code.
    pub fn crate_ident(&self) -> String {
        self.config.package.name.replace('-', "_")
    }
}

/// Emits all modules of the crate but those of the runtime.
pub fn emit(api: &Api, names: &Names, analysis: &Analysis, config: &Config) -> Vec<Module> {
    let context = Context { api, names, analysis, config };
    let headers = headers::module(&context);
    let mut modules = vec![client::lib(&context, headers.is_some()), client::client(&context)];
    if config.mock.is_some() {
        modules[0].items.push(Item::Rust(quote! { #[cfg(feature = "mock")] #[rustfmt::skip] pub mod mock; }));
        modules.push(mock::module(&context));
    }
    modules.extend(headers);
    modules.extend(model::modules(&context));
    modules.extend(resource::modules(&context));
    modules
}

/// Emits the module through which tests call every operation by its id.
pub fn dispatcher(api: &Api, names: &Names, analysis: &Analysis, config: &Config) -> Module {
    dispatch::module(&Context { api, names, analysis, config })
}

/// The macro at the head of a doc-commented method that keeps a blank line above it.
pub(crate) const BLANK: &str = "\u{1}";

/// Items of an impl block, with a blank line between them.
fn spaced(items: Vec<TokenStream>) -> TokenStream {
    let spaced = items.into_iter().enumerate().map(|(index, item)| match index {
        0 => item,
        _ => quote! { #[doc = #BLANK] #item },
    });
    quote! { #(#spaced)* }
}

/// The attribute of an item that is there if one of the features is on; without any, it always is.
fn feature(names: &BTreeSet<String>) -> TokenStream {
    let names: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
    match names.as_slice() {
        [] => quote! {},
        [name] => quote! { #[cfg(feature = #name)] },
        names => quote! { #[cfg(any(#(feature = #names),*))] },
    }
}

/// The attribute of a module whose file the compiler does not look for by itself.
fn module_path(name: &str) -> Option<TokenStream> {
    let path = format!("{name}.rs");
    (!name.is_ascii()).then(|| quote! { #[path = #path] })
}

/// The attribute of a function that takes more than the usual number of arguments.
fn many(arguments: usize) -> Option<TokenStream> {
    let reason = "what is required is an argument";
    (arguments > 7).then(|| quote! { #[expect(clippy::too_many_arguments, reason = #reason)] })
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
