//! Formats of strings that have no type of their own in the representation: as patterns that strings are made from, and as tests of
//! what is received.

use std::net::{Ipv4Addr, Ipv6Addr};

use bindery::ir::{Api, Constraint, Shape, TypeRef};
use bindery::parse::joined_tree;
use bindery::source::{Pointer, Source};
use serde_json::Value;

/// A format of strings.
struct Format {
    name: &'static str,
    /// The strings that are generated.
    pattern: &'static str,
    is_valid: fn(&str) -> bool,
    expected: &'static str,
}

/// `time` and `duration` are generated and not checked: APIs write them in too many ways.
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

/// The test of a pattern that stands for a format, and what a string that fails it must be; `None` if it stands for none.
pub(crate) fn of_pattern(pattern: &str, text: &str) -> Option<Result<(), &'static str>> {
    let format = FORMATS.iter().find(|format| format.pattern == pattern)?;
    Some(if (format.is_valid)(text) { Ok(()) } else { Err(format.expected) })
}

/// Adds the formats of a document to the constraints of the strings that have them.
pub(crate) fn add(api: &mut Api, document: &Source) {
    let texts = || std::iter::once(&document.text).chain(document.files.values().map(|file| &file.text));
    // Most documents have none, and need not be read again.
    let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
    let keyword = format!(r#"format["']?\s*:\s*["']?({})\b"#, names.join("|"));
    let named = regex_lite::Regex::new(&keyword).is_ok_and(|keyword| texts().any(|text| keyword.is_match(text)));
    let Some(tree) = Some(document).filter(|_| named).and_then(joined_tree) else { return };
    for index in 0..api.types.len() {
        let Some(id) = api.types.iter().nth(index).map(|(id, _)| id) else { continue };
        let mut shape = std::mem::replace(&mut api.types[id].shape, Shape::Alias(TypeRef::Json));
        match &mut shape {
            Shape::Record(record) => {
                for field in &mut record.fields {
                    constrain(&tree, &field.origin, &field.ty, &mut field.constraints);
                }
            }
            Shape::Newtype(constraints) => constrain(&tree, &api.types[id].origin, &TypeRef::String, constraints),
            _ => {}
        }
        api.types[id].shape = shape;
    }
    let operations: Vec<_> = api.operations.iter().map(|(id, _)| id).collect();
    for id in operations {
        for param in &mut api.operations[id].params {
            constrain(&tree, &param.origin, &param.ty, &mut param.constraints);
        }
    }
}

fn constrain(tree: &Value, origin: &Pointer, ty: &TypeRef, constraints: &mut Vec<Constraint>) {
    let Some(node) = origin.lookup(tree) else { return };
    let node = node.get("schema").unwrap_or(node);
    match ty {
        TypeRef::Array(_) => {
            if let Some(pattern) = resolved(tree, node, "items").and_then(|items| pattern(tree, items)) {
                constraints.push(Constraint::Items(vec![pattern]));
            }
        }
        _ => constraints.extend(pattern(tree, node)),
    }
}

fn pattern(tree: &Value, schema: &Value) -> Option<Constraint> {
    let name = resolved(tree, schema, "format")?.as_str()?;
    let format = FORMATS.iter().find(|format| format.name == name)?;
    Some(Constraint::Pattern(format.pattern.to_owned()))
}

/// The value of a keyword of a schema, or of those that it refers to or is made of.
fn resolved<'t>(tree: &'t Value, schema: &'t Value, keyword: &str) -> Option<&'t Value> {
    /// So many schemas are looked at: references may lead in circles.
    const MOST: usize = 100;
    let mut open = vec![schema];
    for _ in 0..MOST {
        let schema = open.pop()?;
        if let Some(found) = schema.get(keyword) {
            return Some(found);
        }
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference);
        open.extend(reference.and_then(|pointer| pointer.lookup(tree)));
        open.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
    }
    None
}

fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
    let plain = !local.is_empty()
        && !local.contains(|c: char| c.is_whitespace() || c.is_control() || "@\"(),:;<>[\\]".contains(c));
    let dots = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    let is_literal = host.starts_with('[') && host.ends_with(']');
    (quoted || plain && dots) && (is_literal || !host.is_ascii() || is_host_name(host))
}

fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let letters = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (1..=63).contains(&label.len()) && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 253 && text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_from_what_is_none() {
        let name = |text: &str| {
            let valid = |format: &&Format| !format.expected.is_empty() && (format.is_valid)(text);
            FORMATS.iter().filter(valid).map(|format| format.name).collect::<Vec<_>>().join(" ")
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
            assert_eq!(name(text), expected, "{text}");
        }
    }
}
