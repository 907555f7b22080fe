//! Parameters in the serialization styles of OpenAPI, such as `deepObject` and `matrix`.
//!
//! The values are encoded from their JSON text, so numbers keep their digits. Nothing is sent for `null`, empty arrays and empty
//! objects. Only `deepObject` supports nested values, as `[property]`, `[]` and `[index]`; in all other styles, nested values are
//! sent as JSON.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::value::RawValue;

use super::encode;
use super::path::PathPart;
use crate::runtime::response::properties::Properties;
use crate::runtime::validation::finite::is_finite;
use crate::runtime::{Constraints, Decode, Request, Scope, Value};

/// Serializes a value in a style, with the name of the parameter if the style includes it. The error is the constraint that
/// the value violates.
type Serializer = fn(&str, &RawValue, Encode) -> Result<String, String>;

/// Encodes a string for the location of the parameter.
type Encode = fn(&str) -> String;

/// Implements setters for the parameters that are sent as `name=value`: in the query, the form and cookies.
macro_rules! pair_setters {
    ($($write:ident: $query:ident $query_reserved:ident $form:ident $form_reserved:ident $cookie:ident, $description:literal;)*) => {
        impl<D: Decode> Request<D> {
            $( pair_setters! {
                @set $write $description; $query query plain; $query_reserved query reserved;
                $form form plain; $form_reserved form reserved; $cookie cookies plain;
            } )*
        }
    };
    (@set $write:ident $description:literal; $($name:ident $location:ident $encode:ident;)*) => { $(
        #[doc = concat!("Sets a parameter in the location that the method name begins with, ", $description, ".")]
        pub fn $name<T: Serialize>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
            let value = pair_setters!(@value $location styled(name, &value.into(), $write, $encode));
            pair_setters!(@parameters $location self).set(name, value, constraints);
            self
        }
    )* };
    (@value form $value:expr) => { or_null($value) };
    (@value $location:ident $value:expr) => { $value };
    (@parameters form $request:ident) => { $request.parts.form.get_or_insert_default() };
    (@parameters $location:ident $request:ident) => { $request.parts.$location };
}
pair_setters! {
    commas: query_commas query_commas_reserved form_commas form_commas_reserved cookie_commas,
        "with the items, or the names and values, separated by commas";
    spaces: query_spaces query_spaces_reserved form_spaces form_spaces_reserved cookie_spaces,
        "with the items, or the names and values, separated by spaces";
    pipes: query_pipes query_pipes_reserved form_pipes form_pipes_reserved cookie_pipes,
        "with the items, or the names and values, separated by `|`";
    deep: query_deep query_deep_reserved form_deep form_deep_reserved cookie_deep, "as `name[property]=value`";
    exploded_properties: query_members query_members_reserved form_members form_members_reserved cookie_members,
        "with each property of an object as a parameter";
    repeated_items: query_each query_each_reserved form_each form_each_reserved cookie_each,
        "with the name repeated for each item, and objects as JSON";
    json: query_json query_json_reserved form_json form_json_reserved cookie_json, "as JSON";
}

macro_rules! header_setters {
    ($($write:ident $header:ident $description:literal;)*) => {
        impl<D: Decode> Request<D> { $(
            #[doc = concat!("Sets a header, ", $description, ".")]
            pub fn $header<T: Serialize>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
                self.parts.headers.set(name, styled(name, &value.into(), |_, json, encode| $write("", json, encode), raw), constraints);
                self
            }
        )* }
    };
}
header_setters! {
    simple header_commas "with the items, or the names and values, separated by commas";
    simple_pairs header_pairs "with the items, or `name=value` pairs, separated by commas";
    ascii header_json "as JSON";
}

macro_rules! path_setters {
    ($($name:ident $write:ident $description:literal;)*) => {
        impl Scope { $(
            #[doc = concat!("Returns the scope with a path parameter appended, ", $description, ".")]
            pub fn $name<T: Serialize>(
                mut self,
                prefix: &'static str,
                name: &'static str,
                value: impl Into<T>,
                constraints: Constraints,
            ) -> Self {
                let value = styled(name, &value.into(), $write, plain);
                self.path.push(PathPart::Value { prefix, name, value, constraints });
                self
            }
        )* }
    };
}
path_setters! {
    path_commas simple "with the items, or the names and values, separated by commas";
    path_pairs simple_pairs "with the items, or `name=value` pairs, separated by commas";
    path_label label "with a `.` before the items, which are separated by commas";
    path_labels labels "with a `.` before each item or `name=value` pair";
    path_matrix matrix "as `;name=` before the items, which are separated by commas";
    path_matrices matrices "as `;name=value` for each item or property";
    path_json json_without_name "as JSON";
}

