//! The public items of a generated crate: the names that programs use, with their types and signatures.
//!
//! The items are read from the tokens that the emitter produces, so they cannot differ from the generated code.
//! [`changes`] compares the items of two crates, and says which differences stop a program from compiling.

mod changes;
mod macros;
mod paths;
mod reader;
mod scope;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::emit::{Context, Module, manifest};
use crate::format;
pub use changes::{ItemChange, changes};
use paths::Paths;
use reader::RawModule;

/// The public items of a generated crate.
#[derive(Clone, Debug, Default)]
pub struct Surface {
    /// The items by their paths, without the name of the crate. A path ends in `()` for a function, and in `: Trait`
    /// for an implementation.
    pub items: BTreeMap<String, Item>,
    /// The cargo features that are enabled by default.
    pub default_features: BTreeSet<String>,
}

/// A public item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The kind of item, with its types.
    pub kind: ItemKind,
    /// The conditions of the item. Each condition is a set of cargo features, one of which must be enabled.
    pub features: BTreeSet<BTreeSet<String>>,
}

/// The kind of a public item. Types have full paths, and aliases are replaced by their targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A module.
    Module,
    /// A struct. The flag is `true` if a program can create it from its fields.
    Struct(bool),
    /// A public field with its type.
    Field(String),
    /// An enum. The flag is `true` if a program can match all its variants.
    Enum(bool),
    /// A variant with the types of its fields.
    Variant(Vec<String>),
    /// A function or method.
    Function(Signature),
    /// The implementation of a trait, with its associated types.
    Implementation(Vec<String>),
    /// A type alias with its target.
    Alias(String),
    /// A constant with its type.
    Constant(String),
    /// A trait.
    Trait,
    /// An item of another crate or of the runtime.
    Reexport(String),
    /// A cargo feature.
    Feature,
}

/// The signature of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The receiver, such as `&self`. It is empty for a function without one.
    pub receiver: String,
    /// The arguments with their names and types.
    pub arguments: Vec<(String, String)>,
    /// The return type. It is empty for `()`.
    pub result: String,
    /// The generic parameters in angle brackets.
    pub generics: String,
    /// The `where` clause.
    pub bounds: String,
    /// Whether the function is async.
    pub is_async: bool,
}

impl Surface {
    /// Returns the public items of the crate that a context describes.
    pub fn of(context: &Context<'_>) -> Self {
        let modules = format::for_each_module(&context.modules(), |module: &Module| RawModule::read(module));
        let paths = Paths::of(&modules);
        // `collect` sorts all items at once, which is faster than a search for each.
        let public = |(path, item): &(String, Item), module: &str| (paths.public(path), paths.item(item, module));
        let items = modules.iter().flat_map(|module| module.items.iter().map(|item| public(item, &module.path)));
        let mut items: BTreeMap<String, Item> = items.collect();
        let manifest = manifest::manifest_table(context);
        let mut default_features = BTreeSet::new();
        let no_features = Table::new();
        let features = manifest.get("features").and_then(Value::as_table).unwrap_or(&no_features);
        if !features.is_empty() {
            default_features = enabled(features, "default");
        }
        let named = features.keys().map(String::as_str).filter(|name| *name != "default");
        for name in named.chain(implicit_features(&manifest, features)) {
            let feature = Item { kind: ItemKind::Feature, features: BTreeSet::new() };
            items.insert(format!("feature `{name}`"), feature);
        }
        Self { items, default_features }
    }

    /// Returns whether an item exists in a program with the default features.
    pub fn is_default(&self, item: &Item) -> bool {
        item.features.iter().all(|names| names.iter().any(|name| self.default_features.contains(name)))
    }
}

/// Returns the optional dependencies that are cargo features themselves, because no feature enables them as `dep:NAME`.
fn implicit_features<'m>(manifest: &'m Table, features: &Table) -> BTreeSet<&'m str> {
    let enabled: BTreeSet<&str> =
        features.values().filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect();
    let table = |table: &'m Table, key| table.get(key).and_then(Value::as_table);
    let targets = table(manifest, "target").into_iter().flatten().filter_map(|(_, target)| target.as_table());
    let tables = [manifest].into_iter().chain(targets);
    let dependencies = tables
        .flat_map(|all| ["dependencies", "build-dependencies"].into_iter().filter_map(move |key| table(all, key)));
    let is_optional = |dependency: &Value| dependency.get("optional").and_then(Value::as_bool) == Some(true);
    let names = dependencies.flatten().filter(|(_, dependency)| is_optional(dependency)).map(|(name, _)| name.as_str());
    names.filter(|name| !enabled.contains(format!("dep:{name}").as_str())).collect()
}

/// Returns the features that a feature enables, including itself.
fn enabled(features: &Table, name: &str) -> BTreeSet<String> {
    let mut enabled = BTreeSet::new();
    let mut pending = vec![name.to_owned()];
    while let Some(name) = pending.pop() {
        let Some(Value::Array(others)) = features.get(&name) else { continue };
        if enabled.insert(name) {
            pending.extend(others.iter().filter_map(Value::as_str).map(str::to_owned));
        }
    }
    enabled
}

#[cfg(test)]
mod tests {
    use super::{Table, implicit_features};

    #[test]
    fn an_optional_dependency_is_a_feature_unless_a_feature_enables_it() {
        for (manifest, expected) in [
            ("dependencies.log = { version = '0.4', optional = true }", &["log"][..]),
            ("build-dependencies.log = { version = '0.4', optional = true }", &["log"]),
            ("target.'cfg(unix)'.dependencies.log = { version = '0.4', optional = true }", &["log"]),
            ("dependencies.log = { version = '0.4', optional = true }\nfeatures.logs = ['log']", &["log"]),
            ("dependencies.log = { version = '0.4', optional = true }\nfeatures.logs = ['dep:log']", &[]),
            ("dependencies.log = { version = '0.4', optional = false }", &[]),
            ("dependencies.log = '0.4'", &[]),
        ] {
            let table: Table = manifest.parse().unwrap_or_default();
            let features = table.get("features").and_then(toml::Value::as_table).cloned().unwrap_or_default();
            assert_eq!(Vec::from_iter(implicit_features(&table, &features)), expected, "{manifest}");
        }
    }
}
