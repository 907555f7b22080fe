//! Tests the state file of the mock.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bindery_mock::{Error, Mock};
use serde_json::json;
use support::{builder, raw, send};

/// Creates a folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("state-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

async fn start(file: PathBuf) -> Result<Mock, Error> {
    builder("services").state_file(file).start().await
}

#[tokio::test]
async fn acknowledged_changes_survive_a_restart() {
    let file = folder("acknowledged").join("state.json");
    let mock = start(file.clone()).await.unwrap();
    let url = mock.url();
    let create = async |name| send(&url, "POST", "/v1/Services", "", &format!("FriendlyName={name}")).await.json();
    let (kept, removed) = (create("kept").await, create("removed").await);
    let path = |service: &serde_json::Value| format!("/v1/Services/{}", service["sid"].as_str().unwrap());
    assert_eq!(send(&url, "DELETE", &path(&removed), "", "").await.status, 204);
    mock.put("/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", json!({ "friendly_name": "put" })).unwrap();
    let (text, state) = (fs::read_to_string(&file).unwrap(), mock.state());
    drop(mock);
    // The file is the same as after a crash, because a mock writes nothing when it is dropped.
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    let restarted = restart(&file).await;
    assert_eq!(restarted.state()["store"], state["store"]);
    assert_eq!(
        send(&restarted.url(), "GET", &path(&kept), "", "").await.json(),
        with_base_url(&kept, &url, &restarted.url())
    );
    assert_eq!(raw(&restarted.url(), "GET", &path(&removed), "", "").await.status, 401);
    assert_eq!(send(&restarted.url(), "GET", &path(&removed), "", "").await.status, 404);
    assert_eq!(
        fs::read_to_string(&file).unwrap().lines().count(),
        1,
        "the restarted mock has written all changes to the first line"
    );
}

/// Starts another mock with the same file. Waits until the connections of the first mock are closed and the lock is
/// released.
async fn restart(file: &Path) -> Mock {
    for _ in 0..500 {
        match start(file.to_owned()).await {
            Err(error) if error.to_string().contains("another mock") => {
                tokio::time::sleep(Duration::from_millis(10)).await
            }
            started => return started.unwrap(),
        }
    }
    panic!("the first mock has not ended");
}

/// Replaces the base URL in a record.
fn with_base_url(record: &serde_json::Value, from: &str, to: &str) -> serde_json::Value {
    serde_json::from_str(&record.to_string().replace(from, to)).unwrap()
}

