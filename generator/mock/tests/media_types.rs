//! Tests streams, text, bytes, string formats, base paths and files of the mock.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery_mock::Mock;
use serde_json::{Value, json};
use support::{builder, raw};

const JSON: &str = "Content-Type: application/json\r\n";

async fn start() -> Mock {
    builder("media_types").seed(7).start().await.expect("a mock")
}

#[tokio::test]
async fn the_accept_header_selects_the_media_type() {
    let mock = start().await;
    let url = mock.url();
    for id in ["a", "b"] {
        assert_eq!(raw(&url, "POST", "/notes", JSON, &json!({ "id": id }).to_string()).await.status, 201);
    }
    let event = "id: 1\ndata: {\"number\":0";
    for (path, accept, media_type, start, lines) in [
        ("/notes", "*/*", "application/json", "[{\"id\":\"a\"", 1),
        ("/notes", "text/csv", "text/csv", "id,name", 2),
        ("/notes", "text/csv;q=0.5, application/*", "application/json", "[{\"id\":\"a\"", 1),
        ("/notes", "application/x-ndjson", "application/x-ndjson", "{\"id\":\"a\"", 2),
        ("/notes", "image/png", "application/json", "[{\"id\":\"a\"", 1),
        ("/events", "*/*", "text/event-stream", event, 9),
        ("/lines", "*/*", "application/jsonl", "{\"number\":0", 3),
        ("/picture", "*/*", "image/png", "bytes", 1),
        ("/page", "*/*", "text/html", "text", 1),
        ("/drawing", "*/*", "image/png", "bytes", 1),
        ("/paged", "*/*", "application/json", "{\"items\":[]}", 1),
    ] {
        let response = raw(&url, "GET", path, &format!("Accept: {accept}\r\n"), "").await;
        assert_eq!(response.status, 200, "{path} {response:?}");
        assert!(response.head.contains(&format!("content-type: {media_type}\r\n")), "{path} {accept} {response:?}");
        assert!(response.body.starts_with(start), "{path} {response:?}");
        assert_eq!(response.body.lines().count(), lines, "{path} {response:?}");
    }
    let rejected = raw(&url, "POST", "/notes", JSON, "{").await;
    assert!(rejected.head.contains("content-type: application/problem+json\r\n"), "{rejected:?}");
    let rejected = raw(&url, "POST", "/notes", JSON, "{\"id\":\"a\"}").await;
    assert_eq!((rejected.status, rejected.body.as_str()), (409, "noteId `a` is taken"));
    assert!(rejected.head.contains("content-type: text/plain\r\n"), "{rejected:?}");
}

#[tokio::test]
async fn values_of_requests_are_stored() {
    let mock = start().await;
    let url = mock.url();
    let note = json!({ "id": "mine", "url": "https://example.com/mine" });
    let created = raw(&url, "POST", "/notes", JSON, &note.to_string()).await.json();
    assert_eq!((&created["id"], &created["url"]), (&note["id"], &note["url"]));
    assert_eq!(raw(&url, "GET", "/notes/mine", "", "").await.json(), created);
    let other = raw(&url, "POST", "/notes", JSON, "{}").await.json();
    assert!(other["id"].as_str().is_some_and(|id| !id.is_empty()), "{other}");
}

#[tokio::test]
async fn paths_may_begin_with_a_server_path() {
    let mock = start().await;
    let url = mock.url();
    for base in ["", "/api/v2", "/other"] {
        let form = "Content-Type: multipart/form-data; boundary=x\r\n";
        let body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nabc\r\n--x--\r\n";
        let created = raw(&url, "POST", &format!("{base}/files"), form, body).await.json();
        let link = created["url"].as_str().expect("a URL").strip_prefix(&url).expect("a URL of the mock").to_owned();
        assert!(link.starts_with(&format!("{base}/files/")), "{link}");
        assert_eq!(raw(&url, "GET", &link, "", "").await.json(), created);
    }
    for path in ["/api/v2notes", "/api/v3/notes", "/api", "/other/other/notes"] {
        assert_eq!(raw(&url, "GET", path, "", "").await.status, 404, "{path}");
    }
    assert_eq!(raw(&url, "DELETE", "/api/v2/notes", "", "").await.status, 405);
}

