//! The pager: requests the pages of a list, independent of the type of the items.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use reqwest::Url;

#[cfg(feature = "link-headers")]
use super::link_header::next_link_in;
use super::next_page::{NextPage, Source};
use crate::runtime::request::request_parts::Parts;
use crate::runtime::response::raw_response::ResponseFuture;
use crate::runtime::{Error, PagingError, RawResponse, Result};

/// The state of a list between two pages.
pub struct Pager {
    parts: Arc<Parts>,
    next: NextPoll,
    // Futures are not `Sync`, but a mutex with a future is. The mutex is never locked.
    pending: Mutex<Option<ResponseFuture<'static>>>,
    /// A response that was requested ahead.
    prefetched: Option<Box<Result<RawResponse>>>,
    loop_guard: LoopGuard,
    /// The URL of the next page, if that page is already requested or is beyond the limit.
    requested_url: Option<Url>,
    /// The number of items that are left until the limit, if there is a limit.
    remaining: Option<usize>,
}

/// The action of the next poll.
enum NextPoll {
    RequestFirstPage,
    RequestPage(Url),
    Fail(Error),
    End,
}

impl Pager {
    pub fn new(parts: Parts) -> Self {
        let next = if parts.limit == Some(0) { NextPoll::End } else { NextPoll::RequestFirstPage };
        Self {
            next,
            pending: Mutex::new(None),
            prefetched: None,
            loop_guard: LoopGuard::default(),
            requested_url: None,
            remaining: parts.limit,
            parts: Arc::new(parts),
        }
    }

    /// Returns the request, for `Debug`.
    pub fn request(&self) -> &dyn fmt::Debug {
        &self.parts
    }

    /// Returns the number of items that are left until the limit, if there is one.
    pub fn remaining(&self) -> Option<usize> {
        self.remaining
    }

    /// Returns the next page, or `None` after the last page and after an error. `decode` decodes a response, and sets the
    /// [current page](Self::set_current_page).
    pub fn poll_page<P>(
        &mut self,
        context: &mut Context<'_>,
        decode: impl FnOnce(&mut Self, RawResponse) -> Result<P>,
    ) -> Poll<Result<Option<P>>> {
        let Some(response) = ready!(self.poll_response(context)?) else { return Poll::Ready(Ok(None)) };
        let page = decode(self, response)?;
        self.poll_prefetch(context);
        Poll::Ready(Ok(Some(page)))
    }

    /// Returns the response with the next page, or `None` after the last page and after an error.
    fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<RawResponse>>> {
        if let Some(prefetched) = self.prefetched.take() {
            return Poll::Ready(prefetched.map(Some));
        }
        let pending = self.pending.get_mut().unwrap_or_else(PoisonError::into_inner);
        let future = match pending {
            Some(future) => future,
            None => {
                let page = match std::mem::replace(&mut self.next, NextPoll::End) {
                    NextPoll::RequestFirstPage => None,
                    NextPoll::RequestPage(url) => Some(url),
                    NextPoll::Fail(error) => return Poll::Ready(Err(error)),
                    NextPoll::End => return Poll::Ready(Ok(None)),
                };
                pending.insert(Arc::clone(&self.parts).exchange(page))
            }
        };
        let result = ready!(future.as_mut().poll(context));
        *pending = None;
        Poll::Ready(result.map(Some))
    }

    /// Polls the request for the next page, if pages are requested ahead.
    pub fn poll_prefetch(&mut self, context: &mut Context<'_>) {
        let is_pending = self.pending.get_mut().is_ok_and(|pending| pending.is_some());
        let has_request = is_pending || matches!(self.next, NextPoll::RequestPage(_));
        let polls_ahead = self.parts.prefetch && self.prefetched.is_none() && has_request;
        if let NextPoll::RequestPage(url) = &self.next
            && polls_ahead
        {
            self.requested_url = Some(url.clone());
        }
        if polls_ahead && let Poll::Ready(result) = self.poll_response(context) {
            self.prefetched = result.transpose().map(Box::new);
        }
    }

