//! References: each is followed to what it names, however many lie in between.

use indexmap::IndexMap;
use openapiv3::{Components, ReferenceOr};

use super::Lowering;
use crate::diag::{Code, Diagnostic, Place, code, did_you_mean};
use crate::source::{Pointer, UnreadReference, shown};

impl<'a> Lowering<'a> {
    /// What stands at `at`, or what a reference there leads to, with its own place.
    ///
    /// `section` is the part of the components that things of this kind live in.
    pub(super) fn resolve<'r, T>(
        &mut self,
        item: &'r ReferenceOr<T>,
        at: &Pointer,
        section: &str,
        components: fn(&'a Components) -> &'a IndexMap<String, ReferenceOr<T>>,
    ) -> Option<(&'r T, Pointer)>
    where
        'a: 'r,
    {
        let (mut item, mut at) = (item, at.clone());
        let mut seen = Vec::new();
        loop {
            let reference = match item {
                ReferenceOr::Item(item) => return Some((item, at)),
                ReferenceOr::Reference { reference } => reference,
            };
            let name = self.component_name(reference, &at, section)?;
            let items = self.document.components.as_ref().map(components);
            let Some((name, next)) = items.and_then(|items| items.get_key_value(&name)) else {
                let known = items.into_iter().flat_map(IndexMap::keys).map(String::as_str);
                let near = did_you_mean(&name, known).map(str::to_owned);
                self.dangling(reference, &at, section, near.as_deref());
                return None;
            };
            if seen.contains(&name) {
                self.error(
                    code::CIRCULAR_REFERENCE,
                    Place::Value(at.child("$ref")),
                    format!("`{reference}` leads back to itself"),
                    "let one of the references on the way be a description",
                );
                return None;
            }
            seen.push(name);
            at = match name.starts_with('#') {
                true => Pointer::at(name),
                false => Pointer::root().child("components").child(section).child(name),
            };
            item = next;
        }
    }

    /// The name at the end of `#/components/<section>/<name>`.
    pub(super) fn component_name(&mut self, reference: &str, at: &Pointer, section: &str) -> Option<String> {
        let place = Place::Value(at.child("$ref"));
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
        // Whatever stands elsewhere is among the components too, under its place.
        if pointer.keys().count() != 3 || !pointer.as_str().starts_with("/components/") {
            return Some(pointer.to_string());
        }
        self.leads_nowhere(
            section,
            code::MISPLACED_REFERENCE,
            place,
            format!("`{reference}` does not lead to one of `#/components/{section}`"),
            format!("move what it names to `#/components/{section}/…` and refer to it there"),
        );
        None
    }

    /// Reports a reference to something other than a file that has been read.
    fn foreign(&mut self, reference: &str, at: &Pointer, section: &str) {
        let UnreadReference { message, help, refused } = self.source.unread(reference, at);
        let place = Place::Value(at.child("$ref"));
        // Where there is a file, the author means it, and can have it read.
        match refused {
            true => self.error(code::FOREIGN_REFERENCE, place, message, help),
            false => self.leads_nowhere(section, code::FOREIGN_REFERENCE, place, message, help),
        }
    }

    pub(super) fn dangling(&mut self, reference: &str, at: &Pointer, section: &str, near: Option<&str>) {
        let help = match near {
            Some(near) => format!("did you mean `#/components/{section}/{near}`?"),
            None => format!("describe it in `#/components/{section}`"),
        };
        let place = Place::Value(at.child("$ref"));
        let message = format!("nothing stands at `{}`", shown(reference));
        self.leads_nowhere(section, code::DANGLING_REFERENCE, place, message, help);
    }

    /// A reference that leads nowhere. The generated code is right without an example, a security scheme and the header
    /// of a response, and what a schema says is not needed to pass a value on.
    fn leads_nowhere(&mut self, section: &str, code: Code, place: Place, message: String, help: impl Into<String>) {
        let diagnostic = match section {
            "securitySchemes" => {
                Diagnostic::warning(code, place, message).label("ignored, so that no credentials are sent for it")
            }
            "examples" | "headers" => Diagnostic::warning(code, place, message).label("ignored"),
            "schemas" if code != code::MISPLACED_REFERENCE => {
                Diagnostic::warning(code, place, message).label("the generated type is `serde_json::Value`")
            }
            _ => Diagnostic::error(code, place, message),
        };
        self.diagnostics.push(diagnostic.help(help));
    }
}
