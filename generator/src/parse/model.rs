//! The document model: the types of the crate `openapiv3`, and the operations for which they have no field.

use std::collections::HashMap;
use std::ops::Deref;

use openapiv3::{OpenAPI, Operation, PathItem};
use serde_json::Value;

use super::operation_key::{ADDITIONAL_OPERATIONS, OperationKey};

/// A parsed document.
#[derive(Debug, PartialEq)]
pub struct Document {
    pub(super) model: OpenAPI,
    pub(super) additional_operations: AdditionalOperations,
}

/// The operations for which `PathItem` has no field, by the location of the path item.
pub(super) type AdditionalOperations = HashMap<String, Vec<(OperationKey, Operation)>>;

impl Document {
    /// Returns the operations of a path item.
    pub fn operations<'a>(&'a self, item: &'a PathItem) -> impl Iterator<Item = (OperationKey, &'a Operation)> {
        let location = item.extensions.get(ADDITIONAL_OPERATIONS).and_then(Value::as_str);
        let additional = location.and_then(|location| self.additional_operations.get(location));
        let additional = additional.into_iter().flatten().map(|(key, operation)| (key.clone(), operation));
        item.iter().map(|(keyword, operation)| (OperationKey::from_keyword(keyword), operation)).chain(additional)
    }
}

impl Deref for Document {
    type Target = OpenAPI;

    fn deref(&self) -> &OpenAPI {
        &self.model
    }
}
