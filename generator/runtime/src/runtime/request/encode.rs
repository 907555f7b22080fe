//! Percent-encoding of values in URLs and forms.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All characters except the unreserved ones of RFC 3986. Only those have no special meaning anywhere in a URL or form, so an
/// encoded value cannot change the structure around it.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a value or a name.
pub fn encode(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, RESERVED).into()
}

// [if styles.rs
/// Appends pairs that are already encoded to a query or a form.
pub fn push_encoded(pairs: &mut String, encoded_pairs: &str) {
    if !pairs.is_empty() && !encoded_pairs.is_empty() {
        pairs.push('&');
    }
    pairs.push_str(encoded_pairs);
}

// [end styles.rs]
/// Appends `name=value` to a query or a form.
pub fn push_pair(pairs: &mut String, name: &str, value: &str) {
    if !pairs.is_empty() {
        pairs.push('&');
    }
    pairs.extend(utf8_percent_encode(name, RESERVED));
    pairs.push('=');
    pairs.extend(utf8_percent_encode(value, RESERVED));
}
