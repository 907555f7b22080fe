//! Parameters in the serialization styles of OpenAPI, such as `deepObject` and `matrix`.
//!
//! The values are encoded from their JSON text, so numbers keep their digits. Nothing is sent for `null`, empty arrays and
//! empty objects. The style `deepObject` sends nested values as `name[property]`, `name[]` and `name[index]`. All other styles
//! send nested values as JSON.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_core::Serialize;
use serde_json::value::RawValue;

use super::cookies::{as_cookies, encode_cookie};
use super::encode;
use super::path::PathPart;
use crate::runtime::response::properties::Properties;
use crate::runtime::validation::finite::is_finite;
use crate::runtime::{Constraints, Decode, Request, Scope, Value};

/// A function that serializes a parameter in one style. Its arguments are the name, the value as JSON and the encoding. The
/// error is the violated constraint.
type Serializer = fn(&str, &RawValue, Encode) -> Result<String, String>;

/// A function that encodes a string for the location of the parameter.
type Encode = fn(&str) -> String;

/// Implements the setters of parameters in the query, the form and cookies, which are sent as `name=value`.
macro_rules! pair_setters {
    ($($write:ident: $query:ident $query_reserved:ident $form:ident $form_reserved:ident $cookie:ident $cookie_reserved:ident, $description:literal;)*) => {
        impl<D: Decode> Request<D> {
            $( pair_setters! {
                @set $write $description; $query query encode_all; $query_reserved query encode_unless_reserved;
                $form form encode_all; $form_reserved form encode_unless_reserved; $cookie cookies encode_all; $cookie_reserved cookies encode_cookie;
            } )*
        }
    };
    (@set $write:ident $description:literal; $($name:ident $location:ident $encode:ident;)*) => { $(
        #[doc = concat!("Sets a parameter in the location at the beginning of the method name, ", $description, ".")]
        pub fn $name<T: Serialize>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
            let value = pair_setters!(@value $location styled(name, &value.into(), $write, $encode));
            pair_setters!(@parameters $location self).set(name, value, constraints);
            self
        }
    )* };
    (@value form $value:expr) => { or_null($value) };
    (@value cookies $value:expr) => { as_cookies($value) };
    (@value $location:ident $value:expr) => { $value };
    (@parameters form $request:ident) => { $request.parts.form() };
    (@parameters $location:ident $request:ident) => { $request.parts.$location };
}
pair_setters! {
    comma_separated: query_comma_separated query_comma_separated_reserved form_comma_separated form_comma_separated_reserved cookie_comma_separated cookie_comma_separated_reserved,
        "with the items, or the names and values, separated by commas";
    space_separated: query_space_separated query_space_separated_reserved form_space_separated form_space_separated_reserved cookie_space_separated cookie_space_separated_reserved,
        "with the items, or the names and values, separated by spaces";
    pipe_separated: query_pipe_separated query_pipe_separated_reserved form_pipe_separated form_pipe_separated_reserved cookie_pipe_separated cookie_pipe_separated_reserved,
        "with the items, or the names and values, separated by `|`";
    deep_object: query_deep_object query_deep_object_reserved form_deep_object form_deep_object_reserved cookie_deep_object cookie_deep_object_reserved, "as `name[property]=value`";
    exploded_object: query_exploded_object query_exploded_object_reserved form_exploded_object form_exploded_object_reserved cookie_exploded_object cookie_exploded_object_reserved,
        "with each property of an object as a separate parameter";
    repeated_items: query_repeated query_repeated_reserved form_repeated form_repeated_reserved cookie_repeated cookie_repeated_reserved,
        "with each item of an array as a separate parameter of the same name, and objects as JSON";
    json: query_json query_json_reserved form_json form_json_reserved cookie_json cookie_json_reserved, "as JSON";
}

impl<D: Decode> Request<D> {
    /// Sets the complete query to a value as JSON. The name is not sent.
    pub fn query_whole_json<T: Serialize>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.parts.query.set(name, styled(name, &value.into(), json_without_name, encode_all), constraints);
        self
    }

    /// Sets the complete query to a string. The name is not sent.
    pub fn query_whole_text<T: Serialize>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.parts.query.set(name, styled(name, &value.into(), text_without_name, encode_all), constraints);
        self
    }
}

macro_rules! header_setters {
    ($($write:ident $header:ident $description:literal;)*) => {
        impl<D: Decode> Request<D> { $(
            #[doc = concat!("Sets a header, ", $description, ".")]
            pub fn $header<T: Serialize>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
                self.parts.headers.set(name, styled(name, &value.into(), |_, json, encode| $write("", json, encode), encode_nothing), constraints);
                self
            }
        )* }
    };
}
header_setters! {
    comma_separated_without_name header_comma_separated "with the items, or the names and values, separated by commas";
    comma_separated_pairs header_comma_separated_pairs "with the items, or `name=value` pairs, separated by commas";
    ascii_json header_json "as JSON";
}

