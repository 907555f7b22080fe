//! Reads the public items of a module from its tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::vec::IntoIter;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::macros;
use super::scope::{Scope, text};
use super::tokens::{
    after, group, is_group, is_ident, is_punct, split, until, until_brace, without_attributes, without_generics,
};
use super::{Item, ItemKind, Signature};
use crate::emit::{self, Module};

type Features = BTreeSet<BTreeSet<String>>;
type Tokens = Peekable<IntoIter<TokenTree>>;

/// The items of an alias of `StringOf`. They equal those of a string type that is a struct, so an added derive is not a change of the
/// whole type.
const STRING_TYPE: &str = "
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Name(String);
    impl Name {
        pub fn new(value: impl Into<String>) -> Result<Self, crate::runtime::InvalidValue> {}
        pub fn as_str(&self) -> &str {}
        pub fn into_string(self) -> String {}
    }
    impl_newtype!(Name);
";

/// The public items of a module, before private modules and aliases are resolved.
#[derive(Debug, Default)]
pub(super) struct RawModule {
    /// The path of the module, as in `crate::models::pet`.
    pub path: String,
    /// The private modules that this module declares.
    pub private_modules: Vec<String>,
    /// The conditions of the modules that this module declares.
    pub module_features: BTreeMap<String, Features>,
    /// The items by their full paths.
    pub items: Vec<(String, Item)>,
}

impl RawModule {
    /// Reads the items of an emitted module.
    pub fn read(module: &Module) -> Self {
        let path = module_path(&module.path);
        let mut raw = Self { path: path.clone(), ..Self::default() };
        let mut streams = Vec::new();
        let mut calls = Vec::new();
        for item in &module.items {
            match item {
                emit::Item::Rust(tokens) => streams.push(tokens.clone()),
                emit::Item::Impl(block) => streams.push(block.tokens()),
                emit::Item::Call(call) => calls.push(call.to_string()),
            }
        }
        let mut declarations: Vec<Declaration> = streams.into_iter().flat_map(declarations).collect();
        declarations.extend(calls.iter().flat_map(|call| declarations_of(call)));
        raw.add(&path, declarations, &Features::new());
        raw
    }

    fn add(&mut self, path: &str, declarations: Vec<Declaration>, features: &Features) {
        let mut scope = Scope::new(path);
        for declaration in &declarations {
            match declaration.keyword.as_str() {
                "use" => paths_of_use(&declaration.rest).into_iter().for_each(|(name, target)| scope.add(name, target)),
                "struct" | "enum" | "type" | "trait" => scope.add_local(&declaration.name()),
                // The re-exports of its items are equal if the runtime is another crate.
                "mod" if declaration.name() == "runtime" => scope.add_local("runtime"),
                _ => {}
            }
        }
        for declaration in declarations {
            self.declaration(path, &scope, declaration, features);
        }
    }

    fn declaration(&mut self, path: &str, scope: &Scope, declaration: Declaration, outer: &Features) {
        let mut features = outer.clone();
        features.extend(declaration.features.iter().cloned());
        let (name, is_public) = (declaration.name(), declaration.is_public);
        let full = format!("{path}::{name}");
        match declaration.keyword.as_str() {
            // These private modules have only types that distinguish the requests and the types of strings.
            "mod" if !is_public && matches!(name.as_str(), "operations" | "strings") => {}
            "mod" => {
                self.module_features.insert(full.clone(), features.clone());
                match is_public {
                    true => self.push(full.clone(), ItemKind::Module, &features),
                    false => self.private_modules.push(full.clone()),
                }
                if let Some(body) = group(&declaration.rest, Delimiter::Brace) {
                    self.add(&full, self::declarations(body), &features);
                }
            }
            "use" if is_public => {
                for (name, target) in paths_of_use(&declaration.rest) {
                    if name != "*" {
                        let (full, target) = (format!("{path}::{name}"), scope.resolve_path(&target));
                        // A crate with a shared runtime re-exports the module of the runtime.
                        let kind = if target == full { ItemKind::Module } else { ItemKind::Reexport(target) };
                        self.push(full, kind, &features);
                    }
                }
            }
            "struct" if is_public => self.structure(&full, scope, &declaration, &features),
            "enum" if is_public => self.enumeration(&full, scope, &declaration, &features),
            "type" if is_public => {
                let target = text(until(after(&declaration.rest, '='), ';'), scope);
                if target.starts_with("crate::runtime::StringOf<") {
                    for declaration in declarations_of(&STRING_TYPE.replace("Name", &name)) {
                        self.declaration(path, scope, declaration, &features);
                    }
                    return;
                }
                // An alias of `RequestOf` is compared as a type of its own.
                let is_request = target.starts_with("crate::request::RequestOf<");
                for of_trait in ["Clone", "Debug"].into_iter().filter(|_| is_request) {
                    self.push(format!("{full}: {of_trait}"), ItemKind::Implementation(Vec::new()), &features);
                }
                let kind = if is_request { ItemKind::Struct(false) } else { ItemKind::Alias(target) };
                self.push(full, kind, &features);
            }
            "const" | "static" if is_public => {
                let ty = until(until(after(&declaration.rest, ':'), '='), ';');
                self.push(full, ItemKind::Constant(text(ty, scope)), &features);
            }
            "trait" if is_public => {
                self.push(full.clone(), ItemKind::Trait, &features);
                self.methods(&full, scope, &declaration, true, &features);
            }
            "fn" if is_public => self.function(&full, scope, &declaration, &features),
            "impl" => self.implementation(scope, &declaration, &features),
            "!" => {
                for (path, kind, feature) in macros::items(&declaration.macro_name, &declaration.rest, scope) {
                    let mut features = features.clone();
                    features.extend(feature.map(|name| BTreeSet::from([name.to_owned()])));
                    self.push(path, kind, &features);
                }
            }
            _ => {}
        }
    }

