//! Credentials from the environment: which count, and what is said when none does.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::sample::API;
use crate::runtime::{Credentials, Error, Result};

type Variable<'a> = (&'a str, &'a [u8]);

fn read(variables: &[Variable<'_>]) -> Result<Credentials> {
    Credentials::from_lookup(&API, |name| {
        let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
        Some(OsString::from_vec(value.to_vec()))
    })
}

#[test]
fn the_first_complete_pair_counts() {
    let key: [Variable<'_>; 2] = [("SAMPLE_KEY", b"SK1"), ("SAMPLE_SECRET", b"hidden1")];
    let account: [Variable<'_>; 2] = [("SAMPLE_ACCOUNT", b"AC1"), ("SAMPLE_TOKEN", b"hidden2")];
    let cases = [
        (key.to_vec(), "SK1", "hidden1"),
        (account.to_vec(), "AC1", "hidden2"),
        ([account, key].concat(), "SK1", "hidden1"),
        ([&account[..], &key[..1]].concat(), "AC1", "hidden2"),
    ];
    for (variables, expected_user, expected_password) in cases {
        let Credentials::Basic { user, password } = read(&variables).unwrap() else { panic!("{variables:?}") };
        assert_eq!((user.as_str(), password.expose()), (expected_user, expected_password));
    }
}

#[test]
fn errors_name_the_variable_and_not_its_value() {
    let cases: [(&[Variable<'_>], &str); 10] = [
        (
            &[],
            "the environment holds no credentials: set SAMPLE_KEY and SAMPLE_SECRET, or SAMPLE_ACCOUNT and SAMPLE_TOKEN",
        ),
        (&[("SAMPLE_ACCOUNT", b"hidden")], "the environment variable SAMPLE_TOKEN is not set"),
        (&[("SAMPLE_SECRET", b"hidden")], "the environment variable SAMPLE_KEY is not set"),
        (
            &[("SAMPLE_KEY", b"hidden"), ("SAMPLE_ACCOUNT", b"hidden")],
            "the environment variable SAMPLE_SECRET is not set",
        ),
        (&[("SAMPLE_KEY", b""), ("SAMPLE_SECRET", b"hidden")], "the environment variable SAMPLE_KEY must not be empty"),
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
            "the environment variable SAMPLE_ACCOUNT must have the form that the API gives such names",
        ),
        (&[("SAMPLE_TOKEN", b"\0hidden")], "the environment variable SAMPLE_TOKEN must not contain control characters"),
    ];
    for (variables, expected) in cases {
        let error = read(variables).unwrap_err();
        assert!(matches!(error, Error::Config(_)));
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
    }
}

#[test]
fn credentials_in_code_are_checked_by_the_client() {
    let cases = [
        (Credentials::basic("", "hidden"), "`user` must not be empty"),
        (Credentials::basic("a:b", "hidden"), "`user` must not contain a colon"),
        (Credentials::basic("ana", ""), "`password` must not be empty"),
        (Credentials::basic("ana", "hidden\r\n"), "`password` must not contain control characters"),
    ];
    for (credentials, expected) in cases {
        let error = super::sample::Client::builder().credentials(credentials).build().unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}
