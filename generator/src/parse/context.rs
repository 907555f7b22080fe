//! What all functions that parse one document share.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{Pointer, Source};

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
    /// The source, if it has numbers with more digits than the tree holds.
    pub long_numbers: Option<Source>,
}

impl ParseContext {
    /// Notes a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Returns the digits of a number of the tree, all that the source has.
    pub fn digits(&self, number: &Value, at: &Pointer) -> String {
        let source = self.long_numbers.as_ref().and_then(|source| source.number(at));
        source.map_or_else(|| number.to_string(), str::to_owned)
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
