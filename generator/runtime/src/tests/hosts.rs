//! The hosts of requests with regions and edges.

use std::ffi::OsString;

use super::sample::Client;
use crate::runtime::{Body, ClientBuilder, Result, Transport, TransportFuture};
use crate::tests::sid;

/// A transport that responds with the host of the request.
struct HostTransport;

impl Transport for HostTransport {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        let body = format!(r#"{{"friendly_name": "{}"}}"#, request.uri().host().unwrap());
        Box::pin(async move { Ok(http::Response::new(Body::from(body))) })
    }
}

async fn host(builder: ClientBuilder<Client>) -> Result<String> {
    let service = builder.transport(HostTransport).build()?.service(sid()).fetch().await?;
    service.friendly_name().map(str::to_owned)
}

#[tokio::test]
async fn region_and_edge_become_part_of_the_host() {
    let builder = Client::builder;
    let cases = [
        (builder(), "api.example.com"),
        (builder().region("two"), "api.two.example.com"),
        (builder().region("two").edge("north"), "api.north.two.example.com"),
        (builder().edge("north"), "api.north.one.example.com"),
        (builder().base_url("https://other.example"), "other.example"),
    ];
    for (builder, expected) in cases {
        assert_eq!(host(builder).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn region_and_edge_can_come_from_the_environment() {
    let variables = |name: &str| match name {
        "SAMPLE_KEY" | "SAMPLE_SECRET" => Some(OsString::from("SK1")),
        "SAMPLE_EDGE" => Some(OsString::from("south")),
        _ => None,
    };
    assert_eq!(host(Client::builder().variables(variables).unwrap()).await.unwrap(), "api.south.one.example.com");
    let with_empty_variables = |name: &str| variables(name).or(Some(OsString::new()));
    assert_eq!(
        host(Client::builder().variables(with_empty_variables).unwrap()).await.unwrap(),
        "api.south.one.example.com"
    );
}

#[tokio::test]
async fn invalid_regions_and_edges_are_errors() {
    for text in ["", "a.b", "a/b", "evil.example/", "a@b", "-a", "ü", "a b"] {
        for builder in [Client::builder().region(text), Client::builder().edge(text)] {
            let error = host(builder).await.unwrap_err().to_string();
            assert!(error.contains("must consist of letters, digits and hyphens"), "{error}");
        }
    }
    let error = host(Client::builder().region("two").base_url("https://other.example")).await.unwrap_err();
    assert_eq!(error.to_string(), "`region` must not be set together with `base_url`");
}
