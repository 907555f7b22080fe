//! Reads the input files of the tasks.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use bindery::source::Source;
use clap::Args;

/// The files that a document may refer to.
#[derive(Args, Clone, Debug, Default)]
pub struct References {
    /// Allow references to files in this folder, in addition to the folder of the document. Can be repeated.
    #[arg(long, value_name = "DIR")]
    pub allow_refs: Vec<PathBuf>,
}

impl References {
    /// Reads a document and the files that it refers to.
    pub fn read(&self, path: &Path) -> Result<Source, String> {
        Source::read(path, &self.allow_refs).map_err(|error| file_error("read", path, &error))
    }

    /// Appends these arguments to a command line.
    pub fn describe(&self, command: &mut String) {
        for folder in &self.allow_refs {
            let _ = write!(command, " --allow-refs {}", folder.display());
        }
    }
}

/// Reads one file. Diagnostics show its path as `path` has it.
pub fn read_file(path: &Path) -> Result<Source, String> {
    Source::read_file(path).map_err(|error| file_error("read", path, &error))
}

/// Reads the configuration of a document: the file `config`, or else `codegen.toml` in the folder of the document. If
/// neither exists, the configuration is empty.
pub fn configuration(spec: &Path, config: Option<&Path>) -> Result<Source, String> {
    match config {
        Some(path) => read_file(path),
        None => {
            read_beside(spec, "codegen.toml").map(|config| config.unwrap_or_else(|| Source::new("codegen.toml", "")))
        }
    }
}

/// Reads a file in the folder of a document, if it exists.
pub fn read_beside(spec: &Path, name: &str) -> Result<Option<Source>, String> {
    let path = spec.with_file_name(name);
    if std::fs::symlink_metadata(&path).is_err() {
        return Ok(None);
    }
    Source::read_beside(spec, name).map(Some).map_err(|error| file_error("read", &path, &error))
}

/// Returns the message for an error of the file system.
pub fn file_error(action: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {action} {}: {error}", path.display())
}
