//! Enums of values that are not all texts, and enums of types.

use serde_json::Value;

use super::imports::Imports;
use super::model::braced;
use super::{Context, Item};
use crate::ir::{Choice, Shape, TypeId, TypeRef, Union, ValueEnum};
use crate::name::TypeName;

impl Context<'_> {
    pub(super) fn value_enum(
        &self,
        name: &TypeName,
        values: &ValueEnum,
        docs: Vec<String>,
        imports: &mut Imports,
    ) -> Item {
        let ty = self.text(&values.ty, imports);
        let literal = |value: &Value| match (&values.ty, value) {
            (TypeRef::Json, Value::String(text)) => format!("Value::from({text:?})"),
            (TypeRef::Json, Value::Number(number)) if number.is_i64() => format!("Value::from({number}_i64)"),
            (TypeRef::Json, Value::Number(number)) if number.is_u64() => format!("Value::from({number}_u64)"),
            (TypeRef::Json, Value::Number(number)) => format!("Value::from({:?})", number.as_f64().unwrap_or_default()),
            (TypeRef::Json, Value::Bool(truth)) => format!("Value::from({truth})"),
            (TypeRef::Json, _) => "Value::Null".to_owned(),
            (_, value) => value.to_string(),
        };
        let parts = values.values.iter().zip(&name.parts);
        let parts: Vec<String> = parts.map(|(value, part)| format!("{part} => {}", literal(&value.value))).collect();
        called(
            "value_enum",
            docs,
            braced(&format!("    {}: {ty}", name.ident), &parts, &format!(" else {}", name.unknown)),
        )
    }

    pub(super) fn union(&self, id: TypeId, union: &Union, docs: Vec<String>, imports: &mut Imports) -> Item {
        let name = self.names.ty(id);
        let mut parts = Vec::new();
        for (choice, part) in union.variants.iter().zip(&name.parts) {
            let ty = match self.pointer(id, &choice.ty, imports) {
                None if self.is_record(&choice.ty) => format!("Box<{}>", self.text(&choice.ty, imports)),
                _ => self.text_in(id, &choice.ty, imports),
            };
            let tags: Vec<String> = choice.tags.iter().map(|tag| format!("{tag:?}")).collect();
            parts.push(match union.tag {
                Some(_) => format!("{part}({ty}) = {}", tags.join(" | ")),
                None => format!("{part}({ty}){}", self.members(choice)),
            });
        }
        // What is not known may be one of them as a later version has it.
        let personal = union.variants.iter().any(|choice| self.is_personal(&choice.ty));
        let unknown = format!(" else {}{}", name.unknown, if personal { ": personal" } else { "" });
        let by = union.tag.as_ref().map_or(String::new(), |tag| format!(" by {tag:?}"));
        called("union", docs, braced(&format!("    {}{by}", name.ident), &parts, &unknown))
    }

    fn is_personal(&self, ty: &TypeRef) -> bool {
        let TypeRef::Named(id) = self.resolved(ty) else { return false };
        matches!(&self.api.types[*id].shape, Shape::Record(record) if record.fields.iter().any(|field| field.pii))
    }

    /// What tells whether an object is of a type: the members that the type names.
    fn members(&self, choice: &Choice) -> String {
        let TypeRef::Named(id) = self.resolved(&choice.ty) else {
            return if matches!(choice.ty, TypeRef::Map(_)) { " in []".to_owned() } else { String::new() };
        };
        match &self.api.types[*id].shape {
            Shape::Record(record) => {
                let members: Vec<String> = record.fields.iter().map(|field| format!("{:?}", field.wire)).collect();
                format!(" in [{}]", members.join(", "))
            }
            Shape::Union(_) => format!(" unless {}::{}", self.names.ty(*id).ident, self.names.ty(*id).unknown),
            _ => String::new(),
        }
    }

    fn is_record(&self, ty: &TypeRef) -> bool {
        matches!(self.resolved(ty), TypeRef::Named(id) if matches!(self.api.types[*id].shape, Shape::Record(_)))
    }
}

/// The call of a macro that makes a type: its documentation, and the lines that say what it is.
fn called(name: &str, docs: Vec<String>, body: Vec<String>) -> Item {
    let mut lines = vec![format!("{name}! {{")];
    lines.extend(docs.iter().map(|line| format!("    /// {line}").trim_end().to_owned()));
    lines.extend(body);
    lines.push("}".to_owned());
    Item::Macro(lines)
}
