//! Signatures over the URL and the fields of a form.

use std::collections::BTreeSet;

use http::{HeaderMap, Method};

use super::error::WebhookError;
use super::keys::{Encoding, Hash, is_equal, sha256};
use super::request::{WebhookRequest, set_header};
use super::verifier::Verifier;
use crate::runtime::Secret;

/// A signature over the URL and the fields of a form, as base64.
///
/// The signed text is the URL that the sender called, followed by the name and the value of each field, sorted by name and value.
/// If the body is not a form, a query parameter has its SHA-256 hash, and the signed text is the URL alone. A signature over the
/// URL without its port, or with the default port, is also valid.
#[derive(Clone, Copy, Debug)]
pub struct UrlSignature<'a> {
    /// The header with the signature.
    pub header: &'a str,
    /// The header that names the algorithm, such as `key=1,algorithm=HMAC_SHA256`. Without the header, it is HMAC-SHA1.
    pub settings_header: &'a str,
    /// The query parameter with the hash of a body that is not a form.
    pub body_hash: &'a str,
}

impl UrlSignature<'static> {
    pub(super) fn verify(&self, verifier: &Verifier, request: &WebhookRequest<'_>) -> Result<(), WebhookError> {
        let given = request.required_header(self.header)?;
        let settings = request.header(self.settings_header)?;
        let hash = settings.map_or(Ok(Hash::Sha1), algorithm)?;
        let secrets = match settings {
            Some(settings) if !settings.is_empty() && !verifier.shared_keys.is_empty() => &verifier.shared_keys,
            _ => &verifier.secrets,
        };
        let fields = self.signed_fields(request)?;
        let urls = request.urls(verifier.public_url.as_deref())?;
        let urls: Vec<String> = urls.iter().flat_map(|url| with_and_without_port(url)).collect();
        let expected = secrets.iter().flat_map(|secret| {
            urls.iter().map(|url| {
                hash.hmac(secret.expose().as_bytes(), &[url.as_bytes(), fields.as_bytes()], Encoding::Base64)
            })
        });
        // All signatures are compared, so that the time does not depend on which of them matches.
        match expected.filter(|expected| is_equal(expected, given)).count() {
            0 => Err(WebhookError::WrongSignature),
            _ => Ok(()),
        }
    }

    /// Returns the names and values of the fields of a form. If the body is not a form, checks its hash and returns an empty
    /// text.
    fn signed_fields(&self, request: &WebhookRequest<'_>) -> Result<String, WebhookError> {
        if let Some(form) = request.form() {
            return Ok(sorted_fields(form));
        }
        match request.query_parameter(self.body_hash) {
            Some(given) if is_equal(&sha256(request.body), &given) => Ok(String::new()),
            Some(_) => Err(WebhookError::WrongBodyHash),
            None if request.body.is_empty() => Ok(String::new()),
            None => Err(WebhookError::MissingBodyHash(self.body_hash)),
        }
    }
}

impl UrlSignature<'_> {
    /// Adds the signature to the headers of a request. Returns the URL with the hash of the body, if the body is not a form.
    pub(super) fn sign(
        &self,
        secret: &Secret,
        mut url: String,
        headers: &mut HeaderMap,
        body: &[u8],
    ) -> Result<String, WebhookError> {
        let settings = headers.get(self.settings_header).map(|value| value.to_str());
        let hash = match settings {
            Some(Ok(settings)) => algorithm(settings)?,
            Some(Err(_)) => return Err(WebhookError::UnknownAlgorithm),
            None => Hash::Sha1,
        };
        let mut fields = String::new();
        if let Some(form) = WebhookRequest::new(&Method::POST, "", headers, body).form() {
            fields = sorted_fields(form);
        } else if !body.is_empty() {
            let separator = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{separator}{}={}", self.body_hash, sha256(body));
        }
        let parts = [url.as_bytes(), fields.as_bytes()];
        let signature = hash.hmac(secret.expose().as_bytes(), &parts, Encoding::Base64);
        set_header(headers, self.header, &signature)?;
        Ok(url)
    }
}

/// Returns the names and values of the fields of a form as one string. The fields are sorted, and have no duplicates.
fn sorted_fields(form: form_urlencoded::Parse<'_>) -> String {
    let sorted: BTreeSet<_> = form.collect();
    sorted.iter().flat_map(|(name, value)| [&**name, &**value]).collect()
}

/// Returns the algorithm in a settings header: HMAC-SHA1 if the header names none.
fn algorithm(settings: &str) -> Result<Hash, WebhookError> {
    let pairs = settings.split(',').filter_map(|pair| pair.split_once('='));
    let mut names = pairs.filter(|(key, name)| key.trim() == "algorithm" && !name.trim().is_empty());
    match names.next().map(|(_, name)| name.trim().to_ascii_uppercase()).as_deref() {
        None | Some("HMAC_SHA1") => Ok(Hash::Sha1),
        Some("HMAC_SHA256") => Ok(Hash::Sha256),
        Some(_) => Err(WebhookError::UnknownAlgorithm),
    }
}

/// Returns a URL without its port, and with its port or the default port.
fn with_and_without_port(url: &str) -> [String; 2] {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let scheme = scheme.to_ascii_lowercase();
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if is_port(port) => (host, port),
        _ if scheme == "https" => (authority, "443"),
        _ => (authority, "80"),
    };
    [format!("{scheme}://{host}{path}"), format!("{scheme}://{host}:{port}{path}")]
}
