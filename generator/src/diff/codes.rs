//! The stable codes of changes.
//!
//! A code is `D`, two digits for the kind of node, and two digits for what changed. A code never gets another meaning.

use super::renames::{Rename, RenamedKind};
use crate::compare::{Change, Difference, Fact, Pair, Step};

/// A part of a code: two digits, their meaning, and an explanation.
struct Part {
    digits: &'static str,
    name: &'static str,
    explanation: &'static str,
}

const fn part(digits: &'static str, name: &'static str, explanation: &'static str) -> Part {
    Part { digits, name, explanation }
}

/// The kinds of nodes.
const NODES: [Part; 16] = [
    part("01", "operation", "An operation is a method of a resource, with a type for its request."),
    part("02", "parameter", "A parameter, a form field or a request body is an argument or a setter of the request."),
    part("03", "response", "The body of a successful response is what a request returns."),
    part(
        "04",
        "response header",
        "A header is a method of responses. If no response has the header any more, the method is removed.",
    ),
    part("05", "API", "The change concerns all operations."),
    part("06", "schema", "A schema is a type in `models`."),
    part("07", "property", "A property is a field of a type in `models`."),
    part("08", "item or value", "The change concerns the items of an array, or the values of a map."),
    part(
        "09",
        "alternative",
        "An alternative of `oneOf` or `anyOf` is a variant of an enum. Unknown alternatives are decoded as `Unknown`.",
    ),
    part(
        "10",
        "Rust item",
        "The public items of the crate differ, and no difference of the documents is about them. The cause is codegen.toml, or another \
         change: a type is removed if nothing uses it any more.",
    ),
    part("11", "media type of a response", "The response has the type of this media type if a program requests it."),
    part("12", "webhook", "The API sends the request of a webhook, and the program decodes it."),
    part(
        "13",
        "payload of a webhook",
        "The program decodes the payload, so a change breaks programs as a change of a response does.",
    ),
    part("14", "key of codegen.toml", "The key changes what the crate does, but not its public items."),
    part("15", "header of a webhook", "The program reads the headers of a webhook by their names."),
    part(
        "16",
        "server variable",
        "A program can set the variable when it creates the client. The value becomes a part of the base URL.",
    ),
];

