//! Resolves references. A reference may lead to its target through other references.

use std::collections::HashSet;

use indexmap::IndexMap;
use openapiv3::{Components, ReferenceOr};
use serde::Serialize;

use super::budget::json_len;
use crate::diagnostics::{Code, Diagnostic, Location, code};
use crate::lower::Lowering;
use crate::source::{Pointer, UnreadReference, written_reference};

impl<'a> Lowering<'a> {
    /// Returns the item at `at` and its location. If `item` is a reference, returns its target and the location of the
    /// target.
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
        let name = self.target_name(reference, at, section, items)?;
        let item = items.and_then(|items| items.get(&name)).and_then(ReferenceOr::as_item)?;
        let component_at = component_pointer(section, &name);
        // The component is lowered again for each reference, so its length counts against the budget
        // (`lower/budget.rs`).
        let length = *self.component_lengths.entry((section, name)).or_insert_with(|| json_len(item));
        self.spend_bytes(length, at).then_some((item, component_at))
    }

    /// Returns the name of the component at the end of a chain of references. Follows each chain only once, and stores
    /// the result.
    pub(crate) fn target_name<'r, T>(
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
        let (mut chain, mut visited_names) = (Vec::new(), HashSet::new());
        let target = loop {
            let Some(name) = self.component_name(reference, &at, section) else { break None };
            if let Some(resolved) = self.resolved_names.get(&(section, name.clone())) {
                break resolved.clone();
            }
            let Some((name, next)) = items.and_then(|items| items.get_key_value(&name)) else {
                if self.is_unread(&component_pointer(section, &name)) {
                    break None;
                }
                let names = items.into_iter().flat_map(IndexMap::keys).map(String::as_str);
                let suggestion = self.diagnostics.did_you_mean(&name, names.filter(|name| !name.starts_with('#')));
                self.report_unresolved(reference, &at, section, suggestion);
                break None;
            };
            if !visited_names.insert(name) {
                self.error(
                    code::CIRCULAR_REFERENCE,
                    Location::Value(at.child("$ref")),
                    format!("`{reference}` is part of a reference cycle"),
                    "replace one of the references in the cycle by an object",
                );
                break None;
            }
            chain.push(name);
            match next {
                ReferenceOr::Item(_) => break Some(name.clone()),
                ReferenceOr::Reference { reference: next } => reference = next,
            }
            at = component_pointer(section, name);
        };
        self.resolved_names.extend(chain.into_iter().map(|name| ((section, name.clone()), target.clone())));
        target
    }

    /// Returns the name of the component that a reference `#/components/<section>/<name>` refers to. Reports any other
    /// reference that cannot be resolved.
    pub(crate) fn component_name(&mut self, reference: &str, at: &Pointer, section: &str) -> Option<String> {
        let location = || Location::Value(at.child("$ref"));
        let Some(pointer) = Pointer::from_reference(reference) else {
            if reference.starts_with('#') {
                self.report_unresolved(reference, at, section, None);
                return None;
            }
            self.report_unread_file(reference, at, section);
            return None;
        };
        if let Some(name) = pointer.component(section) {
            return Some(name);
        }
        // If the target is not a component, the parser has added it to the components, with its location as its name.
        if pointer.keys().count() != 3 || !pointer.as_str().starts_with("/components/") {
            return Some(pointer.to_string());
        }
        self.report_reference(
            section,
            code::MISPLACED_REFERENCE,
            location(),
            format!("`{reference}` does not refer to an object of `#/components/{section}`"),
            format!("move the object to `#/components/{section}/…` and refer to it there"),
        );
        None
    }

    /// Reports a reference to a file that the generator has not read.
    fn report_unread_file(&mut self, reference: &str, at: &Pointer, section: &str) {
        let UnreadReference { message, help, file_exists } = self.source.unread_reference(reference, at);
        let location = Location::Value(at.child("$ref"));
        // A reference to a file that exists but was not read is an error, because the user can allow the generator to
        // read the file.
        match file_exists {
            true => self.error(code::FOREIGN_REFERENCE, location, message, help),
            false => self.report_reference(section, code::FOREIGN_REFERENCE, location, message, help),
        }
    }

    /// Returns whether the source text has a value at a location that is missing in the document model. The parser has
    /// already reported it.
    pub(crate) fn is_unread(&self, at: &Pointer) -> bool {
        self.diagnostics.iter().next().is_some() && self.source.contains(at)
    }

    /// Reports a reference whose target does not exist, with the most similar component name as a suggestion.
    pub(crate) fn report_unresolved(&mut self, reference: &str, at: &Pointer, section: &str, suggestion: Option<&str>) {
        let help = match suggestion {
            Some(suggestion) => format!("did you mean `#/components/{section}/{suggestion}`?"),
            None => format!("correct the reference, or add its target to `#/components/{section}`"),
        };
        let location = Location::Value(at.child("$ref"));
        let message = format!("unresolved reference `{}`", written_reference(reference));
        self.report_reference(section, code::DANGLING_REFERENCE, location, message, help);
    }

    /// Reports an unresolved reference. It is a warning if the generated code is usable without the target, and else an
    /// error.
    fn report_reference(
        &mut self,
        section: &str,
        code: Code,
        location: Location,
        message: String,
        help: impl Into<String>,
    ) {
        let diagnostic = match section {
            "securitySchemes" => {
                Diagnostic::warning(code, location, message).label("ignored, so no credentials are sent for it")
            }
            "examples" | "headers" => Diagnostic::warning(code, location, message).label("ignored"),
            "schemas" => Diagnostic::warning(code, location, message).label("the generated type is `AnyJson`"),
            _ => Diagnostic::error(code, location, message),
        };
        self.diagnostics.push(diagnostic.help(help));
    }
}

/// Returns the location of a component. If the name begins with `#`, it is the location itself.
pub(crate) fn component_pointer(section: &str, name: &str) -> Pointer {
    match name.starts_with('#') {
        true => Pointer::from_displayed(name),
        false => Pointer::root().child("components").child(section).child(name),
    }
}