#[tokio::test]
async fn uploads_set_file_name_and_size() {
    let mock = start().await;
    let form = "Content-Type: multipart/form-data; boundary=\"x y\"\r\n";
    let body = "--x y\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA title\r\n--x y\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\nContent-Type: text/plain\r\n\r\n\
        one\r\ntwo\r\n--x y--\r\n";
    let created = raw(&mock.url(), "POST", "/files", form, body).await;
    let file = created.json();
    assert_eq!((&file["title"], &file["file_name"]), (&json!("A title"), &json!("a b.txt")), "{created:?}");
    assert_eq!((&file["size"], &file["content_type"]), (&json!(8), &json!("text/plain")));
}

#[tokio::test]
async fn an_empty_value_clears_a_nullable_property() {
    let mock = start().await;
    let url = mock.url();
    let note = json!({ "id": "a", "text": "t", "size": 1, "tags": ["x"], "kind": "k" });
    raw(&url, "POST", "/notes", JSON, &note.to_string()).await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let changed = raw(&url, "PATCH", "/notes/a", form, "text=&size=&tags=&kind=").await.json();
    let values = ["text", "size", "tags", "kind"].map(|name| changed[name].clone());
    assert_eq!(values, [Value::Null, Value::Null, json!([]), json!("")]);
}

