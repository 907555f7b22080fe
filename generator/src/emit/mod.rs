//! The representation and its names to Rust: modules of items, not yet text.

mod client;
mod docs;
mod imports;
pub(crate) mod macro_call;
pub mod manifest;
pub mod mock;
mod models;
mod operations;

use std::collections::{BTreeSet, HashMap, HashSet};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::analyze::Analysis;
use crate::config::Config;
use crate::emit::macro_call::MacroCall;
use crate::ir::{Api, Paging, TypeId};
use crate::naming::Names;

/// A source file of the generated crate.
#[derive(Debug, Default)]
pub struct Module {
    /// Its path below `src`.
    pub path: String,
    /// The lines of its inner documentation.
    pub docs: Vec<String>,
    /// What stands in it.
    pub items: Vec<Item>,
}

/// A part of a module.
#[derive(Debug)]
pub enum Item {
    /// An item or an inner attribute.
    Rust(TokenStream),
    /// An inherent impl block.
    Impl(ImplBlock),
    /// A call of a macro of the runtime.
    Call(MacroCall),
}

/// An inherent impl block of a type.
#[derive(Debug)]
pub struct ImplBlock {
    /// What is before the braces.
    pub head: TokenStream,
    /// The methods and constants.
    pub items: Vec<TokenStream>,
}

impl ImplBlock {
    /// Returns the block as tokens, with a blank line between its items.
    pub fn tokens(&self) -> TokenStream {
        let (head, items) = (&self.head, spaced(&self.items));
        quote! { #head { #items } }
    }
}

/// The name of the macro call that replaces generated text that is not Rust. The formatter reports it as an error.
pub const NOT_RUST: &str = "__bindery_not_rust";

/// Parses generated text as tokens. Text that is not Rust becomes a call of [`NOT_RUST`].
pub(crate) fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| {
        let name = Ident::new(NOT_RUST, Span::call_site());
        quote! { #name!(#text) }
    })
}

/// What every part of the emitter looks at.
pub struct Context<'a> {
    api: &'a Api,
    names: &'a Names,
    analysis: &'a Analysis,
    config: &'a Config,
    /// How the types that are pages of a list have their items, and the URL of the next page.
    pages: HashMap<TypeId, &'a Paging>,
    /// The records whose texts may be URLs or cursors of pages.
    page_links: HashSet<TypeId>,
    /// Whether which credentials are sent hangs on the operation.
    chooses: bool,
    /// Whether some operations take no credentials, and others do.
    opens: bool,
}

/// A module that is still to be emitted. Tokens cannot leave the thread that makes them, so this is what is shared out.
pub type Sketch<'a> = Box<dyn Fn() -> Module + Send + Sync + 'a>;

impl<'a> Context<'a> {
    /// What there is to look at.
    pub fn new(api: &'a Api, names: &'a Names, analysis: &'a Analysis, config: &'a Config) -> Self {
        let (pages, page_links) = (api.pages(), api.page_links());
        Self {
            api,
            names,
            analysis,
            config,
            pages,
            page_links,
            chooses: api.has_per_operation_auth(),
            opens: api.mixes_anonymous_operations(),
        }
    }

    /// All modules of the crate but those of the runtime.
    pub fn modules(&'a self) -> Vec<Sketch<'a>> {
        let headers = operations::response_headers::module(self).is_some();
        let mut modules: Vec<Sketch<'a>> =
            vec![Box::new(move || client::lib(self, headers)), Box::new(|| client::client(self))];
        if self.config.mock.dependency.is_some() {
            modules.push(Box::new(|| mock::module(self)));
        }
        if headers {
            modules.push(Box::new(|| operations::response_headers::module(self).unwrap_or_default()));
        }
        modules.extend(models::modules(self));
        modules.extend(operations::modules(self));
        modules
    }

    /// The module through which tests call every operation by its id.
    pub fn dispatcher(&self) -> Module {
        operations::test_dispatcher::module(self)
    }

    /// The name by which the generated crate is used in code.
    fn crate_ident(&self) -> String {
        self.config.package.name.replace('-', "_")
    }
}

/// The macro at the head of a doc-commented method that keeps a blank line above it.
pub(crate) const BLANK: &str = "\u{1}";

/// Items of an impl block, with a blank line between them.
fn spaced(items: &[TokenStream]) -> TokenStream {
    let spaced = items.iter().enumerate().map(|(index, item)| match index {
        0 => quote! { #item },
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

/// The attribute of a module whose file the compiler does not look for by itself, or that is called like the one it is in.
fn module_path(name: &str) -> Option<TokenStream> {
    if matches!(name, "models" | "resources") {
        let reason = "the API has something that is called so";
        return Some(quote! { #[allow(clippy::module_inception, reason = #reason)] });
    }
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
