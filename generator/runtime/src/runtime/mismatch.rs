//! Lenient decoding of JSON, and decode errors that never quote the value.
//!
//! An error has the location, the expected type and the kind of the value. The deserializer below records what a type expects
//! before that type sees the value, and ignores the error text of the type, which may quote the value.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::iter::Enumerate;
use std::vec::IntoIter;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeOwned, DeserializeSeed, Expected, IntoDeserializer, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Properties, is_shallow};
// [tolerant.rs
use super::tolerant;
// tolerant.rs]

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
    /// The innermost first.
    path: Vec<Step>,
}

/// A step of a path. A name is one that the document knows.
#[derive(Debug)]
enum Step {
    Name(&'static str),
    Other,
    Index(usize),
}

/// Reads JSON exactly, or else leniently.
///
/// # Errors
///
/// What keeps it from being read as a `T`.
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, Mismatch> {
    let json = without_mark(json);
    serde_json::from_slice(json).or_else(|_| Mismatch::read(json))
}

/// Returns JSON without the byte order mark that some servers put in front of it.
pub fn without_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json)
}

/// Reads additional properties, each exactly or else leniently.
///
/// # Errors
///
/// One of them is not a `T`.
pub fn others<'de, T: DeserializeOwned, D: de::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    // `#[serde(flatten)]` has read them already, so numbers of more than 64 bits are rounded here.
    let values = BTreeMap::<String, Value>::deserialize(deserializer)?;
    let read = |(name, value): (String, Value)| match from_json(value.to_string().as_bytes()) {
        Ok(value) => Ok((name, value)),
        Err(mismatch) => Err(mismatch.below(Step::Other).inside()),
    };
    values.into_iter().map(read).collect()
}

impl Mismatch {
    /// Reads JSON leniently.
    ///
    /// # Errors
    ///
    /// What keeps it from being read as a `T`.
    pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Self> {
        let value: &RawValue = match serde_json::from_slice(json) {
            Ok(value) => value,
            _ if json.is_empty() => return Err(Self::new("the body is empty".to_owned())),
            Err(error) => {
                let problem = if error.is_eof() { "the JSON is cut off" } else { "not valid JSON" };
                return Err(Self::new(format!("{problem} at line {} column {}", error.line(), error.column())));
            }
        };
        if !is_shallow(value.get()) {
            return Err(Self::new("the JSON is nested too deep".to_owned()));
        }
        T::deserialize(Node(value))
    }

    /// The error of a type that reads what stands in it by itself, as unions do.
    pub fn inside<E: de::Error>(self) -> E {
        INSIDE.set(Some(self));
        E::custom(INSIDE_TEXT)
    }

    pub(super) fn new(problem: String) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }

    /// What is wrong, such as `expected a string, found an integer`.
    pub fn problem(&self) -> &str {
        self.problem.as_deref().unwrap_or("the JSON is not what the document describes")
    }

    /// Where, as in `pets[3].name`, with `*` for a name that the document does not have; empty for the whole.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.path.iter().rev() {
            let dot = if path.is_empty() { "" } else { "." };
            match step {
                Step::Name(name) => path.extend([dot, name]),
                Step::Other => path.extend([dot, "*"]),
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    fn below(mut self, step: Step) -> Self {
        self.path.push(step);
        self
    }

    /// Sets the problem to what a type expected of `value`, unless a problem is already set.
    fn about(mut self, expected: &str, value: &RawValue) -> Self {
        let form = if self.refused { " of another form" } else { "" };
        self.problem.get_or_insert_with(|| format!("expected {expected}, found {}{form}", kind(value)));
        self
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
        inside.unwrap_or(Self { refused: true, ..Self::default() })
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::default()
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("the property `{field}` is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("the property `{field}` is repeated"))
    }
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem())
    }
}

impl std::error::Error for Mismatch {}

/// A value that says what is wrong with it. It is kept as its text, so that no digit of a number is lost.
struct Node<'a>(&'a RawValue);

