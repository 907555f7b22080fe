//! What all functions that parse one document share.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Pointer;

/// What all readers of one document share.
pub struct ParseContext {
    /// What is wrong with it.
    pub diagnostics: Diagnostics,
    /// What of it nothing is made of, and needs no attention.
    pub unused: Diagnostics,
    /// Whether it is one of OpenAPI 3.1, whose schemas are those of JSON Schema.
    pub is_openapi_31: bool,
    /// The names of the security schemes that it describes.
    pub schemes: BTreeSet<String>,
    /// What references ask for: a section of the components, and where they lead instead.
    pub wanted: BTreeSet<(&'static str, Pointer)>,
}

impl ParseContext {
    /// Notes a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes what a reference asks for.
    pub fn wants(&mut self, section: &'static str, reference: &str) {
        if let Some(pointer) = Pointer::from_reference(reference)
            && pointer.component(section).is_none()
        {
            self.wanted.insert((section, pointer));
        }
    }
}
