//! Writes a commented codegen.toml for a document, with a JSON schema for editors.

use std::fmt::Write as _;
use std::io;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bindery::config;
use bindery::source::Source;
use fs_err as fs;
use toml::Value;

use crate::diagnostic_args::style;
use crate::failure::Failure;
use crate::inputs::{CONFIG_NAME, References, STANDARD_INPUT};

/// The options of [`init`].
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The OpenAPI document.
    pub document: PathBuf,
    /// The file to write. Default: `codegen.toml` in the current folder.
    pub config: Option<PathBuf>,
    /// The files that the document may refer to.
    pub references: References,
}

/// Writes codegen.toml with the values that the generator infers from the document. Also writes the JSON schema that the
/// first line of codegen.toml refers to. Returns the text that tells the user what to do next.
///
/// # Errors
///
/// Returns a failure if the file already exists, if the document has errors, or if the file system reports an error. No
/// file is written then.
pub fn init(options: &Options) -> Result<String, Failure> {
    let path = options.config.as_deref().unwrap_or(Path::new(CONFIG_NAME));
    if options.document == Path::new(STANDARD_INPUT) {
        return Err(Failure::usage(
            "`init` needs the path of a document, because codegen.toml refers to it; `-` has no path",
        ));
    }
    if std::fs::symlink_metadata(path).is_ok() {
        return Err(already_exists(path));
    }
    let document = options.references.read(&options.document, &Source::new(CONFIG_NAME, ""))?;
    let (generated, diagnostics) = bindery::generate(&document, &Source::new(CONFIG_NAME, ""));
    let rendered = diagnostics.render(&document, &Source::new(CONFIG_NAME, ""), style(&io::stderr()));
    let Some(generated) = generated else {
        let reason =
            format!("{}; {} was not written: correct the document first", diagnostics.counts(), path.display());
        return Err(Failure::findings(rendered, reason));
    };
    let overlays = options.references.overlay.iter().map(|overlay| relative_path(overlay, path)).collect();
    let text = config_text(&relative_path(&options.document, path), overlays, &generated.inferred_config);
    if !write_new(path, &text)? {
        return Err(already_exists(path));
    }
    let schema_path = path.with_file_name(SCHEMA_NAME);
    let is_schema_written = write_new(&schema_path, &config::json_schema())?;
    let name = &generated.config.package.name;
    let mut message = format!("{} was written\n", path.display());
    if is_schema_written {
        let _ =
            writeln!(message, "{} was written, with which editors complete and check the keys", schema_path.display());
    }
    if !diagnostics.counts().is_empty() {
        let _ = writeln!(message, "the document has {}; `bindery generate` shows them", diagnostics.counts());
    }
    let config = if path == Path::new(CONFIG_NAME) { String::new() } else { format!(" --config {}", path.display()) };
    let _ = write!(
        message,
        "\nnext:\n  1. read {}, and change what does not fit\n  2. bindery generate{config}    # writes the crate `{name}` to \
         the folder {name}\n  3. cargo check --manifest-path {name}/Cargo.toml\n  4. commit the document, {}, {} and {name}, and \
         run `bindery check{config}` in CI\n",
        path.display(),
        path.display(),
        schema_path.display(),
    );
    Ok(message)
}

/// Writes a file, unless the file exists. Returns whether the file was written.
fn write_new(path: &Path, text: &str) -> Result<bool, Failure> {
    let mut file = match fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        file => file.map_err(|error| Failure::file("write", path, &error))?,
    };
    file.write_all(text.as_bytes()).map_err(|error| Failure::file("write", path, &error))?;
    Ok(true)
}

fn already_exists(path: &Path) -> Failure {
    Failure::usage(format!(
        "{} already exists, and `init` overwrites no file; remove it, or choose another file with `--config`",
        path.display()
    ))
}

/// Returns the path of an input relative to the folder of codegen.toml. If the input is not in this folder, the path is
/// absolute.
fn relative_path(input: &Path, config: &Path) -> PathBuf {
    let folder = config.parent().unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() || input.is_absolute() {
        return input.to_owned();
    }
    match input.strip_prefix(folder) {
        Ok(path) => path.to_owned(),
        Err(_) => std::path::absolute(input).unwrap_or_else(|_| input.to_owned()),
    }
}

/// Returns the text of codegen.toml.
fn config_text(document: &Path, overlays: Vec<PathBuf>, inferred_config: &str) -> String {
    let mut text = format!(
        "#:schema {SCHEMA_NAME}\n# The configuration of bindery: what the OpenAPI document cannot describe. All keys are optional.\n# `bindery \
         generate` reads this file in the current folder. docs/configuration.md of bindery lists all keys, and `bindery schema` prints the \
         schema for editors.\n\n# The document, \
         relative to the folder of this file.\ndocument = {}\n\n",
        Value::from(document.display().to_string()),
    );
    if !overlays.is_empty() {
        let paths: Vec<Value> = overlays.iter().map(|path| Value::from(path.display().to_string())).collect();
        let _ = write!(
            text,
            "# The overlays of the document, in the order in which they are applied.\noverlays = {}\n\n",
            Value::from(paths)
        );
    }
    text += TOP_LEVEL_EXAMPLES;
    for line in inferred_config.lines() {
        if let Some((_, comment)) = COMMENTS.iter().find(|(start, _)| line.starts_with(start)) {
            text += comment;
        }
        let _ = writeln!(text, "{line}");
    }
    text + EXAMPLES
}

/// The name of the file with the JSON schema.
const SCHEMA_NAME: &str = "codegen.schema.json";

/// The comment before each line of the inferred configuration that starts with a key or the header of a table.
const COMMENTS: [(&str, &str); 5] = [
    (
        "surface",
        "# How operations are grouped: \"tags\" gives `client.pets().show_pet_by_id(\"7\")`, \"tree\" gives \
         `client.pet(\"7\").fetch()`.\n",
    ),
    ("[crate]", "# The generated crate. Its name is also the name of its folder.\n"),
    ("[client]", "# The environment variables that `Client::from_env` reads.\n"),
    ("[errors]", "# JSON pointers into an error body. The first pointer that leads to a value is used.\n"),
    ("models", "# Whether the schemas of error bodies become types, for `ApiError::decode`.\n"),
];

/// Examples of keys that are in front of all tables.
const TOP_LEVEL_EXAMPLES: &str = r##"# For a document that you do not own: corrections, the operations to generate, and what an error in an operation does.
# overlays = ["corrections.overlay.yaml"]
# select.include = [{ tag = "pets" }]
# on_error = "skip"

"##;

/// Examples of keys that are not inferred.
const EXAMPLES: &str = r##"# Pagination is recognised by the names of parameters and properties. `bindery generate --report paging` shows the result
# for each list. This table replaces the recognised pagination.
# [paging]
# cursor = "/meta/next_cursor"
# cursor_parameter = "cursor"

# Rust types that replace generated types.
# [[types.schemas]]
# at = "#/components/schemas/Money"
# replace = "my_crate::Money"

# Names that replace names of the document.
# [[rename]]
# at = "#/components/schemas/Foo"
# to = "Bar"
# reason = "Foo does not describe the schema"

# Entries of the generated Cargo.toml.
# [manifest.package]
# license = "MIT"
"##;
