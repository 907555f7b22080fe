//! The responses to webhooks.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use serde_core::Serialize;

use super::error::WebhookError;

/// Returns the status with this code, which is 100 to 599.
pub fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Returns a response without a body.
pub fn empty_reply(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// Returns a response with a body.
pub fn reply(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = empty_reply(status);
    *response.body_mut() = body.into();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Returns a response with a JSON body. The status is 500 if the value has no JSON, such as a number that is not finite.
pub fn json_reply(status: StatusCode, media_type: &'static str, value: &impl Serialize) -> Response<Bytes> {
    match serde_json::to_vec(value) {
        Ok(body) => reply(status, media_type, body),
        Err(_) => empty_reply(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

impl From<WebhookError> for Response<Bytes> {
    fn from(error: WebhookError) -> Self {
        empty_reply(error.status())
    }
}
