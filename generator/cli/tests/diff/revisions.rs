//! How `bindery diff --base` finds the old version of a document.

use std::fs;
use std::path::Path;
use std::process::Command;

use bindery_cli::diff::{Format, Options, diff};
use bindery_cli::failure::FailureKind;
use bindery_cli::inputs::References;

use super::{CONFIG, OVERLAY, PETS, commit, git, replace, repository, since_head};

pub fn since(base: &str, document: &Path) -> Options {
    Options { old: Some(document.to_owned()), base: Some(base.to_owned()), ..Options::default() }
}

/// Asserts that a report contains texts.
pub fn assert_has(report: &str, expected: &[&str]) {
    for expected in expected {
        assert!(report.contains(expected), "{expected}\n---\n{report}");
    }
}

#[test]
fn files_that_were_renamed_or_added_are_found_or_noted() {
    let (folder, spec) = repository();
    // The folder of the document, its configuration and its overlay.
    git(folder.path(), &["mv", "spec", "api"]);
    let api = folder.path().join("api");
    git(&api, &["mv", "pets.yaml", "pets.openapi"]);
    replace(&api.join("codegen.toml"), "pets.yaml", "pets.openapi");
    replace(&api.join("pets.openapi"), "maximum: 100", "maximum: 50");
    let config = Options { config: Some(api.join("codegen.toml")), ..since("HEAD", &api) };
    for (options, note) in [
        (since("HEAD", &api.join("pets.openapi")), "`api/pets.openapi` was called `spec/pets.yaml` at `HEAD`"),
        (
            Options { old: None, ..config },
            "codegen.toml at `HEAD` names the document `spec/pets.yaml`, not `api/pets.openapi`",
        ),
    ] {
        let report = diff(&options).unwrap();
        assert_has(&report, &["1 breaking", "HEAD:spec/pets.yaml:9:", note]);
    }
    git(folder.path(), &["reset", "--quiet", "--hard"]);
    // An overlay, a folder of references and a configuration that the base does not have.
    let extra = OVERLAY.replace("extra", "more");
    fs::write(spec.join("more.overlay.yaml"), &extra).unwrap();
    fs::create_dir(folder.path().join("shared")).unwrap();
    fs::write(folder.path().join("shared/codegen.toml"), CONFIG.replace("pets.overlay", "../spec/more.overlay"))
        .unwrap();
    let references =
        References { allow_refs: vec![folder.path().join("shared")], overlay: vec![spec.join("more.overlay.yaml")] };
    let report = diff(&Options { references, ..since_head(&spec) }).unwrap();
    assert_has(
        &report,
        &[
            "operation `more` added",
            "note: the overlay `spec/more.overlay.yaml` does not exist at `HEAD`, so the old document is read without it",
            "note: the folder `shared` of `--allow-refs` does not exist at `HEAD`, so it is left out there",
        ],
    );
    let config = Some(folder.path().join("shared/codegen.toml"));
    let report = diff(&Options { config, ..since_head(&spec) }).unwrap();
    assert_has(
        &report,
        &["`shared/codegen.toml` does not exist at `HEAD`, so the file of the working folder applies to both versions"],
    );
    // A document that the base does not have.
    fs::write(spec.join("new.yaml"), PETS).unwrap();
    let failure = diff(&since("HEAD", &spec.join("new.yaml"))).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Usage);
    assert_has(&failure.reason, &["`spec/new.yaml` does not exist at `HEAD`, and git finds no renamed file"]);
    // The configuration was emptied or removed.
    for text in [Some(""), None] {
        git(folder.path(), &["reset", "--quiet", "--hard"]);
        match text {
            Some(text) => fs::write(spec.join("codegen.toml"), text).unwrap(),
            None => fs::remove_file(spec.join("codegen.toml")).unwrap(),
        }
        let report = diff(&since_head(&spec)).unwrap();
        assert_has(&report, &["operation `extra` removed"]);
    }
}

