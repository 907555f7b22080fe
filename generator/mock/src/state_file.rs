//! The state file, which keeps the stored records between runs.
//!
//! Its first line is everything that was stored when the file was opened. Each line behind it is what one request has changed,
//! and is written before the response is sent: an acknowledged change survives the end of the process, but not a power failure.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;
use crate::state::State;

/// The smallest size of the changes, in bytes, at which they are replaced by everything that is stored.
const MIN_COMPACTION_BYTES: u64 = 1 << 20;

/// A state file that nothing else writes to as long as this lives.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    file: File,
    /// Where the next line begins: behind it is at most a part of a line that could not be written.
    end: u64,
    /// The length from which on the file is written anew.
    limit: u64,
    /// The lines that are still to be written.
    pending: String,
    /// Locked, so that there is one mock for each file.
    _lock: File,
}

impl StateFile {
    /// Opens a file, or creates it, and returns what it holds.
    ///
    /// # Errors
    ///
    /// [`Error::StateFile`] if the file cannot be read and written, another mock has it, no mock has written it, or `problem` returns
    /// why its state cannot be used.
    pub fn open(path: &Path, problem: impl FnOnce(&State) -> Option<String>) -> Result<(Self, State), Error> {
        let refused = |why: String| Error::StateFile(format!("{}: {why}", path.display()));
        let io = |error: io::Error| refused(error.to_string());
        let real = target(path).map_err(io)?;
        if let Some(why) = unusable(&real) {
            return Err(refused(why.to_owned()));
        }
        let lock = OpenOptions::new().create(true).append(true).open(beside(&real, "lock")).map_err(io)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => refused("another mock keeps its state here".to_owned()),
            TryLockError::Error(error) => io(error),
        })?;
        let state = if real.exists() {
            let bytes = fs::read(&real).map_err(io)?;
            let state = read(&bytes).map_err(refused)?;
            if let Some(why) = problem(&state) {
                return Err(refused(why));
            }
            state
        } else {
            State::default()
        };
        let (file, end) = write(&real, &state).map_err(io)?;
        let opened = Self {
            path: real,
            file,
            end,
            limit: end.saturating_mul(2).max(MIN_COMPACTION_BYTES),
            pending: String::new(),
            _lock: lock,
        };
        Ok((opened, state))
    }

    /// Writes what a request has changed, and what could not be written before.
    ///
    /// # Errors
    ///
    /// The error of the file system. The changes are kept, to be written by the next call.
    pub fn keep(&mut self, state: &State, changes: &[Value]) -> io::Result<()> {
        if !changes.is_empty() {
            self.pending.push_str(&state.with("changes", changes.into()).to_string());
            self.pending.push('\n');
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(self.pending.as_bytes())?;
        self.end += self.pending.len() as u64;
        self.pending.clear();
        if self.end > self.limit {
            // It is not needed: the lines that are there say the same.
            if let Ok((file, end)) = write(&self.path, state) {
                (self.file, self.end) = (file, end);
            }
            self.limit = self.end.saturating_mul(2).max(MIN_COMPACTION_BYTES);
        }
        Ok(())
    }
}

/// Returns the path that the symbolic links at a path lead to, whether there is a file or not. The links stay as they are.
fn target(path: &Path) -> io::Result<PathBuf> {
    /// As many links as Linux follows.
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

/// Returns why a path cannot be that of a state file. A file that is replaced could be read-only, so writing alone does not tell.
fn unusable(path: &Path) -> Option<&'static str> {
    let metadata = fs::metadata(path).ok()?;
    match metadata.is_file() {
        false => Some("it must be a regular file"),
        true => metadata.permissions().readonly().then_some("it is read-only"),
    }
}

/// Replaces a file by one with everything that is stored, and the same permissions: whoever reads it finds the old text or the
/// new.
fn write(path: &Path, state: &State) -> io::Result<(File, u64)> {
    let new = beside(path, "new");
    // A mock that was killed may have left one.
    let _ = fs::remove_file(&new);
    let written = write_new(&new, path, state);
    if written.is_err() {
        // A part of a file would only take up the room that is missing.
        let _ = fs::remove_file(&new);
    }
    written
}

fn write_new(new: &Path, path: &Path, state: &State) -> io::Result<(File, u64)> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(new)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    let line = format!("{}\n", state.to_json());
    file.write_all(line.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, path)?;
    Ok((file, line.len() as u64))
}

/// The path with another extension behind its own.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// What a file holds. A last line without an end was never acknowledged, and does not count.
fn read(bytes: &[u8]) -> Result<State, String> {
    if bytes.is_empty() {
        return Ok(State::default());
    }
    let mut state: Option<State> = None;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes, |end| &bytes[..end]);
    for (index, line) in whole.split(|byte| *byte == b'\n').enumerate() {
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
            file.keep(&state, &changes)
        };
        put(&mut file, "a").unwrap();
        let writable = std::mem::replace(&mut file.file, File::open(&path).unwrap());
        put(&mut file, "b").unwrap_err();
        put(&mut file, "c").unwrap_err();
        file.file = writable;
        // By then there is so much that the file is written anew.
        put(&mut file, "d").unwrap();
        put(&mut file, "e").unwrap();
        let before = fs::read(&path).unwrap();
        assert!(StateFile::open(&path, |_| None).is_err(), "it is in use");
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
