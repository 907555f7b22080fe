//! Strings in the charset of their media type.

use super::server::{Reply, Server};
use crate::runtime::{Error, Nothing, Request};

#[tokio::test]
async fn a_string_is_encoded_in_the_charset_of_its_media_type() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    let client = crate::tests::client(&server);
    for (media_type, text, expected) in [
        ("text/plain", "é€", Some("é€".as_bytes())),
        ("text/plain; charset=UTF-8", "é€", Some("é€".as_bytes())),
        ("text/plain; a=b; Charset='ISO-8859-1'", "é\u{a0}", Some(b"\xe9\xa0")),
        ("text/plain; charset=latin1", "€", None),
        ("text/plain; charset=iso-8859-9", "ş€", None),
        ("text/plain; charset=iso-8859-9", "ş", Some(b"\xfe")),
        ("text/plain; charset=windows-1252", "€", Some(b"\x80")),
        ("text/plain; charset=cp1252", "€", Some(b"\x80")),
        ("text/plain; charset=us-ascii", "a", Some(b"a")),
        ("text/plain; charset=us-ascii", "\u{a0}", None),
        ("text/plain; charset=koi8-r", "да", Some(b"\xc4\xc1")),
        ("text/plain; charset=koi8-r", "é", None),
        ("text/plain; charset=shift_jis", "あ", Some(b"\x82\xa0")),
        ("text/plain; charset=utf-16", "😀", Some(b"\xff\xfe\x3d\xd8\x00\xde")),
        ("text/plain; charset=utf-16le", "é", Some(b"\xe9\x00")),
        ("text/plain; charset=utf-16be", "é", Some(b"\x00\xe9")),
        ("text/plain; charset=martian", "a", None),
    ] {
        let request = Request::<Nothing>::post(client.scope(), "note").text::<String>(media_type, text, &[]);
        let received_body = match request.await {
            Ok(()) => server.requests().pop().map(|request| request.body),
            Err(error) => {
                assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
                None
            }
        };
        assert_eq!(received_body.as_deref(), expected, "{media_type} {text}");
    }
}
