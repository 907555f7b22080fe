//! Explains the code of a diagnostic, or of a change that `bindery diff` reports.

use std::fs;
use std::path::{Path, PathBuf};

use bindery::diagnostics::{Code, code as codes, did_you_mean, explain};
use bindery::diff;
use bindery::source::Source;

use crate::diagnostic_args::{Format, style};

/// The code of a diagnostic or of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyCode {
    /// The code of a diagnostic, such as `B0201`.
    Diagnostic(Code),
    /// The code of a change, such as `D0721`.
    Change(String),
}

impl AnyCode {
    /// Parses a code. Upper and lower case are equivalent.
    ///
    /// # Errors
    ///
    /// Returns an error if the code does not exist.
    pub fn parse(id: &str) -> Result<Self, String> {
        let upper = id.to_uppercase();
        match Code::find(id) {
            Some(code) => return Ok(Self::Diagnostic(code)),
            None if diff::code(&upper).is_some() => return Ok(Self::Change(upper)),
            None => {}
        }
        // A code with the same node is more likely.
        let of_node = |code: &String| upper.get(..3).is_some_and(|node| code.starts_with(node));
        let mut changes: Vec<String> = diff::codes().filter(of_node).collect();
        if changes.is_empty() && upper.starts_with('D') {
            changes = diff::codes().collect();
        }
        let candidates = codes::ALL.iter().map(|code| code.id).chain(changes.iter().map(String::as_str));
        let similar = did_you_mean(&upper, candidates);
        let suggestion = similar.map_or_else(String::new, |code| format!("did you mean `{code}`? "));
        Err(format!("unknown code; {suggestion}`bindery explain` lists all codes"))
    }

    /// Returns the explanation of the code, as [`explanation`] does for the code of a diagnostic.
    pub fn explanation(&self, fixtures: Option<&Path>) -> String {
        match self {
            Self::Diagnostic(code) => explanation(*code, fixtures),
            Self::Change(code) => {
                let meaning = diff::code(code).unwrap_or_default();
                format!("{code}: {meaning}\n\n{}\n", diff::explain(code).unwrap_or_default())
            }
        }
    }
}

/// Returns a list of all codes. Each line has a code and its meaning. For the codes of `bindery diff`, the list has the two
/// parts: two digits for the node, and two digits for what changed.
pub fn list() -> String {
    let diagnostics = codes::ALL.iter().map(|code| format!("{code}  {}\n", code.meaning));
    format!(
        "{}\nThe codes of `bindery diff` name a node and what changed:\n\n{}",
        diagnostics.collect::<String>(),
        diff::list_codes()
    )
}

/// Returns the explanation of a code. If `fixtures` is the folder with the fixtures of the generator, the result also
/// contains the diagnostics of the fixture for the code.
pub fn explanation(code: Code, fixtures: Option<&Path>) -> String {
    let text = format!("{code}: {}\n\n{}\n", code.meaning, explain::explain(code));
    match fixtures.and_then(|folder| example(code, folder)) {
        Some(example) => format!("{text}\nA diagnostic with this code:\n\n{}\n", example.trim_end()),
        None => text,
    }
}

/// Returns the diagnostics of the fixture for a code.
fn example(code: Code, folder: &Path) -> Option<String> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder.join("err")).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let path = paths.into_iter().find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(code.id) && name.ends_with(".yaml") && !name.ends_with(".overlay.yaml")
    })?;
    let config = path.with_extension("toml");
    let config = if config.exists() { config } else { folder.join("default.toml") };
    let mut config = Source::read_file(&config).ok()?;
    let overlays = bindery::overlay_paths(&config).iter().map(|path| Source::read_file(path)).collect::<Result<_, _>>();
    let mut document = Source::read_with_overlays(&path, overlays.ok()?, &[]).ok()?;
    document.path = document.name().to_owned();
    document.overlays.iter_mut().for_each(|overlay| overlay.path = overlay.name().to_owned());
    document.files.iter_mut().for_each(|(name, file)| file.path.clone_from(name));
    config.path = "codegen.toml".to_owned();
    let (_, mut diagnostics) = bindery::generate(&document, &config);
    diagnostics.extend(bindery::unused(&document, &config));
    diagnostics.retain(|diagnostic| diagnostic.code == code);
    Some(Format::Text.render(&diagnostics, &document, &config, style(&std::io::stdout())))
}
