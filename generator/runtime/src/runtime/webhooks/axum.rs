//! The extractor for axum.

use std::future::poll_fn;
use std::pin::pin;

use axum_core::body::Body as AxumBody;
use axum_core::extract::{FromRef, FromRequest, Request};
pub use axum_core::response::{IntoResponse, Response as AxumResponse};
use bytes::Bytes;
use http::Response;
use http_body::Body;

use super::error::WebhookError;
use super::receiver::{Receiver, WebhookEvent};
use super::request::WebhookRequest;

/// Extracts the event of a webhook in a handler of axum. The state of the router is the
/// receiver, or a type from which `FromRef` gets the receiver.
///
/// The extractor reads the body up to the limit of the receiver, verifies the request and decodes its event. It refuses a
/// request with the status [`WebhookError::status`]. `Webhook<Vec<E>>` contains all events of a request, like
/// [`Receiver::receive_all`].
#[derive(Clone, Debug)]
pub struct Webhook<E>(
    /// The event.
    pub E,
);

impl<E: WebhookEvent, S: Sync> FromRequest<S> for Webhook<E>
where
    Receiver<E, E::Signing>: FromRef<S>,
{
    type Rejection = WebhookError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookError> {
        let receiver = Receiver::<E, E::Signing>::from_ref(state);
        let request = read(request, receiver.max_body_len).await?;
        receiver.receive(WebhookRequest::from(&request)).map(Self)
    }
}

impl<E: WebhookEvent, S: Sync> FromRequest<S> for Webhook<Vec<E>>
where
    Receiver<E, E::Signing>: FromRef<S>,
{
    type Rejection = WebhookError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookError> {
        let receiver = Receiver::<E, E::Signing>::from_ref(state);
        let request = read(request, receiver.max_body_len).await?;
        receiver.receive_all(WebhookRequest::from(&request)).map(Self)
    }
}

/// Reads the body of a request, which may have at most `max_len` bytes.
async fn read(request: Request, max_len: usize) -> Result<http::Request<Vec<u8>>, WebhookError> {
    let (parts, body) = request.into_parts();
    let too_long = WebhookError::BodyTooLong(max_len);
    if body.size_hint().lower() > max_len as u64 {
        return Err(too_long);
    }
    let (mut body, mut bytes) = (pin!(body), Vec::new());
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|_| WebhookError::Decode("the body is incomplete".to_owned()))?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > max_len - bytes.len() {
            return Err(too_long);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(http::Request::from_parts(parts, bytes))
}

impl IntoResponse for WebhookError {
    fn into_response(self) -> AxumResponse {
        axum_response(self.into())
    }
}

/// Converts a response to a response of axum.
pub fn axum_response(response: Response<Bytes>) -> AxumResponse {
    response.map(AxumBody::from)
}
