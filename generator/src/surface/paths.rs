//! Public paths: private modules and aliases are resolved.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::reader::RawModule;
use super::{Item, ItemKind, Signature};

/// The maximum number of aliases that are resolved for a path. It ends the resolution of recursive aliases.
const MAX_ALIASES: usize = 16;

/// The private modules and the aliases of a crate.
pub(super) struct Paths {
    private_modules: HashSet<String>,
    module_features: BTreeMap<String, BTreeSet<BTreeSet<String>>>,
    aliases: HashMap<String, String>,
}

impl Paths {
    pub fn of(modules: &[RawModule]) -> Self {
        let private_modules = modules.iter().flat_map(|module| module.private_modules.iter().cloned()).collect();
        let module_features = modules.iter().flat_map(|module| module.module_features.clone()).collect();
        let mut paths = Self { private_modules, module_features, aliases: HashMap::new() };
        for (path, item) in modules.iter().flat_map(|module| &module.items) {
            if let ItemKind::Alias(target) = &item.kind {
                paths.aliases.insert(format!("crate::{}", paths.public(path)), target.clone());
            }
        }
        paths
    }

    /// Returns the public path of an item, without the name of the crate.
    pub fn public(&self, path: &str) -> String {
        match path.split_once(": ") {
            Some((ty, of_trait)) => {
                let ty = self.flat(ty);
                format!("{}: {}", ty.strip_prefix("crate::").unwrap_or(&ty), self.resolve(of_trait, 0))
            }
            None => {
                let path = self.flat(path);
                path.strip_prefix("crate::").map(str::to_owned).unwrap_or(path)
            }
        }
    }

    /// Removes the private modules from a path.
    fn flat(&self, path: &str) -> String {
        let (mut full, mut public) = (String::new(), String::new());
        for part in path.split("::") {
            if !full.is_empty() {
                full.push_str("::");
            }
            full.push_str(part);
            if !self.private_modules.contains(&full) {
                if !public.is_empty() {
                    public.push_str("::");
                }
                public.push_str(part);
            }
        }
        public
    }

    /// Returns an item with resolved types, and with the conditions of the modules around it.
    pub fn item(&self, item: &Item, module: &str) -> Item {
        let resolve = |ty: &String| self.resolve(ty, 0);
        let kind = match &item.kind {
            ItemKind::Field(ty) => ItemKind::Field(resolve(ty)),
            ItemKind::Variant(types) => ItemKind::Variant(types.iter().map(resolve).collect()),
            ItemKind::Function(signature) => ItemKind::Function(Signature {
                arguments: signature.arguments.iter().map(|(name, ty)| (name.clone(), resolve(ty))).collect(),
                result: resolve(&signature.result),
                generics: resolve(&signature.generics),
                bounds: resolve(&signature.bounds),
                ..signature.clone()
            }),
            ItemKind::Implementation(types) => ItemKind::Implementation(types.iter().map(resolve).collect()),
            ItemKind::Alias(ty) => ItemKind::Alias(resolve(ty)),
            ItemKind::Constant(ty) => ItemKind::Constant(resolve(ty)),
            ItemKind::Reexport(path) => ItemKind::Reexport(resolve(path)),
            kind => kind.clone(),
        };
        let mut features = item.features.clone();
        let mut prefix = String::new();
        for part in module.split("::") {
            if !prefix.is_empty() {
                prefix.push_str("::");
            }
            prefix.push_str(part);
            features.extend(self.module_features.get(&prefix).into_iter().flatten().cloned());
        }
        Item { kind, features }
    }

    /// Resolves the paths of this crate in a text.
    fn resolve(&self, text: &str, depth: usize) -> String {
        let mut output = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("crate::") {
            output.push_str(&rest[..start]);
            let path = &rest[start..];
            let end = path.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '#'))).unwrap_or(path.len());
            let (path, after) = path.split_at(end);
            let path = self.flat(path);
            match self.aliases.get(&path).filter(|_| depth < MAX_ALIASES) {
                Some(target) => output.push_str(&self.resolve(target, depth + 1)),
                None => output.push_str(&path),
            }
            rest = after;
        }
        output.push_str(rest);
        output
    }
}
