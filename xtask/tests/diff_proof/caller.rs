//! Writes a program that uses every public item of a crate.

use std::fmt::Write;

use bindery::surface::{Item, ItemKind, Signature, Surface};

/// Returns the source of a program that uses every item of a crate that exists with these features.
pub fn caller(surface: &Surface, features: &[String]) -> String {
    let mut source = String::from(
        "#![allow(warnings)]\nuse the_crate as krate;\nfn any<T>() -> T { loop {} }\nfn is<T: ?Sized>(_: &T) {}\n",
    );
    let is_enabled = |item: &Item| {
        item.features
            .iter()
            .all(|names| names.iter().any(|name| features.contains(name) || surface.default_features.contains(name)))
    };
    for (index, (path, item)) in surface.items.iter().enumerate() {
        if let Some(code) = is_enabled(item).then(|| use_of(surface, index, path, &item.kind)).flatten() {
            let _ = writeln!(source, "mod item_{index} {{ use super::*; {code} }}");
        }
    }
    source
}

/// Replaces `crate::` by the name of the crate.
fn ty(text: &str, receiver: &str) -> String {
    let text = text.replace("crate::", "krate::");
    text.replace("Self", receiver)
}

fn parent(path: &str) -> (&str, &str) {
    path.rsplit_once("::").unwrap_or(("", path))
}

/// Returns the path of an item in the program.
fn full(path: &str) -> String {
    if path.is_empty() { "krate".to_owned() } else { format!("krate::{path}") }
}

fn use_of(surface: &Surface, index: usize, path: &str, kind: &ItemKind) -> Option<String> {
    let (owner, name) = parent(path);
    Some(match kind {
        ItemKind::Module => format!("use {} as _module;", full(path)),
        ItemKind::Reexport(_) if path.starts_with("runtime") => return None,
        ItemKind::Reexport(_) => format!("use {} as _item;", full(path)),
        ItemKind::Trait => format!("use {} as _item;", full(path)),
        ItemKind::Feature => return None,
        ItemKind::Alias(_) => format!("fn f(value: {}) {{}}", full(path)),
        ItemKind::Constant(of) => format!("fn f() {{ let _: {} = {}; }}", ty(of, &full(owner)), full(path)),
        ItemKind::Struct(false) => format!("fn f(value: &{}) {{}}", full(path)),
        ItemKind::Struct(true) => {
            let fields = fields(surface, path);
            if fields.is_empty() {
                return Some(format!("fn f(value: &{}) {{}}", full(path)));
            }
            let values: Vec<String> = fields.iter().map(|field| format!("{field}: any()")).collect();
            format!("fn f() -> {} {{ {} {{ {} }} }}", full(path), full(path), values.join(", "))
        }
        ItemKind::Field(of) => {
            format!("fn f(value: &{}) {{ let _: &{} = &value.{name}; }}", full(owner), ty(of, &full(owner)))
        }
        ItemKind::Enum(false) => format!("fn f(value: &{}) {{}}", full(path)),
        ItemKind::Enum(true) => {
            let prefix = format!("{path}::");
            let variants = surface.items.iter().filter_map(|(path, item)| match &item.kind {
                ItemKind::Variant(types) => Some((path.strip_prefix(&prefix)?, types.len())),
                _ => None,
            });
            let arms: Vec<String> = variants
                .map(|(name, count)| match count {
                    0 => format!("{}::{name} => {{}}", full(path)),
                    _ => format!("{}::{name}(..) => {{}}", full(path)),
                })
                .collect();
            format!("fn f(value: {}) {{ match value {{ {} }} }}", full(path), arms.join(", "))
        }
        ItemKind::Variant(types) if types.is_empty() => format!("fn f() -> {} {{ {} }}", full(owner), full(path)),
        ItemKind::Variant(types) => {
            let values: Vec<String> = types.iter().map(|of| format!("any::<{}>()", ty(of, &full(owner)))).collect();
            format!("fn f() -> {} {{ {}({}) }}", full(owner), full(path), values.join(", "))
        }
        ItemKind::Function(signature) => function(surface, index, path, signature)?,
        ItemKind::Implementation(types) => implementation(path, types)?,
    })
}

fn fields<'a>(surface: &'a Surface, path: &str) -> Vec<&'a str> {
    let prefix = format!("{path}::");
    let fields = surface.items.iter().filter(|(_, item)| matches!(item.kind, ItemKind::Field(_)));
    fields.filter_map(|(path, _)| path.strip_prefix(&prefix)).collect()
}

