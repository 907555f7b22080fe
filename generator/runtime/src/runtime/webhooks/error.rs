//! The error for a webhook that is not accepted.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// The error for a request that is not accepted as a webhook. It shows neither a secret nor an expected signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookError {
    /// A header that the signature needs is missing. The value is the name of the header.
    MissingHeader(&'static str),
    /// A header is not in the documented format, or occurs more than once. The value is the name of the header.
    InvalidHeader(&'static str),
    /// The request names a signature algorithm that is not supported.
    UnknownAlgorithm,
    /// The signature covers the URL, but the request has only a path. Set the public URL of the receiver.
    MissingUrl,
    /// The public URL of the receiver is not an absolute HTTP or HTTPS URL without a query.
    InvalidPublicUrl,
    /// The query parameter with the hash of the body is missing. The value is the name of the parameter.
    MissingBodyHash(&'static str),
    /// The hash in the URL is not the hash of the body.
    WrongBodyHash,
    /// No secret of the receiver results in the signature of the request.
    WrongSignature,
    /// The signature is older than the receiver accepts. The value is the age.
    Expired(Duration),
    /// The time of the signature is later than the receiver accepts. The value is the time until then.
    NotYetValid(Duration),
    /// A secret is empty, or is not in the format of the signature scheme.
    InvalidSecret,
    /// A request cannot be signed, because HTTP does not allow a header of the signature scheme.
    UnusableHeader,
    /// The body is longer than the receiver accepts. The value is the maximum length in bytes.
    BodyTooLong(usize),
    /// The receiver cannot decode this media type.
    UnsupportedMediaType,
    /// The request has a valid signature, but the event cannot be decoded. The value says where and why.
    Decode(String),
}

impl WebhookError {
    /// Returns the status for the response to the request: 401 if the signature is missing or wrong, 413 if the body is too
    /// long, 415 for an unsupported media type, 500 if the receiver is not configured correctly, and otherwise 400.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::MissingHeader(_)
            | Self::UnknownAlgorithm
            | Self::MissingBodyHash(_)
            | Self::WrongBodyHash
            | Self::WrongSignature
            | Self::Expired(_)
            | Self::NotYetValid(_) => StatusCode::UNAUTHORIZED,
            Self::InvalidHeader(_) | Self::Decode(_) => StatusCode::BAD_REQUEST,
            Self::BodyTooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MissingUrl | Self::InvalidPublicUrl | Self::InvalidSecret | Self::UnusableHeader => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingHeader(name) => write!(f, "the header `{name}` is missing"),
            Self::InvalidHeader(name) => write!(f, "the header `{name}` is not valid"),
            Self::UnknownAlgorithm => f.write_str("the signature algorithm is not supported"),
            Self::MissingUrl => {
                f.write_str("the signature covers the URL, but the request has only a path: set the public URL")
            }
            Self::InvalidPublicUrl => {
                f.write_str("the public URL must be an absolute HTTP or HTTPS URL without a query")
            }
            Self::MissingBodyHash(name) => {
                write!(f, "the query parameter `{name}` with the hash of the body is missing")
            }
            Self::WrongBodyHash => f.write_str("the body does not have the hash that is in the URL"),
            Self::WrongSignature => f.write_str("the signature does not match the request"),
            Self::Expired(age) => write!(f, "the signature is {} seconds old", age.as_secs()),
            Self::NotYetValid(time) => {
                write!(f, "the time of the signature is {} seconds in the future", time.as_secs())
            }
            Self::InvalidSecret => f.write_str("the secret is not valid"),
            Self::UnusableHeader => f.write_str("HTTP does not allow a header of the signature scheme"),
            Self::BodyTooLong(limit) => write!(f, "the body has more than {limit} bytes"),
            Self::UnsupportedMediaType => f.write_str("the media type of the body is not supported"),
            Self::Decode(reason) => write!(f, "the event cannot be decoded: {reason}"),
        }
    }
}

impl Error for WebhookError {}
