//! Reads documents at a revision of a git repository, without a checkout.

use std::collections::HashSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use bindery::source::{Source, references};
use fs_err as fs;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::git::Repository;
use crate::git_objects::{self, Entry, LINK, SUBMODULE};
use crate::renames::Renames;

/// The maximum number of symbolic links that are resolved for a path.
const MAX_LINKS: usize = 40;

/// The files of a repository at a revision. All paths are relative to the working folder of the repository.
pub struct Revision {
    /// The repository.
    pub repository: Repository,
    /// Notes about the old version, such as a renamed file.
    pub notes: Vec<String>,
    /// The name in messages and locations.
    name: String,
    commit: String,
    /// The files and folders that were renamed since `commit`. They are read when they are first needed.
    renames: Option<Renames>,
    /// A folder with copies of the files that were read.
    copies: TempDir,
    /// The folders that were copied.
    copied: Vec<PathBuf>,
}

impl Revision {
    /// Opens the last commit that HEAD and a revision, such as `main` or `HEAD~1`, have in common. If there is none, opens the
    /// revision itself, and notes it.
    ///
    /// # Errors
    ///
    /// Returns a failure if git is not installed, the file is not in a repository, or the revision does not exist.
    pub fn open(name: &str, file: &Path) -> Result<Self, Failure> {
        let repository = Repository::containing(file)?;
        let tip = repository.commit(name)?;
        let (mut shown_name, mut notes) = (name.to_owned(), Vec::new());
        let commit = match repository.merge_base(&tip) {
            Some(base) if base == tip => tip,
            Some(base) => {
                let short = repository.run(["rev-parse", "--short", &base])?;
                shown_name = short.trim_end().to_owned();
                notes.push(format!(
                    "`{name}` has commits that HEAD does not have, so the old version is their merge base {shown_name}"
                ));
                base
            }
            None => {
                let help = match repository.is_shallow() {
                    true => "; this clone is shallow, so fetch the history first, as with `git fetch --unshallow`",
                    false => "",
                };
                notes.push(format!(
                    "HEAD and `{name}` have no commit in common, so the old version is `{name}` itself{help}"
                ));
                tip
            }
        };
        let copies =
            TempDir::new().map_err(|error| Failure::io(format!("cannot create a temporary folder: {error}")))?;
        Ok(Self { repository, notes, name: shown_name, commit, renames: None, copies, copied: Vec::new() })
    }

    /// Returns the name of the revision in messages and locations.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the path that a file has at the revision. It is another path if the file was renamed since then. Returns `None` if the
    /// revision does not have the file.
    ///
    /// # Errors
    ///
    /// Returns a failure if git fails.
    pub fn old_path(&mut self, path: &Path) -> Result<Option<PathBuf>, Failure> {
        if self.entry(path)?.is_some() {
            return Ok(Some(path.to_owned()));
        }
        let mut old_path = self.renames()?.files.get(path).cloned();
        // A file in a renamed folder may have changed so much that git does not recognise it.
        if old_path.is_none()
            && let (Some(folder), Some(name)) = (path.parent(), path.file_name())
            && let Some(candidate) = self.renames()?.folders.get(folder).map(|folder| folder.join(name))
            && !self.repository.has_file(&candidate)
            && self.entry(&candidate)?.is_some()
        {
            old_path = Some(candidate);
        }
        if let Some(old_path) = &old_path {
            self.note_other_path(path, old_path);
        }
        Ok(old_path)
    }

