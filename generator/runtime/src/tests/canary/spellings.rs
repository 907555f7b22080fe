//! The encodings in which a server may repeat a value of the request.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// The name of an encoding, and the function that encodes a value.
pub type Spelling = (&'static str, fn(&str) -> String);

/// All encodings.
pub const SPELLINGS: &[Spelling] = &[
    ("as it is", str::to_owned),
    ("in upper case", str::to_uppercase),
    ("in lower case", str::to_lowercase),
    ("percent, upper case", |text| each_byte(text, |byte| format!("%{byte:02X}"))),
    ("percent, lower case", |text| each_byte(text, |byte| format!("%{byte:02x}"))),
    ("percent, as in a query", percent),
    ("percent, as in a form", |text| percent(text).replace("%20", "+")),
    ("percent, only what no URL holds", |text| some(text, "\"<>% '\\", |c| percent(&c.to_string()))),
    ("percent, Latin-1", |text| some(text, "ëé", |c| format!("%{:02X}", u32::from(c)))),
    ("percent, as in old scripts", |text| units(text, |unit| format!("%u{unit:04X}"))),
    ("percent, twice", |text| percent(&percent(text))),
    ("percent, four times", |text| percent(&percent(&percent(&percent(text))))),
    ("bytes, as in Python", |text| each_byte(text, |byte| format!("\\x{byte:02x}"))),
    ("JSON", json),
    ("JSON with `\\/`", |text| json(text).replace('/', "\\/")),
    ("JavaScript", |text| json(text).replace('\'', "\\'")),
    ("JSON of ASCII", |text| some(&json(text), "ëé😀", |c| units(&c.to_string(), |unit| format!("\\u{unit:04x}")))),
    ("JSON, lower case", |text| units(text, |unit| format!("\\u{unit:04x}"))),
    ("JSON, upper case", |text| units(text, |unit| format!("\\u{unit:04X}"))),
    ("JSON, twice", |text| json(&json(text))),
    ("braces, as in Rust", |text| {
        text.chars().fold(String::new(), |all, c| all + &format!("\\u{{{:x}}}", u32::from(c)))
    }),
    ("`Debug`", |text| format!("{text:?}").trim_matches('"').to_owned()),
    ("HTML by name", html),
    ("HTML by many names", |text| {
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
    ("HTML by number", |text| units_of_html(text, |number| format!("&#{number};"))),
    ("HTML by number, no semicolon", |text| units_of_html(text, |number| format!("&#{number}"))),
    ("HTML, lower case", |text| units_of_html(text, |number| format!("&#x{number:x};"))),
    ("HTML, upper case", |text| units_of_html(text, |number| format!("&#X{number:X};"))),
    ("HTML, lower case, no semicolon", |text| units_of_html(text, |number| format!("&#x{number:x}"))),
    ("HTML, only one sign", |text| text.replace('@', "&#64;")),
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
    ("percent in HTML", |text| units_of_html(&percent(text), |number| format!("&#{number};"))),
    ("HTML in JSON in a query", |text| percent(&json(&html(text)))),
];

fn percent(text: &str) -> String {
    each_byte(text, |byte| match byte {
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

fn each_byte(text: &str, spell: impl Fn(u8) -> String) -> String {
    text.bytes().map(spell).collect()
}

fn units(text: &str, spell: impl Fn(u16) -> String) -> String {
    text.encode_utf16().map(spell).collect()
}

fn units_of_html(text: &str, spell: impl Fn(u32) -> String) -> String {
    text.chars().map(|c| spell(u32::from(c))).collect()
}

/// Encodes only some of the characters.
fn some(text: &str, which: &str, spell: impl Fn(char) -> String) -> String {
    let mut spelled = String::new();
    for c in text.chars() {
        match which.contains(c) {
            true => spelled.push_str(&spell(c)),
            false => spelled.write_char(c).unwrap(),
        }
    }
    spelled
}