macro_rules! path_setters {
    ($($name:ident $write:ident $description:literal;)*) => {
        impl Scope { $(
            #[doc = concat!("Appends the value of a path parameter, ", $description, ".")]
            pub fn $name<T: Serialize>(
                mut self,
                prefix: &'static str,
                name: &'static str,
                value: impl Into<T>,
                constraints: Constraints,
            ) -> Self {
                let value = styled(name, &value.into(), $write, encode_all);
                self.path.push(PathPart::Value { prefix, name, value, constraints });
                self
            }
        )* }
    };
}
path_setters! {
    path_comma_separated comma_separated_without_name "with the items, or the names and values, separated by commas";
    path_comma_separated_pairs comma_separated_pairs "with the items, or `name=value` pairs, separated by commas";
    path_label label "as `.` followed by the items, which are separated by commas";
    path_exploded_label exploded_label "with a `.` before each item or `name=value` pair";
    path_matrix matrix "as `;name=` followed by the items, which are separated by commas";
    path_exploded_matrix exploded_matrix "as `;name=value` for each item or property";
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
        self.parts.query.set(name, with_encoding(name, value.into().into(), encode_unless_reserved), constraints);
        self
    }

    /// Sets a field of the form whose reserved characters are not percent-encoded.
    pub fn form_reserved<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.parts.form().set(name, with_encoding(name, value.into().into(), encode_unless_reserved), constraints);
        self
    }

    /// Sets a cookie. A list results in several cookies with the same name.
    pub fn cookie<T: Into<Value>>(mut self, name: &'static str, value: impl Into<T>, constraints: Constraints) -> Self {
        self.parts.cookies.set(name, as_cookies(with_encoding(name, value.into().into(), encode_all)), constraints);
        self
    }

    /// Sets a cookie whose value is not percent-encoded.
    pub fn cookie_reserved<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.parts.cookies.set(name, as_cookies(with_encoding(name, value.into().into(), encode_cookie)), constraints);
        self
    }
}

fn with_encoding(name: &str, value: Value, encode: Encode) -> Value {
    if let Value::Unsendable(_) = value {
        return value;
    }
    let pairs: Vec<_> = value.items().iter().map(|item| pair(name, &item.text(), encode)).collect();
    Value::Styled { text: pairs.join("&"), value: Box::new(value), json: RawValue::NULL.to_owned() }
}

/// Serializes a value with the function for its style.
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

/// Returns [`Value::Null`] if the value of a form field is `null` and the style encodes it as an empty string.
fn or_null(value: Value) -> Value {
    match value {
        Value::Styled { json, text, .. } if is_null(&json) && text.is_empty() => Value::Null,
        value => value,
    }
}

/// Converts JSON to the value that is validated.
fn validated_value(json: &RawValue) -> Value {
    if let Some(items) = items(json) {
        return Value::List(items.into_iter().filter(|item| !is_null(item)).map(validated_value).collect());
    }
    match json.get() {
        "null" | "{}" => Value::List(Vec::new()),
        number if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => Value::Number(number.to_owned()),
        _ => Value::Text(string_or_json(json)),
    }
}