/// What changed. The first entries are for the node itself.
const KEYWORDS: [Part; 59] = [
    part("01", "added", "Only the new document has the node."),
    part("02", "removed", "Only the old document has the node. Programs that use it must be changed."),
    part("03", "renamed", "The node has another name. Programs must use the new name."),
    part(
        "04",
        "moved",
        "The operation has another path, or another method of a resource. Programs must call the new method.",
    ),
    part("10", "server", "The API or operation has another base URL. Old clients send requests to the old URL."),
    part("11", "security scheme", "The API has another kind of credentials."),
    part("12", "without credentials", "The operation can, or can no longer, be called without credentials."),
    part("13", "security", "The operation accepts other credentials."),
    part("14", "operationId", "The operation has another ID. The Rust names follow from it."),
    part("15", "method", "Old clients send the request with the old HTTP method."),
    part("16", "path", "Old clients send the request to the old path."),
    part("17", "paging", "The next page is requested in another way, so old clients may not find it."),
    part("18", "media type", "The body has another media type."),
    part("19", "body", "The body was added or removed, or is encoded in another way."),
    part("20", "in", "The parameter is in another part of the request."),
    part(
        "21",
        "required",
        "The server may reject requests of old clients if the node is now required, because they may be without it.",
    ),
    part("22", "readOnly", "Requests no longer have the property, or have it again."),
    part("23", "writeOnly", "Responses no longer have the property, or have it again."),
    part(
        "24",
        "nullable",
        "The value may be `null`, or may no longer be. The Rust type gains or loses `Option` or `Nullable`.",
    ),
    part("25", "deprecated", "Programs get a warning, and keep working."),
    part("26", "personal", "Errors, logs and `Debug` hide the value, or show it again."),
    part("27", "type", "The values have another type, and so has the Rust item."),
    part("28", "default", "The server uses another value if a request does not set one."),
    part("29", "additionalProperties", "The object may have additional properties, or may no longer have them."),
    part("30", "discriminator", "Another property selects the alternative."),
    part("31", "mapping", "Another value of the discriminator selects the alternative."),
    part("32", "defaultMapping", "Another alternative is chosen if the discriminator has no known value."),
    part(
        "33",
        "enum",
        "An open enum decodes new values as `Unknown`, and a closed enum refuses them. A removed value is a variant that programs can no \
         longer use, and the server may reject it in a request.",
    ),
    part("34", "end of streams", "Clients that do not know the item decode it as a value."),
    part(
        "35",
        "encoding",
        "The parameter is written in another way, such as its style. The server may not understand old requests.",
    ),
    part(
        "36",
        "schema",
        "The values have another schema, which is in `components` beside the old one. The Rust item has the type of the new schema.",
    ),
    part(
        "37",
        "scope",
        "The operation needs a token with other OAuth 2.0 scopes. The tokens of old clients may not have a new scope.",
    ),
    part("38", "tokenUrl", "Old clients request OAuth 2.0 tokens at the old URL."),
    part("39", "other strings", "The server may reject strings that the enum does not list, or accepts them again."),
    part("40", "minLength", TIGHTER),
    part("41", "maxLength", TIGHTER),
    part("42", "pattern", TIGHTER),
    part("43", "minimum", TIGHTER),
    part("44", "exclusiveMinimum", TIGHTER),
    part("45", "maximum", TIGHTER),
    part("46", "exclusiveMaximum", TIGHTER),
    part("47", "multipleOf", TIGHTER),
    part("48", "minItems", TIGHTER),
    part("49", "maxItems", TIGHTER),
    part("50", "uniqueItems", TIGHTER),
    part("51", "items", TIGHTER),
    part("52", "prefixItems", TIGHTER),
    part("53", "minProperties", TIGHTER),
    part("54", "maxProperties", TIGHTER),
    part("55", "propertyNames", TIGHTER),
    part("56", "patternProperties", TIGHTER),
    part("57", "dependentRequired", TIGHTER),
    part("60", "changed", "The node differs in another way."),
    part("61", "tag", "The operation belongs to another group."),
    part("62", "stream", "The response is a stream, or no longer is one."),
    part("63", "signature", "Webhooks are signed in another way."),
    part("64", "event", "The name of the event is at another location in a webhook."),
    part(
        "65",
        "event name",
        "The API sends the event with another name. A program decodes an event with an unknown name as `Unknown`.",
    ),
    part("66", "format", "The type of the values does not depend on the format, and the crate does not check it."),
];

/// What changed, for the codes whose node needs another explanation than that of [`KEYWORDS`].
const SPECIFIC: [(&str, &str); 9] = [
    (
        "D0201",
        "Only the new document has the node. The server may reject requests of old clients if it is required and has no default.",
    ),
    (
        "D0701",
        "Only the new document has the node. If it is required, the server may reject requests of old clients, and new clients cannot \
         decode old responses.",
    ),
    (
        "D0721",
        "If the property is now required, the server may reject requests of old clients, and new clients cannot decode old responses \
         without it. If it is now optional, old clients cannot decode new responses without it.",
    ),
    ("D1001", "Only the new crate has the item."),
    ("D1002", "Only the old crate has the item. Programs that use it must be changed."),
    ("D1060", "The item has another type, or other fields, variants or methods."),
    ("D1401", "Only the new version has a value of the key."),
    ("D1402", "Only the old version has a value of the key."),
    ("D1460", "The key has another value."),
];

const TIGHTER: &str =
    "The server may reject requests that were valid if the constraint is new or tighter. Responses are not checked.";

