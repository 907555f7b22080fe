//! Operations: method, path, parameters, request bodies and responses.

use serde_json::Value;

use crate::ir::{Content, Docs, Paging, Param, ResourceId, Segment, Server, TypeRef};
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

/// Which half of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The whole: `/Services`.
    Collection,
    /// One of its instances: `/Services/{Sid}`.
    Instance,
}

/// What an operation does to its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Lists the instances of a collection.
    List,
    /// Adds one.
    Create,
    /// Gives what is there.
    Fetch,
    /// Changes what is there.
    Update,
    /// Puts another in its place.
    Replace,
    /// Removes it.
    Delete,
    /// What only its id says.
    Other,
}

impl Role {
    /// The word for it, if there is one.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::List => Some("list"),
            Self::Create => Some("create"),
            Self::Fetch => Some("fetch"),
            Self::Update => Some("update"),
            Self::Replace => Some("replace"),
            Self::Delete => Some("delete"),
            Self::Other => None,
        }
    }
}