#[test]
#[cfg(unix)]
fn symbolic_links_are_followed_at_the_revision() {
    use std::os::unix::fs::symlink;

    let (folder, spec) = repository();
    // The document, the configuration, a file that the document refers to, and the folder are links.
    for (from, to) in [
        ("spec/pets.yaml", "spec/v1/real.yaml"),
        ("spec/codegen.toml", "spec/v1/config.toml"),
        ("spec/schemas.yaml", "spec/v1/schemas.yaml"),
    ] {
        fs::create_dir_all(spec.join("v1")).unwrap();
        fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
        symlink(to.trim_start_matches("spec/"), folder.path().join(from)).unwrap();
    }
    symlink("spec", folder.path().join("link")).unwrap();
    symlink("../..", spec.join("out.yaml")).unwrap();
    commit(folder.path());
    replace(&spec.join("v1/schemas.yaml"), "required: [name]", "required: []");
    for document in ["spec/pets.yaml", "link/pets.yaml"] {
        let report = diff(&since("HEAD", &folder.path().join(document))).unwrap();
        assert_has(
            &report,
            &["1 breaking", "property `name` of schema `Pet` is now optional", "HEAD:spec/schemas.yaml:3"],
        );
        assert!(!report.contains("extra") && !report.contains("note"), "{report}");
    }
}

#[test]
fn hooks_and_other_folders_find_the_repository_of_the_document() {
    let (folder, spec) = repository();
    let other = repository();
    let worktree = other.0.path().join("tree");
    git(folder.path(), &["worktree", "add", "--quiet", "--detach", worktree.to_str().unwrap()]);
    for spec in [&spec, &worktree.join("spec")] {
        replace(&spec.join("schemas.yaml"), "name: { type: string }", "name: { type: integer }");
        replace(&spec.join("pets.overlay.yaml"), "operationId: extra", "operationId: extra, deprecated: true");
        let git_folder = other.0.path().join(".git");
        // The variables name another repository, or are relative to another folder.
        for (git_dir, index, from) in [
            (git_folder.as_path(), git_folder.join("index"), other.0.path()),
            (Path::new(".git"), Path::new(".git/next-index-1.lock").to_owned(), spec.as_path()),
        ] {
            let output = Command::new(env!("CARGO_BIN_EXE_bindery"))
                .current_dir(from)
                .envs([("GIT_DIR", git_dir.as_os_str()), ("GIT_INDEX_FILE", index.as_os_str())])
                .env("GIT_WORK_TREE", ".")
                .args(["diff", "--base", "HEAD", "--format", "github"])
                .arg(spec.join("pets.yaml"))
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.starts_with("::warning file=spec/schemas.yaml,line=3,"), "{text}{output:?}");
            assert!(text.contains("::notice file=spec/pets.overlay.yaml,line=4,"), "{text}{output:?}");
        }
    }
    // A repository whose folder only the environment names.
    let hidden = other.0.path().join("hidden");
    fs::rename(folder.path().join(".git"), &hidden).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bindery"))
        .current_dir(&spec)
        .env("GIT_DIR", &hidden)
        .env("GIT_WORK_TREE", "..")
        .args(["diff", "--base", "HEAD", "pets.yaml", "--format", "markdown"])
        .output()
        .unwrap();
    assert_has(&String::from_utf8_lossy(&output.stdout), &["`spec/schemas.yaml:3`"]);
}

#[test]
fn the_old_version_is_the_merge_base() {
    let (folder, spec) = repository();
    let git = |arguments: &[&str]| git(folder.path(), arguments);
    git(&["branch", "--quiet", "-M", "main"]);
    git(&["checkout", "--quiet", "-b", "topic"]);
    replace(&spec.join("schemas.yaml"), "name: { type: string }", "name: { type: string }, age: { type: integer }");
    commit(folder.path());
    git(&["checkout", "--quiet", "main"]);
    replace(&spec.join("pets.yaml"), "maximum: 100", "maximum: 50");
    commit(folder.path());
    git(&["checkout", "--quiet", "topic"]);
    let document = spec.join("pets.yaml");
    let report = diff(&since("main", &document)).unwrap();
    assert_has(&report, &["0 breaking, 1 addition", "note: `main` has commits that HEAD does not have"]);
    // The other formats have the note as well.
    let markdown = diff(&Options { format: Format::Markdown, ..since("main", &document) }).unwrap();
    let json = diff(&Options { format: Format::Json, ..since("main", &document) }).unwrap();
    assert!(markdown.contains("their merge base") && json.contains("their merge base"), "{markdown}{json}");
    let report = diff(&since("HEAD~1", &document)).unwrap();
    assert!(report.contains("0 breaking, 1 addition") && !report.contains("note"), "{report}");
    // A history without a common commit.
    git(&["checkout", "--quiet", "--orphan", "other"]);
    for revision in ["main", "topic"] {
        let report = diff(&since(revision, &document)).unwrap();
        let note =
            format!("note: HEAD and `{revision}` have no commit in common, so the old version is `{revision}` itself");
        assert_has(&report, &[&note]);
    }
}