    fn note_other_path(&mut self, path: &Path, old_path: &Path) {
        let note = format!("`{}` was called `{}` at `{}`", path.display(), old_path.display(), self.name);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn renames(&mut self) -> Result<&Renames, Failure> {
        let renames = match self.renames.take() {
            Some(renames) => renames,
            None => Renames::of(self.repository.renames_since(&self.commit)?),
        };
        Ok(self.renames.insert(renames))
    }

    /// Reads a file alone. Returns `None` if the revision does not have it.
    ///
    /// # Errors
    ///
    /// Returns a failure if git fails, or if the file is not UTF-8.
    pub fn file(&self, path: &Path) -> Result<Option<Source>, Failure> {
        let Some(entry) = self.entry(path)?.filter(Entry::is_file) else { return Ok(None) };
        let mut content = Vec::new();
        self.read_objects(&[&entry], |_, bytes| {
            content = bytes;
            Ok(())
        })?;
        let name = format!("{}:{}", self.name, path.display());
        let source = Source::from_reader(&name, content.as_slice());
        source.map(Some).map_err(|error| Failure::file("read", Path::new(&name), &error))
    }

    /// Reads a document with the files that it refers to. The references may name files in the folder of the document and in the
    /// folders `allowed`. A folder that the revision does not have is left out, and noted.
    ///
    /// # Errors
    ///
    /// Returns a failure if the revision does not have the document.
    pub fn document(&mut self, path: &Path, overlays: Vec<Source>, allowed: &[PathBuf]) -> Result<Source, Failure> {
        let shown = format!("{}:{}", self.name, path.display());
        let parent = path.parent().unwrap_or(Path::new(""));
        let real_folder = self.copy_folder(parent)?.unwrap_or_else(|| parent.to_owned());
        let Some(entry) = self.entry(path)?.filter(Entry::is_file) else {
            return Err(Failure::usage(format!("{shown} is not a file")));
        };
        let copy = self.copies.path().join(&real_folder).join(path.file_name().unwrap_or_default());
        // The document may be a symbolic link. Its references are relative to the folder of the link.
        let _ = std::fs::remove_file(&copy);
        self.read_objects(&[&entry], |_, bytes| fs::write(&copy, bytes))?;
        let mut allowed_copies = Vec::new();
        for folder in allowed {
            let mut real_folder = self.copy_folder(folder)?;
            if real_folder.is_none()
                && let Some(old_folder) = self.renames()?.folders.get(folder).cloned()
            {
                self.note_other_path(folder, &old_folder);
                real_folder = self.copy_folder(&old_folder)?;
            }
            if real_folder.is_none() && self.submodule_of(folder)?.is_some() {
                let copy = self.copies.path().join(folder);
                fs::create_dir_all(&copy).map_err(|error| Failure::file("create", &copy, &error))?;
                real_folder = Some(folder.clone());
            }
            match real_folder {
                Some(real_folder) => allowed_copies.push(self.copies.path().join(real_folder)),
                None => self.notes.push(format!(
                    "the folder `{}` of `--allow-refs` does not exist at `{}`, so it is left out there",
                    folder.display(),
                    self.name
                )),
            }
        }
        let read = |overlays| {
            let source = Source::read_with_overlays(&copy, overlays, &allowed_copies);
            source.map_err(|error| Failure::file("read", Path::new(&shown), &error))
        };
        let source = read(overlays.clone())?;
        let source = if self.copy_missing(&real_folder, &source)? { read(overlays)? } else { source };
        Ok(self.with_names(source))
    }

    /// Copies the files that a document refers to and that were not copied with its folder: files with other extensions, and files of
    /// submodules. Notes the files that only the working folder has. Returns whether it copied a file.
    fn copy_missing(&mut self, folder: &Path, document: &Source) -> Result<bool, Failure> {
        let mut pending: Vec<String> = document.missing_files().map(str::to_owned).collect();
        let mut seen = HashSet::new();
        let mut copied = false;
        while let Some(name) = pending.pop() {
            let Some(path) = normalize(&folder.join(&name)) else { continue };
            if !seen.insert(path.clone()) || self.copies.path().join(&path).exists() {
                continue;
            }
            let Some((real_path, content)) = self.any_file(&path)? else {
                if self.repository.has_file(&path) {
                    let (path, name) = (path.display(), &self.name);
                    self.notes.push(format!(
                        "git does not have `{path}` at `{name}`, so references to it accept any value there"
                    ));
                }
                continue;
            };
            pending.extend(references(&String::from_utf8_lossy(&content), &name));
            let copy = self.copies.path().join(real_path);
            let written = fs::create_dir_all(copy.parent().unwrap_or(&copy)).and_then(|()| fs::write(&copy, content));
            written.map_err(|error| Failure::file("write", &copy, &error))?;
            copied = true;
        }
        Ok(copied)
    }

    /// Returns the content of a file of the repository or of one of its submodules, and its path after symbolic links are resolved.
    fn any_file(&self, path: &Path) -> Result<Option<(PathBuf, Vec<u8>)>, Failure> {
        if let Some(entry) = self.entry(path)?.filter(Entry::is_file) {
            let mut content = Vec::new();
            self.read_objects(&[&entry], |_, bytes| {
                content = bytes;
                Ok(())
            })?;
            return Ok(Some((entry.path, content)));
        }
        let file = self.submodule_of(path)?.and_then(|submodule| {
            let rest = path.strip_prefix(&submodule.path).ok()?;
            self.repository.submodule_file(&submodule.path, &submodule.id, rest)
        });
        Ok(file.map(|content| (path.to_owned(), content)))
    }

    /// Returns the submodule that has a path.
    fn submodule_of(&self, path: &Path) -> Result<Option<Entry>, Failure> {
        let parents: Vec<&Path> = path.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()).collect();
        let entries = if parents.is_empty() { Vec::new() } else { self.entries(&["-t"], &parents)? };
        Ok(entries.into_iter().find(|entry| entry.mode == SUBMODULE))
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

    /// Returns the entry at a path after symbolic links are resolved. Returns `None` if there is none, or if a link leads out of the
    /// repository.
    fn entry(&self, path: &Path) -> Result<Option<Entry>, Failure> {
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            let mut prefixes: Vec<&Path> = path.ancestors().filter(|prefix| !prefix.as_os_str().is_empty()).collect();
            prefixes.reverse();
            let entries = self.entries(&["-t"], &prefixes)?;
            let link = prefixes.iter().find_map(|prefix| {
                entries.iter().find(|entry| entry.path == **prefix).filter(|entry| entry.mode == LINK)
            });
            let Some(link) = link else { return Ok(entries.into_iter().find(|entry| entry.path == path)) };
            let mut target = String::new();
            self.read_objects(&[link], |_, bytes| {
                target = String::from_utf8_lossy(&bytes).into_owned();
                Ok(())
            })?;
            let rest = path.strip_prefix(&link.path).unwrap_or(Path::new(""));
            let parent = link.path.parent().unwrap_or(Path::new(""));
            let Some(resolved) = normalize(&parent.join(target).join(rest)) else { return Ok(None) };
            path = resolved;
        }
        Ok(None)
    }