impl<D: Decode> Request<D> {
    /// Sets a query parameter whose reserved characters are not percent-encoded.
    pub fn query_reserved<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.parts.query.set(name, with_reserved_characters(name, value.into().into()), constraints);
        self
    }

    /// Sets a field of the form whose reserved characters are not percent-encoded.
    pub fn form_reserved<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.parts.form.get_or_insert_default().set(
            name,
            with_reserved_characters(name, value.into().into()),
            constraints,
        );
        self
    }

    /// Sets a cookie. A list results in several cookies with the same name.
    pub fn cookie<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.cookies.set(name, value.into().into(), constraints);
        self
    }
}

fn with_reserved_characters(name: &str, value: Value) -> Value {
    let pairs: Vec<_> = value.items().iter().map(|item| pair(name, &item.text(), reserved)).collect();
    Value::Styled { text: pairs.join("&"), value: Box::new(value), json: RawValue::NULL.to_owned() }
}

/// Serializes a value in a style.
fn styled(name: &str, value: &impl Serialize, serialize: Serializer, encode: Encode) -> Value {
    let text = serde_json::to_string(value).unwrap_or_default();
    let Ok(json) = RawValue::from_string(text) else {
        return Value::Unsendable("must be serializable as JSON".to_owned());
    };
    if !is_finite(value, json.get().as_bytes()) {
        return Value::Unsendable("must contain only finite numbers".to_owned());
    }
    match serialize(name, &json, encode) {
        Ok(text) => Value::Styled { text, value: Box::new(validated_value(&json)), json },
        Err(rule) => Value::Unsendable(rule),
    }
}

/// Returns [`Value::Null`] if the field of a form is `null`, and its style has no text for `null`.
fn or_null(value: Value) -> Value {
    match value {
        Value::Styled { json, text, .. } if is_null(&json) && text.is_empty() => Value::Null,
        value => value,
    }
}

/// Returns the value that is validated.
fn validated_value(json: &RawValue) -> Value {
    if let Some(items) = items(json) {
        return Value::List(items.into_iter().filter(|item| !is_null(item)).map(validated_value).collect());
    }
    match json.get() {
        "null" | "{}" => Value::List(Vec::new()),
        number if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => Value::Number(number.to_owned()),
        _ => Value::Text(text(json)),
    }
}

/// Returns a JSON string without quotes and escapes, and any other value as JSON.
fn text(json: &RawValue) -> String {
    serde_json::from_str(json.get()).unwrap_or_else(|_| json.get().to_owned())
}

fn is_null(json: &RawValue) -> bool {
    json.get() == "null"
}

fn items(json: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(json.get()).ok()
}

/// Returns whether a value is an array or an object.
fn is_nested(json: &RawValue) -> bool {
    json.get().starts_with(['[', '{'])
}

/// Percent-encodes all reserved characters.
fn plain(text: &str) -> String {
    encode::encode(text).into_owned()
}

/// Returns a value without encoding it, for headers.
fn raw(text: &str) -> String {
    text.to_owned()
}

/// Keeps the reserved characters of RFC 3986 and percent-encoded triplets. Some reserved characters are encoded nevertheless,
/// because they would change the value: `&` and `#` end it, `[` and `]` are not allowed in a query, and `+` means a space in a
/// form.
fn reserved(text: &str) -> String {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
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
    let mut encoded = String::new();
    for (index, part) in text.split('%').enumerate() {
        let is_triplet = part.bytes().take_while(u8::is_ascii_hexdigit).take(2).count() == 2;
        encoded.push_str(if index == 0 {
            ""
        } else if is_triplet {
            "%"
        } else {
            "%25"
        });
        encoded.extend(utf8_percent_encode(part, ENCODED));
    }
    encoded
}

fn pair(name: &str, value: &str, encode: Encode) -> String {
    format!("{}={}", plain(name), encode(value))
}

