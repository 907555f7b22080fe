//! Sends unusual requests to the mock. Each request is rejected with a reason, or its values are stored unchanged.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery_mock::Mock;
use serde_json::json;
use support::raw;

const DOCUMENT: &str = "
openapi: 3.0.3
info: { title: Things, version: 1.0.0 }
servers: [{ url: 'https://things.example/api/v2' }]
paths:
  /things:
    get:
      operationId: listThings
      parameters:
        - { name: limit, in: query, schema: { type: integer } }
        - { name: cursor, in: query, schema: { type: string } }
        - { name: tag, in: query, schema: { type: array, nullable: true, items: { type: string } } }
        - { name: q, in: query, schema: { type: string } }
      responses: { '200': { description: All., content: { application/json: { schema: { type: object, properties: { items: { type: array, items: { $ref: '#/components/schemas/Thing' } }, next_cursor: { type: string, nullable: true } } } } } } }
    post:
      operationId: createThing
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
      responses: { '201': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } } }
  /things/{id}:
    get: { operationId: getThing, parameters: [{ name: id, in: path, required: true, schema: { type: string } }], responses: { '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } } } }
  /offsets:
    get:
      operationId: listOffsets
      parameters:
        - { name: limit, in: query, schema: { type: integer, default: 2 } }
        - { name: offset, in: query, schema: { type: integer } }
      responses: { '200': { description: All., content: { application/json: { schema: { type: object, properties: { total: { type: integer }, items: { type: array, items: { type: object } } } } } } } }
  /numbered:
    get:
      operationId: listNumbered
      parameters:
        - { name: per_page, in: query, schema: { type: integer } }
        - { name: page, in: query, schema: { type: integer, default: 1 } }
      responses: { '200': { description: All., content: { application/json: { schema: { type: object, properties: { total: { type: integer }, items: { type: array, items: { type: object } } } } } } } }
  /forms:
    post:
      operationId: createForm
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object, properties: { name: { type: string }, many: { type: array, items: { type: string } }, any: {} } } } } }
      responses: { '201': { description: It., content: { application/json: { schema: { type: object, properties: { name: { type: string }, any: {} } } } } } }
  /uploads:
    post:
      operationId: upload
      requestBody: { content: { multipart/form-data: { schema: { type: object, required: [file], properties: { file: { type: string, format: binary }, note: { type: string } } } } } }
      responses: { '201': { description: It., content: { application/json: { schema: { type: object, properties: { size: { type: integer }, note: { type: string } } } } } } }
components: { schemas: { Thing: { type: object, properties: { id: { type: string, readOnly: true }, name: { type: string }, any: {} } } } }
";

const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const PARTS: &str = "Content-Type: multipart/form-data; boundary=b\r\n";

async fn start() -> Mock {
    let mock = Mock::from_spec(DOCUMENT, "").start().await.expect("a mock");
    for name in ["a", "b", "c"] {
        let body = json!({ "name": name }).to_string();
        assert_eq!(raw(&mock.url(), "POST", "/things", JSON, &body).await.status, 201);
    }
    mock
}

#[tokio::test]
async fn ambiguous_requests_are_rejected() {
    let mock = start().await;
    for (path, expected_message) in [
        ("/things?limit=-1", "limit must be an integer of at least 0"),
        ("/things?limit=1&limit=2", "limit is given more than once"),
        ("/things?limit=1&cursor=junk", "cursor is not the token of a page"),
        ("/things?limit=1&cursor=PAx", "cursor is not the token of a page"),
        ("/things?q=%ff", "the query must be UTF-8"),
        ("/things?q=%01integer:1", "q must not begin with a control character"),
        ("/offsets?offset=-1", "offset must be an integer of at least 0"),
        ("/numbered?page=0", "page must be an integer of at least 1"),
        ("/numbered?page=-3", "page must be an integer of at least 1"),
    ] {
        let response = raw(&mock.url(), "GET", path, "", "").await;
        assert!(response.status == 400 && response.body.contains(expected_message), "{path} {response:?}");
    }
    let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nabc\r\n";
    for (path, headers, body, expected_message) in [
        ("/things", JSON, "{\"any\":\"\\u0001integer:} x\"}".to_owned(), "must not begin with"),
        ("/things", JSON, "{\"any\":{\"\\u0001\\u0069nteger:1\":1}}".to_owned(), "must not begin with"),
        ("/things", JSON, format!("{{\"any\":{}1{}}}", "[".repeat(110), "]".repeat(110)), "at most 100 levels deep"),
        ("/forms", FORM, "name=%ff".to_owned(), "the body must be UTF-8"),
        ("/forms", FORM, "name=a&name=b".to_owned(), "name is given more than once"),
        ("/forms", FORM, "any=%01integer:%7D".to_owned(), "any must not begin with a control character"),
        ("/uploads", PARTS, part.to_owned(), "the body must end with `--b--`"),
        ("/uploads", PARTS, format!("{part}{part}--b--\r\n"), "file is given more than once"),
        ("/uploads", PARTS, "text".to_owned(), "the body must have the boundary `b`"),
        ("/uploads", "Content-Type: multipart/form-data\r\n", part.to_owned(), "must have a boundary"),
    ] {
        let response = raw(&mock.url(), "POST", path, headers, &body).await;
        assert!(response.status == 400 && response.body.contains(expected_message), "{path} {body} {response:?}");
    }
}

