//! Encodes the literal parts of paths for use in a URL.

use std::fmt::Write;

/// Returns a literal part of a path in which characters that a URL cannot contain are percent-encoded.
///
/// Text that is already encoded does not change. A query in the path does not change either. A fragment is removed,
/// because clients do not send fragments.
pub fn literal(text: &str) -> String {
    let text = text.split('#').next().unwrap_or_default();
    let mut encoded = String::new();
    for (index, byte) in text.bytes().enumerate() {
        let is_escape = || {
            let digits = text.as_bytes().get(index + 1..index + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        match byte {
            b'%' if !is_escape() => encoded.push_str("%25"),
            b'"' | b'<' | b'>' | b'[' | b'\\' | b']' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                let _ = write!(encoded, "%{byte:02X}");
            }
            byte if byte.is_ascii_graphic() => encoded.push(char::from(byte)),
            byte => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn invalid_characters_are_encoded_once() {
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
