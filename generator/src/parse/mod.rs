//! Text to the document model: what the author wrote, read keyword by keyword.
//!
//! The model is that of the `openapiv3` crate. It is built here by hand instead of through its own deserializer, which
//! stops at the first mistake, cannot say where it was, and passes over what it does not know.

mod document;
mod keys;
mod schema;
mod tree;

use openapiv3::OpenAPI;

use crate::diag::Diagnostics;
use crate::source::Source;

/// Reads a document from YAML or JSON; `None` if the text has no readable document in it.
///
/// Every problem goes to `diagnostics`. Where the rest of the document can still be read, it is.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    let tree = tree::parse(source, diagnostics)?;
    document::read(&tree, diagnostics)
}