#[tokio::test]
async fn unusual_values_are_stored_unchanged() {
    let mock = start().await;
    for (path, count) in [
        ("/things?limit=0", 0),
        ("/things?limit=9223372036854775807", 3),
        ("/things?limit=2&cursor=", 2),
        ("/things?tag=a&tag=b", 3),
        ("/offsets?offset=9223372036854775807", 0),
        ("/numbered?page=9223372036854775807", 0),
    ] {
        let response = raw(&mock.url(), "GET", path, "", "").await;
        assert_eq!(response.json()["items"].as_array().map(Vec::len), Some(count), "{path} {response:?}");
    }
    for body in [
        "{\"name\":\"x\",\"any\":\"\\u0001\"}",
        "{\"name\":\"x\",\"any\":{\"\\u0001a\":[123456789012345678901234567890]}}",
    ] {
        let response = raw(&mock.url(), "POST", "/things", JSON, body).await;
        let any = body.split_once("\"any\":").unwrap().1.trim_end_matches('}');
        assert!(response.status == 201 && response.body.contains(any), "{body} {response:?}");
    }
    for body in ["many=a&many=b", "any=1&any=2", "name=%F0%9F%92%A5", ""] {
        assert_eq!(raw(&mock.url(), "POST", "/forms", FORM, body).await.status, 201, "{body}");
    }
}

#[tokio::test]
async fn ignored_parameters_are_reported() {
    let mock = start().await;
    for (query, expected) in
        [("limit=1&cursor=PA1", None), ("q=x&limt=1&limt=2", Some("q, limt")), ("a%0d%0aB:c=1", Some("a%0d%0ab%3ac"))]
    {
        let head = raw(&mock.url(), "GET", &format!("/things?{query}"), "", "").await.head.to_ascii_lowercase();
        let ignored_parameters = head.lines().find_map(|line| line.strip_prefix("mock-ignored-parameters: "));
        assert_eq!(ignored_parameters, expected, "{query}");
    }
}

#[tokio::test]
async fn a_fault_for_an_unknown_operation_is_rejected() {
    let mock = start().await;
    for fault in ["operation=noSuch; status=503", "status=503; status=500", "reset; malformed", "truncate=5"] {
        let response = raw(&mock.url(), "POST", "/__mock/faults", "", fault).await;
        assert_eq!(response.status, 400, "{fault} {response:?}");
        let response = raw(&mock.url(), "GET", "/things", &format!("X-Mock-Fault: {fault}\r\n"), "").await;
        assert_eq!(response.status, 400, "{fault} {response:?}");
    }
    for (fault, status) in [
        ("status=503", 503),
        ("operation=listThings; status=503", 503),
        ("operation=createThing; status=503", 200),
        ("status=503; probability=0", 200),
        ("status=503; times=0", 200),
        ("status=503; times=1", 503),
    ] {
        let response = raw(&mock.url(), "GET", "/things", &format!("X-Mock-Fault: {fault}\r\n"), "").await;
        assert_eq!(response.status, status, "{fault} {response:?}");
    }
}

#[tokio::test]
async fn only_one_concurrent_request_gets_a_unique_name() {
    let rules = "[[mock.rules]]\nat = ['/things']\nunique = ['name']\n";
    let mock = Mock::from_spec(DOCUMENT, rules).start().await.expect("a mock");
    let url = mock.url();
    let requests = (0..16).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { raw(&url, "POST", "/things", JSON, "{\"name\":\"one\"}").await.status })
    });
    let mut created = 0;
    for request in requests.collect::<Vec<_>>() {
        match request.await.unwrap() {
            201 => created += 1,
            status => assert_eq!(status, 409),
        }
    }
    assert_eq!(created, 1);
}

#[tokio::test]
async fn the_console_page_gets_the_server_paths() {
    let mock = start().await;
    let api = raw(&mock.url(), "GET", "/__mock/api", "", "").await.json();
    assert_eq!(api["basePaths"], json!(["/api/v2"]));
}
