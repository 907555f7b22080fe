//! Tests the mock of an API that differs from Twilio's API in its keys and its error type, and in resources without
//! instances.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery::ir::TypeRef;
use bindery_mock::{Mock, check};
use serde_json::{Value, json};
use support::{api, builder, raw, send};

async fn start() -> Mock {
    let mock = builder("harbour").seed(7).start().await.expect("a mock");
    for (id, kind) in [("oslo", "sea"), ("basel", "river"), ("kiel", "sea")] {
        mock.put(&format!("/v2/harbours/{id}"), json!({ "type": kind, "depth": 3.5 })).expect("a harbour");
    }
    mock
}

fn assert_matches_schema(schema: &str, value: &Value) {
    let (api, _) = api("harbour");
    let (id, _) = api.types.iter().find(|(_, def)| def.name == [schema]).expect("a schema");
    let problems = check(&api, &TypeRef::Named(id), value);
    assert!(problems.is_empty(), "{value} does not match {schema}: {problems:?}");
}

#[tokio::test]
async fn pages_have_the_documented_type() {
    let mock = start().await;
    let url = mock.url();
    let mut next = Some("/v2/harbours?per_page=2&country=no".to_owned());
    let mut ids = Vec::new();
    while let Some(path) = next {
        let page = send(&url, "GET", &path, "", "").await;
        assert_eq!(page.status, 200, "{page:?}");
        let page = page.json();
        assert_matches_schema("Harbours", &page);
        ids.extend(page["data"].as_array().unwrap().iter().map(|harbour| harbour["id"].as_str().unwrap().to_owned()));
        next = page["links"]["next"].as_str().map(|link| link.strip_prefix(&url).unwrap().to_owned());
        assert!(next.as_ref().is_none_or(|next| next.contains("country=no")));
    }
    assert_eq!(ids, ["oslo", "basel", "kiel"]);
}

#[tokio::test]
async fn updates_and_deletes_affect_child_records() {
    let mock = start().await;
    let url = mock.url();
    let changed = send(&url, "PUT", "/v2/harbours/oslo", "X-Notify: true\r\n", "name=Oslo&depth=4.5").await;
    assert_eq!(changed.status, 202, "{changed:?}");
    assert_matches_schema("Harbour", &changed.json());
    assert_eq!((&changed.json()["depth"], &changed.json()["id"]), (&json!(4.5), &json!("oslo")));
    assert_eq!(send(&url, "GET", "/v2/harbours/oslo", "", "").await.json()["depth"], 4.5);

    let settings = send(&url, "GET", "/v2/harbours/oslo/settings", "", "").await;
    assert_eq!((settings.status, settings.json()), (200, json!({ "night_watch": false })));
    let settings = send(&url, "POST", "/v2/harbours/oslo/settings", "", "night_watch=true").await;
    assert_eq!((settings.status, settings.json()), (200, json!({ "night_watch": true })));
    assert_eq!(send(&url, "GET", "/v2/harbours/rome/settings", "", "").await.status, 404);

    let form = "ship=Aurora&kind=quay&flags=q&flags=b&until=2026-01-31T12:00:00Z";
    let berth = send(&url, "POST", "/v2/harbours/oslo/berths", "", form).await;
    assert_eq!(berth.status, 201, "{berth:?}");
    assert_matches_schema("Berth", &berth.json());
    let path = format!("/v2/harbours/oslo/berths/{}", berth.json()["number"]);
    assert_eq!(raw(&url, "DELETE", &path, "", "").await.status, 204, "no credentials are required");
    assert_eq!(raw(&url, "DELETE", &path, "", "").await.status, 404);
    assert_eq!(send(&url, "POST", "/v2/harbours/rome/berths", "", form).await.status, 404);
}

#[tokio::test]
async fn errors_have_the_documented_type() {
    let mock = start().await;
    let url = mock.url();
    for (method, path, headers, form, status) in [
        ("GET", "/v2/harbours?per_page=51", "", "", 400),
        ("GET", "/v2/harbours?country=a&country=b&country=c&country=d", "", "", 400),
        ("PUT", "/v2/harbours/oslo", "X-Notify: perhaps\r\n", "depth=1", 400),
        ("PUT", "/v2/harbours/oslo", "", "depth=0.25", 400),
        ("PUT", "/v2/harbours/oslo", "", "open=perhaps", 400),
        ("GET", "/v2/harbours/OSLO", "", "", 404),
        ("POST", "/v2/harbours", "", "name=a", 405),
    ] {
        let response = send(&url, method, path, headers, form).await;
        assert_eq!(response.status, status, "{method} {path} {response:?}");
        assert!(response.json()["error"].is_string(), "{response:?}");
    }
    for form in [
        "ship=A&kind=barrel&flags=q&until=2026-01-31T12:00:00Z",
        "ship=A&kind=quay&flags=q&flags=q&until=2026-01-31T12:00:00Z",
        "ship=A&kind=quay&flags=q&until=tomorrow",
        "ship=A&kind=quay&until=2026-01-31T12:00:00Z",
        "ship=A&kind=quay&flags=q&until=2026-01-31T12:00:00Z&from=2026-02-30",
    ] {
        let response = send(&url, "POST", "/v2/harbours/oslo/berths", "", form).await;
        assert_eq!((response.status, response.body.as_str()), (400, ""), "the document declares no body: {form}");
    }
    let fault = "X-Mock-Fault: unknown-enum\r\n";
    let response = send(&url, "GET", "/v2/harbours/oslo", fault, "").await;
    assert_eq!(response.json()["type"], "unknown-to-the-document");
}
