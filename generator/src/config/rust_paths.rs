//! The paths of Rust types and macros in codegen.toml.

use std::collections::BTreeSet;

use syn::{GenericArgument, Path, PathArguments, Type, TypePath};

use crate::config::{Config, Output, Spanned};

impl Config {
    /// Returns the paths of Rust types and macros in codegen.toml.
    pub fn rust_paths(&self) -> impl Iterator<Item = &Spanned<String>> {
        let formats = self.formats.values().filter(|ty| !FORMAT_TYPES.contains(&ty.get_ref().as_str()));
        let schemas = self.types.schemas.iter().flat_map(|schema| schema.replace.iter().chain(&schema.derives));
        formats.chain(&self.types.derives).chain(schemas)
    }
}

/// The names of the types that a format can have, besides the paths of Rust types.
pub const FORMAT_TYPES: [&str; 15] = [
    "any",
    "boolean",
    "bytes",
    "date",
    "date-time",
    "double",
    "duration",
    "float",
    "int32",
    "int64",
    "text",
    "uint32",
    "uint64",
    "uri",
    "uuid",
];

/// Returns whether a text is the path of a type: a path that begins with a crate, or a type that is always in scope. The same
/// holds for its type arguments.
pub(super) fn is_type(text: &str, output: Output) -> bool {
    syn::parse_str::<TypePath>(text).is_ok_and(|ty| is_in_scope(&ty.path, output))
}

fn is_in_scope(path: &Path, output: Output) -> bool {
    let types = path.segments.iter().flat_map(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().collect(),
        _ => Vec::new(),
    });
    let types: Vec<&Type> =
        types.filter_map(|it| if let GenericArgument::Type(ty) = it { Some(ty) } else { None }).collect();
    let is_known = match path.segments.first() {
        Some(first) if path.segments.len() == 1 => {
            let names: &[&str] = if types.is_empty() { &PRELUDE_TYPES } else { &["Box", "Option", "Vec"] };
            path.leading_colon.is_none() && types.len() < 2 && names.iter().any(|name| first.ident == name)
        }
        _ => begins_with_crate(path, output),
    };
    is_known && types.into_iter().all(|ty| is_argument_in_scope(ty, output))
}

fn is_argument_in_scope(ty: &Type, output: Output) -> bool {
    match ty {
        Type::Path(ty) => ty.path.is_ident("str") || is_in_scope(&ty.path, output),
        Type::Array(array) => is_argument_in_scope(&array.elem, output),
        Type::Slice(slice) => is_argument_in_scope(&slice.elem, output),
        Type::Tuple(tuple) => tuple.elems.iter().all(|ty| is_argument_in_scope(ty, output)),
        _ => true,
    }
}

/// Returns whether a path of several segments begins with a crate. Only a generated module is in a crate with other types.
fn begins_with_crate(path: &Path, output: Output) -> bool {
    let Some(first) = path.segments.first() else { return false };
    !["Self", "crate", "self", "super"].iter().any(|name| first.ident == name)
        || output == Output::Module && (first.ident == "crate" || first.ident == "super")
}

/// Returns whether a text is the path of a derive macro: a path that begins with a crate, or a macro that is always in scope.
pub(super) fn is_derive(text: &str, output: Output) -> bool {
    const PRELUDE_DERIVES: [&str; 9] =
        ["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];
    syn::parse_str::<Path>(text).is_ok_and(|path| match path.get_ident() {
        Some(name) => PRELUDE_DERIVES.iter().any(|derive| name == derive),
        None => {
            path.segments.len() > 1
                && path.segments.iter().all(|segment| segment.arguments.is_none())
                && begins_with_crate(&path, output)
        }
    })
}

/// Returns the last name of a path, such as `JsonSchema` of `schemars::JsonSchema`.
pub fn last_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or_default().trim()
}

/// The traits that every type of strings with constraints derives or implements.
pub const STRING_TRAITS: [&str; 7] = ["Clone", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];

/// Returns whether derives that codegen.toml adds to a type of strings with constraints make it a struct of its own. Otherwise, it is an
/// alias of the runtime's `StringOf`.
pub fn need_string_struct(derives: &[String]) -> bool {
    derives.iter().any(|path| !STRING_TRAITS.contains(&last_name(path)))
}

/// The types without parameters that are in scope in every file.
const PRELUDE_TYPES: [&str; 17] = [
    "String", "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32", "u64",
    "u8", "usize",
];

/// Returns the names of the crates that a path uses, also in its type parameters. The standard library and the crate itself are
/// left out.
pub fn crates(text: &str) -> BTreeSet<String> {
    let mut crates = BTreeSet::new();
    if let Ok(path) = syn::parse_str::<Path>(text) {
        collect_crates(&path, &mut crates);
    }
    crates
}

fn collect_crates(path: &Path, crates: &mut BTreeSet<String>) {
    const OWN: [&str; 6] = ["alloc", "core", "crate", "self", "std", "super"];
    if let Some(first) = path.segments.first().filter(|_| path.segments.len() > 1) {
        let name = first.ident.to_string();
        crates.extend(Some(name).filter(|name| !OWN.contains(&name.as_str())));
    }
    for segment in &path.segments {
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else { continue };
        for argument in &arguments.args {
            if let GenericArgument::Type(Type::Path(ty)) = argument {
                collect_crates(&ty.path, crates);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::need_string_struct;

    #[test]
    fn only_derives_that_a_string_type_lacks_need_a_struct() {
        for (derives, expected) in [
            (&[][..], false),
            (&["Eq", "std::hash::Hash"], false),
            (&["schemars::JsonSchema"], true),
            (&["Hash", "schemars::JsonSchema"], true),
        ] {
            let paths: Vec<String> = derives.iter().map(|path: &&str| (*path).to_owned()).collect();
            assert_eq!(need_string_struct(&paths), expected, "{derives:?}");
        }
    }
}
