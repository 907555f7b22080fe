//! Published documents with webhooks and streams, which are not part of this repository.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The name of each crate, the file of its document, and its configuration.
const DOCUMENTS: [(&str, &str, &str); 5] = [
    (
        "openai-webhooks",
        "openai.yaml",
        "select.include = [{ operation = 'listModels' }, { path = '*' }]\nwebhooks.signature = { kind = 'standard' }",
    ),
    ("travel-webhooks", "readme-train-travel.json", ""),
    ("openai-streams", "openai.yaml", "select.include = [{ operation = 'createChatCompletion' }]"),
    (
        "mistral-streams",
        "mistral-public.yaml",
        "select.include = [{ path = '/v1/chat/completions' }, { path = '/v1/conversations#stream' }, { path = '/v1/workflows/events/stream' }]",
    ),
    (
        "langgraph-streams",
        "langgraph.json",
        "select.include = [{ path = '/threads/{thread_id}/runs/{run_id}/stream' }]",
    ),
];

/// Returns the name, the text and the configuration of each document, from `$BINDERY_SHARED` or `shared` beside the
/// repository. If a document does not exist, prints that it is skipped.
pub fn documents(root: &Path) -> Vec<(String, String, String)> {
    let shared = env::var_os("BINDERY_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let read = |(name, file, config): (&str, &str, &str)| {
        let Ok(text) = fs::read_to_string(shared.join("specs/modern").join(file)) else {
            eprintln!("SKIPPED: there is no {file} here (see BINDERY_SHARED)");
            return None;
        };
        let package = format!("crate = {{ name = {name:?}, version = \"0.1.0\" }}");
        let dependencies = match name.ends_with("-streams") {
            true => {
                "[manifest.dev-dependencies]\nhttparse = '1'\ntokio = { version = '1', default-features = false, features = ['io-util', 'macros', 'net', 'rt-multi-thread', 'time'] }\n"
            }
            false => "",
        };
        Some((name.to_owned(), text, format!("{package}\n{config}\n{dependencies}")))
    };
    DOCUMENTS.into_iter().filter_map(read).collect()
}
