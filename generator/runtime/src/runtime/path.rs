//! Paths: a template such as `/pets/{id}` and the values for its placeholders.

use super::encode::encode;
use super::rule::{check, is_personal};
use super::{InvalidValue, Rule, Value};

/// A value for a placeholder, and the rules for it.
#[derive(Clone, Debug)]
pub struct PathValue {
    pub value: Value,
    pub rules: &'static [Rule],
}

/// A path with its values filled in.
pub struct Path {
    /// What is sent.
    pub sent: String,
    /// What errors show, if it is not the same: placeholders instead of personal values.
    pub shown: Option<String>,
}

/// Fills in the placeholders of `template` one after the other, and puts `base` before it.
///
/// Whatever the values are, the path keeps its shape: each arrives as exactly the text it is, inside the segment of
/// its placeholder. Empty values and `.` and `..`, which no encoding can keep from changing the path, are refused.
pub fn fill(base: &str, template: &'static str, values: &[PathValue]) -> Result<Path, InvalidValue> {
    let mut sent = String::with_capacity(base.len() + template.len() + 40 * values.len() + 40);
    sent.push_str(base);
    let mut shown = String::new();
    let mut values = values.iter();
    let mut rest = template;
    while let Some((before, name, after)) = placeholder(rest) {
        let Some(PathValue { value, rules }) = values.next() else {
            return Err(InvalidValue::new(name, None, "must have a value"));
        };
        check(name, value, rules)?;
        let text = value.text();
        if matches!(&*text, "" | "." | "..") {
            let rule = "must not be empty, `.` or `..`, since it is part of the path";
            return Err(InvalidValue::new(name, (!is_personal(rules)).then_some(value), rule));
        }
        if is_personal(rules) {
            // What came before is only written twice when something has to be hidden.
            shown = format!("{}{before}{{{name}}}", if shown.is_empty() { &sent } else { &shown });
        } else if !shown.is_empty() {
            shown = format!("{shown}{before}{}", encode(&text));
        }
        sent.push_str(before);
        sent.push_str(&encode(&text));
        rest = after;
    }
    sent.push_str(rest);
    let shown = (!shown.is_empty()).then(|| shown + rest);
    Ok(Path { sent, shown })
}

/// Splits off what stands before the first placeholder, its name, and what stands behind it.
fn placeholder(template: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (before, rest) = template.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}