#[test]
fn what_is_not_a_revision_is_refused() {
    let (folder, spec) = repository();
    for revision in ["nowhere", "^HEAD", "-x", "--all", "HEAD:spec/pets.yaml", "", "HEAD..HEAD", "HEAD^{tree}", "^"] {
        let failure = diff(&since(revision, &spec.join("pets.yaml"))).unwrap_err();
        let message = format!("`{revision}` is not a commit, branch or tag of the repository ");
        assert!(failure.reason.starts_with(&message) && failure.kind == FailureKind::Usage, "{}", failure.reason);
    }
    // A shallow clone has only the last commit.
    let clone = folder.path().join("clone");
    let origin = format!("file://{}", folder.path().display());
    git(folder.path(), &["clone", "--quiet", "--depth", "1", &origin, clone.to_str().unwrap()]);
    let failure = diff(&since("HEAD~1", &clone.join("spec/pets.yaml"))).unwrap_err();
    assert_has(&failure.reason, &["this clone is shallow, so fetch the history first"]);
    let outside = tempfile::TempDir::new().unwrap();
    fs::write(outside.path().join("pets.yaml"), PETS).unwrap();
    let failure = diff(&since_head(outside.path())).unwrap_err();
    assert!(failure.reason.starts_with("no git repository is found for "), "{}", failure.reason);
}

/// The configuration of a document of a workspace is `NAME.toml`, and not that of another document or of the workspace.
#[test]
fn a_document_of_a_workspace_has_its_own_configuration() {
    for documents in ["spec", "."] {
        let (folder, spec) = repository();
        let workspace = if documents == "." { spec.clone() } else { folder.path().to_owned() };
        fs::rename(spec.join("codegen.toml"), spec.join("pets.toml")).unwrap();
        replace(&spec.join("pets.toml"), "document = 'pets.yaml'\n", "");
        fs::write(workspace.join("codegen.toml"), format!("workspace.documents = '{documents}'\n")).unwrap();
        fs::write(spec.join("shops.yaml"), PETS.replace("pets", "shops")).unwrap();
        fs::write(spec.join("shops.toml"), "crate = { name = 'shops', version = '3.0.0' }\n").unwrap();
        commit(folder.path());
        replace(&spec.join("schemas.yaml"), "required: [name]", "required: []");
        let report = diff(&since_head(&spec)).unwrap();
        assert_has(&report, &["pets::models::Pet::name", "next version 0.2.0"]);
        let report = diff(&since("HEAD", &spec.join("shops.yaml"))).unwrap();
        assert_has(&report, &["shops::models::Pet::name", "next version 4.0.0"]);
        // The document has another name. Its new configuration is not a rename of the old one, or there is none.
        git(&spec, &["mv", "shops.yaml", "stores.yaml"]);
        git(&spec, &["rm", "--quiet", "shops.toml"]);
        for config in ["surface = 'tree'\ncrate = { name = 'stores', version = '7.0.0' }\n", ""] {
            match config {
                "" => fs::remove_file(spec.join("stores.toml")).unwrap(),
                config => fs::write(spec.join("stores.toml"), config).unwrap(),
            }
            let report = diff(&since("HEAD", &spec.join("stores.yaml"))).unwrap();
            assert_has(&report, &["next version 4.0.0"]);
        }
    }
}

