//! Properties of operations whose response may be a stream.

use std::collections::HashSet;

use crate::ir::{Api, Media, Operation, ParamPlace, Shape, TypeId, TypeRef};

/// The property by which a request body asks for a stream.
pub const STREAM_FLAG: &str = "stream";

/// The place in a request of the property that asks for a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamFlag<'a> {
    /// Among the fields of a form.
    Form,
    /// In a JSON body of a media type.
    Json(&'a str),
}

impl Api {
    /// Returns the place of a boolean property that asks for a stream, if the request body of the operation has one.
    pub fn stream_flag<'a>(&self, operation: &'a Operation) -> Option<StreamFlag<'a>> {
        operation.params.iter().find_map(|param| match param.place {
            ParamPlace::Form if param.wire == STREAM_FLAG => self.is_bool(&param.ty).then_some(StreamFlag::Form),
            ParamPlace::Body(Media::Json) => {
                self.has_property(&param.ty, STREAM_FLAG, Self::is_bool).then_some(StreamFlag::Json(&param.wire))
            }
            _ => None,
        })
    }

    /// Returns whether the data of an event is a string, given the type of the whole event.
    pub fn has_text_data(&self, ty: &TypeRef) -> bool {
        let is_text = |api: &Self, ty: &TypeRef| match api.bare(ty) {
            TypeRef::Text | TypeRef::Uri | TypeRef::Uuid | TypeRef::Duration | TypeRef::DateTime | TypeRef::Date => {
                true
            }
            TypeRef::Named(id) => matches!(api.types[*id].shape, Shape::StringEnum(_) | Shape::Newtype(_)),
            _ => false,
        };
        self.has_property(ty, "data", is_text)
    }

    fn is_bool(&self, ty: &TypeRef) -> bool {
        *self.bare(ty) == TypeRef::Bool
    }

    /// Resolves the aliases of a type and removes `null`.
    fn bare<'a>(&'a self, ty: &'a TypeRef) -> &'a TypeRef {
        match self.resolved(ty) {
            TypeRef::Nullable(inner) => self.resolved(inner),
            ty => ty,
        }
    }

    /// Returns whether every value of a type is an object with a property whose type matches a predicate.
    fn has_property(&self, ty: &TypeRef, wire: &str, matches: impl Fn(&Self, &TypeRef) -> bool) -> bool {
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
                    if !field.is_some_and(|field| matches(self, &field.ty)) {
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
