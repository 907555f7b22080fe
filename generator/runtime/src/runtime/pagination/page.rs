//! Lists that come in pages: page by page, or item by item.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::pager::Pager;
use crate::runtime::request::encode::push_pair;
use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Decode, Json, Result};

/// One page of a list.
pub trait Page {
    /// The type of the items.
    type Item;

    /// The items of this page.
    fn items(&mut self) -> &mut Vec<Self::Item>;

    /// The URL of the next page, absolute or relative to this one; none on the last page.
    fn next(&self) -> Option<&str>;
}

/// The pages of a list, each requested when needed. It ends after the last page, after the page with which a
/// limit is reached, and after an error.
///
/// It is a [`Stream`]; [`try_next`](Self::try_next) does the same without an import.
#[must_use = "pages are requested only when they are needed"]
pub struct Pages<P> {
    pager: Pager,
    page: PhantomData<fn() -> P>,
}

impl<P: Page + DeserializeOwned> Pages<P> {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { pager: Pager::new(parts), page: PhantomData }
    }

    /// Returns the next page, or `None` after the last page. Dropping the future loses nothing: a requested page is awaited by
    /// the next call.
    ///
    /// # Errors
    ///
    /// Whatever asking for the page ends with, and a link to the next page that leaves the API or closes a loop.
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
    /// a request for the same list, at any time and in any program. `None` after the last page.
    ///
    /// The token may contain what the parameters of the request contain.
    pub fn next_token(&self) -> Option<String> {
        self.pager.following()?.query().map(str::to_owned)
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<P>>> {
        let Some(mut answer) = ready!(self.pager.poll_answer(context)?) else { return Poll::Ready(Ok(None)) };
        let mut page = Json::<P>::decode(&mut answer)?;
        let items = page.items().len();
        self.pager.arrived(answer, items, page.next());
        self.pager.poll_ahead(context);
        Poll::Ready(Ok(Some(page)))
    }
}

impl<P: Page + DeserializeOwned> Stream for Pages<P> {
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

/// The items of all pages of a list. Each page is requested when the items of the previous one are used up. It ends after the
/// last item, when a limit is reached, and after an error.
///
/// It is a [`Stream`]; [`try_next`](Self::try_next) does the same without an import.
#[must_use = "pages are requested only when they are needed"]
pub struct Items<P: Page> {
    pages: Pages<P>,
    page: vec::IntoIter<P::Item>,
}

impl<P: Page + DeserializeOwned> Items<P> {
    pub(crate) fn new(pages: Pages<P>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    /// Returns the next item, or `None` after the last. Dropping the future loses nothing.
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
            if let Some(item) = self.page.next() {
                self.pages.pager.poll_ahead(context);
                return Poll::Ready(Ok(Some(item)));
            }
            let wanted = self.pages.pager.left().unwrap_or(usize::MAX);
            let Some(mut page) = ready!(self.pages.poll_page(context)?) else { return Poll::Ready(Ok(None)) };
            let mut items = std::mem::take(page.items());
            items.truncate(wanted);
            self.page = items.into_iter();
        }
    }
}

impl<P: Page + DeserializeOwned> Stream for Items<P> {
    type Item = Result<P::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context).map(Result::transpose)
    }
}

/// Items are moved out, never pinned.
impl<P: Page> Unpin for Items<P> {}

impl<P: Page> fmt::Debug for Items<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("request", self.pages.pager.request()).finish_non_exhaustive()
    }
}

/// Returns the query of the link to a page.
pub fn token_of_link(link: Option<&str>) -> Option<String> {
    let (_, query) = link?.split('#').next()?.split_once('?')?;
    (!query.is_empty()).then(|| query.to_owned())
}

/// Returns the parameter that takes the cursor of a page, or the query of the link that some have in its place.
pub fn token_of_cursor(name: &str, cursor: Option<&str>) -> Option<String> {
    let cursor = cursor.filter(|cursor| !cursor.is_empty())?;
    if cursor.starts_with("https://") || cursor.starts_with("http://") {
        return token_of_link(Some(cursor));
    }
    let mut token = String::new();
    push_pair(&mut token, name, cursor);
    Some(token)
}

/// Implements what all generated requests for lists have in common: `impl_list_request!(ListPets => PetPage, Pet);`.
///
/// The methods are inherent and the same for every list, so that no program has to import a trait for them.
#[allow(unused_macros, reason = "an API may have no lists")]
macro_rules! impl_list_request {
    ($request:ident => $page:ty, $item:ty) => {
        impl $request {
            /// Stops after so many items, which may be inside a page, and asks for no page beyond them. Unless a page
            /// size is set too, no page is larger than the limit.
            #[inline]
            pub fn limit(self, limit: usize) -> Self {
                Self(self.0.limit(limit))
            }

            /// Asks for the next page while the items of one are used, for the sake of time: at most one page more
            /// than is wanted is asked for.
            #[inline]
            pub fn prefetch(self) -> Self {
                Self(self.0.prefetch())
            }

            /// Starts after the page to which `token` belongs, which `next_token` of a page or of
            /// [`Pages`]($crate::runtime::Pages) returned. The parameters in it replace those that are set. An invalid
            /// token is refused before anything is sent.
            pub fn resume(self, token: impl Into<String>) -> Self {
                Self(self.0.resume(token))
            }

            /// Returns the pages, each requested when needed. With a limit, the last page is the one that reaches it.
            #[inline]
            pub fn pages(self) -> $crate::runtime::Pages<$page> {
                self.0.pages()
            }

            /// Returns the items of all pages one by one. Each page is requested when the previous one is used up.
            #[inline]
            pub fn stream(self) -> $crate::runtime::Items<$page> {
                self.0.stream()
            }

            /// All items of all pages, up to the limit, at once.
            ///
            /// # Errors
            ///
            /// The error of the first page that cannot be had.
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
