//! Tests the mock with the official Twilio clients for Python and Node.

#![allow(clippy::expect_used, clippy::explicit_write, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::fs;
use std::process::{Command, Output};

use serde_json::json;
use support::receiver::Receiver;

/// The exit status of a script if the package is not installed.
const SKIPPED: i32 = 77;

/// Runs a script with a mock. `variable` is the environment variable with the path of the interpreter.
async fn run(script: &str, variable: &str, interpreter: &str) {
    let mock = support::builder("services").seed(7).start().await.expect("a mock");
    if output(script, variable, interpreter, vec![mock.url()]).await.is_some() {
        assert!(mock.requests().len() > 300);
    }
}

/// Runs a script with arguments, and asserts that it succeeds. Returns `None` if it cannot run.
async fn output(script: &str, variable: &str, interpreter: &str, arguments: Vec<String>) -> Option<Output> {
    let script = format!("{}/tests/{script}", env!("CARGO_MANIFEST_DIR"));
    let program = std::env::var(variable).unwrap_or_else(|_| interpreter.to_owned());
    let run = move || Command::new(program).arg(script).args(arguments).output();
    let Ok(output) = tokio::task::spawn_blocking(run).await.unwrap() else {
        support::skipped(&format!("{interpreter} is not installed"));
        return None;
    };
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(SKIPPED) {
        support::skipped(stdout.trim());
        return None;
    }
    assert!(output.status.success(), "{stdout}{stderr}");
    Some(output)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twilio_python_client_works() {
    run("python_client.py", "PYTHON", "python3").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twilio_node_client_works() {
    run("node_client.js", "NODE", "node").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twilio_python_client_accepts_the_signatures() {
    let receiver = Receiver::start().await;
    let mock =
        support::builder("services").credentials("AC0", "token").webhook_url(&receiver.url).start().await.unwrap();
    for name in mock.webhook_names() {
        mock.send_webhook(&name, None).unwrap();
    }
    mock.send_webhook("onMessageAdded", json!({ "Body": "a=b & \u{e9}", "Media": [{ "Size": 2 }] })).unwrap();
    mock.send_webhook_to(&format!("{}?a=1&b=%20", receiver.url), "onMessageAdd", None).unwrap();
    mock.webhooks_sent().await;
    let (origin, _) = receiver.url.split_at(receiver.url.len() - "/hook".len());
    let header = |request: &hyper::Request<bytes::Bytes>, name: &str| {
        request.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let lines = receiver.requests().into_iter().map(|request| {
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let (signature, content_type) = (header(&request, "x-twilio-signature"), header(&request, "content-type"));
        let url = format!("{origin}{}", request.uri());
        json!({ "url": url, "body": body, "signature": signature, "content_type": content_type }).to_string() + "\n"
    });
    let file = std::env::temp_dir().join(format!("bindery-webhooks-{}.jsonl", std::process::id()));
    fs::write(&file, lines.collect::<String>()).unwrap();
    let arguments = vec!["token".to_owned(), file.display().to_string()];
    let output = output("python_signatures.py", "PYTHON", "python3", arguments).await;
    fs::remove_file(file).unwrap();
    if let Some(output) = output {
        let count = mock.webhook_names().len() + 2;
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{count} requests are valid\n"));
    }
}
