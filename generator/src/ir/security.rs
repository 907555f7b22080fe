//! Security schemes and security requirements.

use crate::ir::Docs;

/// A security scheme.
#[derive(Debug)]
pub struct SecurityScheme {
    /// The name in the document.
    pub name: String,
    /// The kind of credentials.
    pub kind: SchemeKind,
    /// The flows of an OAuth 2.0 scheme.
    pub flows: Vec<Flow>,
    /// The format of the tokens, or a link to their documentation.
    pub token_docs: Option<String>,
    /// The documentation.
    pub docs: Docs,
}

impl SecurityScheme {
    /// Returns the token URL of the client credentials grant.
    pub fn token_url(&self) -> Option<&str> {
        let flow = self.flows.iter().find(|flow| flow.name == CLIENT_CREDENTIALS);
        flow.and_then(|flow| flow.urls.iter().find(|(name, _)| *name == "tokenUrl")).map(|(_, url)| url.as_str())
    }
}

/// The OAuth 2.0 flow in which the client requests a token without a user.
pub const CLIENT_CREDENTIALS: &str = "clientCredentials";

/// An OAuth 2.0 flow.
#[derive(Debug)]
pub struct Flow {
    /// The name of the flow.
    pub name: &'static str,
    /// The URLs, each with its keyword, such as `tokenUrl`.
    pub urls: Vec<(&'static str, String)>,
    /// The scopes, each with its description.
    pub scopes: Vec<(String, String)>,
}

/// The kind of credentials of a security scheme.
#[derive(Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// HTTP Basic authentication with a user and a password.
    Basic,
    /// A token in `Authorization: Bearer`.
    Bearer,
    /// An API key in the header with this name.
    Header(String),
    /// An API key in the query parameter with this name.
    Query(String),
    /// An API key in the cookie with this name.
    Cookie(String),
}

impl SchemeKind {
    /// Returns the name of the kind, such as `header`, and the name of the header, query parameter or cookie.
    pub fn kind_and_name(&self) -> (&'static str, &str) {
        match self {
            Self::Basic => ("basic", ""),
            Self::Bearer => ("bearer", ""),
            Self::Header(name) => ("header", name),
            Self::Query(name) => ("query", name),
            Self::Cookie(name) => ("cookie", name),
        }
    }
}