    fn push(&mut self, path: String, kind: ItemKind, features: &Features) {
        self.items.push((path, Item { kind, features: features.clone() }));
    }

    fn derives(&mut self, path: &str, scope: &Scope, declaration: &Declaration, features: &Features) {
        for name in &declaration.derives {
            let name = scope.resolve_path(name);
            self.push(format!("{path}: {name}"), ItemKind::Implementation(Vec::new()), features);
        }
    }

    fn structure(&mut self, path: &str, scope: &Scope, declaration: &Declaration, features: &Features) {
        self.derives(path, scope, declaration, features);
        let fields = match group(&declaration.rest, Delimiter::Brace) {
            Some(body) => named_fields(body),
            None => group(&declaration.rest, Delimiter::Parenthesis).map(tuple_fields).unwrap_or_default(),
        };
        let is_exhaustive = !declaration.is_non_exhaustive && fields.iter().all(|field| field.is_public);
        self.push(path.to_owned(), ItemKind::Struct(is_exhaustive), features);
        for field in fields.into_iter().filter(|field| field.is_public) {
            let ty = text(&field.ty, scope);
            self.push(format!("{path}::{}", field.name), ItemKind::Field(ty), features);
        }
    }

    fn enumeration(&mut self, path: &str, scope: &Scope, declaration: &Declaration, features: &Features) {
        self.derives(path, scope, declaration, features);
        self.push(path.to_owned(), ItemKind::Enum(!declaration.is_non_exhaustive), features);
        let Some(body) = group(&declaration.rest, Delimiter::Brace) else { return };
        for variant in split(&body.into_iter().collect::<Vec<_>>()) {
            let mut tokens = without_attributes(&variant).into_iter();
            let Some(TokenTree::Ident(name)) = tokens.next() else { continue };
            let rest: Vec<TokenTree> = tokens.collect();
            let fields = group(&rest, Delimiter::Parenthesis).map(tuple_fields).unwrap_or_default();
            let types = fields.iter().map(|field| text(&field.ty, scope)).collect();
            self.push(format!("{path}::{name}"), ItemKind::Variant(types), features);
        }
    }

    fn implementation(&mut self, scope: &Scope, declaration: &Declaration, features: &Features) {
        let head: Vec<TokenTree> = until_brace(&declaration.rest).to_vec();
        let head = without_generics(&head);
        let for_index = head.iter().position(|token| is_ident(token, "for"));
        let of = |tokens: &[TokenTree]| text(tokens, scope);
        let Some(index) = for_index else {
            let ty = of(head);
            let ty = ty.split('<').next().unwrap_or_default().to_owned();
            self.methods(&ty, scope, declaration, false, features);
            return;
        };
        let (of_trait, ty) = (of(&head[..index]), of(&head[index + 1..]));
        if ty.starts_with("strings::") {
            return;
        }
        let ty = ty.strip_prefix("operations::").map(|name| scope.resolve_path(name)).unwrap_or(ty);
        let Some(body) = group(&declaration.rest, Delimiter::Brace) else { return };
        let types = self::declarations(body).into_iter().filter(|item| item.keyword == "type");
        let types = types.map(|item| format!("{} = {}", item.name(), text(until(after(&item.rest, '='), ';'), scope)));
        let kind = ItemKind::Implementation(types.collect());
        self.push(format!("{ty}: {of_trait}"), kind, features);
    }