/// The file name of a document of a workspace is the name of its crate, at each version.
#[test]
fn a_document_of_a_workspace_names_its_crate() {
    let (folder, spec) = repository();
    let root = folder.path();
    fs::remove_file(spec.join("codegen.toml")).unwrap();
    fs::write(root.join("codegen.toml"), "workspace.documents = 'spec'\n").unwrap();
    commit(root);
    let changed_name = |of: &str, old: &str, new: &str| format!("{of} changed from \"{old}\" to \"{new}\"");
    let default = |old: &str, new: &str| changed_name("default of `crate.name`", old, new);
    let set_name = |file: &str, old: &str, new: &str| changed_name(&format!("`crate.name` of {file}"), old, new);
    let report = |document: &str| diff(&since("HEAD", &root.join(document))).unwrap();
    // The title does not name the crate.
    replace(&spec.join("pets.yaml"), "title: Pets", "title: Animals");
    assert_eq!(report("spec/pets.yaml"), "no difference\n");
    // The runtime of the workspace is that of its crates.
    replace(&root.join("codegen.toml"), "'spec'", "'spec'\nruntime.version = '1'");
    assert_has(&report("spec/pets.yaml"), &["default of `runtime` changed from { path = \"../../runtime\" } to {"]);
    git(root, &["checkout", "--quiet", "."]);
    // The document, or its folder, has another name.
    git(root, &["mv", "spec/pets.yaml", "spec/animals.yaml"]);
    assert_has(&report("spec/animals.yaml"), &[&default("pets", "animals"), "1 breaking"]);
    git(root, &["reset", "--quiet", "--hard"]);
    git(root, &["mv", "spec", "api"]);
    replace(&root.join("codegen.toml"), "'spec'", "'api'");
    assert_eq!(report("api/pets.yaml"), "no difference\nnote: `api/pets.yaml` was called `spec/pets.yaml` at `HEAD`\n");
    git(root, &["reset", "--quiet", "--hard"]);
    // A configuration is added.
    fs::write(spec.join("pets.toml"), "crate.name = 'zoo'\n").unwrap();
    assert_has(&report("spec/pets.yaml"), &[&set_name("pets.toml", "pets", "zoo")]);
    fs::remove_file(spec.join("pets.toml")).unwrap();
    // A crate becomes a member of a workspace, and a member a crate of its own.
    let single = "document = 'spec/pets.yaml'\ncrate.name = 'zoo'\n";
    let workspace = "workspace.documents = 'spec'\n";
    fs::write(root.join("codegen.toml"), single).unwrap();
    let config = Some(root.join("codegen.toml"));
    let to_crate = diff(&Options { config, ..since("HEAD", &spec.join("pets.yaml")) }).unwrap();
    assert_has(&to_crate, &[&set_name("codegen.toml", "pets", "zoo"), "`runtime` no longer has a default"]);
    commit(root);
    fs::write(root.join("codegen.toml"), workspace).unwrap();
    let to_workspace = report("spec/pets.yaml");
    assert_has(&to_workspace, &[&set_name("codegen.toml", "zoo", "pets"), "default of `runtime` is now { path"]);
    assert!(!to_workspace.contains("D1060"), "the types of the runtime have the same paths: {to_workspace}");
    // Two documents: each is that of its own crate, unless one configuration applies to both.
    let other = root.join("other");
    fs::create_dir(&other).unwrap();
    for file in ["pets.yaml", "schemas.yaml"] {
        fs::copy(spec.join(file), other.join(file)).unwrap();
    }
    fs::write(other.join("codegen.toml"), "crate.name = 'zoo'\n").unwrap();
    let two = Options { old: Some(other.join("pets.yaml")), new: Some(spec.join("pets.yaml")), ..Options::default() };
    assert_has(&diff(&two).unwrap(), &[&set_name("codegen.toml", "zoo", "pets")]);
    fs::write(spec.join("pets.toml"), "").unwrap();
    assert_eq!(diff(&Options { config: Some(spec.join("pets.toml")), ..two }).unwrap(), "no difference\n");
}
