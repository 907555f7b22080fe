//! The state that all functions that parse one document share.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{Pointer, Source};

/// The state of the parser of one document.
pub struct ParseContext {
    /// The problems of the document.
    pub diagnostics: Diagnostics,
    /// Notes about valid parts of the document that the generator does not use. The user sees them only with `--report
    /// unused`.
    pub unused: Diagnostics,
    /// Whether the document is OpenAPI 3.1, whose schemas are JSON Schema.
    pub is_openapi_31: bool,
    /// The names of the security schemes.
    pub security_schemes: BTreeSet<String>,
    /// The targets of references outside of the sections of the components, each with the section for objects of its
    /// kind.
    pub outside_targets: BTreeSet<(&'static str, Pointer)>,
    /// The source, if it has numbers with more digits than the tree can hold.
    pub long_numbers: Option<Source>,
}

impl ParseContext {
    /// Reports a problem.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Returns the digits of a number of the tree, as they are in the source.
    pub fn digits(&self, number: &Value, at: &Pointer) -> String {
        let digits = self.long_numbers.as_ref().and_then(|source| source.number(at));
        digits.map_or_else(|| number.to_string(), str::to_owned)
    }

    /// Records the target of a reference if it is not a component in `section`. Such targets are parsed after the
    /// components.
    pub fn note_target(&mut self, section: &'static str, reference: &str) {
        if let Some(pointer) = Pointer::from_reference(reference)
            && pointer.component(section).is_none()
        {
            self.outside_targets.insert((section, pointer));
        }
    }
}
