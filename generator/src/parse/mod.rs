//! Parses the text of a document to the document model, keyword by keyword.
//!
//! The document model is the crate `openapiv3`. Its deserializer is not used, because it stops at the first mistake,
//! does not say where the mistake is, and skips unknown keywords. The parser converts the keywords of OpenAPI 3.1 to
//! keywords of OpenAPI 3.0.
//!
//! The model has no fields for some keywords. The parser stores their values in other fields:
//!
//! - Some keywords (`contentEncoding`, `contentMediaType`, `itemSchema`, `deviceAuthorization`, `dependentRequired`, large
//!   limits) are in `extensions`, with the keyword as the key. Real extensions have the prefix `x-`.
//! - The target of a reference outside of the components is added to the components. Its name is its pointer, which
//!   begins with `#`.
//! - Operations for which a path item has no field are in [`Document`], by the location of the path item. An extension of the path
//!   item has this location.
//! - The schemas of `patternProperties` and `propertyNames` are in [`Document`]. Extensions of a schema have the indexes of these
//!   schemas.
//! - Webhooks and callbacks are the `callbacks` of the components. Their names are their locations, which begin with `#`.
//! - A path that has the same path item as an earlier path is a reference to the earlier path.
//! - The schemas of the items of a tuple (`prefixItems`) are the `properties` of a schema of the type `array`. The keys
//!   are `0`, `1` and so on.
//! - The schema of the JSON in a string (`contentSchema`) is the `items` of a schema of the type `string`.

mod anchors;
mod common;
mod consistency;
mod content;
mod context;
mod dependents;
mod document;
mod external_refs;
mod ids;
mod media_types;
mod model;
mod object_reader;
mod operation;
mod operation_key;
mod overlay;
mod path_items;
mod property_names;
mod referenced;
mod references;
mod scan;
mod schema;
mod schema_types;
mod security;
mod select;
mod syntax;
mod unused;
mod webhooks;
mod yaml;

use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::source::Source;
pub use consistency::LIMIT_KEYWORDS;
pub use content::{CONTENT_ENCODING, CONTENT_MEDIA_TYPE};
use context::ParseContext;
pub(crate) use dependents::{Dependents, dependents};
pub use document::PARENT;
pub use model::{Document, PATTERN_PROPERTIES};
pub use operation::{COOKIE_STYLE, ITEM_SCHEMA, QUERYSTRING};
pub use operation_key::{ADDITIONAL_OPERATIONS, OperationKey};
pub use overlay::effective_text;
pub use property_names::DEPENDENT_REQUIRED;
pub use schema::DEFAULT_MAPPING;
pub use security::{DEVICE_AUTHORIZATION, DEVICE_AUTHORIZATION_URL};
pub(crate) use select::{Operation, remove as remove_operations, remove_unselected_webhooks, unselected};
pub use unused::unused;

/// Parses a document from YAML or JSON. Returns `None` if the text has a syntax error or is not an OpenAPI document.
///
/// Adds all problems to `diagnostics`.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<Document> {
    let tree = parse_and_join(source, diagnostics)?;
    parse_tree(&tree, source, diagnostics).0
}

/// Parses a document, and applies its overlays. Returns the tree of values, without the other files that it refers to.
pub(crate) fn tree(source: &Source) -> Option<Value> {
    let mut tree = yaml::parse(source, &mut Diagnostics::default())?;
    overlay::apply(source, &mut tree, &mut Diagnostics::default());
    Some(tree)
}

/// Parses a text and the files that it refers to to a tree of values. Pointers refer to nodes of this tree.
/// Returns `None` if the text cannot be read.
pub fn joined_tree(source: &Source) -> Option<Value> {
    parse_and_join(source, &mut Diagnostics::default())
}

/// Parses a text and the files that it refers to to a tree of values, as [`joined_tree`] does, and adds all problems to
/// `diagnostics`.
pub(crate) fn parse_and_join(source: &Source, diagnostics: &mut Diagnostics) -> Option<Value> {
    let mut tree = yaml::parse(source, diagnostics)?;
    overlay::apply(source, &mut tree, diagnostics);
    external_refs::join(source, &mut tree, diagnostics);
    external_refs::expand_section_references(source, &mut tree, diagnostics);
    let contains = |keyword: &str| source.texts().any(|text| text.contains(keyword));
    if contains("$id") {
        ids::resolve(&mut tree);
    }
    if contains(media_types::MEDIA_TYPES) {
        media_types::expand_references(&mut tree, diagnostics);
    }
    if contains("$anchor") || contains("$dynamicAnchor") {
        anchors::resolve(&mut tree);
    }
    Some(tree)
}

/// Parses a tree to the document model. Also returns notes about keywords that the generator does not use.
pub(crate) fn parse_tree(
    tree: &Value,
    source: &Source,
    diagnostics: &mut Diagnostics,
) -> (Option<Document>, Diagnostics) {
    let mut context = ParseContext {
        diagnostics: std::mem::take(diagnostics),
        unused: Diagnostics::default(),
        version: Default::default(),
        security_schemes: Default::default(),
        outside_targets: Default::default(),
        callbacks: Vec::new(),
        additional_operations: Default::default(),
        name_schemas: Vec::new(),
        is_in_webhooks: false,
        long_numbers: source.has_long_numbers().then(|| source.clone()),
    };
    let mut model = document::read(tree, source, &mut context);
    if let Some(model) = &mut model {
        webhooks::parse_webhooks(tree, source, model, &mut context);
        referenced::parse_referenced(tree, model, &mut context);
    }
    if context.diagnostics.has_errors() {
        unused::downgrade_errors(tree, &mut context.diagnostics);
    }
    *diagnostics = context.diagnostics;
    let ParseContext { additional_operations, name_schemas, .. } = context;
    (model.map(|model| Document { model, additional_operations, name_schemas }), context.unused)
}
