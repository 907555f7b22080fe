//! A server that receives webhooks.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery_runtime::runtime::webhooks::{
    EventKind, EventName, Payload, Receiver as Verifying, Signature, UnknownEvent, WebhookApi, WebhookError,
    WebhookEvent,
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

/// The response to a webhook: the time until it is sent, the status and the body.
pub type Reply = (Duration, u16, String);

type Requests = Arc<Mutex<Vec<Request<Bytes>>>>;

/// A server on loopback that records requests.
pub struct Receiver {
    pub url: String,
    requests: Requests,
}

impl Receiver {
    /// Starts a server that responds to all requests with status 200 and no body.
    pub async fn start() -> Self {
        Self::replying(|_| (Duration::ZERO, 200, String::new())).await
    }

    /// Starts a server. `reply` returns the response to a request.
    pub async fn replying(reply: impl Fn(&Request<Bytes>) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let requests = Requests::default();
        let receiver = Self { url, requests: Arc::clone(&requests) };
        let reply = Arc::new(reply);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (requests, reply) = (Arc::clone(&requests), Arc::clone(&reply));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (requests, reply) = (Arc::clone(&requests), Arc::clone(&reply));
                    async move {
                        let (parts, body) = request.into_parts();
                        let body = body.collect().await.expect("a body").to_bytes();
                        let request = Request::from_parts(parts, body);
                        let (pause, status, body) = reply(&request);
                        requests.lock().expect("no panic").push(request);
                        tokio::time::sleep(pause).await;
                        let response = Response::builder().status(status).body(Full::new(Bytes::from(body)));
                        Ok::<_, Infallible>(response.expect("a response"))
                    }
                });
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
        receiver
    }

    /// Returns the requests so far.
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.requests.lock().expect("no panic").clone()
    }

    /// Verifies the requests, and returns the names and payloads of their events.
    pub fn events<A: Api>(&self, secret: &str) -> Vec<(String, Value)> {
        let verifying = Verifying::<Received<A>>::new(secret).public_url(&self.url);
        let receive = |request: &Request<Bytes>| {
            let received = verifying.receive(request).expect("an accepted webhook");
            (received.event.name.unwrap_or_default(), received.event.payload)
        };
        self.requests().iter().map(receive).collect()
    }
}

/// How the webhooks of an API are signed and recognised.
pub trait Api {
    const SIGNATURE: Signature<'static>;
    const NAME: EventName;
    const EVENTS: &'static [EventKind];
}

/// An event that is not decoded to a type.
pub struct Received<A> {
    pub event: UnknownEvent,
    api: std::marker::PhantomData<A>,
}

impl<A: Api> WebhookEvent for Received<A> {
    type Signing = bindery_runtime::runtime::webhooks::Signed;

    const API: WebhookApi = WebhookApi { signature: A::SIGNATURE, name: A::NAME, events: A::EVENTS };

    fn decode(_: Option<usize>, payload: &Payload<'_>) -> Result<Self, WebhookError> {
        Ok(Self { event: payload.unknown(), api: std::marker::PhantomData })
    }
}
