//! Reads one object of the document. It records which keywords were read, and reports the others.

use std::sync::LazyLock;

use indexmap::IndexMap;
use openapiv3::ReferenceOr;
use serde_json::{Map, Value};

use super::context::ParseContext;
use crate::diagnostics::{Diagnostic, Location, Severity, code};
use crate::source::{FILE, Pointer};

/// The help for a keyword that the generator does not use.
const UNUSED: &str = "remove it if no other tool uses it";

/// The keywords of one object, each read at most once.
pub struct ObjectReader<'v, 'd> {
    map: &'v Map<String, Value>,
    pointer: Pointer,
    read: Vec<&'static str>,
    /// The shared state, which collects diagnostics.
    pub reader: &'d mut ParseContext,
}

impl<'v, 'd> ObjectReader<'v, 'd> {
    /// The object at `pointer`, or nothing and a diagnostic if the value is not an object. Nothing, and the list without
    /// items that PHP writes for a mapping without keys, are an object that says nothing.
    pub fn of(value: &'v Value, pointer: Pointer, reader: &'d mut ParseContext) -> Option<Self> {
        Self::read(value, pointer, reader, Severity::Error)
    }

    /// The object at `pointer`, where the bindings are right without it: what is none is a warning.
    pub fn optional(value: &'v Value, pointer: Pointer, reader: &'d mut ParseContext) -> Option<Self> {
        Self::read(value, pointer, reader, Severity::Warning)
    }

    fn read(value: &'v Value, pointer: Pointer, reader: &'d mut ParseContext, severity: Severity) -> Option<Self> {
        /// The usual number of keywords of an object.
        const USUAL: usize = 16;
        static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        let map = match value {
            Value::Object(map) => map,
            _ if is_nothing(value) => {
                mistaken(value, &pointer, "a mapping", "treated as an empty mapping", reader);
                &*NOTHING
            }
            _ => {
                reader.push(Diagnostic { severity, ..mismatch(value, &pointer, "a mapping") });
                return None;
            }
        };
        Some(Self { map, pointer, read: Vec::with_capacity(USUAL), reader })
    }

    /// Returns the location of a keyword of this object.
    pub fn at(&self, keyword: &str) -> Pointer {
        self.pointer.child(keyword)
    }

