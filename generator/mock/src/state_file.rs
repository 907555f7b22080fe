//! The state file, which stores the state between runs.
//!
//! The first line is the state at the time when the file was created. Each further line has the changes of one request,
//! and is written before the response is sent. A change whose response was sent therefore survives the end of the
//! process, but not a power failure.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;
use crate::state::State;

/// The minimum size, in bytes, at which the file is replaced by a file that has only the current state.
const MIN_COMPACTION_BYTES: u64 = 1 << 20;

/// An open state file. The lock prevents other mocks from writing to the file.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    file: File,
    /// The position after the last complete line. If writing failed, an incomplete line follows.
    end: u64,
    /// The size in bytes at which the file is replaced by a shorter file.
    compaction_size: u64,
    /// The lines that could not be written yet.
    pending: String,
    /// The lock file. It is locked while the state file is open.
    _lock: File,
}

impl StateFile {
    /// Opens or creates a state file, and returns its state.
    ///
    /// # Errors
    ///
    /// Returns [`Error::StateFile`] if the file cannot be read and written, if another mock uses the file, if the file
    /// was not written by a mock, or if `find_problem` returns a problem with the state.
    pub fn open(path: &Path, find_problem: impl FnOnce(&State) -> Option<String>) -> Result<(Self, State), Error> {
        let state_file_error = |reason: String| Error::StateFile(format!("{}: {reason}", path.display()));
        let io_error = |error: io::Error| state_file_error(error.to_string());
        let target_path = resolve_links(path).map_err(io_error)?;
        if let Some(reason) = reason_unusable(&target_path) {
            return Err(state_file_error(reason.to_owned()));
        }
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .open(with_extra_extension(&target_path, "lock"))
            .map_err(io_error)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => state_file_error("another mock keeps its state here".to_owned()),
            TryLockError::Error(error) => io_error(error),
        })?;
        let state = if target_path.exists() {
            let bytes = fs::read(&target_path).map_err(io_error)?;
            let state = read(&bytes).map_err(state_file_error)?;
            if let Some(reason) = find_problem(&state) {
                return Err(state_file_error(reason));
            }
            state
        } else {
            State::default()
        };
        let (file, end) = write(&target_path, &state).map_err(io_error)?;
        let opened = Self {
            path: target_path,
            file,
            end,
            compaction_size: end.saturating_mul(2).max(MIN_COMPACTION_BYTES),
            pending: String::new(),
            _lock: lock,
        };
        Ok((opened, state))
    }

    /// Writes the changes of a request, and the lines that could not be written before.
    ///
    /// # Errors
    ///
    /// Returns the error of the file system. The next call writes the changes again.
    pub fn write_changes(&mut self, state: &State, changes: &[Value]) -> io::Result<()> {
        if !changes.is_empty() {
            self.pending.push_str(&state.counters_with("changes", changes.into()).to_string());
            self.pending.push('\n');
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(self.pending.as_bytes())?;
        self.end += self.pending.len() as u64;
        self.pending.clear();
        if self.end > self.compaction_size {
            // The lines of the old file result in the same state, so keep the old file if it cannot be replaced.
            if let Ok((file, end)) = write(&self.path, state) {
                (self.file, self.end) = (file, end);
            }
            self.compaction_size = self.end.saturating_mul(2).max(MIN_COMPACTION_BYTES);
        }
        Ok(())
    }
}

/// Resolves the symbolic links at a path. The file does not have to exist.
fn resolve_links(path: &Path) -> io::Result<PathBuf> {
    /// The maximum number of links, as on Linux.
    const MAX_LINKS: usize = 40;
    let mut path = std::path::absolute(path)?;
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(to) => path = path.parent().unwrap_or(&path).join(to),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// Returns the reason why a path cannot be used for a state file. A read-only file can be replaced without an error, so
/// this function checks the permissions.
fn reason_unusable(path: &Path) -> Option<&'static str> {
    let metadata = fs::metadata(path).ok()?;
    match metadata.is_file() {
        false => Some("it must be a regular file"),
        true => metadata.permissions().readonly().then_some("it is read-only"),
    }
}

/// Replaces a state file atomically by a file with the current state and the same permissions. Returns the new file and
/// its size in bytes.
fn write(path: &Path, state: &State) -> io::Result<(File, u64)> {
    let new_path = with_extra_extension(path, "new");
    // A mock that was killed may have left a file with this name.
    let _ = fs::remove_file(&new_path);
    let result = write_new(&new_path, path, state);
    if result.is_err() {
        // The disk may be full, so remove the incomplete file.
        let _ = fs::remove_file(&new_path);
    }
    result
}

fn write_new(new_path: &Path, path: &Path, state: &State) -> io::Result<(File, u64)> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(new_path)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    let line = format!("{}\n", state.to_json());
    file.write_all(line.as_bytes())?;
    file.sync_all()?;
    fs::rename(new_path, path)?;
    Ok((file, line.len() as u64))
}

/// Appends an extension to a path.
fn with_extra_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// Reads the state from the contents of a file. An incomplete last line is ignored, because no response was sent for
/// its changes.
fn read(bytes: &[u8]) -> Result<State, String> {
    if bytes.is_empty() {
        return Ok(State::default());
    }
    let mut state: Option<State> = None;
    let complete_lines = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes, |end| &bytes[..end]);
    for (index, line) in complete_lines.split(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        let value: Value = serde_json::from_slice(line).map_err(|error| format!("line {number}: {error}"))?;
        let unknown = || format!("line {number}: {}", Error::State);
        match &mut state {
            None => state = Some(State::from_json(&value).ok_or_else(unknown)?),
            Some(state) => state.apply(&value).ok_or_else(unknown)?,
        }
    }
    state.ok_or_else(|| Error::State.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]

    use serde_json::json;

    use super::*;

    #[test]
    fn failed_writes_are_repeated() {
        let folder = std::env::temp_dir().join(format!("bindery-state-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("state.json");
        let (mut file, mut state) = StateFile::open(&path, |_| None).unwrap();
        let mut put = |file: &mut StateFile, key: &str| {
            state.store.put("/x", key, json!(key.repeat(400_000)));
            let changes = state.store.take_changes();
            file.write_changes(&state, &changes)
        };
        put(&mut file, "a").unwrap();
        let writable = std::mem::replace(&mut file.file, File::open(&path).unwrap());
        put(&mut file, "b").unwrap_err();
        put(&mut file, "c").unwrap_err();
        file.file = writable;
        // This write exceeds the size limit, so the file is replaced.
        put(&mut file, "d").unwrap();
        put(&mut file, "e").unwrap();
        let before = fs::read(&path).unwrap();
        assert!(StateFile::open(&path, |_| None).is_err(), "a file in use cannot be opened");
        drop(file);
        fs::write(&path, [&before, b"{\"tick\": 1, \"cha".as_slice()].concat()).unwrap();
        let (_, state) = StateFile::open(&path, |_| None).unwrap();
        for key in ["a", "b", "c", "d", "e"] {
            assert!(state.store.get("/x", key).is_some(), "{key}");
        }
        assert_eq!(before.iter().filter(|byte| **byte == b'\n').count(), 2);
        fs::remove_dir_all(&folder).unwrap();
    }
}
