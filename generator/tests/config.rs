//! `docs/configuration.md` lists exactly the keys of the configuration, and each of its examples is a valid
//! configuration.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::collections::BTreeSet;

use bindery::config;
use bindery::config::Config;
use bindery::diagnostics::Diagnostics;
use bindery::source::Source;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

const CONFIGURATION_MD: &str = include_str!("../../docs/configuration.md");

/// Returns the rows of the table. The columns are the key, the meaning, the default and an example.
fn rows() -> Vec<Vec<&'static str>> {
    let rows = CONFIGURATION_MD.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

#[test]
fn every_key_is_documented() {
    let documented: Vec<&str> = rows().iter().map(|row| code(row[0])).collect();
    let mut keys = BTreeSet::new();
    Config::deserialize(Recorder { path: String::new(), keys: &mut keys }).expect("a configuration");
    assert_eq!(documented.iter().copied().collect::<BTreeSet<_>>(), keys.iter().map(String::as_str).collect());
    assert_eq!(documented.len(), keys.len(), "a key is listed twice");
}

#[test]
fn every_example_is_a_valid_configuration_with_its_key() {
    for row in rows() {
        let [key, _, _, example] = row.as_slice() else { panic!("{row:?} does not have four cells") };
        let mut diagnostics = Diagnostics::default();
        let config = config::parse(&Source::new("codegen.toml", code(example)), &mut diagnostics);
        let messages: Vec<_> = diagnostics.iter().map(|diagnostic| &diagnostic.message).collect();
        assert!(config.is_some() && messages.is_empty(), "{key}: {messages:?}");
        let names = code(key).split(['.', '[', ']']).filter(|name| !name.is_empty());
        names.for_each(|name| assert!(example.contains(name), "{key}: {example}"));
    }
}

/// Deserializes a type from invented values, and records the paths of all keys that are not tables.
struct Recorder<'k> {
    path: String,
    keys: &'k mut BTreeSet<String>,
}

type Error = de::value::Error;

impl Recorder<'_> {
    fn record(self) -> Self {
        self.keys.insert(self.path.clone());
        self
    }

    fn with_path(&mut self, path: String) -> Recorder<'_> {
        Recorder { path, keys: self.keys }
    }
}

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        Err(de::Error::custom(format!("no value for {}", &visitor as &dyn de::Expected)))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.record();
        visitor.visit_bool(true)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.record();
        visitor.visit_u64(1)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.record();
        visitor.visit_str("text")
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(SingleItem(Some(self)))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.record();
        visitor.visit_map(Fields {
            recorder: Recorder { path: String::new(), keys: &mut BTreeSet::new() },
            remaining: &[],
            current: "",
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.record();
        visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(variants[0]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { recorder: self, remaining: fields, current: "" })
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct identifier ignored_any
    }
}

/// An array with one item.
struct SingleItem<'k>(Option<Recorder<'k>>);

impl<'de> SeqAccess<'de> for SingleItem<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(recorder) = self.0.take() else { return Ok(None) };
        let Recorder { path, keys } = recorder;
        let item = format!("{path}[]");
        let value = seed.deserialize(Recorder { path: item.clone(), keys })?;
        // An item that is not a table is recorded as `path[]`. The path of the array is recorded instead.
        if keys.remove(&item) {
            keys.insert(path);
        }
        Ok(Some(value))
    }
}

/// The fields of a struct.
struct Fields<'k> {
    recorder: Recorder<'k>,
    remaining: &'static [&'static str],
    current: &'static str,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let [field, remaining @ ..] = self.remaining else { return Ok(None) };
        (self.current, self.remaining) = (field, remaining);
        seed.deserialize(BorrowedStrDeserializer::<Error>::new(field)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let path = match self.recorder.path.as_str() {
            "" => self.current.to_owned(),
            path => format!("{path}.{}", self.current),
        };
        // `Spanned` has three fields: the start and the end of the location, and the value.
        match self.current {
            field if field.ends_with("_start") || field.ends_with("_end") => {
                seed.deserialize(0_usize.into_deserializer())
            }
            field if field.starts_with("$__serde_spanned") => {
                let path = self.recorder.path.clone();
                seed.deserialize(self.recorder.with_path(path))
            }
            _ => seed.deserialize(self.recorder.with_path(path)),
        }
    }
}
