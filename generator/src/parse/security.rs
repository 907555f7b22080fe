//! Parses security requirements and security schemes.

use indexmap::IndexMap;
use openapiv3::{
    APIKeyLocation, AuthorizationCodeOAuth2Flow, ClientCredentialsOAuth2Flow, ImplicitOAuth2Flow, OAuth2Flows,
    PasswordOAuth2Flow, ReferenceOr, SecurityRequirement, SecurityScheme,
};
use serde_json::Value;

use super::context::ParseContext;
use super::object_reader::{ObjectReader, string_or_error, string_or_warn};
use super::references::object_or_ref;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::source::Pointer;

/// The keyword of the OAuth 2.0 device flow. The model has no field for it, so the flow is in `extensions`.
pub const DEVICE_AUTHORIZATION: &str = "deviceAuthorization";

/// The keyword of the URL at which a device starts the flow.
pub const DEVICE_AUTHORIZATION_URL: &str = "deviceAuthorizationUrl";

/// Parses one alternative of the security requirements. A request must have the credentials for all schemes of one
/// alternative.
pub fn security_requirement(
    value: &Value,
    pointer: Pointer,
    context: &mut ParseContext,
) -> Option<SecurityRequirement> {
    drop(ObjectReader::new(value, pointer.clone(), context)?);
    for (name, _) in value.as_object().into_iter().flatten() {
        if context.security_schemes.contains(scheme_name(name, context).as_str()) {
            continue;
        }
        let message = format!("unresolved security scheme `{name}`");
        let diagnostic = Diagnostic::warning(code::DANGLING_REFERENCE, Location::Key(pointer.child(name)), message)
            .label("ignored, so no credentials are sent for it");
        let names = context.security_schemes.iter().map(String::as_str);
        let similar = context.diagnostics.did_you_mean(name, names);
        let help = similar.map_or("add it to `components.securitySchemes`".to_owned(), |similar| {
            format!("did you mean `{similar}`?")
        });
        context.report(diagnostic.help(help));
    }
    let name_and_scopes = |(name, scopes): (&String, &Value)| {
        let scopes = scopes.as_array().into_iter().flatten();
        let scopes = scopes.filter_map(|scope| scope.as_str().map(str::to_owned)).collect();
        (scheme_name(name, context), scopes)
    };
    value.as_object().map(|schemes| schemes.iter().map(name_and_scopes).collect())
}

/// Returns the name of the security scheme in a requirement. `text` is a name or a reference. If it can be both, it is a name.
fn scheme_name(text: &str, context: &ParseContext) -> String {
    if context.security_schemes.contains(text) {
        return text.to_owned();
    }
    let component = Pointer::from_reference(text).and_then(|pointer| pointer.component("securitySchemes"));
    component.unwrap_or_else(|| text.to_owned())
}

/// Parses a security scheme or a reference to a security scheme.
pub fn security_scheme_or_ref(
    value: &Value,
    pointer: Pointer,
    context: &mut ParseContext,
) -> Option<ReferenceOr<SecurityScheme>> {
    object_or_ref(value, pointer, context, "securitySchemes", security_scheme)
}

