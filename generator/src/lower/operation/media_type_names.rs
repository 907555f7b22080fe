//! Checks whether media types are valid, and whether their charsets are supported.

use encoding_rs::Encoding;

use crate::ir::charset_of;
use crate::normalize::media_type_essence;

/// Returns the charset of a media type if the generated code does not support it.
pub(crate) fn unknown_charset(media_type: &str) -> Option<String> {
    charset_of(media_type).filter(|charset| Encoding::for_label_no_replacement(charset.as_bytes()).is_none())
}

/// Returns whether a media type is a range that includes JSON, strings and bytes.
pub(crate) fn is_any(media_type: &str) -> bool {
    matches!(media_type_essence(media_type).as_str(), "*/*" | "application/*")
}

/// Returns whether a string is a valid media type.
pub(crate) fn is_media_type(text: &str) -> bool {
    let essence = media_type_essence(text);
    let is_token = |token: &str| !token.is_empty() && token.chars().all(|c| c.is_ascii_graphic() && c != '/');
    let has_valid_characters = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    let has_valid_parts =
        essence.split_once('/').is_some_and(|(main_type, subtype)| is_token(main_type) && is_token(subtype));
    has_valid_characters && has_valid_parts
}
