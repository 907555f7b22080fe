//! Emits the enums of the responses that a program may send to a webhook.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::docs::{append_sentence, attributes, code, lines, wrap};
use crate::emit::imports::Imports;
use crate::emit::{Context, Item, ident, tokens};
use crate::ir::{Content, Status, Webhook};
use crate::webhook_replies::{Reply, replies, variant_names};

impl Context<'_> {
    /// Returns the enum of the responses to an event, and its conversions. `events` has the paths of all events with these
    /// responses.
    pub(super) fn reply(&self, event: &Webhook, name: &str, events: &[String], imports: &mut Imports) -> Vec<Item> {
        let enum_ident = ident(name);
        let (mut variants, mut arms) = (Vec::new(), Vec::new());
        let replies = replies(event, &self.config.webhooks.replies);
        for (reply, variant) in replies.iter().zip(variant_names(&replies)) {
            let (response, variant) = (reply.response, ident(&variant));
            let docs = attributes(&reply_docs(reply));
            let body = reply.body.map(|ty| match response.content {
                Content::Json => self.path_text(ty, imports),
                Content::Text => "String".to_owned(),
                Content::Binary | Content::Stream(_) => "webhooks::Bytes".to_owned(),
            });
            let body = body.map(|text| tokens(&text));
            let (status_type, status_pattern, status) = match reply.status {
                Status::Code(code) => {
                    let code = Literal::u16_unsuffixed(code);
                    (None, None, quote! { webhooks::status(#code) })
                }
                _ => (Some(quote! { ::http::StatusCode }), Some(quote! { status }), quote! { status }),
            };
            let types: Vec<TokenStream> = status_type.into_iter().chain(body.clone()).collect();
            let patterns: Vec<TokenStream> = status_pattern.into_iter().chain(body.map(|_| quote! { body })).collect();
            let (types, patterns) = match types.is_empty() {
                true => (None, None),
                false => (Some(quote! { (#(#types),*) }), Some(quote! { (#(#patterns),*) })),
            };
            variants.push(quote! { #docs #variant #types, });
            let media_type = response.media_types.first().filter(|name| !name.contains('*'));
            let reply = match (reply.body.is_some(), response.content) {
                (false, _) => quote! { webhooks::empty_reply(#status) },
                (true, Content::Json) => {
                    let media_type = media_type.map_or("application/json", String::as_str);
                    quote! { webhooks::json_reply(#status, #media_type, &body) }
                }
                (true, content) => {
                    let default = if content == Content::Text { "text/plain" } else { "application/octet-stream" };
                    let media_type = media_type.map_or(default, String::as_str);
                    quote! { webhooks::reply(#status, #media_type, body) }
                }
            };
            arms.push(quote! { #enum_ident::#variant #patterns => #reply, });
        }
        let links: Vec<String> = events.iter().map(|event| format!("[`{event}`]")).collect();
        let docs = attributes(&wrap(&match links.as_slice() {
            [link] => format!("A response to the event {link}."),
            links => format!("A response to one of the events {}.", links.join(", ")),
        }));
        vec![
            Item::Rust(quote! {
                #docs
                #[derive(Clone, Debug, PartialEq)]
                #[non_exhaustive]
                pub enum #enum_ident { #(#variants)* }
            }),
            Item::Rust(quote! {
                impl From<#enum_ident> for ::http::Response<webhooks::Bytes> {
                    fn from(reply: #enum_ident) -> Self {
                        match reply { #(#arms)* }
                    }
                }
            }),
            Item::Rust(quote! {
                #[cfg(feature = "axum")]
                impl webhooks::IntoResponse for #enum_ident {
                    fn into_response(self) -> webhooks::AxumResponse {
                        webhooks::axum_response(self.into())
                    }
                }
            }),
        ]
    }
}

/// Returns the documentation of the variant of a response.
fn reply_docs(reply: &Reply<'_>) -> Vec<String> {
    let response = reply.response;
    let status = match reply.status {
        Status::Code(status) => format!("The status is {}.", code(&status.to_string())),
        Status::Range(class) => format!("The status is one of {}.", code(&format!("{class}XX"))),
        Status::Default => "The status is any other status.".to_owned(),
    };
    let mut docs = lines(&response.docs, "A response.");
    append_sentence(&mut docs, &response.docs, &status);
    if response.body.is_some() && reply.body.is_none() {
        append_sentence(&mut docs, &response.docs, "The body is empty.");
    }
    docs
}
