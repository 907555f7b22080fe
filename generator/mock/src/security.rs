//! Checks the credentials of requests, and issues OAuth 2.0 tokens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery::ir::{Content, Operation, SchemeKind, SecurityScheme};
use serde_json::json;

use crate::error::Failure;
use crate::http::{Request, Response};
use crate::model::Model;
use crate::state::State;

/// The lifetime of a token in seconds, as the token endpoint returns it.
const TOKEN_LIFETIME_SECONDS: u32 = 3600;

/// The requirements of a token request.
const TOKEN_REQUEST_RULE: &str = "the mock requires a client id and a grant_type";

/// Checks the credentials of a request. An operation has alternatives, which are sets of security schemes. The request
/// needs accepted credentials for all schemes of one alternative.
///
/// # Errors
///
/// Returns a failure with status 401 that names the missing credentials of each alternative.
pub(crate) fn authorize(model: &Model, operation: &Operation, request: &Request) -> Result<(), Failure> {
    if operation.has_optional_credentials {
        return Ok(());
    }
    let mut problems: Vec<String> = Vec::new();
    let mut challenges: Vec<String> = Vec::new();
    for names in model.api.security_alternatives(operation) {
        let schemes = names.iter().filter_map(|name| model.api.security.iter().find(|scheme| scheme.name == **name));
        let rejected: Vec<&SecurityScheme> = schemes.filter(|scheme| !is_accepted(model, scheme, request)).collect();
        if rejected.is_empty() {
            return Ok(());
        }
        for challenge in rejected.iter().map(|scheme| challenge(&scheme.kind)) {
            if !challenges.contains(&challenge) {
                challenges.push(challenge);
            }
        }
        problems.push(rejected.into_iter().map(|scheme| problem(scheme, request)).collect::<Vec<_>>().join(" and "));
    }
    let failure = Failure::new(401, problems.join("; or "));
    Err(failure.header("WWW-Authenticate", challenges.join(", ")))
}

/// Responds to a token request. This is a POST request to the path of a `tokenUrl` of the document. The host in this
/// URL is ignored. Returns `None` for any other request.
pub(crate) fn grant_token(model: &Model, state: &mut State, request: &Request) -> Option<Response> {
    let flows = model.api.security.iter().flat_map(|scheme| &scheme.flows);
    let mut urls = flows.flat_map(|flow| &flow.urls).filter(|(keyword, _)| *keyword != "authorizationUrl");
    if request.method != "POST" || !urls.any(|(_, url)| path_of(url) == request.path) {
        return None;
    }
    let form = request.form();
    let field = |key: &str| form.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.as_str());
    let client = basic_credentials(request)
        .unwrap_or_else(|| (field("client_id").to_owned(), field("client_secret").to_owned()));
    let is_accepted = match &model.credentials {
        Some(accepted) => client == *accepted,
        None => !client.0.is_empty(),
    };
    let error = |status, code: &str| Response {
        status,
        headers: Vec::new(),
        body: Some(json!({ "error": code, "error_description": TOKEN_REQUEST_RULE })),
        content: Content::Json,
        reason: Some(TOKEN_REQUEST_RULE.to_owned()),
    };
    if field("grant_type").is_empty() {
        return Some(error(400, "invalid_request"));
    }
    if !is_accepted {
        return Some(error(401, "invalid_client"));
    }
    let random_token = || format!("{:016x}{:016x}", state.rng(model.seed).next(), state.rng(model.seed).next());
    let token = model.credentials.as_ref().map_or_else(random_token, |(_, password)| password.clone());
    let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_SECONDS });
    let headers = vec![("Cache-Control".to_owned(), "no-store".to_owned())];
    Some(Response { status: 200, headers, body: Some(body), content: Content::Json, reason: None })
}

/// Returns the path of a URL, which may be relative.
fn path_of(url: &str) -> String {
    let without_host = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    let path = without_host.split(['?', '#']).next().unwrap_or_default();
    format!("/{}", path.trim_start_matches('/'))
}

fn is_accepted(model: &Model, scheme: &SecurityScheme, request: &Request) -> bool {
    let accepted = model.credentials.as_ref();
    if scheme.kind == SchemeKind::Basic {
        return basic_credentials(request).is_some_and(|credentials| match accepted {
            Some(accepted) => credentials == *accepted,
            None => !credentials.0.is_empty() && !credentials.1.is_empty(),
        });
    }
    api_key(&scheme.kind, request).is_some_and(|key| match accepted {
        Some((_, password)) => key == *password,
        None => !key.is_empty(),
    })
}

/// Returns the API key or token of a request.
fn api_key(kind: &SchemeKind, request: &Request) -> Option<String> {
    let find = |pairs: &[(String, String)], key: &str| {
        pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    };
    match kind {
        SchemeKind::Basic => None,
        SchemeKind::Bearer => {
            let (scheme, token) = request.header("authorization")?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        }
        SchemeKind::Header(name) => request.header(name).map(|value| value.trim().to_owned()),
        SchemeKind::Query(name) => find(&request.query, name),
        SchemeKind::Cookie(name) => find(&request.cookies(), name),
    }
}

/// Returns the user name and the password of Basic authentication.
fn basic_credentials(request: &Request) -> Option<(String, String)> {
    let (scheme, pair) = request.header("authorization")?.split_once(' ')?;
    let decoded = STANDARD.decode(pair.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// Describes the credentials of a scheme: their kind, and their location in a request.
pub(crate) fn credentials(scheme: &SecurityScheme) -> String {
    let description = match &scheme.kind {
        SchemeKind::Basic => "a user and a password in `Authorization: Basic`".to_owned(),
        SchemeKind::Bearer => "a token in `Authorization: Bearer`".to_owned(),
        SchemeKind::Header(name) => format!("the header `{name}`"),
        SchemeKind::Query(name) => format!("the query parameter `{name}`"),
        SchemeKind::Cookie(name) => format!("the cookie `{name}`"),
    };
    format!("{description} (security scheme `{}`)", scheme.name)
}

/// Returns the problem with the credentials of one scheme.
fn problem(scheme: &SecurityScheme, request: &Request) -> String {
    let is_sent = match scheme.kind {
        SchemeKind::Basic => basic_credentials(request).is_some(),
        _ => api_key(&scheme.kind, request).is_some(),
    };
    let problem = if is_sent { "is not accepted" } else { "is missing" };
    format!("{} {problem}", credentials(scheme))
}

/// Returns the challenge of a security scheme, for the header `WWW-Authenticate`. HTTP requires a challenge in each
/// response with status 401. The name `ApiKey` is invented, because HTTP has no authentication scheme for API keys.
fn challenge(kind: &SchemeKind) -> String {
    let scheme = match kind {
        SchemeKind::Basic => "Basic",
        SchemeKind::Bearer => "Bearer",
        SchemeKind::Header(_) | SchemeKind::Query(_) | SchemeKind::Cookie(_) => "ApiKey",
    };
    format!("{scheme} realm=\"mock\"")
}

/// The user name and password of clients if the mock accepts any credentials. They are not words that occur in paths,
/// because clients replace their credentials by `[redacted]` wherever these occur in error messages.
pub(crate) const CREDENTIALS: (&str, &str) = ("mock-user", "mock-password");
