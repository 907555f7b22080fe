//! A tester of APIs that knows nothing of this repository: schemathesis, for four documents with four kinds of credentials.
//!
//! Left out are the checks that ask more of a mock than its document says: the fixtures describe no refusals, and the mock refuses what
//! a document does not declare although its schemas would allow it.

#![allow(clippy::expect_used, clippy::explicit_write, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::path::Path;
use std::process::Command;

use bindery_mock::Mock;

const CHECKS: &str = "not_a_server_error,response_schema_conformance,content_type_conformance,\
                      response_headers_conformance,ignored_auth,unsupported_method";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_nothing() {
    let program = std::env::var("SCHEMATHESIS").unwrap_or_else(|_| "schemathesis".to_owned());
    if Command::new(&program).arg("--version").output().is_err() {
        return support::skipped("there is no schemathesis");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (document, config, credentials) in [
        ("spec/conversations_v1.yaml", "spec/codegen.toml", "--auth=user:password"),
        (
            "generator/tests/fixtures/ok/operations.yaml",
            "generator/tests/fixtures/ok/operations.toml",
            "--header=X-Key: password",
        ),
        (
            "generator/tests/fixtures/ok/security.yaml",
            "generator/tests/fixtures/ok/security.toml",
            "--header=X-Key: password",
        ),
        (
            "generator/tests/fixtures/ok/servers.yaml",
            "generator/tests/fixtures/ok/servers.toml",
            "--header=Authorization: Bearer password",
        ),
    ] {
        let text = |path: &str| std::fs::read_to_string(root.join(path)).expect("readable");
        let builder = Mock::from_spec(&text(document), &text(config)).credentials("user", "password");
        let mock = builder.start().await.expect("a mock");
        let mut command = Command::new(&program);
        command.arg("run").arg(root.join(document)).arg(format!("--url={}", mock.url())).args([
            credentials,
            "--phases=examples,fuzzing",
            "--max-examples=3",
            "--generation-deterministic",
            "--no-color",
            "--checks",
            CHECKS,
        ]);
        command.current_dir(std::env::temp_dir());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().expect("it has run");
        assert!(output.status.success(), "{document}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(!mock.requests().is_empty(), "{document}");
    }
}
