//! The files and folders that were renamed since a revision.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The old paths of files and folders, by their new paths.
pub struct Renames {
    /// The renamed files.
    pub files: HashMap<PathBuf, PathBuf>,
    /// The folders with renamed files. The old folder is the one in which most of these files had the same path.
    pub folders: HashMap<PathBuf, PathBuf>,
}

impl Renames {
    /// Finds the renamed folders. `files` are the old paths of renamed files, by their new paths.
    pub fn of(files: HashMap<PathBuf, PathBuf>) -> Self {
        let mut counts: HashMap<&Path, BTreeMap<&Path, usize>> = HashMap::new();
        for (new, old) in &files {
            for (new_folder, old_folder) in parents_with_equal_rest(new, old) {
                *counts.entry(new_folder).or_default().entry(old_folder).or_default() += 1;
            }
        }
        let folders = counts.into_iter().filter_map(|(new, counts)| {
            // Of several folders with as many files, the first in the order of their names.
            let (old, _) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
            Some((new.to_owned(), old.to_owned()))
        });
        Self { folders: folders.collect(), files }
    }
}

/// Returns the folders above two files in which both have the same path.
fn parents_with_equal_rest<'a>(new: &'a Path, old: &'a Path) -> impl Iterator<Item = (&'a Path, &'a Path)> {
    let names = new.iter().rev().zip(old.iter().rev()).take_while(|(new, old)| new == old);
    let parents = new.ancestors().skip(1).zip(old.ancestors().skip(1));
    names.zip(parents).map(|(_, parents)| parents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_comes_from_the_folder_of_most_of_its_files() {
        let files = [
            ("api/v2/pets.yaml", "spec/v2/pets.yaml"),
            ("api/v2/schemas/pet.yaml", "spec/v2/schemas/pet.yaml"),
            ("api/other.yaml", "old/other.yaml"),
            ("docs/new.md", "docs/old.md"),
            ("tie/a.yaml", "second/a.yaml"),
            ("tie/b.yaml", "first/b.yaml"),
        ];
        let renames = Renames::of(files.iter().map(|(new, old)| (new.into(), old.into())).collect());
        for (new, old) in [
            ("api", Some("spec")),
            ("api/v2", Some("spec/v2")),
            ("api/v2/schemas", Some("spec/v2/schemas")),
            ("docs", None),
            ("tie", Some("first")),
            ("spec", None),
        ] {
            assert_eq!(renames.folders.get(Path::new(new)).map(PathBuf::as_path), old.map(Path::new), "{new}");
        }
    }
}
