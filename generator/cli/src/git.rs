//! Reads documents at a revision of a git repository, without a checkout.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bindery::source::Source;
use fs_err as fs;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::inputs::References;

/// The files of a repository at a revision.
pub struct Revision {
    name: String,
    /// The folder of the repository.
    root: PathBuf,
    /// A folder with copies of the files that were read.
    copies: TempDir,
    /// The folders that were copied.
    copied: Vec<PathBuf>,
}

impl Revision {
    /// Opens a revision, such as `main` or `HEAD~1`, of the repository that contains a file.
    ///
    /// # Errors
    ///
    /// Returns a failure if git is not installed, the file is not in a repository, or the revision does not exist.
    pub fn open(name: &str, file: &Path) -> Result<Self, Failure> {
        let folder = folder_of(file);
        let root = PathBuf::from(git(folder, &["rev-parse", "--show-toplevel"])?.trim_end());
        let commit = format!("{name}^{{commit}}");
        git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
            .map_err(|_| Failure::usage(format!("`{name}` is not a revision of the repository {}", root.display())))?;
        let copies =
            TempDir::new().map_err(|error| Failure::io(format!("cannot create a temporary folder: {error}")))?;
        Ok(Self { name: name.to_owned(), root, copies, copied: Vec::new() })
    }

    /// Reads a file. Returns `None` if the revision does not have it.
    ///
    /// # Errors
    ///
    /// Returns a failure if git fails, or if the file cannot be read.
    pub fn file(&mut self, path: &Path) -> Result<Option<Source>, Failure> {
        let (copy, _) = self.copy(path)?;
        if !copy.exists() {
            return Ok(None);
        }
        let source = Source::read_file(&copy).map_err(|error| Failure::file("read", path, &error))?;
        Ok(Some(self.with_names(source)))
    }

    /// Reads a document with the files that it refers to, and its overlays.
    ///
    /// # Errors
    ///
    /// Returns a failure if the revision does not have the document or an overlay.
    pub fn document(&mut self, path: &Path, config: &Source, references: &References) -> Result<Source, Failure> {
        let (copy, relative) = self.copy(path)?;
        let missing = |path: &Path| Failure::io(format!("{} does not exist at `{}`", path.display(), self.name));
        if !copy.exists() {
            return Err(missing(&relative));
        }
        // The paths of overlays are relative to the configuration. Here, its path is the path in the working folder.
        let overlays = bindery::overlay_paths(config).into_iter().chain(references.overlay.iter().cloned());
        let mut overlay_sources = Vec::new();
        for overlay in overlays.collect::<Vec<_>>() {
            let overlay_source = self.file(&overlay)?;
            overlay_sources.push(overlay_source.ok_or_else(|| {
                Failure::io(format!("the overlay {} does not exist at `{}`", overlay.display(), self.name))
            })?);
        }
        let mut allowed = Vec::new();
        for folder in &references.allow_refs {
            let (copy, _) = self.copy(&folder.join("codegen.toml"))?;
            allowed.push(folder_of(&copy).to_owned());
        }
        let source = Source::read_with_overlays(&copy, overlay_sources, &allowed)
            .map_err(|error| Failure::file("read", &relative, &error))?;
        Ok(self.with_names(source))
    }

    /// Replaces the paths of copies by names such as `main:spec/api.yaml`.
    fn with_names(&self, mut source: Source) -> Source {
        let rename = |source: &mut Source| {
            if let Ok(relative) = Path::new(&source.path).strip_prefix(self.copies.path()) {
                source.path = format!("{}:{}", self.name, relative.display());
            }
        };
        rename(&mut source);
        source.files.values_mut().for_each(rename);
        source
    }

    /// Copies a file with its folder. Returns the path of the copy, and the path in the repository.
    fn copy(&mut self, path: &Path) -> Result<(PathBuf, PathBuf), Failure> {
        let folder = folder_of(path);
        let folder = fs::canonicalize(folder).map_err(|error| Failure::file("read", folder, &error))?;
        let root = fs::canonicalize(&self.root).map_err(|error| Failure::file("read", &self.root, &error))?;
        let Ok(folder) = folder.strip_prefix(&root) else {
            return Err(Failure::usage(format!("{} is not in the repository {}", path.display(), root.display())));
        };
        let relative = folder.join(path.file_name().unwrap_or_default());
        let copy = self.copies.path().join(&relative);
        if !self.copied.iter().any(|copied| folder.starts_with(copied)) {
            self.copy_files(folder, &relative)?;
            self.copied.push(folder.to_owned());
        } else if !copy.exists() {
            self.copy_files(&relative, &relative)?;
        }
        Ok((copy, relative))
    }

    /// Copies a file, and the documents and configurations at a path and in the folders below it.
    fn copy_files(&self, at: &Path, file: &Path) -> Result<(), Failure> {
        let shown = if at.as_os_str().is_empty() { Path::new(".") } else { at };
        let listed = git(&self.root, &["ls-tree", "-r", "-z", &self.name, "--", &shown.display().to_string()])?;
        let mut objects: BTreeMap<&str, &str> = BTreeMap::new();
        for entry in listed.split('\0').filter(|entry| !entry.is_empty()) {
            let Some((description, path)) = entry.split_once('\t') else { continue };
            let mut words = description.split(' ');
            // Symbolic links are not followed.
            let is_file = words.next().is_some_and(|mode| mode.starts_with("100"));
            let extension = Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if is_file && (matches!(extension, "yaml" | "yml" | "json" | "toml") || Path::new(path) == file) {
                objects.insert(path, words.nth(1).unwrap_or_default());
            }
        }
        self.write_objects(&objects)
            .map_err(|error| Failure::io(format!("cannot read the revision `{}`: {error}", self.name)))
    }

    fn write_objects(&self, objects: &BTreeMap<&str, &str>) -> io::Result<()> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root).args(["cat-file", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("cannot open the pipes of git"));
        };
        let mut output = BufReader::new(output);
        for (path, id) in objects {
            writeln!(input, "{id}")?;
            input.flush()?;
            let mut header = String::new();
            output.read_line(&mut header)?;
            let length = header.trim_end().rsplit(' ').next().and_then(|length| length.parse::<usize>().ok());
            let length = length.ok_or_else(|| io::Error::other(format!("unexpected output of git: {header}")))?;
            let mut content = vec![0; length + 1];
            output.read_exact(&mut content)?;
            content.pop();
            let target = self.copies.path().join(path);
            fs::create_dir_all(folder_of(&target))?;
            fs::write(&target, content)?;
        }
        drop(input);
        child.wait().map(|_| ())
    }
}

/// Returns the folder of a path. The folder of a file name is `.`.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Returns whether files differ from the last commit. Returns `false` outside of a repository, and before the first commit.
pub fn is_changed(document: &Path, files: &[&Path]) -> bool {
    let files: Vec<PathBuf> = files.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut command = Command::new("git");
    command.arg("-C").arg(folder_of(document)).args(["diff", "--quiet", "HEAD", "--"]).args(files);
    // git returns 1 for a difference, and larger codes for errors.
    command.stderr(Stdio::null()).status().is_ok_and(|status| status.code() == Some(1))
}

/// Runs git, and returns its output.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| Failure::io(format!("cannot run git: {error}")))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Failure::io(format!("git {} failed: {message}", arguments.first().unwrap_or(&""))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