fn security_scheme(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<SecurityScheme> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let description = object.optional_string("description");
    let extensions = object.extensions();
    object.ignore(&["deprecated"], "the generated code accepts the credentials of every scheme");
    object.ignore(&["oauth2MetadataUrl"], "the generated code does not fetch this URL");
    let scheme = match object.string("type").unwrap_or_default().as_str() {
        "http" => SecurityScheme::HTTP {
            scheme: string_or_error(&mut object, "scheme"),
            bearer_format: object.optional_string("bearerFormat"),
            description,
            extensions,
        },
        "apiKey" => SecurityScheme::APIKey {
            location: match object.string("in").unwrap_or_default().as_str() {
                "query" => APIKeyLocation::Query,
                "cookie" => APIKeyLocation::Cookie,
                "header" => APIKeyLocation::Header,
                _ => {
                    object.report_invalid("in", "`query`, `header` or `cookie`");
                    return None;
                }
            },
            name: string_or_error(&mut object, "name"),
            description,
            extensions,
        },
        "oauth2" => SecurityScheme::OAuth2 {
            flows: object.read_with("flows", flows).unwrap_or_default(),
            description,
            extensions,
        },
        "openIdConnect" => SecurityScheme::OpenIDConnect {
            open_id_connect_url: string_or_warn(
                &mut object,
                "openIdConnectUrl",
                "the generated code does not fetch this URL",
            ),
            description,
            extensions,
        },
        "mutualTLS" => {
            let diagnostic = Diagnostic::warning(
                code::UNSUPPORTED_KEYWORD,
                Location::Value(object.pointer_to("type")),
                "`mutualTLS` is not supported and is ignored",
            );
            let help = "configure the client with a transport that has a certificate";
            object.context.report(diagnostic.help(help));
            object.finish(&[]);
            return None;
        }
        _ => {
            object.report_invalid("type", "`http`, `apiKey`, `oauth2` or `openIdConnect`");
            return None;
        }
    };
    object.finish(&[]);
    Some(scheme)
}

/// Parses OAuth 2.0 flows. The generated code is correct without them, so problems in them are warnings.
fn flows(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<OAuth2Flows> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let mut extensions: IndexMap<String, Value> = object.extensions();
    let device_flow = object.read_with(DEVICE_AUTHORIZATION, device_flow);
    extensions.extend(device_flow.map(|flow| (DEVICE_AUTHORIZATION.to_owned(), flow)));
    let flows = OAuth2Flows {
        implicit: object.read_with("implicit", flow).map(|Flow { authorization_url, refresh_url, scopes, .. }| {
            ImplicitOAuth2Flow { authorization_url, refresh_url, scopes, extensions: IndexMap::new() }
        }),
        password: object.read_with("password", flow).map(|Flow { token_url, refresh_url, scopes, .. }| {
            PasswordOAuth2Flow { token_url, refresh_url, scopes, extensions: IndexMap::new() }
        }),
        client_credentials: object.read_with("clientCredentials", flow).map(
            |Flow { token_url, refresh_url, scopes, .. }| ClientCredentialsOAuth2Flow {
                token_url,
                refresh_url,
                scopes,
                extensions: IndexMap::new(),
            },
        ),
        authorization_code: object.read_with("authorizationCode", flow).map(
            |Flow { authorization_url, token_url, refresh_url, scopes }| AuthorizationCodeOAuth2Flow {
                authorization_url,
                token_url,
                refresh_url,
                scopes,
                extensions: IndexMap::new(),
            },
        ),
        extensions,
    };
    object.finish(&[]);
    Some(flows)
}

/// Checks the device flow, and returns it unchanged, because the model has no type for it.
fn device_flow(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Value> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    for keyword in [DEVICE_AUTHORIZATION_URL, "tokenUrl", "refreshUrl"] {
        let _ = object.optional_string(keyword);
    }
    let _ = object.mapping("scopes");
    object.finish(&[]);
    Some(value.clone())
}

/// The keywords of all kinds of flows. A missing URL is an empty string.
struct Flow {
    authorization_url: String,
    token_url: String,
    refresh_url: Option<String>,
    scopes: IndexMap<String, String>,
}

fn flow(value: &Value, pointer: Pointer, context: &mut ParseContext) -> Option<Flow> {
    let mut object = ObjectReader::new(value, pointer, context)?;
    let scopes = object.mapping("scopes");
    let flow = Flow {
        authorization_url: object.optional_string("authorizationUrl").unwrap_or_default(),
        token_url: object.optional_string("tokenUrl").unwrap_or_default(),
        refresh_url: object.optional_string("refreshUrl"),
        scopes: scopes
            .into_iter()
            .map(|(name, description, _)| (name.clone(), description.as_str().unwrap_or_default().to_owned()))
            .collect(),
    };
    object.finish(&[]);
    Some(flow)
}
