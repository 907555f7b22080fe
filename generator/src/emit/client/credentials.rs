//! What the client knows and says of credentials: the schemes of the document, with an example for each kind.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::Context;
use crate::emit::docs::{code, inline, item, paragraph, sentence};
use crate::emit::imports::Imports;
use crate::ir::{CLIENT_CREDENTIALS, Flow, SchemeKind, SecurityScheme};
use crate::runtime_files::needs;

/// The maximum number of security schemes in the example.
const MOST_IN_EXAMPLE: usize = 20;

/// The call that makes credentials of a kind, as an example.
pub fn credentials(scheme: Option<&SecurityScheme>) -> String {
    match scheme.map_or(&SchemeKind::Basic, |scheme| &scheme.kind).parts() {
        ("basic", _) => "basic(\"user\", \"password\")".to_owned(),
        (function, "") => format!("{function}(\"token\")"),
        (function, name) => format!("{function}({name:?}, \"key\")"),
    }
}

impl Context<'_> {
    /// The schemes, as the runtime has to know them.
    pub fn schemes(&self, imports: &mut Imports) -> TokenStream {
        let schemes = self.api.security.iter().map(|scheme| {
            let (name, (kind, goes_by)) = (&scheme.name, scheme.kind.parts());
            let token_url = self.config.client.token_url.as_deref().or(scheme.token_url());
            let token_url = match token_url.filter(|_| scheme.token_url().is_some()) {
                Some(url) => quote! { Some(#url) },
                None => quote! { None },
            };
            quote! { Scheme { name: #name, kind: (#kind, #goes_by), token_url: #token_url } }
        });
        let schemes: Vec<TokenStream> = schemes.collect();
        if !schemes.is_empty() {
            imports.add("crate::runtime", "Scheme");
        }
        quote! { schemes: &[#(#schemes),*], }
    }

    /// Which credentials there are, where that is more than a user with a password.
    pub fn credentials(&self, docs: &mut Vec<String>) {
        let schemes = &self.api.security;
        if schemes.is_empty() || !needs(self.api, "security.rs") {
            return;
        }
        paragraph(docs, "# Credentials");
        let several =
            "A client can have several of these credentials. Each request sends those that its operation requires.";
        paragraph(docs, if schemes.len() > 1 { several } else { "The API accepts these credentials:" });
        docs.push(String::new());
        for scheme in schemes {
            let said = sentence(&scheme.docs);
            let said = [said, scheme.about.as_deref().map(inline).unwrap_or_default()];
            let said: Vec<_> =
                said.iter().map(|text| text.trim_end_matches('.')).filter(|text| !text.is_empty()).collect();
            let said = if said.is_empty() { String::new() } else { format!(". {}", said.join(". ")) };
            docs.extend(item(&format!("{}, {}{said}", code(&scheme.name), sent(&scheme.kind))));
            for flow in &scheme.flows {
                docs.extend(item(&about(flow)).into_iter().map(|line| format!("  {line}")));
            }
        }
        let mut of_kind: HashMap<_, usize> = HashMap::new();
        schemes.iter().for_each(|scheme| *of_kind.entry(scheme.kind.parts()).or_default() += 1);
        let calls = schemes.iter().take(MOST_IN_EXAMPLE).map(|scheme| {
            let shares_kind = of_kind.get(&scheme.kind.parts()).is_some_and(|count| *count > 1);
            let own = if shares_kind { format!(".scheme({:?})", scheme.name) } else { String::new() };
            format!("Credentials::{}{own}", credentials(Some(scheme)))
        });
        let calls: Vec<String> = calls.collect();
        let (first, rest) = calls.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        let rest: String = rest.iter().map(|call| format!("\n    .and({call})")).collect();
        self.example_of(docs, "", &HELD.replace("{all}", &format!("{first}{rest}")));
    }

    /// How tokens are come by, where the API takes such.
    pub fn tokens(&self, docs: &mut Vec<String>) {
        let granting = self.api.security.iter().find(|scheme| scheme.token_url().is_some());
        if granting.is_some() || self.config.client.token_url.is_some() {
            let flow = granting.and_then(|scheme| scheme.flows.iter().find(|flow| flow.name == CLIENT_CREDENTIALS));
            let scope = flow.and_then(|flow| flow.scopes.first());
            let scopes = scope.map(|(name, _)| format!(".scopes([{name:?}])")).unwrap_or_default();
            let text = "The client fetches a token with the first request and renews it before it expires.";
            self.section(docs, "Tokens", text, "", &TOKENS.replace("{scopes}", &scopes));
        }
        if needs(self.api, "token_provider.rs")
            && self.api.security.iter().any(|scheme| scheme.kind == SchemeKind::Bearer)
        {
            let text = "A function can provide the tokens. The client calls it when the current token is about to expire or was \
                        rejected, once for all waiting requests.";
            self.section(docs, "Custom tokens", text, "", PROVIDED);
        }
    }
}

/// What is sent of a kind.
fn sent(kind: &SchemeKind) -> String {
    match kind {
        SchemeKind::Basic => "a user name with a password".to_owned(),
        SchemeKind::Bearer => "a token as `Authorization: Bearer`".to_owned(),
        SchemeKind::Header(name) => format!("a key in the header {}", code(name)),
        SchemeKind::Query(name) => format!("a key in the query parameter {}", code(name)),
        SchemeKind::Cookie(name) => format!("a key in the cookie {}", code(name)),
    }
}

/// What there is to know of a way to come by tokens.
fn about(flow: &Flow) -> String {
    let urls = flow.urls.iter().map(|(keyword, url)| format!("{} {}", code(keyword), code(url)));
    let head: Vec<String> = [code(flow.name)].into_iter().chain(urls).collect();
    let scope = |(name, said): &(String, String)| match said.trim().trim_end_matches('.') {
        "" => code(name),
        said => format!("{} ({})", code(name), inline(said)),
    };
    let scopes: Vec<String> = flow.scopes.iter().map(scope).collect();
    let scopes = if scopes.is_empty() { String::new() } else { format!("; scopes {}", scopes.join(", ")) };
    format!("{}{scopes}", head.join(", "))
}

const HELD: &str = r#"use {krate}::{Client, Credentials};

let credentials = {all};
let client = Client::builder().credentials(credentials).build()?;"#;

const TOKENS: &str = r#"use {krate}::{Client, Credentials};

let credentials = Credentials::client_credentials("client id", "client secret"){scopes};
let client = Client::builder().credentials(credentials).build()?;"#;

const PROVIDED: &str = r#"use std::time::Duration;
use {krate}::runtime::BearerToken;
use {krate}::{Client, Credentials, Error};

let credentials = Credentials::token_provider(|| async {
    Ok::<_, Error>(BearerToken::new("token").expires_in(Duration::from_secs(3600)))
});
let client = Client::builder().credentials(credentials).build()?;"#;
