//! Emits the environment variables that the client reads, as data and as documentation.

use proc_macro2::TokenStream;
use quote::quote;

use crate::config::{CredentialVariables, Credentials};
use crate::credentials::{Schemes, credential_sets};
use crate::emit::Context;
use crate::emit::docs::{attributes, code, paragraph};
use crate::emit::imports::Imports;
use crate::ir::SchemeKind;
use crate::runtime::features::Feature;

impl Context<'_> {
    /// Returns the lists of credentials as data for the runtime. A list contains the credentials that an operation
    /// needs together.
    pub fn environment_credentials(&self, imports: &mut Imports) -> Vec<TokenStream> {
        let alternatives = credential_sets(self.config, self.api);
        if alternatives.iter().any(|list| !list.is_empty()) {
            imports.add("crate::runtime", "EnvCredentials");
            imports.add("crate::runtime", "EnvKind");
        }
        let schemes = Schemes::of(self.api);
        let to_tokens = |list: &Vec<&Credentials>| {
            let entries = list.iter().filter_map(|credentials| self.environment_variables(&schemes, credentials));
            quote! { &[#(#entries),*] }
        };
        alternatives.iter().map(to_tokens).collect()
    }

    /// Returns the environment variables of a user and a password, a token, a key, or a client id and a client secret.
    fn environment_variables(&self, schemes: &Schemes<'_>, credentials: &Credentials) -> Option<TokenStream> {
        let (kind, name, secret) = match credentials.variables()? {
            CredentialVariables::User(user, password) => (quote! { Basic }, user, Some(password)),
            CredentialVariables::Client(id, secret) => (quote! { ClientCredentials }, id, Some(secret)),
            CredentialVariables::Token(token) => (quote! { Bearer }, token, None),
            CredentialVariables::Key(key) => {
                let kind = match &schemes.first_for(credentials)?.kind {
                    SchemeKind::Header(name) => quote! { Header(#name) },
                    SchemeKind::Query(name) => quote! { Query(#name) },
                    SchemeKind::Cookie(name) => quote! { Cookie(#name) },
                    SchemeKind::Basic | SchemeKind::Bearer => return None,
                };
                (kind, key, None)
            }
        };
        let scheme = credentials
            .scheme
            .as_deref()
            .filter(|_| self.features.contains(Feature::SecuritySchemes))
            .unwrap_or_default();
        let option = |text: Option<&str>| match text {
            Some(text) => quote! { Some(#text) },
            None => quote! { None },
        };
        let (pattern, secret) = (option(credentials.pattern.as_deref()), option(secret));
        Some(quote! {
            EnvCredentials { kind: EnvKind::#kind, scheme: #scheme, name: #name, pattern: #pattern, secret: #secret }
        })
    }

    /// Returns the documentation of `from_env`.
    pub fn environment_docs(&self) -> TokenStream {
        let mut docs = vec!["Creates a client with the settings in environment variables.".to_owned()];
        let alternatives = credential_sets(self.config, self.api);
        let variable_lists = alternatives.iter().filter(|list| !list.is_empty()).map(|list| {
            let variables: Vec<String> = list
                .iter()
                .flat_map(|credentials| credentials.keys())
                .filter(|(key, _)| *key != "scheme")
                .map(|(_, name)| code(name))
                .collect();
            variables.join(" and ")
        });
        let variable_lists: Vec<String> = variable_lists.collect();
        if !variable_lists.is_empty() {
            let credentials_sentence =
                format!("The client reads the credentials from {}.", variable_lists.join(", or from "));
            let selection = match self.features.contains(Feature::SecuritySchemes) && variable_lists.len() > 1 {
                true => {
                    "The client uses all credentials that are set. If several of them belong to one security scheme, it \
                     uses the first."
                }
                false if variable_lists.len() > 1 => "The client uses the first credentials that are set.",
                false => "",
            };
            let optional = match alternatives.iter().any(Vec::is_empty) {
                true => "Credentials are optional.",
                false => "",
            };
            let sentences = [&credentials_sentence, selection, optional, "An empty variable is treated as not set."];
            let sentences: Vec<&str> = sentences.into_iter().filter(|text| !text.is_empty()).collect();
            paragraph(&mut docs, sentences.join(" "));
        }
        if let Some(host) = &self.config.client.host {
            let variables: Vec<_> = [&host.region, &host.edge].into_iter().flatten().map(|name| code(name)).collect();
            if !variables.is_empty() {
                paragraph(&mut docs, format!("The host of the API depends on {}.", variables.join(" and ")));
            }
        }
        if let Some(name) = &self.config.client.base_url_variable {
            let text = match self.has_absolute_server() {
                true => "sets a different base URL for all requests, such as the URL of a mock.",
                false => {
                    "sets the base URL of the API. It is required, because the document has no absolute server URL."
                }
            };
            paragraph(&mut docs, format!("{} {text}", code(name)));
        }
        paragraph(&mut docs, "# Errors");
        paragraph(
            &mut docs,
            "Returns an error if a variable is missing or malformed. The error contains the name of the variable, but \
             not the value.",
        );
        attributes(&docs)
    }
}
