//! Parses security requirements and security schemes.

use indexmap::IndexMap;
use openapiv3::{
    APIKeyLocation, AuthorizationCodeOAuth2Flow, ClientCredentialsOAuth2Flow, ImplicitOAuth2Flow, OAuth2Flows,
    PasswordOAuth2Flow, ReferenceOr, SecurityRequirement, SecurityScheme,
};
use serde_json::Value;

use super::context::ParseContext;
use super::object_reader::{ObjectReader, expected_text, reference_or, required_text};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::Pointer;

/// Parses one alternative of the security requirements, all of which a request must meet.
pub fn requirement(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<SecurityRequirement> {
    drop(ObjectReader::of(value, pointer.clone(), reader)?);
    for (name, _) in value.as_object().into_iter().flatten() {
        if reader.schemes.contains(name) {
            continue;
        }
        let message = format!("unresolved security scheme `{name}`");
        let diagnostic = Diagnostic::warning(code::DANGLING_REFERENCE, Location::Key(pointer.child(name)), message)
            .label("ignored, so no credentials are sent for it");
        let known = reader.schemes.iter().map(String::as_str);
        let near = reader.diagnostics.did_you_mean(name, known);
        let help =
            near.map_or("add it to `components.securitySchemes`".to_owned(), |near| format!("did you mean `{near}`?"));
        reader.push(diagnostic.help(help));
    }
    let names = |(name, scopes): (&String, &Value)| {
        let scopes = scopes.as_array().into_iter().flatten();
        (name.clone(), scopes.filter_map(|scope| scope.as_str().map(str::to_owned)).collect())
    };
    value.as_object().map(|schemes| schemes.iter().map(names).collect())
}

/// Parses a security scheme, or a reference to one.
pub fn security_scheme_or(
    value: &Value,
    pointer: Pointer,
    reader: &mut ParseContext,
) -> Option<ReferenceOr<SecurityScheme>> {
    reference_or(value, pointer, reader, "securitySchemes", security_scheme)
}

fn security_scheme(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<SecurityScheme> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let description = keys.optional_text("description");
    let extensions = keys.extensions();
    let scheme = match keys.text("type").unwrap_or_default().as_str() {
        "http" => SecurityScheme::HTTP {
            scheme: required_text(&mut keys, "scheme"),
            bearer_format: keys.optional_text("bearerFormat"),
            description,
            extensions,
        },
        "apiKey" => SecurityScheme::APIKey {
            location: match keys.text("in").unwrap_or_default().as_str() {
                "query" => APIKeyLocation::Query,
                "cookie" => APIKeyLocation::Cookie,
                "header" => APIKeyLocation::Header,
                _ => {
                    keys.invalid("in", "`query`, `header` or `cookie`");
                    return None;
                }
            },
            name: required_text(&mut keys, "name"),
            description,
            extensions,
        },
        "oauth2" => {
            SecurityScheme::OAuth2 { flows: keys.object("flows", flows).unwrap_or_default(), description, extensions }
        }
        "openIdConnect" => SecurityScheme::OpenIDConnect {
            open_id_connect_url: expected_text(
                &mut keys,
                "openIdConnectUrl",
                "the generated code does not fetch this URL",
            ),
            description,
            extensions,
        },
        "mutualTLS" => {
            let diagnostic = Diagnostic::warning(
                code::UNSUPPORTED_KEYWORD,
                Location::Value(keys.at("type")),
                "`mutualTLS` is not supported and is ignored",
            );
            let help = "configure the client with a transport that has a certificate";
            keys.reader.push(diagnostic.help(help));
            keys.finish(&[]);
            return None;
        }
        _ => {
            keys.invalid("type", "`http`, `apiKey`, `oauth2` or `openIdConnect`");
            return None;
        }
    };
    keys.finish(&[]);
    Some(scheme)
}

/// Parses OAuth 2.0 flows. The generated code is correct without them, so problems in them are warnings.
fn flows(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<OAuth2Flows> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let flows =
        OAuth2Flows {
            implicit: keys.object("implicit", flow).map(|Flow { authorization_url, refresh_url, scopes, .. }| {
                ImplicitOAuth2Flow { authorization_url, refresh_url, scopes, extensions: IndexMap::new() }
            }),
            password: keys.object("password", flow).map(|Flow { token_url, refresh_url, scopes, .. }| {
                PasswordOAuth2Flow { token_url, refresh_url, scopes, extensions: IndexMap::new() }
            }),
            client_credentials: keys.object("clientCredentials", flow).map(
                |Flow { token_url, refresh_url, scopes, .. }| ClientCredentialsOAuth2Flow {
                    token_url,
                    refresh_url,
                    scopes,
                    extensions: IndexMap::new(),
                },
            ),
            authorization_code: keys.object("authorizationCode", flow).map(
                |Flow { authorization_url, token_url, refresh_url, scopes }| AuthorizationCodeOAuth2Flow {
                    authorization_url,
                    token_url,
                    refresh_url,
                    scopes,
                    extensions: IndexMap::new(),
                },
            ),
            extensions: keys.extensions(),
        };
    keys.finish(&[]);
    Some(flows)
}

/// Parses the common fields of a flow. A missing URL is empty.
struct Flow {
    authorization_url: String,
    token_url: String,
    refresh_url: Option<String>,
    scopes: IndexMap<String, String>,
}

fn flow(value: &Value, pointer: Pointer, reader: &mut ParseContext) -> Option<Flow> {
    let mut keys = ObjectReader::of(value, pointer, reader)?;
    let scopes = keys.map("scopes");
    let flow = Flow {
        authorization_url: keys.optional_text("authorizationUrl").unwrap_or_default(),
        token_url: keys.optional_text("tokenUrl").unwrap_or_default(),
        refresh_url: keys.optional_text("refreshUrl"),
        scopes: scopes
            .into_iter()
            .map(|(name, said, _)| (name.clone(), said.as_str().unwrap_or_default().to_owned()))
            .collect(),
    };
    keys.finish(&[]);
    Some(flow)
}
