//! Reads and updates the folder of a generated crate. An update changes all files, or none.
//!
//! The update never writes, moves or removes a file outside of the folder, a file behind a symbolic link, or a file
//! that bindery did not write. `owned` checks each path.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use fs_err as fs;

use crate::fileset::{Drift, DriftKind, FileSet, GENERATED_MARK, is_generated};

/// The paths in the folder of a crate that may have files of an earlier run, in addition to the files in `src`. Another folder in
/// `src` may have a generated module.
const CRATE_PATHS: [&str; 9] = [
    "Cargo.toml",
    "src/client",
    "src/models",
    "src/resources",
    "src/runtime",
    "src/mock",
    "tests",
    "benches",
    "examples",
];

/// The paths in the folder of a module that may have files of an earlier run.
const MODULE_PATHS: [&str; 8] =
    ["mod.rs", "include.rs", "client.rs", "client", "headers.rs", "models", "request.rs", "resources"];

/// The maximum length in bytes of a first line with the mark of the generator.
const MAX_FIRST_LINE_BYTES: u64 = 4096;

/// Returns the existing files in `folder` that writing `files` would replace or remove, by path. For a replaced file, the
/// text is complete. For a removed file, the text is only the first line.
///
/// A missing folder is treated as empty. Anything but a regular file has an empty text.
pub fn read(folder: &Path, files: &FileSet) -> io::Result<BTreeMap<String, String>> {
    let mut existing_files = BTreeMap::new();
    for path in searched_paths(folder, files)? {
        collect(folder, &path, files, &mut existing_files)?;
    }
    Ok(existing_files)
}

/// Returns the paths that may have files of an earlier run of the same kind of output. Other files with the mark of the
/// generator belong to other runs.
fn searched_paths(folder: &Path, files: &FileSet) -> io::Result<Vec<String>> {
    if files.get("mod.rs").is_some() {
        return Ok(MODULE_PATHS.map(str::to_owned).to_vec());
    }
    let Some(manifest) = files.get("Cargo.toml").filter(|_| files.get("src/lib.rs").is_none()) else {
        return crate_paths(folder, "");
    };
    let manifest_path = folder.join("Cargo.toml");
    let is_regular = metadata(&manifest_path)?.is_some_and(|metadata| metadata.is_file());
    let old_manifest = if is_regular { fs::read(&manifest_path)? } else { Vec::new() };
    let old_manifest = String::from_utf8_lossy(&old_manifest);
    let manifests = [manifest, &*old_manifest].into_iter().filter(|text| is_generated(text));
    let crates: BTreeSet<String> = manifests.flat_map(generated_crates).collect();
    let mut paths = ["Cargo.toml", "runtime"].map(str::to_owned).to_vec();
    for name in crates {
        paths.extend(crate_paths(folder, &format!("crates/{name}/"))?);
    }
    Ok(paths)
}

