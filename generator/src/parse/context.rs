//! The state of the parser.

use std::collections::BTreeSet;

use openapiv3::{ReferenceOr, Schema};
use serde_json::Value;

use super::model::AdditionalOperations;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{Pointer, Source};

/// The state that all functions of the parser share while they parse a document.
pub struct ParseContext {
    /// The problems of the document.
    pub diagnostics: Diagnostics,
    /// Notes about valid parts of the document that the generator does not use. The user sees them only with `--report
    /// unused`.
    pub unused: Diagnostics,
    /// The OpenAPI version of the document.
    pub version: Version,
    /// The names of the security schemes in the components.
    pub security_schemes: BTreeSet<String>,
    /// The targets of references that are not in the components. Each target has the section of the components that has
    /// objects of its kind.
    pub outside_targets: BTreeSet<(&'static str, Pointer)>,
    /// The callbacks of the operations that were parsed so far.
    pub callbacks: Vec<Callbacks>,
    /// The operations for which `PathItem` has no field.
    pub additional_operations: AdditionalOperations,
    /// The schemas of `patternProperties` and `propertyNames`, for which `Schema` has no field.
    pub name_schemas: Vec<ReferenceOr<Schema>>,
    /// Whether the current path item is a webhook or a callback, whose operations cannot have callbacks.
    pub is_in_webhooks: bool,
    /// The source of the document, if it has numbers with more digits than a 64-bit number can hold.
    pub long_numbers: Option<Source>,
}

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 3.0.
    #[default]
    V3_0,
    /// 3.1.
    V3_1,
    /// 3.2, or a later version that is read as 3.2.
    V3_2,
}

/// The `callbacks` of an operation.
pub struct Callbacks {
    /// The location of the keyword.
    pub at: Pointer,
    /// The `operationId`, which may be empty.
    pub operation_id: String,
}

impl ParseContext {
    /// Reports a problem.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Returns the digits of a number as the document has them.
    pub fn digits(&self, number: &Value, at: &Pointer) -> String {
        let digits = self.long_numbers.as_ref().and_then(|source| source.number(at));
        digits.map_or_else(|| number.to_string(), str::to_owned)
    }

    /// Stores the target of a reference in [`outside_targets`](Self::outside_targets) if the target is not a component
    /// in `section`.
    pub fn record_target(&mut self, section: &'static str, reference: &str) {
        if let Some(pointer) = Pointer::from_reference(reference)
            && pointer.component(section).is_none()
        {
            self.outside_targets.insert((section, pointer));
        }
    }
}
