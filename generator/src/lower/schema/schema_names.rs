//! Names types after the locations of their schemas.

use crate::lower::Lowering;
use crate::parse::{ADDITIONAL_OPERATIONS, OperationKey};
use crate::source::{FILE_KEY_PREFIX, Pointer};

impl Lowering<'_> {
    /// Returns the name of the schema at a location. The name begins with the component, file or operation that
    /// contains the schema, followed by the names on the path to the schema. For any other location, returns
    /// `default_name`.
    pub(crate) fn name_of_location(&self, at: &Pointer, default_name: &[String]) -> Vec<String> {
        let keys: Vec<String> = at.keys().collect();
        let (mut name, mut remaining_keys) = match keys.as_slice() {
            [components, schemas, name, rest @ ..] if components == "components" && schemas == "schemas" => {
                (vec![name.clone()], rest)
            }
            [components, section, name, rest @ ..] if components == "components" => {
                let suffix = match section.as_str() {
                    "responses" => "response",
                    "requestBodies" => "body",
                    _ => "",
                };
                let has_suffix = suffix.is_empty() || name.to_lowercase().ends_with(suffix);
                (if has_suffix { vec![name.clone()] } else { vec![name.clone(), suffix.to_owned()] }, rest)
            }
            [file, rest @ ..] if file.starts_with(FILE_KEY_PREFIX) => {
                let file_stem = file.rsplit(['/', FILE_KEY_PREFIX]).next().unwrap_or_default();
                let file_stem = file_stem.split('.').next().unwrap_or_default();
                match rest {
                    [components, _, name, rest @ ..] if components == "components" => (vec![name.clone()], rest),
                    [defs, name, rest @ ..] if matches!(defs.as_str(), "$defs" | "definitions" | "schemas") => {
                        (vec![name.clone()], rest)
                    }
                    // In a file without `components`, each key at the root is the name of a schema.
                    [name, rest @ ..] if name != "properties" && name != "items" => (vec![name.clone()], rest),
                    rest => (vec![file_stem.to_owned()], rest),
                }
            }
            [paths, path, rest @ ..] if paths == "paths" => {
                let (key, rest) = match rest {
                    [keyword, method, rest @ ..] if keyword == ADDITIONAL_OPERATIONS => {
                        (OperationKey::Additional(method.clone()), rest)
                    }
                    [keyword, rest @ ..] => (OperationKey::from_keyword(keyword), rest),
                    [] => (OperationKey::Unknown, rest),
                };
                let mut operations = self.path_item(path).into_iter().flat_map(|item| self.document.operations(item));
                let operation_id =
                    operations.find(|(it, _)| *it == key).and_then(|(_, operation)| operation.operation_id.clone());
                let method = key.as_str().to_owned();
                let operation_name = self.operation_names.get(&(path.as_str(), key)).cloned().or(operation_id);
                (vec![operation_name.unwrap_or_else(|| format!("{path} {method}"))], rest)
            }
            _ if !default_name.is_empty() => return default_name.to_vec(),
            [.., last] => return vec![last.clone()],
            [] => return vec!["document".to_owned()],
        };
        while let [key, rest @ ..] = remaining_keys {
            remaining_keys = rest;
            match (key.as_str(), rest) {
                ("properties" | "$defs" | "definitions" | "headers", [wire, rest @ ..]) => {
                    name.push(wire.clone());
                    remaining_keys = rest;
                }
                ("items", _) => name.push("item".to_owned()),
                ("additionalProperties", _) => name.push("value".to_owned()),
                ("responses", [_, rest @ ..]) => {
                    name.push("response".to_owned());
                    remaining_keys = rest;
                }
                ("requestBody", _) => name.push("body".to_owned()),
                ("allOf" | "oneOf" | "anyOf", [_, rest @ ..]) => remaining_keys = rest,
                _ => {}
            }
        }
        name
    }
}
