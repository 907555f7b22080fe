//! The output of `bindery mock`.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

fn command(port: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).args([
        "mock",
        "spec/conversations_v1.yaml",
        "--port",
        port,
    ]);
    command
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_mock_prints_its_url_and_credentials() {
    let mut mock = Running(command("0").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut url = String::new();
    BufReader::new(mock.0.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let diagnostics: Vec<String> =
        BufReader::new(mock.0.stderr.take().unwrap()).lines().take(3).map(Result::unwrap).collect();
    assert!(diagnostics[0].starts_with("accepts a user and a password in `Authorization: Basic`"), "{diagnostics:?}");
    assert_eq!(diagnostics[1..], ["signs webhooks with the secret `mock-password`", "press ctrl-c to stop"]);

    let port = url.trim().strip_prefix("http://127.0.0.1:").unwrap();
    let Output { status, stderr, .. } = command(port).output().unwrap();
    let expected =
        format!("port {port} is in use; choose another port with `--port`, or any free port with `--port 0`\n");
    assert_eq!((status.code(), String::from_utf8_lossy(&stderr).as_ref()), (Some(3), expected.as_str()));
}

#[test]
fn the_url_for_webhooks_must_be_an_http_url() {
    let Output { status, stderr, .. } = command("0").args(["--webhook-url", "https://127.0.0.1/"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&stderr);
    assert_eq!(
        (status.code(), stderr.contains("`https://127.0.0.1/` is not an `http` URL")),
        (Some(2), true),
        "{stderr}"
    );
}
