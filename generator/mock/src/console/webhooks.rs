//! The endpoints of the web page that list and send webhooks.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::view::{MAX_BODY_CHARS, MAX_LISTED_ENTRIES};
use super::{ConsoleResponse, TEXT};
use crate::http::Request;
use crate::shared::Shared;
use crate::webhooks::Delivery;
use crate::{big, generate};

/// Returns the webhooks of the document, with generated payloads for the form of the page.
pub(super) fn documented(shared: &Shared) -> Value {
    let events = shared.outbox.events().map(|(event, payload)| {
        json!({
            "name": event.title,
            "method": event.webhook.method.as_str(),
            "summary": event.webhook.docs.summary,
            "payload": payload,
        })
    });
    events.collect()
}

/// Returns the last deliveries, from the newest to the oldest.
pub(super) fn deliveries(shared: &Shared) -> Value {
    let deliveries = shared.outbox.deliveries();
    let listed = deliveries.iter().rev().take(MAX_LISTED_ENTRIES).map(delivery);
    let more = deliveries.len().saturating_sub(MAX_LISTED_ENTRIES);
    json!({ "deliveries": listed.collect::<Vec<_>>(), "more": more })
}

fn delivery((number, delivery): &(u64, Delivery)) -> Value {
    let attempts = delivery.attempts.iter().map(|attempt| {
        let time = attempt.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        json!({
            "milliseconds": u64::try_from(time.as_millis()).unwrap_or_default(),
            "status": attempt.result.as_ref().ok(),
            "error": attempt.result.as_ref().err(),
            "effect": attempt.effect,
        })
    });
    let payload = serde_json::to_string_pretty(&delivery.payload).unwrap_or_default();
    json!({
        "number": number,
        "event": delivery.event,
        "method": delivery.method,
        "url": delivery.url,
        "pending": delivery.is_pending,
        "attempts": attempts.collect::<Vec<_>>(),
        "payload": payload.chars().take(MAX_BODY_CHARS).collect::<String>(),
    })
}

/// Sends a webhook. The query has the name of the webhook, and can have the URL. The body is the payload as JSON. If the body is
/// empty, the mock generates the payload.
pub(super) fn send(shared: &Shared, request: &Request, event: &str, url: Option<&str>) -> ConsoleResponse {
    let payload = match request.body.trim_ascii() {
        [] => None,
        body => match big::parse(body) {
            Ok(payload) => Some(payload),
            Err(error) => return ConsoleResponse::error(400, format!("the payload is not JSON: {error}\n")),
        },
    };
    let now = generate::time(shared.lock().state.tick);
    match shared.outbox.send(url.filter(|url| !url.is_empty()), event, payload, &now) {
        Ok(()) => ConsoleResponse { status: 202, ..ConsoleResponse::new(TEXT, "the webhook will be sent\n") },
        Err(error) => ConsoleResponse::error(400, format!("{error}\n")),
    }
}
