//! Lenient decoding of JSON, and decode errors that never quote the value.
//!
//! An error has the location, the expected type and the kind of the value. The deserializer in `json_value.rs` records what a
//! type expects before that type sees the value, and ignores the error text of the type, which may quote the value.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};
use serde_json::value::RawValue;

thread_local! {
    /// Passes the mismatch of a nested value through `serde::de::Error::custom`, which accepts only text.
    static INSIDE: Cell<Option<Mismatch>> = const { Cell::new(None) };
}

/// The text of the error for which the caller takes the mismatch from `INSIDE`.
const INSIDE_TEXT: &str = "not a value of this type";

/// What is wrong with a value, and where it is.
#[derive(Debug, Default)]
pub struct Mismatch {
    problem: Option<String>,
    /// Whether a type refused a value of a kind that it takes.
    refused: bool,
    /// Whether the type of the value accepts any value.
    pub(crate) any: bool,
    /// The innermost first.
    path: Vec<JsonPathStep>,
}

/// A step of a path. A name is one that the document knows.
#[derive(Debug)]
pub(crate) enum JsonPathStep {
    Name(Cow<'static, str>),
    Other,
    Index(usize),
}

/// Returns JSON without the byte order mark that some servers put in front of it.
pub fn without_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json)
}

impl Mismatch {
    /// Returns the error of a type that reads what stands in it by itself, as unions do.
    pub fn inside<E: de::Error>(self) -> E {
        INSIDE.set(Some(Self { any: false, ..self }));
        E::custom(INSIDE_TEXT)
    }

    /// Returns the mismatch of a type that refuses a value of a kind that it takes.
    pub(crate) fn refusal() -> Self {
        Self { refused: true, ..Self::default() }
    }

    /// The same mismatch, of a type that accepts any value.
    pub(crate) fn of_any_type(self) -> Self {
        Self { any: true, ..self }
    }

    /// Clears the stored nested mismatch.
    pub(crate) fn forget_inside() {
        INSIDE.take();
    }

    pub(crate) fn new(problem: String) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }

    /// Returns the problem, such as `expected a string, found an integer`.
    pub fn problem(&self) -> &str {
        self.problem.as_deref().unwrap_or("the JSON is not what the document describes")
    }

    /// Returns the location, such as `pets[3].name`, with `*` for a name that the document does not have; empty for the whole.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.path.iter().rev() {
            let dot = if path.is_empty() { "" } else { "." };
            match step {
                JsonPathStep::Name(name) => path.extend([dot, name]),
                JsonPathStep::Other => path.extend([dot, "*"]),
                JsonPathStep::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    pub(crate) fn below(mut self, step: JsonPathStep) -> Self {
        self.path.push(step);
        self.any = false;
        self
    }

    /// Sets the problem to what a type expected of `value`, unless a problem is already set.
    pub(crate) fn about(mut self, expected: &str, value: &RawValue) -> Self {
        let refused = self.refused;
        self.problem.get_or_insert_with(|| format!("expected {expected}, found {}", found(expected, value, refused)));
        self
    }
}

/// The kind of a value, and what is known of why a type that expects values of this kind refused it.
fn found(expected: &str, value: &RawValue, refused: bool) -> String {
    let kind = kind(value);
    let is_unsigned = matches!(expected, "u8" | "u16" | "u32" | "u64" | "u128");
    let is_whole = is_unsigned || matches!(expected, "i8" | "i16" | "i32" | "i64" | "i128");
    match kind {
        "an integer" if is_unsigned && value.get().starts_with('-') => "a negative integer".to_owned(),
        "an integer" if is_whole || refused => format!("{kind} that does not fit"),
        "a floating-point number" if refused => format!("{kind} that does not fit"),
        _ if refused => format!("{kind} of another form"),
        _ => kind.to_owned(),
    }
}

fn kind(value: &RawValue) -> &'static str {
    let text = value.get();
    match text.bytes().next() {
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(b'"') => "a string",
        Some(b'[') => "an array",
        Some(b'{') => "an object",
        _ if text.contains(['.', 'e', 'E']) => "a floating-point number",
        _ => "an integer",
    }
}

/// All that a type says about the value is ignored, since it may quote the value.
impl de::Error for Mismatch {
    fn custom<T: Display>(text: T) -> Self {
        let inside = INSIDE.take().filter(|_| text.to_string() == INSIDE_TEXT);
        inside.unwrap_or_else(Self::refusal)
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::default()
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("the property `{field}` is repeated"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("the property `{field}` is missing"))
    }
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem())
    }
}

impl std::error::Error for Mismatch {}
