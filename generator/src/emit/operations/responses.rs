//! Emits the decoders of responses, and the enums for responses whose type depends on the status.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::docs::{attributes, code, join_with_or};
use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::{Context, Item, ident, tokens};
use crate::ir::{Alternative, Framing, Operation, OperationId, ResponseBody, Status, StreamFlag, TypeRef};

impl Context<'_> {
    /// Returns the decoder of the response of an operation, and the type that it returns.
    pub fn response_decoder(&self, id: OperationId, imports: &mut Imports) -> (String, String) {
        let operation = &self.api.operations[id];
        let (decode, value) = match operation.response_body() {
            ResponseBody::ByStatus(_) => {
                let name = &self.names.operation(id).response_enum;
                (name.clone(), name.clone())
            }
            body => self.body_decoder(&body, imports),
        };
        match operation.response_is_optional() {
            true => {
                imports.add("crate::runtime", "Optional");
                (format!("Optional<{decode}>"), format!("Option<{value}>"))
            }
            false => (decode, value),
        }
    }

    /// Returns the type of a response that differs by status.
    pub fn response_enum(&self, id: OperationId, imports: &mut Imports) -> Vec<Item> {
        let operation = &self.api.operations[id];
        let ResponseBody::ByStatus(bodies) = operation.response_body() else { return Vec::new() };
        let name = &self.names.operation(id).response_enum;
        let (mut variants, mut parts) = (Vec::new(), Vec::new());
        for (status, body) in &bodies {
            let (pattern, variant) = pattern_and_variant(*status);
            let docs = attributes(&[format!("The status is `{pattern}`.")]);
            let variant_ident = ident(&variant);
            match body {
                ResponseBody::Empty => {
                    variants.push(quote! { #docs #variant_ident, });
                    parts.push(format!("{pattern} => {variant}"));
                }
                body => {
                    let (decode, value) = self.body_decoder(body, imports);
                    let value = tokens(&value);
                    variants.push(quote! { #docs #variant_ident(#value), });
                    let media_types = operation.media_types(*status).map(|media_types| format!(", {media_types:?}"));
                    parts.push(format!("{pattern} => {variant}({decode}{})", media_types.unwrap_or_default()));
                }
            }
        }
        // The types of streamed bodies do not implement `Clone`.
        let has_stream = bodies.iter().any(|(_, body)| matches!(body, ResponseBody::Binary | ResponseBody::Stream(..)));
        let clone = (!has_stream).then(|| quote! { Clone, });
        let name_ident = ident(name);
        vec![
            Item::Rust(quote! {
                /// The response, with one variant for each status.
                #[derive(#clone Debug)]
                #[allow(clippy::large_enum_variant, reason = "a response is created once and soon destructured")]
                pub enum #name_ident { #(#variants)* }
            }),
            Item::Call(MacroCall::list("impl_response_enum", name, parts, "")),
        ]
    }

    /// Returns the methods of a request that ask for a response with a media type other than the default.
    pub fn other_media_types(&self, id: OperationId, imports: &mut Imports) -> Vec<TokenStream> {
        let operation = &self.api.operations[id];
        let names = &self.names.operation(id).alternatives;
        let methods = operation.alternatives().zip(names).map(|(alternative, method)| {
            let request = tokens(&self.alternative_request(operation, alternative, imports));
            let accept = alternative.media_types.join(", ");
            let mut docs = vec![format!("Requests the response as `{accept}`.")];
            let is_stream = matches!(alternative.response_body(), ResponseBody::Stream(..));
            let flag = self.api.stream_flag(operation).filter(|_| is_stream);
            let flag_name = &self.api.stream_flag_name;
            if flag.is_some() {
                docs.extend([String::new(), format!("This also sets `{flag_name}` in the request body to `true`.")]);
            }
            let flag = flag.map(|flag| match flag {
                StreamFlag::Form => quote! { .form::<bool>(#flag_name, true, &[]) },
                StreamFlag::Json(media_type) => quote! { .json_flag(#media_type, #flag_name) },
            });
            let (docs, method) = (attributes(&docs), ident(method));
            quote! {
                #docs
                #[inline]
                pub fn #method(self) -> #request { self.0 #flag .decode_as(#accept) }
            }
        });
        methods.collect()
    }

    /// Returns the type of the request for a media type other than the default.
    pub fn alternative_request(
        &self,
        operation: &Operation,
        alternative: &Alternative,
        imports: &mut Imports,
    ) -> String {
        let (decode, _) = self.body_decoder(&alternative.response_body(), imports);
        imports.add("crate::runtime", "Request");
        match operation.has_empty_success() {
            true => {
                imports.add("crate::runtime", "Optional");
                format!("Request<Optional<{decode}>>")
            }
            false => format!("Request<{decode}>"),
        }
    }

    /// Returns the decoder of a response body, and the type that it returns.
    fn body_decoder(&self, body: &ResponseBody<'_>, imports: &mut Imports) -> (String, String) {
        let mut imported_decoder = |name: &str, value: &str| {
            imports.add("crate::runtime", name);
            (name.to_owned(), value.to_owned())
        };
        match body {
            ResponseBody::Empty | ResponseBody::ByStatus(_) => imported_decoder("Nothing", "()"),
            ResponseBody::Text => imported_decoder("Text", "String"),
            ResponseBody::Json(ty) => {
                let ((name, _), text) = (imported_decoder("Json", ""), self.text(ty, imports));
                (format!("{name}<{text}{}>", self.serde_argument(ty)), text)
            }
            // Many documents have schemas with the names of these types, so the types are written with their paths.
            ResponseBody::Binary => (path("Streamed"), path("Download")),
            ResponseBody::Stream(Framing::Events, ty) => {
                let values = |text: &str| format!("{}<{}<{text}>>", path("Values"), path("Event"));
                match self.resolved(ty) {
                    // `TextEvents` is not generic, so the type of the data needs no import.
                    TypeRef::String | TypeRef::Uri | TypeRef::Uuid => (path("TextEvents"), values("String")),
                    _ => {
                        let text = self.text(ty, imports);
                        (format!("{}<{text}{}>", path("Events"), self.serde_argument(ty)), values(&text))
                    }
                }
            }
            ResponseBody::Stream(framing @ (Framing::Envelopes | Framing::DataEnvelopes), ty) => {
                let reader = match self.api.has_string_data(ty) {
                    true => "TextEnvelopes",
                    false if *framing == Framing::DataEnvelopes => "DataEnvelopes",
                    false => "Envelopes",
                };
                let text = self.text(ty, imports);
                (format!("{}<{text}{}>", path(reader), self.serde_argument(ty)), format!("{}<{text}>", path("Values")))
            }
            ResponseBody::Stream(Framing::Lines, ty) => match self.resolved(ty) {
                TypeRef::String | TypeRef::Uri | TypeRef::Uuid => {
                    (path("TextLines"), format!("{}<String>", path("Values")))
                }
                _ => {
                    let text = self.text(ty, imports);
                    (
                        format!("{}<{text}{}>", path("Lines"), self.serde_argument(ty)),
                        format!("{}<{text}>", path("Values")),
                    )
                }
            },
        }
    }

    /// Returns the second argument of a decoder whose values are decoded by serde.
    fn serde_argument(&self, ty: &TypeRef) -> String {
        if self.is_decoded_by_serde(ty) { format!(", {}", path("Serde")) } else { String::new() }
    }

    /// Returns the documented error types of an operation, each with the statuses of the responses that have this type.
    pub fn error_types(&self, id: OperationId) -> Vec<String> {
        let mut types: Vec<(&str, Vec<String>)> = Vec::new();
        for (status, ty) in self.api.error_types(&self.api.operations[id]) {
            let TypeRef::Named(ty) = ty else { continue };
            let ident = self.names.ty(*ty).ident.as_str();
            let status = match status {
                Status::Code(status) => code(&status.to_string()),
                Status::Range(class) => code(&format!("{class}XX")),
                Status::Default => "any other status".to_owned(),
            };
            match types.iter_mut().find(|(existing, _)| *existing == ident) {
                Some((_, statuses)) => statuses.push(status),
                None => types.push((ident, vec![status])),
            }
        }
        let describe = |(ident, statuses): (&str, Vec<String>)| {
            format!("{} as [`models::{ident}`](crate::models::{ident})", join_with_or(statuses.into_iter()))
        };
        types.into_iter().map(describe).collect()
    }
}

fn path(name: &str) -> String {
    format!("crate::runtime::{name}")
}

/// Returns the pattern that matches a status, and the name of the variant for it.
fn pattern_and_variant(status: Status) -> (String, String) {
    let name = match status {
        Status::Code(200) => "Ok",
        Status::Code(201) => "Created",
        Status::Code(202) => "Accepted",
        Status::Code(203) => "NonAuthoritativeInformation",
        Status::Code(204) => "NoContent",
        Status::Code(205) => "ResetContent",
        Status::Code(206) => "PartialContent",
        Status::Code(207) => "MultiStatus",
        Status::Code(208) => "AlreadyReported",
        Status::Code(226) => "ImUsed",
        Status::Code(301) => "MovedPermanently",
        Status::Code(302) => "Found",
        Status::Code(303) => "SeeOther",
        Status::Code(304) => "NotModified",
        Status::Code(307) => "TemporaryRedirect",
        Status::Code(308) => "PermanentRedirect",
        Status::Code(code) => return (code.to_string(), format!("Status{code}")),
        Status::Range(3) => return ("300..=399".to_owned(), "Redirect".to_owned()),
        Status::Range(_) | Status::Default => return ("200..=299".to_owned(), "Success".to_owned()),
    };
    let Status::Code(code) = status else { return (String::new(), name.to_owned()) };
    (code.to_string(), name.to_owned())
}
