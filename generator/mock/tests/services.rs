//! Tests the mock of the API in spec/: the life cycle of a Service, errors, pages and faults.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery::ir::TypeRef;
use bindery_mock::{Mock, Request, check};
use serde_json::{Value, json};
use support::{api, builder, raw, send};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

async fn start() -> Mock {
    builder("services").seed(7).start().await.expect("a mock")
}

/// Asserts that a value matches the schema with a name.
fn assert_matches_schema(schema: &str, value: &Value) {
    let (api, _) = api("services");
    let (id, _) = api.types.iter().find(|(_, def)| def.name == [schema]).expect("a schema");
    let problems = check(&api, &TypeRef::Named(id), value);
    assert!(problems.is_empty(), "{value} does not match {schema}: {problems:?}");
}

#[tokio::test]
async fn a_service_is_created_fetched_listed_and_deleted() {
    let mock = start().await;
    let url = mock.url();
    let created = send(&url, "POST", "/v1/Services", "", "FriendlyName=Support+desk").await;
    assert_eq!(created.status, 201, "{created:?}");
    let service = created.json();
    assert_matches_schema("Service", &service);
    assert_eq!(service["friendly_name"], "Support desk");
    let sid = service["sid"].as_str().unwrap();
    assert_eq!(service["url"], json!(format!("{url}/v1/Services/{sid}")));
    let links = &service["links"];
    assert_eq!(links["participant_conversations"], json!(format!("{url}/v1/Services/{sid}/ParticipantConversations")));
    assert!(created.head.to_ascii_lowercase().contains("twilio-request-id: "), "{}", created.head);
    assert!(created.head.to_ascii_lowercase().contains("access-control-allow-origin: *"), "{}", created.head);

    let path = format!("/v1/Services/{sid}");
    let fetched = send(&url, "GET", &path, "", "").await;
    assert_eq!((fetched.status, fetched.json()), (200, service.clone()));
    let page = send(&url, "GET", "/v1/Services", "", "").await.json();
    assert_matches_schema("ServicePage", &page);
    assert_eq!(page["services"], json!([service]));
    assert_eq!(page["meta"]["key"], "services");
    assert_eq!(page["meta"]["next_page_url"], Value::Null);

    let deleted = send(&url, "DELETE", &path, "", "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(send(&url, "DELETE", &path, "", "").await.status, 404);
    let after_delete = send(&url, "GET", &path, "", "").await;
    assert_eq!(after_delete.status, 404);
    assert_matches_schema("ErrorBody", &after_delete.json());
    assert_eq!(after_delete.json()["code"], 20404);
    assert_eq!(after_delete.json()["more_info"], "https://www.twilio.com/docs/errors/20404");
    let recorded: Vec<_> =
        mock.requests().iter().map(|request| (request.operation.clone().unwrap_or_default(), request.status)).collect();
    assert_eq!(recorded[0], ("CreateService".to_owned(), 201));
    assert_eq!(recorded.len(), 6);
}

#[tokio::test]
async fn invalid_values_are_rejected() {
    let mock = start().await;
    let url = mock.url();
    let long = format!("FriendlyName={}", "x".repeat(257));
    let unknown_sid = format!("/v1/Services/IS{}", "0".repeat(32));
    let auth = "Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n";
    let json_type = format!("{auth}Content-Type: application/json\r\n");
    let form_headers = format!("{auth}{FORM}");
    for (method, path, headers, body, status) in [
        ("POST", "/v1/Services", form_headers.as_str(), "", 400),
        ("POST", "/v1/Services", &form_headers, &long, 400),
        ("POST", "/v1/Services", &form_headers, "FriendlyName=a&Colour=red", 400),
        ("POST", "/v1/Services", FORM, "FriendlyName=a", 401),
        ("POST", "/v1/Services", "Authorization: Basic !!!\r\n", "", 401),
        ("POST", "/v1/Services", "Authorization: Basic dXNlcjo=\r\n", "", 401),
        ("POST", "/v1/Services", "Authorization: Bearer dXNlcjpwYXNzd29yZA==\r\n", "", 401),
        ("POST", "/v1/Services", &json_type, "{}", 415),
        ("POST", "/v1/Services", auth, "FriendlyName=a", 415),
        ("PUT", "/v1/Services", auth, "", 405),
        ("POST", &unknown_sid, auth, "", 405),
        ("GET", "/v1/Services?PageSize=0", auth, "", 400),
        ("GET", "/v1/Services?PageSize=1001", auth, "", 400),
        ("GET", "/v1/Services?PageSize=many", auth, "", 400),
        ("GET", &unknown_sid, auth, "", 404),
        ("GET", "/v1/Services/CH1", auth, "", 404),
        ("GET", "/v1/Services/%ff", auth, "", 404),
        ("GET", "/v1/Services/", auth, "", 404),
        ("GET", "/v2", auth, "", 404),
    ] {
        let response = raw(&url, method, path, headers, body).await;
        assert_eq!(response.status, status, "{method} {path} {response:?}");
        assert_matches_schema("ErrorBody", &response.json());
        assert_eq!(response.json()["status"], status);
        assert_eq!(response.json()["code"], 20_000 + u64::from(status));
        assert_eq!(status == 405, response.head.to_ascii_lowercase().contains("allow: "));
    }
    let large = format!("FriendlyName={}", "x".repeat(1 << 20));
    assert!([0, 413].contains(&raw(&url, "POST", "/v1/Services", &form_headers, &large).await.status));
    assert_eq!(send(&url, "GET", "/v1/Services", "", "").await.status, 200);
}

#[tokio::test]
async fn wrong_credentials_are_rejected() {
    let mock = builder("services").credentials("user", "other").start().await.unwrap();
    assert_eq!(send(&mock.url(), "GET", "/v1/Services", "", "").await.status, 401);
}

#[tokio::test]
async fn pages_stay_consistent_while_records_change() {
    let mock = start().await;
    let url = mock.url();
    let mut sids = Vec::new();
    for index in 0..25 {
        let service = send(&url, "POST", "/v1/Services", "", &format!("FriendlyName={index}")).await.json();
        sids.push(service["sid"].as_str().unwrap().to_owned());
    }
    let mut next = "/v1/Services?PageSize=10".to_owned();
    let mut received_sids = Vec::new();
    let mut pages = Vec::new();
    loop {
        let page = send(&url, "GET", &next, "", "").await.json();
        assert_matches_schema("ServicePage", &page);
        let found = page["services"].as_array().unwrap().iter();
        received_sids.extend(found.map(|service| service["sid"].as_str().unwrap().to_owned()));
        pages.push(page.clone());
        if pages.len() == 1 {
            // Removes a record of the first page and a record of a later page, and then adds a record.
            for sid in [&sids[3], &sids[15]] {
                assert_eq!(send(&url, "DELETE", &format!("/v1/Services/{sid}"), "", "").await.status, 204);
            }
            let service = send(&url, "POST", "/v1/Services", "", "FriendlyName=late").await.json();
            sids.push(service["sid"].as_str().unwrap().to_owned());
        }
        match page["meta"]["next_page_url"].as_str() {
            Some(link) => next = link.strip_prefix(&url).expect("an absolute URL of the mock").to_owned(),
            None => break,
        }
    }
    sids.remove(15);
    assert_eq!(received_sids, sids);
    assert_eq!(pages.len(), 3);
    assert_eq!(pages[0]["meta"]["previous_page_url"], Value::Null);
    let previous_page = pages[2]["meta"]["previous_page_url"].as_str().unwrap().strip_prefix(&url).unwrap();
    let previous_page = send(&url, "GET", previous_page, "", "").await.json();
    assert_eq!(previous_page["services"], pages[1]["services"]);
    assert_eq!(previous_page["meta"]["page"], 1);
}

#[tokio::test]
async fn injected_faults_have_their_effects() {
    let mock = start().await;
    let url = mock.url();
    let create_with_fault = async |fault: &str| {
        send(&url, "POST", "/v1/Services", &format!("X-Mock-Fault: {fault}\r\n"), "FriendlyName=a").await
    };
    let unavailable = create_with_fault("status=503; retry-after=1").await;
    assert_eq!(unavailable.status, 503);
    assert!(unavailable.head.to_ascii_lowercase().contains("retry-after: 1"));
    assert_matches_schema("ErrorBody", &unavailable.json());
    assert_eq!(create_with_fault("nonsense").await.status, 400);
    assert_eq!(create_with_fault("reset").await.status, 0);
    let truncated = create_with_fault("truncate").await;
    assert!(truncated.status == 201 && truncated.json() == Value::Null && !truncated.body.is_empty(), "{truncated:?}");
    assert!(create_with_fault("malformed").await.body.starts_with("{\"unfinished\""));
    let extra = create_with_fault("extra-field").await.json();
    assert!(extra["unknown_to_the_document"].is_object());
    let started = std::time::Instant::now();
    assert_eq!(create_with_fault("latency=50").await.status, 201);
    assert_eq!(create_with_fault("drip=1").await.json()["friendly_name"], "a");
    assert!(started.elapsed().as_millis() >= 50);

    mock.fault("operation=ListService; status=500; times=2".parse().unwrap());
    assert_eq!(create_with_fault("").await.status, 201);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(send(&url, "GET", "/v1/Services", "", "").await.status);
    }
    assert_eq!(statuses, [500, 500, 200]);
    assert_eq!(raw(&url, "POST", "/__mock/faults", "", "status=429; probability=0.5").await.status, 200);
    let mut failed_count = 0;
    for _ in 0..40 {
        failed_count += i32::from(send(&url, "GET", "/v1/Services", "", "").await.status == 429);
    }
    assert!((5..35).contains(&failed_count), "{failed_count}");
    assert_eq!(raw(&url, "DELETE", "/__mock/faults", "", "").await.status, 200);
    assert_eq!(send(&url, "GET", "/v1/Services", "", "").await.status, 200);
}

