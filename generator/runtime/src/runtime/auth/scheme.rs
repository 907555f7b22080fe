//! Security schemes, as data.

/// A kind of credentials, and the name of the header, cookie or parameter that it goes by.
pub type Kind = (&'static str, &'static str);

/// A way to identify oneself.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    /// What the document calls it.
    pub name: &'static str,
    /// Its kind, and the name of the header, cookie or parameter that it goes by.
    pub kind: Kind,
    /// Where its tokens come from for the client credentials grant of OAuth 2.
    pub token_url: Option<&'static str>,
}

/// Returns whether credentials of one kind are those of the other.
pub fn same((kind, name): Kind, (other, other_name): Kind) -> bool {
    kind == other && name.eq_ignore_ascii_case(other_name)
}
