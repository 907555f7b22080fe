//! The pause of all requests of a client after the API rejected a request with 429.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::time::after;

/// The length of the first pause if a response has no `Retry-After`. Each consecutive pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The pause of a client. While there is no pause, requests read only `is_active`, and do not lock `pause`.
#[derive(Debug, Default)]
pub struct RateLimit {
    is_active: AtomicBool,
    pause: Mutex<Option<Pause>>,
}

/// A pause of all requests of a client. A *round* consists of the requests that are sent between two pauses.
#[derive(Debug)]
struct Pause {
    /// When the round that led to the pause began.
    round_start: Instant,
    /// When the pause ends.
    end: Instant,
    /// The number of consecutive rounds in which the API rejected all requests.
    rejected_rounds: u32,
    /// The number of requests that the API accepted since the first rejection.
    accepted: u64,
}

/// The consequence of a response with 429.
pub struct Rejection {
    /// How long the request must wait.
    pub wait: Duration,
    /// The number of requests of the client that the API had accepted at the time of the rejection.
    pub accepted: u64,
}

/// The rejections of one request.
#[derive(Default)]
pub struct Rejections {
    /// The number of rejections that do not count as attempts. Between such a rejection and the rejection before it, the
    /// API accepted a different request.
    pub uncounted: u32,
    /// The number of rejections that count as attempts.
    counted: u32,
    /// The number of accepted requests at the time of the last rejection.
    accepted: u64,
}

impl Rejections {
    /// Records a rejection, and returns how long the request must wait.
    pub fn record(&mut self, rejection: &Rejection) -> Duration {
        if rejection.accepted != self.accepted {
            self.uncounted += self.counted;
            (self.counted, self.accepted) = (0, rejection.accepted);
        }
        self.counted += 1;
        rejection.wait
    }
}

impl RateLimit {
    /// Waits until the pause is over. A pause that ends after `deadline` is ignored, so the request is sent.
    pub async fn wait(&self, deadline: Instant) {
        while let Some(end) = self.pause_end().filter(|end| *end < deadline) {
            sleep_until(end).await;
        }
    }

    /// Records that the API rejected a request, which was sent at `sent_at`, with the `Retry-After` of the response.
    ///
    /// All requests of the client then pause. The pause is omitted if it would exceed the deadline of the rejected request,
    /// because such a long `Retry-After` may apply to a single operation.
    pub fn record_rejected(&self, sent_at: Instant, retry_after: Option<Duration>, deadline: Instant) -> Rejection {
        let now = Instant::now();
        let mut state = self.lock();
        let pause = state.get_or_insert(Pause { round_start: sent_at, end: sent_at, rejected_rounds: 0, accepted: 0 });
        let wait = if sent_at < pause.end {
            // Another request of the same round was rejected earlier and started the pause.
            retry_after.unwrap_or_default()
        } else {
            // A rejection long after the last pause begins a new series, so the rounds are counted from 0.
            let is_outdated = sent_at > after(pause.end, pause_after(pause.rejected_rounds));
            let previous_rounds = if is_outdated { 0 } else { pause.rejected_rounds };
            let rejected_rounds = previous_rounds.saturating_add(1);
            (pause.round_start, pause.rejected_rounds) = (pause.end, rejected_rounds);
            retry_after.map_or(pause_after(rejected_rounds), |time| time.max(pause_after(previous_rounds)))
        };
        let end = after(now, wait);
        if end < deadline {
            pause.end = pause.end.max(end);
            self.is_active.store(true, Ordering::Relaxed);
        }
        Rejection { wait: end.max(pause.end) - now, accepted: pause.accepted }
    }

    /// Records that the API did not reject a request because of its rate limit. The request was sent at `sent_at`.
    pub fn record_accepted(&self, sent_at: Instant) {
        if !self.is_active.load(Ordering::Relaxed) {
            return;
        }
        if let Some(pause) = self.lock().as_mut().filter(|pause| sent_at >= pause.round_start) {
            pause.rejected_rounds = 0;
            pause.accepted += 1;
            if pause.end <= Instant::now() {
                self.is_active.store(false, Ordering::Relaxed);
            }
        }
    }

    /// Returns when the current pause ends.
    fn pause_end(&self) -> Option<Instant> {
        let is_active = self.is_active.load(Ordering::Relaxed);
        let end = is_active.then(|| self.lock().as_ref().map(|pause| pause.end)).flatten();
        end.filter(|end| *end > Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Pause>> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the length of the pause after a number of rejected rounds.
fn pause_after(rejected_rounds: u32) -> Duration {
    match rejected_rounds {
        0 => Duration::ZERO,
        _ => FIRST_PAUSE.saturating_mul(1 << (rejected_rounds - 1).min(30)),
    }
}
