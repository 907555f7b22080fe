//! The security schemes of an API.

/// A kind of credentials, such as `bearer`, and the name of the header, cookie or query parameter for an API key.
pub type Kind = (&'static str, &'static str);

/// A security scheme.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    /// The name of the scheme in the document.
    pub name: &'static str,
    /// The kind of credentials.
    pub kind: Kind,
    /// The URL of the token endpoint for the OAuth 2 client credentials grant.
    pub token_url: Option<&'static str>,
}

/// Returns whether two kinds of credentials are equal. The names of headers are compared without case.
pub fn is_same_kind((kind, name): Kind, (other_kind, other_name): Kind) -> bool {
    kind == other_kind && name.eq_ignore_ascii_case(other_name)
}
