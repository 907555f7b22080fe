//! The one request type behind all generated ones.

pub(crate) mod charset;
pub(crate) mod encode;
pub(crate) mod json_body;
pub(crate) mod multipart;
pub(crate) mod param_value;
pub(crate) mod partial_path_param;
pub(crate) mod path;
pub(crate) mod repeated_path_param;
pub(crate) mod request_parts;
pub(crate) mod stream_flag;
pub(crate) mod styles;
pub(crate) mod upload;

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde::de::DeserializeOwned;

use super::response::media_type::Expected;
use crate::runtime::{
    Constraints, Decode, Items, Json, Page, Pages, RawResponse, Response, Result, RetryPolicy, Scope, Value,
};
use request_parts::{Paging, Parts};

/// A request whose response is decoded by `D`. It does nothing until it is sent.
///
/// The setters keep a value with the constraints for it; whether all of them hold is checked when the request is sent,
/// before a connection is made. Setting a parameter again replaces its value.
#[must_use = "a request does nothing until it is awaited or sent"]
pub struct Request<D> {
    // Setters move the request, so it should be small.
    pub(crate) parts: Box<Parts>,
    pub(crate) decode: PhantomData<fn() -> D>,
}

/// The future of a request.
pub type RequestFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

impl<D: Decode> Request<D> {
    fn new(scope: &Scope, operation: &'static str, method: Method) -> Self {
        let parts = Box::new(Parts {
            connection: Arc::clone(&scope.connection),
            operation,
            method,
            expected: Expected {
                reads: D::reads,
                accept: D::ACCEPT,
                media_types: D::media_types,
                // [if response_enum.rs
                offers: &[],
                // [end response_enum.rs]
            },
            // [if security.rs
            security: &[],
            // [end security.rs]
            // [if anonymous.rs
            anonymous: false,
            // [end anonymous.rs]
            // [if redirect.rs
            expects_redirect: false,
            // [end redirect.rs]
            // [if servers.rs
            server: None,
            // [end servers.rs]
            path: scope.path.clone(),
            query: Default::default(),
            headers: Default::default(),
            cookies: Default::default(),
            form: None,
            body: None,
            paging: None,
            // [if next_page.rs
            turn: None,
            // [end next_page.rs]
            limit: None,
            prefetch: false,
            resume: None,
            keep_body: false,
            limits: scope.connection.limits,
        });
        Self { parts, decode: PhantomData }
    }

    /// Sets a query parameter.
    pub fn query<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.query.set(name, value.into().into(), constraints);
        self
    }

    /// Sets a header. A value that a header cannot carry is refused when the request is sent.
    pub fn header<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.headers.set(name, value.into().into(), constraints);
        self
    }

    /// Sets a field of the form that is the body.
    pub fn form<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.form.get_or_insert_default().set(name, value.into().into(), constraints);
        self
    }

    /// Says that the responses are pages, that the query parameter `page_size` sets their size, and how large they can
    /// be made.
    pub fn paged(mut self, page_size: &'static str, maximum: Option<usize>) -> Self {
        self.parts.paging = Some(Paging { page_size, maximum });
        self
    }

    /// Sets the maximum number of items, over all pages together.
    pub fn limit(mut self, limit: usize) -> Self {
        self.parts.limit = Some(limit);
        self
    }

    /// Asks for the next page of a list while the items of one are used.
    pub fn prefetch(mut self) -> Self {
        self.parts.prefetch = true;
        self
    }

    /// Starts the list after the page to which `token` belongs.
    pub fn resume(mut self, token: impl Into<String>) -> Self {
        self.parts.resume = Some(token.into());
        self
    }

    /// Keeps the body of the response as it came, for [`Response::body`].
    pub fn keep_body(mut self) -> Self {
        self.parts.keep_body = true;
        self
    }

    /// Sets when and how often the request is retried, instead of the setting of the client.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.parts.limits.retry = policy;
        self
    }

    /// Sets the timeout of one attempt, instead of the setting of the client. Not zero.
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.parts.limits.attempt_timeout = time;
        self
    }

    /// Sets the timeout of all attempts and the waits between them, instead of the setting of the client. Not zero.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.parts.limits.deadline = time;
        self
    }

    /// Sends the request and reads the response.
    ///
    /// # Errors
    ///
    /// Every kind of [`Error`](crate::runtime::Error) that a call can end with.
    pub async fn send(self) -> Result<Response<D::Value>> {
        let parts = Arc::new(*self.parts);
        let answer = parts.connection.exchange(&parts, None).await?;
        Response::read::<D>(answer, parts.keep_body)
    }
}

#[cfg(feature = "blocking")]
impl<D: Decode> Request<D> {
    /// Sends the request and blocks the thread until the response arrives. The thread must not be polling an async task.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), and inside an async task.
    pub fn wait(self) -> Result<Response<D::Value>> {
        let parts = Arc::new(*self.parts);
        let answer = crate::runtime::wait(parts.operation, parts.connection.exchange(&parts, None))?;
        Response::read::<D>(answer, parts.keep_body)
    }
}

