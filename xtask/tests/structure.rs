//! Checks the structure of the source files. No files of a crate import each other in a circle, and files and functions
//! are short.
//!
//! A file may import the items of its parent module, and a `mod.rs` may use its own children. An import of an item that
//! a `mod.rs` re-exports counts as an import of the file that declares the item.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bindery::fileset::is_generated;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The path of a module from the root of its crate.
type Module = Vec<String>;

const CRATES: [&str; 6] = ["generator", "generator/cli", "generator/mock", "generator/runtime", "generated", "xtask"];

#[test]
fn no_files_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for folder in CRATES {
        let files = modules(&root.join(folder).join("src"));
        assert!(files.len() > 5, "{folder} must have files");
        let circle = circle(imports(&files));
        assert!(circle.is_empty(), "files of {folder} import each other in a circle:\n{}", circle.join("\n"));
    }
}

#[test]
fn circular_imports_are_detected() {
    let source = |name: &str, text: &str| (vec![name.to_owned()], text.parse::<TokenStream>().unwrap());
    let root = (Module::new(), "pub use first::One; mod first; mod second;".parse().unwrap());
    let second = "fn call() { crate::One::call() }";
    for (first, is_circle) in [("use crate::second::Two; pub struct One;", true), ("pub struct One;", false)] {
        let files = BTreeMap::from([root.clone(), source("first", first), source("second", second)]);
        assert_eq!(!circle(imports(&files)).is_empty(), is_circle, "{first}");
    }
}

/// The maximum number of lines of a file.
const MAX_FILE_LINES: usize = 450;

/// The maximum number of lines of a function.
const MAX_FUNCTION_LINES: usize = 80;

#[test]
fn files_and_functions_are_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut too_long = Vec::new();
    for path in CRATES.iter().flat_map(|folder| FOLDERS.map(|name| root.join(folder).join(name))) {
        for file in source_files(&path) {
            let text = fs::read_to_string(&file).unwrap();
            if !is_generated(&text) {
                let name = file.strip_prefix(root).unwrap().display().to_string();
                too_long.extend(too_long_items(&text).into_iter().map(|item| format!("{name}: {item}")));
            }
        }
    }
    assert!(too_long.is_empty(), "too long:\n{}", too_long.join("\n"));
}

#[test]
fn long_files_and_functions_are_detected() {
    let function =
        |lines: usize| format!("impl A {{\n    pub(crate) fn b(\n    ) {{\n{}    }}\n}}\n", "\n".repeat(lines - 3));
    assert_eq!(too_long_items(&function(MAX_FUNCTION_LINES)), Vec::<String>::new());
    assert_eq!(too_long_items(&function(MAX_FUNCTION_LINES + 1)), ["the function `b` has 81 lines"]);
    assert_eq!(too_long_items(&"\n".repeat(MAX_FILE_LINES + 1)), ["the file has 451 lines"]);
}

/// The folders of a crate with source files.
const FOLDERS: [&str; 4] = ["src", "tests", "benches", "examples"];

/// Returns the Rust files in a folder and its subfolders, if the folder exists.
fn source_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { source_files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Returns a description of a file and of each of its functions that is too long. The file must be formatted by
/// rustfmt, because the closing brace of a function must have the same indentation as its first line.
fn too_long_items(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut long = Vec::new();
    if lines.len() > MAX_FILE_LINES {
        long.push(format!("the file has {} lines", lines.len()));
    }
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indentation = &line[..line.len() - line.trim_start().len()];
        let closing_brace = format!("{indentation}}}");
        let signature_end = lines[start..].iter().position(|line| line.ends_with(['{', '}', ';'])).unwrap_or_default();
        if lines[start + signature_end].ends_with('{') {
            let length = lines[start..].iter().position(|line| *line == closing_brace).map_or(0, |end| end + 1);
            if length > MAX_FUNCTION_LINES {
                long.push(format!("the function `{name}` has {length} lines"));
            }
        }
    }
    long
}

/// Returns the name of a function, if the line is the first line of a function.
fn function_name(line: &str) -> Option<&str> {
    let (qualifiers, signature) =
        line.trim_start().split_once("fn ").filter(|_| !line.trim_start().starts_with("//"))?;
    let is_qualifier = |word: &str| matches!(word, "pub" | "const" | "async") || word.starts_with("pub(");
    let name = signature.split(['(', '<']).next()?;
    qualifiers.split_whitespace().all(is_qualifier).then_some(name)
}

/// Returns the tokens of each file in a folder. Unit tests are left out, because a test may import any file.
fn modules(source: &Path) -> BTreeMap<Module, TokenStream> {
    let mut modules = BTreeMap::new();
    let mut folders: Vec<(PathBuf, Module)> = vec![(source.to_owned(), Module::new())];
    while let Some((folder, above)) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let child_module = |name: &str| above.iter().cloned().chain([name.to_owned()]).collect::<Module>();
            if path.is_dir() && stem != "tests" {
                folders.push((path, child_module(&stem)));
            } else if path.extension().is_some_and(|extension| extension == "rs") && stem != "tests" {
                let module = if matches!(stem.as_str(), "mod" | "lib") { above.clone() } else { child_module(&stem) };
                modules.insert(module, fs::read_to_string(&path).unwrap().parse().unwrap());
            }
        }
    }
    modules
}

