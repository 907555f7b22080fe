//! Collects the imports of a module while its items are emitted.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::{Item, ident};

/// The imports of a module: for each path, the imported names. Each name has the set of features that need the import.
/// An empty set means that the import is always needed.
#[derive(Default)]
pub struct Imports(BTreeMap<(Group, String), BTreeMap<String, BTreeSet<String>>>);

/// A group of imports, in the order of the generated file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Std,
    External,
    Crate,
}

impl Imports {
    /// Adds an import of `name` from the module `path`.
    pub fn add(&mut self, path: &str, name: &str) {
        self.add_with_features(path, name, BTreeSet::new());
    }

    /// Adds imports that only a feature needs. An empty `feature` means that the imports are always needed.
    pub fn add_for(&mut self, feature: &str, imports: Self) {
        let features: BTreeSet<String> =
            [feature].into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect();
        for ((_, path), names) in imports.0 {
            names.into_keys().for_each(|name| self.add_with_features(&path, &name, features.clone()));
        }
    }

    fn add_with_features(&mut self, path: &str, name: &str, features: BTreeSet<String>) {
        let group = match path.split("::").next() {
            Some("std") => Group::Std,
            Some("crate" | "super") => Group::Crate,
            _ => Group::External,
        };
        let names = self.0.entry((group, path.to_owned())).or_default();
        let existing_features = names.entry(name.to_owned()).or_insert_with(|| features.clone());
        if features.is_empty() {
            existing_features.clear();
        } else if !existing_features.is_empty() {
            existing_features.extend(features);
        }
    }

    /// Removes the import of a name that the module itself declares.
    pub fn remove(&mut self, path: &str, name: &str) {
        for ((_, import_path), names) in &mut self.0 {
            if import_path == path {
                names.remove(name);
            }
        }
        self.0.retain(|_, names| !names.is_empty());
    }

    /// Returns the `use` items.
    pub fn items(self) -> Vec<Item> {
        self.items_from("crate")
    }

    /// Returns the `use` items of a file outside of the generated crate. `krate` is the name of that crate.
    pub fn items_from(self, krate: &str) -> Vec<Item> {
        let mut items = Vec::new();
        for ((_, path), names) in self.0 {
            let path = path.split("::").map(|part| if part == "crate" { krate } else { part });
            let path: Vec<_> = path.map(ident).collect();
            let mut by_features: BTreeMap<BTreeSet<String>, Vec<TokenStream>> = BTreeMap::new();
            for (name, features) in names {
                let name = ident(&name);
                let names = by_features.entry(features).or_default();
                let index = if name == "self" { 0 } else { names.len() };
                names.insert(index, quote! { #name });
            }
            for (features, names) in by_features {
                let feature = crate::emit::feature_attribute(&features);
                items.push(Item::Rust(match names.as_slice() {
                    [name] if name.to_string() == "self" => quote! { #feature use #(#path)::*; },
                    [name] => quote! { #feature use #(#path)::*::#name; },
                    names => quote! { #feature use #(#path)::*::{#(#names),*}; },
                }));
            }
        }
        items
    }
}
