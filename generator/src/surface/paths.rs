//! Full paths of types: imports, private modules and aliases are resolved.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proc_macro2::{Delimiter, TokenTree};

use super::reader::RawModule;
use super::{Item, ItemKind, Signature};

/// The maximum number of aliases that refer to each other.
const MAX_ALIASES: usize = 16;

/// The names in a module, with their paths.
pub(super) struct Scope {
    path: String,
    names: HashMap<String, String>,
}

impl Scope {
    pub fn new(path: &str) -> Self {
        Self { path: path.to_owned(), names: HashMap::new() }
    }

    /// Adds an imported name.
    pub fn add(&mut self, name: String, target: String) {
        let target = self.absolute(&target);
        self.names.insert(name, target);
    }

    /// Adds an item of the module.
    pub fn add_local(&mut self, name: &str) {
        self.names.insert(name.to_owned(), format!("{}::{name}", self.path));
    }

    /// Resolves a path such as `models::Pet`.
    pub fn resolve_path(&self, path: &str) -> String {
        let (first, rest) = path.split_once("::").map_or((path, None), |(first, rest)| (first, Some(rest)));
        match (self.names.get(first), rest) {
            (Some(target), Some(rest)) => format!("{target}::{rest}"),
            (Some(target), None) => target.clone(),
            _ => self.absolute(path),
        }
    }

    /// Replaces `self` and `super` at the start of a path.
    fn absolute(&self, path: &str) -> String {
        let (mut module, mut rest) = (self.path.as_str(), path);
        let mut is_relative = false;
        loop {
            if let Some(after) = rest.strip_prefix("super::") {
                (module, rest) = (module.rsplit_once("::").map_or(module, |(parent, _)| parent), after);
            } else if let Some(after) = rest.strip_prefix("self::") {
                rest = after;
            } else {
                break;
            }
            is_relative = true;
        }
        let path = if is_relative { format!("{module}::{rest}") } else { path.to_owned() };
        // A crate with a shared runtime re-exports the runtime.
        match path.strip_prefix("bindery_runtime::runtime") {
            Some(rest) => format!("crate::runtime{rest}"),
            None => path,
        }
    }
}

/// Returns tokens as text, with full paths and without optional spaces.
pub(super) fn text(tokens: &[TokenTree], scope: &Scope) -> String {
    let mut output = String::new();
    append(tokens, scope, &mut output);
    output
}

fn append(tokens: &[TokenTree], scope: &Scope, output: &mut String) {
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        index += 1;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                output.push_str(open);
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                append(&inner, scope, output);
                output.push_str(close);
            }
            TokenTree::Ident(ident) => {
                let is_lifetime = output.ends_with('\'');
                let mut path = ident.to_string();
                while let [TokenTree::Punct(first), TokenTree::Punct(second), TokenTree::Ident(next), ..] =
                    &tokens[index..]
                    && first.as_char() == ':'
                    && second.as_char() == ':'
                {
                    path = format!("{path}::{next}");
                    index += 3;
                }
                if output.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    output.push(' ');
                }
                let is_absolute = output.ends_with("::");
                // An associated type: `Iterator<Item = Pet>`.
                let is_associated =
                    matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == '=');
                output.push_str(&if is_lifetime || is_absolute || is_associated {
                    path
                } else {
                    scope.resolve_path(&path)
                });
            }
            TokenTree::Punct(punct) => {
                if punct.as_char() == '\'' && output.ends_with(|c: char| c.is_alphanumeric()) {
                    output.push(' ');
                }
                output.push(punct.as_char());
                if punct.as_char() == ',' {
                    output.push(' ');
                }
            }
            TokenTree::Literal(literal) => output.push_str(&literal.to_string()),
        }
    }
}

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
