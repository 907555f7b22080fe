//! Errors for invalid values, which are found before a request is sent.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::runtime::Value;

/// The maximum number of characters of a value that an error shows.
const MAX_SHOWN_CHARS: usize = 40;

/// The error for a value that violates a constraint.
///
/// It shows the name, the constraint and the value, unless the value may be secret or personal. Values in a path, and values of
/// generated types such as identifiers, are never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    name: Cow<'static, str>,
    value: Option<String>,
    rule: Cow<'static, str>,
}

impl InvalidValue {
    /// Creates the error for the value of `name`, which violates the constraint `rule`, such as `must be 1 or more`. The error
    /// shows the first 40 characters of `value`, unless `value` is `None`.
    pub fn new(name: impl Into<Cow<'static, str>>, value: Option<&Value>, rule: impl Into<Cow<'static, str>>) -> Self {
        let value = value.map(|value| match value {
            Value::Number(text) => text.clone(),
            value => excerpt(&value.text()),
        });
        Self { name: name.into(), value, rule: rule.into() }
    }

    /// Returns the error without the value.
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

/// Returns the beginning of a string in quotes, with `…` if the string is longer.
fn excerpt(string: &str) -> String {
    match string.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{:?}", format!("{}…", &string[..end])),
        None => format!("{string:?}"),
    }
}

/// The error for an invalid value in a request, in the settings of a client or in a typed value. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRequest {
    operation: Option<&'static str>,
    value: InvalidValue,
}

impl InvalidRequest {
    pub(crate) fn new(operation: &'static str, value: InvalidValue) -> Self {
        Self { operation: Some(operation), value }
    }

    /// Returns the operation of the request. `None` if the value is not part of a request.
    pub fn operation(&self) -> Option<&str> {
        self.operation
    }

    /// Returns the invalid value with the violated constraint.
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
