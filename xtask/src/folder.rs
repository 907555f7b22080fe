//! A generated crate's folder on disk: read whole, and changed whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use bindery::fileset::{Drift, DriftKind, FileSet};

/// The texts of the files that a generated crate owns, by their paths below `folder`: its manifest, and all of
/// `src` and `tests`.
///
/// A folder that is not there is an empty one.
pub fn read(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    collect(folder, "Cargo.toml", &mut files)?;
    collect(folder, "src", &mut files)?;
    collect(folder, "tests", &mut files)?;
    Ok(files)
}

fn collect(folder: &Path, path: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    let full = folder.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full)? {
            let name = entry?.file_name();
            collect(folder, &format!("{path}/{}", name.to_string_lossy()), files)?;
        }
    } else if full.exists() {
        // A file that is no text is none of ours, and is left alone like every other of that kind.
        let text = String::from_utf8_lossy(&fs::read(&full)?).into_owned();
        files.insert(path.to_owned(), text);
    }
    Ok(())
}

/// Brings a folder to hold the files, by changing only what has drifted.
///
/// All new text is on disk before the first old file moves, and a move that fails undoes those before it.
pub fn write(folder: &Path, files: &FileSet, drift: &[Drift]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let staging = tempfile::Builder::new().prefix(".bindery-").tempdir_in(folder)?;
    let (new, old) = (staging.path().join("new"), staging.path().join("old"));
    for path in drift.iter().filter(|one| one.kind != DriftKind::Orphaned).map(|one| &one.path) {
        create_parent(&new.join(path))?;
        fs::write(new.join(path), files.get(path).unwrap_or_default())?;
    }
    for (index, one) in drift.iter().enumerate() {
        if let Err(error) = exchange(folder, &new, &old, &one.path) {
            for one in drift[..index].iter().rev() {
                // What cannot be put back cannot be helped any more; the first error is the one to report.
                let _ = restore(folder, &old, &one.path);
            }
            return Err(error);
        }
    }
    for one in drift.iter().filter(|one| one.kind == DriftKind::Orphaned) {
        remove_empty(folder, Path::new(&one.path));
    }
    Ok(())
}

/// Moves the old file out of the way and the new one, if there is one, into its place.
fn exchange(folder: &Path, new: &Path, old: &Path, path: &str) -> io::Result<()> {
    let target = folder.join(path);
    if target.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, format!("{} is a folder", target.display())));
    }
    if target.exists() {
        create_parent(&old.join(path))?;
        fs::rename(&target, old.join(path))?;
    }
    let placed = match new.join(path).exists() {
        true => create_parent(&target).and_then(|()| fs::rename(new.join(path), &target)),
        false => Ok(()),
    };
    if placed.is_err() && old.join(path).exists() {
        fs::rename(old.join(path), &target)?;
    }
    placed
}

fn restore(folder: &Path, old: &Path, path: &str) -> io::Result<()> {
    match old.join(path).exists() {
        true => fs::rename(old.join(path), folder.join(path)),
        false => fs::remove_file(folder.join(path)),
    }
}

fn create_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// Removes the folders above an orphan that have nothing in them any more.
fn remove_empty(folder: &Path, path: &Path) {
    for parent in path.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()) {
        if fs::remove_dir(folder.join(parent)).is_err() {
            return;
        }
    }
}
