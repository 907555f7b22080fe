//! A clock that jumps over the waits between attempts.
//!
//! The clock runs while a request is sent. Otherwise it would also jump over the time that a response takes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::sample::Client;
use crate::runtime::{Body, ClientBuilder, Transport, TransportFuture};

/// The waits between attempts, in order.
#[derive(Clone, Default)]
pub struct Waits(Arc<Mutex<Vec<Duration>>>);

impl Waits {
    pub fn all(&self) -> Vec<Duration> {
        self.0.lock().unwrap().clone()
    }
}

/// Makes the clock jump over all waits of the client.
pub fn jump(builder: ClientBuilder<Client>) -> (ClientBuilder<Client>, Waits) {
    let (waits, stopped) = (Waits::default(), Arc::new(AtomicBool::new(false)));
    let (seen, stop) = (waits.clone(), Arc::clone(&stopped));
    let http = builder.default_transport().unwrap();
    let builder = builder.transport(Running { http, stopped }).observe(move |attempt| {
        if let Some(wait) = attempt.wait {
            seen.0.lock().unwrap().push(wait);
            stop.store(true, Ordering::Relaxed);
            tokio::time::pause();
        }
    });
    (builder, waits)
}

/// A transport that lets the clock run while it sends.
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
