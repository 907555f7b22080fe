//! Checks the keys of codegen.toml and the types of their values.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reference;
use super::schema::{Key, Kind, Node};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code, did_you_mean};

/// The result of [`check`].
#[derive(Default)]
pub(super) struct Structure {
    /// Whether each value has the right type, and no required key is missing.
    pub is_valid: bool,
    /// The paths of the unknown keys. The index of an array item is a step of the path.
    pub unknown: Vec<Vec<String>>,
}

/// Reports unknown keys, values of the wrong type, and missing keys.
pub(super) fn check(root: &DeTable<'_>, diagnostics: &mut Diagnostics) -> Structure {
    let structure = Structure { is_valid: true, ..Structure::default() };
    let mut checker = Checker { diagnostics, path: Vec::new(), structure };
    if let Kind::Table(keys) = Node::root().kind() {
        checker.check_table(&keys, root, 0..0);
    }
    checker.structure
}

struct Checker<'d> {
    diagnostics: &'d mut Diagnostics,
    /// The path of the current value.
    path: Vec<String>,
    structure: Structure,
}

impl Checker<'_> {
    fn check_at(&mut self, step: String, node: Node, value: &Spanned<DeValue<'_>>) {
        self.path.push(step);
        self.check_value(node, value);
        self.path.pop();
    }

    fn check_value(&mut self, node: Node, value: &Spanned<DeValue<'_>>) {
        match (node.kind(), value.get_ref()) {
            (Kind::Any, _)
            | (Kind::Boolean, DeValue::Boolean(_))
            | (Kind::String | Kind::StringOrArray(_), DeValue::String(_)) => {}
            (Kind::Integer { minimum }, DeValue::Integer(integer)) => {
                let number = i64::from_str_radix(integer.as_str(), integer.radix());
                if !number.is_ok_and(|number| minimum.is_none_or(|minimum| number >= minimum)) {
                    self.report_type(node, value);
                }
            }
            (Kind::Choice(choices), DeValue::String(text)) => {
                if !choices.iter().any(|choice| choice.name == text.as_ref()) {
                    let names = || choices.iter().map(|choice| choice.name);
                    let similar =
                        names().find(|name| name.eq_ignore_ascii_case(text)).or_else(|| did_you_mean(text, names()));
                    let help = similar.map(|similar| format!("did you mean `{similar}`?"));
                    let message = format!("`{text}` is not a value of `{}`", self.path.join("."));
                    self.report(value.span(), message, "", help.unwrap_or_else(|| correction(node, &self.path)));
                }
            }
            (Kind::Array(item) | Kind::StringOrArray(item), DeValue::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    self.check_at(index.to_string(), item, value);
                }
            }
            (Kind::Map(item), DeValue::Table(table)) => {
                for (key, value) in table {
                    self.check_at(key.get_ref().to_string(), item, value);
                }
            }
            (Kind::Table(keys), DeValue::Table(table)) => self.check_table(&keys, table, value.span()),
            _ => self.report_type(node, value),
        }
    }

    fn check_table(&mut self, keys: &[Key], table: &DeTable<'_>, range: Range<usize>) {
        let mut suggested_keys = Vec::new();
        for (name, value) in table {
            let key = keys.iter().find(|key| key.name == name.get_ref().as_ref());
            match key {
                Some(key) => self.check_at(key.name.to_owned(), key.value, value),
                None => suggested_keys.extend(self.report_unknown(keys, name)),
            }
        }
        for key in keys.iter().filter(|key| key.is_required && !table.contains_key(key.name)) {
            self.structure.is_valid = false;
            // If the key was suggested for an unknown key, the problem is already reported.
            if !suggested_keys.contains(&key.name) {
                let message = format!("the key `{}` is missing", key.name);
                let label = format!("`{}` is required here", key.name);
                self.report(range.clone(), message, &label, format!("add `{} = …` to this table", key.name));
            }
        }
    }

    /// Reports an unknown key of a table. Returns the most similar key.
    fn report_unknown(&mut self, keys: &[Key], name: &Spanned<impl AsRef<str>>) -> Option<&'static str> {
        let word = name.get_ref().as_ref();
        let mut path = self.path.clone();
        path.push(word.to_owned());
        let similar = did_you_mean(word, keys.iter().map(|key| key.name));
        let help = match (similar, self.path_of_key(word)) {
            (Some(similar), _) => format!("did you mean `{similar}`?"),
            (None, Some(path)) if path == word => format!("move it above the first table: the key is `{path}`"),
            (None, Some(path)) => format!("move it: the key is `{path}`"),
            (None, None) => {
                let keys = quoted_list(keys.iter().map(|key| key.name), "and");
                format!("remove it; this table takes {keys}")
            }
        };
        let message = format!("`{}` is not a key of codegen.toml", path.join("."));
        let diagnostic = Diagnostic::error(code::CONFIG_UNKNOWN_KEY, Location::Config(name.span()), message);
        self.diagnostics.push(diagnostic.help(help));
        self.structure.unknown.push(path);
        similar
    }

    /// Returns the path of the key with a name, if there is only one key with this name. Ignores keys in arrays of
    /// tables.
    fn path_of_key(&self, name: &str) -> Option<String> {
        let is_in_array = self.path.iter().any(|step| step.starts_with(|c: char| c.is_ascii_digit()));
        let mut paths = reference::rows().into_iter().map(|row| row.key).filter(|path| !path.contains('['));
        let mut is_key = |path: &String| path.rsplit('.').next() == Some(name);
        let path = paths.find(&mut is_key).filter(|_| !is_in_array)?;
        (!paths.any(|path| is_key(&path))).then_some(path)
    }

    fn report_type(&mut self, node: Node, value: &Spanned<DeValue<'_>>) {
        let message = format!("`{}` must be {}", self.path.join("."), expected(node));
        let label = format!("found {}", found(value.get_ref()));
        let help = match (node.kind(), value.get_ref()) {
            (Kind::Array(item), DeValue::Table(_)) if matches!(item.kind(), Kind::Table(_)) => {
                format!("write `[[{}]]`: there can be several of these tables", self.path.join("."))
            }
            _ => correction(node, &self.path),
        };
        self.report(value.span(), message, &label, help);
    }

    fn report(&mut self, range: Range<usize>, message: String, label: &str, help: String) {
        self.structure.is_valid = false;
        let diagnostic = Diagnostic::error(code::CONFIG_SYNTAX, Location::Config(range), message);
        self.diagnostics.push(diagnostic.label(label).help(help));
    }
}

