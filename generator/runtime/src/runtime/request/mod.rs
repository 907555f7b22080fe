//! The request type that all generated requests wrap.

#[cfg(feature = "charsets")]
pub(crate) mod charset;
#[cfg(feature = "styles")]
mod cookies;
pub(crate) mod encode;
pub(crate) mod extra;
pub(crate) mod future;
pub(crate) mod header_value;
#[cfg(feature = "idempotency-keys")]
pub(crate) mod idempotency_key;
#[cfg(feature = "json-bodies")]
pub(crate) mod json_body;
#[cfg(feature = "json-lines")]
pub(crate) mod json_lines;
#[cfg(feature = "multipart")]
pub(crate) mod multipart;
#[macro_use]
pub(crate) mod operation;
pub(crate) mod param_value;
#[cfg(feature = "partial-path-params")]
pub(crate) mod partial_path_param;
pub(crate) mod path;
pub(crate) mod raw_request;
#[cfg(feature = "repeated-path-params")]
pub(crate) mod repeated_path_param;
pub(crate) mod request_parts;
#[macro_use]
mod request_type;
#[cfg(feature = "stream-flags")]
pub(crate) mod stream_flag;
pub(crate) mod string_set;
#[cfg(feature = "styles")]
pub(crate) mod styles;
#[cfg(feature = "uploads")]
pub(crate) mod upload;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use reqwest::Method;

use super::response::media_type::Expected;
use crate::runtime::{
    AllItems, Constraints, Decode, Items, Pages, Paginated, Response, Result, RetryPolicy, Scope, Value,
};
use future::RequestFuture;
use request_parts::{Paging, Parts};

/// A request whose response is decoded by `D`. A request does nothing until it is sent.
///
/// The setters store each value with its constraints. The constraints are checked when the request is sent, before the client
/// connects. Setting a parameter again replaces its value.
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct Request<D> {
    // Each setter moves the request. The `Box` keeps the moved value small.
    pub(crate) parts: Box<Parts>,
    pub(crate) decode: PhantomData<fn() -> D>,
}

impl<D: Decode> Request<D> {
    fn new(scope: &Scope, operation: &'static str, method: Method) -> Self {
        let expected = Expected {
            reads: D::reads,
            accept: D::ACCEPT,
            media_types: D::media_types,
            #[cfg(feature = "response-enums")]
            offers: &[],
        };
        Self { parts: Parts::new(scope, operation, method, expected), decode: PhantomData }
    }

    /// Sets a query parameter.
    pub fn query<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.query.set(name, value.into().into(), constraints);
        self
    }

    /// Sets a header. If the value is not valid in a header, sending the request fails.
    pub fn header<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.headers.set(name, value.into().into(), constraints);
        self
    }

    /// Sets a field of a form body.
    pub fn form<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.form().set(name, value.into().into(), constraints);
        self
    }

    /// Marks the request as a paginated list: `page_size` is the query parameter for the page size, with its maximum.
    pub fn paged(mut self, page_size: &'static str, maximum: Option<usize>) -> Self {
        self.parts.paging = Some(Paging { page_size, maximum });
        self
    }

    /// Sets the maximum number of items in the whole list.
    pub fn limit(mut self, limit: usize) -> Self {
        self.parts.limit = Some(limit);
        self
    }

    /// Requests the next page of a list while the caller processes the items of the current page.
    pub fn prefetch(mut self) -> Self {
        self.parts.prefetch = true;
        self
    }

    /// Starts the list at the page that a token from `next_token` identifies.
    pub fn resume(mut self, token: impl Into<String>) -> Self {
        self.parts.start_token = Some(token.into());
        self
    }

    /// Makes [`Response::body`] return the body as received.
    pub fn keep_body(mut self) -> Self {
        self.parts.keep_body = true;
        self
    }

    /// Sets a header that the document does not describe.
    pub fn extra_header(mut self, name: &str, value: &str) -> Self {
        self.parts.extra.set_header(name, value);
        self
    }

    /// Adds a query parameter that the document does not describe.
    pub fn extra_query(mut self, name: &str, value: &str) -> Self {
        self.parts.extra.add_query(name, value);
        self
    }

    /// Sets when and how often the request is retried. This replaces the setting of the client.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.parts.limits.retry = policy;
        self
    }

    /// Sets the timeout of one attempt, which must not be zero. This replaces the setting of the client.
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.parts.limits.attempt_timeout = time;
        self
    }

    /// Sets the timeout of all attempts together, including the waits between them. The timeout must not be zero. This replaces
    /// the setting of the client.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.parts.limits.deadline = time;
        self
    }

    /// Sends the request and decodes the response.
    ///
    /// # Errors
    ///
    /// Returns an [`Error`](crate::runtime::Error) if the request is invalid, cannot be sent, or has no successful response.
    pub fn send(self) -> RequestFuture<Response<D::Value>> {
        RequestFuture::new(self.parts, Response::decode::<D>)
    }
}

