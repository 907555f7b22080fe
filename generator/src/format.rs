//! Formats Rust items as text.

use std::fmt::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use crate::characters::is_hidden;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::emit::{BLANK, ImplBlock, Item, Module, NOT_RUST, Sketch};
use crate::source::Pointer;

/// The path and the text of each module, in their order. They are emitted and laid out by as many threads as there is
/// work for.
pub fn all(sketches: &[Sketch<'_>]) -> Vec<(String, Result<String, NotRust>)> {
    /// So many modules are done before a thread would have begun.
    const FEW: usize = 8;
    let done = |sketch: &Sketch<'_>| {
        let module = sketch();
        let text = format(&module);
        (module.path, text)
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(sketches.len() / FEW);
    if threads < 2 {
        return sketches.iter().map(done).collect();
    }
    let next = AtomicUsize::new(0);
    let texts: Vec<OnceLock<_>> = sketches.iter().map(|_| OnceLock::new()).collect();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let index = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(sketch) = sketches.get(index)
                {
                    texts[index].get_or_init(|| done(sketch));
                }
            });
        }
    });
    texts.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// Returns the text of a module.
///
/// # Errors
///
/// A part of it is not Rust, which is a mistake of the emitter.
pub fn format(module: &Module) -> Result<String, NotRust> {
    let mut text = String::new();
    // A line break in a text would end the comment and begin code.
    for line in module.docs.iter().flat_map(|line| line.split(['\n', '\r'])) {
        let _ = writeln!(text, "{}", format!("//! {line}").trim_end());
    }
    let mut above = Kind::Other;
    for item in &module.items {
        let (kind, item) = layout_item(item).map_err(|error| NotRust { path: module.path.clone(), ..error })?;
        // Imports stand together, and so do declarations of modules; a macro call stands behind what it is about.
        let together = match kind {
            Kind::Use(_) | Kind::Mod | Kind::PubUse | Kind::Attribute => above == kind,
            Kind::Call => item.lines().count() == 1 && matches!(above, Kind::Type | Kind::Call),
            Kind::Type | Kind::Other => false,
        };
        if !text.is_empty() && !together {
            text.push('\n');
        }
        text.push_str(&item);
        above = kind;
    }
    // In literals they are escapes, and in names there are none.
    text.retain(|c| c == '\n' || !is_hidden(c));
    Ok(text)
}

/// A part of a module that the emitter has made and that is not Rust.
#[derive(Debug)]
pub struct NotRust {
    /// The path of the module below `src`.
    pub path: String,
    /// The name of the type, function or method.
    pub name: String,
    /// The text.
    pub text: String,
    /// What the parser reports.
    pub error: String,
}

#[derive(PartialEq)]
enum Kind {
    /// An import, by the group it belongs to.
    Use(String),
    PubUse,
    Mod,
    Type,
    Call,
    /// An inner attribute of the module.
    Attribute,
    Other,
}

fn layout_item(item: &Item) -> Result<(Kind, String), NotRust> {
    match item {
        Item::Rust(tokens) => layout(tokens),
        Item::Impl(block) => layout(&block.tokens()).map_err(|error| {
            // The first item that is not Rust on its own has a name that tells more.
            let alone = |item: &TokenStream| {
                layout(&ImplBlock { head: quote! { impl Alone }, items: vec![item.clone()] }.tokens())
            };
            let first = block.items.iter().find_map(|item| Some((item, alone(item).err()?)));
            match first {
                Some((item, of_item)) => NotRust { name: format!("{}::{}", error.name, name_in(item)), ..of_item },
                None => error,
            }
        }),
        Item::Call(call) => {
            // The text is kept: no formatter lays out the arguments of a macro.
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

fn layout(tokens: &TokenStream) -> Result<(Kind, String), NotRust> {
    let not_rust = |text: String, error: String| NotRust { path: String::new(), name: name_in(tokens), text, error };
    let file: syn::File =
        syn::parse2(tokens.clone()).map_err(|error| not_rust(tokens.to_string(), error.to_string()))?;
    let kind = match file.items.first() {
        Some(syn::Item::Use(item)) if matches!(item.vis, syn::Visibility::Inherited) => Kind::Use(group(item)),
        Some(syn::Item::Use(_)) => Kind::PubUse,
        Some(syn::Item::Mod(_)) => Kind::Mod,
        Some(syn::Item::Struct(_) | syn::Item::Enum(_)) => Kind::Type,
        Some(_) => Kind::Other,
        None => Kind::Attribute,
    };
    let text = prettyplease::unparse(&file);
    let blank = format!("///{BLANK}");
    if let Some(start) = text.find(NOT_RUST) {
        return Err(not_rust(text[start..].lines().next().unwrap_or_default().to_owned(), "not a token".to_owned()));
    }
    let lines = text.lines().map(|line| if line.trim_start() == blank { "" } else { line });
    Ok((kind, lines.flat_map(|line| [line, "\n"]).collect()))
}

/// Returns the name of what some tokens declare or implement something for: the identifier behind the first keyword, or
/// the last one before the braces of an impl block.
fn name_in(tokens: &TokenStream) -> String {
    const DECLARATIONS: [&str; 8] = ["const", "enum", "fn", "impl", "mod", "struct", "type", "use"];
    let words: Vec<String> = tokens
        .clone()
        .into_iter()
        .take_while(|token| !matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace))
        .filter_map(|token| if let TokenTree::Ident(word) = token { Some(word.to_string()) } else { None })
        .skip_while(|word| !DECLARATIONS.contains(&word.as_str()))
        .collect();
    let name = match words.first().map(String::as_str) {
        Some("impl") => words.last(),
        _ => words.get(1),
    };
    name.cloned().unwrap_or_else(|| "the module".to_owned())
}

fn group(item: &syn::ItemUse) -> String {
    let first = match &item.tree {
        syn::UseTree::Path(path) => path.ident.to_string(),
        _ => String::new(),
    };
    match first.as_str() {
        "std" | "crate" => first,
        _ => "external".to_owned(),
    }
}

impl NotRust {
    /// The mistake as a diagnostic.
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
    fn text_that_is_not_rust_is_an_error_that_names_it() {
        let broken = tokens("a \"b");
        let methods = vec![quote! { pub fn list(&self) {} }, quote! { pub fn create(&self) { #broken } }];
        let items = [
            ("Pet", Item::Rust(quote! { #[derive(Debug)] pub struct Pet { id: } })),
            ("Pet", Item::Rust(quote! { impl Page for Pet { type Item = ; } })),
            ("call", Item::Rust(quote! { pub async fn call() { #broken } })),
            ("Pets::create", Item::Impl(ImplBlock { head: quote! { impl Pets }, items: methods })),
            ("impl_request!(CreatePet => Vec<", Item::Call(MacroCall::of("impl_request", "CreatePet => Vec<("))),
        ];
        for (name, item) in items {
            let module = Module { path: "models/pet.rs".to_owned(), docs: Vec::new(), items: vec![item] };
            let error = format(&module).map_err(|error| error.diagnostic().message).unwrap_err();
            let expected = format!("the code generated for `{name}");
            assert!(error.starts_with(&expected) && error.contains("in `models/pet.rs` is invalid Rust"), "{error}");
        }
    }
}