    /// Adds the public functions and constants of an impl block or a trait.
    fn methods(&mut self, ty: &str, scope: &Scope, declaration: &Declaration, all: bool, features: &Features) {
        let Some(body) = group(&declaration.rest, Delimiter::Brace) else { return };
        for item in self::declarations(body).into_iter().filter(|item| all || item.is_public) {
            let mut features = features.clone();
            features.extend(item.features.iter().cloned());
            let path = format!("{ty}::{}", item.name());
            match item.keyword.as_str() {
                "fn" => self.function(&path, scope, &item, &features),
                "const" => {
                    let ty = until(until(after(&item.rest, ':'), '='), ';');
                    self.push(path, ItemKind::Constant(text(ty, scope)), &features);
                }
                _ => {}
            }
        }
    }

    fn function(&mut self, path: &str, scope: &Scope, declaration: &Declaration, features: &Features) {
        let Some(arguments) = group(&declaration.rest, Delimiter::Parenthesis) else { return };
        let mut signature = Signature { is_async: declaration.is_async, ..Signature::default() };
        for argument in split(&arguments.into_iter().collect::<Vec<_>>()) {
            let argument = without_attributes(&argument);
            let ty = after(&argument, ':');
            if ty.is_empty() {
                signature.receiver = text(&argument, scope).replace("mut self", "self");
            } else {
                let name = until(&argument, ':').iter().filter(|token| !is_ident(token, "mut"));
                let name: String = name.map(ToString::to_string).collect();
                signature.arguments.push((name, text(ty, scope)));
            }
        }
        let end = declaration.rest.iter().position(|token| is_group(token, Delimiter::Parenthesis)).unwrap_or_default();
        let result = until(until_brace(&declaration.rest[end + 1..]), ';');
        let bounds = result.iter().position(|token| is_ident(token, "where")).unwrap_or(result.len());
        // The result begins after `->`.
        signature.result = text(result[..bounds].get(2..).unwrap_or_default(), scope);
        // The name comes first, and the generic parameters follow it.
        signature.generics = text(declaration.rest.get(1..end).unwrap_or_default(), scope);
        signature.bounds = text(&result[bounds..], scope);
        self.push(format!("{path}()"), ItemKind::Function(signature), features);
    }
}

/// An item, split into its parts.
#[derive(Debug, Default)]
struct Declaration {
    keyword: String,
    /// The tokens after the keyword.
    rest: Vec<TokenTree>,
    /// The name of the called macro.
    macro_name: String,
    is_public: bool,
    is_async: bool,
    is_non_exhaustive: bool,
    derives: Vec<String>,
    features: Features,
}