/// Returns the modules that each module imports, without its children.
fn imports(files: &BTreeMap<Module, TokenStream>) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut paths = BTreeMap::new();
    let mut exports: BTreeMap<Module, Module> = BTreeMap::new();
    for (module, tokens) in files {
        let mut imports = Vec::new();
        collect_imports(tokens.clone(), &mut imports);
        for import in &imports {
            if let (true, Some(target)) = (import.is_exported, absolute_path(module, &import.segments, files)) {
                exports.insert(module.iter().chain(import.segments.last()).cloned().collect(), target);
            }
        }
        paths.insert(module.clone(), imports);
    }
    let declaring_module = |mut path: Module| {
        for _ in 0..4 {
            let exported_length = (0..=path.len()).rev().find(|length| exports.contains_key(&path[..*length]));
            let Some(length) = exported_length else { break };
            path = exports[&path[..length]].iter().chain(&path[length..]).cloned().collect();
        }
        while !files.contains_key(&path) && path.pop().is_some() {}
        path
    };
    let edges = paths.into_iter().map(|(module, paths)| {
        let targets =
            paths.iter().filter_map(|path| absolute_path(&module, &path.segments, files)).map(declaring_module);
        let imported = targets.filter(|target| !target.starts_with(&module)).collect();
        (module, imported)
    });
    edges.collect()
}

struct Import {
    segments: Module,
    is_exported: bool,
}

/// Collects the paths in `use` items and in code.
fn collect_imports(tokens: TokenStream, imports: &mut Vec<Import>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut position = 0;
    while position < tokens.len() {
        let word = word(&tokens, position);
        match &tokens[position] {
            TokenTree::Ident(_) if word == "mod" && self::word(&tokens, position + 1) == "tests" => position += 2,
            TokenTree::Ident(_) if word == "use" => {
                let is_exported =
                    position > 0 && (is_group(&tokens[position - 1]) || self::word(&tokens, position - 1) == "pub");
                let mut paths = Vec::new();
                position = read_paths(&tokens, position + 1, &Module::new(), &mut paths);
                imports.extend(paths.into_iter().map(|segments| Import { segments, is_exported }));
            }
            TokenTree::Ident(_) => {
                let mut paths = Vec::new();
                position = read_paths(&tokens, position, &Module::new(), &mut paths);
                paths.retain(|segments| segments.len() > 1);
                imports.extend(paths.into_iter().map(|segments| Import { segments, is_exported: false }));
                continue;
            }
            TokenTree::Group(group) => collect_imports(group.stream(), imports),
            _ => {}
        }
        position += 1;
    }
}

/// Reads a path or a tree of paths, and returns the position after it.
fn read_paths(tokens: &[TokenTree], mut position: usize, prefix: &Module, paths: &mut Vec<Module>) -> usize {
    let mut path = prefix.clone();
    loop {
        match tokens.get(position) {
            Some(TokenTree::Ident(ident)) => {
                path.push(ident.to_string());
                position += 1;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut inner_position = 0;
                while inner_position < inner.len() {
                    inner_position = read_paths(&inner, inner_position, &path, paths).max(inner_position + 1);
                }
                return position + 1;
            }
            _ => break,
        }
        let is_colon =
            |index: usize| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        if !(is_colon(position) && is_colon(position + 1)) {
            break;
        }
        position += 2;
    }
    if path.len() > prefix.len() {
        paths.push(path);
    }
    position
}

/// Returns the identifier at a position, or an empty string.
fn word(tokens: &[TokenTree], position: usize) -> String {
    if let Some(TokenTree::Ident(ident)) = tokens.get(position) { ident.to_string() } else { String::new() }
}

fn is_group(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// Returns a path from the root of the crate. Returns `None` if the path leads to another crate.
fn absolute_path(module: &Module, path: &[String], files: &BTreeMap<Module, TokenStream>) -> Option<Module> {
    let super_count = path.iter().take_while(|segment| *segment == "super").count();
    let base = match path.first()?.as_str() {
        "crate" => return Some(path[1..].to_vec()),
        "self" => return Some(module.iter().chain(&path[1..]).cloned().collect()),
        "super" => &module[..module.len().checked_sub(super_count)?],
        first => {
            let child: Module = module.iter().cloned().chain([first.to_owned()]).collect();
            if !files.contains_key(&child) {
                return None;
            }
            module
        }
    };
    Some(base.iter().chain(&path[super_count..]).cloned().collect())
}

/// Returns the imports that are part of a circle.
fn circle(mut imports: BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    loop {
        let modules: BTreeSet<Module> = imports.keys().cloned().collect();
        let count = imports.len();
        let imported: BTreeSet<Module> = imports.values().flatten().cloned().collect();
        imports.retain(|module, targets| {
            targets.retain(|target| modules.contains(target));
            !targets.is_empty() && imported.contains(module)
        });
        if imports.len() == count {
            break;
        }
    }
    let name = |module: &Module| module.join("/");
    let lines = imports
        .iter()
        .flat_map(|(from, targets)| targets.iter().map(move |to| format!("{} -> {}", name(from), name(to))));
    lines.collect()
}
