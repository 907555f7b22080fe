//! The table `[client]` of codegen.toml.

use schemars::JsonSchema;
use serde::Deserialize;

/// The settings of the client.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Client {
    /// The response header with the id of the request, for `Response::request_id` and errors.
    ///
    /// Example: `client.request_id = "X-Request-Id"`
    pub request_id: Option<String>,
    /// The header for an idempotency key, by which the API recognises a repeated request. Each POST and PATCH request sends a
    /// random UUID in this header, unless the caller sets a key. All attempts of a request send the same key, so the client
    /// also repeats the request after a broken connection, a timeout, or the status 502, 503 or 504. If operations declare the header as
    /// a parameter, only these operations send it. Otherwise, all POST and PATCH operations send it, so the API must support it
    /// in all of them.
    ///
    /// Default: the headers `Idempotency-Key` and `X-Idempotency-Key` of the operations that declare them.
    ///
    /// Example: `client.idempotency_key = "PayPal-Request-Id"`
    pub idempotency_key: Option<String>,
    /// Whether a response is an error if it has a number as a string, or a time without a zone.
    ///
    /// Example: `client.strict = true`
    #[serde(default)]
    pub strict: bool,
    /// The HTTPS URL of the token endpoint for the OAuth 2.0 client credentials grant.
    ///
    /// Default: the token URL of the document.
    ///
    /// Example: `client.token_url = "https://auth.example.com/token"`
    pub token_url: Option<String>,
    /// The host, if it depends on a region and an edge.
    pub host: Option<Host>,
    /// The environment variable with a base URL, which replaces the URL of the document for all requests.
    ///
    /// Default: inferred from the name of the crate: `PETSTORE_BASE_URL`.
    ///
    /// Example: `client.base_url_variable = "API_URL"`
    pub base_url_variable: Option<String>,
    /// The environment variables with credentials. If there are several entries for a security scheme, the first entry
    /// whose variables are all set is used. By default, the names are inferred from the crate and the security schemes.
    #[serde(default)]
    pub credentials: Vec<Credentials>,
}

/// A host that depends on a region and an edge.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Host {
    /// The host for a region and an edge: `{product}` is the first label of the document's host. A part in brackets is left
    /// out if its region or edge is not set.
    ///
    /// Example: `client.host.template = "{product}[.{edge}][.{region}].example.com"`
    pub template: String,
    /// The region that is used if only the edge is set.
    ///
    /// Example: `client.host = { template = "{product}[.{region}].example.com", default_region = "us1" }`
    pub default_region: Option<String>,
    /// The environment variable with the region.
    ///
    /// Example: `client.host = { template = "{product}[.{region}].example.com", region = "API_REGION" }`
    pub region: Option<String>,
    /// The environment variable with the edge.
    ///
    /// Example: `client.host = { template = "{product}[.{edge}].example.com", edge = "API_EDGE" }`
    pub edge: Option<String>,
}

/// Environment variables with credentials: a user and a password, a token, a key, or a client id and a client secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Credentials {
    /// The security scheme of the document. Required if the document has several schemes of this kind.
    ///
    /// Default: the only scheme for such credentials.
    ///
    /// Example: `client.credentials = [{ key = "API_KEY", scheme = "api_key" }]`
    pub scheme: Option<String>,
    /// The environment variable with the user name of HTTP Basic authentication. Each item of `client.credentials` has
    /// `user` and `password`, or `token`, or `key`, or `client_id` and `client_secret`. If several items are for one
    /// security scheme, `from_env` uses the first item whose variables are all set.
    ///
    /// Default: inferred if `client.credentials` is not set, from the names of the crate and the security schemes:
    /// `PETSTORE_USERNAME`.
    ///
    /// Example: `client.credentials = [{ user = "API_KEY", password = "API_SECRET" }]`
    pub user: Option<String>,
    /// The environment variable with the password.
    ///
    /// Default: inferred if `client.credentials` is not set: `PETSTORE_PASSWORD`.
    ///
    /// Example: `client.credentials = [{ user = "API_KEY", password = "API_SECRET" }]`
    pub password: Option<String>,
    /// The environment variable with a bearer token.
    ///
    /// Default: inferred if `client.credentials` is not set: `PETSTORE_TOKEN`.
    ///
    /// Example: `client.credentials = [{ token = "API_TOKEN" }]`
    pub token: Option<String>,
    /// The environment variable with an API key.
    ///
    /// Default: inferred if `client.credentials` is not set: `PETSTORE_API_KEY`.
    ///
    /// Example: `client.credentials = [{ key = "API_KEY" }]`
    pub key: Option<String>,
    /// The environment variable with the client id for the client credentials grant of OAuth 2.0.
    ///
    /// Default: inferred if `client.credentials` is not set: `PETSTORE_CLIENT_ID`.
    ///
    /// Example: `client.credentials = [{ client_id = "API_ID", client_secret = "API_SECRET" }]`
    pub client_id: Option<String>,
    /// The environment variable with the client secret.
    ///
    /// Default: inferred if `client.credentials` is not set: `PETSTORE_CLIENT_SECRET`.
    ///
    /// Example: `client.credentials = [{ client_id = "API_ID", client_secret = "API_SECRET" }]`
    pub client_secret: Option<String>,
    /// A regular expression that every user name, token, key or client id matches. If a value does not match, the error
    /// shows the pattern. If the value matches the pattern of another variable, the error names that variable.
    ///
    /// Default: any value.
    ///
    /// Example: `client.credentials = [{ user = "API_KEY", pattern = "^SK", password = "API_SECRET" }]`
    pub pattern: Option<String>,
}

/// The names of the environment variables of a set of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialVariables<'c> {
    /// A user and a password.
    User(&'c str, &'c str),
    /// A bearer token.
    Token(&'c str),
    /// An API key.
    Key(&'c str),
    /// A client id and a client secret.
    Client(&'c str, &'c str),
}

impl Credentials {
    /// Returns the variables by the kind of credentials. Returns `None` if the keys are not a complete set.
    pub fn variables(&self) -> Option<CredentialVariables<'_>> {
        let Self { user, password, token, key, client_id, client_secret, .. } = self;
        let variables = [user, password, token, key, client_id, client_secret].map(Option::as_deref);
        match variables {
            [Some(user), Some(password), None, None, None, None] => Some(CredentialVariables::User(user, password)),
            [None, None, Some(token), None, None, None] => Some(CredentialVariables::Token(token)),
            [None, None, None, Some(key), None, None] => Some(CredentialVariables::Key(key)),
            [None, None, None, None, Some(id), Some(secret)] => Some(CredentialVariables::Client(id, secret)),
            _ => None,
        }
    }

    /// Returns the keys that are set, with their values, except the pattern.
    pub fn keys(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let keys = [
            ("user", &self.user),
            ("password", &self.password),
            ("token", &self.token),
            ("key", &self.key),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("scheme", &self.scheme),
        ];
        keys.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?)))
    }
}
