//! Credentials from environment variables, and the errors if there are none.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::sample::{API, Client};
use super::server::{Reply, Server};
use crate::runtime::{Api, ClientBuilder, Credentials, EnvCredentials, EnvKind, Error, Result};
use crate::tests::sid;

type Variable<'a> = (&'a str, &'a [u8]);

fn read_credentials(variables: &[Variable<'_>]) -> Result<Credentials> {
    read_credentials_for(&API, variables)
}

fn read_credentials_for(api: &Api, variables: &[Variable<'_>]) -> Result<Credentials> {
    Credentials::from_lookup(api, &|name| value(variables, name))
}

fn value(variables: &[Variable<'_>], name: &str) -> Option<OsString> {
    let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
    Some(OsString::from_vec(value.to_vec()))
}

#[test]
fn the_first_complete_set_of_variables_is_used() {
    let key: [Variable<'_>; 2] = [("SAMPLE_KEY", b"SK1"), ("SAMPLE_SECRET", b"hidden1")];
    let account: [Variable<'_>; 2] = [("SAMPLE_ACCOUNT", b"AC1"), ("SAMPLE_TOKEN", b"hidden2")];
    let cases = [
        (key.to_vec(), "SK1", "hidden1"),
        (account.to_vec(), "AC1", "hidden2"),
        ([account, key].concat(), "SK1", "hidden1"),
        ([&account[..], &key[..1]].concat(), "AC1", "hidden2"),
    ];
    for (variables, expected_user, expected_password) in cases {
        let Credentials::Basic { user, password } = read_credentials(&variables).unwrap() else {
            panic!("{variables:?}")
        };
        assert_eq!((user.as_str(), password.expose()), (expected_user, expected_password));
    }
}

#[test]
fn errors_show_the_variable_but_not_its_value() {
    let cases: [(&[Variable<'_>], &str); 13] = [
        (
            &[],
            "no credentials in the environment: set SAMPLE_KEY and SAMPLE_SECRET, or SAMPLE_ACCOUNT and SAMPLE_TOKEN",
        ),
        (&[("SAMPLE_ACCOUNT", b"hidden")], "the environment variable SAMPLE_TOKEN is not set"),
        (&[("SAMPLE_SECRET", b"hidden")], "the environment variable SAMPLE_KEY is not set"),
        (
            &[("SAMPLE_KEY", b"hidden"), ("SAMPLE_ACCOUNT", b"hidden")],
            "the environment variable SAMPLE_SECRET is not set",
        ),
        (&[("SAMPLE_KEY", b""), ("SAMPLE_SECRET", b"hidden")], "the environment variable SAMPLE_KEY is not set"),
        (
            &[("SAMPLE_KEY", b""), ("SAMPLE_SECRET", b""), ("SAMPLE_ACCOUNT", b""), ("SAMPLE_TOKEN", b"")],
            "no credentials in the environment: set SAMPLE_KEY and SAMPLE_SECRET, or SAMPLE_ACCOUNT and SAMPLE_TOKEN",
        ),
        (
            &[("SAMPLE_KEY", b"k"), ("SAMPLE_SECRET", b"hidden\n")],
            "the environment variable SAMPLE_SECRET must not contain control characters",
        ),
        (
            &[("SAMPLE_KEY", b"k"), ("SAMPLE_SECRET", b"hidden\xff")],
            "the environment variable SAMPLE_SECRET must be UTF-8",
        ),
        (
            &[("SAMPLE_KEY", b"hidden:x"), ("SAMPLE_SECRET", b"hidden")],
            "the environment variable SAMPLE_KEY must not contain a colon",
        ),
        (
            &[("SAMPLE_ACCOUNT", b"AC1 hidden"), ("SAMPLE_TOKEN", b"hidden")],
            "the environment variable SAMPLE_ACCOUNT must begin with `AC` and match the pattern `^AC[0-9]+$`",
        ),
        (
            &[("SAMPLE_ACCOUNT", b"SK1"), ("SAMPLE_TOKEN", b"hidden")],
            "the environment variable SAMPLE_ACCOUNT must begin with `AC` and match the pattern `^AC[0-9]+$`, \
             but has the form of SAMPLE_KEY (`SK…`)",
        ),
        (
            &[("SAMPLE_KEY", b"AC1"), ("SAMPLE_SECRET", b"hidden")],
            "the environment variable SAMPLE_KEY must begin with `SK` and match the pattern `^SK[0-9]+$`, \
             but has the form of SAMPLE_ACCOUNT (`AC…`)",
        ),
        (&[("SAMPLE_TOKEN", b"\0hidden")], "the environment variable SAMPLE_TOKEN must not contain control characters"),
    ];
    for (variables, expected) in cases {
        let error = read_credentials(variables).unwrap_err();
        assert!(matches!(error, Error::Config(_)));
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
    }
}

#[test]
fn invalid_credentials_are_errors() {
    let cases = [
        (Credentials::basic("", "hidden"), "`user` must not be empty"),
        (Credentials::basic("a:b", "hidden"), "`user` must not contain a colon"),
        (Credentials::basic("ana", ""), "`password` must not be empty"),
        (Credentials::basic("ana", "hidden\r\n"), "`password` must not contain control characters"),
    ];
    for (credentials, expected) in cases {
        let error = Client::builder().credentials(credentials).build().unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

const TOKEN: EnvCredentials =
    EnvCredentials { kind: EnvKind::Bearer, scheme: "", name: "TOKEN", pattern: None, secret: None };
const CLIENT_CREDENTIALS: EnvCredentials =
    EnvCredentials { kind: EnvKind::ClientCredentials, name: "CLIENT_ID", secret: Some("CLIENT_SECRET"), ..TOKEN };
const KEY: EnvCredentials = EnvCredentials { kind: EnvKind::Header("X-Key"), scheme: "key", name: "KEY", ..TOKEN };
const APP: EnvCredentials = EnvCredentials { kind: EnvKind::Query("app"), name: "APP", ..TOKEN };

static KEYS: Api = Api { credentials: &[&[TOKEN], &[CLIENT_CREDENTIALS], &[KEY, APP]], ..API };
static OPTIONAL: Api = Api { credentials: &[&[TOKEN], &[KEY, APP], &[]], ..API };

#[tokio::test]
async fn every_kind_of_credentials_can_come_from_the_environment() {
    let cases: [(&[Variable<'_>], &str); 5] = [
        (&[("TOKEN", b"t0k3n")], "Bearer t0k3n, none, no query"),
        (&[("KEY", b"k3y"), ("APP", b"4pp")], "none, k3y, app=4pp"),
        (&[("KEY", b"k3y"), ("TOKEN", b"t0k3n")], "Bearer t0k3n, k3y, no query"),
        (&[("TOKEN", b"t0k3n"), ("CLIENT_ID", b"id"), ("CLIENT_SECRET", b"x")], "Bearer t0k3n, none, no query"),
        (&[("TOKEN", b"t0k3n"), ("CLIENT_ID", b"id")], "Bearer t0k3n, none, no query"),
    ];
    for (variables, expected) in cases {
        let server = Server::always(Reply::http(204, &[], "")).await;
        let builder = ClientBuilder::<Client>::new(&KEYS).variables(|name| value(variables, name)).unwrap();
        builder.base_url(server.url()).build().unwrap().service(sid()).touch().await.unwrap();
        let request = server.request();
        let header = |name| request.header(name).unwrap_or("none");
        let query = request.target.split_once('?').map_or("no query", |(_, query)| query);
        assert_eq!(format!("{}, {}, {query}", header("authorization"), header("x-key")), expected);
    }
    let grant = read_credentials_for(&KEYS, &[("CLIENT_ID", b"id"), ("CLIENT_SECRET", b"x")]).unwrap();
    assert!(matches!(grant, Credentials::ClientCredentials { .. }), "{grant:?}");
}

#[test]
fn errors_name_all_variables_that_are_missing() {
    let none = "no credentials in the environment: set TOKEN, or CLIENT_ID and CLIENT_SECRET, or KEY and APP";
    let cases: [(&Api, &[Variable<'_>], &str); 6] = [
        (&KEYS, &[], none),
        (&KEYS, &[("APP", b"4pp")], "the environment variable KEY is not set"),
        (&KEYS, &[("KEY", b"k3y"), ("APP", b"")], "the environment variable APP is not set"),
        (&KEYS, &[("CLIENT_SECRET", b"x")], "the environment variable CLIENT_ID is not set"),
        (&OPTIONAL, &[("KEY", b"k3y")], "the environment variable APP is not set"),
        (&OPTIONAL, &[], "no error"),
    ];
    for (api, variables, expected) in cases {
        let message =
            read_credentials_for(api, variables).map_or_else(|error| error.to_string(), |_| "no error".to_owned());
        assert_eq!(message, expected);
    }
}

#[tokio::test]
async fn a_base_url_can_come_from_the_environment() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let url = server.url();
    let key: [Variable<'_>; 2] = [("SAMPLE_KEY", b"SK1"), ("SAMPLE_SECRET", b"hidden")];
    let build = |url: &str| {
        let variables_of_url: [Variable<'_>; 2] = [("SAMPLE_BASE_URL", url.as_bytes()), ("SAMPLE_REGION", b"two")];
        let variables = [key, variables_of_url].concat();
        Client::builder().variables(|name| value(&variables, name))
    };
    build(&url).unwrap().build().unwrap().service(sid()).touch().await.unwrap();
    assert_eq!(server.requests().len(), 1, "the region is ignored because a base URL is set");
    for invalid in ["nowhere", "ftp://example.com", "https://ana:hidden@example.com"] {
        let error = build(invalid).unwrap_err().to_string();
        assert!(error.starts_with("the environment variable SAMPLE_BASE_URL must "), "{error}");
        assert!(!error.contains("hidden"), "{error}");
    }
}
