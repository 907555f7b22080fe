//! Tests the four operations on Services with a real socket. Checks the requests and the decoded responses.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use support::server::{Reply, Server};
use support::{ACCOUNT, SERVICE, SID, TOKEN, client, query, segments, sid};
use twilio_conversations::models::{AccountSid, Service, ServiceSid};
use twilio_conversations::{Client, Credentials, Error, RetryPolicy};

/// `AC0…0:token-of-the-tests` in base64.
const AUTHORIZATION: &str = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDp0b2tlbi1vZi10aGUtdGVzdHM=";

#[tokio::test]
async fn create_sends_a_form_and_returns_the_service() {
    let headers = [
        ("Content-Type", "application/json"),
        ("Twilio-Request-Id", "RQ1"),
        ("Access-Control-Allow-Methods", "POST, OPTIONS"),
        ("Access-Control-Allow-Credentials", "true"),
    ];
    let server = Server::always(Reply::http(201, &headers, SERVICE)).await;
    let response = client(&server).services().create("Support & sales +1").send().await.unwrap();

    let request = server.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v1/Services"));
    assert_eq!(request.text(), "FriendlyName=Support%20%26%20sales%20%2B1");
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("authorization"), Some(AUTHORIZATION));
    let agent = request.header("user-agent").unwrap();
    assert!(agent.starts_with(concat!("twilio-conversations/", env!("CARGO_PKG_VERSION"), " (")), "{agent}");

    assert_eq!((response.status().as_u16(), response.request_id()), (201, Some("RQ1")));
    assert_eq!(response.access_control_allow_methods(), Some("POST, OPTIONS"));
    assert_eq!(
        (response.access_control_allow_credentials(), response.access_control_allow_origin()),
        (Some(true), None)
    );
    let service = response.into_inner();
    assert_eq!(service.sid().unwrap().as_str(), "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(service.account_sid().unwrap().as_str(), "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(service.friendly_name().unwrap(), "friendly_name");
    assert_eq!(service.date_created().unwrap().to_string(), "2015-12-16T22:18:37Z");
    assert_eq!(service.links().unwrap().roles().unwrap(), format!("{}/Roles", service.url().unwrap()));
}

#[tokio::test]
async fn fetch_requests_the_path_of_the_service() {
    let server = Server::always(Reply::json(200, SERVICE)).await;
    let service = client(&server).service(sid()).fetch().await.unwrap();
    let request = server.request();
    assert_eq!((request.method.as_str(), request.target), ("GET", format!("/v1/Services/{SID}")));
    assert_eq!((request.body, request.headers.iter().any(|(name, _)| name == "content-type")), (Vec::new(), false));
    // The model keeps all values of the documented example.
    let example: serde_json::Value = serde_json::from_str(SERVICE).unwrap();
    assert_eq!(serde_json::to_value(service).unwrap(), example);
}

#[tokio::test]
async fn delete_returns_nothing() {
    let server = Server::always(Reply::http(204, &[], "")).await;
    client(&server).service(sid()).delete().await.unwrap();
    let request = server.request();
    assert_eq!((request.method.as_str(), request.target), ("DELETE", format!("/v1/Services/{SID}")));
    assert_eq!((request.body, request.headers.iter().any(|(name, _)| name == "content-type")), (Vec::new(), false));
}

/// Starts a server with seven services on three pages. As in the real API, the links are absolute and have a token.
async fn seven_items_on_three_pages() -> Server {
    Server::start(|request| {
        let page = query(request).iter().find(|(name, _)| name == "Page").map_or(0, |(_, page)| page.parse().unwrap());
        let host = request.header("host").unwrap();
        let url = |page: usize| format!("\"http://{host}/v1/Services?PageSize=3&Page={page}&PageToken=PA{page}\"");
        let services: Vec<String> = (page * 3..7.min(page * 3 + 3))
            .map(|index| format!(r#"{{"sid": "IS{index:032}", "friendly_name": null}}"#))
            .collect();
        let (previous, next) = match page {
            0 => ("null".to_owned(), url(1)),
            1 => (url(0), url(2)),
            _ => (url(1), "null".to_owned()),
        };
        let body = format!(
            r#"{{"services": [{}], "meta": {{"page": {page}, "page_size": 3, "first_page_url": {}, "previous_page_url":
            {previous}, "url": {}, "next_page_url": {next}, "key": "services"}}}}"#,
            services.join(", "),
            url(0),
            url(page),
        );
        Reply::json(200, body)
    })
    .await
}

