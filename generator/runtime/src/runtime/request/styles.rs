//! Parameters whose values are more than a string or a list of strings, in the styles of the standard.
//!
//! They are written from their JSON text, so that numbers keep their digits. Nothing is sent for `null` and for what has
//! no items or properties. Where a style has no place for what is nested, that is JSON text; only `deepObject` goes on, by
//! `[member]`, `[]` and `[index]`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::value::RawValue;

use super::encode;
use super::path::PathPart;
use crate::runtime::response::properties::Properties;
use crate::runtime::validation::finite::is_finite;
use crate::runtime::{Constraints, Decode, Request, Scope, Value};

/// What is sent for a value, name and all, or why it cannot be sent.
type Write = fn(&str, &RawValue, Encode) -> Result<String, String>;
type Encode = fn(&str) -> String;

macro_rules! pairs {
    ($($write:ident: $query:ident $query_reserved:ident $form:ident $form_reserved:ident $cookie:ident, $how:literal;)*) => {
        impl<D: Decode> Request<D> {
            $( pairs! {
                @set $write $how; $query query plain; $query_reserved query reserved;
                $form form plain; $form_reserved form reserved; $cookie cookies plain;
            } )*
        }
    };
    (@set $write:ident $how:literal; $($name:ident $place:ident $encode:ident;)*) => { $(
        #[doc = concat!("Sets a parameter of the place that the name begins with, ", $how, ".")]
        pub fn $name<T: Serialize>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
            let value = pairs!(@value $place styled(name, &value.into(), $write, $encode));
            pairs!(@place $place self).set(name, value, constraints);
            self
        }
    )* };
    (@value form $value:expr) => { or_null($value) };
    (@value $place:ident $value:expr) => { $value };
    (@place form $request:ident) => { $request.parts.form.get_or_insert_default() };
    (@place $place:ident $request:ident) => { $request.parts.$place };
}
pairs! {
    commas: query_commas query_commas_reserved form_commas form_commas_reserved cookie_commas,
        "its items, or names and values, joined by commas";
    spaces: query_spaces query_spaces_reserved form_spaces form_spaces_reserved cookie_spaces,
        "its items, or names and values, joined by spaces";
    pipes: query_pipes query_pipes_reserved form_pipes form_pipes_reserved cookie_pipes,
        "its items, or names and values, joined by `|`";
    deep: query_deep query_deep_reserved form_deep form_deep_reserved cookie_deep, "as `name[member]=value`";
    members: query_members query_members_reserved form_members form_members_reserved cookie_members,
        "the members of an object as parameters of their own";
    each: query_each query_each_reserved form_each form_each_reserved cookie_each,
        "each item under the name, and objects as JSON";
    json: query_json query_json_reserved form_json form_json_reserved cookie_json, "as JSON";
}

macro_rules! once {
    ($($write:ident $header:ident $how:literal;)*) => {
        impl<D: Decode> Request<D> { $(
            #[doc = concat!("Sets a header, ", $how, ".")]
            pub fn $header<T: Serialize>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
                self.parts.headers.set(name, styled(name, &value.into(), |_, json, encode| $write("", json, encode), raw), constraints);
                self
            }
        )* }
    };
}
once! {
    simple header_commas "its items, or names and values, joined by commas";
    simple_pairs header_pairs "its items, or `name=value`, joined by commas";
    ascii header_json "as JSON";
}

macro_rules! in_path {
    ($($name:ident $write:ident $how:literal;)*) => {
        impl Scope { $(
            #[doc = concat!("The scope below this one by a value in the path, ", $how, ".")]
            pub fn $name<T: Serialize>(
                mut self,
                before: &'static str,
                name: &'static str,
                value: impl Into<T>,
                constraints: Constraints,
            ) -> Self {
                let value = styled(name, &value.into(), $write, plain);
                self.path.push(PathPart::Value { before, name, value, constraints });
                self
            }
        )* }
    };
}
in_path! {
    path_commas simple "its items, or names and values, joined by commas";
    path_pairs simple_pairs "its items, or `name=value`, joined by commas";
    path_label label "behind a `.`, and joined by commas";
    path_labels labels "each item, or `name=value`, behind a `.`";
    path_matrix matrix "as `;name=value`, joined by commas";
    path_matrices matrices "each item, or `name=value`, so";
    path_json in_path_json "as JSON";
}

