//! The future of a request.
//!
//! Sending a request does not depend on the type of its response, so the code for sending is compiled once, with the crate. The
//! code for decoding is compiled for each type, in the programs that use the type.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::request_parts::Parts;
use crate::runtime::response::raw_response::ResponseFuture;
use crate::runtime::{RawResponse, Result};

/// The future of a request, which returns the decoded response.
#[must_use = "a future does nothing until it is awaited"]
pub struct RequestFuture<T> {
    response: ResponseFuture<'static>,
    keep_body: bool,
    decode: fn(RawResponse, bool) -> Result<T>,
}

impl<T> RequestFuture<T> {
    /// Creates the future. `decode` gets the response, and whether the request keeps its body.
    pub(crate) fn new(parts: Box<Parts>, decode: fn(RawResponse, bool) -> Result<T>) -> Self {
        Self { keep_body: parts.keep_body, response: exchange(parts), decode }
    }
}

impl<T> Future for RequestFuture<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.response.as_mut().poll(context))?;
        Poll::Ready((self.decode)(response, self.keep_body))
    }
}

/// Sends a request and returns the response without decoding it.
pub fn exchange(parts: Box<Parts>) -> ResponseFuture<'static> {
    #[cfg(feature = "idempotency-keys")]
    let parts = match parts.with_idempotency_key() {
        Ok(parts) => parts,
        Err(error) => return Box::pin(std::future::ready(Err(error))),
    };
    Arc::new(*parts).exchange(None)
}

/// Sends a request, blocks the thread until the response arrives, and returns the response without decoding it.
#[cfg(feature = "blocking")]
pub fn wait_for_exchange(parts: Box<Parts>) -> Result<RawResponse> {
    crate::runtime::wait(parts.operation, exchange(parts))
}
