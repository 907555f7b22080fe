//! All locations of secrets and personal values in a request.

use serde_json::{Value, json};

use crate::runtime::{AnyJson, BearerToken, Constraint, Credentials, Json, Request, Scope, Upload};
use crate::tests::sample::{Client, Service};
use crate::tests::sid;

/// A location of a value, and a request with a value in this location.
pub struct ValueLocation {
    pub name: &'static str,
    pub value: &'static str,
    pub credentials: fn() -> Credentials,
    pub request: fn(&Client) -> Request<Json<Service>>,
    /// The successful response of the token endpoint. `None` if no token is requested, or if the token request fails.
    pub token_response: Option<&'static str>,
    /// Whether the error shows the message of the response.
    pub shows_message: bool,
}

/// A string with characters that many encodings escape.
pub const TEXT: &str = "Zoë k@nary/\"7\" <é&😀>\\%41\t\n\r\u{8}\u{c}'q+w";
/// A string that is valid in a header.
pub const KEY: &str = "k@nary/\"7\"<x>&\\%41'Q_z+w=?~";
/// A string that is not changed in a cookie, except for the quotes.
const COOKIE: &str = "k@nary/\"7\"<x>&:'Q_z+w=?~";
/// A string that the `Debug` output of a header does not change.
const HEADER: &str = "k@nary/7<x>&Q_z+w";
/// The user name and the password with the colon between them, as in Basic authentication.
pub const USER_AND_PASSWORD: &str = "Zoë@k.nary:Zoë k@nary/\"7\" <é&😀>\\%41'q+w";
const USER: &str = "Zoë@k.nary";
/// A password without control characters.
pub const PASSWORD: &str = "Zoë k@nary/\"7\" <é&😀>\\%41'q+w";
/// The response of a token endpoint with the token [`KEY`].
const TOKEN_RESPONSE: &str = r#"{"access_token": "k@nary/\"7\"<x>&\\%41'Q_z+w=?~"}"#;

/// A number that `serde_json::Value` would round.
const LARGE_NUMBER: &str = "12345678901234567890123.450";

fn json_with_large_number() -> AnyJson {
    format!("[{{\"a\":{LARGE_NUMBER}}}]").parse().unwrap_or_default()
}

fn no_credentials() -> Credentials {
    Credentials::None
}

fn scope(client: &Client) -> Scope {
    client.scope().join("/v1/Services")
}

fn get(client: &Client) -> Request<Json<Service>> {
    Request::get(&scope(client), "FetchIt")
}

fn post(client: &Client) -> Request<Json<Service>> {
    Request::post(&scope(client), "PostIt")
}

