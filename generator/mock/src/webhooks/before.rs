//! Webhooks before a change. The request waits for their responses, which can replace properties or reject the change.

use std::sync::Arc;

use bindery::ir::{Content, Role, Status};
use bindery::mock_rules::property;
use serde_json::{Map, Value};

use crate::error::Failure;
use crate::handler::plan;
use crate::http::Request;
use crate::model::Model;
use crate::record_change::RecordChange;
use crate::route::Route;
use crate::shared::Shared;
use crate::validate::check;
use crate::webhooks::catalog::Event;
use crate::webhooks::changes::{Moment, has_headers, messages};
use crate::webhooks::http_client::Reply;
use crate::webhooks::outbox::Message;
use crate::{big, generate};

/// Sends the webhooks before the change that a request makes. Returns the properties that their responses replace.
///
/// # Errors
///
/// Returns a failure with status 403 if a response rejects the change.
pub(crate) async fn send(
    shared: &Arc<Shared>,
    request: &Request,
    route: &Route,
) -> Result<Map<String, Value>, Failure> {
    let mut replacements = Map::new();
    let Some((change, messages)) = planned_change(shared, request, route) else { return Ok(replacements) };
    for message in messages {
        let (number, reply) = shared.outbox.send_now(&message).await;
        let event = shared.outbox.catalog.get(&shared.model, message.event);
        let result = match (&reply, event) {
            (Ok(reply), Some(event)) => apply_reply(shared, request, route, &change, &event, reply, &mut replacements),
            _ => Ok("the change is made".to_owned()),
        };
        let effect = result.as_ref().map_or_else(|_| "the change is rejected".to_owned(), String::clone);
        shared.outbox.set_effect(number, effect);
        result?;
    }
    Ok(replacements)
}

/// Returns the change that a request would make, and the webhooks before it. Returns `None` if there are none, or if the request
/// is not possible.
fn planned_change(shared: &Arc<Shared>, request: &Request, route: &Route) -> Option<(RecordChange, Vec<Message>)> {
    let model = &shared.model;
    // Skip the expensive plan for most requests.
    let is_read = matches!(model.api.operations[route.operation].role, Role::List | Role::Fetch);
    let mut subscriptions = model.config.mock.subscriptions.iter().filter(|subscription| subscription.before.is_some());
    if is_read || !subscriptions.any(|subscription| has_headers(request, subscription)) {
        return None;
    }
    let mut inner = shared.lock();
    let state = &mut inner.state;
    let change = plan(model, state, request, route, &Map::new()).ok()??;
    let now = generate::time(state.tick);
    let messages = messages(&shared.outbox, model, request, &change, Moment::Before, &now);
    Some((change, messages))
}

/// Adds the properties that a response replaces. Returns the effect of the response on the change.
///
/// # Errors
///
/// Returns a failure with status 403 if the response rejects the change.
fn apply_reply(
    shared: &Shared,
    request: &Request,
    route: &Route,
    change: &RecordChange,
    event: &Event<'_>,
    reply: &Reply,
    replacements: &mut Map<String, Value>,
) -> Result<String, Failure> {
    let unchanged = |reason: &str| Ok(format!("the change is made, and the response is ignored: {reason}"));
    match reply.status {
        400..500 => {
            let message = format!("the webhook `{}` has rejected the change", event.webhook.name);
            return Err(Failure::new(403, message));
        }
        200 if reply.body.trim_ascii().is_empty() => return Ok("the change is made".to_owned()),
        200 => {}
        status => return unchanged(&format!("it has the status {status}")),
    }
    let body = match big::parse(&reply.body) {
        Ok(Value::Object(body)) => body,
        Ok(_) => return unchanged("it is not a JSON object"),
        Err(_) => return unchanged("it is not JSON"),
    };
    let mut new_replacements = replacements.clone();
    for (name, value) in body.into_iter().filter(|(_, value)| !value.is_null()) {
        if let Some(problem) = problem(&shared.model, change, event, &name, &value) {
            return unchanged(&format!("`{name}` {problem}"));
        }
        new_replacements.insert(name, value);
    }
    if let Err(failure) = plan(&shared.model, &mut shared.lock().state, request, route, &new_replacements) {
        return unchanged(&failure.message);
    }
    let names: Vec<String> = new_replacements.keys().map(|name| format!("`{name}`")).collect();
    *replacements = new_replacements;
    Ok(match names.is_empty() {
        true => "the change is made".to_owned(),
        false => format!("the response replaces {}", names.join(", ")),
    })
}

/// Returns why a response cannot replace a property.
fn problem(model: &Model, change: &RecordChange, event: &Event<'_>, name: &str, value: &Value) -> Option<String> {
    let is_ok = |status: Status| matches!(status, Status::Code(200) | Status::Range(2));
    let response = event.webhook.responses.iter().find(|response| is_ok(response.status) && response.body.is_some());
    let body =
        response.filter(|response| response.content == Content::Json).and_then(|response| response.body.as_ref());
    let declared = body.and_then(|ty| model.record(ty)).and_then(|body| property(&model.api, body, name));
    let Some(declared) = declared else { return Some("is not a property of the documented response".to_owned()) };
    if let Some(problem) = check(&model.api, &declared.ty, value).first() {
        return Some(problem.message.clone());
    }
    let field = model.record_of(change.resource).and_then(|record| property(&model.api, record, name));
    match field {
        Some(field) if generate::fits(model, field, value) => None,
        Some(_) => Some("does not match the schema of the record".to_owned()),
        None => Some("is not a property of the record".to_owned()),
    }
}
