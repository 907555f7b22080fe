//! Resolves references to their targets, through any number of other references.

use std::collections::HashSet;

use indexmap::IndexMap;
use openapiv3::{Components, ReferenceOr};
use serde::Serialize;

use super::budget::json_len;
use crate::diagnostics::{Code, Diagnostic, Location, code};
use crate::lower::Lowering;
use crate::source::{Pointer, UnreadReference, written_reference};

impl<'a> Lowering<'a> {
    /// Returns the item at `at`, or the target of the reference there, with its location.
    ///
    /// `section` is the section of the components for items of this kind.
    pub(crate) fn resolve<'r, T>(
        &mut self,
        item: &'r ReferenceOr<T>,
        at: &Pointer,
        section: &'static str,
        components: fn(&'a Components) -> &'a IndexMap<String, ReferenceOr<T>>,
    ) -> Option<(&'r T, Pointer)>
    where
        T: Serialize,
        'a: 'r,
    {
        let reference = match item {
            ReferenceOr::Item(item) => return Some((item, at.clone())),
            ReferenceOr::Reference { reference } => reference,
        };
        let document = self.document;
        let items = document.components.as_ref().map(components);
        let name = self.end(reference, at, section, items)?;
        let item = items.and_then(|items| items.get(&name)).and_then(ReferenceOr::as_item)?;
        let component_at = component_pointer(section, &name);
        // Each use of the component lowers it again.
        let length = *self.lengths.entry((section, name)).or_insert_with(|| json_len(item));
        self.spend_bytes(length, at).then_some((item, component_at))
    }

    /// Returns the name of the component at the end of a chain of references. Each chain is followed once.
    pub(crate) fn end<'r, T>(
        &mut self,
        reference: &'r str,
        at: &Pointer,
        section: &'static str,
        items: Option<&'a IndexMap<String, ReferenceOr<T>>>,
    ) -> Option<String>
    where
        'a: 'r,
    {
        let (mut reference, mut at) = (reference, at.clone());
        let (mut way, mut seen) = (Vec::new(), HashSet::new());
        let end = loop {
            let Some(name) = self.component_name(reference, &at, section) else { break None };
            if let Some(known) = self.ends.get(&(section, name.clone())) {
                break known.clone();
            }
            let Some((name, next)) = items.and_then(|items| items.get_key_value(&name)) else {
                if self.is_unread(&component_pointer(section, &name)) {
                    break None;
                }
                let known = items.into_iter().flat_map(IndexMap::keys).map(String::as_str);
                let near = self.diagnostics.did_you_mean(&name, known.filter(|name| !name.starts_with('#')));
                self.dangling(reference, &at, section, near);
                break None;
            };
            if !seen.insert(name) {
                self.error(
                    code::CIRCULAR_REFERENCE,
                    Location::Value(at.child("$ref")),
                    format!("`{reference}` is part of a reference cycle"),
                    "replace one of these references by an object",
                );
                break None;
            }
            way.push(name);
            match next {
                ReferenceOr::Item(_) => break Some(name.clone()),
                ReferenceOr::Reference { reference: next } => reference = next,
            }
            at = component_pointer(section, name);
        };
        self.ends.extend(way.into_iter().map(|name| ((section, name.clone()), end.clone())));
        end
    }

    /// Returns the name in `#/components/<section>/<name>`.
    pub(crate) fn component_name(&mut self, reference: &str, at: &Pointer, section: &str) -> Option<String> {
        let place = || Location::Value(at.child("$ref"));
        let Some(pointer) = Pointer::from_reference(reference) else {
            if reference.starts_with('#') {
                self.dangling(reference, at, section, None);
                return None;
            }
            self.foreign(reference, at, section);
            return None;
        };
        if let Some(name) = pointer.component(section) {
            return Some(name);
        }
        // Targets outside the components are added to the components, under their location.
        if pointer.keys().count() != 3 || !pointer.as_str().starts_with("/components/") {
            return Some(pointer.to_string());
        }
        self.leads_nowhere(
            section,
            code::MISPLACED_REFERENCE,
            place(),
            format!("`{reference}` does not refer to an object of `#/components/{section}`"),
            format!("move the object to `#/components/{section}/…` and refer to it there"),
        );
        None
    }

    /// Reports a reference that does not lead to a file that was read.
    fn foreign(&mut self, reference: &str, at: &Pointer, section: &str) {
        let UnreadReference { message, help, is_refused } = self.source.unread_reference(reference, at);
        let place = Location::Value(at.child("$ref"));
        // If the file exists, its author can allow the generator to read it.
        match is_refused {
            true => self.error(code::FOREIGN_REFERENCE, place, message, help),
            false => self.leads_nowhere(section, code::FOREIGN_REFERENCE, place, message, help),
        }
    }

    /// Returns whether the text has a value at a location where the document model has none. The parser has reported why.
    pub(crate) fn is_unread(&self, at: &Pointer) -> bool {
        self.diagnostics.iter().next().is_some() && self.source.contains(at)
    }

    pub(crate) fn dangling(&mut self, reference: &str, at: &Pointer, section: &str, near: Option<&str>) {
        let help = match near {
            Some(near) => format!("did you mean `#/components/{section}/{near}`?"),
            None => format!("add it to `#/components/{section}`"),
        };
        let place = Location::Value(at.child("$ref"));
        let message = format!("unresolved reference `{}`", written_reference(reference));
        self.leads_nowhere(section, code::DANGLING_REFERENCE, place, message, help);
    }

    /// Reports an unresolved reference. The generated code is correct without an example, a security scheme and the header
    /// of a response, and a value without a schema can still be decoded.
    fn leads_nowhere(&mut self, section: &str, code: Code, place: Location, message: String, help: impl Into<String>) {
        let diagnostic = match section {
            "securitySchemes" => {
                Diagnostic::warning(code, place, message).label("ignored, so no credentials are sent for it")
            }
            "examples" | "headers" => Diagnostic::warning(code, place, message).label("ignored"),
            "schemas" => Diagnostic::warning(code, place, message).label("the generated type is `AnyJson`"),
            _ => Diagnostic::error(code, place, message),
        };
        self.diagnostics.push(diagnostic.help(help));
    }
}

/// Returns the location of a component. The name of one outside the components is its location.
pub(crate) fn component_pointer(section: &str, name: &str) -> Pointer {
    match name.starts_with('#') {
        true => Pointer::from_displayed(name),
        false => Pointer::root().child("components").child(section).child(name),
    }
}