impl Declaration {
    fn name(&self) -> String {
        self.rest
            .first()
            .filter(|token| matches!(token, TokenTree::Ident(_)))
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    fn attribute(&mut self, attribute: &TokenStream) {
        let mut tokens = attribute.clone().into_iter();
        let name = tokens.next().map(|token| token.to_string()).unwrap_or_default();
        match name.as_str() {
            "non_exhaustive" => self.is_non_exhaustive = true,
            "derive" => {
                if let Some(TokenTree::Group(group)) = tokens.next() {
                    let paths = split(&group.stream().into_iter().collect::<Vec<_>>()).into_iter();
                    self.derives.extend(paths.map(|path| path.iter().map(ToString::to_string).collect::<String>()));
                }
            }
            "cfg" => {
                let literals = attribute.to_string();
                let names: BTreeSet<String> = literals.split('"').skip(1).step_by(2).map(str::to_owned).collect();
                self.features.extend((!names.is_empty()).then_some(names));
            }
            _ => {}
        }
    }
}

/// Returns the declarations in a macro call.
fn declarations_of(call: &str) -> Vec<Declaration> {
    call.parse().map(declarations).unwrap_or_default()
}

/// Splits tokens into declarations.
fn declarations(tokens: TokenStream) -> Vec<Declaration> {
    let mut tokens: Tokens = tokens.into_iter().collect::<Vec<_>>().into_iter().peekable();
    let mut declarations = Vec::new();
    while tokens.peek().is_some() {
        declarations.extend(declaration(&mut tokens));
    }
    declarations
}

fn declaration(tokens: &mut Tokens) -> Option<Declaration> {
    let mut declaration = Declaration::default();
    loop {
        match tokens.next()? {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if tokens.peek().is_some_and(|token| is_punct(token, '!')) {
                    tokens.next();
                }
                if let Some(TokenTree::Group(group)) = tokens.next() {
                    declaration.attribute(&group.stream());
                }
            }
            TokenTree::Ident(ident) if ident == "pub" => {
                let is_restricted = tokens.peek().is_some_and(|token| is_group(token, Delimiter::Parenthesis));
                declaration.is_public = !is_restricted;
                if is_restricted {
                    tokens.next();
                }
            }
            TokenTree::Ident(ident) if ident == "async" => declaration.is_async = true,
            TokenTree::Ident(ident) => {
                declaration.keyword = ident.to_string();
                break;
            }
            _ => {}
        }
    }
    if declaration.keyword == "const" && tokens.peek().is_some_and(|token| is_ident(token, "fn")) {
        tokens.next();
        declaration.keyword = "fn".to_owned();
    }
    if tokens.peek().is_some_and(|token| is_punct(token, '!')) {
        declaration.macro_name = std::mem::replace(&mut declaration.keyword, "!".to_owned());
    }
    let ends_with_brace = !matches!(declaration.keyword.as_str(), "use" | "const" | "static" | "type" | "!");
    for token in tokens.by_ref() {
        let is_end = is_punct(&token, ';') || ends_with_brace && is_group(&token, Delimiter::Brace);
        declaration.rest.push(token);
        if is_end {
            break;
        }
    }
    Some(declaration)
}

struct RawField {
    name: String,
    is_public: bool,
    ty: Vec<TokenTree>,
}

fn named_fields(body: TokenStream) -> Vec<RawField> {
    let fields = split(&body.into_iter().collect::<Vec<_>>()).into_iter().map(|field| {
        let field = without_attributes(&field);
        let is_public = is_public(&field);
        let name = until(&field, ':').last().map(ToString::to_string).unwrap_or_default();
        RawField { name, is_public, ty: after(&field, ':').to_vec() }
    });
    fields.collect()
}

fn tuple_fields(body: TokenStream) -> Vec<RawField> {
    let fields = split(&body.into_iter().collect::<Vec<_>>()).into_iter().enumerate().map(|(index, field)| {
        let field = without_attributes(&field);
        let is_public = is_public(&field);
        let mut ty = field.as_slice();
        if ty.first().is_some_and(|token| is_ident(token, "pub")) {
            ty = &ty[1..];
            if ty.first().is_some_and(|token| is_group(token, Delimiter::Parenthesis)) && ty.len() > 1 {
                ty = &ty[1..];
            }
        }
        RawField { name: index.to_string(), is_public, ty: ty.to_vec() }
    });
    fields.collect()
}

fn is_public(field: &[TokenTree]) -> bool {
    let is_restricted = field.get(1).is_some_and(|token| is_group(token, Delimiter::Parenthesis));
    field.first().is_some_and(|token| is_ident(token, "pub")) && !is_restricted
}

/// Returns the path of a module, for the path of its file below `src`.
fn module_path(file: &str) -> String {
    let parts = file.trim_end_matches(".rs").split('/').filter(|part| !matches!(*part, "lib" | "mod"));
    ["crate"].into_iter().chain(parts).collect::<Vec<_>>().join("::")
}

/// Returns the names that an import declares, each with its path.
fn paths_of_use(tokens: &[TokenTree]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect_use(until(tokens, ';'), "", &mut found);
    found
}

fn collect_use(tokens: &[TokenTree], prefix: &str, found: &mut Vec<(String, String)>) {
    for tree in split(tokens) {
        let (mut path, mut alias) = (prefix.to_owned(), None);
        let mut iter = tree.iter();
        while let Some(token) = iter.next() {
            match token {
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    collect_use(&inner, &path, found);
                    path.clear();
                }
                TokenTree::Ident(ident) if ident == "as" => alias = iter.next().map(ToString::to_string),
                token => path.push_str(&token.to_string()),
            }
        }
        if !path.is_empty() {
            let name = alias.unwrap_or_else(|| path.rsplit("::").next().unwrap_or_default().to_owned());
            match path.strip_suffix("::self") {
                Some(module) => {
                    found.push((module.rsplit("::").next().unwrap_or_default().to_owned(), module.to_owned()))
                }
                None => found.push((name, path)),
            }
        }
    }
}
