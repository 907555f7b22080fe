//! The state that all functions that parse one document share.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Pointer;

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
}

impl ParseContext {
    /// Reports a problem.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes the target of a reference, if it has to be parsed because it is not in the section of the components for
    /// objects of its kind.
    pub fn note_target(&mut self, section: &'static str, reference: &str) {
        if let Some(pointer) = Pointer::from_reference(reference)
            && pointer.component(section).is_none()
        {
            self.outside_targets.insert((section, pointer));
        }
    }
}
