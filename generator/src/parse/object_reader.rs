//! Reads the keywords of an object of the document. The reader records which keywords were read, and reports the
//! remaining keywords as unknown or unsupported.
//!
//! A value of the wrong type is an error ([`report_wrong_type`]) if the generated code would be wrong without the
//! value. Otherwise, the value is a warning, which says how the generator treats the value ([`report_tolerated`], and
//! the methods `optional_…`).

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::context::ParseContext;
use crate::diagnostics::{Diagnostic, Location, Severity, code};
use crate::source::{FILE_KEY_PREFIX, Pointer};

/// The help for a keyword that the generator does not use.
pub(super) const REMOVE_HELP: &str = "remove it if no other tool uses it";

/// A reader for the keywords of one object.
pub struct ObjectReader<'v, 'd> {
    map: &'v Map<String, Value>,
    pointer: Pointer,
    /// The keywords that were read.
    read: Vec<&'static str>,
    /// The state of the parser, which collects diagnostics.
    pub context: &'d mut ParseContext,
}

impl<'v, 'd> ObjectReader<'v, 'd> {
    /// Creates a reader for the object at `pointer`. A value that is not an object is an error, and the result is
    /// `None`.
    ///
    /// `null` is treated as an empty object. An empty array is also treated as an empty object, because PHP writes an
    /// empty array for an empty mapping.
    pub fn new(value: &'v Value, pointer: Pointer, context: &'d mut ParseContext) -> Option<Self> {
        Self::with_severity(value, pointer, context, Severity::Error)
    }

    /// Creates a reader for an object without which the generated code is correct. A value that is not an object is a
    /// warning.
    pub fn new_optional(value: &'v Value, pointer: Pointer, context: &'d mut ParseContext) -> Option<Self> {
        Self::with_severity(value, pointer, context, Severity::Warning)
    }

    fn with_severity(
        value: &'v Value,
        pointer: Pointer,
        context: &'d mut ParseContext,
        severity: Severity,
    ) -> Option<Self> {
        /// The capacity that is enough for the keywords of most objects.
        const TYPICAL_KEYWORDS: usize = 16;
        static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        let map = match value {
            Value::Object(map) => map,
            _ if is_null_or_empty(value) => {
                report_tolerated(value, &pointer, "a mapping", "treated as an empty mapping", context);
                &*EMPTY
            }
            _ => {
                match severity {
                    Severity::Warning => report_tolerated(value, &pointer, "a mapping", "ignored", context),
                    _ => report_wrong_type(value, &pointer, "a mapping", context),
                }
                return None;
            }
        };
        Some(Self { map, pointer, read: Vec::with_capacity(TYPICAL_KEYWORDS), context })
    }

    /// Returns the pointer to a keyword of this object.
    pub fn pointer_to(&self, keyword: &str) -> Pointer {
        self.pointer.child(keyword)
    }

