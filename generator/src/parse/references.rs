//! Parses objects that may be references.

use openapiv3::ReferenceOr;
use serde_json::{Map, Value};

use super::context::{ParseContext, Version};
use super::object_reader::REMOVE_HELP;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::Pointer;

/// Reads a reference, or else an object with the function `read`. `section` is the section of the components that has
/// objects of this kind.
pub fn object_or_ref<T>(
    value: &Value,
    pointer: Pointer,
    context: &mut ParseContext,
    section: &'static str,
    read: impl FnOnce(&Value, Pointer, &mut ParseContext) -> Option<T>,
) -> Option<ReferenceOr<T>> {
    let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
        return read(value, pointer, context).map(ReferenceOr::Item);
    };
    report_beside_reference(value, &pointer, context);
    context.record_target(section, reference);
    Some(ReferenceOr::Reference { reference: reference.to_owned() })
}

/// Returns the targets of the references in an object itself: of its `$ref`, and of the `mapping` of its discriminator.
pub fn reference_targets(object: &Map<String, Value>) -> impl Iterator<Item = Pointer> {
    let target = object.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference);
    let mapping = object.get("discriminator").and_then(|discriminator| discriminator.get("mapping"));
    let mapped = mapping.and_then(Value::as_object).into_iter().flatten();
    let mapped = mapped.filter_map(|(_, target)| target.as_str()).map(|target| {
        let schema = || Pointer::root().child("components").child("schemas").child(target);
        Pointer::from_reference(target).unwrap_or_else(schema)
    });
    target.into_iter().chain(mapped)
}

/// Reports the keywords next to a `$ref` that have no effect.
pub fn report_beside_reference(value: &Value, pointer: &Pointer, context: &mut ParseContext) {
    for (key, _) in value.as_object().into_iter().flatten().filter(|(key, _)| *key != "$ref") {
        // In OpenAPI 3.1, a `summary` or `description` next to a `$ref` replaces the same keyword of the target. The
        // generator does not support the replacement.
        if context.version >= Version::V3_1 && matches!(key.as_str(), "summary" | "description") {
            let message = format!("`{key}` next to a `$ref` is not used");
            let note = Diagnostic::note(code::UNUSED_KEYWORD, Location::Key(pointer.child(key)), message);
            context.unused.push(note.label("the description of the component is used").help(REMOVE_HELP));
            continue;
        }
        if key.starts_with("x-") {
            continue;
        }
        let message = format!("`{key}` next to a `$ref` has no effect");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Location::Key(pointer.child(key)), message);
        context.report(diagnostic.help("move the keyword to the component that the reference names"));
    }
}
