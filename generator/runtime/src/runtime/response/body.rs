//! Reads the body of a response, up to a limit.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use http_body::Body as _;
use tokio::time::{Instant, timeout_at};

use crate::runtime::{Body, SendError};

/// The received part of a body.
pub struct Received {
    pub bytes: Bytes,
    /// The reason why the body is incomplete. `None` if the body is complete.
    pub incomplete: Option<Incomplete>,
}

/// The reason why a body is incomplete.
pub enum Incomplete {
    /// The body is longer than the limit.
    TooLong,
    /// The connection broke, or the timeout elapsed.
    Failed(SendError),
}

/// The maximum number of bytes to allocate in advance for the declared length of a body.
const MAX_INITIAL_CAPACITY: u64 = 1 << 20;

/// Reads a body until `end`, and keeps at most `limit` bytes.
pub async fn read(mut body: Body, limit: usize, end: Instant) -> Received {
    let length = body.size_hint().exact().unwrap_or(0);
    if length > limit as u64 {
        return Received { bytes: Bytes::new(), incomplete: Some(Incomplete::TooLong) };
    }
    let mut bytes = Vec::new();
    let incomplete = loop {
        let frame = timeout_at(end, poll_fn(|context| Pin::new(&mut body).poll_frame(context))).await;
        let data = match frame {
            Err(elapsed) => break Some(Incomplete::Failed(elapsed.into())),
            Ok(None) => break None,
            Ok(Some(Err(error))) => break Some(Incomplete::Failed(error.into())),
            Ok(Some(Ok(frame))) => frame.into_data(),
        };
        let Ok(data) = data else { continue };
        // If the whole body is in one frame, the frame is returned without a copy.
        if bytes.is_empty() && data.len() <= limit && body.is_end_stream() {
            return Received { bytes: data, incomplete: None };
        }
        bytes.reserve(length.min(MAX_INITIAL_CAPACITY).saturating_sub(bytes.len() as u64) as usize);
        if data.len() > limit - bytes.len() {
            bytes.extend_from_slice(&data[..limit - bytes.len()]);
            break Some(Incomplete::TooLong);
        }
        bytes.extend_from_slice(&data);
    };
    Received { bytes: bytes.into(), incomplete }
}
