//! Redaction: removes the secrets and personal values of a request from the messages of servers and transports.
//!
//! A message may repeat a value in any encoding. Both the message and the value are therefore decoded several times, and every
//! decoding of the value is searched in every decoding of the message.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use http::header::COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::unescape::{DecodedChar, decoding_levels};
use crate::runtime::response::properties::{Properties, is_shallow};

/// The string that `Debug` shows instead of a personal value.
pub const PERSONAL: &str = "[personal]";

/// The string that replaces a secret or personal value in a message.
const REDACTED: &str = "[redacted]";

/// The maximum length of a message that is shown, in bytes.
const MAX_MESSAGE_BYTES: usize = 8 << 10;

/// The maximum number of values that are searched in a message. This limit bounds the time of the search.
const MAX_VALUES: usize = 1 << 12;

/// The minimum length of a value that is also replaced inside a word. Shorter values are replaced only as whole words.
const MIN_CHARS_IN_WORD: usize = 4;

/// Secrets and personal values, in all encodings that are searched. They are sorted, and none is repeated.
#[derive(Default)]
pub struct Sensitive(Vec<String>);

impl Sensitive {
    /// Adds a value and its Base64 encodings.
    pub fn add(&mut self, value: &str) {
        let value = value.trim();
        // A message above `MAX_MESSAGE_BYTES` is not shown, so a value above this length cannot be shown either.
        if value.is_empty() || value.len() > MAX_MESSAGE_BYTES || self.0.len() > MAX_VALUES {
            return;
        }
        self.add_decodings(value);
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            self.add_decodings(&engine.encode(value));
        }
    }

    fn add_decodings(&mut self, value: &str) {
        for level in decoding_levels(value) {
            let mut decoded = String::with_capacity(level.len());
            for DecodedChar { char, .. } in level {
                decoded.push(char);
            }
            if let Err(position) = self.0.binary_search(&decoded) {
                self.0.insert(position, decoded);
            }
        }
    }

    /// Adds a value that is percent-encoded.
    pub fn add_encoded(&mut self, value: &str) {
        self.add(value);
        self.add(&percent_decode_str(value).decode_utf8_lossy());
    }

    /// Adds the strings and numbers in the properties with these `names`, or all strings and numbers in `json` if `include_all`
    /// is set.
    #[inline]
    pub fn add_json(&mut self, json: &RawValue, names: &[&str], include_all: bool) {
        if is_shallow(json.get()) {
            self.add_inner_json(json, names, include_all);
        } else {
            self.add(json.get());
        }
    }

    #[inline]
    fn add_inner_json(&mut self, json: &RawValue, names: &[&str], include_all: bool) {
        if let Some(properties) = Properties::of(json) {
            for (name, value) in properties.0 {
                self.add_inner_json(value, names, include_all || names.contains(&name.as_ref()));
            }
        } else if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json.get()) {
            for item in items {
                self.add_inner_json(item, names, include_all);
            }
        } else if let Some(value) = json.get().parse().ok().filter(|_| include_all) {
            match value {
                Json::String(text) => self.add(&text),
                // A server may repeat the number with the digits that were sent, or rounded to 64 bits.
                Json::Number(number) => {
                    self.add(json.get());
                    self.add(&number.to_string());
                }
                _ => {}
            }
        }
    }

    /// Adds the value of a header, the credentials after a scheme such as `Bearer`, and the values of cookies.
    fn add_header(&mut self, name: &HeaderName, value: &HeaderValue) {
        let value = String::from_utf8_lossy(value.as_bytes());
        self.add(&value);
        if *name == COOKIE {
            for cookie in value.split(';') {
                if let Some((_, value)) = cookie.split_once('=') {
                    self.add_encoded(value);
                }
            }
        } else if let Some((_, credentials)) = value.split_once(' ') {
            self.add(credentials);
            self.add_basic(credentials);
        }
    }

    /// Adds the user name and the password of Basic authentication.
    fn add_basic(&mut self, credentials: &str) {
        let pair = STANDARD.decode(credentials).ok().and_then(|pair| String::from_utf8(pair).ok());
        if let Some((pair, (user, password))) = pair.as_deref().and_then(|pair| Some((pair, pair.split_once(':')?))) {
            for value in [pair, user, password] {
                self.add_encoded(value);
            }
        }
    }

    /// Replaces the values in a message. If the message is longer than 8 KiB, or if there are too many values, returns only the
    /// length of the message.
    pub fn redact(&self, message: &str) -> String {
        if message.len() > MAX_MESSAGE_BYTES || self.0.len() > MAX_VALUES {
            return format!("[{} bytes]", message.len());
        }
        // For each byte of the message: the end of the longest sensitive text that starts there, or 0 if none starts there.
        let mut ends = vec![0; message.len()];
        let levels = decoding_levels(message);
        let mut chars = Vec::new();
        for value in &self.0 {
            chars.clear();
            for char in value.chars() {
                chars.push(char);
            }
            for level in &levels {
                find_all(&chars, level, &mut ends);
            }
        }
        let (mut redacted, mut end) = (String::new(), 0);
        for (start, char) in message.char_indices() {
            match start >= end {
                true if ends[start] > 0 => redacted.push_str(REDACTED),
                true => redacted.push(char),
                false => {}
            }
            end = end.max(ends[start]);
        }
        redacted
    }
}

