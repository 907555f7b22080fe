//! Lenient decoding of JSON, and decode errors that never quote the value.
//!
//! An error has the location, the expected type and the kind of the value. The deserializer in `json_value.rs` records what a
//! type expects before it passes the value to the type. It ignores the error message of the type, which may quote the value.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};
use serde_json::value::RawValue;

thread_local! {
    /// Passes the mismatch of a nested value through `serde::de::Error::custom`, which accepts only text.
    static NESTED: Cell<Option<Mismatch>> = const { Cell::new(None) };
}

/// The message of an error whose mismatch is in `NESTED`.
const NESTED_MESSAGE: &str = "not a value of this type";

/// What is wrong with a value, and where it is.
#[derive(Debug, Default)]
pub struct Mismatch {
    problem: Option<String>,
    /// Whether a type rejected a value although it accepts values of this kind.
    is_rejected: bool,
    /// Whether the type of the value accepts any value.
    pub(crate) any: bool,
    /// The path to the value, from the innermost step to the outermost.
    path: Vec<JsonPathStep>,
}

/// A step of a path. Only names that the document declares are kept.
#[derive(Debug)]
pub(crate) enum JsonPathStep {
    Name(Cow<'static, str>),
    Other,
    Index(usize),
}

/// Returns JSON without the byte order mark that some servers put in front of it.
pub fn without_byte_order_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json)
}

impl Mismatch {
    /// Converts the mismatch to an error of any deserializer. Types that decode their contents themselves, such as unions, use
    /// it.
    pub fn inside<E: de::Error>(self) -> E {
        NESTED.set(Some(Self { any: false, ..self }));
        E::custom(NESTED_MESSAGE)
    }

    /// Returns the mismatch of a type that rejects a value although it accepts values of this kind.
    pub(crate) fn rejected() -> Self {
        Self { is_rejected: true, ..Self::default() }
    }

    /// Marks the mismatch as that of a type that accepts any value.
    pub(crate) fn of_any_type(self) -> Self {
        Self { any: true, ..self }
    }

    /// Clears the stored nested mismatch.
    pub(crate) fn forget_inside() {
        NESTED.take();
    }

    pub(crate) fn new(problem: String) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }

    /// Returns the problem, such as `expected a string, found an integer`.
    pub fn problem(&self) -> &str {
        self.problem.as_deref().unwrap_or("the JSON is not what the document describes")
    }

    /// Returns the location, such as `pets[3].name`, with `*` for an undocumented name. It is empty for the whole value.
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
        let is_rejected = self.is_rejected;
        self.problem
            .get_or_insert_with(|| format!("expected {expected}, found {}", describe(expected, value, is_rejected)));
        self
    }
}

/// Describes a value by its kind and, as far as it is known, the reason why the type rejected it.
fn describe(expected: &str, value: &RawValue, is_rejected: bool) -> String {
    let kind = kind(value);
    let is_unsigned = matches!(expected, "u8" | "u16" | "u32" | "u64" | "u128");
    let is_integer = is_unsigned || matches!(expected, "i8" | "i16" | "i32" | "i64" | "i128");
    match kind {
        "an integer" if is_unsigned && value.get().starts_with('-') => "a negative integer".to_owned(),
        "an integer" if is_integer || is_rejected => format!("{kind} that does not fit"),
        "a floating-point number" if is_rejected => format!("{kind} that does not fit"),
        _ if is_rejected => format!("{kind} of another form"),
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

/// Ignores the messages of types, because they may quote the value.
impl de::Error for Mismatch {
    fn custom<T: Display>(text: T) -> Self {
        let nested = NESTED.take().filter(|_| text.to_string() == NESTED_MESSAGE);
        nested.unwrap_or_else(Self::rejected)
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
