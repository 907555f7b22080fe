//! Fixtures: a document, and a configuration beside it or the default one.

use std::fs;
use std::path::{Path, PathBuf};

use bindery::diagnostics::Diagnostics;
use bindery::source::Source;

/// A document and its configuration, under the paths that diagnostics and snapshots may show.
pub struct Fixture {
    pub name: String,
    pub document: Source,
    pub config: Source,
}

impl Fixture {
    /// What is said of it; of what is said to those alone who ask for it, only what the fixture is there for.
    #[allow(dead_code, reason = "not every test has a use for it")]
    pub fn said(&self) -> Diagnostics {
        let (_, mut said) = bindery::generate(&self.document, &self.config);
        let mut notes = bindery::unused(&self.document);
        notes.retain(|note| self.name.starts_with(note.code.id));
        said.extend(notes);
        said
    }
}

/// All fixtures of a folder below `tests/fixtures`, by name.
pub fn all(folder: &str) -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(root.join(folder)).expect("the fixtures are there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    let read = |path: &Path| {
        let mut source = Source::read(path, &[]).expect("readable");
        source.path = source.name().to_owned();
        source.files.iter_mut().for_each(|(name, file)| file.path = name.clone());
        source
    };
    let fixture = |path: PathBuf| {
        let config = path.with_extension("toml");
        let config = if config.exists() { config } else { root.join("default.toml") };
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        Fixture { name, document: read(&path), config: read(&config) }
    };
    paths.into_iter().map(fixture).collect()
}
