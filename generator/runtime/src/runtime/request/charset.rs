//! Strings of requests in character encodings other than UTF-8.

use bytes::Bytes;
use encoding_rs::Encoding;

use crate::runtime::response::text_body::charset_of;
use crate::runtime::{InvalidValue, Result};

/// Encodes a UTF-8 value in the charset of its media type.
///
/// # Errors
///
/// Returns an error if the charset does not contain all characters of the value.
pub fn encode(name: &str, utf8: Bytes, media_type: &str) -> Result<Bytes, InvalidValue> {
    let Some(label) = charset_of(media_type).map(|label| label.to_ascii_lowercase()) else { return Ok(utf8) };
    if matches!(label.as_str(), "utf-8" | "utf8") {
        return Ok(utf8);
    }
    let bytes = encode_in_charset(&String::from_utf8_lossy(&utf8), &label).map(Bytes::from);
    bytes.ok_or_else(|| {
        InvalidValue::new(name.to_owned(), None, format!("must have only characters of the charset `{label}`"))
    })
}

/// Encodes a string in the charset that `label`, in lower case, names. Returns `None` if the charset is unknown or lacks a
/// character of the string.
fn encode_in_charset(string: &str, label: &str) -> Option<Vec<u8>> {
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    match encoding.name() {
        // A label such as `utf-16` does not determine the byte order, so a byte order mark is added.
        "UTF-16LE" if !label.ends_with("le") => {
            Some(["\u{feff}", string].iter().flat_map(|part| part.encode_utf16()).flat_map(u16::to_le_bytes).collect())
        }
        "UTF-16LE" => Some(string.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        "UTF-16BE" => Some(string.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        name => {
            let (bytes, _, has_unmappable) = encoding.encode(string);
            // `encoding_rs` replaces ASCII and some ISO charsets by Windows code pages, which have more characters.
            let is_outside_charset = |byte: &u8| match label {
                _ if !name.starts_with("windows-") || label.contains(&name["windows-".len()..]) => false,
                _ if label.contains("ascii") || label.starts_with("ansi") => !byte.is_ascii(),
                _ => (0x80..0xa0).contains(byte),
            };
            (!has_unmappable && !bytes.iter().any(is_outside_charset)).then(|| bytes.into_owned())
        }
    }
}
