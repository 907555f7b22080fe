//! Waits without waiting: the clock stands still between two attempts, so that it jumps over the wait.
//!
//! While a request is under way it runs, since a clock that jumps whenever nothing is to be done would also jump over
//! the time that an answer takes on its way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::sample::Client;
use crate::runtime::{Body, ClientBuilder, Transport, TransportFuture};

/// The waits between attempts, in the order in which they were begun.
#[derive(Clone, Default)]
pub struct Waits(Arc<Mutex<Vec<Duration>>>);

impl Waits {
    pub fn all(&self) -> Vec<Duration> {
        self.0.lock().unwrap().clone()
    }
}

/// Lets the clock jump over all waits of the client.
pub fn jump(builder: ClientBuilder<Client>) -> (ClientBuilder<Client>, Waits) {
    let (waits, stopped) = (Waits::default(), Arc::new(AtomicBool::new(false)));
    let (seen, stop) = (waits.clone(), Arc::clone(&stopped));
    let builder = builder.transport(Running { http: reqwest::Client::new(), stopped }).observe(move |attempt| {
        if let Some(wait) = attempt.wait {
            seen.0.lock().unwrap().push(wait);
            stop.store(true, Ordering::Relaxed);
            tokio::time::pause();
        }
    });
    (builder, waits)
}

/// Lets the clock run again before it sends.
struct Running {
    http: reqwest::Client,
    stopped: Arc<AtomicBool>,
}

impl Transport for Running {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        if self.stopped.swap(false, Ordering::Relaxed) {
            tokio::time::resume();
        }
        self.http.send(request)
    }
}
