//! `cargo xtask explain`: the explanation of a diagnostic code, with an example.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery::diagnostics::Code;
use bindery::diagnostics::explain;
use bindery::source::Source;
use clap::Args;

use crate::diagnostic_args::{Format, style};

/// The options of `cargo xtask explain`.
#[derive(Args)]
pub struct Options {
    /// The code, such as `B0201`. Without it, the task lists all codes.
    #[arg(value_name = "CODE", value_parser = crate::diagnostic_args::parse_code)]
    pub code: Option<Code>,
}

/// Runs the task.
pub fn run(options: &Options) -> ExitCode {
    match options.code {
        Some(code) => print!("{}", explanation(code)),
        None => print!("{}", list()),
    }
    ExitCode::SUCCESS
}

/// Returns a list of all codes, one per line.
pub fn list() -> String {
    bindery::diagnostics::code::ALL.iter().map(|code| format!("{code}  {}\n", code.meaning)).collect()
}

/// Returns the explanation of a code, and the diagnostics of the fixture that causes it.
pub fn explanation(code: Code) -> String {
    let text = format!("{code}: {}\n\n{}\n", code.meaning, explain::explain(code));
    match example(code) {
        Some(example) => format!("{text}\nA diagnostic with this code:\n\n{}\n", example.trim_end()),
        None => text,
    }
}

/// Returns the diagnostics of the fixture for a code.
fn example(code: Code) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("generator").join("tests/fixtures");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder.join("err")).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let path = paths.into_iter().find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(code.id) && name.ends_with(".yaml")
    })?;
    let config = path.with_extension("toml");
    let config = if config.exists() { config } else { folder.join("default.toml") };
    let (mut document, mut config) = (Source::read(&path, &[]).ok()?, Source::read_file(&config).ok()?);
    document.path = document.name().to_owned();
    document.files.iter_mut().for_each(|(name, file)| file.path.clone_from(name));
    config.path = "codegen.toml".to_owned();
    let (_, mut diagnostics) = bindery::generate(&document, &config);
    diagnostics.extend(bindery::unused(&document));
    diagnostics.retain(|diagnostic| diagnostic.code == code);
    Some(Format::Text.render(&diagnostics, &document, &config, style(&std::io::stdout())))
}
