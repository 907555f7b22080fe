//! Emits the security schemes of the document, as data for the client and as documentation with examples.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::Context;
use crate::emit::docs::{code, inline, inline_docs, list_item, paragraph};
use crate::emit::imports::Imports;
use crate::ir::{CLIENT_CREDENTIALS, Flow, SchemeKind, SecurityScheme};
use crate::runtime::features::Feature;

/// The maximum number of security schemes in the example of the client.
const MAX_EXAMPLE_SCHEMES: usize = 20;

/// Returns an example of the call that creates credentials for a security scheme.
pub fn example_credentials(scheme: Option<&SecurityScheme>) -> String {
    match scheme.map_or(&SchemeKind::Basic, |scheme| &scheme.kind).kind_and_name() {
        ("basic", _) => "basic(\"user\", \"password\")".to_owned(),
        (function, "") => format!("{function}(\"token\")"),
        (function, name) => format!("{function}({name:?}, \"key\")"),
    }
}

impl Context<'_> {
    /// Returns the security schemes of the API as data for the runtime.
    pub fn schemes(&self, imports: &mut Imports) -> TokenStream {
        let schemes = self.api.security.iter().map(|scheme| {
            let (name, (kind, key_name)) = (&scheme.name, scheme.kind.kind_and_name());
            let token_url = self.config.client.token_url.as_deref().or(scheme.token_url());
            let token_url = match token_url.filter(|_| scheme.token_url().is_some()) {
                Some(url) => quote! { Some(#url) },
                None => quote! { None },
            };
            quote! { Scheme { name: #name, kind: (#kind, #key_name), token_url: #token_url } }
        });
        let schemes: Vec<TokenStream> = schemes.collect();
        if !schemes.is_empty() {
            imports.add("crate::runtime", "Scheme");
        }
        quote! { schemes: &[#(#schemes),*], }
    }

    /// Adds the section about credentials. An API that accepts only a user name with a password needs no section.
    pub fn credential_section(&self, docs: &mut Vec<String>) {
        let schemes = &self.api.security;
        if schemes.is_empty() || !self.features.contains(Feature::SecuritySchemes) {
            return;
        }
        paragraph(docs, "# Credentials");
        let text_for_several = "A client can have several of these credentials. A request sends only \
            the credentials that its operation requires.";
        paragraph(docs, if schemes.len() > 1 { text_for_several } else { "The API accepts these credentials:" });
        docs.push(String::new());
        for scheme in schemes {
            let descriptions =
                [inline_docs(&scheme.docs), scheme.token_docs.as_deref().map(inline).unwrap_or_default()];
            let descriptions: Vec<_> =
                descriptions.iter().map(|text| text.trim_end_matches('.')).filter(|text| !text.is_empty()).collect();
            let description = match descriptions.is_empty() {
                true => String::new(),
                false => format!(". {}", descriptions.join(". ")),
            };
            let kind = credential_description(&scheme.kind);
            docs.extend(list_item(&format!("{}, {kind}{description}", code(&scheme.name))));
            for flow in &scheme.flows {
                docs.extend(list_item(&flow_description(flow)).into_iter().map(|line| format!("  {line}")));
            }
        }
        let mut scheme_counts: HashMap<_, usize> = HashMap::new();
        schemes.iter().for_each(|scheme| *scheme_counts.entry(scheme.kind.kind_and_name()).or_default() += 1);
        let calls = schemes.iter().take(MAX_EXAMPLE_SCHEMES).map(|scheme| {
            let shares_kind = scheme_counts.get(&scheme.kind.kind_and_name()).is_some_and(|count| *count > 1);
            let scheme_call = if shares_kind { format!(".scheme({:?})", scheme.name) } else { String::new() };
            format!("Credentials::{}{scheme_call}", example_credentials(Some(scheme)))
        });
        let calls: Vec<String> = calls.collect();
        let (first_call, other_calls) =
            calls.split_first().map_or(("", &[][..]), |(first, others)| (first.as_str(), others));
        let other_calls: String = other_calls.iter().map(|call| format!("\n    .and({call})")).collect();
        self.add_example(
            docs,
            "",
            &CREDENTIALS_EXAMPLE.replace("{credentials}", &format!("{first_call}{other_calls}")),
        );
    }

    /// Adds the sections about OAuth 2.0 tokens, if the API accepts OAuth 2.0 tokens.
    pub fn token_sections(&self, docs: &mut Vec<String>) {
        let scheme_with_token_url = self.api.security.iter().find(|scheme| scheme.token_url().is_some());
        if scheme_with_token_url.is_some() || self.config.client.token_url.is_some() {
            let flow = scheme_with_token_url
                .and_then(|scheme| scheme.flows.iter().find(|flow| flow.name == CLIENT_CREDENTIALS));
            let scope = flow.and_then(|flow| flow.scopes.first());
            let scopes = scope.map(|(name, _)| format!(".scopes([{name:?}])")).unwrap_or_default();
            let text =
                "The client fetches a token before the first request, and a new token before the old token expires.";
            self.section(docs, "Tokens", text, "", &TOKENS_EXAMPLE.replace("{scopes}", &scopes));
        }
        if self.features.contains(Feature::TokenProviders)
            && self.api.security.iter().any(|scheme| scheme.kind == SchemeKind::Bearer)
        {
            let text = "A function can provide the tokens. The client calls the function when the current token is about to \
                        expire, or when the API rejected it. All waiting requests share the result.";
            self.section(docs, "Custom tokens", text, "", TOKEN_PROVIDER_EXAMPLE);
        }
    }
}

/// Describes the credential that a request sends.
fn credential_description(kind: &SchemeKind) -> String {
    match kind {
        SchemeKind::Basic => "a user name with a password".to_owned(),
        SchemeKind::Bearer => "a token as `Authorization: Bearer`".to_owned(),
        SchemeKind::Header(name) => format!("a key in the header {}", code(name)),
        SchemeKind::Query(name) => format!("a key in the query parameter {}", code(name)),
        SchemeKind::Cookie(name) => format!("a key in the cookie {}", code(name)),
    }
}

/// Describes an OAuth 2.0 flow: its name, URLs and scopes.
fn flow_description(flow: &Flow) -> String {
    let urls = flow.urls.iter().map(|(keyword, url)| format!("{} {}", code(keyword), code(url)));
    let name_and_urls: Vec<String> = [code(flow.name)].into_iter().chain(urls).collect();
    let scope = |(name, description): &(String, String)| match description.trim().trim_end_matches('.') {
        "" => code(name),
        description => format!("{} ({})", code(name), inline(description)),
    };
    let scopes: Vec<String> = flow.scopes.iter().map(scope).collect();
    let scopes = if scopes.is_empty() { String::new() } else { format!("; scopes {}", scopes.join(", ")) };
    format!("{}{scopes}", name_and_urls.join(", "))
}

const CREDENTIALS_EXAMPLE: &str = r#"use {krate}::{Client, Credentials};

let credentials = {credentials};
let client = Client::builder().credentials(credentials).build()?;"#;

const TOKENS_EXAMPLE: &str = r#"use {krate}::{Client, Credentials};

let credentials = Credentials::client_credentials("client id", "client secret"){scopes};
let client = Client::builder().credentials(credentials).build()?;"#;

const TOKEN_PROVIDER_EXAMPLE: &str = r#"use std::time::Duration;
use {krate}::runtime::BearerToken;
use {krate}::{Client, Credentials, Error};

let credentials = Credentials::token_provider(|| async {
    Ok::<_, Error>(BearerToken::new("token").expires_in(Duration::from_secs(3600)))
});
let client = Client::builder().credentials(credentials).build()?;"#;
