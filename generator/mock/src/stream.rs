//! Streams of events and lines: their IDs and their end, and the faults in the middle of a stream.

use std::time::Duration;

use bindery::ir::{Api, Content, Framing, Operation, OperationId, ParamLocation};
use bytes::Bytes;
use http_body_util::Channel;
use hyper::header::HeaderMap;
use serde_json::{Value, json};

use crate::body;
use crate::error::Failure;
use crate::error_response::failure_response;
use crate::fault::{Damage, Fault, InjectedFault};
use crate::http::Response;
use crate::model::Model;
use crate::request_values::RequestValues;

/// Returns the value of the header `Accept` that decides about the media type of a response. If a property of the request body asks
/// for a stream, the property decides, as in most APIs.
pub(crate) fn accept<'a>(
    api: &Api,
    operation: &'a Operation,
    values: &RequestValues<'_>,
    accept: Option<&'a str>,
) -> Option<&'a str> {
    let Some(stream) = api.requested_stream(operation).and_then(|index| operation.alternatives().nth(index)) else {
        return accept;
    };
    let flag = values.iter().find_map(|(param, value)| match param.location {
        ParamLocation::Form if param.wire == api.stream_flag_name => Some(value),
        ParamLocation::Body(_) => value.get(&api.stream_flag_name),
        _ => None,
    });
    match flag.is_some_and(|flag| flag == true || flag == "true") {
        true => stream.media_types.first().map(String::as_str),
        false => accept.filter(|accept| !stream.media_types.iter().any(|name| name == accept)),
    }
}

/// Numbers the server-sent events of a stream from 1, and adds the event that ends the stream, if the API has one. Removes the events
/// up to `last_event_id`. Does not change streams of lines.
pub(crate) fn finish(response: &mut Response, ends: &[String], last_event_id: Option<&str>) {
    let Content::Stream(framing) = response.content else { return };
    let Some(Value::Array(items)) = &mut response.body else { return };
    if framing == Framing::Lines {
        return;
    }
    let mut has_ids = framing == Framing::Events;
    for (index, item) in items.iter_mut().enumerate() {
        let id = (index + 1).to_string();
        match (framing, item.get("id")) {
            (Framing::Events, _) => *item = json!({ "id": id, "data": item }),
            (_, Some(Value::Number(_))) => item["id"] = json!(index + 1),
            (_, Some(_)) => item["id"] = json!(id),
            (_, None) => continue,
        }
        has_ids = true;
    }
    response.content = Content::Stream(Framing::Envelopes);
    let received = last_event_id.and_then(|id| id.parse().ok()).filter(|_| has_ids).unwrap_or(0);
    items.drain(..items.len().min(received));
    items.extend(ends.first().map(|end| json!({ "data": end })));
}

/// Adds an item that reports an error to the middle of a stream. Its data is the body of an error response with the status 500.
pub(crate) fn add_error(model: &Model, operation: Option<OperationId>, response: &mut Response) {
    let (Content::Stream(framing), Some(Value::Array(items))) = (response.content, &mut response.body) else { return };
    let failure = Failure::new(500, "failed because of an injected fault".to_owned());
    let error = failure_response(model, operation, &failure).body.unwrap_or_else(|| json!(failure.message));
    let streams = &model.config.streams;
    let data = streams.error_property_name().map(|property| match error.get(property) {
        None => json!({ property: error }),
        Some(_) => error.clone(),
    });
    let item = match (framing, streams.error_event()) {
        (Framing::Lines, _) => data,
        (_, Some(event)) => Some(json!({ "event": event, "data": error })),
        (_, None) => data.map(|data| json!({ "data": data })),
    };
    let Some(item) = item else { return };
    items.insert(items.len() / 2, item);
}

/// The time after which a stream that has stalled is closed.
const STALL: Duration = Duration::from_secs(600);

/// Returns the body of a stream, and sends the items one after the other. Returns `None` if the response is not a stream, or if
/// the fault resets its connection.
pub(crate) fn body(
    response: &Response,
    fault: &Fault,
    headers: &mut HeaderMap,
) -> Option<Channel<Bytes, InjectedFault>> {
    let Content::Stream(framing) = response.content else { return None };
    let mut items = body::items(framing, response.body.as_ref()?)?;
    let middle = items.len() / 2;
    match fault.damage {
        Some(Damage::Reset) => return None,
        Some(Damage::Reorder) => {
            items.reverse();
            // The item that ends the stream stays at the end. It is the only one without an ID.
            let has_id = |item: &String| item.lines().any(|line| line.starts_with("id: "));
            if items.iter().skip(1).any(has_id) && !items.first().is_some_and(has_id) {
                items.rotate_left(1);
            }
        }
        Some(Damage::Malformed) => items.insert(middle, malformed(framing).to_owned()),
        Some(Damage::Stall) => items.truncate(middle),
        Some(Damage::Truncate) => {
            items.truncate(middle + 1);
            let last = items.last_mut()?;
            *last = last.chars().take(last.chars().count() / 2).collect();
        }
        _ => {}
    }
    headers.remove("content-length");
    let (sender, body) = Channel::new(1);
    tokio::spawn(send(sender, items, fault.drip.unwrap_or_default(), fault.damage));
    Some(body)
}

/// Returns an item that is not valid JSON.
fn malformed(framing: Framing) -> &'static str {
    if framing == Framing::Lines { "{\"unfinished\": \n" } else { "data: {\"unfinished\": \n\n" }
}

async fn send(
    mut sender: http_body_util::channel::Sender<Bytes, InjectedFault>,
    items: Vec<String>,
    pause: Duration,
    damage: Option<Damage>,
) {
    for item in items {
        if sender.send_data(item.into()).await.is_err() {
            return;
        }
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    match damage {
        Some(Damage::Stall) => {
            tokio::time::sleep(STALL).await;
            sender.abort(InjectedFault);
        }
        Some(Damage::Truncate) => {
            // The error closes the connection, so wait until the data is sent.
            tokio::time::sleep(Duration::from_millis(20)).await;
            sender.abort(InjectedFault);
        }
        _ => {}
    }
}
