//! The table `[webhooks]` of codegen.toml.

use schemars::JsonSchema;
use serde::Deserialize;

use super::strings::{string_or_array, string_or_array_schema};

/// The webhooks that the API sends.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Webhooks {
    /// Pointer into the payload: the property with the name of the event. Form fields have the names of properties. In an array
    /// of pointers, the first pointer that leads to a value gives the name.
    ///
    /// Default: inferred from the document: the property that has only one value in each payload. If there is none, the last
    /// segment of the path is the name of the event.
    ///
    /// Example: `webhooks.event = ["/EventType", "/type"]`
    #[serde(default, deserialize_with = "string_or_array")]
    #[schemars(schema_with = "string_or_array_schema")]
    pub event: Vec<String>,
    /// The request header with the name of the event.
    ///
    /// Example: `webhooks.event_header = "X-GitHub-Event"`
    pub event_header: Option<String>,
    /// How the API signs its webhooks.
    pub signature: Option<Signature>,
    /// Names for the responses that a program may send to a webhook.
    #[serde(default)]
    pub replies: Vec<ReplyName>,
}

/// A name for a response that a program may send to a webhook.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ReplyName {
    /// The name of the response. It becomes a variant of the enum of the responses.
    ///
    /// Example: `webhooks.replies = [{ name = "reject", status = 403 }]`
    pub name: String,
    /// The status of the response. The document must describe a response with this status, with a range such as `4XX`, or as
    /// `default`.
    ///
    /// Example: `webhooks.replies = [{ name = "reject", status = 403 }]`
    pub status: u16,
    /// Whether the response has the body that the document describes. `false` means an empty body. With `true`, only responses
    /// whose body the document describes get the name.
    ///
    /// Default: `true`, if the document describes a body.
    ///
    /// Example: `webhooks.replies = [{ name = "accept", status = 200, body = false }, { name = "change", status = 200, body = true }]`
    pub body: Option<bool>,
}

/// How the API signs its webhooks.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, serde::Serialize)]
pub struct Signature {
    /// The signature scheme.
    ///
    /// Example: `webhooks.signature = { kind = "standard" }`
    pub kind: SignatureKind,
    /// The header with the signature. All schemes except `standard` need it.
    ///
    /// Example: `webhooks.signature = { kind = "body", header = "X-Hub-Signature-256", prefix = "sha256=" }`
    pub header: Option<String>,
    /// The header that names the algorithm, such as `key=1,algorithm=HMAC_SHA256`, for the scheme `url`. Without the header,
    /// the algorithm is HMAC-SHA1.
    ///
    /// Example: `webhooks.signature = { kind = "url", header = "X-Sig", settings_header = "X-Sig-Settings", body_hash = "sha" }`
    pub settings_header: Option<String>,
    /// The query parameter with the SHA-256 hash of a body that is not a form, for the scheme `url`.
    ///
    /// Example: `webhooks.signature = { kind = "url", header = "X-Sig", settings_header = "X-Sig-Settings", body_hash = "sha" }`
    pub body_hash: Option<String>,
    /// The key of the time in the header, for the scheme `timestamped`.
    ///
    /// Default: `t`.
    ///
    /// Example: `webhooks.signature = { kind = "timestamped", header = "X-Sig", timestamp_key = "t" }`
    pub timestamp_key: Option<String>,
    /// The key of signatures in the header, for the scheme `timestamped`.
    ///
    /// Default: `v1`.
    ///
    /// Example: `webhooks.signature = { kind = "timestamped", header = "X-Sig", signature_key = "v1" }`
    pub signature_key: Option<String>,
    /// The text in front of the signature in the header, for the scheme `body`.
    ///
    /// Example: `webhooks.signature = { kind = "body", header = "X-Hub-Signature-256", prefix = "sha256=" }`
    pub prefix: Option<String>,
    /// The hash function, for the schemes `timestamped` and `body`.
    ///
    /// Default: `sha256`.
    ///
    /// Example: `webhooks.signature = { kind = "body", header = "X-Sig", hash = "sha512" }`
    pub hash: Option<SignatureHash>,
    /// How the signature is written, for the schemes `timestamped` and `body`.
    ///
    /// Default: `hex`.
    ///
    /// Example: `webhooks.signature = { kind = "body", header = "X-Sig", encoding = "base64" }`
    pub encoding: Option<SignatureEncoding>,
}

/// A signature scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureKind {
    /// [Standard Webhooks](https://www.standardwebhooks.com): the headers `webhook-id`, `webhook-timestamp` and
    /// `webhook-signature`.
    #[default]
    Standard,
    /// An HMAC over the time and the body. The header has pairs such as `t=1614265330,v1=…`.
    Timestamped,
    /// An HMAC over the body.
    Body,
    /// An HMAC over the URL and the sorted fields of a form.
    Url,
}

/// A hash function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureHash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureEncoding {
    /// Hexadecimal digits in lower case.
    #[default]
    Hex,
    /// Base64 with padding.
    Base64,
}

impl Signature {
    /// Returns the keys that some schemes do not use: the name, whether the key is set, and whether the scheme uses and needs it.
    pub(super) fn keys(&self) -> [(&'static str, bool, Usage); 8] {
        use SignatureKind::{Body, Timestamped, Url};
        let usage = |needed: &[SignatureKind], optional: &[SignatureKind]| match self.kind {
            kind if needed.contains(&kind) => Usage::Needed,
            kind if optional.contains(&kind) => Usage::Optional,
            _ => Usage::Unused,
        };
        [
            ("header", self.header.is_some(), usage(&[Url, Timestamped, Body], &[])),
            ("settings_header", self.settings_header.is_some(), usage(&[Url], &[])),
            ("body_hash", self.body_hash.is_some(), usage(&[Url], &[])),
            ("timestamp_key", self.timestamp_key.is_some(), usage(&[], &[Timestamped])),
            ("signature_key", self.signature_key.is_some(), usage(&[], &[Timestamped])),
            ("prefix", self.prefix.is_some(), usage(&[], &[Body])),
            ("hash", self.hash.is_some(), usage(&[], &[Timestamped, Body])),
            ("encoding", self.encoding.is_some(), usage(&[], &[Timestamped, Body])),
        ]
    }
}

/// Whether a signature scheme uses a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    Needed,
    Optional,
    Unused,
}
