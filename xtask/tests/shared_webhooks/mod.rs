//! Published documents with webhooks, which are not part of this repository.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Returns the name, the text and the configuration of each document, from `$BINDERY_SHARED` or `shared` beside the
/// repository. If a document does not exist, prints that it is skipped.
pub fn documents(root: &Path) -> Vec<(String, String, String)> {
    let shared = env::var_os("BINDERY_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let documents = [
        (
            "openai-webhooks",
            "openai.yaml",
            "select.include = [{ operation = 'listModels' }, { path = '*' }]\nwebhooks.signature = { kind = 'standard' }",
        ),
        ("travel-webhooks", "readme-train-travel.json", ""),
    ];
    let read = |(name, file, config): (&str, &str, &str)| {
        let Ok(text) = fs::read_to_string(shared.join("specs/modern").join(file)) else {
            eprintln!("SKIPPED: there is no {file} here (see BINDERY_SHARED)");
            return None;
        };
        let package = format!("crate = {{ name = {name:?}, version = \"0.1.0\" }}");
        Some((name.to_owned(), text, format!("{package}\n{config}\n")))
    };
    documents.into_iter().filter_map(read).collect()
}
