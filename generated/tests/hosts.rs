//! Tests the hosts of requests for regions and edges. codegen.toml configures these hosts.

use std::sync::{Arc, Mutex};

use twilio_conversations::runtime::{Body, Transport, TransportFuture};
use twilio_conversations::{Client, ClientBuilder, Credentials};

/// A transport that responds with an empty list or a token, and records the methods and URLs of the requests.
#[derive(Clone, Default)]
struct FakeTransport(Arc<Mutex<Vec<String>>>);

impl Transport for FakeTransport {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        self.0.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
        // The real API returns links with a region in the host, such as `us1`.
        let next = "https://conversations.us1.twilio.com/v1/Services?PageSize=50&Page=1&PageToken=x";
        let is_first_page = request.uri().query().is_none();
        let body = serde_json::json!({
            "access_token": "token",
            "services": [],
            "meta": { "next_page_url": is_first_page.then_some(next) },
        });
        Box::pin(async move { Ok(http::Response::new(Body::from(body.to_string()))) })
    }
}

async fn requested_urls(builder: ClientBuilder<Client>) -> Vec<String> {
    let transport = FakeTransport::default();
    let client = builder.transport(transport.clone()).build().unwrap();
    client.services().list().all().await.unwrap();
    transport.0.lock().unwrap().clone()
}

#[tokio::test]
async fn all_pages_use_the_region_and_edge() {
    let builder = Client::builder;
    let cases = [
        (builder(), "conversations"),
        (builder().region("ie1"), "conversations.ie1"),
        (builder().region("au1").edge("sydney"), "conversations.sydney.au1"),
        (builder().edge("ashburn"), "conversations.ashburn.us1"),
    ];
    for (builder, host) in cases {
        let list = format!("GET https://{host}.twilio.com/v1/Services");
        assert_eq!(requested_urls(builder).await, [list.clone(), list + "?PageSize=50&Page=1&PageToken=x"]);
    }
}

#[tokio::test]
async fn tokens_come_from_the_same_url_in_every_region() {
    let builder = Client::builder().region("ie1").credentials(Credentials::client_credentials("id", "secret"));
    let urls = requested_urls(builder).await;
    assert_eq!(urls[0], "POST https://oauth.twilio.com/v2/token");
    assert_eq!(urls[1], "GET https://conversations.ie1.twilio.com/v1/Services");
    assert_eq!(urls.len(), 3);
}

#[tokio::test]
async fn the_environment_sets_credentials_region_and_edge() {
    let account = [("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"), ("TWILIO_AUTH_TOKEN", "hidden")];
    let read = |additional_variable: (&str, &str)| {
        let lookup = |name: &str| {
            [additional_variable, account[0], account[1]]
                .iter()
                .find(|(variable, _)| *variable == name)
                .map(|(_, value)| value.into())
        };
        Client::builder().variables(lookup)
    };
    for (additional_variable, host) in [
        (("TWILIO_EDGE", "dublin"), "conversations.dublin.us1.twilio.com"),
        (("TWILIO_EDGE", ""), "conversations.twilio.com"),
        (("TWILIO_REGION", ""), "conversations.twilio.com"),
        (("TWILIO_CONVERSATIONS_BASE_URL", ""), "conversations.twilio.com"),
    ] {
        assert_eq!(
            requested_urls(read(additional_variable).unwrap()).await[0],
            format!("GET https://{host}/v1/Services"),
            "{additional_variable:?}"
        );
    }
    for (additional_variable, expected) in [
        (("TWILIO_REGION", "not a region"), "`region` must consist of letters, digits and hyphens"),
        (("TWILIO_ACCOUNT_SID", "AC-hidden"), "the environment variable TWILIO_ACCOUNT_SID must begin with `AC`"),
        (("TWILIO_CONVERSATIONS_BASE_URL", "hidden"), "the environment variable TWILIO_CONVERSATIONS_BASE_URL must be"),
    ] {
        let error = read(additional_variable).and_then(ClientBuilder::build).unwrap_err().to_string();
        assert!(error.starts_with(expected) && !error.contains("hidden"), "{error}");
    }
}

#[test]
fn errors_name_the_expected_kind_of_sid() {
    let variables = |name: &str| match name {
        "TWILIO_ACCOUNT_SID" => Some("SK00000000000000000000000000000000".into()),
        "TWILIO_AUTH_TOKEN" => Some("hidden".into()),
        "TWILIO_API_KEY" | "TWILIO_API_SECRET" => Some("".into()),
        _ => None,
    };
    let error = Client::builder().variables(variables).unwrap_err();
    let expected = "the environment variable TWILIO_ACCOUNT_SID must begin with `AC` and match the pattern \
                    `^AC[0-9a-fA-F]{32}$`, but has the form of TWILIO_API_KEY (`SK…`)";
    assert_eq!(error.to_string(), expected);
}
