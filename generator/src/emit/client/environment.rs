//! What the client reads from environment variables, as data and as documentation.

use proc_macro2::TokenStream;
use quote::quote;

use crate::config::{CredentialVariables, Credentials};
use crate::credentials::{can_be_used, credential_sets};
use crate::emit::Context;
use crate::emit::docs::{attributes, code, paragraph};
use crate::emit::imports::Imports;
use crate::ir::SchemeKind;
use crate::runtime_files::needs;

impl Context<'_> {
    /// The lists of credentials of which each is enough for some operation, as the runtime has to know them.
    pub fn environment_credentials(&self, imports: &mut Imports) -> Vec<TokenStream> {
        let alternatives = credential_sets(self.config, self.api);
        if alternatives.iter().any(|all| !all.is_empty()) {
            imports.add("crate::runtime", "EnvCredentials");
            imports.add("crate::runtime", "EnvKind");
        }
        let list = |all: &Vec<&Credentials>| {
            let all = all.iter().filter_map(|one| self.environment_variables(one));
            quote! { &[#(#all),*] }
        };
        alternatives.iter().map(list).collect()
    }

    fn environment_variables(&self, one: &Credentials) -> Option<TokenStream> {
        let (kind, name, secret) = match one.variables()? {
            CredentialVariables::User(user, password) => (quote! { Basic }, user, Some(password)),
            CredentialVariables::Client(id, secret) => (quote! { ClientCredentials }, id, Some(secret)),
            CredentialVariables::Token(token) => (quote! { Bearer }, token, None),
            CredentialVariables::Key(key) => {
                let kind = match &self.api.security.iter().find(|scheme| can_be_used(one, scheme))?.kind {
                    SchemeKind::Header(name) => quote! { Header(#name) },
                    SchemeKind::Query(name) => quote! { Query(#name) },
                    SchemeKind::Cookie(name) => quote! { Cookie(#name) },
                    SchemeKind::Basic | SchemeKind::Bearer => return None,
                };
                (kind, key, None)
            }
        };
        let scheme = one.scheme.as_deref().filter(|_| needs(self.api, "credential_set.rs")).unwrap_or_default();
        let option = |text: Option<&str>| match text {
            Some(text) => quote! { Some(#text) },
            None => quote! { None },
        };
        let (pattern, secret) = (option(one.pattern.as_deref()), option(secret));
        Some(quote! {
            EnvCredentials { kind: EnvKind::#kind, scheme: #scheme, name: #name, pattern: #pattern, secret: #secret }
        })
    }

    /// The documentation of `from_env`.
    pub fn environment_docs(&self) -> TokenStream {
        let mut docs = vec!["Creates a client with the settings in environment variables.".to_owned()];
        let alternatives = credential_sets(self.config, self.api);
        let listed = alternatives.iter().filter(|all| !all.is_empty()).map(|all| {
            let all: Vec<String> = all
                .iter()
                .flat_map(|one| one.keys())
                .filter(|(key, _)| *key != "scheme")
                .map(|(_, name)| code(name))
                .collect();
            all.join(" with ")
        });
        let listed: Vec<String> = listed.collect();
        if !listed.is_empty() {
            let text = format!("The credentials are those of {}.", listed.join(", or of "));
            let first = match needs(self.api, "credential_set.rs") && listed.len() > 1 {
                true => "The client uses all that are set. Of several for one security scheme, it uses the first.",
                false if listed.len() > 1 => "The client uses the first that are set.",
                false => "",
            };
            let optional = match alternatives.iter().any(Vec::is_empty) {
                true => "None are required.",
                false => "",
            };
            let all = [&text, first, optional, "An empty variable counts as not set."];
            let all: Vec<&str> = all.into_iter().filter(|text| !text.is_empty()).collect();
            paragraph(&mut docs, all.join(" "));
        }
        if let Some(host) = &self.config.client.host {
            let variables: Vec<_> = [&host.region, &host.edge].into_iter().flatten().map(|name| code(name)).collect();
            if !variables.is_empty() {
                paragraph(&mut docs, format!("The host of the API depends on {}.", variables.join(" and ")));
            }
        }
        if let Some(name) = &self.config.client.base_url_variable {
            let text = match self.is_served() {
                true => "sets another base URL for all requests, such as that of a mock.",
                false => {
                    "sets the base URL of the API. It is required, because the document has no absolute server URL."
                }
            };
            paragraph(&mut docs, format!("{} {text}", code(name)));
        }
        paragraph(&mut docs, "# Errors");
        paragraph(
            &mut docs,
            "Returns an error if a variable is missing or malformed. The error names the variable, never its value.",
        );
        attributes(&docs)
    }
}
