//! Generating a crate changes only files that bindery wrote, inside the output folder.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bindery_cli::corpus;
use bindery_cli::failure::Failure;
use bindery_cli::generate::{Options, Success, generate};
use bindery_cli::inputs::Inputs;
use tempfile::TempDir;

const DOCUMENT: &str = "openapi: 3.0.3\ninfo: { title: Ping, version: 1.0.0 }\n\
    paths: { /ping: { get: { operationId: Ping, responses: { '204': { description: Pong. } } } } }\n";

/// A folder with a document, and a folder for the crate.
struct Setup {
    root: TempDir,
    out: PathBuf,
}

impl Setup {
    fn new() -> Self {
        let root = TempDir::new().unwrap();
        fs::write(root.path().join("api.yaml"), DOCUMENT).unwrap();
        let out = root.path().join("out");
        fs::create_dir_all(out.join("src")).unwrap();
        Self { root, out }
    }

    fn run(&self, config: &str) -> Result<Success, Failure> {
        let (spec, config_path) = (self.root.path().join("api.yaml"), self.root.path().join("codegen.toml"));
        fs::write(&config_path, config).unwrap();
        let inputs = Inputs { document: Some(spec), config: Some(config_path), ..Inputs::default() };
        generate(&Options { inputs, out: Some(self.out.clone()), ..Options::default() })
    }

    /// Returns all files below the root except the configuration: the targets of links and the contents of files.
    fn contents(&self) -> BTreeMap<PathBuf, String> {
        let (mut pending, mut contents) = (vec![self.root.path().to_owned()], BTreeMap::new());
        while let Some(path) = pending.pop() {
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            if kind.is_dir() {
                pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if kind.is_symlink() {
                contents.insert(path.clone(), fs::read_link(path).unwrap().display().to_string());
            } else if path.file_name() != Some("codegen.toml".as_ref()) {
                contents.insert(path.clone(), fs::read_to_string(path).unwrap());
            }
        }
        contents
    }

    fn assert_rejected(&self, config: &str, message: &str) {
        let before = self.contents();
        let failed = self.run(config).unwrap_err();
        let all = format!("{}{}", failed.diagnostics, failed.reason);
        assert!(all.contains(message), "{message}\n{all}");
        assert_eq!(self.contents(), before);
    }
}

#[test]
fn a_dispatcher_replaces_no_file_that_bindery_did_not_write() {
    let setup = Setup::new();
    let mine = setup.out.join("benches/mine.rs");
    fs::create_dir(setup.out.join("benches")).unwrap();
    fs::write(&mine, "//! Mine.\n").unwrap();
    setup.assert_rejected("tests.dispatcher = 'benches/mine.rs'", &mine.display().to_string());
    for path in [
        "../mine.rs",
        "/mine.rs",
        "tests/../../mine.rs",
        "src/lib.rs",
        "Cargo.toml",
        "tests/mine",
        "tests\\\\a.rs",
        "tests/.git/a.rs",
        "tests/aux.rs",
        "tests/con/x.rs",
        "tests/Dispatch.rs",
    ] {
        let message = format!(
            "error[B0603]: `{path}` is not the lower-case path of a Rust file in `tests`, `benches` or `examples`"
        );
        setup.assert_rejected(&format!("tests.dispatcher = '{path}'"), &message);
    }
    fs::remove_file(&mine).unwrap();
    setup.run("tests.dispatcher = 'benches/mine.rs'").unwrap();
    assert!(fs::read_to_string(&mine).unwrap().starts_with("// @generated"));
    // If the path of the dispatcher changes, the old file is removed, because it is no longer generated.
    setup.run("tests.dispatcher = 'tests/ours.rs'").unwrap();
    assert!(!mine.exists() && setup.out.join("tests/ours.rs").exists());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_or_removed_through_a_symbolic_link() {
    use std::os::unix::fs::symlink;

    let setup = Setup::new();
    setup.run("").unwrap();
    let generated = fs::read_to_string(setup.out.join("src/lib.rs")).unwrap();
    let elsewhere = setup.root.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    // These files look like generated files that are orphaned. A generator that followed the links would remove the
    // files.
    for name in ["lib.rs", "old.rs"] {
        fs::write(elsewhere.join(name), &generated).unwrap();
    }
    for (target, link, message) in [
        (elsewhere.clone(), "src/old", None),
        (elsewhere.join("old.rs"), "src/old.rs", None),
        (elsewhere.join("lib.rs"), "src/lib.rs", Some("src/lib.rs")),
        (elsewhere.clone(), "src", Some("src is a symbolic link")),
        (PathBuf::from("nowhere"), "src/client.rs", Some("src/client.rs")),
    ] {
        let setup = Setup::new();
        let link = setup.out.join(link);
        let _ = fs::remove_dir(&link);
        symlink(&target, &link).unwrap();
        match message {
            Some(message) => setup.assert_rejected("", message),
            None => drop(setup.run("").unwrap()),
        }
        assert_eq!(fs::read_link(&link).unwrap(), target);
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 2);
    }
}

#[test]
fn file_system_errors_name_the_file() {
    let setup = Setup::new();
    fs::create_dir(setup.out.join("Cargo.toml")).unwrap();
    setup.assert_rejected("", "Cargo.toml is a folder");
    fs::remove_dir_all(&setup.out).unwrap();
    fs::write(&setup.out, "A file.").unwrap();
    setup.assert_rejected("", &setup.out.display().to_string());
}

#[test]
fn the_corpus_writes_only_to_its_own_folders() {
    let setup = Setup::new();
    let run = |out: &Path| {
        let (documents, out) = (setup.root.path().to_owned(), out.to_owned());
        corpus::corpus(&corpus::Options { documents, jobs: 1, out, ..corpus::Options::default() })
    };
    fs::write(setup.out.join("Cargo.toml"), "[package]\nname = 'mine'\n").unwrap();
    let before = setup.contents();
    let message = run(&setup.out).unwrap_err().reason;
    assert!(message.ends_with("choose another folder with `--out`"), "{message}");
    assert_eq!(setup.contents(), before);
    let out = TempDir::new().unwrap();
    for _ in 0..2 {
        run(out.path()).unwrap();
    }
    assert!(out.path().join("report.json").exists());
}

/// The default configuration is read only from the folder of the document, like references.
#[cfg(unix)]
#[test]
fn the_default_configuration_must_be_a_regular_file() {
    use std::os::unix::fs::symlink;

    let setup = Setup::new();
    let folder = setup.root.path().join("api");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("api.yaml"), DOCUMENT).unwrap();
    fs::write(setup.root.path().join("secret.txt"), "canary = = secret\n").unwrap();
    let beside = folder.join("codegen.toml");
    let run = || {
        let inputs = Inputs { document: Some(folder.join("api.yaml")), ..Inputs::default() };
        generate(&Options { inputs, out: Some(setup.out.clone()), ..Options::default() })
    };
    for target in ["../secret.txt", "/dev/zero", "nowhere.toml"] {
        symlink(target, &beside).unwrap();
        let failed = run().unwrap_err();
        assert!(failed.reason.contains("codegen.toml: it ") && !format!("{failed:?}").contains("canary"), "{failed:?}");
        fs::remove_file(&beside).unwrap();
    }
    fs::write(folder.join("other.toml"), "").unwrap();
    symlink("other.toml", &beside).unwrap();
    run().unwrap();
}
