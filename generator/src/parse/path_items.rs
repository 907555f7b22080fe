//! Parses paths and their path items. A path item that several paths refer to is parsed once.

use std::collections::{HashMap, HashSet};

use openapiv3::{Operation, PathItem, Paths, ReferenceOr};
use serde_json::Value;

use super::common::server;
use super::context::ParseContext;
use super::object_reader::{ObjectReader, items};
use super::operation::{operation, parameter_or_ref};
use super::operation_key::{ADDITIONAL_OPERATIONS, OperationKey};
use super::references::report_beside_reference;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Method;
use crate::source::{Pointer, Source};

/// Parses path items and stores which path items have been parsed.
pub struct PathItems<'v> {
    tree: &'v Value,
    source: &'v Source,
    /// The path item at the end of a chain of references, by the location of each reference in the chain. `None` if the
    /// chain has no end.
    targets: HashMap<Pointer, Option<Pointer>>,
    /// The first path that has a path item, by the location of the path item.
    first_paths: HashMap<Pointer, String>,
}

impl<'v> PathItems<'v> {
    /// Creates a `PathItems` without parsed path items.
    pub fn new(tree: &'v Value, source: &'v Source) -> Self {
        Self { tree, source, targets: HashMap::new(), first_paths: HashMap::new() }
    }

    /// Parses the path item of a path. If an earlier path has the same path item, returns a reference to that path.
    pub fn item(
        &mut self,
        path: &str,
        value: &'v Value,
        at: Pointer,
        context: &mut ParseContext,
    ) -> Option<ReferenceOr<PathItem>> {
        let target = self.resolve(value, at, context)?;
        if let Some(first) = self.first_paths.get(&target) {
            return Some(ReferenceOr::Reference { reference: first.clone() });
        }
        let item = path_item(target.lookup(self.tree)?, target.clone(), context)?;
        self.first_paths.insert(target, path.to_owned());
        Some(ReferenceOr::Item(item))
    }

    /// Returns the location of the path item at the end of a chain of references. Follows each reference only once,
    /// even if several paths refer to it.
    pub fn resolve(&mut self, mut value: &'v Value, mut at: Pointer, context: &mut ParseContext) -> Option<Pointer> {
        let (mut chain, mut seen) = (Vec::new(), HashSet::new());
        let resolved = loop {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { break Some(at) };
            if let Some(resolved) = self.targets.get(&at) {
                break resolved.clone();
            }
            report_beside_reference(value, &at, context);
            chain.push(at.clone());
            seen.insert(at.clone());
            let help = "write the operations of the path here";
            let target = Pointer::from_reference(reference);
            let target_value = target.as_ref().and_then(|target| target.lookup(self.tree));
            let (code, message, help) = match (target, target_value) {
                (Some(target), Some(target_value)) if !seen.contains(&target) => {
                    (value, at) = (target_value, target);
                    continue;
                }
                (Some(_), Some(_)) => {
                    (code::CIRCULAR_REFERENCE, format!("`{reference}` is part of a reference cycle"), help)
                }
                (Some(_), None) => (code::DANGLING_REFERENCE, format!("unresolved reference `{reference}`"), help),
                (None, _) => {
                    let unread = self.source.unread_reference(reference, &at);
                    (code::FOREIGN_REFERENCE, unread.message, unread.help)
                }
            };
            context.report(Diagnostic::error(code, Location::Value(at.child("$ref")), message).help(help));
            break None;
        };
        self.targets.extend(chain.into_iter().map(|at| (at, resolved.clone())));
        resolved
    }
}

/// Parses all paths, and reports paths that are invalid or repeated.
pub fn paths<'v>(
    tree: &'v Value,
    source: &'v Source,
    value: &'v Value,
    pointer: Pointer,
    context: &mut ParseContext,
) -> Option<Paths> {
    let object = ObjectReader::new(value, pointer.clone(), context)?;
    let mut paths = Paths { extensions: object.extensions(), ..Paths::default() };
    let mut items = PathItems::new(tree, source);
    let mut locations: HashMap<String, Pointer> = HashMap::new();
    let mut first_paths_by_pattern: HashMap<String, String> = HashMap::new();
    for (path, item) in value.as_object().into_iter().flatten().filter(|(path, _)| !path.starts_with("x-")) {
        let at = pointer.child(path);
        if !path.starts_with('/') {
            let message = format!("the path `{path}` does not begin with `/`");
            let diagnostic = Diagnostic::warning(code::BAD_PATH, Location::Key(at.clone()), message);
            context.report(diagnostic.label(format!("treated as `/{path}`")).help(format!("write `/{path}`")));
        }
        let path = format!("/{}", path.strip_prefix('/').unwrap_or(path));
        let location = Location::Key(at.clone());
        let help = "move the operations of both paths under one of them";
        if let Some(first) = locations.get(&path) {
            let diagnostic = Diagnostic::error(code::BAD_PATH, location, format!("the path `{path}` is repeated"));
            context.report(diagnostic.related(Location::Key(first.clone()), "the first path").help(help));
            continue;
        }
        let first = first_paths_by_pattern.entry(without_names(&path)).or_insert_with(|| path.clone());
        if let Some(first_at) = locations.get(first) {
            let message = format!("`{path}` and `{first}` differ only in the names of their parameters");
            let diagnostic = Diagnostic::warning(code::BAD_PATH, location, message).label("both paths are generated");
            context.report(diagnostic.related(Location::Key(first_at.clone()), "the first path").help(help));
        }
        locations.insert(path.clone(), at.clone());
        if let Some(item) = items.item(&path, item, at, context) {
            paths.paths.insert(path, item);
        }
    }
    Some(paths)
}

