//! The pager: requests the pages of a list, independent of the type of the items.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

// [if next_page.rs
use bytes::Bytes;
// [end next_page.rs]
use reqwest::Url;

use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Error, PagingError, RawResponse, Result};

/// Asks for one page after the other.
pub struct Pager {
    parts: Arc<Parts>,
    next: Next,
    // Futures are not `Sync`, but what holds one behind a lock is. The lock itself is never taken.
    answer: Mutex<Option<AnswerFuture>>,
    /// A response that came before it was wanted.
    early: Option<Box<Result<RawResponse>>>,
    loops: LoopGuard,
    /// The page after the last one, if it is asked for already, or is beyond the limit.
    following: Option<Url>,
    /// How many items are still wanted.
    left: Option<usize>,
}

type AnswerFuture = Pin<Box<dyn Future<Output = Result<RawResponse>> + Send>>;

enum Next {
    First,
    Page(Url),
    Failed(Error),
    End,
}

impl Pager {
    pub fn new(parts: Parts) -> Self {
        let next = if parts.limit == Some(0) { Next::End } else { Next::First };
        let left = parts.limit;
        let (parts, loops) = (Arc::new(parts), LoopGuard::default());
        Self { parts, next, answer: Mutex::new(None), early: None, loops, following: None, left }
    }

    /// Returns the request, for `Debug`.
    pub fn request(&self) -> &dyn fmt::Debug {
        &self.parts
    }

    /// Returns the number of items up to the limit, if there is one.
    pub fn left(&self) -> Option<usize> {
        self.left
    }

    /// The response that holds the next page; none after the last one and after an error.
    ///
    /// [`arrived`](Self::arrived) must be told of the page before the walk goes on; until then it has ended.
    pub fn poll_answer(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<RawResponse>>> {
        if let Some(early) = self.early.take() {
            return Poll::Ready(early.map(Some));
        }
        let answer = self.answer.get_mut().unwrap_or_else(PoisonError::into_inner);
        let future = match answer {
            Some(future) => future,
            None => {
                let page = match std::mem::replace(&mut self.next, Next::End) {
                    Next::First => None,
                    Next::Page(url) => Some(url),
                    Next::Failed(error) => return Poll::Ready(Err(error)),
                    Next::End => return Poll::Ready(Ok(None)),
                };
                let parts = Arc::clone(&self.parts);
                answer.insert(Box::pin(async move { parts.connection.exchange(&parts, page).await }))
            }
        };
        let result = ready!(future.as_mut().poll(context));
        *answer = None;
        Poll::Ready(result.map(Some))
    }

    /// Goes on with asking for the page after the current one, if that is wanted before it is needed.
    pub fn poll_ahead(&mut self, context: &mut Context<'_>) {
        let under_way = self.answer.get_mut().is_ok_and(|answer| answer.is_some());
        let wanted = self.parts.prefetch && self.early.is_none() && (under_way || matches!(self.next, Next::Page(_)));
        if let Next::Page(url) = &self.next
            && wanted
        {
            self.following = Some(url.clone());
        }
        if wanted && let Poll::Ready(result) = self.poll_answer(context) {
            self.early = result.transpose().map(Box::new);
        }
    }

    /// Returns the page after the last one that has arrived.
    pub fn following(&self) -> Option<&Url> {
        if let Next::Page(url) = &self.next { Some(url) } else { self.following.as_ref() }
    }

    /// Returns the operation ID, for errors.
    #[cfg(feature = "blocking")]
    pub fn operation(&self) -> &'static str {
        self.parts.operation
    }

    /// Notes that the page in `answer` holds so many items and links to `link`.
    pub fn arrived(&mut self, answer: RawResponse, items: usize, link: Option<&str>) {
        self.left = self.left.map(|left| left.saturating_sub(items));
        // [if next_page.rs
        let made = self.parts.next_page.as_ref().map(|next_page| next_page(&answer, items));
        let link = made.as_ref().map_or(link, |made| made.as_deref());
        self.loops.stuck = items > 0 && self.loops.last.replace(answer.body.clone()) == Some(answer.body.clone());
        // [end next_page.rs]
        // Some APIs end a list with an empty URL.
        self.following = None;
        self.next = match link.filter(|link| !link.trim().is_empty()) {
            Some(link) if self.left == Some(0) => {
                self.following = self.follow(&answer, link).ok();
                Next::End
            }
            Some(link) => match self.follow(&answer, link) {
                Ok(url) => Next::Page(url),
                Err(problem) => Next::Failed(PagingError { call: answer.call, problem }.into()),
            },
            None => Next::End,
        };
    }

    fn follow(&mut self, answer: &RawResponse, link: &str) -> Result<Url, String> {
        let current = Url::parse(&answer.sent.uri.to_string()).map_err(|error| format!("follows none ({error})"))?;
        let (base, home) = (&self.parts.connection.base, self.parts.connection.documented_base.as_ref());
        // [if servers.rs
        let home = self.parts.documented_base().or(home);
        let base = self.parts.base(base).map_err(|error| error.rule().to_owned())?;
        // [end servers.rs]
        let rule = self.parts.connection.api.host.as_ref();
        let url = base.follow(home, rule, &current, link)?;
        if self.loops.closes(&current, &url) {
            return Err("leads back to a page that was already seen".to_owned());
        }
        Ok(url)
    }
}

/// Finds loops in a chain of any length while remembering one URL (Brent's algorithm): the URL that new ones are
/// compared with moves up to the head of the chain after 1, 2, 4, 8… steps.
#[derive(Default)]
struct LoopGuard {
    remembered: Option<Url>,
    steps: usize,
    wait: usize,
    // [if next_page.rs
    /// The last page that has items, and whether it is the same as the one before.
    last: Option<Bytes>,
    stuck: bool,
    // [end next_page.rs]
}

impl LoopGuard {
    /// Whether the step from `current` to `next` comes back to the URL that is remembered.
    fn closes(&mut self, current: &Url, next: &Url) -> bool {
        if self.steps == self.wait {
            self.remembered = Some(current.clone());
            self.wait = (self.wait * 2).max(1);
            self.steps = 0;
        }
        self.steps += 1;
        // [if next_page.rs
        if self.stuck {
            return true;
        }
        // [end next_page.rs]
        self.remembered.as_ref() == Some(next)
    }
}
