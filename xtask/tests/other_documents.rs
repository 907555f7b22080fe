//! Documents that have nothing to do with the repository's own: what is generated from them compiles without a
//! warning, its documentation and examples do too, and it works on the wire.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::codegen::{Options, codegen};

/// Generates the crate of a fixture into a folder of the build, and gives that.
fn generated(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let fixtures = root.join("generator/tests/fixtures");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&out);
    let input = |extension: &str| fixtures.join(format!("ok/{name}.{extension}"));
    let options = Options { spec: input("yaml"), config: input("toml"), out: out.clone(), check: false };
    codegen(&options).unwrap_or_else(|report| panic!("{report}"));
    // The versions that the workspace is built with, so that nothing has to be downloaded or compiled twice.
    fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock")).unwrap();
    let test = fixtures.join(format!("crates/{name}.rs"));
    if test.exists() {
        fs::create_dir(out.join("tests")).unwrap();
        let text = fs::read_to_string(test).unwrap();
        if text.contains("mod server;") {
            fs::copy(root.join("generator/runtime/src/tests/server.rs"), out.join("tests/server.rs")).unwrap();
        }
        fs::write(out.join("tests/wire.rs"), text).unwrap();
    }
    out
}

fn cargo(folder: &Path, arguments: &[&str]) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTDOCFLAGS", "-D warnings")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "cargo {arguments:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn an_invented_api_of_the_same_shape() {
    let folder = generated("harbour");
    cargo(&folder, &["clippy", "--quiet", "--offline", "--all-targets", "--", "-D", "warnings"]);
    cargo(&folder, &["doc", "--quiet", "--offline", "--no-deps"]);
    cargo(&folder, &["test", "--quiet", "--offline"]);
}

#[test]
fn every_kind_of_schema() {
    let folder = generated("schemas");
    cargo(&folder, &["clippy", "--quiet", "--offline", "--all-targets", "--", "-D", "warnings"]);
    cargo(&folder, &["doc", "--quiet", "--offline", "--no-deps"]);
    cargo(&folder, &["test", "--quiet", "--offline"]);
}

#[test]
fn every_way_through_a_tree() {
    let folder = generated("tree");
    cargo(&folder, &["clippy", "--quiet", "--offline", "--all-targets", "--", "-D", "warnings"]);
    cargo(&folder, &["doc", "--quiet", "--offline", "--no-deps"]);
    cargo(&folder, &["test", "--quiet", "--offline"]);
}

#[test]
fn names_that_mean_something_in_rust() {
    let folder = generated("names");
    cargo(&folder, &["clippy", "--quiet", "--offline", "--", "-D", "warnings"]);
    cargo(&folder, &["doc", "--quiet", "--offline", "--no-deps"]);
    cargo(&folder, &["test", "--quiet", "--offline", "--doc"]);
}

#[test]
fn every_kind_of_operation() {
    let folder = generated("operations");
    cargo(&folder, &["clippy", "--quiet", "--offline", "--all-targets", "--", "-D", "warnings"]);
    cargo(&folder, &["doc", "--quiet", "--offline", "--no-deps"]);
    cargo(&folder, &["test", "--quiet", "--offline"]);
}

#[test]
fn every_place_that_requests_go_to() {
    let folder = generated("servers");
    cargo(&folder, &["clippy", "--quiet", "--offline", "--all-targets", "--", "-D", "warnings"]);
    cargo(&folder, &["doc", "--quiet", "--offline", "--no-deps"]);
    cargo(&folder, &["test", "--quiet", "--offline"]);
}
