//! Lowers webhooks and callbacks.

use std::collections::HashMap;

use indexmap::IndexMap;
use openapiv3::{Callback as CallbackObject, Operation as OperationObject, PathItem, ReferenceOr};

use super::budget::json_len;
use super::operation::FORM;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{
    Arena, Callback, Field, Media, Operation, OperationId, Param, ParamLocation, Record, Shape, TypeDef, TypeRef,
    Webhook, WebhookGroup,
};
use crate::lower::Lowering;
use crate::normalize::media_type_essence;
use crate::source::Pointer;

/// The path item of a webhook, and what its location says about it.
struct WebhookItem<'a> {
    item: &'a PathItem,
    /// The location of the path item.
    at: Pointer,
    /// The name in `webhooks`, or the name of the callback.
    name: String,
    /// The expression with the URL of a callback.
    expression: Option<String>,
}

impl<'a> Lowering<'a> {
    /// Returns the webhooks, and each callback of the operations.
    pub(crate) fn lower_webhooks(&mut self, operations: &Arena<Operation>) -> Vec<WebhookGroup> {
        let document = self.document;
        let callbacks = document.components.iter().flat_map(|components| &components.callbacks);
        // An operation with several media types is several operations. The callbacks belong to the first.
        let mut by_location: HashMap<&Pointer, OperationId> = HashMap::new();
        for (id, operation) in operations.iter() {
            by_location.entry(&operation.origin).or_insert(id);
        }
        let by_id: HashMap<&str, _> = operations.iter().map(|(id, it)| (it.id.as_str(), id)).collect();
        let mut groups: IndexMap<Option<Pointer>, WebhookGroup> = IndexMap::new();
        for (name, callback) in callbacks {
            let at = Pointer::from_displayed(name);
            let Some((operation_id, item)) = self.webhook_item(callback) else { continue };
            let repeated_len = if matches!(callback, ReferenceOr::Reference { .. }) { json_len(item) } else { 0 };
            if !self.spend_bytes(repeated_len, &at) {
                break;
            }
            let keys: Vec<String> = at.keys().collect();
            let (origin, name, expression) = match keys.as_slice() {
                [_, name] => (None, name.clone(), None),
                [.., name, expression] => (Some(at.parent()), name.clone(), Some(expression.clone())),
                _ => continue,
            };
            let webhook_item = WebhookItem { item, at, name: name.clone(), expression };
            let operation = origin.as_ref().and_then(|origin| {
                let operation = by_location.get(&origin.parent().parent());
                operation.or_else(|| by_id.get(operation_id.as_str())).copied()
            });
            let operation_name = operation.map(|id| operations[id].name.as_str());
            let events = self.lower_webhook_item(&webhook_item, operation_name);
            let group = groups.entry(origin.clone()).or_insert_with(|| {
                let callback = origin.map(|origin| Callback { name, operation, origin });
                WebhookGroup { callback, events: Vec::new() }
            });
            group.events.extend(events);
        }
        let mut groups: Vec<WebhookGroup> = groups.into_values().filter(|group| !group.events.is_empty()).collect();
        groups.iter_mut().filter(|group| group.callback.is_some()).for_each(name_after_urls);
        groups
    }

    /// Returns the path item of a webhook, and the `operationId` of the operation that registers it.
    fn webhook_item(&self, callback: &'a ReferenceOr<CallbackObject>) -> Option<(&'a String, &'a PathItem)> {
        let callback = match callback {
            ReferenceOr::Item(callback) => callback,
            ReferenceOr::Reference { reference } => {
                self.document.components.as_ref()?.callbacks.get(reference)?.as_item()?
            }
        };
        callback.first()
    }

    /// Returns the webhooks of a path item: one for each method.
    fn lower_webhook_item(&mut self, webhook: &WebhookItem<'a>, operation_name: Option<&str>) -> Vec<Webhook> {
        let operations: Vec<_> = self.document.operations(webhook.item).collect();
        let is_only_method = operations.len() == 1;
        let mut events = Vec::new();
        for (key, object) in operations {
            let Some(method) = key.method() else { continue };
            let at = key.location(&webhook.at);
            let mut words: Vec<&str> = operation_name.filter(|_| webhook.expression.is_some()).into_iter().collect();
            words.push(&webhook.name);
            words.extend((!is_only_method).then_some(key.as_str()));
            let type_name = words.join(" ");
            let mut params =
                self.lower_parameters((&webhook.item.parameters, &webhook.at), (&object.parameters, &at), &type_name);
            let headers = params.extract_if(.., |param| param.location == ParamLocation::Header).collect();
            let (payload, media_types) = self.webhook_body(object, &at, &type_name);
            let payload = match payload {
                None if object.request_body.is_none() => self.query_record(&mut params, &at, &type_name),
                payload => payload,
            };
            params.iter().for_each(|param| self.report_ignored_param(param));
            let responses = self.lower_responses(&object.responses, &at.child("responses"), &type_name);
            events.push(Webhook {
                name: webhook.name.clone(),
                expression: webhook.expression.clone(),
                method,
                payload,
                media_types,
                headers,
                responses,
                docs: crate::lower::docs_with_link(
                    object.summary.as_deref(),
                    object.description.as_deref(),
                    object.external_docs.as_ref(),
                ),
                deprecated: object.deprecated,
                origin: at,
            });
        }
        events
    }

