//! What can be asked of an API: a method, a path, what goes in and what comes out.

use serde_json::Value;

use super::{Constraint, Docs, ResourceId, Role, Side, TypeRef};
use crate::source::Pointer;

/// A request that the API answers.
#[derive(Debug)]
pub struct Operation {
    /// Its id in the document.
    pub id: String,
    /// The method of the request.
    pub method: Method,
    /// The path of the request, from the root of the server.
    pub path: Vec<Segment>,
    /// Everything that the caller may say, the fields of a form included.
    pub params: Vec<Param>,
    /// The kind of body that the request has, if it has one.
    pub body: Option<Body>,
    /// What comes back, by status.
    pub responses: Vec<Response>,
    /// How the answer leads on, if it is a page of a list.
    pub paging: Option<Paging>,
    /// The resource that it acts on, and how.
    pub resource: ResourceId,
    /// What it does to the resource.
    pub role: Role,
    /// What the document says of it.
    pub docs: Docs,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Whether it takes no credentials.
    pub open: bool,
    /// Where it is described.
    pub origin: Pointer,
}

impl Operation {
    /// The path as the document writes it.
    pub fn template(&self) -> String {
        let segment = |segment: &Segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Param(name) => format!("/{{{name}}}"),
        };
        self.path.iter().map(segment).collect()
    }

    /// The half of its resource that it acts on: a path that ends in a parameter is that of an instance.
    pub fn side(&self) -> Side {
        match self.path.last() {
            Some(Segment::Param(_)) => Side::Instance,
            _ => Side::Collection,
        }
    }

    /// What a successful answer carries.
    pub fn answer(&self) -> Answer<'_> {
        (self.responses.iter())
            .filter(|response| response.status.is_success())
            .find_map(|response| response.body.as_ref())
            .map_or(Answer::Nothing, Answer::Json)
    }
}

/// What a successful answer carries.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// No body.
    Nothing,
    /// JSON of a type.
    Json(&'a TypeRef),
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A part of a path between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The same in every request.
    Literal(String),
    /// The value of the path parameter of that name.
    Param(String),
}

/// A value that the caller gives.
#[derive(Debug)]
pub struct Param {
    /// Its name on the wire.
    pub wire: String,
    /// The part of the request that carries it.
    pub place: ParamPlace,
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
    /// What the API takes when the value is not given.
    pub default: Option<Value>,
    /// A value that shows it.
    pub example: Option<Value>,
    /// What the document says of it.
    pub docs: Docs,
    /// Where it is declared.
    pub origin: Pointer,
}

/// The part of a request that carries a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamPlace {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A field of a form body.
    Form,
}

/// The kind of body that a request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `application/x-www-form-urlencoded`, of the parameters whose place is the form.
    Form,
}

/// One of the answers that the document describes.
#[derive(Debug)]
pub struct Response {
    /// Which statuses it is for.
    pub status: Status,
    /// The type of its JSON body, if it has one.
    pub body: Option<TypeRef>,
    /// A body that shows it.
    pub example: Option<Value>,
    /// The headers that it declares.
    pub headers: Vec<Header>,
    /// What the document says of it.
    pub docs: Docs,
    /// Where it is described.
    pub origin: Pointer,
}

/// A header of an answer.
#[derive(Debug)]
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
}

/// How a page of a list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The keys that lead to the items of the page.
    pub items: Vec<String>,
    /// The type of an item.
    pub item: TypeRef,
    /// The keys that lead to the URL of the next page.
    pub next: Vec<String>,
    /// The query parameter that bounds the items of a page, and the most it takes.
    pub page_size: Option<(String, Option<u64>)>,
}
