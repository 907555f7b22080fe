//! Reads the two versions that `bindery diff` compares.

use std::path::{Path, PathBuf};

use bindery::Defaults;
use bindery::config::Config;
use bindery::diagnostics::Diagnostics;
use bindery::source::Source;

use crate::failure::Failure;
use crate::inputs::{
    CONFIG_NAME, DOCUMENT_EXTENSIONS, Inputs, References, STANDARD_INPUT, default_config_path, documents_of, folder_of,
    read_config, workspace_of,
};
use crate::revision::{Revision, normalize};

/// A document and its configuration.
pub struct Version {
    /// The document.
    pub document: Source,
    /// The configuration.
    pub config: Source,
    /// The values of keys that a workspace sets for the document.
    pub defaults: Defaults,
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
    let settings = |document, config| Ok((read_config(document, config)?, defaults_of(document, config)));
    let new_settings = settings(new, config)?;
    // Two documents in different folders may have one configuration.
    let old_settings = match (old_config, config) {
        (None, Some(_)) => new_settings.clone(),
        (old_config, _) => settings(old, old_config)?,
    };
    let read =
        |path: &Path, (config, defaults)| Ok(Version { document: references.read(path, &config)?, config, defaults });
    Ok(Versions { old: read(old, old_settings)?, new: read(new, new_settings)?, notes: Vec::new() })
}

/// Returns the values that a workspace sets for a document. If a configuration is given, it must be that of a document of the
/// workspace.
fn defaults_of(document: &Path, config: Option<&Path>) -> Defaults {
    let has_document =
        |config: &Path| DOCUMENT_EXTENSIONS.iter().any(|extension| config.with_extension(extension).exists());
    let file = match config {
        Some(config) => Some(config).filter(|config| has_document(config)),
        None => Some(document),
    };
    let workspace = file.and_then(|file| Some(member_defaults(&workspace_of(file)?, file)));
    workspace.unwrap_or_default()
}

fn member_defaults(workspace: &Source, document: &Path) -> Defaults {
    Defaults::of_member(workspace, &document.file_name().unwrap_or_default().to_string_lossy())
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
    let (old_path, old_config) = old_files(&mut revision, inputs, &document_path, &config)?;
    let defaults = defaults_of(&document_path, inputs.config.as_deref());
    let old_defaults = match &old_config.workspace {
        Some(workspace) => member_defaults(workspace, &old_path),
        None if inputs.config.is_some() => defaults.clone(),
        None => Defaults::default(),
    };
    let overlays = old_overlays(&mut revision, &old_config, &inputs.references)?;
    let allowed = inputs.references.allow_refs.iter().map(|folder| revision.repository.relative(folder));
    let allowed = allowed.collect::<Result<Vec<_>, _>>()?;
    let old_document = revision.document(&old_path, overlays, &allowed)?;
    let old = Version { document: old_document, config: old_config.source, defaults: old_defaults };
    Ok(Versions { old, new: Version { document, config, defaults }, notes: revision.notes })
}

/// Returns the path of the old document, and its configuration. `config` is that of the new document.
fn old_files(
    revision: &mut Revision,
    inputs: &Inputs,
    document: &Path,
    config: &Source,
) -> Result<(PathBuf, OldConfig), Failure> {
    let path = revision.repository.relative(document)?;
    // With a configuration, or without a document, the old configuration is found first, because it may name another document.
    let is_config_first = inputs.config.is_some() || inputs.document.is_none();
    let config_at_own_path = if is_config_first { config_at_own_path(revision, inputs)? } else { None };
    let was_workspace = config_at_own_path.as_ref().is_some_and(|config| documents_of(&config.source).is_some());
    let named_config = config_at_own_path.filter(|_| !was_workspace);
    let old_path = match &inputs.document {
        None => old_document_of(revision, named_config.as_ref(), &path)?,
        Some(_) => revision.old_path(&path)?,
    };
    let Some(old_path) = old_path else {
        let (path, name) = (path.display(), revision.name());
        return Err(Failure::usage(format!(
            "`{path}` does not exist at `{name}`, and git finds no renamed file; if you renamed it, `git add` it first; to compare it with \
             another document, name both, as in `bindery diff OLD NEW`"
        )));
    };
    let old_config = match named_config {
        None if inputs.config.is_none() || was_workspace => config_of_old_document(revision, &old_path)?,
        config => config,
    };
    let old_config = match old_config {
        Some(config) => config,
        None => fallback_config(revision, inputs, config)?,
    };
    Ok((old_path, old_config))
}

/// The configuration of the old document.
struct OldConfig {
    source: Source,
    /// The folder of the configuration in the repository.
    folder: PathBuf,
    /// The codegen.toml of the workspace that has the document.
    workspace: Option<Source>,
}