impl<D: Decode> Request<D> {
    /// Sets a query parameter whose reserved characters are sent as they are.
    pub fn query_reserved<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.parts.query.set(name, as_it_is(name, value.into().into()), constraints);
        self
    }

    /// Sets a field of the form whose reserved characters are sent as they are.
    pub fn form_reserved<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.parts.form.get_or_insert_default().set(name, as_it_is(name, value.into().into()), constraints);
        self
    }

    /// Sets a cookie. Several items are several cookies of the name.
    pub fn cookie<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.cookies.set(name, value.into().into(), constraints);
        self
    }
}

fn as_it_is(name: &str, value: Value) -> Value {
    let pairs: Vec<_> = value.items().iter().map(|item| pair(name, &item.text(), reserved)).collect();
    Value::Styled { text: pairs.join("&"), value: Box::new(value), json: RawValue::NULL.to_owned() }
}

fn styled(name: &str, value: &impl Serialize, write: Write, encode: Encode) -> Value {
    let text = serde_json::to_string(value).unwrap_or_default();
    let Ok(json) = RawValue::from_string(text) else {
        return Value::Unsendable("must be serializable as JSON".to_owned());
    };
    if !is_finite(value, json.get().as_bytes()) {
        return Value::Unsendable("must contain only finite numbers".to_owned());
    }
    match write(name, &json, encode) {
        Ok(text) => Value::Styled { text, value: Box::new(looked_at(&json)), json },
        Err(why) => Value::Unsendable(why),
    }
}

/// Returns [`Value::Null`] for a field of a form that is `null` in a style that does not write `null`.
fn or_null(value: Value) -> Value {
    match value {
        Value::Styled { json, text, .. } if is_null(&json) && text.is_empty() => Value::Null,
        value => value,
    }
}

/// The value as constraints look at it.
fn looked_at(json: &RawValue) -> Value {
    if let Some(items) = items(json) {
        return Value::List(items.into_iter().filter(|item| !is_null(item)).map(looked_at).collect());
    }
    match json.get() {
        "null" | "{}" => Value::List(Vec::new()),
        number if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => Value::Number(number.to_owned()),
        _ => Value::Text(text(json)),
    }
}

/// Returns a string value unquoted, or any other value as JSON.
fn text(json: &RawValue) -> String {
    serde_json::from_str(json.get()).unwrap_or_else(|_| json.get().to_owned())
}

fn is_null(json: &RawValue) -> bool {
    json.get() == "null"
}

fn items(json: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(json.get()).ok()
}

/// Whether it is an array or an object.
fn is_nested(json: &RawValue) -> bool {
    json.get().starts_with(['[', '{'])
}

fn plain(text: &str) -> String {
    encode::encode(text).into_owned()
}

fn raw(text: &str) -> String {
    text.to_owned()
}

/// Lets pass what RFC 3986 reserves, and what is percent-encoded already. What would not arrive as it is is encoded all the
/// same: `&` and `#`, which end a value, `[` and `]`, which no query may hold, and `+`, which forms read as a space.
fn reserved(text: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b':')
        .remove(b'/')
        .remove(b'?')
        .remove(b'@')
        .remove(b'!')
        .remove(b'$')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')')
        .remove(b'*')
        .remove(b',')
        .remove(b';')
        .remove(b'=');
    let mut kept = String::new();
    for (index, part) in text.split('%').enumerate() {
        let triple = part.bytes().take_while(u8::is_ascii_hexdigit).take(2).count() == 2;
        kept.push_str(if index == 0 {
            ""
        } else if triple {
            "%"
        } else {
            "%25"
        });
        kept.extend(utf8_percent_encode(part, KEPT));
    }
    kept
}

fn pair(name: &str, value: &str, encode: Encode) -> String {
    format!("{}={}", plain(name), encode(value))
}

/// The items, or names and values, with what stands between them; none if there are none. An item that contains a delimiter is
/// refused: it would be read as two.
fn list(json: &RawValue, between: &str, equals: &str, encode: Encode) -> Result<Option<String>, String> {
    let sent = |part: &str, delimiters: &[&str]| {
        let part = encode(part);
        // Triplets that are kept as they are may be in lower case.
        let found = delimiters.iter().find(|delimiter| part.to_ascii_uppercase().contains(**delimiter));
        match found.map(|delimiter| percent_encoding::percent_decode_str(delimiter).decode_utf8_lossy()) {
            Some(plain) => Err(format!("must not contain `{plain}` in an item, because it separates the items")),
            None => Ok(part),
        }
    };
    let texts: Vec<String> = if let Some(items) = items(json) {
        let items = items.into_iter().filter(|item| !is_null(item));
        items.map(|item| sent(&text(item), &[between])).collect::<Result<_, _>>()?
    } else if let Some(members) = Properties::of(json) {
        let members = members.0.iter().filter(|(_, value)| !is_null(value));
        let pair = |name: &str, value| {
            Ok(format!("{}{equals}{}", sent(name, &[between, equals])?, sent(&text(value), &[between])?))
        };
        members.map(|(name, value)| pair(name, value)).collect::<Result<_, String>>()?
    } else if is_null(json) {
        Vec::new()
    } else {
        vec![encode(&text(json))]
    };
    Ok((!texts.is_empty()).then(|| texts.join(between)))
}

