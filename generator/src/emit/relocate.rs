//! Adapts the modules of a crate with its own runtime to the other kinds of output.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;

use super::imports::Imports;
use super::{Item, Module};

/// The crate with a shared runtime, as an identifier.
pub const RUNTIME_CRATE: &str = "bindery_runtime";

/// The features of the generated crate that a module keeps. The others are the features of resources.
const KEPT_FEATURES: [&str; 4] = ["axum", "blocking", "test-util", "webhooks"];

/// Imports the macros of a shared runtime. In a crate with its own runtime, they are in scope everywhere.
pub fn import_macros(module: &mut Module) {
    let mut imports = Imports::default();
    for call in module.items.iter().filter_map(|item| if let Item::Call(call) = item { Some(call) } else { None }) {
        imports.add(RUNTIME_CRATE, call.macro_name());
        // These macros call `impl_deserialize`, which must also be in scope.
        if matches!(
            call.macro_name(),
            "impl_model" | "impl_newtype" | "impl_string_enum" | "impl_union" | "impl_value_enum" | "impl_wrapper"
        ) {
            imports.add(RUNTIME_CRATE, "impl_deserialize");
        }
    }
    // The imports of a module are its first items, and those from other crates come before those from this crate.
    let external_count = module.items.iter().take_while(|item| is_external_import(item)).count();
    module.items.splice(external_count..external_count, imports.items());
}

fn is_external_import(item: &Item) -> bool {
    let Item::Rust(tokens) = item else { return false };
    let mut tokens = tokens.clone().into_iter().map(|token| token.to_string());
    tokens.next().as_deref() == Some("use") && tokens.next().as_deref() != Some("crate")
}

/// Makes the paths of a module relative, so that the root of the generated code can be any module of a crate.
pub fn make_relative(module: &mut Module) {
    let depth = module.path.split('/').filter(|part| *part != "mod.rs").count();
    let root = match depth {
        0 => "self".to_owned(),
        depth => vec!["super"; depth].join("::"),
    };
    for line in &mut module.docs {
        *line = relative_docs(line, &root);
    }
    for item in &mut module.items {
        match item {
            Item::Rust(tokens) => *tokens = relative(tokens.clone(), &root),
            Item::Impl(block) => {
                block.head = relative(block.head.clone(), &root);
                block.items.iter_mut().for_each(|item| *item = relative(item.clone(), &root));
            }
            Item::Call(call) => call.replace("crate::", &format!("{root}::")),
        }
    }
}

fn relative(tokens: TokenStream, root: &str) -> TokenStream {
    let mut output = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "crate" && is_punct(tokens.peek(), ':') => {
                let parts: Vec<_> = root.split("::").map(|part| Ident::new(part, Span::call_site())).collect();
                output.extend(quote! { #(#parts)::* });
            }
            TokenTree::Punct(punct) if punct.as_char() == '#' => match tokens.peek() {
                Some(TokenTree::Group(group)) if is_resource_feature(group) => drop(tokens.next()),
                _ => output.push(punct.into()),
            },
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket && starts_with(&group, "doc") => {
                let docs = group.stream().into_iter().map(|token| match token {
                    TokenTree::Literal(literal) => literal_docs(literal, root).into(),
                    token => token,
                });
                output.push(Group::new(Delimiter::Bracket, docs.collect()).into());
            }
            TokenTree::Group(group) => {
                let mut new_group = Group::new(group.delimiter(), relative(group.stream(), root));
                new_group.set_span(group.span());
                output.push(new_group.into());
            }
            token => output.push(token),
        }
    }
    output.into_iter().collect()
}

fn is_punct(token: Option<&TokenTree>, c: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == c)
}

fn starts_with(group: &Group, name: &str) -> bool {
    matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == name)
}

/// Returns whether a group is the content of `#[cfg(feature = "…")]` for resources. A module has no such features.
fn is_resource_feature(group: &Group) -> bool {
    if !starts_with(group, "cfg") {
        return false;
    }
    let text = group.stream().to_string();
    text.contains("feature") && !KEPT_FEATURES.iter().any(|feature| text.contains(&format!("\"{feature}\"")))
}

fn literal_docs(literal: Literal, root: &str) -> Literal {
    let text = literal.to_string();
    let new_text = relative_docs(&text, root);
    if new_text == text { literal } else { new_text.parse().unwrap_or(literal) }
}

/// Makes links relative. Examples are not compiled, because the path of the module is not known.
fn relative_docs(text: &str, root: &str) -> String {
    text.replace("](crate::", &format!("]({root}::")).replace("```no_run", "```ignore")
}
