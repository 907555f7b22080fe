//! Reads a document and the files that it refers to.
//!
//! A document may come from somebody who must not read other files of the machine. Only regular files in the folder of
//! the document, or in folders that the caller allows, are read. Symbolic links are resolved first.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::characters::floor_boundary;
use crate::source::{Pointer, Source, join_path};

/// The maximum size of a file that a reference names.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The name of the configuration in the folder of a document.
const CONFIG_NAME: &str = "codegen.toml";

const REF_KEYWORD: &str = "$ref";

/// The maximum length in bytes of a path in a reference.
const MAX_PATH_BYTES: usize = 4096;

/// The target of a path in a reference, for paths that are not keys of [`Source::files`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// The same file as this key of [`Source::files`].
    File(String),
    /// The document itself.
    Document,
    /// A file that was not read.
    Unread(Unread),
}

/// The reason why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// The file does not exist.
    Missing,
    /// The file is neither in the folder of the document nor in another allowed folder.
    Outside,
    /// The path is a folder, a device, a pipe or a socket.
    NotRegular,
    /// The file is larger than 64 MiB.
    TooLarge,
    /// The line with this number is not UTF-8. The first line has the number 1.
    NotUtf8(usize),
    /// The file system returned an error with this message.
    Failed(String),
}

/// A reference to a file that was not read.
#[derive(Clone, Debug)]
pub struct UnreadReference {
    /// The message of the diagnostic.
    pub message: String,
    /// The help of the diagnostic.
    pub help: &'static str,
    /// Whether the file exists, but is not allowed or cannot be read.
    pub file_exists: bool,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("does not exist"),
            Self::Outside => f.write_str("is outside the folder of the document"),
            Self::NotRegular => f.write_str("is not a regular file"),
            Self::TooLarge => write!(f, "is larger than {} MiB", MAX_FILE_BYTES >> 20),
            Self::NotUtf8(line) => write!(f, "is not UTF-8 at line {line}"),
            Self::Failed(error) => write!(f, "cannot be read: {error}"),
        }
    }
}

impl Unread {
    /// Returns the help of the diagnostic about the file.
    fn help(&self) -> &'static str {
        match self {
            Self::Missing => "correct the path, or move the referenced object into this document",
            Self::Outside => {
                "move the file into the folder of the document, or allow its folder with `--allow-refs DIR`"
            }
            Self::NotRegular | Self::Failed(_) => "refer to a readable regular file",
            Self::TooLarge => "split the file, or move the referenced objects into this document",
            Self::NotUtf8(_) => "save the file as UTF-8",
        }
    }
}

impl Source {
    /// Reads one file, and does not follow its references.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not UTF-8.
    pub fn read_file(path: &Path) -> io::Result<Self> {
        Ok(Self::new(path.display().to_string(), decode_utf8(fs::read(path)?).map_err(not_utf8)?))
    }

    /// Reads a document from a stream, such as standard input. `name` is its path in diagnostics. References to other
    /// files are not followed.
    ///
    /// # Errors
    ///
    /// The stream cannot be read, or is not UTF-8.
    pub fn from_reader(name: &str, mut reader: impl Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        Ok(Self::new(name, decode_utf8(bytes).map_err(not_utf8)?))
    }

    /// Reads the configuration of a document from the file `config`, or from `codegen.toml` in the folder of the
    /// document. If `config` is `None` and there is no `codegen.toml`, the configuration is empty.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not UTF-8.
    pub fn read_config(document: &Path, config: Option<&Path>) -> io::Result<Self> {
        match config {
            Some(path) => Self::read_file(path),
            None if fs::symlink_metadata(document.with_file_name(CONFIG_NAME)).is_err() => {
                Ok(Self::new(CONFIG_NAME, ""))
            }
            None => Self::read_beside(document, CONFIG_NAME),
        }
    }

    /// Reads a file in the folder of a document. After symbolic links are resolved, it must be a regular file of at
    /// most 64 MiB in that folder.
    ///
    /// # Errors
    ///
    /// The file does not exist, is outside of the folder, is not a regular file, is too large, cannot be read, or is
    /// not UTF-8.
    pub fn read_beside(document: &Path, name: &str) -> io::Result<Self> {
        let folder = document.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let text = AllowedFolders::new(folder, &[])?.locate(name).and_then(|real_path| read_regular(&real_path));
        let path = folder_of(document).join(name);
        Ok(Self::new(path.display().to_string(), text.map_err(|unread| io::Error::other(format!("it {unread}")))?))
    }

