//! Emits unions: enums with a variant for each alternative.

use std::collections::{HashMap, HashSet};

use quote::quote;
use serde_json::Value;

use super::derive;
use crate::emit::docs::attributes;
use crate::emit::docs::markdown::rustdoc;
use crate::emit::imports::Imports;
use crate::emit::macro_call::{MacroArgument, MacroCall};
use crate::emit::{Context, Item, ident, tokens};
use crate::ir::{Field, Shape, TypeId, TypeRef, Union, UnionVariant};

/// Facts about the alternatives of a union.
#[derive(Default)]
struct UnionFacts<'u> {
    /// The properties that may be `null` in some alternatives.
    nullable: HashSet<&'u str>,
    /// Whether some alternatives allow additional properties.
    allow_additional: bool,
}

impl Context<'_> {
    /// Returns the enum of a union, and the macro calls for its traits.
    pub(crate) fn union(&self, id: TypeId, union: &Union, docs: Vec<String>, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.ty(id);
        let (mut variants, mut entries) = (Vec::new(), Vec::new());
        let facts = self.facts(union);
        for (alternative, member) in union.variants.iter().zip(&name.members) {
            let ty = match self.pointer(id, &alternative.ty, imports) {
                None if self.is_record(&alternative.ty) => {
                    format!("{}<{}>", self.pointer_name(imports), self.text(&alternative.ty, imports))
                }
                _ => self.text_in(id, &alternative.ty, imports),
            };
            let other = alternative.is_default.then(|| "Other".to_owned());
            let tags: Vec<String> = alternative.tags.iter().map(literal).chain(other).collect();
            let tags = union.tag.as_ref().map_or_else(String::new, |_| format!(" = [{}]", tags.join(", ")));
            let mark = self.serde_mark(&alternative.ty);
            entries.push(self.variant_arguments(
                &format!("{member}({ty}){mark}{tags}"),
                alternative,
                union.tag.as_deref(),
                &facts,
            ));
            let (docs, variant) = (attributes(&self.variant_docs(&alternative.ty, &ty)), ident(member));
            let ty = tokens(&ty);
            variants.push(quote! { #docs #variant(#ty), });
        }
        // An unknown value can be personal data if an alternative is personal data. `Debug` is then not derived.
        let is_personal = union.variants.iter().any(|alternative| self.is_personal(&alternative.ty));
        let debug = (!is_personal).then_some("Debug");
        let derive = derive(&self.api.types[id], ["Clone"].into_iter().chain(debug).chain(["PartialEq"]));
        let (docs, union_ident, unknown) = (attributes(&docs), ident(&name.ident), ident(&name.unknown));
        let json = self.ty(&TypeRef::Json, imports);
        let by = union.tag.as_ref().map_or(String::new(), |tag| format!(" by {tag:?}"));
        let (name_and_tag, tail) =
            (format!("{}{}{by}", self.response_word(id), name.ident), format!(" else {}", name.unknown));
        let mut items = vec![
            Item::Rust(quote! {
                #docs
                #derive
                #[non_exhaustive]
                pub enum #union_ident {
                    #(#variants)*
                    /// A value that this version of the crate does not know.
                    #unknown(#json),
                }
            }),
            Item::Call(MacroCall::list("impl_union", &name_and_tag, entries, &tail)),
        ];
        items.extend(self.conversions(id, union, imports));
        if is_personal {
            let members = name.members.iter().cloned();
            items.push(Item::Call(MacroCall::list("redacted_union", &name.ident, members, &tail)));
        }
        items
    }

    /// Returns the implementations of `From`. A type that several variants have gets no implementation.
    fn conversions(&self, id: TypeId, union: &Union, imports: &mut Imports) -> Option<Item> {
        let name = self.names.ty(id);
        let types: Vec<Option<String>> =
            union.variants.iter().map(|alternative| self.text_without_aliases(&alternative.ty, imports)).collect();
        let mut counts: HashMap<&String, usize> = HashMap::new();
        types.iter().flatten().for_each(|ty| *counts.entry(ty).or_default() += 1);
        let unique = types.iter().zip(&name.members).filter_map(|(ty, member)| Some((ty.as_ref()?, member)));
        let unique = unique.filter(|(ty, _)| counts.get(ty) == Some(&1) && **ty != name.ident);
        let lines: Vec<String> = unique.map(|(ty, member)| format!("{member}({ty})")).collect();
        (!lines.is_empty()).then(|| Item::Call(MacroCall::list("union_from", &name.ident, lines, "")))
    }

    /// Returns the type as text without aliases, so that equal types have equal texts. Returns `None` if codegen.toml
    /// sets the type, because it may be an alias of any type.
    fn text_without_aliases(&self, ty: &TypeRef, imports: &mut Imports) -> Option<String> {
        let mut plain = |ty: &TypeRef| self.text_without_aliases(ty, imports);
        match self.resolved(ty) {
            TypeRef::Custom(_) => None,
            TypeRef::Array(item) => Some(format!("Vec<{}>", plain(item)?)),
            TypeRef::Nullable(inner) => Some(format!("Option<{}>", plain(inner)?)),
            TypeRef::Map(value) => {
                let value = plain(value)?;
                Some(format!("{}<String, {value}>", self.map_name(imports)))
            }
            TypeRef::Tuple(items) => {
                let items: Vec<String> = items.iter().map(plain).collect::<Option<_>>()?;
                let comma = if items.len() == 1 { "," } else { "" };
                Some(format!("({}{comma})", items.join(", ")))
            }
            other => Some(self.text(other, imports)),
        }
    }

    /// Returns the facts about the alternatives of a union.
    fn facts<'u>(&'u self, union: &'u Union) -> UnionFacts<'u> {
        let mut facts = UnionFacts::default();
        for alternative in &union.variants {
            let may_be_object = matches!(self.kind(&alternative.ty), "Object" | "Map" | "Union" | "Any");
            facts.allow_additional |= may_be_object && !alternative.is_closed;
            if let TypeRef::Named(id) = self.resolved(&alternative.ty)
                && let Shape::Record(record) = &self.api.types[*id].shape
            {
                let nullable = record.fields.iter().filter(|field| field.nullable);
                facts.nullable.extend(nullable.map(|field| field.wire.as_str()));
            }
        }
        facts
    }

    /// Returns the documentation of a variant: the summary of its type.
    fn variant_docs(&self, ty: &TypeRef, text: &str) -> Vec<String> {
        let summary = match self.resolved(ty) {
            TypeRef::Named(id) => &self.api.types[*id].docs.summary,
            _ => "",
        };
        if summary.is_empty() { vec![format!("A value of the type `{text}`.")] } else { rustdoc(summary) }
    }

    /// Returns the arguments of the macro call for a variant: its name, its type, and the conditions that a JSON value
    /// must meet to be decoded as this variant.
    fn variant_arguments(
        &self,
        variant: &str,
        alternative: &UnionVariant,
        tag: Option<&str>,
        facts: &UnionFacts<'_>,
    ) -> MacroArgument {
        let slice_of = |values: &[String]| format!("&[{}]", values.join(", "));
        let quoted = |wire: &String| format!("{wire:?}");
        let (mut kind, mut required, mut properties) = (self.kind(&alternative.ty), Vec::new(), Vec::new());
        let mut not_null = Vec::new();
        if let TypeRef::Named(id) = self.resolved(&alternative.ty) {
            match &self.api.types[*id].shape {
                Shape::Record(record) => {
                    required =
                        record.fields.iter().filter(|field| field.required).map(|field| quoted(&field.wire)).collect();
                    properties = record.fields.iter().map(|field| quoted(&field.wire)).collect();
                    let must_not_be_null = |field: &&Field| {
                        !field.required && !field.nullable && facts.nullable.contains(field.wire.as_str())
                    };
                    not_null = record.fields.iter().filter(must_not_be_null).map(|field| quoted(&field.wire)).collect();
                    if record.additional.is_some() {
                        kind = "Map";
                    }
                }
                Shape::Union(inner) => {
                    required = inner.tag.iter().map(quoted).collect();
                    properties = required.clone();
                }
                _ => {}
            }
        }
        let constants: Vec<String> = alternative
            .constants
            .iter()
            .filter(|(path, _)| !matches!((path.as_slice(), tag), ([wire], Some(tag)) if wire == tag))
            .map(|(path, values)| {
                let path: Vec<String> = path.iter().map(quoted).collect();
                let values: Vec<String> = values.iter().map(literal).collect();
                format!("({}, {})", slice_of(&path), slice_of(&values))
            })
            .collect();
        let conditions =
            [("constants", constants), ("required", required), ("properties", properties), ("not_null", not_null)];
        let conditions = conditions.iter().filter(|(_, values)| !values.is_empty());
        let conditions = conditions.map(|(name, values)| format!("{name}: {}", slice_of(values)));
        let closed = (alternative.is_closed && facts.allow_additional).then(|| "is_closed: true".to_owned());
        MacroArgument::list(format!("{variant} => {kind}"), conditions.chain(closed), "")
    }

    /// Returns the JSON type of the values of a type, as the macro names it.
    fn kind(&self, ty: &TypeRef) -> &'static str {
        match self.resolved(ty) {
            TypeRef::Bool => "Boolean",
            TypeRef::Int(_) | TypeRef::Unsigned(_) | TypeRef::Float(_) | TypeRef::BigNumber => "Number",
            TypeRef::Uuid => "Uuid",
            TypeRef::String
            | TypeRef::Duration
            | TypeRef::DateTime
            | TypeRef::Date
            | TypeRef::Uri
            | TypeRef::Bytes
            | TypeRef::UrlBytes => "String",
            TypeRef::Array(_) | TypeRef::Tuple(_) => "Array",
            TypeRef::Map(_) => "Map",
            TypeRef::Named(id) => match &self.api.types[*id].shape {
                Shape::Record(_) => "Object",
                Shape::Union(_) => "Union",
                Shape::StringEnum(_) | Shape::Newtype(_) => "String",
                Shape::Wrapper(inner) => self.kind(inner),
                Shape::ValueEnum(values) if values.ty != TypeRef::Json => "Number",
                Shape::ValueEnum(_) | Shape::Alias(_) => "Any",
            },
            TypeRef::Custom(_) | TypeRef::Nullable(_) | TypeRef::Json => "Any",
        }
    }

    fn is_personal(&self, ty: &TypeRef) -> bool {
        let TypeRef::Named(id) = self.resolved(ty) else { return false };
        matches!(&self.api.types[*id].shape, Shape::Record(record) if record.fields.iter().any(|field| field.is_personal))
    }

    pub(crate) fn is_record(&self, ty: &TypeRef) -> bool {
        matches!(self.resolved(ty), TypeRef::Named(id) if matches!(self.api.types[*id].shape, Shape::Record(_)))
    }
}

/// Returns the expression for a value of a property in the macro call.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "Null".to_owned(),
        Value::Bool(boolean) => format!("Boolean({boolean})"),
        Value::Number(number) if number.is_i64() => format!("Integer({number})"),
        Value::Number(number) => format!("Number({:?})", number.as_f64().unwrap_or_default()),
        Value::String(string) => format!("String({string:?})"),
        other => format!("String({:?})", other.to_string()),
    }
}
