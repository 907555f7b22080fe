//! Checks `[webhooks]` of codegen.toml against the IR.

use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::ir::Api;
use crate::source::Pointer;

/// Reports settings for webhooks that the document does not have.
pub fn check(config: &Config, api: &Api, diagnostics: &mut Diagnostics) {
    let webhooks = &config.webhooks;
    let mut report = |key: &str, message: String, help: &str| {
        diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, config.location(key), message).help(help));
    };
    if api.webhooks.is_empty() {
        if webhooks.event.is_some() || webhooks.event_header.is_some() || webhooks.signature.is_some() {
            let (message, help) = match config.select.include.is_empty() && config.select.exclude.is_empty() {
                true => ("the document has no webhooks", "remove `[webhooks]`"),
                false => (
                    "`[select]` selects no webhook",
                    "select a webhook with its name as `path`, or remove `[webhooks]`",
                ),
            };
            report("webhooks", message.to_owned(), help);
        }
        return;
    }
    let Some(group) = api.webhooks.iter().find(|group| group.callback.is_none()) else {
        let keys = [("webhooks.event", &webhooks.event), ("webhooks.event_header", &webhooks.event_header)];
        for (key, _) in keys.into_iter().filter(|(_, value)| value.is_some()) {
            report(key, "the document has only callbacks, and no webhooks".to_owned(), "remove the key");
        }
        return;
    };
    if let Some(event) = &webhooks.event {
        let keys: Vec<String> = Pointer::from_reference(&format!("#{event}")).unwrap_or_default().keys().collect();
        if !group.events.iter().any(|webhook| webhook.may_have_property(api, &keys)) {
            report(
                "webhooks.event",
                format!("no payload of a webhook has the property `{event}`"),
                "write a pointer to a property of the payloads",
            );
        }
    }
}
