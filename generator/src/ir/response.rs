//! The content of successful responses, and how it is decoded.

use std::collections::HashSet;

use indexmap::IndexSet;

use crate::ir::{Alternative, Content, Framing, Method, Operation, Response, Status, TypeRef};

/// What a successful answer carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseBody<'a> {
    /// No body.
    Nothing,
    /// JSON of a type.
    Json(&'a TypeRef),
    /// A text.
    Text,
    /// Bytes.
    Binary,
    /// Any number of values of a type, one after the other.
    Stream(Framing, &'a TypeRef),
    /// What the status says. An exact status stands before its range.
    Several(Vec<(Status, ResponseBody<'a>)>),
}

impl<'a> ResponseBody<'a> {
    /// Returns what a body carries, given the type of its values.
    fn of(content: Content, ty: &'a TypeRef) -> Self {
        match content {
            Content::Json => Self::Json(ty),
            Content::Text => Self::Text,
            Content::Binary => Self::Binary,
            Content::Stream(framing) => Self::Stream(framing, ty),
        }
    }

    /// The types of the values that it carries.
    pub fn types(&self) -> Vec<&'a TypeRef> {
        match self {
            Self::Json(ty) | Self::Stream(_, ty) => vec![ty],
            Self::Several(answers) => answers.iter().flat_map(|(_, answer)| answer.types()).collect(),
            Self::Nothing | Self::Text | Self::Binary => Vec::new(),
        }
    }
}

impl Operation {
    /// The answers of success. Where the document names none, redirects are what is asked for, or else the default is
    /// for success too.
    pub fn successes(&self) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(|response| self.succeeds(response.status))
    }

    /// Whether an answer that the document describes is one of success.
    pub fn succeeds(&self, status: Status) -> bool {
        succeeds(status, self.responses.iter().map(|response| response.status))
    }

    /// Whether the answer of success is a redirect.
    pub fn redirects(&self) -> bool {
        self.successes().any(|response| response.status.is_redirect())
    }

    /// The answers of success that have a body.
    pub fn carriers(&self) -> impl Iterator<Item = &Response> {
        // What is answered to HEAD has the headers of a body, and none.
        self.successes().filter(|response| response.body.is_some() && self.method != Method::Head)
    }

    /// What a successful answer carries.
    pub fn response_body(&self) -> ResponseBody<'_> {
        let mut answers: Vec<_> = self.carriers().map(carried).collect();
        answers.dedup();
        match answers.len() {
            0 => ResponseBody::Nothing,
            1 => answers.remove(0),
            _ => {
                let mut answers: Vec<_> =
                    self.successes().map(|response| (response.status, carried(response))).collect();
                answers.sort_by_key(|(status, _)| match status {
                    Status::Code(code) => *code,
                    Status::Range(_) | Status::Default => u16::MAX,
                });
                ResponseBody::Several(answers)
            }
        }
    }

    /// Returns the other forms that a request can ask for. A media type of several successful responses counts once.
    pub fn alternatives(&self) -> impl Iterator<Item = &Alternative> {
        let mut seen: HashSet<&str> = HashSet::new();
        let all = self.carriers().flat_map(|response| &response.others);
        all.filter(move |other| other.media_types.first().is_some_and(|name| seen.insert(name)))
    }

    /// All that a successful answer may have to be read as, one by one.
    pub fn readings(&self) -> impl Iterator<Item = ResponseBody<'_>> {
        let answers = match self.response_body() {
            ResponseBody::Several(answers) => answers.into_iter().map(|(_, answer)| answer).collect(),
            answer => vec![answer],
        };
        answers.into_iter().chain(self.alternatives().map(Alternative::response_body))
    }

    /// The media types to ask for, where it is not plain JSON that is asked for anyway.
    pub fn asks_for(&self) -> Option<String> {
        let names: Vec<&str> = self.asked().into_iter().collect();
        let plain = names == ["application/json"] && matches!(self.response_body(), ResponseBody::Json(_));
        (!names.is_empty() && !plain).then(|| names.join(", "))
    }

    /// Returns all media types of successful responses that are decoded in their own way; empty if the request asks for all of
    /// them by default. A string with the same schema as the JSON does not count, because it may contain JSON.
    pub fn offers(&self) -> Vec<&str> {
        let json = self.carriers().next().is_some_and(|response| response.content == Content::Json);
        let own = self.alternatives().filter(|other| !(json && other.same_schema && other.content == Content::Text));
        let mut own = own.flat_map(|other| &other.media_types).map(String::as_str).peekable();
        if own.peek().is_none() {
            return Vec::new();
        }
        // A range does not determine how the media types in it are decoded.
        let all: IndexSet<&str> = self.asked().into_iter().chain(own).filter(|name| !name.contains('*')).collect();
        all.into_iter().collect()
    }

    /// Returns the media types that a request asks for by default.
    fn asked(&self) -> IndexSet<&str> {
        self.carriers().flat_map(|response| &response.media_types).map(String::as_str).collect()
    }

    /// Whether a successful answer may also have no body.
    pub fn may_be_empty(&self) -> bool {
        !matches!(self.response_body(), ResponseBody::Several(_) | ResponseBody::Nothing) && self.has_empty()
    }

    /// Returns whether a successful response may have no body.
    pub fn has_empty(&self) -> bool {
        self.successes().any(|response| response.body.is_none())
    }

    /// The types of the errors that the document describes, by status.
    pub fn errors(&self) -> impl Iterator<Item = (Status, &TypeRef)> {
        self.responses
            .iter()
            .filter(|response| !self.succeeds(response.status))
            .filter(|response| response.content == Content::Json)
            .filter_map(|one| Some((one.status, one.body.as_ref()?)))
    }
}

fn carried(response: &Response) -> ResponseBody<'_> {
    match &response.body {
        Some(ty) => ResponseBody::of(response.content, ty),
        None => ResponseBody::Nothing,
    }
}

impl Alternative {
    /// Returns what it carries.
    pub fn response_body(&self) -> ResponseBody<'_> {
        ResponseBody::of(self.content, &self.ty)
    }
}

/// Returns whether a response with a status is successful, given all statuses that the operation describes.
pub fn succeeds(status: Status, all: impl Iterator<Item = Status> + Clone) -> bool {
    if all.clone().any(Status::is_success) {
        status.is_success()
    } else if all.clone().any(Status::is_redirect) {
        status.is_redirect()
    } else {
        status == Status::Default
    }
}
