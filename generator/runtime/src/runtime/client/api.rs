//! The description of an API that generated code passes to the runtime.

use crate::runtime::HostTemplate;

/// The properties of an API that the runtime depends on, from the OpenAPI document and codegen.toml.
///
/// The generated code has one `static` of this type.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// The name of the generated crate. It is the first part of the user agent.
    pub name: &'static str,
    /// The version of the generated crate. It follows the name in the user agent.
    pub version: &'static str,
    /// The default base URL, to which the paths of the operations are appended.
    pub base_url: &'static str,
    /// The server variables: name, default and allowed values. If there are no allowed values, any value is allowed.
    #[cfg(feature = "servers")]
    pub variables: &'static [(&'static str, &'static str, &'static [&'static str])],
    /// The environment variable that overrides the base URL.
    pub base_url_variable: Option<&'static str>,
    /// The template of host names, if the API has regions or edges.
    pub host: Option<HostTemplate>,
    /// The URL of the token endpoint for the OAuth 2 client credentials grant, if the API has a token endpoint.
    pub token_url: Option<&'static str>,
    /// The security schemes of the API.
    #[cfg(feature = "security-schemes")]
    pub schemes: &'static [crate::runtime::Scheme],
    /// The credentials that can be read from environment variables. Each inner array is one alternative: all credentials in it
    /// together are sufficient for some operation. An empty inner array means that some operation requires no credentials.
    pub credentials: &'static [&'static [EnvCredentials]],
    /// The name of the response header with the ID of the request, in lower case. Empty if there is no such header.
    pub request_id: &'static str,
    /// The locations of the code, message and link in the body of an error response.
    pub errors: ErrorFields,
    /// The meaning of special items in streams.
    #[cfg(feature = "streams")]
    pub streams: crate::runtime::StreamRules,
    /// The wire names of the properties whose values are personal data. Errors do not show these values.
    pub personal: &'static [&'static str],
    /// Whether numbers in strings and times without a zone are decode errors.
    pub strict: bool,
}

impl Api {
    /// An API in which no optional property is set.
    pub const DEFAULT: Self = Self {
        name: "",
        version: "",
        base_url: "",
        #[cfg(feature = "servers")]
        variables: &[],
        base_url_variable: None,
        host: None,
        token_url: None,
        #[cfg(feature = "security-schemes")]
        schemes: &[],
        credentials: &[],
        request_id: "",
        errors: ErrorFields { code: &[], message: &[], more_info: &[] },
        #[cfg(feature = "streams")]
        streams: crate::runtime::StreamRules::DEFAULT,
        personal: &[],
        strict: false,
    };
}

/// The environment variables from which one kind of credentials is read.
#[derive(Clone, Copy, Debug)]
pub struct EnvCredentials {
    /// The kind of the credentials.
    pub kind: EnvKind,
    /// The name of the security scheme that the credentials are for. If the name is empty, they are for all schemes of this
    /// kind.
    pub scheme: &'static str,
    /// The name of the variable with the user name, the token, the API key or the client ID.
    pub name: &'static str,
    /// A regular expression that the value of the variable `name` must match.
    pub pattern: Option<&'static str>,
    /// The name of the variable with the password or the client secret, if the kind has one.
    pub secret: Option<&'static str>,
}

/// The kind of credentials in environment variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvKind {
    /// A user name and a password for HTTP Basic authentication.
    Basic,
    /// A client ID and a client secret for the OAuth 2 client credentials grant.
    ClientCredentials,
    /// A bearer token.
    #[cfg(feature = "security-schemes")]
    Bearer,
    /// An API key that is sent in the header with this name.
    #[cfg(feature = "security-schemes")]
    Header(&'static str),
    /// An API key that is sent in the query parameter with this name.
    #[cfg(feature = "security-schemes")]
    Query(&'static str),
    /// An API key that is sent in the cookie with this name.
    #[cfg(feature = "security-schemes")]
    Cookie(&'static str),
}

/// JSON pointers (RFC 6901) to the parts of an error response. For each part, the first pointer that resolves to a value is
/// used.
#[derive(Clone, Copy, Debug)]
pub struct ErrorFields {
    /// The pointers to the error code of the API, which is a number or a string.
    pub code: &'static [&'static str],
    /// The pointers to the error message.
    pub message: &'static [&'static str],
    /// The pointers to the URL of a page that explains the error.
    pub more_info: &'static [&'static str],
}
