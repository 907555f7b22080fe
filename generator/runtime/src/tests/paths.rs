//! Values in a path cannot change its structure.

use percent_encoding::percent_decode_str;

use super::server::{Reply, Server};
use crate::runtime::Error;
use crate::tests::{SID, client, offline, sid};

#[tokio::test]
async fn a_value_is_always_one_path_segment() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let values = [
        "plain",
        "a/b",
        "/",
        "//",
        "a?b",
        "a#b",
        "%2e%2e",
        "%2E",
        "%2f",
        "..%2f",
        "a\tb",
        "\t",
        "\r\n",
        "\0",
        "\\",
        "..\\",
        "...",
        ".a",
        "a..",
        "ü€😀",
        " ",
        "a b",
        "a+b",
        "a;b=c",
        ":",
        "@",
        "{Name}",
        "http://evil.example/",
        "\u{feff}",
        "\u{202e}",
        "../../Secrets",
        "./.",
    ];
    for value in values {
        client(&server).service(sid()).role(value).delete().await.unwrap();
        let target = server.requests().pop().unwrap().target;
        let segments: Vec<_> = target.split('/').collect();
        let ["", "v1", "Services", service, "Roles", segment, "Links"] = segments[..] else {
            panic!("{value:?} became {target}");
        };
        assert_eq!(service, SID);
        assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), value);
        assert!(!target.contains(['?', '#']), "{target}");
    }
    client(&server).service(sid()).role("%2e%2e").delete().await.unwrap();
    assert!(server.requests().pop().unwrap().target.ends_with("/Roles/%252e%252e/Links"));
}

#[tokio::test]
async fn unencodable_path_values_are_errors() {
    for value in ["", ".", ".."] {
        let error = offline().service(sid()).role(value).delete().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
        let expected =
            "DeleteRole: `Name` must not be empty, `.` or `..`, because it is part of the path (nothing was sent)";
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn path_values_are_validated() {
    let error = offline().service(sid()).role("x".repeat(65)).delete().await.unwrap_err();
    assert!(error.to_string().starts_with("DeleteRole: `Name` must be at most 64 characters long, not 65"), "{error}");
}
