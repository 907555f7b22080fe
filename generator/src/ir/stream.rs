//! Finds the property of a request body with which a client asks for a stream as the response.

use std::collections::HashSet;

use crate::ir::{Api, Media, Operation, ParamLocation, Shape, TypeId, TypeRef};

/// The name of the property with which a client asks for a stream.
pub const STREAM_FLAG: &str = "stream";

/// The location of the property that asks for a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamFlag<'a> {
    /// In a form.
    Form,
    /// In a JSON body of this media type.
    Json(&'a str),
}

impl Api {
    /// Returns the location of the boolean property that asks for a stream, if the request body has one.
    pub fn stream_flag<'a>(&self, operation: &'a Operation) -> Option<StreamFlag<'a>> {
        operation.params.iter().find_map(|param| match param.location {
            ParamLocation::Form if param.wire == STREAM_FLAG => self.is_bool(&param.ty).then_some(StreamFlag::Form),
            ParamLocation::Body(Media::Json) => {
                self.has_property(&param.ty, STREAM_FLAG, Self::is_bool).then_some(StreamFlag::Json(&param.wire))
            }
            _ => None,
        })
    }

    /// Returns whether the property `data` of a server-sent event is a string. `ty` is the type of the event.
    pub fn has_string_data(&self, ty: &TypeRef) -> bool {
        let is_string = |api: &Self, ty: &TypeRef| match api.non_null_type(ty) {
            TypeRef::String | TypeRef::Uri | TypeRef::Uuid | TypeRef::Duration | TypeRef::DateTime | TypeRef::Date => {
                true
            }
            TypeRef::Named(id) => matches!(api.types[*id].shape, Shape::StringEnum(_) | Shape::Newtype(_)),
            _ => false,
        };
        self.has_property(ty, "data", is_string)
    }

    fn is_bool(&self, ty: &TypeRef) -> bool {
        *self.non_null_type(ty) == TypeRef::Bool
    }

    /// Returns the type of a value if it is not `null`. Resolves aliases.
    fn non_null_type<'a>(&'a self, ty: &'a TypeRef) -> &'a TypeRef {
        match self.resolved(ty) {
            TypeRef::Nullable(inner) => self.resolved(inner),
            ty => ty,
        }
    }

    /// Returns whether every value of a type is an object with a property whose type matches a predicate.
    fn has_property(&self, ty: &TypeRef, wire: &str, matches: impl Fn(&Self, &TypeRef) -> bool) -> bool {
        let mut pending = vec![ty];
        let mut seen: HashSet<TypeId> = HashSet::new();
        while let Some(ty) = pending.pop() {
            let TypeRef::Named(id) = self.non_null_type(ty) else { return false };
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
                Shape::Union(union) => pending.extend(union.variants.iter().map(|variant| &variant.ty)),
                _ => return false,
            }
        }
        true
    }
}
