//! The connection of a client to its API: where it is, who asks, and one exchange of request and answer.

use std::fmt;
use std::time::Duration;

use reqwest::Url;

use super::base_url::BaseUrl;
use super::call::Parts;
use super::{Answer, Api, ApiError, Credentials, Error, Result};

/// What all requests of a client share.
pub struct Connection {
    pub(super) api: &'static Api,
    pub(super) http: reqwest::Client,
    pub(super) base: BaseUrl,
    /// Where the API believes itself to be.
    pub(super) home: Option<BaseUrl>,
    pub(super) credentials: Credentials,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
}

impl Connection {
    /// Sends a request, to `page` if it is not the first of its list, and waits for a complete answer of success.
    pub(super) async fn exchange(&self, parts: &Parts, page: Option<Url>) -> Result<Answer> {
        let (request, call) = parts.to_http(page)?;
        let failed = |error| Error::exchange(call.clone(), error, self.timeout, self.connect_timeout);
        let url = request.url().clone();
        let mut response = self.http.execute(request).await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
        }
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let answer = Answer { api: self.api, call, url, status, headers, body };
        if status.is_success() { Ok(answer) } else { Err(ApiError::new(answer, &parts.personal_values()).into()) }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("base_url", &self.base.as_str())
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
