//! The responses that a program may send to a webhook, with the names that codegen.toml gives them.

use std::collections::{HashMap, HashSet};

use crate::config::ReplyName;
use crate::ir::{Response, Status, TypeRef, Webhook};
use crate::naming::case;

/// A response that a program may send to a webhook.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The name in `webhooks.replies`, if there is one.
    pub name: Option<&'a str>,
    /// The status. A response with a name has a single status, even if the document describes a range or `default`.
    pub status: Status,
    /// The type of the body. `None` if the response is sent with an empty body.
    pub body: Option<&'a TypeRef>,
    /// The response that the document describes.
    pub response: &'a Response,
}

/// Returns the responses that a program may send to a webhook: those with a name, and then those without.
pub fn replies<'a>(webhook: &'a Webhook, names: &'a [ReplyName]) -> Vec<Reply<'a>> {
    let named = names.iter().filter_map(|name| named_reply(webhook, name));
    let has_name = |response: &Response| match response.status {
        Status::Code(status) => names.iter().any(|name| name.status == status && named_reply(webhook, name).is_some()),
        Status::Range(_) | Status::Default => false,
    };
    let others = webhook.responses.iter().filter(|response| !has_name(response));
    let others =
        others.map(|response| Reply { name: None, status: response.status, body: response.body.as_ref(), response });
    named.chain(others).collect()
}

/// Returns the response with a name, or `None` if the webhook has no such response.
pub fn named_reply<'a>(webhook: &'a Webhook, name: &'a ReplyName) -> Option<Reply<'a>> {
    let statuses = [Status::Code(name.status), Status::Range(name.status / 100), Status::Default];
    let mut responses = statuses.iter().filter_map(|status| webhook.responses.iter().find(|it| it.status == *status));
    let response = responses.next()?;
    let body = response.body.as_ref().filter(|_| name.body != Some(false));
    let is_possible = body.is_some() || name.body != Some(true);
    is_possible.then_some(Reply { name: Some(&name.name), status: Status::Code(name.status), body, response })
}

/// Returns, for each webhook, the index of the first webhook with the same responses. It is `None` for a webhook without an enum of
/// responses: no response has a body, and fewer than two responses have a name.
pub fn first_with_same_replies(webhooks: &[Webhook], names: &[ReplyName]) -> Vec<Option<usize>> {
    let mut first_by_replies: HashMap<String, usize> = HashMap::new();
    let first_indices = webhooks.iter().enumerate().map(|(index, webhook)| {
        let replies = replies(webhook, names);
        let named_count = replies.iter().filter(|reply| reply.name.is_some()).count();
        if named_count < 2 && replies.iter().all(|reply| reply.body.is_none()) {
            return None;
        }
        let described = replies.iter().map(|Reply { name, status, body, response }| {
            (name, status, body, response.content, &response.media_types, &response.docs)
        });
        let key = format!("{:?}", described.collect::<Vec<_>>());
        Some(*first_by_replies.entry(key).or_insert(index))
    });
    first_indices.collect()
}

/// Returns the variants of the responses. The variant of a response without a name has the name of its status.
pub fn variant_names(replies: &[Reply<'_>]) -> Vec<String> {
    let named: HashSet<String> = replies.iter().filter_map(|reply| reply.name.map(case::variant_name)).collect();
    let names = replies.iter().map(|reply| match reply.name {
        Some(name) => case::variant_name(name),
        None => {
            let name = variant_name(reply.status);
            if named.contains(&name) { format!("{name}Status") } else { name }
        }
    });
    names.collect()
}

/// Returns the variant of a status.
fn variant_name(status: Status) -> String {
    let name = match status {
        Status::Code(200) => "Ok",
        Status::Code(201) => "Created",
        Status::Code(202) => "Accepted",
        Status::Code(204) => "NoContent",
        Status::Code(400) => "BadRequest",
        Status::Code(401) => "Unauthorized",
        Status::Code(403) => "Forbidden",
        Status::Code(404) => "NotFound",
        Status::Code(409) => "Conflict",
        Status::Code(410) => "Gone",
        Status::Code(422) => "UnprocessableContent",
        Status::Code(429) => "TooManyRequests",
        Status::Code(500) => "InternalServerError",
        Status::Code(503) => "ServiceUnavailable",
        Status::Code(code) => return format!("Status{code}"),
        Status::Range(1) => "Informational",
        Status::Range(2) => "Success",
        Status::Range(3) => "Redirect",
        Status::Range(4) => "ClientError",
        Status::Range(_) => "ServerError",
        Status::Default => "Other",
    };
    name.to_owned()
}