#[tokio::test]
async fn mocks_are_deterministic_and_independent() {
    let mut mocks = Vec::new();
    for _ in 0..30 {
        mocks.push(start().await);
    }
    let mut bodies = Vec::new();
    for mock in &mocks {
        let response = send(&mock.url(), "POST", "/v1/Services", "", "FriendlyName=a").await;
        bodies.push(response.body.replace(&mock.url(), ""));
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    let other = builder("services").seed(8).start().await.unwrap();
    let response = send(&other.url(), "POST", "/v1/Services", "", "FriendlyName=a").await;
    assert_ne!(response.body.replace(&other.url(), ""), bodies[0]);
    let url = other.url();
    drop(other);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.is_err());
}

#[tokio::test]
async fn the_state_can_be_restored() {
    let mock = start().await;
    let sid = format!("IS{}", "a".repeat(32));
    let path = format!("/v1/Services/{sid}");
    mock.put(&path, json!({ "friendly_name": "Old" })).unwrap();
    assert!(mock.put(&path, json!({ "friendly_name": 1 })).is_err());
    assert!(mock.put("/v1/Nothing/1", json!({})).is_err());
    let restored_mock = builder("services").seed(7).state(mock.state()).start().await.unwrap();
    let service = send(&restored_mock.url(), "GET", &path, "", "").await.json();
    assert_matches_schema("Service", &service);
    assert_eq!((&service["friendly_name"], &service["sid"]), (&json!("Old"), &json!(sid)));
    assert!(service["url"].as_str().unwrap().starts_with(&restored_mock.url()));
    assert!(builder("services").state(json!({})).start().await.is_err());
}

