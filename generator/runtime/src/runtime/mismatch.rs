//! What is wrong with a JSON value that cannot be read as a type: where, what was expected, and what kind of value is there.
//!
//! The value itself and the names that only the response knows are never part of it: the deserializer below takes down
//! what a type expects before that type sees the value, and ignores whatever the type says about the value.

use std::fmt::{self, Display};

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

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

impl Mismatch {
    /// What keeps `body` from being read as a `T`.
    pub fn find<T: DeserializeOwned>(body: &[u8]) -> Self {
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            _ if body.is_empty() => return Self::new("the body is empty".to_owned()),
            Err(error) => {
                let problem = if error.is_eof() { "the JSON is cut off" } else { "not valid JSON" };
                return Self::new(format!("{problem} at line {} column {}", error.line(), error.column()));
            }
        };
        T::deserialize(Node(&value)).err().unwrap_or_default()
    }

    fn new(problem: String) -> Self {
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

    /// Says what a type expected of `value`, if that is still unsaid.
    fn about(mut self, expected: &str, value: &Value) -> Self {
        let form = if self.refused { " of another form" } else { "" };
        self.problem.get_or_insert_with(|| format!("expected {expected}, found {}{form}", kind(value)));
        self
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// All that a type says about the value is ignored, since it may quote the value.
impl de::Error for Mismatch {
    fn custom<T: Display>(_: T) -> Self {
        Self { refused: true, ..Self::default() }
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::default()
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

/// A value that says what is wrong with it.
struct Node<'a>(&'a Value);

impl<'de> Node<'de> {
    /// Reads the value; of an object with documented properties these are the `names`.
    fn read<V: Visitor<'de>>(self, visitor: V, names: &'static [&'static str]) -> Result<V::Value, Mismatch> {
        let expected = (&visitor as &dyn Expected).to_string();
        let result = match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items { items, next: 0 }),
            Value::Object(members) => visitor.visit_map(Members { names, members: members.iter(), value: None }),
        };
        result.map_err(|error| error.about(&expected, self.0))
    }
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
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        // serde_json knows how variants are written, and its error may quote the value.
        self.0.deserialize_enum(name, variants, visitor).map_err(|_| Self::refusal(self.0))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

impl Node<'_> {
    fn refusal(value: &Value) -> Mismatch {
        <Mismatch as de::Error>::custom("").about("one of the documented variants", value)
    }
}

struct Items<'a> {
    items: &'a [Value],
    next: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let index = self.next;
        let Some(item) = self.items.get(index) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(Node(item)).map(Some).map_err(|error| error.below(Step::Index(index)))
    }
}

struct Members<'a> {
    names: &'static [&'static str],
    members: <&'a Map<String, Value> as IntoIterator>::IntoIter,
    value: Option<(&'a str, &'a Value)>,
}

impl<'de> de::MapAccess<'de> for Members<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some((name, value)) = self.members.next() else { return Ok(None) };
        self.value = Some((name, value));
        let key: StrDeserializer<'_, Mismatch> = name.as_str().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|error| error.below(Step::Other))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let (name, value) = self.value.take().unwrap_or(("", &Value::Null));
        let known = self.names.iter().find(|known| **known == name);
        let step = known.map_or(Step::Other, |known| Step::Name(known));
        seed.deserialize(Node(value)).map_err(|error| error.below(step))
    }
}
