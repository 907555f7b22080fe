//! Describes the nodes of a document in words.

use super::escape::name;
use crate::compare::Step;
use crate::ir::{Media, ParamLocation, Status};

/// A node of a document in words.
pub(super) struct Node {
    /// The node with its parents, such as ``property `sid` of schema `Service` ``.
    pub text: String,
    /// The node alone.
    pub own: String,
    /// The parents. It is empty for an operation, a schema, and the API.
    pub parent: String,
}

/// Describes a node of a document.
pub(super) fn node(path: &[Step]) -> Node {
    match path {
        [] => Node { text: "the API".to_owned(), own: "the API".to_owned(), parent: String::new() },
        [root, steps @ ..] => match root_noun(root).zip(root_name(root)) {
            Some((noun, root)) => node_in(steps, format!("{noun} `{}`", name(root))),
            None => node_in(path, "the API".to_owned()),
        },
    }
}

/// Describes a node. `root` describes its operation, schema or webhook, and `steps` is its path from there.
pub(super) fn node_in(steps: &[Step], root: String) -> Node {
    let mut names = vec![root];
    let mut steps = steps.iter().peekable();
    while let Some(next) = steps.next() {
        let mut depth = 1;
        while *next == Step::Items && steps.next_if(|step| **step == Step::Items).is_some() {
            depth += 1;
        }
        names.push(if depth < 3 {
            vec![step(next); depth].join(" of ")
        } else {
            format!("the items {depth} levels deep")
        });
    }
    let own = names.pop().unwrap_or_default();
    names.reverse();
    let parent = names.join(" of ");
    Node { text: if names.is_empty() { own.clone() } else { format!("{own} of {parent}") }, own, parent }
}

/// Returns what an operation, schema or webhook is.
pub(super) fn root_noun(step: &Step) -> Option<&'static str> {
    match step {
        Step::Operation(_) => Some("operation"),
        Step::Type(_) => Some("schema"),
        Step::Webhook(_) => Some("webhook"),
        _ => None,
    }
}

/// Returns the name of an operation, schema or webhook.
pub(super) fn root_name(step: &Step) -> Option<&str> {
    match step {
        Step::Operation(name) | Step::Type(name) | Step::Webhook(name) => Some(name),
        _ => None,
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Operation(_) | Step::Type(_) | Step::Webhook(_) => String::new(),
        Step::ServerVariable(variable) => format!("server variable `{}`", name(variable)),
        Step::Param(ParamLocation::Body(Media::Json), _) => "the JSON body".to_owned(),
        Step::Param(ParamLocation::Body(_), wire) => format!("the body `{}`", name(wire)),
        Step::Param(ParamLocation::Form | ParamLocation::File, wire) => format!("form field `{}`", name(wire)),
        Step::Param(location, wire) => format!("{} parameter `{}`", location.as_str(), name(wire)),
        Step::Payload => "the payload".to_owned(),
        Step::Response(Status::Code(code)) => format!("response `{code}`"),
        Step::Response(Status::Range(class)) => format!("response `{class}XX`"),
        Step::Response(Status::Default) => "response `default`".to_owned(),
        Step::MediaType(media_type) => format!("media type `{}`", name(media_type)),
        Step::Header(wire) => format!("header `{}`", name(wire)),
        Step::Property(wire) => format!("property `{}`", name(wire)),
        Step::Items => "the items".to_owned(),
        Step::Item(index) => format!("item {}", index + 1),
        Step::UnionVariant(variant) => format!("alternative `{}`", name(variant)),
        Step::AdditionalProperties => "the additional properties".to_owned(),
    }
}