fn joined(name: &str, list: Option<String>) -> String {
    list.map(|list| format!("{}={list}", plain(name))).unwrap_or_default()
}

fn commas(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(joined(name, list(json, ",", ",", encode)?))
}

fn spaces(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(joined(name, list(json, "%20", "%20", encode)?))
}

fn pipes(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(joined(name, list(json, "%7C", "%7C", encode)?))
}

/// Two values never have one spelling: items of arrays of plain values are `name[]`; those of others have their index, without
/// which `[{a, b}]` would be written like `[{a}, {b}]`. Inside another value, an empty array or object is `name=`.
fn deep(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(together(below(name, json, encode)))
}

fn below(name: &str, json: &RawValue, encode: Encode) -> Vec<String> {
    let inner = |name: String, value: &RawValue| match value.get() {
        "[]" | "{}" => vec![pair(&name, "", encode)],
        _ => below(&name, value, encode),
    };
    if let Some(items) = items(json) {
        let has_indices = items.iter().any(|item| is_nested(item));
        let index = |index: usize| if has_indices { index.to_string() } else { String::new() };
        let items = items.into_iter().enumerate();
        items.flat_map(|(at, item)| inner(format!("{name}[{}]", index(at)), item)).collect()
    } else if let Some(members) = Properties::of(json) {
        let member = |name: &str| name.replace('[', "%5B").replace(']', "%5D");
        members.0.iter().flat_map(|(key, value)| inner(format!("{name}[{}]", member(key)), value)).collect()
    } else if is_null(json) {
        Vec::new()
    } else {
        vec![pair(name, &text(json), encode)]
    }
}

fn members(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(match Properties::of(json) {
        Some(members) => together(members.0.iter().map(|(member, value)| repeated(member, value, encode))),
        None => repeated(name, json, encode),
    })
}

fn each(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(repeated(name, json, encode))
}

/// Each item under the name.
fn repeated(name: &str, json: &RawValue, encode: Encode) -> String {
    let items = items(json).unwrap_or_else(|| vec![json]);
    together(items.into_iter().filter(|item| !is_null(item)).map(|item| pair(name, &text(item), encode)))
}

fn together(pairs: impl IntoIterator<Item = String>) -> String {
    let pairs: Vec<String> = pairs.into_iter().filter(|pair| !pair.is_empty()).collect();
    pairs.join("&")
}

fn json(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(pair(name, json.get(), encode))
}

fn simple(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(list(json, ",", ",", encode)?.unwrap_or_default())
}

fn simple_pairs(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(list(json, ",", "=", encode)?.unwrap_or_default())
}

fn label(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(list(json, ",", ",", encode)?.map(|list| format!(".{list}")).unwrap_or_default())
}

fn labels(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(list(json, ".", "=", encode)?.map(|list| format!(".{list}")).unwrap_or_default())
}

fn matrix(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    let list = list(json, ",", ",", encode)?;
    Ok(list.map(|list| behind_semicolon(&format!("{}={list}", plain(name)))).unwrap_or_default())
}

fn matrices(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(members(name, json, encode)?.split('&').filter(|pair| !pair.is_empty()).map(behind_semicolon).collect())
}

/// A name without a value goes without its `=`.
fn behind_semicolon(pair: &str) -> String {
    format!(";{}", pair.strip_suffix('=').unwrap_or(pair))
}

fn in_path_json(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(encode(json.get()))
}

/// As JSON of nothing but ASCII, as headers want it.
fn ascii(_: &str, json: &RawValue, _: Encode) -> Result<String, String> {
    let mut ascii = String::new();
    for c in json.get().chars() {
        match c.is_ascii() {
            true => ascii.push(c),
            false => ascii.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    Ok(ascii)
}
