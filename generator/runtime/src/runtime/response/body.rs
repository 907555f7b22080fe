//! Reads the body of a response, up to a limit.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use http_body::Body as _;
use tokio::time::{Instant, timeout_at};

use crate::runtime::{Body, SendError};

/// What there is of a body, and why there is no more of it.
pub struct Received {
    pub bytes: Bytes,
    pub cut: Option<Cut>,
}

/// Why a body was not read to its end.
pub enum Cut {
    /// It is longer than the limit.
    TooLong,
    /// It broke off, or time was up.
    Broken(SendError),
}

/// No length that a response claims is believed beyond this before the bytes are there.
const BELIEVED: u64 = 1 << 20;

/// Reads `body` until `end`, and never holds more than `limit` bytes of it.
pub async fn read(mut body: Body, limit: usize, end: Instant) -> Received {
    let length = body.size_hint().exact().unwrap_or(0);
    if length > limit as u64 {
        return Received { bytes: Bytes::new(), cut: Some(Cut::TooLong) };
    }
    let mut bytes = Vec::new();
    let cut = loop {
        let frame = timeout_at(end, poll_fn(|context| Pin::new(&mut body).poll_frame(context))).await;
        let data = match frame {
            Err(elapsed) => break Some(Cut::Broken(elapsed.into())),
            Ok(None) => break None,
            Ok(Some(Err(error))) => break Some(Cut::Broken(error.into())),
            Ok(Some(Ok(frame))) => frame.into_data(),
        };
        let Ok(data) = data else { continue };
        // A short body comes in one piece, which need not be copied.
        if bytes.is_empty() && data.len() <= limit && body.is_end_stream() {
            return Received { bytes: data, cut: None };
        }
        bytes.reserve(length.min(BELIEVED).saturating_sub(bytes.len() as u64) as usize);
        if data.len() > limit - bytes.len() {
            bytes.extend_from_slice(&data[..limit - bytes.len()]);
            break Some(Cut::TooLong);
        }
        bytes.extend_from_slice(&data);
    };
    Received { bytes: bytes.into(), cut }
}
