//! The JSON schema of codegen.toml. It is derived from the types of the configuration and their documentation.
//!
//! The schema is the only description of the keys: [`structure`](super::structure) checks codegen.toml against it, the
//! reference lists its keys, and editors use it.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::config::Config;

/// Returns the JSON schema of codegen.toml for editors.
pub fn json_schema() -> String {
    format!("{:#}\n", *SCHEMA)
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Config>().to_value();
    adapt_to_toml(&mut schema);
    schema
});

/// Adapts a schema and the schemas in it to TOML: removes `null`, which TOML does not have, and adds
/// `additionalProperties: false`, because the parser rejects unknown keys.
fn adapt_to_toml(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(adapt_to_toml),
        Value::Object(schema) => {
            schema.values_mut().for_each(adapt_to_toml);
            adapt_keywords(schema);
        }
        _ => {}
    }
}

fn adapt_keywords(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get("type")
        && let [value_type, Value::String(null)] = types.as_slice()
        && null == "null"
    {
        let value_type = value_type.clone();
        schema.insert("type".to_owned(), value_type);
    }
    if let Some(Value::Array(alternatives)) = schema.get("anyOf")
        && let [value_schema, null] = alternatives.as_slice()
        && *null == json!({ "type": "null" })
    {
        let value_schema = value_schema.clone();
        schema.remove("anyOf");
        schema.insert("allOf".to_owned(), json!([value_schema]));
    }
    if let Some(Value::Array(names)) = schema.get_mut("enum") {
        names.retain(|name| !name.is_null());
    }
    if schema.contains_key("properties") {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    // An empty default only means that the key is optional.
    if schema.get("default").is_some_and(|default| [json!(""), json!([]), json!({})].contains(default)) {
        schema.remove("default");
    }
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs: Vec<String> = description.split("\n\n").map(|text| text.replace('\n', " ")).collect();
        *description = paragraphs.join("\n\n");
    }
}

/// The schema of a value.
#[derive(Clone, Copy)]
pub(super) struct Node(&'static Value);

/// The kinds of values.
pub(super) enum Kind {
    Any,
    Boolean,
    Integer {
        minimum: Option<i64>,
    },
    String,
    /// One of several strings.
    Choice(Vec<Choice>),
    /// An array whose items have one type.
    Array(Node),
    /// A string, or an array of strings.
    StringOrArray(Node),
    /// A table whose keys the user chooses.
    Map(Node),
    /// A table with a fixed set of keys.
    Table(Vec<Key>),
}

/// A string that a key can have, and its meaning.
pub(super) struct Choice {
    pub name: &'static str,
    pub description: &'static str,
}

/// A key of a table.
pub(super) struct Key {
    pub name: &'static str,
    pub is_required: bool,
    pub value: Node,
}

impl Node {
    /// Returns the schema of codegen.toml.
    pub fn root() -> Self {
        Self(&SCHEMA)
    }

    /// Returns the kind of the value.
    pub fn kind(self) -> Kind {
        let schema = self.resolve();
        if let Some(alternatives) = schema["oneOf"].as_array() {
            let choice =
                |schema: &'static Value| Choice { name: string(&schema["const"]), description: description(schema) };
            return Kind::Choice(alternatives.iter().map(choice).collect());
        }
        // An enum whose variants have no documentation.
        if let Some(names) = schema["enum"].as_array() {
            let choice = |name: &'static Value| Choice { name: string(name), description: "" };
            return Kind::Choice(names.iter().map(choice).collect());
        }
        if schema["type"].is_array() {
            return Kind::StringOrArray(Self(&schema["items"]));
        }
        match string(&schema["type"]) {
            "boolean" => Kind::Boolean,
            "integer" => Kind::Integer { minimum: schema["minimum"].as_i64() },
            "string" => Kind::String,
            "array" => Kind::Array(Self(&schema["items"])),
            "object" => match schema["properties"].as_object() {
                Some(properties) => {
                    Kind::Table(properties.iter().map(|(name, value)| key(schema, name, value)).collect())
                }
                None => Kind::Map(Self(&schema["additionalProperties"])),
            },
            _ => Kind::Any,
        }
    }

    /// Returns the documentation, without the paragraphs about the default and the example.
    pub fn description(self) -> String {
        let is_description = |text: &&str| !text.starts_with(DEFAULT) && !text.starts_with(EXAMPLE);
        description(self.0).split("\n\n").filter(is_description).collect::<Vec<_>>().join(" ")
    }

    /// Returns the description of the default, in Markdown.
    pub fn default(self) -> Option<String> {
        match self.paragraph(DEFAULT) {
            Some(default) => Some(default.trim_end_matches('.').to_owned()),
            None => self.0.get("default").map(|default| format!("`{default}`")),
        }
    }

    /// Returns the example: a complete configuration with the key.
    pub fn example(self) -> Option<&'static str> {
        self.paragraph(EXAMPLE).map(|example| example.trim_matches('`'))
    }

    fn paragraph(self, start: &str) -> Option<&'static str> {
        description(self.0).split("\n\n").find_map(|paragraph| paragraph.strip_prefix(start))
    }

    /// Returns the schema that this schema refers to.
    fn resolve(self) -> &'static Value {
        let target = self.0["allOf"].get(0).unwrap_or(self.0);
        let pointer = target["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer.and_then(|pointer| SCHEMA.pointer(pointer)).unwrap_or(target)
    }
}

/// The starts of the paragraphs about the default and the example.
const DEFAULT: &str = "Default: ";
const EXAMPLE: &str = "Example: ";

fn key(table: &'static Value, name: &'static str, value: &'static Value) -> Key {
    let is_required = table["required"].as_array().is_some_and(|required| required.iter().any(|key| key == name));
    Key { name, is_required, value: Node(value) }
}

fn description(schema: &'static Value) -> &'static str {
    string(&schema["description"])
}

fn string(value: &'static Value) -> &'static str {
    value.as_str().unwrap_or_default()
}
