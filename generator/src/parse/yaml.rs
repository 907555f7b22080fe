//! Parses YAML, and JSON as a subset of YAML, to a tree of values.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::{scan, syntax};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::source::{MERGE_KEY, Source};

/// Parses a text to a tree. All keys of mappings become strings, also `200`, and keep their order.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<Value> {
    if syntax::is_empty(&source.text) {
        diagnostics.push(syntax::empty());
        return None;
    }
    let max_size = BASE_SIZE + SIZE_PER_BYTE * source.text.len();
    let (has_repeated_keys, size_left) = (Cell::new(false), Cell::new(max_size));
    let json_tree =
        Tree { has_repeated_keys: &has_repeated_keys, size_left: &size_left, has_merge_keys: false, path_bytes: 0 };
    let yaml_tree = Tree { has_merge_keys: true, ..json_tree };
    // JSON is parsed with the JSON parser, which is much faster and supports escapes that YAML lacks. If the JSON
    // parser fails, the YAML parser reads the text and reports its errors.
    if source.text.trim_start().starts_with('{') {
        let mut json = serde_json::Deserializer::from_str(&source.text);
        let parsed = json_tree.deserialize(&mut json).and_then(|tree| json.end().map(|()| tree));
        match parsed {
            Ok(tree) => {
                if has_repeated_keys.get() {
                    report_repeated_keys(source, diagnostics);
                }
                return Some(tree);
            }
            // A text with one of the next two errors is not valid YAML either, so the YAML parser is not tried.
            Err(error) if error.is_eof() => {
                diagnostics.push(syntax::unclosed(source));
                return None;
            }
            Err(error) if error.to_string().starts_with("recursion limit") => {
                diagnostics.push(syntax::error(source.offset(error.line(), error.column()), TOO_DEEP));
                return None;
            }
            Err(_) => {}
        }
        has_repeated_keys.set(false);
        size_left.set(max_size);
    }
    if let Some(start) = scan::too_deep(&source.text) {
        diagnostics.push(syntax::error(start, TOO_DEEP));
        return None;
    }
    match yaml_tree.deserialize(serde_yaml::Deserializer::from_str(&source.text)) {
        Ok(tree) => {
            if has_repeated_keys.get() {
                report_repeated_keys(source, diagnostics);
            }
            Some(tree)
        }
        Err(error) => {
            diagnostics.push(syntax::yaml(source, &error));
            None
        }
    }
}

const TOO_DEEP: &str = "recursion limit exceeded";

/// The number of nodes and characters that the tree of a text of any length may have.
const BASE_SIZE: usize = 500_000;

/// The number of additional nodes and characters that the tree may have for each byte of the text. A text without
/// aliases needs at most two.
const SIZE_PER_BYTE: usize = 4;

/// The number of bytes in the path of a node that count as one more node, because later stages store the paths.
const PATH_BYTES_PER_NODE: usize = 64;

/// Reports repeated keys as errors, because a tree keeps only one of their values.
fn report_repeated_keys(source: &Source, diagnostics: &mut Diagnostics) {
    for (first, repeated) in source.repeated_keys() {
        let message = format!("the key `{}` is repeated in one mapping", &source.text[repeated.clone()]);
        diagnostics.push(
            Diagnostic::error(code::REPEATED_KEY, Location::Document(repeated), message)
                .related(Location::Document(first), "the first entry")
                .help("remove one of the two, or merge their values"),
        );
    }
}

/// A visitor that builds a tree.
#[derive(Clone, Copy)]
struct Tree<'r> {
    /// Whether a mapping has a repeated key.
    has_repeated_keys: &'r Cell<bool>,
    /// The number of nodes and characters that the tree may still get. There is a limit, because aliases can expand a
    /// few lines to a tree of any size, and because long keys make the path of each value long.
    size_left: &'r Cell<usize>,
    /// Whether a mapping with the key [`MERGE_KEY`] is merged into its parent. YAML has merge keys, and JSON does not.
    has_merge_keys: bool,
    /// The length in bytes of the path of the current node.
    path_bytes: usize,
}