fn expected(node: Node) -> String {
    match node.kind() {
        Kind::Any => "a value".to_owned(),
        Kind::Boolean => "a boolean".to_owned(),
        Kind::Integer { minimum: Some(minimum) } => format!("an integer of at least {minimum}"),
        Kind::Integer { minimum: None } => "an integer".to_owned(),
        Kind::String => "a string".to_owned(),
        Kind::Choice(choices) => quoted_list(choices.iter().map(|choice| choice.name), "or"),
        Kind::Array(_) => "an array".to_owned(),
        Kind::StringOrArray(_) => "a string or an array of strings".to_owned(),
        Kind::Map(_) | Kind::Table(_) => "a table".to_owned(),
    }
}

fn found(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a floating-point number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// Returns the help for a value of the wrong type.
fn correction(node: Node, path: &[String]) -> String {
    let advice = match node.kind() {
        Kind::Any => "write another value".to_owned(),
        Kind::Boolean => "write `true` or `false`".to_owned(),
        Kind::Integer { .. } => "write a number without quotes and without a fraction".to_owned(),
        Kind::String => "write a string, in quotes".to_owned(),
        Kind::Choice(choices) => {
            let quoted: Vec<String> = choices.iter().map(|choice| format!("\"{}\"", choice.name)).collect();
            return format!("write {}", quoted_list(quoted.iter().map(String::as_str), "or"));
        }
        Kind::Array(_) => "write an array, in brackets".to_owned(),
        Kind::StringOrArray(_) => "write a string, or strings in brackets".to_owned(),
        Kind::Map(_) | Kind::Table(_) if path.len() == 1 => "write a table".to_owned(),
        Kind::Map(_) | Kind::Table(_) => "write a table, in braces".to_owned(),
    };
    match node.example() {
        Some(example) => format!("{advice}, as in `{example}`"),
        None => advice,
    }
}

/// Returns the words in backticks, with a conjunction before the last word.
fn quoted_list<'w>(words: impl Iterator<Item = &'w str>, conjunction: &str) -> String {
    let quoted: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} {conjunction} {last}", before.join(", ")),
        _ => quoted.concat(),
    }
}
