//! Paths: literal parts such as `/pets/`, and the values between them.

use std::borrow::Cow;
use std::fmt;

use super::encode::encode;
use super::rule::{check, is_personal};
use super::{InvalidValue, Rule, Value};

/// A part of a path.
#[derive(Clone, Debug)]
pub enum Step {
    /// One or more whole segments, with the slash before each.
    Literal(&'static str),
    /// The value of one segment: a placeholder, what stands for it, and the rules for that.
    Value { name: &'static str, value: Value, rules: &'static [Rule] },
}

/// A path with its values in it.
pub struct Path {
    /// What is sent.
    pub sent: String,
    /// What errors show, if it is not the same: placeholders instead of personal values.
    pub shown: Option<String>,
}

/// Puts the steps together, behind `base`.
///
/// Whatever the values are, the path keeps its shape: each arrives as exactly the text it is, inside its own segment.
/// Empty values and `.` and `..`, which no encoding can keep from changing the path, are refused.
pub fn fill(base: &str, steps: &[Step]) -> Result<Path, InvalidValue> {
    let mut sent = String::with_capacity(base.len() + 40 * steps.len() + 40);
    sent.push_str(base);
    let mut shown = None;
    for step in steps {
        let (name, value, rules) = match step {
            Step::Literal(text) => {
                sent.push_str(text);
                shown.iter_mut().for_each(|shown: &mut String| shown.push_str(text));
                continue;
            }
            Step::Value { name, value, rules } => (name, value, *rules),
        };
        check(name, value, rules)?;
        let text = value.text();
        if matches!(&*text, "" | "." | "..") {
            let rule = "must not be empty, `.` or `..`, since it is part of the path";
            return Err(InvalidValue::new(*name, (!is_personal(rules)).then_some(value), rule));
        }
        let encoded = match value {
            // The commas between the items of a list are none of theirs.
            Value::List(items) => {
                let items: Vec<_> = items.iter().map(|item| encode(&item.text()).into_owned()).collect();
                Cow::Owned(items.join(","))
            }
            _ => encode(&text),
        };
        if is_personal(rules) {
            // What came before is only written twice when something has to be hidden.
            shown.get_or_insert_with(|| sent.clone()).push_str(&format!("/{{{name}}}"));
        } else if let Some(shown) = &mut shown {
            shown.push('/');
            shown.push_str(&encoded);
        }
        sent.push('/');
        sent.push_str(&encoded);
    }
    Ok(Path { sent, shown })
}

/// Shows the steps of a path as the template that they fill, such as `/pets/{id}`.
pub struct Template<'a>(pub &'a [Step]);

impl fmt::Display for Template<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Literal(text) => f.write_str(text),
            Step::Value { name, .. } => write!(f, "/{{{name}}}"),
        })
    }
}

impl fmt::Debug for Template<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}
