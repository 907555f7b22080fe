//! References read only regular files in the folder of the document and in allowed folders.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery::diagnostics::render::Style;
use bindery::source::Source;
use tempfile::TempDir;

const SECRET: &str = "Secret: &canary { type: string }\n";

/// Returns a document whose only schema is a reference.
fn document(reference: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{ title: A, version: '1' }}\npaths:\n  /x:\n    get:\n      operationId: X\n      responses:\n        \
         '200': {{ description: X., content: {{ application/json: {{ schema: {{ $ref: '{reference}' }} }} }} }}\n"
    )
}

/// Creates a folder `api` for documents, and files outside of this folder that references must not read.
fn folders() -> (TempDir, PathBuf) {
    let root = TempDir::new().expect("a folder");
    let api = root.path().join("api");
    fs::create_dir_all(api.join("sub")).expect("a folder");
    fs::create_dir(root.path().join("shared")).expect("a folder");
    for path in ["secret.yaml", "api/near.yaml", "api/sub/deep.yaml", "shared/common.yaml"] {
        fs::write(root.path().join(path), SECRET).expect("writable");
    }
    fs::write(api.join("latin1.yaml"), b"a: 1\nb: \xe9\n").expect("writable");
    fs::write(api.join("sub/up.yaml"), "Secret: { $ref: '../../secret.yaml#/Secret' }\n").expect("writable");
    fs::write(api.join("sub/over.yaml"), "Secret: { $ref: '../near.yaml#/Secret' }\n").expect("writable");
    (root, api)
}

/// Returns the diagnostics of a document in the folder `api` with this reference.
fn diagnostics(api: &Path, reference: &str, allowed: &[PathBuf]) -> String {
    let path = api.join("api.yaml");
    fs::write(&path, document(reference)).expect("writable");
    let source = Source::read(&path, allowed).expect("readable");
    let (_, diagnostics) = bindery::generate(&source, &Source::new("codegen.toml", "crate.name = 'a'"));
    diagnostics.render(&source, &Source::new("codegen.toml", ""), Style::Plain)
}

fn assert_error(api: &Path, reference: &str, allowed: &[PathBuf], message: &str) {
    assert_reported(api, reference, allowed, &format!("error[B0202]: {message}"));
}

fn assert_reported(api: &Path, reference: &str, allowed: &[PathBuf], message: &str) {
    let rendered = diagnostics(api, reference, allowed);
    assert!(rendered.contains(&format!("{message}\n")), "{reference}: {message}\n{rendered}");
    assert!(!rendered.contains("canary"), "{reference}: content is shown\n{rendered}");
}

#[test]
fn references_read_only_files_in_the_folder_of_the_document() {
    let (root, api) = folders();
    for reference in ["near.yaml", "./near.yaml", "sub/../near.yaml", "%6eear.yaml", "sub/deep.yaml", "sub/over.yaml"] {
        assert_eq!(diagnostics(&api, &format!("{reference}#/Secret"), &[]), "", "{reference}");
    }
    for (reference, message) in [
        ("../secret.yaml", "`../secret.yaml` is outside the folder of the document"),
        ("../shared/common.yaml", "`../shared/common.yaml` is outside the folder of the document"),
        ("../not-there.yaml", "`../not-there.yaml` is outside the folder of the document"),
        ("sub/../../secret.yaml", "`sub/../../secret.yaml` is outside the folder of the document"),
        ("%2e%2e/secret.yaml", "`%2e%2e/secret.yaml` is outside the folder of the document"),
        ("sub/up.yaml", "`../../secret.yaml` is outside the folder of the document"),
        ("sub", "`sub` is not a regular file"),
        ("latin1.yaml", "`latin1.yaml` is not UTF-8 at line 2"),
    ] {
        assert_error(&api, &format!("{reference}#/Secret"), &[], message);
    }
    for (reference, message) in [
        ("not-there.yaml", "`not-there.yaml` does not exist"),
        ("/dev/zero", "`/dev/zero#/Secret` is not a reference to a local file"),
        ("file:///dev/zero", "`file:///dev/zero#/Secret` is not a reference to a local file"),
    ] {
        assert_reported(&api, &format!("{reference}#/Secret"), &[], &format!("warning[B0202]: {message}"));
    }
    let shared = root.path().join("shared");
    assert_eq!(diagnostics(&api, "../shared/common.yaml#/Secret", std::slice::from_ref(&shared)), "");
    let outside = "`../secret.yaml` is outside the folder of the document";
    assert_error(&api, "../secret.yaml#/Secret", &[shared], outside);
}