    /// Reads a document, the files that it refers to, and the files that those files refer to.
    ///
    /// Only regular files of at most 64 MiB in the folder of the document or in one of `allowed` are read, after
    /// symbolic links are resolved. [`unread_reference`](Self::unread_reference) returns why a file was not read.
    ///
    /// # Errors
    ///
    /// The document cannot be read, or is not UTF-8.
    pub fn read(path: &Path, allowed: &[PathBuf]) -> io::Result<Self> {
        Self::read_with_overlays(path, Vec::new(), allowed)
    }

    /// Reads a document as [`read`](Self::read) does, to which overlays will be applied. The overlays may refer to files as
    /// the document may, relative to its folder.
    ///
    /// # Errors
    ///
    /// The document cannot be read, or is not UTF-8.
    pub fn read_with_overlays(path: &Path, overlays: Vec<Self>, allowed: &[PathBuf]) -> io::Result<Self> {
        let mut source = Self { overlays, ..Self::read_file(path)? };
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let allowed_folders = AllowedFolders::new(folder, allowed)?;
        // Files are compared by their real paths, because symbolic links give a file several names.
        let mut links_by_real_path: HashMap<_, _> =
            fs::canonicalize(path).into_iter().map(|real_path| (real_path, Link::Document)).collect();
        let mut pending: Vec<String> = source.texts().flat_map(|text| references(text, "")).collect();
        while let Some(name) = pending.pop() {
            if source.files.contains_key(&name) || source.links.contains_key(&name) || name == source.name() {
                continue;
            }
            let real_path = match allowed_folders.locate(&name) {
                Ok(real_path) => real_path,
                Err(unread) => {
                    source.links.insert(name, Link::Unread(unread));
                    continue;
                }
            };
            if let Some(link) = links_by_real_path.get(&real_path) {
                source.links.insert(name, link.clone());
                continue;
            }
            match read_regular(&real_path) {
                Ok(text) => {
                    pending.extend(references(&text, &name));
                    links_by_real_path.insert(real_path, Link::File(name.clone()));
                    let displayed_path = folder_of(path).join(&name).display().to_string();
                    source.files.insert(name, Self::new(displayed_path, text));
                }
                Err(unread) => {
                    links_by_real_path.insert(real_path, Link::Unread(unread.clone()));
                    source.links.insert(name, Link::Unread(unread));
                }
            }
        }
        Ok(source)
    }

    /// Returns the key in `files` of the file that `path` names, for a reference in the file `from`. An empty key stands
    /// for the document itself, both in the result and in `from`.
    pub fn resolve_file(&self, from: &str, path: &str) -> Option<String> {
        let name = join_path(from, path)?;
        if name == self.name() {
            return Some(String::new());
        }
        match self.links.get(&name) {
            Some(Link::Document) => Some(String::new()),
            Some(Link::File(key)) => Some(key.clone()),
            Some(Link::Unread(_)) => None,
            None => self.files.contains_key(&name).then_some(name),
        }
    }

    /// Returns the message and the help for the reference at `location`, whose file was not read.
    pub fn unread_reference(&self, reference: &str, location: &Pointer) -> UnreadReference {
        let (path, _) = reference.split_once('#').unwrap_or((reference, ""));
        let name = join_path(&location.file().unwrap_or_default(), path);
        match name.and_then(|name| self.links.get(&name)) {
            Some(Link::Unread(unread)) => UnreadReference {
                message: format!("`{path}` {unread}"),
                help: unread.help(),
                file_exists: *unread != Unread::Missing,
            },
            _ => UnreadReference {
                message: format!("`{reference}` is not a reference to a local file"),
                help: "save the file beside this document, and refer to it by its relative path",
                file_exists: false,
            },
        }
    }

    /// Returns the files that references may name and that do not exist, by their paths relative to the folder of the document.
    pub fn missing_files(&self) -> impl Iterator<Item = &str> {
        let missing = self.links.iter().filter(|(_, link)| **link == Link::Unread(Unread::Missing));
        missing.map(|(name, _)| name.as_str())
    }

    /// Returns whether references name files that have other names in `files`, or that were not read.
    pub fn has_links(&self) -> bool {
        !self.links.is_empty()
    }
}

/// Returns the folder of a document. It is empty if the path is only a file name.
fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The folders whose files may be read.
struct AllowedFolders {
    /// The real path of the folder of the document.
    document: PathBuf,
    /// The real paths of all allowed folders, including the folder of the document.
    folders: Vec<PathBuf>,
}

