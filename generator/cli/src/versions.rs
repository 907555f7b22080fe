//! Reads the two versions that `bindery diff` compares.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use bindery::config::Config;
use bindery::diagnostics::Diagnostics;
use bindery::source::Source;

use crate::failure::Failure;
use crate::inputs::{CONFIG_NAME, Inputs, References, STANDARD_INPUT, default_config_path, folder_of, read_config};
use crate::revision::{Revision, normalize};

/// A document and its configuration.
pub struct Version {
    /// The document.
    pub document: Source,
    /// The configuration.
    pub config: Source,
}

/// The old and the new version.
pub struct Versions {
    /// The old version.
    pub old: Version,
    /// The new version.
    pub new: Version,
    /// Notes about the old version, such as a renamed file.
    pub notes: Vec<String>,
}

/// Reads two documents. Without configurations, each has the configuration in its own folder.
///
/// # Errors
///
/// Returns a failure if a file cannot be read, or both documents come from standard input.
pub fn read_two_documents(
    old: &Path,
    new: &Path,
    [old_config, config]: [Option<&Path>; 2],
    references: &References,
) -> Result<Versions, Failure> {
    if [old, new].iter().all(|path| *path == Path::new(STANDARD_INPUT)) {
        return Err(Failure::usage("both documents are `-`; only one can come from standard input"));
    }
    let new_config = read_config(new, config)?;
    // Two documents in different folders may have one configuration.
    let old_config = match (old_config, config) {
        (Some(path), _) => read_config(old, Some(path))?,
        (None, Some(_)) => new_config.clone(),
        (None, None) => read_config(old, None)?,
    };
    let read = |path: &Path, config: Source| Ok(Version { document: references.read(path, &config)?, config });
    Ok(Versions { old: read(old, old_config)?, new: read(new, new_config)?, notes: Vec::new() })
}

/// Reads a document at a revision, and in the working folder.
///
/// # Errors
///
/// Returns a failure if a file or the repository cannot be read, or if the revision does not have the document.
pub fn read_since(base: &str, inputs: &Inputs) -> Result<Versions, Failure> {
    if inputs.document.as_deref() == Some(Path::new(STANDARD_INPUT)) {
        return Err(Failure::usage("`--base` needs a document in a git repository, not `-`"));
    }
    let (document, config) = inputs.read()?;
    let document_path = PathBuf::from(&document.path);
    let mut revision = Revision::open(base, &document_path)?;
    let path = revision.repository.relative(&document_path)?;
    let (old_path, old_config) = match &inputs.document {
        // The old configuration may name another document.
        None => {
            let old_config = old_config(&mut revision, inputs, &config, &path)?;
            (old_document_of(&mut revision, &old_config, &path)?, old_config)
        }
        Some(_) => {
            let old_path = revision.old_path(&path)?;
            let old_config = old_config(&mut revision, inputs, &config, old_path.as_deref().unwrap_or(&path))?;
            (old_path, old_config)
        }
    };
    let Some(old_path) = old_path else {
        let (path, name) = (path.display(), revision.name());
        return Err(Failure::usage(format!(
            "{path} does not exist at `{name}`, and git finds no renamed file; if you renamed it, `git add` it first; to compare it with \
             another document, name both, as in `bindery diff OLD NEW`"
        )));
    };
    let overlays = old_overlays(&mut revision, &old_config, &inputs.references)?;
    let allowed = inputs.references.allow_refs.iter().map(|folder| revision.repository.relative(folder));
    let allowed = allowed.collect::<Result<Vec<_>, _>>()?;
    let old_document = revision.document(&old_path, overlays, &allowed)?;
    let old = Version { document: old_document, config: old_config.source };
    Ok(Versions { old, new: Version { document, config }, notes: revision.notes })
}

/// The configuration of the old document.
struct OldConfig {
    source: Source,
    /// The folder of the configuration in the repository.
    folder: PathBuf,
}

impl OldConfig {
    fn parsed(&self) -> Option<Config> {
        bindery::config::parse(&self.source, &mut Diagnostics::default())
    }
}

/// Returns the configuration at the revision. If the revision does not have one, that of the working folder applies to both versions.
fn old_config(
    revision: &mut Revision,
    inputs: &Inputs,
    config: &Source,
    old_document: &Path,
) -> Result<OldConfig, Failure> {
    let path = inputs.config.clone().unwrap_or_else(|| match &inputs.document {
        Some(document) => default_config_path(document),
        None => PathBuf::from(CONFIG_NAME),
    });
    let exists = std::fs::symlink_metadata(&path).is_ok();
    let is_of_workspace_member = path.file_name() != Some(OsStr::new(CONFIG_NAME));
    // A configuration outside of the repository has no history.
    let path = revision.repository.relative(&path).ok();
    let old_path = match &path {
        Some(path) if exists => revision.old_path(path)?,
        path => path.clone(),
    };
    let beside = || match is_of_workspace_member {
        true => old_document.with_extension("toml"),
        false => old_document.with_file_name(CONFIG_NAME),
    };
    for old_path in old_path.into_iter().chain(inputs.config.is_none().then(beside)) {
        if let Some(source) = revision.file(&old_path)? {
            return Ok(OldConfig { source, folder: folder_of(&old_path).to_owned() });
        }
    }
    if !config.text.trim().is_empty() {
        revision.notes.push(format!(
            "{} does not exist at `{}`, so this file applies to both versions",
            config.path,
            revision.name()
        ));
    }
    let folder = path.map_or_else(PathBuf::new, |path| folder_of(&path).to_owned());
    Ok(OldConfig { source: config.clone(), folder })
}

/// Returns the document that the old configuration names, or else the old path of a document.
fn old_document_of(revision: &mut Revision, config: &OldConfig, path: &Path) -> Result<Option<PathBuf>, Failure> {
    let named = config.parsed().and_then(|config| config.document);
    let named = named.and_then(|named| normalize(&config.folder.join(named))).filter(|named| named != path);
    if let Some(named) = named
        && revision.file(&named)?.is_some()
    {
        revision.notes.push(format!("at `{}`, {} is {}", revision.name(), path.display(), named.display()));
        return Ok(Some(named));
    }
    revision.old_path(path)
}

/// Returns the overlays of the old document. Leaves out those that the revision does not have.
fn old_overlays(revision: &mut Revision, config: &OldConfig, references: &References) -> Result<Vec<Source>, Failure> {
    let named = config.parsed().map(|config| config.overlays).unwrap_or_default();
    let named = named.into_iter().map(|path| match normalize(&config.folder.join(&path)) {
        Some(path) => Ok(path),
        None => revision.repository.relative(Path::new(&path)),
    });
    let given = references.overlay.iter().map(|path| revision.repository.relative(path));
    let paths = named.chain(given).collect::<Result<Vec<_>, _>>()?;
    let mut overlays = Vec::new();
    for path in paths {
        let old_path = revision.old_path(&path)?.unwrap_or_else(|| path.clone());
        match revision.file(&old_path)? {
            Some(overlay) => overlays.push(overlay),
            None => revision.notes.push(format!(
                "the overlay {} does not exist at `{}`, so the old document is read without it",
                path.display(),
                revision.name()
            )),
        }
    }
    Ok(overlays)
}
