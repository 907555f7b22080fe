//! Formats Rust items as text.

use std::fmt::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proc_macro2::TokenStream;

use crate::characters::is_hidden;
use crate::diagnostics::{Diagnostic, Place, code};
use crate::emit::{BLANK, Item, Module, NOT_RUST, Sketch};
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

/// The text of a module, or the items that are no Rust, which would be a mistake of the emitter.
pub fn format(module: &Module) -> Result<String, NotRust> {
    let mut text = String::new();
    // A line break in a text would end the comment and begin code.
    for line in module.docs.iter().flat_map(|line| line.split(['\n', '\r'])) {
        let _ = writeln!(text, "{}", format!("//! {line}").trim_end());
    }
    let mut above = Kind::Other;
    for item in &module.items {
        let (kind, item) = match item {
            Item::Macro(lines) => (Kind::Call, call(lines.join("\n") + "\n")?),
            Item::Rust(tokens) => layout(tokens)?,
        };
        // Imports stand together, and so do declarations of modules; a macro call stands behind what it is about.
        let together = match kind {
            Kind::Use(_) | Kind::Mod | Kind::PubUse => above == kind,
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

/// What the emitter has made and the compiler would not take.
#[derive(Debug)]
pub struct NotRust {
    /// The tokens.
    pub tokens: String,
    /// Why not.
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
    Other,
}

/// Returns the text of a macro call, if it is Rust.
fn call(text: String) -> Result<String, NotRust> {
    match text.parse::<TokenStream>() {
        Ok(_) => Ok(text),
        Err(error) => Err(NotRust { tokens: text, error: error.to_string() }),
    }
}

fn layout(tokens: &TokenStream) -> Result<(Kind, String), NotRust> {
    let item: syn::Item = syn::parse2(tokens.clone())
        .map_err(|error| NotRust { tokens: tokens.to_string(), error: error.to_string() })?;
    let kind = match &item {
        syn::Item::Use(item) if matches!(item.vis, syn::Visibility::Inherited) => Kind::Use(group(item)),
        syn::Item::Use(_) => Kind::PubUse,
        syn::Item::Mod(_) => Kind::Mod,
        syn::Item::Struct(_) | syn::Item::Enum(_) => Kind::Type,
        _ => Kind::Other,
    };
    let text =
        prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] });
    let blank = format!("///{BLANK}");
    if let Some(start) = text.find(NOT_RUST) {
        let tokens = text[start..].lines().next().unwrap_or_default().to_owned();
        return Err(NotRust { tokens, error: "not a token".to_owned() });
    }
    let lines = text.lines().map(|line| if line.trim_start() == blank { "" } else { line });
    Ok((kind, lines.flat_map(|line| [line, "\n"]).collect()))
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
        let message = format!("the generator produced invalid Rust ({}): {}", self.error, self.tokens);
        Diagnostic::error(code::INTERNAL, Place::Value(Pointer::root()), message)
            .help("report this bug in bindery together with the document")
    }
}
