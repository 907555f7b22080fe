//! Paths and their items. A path item that several paths refer to is parsed once.

use std::collections::{HashMap, HashSet};

use openapiv3::{PathItem, Paths, ReferenceOr};
use serde_json::Value;

use super::context::ParseContext;
use super::object_reader::{ObjectReader, report_beside_reference};
use super::operation::path_item;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::{Pointer, Source};

/// The path items that have been parsed.
pub struct PathItems<'v> {
    tree: &'v Value,
    source: &'v Source,
    /// The location at the end of each chain of references, by the location of each of its links; `None` where the chain
    /// has no end.
    ends: HashMap<Pointer, Option<Pointer>>,
    /// The first path that has the item at a location.
    first: HashMap<Pointer, String>,
}

impl<'v> PathItems<'v> {
    /// Creates an empty set of path items.
    pub fn new(tree: &'v Value, source: &'v Source) -> Self {
        Self { tree, source, ends: HashMap::new(), first: HashMap::new() }
    }

    /// Parses the item of a path. If an earlier path has the same item, returns a reference to that path.
    pub fn item(
        &mut self,
        path: &str,
        value: &'v Value,
        at: Pointer,
        reader: &mut ParseContext,
    ) -> Option<ReferenceOr<PathItem>> {
        let end = self.end(value, at, reader)?;
        if let Some(first) = self.first.get(&end) {
            return Some(ReferenceOr::Reference { reference: first.clone() });
        }
        let item = path_item(end.lookup(self.tree)?, end.clone(), reader)?;
        self.first.insert(end, path.to_owned());
        Some(ReferenceOr::Item(item))
    }

    /// Returns the location of the path item at the end of a chain of references. Each chain is followed once.
    fn end(&mut self, mut value: &'v Value, mut at: Pointer, reader: &mut ParseContext) -> Option<Pointer> {
        let (mut links, mut seen) = (Vec::new(), HashSet::new());
        let end = loop {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { break Some(at) };
            if let Some(known) = self.ends.get(&at) {
                break known.clone();
            }
            report_beside_reference(value, &at, reader);
            links.push(at.clone());
            seen.insert(at.clone());
            let help = "write the operations of the path here";
            let target = Pointer::from_reference(reference);
            let found = target.as_ref().and_then(|target| target.lookup(self.tree));
            let (code, message, help) = match (target, found) {
                (Some(target), Some(found)) if !seen.contains(&target) => {
                    (value, at) = (found, target);
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
            reader.push(Diagnostic::error(code, Location::Value(at.child("$ref")), message).help(help));
            break None;
        };
        self.ends.extend(links.into_iter().map(|at| (at, end.clone())));
        end
    }
}

/// All paths, with what can be done at each.
pub fn paths<'v>(
    tree: &'v Value,
    source: &'v Source,
    value: &'v Value,
    pointer: Pointer,
    reader: &mut ParseContext,
) -> Option<Paths> {
    let keys = ObjectReader::of(value, pointer.clone(), reader)?;
    let mut paths = Paths { extensions: keys.extensions(), ..Paths::default() };
    let mut items = PathItems::new(tree, source);
    let mut locations: HashMap<String, Pointer> = HashMap::new();
    let mut first_of_shape: HashMap<String, String> = HashMap::new();
    for (path, item) in value.as_object().into_iter().flatten().filter(|(path, _)| !path.starts_with("x-")) {
        let at = pointer.child(path);
        if !path.starts_with('/') {
            let message = format!("the path `{path}` does not begin with `/`");
            let diagnostic = Diagnostic::warning(code::BAD_PATH, Location::Key(at.clone()), message);
            reader.push(diagnostic.label(format!("treated as `/{path}`")).help(format!("write `/{path}`")));
        }
        let path = format!("/{}", path.strip_prefix('/').unwrap_or(path));
        let place = Location::Key(at.clone());
        let help = "move the operations of both under one path";
        if let Some(first) = locations.get(&path) {
            let diagnostic = Diagnostic::error(code::BAD_PATH, place, format!("the path `{path}` is repeated"));
            reader.push(diagnostic.related(Location::Key(first.clone()), "the first path").help(help));
            continue;
        }
        let first = first_of_shape.entry(without_names(&path)).or_insert_with(|| path.clone());
        if let Some(first_at) = locations.get(first) {
            let message = format!("`{path}` and `{first}` differ only in the names of their parameters");
            let diagnostic = Diagnostic::warning(code::BAD_PATH, place, message).label("both are generated");
            reader.push(diagnostic.related(Location::Key(first_at.clone()), "the first path").help(help));
        }
        locations.insert(path.clone(), at.clone());
        if let Some(item) = items.item(&path, item, at, reader) {
            paths.paths.insert(path, item);
        }
    }
    Some(paths)
}

/// Returns a path without the names of its placeholders, which a server does not see.
fn without_names(path: &str) -> String {
    let mut pieces = path.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |whole, piece| whole + "{}" + piece.split_once('}').map_or(piece, |(_, rest)| rest))
}
