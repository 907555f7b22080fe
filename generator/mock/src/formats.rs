//! String formats without a type in the IR, such as `email`. Each format has a pattern for generated strings, and a
//! function that checks received strings.

use std::net::{Ipv4Addr, Ipv6Addr};

use bindery::ir::{Api, Constraint, Shape, TypeRef};
use bindery::parse::joined_tree;
use bindery::source::{Pointer, Source};
use serde_json::Value;

/// A format of strings.
struct Format {
    name: &'static str,
    /// The pattern of generated strings.
    pattern: &'static str,
    is_valid: fn(&str) -> bool,
    /// The message about an invalid string.
    expected: &'static str,
}

/// The string formats. `time` and `duration` are generated but not validated, because APIs use too many notations for
/// them.
const FORMATS: &[Format] = &[
    Format {
        name: "email",
        pattern: r"^[a-z]{4,8}@example\.com$",
        is_valid: is_email,
        expected: "must be an email address",
    },
    Format {
        name: "idn-email",
        pattern: r"^[a-z]{4,8}@example\.org$",
        is_valid: is_email,
        expected: "must be an email address",
    },
    Format {
        name: "hostname",
        pattern: r"^[a-z]{4,8}\.example\.com$",
        is_valid: is_host_name,
        expected: "must be a host name",
    },
    Format {
        name: "ipv4",
        pattern: r"^192\.0\.2\.[1-9][0-9]$",
        is_valid: |text| text.parse::<Ipv4Addr>().is_ok(),
        expected: "must be an IPv4 address",
    },
    Format {
        name: "ipv6",
        pattern: r"^2001:db8::[1-9a-f][0-9a-f]$",
        is_valid: |text| text.parse::<Ipv6Addr>().is_ok(),
        expected: "must be an IPv6 address",
    },
    Format { name: "time", pattern: r"^1[0-9]:[0-5][0-9]:[0-5][0-9]Z$", is_valid: |_| true, expected: "" },
    Format { name: "duration", pattern: r"^PT[1-9][0-9]M$", is_valid: |_| true, expected: "" },
];

/// Validates a string with the format whose pattern is `pattern`. Returns `None` if no format has this pattern. The
/// error is the violated constraint.
pub(crate) fn of_pattern(pattern: &str, text: &str) -> Option<Result<(), &'static str>> {
    let format = FORMATS.iter().find(|format| format.pattern == pattern)?;
    Some(if (format.is_valid)(text) { Ok(()) } else { Err(format.expected) })
}

/// Adds the patterns of string formats to the constraints of the strings.
pub(crate) fn add(api: &mut Api, document: &Source) {
    // The IR does not contain formats, so the document is parsed again. If its text has none of the formats, the
    // parsing is skipped to save time.
    let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
    let format_pattern = format!(r#"format["']?\s*:\s*["']?({})\b"#, names.join("|"));
    let has_formats = regex_lite::Regex::new(&format_pattern)
        .is_ok_and(|keyword| document.texts().any(|text| keyword.is_match(text)));
    let Some(tree) = Some(document).filter(|_| has_formats).and_then(joined_tree) else { return };
    for index in 0..api.types.len() {
        let Some(id) = api.types.iter().nth(index).map(|(id, _)| id) else { continue };
        let mut shape = std::mem::replace(&mut api.types[id].shape, Shape::Alias(TypeRef::Json));
        match &mut shape {
            Shape::Record(record) => {
                for field in &mut record.fields {
                    add_formats(&tree, &field.origin, &field.ty, &mut field.constraints);
                }
            }
            Shape::Newtype(constraints) => add_formats(&tree, &api.types[id].origin, &TypeRef::String, constraints),
            _ => {}
        }
        api.types[id].shape = shape;
    }
    let operations: Vec<_> = api.operations.iter().map(|(id, _)| id).collect();
    for id in operations {
        for param in &mut api.operations[id].params {
            add_formats(&tree, &param.origin, &param.ty, &mut param.constraints);
        }
    }
}

fn add_formats(tree: &Value, origin: &Pointer, ty: &TypeRef, constraints: &mut Vec<Constraint>) {
    let Some(node) = origin.lookup(tree) else { return };
    let node = node.get("schema").unwrap_or(node);
    match ty {
        TypeRef::Array(_) => {
            if let Some(pattern) = find_keyword(tree, node, "items").and_then(|items| pattern_constraint(tree, items)) {
                constraints.push(Constraint::Items(vec![pattern]));
            }
        }
        _ => constraints.extend(pattern_constraint(tree, node)),
    }
}

fn pattern_constraint(tree: &Value, schema: &Value) -> Option<Constraint> {
    let name = find_keyword(tree, schema, "format")?.as_str()?;
    let format = FORMATS.iter().find(|format| format.name == name)?;
    Some(Constraint::Pattern(format.pattern.to_owned()))
}

/// Returns the value of a keyword in a schema, in referenced schemas, or in the schemas of `allOf`.
fn find_keyword<'t>(tree: &'t Value, schema: &'t Value, keyword: &str) -> Option<&'t Value> {
    /// The maximum number of schemas that are searched, because references may be circular.
    const MAX_SCHEMAS: usize = 100;
    let mut pending = vec![schema];
    for _ in 0..MAX_SCHEMAS {
        let schema = pending.pop()?;
        if let Some(value) = schema.get(keyword) {
            return Some(value);
        }
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference);
        pending.extend(reference.and_then(|pointer| pointer.lookup(tree)));
        pending.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
    }
    None
}

fn is_email(string: &str) -> bool {
    let Some((local, host)) = string.rsplit_once('@') else { return false };
    let is_quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
    let has_valid_chars = !local.is_empty()
        && !local.contains(|c: char| c.is_whitespace() || c.is_control() || "@\"(),:;<>[\\]".contains(c));
    let has_valid_dots = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    let is_address_literal = host.starts_with('[') && host.ends_with(']');
    (is_quoted || has_valid_chars && has_valid_dots) && (is_address_literal || !host.is_ascii() || is_host_name(host))
}

fn is_host_name(string: &str) -> bool {
    let is_label = |label: &str| {
        let has_valid_chars = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (1..=63).contains(&label.len()) && has_valid_chars && !label.starts_with('-') && !label.ends_with('-')
    };
    string.len() <= 253 && string.strip_suffix('.').unwrap_or(string).split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_accept_only_valid_strings() {
        let matching_formats = |text: &str| {
            let accepts = |format: &&Format| !format.expected.is_empty() && (format.is_valid)(text);
            FORMATS.iter().filter(accepts).map(|format| format.name).collect::<Vec<_>>().join(" ")
        };
        for (text, expected) in [
            ("ana@example.com", "email idn-email"),
            ("\"a b\"@example.com", "email idn-email"),
            ("ana@[192.0.2.1]", "email idn-email"),
            ("ana", "hostname"),
            ("a.b-c.example", "hostname"),
            ("192.0.2.1", "hostname ipv4"),
            ("::1", "ipv6"),
            ("ana@", ""),
            ("@example.com", ""),
            ("a b@example.com", ""),
            ("a..b@example.com", ""),
            ("-a.example", ""),
            ("a..b", ""),
            ("", ""),
            ("192.0.2.256", "hostname"),
        ] {
            assert_eq!(matching_formats(text), expected, "{text}");
        }
    }
}
