//! Paths, which consist of literal parts such as `/pets` and the values of path parameters.

use std::borrow::Cow;

use super::encode::{encode, join};
use crate::runtime::validation::check;
use crate::runtime::{Constraints, InvalidValue, Value};

/// A part of a path. This type does not implement `Debug`, because values may be personal data.
#[derive(Clone)]
pub enum PathPart {
    /// Literal segments such as `/pets/all`, or a literal string at the end of a segment.
    Literal(&'static str),
    /// A path that is not a literal, so it may contain personal data.
    Raw(String),
    /// The value of a path parameter after a literal prefix. The prefix is `/`, unless the segment begins with another literal.
    Value { prefix: &'static str, name: &'static str, value: Value, constraints: Constraints },
}

/// Appends the parts of a path to `base`.
///
/// No value changes the structure of the path, because each value is encoded as a part of one segment.
///
/// # Errors
///
/// Returns an error if a value violates a constraint, is empty, or results in a segment that is `.` or `..`. Such a segment
/// changes the path even if it is encoded.
pub fn fill(base: &str, parts: &[PathPart]) -> Result<String, InvalidValue> {
    let mut path = String::with_capacity(base.len() + 40 * parts.len() + 40);
    path.push_str(base);
    for (index, part) in parts.iter().enumerate() {
        let (prefix, name, value, constraints) = match part {
            PathPart::Literal(text) => {
                path.push_str(text);
                continue;
            }
            PathPart::Raw(text) => {
                path.push_str(text);
                continue;
            }
            PathPart::Value { prefix, name, value, constraints } => (*prefix, name, value, *constraints),
        };
        check(name, value, constraints).map_err(InvalidValue::without_value)?;
        let text = value.text();
        let encoded = match value {
            // The commas between the items are not percent-encoded.
            Value::List(items) => Cow::Owned(join(items.iter().map(|item| encode(&item.text()).into_owned()), ",")),
            #[cfg(feature = "styles")]
            Value::Styled { text, .. } => Cow::Borrowed(text.as_str()),
            _ => encode(&text),
        };
        path.extend([prefix, &encoded]);
        // The whole segment is checked, because a literal `.` before the value `.` results in `..`.
        let suffix = segment_suffix(&parts[index + 1..]);
        if text.is_empty() || suffix.is_some_and(|suffix| ends_with_dot_segment(&path, suffix)) {
            let rule = "must not be empty, `.` or `..`, because it is part of the path";
            return Err(InvalidValue::new(*name, None, rule));
        }
    }
    Ok(path)
}

/// Returns the literal text at the end of the current segment. `following` has the parts of the path after the current
/// value. Returns `None` if the segment contains one more value.
fn segment_suffix(following: &[PathPart]) -> Option<&'static str> {
    match following.first() {
        Some(PathPart::Literal(text)) => text.split('/').next(),
        Some(PathPart::Value { prefix, .. }) => prefix.starts_with('/').then_some(""),
        Some(PathPart::Raw(_)) | None => Some(""),
    }
}

/// Returns whether the last segment of a path is `.` or `..` once `suffix` is appended.
fn ends_with_dot_segment(path: &str, suffix: &str) -> bool {
    let segment = path.rsplit('/').next().unwrap_or_default();
    segment.len() + suffix.len() < 3 && segment.bytes().chain(suffix.bytes()).all(|byte| byte == b'.')
}

/// Returns `base` with the template of a path appended, such as `/pets/{id}`. Errors, logs and `Debug` show the template
/// instead of the values.
pub fn template(base: &str, parts: &[PathPart]) -> String {
    let mut template = String::with_capacity(base.len() + 24 * parts.len());
    template.push_str(base);
    for part in parts {
        match part {
            PathPart::Literal(text) => template.push_str(text),
            PathPart::Raw(_) => template.push_str("/{path}"),
            PathPart::Value { prefix, name, .. } => template.extend([prefix, "{", name, "}"]),
        }
    }
    template
}
