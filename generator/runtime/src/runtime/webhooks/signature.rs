//! The signature schemes of webhooks.

use super::body_signature::BodySignature;
use super::error::WebhookError;
use super::request::WebhookRequest;
use super::url_signature::UrlSignature;
use super::verifier::Verifier;

/// How an API signs its webhooks.
#[derive(Clone, Copy, Debug)]
pub enum Signature<'a> {
    /// The requests have no signature.
    None,
    /// The signature covers the URL and the fields of a form.
    Url(UrlSignature<'a>),
    /// The signature covers the body, and possibly an id and a time.
    Body(BodySignature<'a>),
}

impl Verifier {
    /// Verifies a request.
    ///
    /// # Errors
    ///
    /// Returns an error that says what does not match.
    pub fn verify(&self, signature: &Signature<'static>, request: &WebhookRequest<'_>) -> Result<(), WebhookError> {
        // Anybody can sign with an empty secret, such as the value of an empty environment variable.
        if self.secrets.iter().chain(&self.shared_keys).any(|secret| secret.expose().is_empty()) {
            return Err(WebhookError::InvalidSecret);
        }
        match signature {
            Signature::None => Ok(()),
            Signature::Url(signature) => signature.verify(self, request),
            Signature::Body(signature) => signature.verify(self, request),
        }
    }
}
