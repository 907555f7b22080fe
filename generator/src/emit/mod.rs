//! Emits Rust items from the IR and its names. `format` turns the items into text.

mod client;
mod docs;
mod imports;
pub(crate) mod macro_call;
pub mod manifest;
pub mod mock;
mod models;
mod operations;
mod relocate;
mod webhooks;

use std::collections::{BTreeSet, HashMap, HashSet};

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::analyze::Analysis;
use crate::config::{Config, Output};
use crate::emit::macro_call::MacroCall;
use crate::ir::{Api, Operation, TypeId};
use crate::naming::Names;
use crate::runtime::features::Features;

/// A source file of the generated crate.
#[derive(Debug, Default)]
pub struct Module {
    /// The path of the file below `src`.
    pub path: String,
    /// The lines of its inner documentation.
    pub docs: Vec<String>,
    /// The items of the module.
    pub items: Vec<Item>,
}

/// A part of a module.
#[derive(Debug)]
pub enum Item {
    /// An item or an inner attribute.
    Rust(TokenStream),
    /// An inherent impl block.
    Impl(ImplBlock),
    /// A call of a macro: of the runtime, or in the test dispatcher.
    Call(MacroCall),
}

/// An inherent impl block of a type.
#[derive(Debug)]
pub struct ImplBlock {
    /// The tokens before the braces.
    pub head: TokenStream,
    /// The methods and constants.
    pub items: Vec<TokenStream>,
}

impl ImplBlock {
    /// Returns the block as tokens, with a blank line between its items.
    pub fn tokens(&self) -> TokenStream {
        let (head, items) = (&self.head, with_blank_lines(&self.items));
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

/// The input of the emitter.
pub struct Context<'a> {
    api: &'a Api,
    names: &'a Names,
    analysis: &'a Analysis,
    config: &'a Config,
    /// The features of the runtime that the API needs.
    features: Features,
    /// The paginated operations that return each page type.
    pages: HashMap<TypeId, Vec<&'a Operation>>,
    /// The objects whose string properties may be URLs or cursors of pages.
    types_with_page_links: HashSet<TypeId>,
    /// Whether the credentials of a request depend on the operation.
    has_per_operation_auth: bool,
    /// Whether some operations need credentials and some operations need none.
    has_anonymous_operations: bool,
}

/// A function that emits a module. Threads share these functions, because tokens cannot be sent to another thread.
pub type ModuleTask<'a> = Box<dyn Fn() -> Module + Send + Sync + 'a>;

impl<'a> Context<'a> {
    /// Creates the input of the emitter.
    pub fn new(api: &'a Api, names: &'a Names, analysis: &'a Analysis, config: &'a Config) -> Self {
        let (pages, types_with_page_links) = (api.pages(), api.types_with_page_links());
        Self {
            api,
            names,
            analysis,
            config,
            features: Features::of(api, analysis, config),
            pages,
            types_with_page_links,
            has_per_operation_auth: api.has_per_operation_auth(),
            has_anonymous_operations: api.mixes_anonymous_operations(),
        }
    }

    /// Returns the features of the runtime that the API needs.
    pub fn runtime_features(&self) -> &Features {
        &self.features
    }

    /// Returns all modules of the crate except the modules of the runtime.
    pub fn modules(&'a self) -> Vec<ModuleTask<'a>> {
        let has_headers = operations::response_headers::module(self).is_some();
        let mut modules: Vec<ModuleTask<'a>> =
            vec![Box::new(move || client::root(self, has_headers)), Box::new(|| client::client(self))];
        if self.config.mock.dependency.is_some() {
            modules.push(Box::new(|| mock::module(self)));
        }
        if has_headers {
            modules.push(Box::new(|| operations::response_headers::module(self).unwrap_or_default()));
        }
        if !self.api.operations.is_empty() {
            modules.push(Box::new(operations::request_types::module));
        }
        modules.extend(models::modules(self));
        modules.extend(operations::modules(self));
        modules.extend(webhooks::modules(self));
        if self.config.runtime.is_none() {
            return modules;
        }
        let relocate = |task: ModuleTask<'a>| -> ModuleTask<'a> {
            Box::new(move || {
                let mut module = task();
                relocate::import_macros(&mut module);
                if self.is_module() {
                    relocate::make_relative(&mut module);
                }
                module
            })
        };
        modules.into_iter().map(relocate).collect()
    }

    /// Returns whether the output is a module of another crate.
    fn is_module(&self) -> bool {
        self.config.output == Output::Module
    }

    /// Returns the module through which tests call every operation by its ID.
    pub fn dispatcher(&self) -> Module {
        operations::test_dispatcher::module(self)
    }

    /// Returns the name of the generated crate as an identifier.
    fn crate_ident(&self) -> String {
        self.config.package.name.replace('-', "_")
    }
}

/// The text of a doc comment that `format` replaces by a blank line.
pub(crate) const BLANK: &str = "\u{1}";

/// Returns the items of an impl block, with a blank line between them.
fn with_blank_lines(items: &[TokenStream]) -> TokenStream {
    let separated = items.iter().enumerate().map(|(index, item)| match index {
        0 => quote! { #item },
        _ => quote! { #[doc = #BLANK] #item },
    });
    quote! { #(#separated)* }
}

/// Returns the `cfg` attribute of an item that needs one of the features. Without features, the item is always
/// included.
fn feature_attribute(names: &BTreeSet<String>) -> TokenStream {
    let names: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
    match names.as_slice() {
        [] => quote! {},
        [name] => quote! { #[cfg(feature = #name)] },
        names => quote! { #[cfg(any(#(feature = #names),*))] },
    }
}

/// Returns the attribute of a module with an unusual name. If the module has the name of its parent module, the
/// attribute turns off the clippy lint for such names. If the name is not ASCII, the attribute sets the path of the
/// file, which the compiler would not find.
fn module_attribute(name: &str) -> Option<TokenStream> {
    if matches!(name, "models" | "resources") {
        let reason = "the API has a type or resource with this name";
        return Some(quote! { #[allow(clippy::module_inception, reason = #reason)] });
    }
    let path = format!("{name}.rs");
    (!name.is_ascii()).then(|| quote! { #[path = #path] })
}

/// Returns `#[inline]` for a method with these arguments, so that only programs that call the method compile it. A method with an argument
/// such as `impl Into<String>` does not need the attribute, because it is generic.
fn inline_attribute<'a>(arguments: impl IntoIterator<Item = &'a TokenStream>) -> Option<TokenStream> {
    let mut tokens = arguments.into_iter().flat_map(|argument| argument.clone());
    let is_generic = tokens.any(|token| matches!(token, TokenTree::Ident(ident) if ident == "impl"));
    (!is_generic).then(|| quote! { #[inline] })
}

/// Returns the attribute that allows a function to have more arguments than clippy accepts.
fn many_arguments(count: usize) -> Option<TokenStream> {
    let reason = "each required value is an argument";
    (count > 7).then(|| quote! { #[expect(clippy::too_many_arguments, reason = #reason)] })
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
