//! Resolves references to anchors: `#name` refers to the schema with `$anchor: name` or `$dynamicAnchor: name`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ids::visit_mappings;
use crate::source::Pointer;

/// The keyword of a reference whose target depends on the schemas that lead to it.
const DYNAMIC_REF: &str = "$dynamicRef";

/// Replaces each reference to an anchor by a reference with a JSON pointer. If several schemas have the same anchor,
/// references lead to the first of them.
///
/// A `$dynamicRef` becomes a `$ref` if only one schema has its anchor, because it then always has the same target. Other
/// dynamic references stay as they are, so they are reported.
pub fn resolve(tree: &mut Value) {
    let (mut anchors, mut dynamic_anchors) = (BTreeMap::new(), BTreeMap::<String, Vec<Pointer>>::new());
    visit_mappings(tree, &mut |node, at| {
        let anchor = |keyword: &str| node.get(keyword).and_then(Value::as_str).map(str::to_owned);
        if let Some(name) = anchor("$anchor") {
            anchors.entry(name).or_insert_with(|| at.clone());
        }
        if let Some(name) = anchor("$dynamicAnchor") {
            dynamic_anchors.entry(name).or_default().push(at.clone());
        }
    });
    let static_target = |name: &str| anchors.get(name).or_else(|| dynamic_anchors.get(name)?.first());
    let dynamic_target = |name: &str| match dynamic_anchors.get(name).map(Vec::as_slice) {
        Some([target]) => Some(target),
        // Without a dynamic anchor, the keyword means the same as `$ref`.
        None => anchors.get(name),
        Some(_) => None,
    };
    let mut rewrites = Vec::new();
    visit_mappings(tree, &mut |node, at| {
        let name = |keyword: &str| node.get(keyword).and_then(Value::as_str)?.strip_prefix('#');
        if let Some(target) = name("$ref").and_then(static_target) {
            rewrites.push((at.clone(), "$ref", target.to_string()));
        } else if node.get("$ref").is_none()
            && let Some(target) = name(DYNAMIC_REF).and_then(dynamic_target)
        {
            rewrites.push((at.clone(), DYNAMIC_REF, target.to_string()));
        }
    });
    for (at, keyword, target) in rewrites {
        if let Some(Value::Object(map)) = tree.pointer_mut(at.as_str()) {
            map.shift_remove(keyword);
            map.insert("$ref".to_owned(), target.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dynamic_reference_is_static_if_only_one_schema_has_its_anchor() {
        let mut tree = serde_json::json!({ "components": { "schemas": {
            "Tree": { "$dynamicAnchor": "node", "items": { "$dynamicRef": "#node" } },
            "List": { "$dynamicAnchor": "item", "$defs": { "Other": { "$dynamicAnchor": "item" } }, "items": { "$dynamicRef": "#item" } },
            "Named": { "$anchor": "name", "items": { "$dynamicRef": "#name" }, "example": { "$dynamicRef": "#name" } },
            "User": { "items": { "$ref": "#node" } },
        } } });
        resolve(&mut tree);
        let items = |name: &str| tree["components"]["schemas"][name]["items"].clone();
        assert_eq!(items("Tree"), serde_json::json!({ "$ref": "#/components/schemas/Tree" }));
        assert_eq!(items("List"), serde_json::json!({ "$dynamicRef": "#item" }));
        assert_eq!(items("Named"), serde_json::json!({ "$ref": "#/components/schemas/Named" }));
        assert_eq!(items("User"), serde_json::json!({ "$ref": "#/components/schemas/Tree" }));
        assert_eq!(tree["components"]["schemas"]["Named"]["example"], serde_json::json!({ "$dynamicRef": "#name" }));
    }
}