/// Joins the items of an array, or the names and values of an object. `None` if there are none.
///
/// # Errors
///
/// Returns an error if an item contains a delimiter, because it would be read as two items.
fn join(json: &RawValue, separator: &str, equals: &str, encode: Encode) -> Result<Option<String>, String> {
    let encode_item = |item: &str, delimiters: &[&str]| {
        let item = encode(item);
        // The triplets that `reserved` keeps may be in lower case.
        let delimiter = delimiters.iter().find(|delimiter| item.to_ascii_uppercase().contains(**delimiter));
        match delimiter.map(|delimiter| percent_encoding::percent_decode_str(delimiter).decode_utf8_lossy()) {
            Some(delimiter) => {
                Err(format!("must not contain `{delimiter}` in an item, because it separates the items"))
            }
            None => Ok(item),
        }
    };
    let encoded_items: Vec<String> = if let Some(items) = items(json) {
        let items = items.into_iter().filter(|item| !is_null(item));
        items.map(|item| encode_item(&text(item), &[separator])).collect::<Result<_, _>>()?
    } else if let Some(properties) = Properties::of(json) {
        let properties = properties.0.iter().filter(|(_, value)| !is_null(value));
        let pair = |name: &str, value| {
            let name = encode_item(name, &[separator, equals])?;
            Ok(format!("{name}{equals}{}", encode_item(&text(value), &[separator])?))
        };
        properties.map(|(name, value)| pair(name, value)).collect::<Result<_, String>>()?
    } else if is_null(json) {
        Vec::new()
    } else {
        vec![encode(&text(json))]
    };
    Ok((!encoded_items.is_empty()).then(|| encoded_items.join(separator)))
}

/// Returns `name=value`, or an empty string if there is no value.
fn with_name(name: &str, value: Option<String>) -> String {
    value.map(|value| format!("{}={value}", plain(name))).unwrap_or_default()
}

fn commas(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(with_name(name, join(json, ",", ",", encode)?))
}

fn spaces(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(with_name(name, join(json, "%20", "%20", encode)?))
}

fn pipes(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(with_name(name, join(json, "%7C", "%7C", encode)?))
}

/// Serializes a value in the style `deepObject`. Different values have different texts.
///
/// The items of an array are `name[]` if none of them is an array or object. Otherwise they are `name[index]`: without an index,
/// `[{a, b}]` and `[{a}, {b}]` would have the same text. A nested empty array or object is `name=`.
fn deep(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join_pairs(deep_pairs(name, json, encode)))
}

fn deep_pairs(name: &str, json: &RawValue, encode: Encode) -> Vec<String> {
    let nested = |name: String, value: &RawValue| match value.get() {
        "[]" | "{}" => vec![pair(&name, "", encode)],
        _ => deep_pairs(&name, value, encode),
    };
    if let Some(items) = items(json) {
        let has_indices = items.iter().any(|item| is_nested(item));
        let index = |index: usize| if has_indices { index.to_string() } else { String::new() };
        let items = items.into_iter().enumerate();
        items.flat_map(|(position, item)| nested(format!("{name}[{}]", index(position)), item)).collect()
    } else if let Some(properties) = Properties::of(json) {
        let escape = |name: &str| name.replace('[', "%5B").replace(']', "%5D");
        properties.0.iter().flat_map(|(key, value)| nested(format!("{name}[{}]", escape(key)), value)).collect()
    } else if is_null(json) {
        Vec::new()
    } else {
        vec![pair(name, &text(json), encode)]
    }
}

/// Serializes each property of an object as a parameter.
fn exploded_properties(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(match Properties::of(json) {
        Some(properties) => join_pairs(properties.0.iter().map(|(name, value)| repeated(name, value, encode))),
        None => repeated(name, json, encode),
    })
}

fn repeated_items(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(repeated(name, json, encode))
}

/// Repeats the name for each item.
fn repeated(name: &str, json: &RawValue, encode: Encode) -> String {
    let items = items(json).unwrap_or_else(|| vec![json]);
    join_pairs(items.into_iter().filter(|item| !is_null(item)).map(|item| pair(name, &text(item), encode)))
}

fn join_pairs(pairs: impl IntoIterator<Item = String>) -> String {
    let pairs: Vec<String> = pairs.into_iter().filter(|pair| !pair.is_empty()).collect();
    pairs.join("&")
}

fn json(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(pair(name, json.get(), encode))
}

fn simple(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join(json, ",", ",", encode)?.unwrap_or_default())
}

fn simple_pairs(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join(json, ",", "=", encode)?.unwrap_or_default())
}

fn label(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join(json, ",", ",", encode)?.map(|items| format!(".{items}")).unwrap_or_default())
}

fn labels(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join(json, ".", "=", encode)?.map(|items| format!(".{items}")).unwrap_or_default())
}

fn matrix(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    let items = join(json, ",", ",", encode)?;
    Ok(items.map(|items| matrix_pair(&format!("{}={items}", plain(name)))).unwrap_or_default())
}

fn matrices(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(exploded_properties(name, json, encode)?.split('&').filter(|pair| !pair.is_empty()).map(matrix_pair).collect())
}

/// Returns a pair in the style `matrix`, which has no `=` before an empty value.
fn matrix_pair(pair: &str) -> String {
    format!(";{}", pair.strip_suffix('=').unwrap_or(pair))
}

fn json_without_name(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(encode(json.get()))
}

/// Serializes a value as JSON with only ASCII characters, which headers require.
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