impl Tree<'_> {
    /// Subtracts `size` from the remaining size, or returns an error if less than `size` remains.
    fn spend<E: Error>(self, size: usize) -> Result<(), E> {
        let size_left = self.size_left.get().checked_sub(size);
        self.size_left.set(size_left.unwrap_or_default());
        size_left.map(drop).ok_or_else(|| E::custom("its aliases or long keys expand to too much text"))
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.spend(1 + self.path_bytes / PATH_BYTES_PER_NODE)?;
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

    /// Converts integers of more than 64 bits to the nearest floating-point number, as the JSON parser does.
    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok((value as f64).into())
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok((value as f64).into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        let seed = Tree { path_bytes: self.path_bytes + 1, ..self };
        while let Some(item) = items.next_element_seed(seed)? {
            array.push(item);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        let mut merged = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.spend(key.len())?;
            let value = entries.next_value_seed(Tree { path_bytes: self.path_bytes + key.len(), ..self })?;
            let value = match self.has_merge_keys && key == MERGE_KEY {
                true => match merge(value, &mut map, &mut merged) {
                    Ok(()) => continue,
                    Err(value) => value,
                },
                false => value,
            };
            // The keys of the mapping itself take precedence over merged keys.
            let was_merged = merged.remove(&key);
            if map.insert(key, value).is_some() && !was_merged {
                self.has_repeated_keys.set(true);
            }
        }
        Ok(map.into())
    }
}

/// Merges the mapping `value`, or each mapping of the array `value`, into `map`. Existing keys are not replaced.
/// `merged` collects the added keys. If `value` is neither `null` nor a mapping nor an array of mappings, it is
/// returned as the error.
fn merge(value: Value, map: &mut Map<String, Value>, merged: &mut HashSet<String>) -> Result<(), Value> {
    let mappings = match value {
        Value::Null => Vec::new(),
        Value::Object(mapping) => vec![mapping],
        Value::Array(items) if items.iter().all(Value::is_object) => items
            .into_iter()
            .filter_map(|item| if let Value::Object(mapping) = item { Some(mapping) } else { None })
            .collect(),
        other => return Err(other),
    };
    for (key, value) in mappings.into_iter().flatten() {
        if let Entry::Vacant(entry) = map.entry(key.as_str()) {
            entry.insert(value);
            merged.insert(key);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_merge_key_adds_its_entries_to_the_mapping() {
        for (text, expected) in [
            ("{ <<: { a: 1, b: 2 }, a: 3 }", json!({ "a": 3, "b": 2 })),
            ("{ a: 3, <<: { a: 1, b: 2 } }", json!({ "a": 3, "b": 2 })),
            ("{ <<: [{ a: 1 }, { a: 2, b: 2 }], c: 3 }", json!({ "a": 1, "b": 2, "c": 3 })),
            ("{ <<: { a: 1 }, <<: { a: 2, b: 2 } }", json!({ "a": 1, "b": 2 })),
            ("{ a: &a { x: 1 }, b: &b { <<: *a, y: 2 }, c: { <<: *b } }", {
                json!({ "a": { "x": 1 }, "b": { "x": 1, "y": 2 }, "c": { "x": 1, "y": 2 } })
            }),
            ("{ <<: null, a: 1 }", json!({ "a": 1 })),
            ("{ <<: text, a: [<<] }", json!({ "<<": "text", "a": ["<<"] })),
            ("{\"<<\": {\"a\": 1}}", json!({ "<<": { "a": 1 } })),
        ] {
            let mut diagnostics = Diagnostics::default();
            assert_eq!(parse(&Source::new("", text), &mut diagnostics), Some(expected), "{text}");
            assert_eq!(diagnostics.iter().count(), 0, "{text}");
        }
        let mut diagnostics = Diagnostics::default();
        parse(&Source::new("", "{ <<: { a: 1 }, a: 2, a: 3 }"), &mut diagnostics);
        assert_eq!(diagnostics.iter().count(), 1);
    }
}
