//! Emits the signature scheme of webhooks, and its documentation.

use proc_macro2::TokenStream;
use quote::quote;

use crate::config::{Signature, SignatureEncoding, SignatureHash, SignatureKind};
use crate::emit::docs::code;

/// Returns the sentence about the signature.
pub(super) fn signature_docs(signature: Option<&Signature>) -> String {
    let Some(signature) = signature else {
        return "The receivers verify no signature, because `webhooks.signature` of codegen.toml is not set. Anybody who \
                knows the URL of a receiver can send it webhooks."
            .to_owned();
    };
    let header = code(signature.header.as_deref().unwrap_or("webhook-signature"));
    match signature.kind {
        SignatureKind::Standard => "The webhooks are signed as Standard Webhooks.".to_owned(),
        SignatureKind::Timestamped => format!("The header {header} has a signature over the time and the body."),
        SignatureKind::Body => format!("The header {header} has a signature over the body."),
        SignatureKind::Url => format!("The header {header} has a signature over the URL and the fields of the form."),
    }
}

/// Returns the constant with the signature scheme.
pub(super) fn signature(signature: Option<&Signature>) -> TokenStream {
    let value = match signature {
        None => quote! { webhooks::Signature::None },
        Some(signature) if signature.kind == SignatureKind::Url => {
            let header = signature.header.as_deref().unwrap_or_default().to_ascii_lowercase();
            let settings = signature.settings_header.as_deref().unwrap_or_default().to_ascii_lowercase();
            let body_hash = signature.body_hash.as_deref().unwrap_or_default();
            quote! { webhooks::Signature::Url(webhooks::UrlSignature { header: #header, settings_header: #settings, body_hash: #body_hash }) }
        }
        Some(signature) => body_signature(signature),
    };
    quote! {
        /// How the API signs its webhooks.
        pub const SIGNATURE: webhooks::Signature<'static> = #value;
    }
}

fn body_signature(signature: &Signature) -> TokenStream {
    let header = signature.header.as_deref().unwrap_or("webhook-signature").to_ascii_lowercase();
    let hash = match signature.hash.unwrap_or_default() {
        SignatureHash::Sha1 => quote! { webhooks::Hash::Sha1 },
        SignatureHash::Sha256 => quote! { webhooks::Hash::Sha256 },
        SignatureHash::Sha512 => quote! { webhooks::Hash::Sha512 },
    };
    let encoding = match signature.encoding.unwrap_or_default() {
        _ if signature.kind == SignatureKind::Standard => quote! { webhooks::Encoding::Base64 },
        SignatureEncoding::Base64 => quote! { webhooks::Encoding::Base64 },
        SignatureEncoding::Hex => quote! { webhooks::Encoding::Hex },
    };
    let prefix = signature.prefix.as_deref().unwrap_or_default();
    let signature_key = signature.signature_key.as_deref().unwrap_or("v1");
    let timestamp_key = signature.timestamp_key.as_deref().unwrap_or("t");
    let (format, id_header, timestamp, content, secret_prefix) = match signature.kind {
        SignatureKind::Standard => (
            quote! { webhooks::HeaderFormat::Pairs { separator: ' ', assignment: ',', key: "v1" } },
            quote! { Some("webhook-id") },
            quote! { Some(webhooks::TimestampLocation::Header("webhook-timestamp")) },
            quote! { &[webhooks::Content::Id, webhooks::Content::Text("."), webhooks::Content::Timestamp, webhooks::Content::Text("."), webhooks::Content::Body] },
            quote! { Some("whsec_") },
        ),
        SignatureKind::Timestamped => (
            quote! { webhooks::HeaderFormat::Pairs { separator: ',', assignment: '=', key: #signature_key } },
            quote! { None },
            quote! { Some(webhooks::TimestampLocation::Pair(#timestamp_key)) },
            quote! { &[webhooks::Content::Timestamp, webhooks::Content::Text("."), webhooks::Content::Body] },
            quote! { None },
        ),
        SignatureKind::Body | SignatureKind::Url => (
            quote! { webhooks::HeaderFormat::Prefix(#prefix) },
            quote! { None },
            quote! { None },
            quote! { &[webhooks::Content::Body] },
            quote! { None },
        ),
    };
    quote! {
        webhooks::Signature::Body(webhooks::BodySignature {
            header: #header,
            format: #format,
            id_header: #id_header,
            timestamp: #timestamp,
            content: #content,
            hash: #hash,
            encoding: #encoding,
            base64_secret_prefix: #secret_prefix,
        })
    }
}
