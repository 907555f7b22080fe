//! Text to a tree of values: YAML, and JSON as the part of YAML it is.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::diag::{Diagnostic, Diagnostics, Place, code};
use crate::source::Source;

/// The tree of a text, with the keys of its mappings as text (`200` is `"200"`) and in their order.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<Value> {
    let repeated = Cell::new(false);
    // Much faster than as YAML, which does not know all escapes of JSON either. What is wrong with it is said as of YAML.
    if source.text.trim_start().starts_with('{') {
        let mut json = serde_json::Deserializer::from_str(&source.text);
        if let Ok(tree) = Tree(&repeated).deserialize(&mut json)
            && json.end().is_ok()
        {
            if repeated.get() {
                repeated_keys(source, diagnostics);
            }
            return Some(tree);
        }
        repeated.set(false);
    }
    match Tree(&repeated).deserialize(serde_yaml::Deserializer::from_str(&source.text)) {
        Ok(tree) => {
            if repeated.get() {
                repeated_keys(source, diagnostics);
            }
            Some(tree)
        }
        Err(error) => {
            let start = error.location().map_or(0, |at| at.index().min(source.text.len()));
            let message = error.to_string();
            // The place is shown by the drawing; the parser's own mention of it would say it twice.
            let message = message.split(" at line ").next().unwrap_or(&message);
            diagnostics.push(
                Diagnostic::error(code::SYNTAX, Place::Document(start..start + 1), "the document cannot be read")
                    .label(message)
                    .help("mend the YAML here; nothing after this place has been looked at"),
            );
            None
        }
    }
}

/// A key that came twice would lose one of its values without a word.
fn repeated_keys(source: &Source, diagnostics: &mut Diagnostics) {
    for (first, again) in source.repeated_keys() {
        let message = format!("the key `{}` stands twice in one mapping", &source.text[again.clone()]);
        diagnostics.push(
            Diagnostic::error(code::REPEATED_KEY, Place::Document(again), message)
                .related(Place::Document(first), "it stands here first")
                .help("remove one of the two, or merge what they hold"),
        );
    }
}

/// Makes a tree, and says in the cell whether a mapping has had a key twice.
#[derive(Clone, Copy)]
struct Tree<'r>(&'r Cell<bool>);

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            if map.insert(key, value).is_some() {
                self.0.set(true);
            }
        }
        Ok(map.into())
    }
}
