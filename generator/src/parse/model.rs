//! The document model: the types of the crate `openapiv3`, and the operations for which they have no field.

use std::collections::HashMap;
use std::ops::Deref;

use openapiv3::{OpenAPI, Operation, PathItem, ReferenceOr, Schema};
use serde_json::Value;

use super::operation_key::{ADDITIONAL_OPERATIONS, OperationKey};

/// The keyword for the schemas of the properties whose names match a pattern. Its extension is an array of the patterns,
/// each with the index of its schema in the document's list of these schemas.
pub const PATTERN_PROPERTIES: &str = "patternProperties";
/// The keyword for the schema of the property names. Its extension is the index of the schema in the same list.
pub const PROPERTY_NAMES: &str = "propertyNames";
/// A parsed document.
#[derive(Debug, PartialEq)]
pub struct Document {
    pub(super) model: OpenAPI,
    pub(super) additional_operations: AdditionalOperations,
    pub(super) name_schemas: Vec<ReferenceOr<Schema>>,
}

/// The operations for which `PathItem` has no field, by the location of the path item.
pub(super) type AdditionalOperations = HashMap<String, Vec<(OperationKey, Operation)>>;

impl Document {
    /// Returns the schemas that `patternProperties` has for each pattern, in the order of the document.
    pub fn pattern_properties<'a>(
        &'a self,
        schema: &'a Schema,
    ) -> impl Iterator<Item = (&'a str, &'a ReferenceOr<Schema>)> {
        let patterns = schema.schema_data.extensions.get(PATTERN_PROPERTIES).and_then(Value::as_array);
        patterns.into_iter().flatten().filter_map(|entry| {
            Some((entry.get(0)?.as_str()?, self.name_schemas.get(usize::try_from(entry.get(1)?.as_u64()?).ok()?)?))
        })
    }

    /// Returns the schema of the property names.
    pub fn property_names<'a>(&'a self, schema: &'a Schema) -> Option<&'a ReferenceOr<Schema>> {
        let index = schema.schema_data.extensions.get(PROPERTY_NAMES)?.as_u64()?;
        self.name_schemas.get(usize::try_from(index).ok()?)
    }

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
