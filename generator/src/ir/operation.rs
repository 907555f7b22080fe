//! Operations: method, path, parameters, request bodies and responses.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ir::{Constraint, Content, Docs, Paging, Param, ResourceId, Segment, Server, TypeRef};
use crate::source::Pointer;

/// An operation: a request to the API, and its responses.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The `operationId`. If a request body has several media types, each further media type becomes a separate
    /// operation, whose id has a suffix: `AddPet as form`.
    pub id: String,
    /// The `operationId` without words for the method and the path. The name includes the tag if it would otherwise not
    /// be unique.
    pub name: String,
    /// The name of the format of the request body, such as `form`. `None` for the first media type.
    pub body_format: Option<String>,
    /// The method of the request.
    pub method: Method,
    /// The path, relative to the URL of the server.
    pub path: Vec<Segment>,
    /// The server of this operation, if it differs from the server of the API.
    pub server: Option<Server>,
    /// The parameters, including the fields of a form and the request body.
    pub params: Vec<Param>,
    /// The kind of the request body, if there is one.
    pub body: Option<BodyKind>,
    /// Whether the request body is required.
    pub requires_body: bool,
    /// The responses, by status.
    pub responses: Vec<Response>,
    /// The items that end a stream in the examples of the responses.
    pub stream_ends: BTreeSet<String>,
    /// The pagination, if the operation returns a list in pages.
    pub paging: Option<Paging>,
    /// The tags.
    pub tags: Vec<String>,
    /// The resource that the operation acts on.
    pub resource: ResourceId,
    /// The effect of the operation on the resource.
    pub role: Role,
    /// The documentation.
    pub docs: Docs,
    /// Whether the operation is deprecated.
    pub deprecated: bool,
    /// Whether a request without credentials is allowed.
    pub has_optional_credentials: bool,
    /// The alternative sets of security schemes, by name. A request sends the credentials of all schemes in one set.
    pub security: Vec<Vec<String>>,
    /// The OAuth 2.0 scopes that a token needs in each alternative of `security`.
    pub scopes: Vec<Vec<String>>,
    /// Whether requests of the operation never send credentials.
    pub is_anonymous: bool,
    /// The location of the operation.
    pub origin: Pointer,
}

impl Operation {
    /// Returns whether the document has the operation under this `operationId`. The ID of an operation for a further media
    /// type begins with it.
    pub fn has_id(&self, id: &str) -> bool {
        self.ids().any(|own| own == id)
    }

    /// Returns the IDs under which codegen.toml may name the operation: that of the document, and its own.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let format = self.body_format.as_ref();
        let documented = format.and_then(|format| self.id.strip_suffix(format.as_str())?.strip_suffix(" as "));
        documented.into_iter().chain([self.id.as_str()])
    }

    /// Returns the path as it is in the document.
    pub fn template(&self) -> String {
        template(&self.path)
    }

    /// Returns the path of the collection, as it is in the document. The path of an instance loses its last path
    /// parameter: `/pets/{id}` becomes `/pets`.
    pub fn collection_template(&self) -> String {
        match (self.level(), self.path.as_slice()) {
            (Level::Instance, [above @ .., Segment::Literal(_)]) if !above.is_empty() => {
                template(&above[..above.len() - 1])
            }
            (Level::Instance, [above @ .., _]) => template(above),
            (_, path) => template(path),
        }
    }

    /// Returns the header for the idempotency key, if the client generates such keys.
    pub fn idempotency_key(&self) -> Option<&Param> {
        self.params.iter().find(|param| param.is_idempotency_key)
    }

    /// Returns whether the path contains the same parameter twice.
    pub fn has_repeated_param(&self) -> bool {
        let names: Vec<_> = self.path.iter().filter_map(Segment::param).collect();
        names.iter().enumerate().any(|(index, name)| names[..index].contains(name))
    }

    /// Returns whether the operation acts on a collection or on an instance. The path of an instance ends in a path
    /// parameter. A trailing slash is ignored.
    pub fn level(&self) -> Level {
        let is_trailing_slash = |segment: &&Segment| matches!(segment, Segment::Literal(text) if text.is_empty());
        match self.path.iter().rev().find(|segment| !is_trailing_slash(segment)) {
            Some(Segment::Param(_) | Segment::ParamSuffix(..)) => Level::Instance,
            _ => Level::Collection,
        }
    }
}