impl OldConfig {
    fn parsed(&self) -> Option<Config> {
        bindery::config::parse(&self.source, &mut Diagnostics::default())
    }
}

/// Returns the configuration of an old document that has none in its folder or above: the file at the path of the new
/// configuration, or else the file of the working folder, which then applies to both versions.
fn fallback_config(revision: &mut Revision, inputs: &Inputs, config: &Source) -> Result<OldConfig, Failure> {
    if let Some(config) = config_at_own_path(revision, inputs)?.filter(|config| documents_of(&config.source).is_none())
    {
        return Ok(config);
    }
    // The revision does not have the workspace either.
    let workspace = inputs.document.as_deref().filter(|_| inputs.config.is_none()).and_then(workspace_of);
    for file in workspace.iter().chain([config]).filter(|file| !file.text.trim().is_empty()) {
        let path = Path::new(&file.path);
        let shown = if path.is_absolute() { revision.repository.relative(path).ok() } else { None };
        let shown = shown.as_deref().unwrap_or(path).display();
        let note = format!(
            "`{shown}` does not exist at `{}`, so the file of the working folder applies to both versions",
            revision.name()
        );
        revision.notes.push(note);
    }
    let path = revision.repository.relative(&config_path(inputs)).ok();
    let folder = path.map_or_else(PathBuf::new, |path| folder_of(&path).to_owned());
    Ok(OldConfig { source: config.clone(), folder, workspace })
}

/// Returns the path of the new configuration, which need not exist.
fn config_path(inputs: &Inputs) -> PathBuf {
    inputs.config.clone().unwrap_or_else(|| match &inputs.document {
        Some(document) => default_config_path(document),
        None => PathBuf::from(CONFIG_NAME),
    })
}

/// Returns the file at the revision that has the path of the new configuration, or that was renamed to it.
fn config_at_own_path(revision: &mut Revision, inputs: &Inputs) -> Result<Option<OldConfig>, Failure> {
    let path = config_path(inputs);
    let exists = std::fs::symlink_metadata(&path).is_ok();
    // A configuration outside of the repository has no history.
    let Ok(path) = revision.repository.relative(&path) else { return Ok(None) };
    let old_path = if exists { revision.old_path(&path)? } else { Some(path) };
    let Some(old_path) = old_path else { return Ok(None) };
    let folder = folder_of(&old_path).to_owned();
    Ok(revision.file(&old_path)?.map(|source| OldConfig { source, folder, workspace: None }))
}

/// Returns the configuration that a document had at the revision: `NAME.toml` in a workspace, codegen.toml in the folder of the
/// document, or a codegen.toml above that names the document.
fn config_of_old_document(revision: &Revision, document: &Path) -> Result<Option<OldConfig>, Failure> {
    let parent = document.parent().unwrap_or(Path::new(""));
    let Some(real_folder) = revision.folder(parent)? else { return Ok(None) };
    let mut found = None;
    for folder in real_folder.ancestors() {
        let Some(source) = revision.file(&folder.join(CONFIG_NAME))? else { continue };
        if let Some(documents) = documents_of(&source).and_then(|documents| normalize(&folder.join(documents)))
            && revision.folder(&documents)?.is_some_and(|documents| documents == real_folder)
        {
            let path = document.with_extension("toml");
            // A document without a configuration of its own has an empty one.
            let empty = || Source::new(format!("{}:{}", revision.name(), path.display()), "");
            let config = revision.file(&path)?.unwrap_or_else(empty);
            return Ok(Some(OldConfig { source: config, folder: parent.to_owned(), workspace: Some(source) }));
        }
        let config = OldConfig { source, folder: folder.to_owned(), workspace: None };
        let names_document = || {
            let named = config.parsed()?.document.and_then(|named| normalize(&folder.join(named)))?;
            Some(named == document)
        };
        if found.is_none() && (folder == real_folder || names_document().unwrap_or_default()) {
            found = Some(config);
        }
    }
    Ok(found)
}

/// Returns the document that the old configuration names, or else the old path of a document.
fn old_document_of(
    revision: &mut Revision,
    config: Option<&OldConfig>,
    path: &Path,
) -> Result<Option<PathBuf>, Failure> {
    let named = config.and_then(|config| normalize(&config.folder.join(config.parsed()?.document?)));
    if let Some(old_path) = named.filter(|named| named != path)
        && revision.file(&old_path)?.is_some()
    {
        let (name, named, path) = (revision.name(), old_path.display(), path.display());
        let note = format!("codegen.toml at `{name}` names the document `{named}`, not `{path}`");
        revision.notes.push(note);
        return Ok(Some(old_path));
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
                "the overlay `{}` does not exist at `{}`, so the old document is read without it",
                path.display(),
                revision.name()
            )),
        }
    }
    Ok(overlays)
}
