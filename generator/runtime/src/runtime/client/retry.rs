//! Retries: which failed requests are retried, how often, and after which wait.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Method;

use crate::runtime::{Error, InvalidValue};

/// The maximum number of attempts of a request, and the waits between them.
///
/// If no connection could be made, the client retries any request. If a connection breaks, a timeout elapses or a gateway fails
/// (502, 503, 504), it retries only idempotent methods (GET, HEAD, OPTIONS, TRACE, QUERY, PUT and DELETE) and requests with an
/// idempotency key. After a 500, it retries only the methods that change nothing: GET, HEAD, OPTIONS, TRACE and QUERY. It does
/// not retry methods that it does not know. Each of these retries uses the retry budget of the client
/// ([`ClientBuilder::retry_budget`](crate::runtime::ClientBuilder::retry_budget)).
///
/// The wait is random: at most `base` before the second attempt, twice `base` before the third, four times `base` before the
/// fourth and so on, up to `cap`. The time that a response requests with `Retry-After` is added. If the wait would exceed the
/// deadline of the request, the request fails at once.
///
/// # Rate limits
///
/// If the API rejects a request with 429, the request had no effect, so the client retries any method. Such a retry does not
/// use the retry budget. Instead, all requests of the client pause for the longest `Retry-After` of the responses. Without that
/// header, the pause is 1 second, and doubles each time that the API rejects all requests after a pause. The retry of a
/// rejected request waits for the pause, and then for the random wait described above.
///
/// A rejection does not count as one of the `attempts` if the API accepted another request of the client since the previous
/// rejection of the same request. Therefore all requests of a burst succeed, as fast as the API accepts them. If the API
/// rejects all requests, each request fails after 4 attempts.
///
/// A request never waits longer than its deadline, which is 90 seconds unless
/// [`ClientBuilder::deadline`](crate::runtime::ClientBuilder::deadline) or the `deadline` of the request is set. If the
/// pause would exceed the deadline, the request fails at once with the error of its last attempt.
///
/// With [`off`](Self::off) or a single attempt, a request does not wait for a pause and does not start a pause.
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

    /// Sets the maximum number of attempts, including the first. 0 means the same as 1. Some responses with 429 do not count:
    /// see [rate limits](Self#rate-limits).
    pub const fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the longest wait before the second attempt.
    pub const fn base(self, base: Duration) -> Self {
        Self { base, ..self }
    }

    /// Sets the longest wait before any attempt. The API can request a longer wait.
    pub const fn cap(self, cap: Duration) -> Self {
        Self { cap, ..self }
    }

    /// Returns whether the policy allows retries.
    pub(crate) fn is_enabled(&self) -> bool {
        self.attempts > 1
    }

    /// Returns the wait after a number of attempts: `min_wait` plus a random time. Returns `None` if the attempts are used
    /// up.
    pub(crate) fn wait(&self, attempts: u32, min_wait: Duration) -> Option<Duration> {
        let max_random_wait = self.base.saturating_mul(1 << attempts.saturating_sub(1).min(30)).min(self.cap);
        (attempts < self.attempts).then(|| min_wait.saturating_add(max_random_wait.mul_f64(random_fraction())))
    }
}

/// Returns a random number from 0 to 1.
fn random_fraction() -> f64 {
    let [.., a, b, c, d] = random().to_ne_bytes();
    f64::from(u32::from_ne_bytes([a, b, c, d])) / f64::from(u32::MAX)
}

/// Returns a random number. The standard library chooses the keys of a `RandomState` at random.
pub fn random() -> u64 {
    RandomState::new().hash_one(())
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns whether a request that failed with `error` can be retried without the risk that it takes effect twice.
pub fn is_safe_to_retry(method: &Method, error: &Error) -> bool {
    match error {
        Error::Api(error) => match error.status().as_u16() {
            429 => true,
            500 => changes_nothing(method),
            502..=504 => is_idempotent(method),
            _ => false,
        },
        Error::Transport(error) => error.is_connect() || is_idempotent(method),
        Error::Timeout(error) => error.is_connect() || is_idempotent(method),
        _ => false,
    }
}

/// Returns whether a request has no effect on the server.
pub fn changes_nothing(method: &Method) -> bool {
    method.is_safe() || is_query(method)
}

/// Returns whether a request has the same effect if the server receives it twice.
pub fn is_idempotent(method: &Method) -> bool {
    method.is_idempotent() || is_query(method)
}

/// Returns whether a method is `QUERY`, which is as safe as `GET`.
fn is_query(method: &Method) -> bool {
    method == "QUERY"
}

/// The remaining retries of all requests of a client together. Each success adds a fifth of a retry. During an outage, no
/// request succeeds, so the budget runs out and the retries do not multiply the load of the API.
#[derive(Debug)]
pub struct RetryBudget {
    /// The remaining budget, in fifths of a retry.
    fifths: AtomicU32,
    max_fifths: u32,
}

impl RetryBudget {
    pub fn new(retries: u32) -> Self {
        let max_fifths = retries.saturating_mul(5);
        Self { fifths: AtomicU32::new(max_fifths), max_fifths }
    }

    /// Takes one retry from the budget. Returns `false` if the budget is exhausted.
    pub fn withdraw(&self) -> bool {
        self.fifths.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |fifths| fifths.checked_sub(5)).is_ok()
    }

    /// Adds a fifth of a retry, for a request that succeeded.
    pub fn deposit(&self) {
        // A full budget is only read, because concurrent writes would slow the threads down.
        if self.fifths.load(Ordering::Relaxed) < self.max_fifths {
            let increment = |fifths: u32| (fifths < self.max_fifths).then_some(fifths + 1);
            _ = self.fifths.fetch_update(Ordering::Relaxed, Ordering::Relaxed, increment);
        }
    }
}

/// The retry policy and the timeouts of a request. The client has default values for all requests.
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

/// Returns an error if a timeout is zero, because every request would time out.
pub fn not_zero(name: &'static str, time: Duration) -> Result<(), InvalidValue> {
    if time.is_zero() { Err(InvalidValue::new(name, None, "must be longer than zero")) } else { Ok(()) }
}