    /// Reads the value of a keyword. `null` is treated as absent.
    pub fn any(&mut self, keyword: &'static str) -> Option<&'v Value> {
        self.raw(keyword).filter(|value| !value.is_null())
    }

    /// Reads the value of a keyword, which may be `null`.
    pub fn raw(&mut self, keyword: &'static str) -> Option<&'v Value> {
        /// For at most this number of keys, a linear search is faster than hashing.
        const FEW: usize = 16;
        self.read.push(keyword);
        match self.map.len() {
            0..=FEW => self.map.iter().find(|(key, _)| *key == keyword).map(|(_, value)| value),
            _ => self.map.get(keyword),
        }
    }

    /// Notes keywords that the generator does not use, with the reason.
    pub fn ignored(&mut self, keywords: &[&'static str], reason: &str) {
        for keyword in keywords {
            if self.raw(keyword).is_some() {
                let message = format!("`{keyword}` is not used");
                self.reader.unused.push(
                    Diagnostic::note(code::UNUSED_KEYWORD, Location::Key(self.at(keyword)), message)
                        .label(reason)
                        .help(UNUSED),
                );
            }
        }
    }

    /// Reads and converts the value of a keyword. A value of the wrong type is reported and treated as absent.
    fn typed<T>(
        &mut self,
        keyword: &'static str,
        expected: &str,
        convert: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.any(keyword)?;
        let converted = convert(value);
        if converted.is_none() {
            wrong_type(value, &self.at(keyword), expected, self.reader);
        }
        converted
    }

    /// Reads a string. YAML parses some strings as numbers or booleans.
    pub fn text(&mut self, keyword: &'static str) -> Option<String> {
        let value = self.any(keyword)?;
        let at = self.at(keyword);
        self.text_at(value, &at)
    }

    fn text_at(&mut self, value: &Value, at: &Pointer) -> Option<String> {
        match value {
            Value::String(text) => return Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => {
                mistaken(value, at, "a string", &format!("treated as the string `\"{value}\"`"), self.reader);
                return Some(value.to_string());
            }
            _ => wrong_type(value, at, "a string", self.reader),
        }
        None
    }

    /// Reads the name of a type. `null` without quotes is the type `null`.
    pub fn type_at(&mut self, value: &Value, at: &Pointer) -> Option<String> {
        if value.is_null() {
            let diagnostic = mismatch(value, at, "a string").label("treated as the type `\"null\"`");
            let help = "write `\"null\"` with quotes: YAML reads `null` without them as no value";
            self.reader.push(Diagnostic { severity: Severity::Warning, ..diagnostic.help(help) });
            return Some("null".to_owned());
        }
        self.text_at(value, at)
    }

    /// Reads a boolean, which may be written as a string.
    pub fn bool(&mut self, keyword: &'static str) -> Option<bool> {
        let value = self.any(keyword)?;
        match truth(value) {
            Some(meant) => {
                let taken = format!("treated as `{meant}`");
                mistaken(value, &self.at(keyword), "`true` or `false`", &taken, self.reader);
                Some(meant)
            }
            None => self.typed(keyword, "`true` or `false`", Value::as_bool),
        }
    }

    /// Reads an optional string. Another type is a warning.
    pub fn optional_text(&mut self, keyword: &'static str) -> Option<String> {
        let texts = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        };
        self.optional_value(keyword, "a string", texts)
    }

    /// Reads an optional boolean with the default `false`. Another type is a warning.
    pub fn optional_bool(&mut self, keyword: &'static str) -> bool {
        self.optional_value(keyword, "`true` or `false`", |value| value.as_bool().or_else(|| truth(value)))
            .unwrap_or_default()
    }

    /// Reads an optional number, which may be written as a string. Another type is a warning.
    pub fn optional_number(&mut self, keyword: &'static str) -> Option<f64> {
        let convert = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
        self.optional_value(keyword, "a number", convert)
    }

    /// Reads an optional non-negative integer. Another type is a warning.
    pub fn optional_count(&mut self, keyword: &'static str) -> Option<usize> {
        let convert = |value: &Value| {
            let number = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
            (number >= 0.0 && number.fract() == 0.0).then_some(number as usize)
        };
        self.optional_value(keyword, "a non-negative integer", convert)
    }

    fn optional_value<T>(
        &mut self,
        keyword: &'static str,
        expected: &str,
        convert: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.any(keyword)?;
        let converted = convert(value);
        if converted.is_none() {
            let diagnostic = mismatch(value, &self.at(keyword), expected);
            self.reader.push(Diagnostic { severity: Severity::Warning, ..diagnostic });
        }
        converted
    }

    /// Reads an array with the location of each item. An absent array is empty, and any other value is treated as its only item.
    pub fn list(&mut self, keyword: &'static str) -> Vec<(&'v Value, Pointer)> {
        let Some(value) = self.any(keyword) else { return Vec::new() };
        let at = self.at(keyword);
        match value {
            Value::Array(items) => items.iter().enumerate().map(|(index, item)| (item, at.child(index))).collect(),
            Value::Object(map) if map.is_empty() => {
                mistaken(value, &at, "an array", "treated as an empty array", self.reader);
                Vec::new()
            }
            one => {
                mistaken(one, &at, "an array", "treated as an array with this one item", self.reader);
                vec![(one, at)]
            }
        }
    }

    /// Reads an array of strings.
    pub fn texts(&mut self, keyword: &'static str) -> Vec<String> {
        let items = self.list(keyword);
        let mut texts = Vec::with_capacity(items.len());
        for (item, pointer) in items {
            texts.extend(self.text_at(item, &pointer));
        }
        texts
    }

    /// Reads a mapping with the location of each entry, without extensions. An absent mapping is empty.
    pub fn map(&mut self, keyword: &'static str) -> Vec<(&'v String, &'v Value, Pointer)> {
        let Some(value) = self.any(keyword) else { return Vec::new() };
        let at = self.at(keyword);
        let entries = ObjectReader::of(value, at.clone(), self.reader).map(|keys| keys.map);
        entries.into_iter().flatten().map(|(key, value)| (key, value, at.child(key))).collect()
    }

    /// Reads the object below a keyword with `read`.
    pub fn object<T>(
        &mut self,
        keyword: &'static str,
        read: impl FnOnce(&'v Value, Pointer, &mut ParseContext) -> Option<T>,
    ) -> Option<T> {
        let value = self.raw(keyword)?;
        read(value, self.at(keyword), self.reader)
    }

    /// Reports that the value of a keyword is not valid, or missing.
    pub fn invalid(&mut self, keyword: &'static str, expected: &str) {
        match self.any(keyword) {
            Some(value) => wrong_type(value, &self.at(keyword), expected, self.reader),
            None => self.missing(keyword),
        }
    }

    /// Reports that a required keyword is missing, as an error.
    pub fn missing(&mut self, keyword: &str) {
        let message = format!("`{keyword}` is missing");
        let diagnostic = Diagnostic::error(code::MISSING_KEYWORD, Location::Key(self.pointer.clone()), message)
            .help(format!("add `{keyword}`, which OpenAPI requires here"));
        self.reader.push(diagnostic);
    }

    /// Reports that a required keyword is missing, as a warning that says what is used instead.
    pub fn warn_missing(&mut self, keyword: &str, taken: &str) {
        let message = format!("`{keyword}` is missing");
        let diagnostic = Diagnostic::warning(code::MISSING_KEYWORD, Location::Key(self.pointer.clone()), message)
            .label(taken.to_owned())
            .help(format!("add `{keyword}`, which OpenAPI requires here"));
        self.reader.push(diagnostic);
    }

    /// Returns the extensions (`x-…`) of the object.
    pub fn extensions<M: FromIterator<(String, Value)>>(&self) -> M {
        (self.map.iter())
            .filter(|(key, _)| key.starts_with("x-"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Reports every keyword that was not read: the keywords in `spare` as unsupported,
    /// and all others as unknown.
    pub fn finish(self, spare: &[&'static str]) {
        for (key, value) in self.map {
            if self.read.contains(&key.as_str()) || key.starts_with("x-") || key.starts_with(FILE) {
                continue;
            }
            let place = Location::Key(self.pointer.child(key));
            let diagnostic = match spare.iter().find(|spare| *spare == key) {
                Some(_) if is_nothing(value) => continue,
                Some(_) => Diagnostic::warning(
                    code::UNSUPPORTED_KEYWORD,
                    place,
                    format!("`{key}` is not supported and is ignored"),
                )
                .help(UNUSED),
                None => {
                    let known = self.read.iter().chain(spare).copied();
                    let help = match self.reader.diagnostics.did_you_mean(key, known) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "remove it, or add the prefix `x-` to make it an extension".to_owned(),
                    };
                    Diagnostic::warning(code::UNKNOWN_KEYWORD, place, format!("unknown keyword `{key}`"))
                        .label("ignored")
                        .help(help)
                }
            };
            self.reader.push(diagnostic);
        }
    }
}

/// Reads a required object. If it is missing, a warning says what is used instead.
pub fn expected<T>(
    keys: &mut ObjectReader<'_, '_>,
    keyword: &'static str,
    taken: &str,
    read: impl FnOnce(&Value, Pointer, &mut ParseContext) -> Option<T>,
) -> Option<T> {
    if keys.raw(keyword).is_none() {
        keys.warn_missing(keyword, taken);
    }
    keys.object(keyword, read)
}

/// Reads a required string. If it is missing, a warning says what is used instead.
pub fn expected_text(keys: &mut ObjectReader<'_, '_>, keyword: &'static str, taken: &str) -> String {
    if keys.any(keyword).is_none() {
        keys.warn_missing(keyword, taken);
    }
    keys.optional_text(keyword).unwrap_or_default()
}

/// Reads a required string. If it is missing, this is an error.
pub fn required_text(keys: &mut ObjectReader<'_, '_>, keyword: &'static str) -> String {
    if keys.any(keyword).is_none() {
        keys.missing(keyword);
    }
    keys.text(keyword).unwrap_or_default()
}

/// Reads the valid items of an array.
pub fn list<T>(
    keys: &mut ObjectReader<'_, '_>,
    keyword: &'static str,
    read: impl Fn(&Value, Pointer, &mut ParseContext) -> Option<T>,
) -> Vec<T> {
    let items = keys.list(keyword);
    items.into_iter().filter_map(|(value, at)| read(value, at, keys.reader)).collect()
}

/// Reads the valid entries of a mapping.
pub fn map<T>(
    keys: &mut ObjectReader<'_, '_>,
    keyword: &'static str,
    read: impl Fn(&Value, Pointer, &mut ParseContext) -> Option<T>,
) -> IndexMap<String, T> {
    let entries = keys.map(keyword);
    (entries.into_iter()).filter_map(|(name, value, at)| Some((name.clone(), read(value, at, keys.reader)?))).collect()
}

/// Reads a mapping whose values may be references.
pub fn shared<T>(
    keys: &mut ObjectReader<'_, '_>,
    keyword: &'static str,
    read: fn(&Value, Pointer, &mut ParseContext) -> Option<ReferenceOr<T>>,
) -> IndexMap<String, ReferenceOr<T>> {
    map(keys, keyword, read)
}

/// Reads a reference, or an object with `read`. `section` is the section of the
/// components for objects of this kind.
pub fn reference_or<T>(
    value: &Value,
    pointer: Pointer,
    reader: &mut ParseContext,
    section: &'static str,
    read: impl FnOnce(&Value, Pointer, &mut ParseContext) -> Option<T>,
) -> Option<ReferenceOr<T>> {
    let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
        return read(value, pointer, reader).map(ReferenceOr::Item);
    };
    report_beside_reference(value, &pointer, reader);
    reader.wants(section, reference);
    Some(ReferenceOr::Reference { reference: reference.to_owned() })
}

/// Reports the keywords next to a `$ref` that have no effect.
pub fn report_beside_reference(value: &Value, pointer: &Pointer, reader: &mut ParseContext) {
    for (key, _) in value.as_object().into_iter().flatten().filter(|(key, _)| *key != "$ref") {
        // In OpenAPI 3.1, these two may override those of the target.
        if reader.is_openapi_31 && matches!(key.as_str(), "summary" | "description") {
            let message = format!("`{key}` next to a `$ref` is not used");
            let note = Diagnostic::note(code::UNUSED_KEYWORD, Location::Key(pointer.child(key)), message);
            reader.unused.push(note.label("the description of the component is used").help(UNUSED));
            continue;
        }
        if key.starts_with("x-") {
            continue;
        }
        let message = format!("`{key}` next to a `$ref` has no effect");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Location::Key(pointer.child(key)), message);
        reader.push(diagnostic.help("move it to the component that the reference names"));
    }
}

/// Reports that a value has the wrong type for its keyword, as an error.
pub fn wrong_type(value: &Value, pointer: &Pointer, expected: &str, reader: &mut ParseContext) {
    reader.push(mismatch(value, pointer, expected));
}

/// Reports that a value has the wrong type for its keyword, as a warning that says how it is treated.
pub fn mistaken(value: &Value, pointer: &Pointer, expected: &str, taken: &str, reader: &mut ParseContext) {
    let diagnostic = mismatch(value, pointer, expected);
    let label = format!("{}; {taken}", diagnostic.label);
    reader.push(Diagnostic { severity: Severity::Warning, label, ..diagnostic });
}

/// Parses a boolean that is written as a string.
fn truth(value: &Value) -> Option<bool> {
    match value.as_str()?.to_ascii_lowercase().as_str() {
        "true" | "yes" | "required" => Some(true),
        "false" | "no" | "optional" => Some(false),
        _ => None,
    }
}

/// Returns whether a value is `null` or an empty array.
pub fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn mismatch(value: &Value, pointer: &Pointer, expected: &str) -> Diagnostic {
    let found = match value {
        Value::Null => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "a mapping",
    };
    let keys: Vec<String> = pointer.keys().collect();
    let keyword = match keys.as_slice() {
        [.., list, index] if index.parse::<usize>().is_ok() => format!("{list}[{index}]"),
        [.., keyword] => keyword.clone(),
        [] => "the document".to_owned(),
    };
    let message = format!("`{keyword}` must be {expected}");
    Diagnostic::error(code::WRONG_TYPE, Location::Value(pointer.clone()), message)
        .label(format!("found {found}"))
        .help(format!("write {expected} here"))
}
