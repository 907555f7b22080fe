//! The files that the old version of a document refers to.

use std::fs;

use bindery_cli::diff::{Options, diff, line_since_head};
use bindery_cli::failure::FailureKind;
use bindery_cli::inputs::{Inputs, References};
use tempfile::TempDir;

use super::revisions::{assert_has, since};
use super::{CONFIG, OVERLAY, PETS, SCHEMAS, commit, git, replace, repository, since_head};

const NAME_IS_OPTIONAL: &str = "property `name` of schema `Pet` is now optional";

/// The files have extensions that are unusual for documents, and refer to each other.
#[test]
fn files_with_any_extension_are_read() {
    let (folder, spec) = repository();
    fs::create_dir(spec.join("parts")).unwrap();
    replace(&spec.join("pets.yaml"), "schemas.yaml#/Pets", "parts/pets.txt#/Pets");
    fs::write(spec.join("parts/pets.txt"), SCHEMAS.replace("#/Pet'", "../pet#/Pet'")).unwrap();
    fs::write(spec.join("pet"), SCHEMAS).unwrap();
    commit(folder.path());
    let options = since_head(&spec);
    assert_eq!(diff(&options).unwrap(), "no difference\n");
    replace(&spec.join("pet"), "required: [name]", "required: []");
    let report = diff(&options).unwrap();
    assert_has(&report, &[NAME_IS_OPTIONAL, "HEAD:spec/pet:3", "1 breaking"]);
    assert!(!report.contains("note"), "{report}");
}

/// A file that git ignores exists only in the working folder.
#[test]
fn files_that_git_does_not_have_are_noted() {
    let (folder, spec) = repository();
    fs::write(folder.path().join(".gitignore"), "schemas.yaml\n").unwrap();
    git(folder.path(), &["rm", "--quiet", "--cached", "spec/schemas.yaml"]);
    commit(folder.path());
    let report = diff(&since_head(&spec)).unwrap();
    let note = "note: git does not have `spec/schemas.yaml` at `HEAD`, so references to it accept any value there";
    assert_has(&report, &["breaking", note]);
}

#[test]
fn files_of_a_submodule_are_read_at_its_old_commit() {
    let library = TempDir::new().unwrap();
    fs::create_dir(library.path().join("v1")).unwrap();
    fs::write(library.path().join("v1/schemas.yaml"), SCHEMAS).unwrap();
    git(library.path(), &["init", "--quiet"]);
    commit(library.path());
    for (module, reference, allowed) in
        [("spec/library", "library/v1", None), ("library", "../library/v1", Some("library/v1"))]
    {
        let (folder, spec) = repository();
        let url = library.path().to_str().unwrap();
        let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, module];
        git(folder.path(), &add);
        replace(&spec.join("pets.yaml"), "schemas.yaml", &format!("{reference}/schemas.yaml"));
        commit(folder.path());
        let allow_refs = allowed.into_iter().map(|allowed| folder.path().join(allowed)).collect();
        let options = Options { references: References { allow_refs, ..References::default() }, ..since_head(&spec) };
        assert_eq!(diff(&options).unwrap(), "no difference\n");
        let module = folder.path().join(module);
        replace(&module.join("v1/schemas.yaml"), "required: [name]", "required: []");
        let report = diff(&options).unwrap();
        assert_has(&report, &[NAME_IS_OPTIONAL, "library/v1/schemas.yaml:3", "1 breaking"]);
        assert!(!report.contains("note"), "{report}");
        let inputs = Inputs { document: options.old.clone(), config: None, references: options.references.clone() };
        assert_eq!(line_since_head(&inputs).unwrap().split(' ').next(), Some("1"));
        // Without its repository, the old commit is not available.
        fs::remove_file(module.join(".git")).unwrap();
        let report = diff(&options).unwrap();
        assert_has(&report, &["library/v1/schemas.yaml` at `HEAD`, so references to it accept any value there"]);
    }
}

/// A folder that was renamed has its old files, also if git does not recognise each of them.
#[test]
fn renamed_folders_are_found() {
    let (folder, spec) = repository();
    let root = folder.path();
    let overlay = OVERLAY.replace("extra", "more");
    fs::create_dir(root.join("shared")).unwrap();
    fs::write(root.join("shared/more.overlay.yaml"), &overlay).unwrap();
    fs::rename(spec.join("schemas.yaml"), root.join("shared/schemas.yaml")).unwrap();
    replace(&spec.join("pets.yaml"), "schemas.yaml", "../shared/schemas.yaml");
    commit(root);
    let references = |shared: &str| References {
        allow_refs: vec![root.join(shared)],
        overlay: vec![root.join(shared).join("more.overlay.yaml")],
    };
    git(root, &["mv", "shared", "common"]);
    replace(&spec.join("pets.yaml"), "../shared", "../common");
    let options = Options { references: references("common"), ..since_head(&spec) };
    assert_has(&diff(&options).unwrap(), &["no difference\n", "note: `common` was called `shared` at `HEAD`\n"]);
    // The configuration and the overlay of the moved folder are new texts.
    git(root, &["reset", "--quiet", "--hard"]);
    git(root, &["mv", "spec", "api"]);
    let api = root.join("api");
    let text = "# All about the crate.\ncrate.version = '0.1.0'\ncrate.name = 'animals'\nsurface = 'tags'\ndocument = 'pets.yaml'\n";
    fs::write(api.join("codegen.toml"), text).unwrap();
    let config = Some(api.join("codegen.toml"));
    for options in [
        since("HEAD", &api.join("pets.yaml")),
        Options { config: config.clone(), ..since("HEAD", &api.join("pets.yaml")) },
        Options { config, old: None, base: Some("HEAD".to_owned()), ..Options::default() },
    ] {
        let report = diff(&Options { references: references("shared"), ..options }).unwrap();
        assert_has(&report, &["changed from \"pets\" to \"animals\"", "operation `extra` removed"]);
        assert!(!report.contains("does not exist"), "{report}");
    }
    // A file that still exists was not renamed.
    git(root, &["reset", "--quiet", "--hard"]);
    fs::write(spec.join("cats.yaml"), PETS.replace("pets", "cats")).unwrap();
    commit(root);
    fs::create_dir(&api).unwrap();
    git(root, &["mv", "spec/pets.yaml", "api/pets.yaml"]);
    fs::write(api.join("cats.yaml"), "openapi: 3.0.3\ninfo: { title: C, version: 1.0.0 }\npaths: {}\n").unwrap();
    let failure = diff(&since("HEAD", &api.join("cats.yaml"))).unwrap_err();
    assert_has(&failure.reason, &["`api/cats.yaml` does not exist at `HEAD`, and git finds no renamed file"]);
}

#[test]
fn a_repository_without_a_commit_is_explained() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("pets.yaml"), PETS).unwrap();
    fs::write(folder.path().join("codegen.toml"), CONFIG).unwrap();
    fs::write(folder.path().join("pets.overlay.yaml"), OVERLAY).unwrap();
    git(folder.path(), &["init", "--quiet"]);
    let failure = diff(&since_head(folder.path())).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Usage);
    assert!(failure.reason.ends_with("; it has no commit yet, so commit the old version first"), "{}", failure.reason);
}
