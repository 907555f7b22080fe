//! The pause that all requests of a client make after the API has refused one of them with 429.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::time::after;

/// The first pause where a response has no `Retry-After`. Each further pause in a row is twice as long.
const FIRST: Duration = Duration::from_secs(1);

/// The pause of a client. A client that was never refused only reads one flag.
#[derive(Debug, Default)]
pub struct RateLimit {
    refused: AtomicBool,
    pause: Mutex<Option<Pause>>,
}

/// A pause, and the requests that were sent after the pause before it: a round.
#[derive(Debug)]
struct Pause {
    /// When the round began.
    since: Instant,
    /// When the pause ends.
    until: Instant,
    /// How many rounds in a row the API has refused altogether.
    refused_rounds: u32,
    /// How many requests the API has accepted since the first refusal.
    accepted: u64,
}

/// What follows from a refusal.
pub struct Refusal {
    /// How long the request has to wait.
    pub wait: Duration,
    /// How many requests of the client the API has accepted so far. Only changes of the number matter.
    pub accepted: u64,
}

/// The refusals of one request.
#[derive(Default)]
pub struct Refusals {
    /// How many of them do not count as attempts, because the API has accepted other requests since.
    pub free: u32,
    /// How many do.
    counted: u32,
    accepted: u64,
}

impl Refusals {
    /// Notes one more, and returns how long the request has to wait.
    pub fn note(&mut self, refusal: &Refusal) -> Duration {
        if refusal.accepted != self.accepted {
            self.free += self.counted;
            (self.counted, self.accepted) = (0, refusal.accepted);
        }
        self.counted += 1;
        refusal.wait
    }
}

impl RateLimit {
    /// Waits until the pause is over. A pause that ends after `deadline` is ignored: then the API decides.
    pub async fn passed(&self, deadline: Instant) {
        while let Some(until) = self.until().filter(|until| *until < deadline) {
            sleep_until(until).await;
        }
    }

    /// Notes that the API refused a request that was sent at `sent`, and asked for a wait of `asked`. The other requests wait
    /// as long as that one, unless that is beyond its deadline: a long pause may be that of one operation alone.
    pub fn refused(&self, sent: Instant, asked: Option<Duration>, deadline: Instant) -> Refusal {
        let now = Instant::now();
        let mut state = self.lock();
        let pause = state.get_or_insert(Pause { since: sent, until: sent, refused_rounds: 0, accepted: 0 });
        let wait = if sent < pause.until {
            // Others of the round were refused before, so the pause has begun.
            asked.unwrap_or_default()
        } else {
            // What was refused long ago says nothing of the limit now.
            let forgotten = sent > after(pause.until, growing(pause.refused_rounds));
            let before = if forgotten { 0 } else { pause.refused_rounds };
            (pause.since, pause.refused_rounds) = (pause.until, before.saturating_add(1));
            asked.map_or(growing(before.saturating_add(1)), |asked| asked.max(growing(before)))
        };
        let end = after(now, wait);
        if end < deadline {
            pause.until = pause.until.max(end);
            self.refused.store(true, Ordering::Relaxed);
        }
        Refusal { wait: end.max(pause.until) - now, accepted: pause.accepted }
    }

    /// Notes that the API did not refuse a request that was sent at `sent` because of its limit.
    pub fn accepted(&self, sent: Instant) {
        if !self.refused.load(Ordering::Relaxed) {
            return;
        }
        if let Some(pause) = self.lock().as_mut().filter(|pause| sent >= pause.since) {
            pause.refused_rounds = 0;
            pause.accepted += 1;
            if pause.until <= Instant::now() {
                self.refused.store(false, Ordering::Relaxed);
            }
        }
    }

    fn until(&self) -> Option<Instant> {
        let refused = self.refused.load(Ordering::Relaxed);
        let until = refused.then(|| self.lock().as_ref().map(|pause| pause.until)).flatten();
        until.filter(|until| *until > Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Pause>> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause after so many refused rounds.
fn growing(rounds: u32) -> Duration {
    match rounds {
        0 => Duration::ZERO,
        _ => FIRST.saturating_mul(1 << (rounds - 1).min(30)),
    }
}
