//! Headers and query parameters of a request that the document does not describe.

use std::fmt;

use http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode_str;

use super::encode::{name_in, push_pair, replace};
use super::header_value::checked_header_value;
use super::string_set::StringSet;
use crate::runtime::InvalidValue;
#[cfg(feature = "security-schemes")]
use crate::runtime::auth::scheme::Kind;
use crate::runtime::error::redaction::PERSONAL;

/// Headers and query parameters that the document does not describe. Their values are treated as personal data.
#[derive(Clone, Default)]
pub struct Extra {
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    /// The ID of the last event of a stream that is requested again.
    #[cfg(feature = "streams")]
    pub last_event_id: Option<http::HeaderValue>,
}

/// The headers that depend on the body, the credentials or the connection, so a caller cannot set them.
const CLIENT_HEADERS: [&str; 13] = [
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Extra {
    /// Sets a header and replaces its previous value.
    #[inline]
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(existing, _)| !existing.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Adds a query parameter. A name can have several values.
    #[inline]
    pub fn add_query(&mut self, name: &str, value: &str) {
        self.query.push((name.to_owned(), value.to_owned()));
    }

    pub fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.query.is_empty()
    }

    /// Returns the value of a header.
    #[cfg(feature = "idempotency-keys")]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(existing, _)| existing.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds the headers to the headers of a request. Returns an error for a header that the request already has.
    pub fn add_to_headers(&self, headers: &mut HeaderMap) -> Result<(), InvalidValue> {
        for (name, value) in &self.headers {
            let invalid = |rule| InvalidValue::new(name.clone(), None, rule);
            let key = HeaderName::try_from(name).map_err(|_| invalid("must have a name that HTTP allows"))?;
            // The table of the names in `HeaderName::as_str` would be compiled into this crate.
            let is_client_header = CLIENT_HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name));
            if is_client_header || headers.contains_key(&key) {
                return Err(invalid("must not be an extra header, because the client sets it"));
            }
            let mut value = checked_header_value(value).map_err(invalid)?;
            value.set_sensitive(true);
            headers.insert(key, value);
        }
        #[cfg(feature = "streams")]
        if let Some(id) = &self.last_event_id {
            let mut id = id.clone();
            id.set_sensitive(true);
            headers.insert("last-event-id", id);
        }
        Ok(())
    }

    /// Returns an error if a parameter has no name, or has the name of a parameter in `query`.
    pub fn check_query(&self, query: &str) -> Result<(), InvalidValue> {
        if self.query.is_empty() {
            return Ok(());
        }
        let names = names_in(query);
        for (name, _) in &self.query {
            if name.is_empty() {
                return Err(InvalidValue::new("extra_query", None, "must have a name"));
            }
            if names.contains(name) {
                let rule = "must not be an extra query parameter, because the request already sets it";
                return Err(InvalidValue::new(name.clone(), None, rule));
            }
        }
        Ok(())
    }

    /// Adds the query parameters to a URL, except those that the URL already has. The URL of a further page usually has them.
    pub fn add_to_url(&self, url: &mut String) {
        if self.query.is_empty() {
            return;
        }
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let (path, mut query, names) = (path.to_owned(), query.to_owned(), names_in(query));
        for (name, value) in &self.query {
            if !names.contains(name) {
                push_pair(&mut query, name, value);
            }
        }
        *url = format!("{path}?{query}");
    }

    /// Returns an error if a header, a cookie or a query parameter would replace a credential of the client. `literal_query` is
    /// the query in the path of a request that the document does not describe.
    #[cfg(feature = "security-schemes")]
    pub fn check_credential(&self, (kind, key_name): Kind, literal_query: &str) -> Result<(), InvalidValue> {
        let is_extra = match kind {
            "header" => self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(key_name)),
            "query" => {
                self.query.iter().any(|(name, _)| name == key_name) || names_in(literal_query).contains(key_name)
            }
            "cookie" => self.headers.iter().any(|(name, cookies)| {
                let mut names = cookies.split(';').map(|cookie| cookie.split('=').next().unwrap_or_default().trim());
                name.eq_ignore_ascii_case("cookie") && names.any(|name| name == key_name)
            }),
            _ => false,
        };
        let rule = "must not be set on a request, because it is a credential of the client";
        if is_extra { Err(InvalidValue::new(key_name, None, rule)) } else { Ok(()) }
    }
}

/// Returns the decoded names in a query.
fn names_in(query: &str) -> StringSet {
    StringSet::new(query.split('&').map(|pair| {
        let name = replace(name_in(pair), '+', " ");
        percent_decode_str(&name).decode_utf8_lossy().into_owned()
    }))
}

/// Shows only the names.
impl fmt::Debug for Extra {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, _) in self.headers.iter().chain(&self.query) {
            map.entry(name, &format_args!("{PERSONAL}"));
        }
        map.finish()
    }
}