#[tokio::test]
async fn a_state_file_is_locked() {
    let file = folder("one").join("state.json");
    let _mock = start(file.clone()).await.unwrap();
    let error = start(file).await.unwrap_err().to_string();
    assert!(error.contains("state.json: another mock keeps its state here"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_is_kept() {
    let folder = folder("link");
    fs::create_dir(folder.join("elsewhere")).unwrap();
    let (link, file) = (folder.join("state.json"), folder.join("elsewhere/kept.json"));
    fs::write(&file, "").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let mock = start(link.clone()).await.unwrap();
    assert_eq!(send(&mock.url(), "POST", "/v1/Services", "", "FriendlyName=a").await.status, 201);
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&file).unwrap().contains("/v1/Services"));
}

#[tokio::test]
async fn a_foreign_file_is_rejected() {
    let folder = folder("refused");
    let file = folder.join("state.json");
    let unknown = "line 1: the state comes from another API or another version of the mock";
    for (bytes, expected_reason) in [
        (b"\xff\xfe".as_slice(), "line 1: expected value at line 1 column 1"),
        (b"{\"tick\": 1", "line 1: EOF while parsing an object at line 1 column 10"),
        (b"[]", unknown),
        (b"{\"tick\": 1, \"chance\": null, \"store\": {}}", unknown),
        (b"{\"tick\": 1, \"chance\": null, \"store\": {\"last\": 18446744073709551615, \"collections\": {}}}", unknown),
        (
            b"{\"tick\": 1, \"chance\": null, \"store\": {\"last\": 1, \"collections\": {}}}\n{\"tick\": 1}\n",
            "line 2: the state comes from another API or another version of the mock",
        ),
        (b"{\"tick\": 1, \"chance\": null, \"store\": {\"last\": 1, \"collections\": {}, \"from\": \"later\"}}", unknown),
        (b"{\"tick\": 1, \"chance\": null, \"from\": \"later\", \"store\": {\"last\": 1, \"collections\": {}}}", unknown),
        (
            b"{\"tick\": 1, \"chance\": null, \"store\": {\"last\": 1, \"collections\": {\"/v9/Ships\": [[1, \"a\", {}]]}}}",
            "the document has no collection `/v9/Ships`",
        ),
        (
            b"{\"tick\": 1, \"chance\": null, \"store\": {\"last\": 1, \"collections\": {\"/v1/Services\": [[1, \"a\", 7]]}}}",
            "the record `a` of `/v1/Services` is not an object",
        ),
    ] {
        fs::write(&file, bytes).unwrap();
        let error = start(file.clone()).await.unwrap_err().to_string();
        assert!(error.contains(file.to_str().unwrap()) && error.ends_with(expected_reason), "{error}");
        assert_eq!(fs::read(&file).unwrap(), bytes, "the file is not changed");
    }
    for (path, expected_reason) in
        [(folder.clone(), "it must be a regular file"), (folder.join("none/state.json"), "No such file")]
    {
        let error = start(path).await.unwrap_err().to_string();
        assert!(error.contains(expected_reason), "{error}");
    }
    assert!(!folder.with_extension("lock").exists(), "a rejected path gets no lock file");
}

#[cfg(unix)]
#[tokio::test]
async fn a_dangling_link_creates_its_target() {
    let folder = folder("dangling");
    fs::create_dir(folder.join("elsewhere")).unwrap();
    let link = folder.join("state.json");
    std::os::unix::fs::symlink("other.json", &link).unwrap();
    std::os::unix::fs::symlink("elsewhere/kept.json", folder.join("other.json")).unwrap();
    let _mock = start(link.clone()).await.unwrap();
    assert!(link.is_symlink() && folder.join("elsewhere/kept.json").is_file());
    assert!(folder.join("elsewhere/kept.json.lock").is_file(), "all links to a file share its lock");
    let circular_link = folder.join("around.json");
    std::os::unix::fs::symlink("around.json", &circular_link).unwrap();
    let error = start(circular_link).await.unwrap_err().to_string();
    assert!(error.contains("too many levels of symbolic links"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn file_permissions_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let file = folder("permissions").join("state.json");
    let set = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    fs::write(&file, "").unwrap();
    set(0o600);
    drop(restart(&file).await);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read(&file).unwrap();
    set(0o400);
    let error = start(file.clone()).await.unwrap_err().to_string();
    assert!(error.ends_with("it is read-only"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), text);
}

#[tokio::test]
async fn a_file_that_cannot_be_replaced_is_not_changed() {
    let folder = folder("replaced");
    let file = folder.join("state.json");
    fs::write(&file, "").unwrap();
    // Every write fails, because there is a folder at the path of the temporary file.
    fs::create_dir(folder.join("state.json.new")).unwrap();
    start(file.clone()).await.unwrap_err();
    assert_eq!(fs::read(&file).unwrap(), b"");
    fs::remove_dir(folder.join("state.json.new")).unwrap();
    fs::write(folder.join("state.json.new"), "{\"tick\":").unwrap();
    drop(restart(&file).await);
    assert!(!folder.join("state.json.new").exists(), "the old temporary file is removed");
}

#[tokio::test]
async fn stored_records_can_be_fetched() {
    let document = "
openapi: 3.0.3
info: { title: Notes, version: 1.0.0 }
paths:
  /notes:
    get: { operationId: list, responses: { '200': { description: All., content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Note' } } } } } } }
    post:
      operationId: add
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }
      responses: { '201': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } } }
components: { schemas: { Note: { type: object, properties: { any: {} } } } }
";
    let file = folder("deep").join("state.json");
    let start = async || Mock::from_spec(document, "").state_file(file.clone()).start().await;
    let mock = start().await.unwrap();
    for (depth, status) in [(10, 201), (99, 201), (100, 400), (126, 400), (127, 400), (100_000, 400)] {
        let body = format!("{{\"any\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let response = raw(&mock.url(), "POST", "/notes", "Content-Type: application/json\r\n", &body).await;
        assert_eq!(response.status, status, "{depth} {response:?}");
    }
    let stored = mock.state();
    drop(mock);
    for _ in 0..2 {
        // The first start reads the lines with the changes. The second start reads the single line that the first start
        // wrote.
        let restarted = loop {
            match start().await {
                Err(error) if error.to_string().contains("another mock") => {
                    tokio::time::sleep(Duration::from_millis(10)).await
                }
                started => break started.unwrap(),
            }
        };
        assert_eq!(restarted.state()["store"], stored["store"]);
    }
}
