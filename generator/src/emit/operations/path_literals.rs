//! The literal parts of paths, as they stand in a URL.

use std::fmt::Write;

/// A literal part of a path with what no URL can hold percent-encoded. What is encoded already stays, and so does a
/// query that a document has put there; a fragment never leaves a client.
pub fn literal(text: &str) -> String {
    let text = text.split('#').next().unwrap_or_default();
    let mut out = String::new();
    for (index, byte) in text.bytes().enumerate() {
        let triple =
            || text.as_bytes().get(index + 1..index + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'%' if !triple() => out.push_str("%25"),
            b'"' | b'<' | b'>' | b'[' | b'\\' | b']' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                let _ = write!(out, "%{byte:02X}");
            }
            byte if byte.is_ascii_graphic() => out.push(char::from(byte)),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn what_a_url_cannot_hold_is_encoded_once() {
        for (text, expected) in [
            ("/pets/-._~!$&'()*+,;=:@", "/pets/-._~!$&'()*+,;=:@"),
            ("/caf é", "/caf%20%C3%A9"),
            ("/a%20b%zz%", "/a%20b%25zz%25"),
            ("/[a]|`\"", "/%5Ba%5D%7C%60%22"),
            ("/do?action=list", "/do?action=list"),
            ("/#Action=List", "/"),
        ] {
            assert_eq!(literal(text), expected);
        }
    }
}
