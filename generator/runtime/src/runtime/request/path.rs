//! Paths: literal parts such as `/pets/`, and the values between them.

use std::borrow::Cow;

use super::encode::encode;
use crate::runtime::validation::check;
use crate::runtime::{Constraints, InvalidValue, Value};

/// A part of a path. Its values may be personal, so that it has no `Debug`.
#[derive(Clone)]
pub enum PathPart {
    /// One or more whole segments with the slash before each, or the end of one.
    Literal(&'static str),
    /// The value of a segment or a part of one: what stands before it, as `/`, its placeholder, and the constraints for it.
    Value { before: &'static str, name: &'static str, value: Value, constraints: Constraints },
}

/// Puts the steps together, behind `base`.
///
/// Whatever the values are, the path keeps its shape: each arrives as exactly the string it is, inside its own segment.
/// Empty values and `.` and `..`, which no encoding can keep from changing the path, are refused.
pub fn fill(base: &str, steps: &[PathPart]) -> Result<String, InvalidValue> {
    let mut path = String::with_capacity(base.len() + 40 * steps.len() + 40);
    path.push_str(base);
    for (index, step) in steps.iter().enumerate() {
        let (before, name, value, constraints) = match step {
            PathPart::Literal(text) => {
                path.push_str(text);
                continue;
            }
            PathPart::Value { before, name, value, constraints } => (*before, name, value, *constraints),
        };
        check(name, value, constraints).map_err(InvalidValue::without_value)?;
        let text = value.text();
        let encoded = match value {
            // The commas between the items of a list are none of theirs.
            Value::List(items) => {
                let items: Vec<_> = items.iter().map(|item| encode(&item.text()).into_owned()).collect();
                Cow::Owned(items.join(","))
            }
            // [if styles.rs
            Value::Styled { text, .. } => Cow::Borrowed(text.as_str()),
            // [end styles.rs]
            _ => encode(&text),
        };
        path.extend([before, &encoded]);
        // What stands beside it in the segment may make a step up of what is none, and the other way round.
        if text.is_empty() || rest(&steps[index + 1..]).is_some_and(|rest| is_dots(&path, rest)) {
            let rule = "must not be empty, `.` or `..`, since it is part of the path";
            return Err(InvalidValue::new(*name, None, rule));
        }
    }
    Ok(path)
}

/// What ends the segment that the steps before these belong to; none if another value does.
fn rest(steps: &[PathPart]) -> Option<&'static str> {
    match steps.first() {
        Some(PathPart::Literal(text)) => text.split('/').next(),
        Some(PathPart::Value { before, .. }) => before.starts_with('/').then_some(""),
        None => Some(""),
    }
}

/// Whether the last segment of a path, with its end, is one that no encoding keeps from changing the path.
fn is_dots(sent: &str, rest: &str) -> bool {
    let own = sent.rsplit('/').next().unwrap_or_default();
    own.len() + rest.len() < 3 && own.bytes().chain(rest.bytes()).all(|byte| byte == b'.')
}

/// Returns the template that the steps of a path fill, such as `/pets/{id}`, behind `base`: the path as errors, logs and `Debug`
/// show it.
pub fn template(base: &str, steps: &[PathPart]) -> String {
    let mut template = String::with_capacity(base.len() + 24 * steps.len());
    template.push_str(base);
    for step in steps {
        match step {
            PathPart::Literal(text) => template.push_str(text),
            PathPart::Value { before, name, .. } => template.extend([before, "{", name, "}"]),
        }
    }
    template
}
