//! The crates of this repository can be published. `cargo package` accepts them, with all files that they embed.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::path::Path;
use std::process::{Command, Output};

fn cargo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(["package", "--allow-dirty", "--offline"])
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("package"))
        .output()
        .unwrap()
}

#[test]
fn all_crates_can_be_packaged() {
    let output = cargo(&["--workspace", "--no-verify"]);
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    for name in ["bindery", "bindery-cli", "bindery-mock", "bindery-runtime"] {
        assert!(messages.contains(&format!("Packaging {name} v")), "{messages}");
    }
}

/// The runtime files are in the folder of another package. `generator/embedded_runtime` is a symbolic link to this
/// folder.
#[test]
fn the_package_of_the_generator_has_the_files_that_it_embeds() {
    let output = cargo(&["--list", "--package", "bindery"]);
    let files = String::from_utf8(output.stdout).unwrap();
    for path in ["CODES.md", "README.md", "embedded_runtime/mod.rs", "embedded_runtime/client/connection.rs"] {
        assert!(files.lines().any(|line| line == path), "{path} is not in\n{files}");
    }
}
