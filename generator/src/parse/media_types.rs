//! Expands the references in `content` to media types, such as those in `components.mediaTypes`.

use serde_json::{Map, Value, json};

use super::external_refs::MAX_CHAIN_LENGTH;
use super::ids::visit_mappings;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::source::{Pointer, written_reference};

/// The section of the components with media types.
pub(super) const MEDIA_TYPES: &str = "mediaTypes";

/// The maximum size of all copies, in bytes of JSON. `schema`, `itemSchema` and `examples` are not copied.
const MAX_COPIED_BYTES: usize = 16 << 20;

/// Replaces each reference to a media type by the media type. The replacement refers to the schemas and the examples of the
/// media type, so they are not repeated.
pub fn expand_references(tree: &mut Value, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    visit_mappings(tree, &mut |node, at| collect(node, at, &mut found));
    let mut bytes_left = MAX_COPIED_BYTES;
    for at in found {
        let (replacement, size) = match target(tree, &at) {
            Ok((target, media_type)) => copy(media_type, &target),
            Err(reference) => {
                let message = format!("unresolved reference `{}`", written_reference(&reference));
                let location = Location::Value(at.child("$ref"));
                let diagnostic = Diagnostic::error(code::DANGLING_REFERENCE, location, message);
                diagnostics.push(diagnostic.help("refer to a media type that exists"));
                (Value::Object(Map::new()), 0)
            }
        };
        let Some(left) = bytes_left.checked_sub(size) else {
            let message = "the copies of media types for references are larger than 16 MiB";
            let diagnostic = Diagnostic::error(code::TOO_MANY, Location::Key(at), message);
            diagnostics.push(diagnostic.help("move the `example` of the media type to `components.examples`"));
            return;
        };
        bytes_left = left;
        if let Some(value) = tree.pointer_mut(at.as_str()) {
            *value = replacement;
        }
    }
}

/// Adds the locations of the references in the `content` or `mediaTypes` of a mapping.
fn collect(node: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
    for keyword in ["content", MEDIA_TYPES] {
        let Some(Value::Object(media_types)) = node.get(keyword) else { continue };
        // A property may have the name `content`, but the keywords of its schema have no slash.
        let is_media_type = |name: &str| name.contains('/') || keyword == MEDIA_TYPES;
        let references = media_types
            .iter()
            .filter(|(name, value)| is_media_type(name) && value.get("$ref").is_some_and(Value::is_string));
        found.extend(references.map(|(name, _)| at.child(keyword).child(name)));
    }
}

/// Returns the media type at the end of a chain of references, and its location.
///
/// # Errors
///
/// Returns the reference whose target does not exist or is part of a cycle.
fn target<'v>(tree: &'v Value, at: &Pointer) -> Result<(Pointer, &'v Map<String, Value>), String> {
    let mut reference = None;
    let mut at = at.clone();
    for _ in 0..MAX_CHAIN_LENGTH {
        let Some(Value::Object(media_type)) = at.lookup(tree) else { break };
        match media_type.get("$ref").and_then(Value::as_str) {
            None => return Ok((at, media_type)),
            Some(next) => {
                reference = Some(next);
                match Pointer::from_reference(next) {
                    Some(target) => at = target,
                    None => break,
                }
            }
        }
    }
    Err(reference.unwrap_or_default().to_owned())
}

/// Returns a media type that refers to the schemas and examples of the media type at `target`, and the number of copied bytes.
fn copy(media_type: &Map<String, Value>, target: &Pointer) -> (Value, usize) {
    let refer = |at: Pointer, value: &Value| match value {
        Value::Object(object) if !object.contains_key("$ref") => json!({ "$ref": at.to_string() }),
        value => value.clone(),
    };
    let mut size = 0;
    let entries = media_type.iter().map(|(key, value)| {
        let at = target.child(key);
        let value = match (key.as_str(), value) {
            ("schema" | "itemSchema", value) => refer(at, value),
            ("examples", Value::Object(examples)) => {
                examples.iter().map(|(name, example)| (name.clone(), refer(at.child(name), example))).collect()
            }
            (_, value) => {
                size += value.to_string().len();
                value.clone()
            }
        };
        (key.clone(), value)
    });
    let copy = Value::Object(entries.collect());
    (copy, size)
}
