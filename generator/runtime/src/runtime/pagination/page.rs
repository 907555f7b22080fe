//! Paginated lists, page by page or item by item.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use super::pager::Pager;
use crate::runtime::request::encode::push_pair;
use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Decode, FromJson, Json, Result};

/// One page of a list.
pub trait Page {
    /// The type of the items.
    type Item;

    /// Returns the items of the page.
    fn items(&mut self) -> &mut Vec<Self::Item>;

    /// Returns the URL of the next page, absolute or relative to this page, or `None` on the last page.
    fn next(&self) -> Option<&str>;
}

/// The pages of a list. Each page is requested when it is needed. The pages end after the last page, after the page that
/// reaches the limit, and after an error.
///
/// This is a [`Stream`]. [`try_next`](Self::try_next) does the same without an import.
#[must_use = "pages are requested only when they are needed"]
pub struct Pages<P> {
    pager: Pager,
    page: PhantomData<fn() -> P>,
}

impl<P: Page + FromJson> Pages<P> {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { pager: Pager::new(parts), page: PhantomData }
    }

    /// Returns the next page, or `None` after the last page. If the future is dropped, the next call awaits the page that it
    /// has requested.
    ///
    /// # Errors
    ///
    /// Returns the error of the request, and [`Error::Paging`](crate::runtime::Error::Paging) if the URL of the page is outside
    /// of the API or was requested before.
    pub async fn try_next(&mut self) -> Result<Option<P>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    /// Returns the next page, as [`try_next`](Self::try_next) does, and blocks the thread until it arrives. The thread
    /// must not be polling an async task.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Self::try_next), and inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_next(&mut self) -> Result<Option<P>> {
        crate::runtime::wait(self.pager.operation(), self.try_next())
    }

    /// Returns a token for the rest of the list: the query of the URL of the next page. Pass it to the `resume` method of
    /// a request for the same list, at any time and in any program. Returns `None` after the last page.
    ///
    /// The token may contain the values of the parameters of the request.
    pub fn next_token(&self) -> Option<String> {
        self.pager.next_page_url()?.query().map(str::to_owned)
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<P>>> {
        let Some(mut response) = ready!(self.pager.poll_response(context)?) else { return Poll::Ready(Ok(None)) };
        let mut page = Json::<P>::decode(&mut response)?;
        let item_count = page.items().len();
        self.pager.set_current_page(response, item_count, page.next());
        self.pager.poll_prefetch(context);
        Poll::Ready(Ok(Some(page)))
    }
}

impl<P: Page + FromJson> Stream for Pages<P> {
    type Item = Result<P>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(context).map(Result::transpose)
    }
}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("request", self.pager.request()).finish_non_exhaustive()
    }
}

/// The items of all pages of a list. A page is requested when the items of the previous page are used up. The items end after
/// the last item, when the limit is reached, and after an error.
///
/// This is a [`Stream`]. [`try_next`](Self::try_next) does the same without an import.
#[must_use = "pages are requested only when they are needed"]
pub struct Items<P: Page> {
    pages: Pages<P>,
    page_items: vec::IntoIter<P::Item>,
}

impl<P: Page + FromJson> Items<P> {
    pub(crate) fn new(pages: Pages<P>) -> Self {
        Self { pages, page_items: Vec::new().into_iter() }
    }

    /// Returns the next item, or `None` after the last item. If the future is dropped, no item is lost.
    ///
    /// # Errors
    ///
    /// As for [`Pages::try_next`].
    pub async fn try_next(&mut self) -> Result<Option<P::Item>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// Returns the next item, as [`try_next`](Self::try_next) does, and blocks the thread until it arrives. The thread
    /// must not be polling an async task.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Self::try_next), and inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_next(&mut self) -> Result<Option<P::Item>> {
        crate::runtime::wait(self.pages.pager.operation(), self.try_next())
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<P::Item>>> {
        loop {
            if let Some(item) = self.page_items.next() {
                self.pages.pager.poll_prefetch(context);
                return Poll::Ready(Ok(Some(item)));
            }
            let remaining = self.pages.pager.remaining().unwrap_or(usize::MAX);
            let Some(mut page) = ready!(self.pages.poll_page(context)?) else { return Poll::Ready(Ok(None)) };
            let mut items = std::mem::take(page.items());
            items.truncate(remaining);
            self.page_items = items.into_iter();
        }
    }
}

