//! Callbacks: webhooks to URLs that a request or its response contains.

use std::sync::Arc;

use bindery::ir::OperationId;
use serde_json::{Map, Value};

use crate::http::{Request, Response};
use crate::json_path::value_to_string;
use crate::model::Model;
use crate::path::{Values, segment};
use crate::webhooks::catalog::{Event, EventId};
use crate::webhooks::outbox::{Message, Outbox};
use crate::webhooks::payload::{complete, fill};

/// Sends the callbacks of an operation after a successful request. A callback is not sent if a value of its URL is missing.
pub(crate) fn send(
    outbox: &Arc<Outbox>,
    model: &Model,
    operation: OperationId,
    request: &Request,
    path: &Values,
    response: &Response,
    now: &str,
) {
    let groups = model
        .api
        .webhooks
        .iter()
        .enumerate()
        .filter(|(_, group)| group.callback.as_ref().is_some_and(|callback| callback.operation == Some(operation)));
    let exchange = Exchange { request, path, response };
    for (group, webhooks) in groups {
        for (event, webhook) in webhooks.events.iter().enumerate() {
            let id = EventId { group, event };
            let url = webhook.expression.as_deref().and_then(|expression| exchange.url(expression));
            let (Some(url), Some(event)) = (url, outbox.catalog.get(model, id)) else { continue };
            let Ok(mut payload) = complete(model, &event, None, now) else { continue };
            let declared = webhook.payload.as_ref().and_then(|ty| model.record(ty));
            if let (Some(declared), Value::Object(entries), Some(Value::Object(body))) =
                (declared, &mut payload, &response.body)
            {
                let name = entries.clone();
                fill(model, declared, body, entries);
                restore_name(&event, &name, entries);
            }
            let method = webhook.method.as_str().to_owned();
            outbox.queue(Message { event: id, url, method, payload, retries: 0, retry_property: None });
        }
    }
}

/// Restores the property with the name of the event, which a property of the response may have replaced.
fn restore_name(event: &Event<'_>, generated: &Map<String, Value>, entries: &mut Map<String, Value>) {
    let name = event.name_property.first();
    if let Some((name, value)) = name.and_then(|name| Some((name, generated.get(name)?))) {
        entries.insert(name.clone(), value.clone());
    }
}

/// A request and its response.
struct Exchange<'a> {
    request: &'a Request,
    path: &'a Values,
    response: &'a Response,
}

impl Exchange<'_> {
    /// Returns the URL of a callback. The expression is a runtime expression, or a string with runtime expressions in braces.
    fn url(&self, expression: &str) -> Option<String> {
        if expression.starts_with('$') {
            return self.value(expression);
        }
        let mut pieces = expression.split('{');
        let mut url = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (expression, text) = piece.split_once('}')?;
            url.push_str(&self.value(expression)?);
            url.push_str(text);
        }
        Some(url)
    }

    /// Returns the value of a runtime expression. Returns `None` if the request or the response does not have it.
    fn value(&self, expression: &str) -> Option<String> {
        let value = match expression.trim() {
            "$url" => return Some(self.request_url()),
            "$method" => return Some(self.request.method.clone()),
            "$statusCode" => return Some(self.response.status.to_string()),
            expression => expression,
        };
        let (source, rest) = value.split_once('.')?;
        let (kind, name) = match rest.find(['.', '#']) {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        let pair = |pairs: &[(String, String)], is_name: &dyn Fn(&str) -> bool| {
            pairs.iter().find(|(name, _)| is_name(name)).map(|(_, value)| value.clone())
        };
        let key = name.trim_start_matches('.');
        let value = match (source, kind) {
            ("$request", "query") => pair(&self.request.query, &|name| name == key),
            ("$request", "path") => pair(self.path, &|name| name == key),
            ("$request", "header") => self.request.header(key).map(str::to_owned),
            ("$response", "header") => pair(&self.response.headers, &|name| name.eq_ignore_ascii_case(key)),
            ("$request", "body") => text_at(&self.request_body(), name.trim_start_matches('#')),
            ("$response", "body") => text_at(self.response.body.as_ref()?, name.trim_start_matches('#')),
            _ => None,
        };
        value.filter(|value| !value.is_empty())
    }

    /// Returns the body of the request: JSON, or an object with the fields of a form.
    fn request_body(&self) -> Value {
        if let Ok(value) = serde_json::from_slice(&self.request.body) {
            return value;
        }
        let parts = self.request.parts().unwrap_or_default();
        let parts = parts.iter().map(|part| (part.name.clone(), String::from_utf8_lossy(part.content).into_owned()));
        let fields = parts.chain(self.request.form());
        Value::Object(fields.map(|(name, value)| (name, Value::String(value))).collect())
    }

    fn request_url(&self) -> String {
        let host = self.request.header("host").unwrap_or("localhost");
        let query = self.request.query.iter().map(|(name, value)| format!("{}={}", segment(name), segment(value)));
        let query = query.collect::<Vec<_>>().join("&");
        let separator = if query.is_empty() { "" } else { "?" };
        format!("http://{host}{}{separator}{query}", self.request.path)
    }
}

/// Returns the value at a JSON pointer as a string. Returns `None` if it is an object, an array or `null`.
fn text_at(value: &Value, pointer: &str) -> Option<String> {
    let value = value.pointer(pointer)?;
    (value.is_string() || value.is_number() || value.is_boolean()).then(|| value_to_string(value))
}
