//! Names of media types: whether they are valid, and the charsets that they name.

use encoding_rs::Encoding;

use crate::ir::charset_of;
use crate::normalize::media_type_essence;

/// Returns the charset of a media type if no string can be encoded in it.
pub(crate) fn unknown_charset(media_type: &str) -> Option<String> {
    charset_of(media_type).filter(|charset| Encoding::for_label_no_replacement(charset.as_bytes()).is_none())
}

/// Returns whether a media type is a range that does not determine how the body is encoded.
pub(crate) fn is_any(name: &str) -> bool {
    matches!(media_type_essence(name).as_str(), "*/*" | "application/*")
}

pub(crate) fn is_media_type(name: &str) -> bool {
    let essence = media_type_essence(name);
    let token = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != '/');
    let graphic = name.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    graphic && essence.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}
