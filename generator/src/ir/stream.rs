//! Finds out how streams are requested, how they end, and whether their values report errors.

use std::collections::{BTreeSet, HashSet};

use crate::ir::{Api, Content, Docs, Field, Media, Operation, ParamLocation, ResponseBody, Shape, TypeId, TypeRef};

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
            ParamLocation::Form if param.wire == self.stream_flag_name => {
                (self.is_bool(&param.ty) && param.constant != Some(false)).then_some(StreamFlag::Form)
            }
            ParamLocation::Body(Media::Json) => {
                let mut allows_true = true;
                self.for_each_field(&param.ty, |field| {
                    allows_true &= field.wire != self.stream_flag_name || field.constant != Some(false);
                });
                let has_flag = allows_true && self.has_property(&param.ty, &self.stream_flag_name, Self::is_bool);
                has_flag.then_some(StreamFlag::Json(&param.wire))
            }
            _ => None,
        })
    }

    /// Returns the index of the first stream among the [alternatives](Operation::alternatives) of an operation, if the request body
    /// has the property that asks for a stream.
    pub fn requested_stream(&self, operation: &Operation) -> Option<usize> {
        self.stream_flag(operation)?;
        operation.alternatives().position(|alternative| matches!(alternative.content, Content::Stream(_)))
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

    /// Returns the items that end a stream in an example or a description of an operation. Returns none if the operation has
    /// no stream.
    pub fn documented_stream_ends(&self, operation: &Operation) -> BTreeSet<String> {
        let values = stream_values(operation);
        if values.is_empty() {
            return BTreeSet::new();
        }
        let mut ends = operation.stream_ends.clone();
        let mut add = |docs: &Docs| {
            for text in [&docs.summary, &docs.body] {
                ends.extend(stream_ends(text).map(str::to_owned));
            }
        };
        add(&operation.docs);
        operation.responses.iter().for_each(|response| add(&response.docs));
        for param in &operation.params {
            add(&param.docs);
            if matches!(param.location, ParamLocation::Body(_)) {
                self.for_each_field(&param.ty, |field| {
                    if field.wire == self.stream_flag_name {
                        add(&field.docs);
                    }
                });
            }
        }
        for ty in values {
            if let TypeRef::Named(id) = self.non_null_type(ty) {
                add(&self.types[*id].docs);
            }
        }
        ends
    }

    /// Returns whether the values of some stream, or the data of its events, can have a property `wire`.
    pub fn streams_have_property(&self, wire: &str) -> bool {
        let has_field = |shape: &&Shape| match shape {
            Shape::Record(record) => record.fields.iter().any(|field| field.wire == wire),
            _ => false,
        };
        self.stream_shapes().iter().any(has_field)
    }

    /// Returns whether the values of some stream, or its events, can have the type `name`. It is a value of the property `event` or
    /// `type`, a discriminator value, or a constant.
    pub fn streams_have_type(&self, name: &str) -> bool {
        let allows_name = |ty: &TypeRef| match self.non_null_type(ty) {
            TypeRef::Named(id) => match &self.types[*id].shape {
                Shape::StringEnum(values) => values.iter().any(|value| value.wire == name),
                _ => false,
            },
            _ => false,
        };
        self.stream_shapes().into_iter().any(|shape| match shape {
            Shape::Record(record) => {
                let mut fields = record.fields.iter();
                fields.any(|field| matches!(field.wire.as_str(), "event" | "type") && allows_name(&field.ty))
            }
            Shape::Union(union) => union.variants.iter().any(|variant| {
                let mut constants = variant.constants.iter().flat_map(|(_, values)| values);
                variant.tags.iter().any(|tag| tag == name) || constants.any(|constant| constant == name)
            }),
            _ => false,
        })
    }

    /// Returns the shapes of the values of all streams, of their alternatives, and of the data of events.
    fn stream_shapes(&self) -> Vec<&Shape> {
        let mut pending: Vec<&TypeRef> =
            self.operations.iter().flat_map(|(_, operation)| stream_values(operation)).collect();
        let (mut shapes, mut seen) = (Vec::new(), HashSet::new());
        while let Some(ty) = pending.pop() {
            let TypeRef::Named(id) = self.non_null_type(ty) else { continue };
            if !seen.insert(*id) {
                continue;
            }
            let shape = &self.types[*id].shape;
            match shape {
                Shape::Record(record) => {
                    pending.extend(record.fields.iter().filter(|field| field.wire == "data").map(|field| &field.ty));
                }
                Shape::Union(union) => pending.extend(union.variants.iter().map(|variant| &variant.ty)),
                _ => {}
            }
            shapes.push(shape);
        }
        shapes
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
        let mut all_match = true;
        self.for_each_shape(ty, |shape| match shape {
            Some(Shape::Record(record)) => {
                let field = record.fields.iter().find(|field| field.wire == wire);
                all_match &= field.is_some_and(|field| matches(self, &field.ty));
            }
            Some(Shape::Union(_)) => {}
            _ => all_match = false,
        });
        all_match
    }

    /// Calls a function for each property of a type, or of the alternatives of a union.
    fn for_each_field(&self, ty: &TypeRef, mut call: impl FnMut(&Field)) {
        self.for_each_shape(ty, |shape| {
            if let Some(Shape::Record(record)) = shape {
                record.fields.iter().for_each(&mut call);
            }
        });
    }

    /// Calls a function for a type and for the alternatives of unions. The argument is `None` for a type without a name.
    fn for_each_shape<'a>(&'a self, ty: &'a TypeRef, mut call: impl FnMut(Option<&'a Shape>)) {
        let mut pending = vec![ty];
        let mut seen: HashSet<TypeId> = HashSet::new();
        while let Some(ty) = pending.pop() {
            let TypeRef::Named(id) = self.non_null_type(ty) else {
                call(None);
                continue;
            };
            if !seen.insert(*id) {
                continue;
            }
            let shape = &self.types[*id].shape;
            if let Shape::Union(union) = shape {
                pending.extend(union.variants.iter().map(|variant| &variant.ty));
            }
            call(Some(shape));
        }
    }
}

