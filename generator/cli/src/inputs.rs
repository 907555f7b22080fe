//! Reads the input files of the commands.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use bindery::diagnostics::Diagnostics;
use bindery::source::Source;
use clap::Args;

use crate::diagnostic_args::style;
use crate::failure::Failure;

/// The name of the configuration.
pub const CONFIG_NAME: &str = "codegen.toml";

/// The path that means standard input.
pub const STANDARD_INPUT: &str = "-";

/// The document and the configuration of a command.
#[derive(Args, Clone, Debug, Default)]
pub struct Inputs {
    /// The OpenAPI document, or `-` for standard input. Default: the document that codegen.toml names.
    #[arg(value_name = "DOCUMENT")]
    pub document: Option<PathBuf>,
    /// The configuration. Default: `codegen.toml` in the folder of the document, or in the current folder if no
    /// document is given or if it comes from standard input. If there is no such file, the configuration is inferred
    /// from the document.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The files that the document may refer to.
    #[command(flatten)]
    pub references: References,
}

/// The files that a document may refer to.
#[derive(Args, Clone, Debug, Default)]
pub struct References {
    /// Allow references to files in this folder, in addition to the folder of the document. Can be repeated.
    #[arg(long, value_name = "DIR")]
    pub allow_refs: Vec<PathBuf>,
}

impl Inputs {
    /// Reads the document with the files that it refers to, and the configuration.
    ///
    /// # Errors
    ///
    /// Returns a failure if no document is given, or a file cannot be read.
    pub fn read(&self) -> Result<(Source, Source), Failure> {
        let config = self.config.as_deref();
        match self.document.as_deref() {
            Some(path) if path == Path::new(STANDARD_INPUT) => {
                let config = read_config(Path::new(CONFIG_NAME), config)?;
                Ok((self.references.read(path)?, config))
            }
            Some(path) => Ok((self.references.read(path)?, read_config(path, config)?)),
            None => {
                let config_path = config.unwrap_or(Path::new(CONFIG_NAME));
                if config.is_none() && std::fs::symlink_metadata(config_path).is_err() {
                    return Err(Failure::usage(
                        "no document is given, and the current folder has no `codegen.toml`; name a document, as in `bindery \
                         generate openapi.yaml`, or run `bindery init openapi.yaml`",
                    ));
                }
                let config = read_config(Path::new(CONFIG_NAME), config)?;
                let document = config_path.with_file_name(document_of(&config)?);
                Ok((self.references.read(&document)?, config))
            }
        }
    }

    /// Appends these arguments to a command line.
    pub fn describe(&self, command: &mut String) {
        if let Some(document) = &self.document {
            let _ = write!(command, " {}", document.display());
        }
        if let Some(config) = &self.config {
            let _ = write!(command, " --config {}", config.display());
        }
        self.references.describe(command);
    }
}

impl References {
    /// Reads a document and the files that it refers to. The path `-` means standard input. A document from standard
    /// input cannot refer to files.
    ///
    /// # Errors
    ///
    /// Returns a failure if the document cannot be read.
    pub fn read(&self, path: &Path) -> Result<Source, Failure> {
        if path == Path::new(STANDARD_INPUT) {
            return Source::from_reader("stdin", io::stdin().lock())
                .map_err(|error| Failure::file("read", Path::new("standard input"), &error));
        }
        Source::read(path, &self.allow_refs).map_err(|error| Failure::file("read", path, &error))
    }

    /// Appends these arguments to a command line.
    pub fn describe(&self, command: &mut String) {
        for folder in &self.allow_refs {
            let _ = write!(command, " --allow-refs {}", folder.display());
        }
    }
}

/// Returns the path in the key `document` of a configuration.
fn document_of(config: &Source) -> Result<PathBuf, Failure> {
    let mut diagnostics = Diagnostics::default();
    let parsed = bindery::config::parse(config, &mut diagnostics).filter(|_| !diagnostics.has_errors());
    let Some(parsed) = parsed else {
        let rendered = diagnostics.render(&Source::new("", ""), config, style(&io::stderr()));
        return Err(Failure::findings(rendered, format!("{} in {}", diagnostics.counts(), config.path)));
    };
    let missing = || {
        let path = &config.path;
        Failure::usage(format!(
            "no document is given, and {path} does not name one; add `document = \"openapi.yaml\"` to its first lines"
        ))
    };
    parsed.document.map(PathBuf::from).ok_or_else(missing)
}

/// Reads a file, and does not follow its references.
///
/// # Errors
///
/// Returns a failure if the file cannot be read.
pub fn read_file(path: &Path) -> Result<Source, Failure> {
    Source::read_file(path).map_err(|error| Failure::file("read", path, &error))
}

/// Reads the configuration of a document from the file `config`, or from `codegen.toml` in the folder of the document.
/// If `config` is `None` and there is no `codegen.toml`, the configuration is empty.
///
/// # Errors
///
/// Returns a failure if the file cannot be read.
pub fn read_config(document: &Path, config: Option<&Path>) -> Result<Source, Failure> {
    let default = document.with_file_name(CONFIG_NAME);
    Source::read_config(document, config).map_err(|error| Failure::file("read", config.unwrap_or(&default), &error))
}
