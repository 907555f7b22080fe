//! Every place in which a request may hold a secret or a personal value.

use serde_json::{Value, json};

use crate::runtime::{AnyJson, BearerToken, Constraint, Credentials, Json, Request, Scope, Upload};
use crate::tests::sample::{Client, Service};
use crate::tests::sid;

/// What is sent, and where the value is in it.
pub struct Place {
    pub name: &'static str,
    pub value: &'static str,
    pub credentials: fn() -> Credentials,
    pub request: fn(&Client) -> Request<Json<Service>>,
    /// The response of the token endpoint, where it is not that which fails.
    pub granted: Option<&'static str>,
    /// Whether the error shows the message of the response.
    pub shown: bool,
}

/// Any text; it begins and ends with what Base64 has no padding for.
pub const TEXT: &str = "Zoë k@nary/\"7\" <é&😀>\\%41\t\n\r\u{8}\u{c}'q+w";
/// What a header can hold.
pub const KEY: &str = "k@nary/\"7\"<x>&\\%41'Q_z+w=?~";
/// What a cookie holds as it is, but for the quotes.
const COOKIE: &str = "k@nary/\"7\"<x>&:'Q_z+w=?~";
/// What `Debug` of a header shows as it is.
const HEADER: &str = "k@nary/7<x>&Q_z+w";
/// A user and a password in one.
pub const PAIR: &str = "Zoë@k.nary:Zoë k@nary/\"7\" <é&😀>\\%41'q+w";
const USER: &str = "Zoë@k.nary";
/// A password, which has no control characters.
pub const PASSWORD: &str = "Zoë k@nary/\"7\" <é&😀>\\%41'q+w";
/// The answer of a token endpoint, with [`KEY`].
const GRANTED: &str = r#"{"access_token": "k@nary/\"7\"<x>&\\%41'Q_z+w=?~"}"#;

/// A number that a `serde_json::Value` rounds.
const EXACT: &str = "12345678901234567890123.450";

fn exact() -> AnyJson {
    format!("[{{\"a\":{EXACT}}}]").parse().unwrap_or_default()
}

fn none() -> Credentials {
    Credentials::None
}

fn scope(client: &Client) -> Scope {
    client.scope().join("/v1/Services")
}

fn plain(client: &Client) -> Request<Json<Service>> {
    Request::get(&scope(client), "FetchIt")
}

fn post(client: &Client) -> Request<Json<Service>> {
    Request::post(&scope(client), "PostIt")
}

