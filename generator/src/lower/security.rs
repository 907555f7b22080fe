//! Lowers security schemes: the location of the credential in a request, and the OAuth 2.0 flows that return tokens.

use indexmap::IndexMap;
use openapiv3::{APIKeyLocation, OAuth2Flows, SecurityScheme as SecuritySchemeObject};
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{CLIENT_CREDENTIALS, Docs, Flow, SchemeKind, SecurityScheme};
use crate::lower::Lowering;
use crate::parse::{DEVICE_AUTHORIZATION, DEVICE_AUTHORIZATION_URL};
use crate::source::Pointer;

impl Lowering<'_> {
    /// Returns the security schemes of the document.
    pub(crate) fn lower_security(&mut self) -> Vec<SecurityScheme> {
        let document = self.document;
        let schemes = document.components.iter().flat_map(|components| &components.security_schemes);
        let mut lowered_schemes = Vec::new();
        // The map also contains targets of references, with keys that begin with `#/`. They are lowered under the name
        // of the component that refers to them.
        for (name, scheme) in schemes.filter(|(name, _)| !name.starts_with("#/")) {
            let at = Pointer::root().child("components").child("securitySchemes").child(name);
            let resolved = self.resolve(scheme, &at, "securitySchemes", |components| &components.security_schemes);
            lowered_schemes.extend(resolved.map(|(scheme, at)| self.lower_security_scheme(name, scheme, &at)));
        }
        lowered_schemes
    }

    fn lower_security_scheme(&mut self, name: &str, scheme: &SecuritySchemeObject, at: &Pointer) -> SecurityScheme {
        let mut flows = Vec::new();
        let mut token_docs = None;
        let (kind, description) = match scheme {
            SecuritySchemeObject::HTTP { scheme, bearer_format, description, .. } => {
                match scheme.to_ascii_lowercase().as_str() {
                    "basic" => (SchemeKind::Basic, description),
                    "bearer" => {
                        token_docs = bearer_format.as_ref().map(|format| format!("The format of the token: {format}"));
                        (SchemeKind::Bearer, description)
                    }
                    unsupported => {
                        let message = format!("HTTP authentication with the scheme `{unsupported}` is not supported");
                        let location = Location::Key(at.child("scheme"));
                        let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, location, message);
                        self.diagnostics
                            .push(diagnostic.help("configure the client with the value of the header `Authorization`"));
                        (SchemeKind::Header("Authorization".to_owned()), description)
                    }
                }
            }
            SecuritySchemeObject::APIKey { location, name, description, .. } => {
                let kind = match location {
                    APIKeyLocation::Header => SchemeKind::Header,
                    APIKeyLocation::Query => SchemeKind::Query,
                    APIKeyLocation::Cookie => SchemeKind::Cookie,
                };
                (kind(name.clone()), description)
            }
            SecuritySchemeObject::OAuth2 { flows: oauth2_flows, description, .. } => {
                flows = self.lower_flows(oauth2_flows, &at.child("flows"));
                (SchemeKind::Bearer, description)
            }
            SecuritySchemeObject::OpenIDConnect { open_id_connect_url, description, .. } => {
                token_docs = Some(format!("OpenID Connect, described at {open_id_connect_url}"));
                (SchemeKind::Bearer, description)
            }
        };
        SecurityScheme { name: name.to_owned(), kind, flows, token_docs, docs: Docs::new(None, description.as_deref()) }
    }

    /// Lowers OAuth 2.0 flows. Reports an invalid token URL of the client credentials flow, because the generated
    /// client sends requests to this URL.
    fn lower_flows(&mut self, flows: &OAuth2Flows, at: &Pointer) -> Vec<Flow> {
        let to_flow = |name, urls: [(&'static str, Option<&String>); 3], scopes: &IndexMap<String, String>| {
            let urls = urls.into_iter().filter_map(|(keyword, url)| Some((keyword, url?.trim().to_owned())));
            let scopes = scopes.iter().map(|(scope, description)| (scope.clone(), description.clone())).collect();
            Flow { name, urls: urls.filter(|(_, url)| !url.is_empty()).collect(), scopes }
        };
        let (authorization, token, refresh) = ("authorizationUrl", "tokenUrl", "refreshUrl");
        let client_credentials = flows.client_credentials.as_ref().map(|flow| {
            let urls = [(token, Some(&flow.token_url)), (refresh, flow.refresh_url.as_ref()), (authorization, None)];
            to_flow(CLIENT_CREDENTIALS, urls, &flow.scopes)
        });
        let authorization_code = flows.authorization_code.as_ref().map(|flow| {
            let urls = [
                (authorization, Some(&flow.authorization_url)),
                (token, Some(&flow.token_url)),
                (refresh, flow.refresh_url.as_ref()),
            ];
            to_flow("authorizationCode", urls, &flow.scopes)
        });
        let implicit = flows.implicit.as_ref().map(|flow| {
            let urls =
                [(authorization, Some(&flow.authorization_url)), (refresh, flow.refresh_url.as_ref()), (token, None)];
            to_flow("implicit", urls, &flow.scopes)
        });
        let password = flows.password.as_ref().map(|flow| {
            let urls = [(token, Some(&flow.token_url)), (refresh, flow.refresh_url.as_ref()), (authorization, None)];
            to_flow("password", urls, &flow.scopes)
        });
        let device_authorization = flows.extensions.get(DEVICE_AUTHORIZATION).map(|flow| {
            let text = |keyword: &'static str| (keyword, flow.get(keyword).and_then(Value::as_str));
            let urls = [text(DEVICE_AUTHORIZATION_URL), text(token), text(refresh)];
            let scopes = flow.get("scopes").and_then(Value::as_object).into_iter().flatten();
            let scopes = scopes.map(|(name, docs)| (name.clone(), docs.as_str().unwrap_or_default().to_owned()));
            let urls = urls.map(|(keyword, url)| (keyword, url.map(str::to_owned)));
            to_flow(
                DEVICE_AUTHORIZATION,
                urls.each_ref().map(|(keyword, url)| (*keyword, url.as_ref())),
                &scopes.collect(),
            )
        });
        let flows = [client_credentials, authorization_code, implicit, password, device_authorization];
        let mut lowered_flows: Vec<Flow> = flows.into_iter().flatten().collect();
        for flow in lowered_flows.iter_mut().filter(|flow| flow.name == CLIENT_CREDENTIALS) {
            flow.urls.retain(|(keyword, url)| {
                let is_valid = is_url(url);
                if *keyword == token && !is_valid {
                    let location = Location::Value(at.child(CLIENT_CREDENTIALS).child(token));
                    let message = format!("`{url}` is not a valid token URL");
                    let diagnostic = Diagnostic::warning(code::WRONG_TYPE, location, message)
                        .label("the client has no default token URL");
                    self.diagnostics.push(diagnostic.help("write a URL such as `https://example.com/token`"));
                }
                is_valid
            });
        }
        lowered_flows
    }
}

/// Returns whether a string is an HTTP URL, or a URL relative to the server.
fn is_url(text: &str) -> bool {
    let has_valid_characters = text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '{' | '}' | '<' | '>' | '"'));
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    has_valid_characters && scheme.is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https"))
}