#[test]
fn a_file_of_more_than_64_mib_is_an_error() {
    let (_root, api) = folders();
    let file = fs::File::create(api.join("large.yaml")).expect("writable");
    file.set_len((64 << 20) + 1).expect("a sparse file");
    assert_error(&api, "large.yaml#/Secret", &[], "`large.yaml` is larger than 64 MiB");
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_resolved_before_a_file_is_read() {
    use std::os::unix::fs::symlink;

    let (root, api) = folders();
    for (target, link) in [
        ("../secret.yaml", "link.yaml"),
        ("..", "parent"),
        ("/dev/zero", "zero.yaml"),
        ("near.yaml", "alias.yaml"),
        ("api.yaml", "self.yaml"),
    ] {
        symlink(target, api.join(link)).expect("a link");
    }
    for (reference, message) in [
        ("link.yaml", "`link.yaml` is outside the folder of the document"),
        ("parent/secret.yaml", "`parent/secret.yaml` is outside the folder of the document"),
        ("zero.yaml", "`zero.yaml` is outside the folder of the document"),
    ] {
        assert_error(&api, &format!("{reference}#/Secret"), &[], message);
    }
    assert_eq!(diagnostics(&api, "alias.yaml#/Secret", &[]), "");
    let rendered = diagnostics(&api, "self.yaml#/components/schemas/Missing", &[]);
    assert!(rendered.contains("#/components/schemas/Missing"), "{rendered}");
    let devices = [PathBuf::from("/dev")];
    assert_error(&api, "zero.yaml#/Secret", &devices, "`zero.yaml` is not a regular file");
    match Command::new("mkfifo").arg(root.path().join("api/pipe.yaml")).status() {
        Ok(status) if status.success() => {
            assert_error(&api, "pipe.yaml#/Secret", &[], "`pipe.yaml` is not a regular file");
        }
        _ => println!("skipped: this system has no command `mkfifo`"),
    }
}

/// A path can follow up to 40 links on Linux, so if a folder has two links to itself, a file in it has about 2^40 paths.
#[cfg(unix)]
#[test]
fn circular_links_are_followed_once() {
    let (_root, api) = folders();
    for link in ["a", "b"] {
        std::os::unix::fs::symlink(".", api.join(link)).expect("a link");
    }
    fs::write(
        api.join("near.yaml"),
        "A: { $ref: 'a/near.yaml#/B' }\nB: { $ref: 'b/near.yaml#/Secret' }\nSecret: { type: string }\n",
    )
    .expect("writable");
    assert_eq!(diagnostics(&api, "near.yaml#/A", &[]), "");
}

#[test]
fn references_of_sections_have_the_same_limits() {
    let (_root, api) = folders();
    for section in [
        "paths: {}\ncomponents: { schemas: { $ref: FILE } }",
        "paths: { $ref: FILE }",
        "paths: {}\ncomponents: { $ref: FILE }",
    ] {
        for (file, code) in [("../secret.yaml", "B0202"), ("not-there.yaml", "B0202"), ("near.yaml#/Missing", "B0201")]
        {
            let text = format!("openapi: 3.0.3\ninfo: {{ title: A, version: '1' }}\n{section}\n")
                .replace("FILE", &format!("'{file}'"));
            let path = api.join("api.yaml");
            fs::write(&path, &text).expect("writable");
            let source = Source::read(&path, &[]).expect("readable");
            let (_, diagnostics) = bindery::generate(&source, &Source::new("codegen.toml", "crate.name = 'a'"));
            let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect();
            assert_eq!(codes, [code], "{text}");
        }
    }
}

/// File names often come from the paths of the API. They may contain characters that would end another kind of YAML
/// scalar.
#[test]
fn file_names_may_have_any_characters_of_their_scalar() {
    let (_root, api) = folders();
    let name = "x_{id},'s.yaml";
    fs::write(api.join("sub").join(name), SECRET).expect("writable");
    let path = api.join("api.yaml");
    for reference in [
        format!("$ref: sub/{name}\n"),
        format!("$ref: sub/{name}#/Secret\r\n"),
        format!("$ref: sub/{name}"),
        format!("\"$ref\" : \"sub/{name}#/Secret\""),
        format!("{{\"$ref\":\"sub\\/{name}\"}}"),
        "{\"$ref\":\"sub/x_\\u007bid},'s.yaml\"}".to_owned(),
        format!("$ref: >-\n  sub/{name}#/Secret\n"),
        "$ref:\n  'sub/x_{id},%27s.yaml'\n".to_owned(),
        "{ $ref: sub/x_%7Bid%7D%2C's.yaml, $ref: x }".to_owned(),
    ] {
        fs::write(&path, &reference).expect("writable");
        let source = Source::read(&path, &[]).expect("readable");
        assert_eq!(source.files.keys().collect::<Vec<_>>(), [&format!("sub/{name}")], "{reference}");
    }
}

/// A reference is read without reading the rest of its line.
#[test]
fn a_line_with_many_references_is_read_in_linear_time() {
    let (_root, api) = folders();
    let path = api.join("api.yaml");
    fs::write(&path, format!("{}#{}", document("near.yaml#/Secret"), "$ref: x ".repeat(20_000))).expect("writable");
    let source = Source::read(&path, &[]).expect("readable");
    assert_eq!(source.files.len(), 1);
}