const PERSONAL: &[Constraint<'_>] = &[Constraint::Personal];

const fn secret(name: &'static str, value: &'static str, credentials: fn() -> Credentials) -> Place {
    Place { name, value, credentials, request: plain, granted: None, shown: true }
}

const fn personal(name: &'static str, request: fn(&Client) -> Request<Json<Service>>) -> Place {
    Place { name, value: TEXT, credentials: none, request, granted: None, shown: true }
}

const fn token(place: Place) -> Place {
    Place { shown: false, ..place }
}

pub const PLACES: &[Place] = &[
    secret("the user of Basic", USER, || Credentials::basic(USER, PASSWORD)),
    secret("the password of Basic", PASSWORD, || Credentials::basic(USER, PASSWORD)),
    secret("both of Basic", PAIR, || Credentials::basic(USER, PASSWORD)),
    secret("a bearer token", KEY, || Credentials::bearer(KEY)),
    secret("a token of a function", KEY, || {
        Credentials::token_provider(|| async { Ok::<_, crate::runtime::Error>(BearerToken::new(KEY)) })
    }),
    Place {
        granted: Some(GRANTED),
        ..secret("a token of a token endpoint", KEY, || Credentials::client_credentials("an id", "a secret"))
    },
    secret("a key in a header", KEY, || Credentials::header("X-Key", KEY)),
    secret("a key behind a scheme of its own", KEY, || Credentials::header("X-Key", format!("Key {KEY}"))),
    secret("a key in a cookie", COOKIE, || Credentials::cookie("key", COOKIE).and(Credentials::cookie("other", "x"))),
    secret("a key in the query", TEXT, || Credentials::query("key", TEXT)),
    token(secret("the id of a client", PASSWORD, || Credentials::client_credentials(PASSWORD, "a secret"))),
    token(secret("the secret of a client", PASSWORD, || Credentials::client_credentials("an id", PASSWORD))),
    token(secret("the secret of a client in a header", PASSWORD, || {
        Credentials::client_credentials("an id", PASSWORD).by_header()
    })),
    personal("a path value that is personal", |client| {
        Request::get(&scope(client).path_param::<String>("Identity", TEXT, PERSONAL), "FetchIt")
    }),
    personal("any other path value", |client| {
        Request::get(&scope(client).path_param::<String>("Sid", TEXT, &[]), "FetchIt")
    }),
    personal("an item of a list in the path", |client| {
        let list = crate::runtime::Value::list::<String>(["x", TEXT]);
        Request::get(&scope(client).path_param::<crate::runtime::Value>("Sids", list, &[]), "FetchIt")
    }),
    personal("a path value in a style", |client| {
        Request::get(&scope(client).path_matrix::<Value>("/", "who", json!({ "name": [TEXT] }), &[]), "FetchIt")
    }),
    personal("a query parameter", |client| plain(client).query::<String>("Identity", TEXT, PERSONAL)),
    personal("an item of a query parameter", |client| {
        plain(client).query_commas::<Value>("who", json!(["x", { "n": TEXT }]), PERSONAL)
    }),
    personal("a personal property in a query parameter", |client| {
        plain(client).query_deep::<Value>("who", json!({ "a": [{ "friendly_name": TEXT }] }), &[])
    }),
    personal("a header parameter", |client| plain(client).header_json::<Value>("X-Who", json!([TEXT]), PERSONAL)),
    Place {
        value: HEADER,
        ..personal("a header parameter as it is", |client| plain(client).header::<String>("X-Who", HEADER, PERSONAL))
    },
    personal("a cookie parameter", |client| plain(client).cookie::<String>("who", TEXT, PERSONAL)),
    personal("a personal property in a cookie", |client| {
        plain(client).cookie_json::<Value>("who", json!({ "friendly_name": TEXT }), &[])
    }),
    personal("a field of a form", |client| post(client).form::<String>("FriendlyName", TEXT, PERSONAL)),
    personal("a personal property of a body", |client| {
        post(client).json::<Value>("application/json", json!({ "a": [{ "friendly_name": { "b": TEXT } }] }), &[])
    }),
    personal("a body that is personal", |client| {
        post(client).json::<Value>("application/json", json!([{ "a": TEXT }]), PERSONAL)
    }),
    Place {
        value: "4711081500",
        ..personal("a number in a body that is personal", |client| {
            post(client).json::<Value>("application/json", json!({ "a": 4_711_081_500_u64 }), PERSONAL)
        })
    },
    Place {
        value: EXACT,
        ..personal("a number of more than 64 bits in a body that is personal", |client| {
            post(client).json::<AnyJson>("application/json", exact(), PERSONAL)
        })
    },
    Place {
        value: EXACT,
        ..personal("a number of more than 64 bits in a query parameter", |client| {
            plain(client).query_json::<AnyJson>("who", exact(), PERSONAL)
        })
    },
    personal("a body of text", |client| post(client).text::<String>("text/plain", TEXT, PERSONAL)),
    personal("a field of a multipart body", |client| {
        post(client).form::<String>("Name", TEXT, PERSONAL).multipart(&[])
    }),
    personal("the name of a file in a multipart body", |client| {
        post(client).multipart(&[]).file::<Upload>("file", Upload::bytes("x").file_name(TEXT), &[])
    }),
    personal("the name of a file that is the body", |client| {
        post(client).bytes::<Upload>("image/png", Upload::bytes("x").file_name(TEXT), &[])
    }),
    personal("a handle", |client| Request::get(&client.service(sid()).user(TEXT).0, "FetchIt")),
];
