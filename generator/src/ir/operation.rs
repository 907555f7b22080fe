//! Operations: method, path, parameters, request bodies and responses.

use serde_json::Value;

use crate::ir::{Constraint, Content, Docs, Paging, ResourceId, Role, Server, Side, TypeRef};
use crate::normalize::media_type_essence;
use crate::source::Pointer;

/// A request that the API answers.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its id in the document; one that sends another body than the first of several says so (`AddPet as form`).
    pub id: String,
    /// What it is called: its id without path and method, and with its tag where that tells it from others.
    pub name: String,
    /// What it sends, in a word, where that is not the first of several bodies.
    pub variant: Option<String>,
    /// The method of the request.
    pub method: Method,
    /// The path of the request, from the root of the server.
    pub path: Vec<Segment>,
    /// The server that it has for itself, if it has one.
    pub server: Option<Server>,
    /// Everything that the caller may say, the fields of a form included.
    pub params: Vec<Param>,
    /// The kind of body that the request has, if it has one.
    pub body: Option<Body>,
    /// Whether the API refuses it without a body.
    pub needs_body: bool,
    /// What comes back, by status.
    pub responses: Vec<Response>,
    /// How the answer leads on, if it is a page of a list.
    pub paging: Option<Paging>,
    /// What the document sorts it under.
    pub tags: Vec<String>,
    /// The resource that it acts on, and how.
    pub resource: ResourceId,
    /// What it does to the resource.
    pub role: Role,
    /// What the document says of it.
    pub docs: Docs,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Whether it can do without credentials.
    pub open: bool,
    /// The names of the schemes whose credentials it takes: of each list all together.
    pub security: Vec<Vec<String>>,
    /// What its tokens have to be good for.
    pub scopes: Vec<String>,
    /// Whether it takes none at all.
    pub anonymous: bool,
    /// Where it is described.
    pub origin: Pointer,
}

impl Operation {
    /// The path as the document writes it.
    pub fn template(&self) -> String {
        template(&self.path)
    }

    /// The path of the collection that the operation or its instance belongs to, as the document writes it.
    pub fn collection_template(&self) -> String {
        match (self.side(), self.path.as_slice()) {
            (Side::Instance, [above @ .., Segment::Literal(_)]) if !above.is_empty() => {
                template(&above[..above.len() - 1])
            }
            (Side::Instance, [above @ .., _]) => template(above),
            (_, path) => template(path),
        }
    }

    /// Whether its path has a placeholder twice.
    pub fn repeats(&self) -> bool {
        let names: Vec<_> = self.path.iter().filter_map(Segment::param).collect();
        names.iter().enumerate().any(|(index, name)| names[..index].contains(name))
    }

    /// The half of its resource that it acts on: a path that ends in a parameter is that of an instance. A slash behind
    /// it names nothing.
    pub fn side(&self) -> Side {
        let slash = |segment: &&Segment| matches!(segment, Segment::Literal(text) if text.is_empty());
        match self.path.iter().rev().find(|segment| !slash(segment)) {
            Some(Segment::Param(_) | Segment::Infix(..)) => Side::Instance,
            _ => Side::Collection,
        }
    }
}

/// A path as the document writes it.
fn template(path: &[Segment]) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::Param(name) => format!("/{{{name}}}"),
        Segment::Suffix(text) => text.clone(),
        Segment::Infix(between, name) => format!("{between}{{{name}}}"),
    };
    path.iter().map(segment).collect()
}

/// What the bytes of a body stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    /// A JSON value.
    Json,
    /// A text, XML among others.
    Text,
    /// Themselves.
    Binary,
}

impl Media {
    /// What the bodies of a media type are.
    pub fn of(media_type: &str) -> Self {
        let essence = media_type_essence(media_type);
        let (_, subtype) = essence.split_once('/').unwrap_or_default();
        match subtype.rsplit('+').next().unwrap_or_default() {
            "json" => Self::Json,
            "xml" | "yaml" | "x-yaml" | "javascript" | "graphql" => Self::Text,
            _ if essence.starts_with("text/") => Self::Text,
            _ => Self::Binary,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
            Self::Binary => "bytes",
        }
    }
}

/// Returns the parameter `charset` of a media type, in lower case.
pub fn charset_of(media_type: &str) -> Option<String> {
    let mut parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, label) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(label.trim().trim_matches(['"', '\'']).to_ascii_lowercase())
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

impl Method {
    /// As it goes over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }
}

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
    pub fn is_whole(&self) -> bool {
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

/// The kind of body that a request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `application/x-www-form-urlencoded`, of the parameters whose place is the form.
    Form,
    /// `multipart/form-data`, of the parameters whose place is the form or a file.
    Multipart,
    /// The value of the parameter whose place is the body.
    Whole,
}

/// One of the answers that the document describes.
#[derive(Clone, Debug)]
pub struct Response {
    /// Which statuses it is for.
    pub status: Status,
    /// The type of its body, if it has one.
    pub body: Option<TypeRef>,
    /// How its body is decoded.
    pub content: Content,
    /// The media types of its body that are decoded in the same way. The first one is preferred.
    pub media_types: Vec<String>,
    /// What its body can be asked for as instead.
    pub others: Vec<Alternative>,
    /// A body that shows it.
    pub example: Option<Value>,
    /// The headers that it declares.
    pub headers: Vec<Header>,
    /// What the document says of it.
    pub docs: Docs,
    /// Where it is described.
    pub origin: Pointer,
}

/// Another form of the body of an answer.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// Its media types.
    pub media_types: Vec<String>,
    /// How it is decoded.
    pub content: Content,
    /// The type of its values.
    pub ty: TypeRef,
    /// Whether it has the same schema as the default form.
    pub same_schema: bool,
    /// Its location in the document.
    pub origin: Pointer,
}

/// A header of an answer.
#[derive(Clone, Debug)]
pub struct Header {
    /// Its name.
    pub wire: String,
    /// The type of its value.
    pub ty: TypeRef,
    /// A value that shows it.
    pub example: Option<Value>,
    /// What the document says of it.
    pub docs: Docs,
}

/// The statuses that a response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// One.
    Code(u16),
    /// A hundred, named by its first digit.
    Range(u16),
    /// All that are not named.
    Default,
}

impl Status {
    /// Whether it says that the request has been carried out.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Code(200..=299) | Self::Range(2))
    }

    /// Whether it says that what is asked for is elsewhere.
    pub fn is_redirect(self) -> bool {
        matches!(self, Self::Code(300..=399) | Self::Range(3))
    }
}
