//! Parses webhooks and callbacks. The model has no field for webhooks, so both are added to `components.callbacks`.
//!
//! The name of each is its location, which begins with `#`. It is a callback with one path item, whose key is the
//! `operationId` of the operation that registers the callback. The key is empty for webhooks.

use openapiv3::{Callback, OpenAPI, ReferenceOr};
use serde_json::Value;

use super::context::{Callbacks, ParseContext};
use super::object_reader::ObjectReader;
use super::path_items::PathItems;
use crate::source::{Pointer, Source};

/// The keywords of the root with webhooks. The second is an extension for OpenAPI 3.0.
pub(super) const KEYWORDS: [&str; 2] = ["webhooks", "x-webhooks"];

/// Parses the webhooks and the callbacks of all operations, and adds them to the components.
pub fn parse_webhooks(tree: &Value, source: &Source, document: &mut OpenAPI, context: &mut ParseContext) {
    let mut items = PathItems::new(tree, source);
    let mut parsed = Vec::new();
    context.is_in_webhooks = true;
    for keyword in KEYWORDS {
        let at = Pointer::root().child(keyword);
        let webhooks = entries(tree, &at, context);
        parsed.extend(webhooks.filter_map(|(value, at)| path_item(&mut items, value, (&at, at.clone()), "", context)));
    }
    for Callbacks { at, operation_id } in std::mem::take(&mut context.callbacks) {
        let callbacks: Vec<_> = entries(tree, &at, context).collect();
        for (callback, at) in callbacks {
            let Some(target) = items.resolve(callback, at.clone(), context) else { continue };
            for (value, target_at) in entries(tree, &target, context) {
                let expression = target_at.keys().last().unwrap_or_default();
                let use_at = at.child(expression);
                parsed.extend(path_item(&mut items, value, (&use_at, target_at), &operation_id, context));
            }
        }
    }
    context.is_in_webhooks = false;
    if !parsed.is_empty() {
        document.components.get_or_insert_default().callbacks.extend(parsed);
    }
}

/// Returns the entries of the object at a location, except extensions.
fn entries<'v>(
    tree: &'v Value,
    at: &Pointer,
    context: &mut ParseContext,
) -> impl Iterator<Item = (&'v Value, Pointer)> + use<'v> {
    let value = at.lookup(tree).filter(|value| !value.is_null());
    let is_object = value.is_some_and(|value| ObjectReader::new(value, at.clone(), context).is_some());
    let at = at.clone();
    let entries = value.filter(|_| is_object).and_then(Value::as_object).into_iter().flatten();
    entries.filter(|(key, _)| !key.starts_with("x-")).map(move |(key, value)| (value, at.child(key)))
}

/// Parses the path item of a webhook. If an earlier webhook has the same path item, refers to the earlier webhook. The first
/// location is that of the webhook. The second location is different if it is in a component.
fn path_item<'v>(
    items: &mut PathItems<'v>,
    value: &'v Value,
    (at, value_at): (&Pointer, Pointer),
    operation_id: &str,
    context: &mut ParseContext,
) -> Option<(String, ReferenceOr<Callback>)> {
    let name = at.to_string();
    let item = match items.item(&name, value, value_at, context)? {
        ReferenceOr::Item(item) => ReferenceOr::Item(Callback::from([(operation_id.to_owned(), item)])),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    };
    Some((name, item))
}