#[tokio::test]
async fn the_console_page_is_only_for_browsers() {
    let mock = start().await;
    let url = mock.url();
    let page = raw(&url, "GET", "/", "Accept: text/html\r\n", "").await;
    assert!(page.head.contains("content-security-policy: default-src 'none'"), "{page:?}");
    for part in page.body.split('"').filter(|text| text.starts_with('/')) {
        assert_eq!(raw(&url, "GET", part, "", "").await.status, 200, "{part}");
    }
    assert!(!page.body.contains("<script>"), "the content security policy forbids inline scripts");
    assert_eq!(raw(&url, "GET", "/", "", "").await.status, 404);
    assert_eq!(mock.requests().len(), 1, "the files of the page are not recorded as requests to the API");
}

#[tokio::test]
async fn the_console_page_shows_records_and_requests() {
    let mock = start().await;
    let url = mock.url();
    let read = async |path: &str| raw(&url, "GET", &format!("/__mock/{path}"), "", "").await.json();
    let before = read("changes").await;
    let created = send(&url, "POST", "/v1/Services", "", "FriendlyName=<b>").await.json();
    let path = format!("/v1/Services/{}", created["sid"].as_str().unwrap());
    let rejected = send(&url, "GET", "/v1/Services?PageSize=many", "", "").await;
    assert_eq!(rejected.status, 400);
    send(&url, "DELETE", "/v1/Nothing", "", "").await;
    assert_eq!((before["requests"].clone(), read("changes").await["requests"].clone()), (json!(0), json!(3)));

    let listed = read("collections").await;
    assert_eq!(listed, json!({ "collections": [{ "path": "/v1/Services", "count": 1 }], "more": 0 }));
    let records = read("records?collection=/v1/Services").await;
    assert_eq!((&records["count"], &records["next"]), (&json!(1), &json!(null)));
    assert_eq!(records["records"][0]["record"]["friendly_name"], "<b>");
    let key = created["sid"].as_str().unwrap();
    assert_eq!(
        read(&format!("record?collection=/v1/Services&key={key}")).await["record"]["sid"],
        created["sid"],
        "{path}"
    );
    assert_eq!(read("record?collection=/v1/Services&key=none").await, json!({}));

    let requests = read("requests").await;
    let statuses: Vec<_> =
        requests["requests"].as_array().unwrap().iter().map(|request| request["status"].clone()).collect();
    assert_eq!(statuses, [404, 400, 201]);
    let first = read("requests?number=0").await;
    assert_eq!((&first["body"], &first["operation"]), (&json!("FriendlyName=<b>"), &json!("CreateService")));
    assert!(first["response"].as_str().unwrap().contains(key) && !first.to_string().contains("dXNlcj"), "{first}");
    let second = read("requests?number=1").await;
    assert!(second["reason"].as_str().unwrap().starts_with("PageSize "), "{second}");
    assert_eq!(raw(&url, "GET", "/__mock/requests?number=9", "", "").await.status, 404);
    assert_eq!(raw(&url, "GET", "/__mock/requests?number=none", "", "").await.status, 404);

    let api = read("api").await;
    let operations = api["operations"].as_array().unwrap();
    let create = operations.iter().find(|operation| operation["id"] == "CreateService").unwrap();
    let credentials =
        json!([{ "location": "header", "name": "Authorization", "value": "Basic bW9jay11c2VyOm1vY2stcGFzc3dvcmQ=" }]);
    assert_eq!(create["credentials"], credentials);
    assert_eq!(create["params"][0]["name"], "FriendlyName");
}

