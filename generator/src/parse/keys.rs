//! A reader of one object of the document: it knows which keywords were asked for, so what is left can be reported.

use openapiv3::ReferenceOr;
use serde_json::{Map, Value};

use super::reader::Reader;
use crate::diag::{Diagnostic, Place, Severity, code, did_you_mean};
use crate::source::{FILE, Pointer};

/// What a standard keyword that is not read means for the result.
pub struct Unread {
    /// The keyword.
    pub keyword: &'static str,
    /// An error where leaving it out would bind something else than the author meant.
    pub severity: Severity,
}

/// Keywords whose absence changes what is bound.
pub const fn vital(keyword: &'static str) -> Unread {
    Unread { keyword, severity: Severity::Error }
}

/// Keywords that the bindings are right without.
pub const fn spare(keyword: &'static str) -> Unread {
    Unread { keyword, severity: Severity::Warning }
}

/// The keywords of one object, each read at most once.
pub struct Keys<'v, 'd> {
    map: &'v Map<String, Value>,
    pointer: Pointer,
    read: Vec<&'static str>,
    /// Where problems go.
    pub reader: &'d mut Reader,
}

impl<'v, 'd> Keys<'v, 'd> {
    /// The object at `pointer`, or nothing and a diagnostic if the value is not an object.
    pub fn of(value: &'v Value, pointer: Pointer, reader: &'d mut Reader) -> Option<Self> {
        /// So many keywords has an object, give or take a few.
        const USUAL: usize = 16;
        match value.as_object() {
            Some(map) => Some(Self { map, pointer, read: Vec::with_capacity(USUAL), reader }),
            None => {
                wrong_type(value, &pointer, "a mapping", reader);
                None
            }
        }
    }

    /// Where a keyword of this object stands.
    pub fn at(&self, keyword: &str) -> Pointer {
        self.pointer.child(keyword)
    }