fn targets(server: &Server) -> Vec<String> {
    server.requests().into_iter().map(|request| request.target).collect()
}

#[tokio::test]
async fn an_empty_url_of_the_next_page_ends_a_list() {
    let body = r#"{"services": [{"friendly_name": "only"}], "meta": {"next_page_url": ""}}"#;
    let server = Server::always(Reply::json(200, body)).await;
    assert_eq!(client(&server).services().list().all().await.unwrap().len(), 1);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_list_is_followed_from_page_to_page() {
    let server = seven_items_on_three_pages().await;
    let page = client(&server).services().list().page(1).page_token("PA1 &x").await.unwrap();
    assert_eq!((page.services.len(), page.meta.page, page.meta.page_size), (3, Some(1), Some(3)));
    assert_eq!(targets(&server), ["/v1/Services?Page=1&PageToken=PA1%20%26x"]);

    let server = seven_items_on_three_pages().await;
    let mut all = client(&server).services().list().page_size(3).stream();
    let mut sids = Vec::new();
    while let Some(service) = all.try_next().await.unwrap() {
        sids.push(service.sid().unwrap().to_string());
    }
    assert_eq!(sids, (0..7).map(|index| format!("IS{index:032}")).collect::<Vec<_>>());
    let pages = ["?PageSize=3", "?PageSize=3&Page=1&PageToken=PA1", "?PageSize=3&Page=2&PageToken=PA2"];
    assert_eq!(targets(&server), pages.map(|query| format!("/v1/Services{query}")));
}

#[tokio::test]
async fn a_limit_bounds_items_pages_and_page_size() {
    for (limit, requests) in [(0, vec![]), (2, vec!["PageSize=2"]), (5000, vec!["PageSize=100", "", ""])] {
        let server = seven_items_on_three_pages().await;
        let all = client(&server).services().list().limit(limit).all().await.unwrap();
        assert_eq!(all.len(), limit.min(7));
        let targets = targets(&server);
        assert_eq!(targets.len(), requests.len(), "{targets:?}");
        if let (Some(first), Some(expected)) = (targets.first(), requests.first()) {
            assert_eq!(*first, format!("/v1/Services?{expected}"));
        }
    }
}

#[tokio::test]
async fn errors_contain_the_message_of_the_api() {
    let json = r#"{"code": 20404, "message": "Not here", "more_info": "https://www.twilio.com/docs/errors/20404", "status": 404}"#;
    let problem =
        r#"{"type": "https://www.twilio.com/docs/errors/20003", "title": "Slow down", "status": 429, "code": 20003}"#;
    let html = "<html><body>Bad gateway</body></html>";
    let cases = [
        (404, json, Some(20404), Some("Not here")),
        (429, problem, Some(20003), Some("Slow down")),
        (500, html, None, None),
        (500, "", None, None),
    ];
    for (status, body, code, message) in cases {
        let headers = [("Twilio-Request-Id", "RQ7")];
        let server = Server::always(Reply::http(status, &headers, body)).await;
        let error = client(&server).service(sid()).delete().retry(RetryPolicy::off()).await.unwrap_err();
        let api = error.api().unwrap();
        assert_eq!((api.status().as_u16(), api.request_id()), (status, Some("RQ7")));
        assert_eq!((api.message(), api.body()), (message, body.as_bytes()));
        assert!(code.is_none_or(|code: i64| api.code().is_some_and(|found| *found == code)), "{api:?}");
        assert_eq!(error.is_not_found(), status == 404);
        assert_eq!(error.is_rate_limited(), status == 429);
        let output = error.to_string();
        for part in ["DeleteService", "DELETE", "/v1/Services/{Sid}", &status.to_string(), "RQ7"] {
            assert!(output.contains(part), "{part} is not in {output}");
        }
    }
}

#[tokio::test]
async fn invalid_arguments_are_errors_before_sending() {
    let server = Server::always(Reply::json(200, SERVICE)).await;
    let services = client(&server).services();
    let long = "x".repeat(257);
    let cases = [
        (
            services.create(&long).await.unwrap_err(),
            "CreateService: `FriendlyName` must be at most 256 characters long, not 257",
        ),
        (services.list().page_size(0).await.unwrap_err(), "ListService: `PageSize` must be 1 or more, but is 0"),
        (
            services.list().page_size(1001).await.unwrap_err(),
            "ListService: `PageSize` must be 1000 or less, but is 1001",
        ),
        (services.list().page(-1).await.unwrap_err(), "ListService: `Page` must be 0 or more, but is -1"),
    ];
    for (error, expected) in cases {
        assert!(matches!(error, Error::InvalidRequest(_)));
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(!error.to_string().contains("xxx"), "the error must not show the name, which is personal: {error}");
    }
    assert_eq!(services.create("x".repeat(256)).await.unwrap().friendly_name().unwrap(), "friendly_name");
    assert_eq!(server.requests().len(), 1);

    for invalid in
        ["", "IS0123", &SID.replace("IS", "CH"), &format!("{SID}0"), &SID.replace('f', "g"), &format!("{SID}\n")]
    {
        let error = ServiceSid::new(invalid).unwrap_err().to_string();
        assert!(error.starts_with("`ServiceSid` must "), "{error}");
        assert!(invalid.parse::<ServiceSid>().is_err() && ServiceSid::try_from(invalid).is_err());
    }
    assert!(AccountSid::new("ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA").is_ok());
}

#[tokio::test]
async fn responses_may_differ_from_the_document() {
    let body =
        r#"{"sid": "new-style", "friendly_name": null, "brand_new": {"deep": [1]}, "links": {"videos": "https://x"}}"#;
    let server = Server::always(Reply::json(200, body)).await;
    let service = client(&server).service(sid()).fetch().await.unwrap();
    assert_eq!(service.sid().unwrap(), &"new-style");
    let error = service.friendly_name().unwrap_err();
    assert_eq!(error.to_string(), "the response has no `friendly_name` in `Service`");
    // A SID from a response becomes one path segment, even if `ServiceSid::new` would reject it. A segment cannot be
    // `..`, so that SID is an error.
    let with_unusual_sid: Service = serde_json::from_str(r#"{"sid": "../Roles?x#y"}"#).unwrap();
    client(&server).service(with_unusual_sid.sid().unwrap()).fetch().await.unwrap();
    assert_eq!(segments(&server.requests()[1]), ["v1", "Services", "../Roles?x#y"]);
    let with_dots_as_sid: Service = serde_json::from_str(r#"{"sid": ".."}"#).unwrap();
    assert!(matches!(
        client(&server).service(with_dots_as_sid.sid().unwrap()).delete().await,
        Err(Error::InvalidRequest(_))
    ));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn debug_shows_no_secrets_and_personal_data() {
    let body = SERVICE.replace("\"friendly_name\": \"friendly_name\"", "\"friendly_name\": \"Jane Doe\"");
    let server = Server::always(Reply::json(201, &body)).await;
    let credentials = Credentials::basic(ACCOUNT, TOKEN);
    let builder = Client::builder().base_url(server.url()).credentials(credentials.clone());
    let client = builder.clone().build().unwrap();
    let create = client.services().create("Jane Doe");
    let response = create.clone().send().await.unwrap();
    let error = client.services().create("Jane Doe ".repeat(40)).await.unwrap_err();
    let output = [
        format!("{credentials:?} {builder:?} {client:?} {:?} {:?}", client.services(), client.service(sid())),
        format!("{create:?} {response:?} {error:?} {error}"),
        format!("{:?}", client.services().list().stream()),
    ];
    for text in output {
        for secret in [TOKEN, AUTHORIZATION, "Jane"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
    assert!(format!("{response:?}").contains("[personal]"));
}

#[test]
fn handles_and_requests_can_be_sent_to_other_tasks() {
    fn spawnable<T: Send + Sync + 'static>(_: T) {}
    let client = Client::builder().build().unwrap();
    spawnable(client.services());
    spawnable(client.service(sid()).fetch());
    spawnable(client.services().list().stream());
    spawnable(client);
}
