//! Emits the module `webhooks`: an enum of the events, and their receiver. Each operation with callbacks has a module in it.

mod replies;
mod signature;

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs::{attributes, code, lines, paragraph};
use super::imports::Imports;
use crate::config::SignatureKind;
use crate::emit::{BLANK, Context, Item, Module, ModuleTask, ident, module_attribute, tokens};
use crate::ir::{TypeRef, Webhook, WebhookGroup};
use crate::naming::WebhookName;
use crate::webhook_names::{EventName, has_dots};
use signature::{signature, signature_docs};

/// Returns the module `webhooks`, and the modules of the operations with callbacks.
pub(crate) fn modules<'a>(context: &'a Context<'a>) -> Vec<ModuleTask<'a>> {
    if context.api.webhooks.is_empty() {
        return Vec::new();
    }
    let callbacks = context.callbacks_by_module();
    let modules = callbacks
        .into_iter()
        .map(|(module, groups)| -> ModuleTask<'a> { Box::new(move || context.callback_module(module, &groups)) });
    let root: ModuleTask<'a> = Box::new(move || context.webhooks_module());
    [root].into_iter().chain(modules).collect()
}

type Group<'a> = (&'a WebhookGroup, &'a WebhookName);

impl Context<'_> {
    fn webhook_groups(&self) -> impl Iterator<Item = Group<'_>> {
        self.api.webhooks.iter().zip(self.names.webhooks())
    }

    fn callbacks_by_module(&self) -> BTreeMap<&str, Vec<Group<'_>>> {
        let mut modules: BTreeMap<&str, Vec<Group<'_>>> = BTreeMap::new();
        for (group, name) in self.webhook_groups().filter(|(group, _)| group.callback.is_some()) {
            modules.entry(&name.module).or_default().push((group, name));
        }
        modules
    }

    fn webhooks_module(&self) -> Module {
        let mut docs = vec!["Webhooks: what the API sends to a program, as verified and typed events.".to_owned()];
        paragraph(&mut docs, signature_docs(self.config.webhooks.signature.as_ref()));
        let mut imports = Imports::default();
        imports.add("crate::runtime", "webhooks");
        let mut items = Vec::new();
        for module in self.callbacks_by_module().into_keys() {
            let (path, name) = (module_attribute(module), ident(module));
            items.push(Item::Rust(quote! { #path pub mod #name; }));
        }
        items.push(Item::Rust(quote! {
            #[doc(inline)]
            pub use crate::runtime::webhooks::{Signer, UnknownEvent, WebhookError, WebhookRequest};
        }));
        items.push(Item::Rust(quote! {
            #[doc(inline)]
            #[cfg(feature = "axum")]
            pub use crate::runtime::webhooks::Webhook;
        }));
        items.push(Item::Rust(signature(self.config.webhooks.signature.as_ref())));
        let root = self.webhook_groups().find(|(group, _)| group.callback.is_none());
        if let Some(group) = root {
            docs.extend(self.receiver_example());
            paragraph(
                &mut docs,
                "With the feature `axum`, the argument `Webhook(event): Webhook<Event>` of a handler is the event. The state of the \
                 router is the receiver, or has it.",
            );
            items.extend(self.event_items(group, &mut imports));
        }
        items.splice(0..0, imports.items());
        Module { path: "webhooks.rs".to_owned(), docs, items }
    }

    fn callback_module(&self, module: &str, groups: &[Group<'_>]) -> Module {
        let mut imports = Imports::default();
        imports.add("crate::runtime", "webhooks");
        let items: Vec<Item> = groups.iter().flat_map(|group| self.event_items(*group, &mut imports)).collect();
        let operation = groups.first().and_then(|(group, _)| group.callback.as_ref()?.operation);
        let docs = match operation {
            Some(id) => format!("The callbacks of the operation {}.", code(&self.api.operations[id].id)),
            None => "The callbacks of an operation.".to_owned(),
        };
        let items = imports.items().into_iter().chain(items).collect();
        Module { path: format!("webhooks/{module}.rs"), docs: vec![docs], items }
    }

    /// Returns the enum of the events, the type of the receiver, and the implementation of the trait for events.
    fn event_items(&self, (group, name): Group<'_>, imports: &mut Imports) -> Vec<Item> {
        let (enum_ident, receiver, unknown) = (ident(&name.ident), ident(&name.receiver), ident(&name.unknown));
        let event_name = EventName::of(&self.config.webhooks, self.api, group);
        let (mut variants, mut arms) = (Vec::new(), Vec::new());
        let events = group.events.iter().zip(&name.variants).zip(&name.replies);
        for (index, ((event, variant), reply)) in events.enumerate() {
            let (docs, variant, index) =
                (attributes(&self.event_docs(event, reply)), ident(variant), Literal::usize_unsuffixed(index));
            let deprecated = event.deprecated.then(|| quote! { #[deprecated] });
            let allow =
                event.deprecated.then(|| quote! { #[allow(deprecated, reason = "the API still sends the event")] });
            match self.payload(event, imports) {
                Some(ty) => {
                    variants.push(quote! { #docs #deprecated #variant(#ty), });
                    let is_foreign = event.payload.as_ref().is_some_and(|ty| self.is_decoded_by_serde(ty));
                    let decode = match is_foreign {
                        true => quote! { payload.decode::<crate::runtime::WithSerde<#ty>>()?.0 },
                        false => quote! { payload.decode()? },
                    };
                    arms.push(quote! { #allow Some(#index) => Self::#variant(#decode), });
                }
                None => {
                    variants.push(quote! { #docs #deprecated #variant, });
                    arms.push(quote! { #allow Some(#index) => Self::#variant, });
                }
            }
        }
        let docs = attributes(&self.group_docs(group, &event_name));
        let unsigned = self.config.webhooks.signature.is_none().then(|| quote! { , webhooks::Unsigned });
        let signing = ident(if unsigned.is_some() { "Unsigned" } else { "Signed" });
        let receiver_docs = attributes(&[format!("A receiver of [`{}`].", name.ident)]);
        let (name_tokens, kinds) = (event_name_tokens(&event_name), self.event_kinds(group, &event_name));
        let mut items = vec![
            Item::Rust(quote! {
                #docs
                #[derive(Clone, Debug, PartialEq)]
                #[non_exhaustive]
                pub enum #enum_ident {
                    #(#variants)*
                    /// An event that this version of the crate does not know.
                    #unknown(webhooks::UnknownEvent),
                }
            }),
            Item::Rust(quote! {
                #receiver_docs
                pub type #receiver = webhooks::Receiver<#enum_ident #unsigned>;
            }),
            Item::Rust(quote! {
                impl webhooks::WebhookEvent for #enum_ident {
                    type Signing = webhooks::#signing;

                    #[doc = #BLANK]
                    const API: webhooks::WebhookApi = webhooks::WebhookApi {
                        signature: crate::webhooks::SIGNATURE,
                        name: #name_tokens,
                        events: &[#(#kinds),*],
                    };

                    #[doc = #BLANK]
                    fn decode(
                        index: Option<usize>,
                        payload: &webhooks::Payload<'_>,
                    ) -> Result<Self, webhooks::WebhookError> {
                        Ok(match index {
                            #(#arms)*
                            _ => Self::#unknown(payload.unknown()),
                        })
                    }
                }
            }),
        ];
        let mut emitted = HashSet::new();
        for (event, reply) in group.events.iter().zip(&name.replies) {
            if !reply.is_empty() && emitted.insert(reply) {
                items.extend(self.reply(event, reply, &events_with_reply(name, reply), imports));
            }
        }
        items
    }

    /// Returns the data about each event for the runtime.
    fn event_kinds(&self, group: &WebhookGroup, event_name: &EventName) -> Vec<TokenStream> {
        let names = event_name.values(self.api, group);
        let kinds = group.events.iter().zip(names).map(|(event, names)| {
            let method = event.method.as_str();
            let keep_dots = has_dots(self.api, event).then(|| quote! { .keep_dots() });
            quote! { webhooks::EventKind::new(#method, &[#(#names),*]) #keep_dots }
        });
        kinds.collect()
    }

    /// Returns the type of the payload in the variant of an event.
    fn payload(&self, event: &Webhook, imports: &mut Imports) -> Option<TokenStream> {
        let ty = event.payload.as_ref()?;
        let text = self.path_text(ty, imports);
        Some(tokens(&if self.is_record(ty) { format!("Box<{text}>") } else { text }))
    }

    /// Returns a type as text. Named types have their path, because they may have the name of an enum of events.
    fn path_text(&self, ty: &TypeRef, imports: &mut Imports) -> String {
        match ty {
            TypeRef::Named(id) => format!("crate::models::{}", self.names.ty(*id).ident),
            TypeRef::Array(item) => format!("Vec<{}>", self.path_text(item, imports)),
            TypeRef::Nullable(ty) => format!("Option<{}>", self.path_text(ty, imports)),
            TypeRef::Map(value) => {
                format!("std::collections::BTreeMap<String, {}>", self.path_text(value, imports))
            }
            TypeRef::Json => "crate::runtime::AnyJson".to_owned(),
            ty => self.text(ty, imports),
        }
    }

    /// Returns the documentation of a variant. `reply` is the type of the responses, or empty.
    fn event_docs(&self, event: &Webhook, reply: &str) -> Vec<String> {
        let mut docs = lines(&event.docs, &format!("The event {}.", code(&event.name)));
        if let Some(expression) = &event.expression {
            paragraph(&mut docs, format!("The API sends it to the URL {}.", code(expression)));
        }
        let headers: Vec<String> = event.headers.iter().map(|header| code(&header.wire)).collect();
        if !headers.is_empty() {
            paragraph(&mut docs, format!("The request has these headers: {}.", headers.join(", ")));
        }
        if !reply.is_empty() {
            paragraph(&mut docs, format!("The type of the response is [`{reply}`]."));
        }
        docs
    }

    fn group_docs(&self, group: &WebhookGroup, event_name: &EventName) -> Vec<String> {
        let mut docs = match &group.callback {
            None => vec!["An event that the API sends.".to_owned()],
            Some(callback) => match callback.operation {
                Some(id) => {
                    let operation = code(&self.api.operations[id].id);
                    vec![format!("The callback {} of the operation {operation}.", code(&callback.name))]
                }
                None => vec![format!("The callback {}.", code(&callback.name))],
            },
        };
        paragraph(
            &mut docs,
            match event_name {
                EventName::Only => String::new(),
                EventName::Method => "The method of the request distinguishes the events.".to_owned(),
                EventName::Property(paths) => {
                    let properties: Vec<String> = paths.iter().map(|keys| code(&keys.join("."))).collect();
                    format!("The property {} names the event.", properties.join(" or "))
                }
                EventName::Header(name) => format!("The header {} names the event.", code(name)),
                EventName::Path => "The last segment of the path names the event.".to_owned(),
            },
        );
        docs
    }

    /// Returns the example in the documentation of the module.
    fn receiver_example(&self) -> Vec<String> {
        let krate = self.crate_ident();
        let (argument, url) = match self.config.webhooks.signature.as_ref().map(|signature| signature.kind) {
            None => ("", ""),
            Some(SignatureKind::Url) => ("\"secret\"", ".public_url(\"https://example.com/hook\")"),
            // The secret of Standard Webhooks must be base64.
            Some(SignatureKind::Standard) => ("\"whsec_c2VjcmV0\"", ""),
            Some(_) => ("\"secret\"", ""),
        };
        let example = format!(
            "\n```no_run\n# fn example(request: http::Request<Vec<u8>>) -> Result<(), {krate}::webhooks::WebhookError> {{\n\
             let receiver = {krate}::webhooks::Receiver::new({argument}){url};\n\
             let event = receiver.receive(&request)?;\nprintln!(\"{{event:?}}\");\n# Ok(()) }}\n```"
        );
        example.lines().map(str::to_owned).collect()
    }
}

/// Returns the Rust expression for the location of the event name.
fn event_name_tokens(event_name: &EventName) -> TokenStream {
    let variant = match event_name {
        EventName::Only => quote! { Only },
        EventName::Method => quote! { Method },
        EventName::Property(paths) => quote! { Property(&[#(&[#(#paths),*]),*]) },
        EventName::Header(name) => quote! { Header(#name) },
        EventName::Path => quote! { Path },
    };
    quote! { webhooks::EventName::#variant }
}

/// Returns the paths of the variants of the events whose responses have a type.
fn events_with_reply(name: &WebhookName, reply: &str) -> Vec<String> {
    let events = name.variants.iter().zip(&name.replies).filter(|(_, own)| *own == reply);
    events.map(|(variant, _)| format!("{}::{variant}", name.ident)).collect()
}
