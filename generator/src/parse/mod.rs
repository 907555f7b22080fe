//! Parses the text of a document to the document model, keyword by keyword.
//!
//! The model is that of the `openapiv3` crate. It is built here by hand instead of through its own deserializer, which
//! stops at the first mistake, cannot say where it was, and passes over what it does not know. What OpenAPI 3.1 writes
//! in another way is brought to the way of 3.0. Where the model has no place for a thing, it stands in one that has no
//! other meaning:
//!
//! - what a reference leads to outside of its section of the components is in that section, under `#/` and its pointer;
//! - a path that shares the path item of an earlier path is a reference to that path;
//! - the items of a tuple (`prefixItems`) are the `properties` of a schema whose type is `array`, by their position;
//! - the schema of the JSON in a string (`contentSchema`) is the `items` of a schema whose type is `string`.

mod anchors;
mod common;
mod consistency;
mod context;
mod document;
mod external_refs;
mod ids;
mod object_reader;
mod operation;
mod path_items;
mod referenced;
mod scan;
mod schema;
mod security;
mod syntax;
mod unused;
mod yaml;

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::source::Source;
pub use consistency::LIMITS;
use context::ParseContext;
pub use operation::ITEM_SCHEMA;
pub use schema::{CONTENT_ENCODING, CONTENT_MEDIA_TYPE};
pub use unused::unused;

/// Reads a document from YAML or JSON; `None` if the text has no readable document in it.
///
/// Every problem goes to `diagnostics`. Where the rest of the document can still be read, it is.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    read(source, diagnostics)?.document
}

/// The tree of a text, without other files.
pub(crate) fn tree(source: &Source) -> Option<Value> {
    yaml::parse(source, &mut Diagnostics::default())
}

/// A document and what else comes to light while it is read.
struct Read {
    tree: Value,
    document: Option<OpenAPI>,
    unused: Diagnostics,
}

/// The document as locations point into it, joined with the other files that it refers to; `None` if it cannot be read.
pub fn joined_tree(source: &Source) -> Option<Value> {
    joined(source, &mut Diagnostics::default())
}

fn joined(source: &Source, diagnostics: &mut Diagnostics) -> Option<Value> {
    let mut tree = yaml::parse(source, diagnostics)?;
    external_refs::join(source, &mut tree, diagnostics);
    external_refs::spread_sections(source, &mut tree, diagnostics);
    let says =
        |keyword: &str| source.text.contains(keyword) || source.files.values().any(|file| file.text.contains(keyword));
    if says("$id") {
        ids::resolve(&mut tree);
    }
    if says("$anchor") {
        anchors::resolve(&mut tree);
    }
    Some(tree)
}

fn read(source: &Source, diagnostics: &mut Diagnostics) -> Option<Read> {
    let tree = joined(source, diagnostics)?;
    let mut reader = ParseContext {
        diagnostics: std::mem::take(diagnostics),
        unused: Diagnostics::default(),
        is_openapi_31: false,
        schemes: Default::default(),
        wanted: Default::default(),
        long_numbers: source.has_long_numbers().then(|| source.clone()),
    };
    let mut document = document::read(&tree, source, &mut reader);
    if let Some(document) = &mut document {
        referenced::parse_referenced(&tree, document, &mut reader);
    }
    if reader.diagnostics.has_errors() {
        unused::soften(&tree, &mut reader.diagnostics);
    }
    *diagnostics = reader.diagnostics;
    Some(Read { tree, document, unused: reader.unused })
}
