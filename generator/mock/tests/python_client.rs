//! A client that knows nothing of this repository: Twilio's own, for Python.

#![allow(clippy::expect_used, clippy::explicit_write, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::process::Command;

/// The status that the script ends with if the package is not there.
const SKIPPED: i32 = 77;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twilios_python_client_finds_what_it_expects() {
    let mock = support::builder("services").seed(7).start().await.expect("a mock");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python_client.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let url = mock.url();
    let ran = tokio::task::spawn_blocking(move || Command::new(python).args([script, &url]).output()).await.unwrap();
    let Ok(output) = ran else {
        support::skipped("there is no Python");
        return;
    };
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(SKIPPED) {
        support::skipped(said.trim());
        return;
    }
    assert!(output.status.success(), "{said}{complained}");
    assert!(mock.requests().len() > 300);
}