impl<'de> Node<'de> {
    /// Reads the value; of an object with documented properties these are the `names`.
    fn read<V: Visitor<'de>>(self, visitor: V, names: &'static [&'static str]) -> Result<V::Value, Mismatch> {
        let expected = (&visitor as &dyn Expected).to_string();
        // An error of this value is not about a nested value that was read before.
        INSIDE.take();
        let result = match self.0.get().bytes().next() {
            Some(b'[') => {
                let items: Vec<&RawValue> = self.parse()?;
                visitor.visit_seq(Items { items: items.into_iter().enumerate() })
            }
            Some(b'{') => {
                let properties: Properties<'de> = self.parse()?;
                visitor.visit_map(Members { names, properties: properties.0.into_iter(), value: None })
            }
            _ => match self.parse()? {
                Value::Bool(value) => visitor.visit_bool(value),
                Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                    (Some(number), _) => visitor.visit_u64(number),
                    (None, Some(number)) => visitor.visit_i64(number),
                    (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
                },
                Value::String(text) => visitor.visit_string(text),
                _ => visitor.visit_unit(),
            },
        };
        result.map_err(|error| error.about(&expected, self.0))
    }

    fn parse<T: Deserialize<'de>>(&self) -> Result<T, Mismatch> {
        serde_json::from_str(self.0.get()).map_err(|_| Self::refusal(self.0))
    }

    fn is_null(&self) -> bool {
        self.0.get() == "null"
    }

    fn refusal(value: &RawValue) -> Mismatch {
        <Mismatch as de::Error>::custom("").about("one of the documented variants", value)
    }
}

/// Methods that read a number.
macro_rules! numbers {
    ($($method:ident),*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let expected = (&visitor as &dyn Expected).to_string();
            let number: Value = if matches!(self.0.get().bytes().next(), Some(b'[' | b'{')) {
                Value::Null
            } else {
                self.parse()?
            };
            // [tolerant.rs
            let number = tolerant::number(&number);
            // tolerant.rs]
            let result = match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => return self.read(visitor, &[]),
            };
            result.map_err(|error: Mismatch| error.about(&expected, self.0))
        }
    )* };
}

impl<'de> de::Deserializer<'de> for Node<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.read(visitor, &[])
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.read(visitor, names)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        // serde_json's private types, such as `RawValue`, have names that begin with `$`.
        if name.starts_with('$') {
            let mut json = serde_json::Deserializer::from_str(self.0.get());
            return json.deserialize_newtype_struct(name, visitor).map_err(|_| Self::refusal(self.0));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let text = self.0.get();
        // [tolerant.rs
        let text = text.trim_matches('"').trim();
        // tolerant.rs]
        match text.parse::<i128>() {
            Ok(number) => visitor.visit_i128(number),
            Err(_) => self.deserialize_i64(visitor),
        }
    }

    numbers![deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64];
    numbers![deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128];
    numbers![deserialize_f32, deserialize_f64];

    /// What has a form of its own, such as times; plain strings are read by `deserialize_string`.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Ok(text) = serde_json::from_str::<String>(self.0.get()) else { return self.read(visitor, &[]) };
        let expected = (&visitor as &dyn Expected).to_string();
        let text = text.as_str();
        // [tolerant.rs
        let text = &tolerant::time(text, &visitor);
        // tolerant.rs]
        visitor.visit_str(text).map_err(|error: Mismatch| error.about(&expected, self.0))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        // serde_json knows how variants are written, and its error may quote the value.
        let mut json = serde_json::Deserializer::from_str(self.0.get());
        json.deserialize_enum(name, variants, visitor).map_err(|_| Self::refusal(self.0))
    }

    forward_to_deserialize_any! {
        bool char string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'a> {
    items: Enumerate<IntoIter<&'a RawValue>>,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let Some((index, item)) = self.items.next() else { return Ok(None) };
        seed.deserialize(Node(item)).map(Some).map_err(|error| error.below(Step::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Members<'a> {
    names: &'static [&'static str],
    properties: IntoIter<(Cow<'a, str>, &'a RawValue)>,
    value: Option<(Cow<'a, str>, &'a RawValue)>,
}

impl<'de> de::MapAccess<'de> for Members<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some((name, value)) = self.properties.next() else { return Ok(None) };
        let key: StrDeserializer<'_, Mismatch> = name.as_ref().into_deserializer();
        let key = seed.deserialize(key).map_err(|error| error.below(Step::Other))?;
        self.value = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let (name, value) = self.value.take().unwrap_or((Cow::Borrowed(""), RawValue::NULL));
        let known = self.names.iter().find(|known| **known == name);
        let step = known.map_or(Step::Other, |known| Step::Name(known));
        seed.deserialize(Node(value)).map_err(|error| error.below(step))
    }
}