impl Operation {
    /// Returns whether the operation can respond with a stream.
    pub fn has_stream(&self) -> bool {
        !stream_values(self).is_empty()
    }
}

/// Returns the types of the values of all streams with which an operation can respond.
fn stream_values(operation: &Operation) -> Vec<&TypeRef> {
    let mut values = Vec::new();
    for body in operation.possible_response_bodies() {
        if let ResponseBody::Stream(_, ty) = body {
            values.push(ty);
        }
    }
    values
}

/// Returns the items that end a stream in a text such as ``The stream ends with `data: [DONE]`.`` JSON such as `[null]`, the text
/// of a link, and the value of a key such as `metadata` end no stream.
pub fn stream_ends(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices("data:").filter_map(move |(at, key)| {
        let (before, rest) = (text.get(..at)?, text.get(at + key.len()..)?);
        let item = rest.trim_start_matches([' ', '`']);
        let bracketed = item.strip_prefix('[')?;
        let (word, after) = bracketed.split_at_checked(bracketed.find(|c| !is_word(c))?)?;
        let is_end = word.starts_with(|c: char| c.is_ascii_alphabetic())
            && !before.ends_with(is_word)
            && !matches!(word, "null" | "true" | "false")
            && !after.strip_prefix(']')?.starts_with('(');
        is_end.then_some(item.get(..word.len() + 2)?)
    })
}

#[cfg(test)]
mod tests {
    use super::stream_ends;

    #[test]
    fn only_words_in_the_data_of_events_end_a_stream() {
        for (text, expected) in [
            ("Ends with `data: [DONE]`, or with data:[END_1].", &["[DONE]", "[END_1]"][..]),
            ("data:\u{a0}[A] data:data: `[B]", &["[B]"]),
            ("metadata: [A], form-data: [B], meta_data:[C]", &[]),
            ("data: [null]\n\ndata: [true]\n\ndata: [false]\n\ndata: [1]\n\ndata: []", &[]),
            ("data: [events](https://api.example), data: [a b], data: [A", &[]),
        ] {
            assert_eq!(stream_ends(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
