//! The properties of a record that identify it: its key, its URL and the URLs of its child collections.

use bindery::ir::{ResourceId, TypeRef};
use serde_json::{Map, Value, json};

use crate::model::Model;
use crate::path::segment;
use crate::{copies, generate, request_values};

/// Sets the URL of a record and the URLs of its child collections.
pub(crate) fn with_urls(model: &Model, resource: ResourceId, mut record: Value, url: &str) -> Value {
    let special_properties = model.special_properties(resource);
    let Value::Object(entries) = &mut record else { return record };
    if let Some(property) = &special_properties.url {
        entries.insert(property.clone(), json!(url));
    }
    if let Some((property, links)) =
        special_properties.links.as_ref().filter(|(name, _)| !copies::keeps_links(model, resource, name))
    {
        let links: Map<_, _> =
            links.iter().map(|(key, segment)| (key.clone(), json!(format!("{url}/{segment}")))).collect();
        entries.insert(property.clone(), Value::Object(links));
    }
    record
}

/// Sets the key property of a record, after converting the key to the type of the property.
pub(crate) fn set_key(model: &Model, ty: &TypeRef, record: &mut Value, property: Option<&str>, key: &str) {
    let (Some(property), Value::Object(entries)) = (property, record) else { return };
    let Some(field) = model.record(ty).and_then(|record| record.fields.iter().find(|field| field.wire == property))
    else {
        return;
    };
    let mut values = [json!(key), request_values::from_text(model, &field.ty, key)].into_iter();
    if let Some(value) = values.find(|value| generate::fits(model, field, value)) {
        entries.insert(property.to_owned(), value);
    }
}

/// Returns the path of a record.
pub(crate) fn path_of(collection: &str, key: &str) -> String {
    if key.is_empty() { collection.to_owned() } else { format!("{collection}/{}", segment(key)) }
}
