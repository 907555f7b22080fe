//! Lowers `enum` and `const`.

use std::collections::HashSet;

use serde_json::Value;

use super::defaults::is_of;
use super::merged_schema::{Kind, Part};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Literal, Shape, TypeId, TypeRef, ValueEnum, Variant, canonical_json};
use crate::lower::Lowering;
use crate::source::Pointer;

/// The maximum number of values in a message.
const MAX_LISTED_VALUES: usize = 3;

/// A value of an enum, its name, and its location.
type Listed = (Value, String, Pointer);

impl<'a> Lowering<'a> {
    /// Returns the type of an enum.
    pub(crate) fn enumeration(
        &mut self,
        kind: Kind,
        parts: &[Part<'a>],
        at: &Pointer,
        name: &[String],
        id: Option<TypeId>,
    ) -> TypeRef {
        let mut listed = self.listed(parts);
        self.agree(kind, &mut listed);
        tell_apart(&mut listed);
        let is_constant = listed.len() == 1;
        let all = |fits: fn(&Value) -> bool| listed.iter().all(|(value, ..)| fits(value));
        let shape = match () {
            () if all(Value::is_string) => {
                let wire = |(value, _, origin): Listed| Variant {
                    wire: value.as_str().unwrap_or_default().to_owned(),
                    origin,
                };
                Shape::StringEnum(listed.into_iter().map(wire).collect())
            }
            () if all(Value::is_boolean) => return TypeRef::Bool,
            () => {
                let ty = if kind != Kind::Number && all(Value::is_i64) { TypeRef::Int(64) } else { TypeRef::Json };
                let literal = |(value, name, origin)| Literal { name, value, origin };
                Shape::ValueEnum(ValueEnum { ty, values: listed.into_iter().map(literal).collect() })
            }
        };
        let id = self.define(id, name, parts, at);
        self.types[id].has_single_value = is_constant;
        self.types[id].shape = shape;
        TypeRef::Named(id)
    }

    /// Returns the values that all parts list, each once.
    fn listed(&mut self, parts: &[Part<'a>]) -> Vec<Listed> {
        let mut lists = parts.iter().filter(|part| !part.any().enumeration.is_empty());
        let Some(first) = lists.next() else { return Vec::new() };
        let names = ["x-enum-varnames", "x-enumNames", "x-enum-names"];
        let names =
            names.iter().find_map(|key| Some((*key, first.schema.schema_data.extensions.get(*key)?.as_array()?)));
        let count = first.any().enumeration.len();
        let fitting = names.filter(|(_, names)| names.len() == count && distinct(names)).map(|(_, names)| names);
        if let (Some((key, _)), None) = (names, fitting) {
            let message = format!("`{key}` must have a different name for each of the {count} values");
            let diagnostic = Diagnostic::warning(code::WRONG_TYPE, Location::Key(first.at.child(key)), message)
                .label("these names are ignored")
                .help("correct the names, or remove them");
            self.diagnostics.push(diagnostic);
        }
        let names = fitting;
        let (mut listed, mut seen): (Vec<Listed>, HashSet<String>) = Default::default();
        for (index, value) in first.any().enumeration.iter().enumerate() {
            if value.is_null() || !seen.insert(canonical_json(value)) {
                continue;
            }
            let own = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let name = names.and_then(|names| names[index].as_str()).map_or(own, str::to_owned);
            listed.push((value.clone(), name, first.at.child("enum").child(index)));
        }
        for other in lists {
            let values: HashSet<&Value> = other.any().enumeration.iter().collect();
            let both: Vec<Listed> = listed.iter().filter(|(value, ..)| values.contains(value)).cloned().collect();
            if both.is_empty() {
                let place = Location::Key(other.at.child("enum"));
                let diagnostic =
                    Diagnostic::warning(code::CONTRADICTION, place, "the two `enum`s have no value in common")
                        .label("this `enum` is ignored")
                        .related(Location::Key(first.at.child("enum")), "this `enum` is used")
                        .help("give the parts of an `allOf` the same values");
                self.diagnostics.push(diagnostic);
            } else {
                listed = both;
            }
        }
        listed
    }

    /// Converts values to the type of the schema if they are written in another way, and reports these and all other values
    /// that do not have the type.
    fn agree(&mut self, kind: Kind, listed: &mut [Listed]) {
        let (mut converted, mut others) = (Vec::new(), Vec::new());
        let mut written: Vec<String> = Vec::new();
        for (value, _, origin) in listed {
            let meant = match (kind, &*value) {
                (Kind::Text, Value::Number(_) | Value::Bool(_)) => Some(Value::from(value.to_string())),
                (Kind::Integer, Value::String(text)) => text.trim().parse::<i64>().ok().map(Value::from),
                (Kind::Bool, Value::String(text)) => text.trim().parse::<bool>().ok().map(Value::from),
                _ => None,
            };
            if let Some(meant) = meant {
                converted.push((value.to_string(), origin.clone()));
                written.push(format!("`{meant}`"));
                *value = meant;
            } else if !is_of(kind, value) {
                others.push((value.to_string(), origin.clone()));
            }
        }
        let label = match kind {
            Kind::Text => "generated as a string",
            Kind::Bool => "generated as a boolean",
            _ => "generated as an integer",
        };
        let rest = if written.len() > MAX_LISTED_VALUES { ", and so on" } else { "" };
        written.truncate(MAX_LISTED_VALUES);
        self.report_misfits(&converted, label, &format!("write {}{rest}", written.join(", ")));
        self.report_misfits(&others, "generated as written", "correct the values, or the `type`");
    }

    /// Reports values of one `enum` that do not have its type.
    fn report_misfits(&mut self, misfits: &[(String, Pointer)], label: &str, help: &str) {
        let Some((_, first)) = misfits.first() else { return };
        let values: Vec<String> =
            misfits.iter().take(MAX_LISTED_VALUES).map(|(value, _)| format!("`{value}`")).collect();
        let message = match misfits.len() {
            1 => format!("{} does not have the `type` of the `enum`", values.concat()),
            count if count > MAX_LISTED_VALUES => {
                format!(
                    "{} and {} more do not have the `type` of the `enum`",
                    values.join(", "),
                    count - MAX_LISTED_VALUES
                )
            }
            _ => format!("{} do not have the `type` of the `enum`", values.join(", ")),
        };
        let diagnostic = Diagnostic::warning(code::WRONG_TYPE, Location::Value(first.clone()), message);
        self.diagnostics.push(diagnostic.label(label).help(help));
    }
}

fn distinct(names: &[Value]) -> bool {
    names.iter().collect::<HashSet<_>>().len() == names.len()
}

/// Removes repeated values, and marks a string that is written like another value.
fn tell_apart(listed: &mut Vec<Listed>) {
    let mut seen = HashSet::new();
    listed.retain(|(value, ..)| seen.insert(value.clone()));
    let plain = |(value, ..): &Listed| (!value.is_string()).then(|| value.to_string());
    let written: HashSet<String> = listed.iter().filter_map(plain).collect();
    for (value, name, _) in listed {
        if value.is_string() && written.contains(name) {
            name.insert_str(0, "text ");
        }
    }
}
