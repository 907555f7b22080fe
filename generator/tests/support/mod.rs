//! Reads the fixtures, which are documents with their configurations.

use std::fs;
use std::path::{Path, PathBuf};

use bindery::diagnostics::Diagnostics;
use bindery::source::Source;

/// A document and its configuration. Their paths are file names without folders, because snapshots show the paths.
pub struct Fixture {
    pub name: String,
    pub document: Source,
    pub config: Source,
}

impl Fixture {
    /// Returns the diagnostics of the fixture. Notes about unused keywords and components are included only if their
    /// code is in the name of the fixture.
    #[allow(dead_code, reason = "not every test uses it")]
    pub fn diagnostics(&self) -> Diagnostics {
        let (_, mut diagnostics) = bindery::generate(&self.document, &self.config);
        let mut notes = bindery::unused(&self.document, &self.config);
        notes.retain(|note| self.name.starts_with(note.code.id));
        diagnostics.extend(notes);
        diagnostics
    }
}

/// Returns all fixtures of a folder in `tests/fixtures`, in the order of their names. The configuration of `a.yaml` is
/// `a.toml`, or `default.toml` if there is no such file.
pub fn fixtures(folder: &str) -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(root.join(folder)).expect("the folder of the fixtures");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.retain(|path| !path.to_string_lossy().ends_with(".overlay.yaml"));
    paths.sort();
    let read = |path: &Path, overlays: &[PathBuf]| {
        let overlays = overlays.iter().map(|path| Source::read_file(path).expect("readable")).collect();
        let mut source = Source::read_with_overlays(path, overlays, &[]).expect("readable");
        source.path = source.name().to_owned();
        source.overlays.iter_mut().for_each(|overlay| overlay.path = overlay.name().to_owned());
        source.files.iter_mut().for_each(|(name, file)| file.path = name.clone());
        source
    };
    let fixture = |path: PathBuf| {
        let config = path.with_extension("toml");
        let config = if config.exists() { config } else { root.join("default.toml") };
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let overlays = bindery::overlay_paths(&Source::read_file(&config).expect("readable"));
        Fixture { name, document: read(&path, &overlays), config: read(&config, &[]) }
    };
    paths.into_iter().map(fixture).collect()
}
