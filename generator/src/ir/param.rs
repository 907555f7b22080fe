//! Parameters and the paths that they fill.

use serde_json::Value;

use crate::ir::{Constraint, Docs, Media, TypeRef};
use crate::source::Pointer;

/// A part of a path: what stands between two slashes, or a part of that where it is made of several.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Behind a slash, the same in every request.
    Literal(String),
    /// Behind a slash, the value of the path parameter of that name.
    Param(String),
    /// Behind what stands before it in the segment, the same in every request: `.json`.
    Suffix(String),
    /// Behind a text that is no word (`/@`, `:`, nothing), the value of the path parameter of that name.
    Infix(String, String),
}

impl Segment {
    /// The name of the path parameter whose value it holds.
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::Param(name) | Self::Infix(_, name) => Some(name),
            Self::Literal(_) | Self::Suffix(_) => None,
        }
    }
}

/// A value that the caller gives.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name on the wire.
    pub wire: String,
    /// The part of the request that carries it.
    pub place: ParamPlace,
    /// How its value is written there.
    pub style: Style,
    /// Whether characters that RFC 3986 reserves are sent as they are.
    pub reserved: bool,
    /// The media type of a part of a multipart body, where that is not plain text.
    pub media_type: Option<String>,
    /// The type of its value.
    pub ty: TypeRef,
    /// What its value must keep to.
    pub constraints: Vec<Constraint>,
    /// Whether the request is refused without it.
    pub required: bool,
    /// Whether the document lets its value be `null`, which has no form on the wire: it is left out instead.
    pub nullable: bool,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Whether its value may be personal data, which must not be shown.
    pub pii: bool,
    /// Whether its value holds JSON, if it is a string.
    pub json: bool,
    /// The only value of a boolean that the document restricts to it.
    pub constant: Option<bool>,
    /// What the API takes when the value is not given.
    pub default: Option<Value>,
    /// A value that shows it.
    pub example: Option<Value>,
    /// What the document says of it.
    pub docs: Docs,
    /// Where it is declared.
    pub origin: Pointer,
}

impl Param {
    /// A parameter of which nothing more is said.
    pub fn new(wire: &str, place: ParamPlace, ty: TypeRef, origin: Pointer) -> Self {
        Self {
            wire: wire.to_owned(),
            place,
            style: Style::Plain,
            reserved: false,
            media_type: None,
            ty,
            constraints: Vec::new(),
            required: false,
            nullable: false,
            deprecated: false,
            pii: false,
            json: false,
            constant: None,
            default: None,
            example: None,
            docs: Docs::default(),
            origin,
        }
    }

    /// Whether its value is more than a text, or several, and is written as what it is in JSON says.
    pub fn is_structured(&self) -> bool {
        self.style != Style::Plain || matches!(self.place, ParamPlace::Body(_) | ParamPlace::File)
    }

    /// Whether its value is bytes that are sent as they are.
    pub fn is_upload(&self) -> bool {
        matches!(self.place, ParamPlace::File | ParamPlace::Body(Media::Binary))
    }
}

/// How the value of a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// As one text; of a list each item under the name, or all joined by commas where a name can stand only once.
    Plain,
    /// Items, or names and values, joined by commas.
    Commas,
    /// The same, joined by spaces.
    Spaces,
    /// The same, joined by `|`.
    Pipes,
    /// As `name[member]=value`.
    Deep,
    /// The members of an object as parameters of their own.
    Members,
    /// Each item under the name, and objects as JSON.
    Each,
    /// As JSON.
    Json,
    /// Names and values as `name=value`, joined by commas.
    Pairs,
    /// Behind a `.`, and otherwise joined by commas.
    Label,
    /// Each item, or name and value, behind a `.`.
    Labels,
    /// As `;name=value`, of several joined by commas.
    Matrix,
    /// Each item, or name and value, so.
    Matrices,
}

impl Style {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Commas => "commas",
            Self::Spaces => "spaces",
            Self::Pipes => "pipes",
            Self::Deep => "deep",
            Self::Members => "members",
            Self::Each => "each",
            Self::Json => "json",
            Self::Pairs => "pairs",
            Self::Label => "label",
            Self::Labels => "labels",
            Self::Matrix => "matrix",
            Self::Matrices => "matrices",
        }
    }
}

/// The part of a request that carries a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamPlace {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A field of a form body.
    Form,
    /// A part of a multipart body that is sent as bytes, or several such parts.
    File,
    /// The body as a whole, whose media type is the name.
    Body(Media),
}

impl ParamPlace {
    /// The word for it.
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
