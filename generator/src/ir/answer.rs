//! What successful answers carry, and how that is read.

use super::{Alternative, Media, Method, Operation, Response, Status, TypeRef};

/// What a successful answer carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
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
    Several(Vec<(Status, Answer<'a>)>),
}

/// How values that come one after the other are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// As server-sent events.
    Events,
    /// Each in a line.
    Lines,
}

impl Framing {
    /// That of a media type, if it is one for several values.
    pub fn of(media_type: &str) -> Option<Self> {
        match media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "text/event-stream" => Some(Self::Events),
            "application/jsonl"
            | "application/x-jsonl"
            | "application/jsonlines"
            | "application/x-jsonlines"
            | "application/ndjson"
            | "application/x-ndjson"
            | "application/json-seq"
            | "application/stream+json" => Some(Self::Lines),
            _ => None,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Lines => "lines",
        }
    }
}

impl<'a> Answer<'a> {
    /// What a body of a media type carries, whose values are of a type.
    fn of(media_type: &str, ty: &'a TypeRef) -> Self {
        match (Framing::of(media_type), Media::of(media_type)) {
            (Some(framing), _) => Self::Stream(framing, ty),
            (None, Media::Json) => Self::Json(ty),
            (None, Media::Text) => Self::Text,
            (None, Media::Binary) => Self::Binary,
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
        let any = |holds: fn(Status) -> bool| self.responses.iter().any(|response| holds(response.status));
        if any(Status::is_success) {
            status.is_success()
        } else if any(Status::is_redirect) {
            status.is_redirect()
        } else {
            status == Status::Default
        }
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
    pub fn answer(&self) -> Answer<'_> {
        let mut answers: Vec<_> = self.carriers().map(carried).collect();
        answers.dedup();
        match answers.len() {
            0 => Answer::Nothing,
            1 => answers.remove(0),
            _ => {
                let mut answers: Vec<_> =
                    self.successes().map(|response| (response.status, carried(response))).collect();
                answers.sort_by_key(|(status, _)| match status {
                    Status::Code(code) => *code,
                    Status::Range(_) | Status::Default => u16::MAX,
                });
                Answer::Several(answers)
            }
        }
    }

    /// What else a successful answer can be asked for as.
    pub fn alternatives(&self) -> impl Iterator<Item = (&str, Answer<'_>)> {
        fn other(other: &Alternative) -> (&str, Answer<'_>) {
            (&other.media_type, Answer::of(&other.media_type, &other.ty))
        }
        self.carriers().take(1).flat_map(|response| &response.others).map(other)
    }

    /// All that a successful answer may have to be read as, one by one.
    pub fn readings(&self) -> impl Iterator<Item = Answer<'_>> {
        let answers = match self.answer() {
            Answer::Several(answers) => answers.into_iter().map(|(_, answer)| answer).collect(),
            answer => vec![answer],
        };
        answers.into_iter().chain(self.alternatives().map(|(_, answer)| answer))
    }

    /// The media types to ask for, where it is not plain JSON that is asked for anyway.
    pub fn asks_for(&self) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        for response in self.carriers() {
            if !names.contains(&response.media_type.as_str()) {
                names.push(&response.media_type);
            }
        }
        let plain = names == ["application/json"] && !matches!(self.answer(), Answer::Several(_));
        (!names.is_empty() && !plain).then(|| names.join(", "))
    }

    /// Whether a successful answer may also have no body.
    pub fn may_be_empty(&self) -> bool {
        let several = matches!(self.answer(), Answer::Several(_) | Answer::Nothing);
        !several && self.successes().any(|response| response.body.is_none())
    }

    /// The types of the errors that the document describes, by status.
    pub fn errors(&self) -> impl Iterator<Item = (Status, &TypeRef)> {
        self.responses
            .iter()
            .filter(|response| !self.succeeds(response.status))
            .filter(|response| response.media() == Media::Json)
            .filter_map(|one| Some((one.status, one.body.as_ref()?)))
    }
}

fn carried(response: &Response) -> Answer<'_> {
    match &response.body {
        Some(ty) => Answer::of(&response.media_type, ty),
        None => Answer::Nothing,
    }
}
