//! Errors about values that the caller gave, found before anything was sent.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::runtime::Value;

/// How many characters of a refused value an error shows.
const SHOWN: usize = 40;

/// A value that violates a constraint. It shows the name, the constraint and the value, unless the value may be secret or
/// personal. Values in a path and those of types such as identifiers are never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    name: Cow<'static, str>,
    value: Option<String>,
    rule: Cow<'static, str>,
}

impl InvalidValue {
    /// Creates an error: the value called `name` violates `rule`, which continues the sentence after the name (`must be 1
    /// or more`). Only the first 40 characters of `value` are kept; without one, the error does not show what the value was.
    pub fn new(name: impl Into<Cow<'static, str>>, value: Option<&Value>, rule: impl Into<Cow<'static, str>>) -> Self {
        let value = value.map(|value| match value {
            Value::Number(text) => text.clone(),
            other => excerpt(&other.text()),
        });
        Self { name: name.into(), value, rule: rule.into() }
    }

    /// The same without what the value was.
    pub(crate) fn without_value(self) -> Self {
        Self { value: None, ..self }
    }

    /// Returns the wire name of the parameter, the name of the type or the name of the setting.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the constraint, such as `must be 1 or more`.
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.name, self.rule)?;
        match &self.value {
            Some(value) => write!(f, ", but is {value}"),
            None => Ok(()),
        }
    }
}

impl Error for InvalidValue {}

/// The beginning of a string in quotes, with `…` if that is not all.
fn excerpt(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
        None => format!("{text:?}"),
    }
}

/// A request, a client or a typed value that was refused because of a value it was given. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRequest {
    operation: Option<&'static str>,
    value: InvalidValue,
}

impl InvalidRequest {
    pub(crate) fn new(operation: &'static str, value: InvalidValue) -> Self {
        Self { operation: Some(operation), value }
    }

    /// Returns the operation that was to be called; none when the value was not part of a request yet.
    pub fn operation(&self) -> Option<&str> {
        self.operation
    }

    /// Returns the value that was refused, and why.
    pub fn value(&self) -> &InvalidValue {
        &self.value
    }
}

impl From<InvalidValue> for InvalidRequest {
    fn from(value: InvalidValue) -> Self {
        Self { operation: None, value }
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation {
            Some(operation) => write!(f, "{operation}: {} (nothing was sent)", self.value),
            None => self.value.fmt(f),
        }
    }
}

impl Error for InvalidRequest {}
