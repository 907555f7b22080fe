//! The imports of a module, noted while its items are made.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::{Item, ident};

/// What a module imports: names by the path they stand under, each with the features without which nothing uses it. No
/// feature means that it is always used.
#[derive(Default)]
pub struct Imports(BTreeMap<(Group, String), BTreeMap<String, BTreeSet<String>>>);

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
        self.note(path, name, BTreeSet::new());
    }

    /// Notes what is used where a feature is on; an empty one always is.
    pub fn add_for(&mut self, feature: &str, used: Self) {
        let features: BTreeSet<String> =
            [feature].into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect();
        for ((_, path), names) in used.0 {
            names.into_keys().for_each(|name| self.note(&path, &name, features.clone()));
        }
    }

    fn note(&mut self, path: &str, name: &str, features: BTreeSet<String>) {
        let group = match path.split("::").next() {
            Some("std") => Group::Std,
            Some("crate" | "super") => Group::Crate,
            _ => Group::External,
        };
        let names = self.0.entry((group, path.to_owned())).or_default();
        let known = names.entry(name.to_owned()).or_insert_with(|| features.clone());
        if features.is_empty() {
            known.clear();
        } else if !known.is_empty() {
            known.extend(features);
        }
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
        self.items_from("crate")
    }

    /// The `use` items of a file outside the generated crate, which goes by that name there.
    pub fn items_from(self, krate: &str) -> Vec<Item> {
        let mut items = Vec::new();
        for ((_, path), names) in self.0 {
            let path = path.split("::").map(|part| if part == "crate" { krate } else { part });
            let path: Vec<_> = path.map(ident).collect();
            let mut by_features: BTreeMap<BTreeSet<String>, Vec<TokenStream>> = BTreeMap::new();
            for (name, features) in names {
                let name = ident(&name);
                let all = by_features.entry(features).or_default();
                // The module itself stands before what is in it.
                let at = if name == "self" { 0 } else { all.len() };
                all.insert(at, quote! { #name });
            }
            for (features, names) in by_features {
                let feature = crate::emit::feature(&features);
                items.push(Item::Rust(match names.as_slice() {
                    [one] if one.to_string() == "self" => quote! { #feature use #(#path)::*; },
                    [one] => quote! { #feature use #(#path)::*::#one; },
                    names => quote! { #feature use #(#path)::*::{#(#names),*}; },
                }));
            }
        }
        items
    }
}