    /// Returns the type of the body of a webhook, and its media types. The media types must be JSON or forms, and must have the
    /// same schema.
    fn webhook_body(
        &mut self,
        object: &'a OperationObject,
        at: &Pointer,
        type_name: &str,
    ) -> (Option<TypeRef>, Vec<String>) {
        let (mut payload, mut media_types) = (None, Vec::new());
        let at = at.child("requestBody");
        let Some(body) = object.request_body.as_ref() else { return (payload, media_types) };
        let resolved = self.resolve(body, &at, "requestBodies", |components| &components.request_bodies);
        let Some((body, at)) = resolved else { return (payload, media_types) };
        let mut first: Option<(&str, Option<_>)> = None;
        let mut content: Vec<_> = body.content.iter().collect();
        content.sort_by_key(|(name, _)| Media::from_media_type(name) != Media::Json);
        for (name, object) in content {
            let at = at.child("content").child(name);
            let is_supported = Media::from_media_type(name) == Media::Json || media_type_essence(name) == FORM;
            if !is_supported {
                let message = format!("a webhook with the media type `{name}` is not supported");
                let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at), message)
                    .label("a request with this media type is not decoded")
                    .help("describe the body as `application/json` or as a form");
                self.diagnostics.push(diagnostic);
                continue;
            }
            media_types.push(name.clone());
            if let Some((first, schema)) = &first {
                if *schema != object.schema.as_ref() {
                    let message = format!("`{name}` has a different schema than `{first}`");
                    let diagnostic = Diagnostic::warning(code::UNSUPPORTED_BODY, Location::Key(at), message)
                        .label("the body is decoded with the schema of the other media type")
                        .help("give both media types the same schema, such as a `oneOf` of the two");
                    self.diagnostics.push(diagnostic);
                }
                continue;
            }
            first = Some((name, object.schema.as_ref()));
            let name = [type_name.to_owned(), "payload".to_owned()];
            payload = match &object.schema {
                Some(schema) => self.lower_schema(schema, &at.child("schema"), &name).into_type(),
                None => Some(TypeRef::Json),
            };
        }
        (payload, media_types)
    }

    /// Returns an object with the query parameters of a webhook, or `None` if it has none.
    fn query_record(&mut self, params: &mut Vec<Param>, at: &Pointer, type_name: &str) -> Option<TypeRef> {
        let fields: Vec<Field> =
            params.extract_if(.., |param| param.location == ParamLocation::Query).map(field).collect();
        if fields.is_empty() {
            return None;
        }
        let id = self.types.push(TypeDef {
            name: vec![type_name.to_owned(), "query".to_owned()],
            docs: Default::default(),
            shape: Shape::Record(Record { fields, ..Record::default() }),
            example: None,
            deprecated: false,
            is_personal: false,
            has_single_value: false,
            is_request_type: false,
            is_closed: false,
            allows_other_strings: false,
            derives: Vec::new(),
            origin: at.clone(),
        });
        Some(TypeRef::Named(id))
    }

    fn report_ignored_param(&mut self, param: &Param) {
        let message = format!("the parameter `{}` of a webhook is not supported and is ignored", param.wire);
        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, Location::Key(param.origin.clone()), message);
        self.diagnostics.push(diagnostic.help("a webhook has a body, or query parameters, and headers"));
    }
}

/// Names the events of a callback with several URLs after the last segments of the paths.
fn name_after_urls(group: &mut WebhookGroup) {
    let first = group.events.first().and_then(|event| event.expression.clone());
    if group.events.iter().all(|event| event.expression == first) {
        return;
    }
    for event in &mut group.events {
        let segment = event.expression.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
        if !segment.is_empty() && !segment.contains(['{', '}', '#']) {
            event.name = segment.to_owned();
        }
    }
}

/// Returns a query parameter as a property of an object.
fn field(param: Param) -> Field {
    Field {
        wire: param.wire,
        ty: param.ty,
        constraints: param.constraints,
        required: param.required,
        read_only: false,
        write_only: false,
        nullable: param.nullable,
        deprecated: param.deprecated,
        is_personal: param.is_personal,
        holds_json: param.holds_json,
        content: param.content,
        constant: param.constant,
        default: param.default,
        example: param.example,
        docs: param.docs,
        origin: param.origin,
    }
}