impl<P: Page + FromJson> Stream for Items<P> {
    type Item = Result<P::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context).map(Result::transpose)
    }
}

/// The items are not pinned.
impl<P: Page> Unpin for Items<P> {}

impl<P: Page> fmt::Debug for Items<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("request", self.pages.pager.request()).finish_non_exhaustive()
    }
}

/// Returns the token of a page: the query of the URL that leads to it.
pub fn token_of_link(link: Option<&str>) -> Option<String> {
    let (_, query) = link?.split('#').next()?.split_once('?')?;
    (!query.is_empty()).then(|| query.to_owned())
}

/// Returns the token of a page: the query parameter `name` with the cursor. Some APIs have the URL of the page in place of the
/// cursor; its query is the token.
pub fn token_of_cursor(name: &str, cursor: Option<&str>) -> Option<String> {
    let cursor = cursor.filter(|cursor| !cursor.is_empty())?;
    if cursor.starts_with("https://") || cursor.starts_with("http://") {
        return token_of_link(Some(cursor));
    }
    let mut token = String::new();
    push_pair(&mut token, name, cursor);
    Some(token)
}

/// Adds the methods that all generated requests for paginated lists have: `impl_list_request!(ListPets => PetPage, Pet);`.
///
/// The methods are inherent, so that programs need not import a trait for them.
#[allow(unused_macros, reason = "an API may have no lists")]
macro_rules! impl_list_request {
    ($request:ident => $page:ty, $item:ty) => {
        impl $request {
            /// Sets the maximum number of items of all pages together. No further page is requested. Unless a page size is
            /// set as well, no page is larger than the limit.
            #[inline]
            pub fn limit(self, limit: usize) -> Self {
                Self(self.0.limit(limit))
            }

            /// Requests the next page while the items of the current page are used. At most one page more than needed is
            /// requested.
            #[inline]
            pub fn prefetch(self) -> Self {
                Self(self.0.prefetch())
            }

            /// Starts after the page that returned `token` from `next_token`, which pages and
            /// [`Pages`]($crate::runtime::Pages) have. The parameters in the token replace those of the request. An invalid
            /// token is an error before the request is sent.
            pub fn resume(self, token: impl Into<String>) -> Self {
                Self(self.0.resume(token))
            }

            /// Returns the pages. Each page is requested when it is needed. With a limit, the last page is the one that reaches
            /// it.
            #[inline]
            pub fn pages(self) -> $crate::runtime::Pages<$page> {
                self.0.pages()
            }

            /// Returns the items of all pages. A page is requested when the items of the previous page are used up.
            #[inline]
            pub fn stream(self) -> $crate::runtime::Items<$page> {
                self.0.stream()
            }

            /// Returns all items of all pages, up to the limit.
            ///
            /// # Errors
            ///
            /// Returns the error of the first page that fails.
            #[inline]
            pub async fn all(self) -> $crate::runtime::Result<Vec<$item>> {
                self.0.all().await
            }

            /// Returns all items of all pages, up to the limit, and blocks the thread until they arrive. The thread must not be
            /// polling an async task.
            ///
            /// # Errors
            ///
            /// Returns the error of the first page that fails, and an error inside an async task.
            #[cfg(feature = "blocking")]
            #[inline]
            pub fn wait_all(self) -> $crate::runtime::Result<Vec<$item>> {
                self.0.wait_all()
            }
        }
    };
}