#[tokio::test]
async fn generated_values_match_their_formats() {
    let mock = start().await;
    let response = raw(&mock.url(), "GET", "/sample", "", "").await;
    let sample = response.json();
    for (name, pattern) in [
        ("/mail", r"^[a-z]+@example\.com$"),
        ("/host", r"^[a-z]+\.example\.com$"),
        ("/v4", r"^192\.0\.2\.\d+$"),
        ("/v6", r"^2001:db8::\w+$"),
        ("/at", r"^\d\d:\d\d:\d\dZ$"),
        ("/wait", r"^P\d+D$"),
        ("/uuid", r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
        ("/day", r"^2026-01-01$"),
        ("/moment", r"^2026-01-01T\d\d:\d\d:\d\dZ$"),
        ("/link", r"^https://"),
        ("/bytes", r"^[A-Za-z0-9+/]+=*$"),
        ("/all/1", r"^[a-z]+@example\.com$"),
        ("/inner/v4", r"^192\.0\.2\.\d+$"),
    ] {
        let value = sample.pointer(name).and_then(Value::as_str).unwrap_or_default();
        assert!(regex_lite::Regex::new(pattern).unwrap().is_match(value), "{name}: {value:?}");
    }
    let digits = |name: &str| {
        let (_, rest) = response.body.split_once(&format!("\"{name}\":")).expect("a property");
        rest.split([',', '}']).next().unwrap().parse::<i128>().expect("an integer")
    };
    assert!(digits("huge") >= 1 << 64, "{response:?}");
    assert!(digits("low") < -(1_i128 << 63), "{response:?}");
}

#[tokio::test]
async fn formats_of_received_values_are_validated() {
    let mock = start().await;
    let url = mock.url();
    for (status, body) in [
        (
            201,
            json!({ "mail": "ana@example.com", "host": "a.example", "v4": "192.0.2.1", "v6": "::1", "all": ["::1"] }),
        ),
        (201, json!({ "at": "10:00", "wait": "a while" })),
        (400, json!({ "mail": "ana" })),
        (400, json!({ "host": "a b" })),
        (400, json!({ "v4": "192.0.2.256" })),
        (400, json!({ "v6": "192.0.2.1" })),
        (400, json!({ "all": ["::1", "a"] })),
    ] {
        let response = raw(&url, "POST", "/contacts", JSON, &body.to_string()).await;
        assert_eq!(response.status, status, "{body} {response:?}");
    }
    for (status, query) in [
        (200, "mail=ana%40example.com&hosts=192.0.2.1&hosts=192.0.2.2"),
        (400, "mail=ana"),
        (400, "hosts=192.0.2.1&hosts=::1"),
    ] {
        let response = raw(&url, "GET", &format!("/contacts?{query}"), "", "").await;
        assert_eq!(response.status, status, "{query} {response:?}");
    }
    let rejected = raw(&url, "POST", "/contacts", JSON, "{\"mail\":\"ana\"}").await;
    assert!(rejected.body.contains("body/mail must be an email address"), "{rejected:?}");
}

#[tokio::test]
async fn large_integers_keep_their_digits() {
    let mock = start().await;
    let url = mock.url();
    let numbers =
        "{\"id\":\"a\",\"big\":123456789012345678901234567890,\"small\":-170141183460469231731687303715884105728}";
    let created = raw(&url, "POST", "/numbers", JSON, numbers).await;
    assert_eq!((created.status, created.body.as_str()), (201, numbers));
    assert_eq!(raw(&url, "GET", "/numbers/a", "", "").await.body, numbers);
    for invalid in [
        "{\"small\":170141183460469231731687303715884105728}",
        "{\"big\":1}",
        "{\"id\":123456789012345678901234567890}",
    ] {
        assert_eq!(raw(&url, "POST", "/numbers", JSON, invalid).await.status, 400, "{invalid}");
    }
}

#[tokio::test]
async fn strings_are_converted_to_every_type() {
    let mock = start().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let text = "Content-Type: text/plain\r\n";
    for (status, method, path, head, body) in [
        (204, "POST", "/choices", form, "level=fast&either=7"),
        (204, "POST", "/choices", form, "level=1&either=true"),
        (204, "POST", "/choices", form, "level=true"),
        (400, "POST", "/choices", form, "level=2"),
        (400, "POST", "/choices", form, "either=x"),
        (204, "PUT", "/words", text, ""),
        (204, "PUT", "/words", text, "a"),
        (400, "PUT", "/words", "", ""),
    ] {
        let response = raw(&mock.url(), method, path, head, body).await;
        assert_eq!(response.status, status, "{path} {body} {response:?}");
    }
}

#[tokio::test]
async fn generated_arrays_and_streams_have_an_allowed_number_of_items() {
    let (json, lines, events) = ("application/json", "application/jsonl", "text/event-stream");
    for (media_type, schema, expected) in [
        (lines, "{ type: integer, minimum: 7 }", "7\n8\n9\n"),
        (lines, "{ type: array, maxItems: 0, items: { type: integer } }", ""),
        (lines, "{ type: array, maxItems: 2, items: { type: integer, minimum: 5 } }", "5\n6\n"),
        (lines, "{ type: array, minItems: 4, items: { type: integer } }", "0\n1\n2\n3\n"),
        (lines, "{ $ref: '#/components/schemas/Pair' }", "0\n1\n"),
        (events, "{ type: array, maxItems: 0, items: { type: integer } }", ""),
        (events, "{ type: array, maxItems: 1, items: { type: integer } }", "id: 1\ndata: 0\n\n"),
        (json, "{ type: array, minItems: 2, items: { type: integer, minimum: 3 } }", "[3,4]"),
        (json, "{ $ref: '#/components/schemas/Pair' }", "[0,1]"),
        (json, "{ type: array, minItems: 1, items: { $ref: '#/components/schemas/Pair' } }", "[[0,1]]"),
        (
            json,
            "{ type: array, minItems: 2, maxItems: 2, prefixItems: [{ type: integer, minimum: 4 }, { type: array, minItems: 1, items: { type: boolean } }], items: false }",
            "[4,[false]]",
        ),
        (
            json,
            "{ oneOf: [{ type: array, minItems: 1, items: { type: integer } }, { type: object, required: [a], properties: { a: { type: string } } }] }",
            "[0]",
        ),
        (
            json,
            "{ type: object, required: [a], properties: { a: { type: array, minItems: 1, maxItems: 1, items: { type: array, minItems: 2, items: { type: integer } } } } }",
            "{\"a\":[[0,1]]}",
        ),
        (json, "{ type: object, required: [a], properties: { a: { type: string, format: int64 } } }", "{\"a\":\"0\"}"),
        (
            json,
            "{ type: object, required: [a], properties: { a: { type: array, minItems: 2, items: { type: string, format: int64 } } } }",
            "{\"a\":[\"0\",\"1\"]}",
        ),
        (
            json,
            "{ type: object, required: [a], properties: { a: { type: string, contentMediaType: application/json, contentSchema: { type: array, minItems: 1, items: { type: integer, minimum: 3 } } } } }",
            "{\"a\":\"[3]\"}",
        ),
    ] {
        let document = format!(
            "openapi: 3.1.0\n\
             info: {{ title: Items, version: '1' }}\n\
             servers: [{{ url: https://items.example }}]\n\
             paths:\n  \
               /things:\n    \
                 post: {{ operationId: add, responses: {{ '200': {{ description: It., content: {{ {media_type}: {{ schema: {schema} }} }} }} }} }}\n\
             components: {{ schemas: {{ Pair: {{ type: array, minItems: 2, maxItems: 2, items: {{ type: integer }} }} }} }}\n"
        );
        let mock = Mock::from_spec(&document, "").start().await.expect("a mock");
        let response = raw(&mock.url(), "POST", "/things", "", "").await;
        assert_eq!((response.status, response.body.as_str()), (200, expected), "{schema}");
    }
}

#[tokio::test]
async fn the_json_in_strings_of_requests_is_checked() {
    let document = "openapi: 3.1.0\n\
        info: { title: Strings, version: '1' }\n\
        servers: [{ url: https://strings.example }]\n\
        paths:\n  \
          /things:\n    \
            post:\n      \
              operationId: add\n      \
              parameters: [{ name: filter, in: query, schema: &json { type: string, contentMediaType: application/json, contentSchema: { $ref: '#/components/schemas/Filter' } } }]\n      \
              requestBody: { content: { application/json: { schema: { type: object, properties: { filter: *json } } } } }\n      \
              responses: { '204': { description: Done. } }\n\
        components: { schemas: { Filter: { type: object, maxProperties: 1, properties: { text: { type: string, maxLength: 2 }, size: { type: integer } } } } }\n";
    let mock = Mock::from_spec(document, "").start().await.expect("a mock");
    for (filter, problem) in [
        ("{\"text\":\"ab\"}", ""),
        ("{\"text\":\"abc\"}", "filter/text must be at most 2 characters long, not 3"),
        ("{\"size\":\"a\"}", "filter/size must be an integer"),
        ("{\"text\":\"a\",\"size\":1}", "filter must have at most 1 properties"),
        ("not JSON", ""),
    ] {
        let encoded: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        for (path, body) in
            [(format!("/things?filter={encoded}"), json!({})), ("/things".to_owned(), json!({ "filter": filter }))]
        {
            let response = raw(&mock.url(), "POST", &path, JSON, &body.to_string()).await;
            let expected = if problem.is_empty() { 204 } else { 400 };
            assert!(response.status == expected && response.body.contains(problem), "{path} {body} {response:?}");
        }
    }
}

const SCHEMAS: [&str; 18] = [
    "{ type: string }",
    "{ type: string, minLength: 3, maxLength: 8 }",
    "{ type: string, pattern: '^[A-Z]{2}[0-9]{3}$' }",
    "{ type: string, enum: [a, b, c, d, e] }",
    "{ type: string, format: uuid }",
    "{ type: string, format: date }",
    "{ type: string, format: date-time }",
    "{ type: string, format: duration }",
    "{ type: string, format: email }",
    "{ type: string, format: uri }",
    "{ type: string, format: byte }",
    "{ type: integer }",
    "{ type: integer, format: int32, maximum: 100 }",
    "{ type: integer, minimum: 5, maximum: 20, multipleOf: 3 }",
    "{ type: integer, minimum: 9007199254740993 }",
    "{ type: number, exclusiveMinimum: 0, exclusiveMaximum: 1 }",
    "{ enum: [1, 2, a, b, true] }",
    "{ oneOf: [{ type: integer }, { type: string, format: uuid }] }",
];

#[tokio::test]
async fn keys_of_every_type_are_generated() {
    for (in_path, in_record) in [
        ("{ type: string }", "{ type: string, format: uuid }"),
        ("{ type: string }", "{ type: integer }"),
        ("{ type: integer }", "{ type: string }"),
        ("{ type: string, format: uuid }", "{ type: string }"),
    ]
    .into_iter()
    .chain(SCHEMAS.map(|schema| (schema, schema)))
    {
        let document = format!(
            "openapi: 3.1.0\n\
             info: {{ title: Keys, version: '1' }}\n\
             servers: [{{ url: https://keys.example }}]\n\
             paths:\n  \
               /things:\n    \
                 post: {{ operationId: add, responses: {{ '201': &one {{ description: It., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing' }} }} }} }} }} }}\n  \
               /things/{{thingId}}:\n    \
                 parameters: [{{ name: thingId, in: path, required: true, schema: {in_path} }}]\n    \
                 get: {{ operationId: get, responses: {{ '200': *one }} }}\n\
             components:\n  \
               schemas: {{ Thing: {{ type: object, required: [name], properties: {{ name: {{ type: string }}, id: {in_record} }} }} }}\n"
        );
        let mock = Mock::from_spec(&document, "").start().await.expect("a mock");
        let mut ids = std::collections::BTreeSet::new();
        for _ in 0..3 {
            let created = raw(&mock.url(), "POST", "/things", "", "").await;
            assert_eq!(created.status, 201, "{in_path} {created:?}");
            let id = &created.json()["id"];
            ids.insert(id.to_string());
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned).replace('/', "%2F");
            let found = raw(&mock.url(), "GET", &format!("/things/{id}"), "", "").await;
            assert_eq!((found.status, found.body), (200, created.body), "{in_path}");
        }
        assert_eq!(ids.len(), 3, "{in_path} {ids:?}");
    }
}