    /// Reads the value of a keyword. `null` is treated as absent.
    pub fn value(&mut self, keyword: &'static str) -> Option<&'v Value> {
        self.value_or_null(keyword).filter(|value| !value.is_null())
    }

    /// Reads the value of a keyword, which may be `null`.
    pub fn value_or_null(&mut self, keyword: &'static str) -> Option<&'v Value> {
        /// The maximum number of keywords of an object for which a linear search is faster than hashing.
        const MAX_SCANNED_KEYWORDS: usize = 16;
        self.read.push(keyword);
        match self.map.len() {
            0..=MAX_SCANNED_KEYWORDS => self.map.iter().find(|(key, _)| *key == keyword).map(|(_, value)| value),
            _ => self.map.get(keyword),
        }
    }

    /// Returns whether the object has a keyword, without reading it.
    pub fn has(&self, keyword: &str) -> bool {
        self.map.contains_key(keyword)
    }

    /// Reads keywords that the generator does not use. Adds a note with the reason for each keyword that the object
    /// has. The user sees the notes with `--report unused`.
    pub fn ignore(&mut self, keywords: &[&'static str], reason: &str) {
        for keyword in keywords {
            if self.value_or_null(keyword).is_some() {
                let message = format!("`{keyword}` is not used");
                self.context.unused.push(
                    Diagnostic::note(code::UNUSED_KEYWORD, Location::Key(self.pointer_to(keyword)), message)
                        .label(reason)
                        .help(REMOVE_HELP),
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
        let value = self.value(keyword)?;
        let converted = convert(value);
        if converted.is_none() {
            report_wrong_type(value, &self.pointer_to(keyword), expected, self.context);
        }
        converted
    }

    /// Reads a string. A number or boolean is converted to a string with a warning, because YAML parses some unquoted
    /// strings as numbers or booleans.
    pub fn string(&mut self, keyword: &'static str) -> Option<String> {
        let value = self.value(keyword)?;
        let at = self.pointer_to(keyword);
        self.string_at(value, &at)
    }

    fn string_at(&mut self, value: &Value, at: &Pointer) -> Option<String> {
        match value {
            Value::String(string) => return Some(string.clone()),
            Value::Number(_) | Value::Bool(_) => {
                report_tolerated(value, at, "a string", &format!("treated as the string `\"{value}\"`"), self.context);
                return Some(value.to_string());
            }
            _ => report_wrong_type(value, at, "a string", self.context),
        }
        None
    }

    /// Reads the name of a type. The value `null` without quotes is treated as the type `null`, with a warning.
    pub fn type_at(&mut self, value: &Value, at: &Pointer) -> Option<String> {
        if value.is_null() {
            let diagnostic = wrong_type_error(value, at, "a string").label("treated as the type `\"null\"`");
            let help = "write `\"null\"` with quotes: without quotes, YAML reads a null value instead of a string";
            self.context.report(Diagnostic { severity: Severity::Warning, ..diagnostic.help(help) });
            return Some("null".to_owned());
        }
        self.string_at(value, at)
    }

    /// Reads a boolean. A string such as `"true"` is converted to a boolean with a warning.
    pub fn boolean(&mut self, keyword: &'static str) -> Option<bool> {
        let value = self.value(keyword)?;
        match boolean_string(value) {
            Some(boolean) => {
                let treatment = format!("treated as `{boolean}`");
                report_tolerated(value, &self.pointer_to(keyword), "`true` or `false`", &treatment, self.context);
                Some(boolean)
            }
            None => self.typed(keyword, "`true` or `false`", Value::as_bool),
        }
    }

    /// Reads an optional string. A number or boolean is converted to a string. Any other value is reported as a
    /// warning.
    pub fn optional_string(&mut self, keyword: &'static str) -> Option<String> {
        let convert = |value: &Value| match value {
            Value::String(string) => Some(string.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        };
        self.optional_value(keyword, "a string", convert)
    }

    /// Reads an optional boolean with the default `false`. A value of another type is reported as a warning.
    pub fn optional_bool(&mut self, keyword: &'static str) -> bool {
        self.optional_value(keyword, "`true` or `false`", |value| value.as_bool().or_else(|| boolean_string(value)))
            .unwrap_or_default()
    }

    /// Reads an optional number or a string with a number. A value of another type is reported as a warning.
    pub fn optional_number(&mut self, keyword: &'static str) -> Option<f64> {
        let convert = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
        self.optional_value(keyword, "a number", convert)
    }

    /// Reads an optional non-negative integer. Any other value is reported as a warning.
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
        let value = self.value(keyword)?;
        let converted = convert(value);
        if converted.is_none() {
            report_tolerated(value, &self.pointer_to(keyword), expected, "ignored", self.context);
        }
        converted
    }

    /// Reads an array with the location of each item. An absent value is an empty array. If the value is not an array,
    /// warns and treats an empty object as an empty array, and any other value as an array with this one item.
    pub fn array(&mut self, keyword: &'static str) -> Vec<(&'v Value, Pointer)> {
        let Some(value) = self.value(keyword) else { return Vec::new() };
        let at = self.pointer_to(keyword);
        match value {
            Value::Array(items) => items.iter().enumerate().map(|(index, item)| (item, at.child(index))).collect(),
            Value::Object(map) if map.is_empty() => {
                report_tolerated(value, &at, "an array", "treated as an empty array", self.context);
                Vec::new()
            }
            item => {
                report_tolerated(item, &at, "an array", "treated as an array with this one item", self.context);
                vec![(item, at)]
            }
        }
    }

    /// Reads an array of strings.
    pub fn strings(&mut self, keyword: &'static str) -> Vec<String> {
        let items = self.array(keyword);
        let mut strings = Vec::with_capacity(items.len());
        for (item, pointer) in items {
            strings.extend(self.string_at(item, &pointer));
        }
        strings
    }

    /// Reads a mapping with the location of each entry. An absent value is an empty mapping.
    pub fn mapping(&mut self, keyword: &'static str) -> Vec<(&'v String, &'v Value, Pointer)> {
        let Some(value) = self.value(keyword) else { return Vec::new() };
        let at = self.pointer_to(keyword);
        let entries = ObjectReader::new(value, at.clone(), self.context).map(|object| object.map);
        entries.into_iter().flatten().map(|(key, value)| (key, value, at.child(key))).collect()
    }

    /// Reads the value of a keyword with the function `read`.
    pub fn read_with<T>(
        &mut self,
        keyword: &'static str,
        read: impl FnOnce(&'v Value, Pointer, &mut ParseContext) -> Option<T>,
    ) -> Option<T> {
        let value = self.value_or_null(keyword)?;
        read(value, self.pointer_to(keyword), self.context)
    }

    /// Reports as an error that the value of a keyword is invalid or missing.
    pub fn report_invalid(&mut self, keyword: &'static str, expected: &str) {
        match self.value(keyword) {
            Some(value) => report_wrong_type(value, &self.pointer_to(keyword), expected, self.context),
            None => self.report_missing(keyword),
        }
    }

    /// Reports as an error that a required keyword is missing.
    pub fn report_missing(&mut self, keyword: &str) {
        let message = format!("`{keyword}` is missing");
        let diagnostic = Diagnostic::error(code::MISSING_KEYWORD, Location::Key(self.pointer.clone()), message)
            .help(format!("add `{keyword}`, which OpenAPI requires here"));
        self.context.report(diagnostic);
    }

    /// Reports a missing required keyword as a warning. `treatment` says what the generator does instead.
    pub fn warn_missing(&mut self, keyword: &str, treatment: &str) {
        let message = format!("`{keyword}` is missing");
        let diagnostic = Diagnostic::warning(code::MISSING_KEYWORD, Location::Key(self.pointer.clone()), message)
            .label(treatment.to_owned())
            .help(format!("add `{keyword}`, which OpenAPI requires here"));
        self.context.report(diagnostic);
    }

    /// Returns the extensions (`x-…`) of the object.
    pub fn extensions<M: FromIterator<(String, Value)>>(&self) -> M {
        (self.map.iter())
            .filter(|(key, _)| key.starts_with("x-"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Reports every keyword that was not read as a warning. The keywords in `unsupported` are reported as unsupported,
    /// and all other keywords as unknown.
    pub fn finish(self, unsupported: &[&'static str]) {
        for (key, value) in self.map {
            if self.read.contains(&key.as_str()) || key.starts_with("x-") || key.starts_with(FILE_KEY_PREFIX) {
                continue;
            }
            let location = Location::Key(self.pointer.child(key));
            let diagnostic = match unsupported.contains(&key.as_str()) {
                true if is_null_or_empty(value) => continue,
                true => Diagnostic::warning(
                    code::UNSUPPORTED_KEYWORD,
                    location,
                    format!("`{key}` is not supported and is ignored"),
                )
                .help(REMOVE_HELP),
                false => {
                    let keywords = self.read.iter().chain(unsupported).copied();
                    let help = match self.context.diagnostics.did_you_mean(key, keywords) {
                        Some(similar) => format!("did you mean `{similar}`?"),
                        None => "remove it, or add the prefix `x-` to make it an extension".to_owned(),
                    };
                    Diagnostic::warning(code::UNKNOWN_KEYWORD, location, format!("unknown keyword `{key}`"))
                        .label("ignored")
                        .help(help)
                }
            };
            self.context.report(diagnostic);
        }
    }
}

/// Reads an object that OpenAPI requires. A missing object is a warning. `treatment` says what the generator does
/// instead.
pub fn object_or_warn<T>(
    object: &mut ObjectReader<'_, '_>,
    keyword: &'static str,
    treatment: &str,
    read: impl FnOnce(&Value, Pointer, &mut ParseContext) -> Option<T>,
) -> Option<T> {
    if object.value_or_null(keyword).is_none() {
        object.warn_missing(keyword, treatment);
    }
    object.read_with(keyword, read)
}

/// Reads a string that OpenAPI requires. A missing string is a warning, and the result is empty. `treatment` says what
/// the generator does instead.
pub fn string_or_warn(object: &mut ObjectReader<'_, '_>, keyword: &'static str, treatment: &str) -> String {
    if object.value(keyword).is_none() {
        object.warn_missing(keyword, treatment);
    }
    object.optional_string(keyword).unwrap_or_default()
}

/// Reads a string that OpenAPI requires. A missing string is an error, and the result is empty.
pub fn string_or_error(object: &mut ObjectReader<'_, '_>, keyword: &'static str) -> String {
    if object.value(keyword).is_none() {
        object.report_missing(keyword);
    }
    object.string(keyword).unwrap_or_default()
}

/// Reads the items of an array with the function `read`. Items for which `read` returns `None` are left out.
pub fn items<T>(
    object: &mut ObjectReader<'_, '_>,
    keyword: &'static str,
    read: impl Fn(&Value, Pointer, &mut ParseContext) -> Option<T>,
) -> Vec<T> {
    let items = object.array(keyword);
    items.into_iter().filter_map(|(value, at)| read(value, at, object.context)).collect()
}

/// Reads the entries of a mapping with the function `read`. Entries for which `read` returns `None` are left out.
pub fn entries<T>(
    object: &mut ObjectReader<'_, '_>,
    keyword: &'static str,
    read: impl Fn(&Value, Pointer, &mut ParseContext) -> Option<T>,
) -> IndexMap<String, T> {
    let entries = object.mapping(keyword);
    (entries.into_iter())
        .filter_map(|(name, value, at)| Some((name.clone(), read(value, at, object.context)?)))
        .collect()
}

/// Reports as an error that a value has the wrong type for its keyword.
pub fn report_wrong_type(value: &Value, pointer: &Pointer, expected: &str, context: &mut ParseContext) {
    context.report(wrong_type_error(value, pointer, expected));
}

/// Reports as a warning that a value has the wrong type for its keyword. `treatment` says what the generator does with
/// the value.
pub fn report_tolerated(value: &Value, pointer: &Pointer, expected: &str, treatment: &str, context: &mut ParseContext) {
    let diagnostic = wrong_type_error(value, pointer, expected);
    let label = format!("{}; {treatment}", diagnostic.label);
    context.report(Diagnostic { severity: Severity::Warning, label, ..diagnostic });
}

/// Parses a string that stands for a boolean.
fn boolean_string(value: &Value) -> Option<bool> {
    match value.as_str()?.to_ascii_lowercase().as_str() {
        "true" | "yes" | "required" => Some(true),
        "false" | "no" | "optional" => Some(false),
        _ => None,
    }
}

/// Returns whether a value is `null` or an empty array.
pub fn is_null_or_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn wrong_type_error(value: &Value, pointer: &Pointer, expected: &str) -> Diagnostic {
    /// The maximum length in bytes of a string that the diagnostic quotes.
    const MAX_QUOTED_BYTES: usize = 40;
    let found_value = match value {
        Value::Null => "`null`".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) if text.len() <= MAX_QUOTED_BYTES => format!("the string `{text}`"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    };
    let keys: Vec<String> = pointer.keys().collect();
    let keyword = match keys.as_slice() {
        [.., array, index] if index.parse::<usize>().is_ok() => format!("{array}[{index}]"),
        [.., keyword] => keyword.clone(),
        [] => "the document".to_owned(),
    };
    let message = format!("`{keyword}` must be {expected}");
    Diagnostic::error(code::WRONG_TYPE, Location::Value(pointer.clone()), message)
        .label(format!("found {found_value}"))
        .help(format!("write {expected} here"))
}
