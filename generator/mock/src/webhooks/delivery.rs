//! The webhooks that the mock has sent.

use std::collections::VecDeque;
use std::fmt;
use std::time::SystemTime;

use serde_json::Value;

/// The maximum number of recorded deliveries.
const MAX_DELIVERIES: usize = 2_000;

/// The maximum size of the payloads of all recorded deliveries, in bytes of JSON.
const MAX_BYTES: usize = 16 << 20;

/// A webhook that the mock has sent, or is about to send. `Debug` does not show the payload, because it may contain personal
/// data.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// The name of the webhook in the document.
    pub event: String,
    /// The method of the request.
    pub method: String,
    /// The URL, without the query parameters that the mock adds.
    pub url: String,
    /// The payload.
    pub payload: Value,
    /// The attempts so far, from the oldest to the newest.
    pub attempts: Vec<Attempt>,
    /// Whether the mock will make another attempt.
    pub is_pending: bool,
}

/// An attempt to send a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The time at which the attempt ended.
    pub time: SystemTime,
    /// The status of the response, or why there is no response.
    pub result: Result<u16, String>,
    /// The effect of the response on the change. `None` if the webhook was not sent before a change.
    pub effect: Option<String>,
}

impl Delivery {
    /// Returns why the last attempt failed: there was no response, or its status was not successful. Returns `None` if it
    /// succeeded, or if there was no attempt.
    pub fn failure(&self) -> Option<String> {
        match &self.attempts.last()?.result {
            Ok(200..300) => None,
            Ok(status) => Some(format!("the response has the status {status}")),
            Err(reason) => Some(reason.clone()),
        }
    }
}

impl Attempt {
    pub(crate) fn new(result: Result<u16, String>) -> Self {
        Self { time: SystemTime::now(), result, effect: None }
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Delivery");
        fields.field("event", &self.event).field("method", &self.method).field("url", &self.url);
        fields.field("attempts", &self.attempts).field("is_pending", &self.is_pending).finish_non_exhaustive()
    }
}

/// The last deliveries. Older deliveries are discarded.
#[derive(Debug, Default)]
pub(crate) struct Log {
    deliveries: VecDeque<(Delivery, usize)>,
    bytes: usize,
    /// The number of deliveries that are no longer in the log.
    discarded: u64,
    /// The number of changes of the log.
    pub revision: u64,
}

impl Log {
    /// Adds a delivery, and returns its number.
    pub fn add(&mut self, delivery: Delivery) -> u64 {
        let size = delivery.payload.to_string().len() + delivery.url.len() + size_of::<Delivery>();
        self.bytes += size;
        self.deliveries.push_back((delivery, size));
        self.revision += 1;
        let number = self.discarded + self.deliveries.len() as u64 - 1;
        while self.deliveries.len() > MAX_DELIVERIES || self.bytes > MAX_BYTES {
            let Some((_, size)) = self.deliveries.pop_front() else { break };
            self.bytes -= size;
            self.discarded += 1;
        }
        number
    }

    /// Returns a delivery, if it is still in the log.
    pub fn get(&self, number: u64) -> Option<&Delivery> {
        self.deliveries.get(self.index(number)?).map(|(delivery, _)| delivery)
    }

    /// Changes a delivery, if it is still in the log.
    pub fn update(&mut self, number: u64, change: impl FnOnce(&mut Delivery)) {
        self.revision += 1;
        let index = self.index(number);
        if let Some((delivery, _)) = index.and_then(|index| self.deliveries.get_mut(index)) {
            change(delivery);
        }
    }

    fn index(&self, number: u64) -> Option<usize> {
        number.checked_sub(self.discarded).and_then(|index| usize::try_from(index).ok())
    }

    /// Returns the deliveries with their numbers, from the oldest to the newest.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Delivery)> + ExactSizeIterator {
        self.deliveries.iter().enumerate().map(|(index, (delivery, _))| (self.discarded + index as u64, delivery))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(payload: Value) -> Delivery {
        let (event, method, url) = Default::default();
        Delivery { event, method, url, payload, attempts: Vec::new(), is_pending: true }
    }

    #[test]
    fn old_deliveries_are_discarded() {
        let mut log = Log::default();
        for number in 0..2 * MAX_DELIVERIES as u64 {
            assert_eq!(log.add(delivery(Value::Null)), number);
        }
        log.update(0, |_| panic!("the delivery is discarded"));
        log.update(2 * MAX_DELIVERIES as u64 - 1, |delivery| delivery.is_pending = false);
        let kept: Vec<_> = log.iter().map(|(number, delivery)| (number, delivery.is_pending)).collect();
        assert_eq!(kept.len(), MAX_DELIVERIES);
        assert_eq!((kept.first(), kept.last()), (Some(&(2_000, true)), Some(&(3_999, false))));
        for _ in 0..20 {
            log.add(delivery("x".repeat(MAX_BYTES / 8).into()));
        }
        assert!(log.iter().len() < 8 && log.bytes <= MAX_BYTES);
    }
}
