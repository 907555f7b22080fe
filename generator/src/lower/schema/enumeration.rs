//! Lowers `enum` and `const` to enum types.

use std::collections::HashSet;

use serde_json::Value;

use super::defaults::has_kind;
use super::merged_schema::{Kind, SchemaPart};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Literal, Shape, TypeId, TypeRef, ValueEnum, Variant, canonical_json};
use crate::lower::Lowering;
use crate::source::Pointer;

/// The maximum number of enum values that a diagnostic lists.
const MAX_LISTED_VALUES: usize = 3;

/// A value of an enum, its name, and its location.
type EnumValue = (Value, String, Pointer);

impl<'a> Lowering<'a> {
    /// Returns the type of the values that the `enum` of a schema lists.
    pub(crate) fn enumeration(
        &mut self,
        kind: Kind,
        parts: &[SchemaPart<'a>],
        at: &Pointer,
        name: &[String],
        id: Option<TypeId>,
    ) -> TypeRef {
        let mut values = self.enum_values(parts);
        self.convert_values(kind, &mut values);
        make_values_and_names_distinct(&mut values);
        let (is_constant, is_empty) = (values.len() == 1, values.is_empty());
        let all_match = |predicate: fn(&Value) -> bool| values.iter().all(|(value, ..)| predicate(value));
        let shape = match () {
            () if all_match(Value::is_string) => {
                let to_variant = |(value, _, origin): EnumValue| Variant {
                    wire: value.as_str().unwrap_or_default().to_owned(),
                    origin,
                };
                Shape::StringEnum(values.into_iter().map(to_variant).collect())
            }
            () if all_match(Value::is_boolean) => return TypeRef::Bool,
            () => {
                let is_integer = kind != Kind::Number && all_match(Value::is_i64);
                let ty = if is_integer { TypeRef::Int(64) } else { TypeRef::Json };
                let to_literal = |(value, name, origin)| Literal { name, value, origin };
                Shape::ValueEnum(ValueEnum { ty, values: values.into_iter().map(to_literal).collect() })
            }
        };
        let id = self.create_type(id, name, parts, at);
        self.types[id].has_single_value = is_constant;
        self.types[id].is_closed = !is_empty && self.is_closed(parts, at);
        self.types[id].shape = shape;
        TypeRef::Named(id)
    }

    /// Returns the values that are listed in every `enum` of the parts, without repeated values and `null`.
    fn enum_values(&mut self, parts: &[SchemaPart<'a>]) -> Vec<EnumValue> {
        let mut parts_with_enum = parts.iter().filter(|part| !part.keywords().enumeration.is_empty());
        let Some(first) = parts_with_enum.next() else { return Vec::new() };
        let variant_names = self.variant_names(first);
        let mut common_values: Vec<EnumValue> = Vec::new();
        let mut canonical_values: HashSet<String> = HashSet::new();
        for (index, value) in first.keywords().enumeration.iter().enumerate() {
            if value.is_null() || !canonical_values.insert(canonical_json(value)) {
                continue;
            }
            let default_name = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let name = variant_names.and_then(|names| names[index].as_str()).map_or(default_name, str::to_owned);
            common_values.push((value.clone(), name, first.at.child("enum").child(index)));
        }
        for part in parts_with_enum {
            let values: HashSet<&Value> = part.keywords().enumeration.iter().collect();
            let remaining: Vec<EnumValue> =
                common_values.iter().filter(|(value, ..)| values.contains(value)).cloned().collect();
            if remaining.is_empty() {
                let location = Location::Key(part.at.child("enum"));
                let diagnostic =
                    Diagnostic::warning(code::CONTRADICTION, location, "the two `enum`s have no value in common")
                        .label("this `enum` is ignored")
                        .related(Location::Key(first.at.child("enum")), "this `enum` is used")
                        .help("give the parts of an `allOf` the same values");
                self.diagnostics.push(diagnostic);
            } else {
                common_values = remaining;
            }
        }
        common_values
    }

    /// Returns the variant names from an extension such as `x-enum-varnames`. If the names do not match the
    /// values of the `enum`, reports the names and returns `None`.
    fn variant_names(&mut self, part: &SchemaPart<'a>) -> Option<&'a Vec<Value>> {
        let extensions = &part.schema.schema_data.extensions;
        let keywords = ["x-enum-varnames", "x-enumNames", "x-enum-names"];
        let (keyword, names) =
            keywords.iter().find_map(|keyword| Some((*keyword, extensions.get(*keyword)?.as_array()?)))?;
        let value_count = part.keywords().enumeration.len();
        if names.len() == value_count && names.iter().collect::<HashSet<_>>().len() == value_count {
            return Some(names);
        }
        let message = format!("`{keyword}` must have a different name for each of the {value_count} values");
        let diagnostic = Diagnostic::warning(code::WRONG_TYPE, Location::Key(part.at.child(keyword)), message)
            .label("these names are ignored")
            .help("correct the names, or remove them");
        self.diagnostics.push(diagnostic);
        None
    }

    /// Converts the values of an `enum` to the type of the schema, such as `"1"` to the integer 1. Reports all values
    /// that do not have this type.
    fn convert_values(&mut self, kind: Kind, values: &mut [EnumValue]) {
        let (mut converted, mut unconverted) = (Vec::new(), Vec::new());
        let mut corrections: Vec<String> = Vec::new();
        for (value, _, origin) in values {
            let correct_value = match (kind, &*value) {
                (Kind::String, Value::Number(_) | Value::Bool(_)) => Some(Value::from(value.to_string())),
                (Kind::Integer, Value::String(text)) => text.trim().parse::<i64>().ok().map(Value::from),
                (Kind::Bool, Value::String(text)) => text.trim().parse::<bool>().ok().map(Value::from),
                _ => None,
            };
            if let Some(correct_value) = correct_value {
                converted.push((value.to_string(), origin.clone()));
                corrections.push(format!("`{correct_value}`"));
                *value = correct_value;
            } else if !has_kind(kind, value) {
                unconverted.push((value.to_string(), origin.clone()));
            }
        }
        let label = match kind {
            Kind::String => "converted to a string",
            Kind::Bool => "converted to a boolean",
            _ => "converted to an integer",
        };
        let suffix = if corrections.len() > MAX_LISTED_VALUES { ", and so on" } else { "" };
        corrections.truncate(MAX_LISTED_VALUES);
        self.report_wrong_types(&converted, label, &format!("write {}{suffix}", corrections.join(", ")));
        self.report_wrong_types(&unconverted, "generated without conversion", "correct the values, or the `type`");
    }

    /// Reports values of an `enum` that do not have the type of its schema.
    fn report_wrong_types(&mut self, wrong_values: &[(String, Pointer)], label: &str, help: &str) {
        let Some((_, first)) = wrong_values.first() else { return };
        let values: Vec<String> =
            wrong_values.iter().take(MAX_LISTED_VALUES).map(|(value, _)| format!("`{value}`")).collect();
        let message = match wrong_values.len() {
            1 => format!("{} does not have the `type` of its schema", values.concat()),
            count if count > MAX_LISTED_VALUES => {
                format!(
                    "{} and {} more do not have the `type` of their schema",
                    values.join(", "),
                    count - MAX_LISTED_VALUES
                )
            }
            _ => format!("{} do not have the `type` of their schema", values.join(", ")),
        };
        let diagnostic = Diagnostic::warning(code::WRONG_TYPE, Location::Value(first.clone()), message);
        self.diagnostics.push(diagnostic.label(label).help(help));
    }
}

/// Removes repeated values. If a string has the same text as another value, such as `"1"` and `1`, the name of the
/// string gets the prefix `text`.
fn make_values_and_names_distinct(values: &mut Vec<EnumValue>) {
    let mut distinct_values = HashSet::new();
    values.retain(|(value, ..)| distinct_values.insert(value.clone()));
    let non_string_text = |(value, ..): &EnumValue| (!value.is_string()).then(|| value.to_string());
    let non_string_texts: HashSet<String> = values.iter().filter_map(non_string_text).collect();
    for (value, name, _) in values {
        if value.is_string() && non_string_texts.contains(name) {
            name.insert_str(0, "text ");
        }
    }
}
