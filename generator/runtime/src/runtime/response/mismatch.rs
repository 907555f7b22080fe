//! Decode errors that never quote the value.
//!
//! An error has the location, the expected type and the kind of the value. The message of a type's own error is ignored, because
//! it may quote the value.

use std::cell::Cell;
use std::fmt::{self, Display};

use serde_core::de::{self, Expected, Unexpected};

thread_local! {
    /// Passes the mismatch of a nested value through `serde::de::Error::custom`, which accepts only text.
    static NESTED: Cell<Option<Mismatch>> = const { Cell::new(None) };
}

/// What is wrong with a value, and where it is.
///
/// It is a pointer, because the results of nested values are on the stack at the same time.
#[derive(Debug, Default)]
pub struct Mismatch(Box<Details>);

#[derive(Debug, Default)]
struct Details {
    problem: Option<String>,
    /// Whether a type rejected a value although it accepts values of this kind.
    is_rejected: bool,
    /// Whether the deserializer cannot read the value. Then the error of the deserializer is returned.
    is_unread: bool,
    /// The path to the value, from the innermost step to the outermost.
    path: Vec<JsonPathStep>,
}

/// A step of a path. Only names that the document declares are kept.
#[derive(Debug)]
pub(crate) enum JsonPathStep {
    Name(&'static str),
    Other,
    Index(usize),
}

/// Returns JSON without the byte order mark that some servers put in front of it.
pub fn without_byte_order_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json)
}

/// Parses JSON as a value of any type.
pub fn parse_json(json: &[u8]) -> Option<serde_json::Value> {
    // `str::parse` is already compiled in serde_json. `serde_json::from_str` would compile the parser for `Value` again.
    std::str::from_utf8(without_byte_order_mark(json)).ok()?.parse().ok()
}

impl Mismatch {
    /// Converts the mismatch to an error of any deserializer.
    pub(crate) fn into_error<E: de::Error>(self) -> E {
        let message = self.to_string();
        NESTED.set(Some(self));
        E::custom(message)
    }

    /// Returns the mismatch of a type that rejects a value although it accepts values of this kind.
    pub fn rejected() -> Self {
        Self(Box::new(Details { is_rejected: true, ..Details::default() }))
    }

    /// Returns the mismatch of a value that the deserializer cannot read.
    pub(crate) fn unread() -> Self {
        Self(Box::new(Details { is_unread: true, ..Details::default() }))
    }

    /// Returns whether the deserializer cannot read the value.
    pub(crate) fn is_unread(&self) -> bool {
        self.0.is_unread
    }

    pub(crate) fn new(problem: String) -> Self {
        Self(Box::new(Details { problem: Some(problem), ..Details::default() }))
    }

    /// Returns the problem, such as `expected a string, found an integer`.
    pub fn problem(&self) -> &str {
        self.0.problem.as_deref().unwrap_or("the JSON is not what the document describes")
    }

    /// Returns the location, such as `pets[3].name`, with `*` for an undocumented name. It is empty for the whole value.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.0.path.iter().rev() {
            let dot = if path.is_empty() { "" } else { "." };
            match step {
                JsonPathStep::Name(name) => path.extend([dot, name]),
                JsonPathStep::Other => path.extend([dot, "*"]),
                JsonPathStep::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    /// Returns the mismatch of a required property that is missing.
    pub fn missing(name: &str) -> Self {
        Self::new(format!("the property `{name}` is missing"))
    }

    /// Returns the mismatch of a property that is repeated.
    pub(crate) fn repeated(name: &str) -> Self {
        Self::new(format!("the property `{name}` is repeated"))
    }

    /// Adds the location of the value in the array or object that contains it.
    pub(crate) fn below(mut self, step: JsonPathStep) -> Self {
        self.0.path.push(step);
        self
    }

    /// Sets the problem to what a type expected and what was found, unless the mismatch is about a nested value.
    pub(crate) fn about(mut self, expected: &str, found: Found) -> Self {
        if self.0.problem.is_none() {
            self.0.problem =
                Some(format!("expected {expected}, found {}", found.describe(expected, self.0.is_rejected)));
        }
        self
    }
}

/// The kind of a value that does not match a type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) kind: &'static str,
    /// Whether the value is a negative number.
    pub(crate) is_negative: bool,
}

impl Found {
    /// Returns the kind of a value in a JSON text that starts with the value.
    pub(crate) fn in_text(json: &str) -> Self {
        let kind = match json.bytes().next() {
            Some(b'n') => "null",
            Some(b't' | b'f') => "a boolean",
            Some(b'"') => "a string",
            Some(b'[') => "an array",
            Some(b'{') => "an object",
            _ => {
                let is_number = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-');
                match json.bytes().find(|byte| !is_number(*byte)) {
                    Some(b'.' | b'e' | b'E') => "a floating-point number",
                    _ => "an integer",
                }
            }
        };
        Self { kind, is_negative: json.starts_with('-') }
    }

    /// Describes the value by its kind and, as far as it is known, the reason why the type rejected it.
    fn describe(self, expected: &str, is_rejected: bool) -> String {
        let kind = self.kind;
        let is_unsigned = matches!(expected, "u8" | "u16" | "u32" | "u64" | "u128");
        let is_integer = is_unsigned || matches!(expected, "i8" | "i16" | "i32" | "i64" | "i128");
        match kind {
            "an integer" if is_unsigned && self.is_negative => "a negative integer".to_owned(),
            "an integer" if is_integer || is_rejected => format!("{kind} that does not fit"),
            "a floating-point number" if is_rejected => format!("{kind} that does not fit"),
            _ if is_rejected => format!("{kind} of another form"),
            _ => kind.to_owned(),
        }
    }
}

/// Ignores the message of a type's own error, because it may quote the value.
impl de::Error for Mismatch {
    fn custom<T: Display>(text: T) -> Self {
        let nested = NESTED.take().filter(|mismatch| text.to_string() == mismatch.to_string());
        nested.unwrap_or_else(Self::rejected)
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::default()
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::repeated(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::missing(field)
    }
}

impl Display for Mismatch {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem())?;
        match self.path() {
            path if path.is_empty() => Ok(()),
            path => write!(f, ", in `{path}`"),
        }
    }
}

impl std::error::Error for Mismatch {}
