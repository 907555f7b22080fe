//! Reads the input files of the commands.

use std::ffi::OsStr;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use bindery::Member;
use bindery::config::Config;
use bindery::diagnostics::Diagnostics;
use bindery::source::Source;
use clap::Args;

use crate::diagnostic_args::style;
use crate::failure::Failure;

/// The name of the configuration file.
pub const CONFIG_NAME: &str = "codegen.toml";

/// The extensions of the documents of a workspace.
pub const DOCUMENT_EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The path that means standard input.
pub const STANDARD_INPUT: &str = "-";

/// The document and the configuration of a command.
#[derive(Args, Clone, Debug, Default)]
pub struct Inputs {
    /// The OpenAPI document, or `-` for standard input. Default: the document that codegen.toml names.
    #[arg(value_name = "DOCUMENT")]
    pub document: Option<PathBuf>,
    /// The configuration. Default: `codegen.toml` in the folder of the document, or in the current folder if no
    /// document is given or if it comes from standard input. For the document `NAME.yaml` of a workspace, the default is
    /// `NAME.toml` in its folder. If there is no such file, the configuration is inferred from the document.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The files that the document may refer to.
    #[command(flatten)]
    pub references: References,
}

/// The configuration and the documents of a workspace.
#[derive(Clone, Debug)]
pub struct WorkspaceInputs {
    /// The folder of the configuration, which is the default folder of the workspace.
    pub folder: PathBuf,
    /// The configuration of the workspace.
    pub config: Source,
    /// The documents with their configurations.
    pub members: Vec<Member>,
}

/// The files that are read with a document: those that it may refer to, and its overlays.
#[derive(Args, Clone, Debug, Default)]
pub struct References {
    /// Allow references to files in this folder, in addition to the folder of the document. Can be repeated.
    #[arg(long, value_name = "DIR")]
    pub allow_refs: Vec<PathBuf>,
    /// Apply this overlay to the document, after those of codegen.toml. Can be repeated.
    #[arg(long, value_name = "FILE")]
    pub overlay: Vec<PathBuf>,
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
                Ok((self.references.read(path, &config)?, config))
            }
            Some(path) => {
                let config = read_config(path, config)?;
                Ok((self.references.read(path, &config)?, config))
            }
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
                Ok((self.references.read(&document, &config)?, config))
            }
        }
    }

    /// Reads the documents of a workspace, if no document is given and the configuration has the table `workspace`.
    ///
    /// # Errors
    ///
    /// Returns a failure if the configuration has errors, a file cannot be read, or there is no document.
    pub fn read_workspace(&self) -> Result<Option<WorkspaceInputs>, Failure> {
        let config_path = self.config.as_deref().unwrap_or(Path::new(CONFIG_NAME));
        if self.document.is_some() || !config_path.exists() {
            return Ok(None);
        }
        let config = read_config(Path::new(CONFIG_NAME), self.config.as_deref())?;
        let Some(workspace) = parse_config(&config)?.workspace else { return Ok(None) };
        let folder = config_path.with_file_name(workspace.documents);
        let read_failure = |error: &io::Error| Failure::file("read", &folder, error);
        let mut documents = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(|error| read_failure(&error))? {
            let path = entry.map_err(|error| read_failure(&error))?.path();
            let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
            let is_overlay = path.with_extension("").extension() == Some(OsStr::new("overlay"));
            let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if DOCUMENT_EXTENSIONS.contains(&extension) && !is_overlay && !is_hidden {
                documents.push(path);
            }
        }
        documents.sort_unstable();
        if documents.is_empty() {
            let folder = folder.display();
            return Err(Failure::usage(format!(
                "{folder} has no document, which is a file `NAME.yaml` or `NAME.json`"
            )));
        }
        let read_member = |path: &PathBuf| {
            let config_path = path.with_extension("toml");
            let config = match config_path.exists() {
                true => read_file(&config_path)?,
                false => Source::new(config_path.display().to_string(), ""),
            };
            Ok(Member { document: self.references.read(path, &config)?, config })
        };
        let members = documents.iter().map(read_member).collect::<Result<_, Failure>>()?;
        let folder = config_path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Some(WorkspaceInputs { folder, config, members }))
    }

    /// Appends these arguments to a command line.
    pub fn append_to(&self, command: &mut String) {
        if let Some(document) = &self.document {
            let _ = write!(command, " {}", shell_word(document));
        }
        if let Some(config) = &self.config {
            let _ = write!(command, " --config {}", shell_word(config));
        }
        self.references.append_to(command);
    }
}