#[tokio::test]
async fn other_origins_cannot_use_control_paths() {
    let mock = start().await;
    let url = mock.url();
    let preflight_headers = "Origin: https://elsewhere.example\r\nAccess-Control-Request-Method: POST\r\n";
    let allowed = raw(&url, "OPTIONS", "/v1/Services", preflight_headers, "").await;
    assert_eq!((allowed.status, allowed.head.contains("access-control-allow-origin: *")), (204, true), "{allowed:?}");
    assert_eq!(raw(&url, "OPTIONS", "/v1/Services", "", "").await.status, 405);
    let host = url.trim_start_matches("http://");
    for (headers, status) in [
        ("", 200),
        (&format!("Origin: {url}\r\n") as &str, 200),
        ("Origin: https://elsewhere.example\r\n", 403),
        ("Origin: null\r\n", 403),
    ] {
        assert_eq!(
            raw(&url, "POST", "/__mock/faults", headers, "status=500; times=1").await.status,
            status,
            "{headers}"
        );
    }
    // The domain of a malicious page can resolve to this machine, so the mock rejects unknown hosts.
    let request = "GET /__mock/faults HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n";
    assert!(bytes(host, request).await.starts_with("HTTP/1.1 403 "));
    let added = raw(&url, "POST", "/__mock/faults", "", "status=500").await;
    assert!(added.body.contains("faults without `times` stay"), "{added:?}");
    mock.clear_faults();
    assert_eq!(raw(&url, "GET", "/__mock/faults", "", "").await.body, "");
}

#[tokio::test]
async fn get_operations_respond_to_head() {
    let mock = start().await;
    let url = mock.url();
    let head = "Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n";
    let response = raw(&url, "HEAD", "/v1/Services", head, "").await;
    assert_eq!((response.status, response.body.as_str()), (200, ""), "{response:?}");
    assert!(response.head.contains("content-length: "), "{response:?}");
    assert_eq!(raw(&url, "HEAD", "/v1/Unknown", head, "").await.status, 404);
}

#[tokio::test]
async fn an_invalid_body_is_rejected() {
    let mock = start().await;
    let host = mock.url().trim_start_matches("http://").to_owned();
    let head = "POST /v1/Services HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    let response = bytes(&host, &format!("{head}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n")).await;
    assert!(response.starts_with("HTTP/1.1 400 ") && response.contains("the body cannot be read"), "{response}");
    let response = bytes(&host, &format!("{head}Content-Length: 2000000\r\n\r\n{}", "x".repeat(1_100_000))).await;
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
}

#[tokio::test(start_paused = true)]
async fn an_incomplete_request_times_out() {
    let mock = start().await;
    let host = mock.url().trim_start_matches("http://").to_owned();
    let head = "POST /v1/Services HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    assert_eq!(bytes(&host, head).await, "", "the connection is closed without a response");
    let response = bytes(&host, &format!("{head}Content-Length: 10\r\n\r\nhalf")).await;
    assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
}

#[tokio::test]
async fn recorded_requests_are_bounded() {
    let mock = start().await;
    let body = vec![b'x'; 1 << 20];
    for _ in 0..70 {
        let request = Request {
            method: "POST".to_owned(),
            path: "/v1/Services".to_owned(),
            body: body.clone(),
            ..Default::default()
        };
        mock.ask(request);
    }
    assert_eq!(mock.requests().len(), 63);
    // Empty strings count towards the limit, because they also use memory.
    for _ in 0..70 {
        let query = vec![(String::new(), String::new()); 20_000];
        mock.ask(Request { method: "GET".to_owned(), path: "/v1/Services".to_owned(), query, ..Default::default() });
    }
    assert_eq!(mock.requests().len(), 41);
}

/// Sends bytes and returns all received bytes.
async fn bytes(host: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(host).await.unwrap();
    let _ = stream.write_all(request.as_bytes()).await;
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    String::from_utf8_lossy(&response).into_owned()
}