/// Returns a path without the names of its placeholders: `/pets/{}` for `/pets/{id}`. If the results for two paths are
/// equal, the paths match the same requests.
fn without_names(path: &str) -> String {
    let mut pieces = path.split('{');
    let start = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(start, |path, piece| path + "{}" + piece.split_once('}').map_or(piece, |(_, after)| after))
}

/// Parses a path item.
fn path_item(value: &Value, at: Pointer, context: &mut ParseContext) -> Option<PathItem> {
    let mut object = ObjectReader::new(value, at.clone(), context)?;
    let mut item = PathItem {
        summary: object.optional_string("summary"),
        description: object.optional_string("description"),
        parameters: items(&mut object, "parameters", parameter_or_ref),
        get: object.read_with("get", operation),
        put: object.read_with("put", operation),
        post: object.read_with("post", operation),
        delete: object.read_with("delete", operation),
        options: object.read_with("options", operation),
        head: object.read_with("head", operation),
        patch: object.read_with("patch", operation),
        trace: object.read_with("trace", operation),
        servers: items(&mut object, "servers", server),
        extensions: object.extensions(),
    };
    let mut additional = additional_operations(&mut object);
    object.finish(&[]);
    // An operation without documentation has the documentation of its path item.
    let common_methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
    let other_methods = [&mut item.options, &mut item.head, &mut item.patch, &mut item.trace];
    let with_fields = common_methods.into_iter().chain(other_methods).flatten();
    for operation in with_fields.chain(additional.iter_mut().map(|(_, operation)| operation)) {
        if operation.summary.is_none() && operation.description.is_none() {
            (operation.summary, operation.description) = (item.summary.clone(), item.description.clone());
        }
    }
    if !additional.is_empty() {
        item.extensions.insert(ADDITIONAL_OPERATIONS.to_owned(), at.to_string().into());
        context.additional_operations.insert(at.to_string(), additional);
    }
    Some(item)
}

/// Parses the operations whose methods have no field in the model.
fn additional_operations(object: &mut ObjectReader<'_, '_>) -> Vec<(OperationKey, Operation)> {
    let query = object.read_with("query", operation);
    let mut additional: Vec<_> = query.map(|query| (OperationKey::Keyword("query"), query)).into_iter().collect();
    for (method, value, at) in object.mapping(ADDITIONAL_OPERATIONS) {
        let keyword = match OperationKey::of(&Method::from_name(method)) {
            OperationKey::Keyword(keyword) => Some(keyword),
            _ => None,
        };
        let (message, label, help) = if let Some(keyword) = keyword {
            let message = format!("`{method}` must not be in `{ADDITIONAL_OPERATIONS}`");
            if object.has(keyword) {
                let help = format!("remove it, because the path item also has `{keyword}`");
                (message, "ignored".to_owned(), help)
            } else {
                additional.extend(operation(value, at.clone(), object.context).map(|it| (key(method), it)));
                let help = format!("write `{keyword}` beside `{ADDITIONAL_OPERATIONS}`");
                (message, format!("treated as `{keyword}`"), help)
            }
        } else if !is_token(method) || method == "CONNECT" {
            let message = format!("requests with the method `{method}` are not supported");
            (message, "ignored".to_owned(), "write a method such as `COPY`, or remove the operation".to_owned())
        } else {
            additional.extend(operation(value, at, object.context).map(|it| (key(method), it)));
            continue;
        };
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Location::Key(at), message);
        object.context.report(diagnostic.label(label).help(help));
    }
    additional
}

/// Returns the key of an additional operation.
fn key(method: &str) -> OperationKey {
    OperationKey::Additional(method.to_owned())
}

/// Returns whether a string is a valid HTTP method.
fn is_token(text: &str) -> bool {
    let is_token_character = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_character)
}
