//! No files of a crate import each other in a circle.
//!
//! A file may import what its parent has, and a `mod.rs` may use its own children: that is how folders are put together. What a
//! `mod.rs` re-exports counts as an import of the file that declares it.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The path of a module from the root of its crate.
type Module = Vec<String>;

const CRATES: [&str; 5] = ["generator", "generator/mock", "generator/runtime", "generated", "xtask"];

#[test]
fn no_files_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for folder in CRATES {
        let files = modules(&root.join(folder).join("src"));
        assert!(files.len() > 5, "{folder} has files");
        let circle = circle(imports(&files));
        assert!(circle.is_empty(), "files of {folder} import each other in a circle:\n{}", circle.join("\n"));
    }
}

#[test]
fn a_circle_is_found() {
    let source = |name: &str, text: &str| (vec![name.to_owned()], text.parse::<TokenStream>().unwrap());
    let root = (Module::new(), "pub use first::One; mod first; mod second;".parse().unwrap());
    let second = "fn call() { crate::One::call() }";
    for (first, is_circle) in [("use crate::second::Two; pub struct One;", true), ("pub struct One;", false)] {
        let files = BTreeMap::from([root.clone(), source("first", first), source("second", second)]);
        assert_eq!(!circle(imports(&files)).is_empty(), is_circle, "{first}");
    }
}

/// The tokens of each file below a folder. Tests beside the code are left out: they may use anything.
fn modules(source: &Path) -> BTreeMap<Module, TokenStream> {
    let mut modules = BTreeMap::new();
    let mut folders: Vec<(PathBuf, Module)> = vec![(source.to_owned(), Module::new())];
    while let Some((folder, above)) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let below = |name: &str| above.iter().cloned().chain([name.to_owned()]).collect::<Module>();
            if path.is_dir() && stem != "tests" {
                folders.push((path, below(&stem)));
            } else if path.extension().is_some_and(|extension| extension == "rs") && stem != "tests" {
                let module = if matches!(stem.as_str(), "mod" | "lib") { above.clone() } else { below(&stem) };
                modules.insert(module, fs::read_to_string(&path).unwrap().parse().unwrap());
            }
        }
    }
    modules
}

/// The modules that each module imports, without its children.
fn imports(files: &BTreeMap<Module, TokenStream>) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut paths = BTreeMap::new();
    let mut exports: BTreeMap<Module, Module> = BTreeMap::new();
    for (module, tokens) in files {
        let mut found = Vec::new();
        collect(tokens.clone(), &mut found);
        for path in &found {
            if let (true, Some(target)) = (path.exported, absolute(module, &path.segments, files)) {
                exports.insert(module.iter().chain(path.segments.last()).cloned().collect(), target);
            }
        }
        paths.insert(module.clone(), found);
    }
    let declared_in = |mut path: Module| {
        for _ in 0..4 {
            let known = (0..=path.len()).rev().find(|length| exports.contains_key(&path[..*length]));
            let Some(length) = known else { break };
            path = exports[&path[..length]].iter().chain(&path[length..]).cloned().collect();
        }
        while !files.contains_key(&path) && path.pop().is_some() {}
        path
    };
    let edges = paths.into_iter().map(|(module, paths)| {
        let targets = paths.iter().filter_map(|path| absolute(&module, &path.segments, files)).map(declared_in);
        let others = targets.filter(|target| !target.starts_with(&module)).collect();
        (module, others)
    });
    edges.collect()
}

struct Import {
    segments: Module,
    exported: bool,
}

/// Collects the paths of `use` items and those in code.
fn collect(tokens: TokenStream, found: &mut Vec<Import>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        let word = word(&tokens, at);
        match &tokens[at] {
            TokenTree::Ident(_) if word == "mod" && self::word(&tokens, at + 1) == "tests" => at += 2,
            TokenTree::Ident(_) if word == "use" => {
                let exported = at > 0 && (is_group(&tokens[at - 1]) || self::word(&tokens, at - 1) == "pub");
                let mut leaves = Vec::new();
                at = tree(&tokens, at + 1, &Module::new(), &mut leaves);
                found.extend(leaves.into_iter().map(|segments| Import { segments, exported }));
            }
            TokenTree::Ident(_) => {
                let mut leaves = Vec::new();
                at = tree(&tokens, at, &Module::new(), &mut leaves);
                leaves.retain(|segments| segments.len() > 1);
                found.extend(leaves.into_iter().map(|segments| Import { segments, exported: false }));
                continue;
            }
            TokenTree::Group(group) => collect(group.stream(), found),
            _ => {}
        }
        at += 1;
    }
}

/// Reads a path, or a tree of paths, and returns the position behind it.
fn tree(tokens: &[TokenTree], mut at: usize, prefix: &Module, leaves: &mut Vec<Module>) -> usize {
    let mut path = prefix.clone();
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => {
                path.push(ident.to_string());
                at += 1;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut position = 0;
                while position < inner.len() {
                    position = tree(&inner, position, &path, leaves).max(position + 1);
                }
                return at + 1;
            }
            _ => break,
        }
        let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        if !(is_colon(at) && is_colon(at + 1)) {
            break;
        }
        at += 2;
    }
    if path.len() > prefix.len() {
        leaves.push(path);
    }
    at
}

fn word(tokens: &[TokenTree], at: usize) -> String {
    if let Some(TokenTree::Ident(ident)) = tokens.get(at) { ident.to_string() } else { String::new() }
}

fn is_group(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// The path from the root of the crate; `None` if it leads out of the crate.
fn absolute(module: &Module, path: &[String], files: &BTreeMap<Module, TokenStream>) -> Option<Module> {
    let above = path.iter().take_while(|segment| *segment == "super").count();
    let base = match path.first()?.as_str() {
        "crate" => return Some(path[1..].to_vec()),
        "self" => return Some(module.iter().chain(&path[1..]).cloned().collect()),
        "super" => &module[..module.len().checked_sub(above)?],
        first => {
            let child: Module = module.iter().cloned().chain([first.to_owned()]).collect();
            if !files.contains_key(&child) {
                return None;
            }
            module
        }
    };
    Some(base.iter().chain(&path[above..]).cloned().collect())
}

/// The imports between the files of circles; none if there is no circle.
fn circle(mut imports: BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    loop {
        let rest: BTreeSet<Module> = imports.keys().cloned().collect();
        let before = imports.len();
        let imported: BTreeSet<Module> = imports.values().flatten().cloned().collect();
        imports.retain(|module, targets| {
            targets.retain(|target| rest.contains(target));
            !targets.is_empty() && imported.contains(module)
        });
        if imports.len() == before {
            break;
        }
    }
    let name = |module: &Module| module.join("/");
    let lines = imports
        .iter()
        .flat_map(|(from, targets)| targets.iter().map(move |to| format!("{} -> {}", name(from), name(to))));
    lines.collect()
}