    /// The raw value of a keyword, if it is there.
    pub fn any(&mut self, keyword: &'static str) -> Option<&'v Value> {
        /// Up to so many keys are compared faster than a hash is computed.
        const FEW: usize = 16;
        self.read.push(keyword);
        match self.map.len() {
            0..=FEW => self.map.iter().find(|(key, _)| *key == keyword).map(|(_, value)| value),
            _ => self.map.get(keyword),
        }
    }

    /// Keywords that are known, and that nothing is made of for a reason that holds for every document.
    pub fn idle(&mut self, keywords: &[&'static str], reason: &str) {
        for keyword in keywords {
            if self.any(keyword).is_some() {
                let message = format!("nothing is made of `{keyword}`");
                self.reader
                    .unused
                    .push(Diagnostic::note(code::UNUSED_KEYWORD, Place::Key(self.at(keyword)), message).help(reason));
            }
        }
    }

    /// The value of a keyword as `convert` has it; a value that does not fit is reported and taken as absent.
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

    /// A text.
    pub fn text(&mut self, keyword: &'static str) -> Option<String> {
        self.typed(keyword, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// `true` or `false`.
    pub fn bool(&mut self, keyword: &'static str) -> Option<bool> {
        self.typed(keyword, "`true` or `false`", Value::as_bool)
    }

    /// A text that the bindings are right without: what is none is a warning, and `null` is nothing.
    pub fn spare_text(&mut self, keyword: &'static str) -> Option<String> {
        self.spared(keyword, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// `true`, where `false` is as good as nothing.
    pub fn spare_bool(&mut self, keyword: &'static str) -> bool {
        self.spared(keyword, "`true` or `false`", Value::as_bool).unwrap_or_default()
    }

    /// A number that the bindings are right without. Some write it as a text.
    pub fn spare_number(&mut self, keyword: &'static str) -> Option<f64> {
        let convert = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
        self.spared(keyword, "a number", convert)
    }

    /// A whole number that the bindings are right without.
    pub fn spare_count(&mut self, keyword: &'static str) -> Option<usize> {
        let convert = |value: &Value| {
            let number = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
            (number >= 0.0 && number.fract() == 0.0).then_some(number as usize)
        };
        self.spared(keyword, "a whole number that is not negative", convert)
    }

    fn spared<T>(
        &mut self,
        keyword: &'static str,
        expected: &str,
        convert: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.any(keyword).filter(|value| !value.is_null())?;
        let converted = convert(value);
        if converted.is_none() {
            let diagnostic = mismatch(value, &self.at(keyword), expected);
            self.reader.push(Diagnostic { severity: Severity::Warning, ..diagnostic });
        }
        converted
    }

    /// A list, each item with its place. An absent list is empty.
    pub fn list(&mut self, keyword: &'static str) -> Vec<(&'v Value, Pointer)> {
        let Some(items) = self.typed(keyword, "a list", Value::as_array) else { return Vec::new() };
        let at = self.at(keyword);
        items.iter().enumerate().map(|(index, item)| (item, at.child(index))).collect()
    }

    /// A list of texts.
    pub fn texts(&mut self, keyword: &'static str) -> Vec<String> {
        let items = self.list(keyword);
        let mut texts = Vec::with_capacity(items.len());
        for (item, pointer) in items {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => wrong_type(item, &pointer, "a text", self.reader),
            }
        }
        texts
    }

    /// A mapping, each entry with its place and without extensions. An absent mapping is empty.
    pub fn map(&mut self, keyword: &'static str) -> Vec<(&'v String, &'v Value, Pointer)> {
        let Some(entries) = self.typed(keyword, "a mapping", Value::as_object) else { return Vec::new() };
        let at = self.at(keyword);
        entries.iter().map(|(key, value)| (key, value, at.child(key))).collect()
    }

    /// The object below a keyword, read by `read`.
    pub fn object<T>(
        &mut self,
        keyword: &'static str,
        read: impl FnOnce(&'v Value, Pointer, &mut Reader) -> Option<T>,
    ) -> Option<T> {
        let value = self.any(keyword)?;
        read(value, self.at(keyword), self.reader)
    }

    /// Says that a keyword must be there.
    pub fn missing(&mut self, keyword: &str) {
        let message = format!("`{keyword}` is missing");
        let diagnostic = Diagnostic::error(code::MISSING_KEYWORD, Place::Key(self.pointer.clone()), message)
            .help(format!("add `{keyword}` here; the standard asks for it"));
        self.reader.push(diagnostic);
    }

    /// The extensions (`x-…`) of the object.
    pub fn extensions<M: FromIterator<(String, Value)>>(&self) -> M {
        (self.map.iter())
            .filter(|(key, _)| key.starts_with("x-"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Reports every keyword that nothing has read: those in `unread` by name, all others as unknown.
    pub fn finish(self, unread: &[Unread]) {
        for (key, value) in self.map {
            if self.read.contains(&key.as_str()) || key.starts_with("x-") || key.starts_with(FILE) {
                continue;
            }
            let place = Place::Key(self.pointer.child(key));
            let diagnostic = match unread.iter().find(|unread| unread.keyword == key) {
                Some(Unread { severity: Severity::Error, .. }) => {
                    Diagnostic::error(code::UNSUPPORTED_KEYWORD, place, format!("`{key}` cannot be bound yet"))
                        .help("describe it with other keywords, or leave it out")
                }
                Some(_) if value.as_array().is_some_and(Vec::is_empty) => continue,
                Some(_) => Diagnostic::warning(code::UNSUPPORTED_KEYWORD, place, format!("`{key}` is passed over"))
                    .help("the bindings are right without it, and say nothing of it"),
                None => {
                    let known = self.read.iter().copied().chain(unread.iter().map(|unread| unread.keyword));
                    let help = match did_you_mean(key, known) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "remove it, or let its name begin with `x-` to make it an extension".to_owned(),
                    };
                    Diagnostic::warning(code::UNKNOWN_KEYWORD, place, format!("`{key}` is not a keyword here"))
                        .help(help)
                }
            };
            self.reader.push(diagnostic);
        }
    }
}

/// What stands where a reference may: the reference itself, or the object read by `read`. `section` is the part of the
/// components that things of the kind live in.
pub fn reference_or<T>(
    value: &Value,
    pointer: Pointer,
    reader: &mut Reader,
    section: &'static str,
    read: impl FnOnce(&Value, Pointer, &mut Reader) -> Option<T>,
) -> Option<ReferenceOr<T>> {
    let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
        return read(value, pointer, reader).map(ReferenceOr::Item);
    };
    for (key, _) in value.as_object().into_iter().flatten().filter(|(key, _)| *key != "$ref") {
        // In OpenAPI 3.1 these two may be said again.
        if reader.modern && matches!(key.as_str(), "summary" | "description") {
            let message = format!("nothing is made of `{key}` beside a `$ref`");
            let note = Diagnostic::note(code::UNUSED_KEYWORD, Place::Key(pointer.child(key)), message);
            reader.unused.push(note.help("what the reference leads to is described there"));
            continue;
        }
        if key.starts_with("x-") {
            continue;
        }
        let message = format!("`{key}` beside a `$ref` has no effect");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Place::Key(pointer.child(key)), message);
        reader.push(diagnostic.help("say it where the reference leads"));
    }
    reader.wants(section, reference);
    Some(ReferenceOr::Reference { reference: reference.to_owned() })
}

/// Says that a value is not of the type that its keyword takes.
pub fn wrong_type(value: &Value, pointer: &Pointer, expected: &str, reader: &mut Reader) {
    reader.push(mismatch(value, pointer, expected));
}

fn mismatch(value: &Value, pointer: &Pointer, expected: &str) -> Diagnostic {
    let found = match value {
        Value::Null => "nothing",
        Value::Bool(_) => "`true` or `false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    };
    let keyword = pointer.keys().last().unwrap_or_else(|| "the document".to_owned());
    let message = format!("`{keyword}` must be {expected}");
    Diagnostic::error(code::WRONG_TYPE, Place::Value(pointer.clone()), message)
        .label(format!("this is {found}"))
        .help(format!("write {expected} here"))
}
