//! Percent-encoding of what goes into URLs and forms.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986. No reader of URLs or forms gives any of those a meaning of
/// its own, so a value can end up only where it was put.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encodes one value or name.
pub fn encode(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, RESERVED).into()
}

// [if styles.rs
/// Adds to a query or a form what is encoded already; nothing adds nothing.
pub fn push(pairs: &mut String, more: &str) {
    if !pairs.is_empty() && !more.is_empty() {
        pairs.push('&');
    }
    pairs.push_str(more);
}

// [end styles.rs]
/// Adds `name=value` to a query or a form.
pub fn push_pair(pairs: &mut String, name: &str, value: &str) {
    if !pairs.is_empty() {
        pairs.push('&');
    }
    pairs.extend(utf8_percent_encode(name, RESERVED));
    pairs.push('=');
    pairs.extend(utf8_percent_encode(value, RESERVED));
}