impl AllowedFolders {
    fn new(folder: &Path, allowed: &[PathBuf]) -> io::Result<Self> {
        let document = fs::canonicalize(folder)?;
        let allowed = allowed.iter().map(|folder| {
            fs::canonicalize(folder)
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))
        });
        let folders = std::iter::once(Ok(document.clone())).chain(allowed).collect::<io::Result<_>>()?;
        Ok(Self { document, folders })
    }

    /// Returns the real path of a file. `name` is its path relative to the folder of the document.
    fn locate(&self, name: &str) -> Result<PathBuf, Unread> {
        let normalized = normalize_path(&self.document, Path::new(name));
        // Check the path before the file, because a diagnostic must not say whether a file outside of the allowed
        // folders exists.
        if !self.contains(&normalized) {
            return Err(Unread::Outside);
        }
        let real_path = fs::canonicalize(&normalized).map_err(failed)?;
        if self.contains(&real_path) { Ok(real_path) } else { Err(Unread::Outside) }
    }

    fn contains(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder))
    }
}

/// Joins a path with a folder, and resolves `.` and `..`.
fn normalize_path(folder: &Path, name: &Path) -> PathBuf {
    let mut path = folder.to_owned();
    for component in name.components() {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

/// Reads a regular file of at most [`MAX_FILE_BYTES`].
fn read_regular(path: &Path) -> Result<String, Unread> {
    // Check the kind of file before opening it, because opening a pipe would block.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Unread::NotRegular);
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Unread::TooLarge);
    }
    decode_utf8(bytes).map_err(Unread::NotUtf8)
}

fn failed(error: io::Error) -> Unread {
    match error.kind() {
        io::ErrorKind::NotFound => Unread::Missing,
        _ => Unread::Failed(error.to_string()),
    }
}

/// Decodes UTF-8. Returns the number of the first invalid line as an error. The first line has the number 1.
fn decode_utf8(bytes: Vec<u8>) -> Result<String, usize> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        valid.iter().filter(|byte| **byte == b'\n').count() + 1
    })
}

fn not_utf8(line: usize) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is not UTF-8; save the file as UTF-8"))
}

/// Returns the paths of files in the references of a text, relative to the folder of the document. `from` is the path of the file with
/// the text. Any scalar after `$ref` may be a reference, because the text is not parsed.
pub fn references(text: &str, from: &str) -> Vec<String> {
    let mut files = Vec::new();
    for (at, keyword) in text.match_indices(REF_KEYWORD) {
        // Only `MAX_PATH_BYTES` are searched after each reference. A line may contain any number of references, so
        // searching the complete line for each would take quadratic time.
        let end = floor_boundary(text, at + MAX_PATH_BYTES);
        let after = text[at + keyword.len()..end].trim_start_matches(['"', '\'']).trim_start();
        let Some(value) = after.strip_prefix(':') else { continue };
        for value in scalars(value.trim_start(), end == text.len()) {
            let path = value.split('#').next().unwrap_or_default().trim();
            if !path.is_empty() {
                files.extend(join_path(from, path));
            }
        }
    }
    files
}

/// Returns the possible values of the scalar at the start of a text. `is_complete` says that the text was not cut off.
fn scalars(text: &str, is_complete: bool) -> Vec<Cow<'_, str>> {
    let line = |text| match str::split_once(text, '\n') {
        Some((line, _)) => Some(line),
        None => is_complete.then_some(text),
    };
    match text.chars().next() {
        Some('"') => double_quoted(text).into_iter().collect(),
        Some('\'') => text.split('\'').nth(1).map(Cow::Borrowed).into_iter().collect(),
        // Some YAML emitters write a long reference as a block scalar.
        Some('>' | '|') => {
            let block = text.split_once('\n').filter(|(header, _)| !header.contains(REF_KEYWORD));
            block.and_then(|(_, block)| line(block)).map(Cow::Borrowed).into_iter().collect()
        }
        // Inside braces, a scalar ends at `,` or `}`. It is unknown whether the scalar is in braces, so both values are
        // returned, unless the line has two references and therefore braces.
        _ => {
            let value_in_braces = text.find(['\n', ',', '}']).map(|end| &text[..end]);
            let value_in_block = line(text).filter(|line| !line.contains(REF_KEYWORD));
            value_in_braces.into_iter().chain(value_in_block).map(Cow::Borrowed).collect()
        }
    }
}

/// Returns the double-quoted string at the start of a text. JSON may escape a slash as `\/`.
fn double_quoted(text: &str) -> Option<Cow<'_, str>> {
    let mut is_escaped = false;
    let (end, _) = text.char_indices().skip(1).find(|(_, char)| {
        let ends = *char == '"' && !is_escaped;
        is_escaped = *char == '\\' && !is_escaped;
        ends
    })?;
    let token = &text[..=end];
    if token.contains('\\') {
        serde_yaml::from_str(token).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(token.trim_matches('"')))
    }
}