fn function(surface: &Surface, index: usize, path: &str, signature: &Signature) -> Option<String> {
    let (owner, name) = parent(path.trim_end_matches("()"));
    if owner.starts_with("runtime") {
        return None;
    }
    let is_trait = surface.items.get(owner).is_some_and(|item| item.kind == ItemKind::Trait);
    let receiver = if is_trait { "krate::Response<()>".to_owned() } else { full(owner) };
    let mut declarations = String::new();
    let mut arguments = Vec::new();
    for (number, (_, of)) in signature.arguments.iter().enumerate() {
        let of = ty(of, &receiver);
        arguments.push(argument(&of, &format!("Given{index}x{number}"), &mut declarations));
    }
    let parameters = match signature.receiver.as_str() {
        "" => String::new(),
        "&self" => format!("this: &{receiver}"),
        "&mut self" => format!("this: &mut {receiver}"),
        _ => format!("this: {receiver}"),
    };
    let this = (!signature.receiver.is_empty()).then(|| "this".to_owned());
    let arguments: Vec<String> = this.into_iter().chain(arguments).collect();
    let function = match (
        is_trait,
        owner.is_empty() || surface.items.get(owner).is_some_and(|item| item.kind == ItemKind::Module),
    ) {
        (true, _) => format!("{}::{name}", full(owner)),
        (_, true) => full(&format!("{owner}::{name}")),
        _ => format!("<{receiver}>::{name}"),
    };
    let result = match ty(&signature.result, &receiver) {
        result if result.is_empty() => "()".to_owned(),
        result => result,
    };
    let (generics, bounds) = (ty(&signature.generics, &receiver), ty(&signature.bounds, &receiver));
    let asyncness = if signature.is_async { "async " } else { "" };
    let wait = if signature.is_async { ".await" } else { "" };
    Some(format!(
        "{declarations} {asyncness}fn f{generics}({parameters}) -> {result} {bounds} {{ {function}({}){wait} }}",
        arguments.join(", ")
    ))
}

/// Returns an expression for an argument. For `impl Into<T>`, it is a value of a type of the program, so that a different `T` does
/// not compile.
fn argument(of: &str, name: &str, declarations: &mut String) -> String {
    if let Some(target) = of.strip_prefix("impl Into<").and_then(|of| of.strip_suffix('>')) {
        // The runtime implements `From` for all types that can be converted, so a program cannot.
        if ["Nullable<", "StringOr<", "AnyJson"].iter().any(|name| target.contains(name)) || target.contains("Into<") {
            return format!("any::<{target}>()");
        }
        let _ = write!(
            declarations,
            "struct {name}; impl From<{name}> for {target} {{ fn from(_: {name}) -> Self {{ loop {{}} }} }}"
        );
        return name.to_owned();
    }
    if let Some(item) = of.strip_prefix("impl IntoIterator<Item=").and_then(|of| of.strip_suffix('>')) {
        let item = item.strip_prefix("impl Into<").and_then(|item| item.strip_suffix('>')).unwrap_or(item);
        return format!("any::<Vec<{item}>>()");
    }
    if let Some(inner) = of.strip_prefix("Option<").filter(|of| of.contains("impl ")) {
        return format!("Some({})", argument(inner.strip_suffix('>').unwrap_or(inner), name, declarations));
    }
    if of.starts_with("impl ") { panic!("no expression for `{of}`") } else { format!("any::<{of}>()") }
}

fn implementation(path: &str, types: &[String]) -> Option<String> {
    let (of, of_trait) = path.split_once(": ")?;
    if of.contains("::runtime") || of.starts_with("runtime") || of.contains('<') || of.starts_with("http") {
        return None;
    }
    let of = full(of);
    let bound = match of_trait {
        "Clone" | "Copy" | "Default" | "PartialEq" | "Eq" | "PartialOrd" | "Ord" => of_trait.to_owned(),
        "Debug" | "Display" => format!("std::fmt::{of_trait}"),
        "Hash" => "std::hash::Hash".to_owned(),
        "serde::Serialize" => "serde_core::Serialize".to_owned(),
        "serde::Deserialize" => "serde_core::de::DeserializeOwned".to_owned(),
        "IntoFuture" => {
            let output = ty(types.first()?.trim_start_matches("Output = "), &of);
            return Some(format!("async fn f(value: {of}) -> Result<{output}, krate::Error> {{ value.await }}"));
        }
        other if other.ends_with("::Paginated") => {
            return Some(format!("fn f(value: {of}) {{ let _ = value.stream(); }}"));
        }
        other if other.starts_with("From<") || other.starts_with("TryFrom<") => ty(other, &of),
        _ => return None,
    };
    Some(format!("fn bound<T: {bound}>() {{}} fn f() {{ bound::<{of}>() }}"))
}
