//! Full paths of the names in a module.

use std::collections::HashMap;

use proc_macro2::{Delimiter, TokenTree};

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