macro_rules! methods {
    ($($begin:ident $method:ident),*; $($begin_form:ident $form_method:ident),*) => {
        impl<D: Decode> Request<D> {
            $(
                #[doc = concat!("Begins a `", stringify!($method), "` request of an operation, to where the scope is.")]
                pub fn $begin(scope: &Scope, operation: &'static str) -> Self {
                    Self::new(scope, operation, Method::$method)
                }
            )*
            $(
                #[doc = concat!("The same, for a `", stringify!($form_method), "` with a form, even if that stays empty.")]
                pub fn $begin_form(scope: &Scope, operation: &'static str) -> Self {
                    let mut request = Self::new(scope, operation, Method::$form_method);
                    request.parts.form = Some(Default::default());
                    request
                }
            )*
        }
    };
}
methods!(
    get GET, put PUT, post POST, delete DELETE, options OPTIONS, head HEAD, patch PATCH, trace TRACE;
    put_form PUT, post_form POST, patch_form PATCH
);

impl<D: Decode + 'static> IntoFuture for Request<D>
where
    D::Value: Send,
{
    type Output = Result<D::Value>;
    type IntoFuture = RequestFuture<D::Value>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let parts = Arc::new(*self.parts);
            let mut answer: RawResponse = parts.connection.exchange(&parts, None).await?;
            D::decode(&mut answer)
        })
    }
}

impl<P: Page + DeserializeOwned> Request<Json<P>> {
    /// Returns the pages of the list.
    pub fn pages(self) -> Pages<P> {
        Pages::new(*self.parts)
    }

    /// Returns the items of all pages of the list.
    pub fn stream(self) -> Items<P> {
        Items::new(self.pages())
    }

    /// All items of the list, up to the limit.
    ///
    /// # Errors
    ///
    /// The error of the first page that cannot be had.
    pub async fn all(self) -> Result<Vec<P::Item>> {
        let mut items = self.stream();
        let mut all = Vec::new();
        while let Some(item) = items.try_next().await? {
            all.push(item);
        }
        Ok(all)
    }

    /// Returns all items of the list, and blocks the thread until they arrive. The thread must not be polling an async task.
    ///
    /// # Errors
    ///
    /// As for [`all`](Self::all), and inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_all(self) -> Result<Vec<P::Item>> {
        crate::runtime::wait(self.parts.operation, self.all())
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

/// Implements what all generated requests have in common: `impl_request!(CreatePet => Pet);` for a request whose response has a
/// `Pet`.
///
/// The methods are inherent and the same for every request, so that no program has to import a trait for them.
#[allow(unused_macros, reason = "an API may have no operations")]
macro_rules! impl_request {
    ($request:ident => $value:ty) => {
        impl $request {
            /// Sends the request. Where `.await` on the request itself gives only the value, this gives the whole
            /// response: status, headers and request id beside the value.
            ///
            /// # Errors
            ///
            /// An [`Error`](crate::Error) if the API returns an error response, a value violates a constraint, or the
            /// transport fails.
            pub async fn send(self) -> $crate::runtime::Result<$crate::runtime::Response<$value>> {
                self.0.send().await
            }

            /// Sends the request and blocks the thread until the whole response arrives. The thread must not be polling an
            /// async task. The response can be used like its value.
            ///
            /// # Errors
            ///
            /// As for [`send`](Self::send), and inside an async task.
            #[cfg(feature = "blocking")]
            pub fn wait(self) -> $crate::runtime::Result<$crate::runtime::Response<$value>> {
                self.0.wait()
            }

            /// Keeps the body of the response as it came, for [`Response::body`]($crate::runtime::Response::body), such as for
            /// properties that the document does not describe.
            pub fn keep_body(self) -> Self {
                Self(self.0.keep_body())
            }

            /// Sets when and how often this request is sent again, instead of the setting of the client. For a list it counts
            /// for each page.
            pub fn retry(self, policy: $crate::runtime::RetryPolicy) -> Self {
                Self(self.0.retry(policy))
            }

            /// Sets the timeout of one attempt, up to the last byte of the response, instead of the setting of the client. Not
            /// zero.
            pub fn attempt_timeout(self, time: ::std::time::Duration) -> Self {
                Self(self.0.attempt_timeout(time))
            }

            /// Sets the timeout of all attempts and the waits between them, instead of the setting of the client. Not zero;
            /// for a list it counts for each page.
            pub fn deadline(self, time: ::std::time::Duration) -> Self {
                Self(self.0.deadline(time))
            }
        }

        impl ::std::future::IntoFuture for $request {
            type Output = $crate::runtime::Result<$value>;
            type IntoFuture = $crate::runtime::RequestFuture<$value>;

            fn into_future(self) -> Self::IntoFuture {
                self.0.into_future()
            }
        }
    };
}
