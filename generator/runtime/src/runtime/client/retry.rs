//! When a failed request is sent again, after how long, and how often a client may do so altogether.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Method;

use crate::runtime::{Error, InvalidValue};

/// How often, and after what waits, a request is sent again that failed in a way that allows it.
///
/// A request for which there was no connection is sent again, whatever it is. When a connection breaks, no response comes in
/// time or a gateway fails (502, 503, 504), only methods are repeated that may arrive twice without harm: GET, HEAD, OPTIONS,
/// TRACE, PUT and DELETE; after a 500 only those that change nothing. Each of these repeats costs one of the client's retry
/// budget ([`ClientBuilder::retry_budget`](crate::runtime::ClientBuilder::retry_budget)).
///
/// The wait is a random part of `base`, of twice `base`, of four times `base` and so on up to `cap`. What a response
/// asks for with `Retry-After` comes on top. A wait that would not end before the deadline of the request is not begun.
///
/// # Rate limits
///
/// A request that is refused with 429 is sent again, whatever it is: the API did nothing. That costs nothing of the retry
/// budget. Instead, all requests of the client pause: for the longest `Retry-After` of the refusals, or, without that header,
/// for 1 second and twice as long each time that the API refuses everything after a pause. The random part of `base` comes on
/// top.
///
/// A refusal does not count as one of the `attempts` if the API has accepted another request of the client since the previous
/// refusal of this one. So all requests of a burst arrive, as fast as the API takes them, while an API that refuses everything
/// ends a request after 4 attempts.
///
/// In any case, a request waits until its deadline at most: 90 seconds, unless
/// [`ClientBuilder::deadline`](crate::runtime::ClientBuilder::deadline) or the `deadline` of the request is set. If the
/// pause would outlast the deadline, the request fails at once with the error of its last attempt.
///
/// With [`off`](Self::off) or a single attempt, a request neither waits for a pause nor begins one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    cap: Duration,
}

impl RetryPolicy {
    /// Returns the default policy: up to 4 attempts, with waits from 100 ms to 3 s.
    pub const fn new() -> Self {
        Self { attempts: 4, base: Duration::from_millis(100), cap: Duration::from_secs(3) }
    }

    /// Returns a policy without retries.
    pub const fn off() -> Self {
        Self { attempts: 1, ..Self::new() }
    }

    /// Sets the maximum number of attempts, including the first. 0 means the same as 1. Some refusals with 429 do not count;
    /// see [rate limits](Self#rate-limits).
    pub const fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the longest wait before the second attempt.
    pub const fn base(self, base: Duration) -> Self {
        Self { base, ..self }
    }

    /// Sets the longest wait before any attempt, unless the API requests a longer one.
    pub const fn cap(self, cap: Duration) -> Self {
        Self { cap, ..self }
    }

    /// Returns whether a request is ever sent again.
    pub(crate) fn repeats(&self) -> bool {
        self.attempts > 1
    }

    /// Returns how long to wait after so many attempts, `least` at least; `None` if there is no further attempt.
    pub(crate) fn wait(&self, attempts: u32, least: Duration) -> Option<Duration> {
        let longest = self.base.saturating_mul(1 << attempts.saturating_sub(1).min(30)).min(self.cap);
        (attempts < self.attempts).then(|| least.saturating_add(longest.mul_f64(fastrand::f64())))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns whether a request of `method` that ended with `error` can be sent again without the risk of doing a thing twice.
pub fn may_repeat(method: &Method, error: &Error) -> bool {
    match error {
        Error::Api(error) => match error.status().as_u16() {
            429 => true,
            500 => method.is_safe(),
            502..=504 => method.is_idempotent(),
            _ => false,
        },
        Error::Transport(error) => error.is_connect() || method.is_idempotent(),
        Error::Timeout(error) => error.is_connect() || method.is_idempotent(),
        _ => false,
    }
}

/// The repeats after failures that all requests of a client together have left, so that an outage is not answered with a
/// multiple of the usual load: while nothing succeeds they run out, and each success earns a fifth of one.
#[derive(Debug)]
pub struct Budget {
    fifths: AtomicU32,
    full: u32,
}

impl Budget {
    pub fn new(repeats: u32) -> Self {
        let full = repeats.saturating_mul(5);
        Self { fifths: AtomicU32::new(full), full }
    }

    /// Takes one repeat, if there is one.
    pub fn spend(&self) -> bool {
        self.fifths.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(5)).is_ok()
    }

    /// Records that a request succeeded.
    pub fn earn(&self) {
        // A client to which nothing happened does not write here, so its threads do not wait for each other.
        if self.fifths.load(Ordering::Relaxed) < self.full {
            let more = |left: u32| (left < self.full).then_some(left + 1);
            _ = self.fifths.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        }
    }
}

/// What bounds a request: set for a client, and changed for single requests.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub retry: RetryPolicy,
    pub attempt_timeout: Duration,
    pub deadline: Duration,
}

impl Limits {
    pub fn check(&self) -> Result<(), InvalidValue> {
        let times = [("attempt_timeout", self.attempt_timeout), ("deadline", self.deadline)];
        times.into_iter().try_for_each(|(name, time)| not_zero(name, time))
    }
}

/// Refuses a time limit that nothing could keep.
pub fn not_zero(name: &'static str, time: Duration) -> Result<(), InvalidValue> {
    if time.is_zero() { Err(InvalidValue::new(name, None, "must be longer than zero")) } else { Ok(()) }
}
