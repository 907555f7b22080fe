//! The data that differs from API to API.

use crate::runtime::HostTemplate;

/// An API as its document and its binding describe it.
///
/// Generated code holds one of these in a `static`; everything the runtime does differently from API to API is
/// decided by what stands here.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// The name of the generated crate, which begins the user agent.
    pub name: &'static str,
    /// The version of the generated crate, which follows the name in the user agent.
    pub version: &'static str,
    /// The URL that the paths of the operations are put behind, unless a client names another.
    pub base_url: &'static str,
    // [if servers.rs
    /// What is variable in URLs of servers: its name in braces, its default, and what else it may be, if not anything.
    pub variables: &'static [(&'static str, &'static str, &'static [&'static str])],
    // [end servers.rs]
    /// The environment variable with another URL in its place.
    pub base_url_variable: Option<&'static str>,
    /// How a region and an edge change the host; none when the API is in one place.
    pub host: Option<HostTemplate>,
    /// Where tokens come from for the client credentials grant of OAuth 2; none when the API has no such thing.
    pub token_url: Option<&'static str>,
    // [if security.rs
    /// How its callers can identify themselves.
    pub schemes: &'static [crate::runtime::Scheme],
    // [end security.rs]
    /// The credentials that the environment may hold: each of the lists is enough for some operation. An empty list means that
    /// no operation requires any.
    pub credentials: &'static [&'static [EnvCredentials]],
    /// The response header with the ID of the request, in lower case. Empty if the API has none.
    pub request_id: &'static str,
    /// The locations of the code, message and link in the body of an error response.
    pub errors: ErrorFields,
    /// The wire names of the properties whose values are personal data. Errors that quote a response leave them out.
    pub personal: &'static [&'static str],
}

/// The environment variables of one of the credentials.
#[derive(Clone, Copy, Debug)]
pub struct EnvCredentials {
    /// What they are.
    pub kind: EnvKind,
    /// The only security scheme that they are for; empty if they are for any of their kind.
    pub scheme: &'static str,
    /// The variable with the user name, the token, the key or the client id.
    pub name: &'static str,
    /// The regular expression that its values match, if the API gives them one form.
    pub pattern: Option<&'static str>,
    /// The variable with the password or client secret that belongs to it.
    pub secret: Option<&'static str>,
}

/// The kind of credentials in environment variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvKind {
    /// A user name and a password for HTTP Basic authentication.
    Basic,
    /// An id and a secret for the client credentials grant of OAuth 2.
    ClientCredentials,
    // [if credential_set.rs
    /// A bearer token.
    Bearer,
    /// A key for the header of that name.
    Header(&'static str),
    /// A key for the query parameter of that name.
    Query(&'static str),
    /// A key for the cookie of that name.
    Cookie(&'static str),
    // [end credential_set.rs]
}

/// JSON pointers (RFC 6901) into the body of a failed request. Of each list the first that leads to a value counts.
#[derive(Clone, Copy, Debug)]
pub struct ErrorFields {
    /// To the API's own code of the error, a number or a string.
    pub code: &'static [&'static str],
    /// To the text that says what went wrong.
    pub message: &'static [&'static str],
    /// To the URL where the error is explained.
    pub more_info: &'static [&'static str],
}
