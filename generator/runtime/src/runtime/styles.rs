//! Parameters whose values are more than a text or a list of texts, in the styles of the standard.

use serde::Serialize;
use serde_json::Value as Json;

use super::encode::{encode, push_pair};
use super::{Decode, Request, Rule, Value};

macro_rules! styles {
    ($($write:ident $query:ident $form:ident $how:literal;)*) => {
        impl<D: Decode> Request<D> { $(
            #[doc = concat!("Sets a query parameter, ", $how, ".")]
            pub fn $query<T: Serialize>(
                mut self,
                name: &'static str,
                value: impl Into<T>,
                rules: &'static [Rule],
            ) -> Self {
                self.parts.query.set(name, styled(name, &value.into(), $write), rules);
                self
            }

            #[doc = concat!("Sets a field of the form that is the body, ", $how, ".")]
            pub fn $form<T: Serialize>(
                mut self,
                name: &'static str,
                value: impl Into<T>,
                rules: &'static [Rule],
            ) -> Self {
                self.parts.form.get_or_insert_default().set(name, styled(name, &value.into(), $write), rules);
                self
            }
        )* }
    };
}
styles! {
    commas query_commas form_commas "its items, or names and values, joined by commas";
    spaces query_spaces form_spaces "its items, or names and values, joined by spaces";
    pipes query_pipes form_pipes "its items, or names and values, joined by `|`";
    deep query_deep form_deep "as `name[member]=value`";
    members query_members form_members "the members of an object as parameters of their own";
    each query_each form_each "each item under the name, and objects as JSON";
    json query_json form_json "as JSON";
}

fn styled(name: &str, value: &impl Serialize, write: fn(&str, &Json, &mut String)) -> Value {
    let json = serde_json::to_value(value).unwrap_or_default();
    let mut text = String::new();
    write(name, &json, &mut text);
    Value::Styled { value: Box::new(plain(&json)), text }
}

/// The value as rules look at it.
fn plain(json: &Json) -> Value {
    match json {
        Json::Array(items) => Value::List(items.iter().map(plain).collect()),
        Json::Number(number) => Value::Number { text: number.to_string(), number: number.as_f64().unwrap_or(f64::NAN) },
        other => Value::Text(text(other)),
    }
}

/// A text as it is, anything else as JSON.
fn text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn commas(name: &str, json: &Json, pairs: &mut String) {
    joined(name, json, ",", pairs);
}

fn spaces(name: &str, json: &Json, pairs: &mut String) {
    joined(name, json, "%20", pairs);
}

fn pipes(name: &str, json: &Json, pairs: &mut String) {
    joined(name, json, "%7C", pairs);
}

/// What stands between the items is not escaped as they are, so that it is never one of theirs.
fn joined(name: &str, json: &Json, between: &str, pairs: &mut String) {
    let texts: Vec<String> = match json {
        Json::Null => return,
        Json::Array(items) => items.iter().map(text).collect(),
        Json::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.flat_map(|(name, value)| [name.clone(), text(value)]).collect()
        }
        one => vec![text(one)],
    };
    if !texts.is_empty() {
        push_pair(pairs, name, "");
        let texts: Vec<_> = texts.iter().map(|text| encode(text)).collect();
        pairs.push_str(&texts.join(between));
    }
}

fn deep(name: &str, json: &Json, pairs: &mut String) {
    match json {
        Json::Null => {}
        Json::Array(items) => items.iter().for_each(|item| deep(&format!("{name}[]"), item, pairs)),
        Json::Object(members) => {
            members.iter().for_each(|(member, value)| deep(&format!("{name}[{member}]"), value, pairs));
        }
        one => push_pair(pairs, name, &text(one)),
    }
}

fn members(name: &str, json: &Json, pairs: &mut String) {
    match json {
        Json::Object(members) => members.iter().for_each(|(member, value)| each(member, value, pairs)),
        other => each(name, other, pairs),
    }
}

fn each(name: &str, json: &Json, pairs: &mut String) {
    match json {
        Json::Null => {}
        Json::Array(items) => items.iter().for_each(|item| push_pair(pairs, name, &text(item))),
        one => push_pair(pairs, name, &text(one)),
    }
}

fn json(name: &str, json: &Json, pairs: &mut String) {
    push_pair(pairs, name, &json.to_string());
}
