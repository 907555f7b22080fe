//! Parameters, and the segments of paths.

use serde_json::Value;

use crate::ir::{Constraint, Docs, Media, TypeRef};
use crate::source::Pointer;

/// A part of a path: a whole segment, or a piece of a segment. The segment `{id}.json` has two pieces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// A slash and a constant text.
    Literal(String),
    /// A slash and the value of the path parameter with this name.
    Param(String),
    /// A constant text that continues the segment: `.json`.
    LiteralSuffix(String),
    /// A separator (`:`, `/@`, or empty) and the value of the path parameter with this name. They continue the segment,
    /// unless the separator begins with a slash.
    ParamSuffix(String, String),
}

impl Segment {
    /// Returns the name of the path parameter, if the segment has one.
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::Param(name) | Self::ParamSuffix(_, name) => Some(name),
            Self::Literal(_) | Self::LiteralSuffix(_) => None,
        }
    }
}

/// A parameter of an operation: a parameter of the document, a field of a form, or the request body.
#[derive(Clone, Debug)]
pub struct Param {
    /// The name in requests.
    pub wire: String,
    /// The part of the request that contains the parameter.
    pub location: ParamLocation,
    /// How the value is written.
    pub style: Style,
    /// Whether reserved characters of RFC 3986 are sent without percent-encoding. In a cookie, all characters are then sent without
    /// percent-encoding.
    pub allow_reserved: bool,
    /// The media type of a part of a multipart body, if it is not plain text.
    pub media_type: Option<String>,
    /// The type of the value.
    pub ty: TypeRef,
    /// The constraints of the value.
    pub constraints: Vec<Constraint>,
    /// Whether every request must have the parameter.
    pub required: bool,
    /// Whether the value may be `null`. A parameter whose value is `null` is not sent.
    pub nullable: bool,
    /// Whether the parameter is deprecated.
    pub deprecated: bool,
    /// Whether the value may be personal data. Errors, logs and `Debug` do not show personal data.
    pub is_personal: bool,
    /// Whether the value is the idempotency key of the request. The client generates a key if the caller sets none.
    pub is_idempotency_key: bool,
    /// Whether the value is a string that contains JSON.
    pub holds_json: bool,
    /// The type of the JSON in the string, if the document describes it.
    pub content: Option<TypeRef>,
    /// The only allowed value of a boolean.
    pub constant: Option<bool>,
    /// The default.
    pub default: Option<Value>,
    /// An example.
    pub example: Option<Value>,
    /// The documentation.
    pub docs: Docs,
    /// The location of the declaration in the document.
    pub origin: Pointer,
}

impl Param {
    /// Creates an optional parameter without a default, constraints and documentation.
    pub fn new(wire: &str, location: ParamLocation, ty: TypeRef, origin: Pointer) -> Self {
        Self {
            wire: wire.to_owned(),
            location,
            style: Style::Plain,
            allow_reserved: false,
            media_type: None,
            ty,
            constraints: Vec::new(),
            required: false,
            nullable: false,
            deprecated: false,
            is_personal: false,
            is_idempotency_key: false,
            holds_json: false,
            content: None,
            constant: None,
            default: None,
            example: None,
            docs: Docs::default(),
            origin,
        }
    }

    /// Returns whether the caller must pass a value.
    pub fn is_required_argument(&self) -> bool {
        self.required && !self.is_idempotency_key
    }

    /// Returns whether the request encodes the JSON of the value. The value may be an object or an array.
    pub fn is_structured(&self) -> bool {
        self.style != Style::Plain || matches!(self.location, ParamLocation::Body(_) | ParamLocation::File)
    }

    /// Returns the types whose values the request encodes as JSON.
    pub fn json_types(&self) -> impl Iterator<Item = &TypeRef> {
        Some(&self.ty).filter(|_| self.is_structured()).into_iter().chain(&self.content)
    }

    /// Returns whether the value is a file or a binary body.
    pub fn is_upload(&self) -> bool {
        matches!(self.location, ParamLocation::File | ParamLocation::Body(Media::Binary))
    }
}

/// How the value of a parameter is encoded. This comes from the `style` and `explode` of OpenAPI, or from the encoding
/// of a form field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// As a string. An array is a parameter with the same name for each item. Where a name cannot repeat, as in a
    /// header, the items are joined by commas.
    Plain,
    /// The items of an array, or the names and values of an object, joined by commas.
    Commas,
    /// The items of an array, or the names and values of an object, joined by spaces.
    Spaces,
    /// The items of an array, or the names and values of an object, joined by `|`.
    Pipes,
    /// A parameter `name[property]=value` for each property of an object.
    DeepObject,
    /// A parameter `property=value` for each property of an object.
    ExplodedObject,
    /// A parameter `name=item` for each item of an array. An item that is an object is encoded as JSON.
    Repeated,
    /// As JSON.
    Json,
    /// The complete query as JSON.
    WholeJson,
    /// The complete query as text.
    WholeText,
    /// The properties of an object as `property=value`, joined by commas.
    CommaPairs,
    /// A `.`, followed by the items of an array, or the names and values of an object, joined by commas.
    Label,
    /// A `.` before each item of an array, or before each property of an object: `.a.b`.
    ExplodedLabel,
    /// `;name=value`, where the value is the items of an array, or the names and values of an object, joined by commas.
    Matrix,
    /// A `;name=item` for each item of an array, or a `;property=value` for each property of an object.
    ExplodedMatrix,
}

impl Style {
    /// Returns the name in the IR dump and in the names of runtime methods.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Commas => "comma_separated",
            Self::Spaces => "space_separated",
            Self::Pipes => "pipe_separated",
            Self::DeepObject => "deep_object",
            Self::ExplodedObject => "exploded_object",
            Self::Repeated => "repeated",
            Self::Json => "json",
            Self::WholeJson => "whole_json",
            Self::WholeText => "whole_text",
            Self::CommaPairs => "comma_separated_pairs",
            Self::Label => "label",
            Self::ExplodedLabel => "exploded_label",
            Self::Matrix => "matrix",
            Self::ExplodedMatrix => "exploded_matrix",
        }
    }
}

/// The part of a request that contains a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamLocation {
    /// The path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A field of a form body.
    Form,
    /// A field of a multipart body that contains a file, or an array of files.
    File,
    /// The entire request body. The media type is the name of the parameter.
    Body(Media),
}

impl ParamLocation {
    /// Returns the name in the IR dump and in the names of runtime methods.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::Form => "form",
            Self::File => "file",
            Self::Body(media) => media.as_str(),
        }
    }
}
