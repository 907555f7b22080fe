//! Emits expressions that read a value of a page: the link to the next page, a cursor, or a number of items.

use crate::emit::Context;
use crate::emit::imports::Imports;
use crate::emit::models::is_always_present;
use crate::ir::{Shape, TypeRef};

/// An expression for a value of a page.
pub(super) struct Expression {
    text: String,
    /// Whether the expression is an `Option`.
    is_option: bool,
    kind: Kind,
}

/// How a value is read through a reference.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The value is read as a `&str`.
    Text,
    /// The value is copied.
    Copy,
    /// The value is cloned.
    Clone,
    /// An untyped JSON value is converted to a `runtime::Value`.
    Json,
    /// The value is an array, and the expression is a reference to its last item.
    LastItem,
}

impl Expression {
    /// Returns the expression as an `Option`.
    pub fn option(self) -> String {
        if self.is_option { self.text } else { format!("Some({})", self.text) }
    }

    /// Imports the function that the expression calls.
    pub fn import(self, imports: &mut Imports) -> Self {
        if self.kind == Kind::Json {
            imports.add("crate::runtime", "json_scalar");
        }
        self
    }

    /// Returns the expression as an `Option<runtime::Value>`.
    fn parameter_value(self) -> String {
        match (self.kind, self.is_option) {
            (Kind::Json, _) => self.text,
            (_, true) => format!("{}.map(runtime::Value::from)", self.text),
            (_, false) => format!("Some(runtime::Value::from({}))", self.text),
        }
    }

    /// Returns the expression for a value in an optional object. `object` is the expression for the optional object.
    /// `self` reads the object from `variable`.
    fn inside(self, object: &str, variable: &str) -> Self {
        let method = if self.is_option { "and_then" } else { "map" };
        Self { text: format!("{object}.{method}(|{variable}| {})", self.text), is_option: true, ..self }
    }
}

impl Context<'_> {
    /// Returns the expression for the value at a path of property names in a variable. If the value is an array, the
    /// expression is for its last item. Returns `None` if the value is not a
    /// string, a number, a boolean or an array.
    pub(super) fn page_value(&self, variable: &str, ty: &TypeRef, keys: &[String]) -> Option<Expression> {
        let Some((key, rest)) = keys.split_first() else {
            let is_array = matches!(self.resolved(ty), TypeRef::Array(_));
            return is_array.then(|| Expression {
                text: format!("{variable}.last()"),
                is_option: true,
                kind: Kind::LastItem,
            });
        };
        let (owner, field, member) = self.property(ty, key)?;
        let field_access = format!("{variable}.{member}");
        let mut option_count =
            usize::from(!is_always_present(field)) + usize::from(self.is_double_option(owner, field));
        if rest.is_empty() {
            let mut ty = self.resolved(&field.ty);
            while let TypeRef::Nullable(inner) = ty {
                (ty, option_count) = (self.resolved(inner), option_count + 1);
            }
            return Some(last_value(&field_access, option_count, kind(ty)?));
        }
        match option_count {
            0 => self.page_value(&field_access, &field.ty, rest),
            _ => Some(self.page_value(member, &field.ty, rest)?.inside(&as_ref(&field_access, option_count), member)),
        }
    }

    /// Returns the expression for a property of the last item, as an `Option`. `last_item` is the expression for the
    /// last item.
    pub(super) fn last_item_value(
        &self,
        last_item: Expression,
        item: &TypeRef,
        keys: &[String],
        imports: &mut Imports,
    ) -> Option<String> {
        let pointer: String =
            keys.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect();
        let in_json = |json: &str| format!("{json}.pointer({pointer:?}).and_then(json_scalar)");
        let union = match self.resolved(item) {
            TypeRef::Named(id) => match &self.api.types[*id].shape {
                Shape::Union(union) => Some((*id, union)),
                _ => None,
            },
            _ => None,
        };
        let value = match (self.resolved(item), union) {
            (TypeRef::Json, _) => {
                Expression { text: in_json("item"), is_option: true, kind: Kind::Json }.import(imports)
            }
            (_, Some((id, union))) => {
                let (name, union_type) = (self.names.ty(id), self.text(self.resolved(item), imports));
                let mut arms = Vec::new();
                for (variant, member) in union.variants.iter().zip(&name.members) {
                    let value = self.page_value("item", &variant.ty, keys)?.import(imports).parameter_value();
                    arms.push(format!("{union_type}::{member}(item) => {value}"));
                }
                arms.push(format!("{union_type}::{}(item) => {}", name.unknown, in_json("item")));
                imports.add("crate::runtime", "self");
                imports.add("crate::runtime", "json_scalar");
                let text = format!("match item {{ {} }}", arms.join(", "));
                Expression { text, is_option: true, kind: Kind::Json }
            }
            _ => self.page_value("item", item, keys)?.import(imports),
        };
        Some(value.inside(&last_item.text, "item").option())
    }
}

/// Returns how a value of a type is read.
fn kind(ty: &TypeRef) -> Option<Kind> {
    match ty {
        TypeRef::String | TypeRef::Uri | TypeRef::Uuid => Some(Kind::Text),
        TypeRef::Bool | TypeRef::Int(_) | TypeRef::Unsigned(_) | TypeRef::Float(_) => Some(Kind::Copy),
        TypeRef::BigNumber => Some(Kind::Clone),
        TypeRef::Json => Some(Kind::Json),
        TypeRef::Array(_) => Some(Kind::LastItem),
        _ => None,
    }
}

/// Returns the expression for the value at the end of a path. `field_access` is the expression for the field with the
/// value, whose type consists of `option_count` nested `Option`s around the type of the value.
fn last_value(field_access: &str, option_count: usize, kind: Kind) -> Expression {
    let flatten = ".flatten()".repeat(option_count.saturating_sub(1));
    let (text, is_option) = match (kind, option_count) {
        (Kind::Copy, _) => (format!("{field_access}{flatten}"), option_count > 0),
        (Kind::Clone, _) => (format!("{field_access}.clone(){flatten}"), option_count > 0),
        (Kind::Text, 0) => (format!("{field_access}.as_str()"), false),
        (Kind::Text, 1) => (format!("{field_access}.as_deref()"), true),
        (Kind::Text, _) => (format!("{}.and_then(Option::as_deref)", as_ref(field_access, option_count - 1)), true),
        (Kind::Json, 0) => (format!("json_scalar(&{field_access})"), true),
        (Kind::Json, _) => (format!("{}.and_then(|json| json_scalar(json))", as_ref(field_access, option_count)), true),
        (Kind::LastItem, 0) => (format!("{field_access}.last()"), true),
        (Kind::LastItem, _) => (format!("{}.and_then(|items| items.last())", as_ref(field_access, option_count)), true),
    };
    Expression { text, is_option, kind }
}

/// Returns the expression for a reference to the value in nested `Option`s.
fn as_ref(field_access: &str, option_count: usize) -> String {
    format!("{field_access}.as_ref(){}", ".and_then(Option::as_ref)".repeat(option_count.saturating_sub(1)))
}
