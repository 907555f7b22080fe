//! Values of headers.

use http::HeaderValue;

/// Returns a string as a header value, if it consists of visible ASCII characters. `http` also accepts other bytes, but HTTP
/// does not define their encoding.
pub fn header_value(string: &str) -> Option<HeaderValue> {
    if string.is_ascii() { HeaderValue::from_str(string).ok() } else { None }
}

/// Returns a string as a header value, or the constraint that the string violates.
pub fn checked_header_value(string: &str) -> Result<HeaderValue, &'static str> {
    if string.trim() != string {
        return Err("must not begin or end with white space, because it is sent as a header");
    }
    header_value(string).ok_or("must be visible ASCII characters, because it is sent as a header")
}
