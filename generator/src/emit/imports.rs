//! The imports of a module, noted while its items are made.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::{Item, ident};

/// What a module imports: names by the path they stand under.
#[derive(Default)]
pub struct Imports(BTreeMap<(Group, String), BTreeSet<String>>);

/// The three groups of imports, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Std,
    External,
    Crate,
}

impl Imports {
    /// Notes that `name` of the module `path` is used.
    pub fn add(&mut self, path: &str, name: &str) {
        let group = match path.split("::").next() {
            Some("std") => Group::Std,
            Some("crate" | "super") => Group::Crate,
            _ => Group::External,
        };
        self.0.entry((group, path.to_owned())).or_default().insert(name.to_owned());
    }

    /// Forgets a name that stands in the module itself.
    pub fn remove(&mut self, path: &str, name: &str) {
        for ((_, known), names) in &mut self.0 {
            if known == path {
                names.remove(name);
            }
        }
        self.0.retain(|_, names| !names.is_empty());
    }

    /// The `use` items.
    pub fn items(self) -> Vec<Item> {
        let item = |((_, path), names): ((Group, String), BTreeSet<String>)| {
            let path: Vec<_> = path.split("::").map(ident).collect();
            let names: Vec<TokenStream> = names
                .iter()
                .map(|name| {
                    let name = ident(name);
                    quote! { #name }
                })
                .collect();
            Item::Rust(match names.as_slice() {
                [one] => quote! { use #(#path)::*::#one; },
                names => quote! { use #(#path)::*::{#(#names),*}; },
            })
        };
        self.0.into_iter().map(item).collect()
    }
}
