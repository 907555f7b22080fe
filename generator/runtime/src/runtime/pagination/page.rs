//! Paginated lists, page by page or item by item.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use super::next_page::Paginated;
use super::pager::Pager;
use crate::runtime::request::operation::ValueOf;
use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Decode, RawResponse, Result};

/// The pages of a list. Each page is requested when it is needed. The pages end after the last page, after the page that
/// reaches the limit, and after an error.
///
/// This type implements [`Stream`]. The method [`try_next`](Self::try_next) can be used without importing a trait.
#[must_use = "pages are requested only when they are needed"]
pub struct Pages<P> {
    pager: Pager,
    decode: fn(&mut Pager, RawResponse) -> Result<P>,
}

impl<P> Pages<P> {
    /// Creates the pages of the list that an operation returns.
    pub(crate) fn new<O: Paginated<Decode: Decode<Value = P>>>(parts: Parts) -> Self {
        Self { pager: Pager::new(parts), decode: decode_page::<O> }
    }

    /// Returns the next page, or `None` after the last page. If the future is dropped, the page is not lost: the next call
    /// returns it.
    ///
    /// # Errors
    ///
    /// Returns the error of the request, and [`Error::Paging`](crate::runtime::Error::Paging) if the URL of the page is outside
    /// of the API or was requested before.
    pub async fn try_next(&mut self) -> Result<Option<P>> {
        poll_fn(|context| self.pager.poll_page(context, self.decode)).await
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
}

impl<P> Stream for Pages<P> {
    type Item = Result<P>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { pager, decode } = self.get_mut();
        pager.poll_page(context, *decode).map(Result::transpose)
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
/// This type implements [`Stream`]. The method [`try_next`](Self::try_next) can be used without importing a trait.
#[must_use = "pages are requested only when they are needed"]
pub struct Items<T> {
    pager: Pager,
    decode: fn(&mut Pager, RawResponse) -> Result<Vec<T>>,
    page_items: vec::IntoIter<T>,
}

impl<T> Items<T> {
    /// Creates the items of the list that an operation returns.
    pub(crate) fn new<O: Paginated<Item = T>>(parts: Parts) -> Self {
        Self { pager: Pager::new(parts), decode: decode_items::<O>, page_items: Vec::new().into_iter() }
    }

    /// Returns the next item, or `None` after the last item. If the future is dropped, no item is lost.
    ///
    /// # Errors
    ///
    /// As for [`Pages::try_next`].
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// Returns the next item, as [`try_next`](Self::try_next) does, and blocks the thread until it arrives. The thread
    /// must not be polling an async task.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Self::try_next), and inside an async task.
    #[cfg(feature = "blocking")]
    pub fn wait_next(&mut self) -> Result<Option<T>> {
        crate::runtime::wait(self.pager.operation(), self.try_next())
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T>>> {
        loop {
            if let Some(item) = self.page_items.next() {
                self.pager.poll_prefetch(context);
                return Poll::Ready(Ok(Some(item)));
            }
            let Some(items) = ready!(self.pager.poll_page(context, self.decode)?) else { return Poll::Ready(Ok(None)) };
            self.page_items = items.into_iter();
        }
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context).map(Result::transpose)
    }
}

/// The items are not pinned.
impl<T> Unpin for Items<T> {}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("request", self.pager.request()).finish_non_exhaustive()
    }
}

/// The future of all items of a list, up to the limit.
#[must_use = "a future does nothing until it is awaited"]
pub struct AllItems<T> {
    items: Items<T>,
    received: Vec<T>,
}

impl<T> AllItems<T> {
    pub(crate) fn new(items: Items<T>) -> Self {
        Self { items, received: Vec::new() }
    }
}

impl<T> Future for AllItems<T> {
    type Output = Result<Vec<T>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<Vec<T>>> {
        let Self { items, received } = self.get_mut();
        while let Some(item) = ready!(items.poll_item(context)?) {
            received.push(item);
        }
        Poll::Ready(Ok(std::mem::take(received)))
    }
}

/// The items are not pinned.
impl<T> Unpin for AllItems<T> {}

/// Decodes a page, which becomes the current page of the pager.
fn decode_page<O: Paginated>(pager: &mut Pager, mut response: RawResponse) -> Result<ValueOf<O>> {
    let mut page = O::Decode::decode(&mut response)?;
    let item_count = O::items(&mut page).len();
    pager.set_current_page(response, item_count, O::next_page(&page));
    Ok(page)
}

/// Decodes a page, and returns its items up to the limit.
fn decode_items<O: Paginated>(pager: &mut Pager, response: RawResponse) -> Result<Vec<O::Item>> {
    let remaining = pager.remaining().unwrap_or(usize::MAX);
    let mut page = decode_page::<O>(pager, response)?;
    let mut items = std::mem::take(O::items(&mut page));
    items.truncate(remaining);
    Ok(items)
}
