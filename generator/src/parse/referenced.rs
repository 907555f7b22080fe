//! Parses the targets of references that are outside of the components.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use openapiv3::{Components, OpenAPI, ReferenceOr};
use serde_json::Value;

use super::context::ParseContext;
use super::operation::{example_or_ref, header_or_ref, parameter_or_ref, request_body_or_ref, response_or_ref};
use super::schema::schema_or_ref;
use super::security::security_scheme_or_ref;
use crate::source::Pointer;

/// Parses the targets of references that are outside of the components. Adds each target to the components. Its name is
/// its pointer.
pub fn parse_referenced(tree: &Value, document: &mut OpenAPI, context: &mut ParseContext) {
    let mut seen = BTreeSet::new();
    while let Some((section, pointer)) = context.outside_targets.pop_first() {
        let Some(value) = pointer.lookup(tree) else { continue };
        // A reference to a component of a different kind is a mistake. The stage `lower` reports it.
        if pointer.keys().count() == 3 && pointer.as_str().starts_with("/components/") {
            continue;
        }
        if seen.insert((section, pointer.clone())) {
            let components = document.components.get_or_insert_default();
            read(section, value, pointer, components, context);
        }
    }
}

fn read(section: &str, value: &Value, pointer: Pointer, components: &mut Components, context: &mut ParseContext) {
    let name = pointer.to_string();
    match section {
        "schemas" => insert(&mut components.schemas, name, schema_or_ref(value, pointer, context)),
        "responses" => insert(&mut components.responses, name, response_or_ref(value, pointer, context)),
        "parameters" => insert(&mut components.parameters, name, parameter_or_ref(value, pointer, context)),
        "examples" => insert(&mut components.examples, name, example_or_ref(value, pointer, context)),
        "requestBodies" => insert(&mut components.request_bodies, name, request_body_or_ref(value, pointer, context)),
        "securitySchemes" => {
            insert(&mut components.security_schemes, name, security_scheme_or_ref(value, pointer, context))
        }
        "headers" => insert(&mut components.headers, name, header_or_ref(value, pointer, context)),
        _ => {}
    }
}

fn insert<T>(map: &mut IndexMap<String, ReferenceOr<T>>, name: String, item: Option<ReferenceOr<T>>) {
    if let Some(item) = item {
        map.insert(name, item);
    }
}
