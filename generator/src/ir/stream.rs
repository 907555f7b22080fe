//! What an operation whose response may be a stream says of it.

use std::collections::HashSet;

use super::{Api, Media, Operation, ParamPlace, Shape, TypeId, TypeRef};

/// The property by which a request body asks for a stream.
pub const STREAM_FLAG: &str = "stream";

/// Where a request has the property that asks for a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamFlag<'a> {
    /// Among the fields of a form.
    Form,
    /// In a JSON body of a media type.
    Json(&'a str),
}

impl Api {
    /// Where the body of an operation has a boolean property that asks for a stream, if it has one.
    pub fn stream_flag<'a>(&self, operation: &'a Operation) -> Option<StreamFlag<'a>> {
        operation.params.iter().find_map(|param| match param.place {
            ParamPlace::Form if param.wire == STREAM_FLAG => self.is_bool(&param.ty).then_some(StreamFlag::Form),
            ParamPlace::Body(Media::Json) => {
                self.has_property(&param.ty, STREAM_FLAG, Self::is_bool).then_some(StreamFlag::Json(&param.wire))
            }
            _ => None,
        })
    }

    /// Whether the data of events, each of which is a value of a type, are strings.
    pub fn has_text_data(&self, ty: &TypeRef) -> bool {
        let is_text = |api: &Self, ty: &TypeRef| match api.bare(ty) {
            TypeRef::Text | TypeRef::Uri | TypeRef::Uuid | TypeRef::DateTime | TypeRef::Date => true,
            TypeRef::Named(id) => matches!(api.types[*id].shape, Shape::StringEnum(_) | Shape::Newtype(_)),
            _ => false,
        };
        self.has_property(ty, "data", is_text)
    }

    fn is_bool(&self, ty: &TypeRef) -> bool {
        *self.bare(ty) == TypeRef::Bool
    }

    /// A type without its aliases and without `null`.
    fn bare<'a>(&'a self, ty: &'a TypeRef) -> &'a TypeRef {
        match self.resolved(ty) {
            TypeRef::Nullable(inner) => self.resolved(inner),
            ty => ty,
        }
    }

    /// Whether every value of a type is an object with such a property.
    fn has_property(&self, ty: &TypeRef, wire: &str, such: impl Fn(&Self, &TypeRef) -> bool) -> bool {
        let mut open = vec![ty];
        let mut seen: HashSet<TypeId> = HashSet::new();
        while let Some(ty) = open.pop() {
            let TypeRef::Named(id) = self.bare(ty) else { return false };
            if !seen.insert(*id) {
                continue;
            }
            match &self.types[*id].shape {
                Shape::Record(record) => {
                    let field = record.fields.iter().find(|field| field.wire == wire);
                    if !field.is_some_and(|field| such(self, &field.ty)) {
                        return false;
                    }
                }
                Shape::Union(union) => open.extend(union.variants.iter().map(|variant| &variant.ty)),
                _ => return false,
            }
        }
        true
    }
}