    /// Returns the path of a folder after symbolic links are resolved, or `None` if the revision does not have the folder.
    ///
    /// # Errors
    ///
    /// Returns a failure if git fails.
    pub fn folder(&self, path: &Path) -> Result<Option<PathBuf>, Failure> {
        if path.as_os_str().is_empty() {
            return Ok(Some(PathBuf::new()));
        }
        Ok(self.entry(path)?.filter(|entry| !entry.is_file()).map(|entry| entry.path))
    }

    /// Lists entries of the revision. Without paths, lists the entries of the root.
    fn entries(&self, options: &[&str], paths: &[&Path]) -> Result<Vec<Entry>, Failure> {
        let mut command = self.repository.command(["ls-tree", "-z", "--full-tree"]);
        command.args(options).args([&self.commit, "--"]).args(paths);
        let output = command.output().map_err(|error| Failure::io(format!("cannot run git: {error}")))?;
        let listed = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Failure::io(format!("cannot list the files of {}: {message}", self.name)));
        }
        let entries = listed.split('\0').filter_map(|entry| {
            // The mode, the kind, the ID, and the path.
            let (description, path) = entry.split_once('\t')?;
            let mut words = description.split(' ');
            let mode = words.next()?.to_owned();
            Some(Entry { path: PathBuf::from(path), mode, id: words.nth(1)?.to_owned() })
        });
        Ok(entries.collect())
    }

    /// Copies the documents, the configurations and the symbolic links in a folder and below it. Returns the path of the folder after
    /// symbolic links are resolved, or `None` if the revision does not have the folder.
    fn copy_folder(&mut self, folder: &Path) -> Result<Option<PathBuf>, Failure> {
        let Some(folder) = self.folder(folder)? else { return Ok(None) };
        if self.copied.iter().any(|copied| folder.starts_with(copied)) {
            return Ok(Some(folder));
        }
        let paths = if folder.as_os_str().is_empty() { Vec::new() } else { vec![folder.as_path()] };
        let entries = self.entries(&["-r"], &paths)?;
        let (links, files): (Vec<_>, Vec<_>) =
            entries.iter().filter(|entry| entry.may_be_referred_to()).partition(|entry| entry.mode == LINK);
        let copies = self.copies.path().to_owned();
        let write = |entry: &Entry, bytes: Vec<u8>| {
            let copy = copies.join(&entry.path);
            fs::create_dir_all(copy.parent().unwrap_or(&copies))?;
            if entry.mode == LINK { create_link(&bytes, &copy) } else { fs::write(copy, bytes) }
        };
        fs::create_dir_all(copies.join(&folder)).map_err(|error| Failure::file("create", &copies, &error))?;
        self.read_objects(&files, write)?;
        self.read_objects(&links, write)?;
        self.copied.push(folder.clone());
        Ok(Some(folder))
    }

    /// Reads the content of entries.
    fn read_objects(
        &self,
        entries: &[&Entry],
        handle: impl FnMut(&Entry, Vec<u8>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        git_objects::read(&self.repository, entries, handle)
            .map_err(|error| Failure::io(format!("cannot read the files of {}: {error}", self.name)))
    }
}

/// Resolves `.` and `..` in a relative path. Returns `None` for an absolute path, and for a path that leaves the repository.
pub fn normalize(path: &Path) -> Option<PathBuf> {
    let mut normalized = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => normalized.pop().then_some(())?,
            Component::CurDir => {}
            Component::Normal(name) => normalized.push(name),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normalized)
}

/// Creates a symbolic link. An absolute target would lead out of the copies.
#[cfg(unix)]
fn create_link(target: &[u8], link: &Path) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;

    let target = Path::new(std::ffi::OsStr::from_bytes(target));
    if target.is_absolute() { Ok(()) } else { std::os::unix::fs::symlink(target, link) }
}

/// Links are created only on Unix. Elsewhere, references through links are not found.
#[cfg(not(unix))]
fn create_link(_: &[u8], _: &Path) -> io::Result<()> {
    Ok(())
}
