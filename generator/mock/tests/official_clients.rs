//! Tests the mock with the official Twilio clients for Python and Node.

#![allow(clippy::expect_used, clippy::explicit_write, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::process::Command;

/// The exit status of a script if the package is not installed.
const SKIPPED: i32 = 77;

/// Runs a script with a mock. `variable` is the environment variable with the path of the interpreter.
async fn run(script: &str, variable: &str, interpreter: &str) {
    let mock = support::builder("services").seed(7).start().await.expect("a mock");
    let script = format!("{}/tests/{script}", env!("CARGO_MANIFEST_DIR"));
    let program = std::env::var(variable).unwrap_or_else(|_| interpreter.to_owned());
    let url = mock.url();
    let result =
        tokio::task::spawn_blocking(move || Command::new(program).args([&script, &url]).output()).await.unwrap();
    let Ok(output) = result else {
        support::skipped(&format!("{interpreter} is not installed"));
        return;
    };
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(SKIPPED) {
        support::skipped(stdout.trim());
        return;
    }
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(mock.requests().len() > 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twilio_python_client_works() {
    run("python_client.py", "PYTHON", "python3").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twilio_node_client_works() {
    run("node_client.js", "NODE", "node").await;
}