impl References {
    /// Reads a document, its overlays, and the files that it refers to. The path `-` means standard input. A document from
    /// standard input cannot refer to files.
    ///
    /// # Errors
    ///
    /// Returns a failure if the document or an overlay cannot be read.
    pub fn read(&self, path: &Path, config: &Source) -> Result<Source, Failure> {
        let overlays = bindery::overlay_paths(config).into_iter().chain(self.overlay.iter().cloned());
        let overlays = overlays.map(|path| read_file(&path)).collect::<Result<Vec<_>, _>>()?;
        if path == Path::new(STANDARD_INPUT) {
            let mut document = Source::from_reader("stdin", io::stdin().lock())
                .map_err(|error| Failure::file("read", Path::new("standard input"), &error))?;
            document.overlays = overlays;
            return Ok(document);
        }
        Source::read_with_overlays(path, overlays, &self.allow_refs)
            .map_err(|error| Failure::file("read", path, &error))
    }

    /// Appends these arguments to a command line.
    pub fn append_to(&self, command: &mut String) {
        for folder in &self.allow_refs {
            let _ = write!(command, " --allow-refs {}", shell_word(folder));
        }
        for overlay in &self.overlay {
            let _ = write!(command, " --overlay {}", shell_word(overlay));
        }
    }
}

/// Writes a path or a name as one word of a shell command, in quotes if it needs them.
pub fn shell_word(word: impl AsRef<OsStr>) -> String {
    let word = word.as_ref().to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:=@%,".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// Returns the path in the key `document` of a configuration.
fn document_of(config: &Source) -> Result<PathBuf, Failure> {
    let parsed = parse_config(config)?;
    let missing = || {
        let path = &config.path;
        Failure::usage(match parsed.workspace {
            Some(_) => format!("no document is given, and {path} describes a workspace; name one of its documents"),
            None => format!(
                "no document is given, and {path} does not name one; add `document = \"openapi.yaml\"` to its first lines"
            ),
        })
    };
    parsed.document.map(PathBuf::from).ok_or_else(missing)
}

fn parse_config(config: &Source) -> Result<Config, Failure> {
    let mut diagnostics = Diagnostics::default();
    let parsed = bindery::config::parse(config, &mut diagnostics).filter(|_| !diagnostics.has_errors());
    parsed.ok_or_else(|| {
        let rendered = diagnostics.render(&Source::new("", ""), config, style(&io::stderr()));
        Failure::findings(rendered, format!("{} in {}", diagnostics.counts(), config.path))
    })
}

/// Reads one file. Diagnostics show its path as it is given here.
///
/// # Errors
///
/// Returns a failure if the file cannot be read.
pub fn read_file(path: &Path) -> Result<Source, Failure> {
    Source::read_file(path).map_err(|error| Failure::file("read", path, &error))
}

/// Reads the configuration of a document from the file `config`, or from its default path. If `config` is `None` and there is no file
/// at the default path, the configuration is empty.
///
/// # Errors
///
/// Returns a failure if the file cannot be read.
pub fn read_config(document: &Path, config: Option<&Path>) -> Result<Source, Failure> {
    if let Some(path) = config {
        return read_file(path);
    }
    let path = default_config_path(document);
    if std::fs::symlink_metadata(&path).is_err() {
        return Ok(Source::new(path.display().to_string(), ""));
    }
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or(CONFIG_NAME);
    Source::read_beside(document, name).map_err(|error| Failure::file("read", &path, &error))
}

/// Returns the path of the configuration of a document: `NAME.toml` for the document `NAME.yaml` of a workspace, or else
/// `codegen.toml`. Both are in the folder of the document.
pub fn default_config_path(document: &Path) -> PathBuf {
    match workspace_of(document) {
        Some(_) => document.with_extension("toml"),
        None => document.with_file_name(CONFIG_NAME),
    }
}

/// Returns the folder of a path. The folder of a file name is `.`.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Returns the codegen.toml of the workspace of a document. It is in the folder of the document or above, and its
/// `workspace.documents` is the folder of the document.
pub fn workspace_of(document: &Path) -> Option<Source> {
    if document == Path::new(STANDARD_INPUT) {
        return None;
    }
    let folder = std::fs::canonicalize(folder_of(document)).ok()?;
    folder.ancestors().find_map(|ancestor| {
        // This reads only a regular file of limited size.
        let source = Source::read_beside(&ancestor.join(CONFIG_NAME), CONFIG_NAME).ok()?;
        let documents = ancestor.join(documents_of(&source)?);
        std::fs::canonicalize(documents).is_ok_and(|found| found == folder).then_some(source)
    })
}

/// Returns the folder of the documents of a workspace, relative to its codegen.toml. Returns `None` if the configuration is not that of
/// a workspace.
pub fn documents_of(config: &Source) -> Option<String> {
    let config = config.text.parse::<toml::Table>().ok()?;
    config.get("workspace")?.get("documents")?.as_str().map(str::to_owned)
}
