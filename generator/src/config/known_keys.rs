//! The known keys of each table of codegen.toml, for suggestions.

use serde::de::{Deserialize, Deserializer, Visitor, value::Error};
use serde::forward_to_deserialize_any;

use super::{
    Client, Config, Copies, Credentials, Errors, Filter, Host, Mock, NewestFirst, Package, Paging, Part, Personal,
    Rename, RuleSet, Tests,
};
use crate::diagnostics::did_you_mean;

/// Returns the help for an unknown key: the most similar key of its table, or all keys.
pub(super) fn help(path: &[&str]) -> String {
    let Some((key, table)) = path.split_last() else { return String::new() };
    let table_keys = keys_of_table(table);
    if let Some(similar) = did_you_mean(key, table_keys.iter().copied()) {
        return format!("did you mean `{similar}`?");
    }
    let quoted: Vec<String> = table_keys.iter().map(|key| format!("`{key}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => format!("remove it; this table takes {last}"),
        Some((last, before)) => format!("remove it; this table takes {} and {last}", before.join(", ")),
        None => "remove it".to_owned(),
    }
}

/// Returns the keys of the table at a path. The index of an array item counts as a step.
fn keys_of_table(path: &[&str]) -> &'static [&'static str] {
    match path {
        [] => fields::<Config>(),
        ["crate"] => fields::<Package>(),
        ["client"] => fields::<Client>(),
        ["client", "host"] => fields::<Host>(),
        ["client", "credentials", _] => fields::<Credentials>(),
        ["errors"] => fields::<Errors>(),
        ["paging"] | ["paging", "operations", _] => fields::<Paging>(),
        ["personal"] => fields::<Personal>(),
        ["tests"] => fields::<Tests>(),
        ["mock"] => fields::<Mock>(),
        ["mock", "rules", _] => fields::<RuleSet>(),
        ["mock", "rules", _, "filters", _] => fields::<Filter>(),
        ["mock", "rules", _, "newest_first", _] => fields::<NewestFirst>(),
        ["mock", "rules", _, "parts", _] => fields::<Part>(),
        ["mock", "rules", _, "copies", _] => fields::<Copies>(),
        ["rename", _] => fields::<Rename>(),
        _ => &[],
    }
}

/// Returns the names of the fields that a struct is deserialized from.
fn fields<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut fields: &[&str] = &[];
    // `Fields` only records the field names. It has no value to return, so deserialization always fails.
    let _ = T::deserialize(Fields(&mut fields));
    fields
}

/// A deserializer that records which fields a struct asks for.
struct Fields<'f>(&'f mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(serde::de::Error::custom("there is no value"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