/// Returns the meaning of a code, such as `property: required` for `D0721`. Returns `None` for an unknown code.
///
/// ```
/// assert_eq!(bindery::diff::code("D0721").as_deref(), Some("property: required"));
/// assert_eq!(bindery::diff::code("D9999"), None);
/// ```
pub fn code(code: &str) -> Option<String> {
    parts(code).map(|(node, keyword)| format!("{}: {}", node.name, keyword.name))
}

/// Returns the explanation of a code. Returns `None` for an unknown code.
///
/// ```
/// let text = bindery::diff::explain("D0725").unwrap();
/// assert!(text.ends_with("Programs get a warning, and keep working."));
/// ```
pub fn explain(code: &str) -> Option<String> {
    let (node, keyword) = parts(code)?;
    let specific = SPECIFIC.iter().find(|(specific, _)| specific.eq_ignore_ascii_case(code));
    let change = specific.map_or(keyword.explanation, |(_, explanation)| explanation);
    Some(format!("{}\n\n{change}", node.explanation))
}

/// Returns all codes. Not every combination of a node and of what changed occurs in a report.
pub fn codes() -> impl Iterator<Item = String> {
    NODES.iter().flat_map(|node| KEYWORDS.iter().map(move |keyword| format!("D{}{}", node.digits, keyword.digits)))
}

/// Returns a list of the parts of codes, one in each line.
pub fn list() -> String {
    let nodes = NODES.iter().map(|node| format!("D{}..  {}\n", node.digits, node.name));
    let keywords = KEYWORDS.iter().map(|keyword| format!("D..{}  {}\n", keyword.digits, keyword.name));
    nodes.chain(keywords).collect()
}

fn parts(code: &str) -> Option<(&'static Part, &'static Part)> {
    let (node, keyword) = code.strip_prefix(['D', 'd'])?.split_at_checked(2)?;
    let find = |parts: &'static [Part], digits: &str| parts.iter().find(|part| part.digits == digits);
    Some((find(&NODES, node)?, find(&KEYWORDS, keyword)?))
}

/// Returns the code of a difference between documents.
pub(super) fn of_difference(difference: &Difference) -> String {
    let node = match difference.path.last() {
        None => "05",
        Some(Step::Operation(_)) => "01",
        Some(Step::Param(..)) => "02",
        Some(Step::Response(_)) => "03",
        Some(Step::Header(_)) if matches!(difference.path.first(), Some(Step::Webhook(_))) => "15",
        Some(Step::Header(_)) => "04",
        Some(Step::MediaType(_)) => "11",
        Some(Step::ServerVariable(_)) => "16",
        Some(Step::Type(_)) => "06",
        Some(Step::Webhook(_)) => "12",
        Some(Step::Payload) => "13",
        Some(Step::Property(_)) => "07",
        Some(Step::Items | Step::Item(_) | Step::AdditionalProperties) => "08",
        Some(Step::UnionVariant(_)) => "09",
    };
    let keyword = match &difference.change {
        Change::Added(Fact::Present) => "01",
        Change::Missing(Fact::Present) => "02",
        Change::Changed(Pair { ours: Fact::Name(_), .. }) => "03",
        change => {
            let keyword = change.fact().keyword();
            KEYWORDS.iter().find(|part| part.name == keyword).map_or("60", |part| part.digits)
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

#[cfg(test)]
mod tests {
    use super::{SPECIFIC, explain};

    #[test]
    fn an_explanation_is_about_the_node() {
        for (code, expected) in [
            ("D0601", "Only the new document has the node."),
            ("d0721", "new clients cannot decode old responses without it."),
            ("D1001", "Only the new crate has the item."),
            ("D1401", "Only the new version has a value of the key."),
        ] {
            assert!(explain(code).is_some_and(|text| text.contains(expected)), "{code}: {:?}", explain(code));
        }
        for (code, explanation) in SPECIFIC {
            assert!(explain(code).is_some_and(|text| text.ends_with(explanation)), "{code}");
        }
    }
}
