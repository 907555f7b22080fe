//! Taking the secrets and personal values of a request out of the text that a server or a transport writes about it.
//!
//! The text of an error may repeat a value in any spelling. Both the text and the values are decoded, as often as there
//! is something to decode, and each decoded value is looked for in each decoded text.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use http::header::COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;
// [if json_validation.rs
use serde_json::Value as Json;
use serde_json::value::RawValue;
// [end json_validation.rs]

// [if json_validation.rs
use crate::runtime::response::properties::{Properties, is_shallow};
// [end json_validation.rs]
use super::spelling::{Spelled, levels};

/// What `Debug` shows in place of a personal value.
pub const PERSONAL: &str = "[personal]";

/// What a text shows in place of a secret or personal value that it repeated.
const REDACTED: &str = "[redacted]";

/// The longest text that is shown, in bytes.
const LONGEST: usize = 8 << 10;

/// The most values that a text is searched for, so that the search is bounded.
const MOST: usize = 1 << 12;

/// A value with fewer characters is found only where it is a whole word.
const SHORT: usize = 4;

/// Secrets and personal values, in every form that is looked for.
#[derive(Default)]
pub struct Sensitive(BTreeSet<Vec<char>>);

impl Sensitive {
    /// Adds a value, as it is and in Base64.
    pub fn add(&mut self, value: &str) {
        let value = value.trim();
        // No longer value fits into a text that is shown.
        if value.is_empty() || value.len() > LONGEST || self.0.len() > MOST {
            return;
        }
        let engines = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
        for form in engines.iter().map(|engine| engine.encode(value)).chain([value.to_owned()]) {
            let levels = levels(&form);
            self.0.extend(levels.iter().map(|level| level.iter().map(|spelled| spelled.char).collect()));
        }
    }

    /// Adds a value that is percent-encoded.
    pub fn add_encoded(&mut self, value: &str) {
        self.add(value);
        self.add(&percent_decode_str(value).decode_utf8_lossy());
    }

    // [if json_validation.rs
    /// Adds every string and number in `json`; of an object with properties of these `names`, only what is in those,
    /// unless `all` of it is personal.
    pub fn add_json(&mut self, json: &RawValue, names: &[&str], all: bool) {
        if is_shallow(json.get()) {
            self.add_inner_json(json, names, all);
        } else {
            self.add(json.get());
        }
    }

    fn add_inner_json(&mut self, json: &RawValue, names: &[&str], all: bool) {
        if let Some(properties) = Properties::of(json) {
            for (name, value) in properties.0 {
                self.add_inner_json(value, names, all || names.contains(&name.as_ref()));
            }
        } else if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json.get()) {
            items.into_iter().for_each(|item| self.add_inner_json(item, names, all));
        } else if let Some(value) = serde_json::from_str(json.get()).ok().filter(|_| all) {
            match value {
                Json::String(text) => self.add(&text),
                // As it was sent, and as a server may round it.
                Json::Number(number) => [json.get(), &number.to_string()].into_iter().for_each(|text| self.add(text)),
                _ => {}
            }
        }
    }

    // [end json_validation.rs]
    /// Adds what a header holds: the whole of it, what is behind a scheme such as `Bearer`, the values of cookies.
    fn add_header(&mut self, name: &HeaderName, value: &HeaderValue) {
        let value = String::from_utf8_lossy(value.as_bytes());
        self.add(&value);
        if *name == COOKIE {
            let values = value.split(';').filter_map(|pair| pair.split_once('='));
            values.for_each(|(_, value)| self.add_encoded(value));
        } else if let Some((_, credentials)) = value.split_once(' ') {
            self.add(credentials);
            self.add_pair(credentials);
        }
    }

    /// Adds the user and the password of Basic authentication.
    fn add_pair(&mut self, credentials: &str) {
        let pair = STANDARD.decode(credentials).ok().and_then(|pair| String::from_utf8(pair).ok());
        if let Some((pair, (user, password))) = pair.as_deref().and_then(|pair| Some((pair, pair.split_once(':')?))) {
            [pair, user, password].into_iter().for_each(|value| self.add_encoded(value));
        }
    }

    /// `text` without any of the values. A text of more than 8 KiB, or about a request with thousands of such values, is
    /// replaced by its length.
    pub fn redact(&self, text: &str) -> String {
        if text.len() > LONGEST || self.0.len() > MOST {
            return format!("[{} bytes]", text.len());
        }
        let mut found: Vec<Range<usize>> = Vec::new();
        for level in levels(text) {
            self.0.iter().for_each(|value| find(value, &level, &mut found));
        }
        found.sort_by_key(|range| range.start);
        let (mut shown, mut end) = (String::new(), 0);
        for range in found {
            if range.start >= end {
                shown.push_str(&text[end..range.start]);
                shown.push_str(REDACTED);
            }
            end = end.max(range.end);
        }
        shown.push_str(&text[end..]);
        shown
    }
}

/// Adds where in the source of `text` the value is (the algorithm of Knuth, Morris and Pratt).
fn find(value: &[char], text: &[Spelled], found: &mut Vec<Range<usize>>) {
    let borders = borders(value);
    let mut matched = 0;
    for (index, spelled) in text.iter().enumerate() {
        while matched > 0 && value.get(matched) != Some(&spelled.char) {
            matched = borders[matched - 1];
        }
        if value.get(matched) == Some(&spelled.char) {
            matched += 1;
        }
        if matched < value.len() {
            continue;
        }
        let first = index + 1 - matched;
        let is_letter = |at: Option<&Spelled>| at.is_some_and(|spelled| spelled.char.is_alphanumeric());
        let in_word = is_letter(first.checked_sub(1).and_then(|at| text.get(at))) || is_letter(text.get(index + 1));
        if value.len() >= SHORT || !in_word {
            found.push(text[first].start..spelled.end);
        }
    }
}

/// For each beginning of a value, the length of the longest shorter beginning that it ends with.
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

/// What knows the secrets and personal values that a request carries elsewhere than in its sensitive headers.
pub trait Carrier: Send + Sync {
    /// Adds the values of a request that was sent to `uri`.
    fn add_values(&self, uri: &Uri, to: &mut Sensitive);
}

/// What a request carried, as far as no text may repeat it. The values are collected only when a text is to be shown.
#[derive(Clone)]
pub struct Sent {
    pub uri: Uri,
    headers: Vec<(HeaderName, HeaderValue)>,
    carrier: Arc<dyn Carrier>,
}

impl Sent {
    pub fn new(uri: &Uri, headers: &HeaderMap, carrier: Arc<dyn Carrier>) -> Self {
        let headers = headers.iter().filter(|(_, value)| value.is_sensitive());
        let headers = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { uri: uri.clone(), headers, carrier }
    }

    /// Returns the values that no text about the request may show.
    pub fn sensitive(&self) -> Sensitive {
        let mut all = Sensitive::default();
        self.headers.iter().for_each(|(name, value)| all.add_header(name, value));
        self.carrier.add_values(&self.uri, &mut all);
        all
    }
}
