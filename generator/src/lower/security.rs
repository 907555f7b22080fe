//! Lowers security schemes: what each sends, and where its tokens come from.

use indexmap::IndexMap;
use openapiv3::{APIKeyLocation, OAuth2Flows, SecurityScheme as Described};

use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{CLIENT_CREDENTIALS, Docs, Flow, SchemeKind, SecurityScheme};
use crate::lower::Lowering;
use crate::source::Pointer;

impl Lowering<'_> {
    pub(crate) fn security(&mut self) -> Vec<SecurityScheme> {
        let document = self.document;
        let schemes = document.components.iter().flat_map(|components| &components.security_schemes);
        let mut security = Vec::new();
        // The target of a reference is also in this map, under its pointer. It is lowered under the name that refers to it.
        for (name, scheme) in schemes.filter(|(name, _)| !name.starts_with("#/")) {
            let at = Pointer::root().child("components").child("securitySchemes").child(name);
            let found = self.resolve(scheme, &at, "securitySchemes", |components| &components.security_schemes);
            security.extend(found.map(|(scheme, at)| self.scheme(name, scheme, &at)));
        }
        security
    }

    fn scheme(&mut self, name: &str, scheme: &Described, at: &Pointer) -> SecurityScheme {
        let mut flows = Vec::new();
        let mut about = None;
        let (kind, description) = match scheme {
            Described::HTTP { scheme, bearer_format, description, .. } => match scheme.to_ascii_lowercase().as_str() {
                "basic" => (SchemeKind::Basic, description),
                "bearer" => {
                    about = bearer_format.as_ref().map(|format| format!("Its form: {format}"));
                    (SchemeKind::Bearer, description)
                }
                other => {
                    let message = format!("HTTP authentication with the scheme `{other}` is not supported");
                    let place = Location::Key(at.child("scheme"));
                    let diagnostic = Diagnostic::warning(code::UNSUPPORTED_KEYWORD, place, message);
                    self.diagnostics
                        .push(diagnostic.help("configure the client with the value of the header `Authorization`"));
                    (SchemeKind::Header("Authorization".to_owned()), description)
                }
            },
            Described::APIKey { location, name, description, .. } => {
                let kind = match location {
                    APIKeyLocation::Header => SchemeKind::Header,
                    APIKeyLocation::Query => SchemeKind::Query,
                    APIKeyLocation::Cookie => SchemeKind::Cookie,
                };
                (kind(name.clone()), description)
            }
            Described::OAuth2 { flows: described, description, .. } => {
                flows = self.flows(described, &at.child("flows"));
                (SchemeKind::Bearer, description)
            }
            Described::OpenIDConnect { open_id_connect_url, description, .. } => {
                about = Some(format!("OpenID Connect, described at {open_id_connect_url}"));
                (SchemeKind::Bearer, description)
            }
        };
        SecurityScheme { name: name.to_owned(), kind, flows, about, docs: Docs::new(None, description.as_deref()) }
    }

    /// Lowers OAuth 2.0 flows. An invalid token URL is reported, because a client would send requests to it.
    fn flows(&mut self, described: &OAuth2Flows, at: &Pointer) -> Vec<Flow> {
        let flow = |name, urls: [(&'static str, Option<&String>); 3], scopes: &IndexMap<String, String>| {
            let urls = urls.into_iter().filter_map(|(name, url)| Some((name, url?.trim().to_owned())));
            let scopes = scopes.iter().map(|(name, said)| (name.clone(), said.clone())).collect();
            Flow { name, urls: urls.filter(|(_, url)| !url.is_empty()).collect(), scopes }
        };
        let (authorization, token, refresh) = ("authorizationUrl", "tokenUrl", "refreshUrl");
        let client = described.client_credentials.as_ref().map(|one| {
            let urls = [(token, Some(&one.token_url)), (refresh, one.refresh_url.as_ref()), (authorization, None)];
            flow(CLIENT_CREDENTIALS, urls, &one.scopes)
        });
        let code = described.authorization_code.as_ref().map(|one| {
            let urls = [
                (authorization, Some(&one.authorization_url)),
                (token, Some(&one.token_url)),
                (refresh, one.refresh_url.as_ref()),
            ];
            flow("authorizationCode", urls, &one.scopes)
        });
        let implicit = described.implicit.as_ref().map(|one| {
            let urls =
                [(authorization, Some(&one.authorization_url)), (refresh, one.refresh_url.as_ref()), (token, None)];
            flow("implicit", urls, &one.scopes)
        });
        let password = described.password.as_ref().map(|one| {
            let urls = [(token, Some(&one.token_url)), (refresh, one.refresh_url.as_ref()), (authorization, None)];
            flow("password", urls, &one.scopes)
        });
        let mut flows: Vec<Flow> = [client, code, implicit, password].into_iter().flatten().collect();
        for flow in flows.iter_mut().filter(|flow| flow.name == CLIENT_CREDENTIALS) {
            flow.urls.retain(|(keyword, url)| {
                let good = is_url(url);
                if *keyword == token && !good {
                    let place = Location::Value(at.child(CLIENT_CREDENTIALS).child(token));
                    let message = format!("`{url}` is not a valid token URL");
                    let diagnostic = Diagnostic::warning(code::WRONG_TYPE, place, message)
                        .label("the client has no default token URL");
                    self.diagnostics.push(diagnostic.help("write one such as `https://example.com/token`"));
                }
                good
            });
        }
        flows
    }
}

/// Returns whether a string is an HTTP URL, or a URL relative to the server.
fn is_url(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '{' | '}' | '<' | '>' | '"'));
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    plain && scheme.is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https"))
}