/// Searches a value in a decoded message with the Knuth–Morris–Pratt algorithm, and adds its byte ranges in the original
/// message to `ends`.
fn find_all(value: &[char], message_chars: &[DecodedChar], ends: &mut [usize]) {
    let borders = borders(value);
    let mut matched = 0;
    for (index, decoded) in message_chars.iter().enumerate() {
        while matched > 0 && value.get(matched) != Some(&decoded.char) {
            matched = borders[matched - 1];
        }
        if value.get(matched) == Some(&decoded.char) {
            matched += 1;
        }
        if matched < value.len() {
            continue;
        }
        let first = index + 1 - matched;
        let is_word_char =
            |neighbor: Option<&DecodedChar>| neighbor.is_some_and(|decoded| decoded.char.is_alphanumeric());
        let is_in_word = is_word_char(first.checked_sub(1).and_then(|before| message_chars.get(before)))
            || is_word_char(message_chars.get(index + 1));
        if value.len() >= MIN_CHARS_IN_WORD || !is_in_word {
            let end = &mut ends[message_chars[first].start];
            *end = (*end).max(decoded.end);
        }
    }
}

/// Returns the length of the longest border of each prefix of a value. A border is a proper prefix that is also a suffix.
fn borders(value: &[char]) -> Vec<usize> {
    let mut borders = vec![0; value.len()];
    for index in 1..value.len() {
        let mut length = borders[index - 1];
        while length > 0 && value[index] != value[length] {
            length = borders[length - 1];
        }
        borders[index] = length + usize::from(value[index] == value[length]);
    }
    borders
}

/// A source of secrets and personal values of a request. Values in sensitive headers are collected separately.
pub trait SensitiveValues: Send + Sync {
    /// Adds the values of a request that was sent to `uri` to the set `to`.
    fn add_values(&self, uri: &Uri, to: &mut Sensitive);
}

/// A request that was sent, with its secrets and personal values. These values are collected only when an error needs
/// them.
#[derive(Clone)]
pub struct SentRequest {
    pub uri: Uri,
    sensitive_headers: Vec<(HeaderName, HeaderValue)>,
    values: Arc<dyn SensitiveValues>,
}

impl SentRequest {
    pub fn new(uri: &Uri, headers: &HeaderMap, values: Arc<dyn SensitiveValues>) -> Self {
        let mut sensitive_headers = Vec::new();
        for (name, value) in headers {
            if value.is_sensitive() {
                sensitive_headers.push((name.clone(), value.clone()));
            }
        }
        Self { uri: uri.clone(), sensitive_headers, values }
    }

    /// Returns the values that no message about the request may show.
    pub fn sensitive(&self) -> Sensitive {
        let mut sensitive = Sensitive::default();
        for (name, value) in &self.sensitive_headers {
            sensitive.add_header(name, value);
        }
        self.values.add_values(&self.uri, &mut sensitive);
        sensitive
    }
}
