//! The stable codes of changes.
//!
//! A code is `D`, two digits for the kind of node, and two digits for what changed. A code never gets another meaning.

use super::renames::{Rename, RenamedKind};
use crate::compare::{Change, Difference, Fact, Step};

/// The kinds of nodes with their digits.
const NODES: [(&str, &str); 11] = [
    ("01", "operation"),
    ("02", "parameter"),
    ("03", "response"),
    ("04", "response header"),
    ("05", "API"),
    ("06", "schema"),
    ("07", "property"),
    ("08", "item or value"),
    ("09", "alternative"),
    ("10", "Rust item"),
    ("11", "media type of a response"),
];

/// What changed, with its digits. The first three entries are for the node itself.
pub const CODES: [(&str, &str); 49] = [
    ("01", "added"),
    ("02", "removed"),
    ("03", "renamed"),
    ("04", "moved"),
    ("10", "server"),
    ("11", "security scheme"),
    ("12", "without credentials"),
    ("13", "security"),
    ("14", "operationId"),
    ("15", "method"),
    ("16", "path"),
    ("17", "paging"),
    ("18", "media type"),
    ("19", "body"),
    ("20", "in"),
    ("21", "required"),
    ("22", "readOnly"),
    ("23", "writeOnly"),
    ("24", "nullable"),
    ("25", "deprecated"),
    ("26", "personal"),
    ("27", "type"),
    ("28", "default"),
    ("29", "additionalProperties"),
    ("30", "discriminator"),
    ("31", "mapping"),
    ("32", "defaultMapping"),
    ("33", "enum"),
    ("34", "end of streams"),
    ("40", "minLength"),
    ("41", "maxLength"),
    ("42", "pattern"),
    ("43", "minimum"),
    ("44", "exclusiveMinimum"),
    ("45", "maximum"),
    ("46", "exclusiveMaximum"),
    ("47", "multipleOf"),
    ("48", "minItems"),
    ("49", "maxItems"),
    ("50", "uniqueItems"),
    ("51", "items"),
    ("52", "prefixItems"),
    ("53", "minProperties"),
    ("54", "maxProperties"),
    ("60", "changed"),
    ("61", "tag"),
    ("62", "stream"),
    ("63", "signature"),
    ("64", "event"),
];

/// Returns the meaning of a code, such as `property: required` for `D0721`. Returns `None` for an unknown code.
///
/// ```
/// assert_eq!(bindery::diff::code("D0721").as_deref(), Some("property: required"));
/// assert_eq!(bindery::diff::code("D9999"), None);
/// ```
pub fn code(code: &str) -> Option<String> {
    let (node, keyword) = code.strip_prefix('D')?.split_at_checked(2)?;
    let node = NODES.iter().find(|(digits, _)| *digits == node)?.1;
    let keyword = CODES.iter().find(|(digits, _)| *digits == keyword)?.1;
    Some(format!("{node}: {keyword}"))
}

/// Returns the code of a difference between documents.
pub(super) fn of_difference(difference: &Difference) -> String {
    let node = match difference.path.last() {
        None => "05",
        Some(Step::Operation(_)) => "01",
        Some(Step::Param(..)) => "02",
        Some(Step::Response(_)) => "03",
        Some(Step::Header(_)) => "04",
        Some(Step::MediaType(_)) => "11",
        Some(Step::Type(_)) => "06",
        Some(Step::Property(_)) => "07",
        Some(Step::Items | Step::Item(_) | Step::AdditionalProperties) => "08",
        Some(Step::UnionVariant(_)) => "09",
    };
    let keyword = match &difference.change {
        Change::Added(Fact::Present) => "01",
        Change::Missing(Fact::Present) => "02",
        Change::Added(fact) | Change::Missing(fact) | Change::Changed(crate::compare::Pair { ours: fact, .. }) => {
            let keyword = fact.keyword();
            CODES.iter().find(|(_, name)| *name == keyword).map_or("60", |(digits, _)| digits)
        }
    };
    format!("D{node}{keyword}")
}

/// Returns the code of a rename.
pub(super) fn of_rename(rename: &Rename) -> &'static str {
    match rename.kind {
        RenamedKind::Schema => "D0603",
        RenamedKind::Property => "D0703",
        RenamedKind::Request => "D0103",
        RenamedKind::Method => "D0104",
    }
}
