//! Security schemes and security requirements.

use crate::ir::Docs;

/// A way to identify oneself.
#[derive(Debug)]
pub struct SecurityScheme {
    /// What the document calls it.
    pub name: String,
    /// What is sent.
    pub kind: SchemeKind,
    /// The ways to come by tokens, if it is OAuth 2.
    pub flows: Vec<Flow>,
    /// What else there is to know of its tokens: their form, or where it is described.
    pub about: Option<String>,
    /// What the document says of it.
    pub docs: Docs,
}

impl SecurityScheme {
    /// Where tokens come from for the client credentials grant.
    pub fn token_url(&self) -> Option<&str> {
        let flow = self.flows.iter().find(|flow| flow.name == CLIENT_CREDENTIALS);
        flow.and_then(|flow| flow.urls.iter().find(|(name, _)| *name == "tokenUrl")).map(|(_, url)| url.as_str())
    }
}

/// The flow of OAuth 2 that needs nobody but the program.
pub const CLIENT_CREDENTIALS: &str = "clientCredentials";

/// A way to come by a token of OAuth 2.
#[derive(Debug)]
pub struct Flow {
    /// The word for it.
    pub name: &'static str,
    /// Its URLs, by their keywords.
    pub urls: Vec<(&'static str, String)>,
    /// What a token can be good for, with what the document says of each.
    pub scopes: Vec<(String, String)>,
}

/// What identifies a caller.
#[derive(Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// HTTP Basic: a user and a password.
    Basic,
    /// A token as `Authorization: Bearer`, wherever it comes from.
    Bearer,
    /// A key in the header of that name.
    Header(String),
    /// A key in the query parameter of that name.
    Query(String),
    /// A key in the cookie of that name.
    Cookie(String),
}

impl SchemeKind {
    /// The word for it, and the name that it goes by on the wire.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Basic => ("basic", ""),
            Self::Bearer => ("bearer", ""),
            Self::Header(name) => ("header", name),
            Self::Query(name) => ("query", name),
            Self::Cookie(name) => ("cookie", name),
        }
    }
}
