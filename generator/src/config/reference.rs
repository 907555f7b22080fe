//! The configuration reference: the keys of codegen.toml as the table in `docs/configuration.md`.

use std::fmt::Write;

use super::schema::{Choice, Kind, Node};

/// A key of codegen.toml. The texts are Markdown.
#[derive(Clone, Debug)]
pub struct Row {
    /// The dotted path of the key. An item of an array of tables is `[]`.
    pub key: String,
    /// The type of the value.
    pub value_type: String,
    /// The default, or a note that the key is required.
    pub default: String,
    /// A complete configuration with the key. The string is empty if the documentation of the key has no example.
    pub example: &'static str,
    /// What the key does.
    pub description: String,
}

/// Returns the keys of codegen.toml. A table with a fixed set of keys has no row, but each of its keys has one. An
/// array of such tables has a row only if its documentation has an example.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    collect(Node::root(), "", false, &mut rows);
    rows
}

/// Returns the table of the keys in Markdown.
pub fn table() -> String {
    let mut table = "| key | type | what it does | default | example |\n|---|---|---|---|---|\n".to_owned();
    for Row { key, value_type, default, example, description } in rows() {
        let cells = [format!("`{key}`"), value_type, description, default, format!("`{example}`")];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

fn collect(node: Node, path: &str, is_required: bool, rows: &mut Vec<Row>) {
    match node.kind() {
        Kind::Table(keys) => {
            for key in keys {
                let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
                collect(key.value, &path, key.is_required, rows);
            }
        }
        Kind::Array(item) if matches!(item.kind(), Kind::Table(_)) => {
            // An array of tables has a row only if it has an example. Otherwise, the rows of the keys in its tables are
            // sufficient.
            if node.example().is_some() {
                rows.push(row(node, path, is_required));
            }
            collect(item, &format!("{path}[]"), false, rows);
        }
        _ => rows.push(row(node, path, is_required)),
    }
}

fn row(node: Node, path: &str, is_required: bool) -> Row {
    let kind = node.kind();
    let default = if is_required { Some("required".to_owned()) } else { node.default() };
    let mut description = node.description();
    if let Kind::Choice(choices) = &kind {
        for Choice { name, description: meaning } in choices.iter().filter(|choice| !choice.description.is_empty()) {
            let _ = write!(description, " `\"{name}\"`: {}", meaning.replace("\n\n", " "));
        }
    }
    Row {
        key: path.to_owned(),
        value_type: type_name(&kind, false),
        default: default.unwrap_or_else(|| "none".to_owned()),
        example: node.example().unwrap_or_default(),
        description,
    }
}

/// Returns the name of a type, in the plural for the items of an array or a table.
fn type_name(kind: &Kind, is_plural: bool) -> String {
    let name = match kind {
        Kind::Any => return if is_plural { "any values" } else { "any value" }.to_owned(),
        Kind::Boolean => "boolean",
        Kind::Integer { .. } => "integer",
        Kind::String => "string",
        Kind::Choice(choices) => {
            let quoted: Vec<String> = choices.iter().map(|choice| format!("`\"{}\"`", choice.name)).collect();
            return quoted.join(" or ");
        }
        Kind::Array(_) => "array",
        Kind::StringOrArray(_) => "string or array of strings",
        Kind::Map(_) | Kind::Table(_) => "table",
    };
    let name = if is_plural { format!("{name}s") } else { name.to_owned() };
    match kind {
        Kind::Array(item) | Kind::Map(item) if !matches!(item.kind(), Kind::Any) => {
            format!("{name} of {}", type_name(&item.kind(), true))
        }
        _ => name,
    }
}
