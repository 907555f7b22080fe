//! Path items. A path item that several paths refer to is parsed once.

use std::collections::{HashMap, HashSet};

use openapiv3::{PathItem, ReferenceOr};
use serde_json::Value;

use super::context::Reader;
use super::object_reader::report_beside_reference;
use super::operation::path_item;
use crate::diagnostics::{Diagnostic, Place, code};
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
        reader: &mut Reader,
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
    fn end(&mut self, mut value: &'v Value, mut at: Pointer, reader: &mut Reader) -> Option<Pointer> {
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
                    let unread = self.source.unread(reference, &at);
                    (code::FOREIGN_REFERENCE, unread.message, unread.help)
                }
            };
            reader.push(Diagnostic::error(code, Place::Value(at.child("$ref")), message).help(help));
            break None;
        };
        self.ends.extend(links.into_iter().map(|at| (at, end.clone())));
        end
    }
}