#[tokio::test]
async fn errors_have_the_right_status() {
    for (documented, statuses) in [
        ("", [401, 404, 400, 409]),
        ("'404': { description: No. }, ", [401, 404, 400, 409]),
        ("'409': { description: No. }, ", [401, 404, 400, 409]),
        ("'422': { description: No. }, ", [401, 404, 422, 409]),
        ("'400': { description: No. }, '422': { description: No. }, ", [401, 404, 400, 409]),
        ("4XX: { description: No. }, ", [401, 404, 400, 409]),
    ] {
        let document = format!(
            "openapi: 3.0.3\n\
             info: {{ title: Refusals, version: '1' }}\n\
             servers: [{{ url: https://refusals.example }}]\n\
             security: [{{ token: [] }}]\n\
             paths:\n  \
               /things/{{thingId}}:\n    \
                 parameters: [{{ name: thingId, in: path, required: true, schema: {{ type: string }} }}]\n    \
                 get: {{ operationId: get, responses: {{ {documented}'200': &one {{ description: It., content: {{ application/json: {{ schema: &thing {{ type: object, properties: {{ id: {{ type: string }}, size: {{ type: integer }} }} }} }} }} }} }} }}\n  \
               /things:\n    \
                 post:\n      \
                   operationId: add\n      \
                   requestBody: {{ content: {{ application/json: {{ schema: *thing }} }} }}\n      \
                   responses: {{ {documented}'201': *one }}\n\
             components: {{ securitySchemes: {{ token: {{ type: http, scheme: bearer }} }} }}\n"
        );
        let mock = Mock::from_spec(&document, "").start().await.expect("a mock");
        let url = mock.url();
        let head = &format!("Authorization: Bearer x\r\n{JSON}");
        assert_eq!(raw(&url, "POST", "/things", head, "{\"id\":\"a\"}").await.status, 201);
        let actual_statuses = [
            raw(&url, "GET", "/things/a", "", "").await.status,
            raw(&url, "GET", "/things/b", head, "").await.status,
            raw(&url, "POST", "/things", head, "{\"size\":\"x\"}").await.status,
            raw(&url, "POST", "/things", head, "{\"id\":\"a\"}").await.status,
        ];
        assert_eq!(actual_statuses, statuses, "{documented}");
    }
}
