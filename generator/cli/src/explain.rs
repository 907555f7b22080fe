//! Explains a diagnostic code.

use std::fs;
use std::path::{Path, PathBuf};

use bindery::diagnostics::Code;
use bindery::diagnostics::explain;
use bindery::source::Source;

use crate::diagnostic_args::{Format, style};

/// Returns a list of all codes. Each line has a code and its meaning.
pub fn list() -> String {
    bindery::diagnostics::code::ALL.iter().map(|code| format!("{code}  {}\n", code.meaning)).collect()
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