const PERSONAL: &[Constraint<'_>] = &[Constraint::Personal];

const fn secret(name: &'static str, value: &'static str, credentials: fn() -> Credentials) -> ValueLocation {
    ValueLocation { name, value, credentials, request: get, token_response: None, shows_message: true }
}

const fn personal(name: &'static str, request: fn(&Client) -> Request<Json<Service>>) -> ValueLocation {
    ValueLocation { name, value: TEXT, credentials: no_credentials, request, token_response: None, shows_message: true }
}

const fn with_failing_token_request(location: ValueLocation) -> ValueLocation {
    ValueLocation { shows_message: false, ..location }
}

pub const LOCATIONS: &[ValueLocation] = &[
    secret("the user of Basic", USER, || Credentials::basic(USER, PASSWORD)),
    secret("the password of Basic", PASSWORD, || Credentials::basic(USER, PASSWORD)),
    secret("the user name and the password of Basic", USER_AND_PASSWORD, || Credentials::basic(USER, PASSWORD)),
    secret("a bearer token", KEY, || Credentials::bearer(KEY)),
    secret("a token from a token provider", KEY, || {
        Credentials::token_provider(|| async { Ok::<_, crate::runtime::Error>(BearerToken::new(KEY)) })
    }),
    ValueLocation {
        token_response: Some(TOKEN_RESPONSE),
        ..secret("a token of a token endpoint", KEY, || Credentials::client_credentials("an id", "a secret"))
    },
    secret("a key in a header", KEY, || Credentials::header("X-Key", KEY)),
    secret("a key after a custom authentication scheme", KEY, || Credentials::header("X-Key", format!("Key {KEY}"))),
    secret("a key in a cookie", COOKIE, || Credentials::cookie("key", COOKIE).and(Credentials::cookie("other", "x"))),
    secret("a key in the query", TEXT, || Credentials::query("key", TEXT)),
    with_failing_token_request(secret("the id of a client", PASSWORD, || {
        Credentials::client_credentials(PASSWORD, "a secret")
    })),
    with_failing_token_request(secret("the secret of a client", PASSWORD, || {
        Credentials::client_credentials("an id", PASSWORD)
    })),
    with_failing_token_request(secret("the secret of a client in a header", PASSWORD, || {
        Credentials::client_credentials("an id", PASSWORD).by_header()
    })),
    personal("a path value that is personal", |client| {
        Request::get(&scope(client).path_param::<String>("Identity", TEXT, PERSONAL), "FetchIt")
    }),
    personal("a path value without the mark `personal`", |client| {
        Request::get(&scope(client).path_param::<String>("Sid", TEXT, &[]), "FetchIt")
    }),
    personal("an item of a list in the path", |client| {
        let list = crate::runtime::Value::list::<String>(["x", TEXT]);
        Request::get(&scope(client).path_param::<crate::runtime::Value>("Sids", list, &[]), "FetchIt")
    }),
    personal("a path value in a style", |client| {
        Request::get(&scope(client).path_matrix::<Value>("/", "who", json!({ "name": [TEXT] }), &[]), "FetchIt")
    }),
    personal("a query parameter", |client| get(client).query::<String>("Identity", TEXT, PERSONAL)),
    personal("an item of a query parameter", |client| {
        get(client).query_comma_separated::<Value>("who", json!(["x", { "n": TEXT }]), PERSONAL)
    }),
    personal("a personal property in a query parameter", |client| {
        get(client).query_deep_object::<Value>("who", json!({ "a": [{ "friendly_name": TEXT }] }), &[])
    }),
    personal("a header parameter", |client| get(client).header_json::<Value>("X-Who", json!([TEXT]), PERSONAL)),
    ValueLocation {
        value: HEADER,
        ..personal("a header parameter that is not encoded", |client| {
            get(client).header::<String>("X-Who", HEADER, PERSONAL)
        })
    },
    personal("a cookie parameter", |client| get(client).cookie::<String>("who", TEXT, PERSONAL)),
    personal("a personal property in a cookie", |client| {
        get(client).cookie_json::<Value>("who", json!({ "friendly_name": TEXT }), &[])
    }),
    personal("a field of a form", |client| post(client).form::<String>("FriendlyName", TEXT, PERSONAL)),
    personal("a personal property of a body", |client| {
        post(client).json::<Value>("application/json", json!({ "a": [{ "friendly_name": { "b": TEXT } }] }), &[])
    }),
    personal("a body that is personal", |client| {
        post(client).json::<Value>("application/json", json!([{ "a": TEXT }]), PERSONAL)
    }),
    ValueLocation {
        value: "4711081500",
        ..personal("a number in a body that is personal", |client| {
            post(client).json::<Value>("application/json", json!({ "a": 4_711_081_500_u64 }), PERSONAL)
        })
    },
    ValueLocation {
        value: LARGE_NUMBER,
        ..personal("a number of more than 64 bits in a body that is personal", |client| {
            post(client).json::<AnyJson>("application/json", json_with_large_number(), PERSONAL)
        })
    },
    ValueLocation {
        value: LARGE_NUMBER,
        ..personal("a number of more than 64 bits in a query parameter", |client| {
            get(client).query_json::<AnyJson>("who", json_with_large_number(), PERSONAL)
        })
    },
    personal("a string body", |client| post(client).text::<String>("text/plain", TEXT, PERSONAL)),
    personal("a field of a multipart body", |client| {
        post(client).form::<String>("Name", TEXT, PERSONAL).multipart(&[])
    }),
    personal("the name of a file in a multipart body", |client| {
        post(client).multipart(&[]).file::<Upload>("file", Upload::bytes("x").file_name(TEXT), &[])
    }),
    personal("the name of a file that is the body", |client| {
        post(client).bytes::<Upload>("image/png", Upload::bytes("x").file_name(TEXT), &[])
    }),
    personal("a path value of a resource handle", |client| {
        Request::get(&client.service(sid()).user(TEXT).0, "FetchIt")
    }),
];
