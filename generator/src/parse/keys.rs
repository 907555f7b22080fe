//! A reader of one object of the document: it knows which keywords were asked for, so what is left can be reported.

use openapiv3::ReferenceOr;
use serde_json::{Map, Value};

use crate::diag::{Code, Diagnostic, Diagnostics, Place, Severity, code, did_you_mean};
use crate::source::Pointer;

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
    pub diagnostics: &'d mut Diagnostics,
}

impl<'v, 'd> Keys<'v, 'd> {
    /// The object at `pointer`, or nothing and a diagnostic if the value is not an object.
    pub fn of(value: &'v Value, pointer: Pointer, diagnostics: &'d mut Diagnostics) -> Option<Self> {
        match value.as_object() {
            Some(map) => Some(Self { map, pointer, read: Vec::new(), diagnostics }),
            None => {
                wrong_type(value, &pointer, "a mapping", diagnostics);
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
        self.read.push(keyword);
        self.map.get(keyword)
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
            wrong_type(value, &self.at(keyword), expected, self.diagnostics);
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

    /// A number.
    pub fn number(&mut self, keyword: &'static str) -> Option<f64> {
        self.typed(keyword, "a number", Value::as_f64)
    }

    /// A whole number that is not negative.
    pub fn count(&mut self, keyword: &'static str) -> Option<usize> {
        let convert = |value: &Value| value.as_u64().and_then(|count| usize::try_from(count).ok());
        self.typed(keyword, "a whole number that is not negative", convert)
    }

    /// A list, each item with its place. An absent list is empty.
    pub fn list(&mut self, keyword: &'static str) -> Vec<(&'v Value, Pointer)> {
        let at = self.at(keyword);
        let items = self.typed(keyword, "a list", Value::as_array);
        items.into_iter().flatten().enumerate().map(|(index, item)| (item, at.child(index))).collect()
    }

    /// A list of texts.
    pub fn texts(&mut self, keyword: &'static str) -> Vec<String> {
        let items = self.list(keyword);
        let mut texts = Vec::with_capacity(items.len());
        for (item, pointer) in items {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => wrong_type(item, &pointer, "a text", self.diagnostics),
            }
        }
        texts
    }

    /// A mapping, each entry with its place and without extensions. An absent mapping is empty.
    pub fn map(&mut self, keyword: &'static str) -> Vec<(&'v String, &'v Value, Pointer)> {
        let at = self.at(keyword);
        let entries = self.typed(keyword, "a mapping", Value::as_object);
        entries.into_iter().flatten().map(|(key, value)| (key, value, at.child(key))).collect()
    }

    /// The object below a keyword, read by `read`.
    pub fn object<T>(
        &mut self,
        keyword: &'static str,
        read: impl FnOnce(&'v Value, Pointer, &mut Diagnostics) -> Option<T>,
    ) -> Option<T> {
        let at = self.at(keyword);
        let value = self.any(keyword)?;
        read(value, at, self.diagnostics)
    }

    /// Says that a keyword must be there.
    pub fn missing(&mut self, keyword: &str) {
        let message = format!("`{keyword}` is missing");
        let diagnostic = Diagnostic::error(code::MISSING_KEYWORD, Place::Key(self.pointer.clone()), message)
            .help(format!("add `{keyword}` here; the standard asks for it"));
        self.diagnostics.push(diagnostic);
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
            if self.read.contains(&key.as_str()) || key.starts_with("x-") {
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
                    Diagnostic::error(code::UNKNOWN_KEYWORD, place, format!("`{key}` is not a keyword here")).help(help)
                }
            };
            self.diagnostics.push(diagnostic);
        }
    }
}

/// What stands where a reference may: the reference itself, or the object read by `read`.
pub fn reference_or<T>(
    value: &Value,
    pointer: Pointer,
    diagnostics: &mut Diagnostics,
    read: impl FnOnce(&Value, Pointer, &mut Diagnostics) -> Option<T>,
) -> Option<ReferenceOr<T>> {
    if value.get("$ref").is_none() {
        return read(value, pointer, diagnostics).map(ReferenceOr::Item);
    }
    let mut keys = Keys::of(value, pointer, diagnostics)?;
    let reference = keys.text("$ref");
    for (key, _) in value.as_object().into_iter().flatten().filter(|(key, _)| *key != "$ref") {
        let message = format!("`{key}` beside a `$ref` has no effect");
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Place::Key(keys.at(key)), message).help(
            "OpenAPI 3.0 ignores what stands beside a `$ref`; for a schema, write `allOf: [{ $ref: … }]` beside it",
        );
        keys.diagnostics.push(diagnostic);
    }
    reference.map(|reference| ReferenceOr::Reference { reference })
}

/// Says that a value is not of the type that its keyword takes.
pub fn wrong_type(value: &Value, pointer: &Pointer, expected: &str, diagnostics: &mut Diagnostics) {
    let found = match value {
        Value::Null => "nothing",
        Value::Bool(_) => "`true` or `false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    };
    let keyword = pointer.keys().last().unwrap_or_else(|| "the document".to_owned());
    diagnostics.push(
        Diagnostic::error(WRONG_TYPE, Place::Value(pointer.clone()), format!("`{keyword}` must be {expected}"))
            .label(format!("this is {found}"))
            .help(format!("write {expected} here")),
    );
}

const WRONG_TYPE: Code = code::WRONG_TYPE;