/// Returns the paths of a crate that may have files of an earlier run. `prefix` is the path of the crate in `folder`.
fn crate_paths(folder: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let mut paths = CRATE_PATHS.map(|path| format!("{prefix}{path}")).to_vec();
    let source_folder = folder.join(format!("{prefix}src"));
    if metadata(&source_folder)?.is_some_and(|metadata| metadata.is_dir()) {
        for entry in fs::read_dir(&source_folder)? {
            let entry = entry?;
            if !entry.file_type()?.is_dir() {
                paths.push(format!("{prefix}src/{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    Ok(paths)
}

/// Returns the names of the generated crates that the manifest of a workspace lists.
fn generated_crates(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().unwrap_or_default();
    let metadata = manifest.get("workspace").and_then(|workspace| workspace.get("metadata"));
    let names = metadata.and_then(|metadata| metadata.get("bindery")?.get("crates")?.as_array());
    // A name from an edited manifest must not lead to a different folder.
    let is_folder =
        |name: &&str| matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    names.into_iter().flatten().filter_map(toml::Value::as_str).filter(is_folder).map(str::to_owned).collect()
}

/// Adds the files at a path that writing `files` would replace or remove.
fn collect(
    folder: &Path,
    path: &str,
    files: &FileSet,
    existing_files: &mut BTreeMap<String, String>,
) -> io::Result<()> {
    let full_path = folder.join(path);
    let Some(metadata) = metadata(&full_path)? else { return Ok(()) };
    let is_replaced = files.get(path).is_some();
    if metadata.is_dir() {
        for entry in fs::read_dir(&full_path)? {
            let name = entry?.file_name();
            collect(folder, &format!("{path}/{}", name.to_string_lossy()), files, existing_files)?;
        }
    } else if !metadata.is_file() {
        // The content is not read: reading a pipe would block, and a link may lead out of the folder.
        if is_replaced {
            existing_files.insert(path.to_owned(), String::new());
        }
    } else if is_replaced {
        existing_files.insert(path.to_owned(), String::from_utf8_lossy(&fs::read(&full_path)?).into_owned());
    } else if let Some(line) = Some(first_line(&full_path)?).filter(|line| is_generated(line)) {
        existing_files.insert(path.to_owned(), line);
    }
    Ok(())
}

/// Returns the metadata of a path without following symbolic links, or `None` if it does not exist.
fn metadata(path: &Path) -> io::Result<Option<std::fs::Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads the first line of a file.
fn first_line(path: &Path) -> io::Result<String> {
    let mut line = Vec::new();
    BufReader::new(fs::File::open(path)?.take(MAX_FIRST_LINE_BYTES)).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// Returns the full path of a generated file that may be written, moved or removed.
///
/// # Errors
///
/// Returns an error if the path is outside `folder`, contains a symbolic link, or has a file that bindery did not write.
fn owned(folder: &Path, path: &str) -> io::Result<PathBuf> {
    let not_owned = |full: &Path, problem: &str| Err(io::Error::other(format!("{} {problem}", full.display())));
    let components: Vec<_> = Path::new(path).components().collect();
    let is_inside = components.iter().all(|component| matches!(component, Component::Normal(_)));
    let Some((_, parents)) = components.split_last().filter(|_| is_inside) else {
        return not_owned(&folder.join(path), "is outside the output folder");
    };
    let mut full_path = folder.to_owned();
    for parent in parents {
        full_path.push(parent);
        match metadata(&full_path)? {
            Some(metadata) if metadata.is_symlink() => return not_owned(&full_path, "is a symbolic link"),
            Some(metadata) if !metadata.is_dir() => return not_owned(&full_path, "is not a folder"),
            Some(_) => {}
            None => break,
        }
    }
    let full_path = folder.join(path);
    match metadata(&full_path)? {
        None => Ok(full_path),
        Some(metadata) if metadata.is_symlink() => not_owned(&full_path, "is a symbolic link"),
        Some(metadata) if metadata.is_dir() => not_owned(&full_path, "is a folder"),
        Some(metadata) if !metadata.is_file() => not_owned(&full_path, "is not a regular file"),
        Some(_) if is_generated(&first_line(&full_path)?) => Ok(full_path),
        Some(_) => not_owned(
            &full_path,
            &format!("was not written by bindery: its first line does not contain `{GENERATED_MARK}`"),
        ),
    }
}

/// Updates the files that differ.
///
/// The function writes all new files to a temporary folder before it moves the first file. If a move fails, the function
/// undoes all moves.
pub fn write(folder: &Path, files: &FileSet, drift: &[Drift]) -> io::Result<()> {
    for file in drift {
        owned(folder, &file.path)?;
    }
    fs::create_dir_all(folder)?;
    let staging = tempfile::Builder::new().prefix(".bindery-").tempdir_in(folder)?;
    let (new, old) = (staging.path().join("new"), staging.path().join("old"));
    for path in drift.iter().filter(|file| file.kind != DriftKind::Orphaned).map(|file| &file.path) {
        create_parent(&new.join(path))?;
        fs::write(new.join(path), files.get(path).unwrap_or_default())?;
    }
    for (index, file) in drift.iter().enumerate() {
        if let Err(error) = replace(folder, &new, &old, &file.path) {
            for file in drift[..index].iter().rev() {
                // If undoing a move also fails, the function still returns the error of the move that failed first.
                let _ = restore(folder, &old, &file.path);
            }
            return Err(error);
        }
    }
    for file in drift.iter().filter(|file| file.kind == DriftKind::Orphaned) {
        remove_empty_parents(folder, Path::new(&file.path));
    }
    Ok(())
}

/// Moves the existing file at a path to `old`, and moves the new file to the path, if there is one.
fn replace(folder: &Path, new: &Path, old: &Path, path: &str) -> io::Result<()> {
    let target = owned(folder, path)?;
    if target.exists() {
        create_parent(&old.join(path))?;
        fs::rename(&target, old.join(path))?;
    }
    let result = match new.join(path).exists() {
        true => create_parent(&target).and_then(|()| fs::rename(new.join(path), &target)),
        false => Ok(()),
    };
    if result.is_err() && old.join(path).exists() {
        fs::rename(old.join(path), &target)?;
    }
    result
}

/// Undoes the replacement of a file.
fn restore(folder: &Path, old: &Path, path: &str) -> io::Result<()> {
    let target = owned(folder, path)?;
    match old.join(path).exists() {
        true => fs::rename(old.join(path), target),
        false => fs::remove_file(target),
    }
}

fn create_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

/// Removes the empty parent folders of a removed file.
fn remove_empty_parents(folder: &Path, path: &Path) {
    for parent in path.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()) {
        if fs::remove_dir(folder.join(parent)).is_err() {
            return;
        }
    }
}
