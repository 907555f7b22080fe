//! The type of the requests of operations.

/// Declares the type `RequestOf` in the generated crate, because a crate can add setters only to its own types.
///
/// The methods are inherent, so programs do not have to import a trait. One generic type for all operations takes less
/// time to compile than a type for each operation. Its methods and the decoders are compiled only in programs that call the
/// methods.
#[macro_export]
#[allow(unused_macros, reason = "an API may have no operations")]
macro_rules! declare_request_type {
    () => {
        /// The request of an operation.
        ///
        /// Each operation has an alias for the type of its request. The alias also has the methods that set optional values.
        #[must_use = "a request does nothing until it is awaited or sent"]
        pub struct RequestOf<O: $crate::runtime::Operation>(pub(crate) $crate::runtime::Request<O::Decode>);

        impl<O: $crate::runtime::Operation> RequestOf<O> {
            /// Sends the request and returns the whole response: the value with the status, the headers and the request ID.
            /// Awaiting the request itself returns only the value.
            ///
            /// # Errors
            ///
            /// An [`Error`](crate::Error) if the API returns an error response, a value violates a constraint, or the
            /// transport fails.
            pub fn send(
                self,
            ) -> $crate::runtime::RequestFuture<$crate::runtime::Response<$crate::runtime::ValueOf<O>>> {
                self.0.send()
            }

            /// Sends the request and blocks the thread until the whole response arrives. The thread must not be polling an
            /// async task. The response can be used like its value.
            ///
            /// # Errors
            ///
            /// The same as for [`send`](Self::send), and also an error inside an async task.
            #[cfg(feature = "blocking")]
            pub fn wait(self) -> $crate::runtime::Result<$crate::runtime::Response<$crate::runtime::ValueOf<O>>> {
                self.0.wait()
            }

            /// Makes [`Response::body`]($crate::runtime::Response::body) return the body as received, for example to read
            /// properties that the document does not describe.
            pub fn keep_body(self) -> Self {
                Self(self.0.keep_body())
            }

            /// Sets a header that the document does not describe. For a list, each page has the header.
            ///
            /// Sending the request fails if the name or the value is not valid in HTTP, or if the client itself sets the header,
            /// such as `Accept`, `Authorization` or a parameter of this request. Errors and logs do not show the value.
            pub fn extra_header(self, name: &str, value: &str) -> Self {
                Self(self.0.extra_header(name, value))
            }

            /// Adds a query parameter that the document does not describe. A name can have several values. For a list, each page
            /// has the parameter, unless the URL of the page has another value for it.
            ///
            /// Sending the request fails if the client itself sets the parameter. Errors and logs do not show the value.
            pub fn extra_query(self, name: &str, value: &str) -> Self {
                Self(self.0.extra_query(name, value))
            }

            /// Sets when and how often this request is retried, instead of the setting of the client. For a list, the policy
            /// applies to each page.
            pub fn retry(self, policy: $crate::runtime::RetryPolicy) -> Self {
                Self(self.0.retry(policy))
            }

            /// Sets the timeout of one attempt, up to the last byte of the response, instead of the setting of the client. The
            /// timeout must not be zero.
            pub fn attempt_timeout(self, time: ::std::time::Duration) -> Self {
                Self(self.0.attempt_timeout(time))
            }

            /// Sets the timeout of all attempts together, with the waits between them, instead of the setting of the client.
            /// The timeout must not be zero. For a list, the timeout applies to each page.
            pub fn deadline(self, time: ::std::time::Duration) -> Self {
                Self(self.0.deadline(time))
            }
        }

        /// Methods of requests for paginated lists.
        impl<O: $crate::runtime::Paginated> RequestOf<O> {
            /// Sets the maximum number of items of all pages together. No page is requested after this number of items.
            /// Unless a page size is set as well, no page is larger than the limit.
            pub fn limit(self, limit: usize) -> Self {
                Self(self.0.limit(limit))
            }

            /// Requests the next page while the items of the current page are used. If the caller stops early, this
            /// requests at most one page that is not needed.
            pub fn prefetch(self) -> Self {
                Self(self.0.prefetch())
            }

            /// Starts after the page that returned `token` from `next_token`, which pages and
            /// [`Pages`]($crate::runtime::Pages) have. The parameters in the token replace parameters of the request with
            /// the same names. An invalid token is an error before the request is sent.
            pub fn resume(self, token: impl Into<String>) -> Self {
                Self(self.0.resume(token))
            }

            /// Returns the pages. Each page is requested when it is needed. With a limit, the pages end with the page that
            /// reaches the limit.
            pub fn pages(self) -> $crate::runtime::Pages<$crate::runtime::ValueOf<O>> {
                self.0.pages::<O>()
            }

            /// Returns the items of all pages. A page is requested when the items of the previous page are used up.
            pub fn stream(self) -> $crate::runtime::Items<O::Item> {
                self.0.stream::<O>()
            }

            /// Returns all items of all pages, up to the limit.
            ///
            /// # Errors
            ///
            /// Returns the error of the first page that fails.
            pub fn all(self) -> $crate::runtime::AllItems<O::Item> {
                self.0.all::<O>()
            }

            /// Returns all items of all pages, up to the limit, and blocks the thread until they arrive. The thread must not be
            /// polling an async task.
            ///
            /// # Errors
            ///
            /// Returns the error of the first page that fails, and an error inside an async task.
            #[cfg(feature = "blocking")]
            pub fn wait_all(self) -> $crate::runtime::Result<Vec<O::Item>> {
                self.0.wait_all::<O>()
            }
        }

        impl<O: $crate::runtime::Operation> Clone for RequestOf<O> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<O: $crate::runtime::Operation> ::std::fmt::Debug for RequestOf<O> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<O: $crate::runtime::Operation> ::std::future::IntoFuture for RequestOf<O> {
            type Output = $crate::runtime::Result<$crate::runtime::ValueOf<O>>;
            type IntoFuture = $crate::runtime::RequestFuture<$crate::runtime::ValueOf<O>>;

            fn into_future(self) -> Self::IntoFuture {
                self.0.into_future()
            }
        }
    };
}