    /// Returns the URL of the page after the current page.
    pub fn next_page_url(&self) -> Option<&Url> {
        if let NextPoll::RequestPage(url) = &self.next { Some(url) } else { self.requested_url.as_ref() }
    }

    /// Returns the operation ID, for errors.
    #[cfg(feature = "blocking")]
    pub fn operation(&self) -> &'static str {
        self.parts.operation
    }

    /// Sets the current page: its response, its number of items and how the page after it is requested.
    pub fn set_current_page(&mut self, response: RawResponse, item_count: usize, next_page: NextPage) {
        self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(item_count));
        let next_url = match next_page.source {
            #[cfg(feature = "link-headers")]
            Source::LinkHeader => next_link_in(&response.headers),
            #[cfg(feature = "page-parameters")]
            Source::Parameter { name, value } => {
                let query = response.sent.uri.query().unwrap_or_default();
                value.next_url(name, &next_page.last_page, query, item_count)
            }
            // Some APIs end a list with an empty URL.
            Source::Url(url) => url.filter(|url| !url.trim().is_empty()),
        };
        let previous_body = self.loop_guard.last_body.replace(response.body.clone());
        self.loop_guard.is_repeated = item_count > 0 && previous_body.as_ref() == Some(&response.body);
        self.requested_url = None;
        self.next = match next_url {
            Some(url) if self.remaining == Some(0) => {
                self.requested_url = self.resolve(&response, &url).ok();
                NextPoll::End
            }
            Some(url) => match self.resolve(&response, &url) {
                Ok(url) => NextPoll::RequestPage(url),
                Err(problem) => NextPoll::Fail(PagingError { call: response.call, problem }.into()),
            },
            None => NextPoll::End,
        };
    }

    /// Returns the absolute URL of the next page, or the problem if it is outside of the API or was requested before.
    fn resolve(&mut self, response: &RawResponse, next_url: &str) -> Result<Url, String> {
        let current = Url::parse(&response.sent.uri.to_string()).map_err(|error| format!("follows none ({error})"))?;
        let (base, documented_base) = (&self.parts.connection.base, self.parts.connection.documented_base.as_ref());
        #[cfg(feature = "servers")]
        let documented_base = self.parts.documented_base().or(documented_base);
        #[cfg(feature = "servers")]
        let base = self.parts.base(base).map_err(|error| error.rule().to_owned())?;
        let host_template = self.parts.connection.api.host.as_ref();
        let url = base.follow(documented_base, host_template, &current, next_url)?;
        if self.loop_guard.closes_loop(&current, &url) {
            return Err("leads back to a page that was already seen".to_owned());
        }
        Ok(url)
    }
}

/// Finds loops in a chain of URLs, although it remembers only one URL (Brent's algorithm). New URLs are compared with the
/// remembered URL. After 1, 2, 4, 8… new URLs, the current URL becomes the remembered URL.
#[derive(Default)]
struct LoopGuard {
    remembered: Option<Url>,
    /// The number of URLs since the remembered URL.
    steps: usize,
    /// The number of URLs after which the current URL becomes the remembered URL.
    steps_to_wait: usize,
    /// The body of the last page.
    last_body: Option<Bytes>,
    /// Whether the last page has items and the same body as the page before it.
    is_repeated: bool,
}

impl LoopGuard {
    /// Returns whether the step from `current` to `next` closes a loop.
    fn closes_loop(&mut self, current: &Url, next: &Url) -> bool {
        if self.steps == self.steps_to_wait {
            self.remembered = Some(current.clone());
            self.steps_to_wait = (self.steps_to_wait * 2).max(1);
            self.steps = 0;
        }
        self.steps += 1;
        self.is_repeated || self.remembered.as_ref() == Some(next)
    }
}