/// Returns a path as it is in the document.
fn template(path: &[Segment]) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::Param(name) => format!("/{{{name}}}"),
        Segment::LiteralSuffix(text) => text.clone(),
        Segment::ParamSuffix(between, name) => format!("{between}{{{name}}}"),
    };
    path.iter().map(segment).collect()
}

/// The method of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
    Query,
    /// Another method, as it is sent.
    Other(String),
}

impl Method {
    /// Returns the method with a name as it is sent, such as `GET`.
    pub fn from_name(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "PUT" => Self::Put,
            "POST" => Self::Post,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            "HEAD" => Self::Head,
            "PATCH" => Self::Patch,
            "TRACE" => Self::Trace,
            "QUERY" => Self::Query,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Returns the name as it is sent.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
            Self::Query => "QUERY",
            Self::Other(name) => name,
        }
    }
}

/// The kind of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// `application/x-www-form-urlencoded`, with the parameters of the location `Form`.
    Form,
    /// `multipart/form-data`, with the parameters of the locations `Form` and `File`.
    Multipart,
    /// The value of the parameter of the location `Body`.
    Value,
}

/// A response that the document describes.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status codes that the response is for.
    pub status: Status,
    /// The type of the body, if there is one.
    pub body: Option<TypeRef>,
    /// The constraints of the JSON in the body. A stream is an array of its values.
    pub constraints: Vec<Constraint>,
    /// How the body is decoded.
    pub content: Content,
    /// The media types that the request asks for by default. All of them are decoded as `content`, and the first is
    /// preferred.
    pub media_types: Vec<String>,
    /// The bodies in the remaining media types, which a request can ask for.
    pub alternatives: Vec<Alternative>,
    /// An example of the body.
    pub example: Option<Value>,
    /// The headers.
    pub headers: Vec<Header>,
    /// The documentation.
    pub docs: Docs,
    /// The location of the response.
    pub origin: Pointer,
}

/// A response body in media types that a request must ask for, because they are not the default.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The media types. All of them are decoded as `content`.
    pub media_types: Vec<String>,
    /// How the body is decoded.
    pub content: Content,
    /// The type of the values in the body.
    pub ty: TypeRef,
    /// The constraints of the JSON in the body. A stream is an array of its values.
    pub constraints: Vec<Constraint>,
    /// Whether the alternative has the same schema as the default body.
    pub has_default_schema: bool,
    /// The location of the media type.
    pub origin: Pointer,
}

/// A header of a response.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name.
    pub wire: String,
    /// The type of the value.
    pub ty: TypeRef,
    /// The constraints of the value.
    pub constraints: Vec<Constraint>,
    /// An example.
    pub example: Option<Value>,
    /// The documentation.
    pub docs: Docs,
}

/// The status codes that a response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// A single status code.
    Code(u16),
    /// All status codes with this first digit: 4 for `4XX`.
    Range(u16),
    /// All status codes for which the operation has no other response.
    Default,
}

impl Status {
    /// Returns whether all these status codes are 2XX.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Code(200..=299) | Self::Range(2))
    }

    /// Returns whether all these status codes are 3XX.
    pub fn is_redirect(self) -> bool {
        matches!(self, Self::Code(300..=399) | Self::Range(3))
    }
}

/// The level of a resource: the collection, or an instance in the collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The collection: `/Services`.
    Collection,
    /// An instance: `/Services/{Sid}`.
    Instance,
}

/// The effect of an operation on its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Lists the instances of a collection.
    List,
    /// Creates an instance.
    Create,
    /// Returns an instance, or a resource without instances.
    Fetch,
    /// Changes some properties.
    Update,
    /// Replaces all properties.
    Replace,
    /// Deletes an instance, or a resource without instances.
    Delete,
    /// Does none of this.
    Other,
}

impl Role {
    /// Returns the name of the generated method for the role. `None` for [`Other`](Self::Other), whose methods have the
    /// names of the operations.
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
