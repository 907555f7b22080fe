//! Tests the mock with schemathesis, for documents with Basic authentication, a bearer token, an API key, only OAuth
//! 2.0, and several security schemes.
//!
//! Some checks of schemathesis are disabled. They would fail because the fixtures declare no error responses, and
//! because the mock rejects undeclared parameters that the schemas allow.

#![allow(clippy::expect_used, clippy::explicit_write, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::path::Path;
use std::process::Command;

use bindery_mock::Mock;

const CHECKS: &str = "not_a_server_error,response_schema_conformance,content_type_conformance,\
                      response_headers_conformance,ignored_auth,unsupported_method";

/// An API whose only security scheme is OAuth 2.0 with client credentials.
const OAUTH: &str = "
openapi: 3.0.3
info: { title: Loans, version: 1.0.0 }
servers: [{ url: 'https://loans.example' }]
security: [{ granted: [loans] }]
paths:
  /loans:
    get:
      operationId: listLoans
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 20 } }
        - { name: cursor, in: query, schema: { type: string, enum: [PA1] } }
      responses:
        '200': { description: A page., content: { application/json: { schema: { type: object, required: [items], properties: { items: { type: array, items: { $ref: '#/components/schemas/Loan' } }, next_cursor: { type: string, nullable: true } } } } } }
        default: &refused { description: Refused., content: { application/json: { schema: { type: object, required: [message], properties: { message: { type: string } } } } } }
    post:
      operationId: createLoan
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Loan' } } } }
      responses:
        '201': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Loan' } } } }
        default: *refused
  /loans/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getLoan
      responses:
        '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Loan' } } } }
        default: *refused
    delete:
      operationId: deleteLoan
      responses: { '204': { description: Gone. }, default: *refused }
components:
  schemas:
    Loan:
      type: object
      required: [title]
      properties:
        id: { type: string, readOnly: true }
        title: { type: string, minLength: 1, maxLength: 40 }
        due: { type: string, format: date, nullable: true }
        days: { type: integer, minimum: 1, maximum: 365 }
  securitySchemes:
    granted: { type: oauth2, flows: { clientCredentials: { tokenUrl: 'https://loans.example/oauth/token', scopes: { loans: Everything. } } } }
";

const API_KEY: &str = "--header=X-Key: password";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_nothing() {
    let program = std::env::var("SCHEMATHESIS").unwrap_or_else(|_| "schemathesis".to_owned());
    if Command::new(&program).arg("--version").output().is_err() {
        return support::skipped("there is no schemathesis");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = |path: String| std::fs::read_to_string(root.join(path)).expect("a readable file");
    let fixture = |name: &str| {
        let path = format!("generator/tests/fixtures/ok/{name}");
        (text(format!("{path}.yaml")), text(format!("{path}.toml")))
    };
    let conversations = (text("spec/conversations_v1.yaml".to_owned()), text("spec/codegen.toml".to_owned()));
    for (name, (document, config), credentials) in [
        ("conversations", conversations, "--auth=user:password"),
        ("operations", fixture("operations"), API_KEY),
        ("security", fixture("security"), API_KEY),
        ("servers", fixture("servers"), "--header=Authorization: Bearer password"),
        ("oauth", (OAUTH.to_owned(), String::new()), "--header=Authorization: Bearer {token}"),
    ] {
        let builder = Mock::from_spec(&document, &config).credentials("user", "password");
        let mock = builder.start().await.expect("a mock");
        let credentials = match credentials.contains("{token}") {
            true => credentials.replace("{token}", &token(&mock).await),
            false => credentials.to_owned(),
        };
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("schemathesis-{name}.yaml"));
        std::fs::write(&file, &document).expect("a writable file");
        let mut command = Command::new(&program);
        command.arg("run").arg(file).arg(format!("--url={}", mock.url())).arg(credentials).args([
            "--phases=examples,fuzzing",
            "--max-examples=3",
            "--generation-deterministic",
            "--no-color",
            "--checks",
            CHECKS,
        ]);
        command.current_dir(std::env::temp_dir());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().expect("schemathesis runs");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
        let statuses: Vec<u16> = mock.requests().iter().map(|request| request.status).collect();
        for class in [2, 4] {
            assert!(statuses.iter().any(|status| status / 100 == class), "{name}: {statuses:?}");
        }
    }
}

/// Requests a token from the mock with client credentials.
async fn token(mock: &Mock) -> String {
    let form = "grant_type=client_credentials&client_id=user&client_secret=password";
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let response = support::raw(&mock.url(), "POST", "/oauth/token", headers, form).await;
    assert_eq!(response.status, 200, "{response:?}");
    response.json()["access_token"].as_str().expect("a token").to_owned()
}
