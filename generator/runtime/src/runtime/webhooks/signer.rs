//! Signs webhooks, as an API does.

use std::time::SystemTime;

use http::{HeaderMap, Request, Uri};

use super::error::WebhookError;
use super::signature::Signature;
use crate::runtime::Secret;

/// Signs webhooks with a secret, as an API does. Programs can test their receivers with signed requests.
#[derive(Clone, Debug)]
pub struct Signer {
    secret: Secret,
    time: Option<SystemTime>,
}

impl Signer {
    /// Creates a signer.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self { secret: secret.into(), time: None }
    }

    /// Sets the time of the signatures. The default is the current time.
    #[must_use]
    pub fn time(self, time: SystemTime) -> Self {
        Self { time: Some(time), ..self }
    }

    /// Signs a request. Adds the headers of the signature, and a query parameter if the scheme needs it.
    ///
    /// If the request already has the header with the id of the message, this id is signed. If the request has the header that names
    /// the algorithm, this algorithm is used.
    ///
    /// # Errors
    ///
    /// Returns an error if the secret is empty or not in the format of the scheme, if the signature covers the URL and the request
    /// has no absolute URL, if the request names an unknown algorithm, or if HTTP does not allow a header of the scheme.
    pub fn sign<B: AsRef<[u8]>>(
        &self,
        signature: &Signature<'_>,
        request: &mut Request<B>,
    ) -> Result<(), WebhookError> {
        let url = request.uri().to_string();
        if matches!(signature, Signature::Url(_)) && request.uri().authority().is_none() {
            return Err(WebhookError::MissingUrl);
        }
        let mut headers = std::mem::take(request.headers_mut());
        let signed_url = self.sign_parts(signature, url.clone(), &mut headers, request.body().as_ref());
        *request.headers_mut() = headers;
        let signed_url = signed_url?;
        if signed_url != url {
            *request.uri_mut() = Uri::try_from(signed_url).map_err(|_| WebhookError::MissingUrl)?;
        }
        Ok(())
    }

    /// Signs a request like [`Signer::sign`]. Returns the URL to call.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Signer::sign`].
    pub fn sign_parts(
        &self,
        signature: &Signature<'_>,
        url: String,
        headers: &mut HeaderMap,
        body: &[u8],
    ) -> Result<String, WebhookError> {
        if self.secret.expose().is_empty() && !matches!(signature, Signature::None) {
            return Err(WebhookError::InvalidSecret);
        }
        match signature {
            Signature::None => Ok(url),
            Signature::Url(signature) => signature.sign(&self.secret, url, headers, body),
            Signature::Body(signature) => {
                let time = self.time.unwrap_or_else(SystemTime::now);
                signature.sign(&self.secret, time, headers, body).map(|()| url)
            }
        }
    }
}