/// Returns the contents of a JSON string, or any other value as JSON.
fn string_or_json(json: &RawValue) -> String {
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

/// Percent-encodes all characters except the unreserved characters.
fn encode_all(string: &str) -> String {
    encode::encode(string).into_owned()
}

/// Returns a header value, which is not percent-encoded.
fn encode_nothing(string: &str) -> String {
    string.to_owned()
}

/// Percent-encodes a string, except reserved characters and percent-encoded triplets.
///
/// Some reserved characters are encoded nevertheless: `&` and `#` would end the value, `[` and `]` are not allowed in a query,
/// and `+` means a space in a form.
fn encode_unless_reserved(string: &str) -> String {
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
    for (index, part) in string.split('%').enumerate() {
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
    format!("{}={}", encode_all(name), encode(value))
}

/// Joins the items of an array, or the names and values of an object. `None` if there are none.
///
/// # Errors
///
/// Returns an error if an item contains a delimiter, because a server would read the item as two items.
fn join(json: &RawValue, separator: &str, equals: &str, encode: Encode) -> Result<Option<String>, String> {
    let encode_item = |item: &str, delimiters: &[&str]| {
        let item = encode(item);
        // `encode_unless_reserved` keeps percent-encoded triplets, which can have lower-case digits. The delimiters are
        // in upper case.
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
        items.map(|item| encode_item(&string_or_json(item), &[separator])).collect::<Result<_, _>>()?
    } else if let Some(properties) = Properties::of(json) {
        let properties = properties.0.iter().filter(|(_, value)| !is_null(value));
        let pair = |name: &str, value| {
            let name = encode_item(name, &[separator, equals])?;
            Ok(format!("{name}{equals}{}", encode_item(&string_or_json(value), &[separator])?))
        };
        properties.map(|(name, value)| pair(name, value)).collect::<Result<_, String>>()?
    } else if is_null(json) {
        Vec::new()
    } else {
        vec![encode(&string_or_json(json))]
    };
    Ok((!encoded_items.is_empty()).then(|| encoded_items.join(separator)))
}

/// Returns `name=value`, or an empty string if there is no value.
fn with_name(name: &str, value: Option<String>) -> String {
    value.map(|value| format!("{}={value}", encode_all(name))).unwrap_or_default()
}

fn comma_separated(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(with_name(name, join(json, ",", ",", encode)?))
}

fn space_separated(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(with_name(name, join(json, "%20", "%20", encode)?))
}

fn pipe_separated(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(with_name(name, join(json, "%7C", "%7C", encode)?))
}

/// Serializes a value in the style `deepObject`. Different values result in different strings.
///
/// The items of an array are sent as `name[]` if none of them is an array or object. Any other array is sent as `name[index]`,
/// because `[{a, b}]` and `[{a}, {b}]` would be equal without an index. A nested empty array or object is sent as `name=`.
fn deep_object(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join_pairs(deep_object_pairs(name, json, encode)))
}

fn deep_object_pairs(name: &str, json: &RawValue, encode: Encode) -> Vec<String> {
    let nested = |name: String, value: &RawValue| match value.get() {
        "[]" | "{}" => vec![pair(&name, "", encode)],
        _ => deep_object_pairs(&name, value, encode),
    };
    if let Some(items) = items(json) {
        let has_indices = items.iter().any(|item| is_nested(item));
        let index_key = |index: usize| if has_indices { index.to_string() } else { String::new() };
        let items = items.into_iter().enumerate();
        items.flat_map(|(position, item)| nested(format!("{name}[{}]", index_key(position)), item)).collect()
    } else if let Some(properties) = Properties::of(json) {
        let escape = |name: &str| name.replace('[', "%5B").replace(']', "%5D");
        properties.0.iter().flat_map(|(key, value)| nested(format!("{name}[{}]", escape(key)), value)).collect()
    } else if is_null(json) {
        Vec::new()
    } else {
        vec![pair(name, &string_or_json(json), encode)]
    }
}

/// Serializes each property of an object as a parameter.
fn exploded_object(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(match Properties::of(json) {
        Some(properties) => join_pairs(properties.0.iter().map(|(name, value)| repeated(name, value, encode))),
        None => repeated(name, json, encode),
    })
}

fn repeated_items(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(repeated(name, json, encode))
}

/// Returns `name=value` for each item of an array.
fn repeated(name: &str, json: &RawValue, encode: Encode) -> String {
    let items = items(json).unwrap_or_else(|| vec![json]);
    join_pairs(items.into_iter().filter(|item| !is_null(item)).map(|item| pair(name, &string_or_json(item), encode)))
}

fn join_pairs(pairs: impl IntoIterator<Item = String>) -> String {
    let pairs: Vec<String> = pairs.into_iter().filter(|pair| !pair.is_empty()).collect();
    pairs.join("&")
}

fn json(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(pair(name, json.get(), encode))
}

fn comma_separated_without_name(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join(json, ",", ",", encode)?.unwrap_or_default())
}

fn comma_separated_pairs(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join(json, ",", "=", encode)?.unwrap_or_default())
}

fn label(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join(json, ",", ",", encode)?.map(|items| format!(".{items}")).unwrap_or_default())
}

fn exploded_label(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(join(json, ".", "=", encode)?.map(|items| format!(".{items}")).unwrap_or_default())
}

fn matrix(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    let items = join(json, ",", ",", encode)?;
    Ok(items.map(|items| matrix_pair(&format!("{}={items}", encode_all(name)))).unwrap_or_default())
}

fn exploded_matrix(name: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(exploded_object(name, json, encode)?.split('&').filter(|pair| !pair.is_empty()).map(matrix_pair).collect())
}

/// Returns a pair in the style `matrix`, which omits the `=` before an empty value.
fn matrix_pair(pair: &str) -> String {
    format!(";{}", pair.strip_suffix('=').unwrap_or(pair))
}

fn json_without_name(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(encode(json.get()))
}

fn text_without_name(_: &str, json: &RawValue, encode: Encode) -> Result<String, String> {
    Ok(encode(&string_or_json(json)))
}

/// Serializes a value as JSON with only ASCII characters, which headers require.
fn ascii_json(_: &str, json: &RawValue, _: Encode) -> Result<String, String> {
    let mut ascii = String::new();
    for c in json.get().chars() {
        match c.is_ascii() {
            true => ascii.push(c),
            false => ascii.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    Ok(ascii)
}
