//! A clock that jumps over the waits between attempts.
//!
//! The clock is paused only between attempts. If it were also paused during a request, it would jump over the time that the
//! response takes, and the request would time out.

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

/// Makes the clock jump over all waits of the client, and records the waits.
pub fn jump_over_waits(builder: ClientBuilder<Client>) -> (ClientBuilder<Client>, Waits) {
    let (waits, is_paused) = (Waits::default(), Arc::new(AtomicBool::new(false)));
    let (recorded_waits, set_paused) = (waits.clone(), Arc::clone(&is_paused));
    let http = builder.default_transport().unwrap();
    let builder = builder.transport(ResumingTransport { http, is_paused }).observe(move |attempt| {
        if let Some(wait) = attempt.wait {
            recorded_waits.0.lock().unwrap().push(wait);
            set_paused.store(true, Ordering::Relaxed);
            tokio::time::pause();
        }
    });
    (builder, waits)
}

/// A transport that resumes the paused clock before it sends a request.
struct ResumingTransport {
    http: reqwest::Client,
    is_paused: Arc<AtomicBool>,
}

impl Transport for ResumingTransport {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        if self.is_paused.swap(false, Ordering::Relaxed) {
            tokio::time::resume();
        }
        self.http.send(request)
    }
}