#[cfg(feature = "blocking")]
impl<D: Decode> Request<D> {
    /// Sends the request and blocks the thread until the response arrives. The thread must not be polling an async task.
    ///
    /// # Errors
    ///
    /// The same as for [`send`](Self::send), and also an error inside an async task.
    pub fn wait(self) -> Result<Response<D::Value>> {
        let keep_body = self.parts.keep_body;
        Response::decode::<D>(future::wait_for_exchange(self.parts)?, keep_body)
    }
}

macro_rules! constructors {
    ($($name:ident $method:ident),*; $($form_name:ident $form_method:ident),*) => {
        impl<D: Decode> Request<D> {
            $(
                #[doc = concat!("Creates a `", stringify!($method), "` request for the path of a scope.")]
                pub fn $name(scope: &Scope, operation: &'static str) -> Self {
                    Self::new(scope, operation, Method::$method)
                }
            )*
            $(
                #[doc = concat!("Creates a `", stringify!($form_method), "` request with a form body, which may be empty.")]
                pub fn $form_name(scope: &Scope, operation: &'static str) -> Self {
                    let mut request = Self::new(scope, operation, Method::$form_method);
                    request.parts.form();
                    request
                }
            )*
        }
    };
}
constructors!(
    get GET, put PUT, post POST, delete DELETE, options OPTIONS, head HEAD, patch PATCH, trace TRACE;
    put_form PUT, post_form POST, patch_form PATCH
);

impl<D: Decode> Request<D> {
    /// Creates a request with another method, such as `QUERY`, for the path of a scope.
    pub fn with_method(scope: &Scope, operation: &'static str, method: &'static str) -> Self {
        // The generator refuses names that are not valid methods.
        Self::new(scope, operation, Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET))
    }
}

impl<D: Decode> IntoFuture for Request<D> {
    type Output = Result<D::Value>;
    type IntoFuture = RequestFuture<D::Value>;

    fn into_future(self) -> Self::IntoFuture {
        RequestFuture::new(self.parts, |mut response, _| D::decode(&mut response))
    }
}

impl<D: Decode> Request<D> {
    /// Returns the pages of the list.
    pub fn pages<O: Paginated<Decode = D>>(self) -> Pages<D::Value> {
        Pages::new::<O>(*self.parts)
    }

    /// Returns the items of all pages of the list.
    pub fn stream<O: Paginated<Decode = D>>(self) -> Items<O::Item> {
        Items::new::<O>(*self.parts)
    }

    /// Returns all items of the list, up to the limit.
    ///
    /// # Errors
    ///
    /// Returns the error of the first page that cannot be requested or decoded.
    pub fn all<O: Paginated<Decode = D>>(self) -> AllItems<O::Item> {
        AllItems::new(self.stream::<O>())
    }

    /// Blocks the thread until all items of the list have arrived, and returns the items. The thread must not be polling an
    /// async task.
    ///
    /// # Errors
    ///
    /// The same as for [`all`](Self::all), and also an error inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_all<O: Paginated<Decode = D>>(self) -> Result<Vec<O::Item>> {
        crate::runtime::wait(self.parts.operation, self.all::<O>())
    }
}

impl<D> Clone for Request<D> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), decode: PhantomData }
    }
}

impl<D> fmt::Debug for Request<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}
