//! The future of a request.
//!
//! Sending a request does not depend on the type of its response, so this part is compiled once, with the crate. Only
//! decoding is compiled for each type, in the programs that use it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::request_parts::Parts;
use crate::runtime::{RawResponse, Result};

type ResponseFuture = Pin<Box<dyn Future<Output = Result<RawResponse>> + Send>>;

/// The future of a request, which returns the decoded response.
#[must_use = "a future does nothing until it is awaited"]
pub struct RequestFuture<T> {
    response: ResponseFuture,
    decode: fn(&mut RawResponse) -> Result<T>,
}

impl<T> RequestFuture<T> {
    pub(crate) fn new(parts: Box<Parts>, decode: fn(&mut RawResponse) -> Result<T>) -> Self {
        Self { response: exchange(parts), decode }
    }
}

impl<T> Future for RequestFuture<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = ready!(self.response.as_mut().poll(context))?;
        Poll::Ready((self.decode)(&mut response))
    }
}

/// Sends a request and returns its response, which is not decoded.
pub fn exchange(parts: Box<Parts>) -> ResponseFuture {
    Box::pin(async move {
        let parts = Arc::new(*parts);
        parts.connection.exchange(&parts, None).await
    })
}

/// Sends a request and blocks the thread until its response arrives, which is not decoded.
#[cfg(feature = "blocking")]
pub fn wait_for_exchange(parts: Box<Parts>) -> Result<RawResponse> {
    crate::runtime::wait(parts.operation, exchange(parts))
}
