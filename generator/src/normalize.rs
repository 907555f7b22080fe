//! Normal forms of names and media types, to compare different spellings.

/// Returns the letters and digits of a name in lower case: `pagesize` for `page_size`, `pageSize` and `Page-Size`.
pub fn name_key(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns a media type in lower case and without its parameters: `text/html` for `Text/HTML; charset=utf-8`.
pub fn media_type_essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
