//! The bodies of successful responses, and how they are decoded.

use std::collections::HashSet;

use indexmap::IndexSet;

use crate::ir::{Alternative, Content, Framing, Method, Operation, Response, Status, TypeRef};

/// The body of a successful response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseBody<'a> {
    /// The response has no body.
    Empty,
    /// A JSON value of this type.
    Json(&'a TypeRef),
    /// A string.
    Text,
    /// Bytes.
    Binary,
    /// A stream of values of this type.
    Stream(Framing, &'a TypeRef),
    /// The body depends on the status. Status codes come before ranges.
    ByStatus(Vec<(Status, ResponseBody<'a>)>),
}

impl<'a> ResponseBody<'a> {
    fn new(content: Content, ty: &'a TypeRef) -> Self {
        match content {
            Content::Json => Self::Json(ty),
            Content::Text => Self::Text,
            Content::Binary => Self::Binary,
            Content::Stream(framing) => Self::Stream(framing, ty),
        }
    }

    /// Returns the types of the values in the body.
    pub fn types(&self) -> Vec<&'a TypeRef> {
        match self {
            Self::Json(ty) | Self::Stream(_, ty) => vec![ty],
            Self::ByStatus(bodies) => bodies.iter().flat_map(|(_, body)| body.types()).collect(),
            Self::Empty | Self::Text | Self::Binary => Vec::new(),
        }
    }
}

impl Operation {
    /// Returns the successful responses, as [`is_success`] defines them.
    pub fn success_responses(&self) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(|response| self.is_success_status(response.status))
    }

    /// Returns whether a response of this operation is successful, as [`is_success`] defines it.
    pub fn is_success_status(&self, status: Status) -> bool {
        is_success(status, self.responses.iter().map(|response| response.status))
    }

    /// Returns whether a successful response is a redirect.
    pub fn succeeds_with_redirect(&self) -> bool {
        self.success_responses().any(|response| response.status.is_redirect())
    }

    /// Returns the successful responses that have a body.
    pub fn success_responses_with_body(&self) -> impl Iterator<Item = &Response> {
        // A document may describe a body for HEAD, but a response to HEAD has only headers.
        self.success_responses().filter(|response| response.body.is_some() && self.method != Method::Head)
    }

    /// Returns the body of a successful response in its default media type.
    pub fn response_body(&self) -> ResponseBody<'_> {
        let mut bodies: Vec<_> = self.success_responses_with_body().map(body_of).collect();
        bodies.dedup();
        match bodies.len() {
            0 => ResponseBody::Empty,
            1 => bodies.remove(0),
            _ => {
                let mut bodies: Vec<_> =
                    self.success_responses().map(|response| (response.status, body_of(response))).collect();
                bodies.sort_by_key(|(status, _)| match status {
                    Status::Code(code) => *code,
                    Status::Range(_) | Status::Default => u16::MAX,
                });
                ResponseBody::ByStatus(bodies)
            }
        }
    }

    /// Returns the bodies in media types that a request can ask for, other than the default. If several successful
    /// responses have the same media type, returns only the first.
    pub fn alternatives(&self) -> impl Iterator<Item = &Alternative> {
        let mut seen: HashSet<&str> = HashSet::new();
        let alternatives = self.success_responses_with_body().flat_map(|response| &response.alternatives);
        alternatives.filter(move |alternative| alternative.media_types.first().is_some_and(|name| seen.insert(name)))
    }

    /// Returns every body that a successful response can have, for each status and in each media type.
    pub fn possible_response_bodies(&self) -> impl Iterator<Item = ResponseBody<'_>> {
        let bodies = match self.response_body() {
            ResponseBody::ByStatus(bodies) => bodies.into_iter().map(|(_, body)| body).collect(),
            body => vec![body],
        };
        bodies.into_iter().chain(self.alternatives().map(Alternative::response_body))
    }

    /// Returns the header `Accept` of a request, if it differs from the default of JSON responses.
    pub fn accept_header(&self) -> Option<String> {
        let media_types: Vec<&str> = self.default_media_types().into_iter().collect();
        let is_default = media_types == ["application/json"] && matches!(self.response_body(), ResponseBody::Json(_));
        (!media_types.is_empty() && !is_default).then(|| media_types.join(", "))
    }

    /// Returns the media types of the response with this status, separated by commas. Returns `None` for a JSON
    /// response whose only media type is `application/json`.
    pub fn media_types(&self, status: Status) -> Option<String> {
        let response = self.success_responses_with_body().find(|response| response.status == status)?;
        let is_default = response.content == Content::Json && response.media_types == ["application/json"];
        (!is_default && !response.media_types.is_empty()).then(|| response.media_types.join(", "))
    }

    /// Returns the media types that a request can select, including the default. They are decoded in different ways.
    /// The result is empty if there is nothing to select, because the default includes all media types. A string with
    /// the same schema as the JSON body is left out, because it may be the same JSON with another media type.
    pub fn selectable_media_types(&self) -> Vec<&str> {
        let has_json = self.success_responses_with_body().next().is_some_and(|body| body.content == Content::Json);
        let is_json_as_string = |alternative: &Alternative| {
            has_json && alternative.has_default_schema && alternative.content == Content::Text
        };
        let alternatives = self.alternatives().filter(|alternative| !is_json_as_string(alternative));
        let mut selectable =
            alternatives.flat_map(|alternative| &alternative.media_types).map(String::as_str).peekable();
        if selectable.peek().is_none() {
            return Vec::new();
        }
        // Leave out ranges such as `text/*`, because a range does not determine how the body is decoded.
        let media_types: IndexSet<&str> =
            self.default_media_types().into_iter().chain(selectable).filter(|name| !name.contains('*')).collect();
        media_types.into_iter().collect()
    }

    /// Returns the media types that a request asks for by default.
    fn default_media_types(&self) -> IndexSet<&str> {
        self.success_responses_with_body().flat_map(|response| &response.media_types).map(String::as_str).collect()
    }

    /// Returns whether the generated method returns an `Option`. This is so if there is one type of body, and if a
    /// successful response may have no body.
    pub fn response_is_optional(&self) -> bool {
        !matches!(self.response_body(), ResponseBody::ByStatus(_) | ResponseBody::Empty) && self.has_empty_success()
    }

    /// Returns whether a successful response may have no body.
    pub fn has_empty_success(&self) -> bool {
        self.success_responses().any(|response| response.body.is_none())
    }

    /// Returns the types of the JSON error bodies, by status.
    pub fn error_types(&self) -> impl Iterator<Item = (Status, &TypeRef)> {
        self.responses
            .iter()
            .filter(|response| !self.is_success_status(response.status))
            .filter(|response| response.content == Content::Json)
            .filter_map(|response| Some((response.status, response.body.as_ref()?)))
    }
}

/// Returns the body of a response in its default media type.
fn body_of(response: &Response) -> ResponseBody<'_> {
    match &response.body {
        Some(ty) => ResponseBody::new(response.content, ty),
        None => ResponseBody::Empty,
    }
}

impl Alternative {
    /// Returns the body.
    pub fn response_body(&self) -> ResponseBody<'_> {
        ResponseBody::new(self.content, &self.ty)
    }
}

/// Returns whether a response with this status is successful. `described` has the statuses of all responses of the
/// operation. If no described status is 2XX, redirects are successful. If no described status is a redirect either,
/// `default` is successful.
pub fn is_success(status: Status, described: impl Iterator<Item = Status> + Clone) -> bool {
    if described.clone().any(Status::is_success) {
        status.is_success()
    } else if described.clone().any(Status::is_redirect) {
        status.is_redirect()
    } else {
        status == Status::Default
    }
}
