//! Signatures over the body, and possibly an id and a time.

use std::borrow::Cow;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;

use super::error::WebhookError;
use super::keys::{Encoding, Hash, is_equal, sha256};
use super::request::{WebhookRequest, set_header};
use super::verifier::Verifier;
use crate::runtime::Secret;

/// A signature over the body, and possibly an id and a time.
#[derive(Clone, Copy, Debug)]
pub struct BodySignature<'a> {
    /// The header with the signature or signatures.
    pub header: &'a str,
    /// How the header contains signatures.
    pub format: HeaderFormat<'a>,
    /// The header with the id of the message, if the signature covers it.
    pub id_header: Option<&'a str>,
    /// Where the time is, if the signature covers it.
    pub timestamp: Option<TimestampLocation<'a>>,
    /// The signed text.
    pub content: &'a [Content<'a>],
    /// The hash function.
    pub hash: Hash,
    /// How a signature is written as text.
    pub encoding: Encoding,
    /// The prefix of secrets that are keys in base64. If it is `None`, a key is the bytes of the secret.
    pub base64_secret_prefix: Option<&'a str>,
}

/// How a header contains signatures.
#[derive(Clone, Copy, Debug)]
pub enum HeaderFormat<'a> {
    /// The value is a prefix and one signature, such as `sha256=…`.
    Prefix(&'a str),
    /// The value is a list of pairs, such as `t=1614265330,v1=…`. The pairs with this key are signatures.
    Pairs {
        /// The character between two pairs.
        separator: char,
        /// The character between the key and the value of a pair.
        assignment: char,
        /// The key of signatures.
        key: &'a str,
    },
}

/// Where the time of a signature is, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub enum TimestampLocation<'a> {
    /// In a header of its own.
    Header(&'a str),
    /// In the pair with this key, in the header with the signatures.
    Pair(&'a str),
}

/// A part of the signed text.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// The id of the message.
    Id,
    /// The time.
    Timestamp,
    /// The body.
    Body,
    /// A fixed text.
    Text(&'a str),
}

impl BodySignature<'static> {
    pub(super) fn verify(&self, verifier: &Verifier, request: &WebhookRequest<'_>) -> Result<(), WebhookError> {
        let header = request.required_header(self.header)?;
        let id = self.id_header.map(|name| request.required_header(name)).transpose()?.unwrap_or_default();
        let timestamp = match self.timestamp {
            Some(TimestampLocation::Header(name)) => request.required_header(name)?,
            Some(TimestampLocation::Pair(key)) => {
                self.pairs(header, key).next().ok_or(WebhookError::InvalidHeader(self.header))?
            }
            None => "",
        };
        let parts = self.parts(id, timestamp, request.body);
        let keys = verifier.secrets.iter().chain(&verifier.shared_keys).map(|secret| self.key(secret));
        let keys: Vec<Cow<'_, [u8]>> = keys.collect::<Option<_>>().ok_or(WebhookError::InvalidSecret)?;
        let expected: Vec<String> = keys.iter().map(|key| self.hash.hmac(key, &parts, self.encoding)).collect();
        let given: Vec<&str> = match self.format {
            HeaderFormat::Prefix(prefix) => header.strip_prefix(prefix).into_iter().collect(),
            HeaderFormat::Pairs { key, .. } => self.pairs(header, key).collect(),
        };
        if given.is_empty() {
            return Err(WebhookError::InvalidHeader(self.header));
        }
        // All signatures are compared, so that the time does not depend on which of them matches.
        let pairs = expected.iter().flat_map(|expected| given.iter().map(move |given| (expected, given)));
        if pairs.filter(|(expected, given)| is_equal(expected, given)).count() == 0 {
            return Err(WebhookError::WrongSignature);
        }
        match self.timestamp {
            Some(_) => verifier.check_time(timestamp.parse().map_err(|_| WebhookError::InvalidHeader(self.header))?),
            None => Ok(()),
        }
    }

    /// Returns the values of the pairs with a key.
    fn pairs<'h>(&self, header: &'h str, key: &'static str) -> impl Iterator<Item = &'h str> + use<'h> {
        let (separator, assignment) = match self.format {
            HeaderFormat::Pairs { separator, assignment, .. } => (separator, assignment),
            HeaderFormat::Prefix(_) => (',', '='),
        };
        let pairs = header.split(separator).filter_map(move |pair| pair.trim().split_once(assignment));
        pairs.filter(move |(name, _)| *name == key).map(|(_, value)| value)
    }
}

impl BodySignature<'_> {
    /// Adds the signature, the time and the id to the headers of a request. A given id is kept.
    pub(super) fn sign(
        &self,
        secret: &Secret,
        time: SystemTime,
        headers: &mut HeaderMap,
        body: &[u8],
    ) -> Result<(), WebhookError> {
        let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let timestamp = seconds.to_string();
        let id = self.id_header.map(|name| match headers.get(name).and_then(|id| id.to_str().ok()) {
            Some(id) => id.to_owned(),
            None => format!("msg_{}", &sha256(&[format!("{time:?}").as_bytes(), body].concat())[..24]),
        });
        let key = self.key(secret).ok_or(WebhookError::InvalidSecret)?;
        let parts = self.parts(id.as_deref().unwrap_or_default(), &timestamp, body);
        let signature = self.hash.hmac(&key, &parts, self.encoding);
        let value = match (self.format, self.timestamp) {
            (HeaderFormat::Prefix(prefix), _) => format!("{prefix}{signature}"),
            (HeaderFormat::Pairs { separator, assignment, key }, Some(TimestampLocation::Pair(time))) => {
                format!("{time}{assignment}{timestamp}{separator}{key}{assignment}{signature}")
            }
            (HeaderFormat::Pairs { assignment, key, .. }, _) => format!("{key}{assignment}{signature}"),
        };
        set_header(headers, self.header, &value)?;
        if let (Some(name), Some(id)) = (self.id_header, &id) {
            set_header(headers, name, id)?;
        }
        match self.timestamp {
            Some(TimestampLocation::Header(name)) => set_header(headers, name, &timestamp),
            _ => Ok(()),
        }
    }

    /// Returns the parts of the signed text.
    fn parts<'p>(&'p self, id: &'p str, timestamp: &'p str, body: &'p [u8]) -> Vec<&'p [u8]> {
        let parts = self.content.iter().map(|content| match content {
            Content::Id => id.as_bytes(),
            Content::Timestamp => timestamp.as_bytes(),
            Content::Body => body,
            Content::Text(text) => text.as_bytes(),
        });
        parts.collect()
    }

    /// Returns the key in a secret, or `None` if the secret is not valid.
    fn key<'s>(&self, secret: &'s Secret) -> Option<Cow<'s, [u8]>> {
        match self.base64_secret_prefix {
            Some(prefix) => {
                let key = STANDARD.decode(secret.expose().strip_prefix(prefix).unwrap_or(secret.expose()));
                key.ok().filter(|key| !key.is_empty()).map(Cow::Owned)
            }
            None => Some(Cow::Borrowed(secret.expose().as_bytes())),
        }
    }
}
