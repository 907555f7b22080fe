//! The encodings in which a server may repeat a value of the request.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// The name of an encoding, and a function that encodes a value.
pub type Encoding = (&'static str, fn(&str) -> String);

/// All encodings.
pub const ENCODINGS: &[Encoding] = &[
    ("as it is", str::to_owned),
    ("in upper case", str::to_uppercase),
    ("in lower case", str::to_lowercase),
    ("percent, upper case", |text| encode_bytes(text, |byte| format!("%{byte:02X}"))),
    ("percent, lower case", |text| encode_bytes(text, |byte| format!("%{byte:02x}"))),
    ("percent, as in a query", percent),
    ("percent, as in a form", |text| percent(text).replace("%20", "+")),
    ("percent, only characters that are invalid in URLs", |text| {
        encode_some(text, "\"<>% '\\", |c| percent(&c.to_string()))
    }),
    ("percent, Latin-1", |text| encode_some(text, "ëé", |c| format!("%{:02X}", u32::from(c)))),
    ("percent, as in the JavaScript function `escape`", |text| encode_utf16(text, |unit| format!("%u{unit:04X}"))),
    ("percent, twice", |text| percent(&percent(text))),
    ("percent, four times", |text| percent(&percent(&percent(&percent(text))))),
    ("bytes, as in Python", |text| encode_bytes(text, |byte| format!("\\x{byte:02x}"))),
    ("JSON", json),
    ("JSON with `\\/`", |text| json(text).replace('/', "\\/")),
    ("JavaScript", |text| json(text).replace('\'', "\\'")),
    ("JSON with only ASCII characters", |text| {
        encode_some(&json(text), "ëé😀", |c| encode_utf16(&c.to_string(), |unit| format!("\\u{unit:04x}")))
    }),
    ("JSON, lower case", |text| encode_utf16(text, |unit| format!("\\u{unit:04x}"))),
    ("JSON, upper case", |text| encode_utf16(text, |unit| format!("\\u{unit:04X}"))),
    ("JSON, twice", |text| json(&json(text))),
    ("braces, as in Rust", |text| {
        text.chars().fold(String::new(), |all, c| all + &format!("\\u{{{:x}}}", u32::from(c)))
    }),
    ("`Debug`", |text| format!("{text:?}").trim_matches('"').to_owned()),
    ("HTML by name", html),
    ("HTML with names of all characters", |text| {
        let text = html(text).replace('@', "&commat;").replace('/', "&sol;").replace('\\', "&bsol;");
        text.replace('%', "&percnt;").replace('ë', "&euml;").replace('é', "&eacute;").replace(' ', "&nbsp;")
    }),
    ("HTML by names without semicolons", |text| {
        let text =
            html(text).replace("&apos;", "'").replace('ë', "&euml;").replace('é', "&eacute;").replace(' ', "&nbsp;");
        ["amp", "lt", "gt", "quot", "euml", "eacute", "nbsp"]
            .iter()
            .fold(text, |text, name| text.replace(&format!("&{name};"), &format!("&{name}")))
    }),
    ("HTML with numbers", |text| encode_chars(text, |number| format!("&#{number};"))),
    ("HTML with numbers, without semicolons", |text| encode_chars(text, |number| format!("&#{number}"))),
    ("HTML, lower case", |text| encode_chars(text, |number| format!("&#x{number:x};"))),
    ("HTML, lower case, without semicolons", |text| encode_chars(text, |number| format!("&#x{number:x}"))),
    ("HTML, upper case", |text| encode_chars(text, |number| format!("&#X{number:X};"))),
    ("HTML, only one character", |text| text.replace('@', "&#64;")),
    ("Base64", |text| STANDARD.encode(text)),
    ("Base64 without padding", |text| STANDARD_NO_PAD.encode(text)),
    ("Base64 for URLs", |text| URL_SAFE.encode(text)),
    ("Base64 for URLs without padding", |text| URL_SAFE_NO_PAD.encode(text)),
    ("Base64 in lower case", |text| STANDARD.encode(text).to_lowercase()),
    ("Base64, percent", |text| percent(&STANDARD.encode(text))),
    ("percent in JSON", |text| json(&percent(text))),
    ("JSON in a query", |text| percent(&json(text))),
    ("JSON in HTML", |text| html(&json(text))),
    ("HTML in JSON", |text| json(&html(text))),
    ("percent in HTML", |text| encode_chars(&percent(text), |number| format!("&#{number};"))),
    ("HTML in JSON in a query", |text| percent(&json(&html(text)))),
];

fn percent(text: &str) -> String {
    encode_bytes(text, |byte| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    })
}

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}

fn encode_bytes(text: &str, encode: impl Fn(u8) -> String) -> String {
    text.bytes().map(encode).collect()
}

fn encode_utf16(text: &str, encode: impl Fn(u16) -> String) -> String {
    text.encode_utf16().map(encode).collect()
}

fn encode_chars(text: &str, encode: impl Fn(u32) -> String) -> String {
    text.chars().map(|c| encode(u32::from(c))).collect()
}

/// Encodes only some of the characters.
fn encode_some(text: &str, characters: &str, encode: impl Fn(char) -> String) -> String {
    let mut encoded = String::new();
    for c in text.chars() {
        match characters.contains(c) {
            true => encoded.push_str(&encode(c)),
            false => encoded.write_char(c).unwrap(),
        }
    }
    encoded
}
