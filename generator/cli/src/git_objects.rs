//! Reads the content of files from the objects of a git repository.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use crate::git::Repository;

/// The mode of a symbolic link.
pub const LINK: &str = "120000";

/// The mode of a submodule. Its ID is that of a commit.
pub const SUBMODULE: &str = "160000";

/// An entry of a folder at a revision.
pub struct Entry {
    /// The path in the repository.
    pub path: PathBuf,
    /// The mode, as git writes it.
    pub mode: String,
    /// The ID of the object.
    pub id: String,
}

impl Entry {
    /// Returns whether the entry is a file, and not a folder, a symbolic link or a submodule.
    pub fn is_file(&self) -> bool {
        self.mode.starts_with("100")
    }

    /// Returns whether a document may refer to the entry: a file with the extension of a document, or a symbolic link.
    pub fn may_be_referred_to(&self) -> bool {
        let extension = self.path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        self.mode == LINK || self.is_file() && matches!(extension, "yaml" | "yml" | "json" | "toml")
    }
}

/// Reads the content of entries, and calls `handle` for each.
///
/// # Errors
///
/// Returns an error if git fails, or if `handle` does.
pub fn read(
    repository: &Repository,
    entries: &[&Entry],
    handle: impl FnMut(&Entry, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let mut command = repository.command(["cat-file", "--batch"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    // git ends when its pipes are closed. A process that is not waited for stays as a zombie.
    let result = exchange(&mut child, entries, handle);
    let status = child.wait()?;
    result?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("git failed with {status}"))) }
}

/// Sends the IDs of entries to `git cat-file --batch`, and reads their content. Closes the pipes.
fn exchange(
    child: &mut Child,
    entries: &[&Entry],
    mut handle: impl FnMut(&Entry, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("cannot open the pipes of git"));
    };
    let mut output = BufReader::new(output);
    for entry in entries {
        writeln!(input, "{}", entry.id)?;
        input.flush()?;
        let mut header = String::new();
        output.read_line(&mut header)?;
        let length = header.trim_end().rsplit(' ').next().and_then(|length| length.parse::<usize>().ok());
        let length = length.ok_or_else(|| io::Error::other(format!("unexpected output of git: {header}")))?;
        let mut content = vec![0; length + 1];
        output.read_exact(&mut content)?;
        content.pop();
        handle(entry, content)?;
    }
    Ok(())
}
