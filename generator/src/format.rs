//! Formats Rust items as text.

use std::fmt::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use crate::characters::is_hidden;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::emit::{BLANK, ImplBlock, Item, Module, ModuleTask, NOT_RUST};
use crate::source::Pointer;

/// Emits and formats modules on several threads. Returns the path and the text of each module, in the order of `tasks`.
pub fn format_modules(tasks: &[ModuleTask<'_>]) -> Vec<(String, Result<String, NotRust>)> {
    for_each_module(tasks, |module| (module.path.clone(), format(module)))
}

/// Emits modules and calls a function for each of them, on several threads. Returns the results in the order of `tasks`.
pub fn for_each_module<T: Send + Sync>(tasks: &[ModuleTask<'_>], call: impl Fn(&Module) -> T + Sync) -> Vec<T> {
    /// The minimum number of modules for each thread. Fewer modules are formatted faster than a thread starts.
    const MIN_MODULES_PER_THREAD: usize = 8;
    let max_threads = tasks.len() / MIN_MODULES_PER_THREAD;
    let thread_count = thread::available_parallelism().map_or(1, usize::from).min(max_threads);
    if thread_count < 2 {
        return tasks.iter().map(|task| call(&task())).collect();
    }
    let next_index = AtomicUsize::new(0);
    let results: Vec<OnceLock<_>> = tasks.iter().map(|_| OnceLock::new()).collect();
    thread::scope(|scope| {
        for _ in 0..thread_count {
            scope.spawn(|| {
                while let index = next_index.fetch_add(1, Ordering::Relaxed)
                    && let Some(task) = tasks.get(index)
                {
                    results[index].get_or_init(|| call(&task()));
                }
            });
        }
    });
    results.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// Returns the text of a module.
///
/// # Errors
///
/// Returns an error if a part of the module is not valid Rust, which is a bug of the emitter.
pub fn format(module: &Module) -> Result<String, NotRust> {
    let mut text = String::new();
    // Split at line breaks, because a line break would end the `//!` comment.
    for line in module.docs.iter().flat_map(|line| line.split(['\n', '\r'])) {
        let _ = writeln!(text, "{}", format!("//! {line}").trim_end());
    }
    let mut previous_kind = Kind::Other;
    for item in &module.items {
        let (kind, item) = format_item(item).map_err(|error| NotRust { path: module.path.clone(), ..error })?;
        // There is no blank line within a group of imports, modules, re-exports or attributes, or between a type and a
        // macro call of one line.
        let follows_directly = match kind {
            Kind::Use(_) | Kind::Mod | Kind::PubUse | Kind::Attribute => previous_kind == kind,
            Kind::Call => item.lines().count() == 1 && matches!(previous_kind, Kind::Type | Kind::Call),
            Kind::Type | Kind::Other => false,
        };
        if !text.is_empty() && !follows_directly {
            text.push('\n');
        }
        text.push_str(&item);
        previous_kind = kind;
    }
    // Remove hidden characters. They occur only in comments: literals escape them, and names cannot contain them.
    text.retain(|c| c == '\n' || !is_hidden(c));
    Ok(text)
}

/// The error for a part of a module that is not valid Rust.
#[derive(Debug)]
pub struct NotRust {
    /// The path of the module below `src`.
    pub path: String,
    /// The name of the invalid type, function or method.
    pub name: String,
    /// The invalid text.
    pub text: String,
    /// The message of the parser.
    pub error: String,
}

/// The kind of an item, which determines where blank lines are.
#[derive(PartialEq)]
enum Kind {
    /// An import, with its [group](import_group).
    Use(String),
    PubUse,
    Mod,
    Type,
    /// A macro call.
    Call,
    /// An inner attribute of the module.
    Attribute,
    Other,
}

fn format_item(item: &Item) -> Result<(Kind, String), NotRust> {
    match item {
        Item::Rust(tokens) => format_tokens(tokens),
        Item::Impl(block) => format_tokens(&block.tokens()).map_err(|error| {
            // Report only the first invalid method or constant, with its name.
            let format_alone = |item: &TokenStream| {
                format_tokens(&ImplBlock { head: quote! { impl Alone }, items: vec![item.clone()] }.tokens())
            };
            let first_error = block.items.iter().find_map(|item| Some((item, format_alone(item).err()?)));
            match first_error {
                Some((item, item_error)) => {
                    NotRust { name: format!("{}::{}", error.name, declared_name(item)), ..item_error }
                }
                None => error,
            }
        }),
        Item::Call(call) => {
            // `MacroCall` has already formatted the call. Parse it only to check that it is valid Rust.
            let text = format!("{call}\n");
            match syn::parse_str::<syn::ItemMacro>(&text) {
                Ok(_) => Ok((Kind::Call, text)),
                Err(error) => {
                    Err(NotRust { path: String::new(), name: call.name().to_owned(), text, error: error.to_string() })
                }
            }
        }
    }
}

fn format_tokens(tokens: &TokenStream) -> Result<(Kind, String), NotRust> {
    let to_error =
        |text: String, error: String| NotRust { path: String::new(), name: declared_name(tokens), text, error };
    let file: syn::File =
        syn::parse2(tokens.clone()).map_err(|error| to_error(tokens.to_string(), error.to_string()))?;
    let kind = match file.items.first() {
        Some(syn::Item::Use(item)) if matches!(item.vis, syn::Visibility::Inherited) => Kind::Use(import_group(item)),
        Some(syn::Item::Use(_)) => Kind::PubUse,
        Some(syn::Item::Mod(_)) => Kind::Mod,
        Some(syn::Item::Struct(_) | syn::Item::Enum(_)) => Kind::Type,
        Some(_) => Kind::Other,
        None => Kind::Attribute,
    };
    let text = prettyplease::unparse(&file);
    let blank_line = format!("///{BLANK}");
    if let Some(start) = text.find(NOT_RUST) {
        return Err(to_error(text[start..].lines().next().unwrap_or_default().to_owned(), "not a token".to_owned()));
    }
    let lines = text.lines().map(|line| if line.trim_start() == blank_line { "" } else { line });
    Ok((kind, lines.flat_map(|line| [line, "\n"]).collect()))
}

/// Returns the name of the declared item, or of the type of an impl block.
fn declared_name(tokens: &TokenStream) -> String {
    const DECLARATIONS: [&str; 8] = ["const", "enum", "fn", "impl", "mod", "struct", "type", "use"];
    let identifiers: Vec<String> = tokens
        .clone()
        .into_iter()
        .take_while(|token| !matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace))
        .filter_map(|token| if let TokenTree::Ident(ident) = token { Some(ident.to_string()) } else { None })
        .skip_while(|identifier| !DECLARATIONS.contains(&identifier.as_str()))
        .collect();
    let name = match identifiers.first().map(String::as_str) {
        Some("impl") => identifiers.last(),
        _ => identifiers.get(1),
    };
    name.cloned().unwrap_or_else(|| "the module".to_owned())
}

/// Returns the group of an import: `std`, `crate` or `external`.
fn import_group(item: &syn::ItemUse) -> String {
    let first = match &item.tree {
        syn::UseTree::Path(path) => path.ident.to_string(),
        _ => String::new(),
    };
    match first.as_str() {
        "std" => first,
        "crate" | "self" | "super" => "crate".to_owned(),
        _ => "external".to_owned(),
    }
}

impl NotRust {
    /// Returns the error as a diagnostic.
    pub fn diagnostic(self) -> Diagnostic {
        let Self { path, name, text, error } = self;
        let message = format!("the code generated for `{name}` in `{path}` is invalid Rust ({error}): {text}");
        Diagnostic::error(code::INTERNAL, Location::Value(Pointer::root()), message)
            .help("report this bug in bindery together with the document")
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::format;
    use crate::emit::macro_call::MacroCall;
    use crate::emit::{ImplBlock, Item, Module, tokens};

    #[test]
    fn invalid_rust_is_an_error_with_the_name_of_the_item() {
        let broken = tokens("a \"b");
        let methods = vec![quote! { pub fn list(&self) {} }, quote! { pub fn create(&self) { #broken } }];
        let items = [
            ("Pet", Item::Rust(quote! { #[derive(Debug)] pub struct Pet { id: } })),
            ("Pet", Item::Rust(quote! { impl Page for Pet { type Item = ; } })),
            ("call", Item::Rust(quote! { pub async fn call() { #broken } })),
            ("Pets::create", Item::Impl(ImplBlock { head: quote! { impl Pets }, items: methods })),
            (
                "impl_operation!(CreatePet => Vec<",
                Item::Call(MacroCall::with_argument("impl_operation", "CreatePet => Vec<(")),
            ),
        ];
        for (name, item) in items {
            let module = Module { path: "models/pet.rs".to_owned(), docs: Vec::new(), items: vec![item] };
            let error = format(&module).map_err(|error| error.diagnostic().message).unwrap_err();
            let expected = format!("the code generated for `{name}");
            assert!(error.starts_with(&expected) && error.contains("in `models/pet.rs` is invalid Rust"), "{error}");
        }
    }
}
