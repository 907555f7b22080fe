//! A mock of the API in spec/ sends arbitrary payloads of each webhook. The generated crate receives what was sent, and refuses
//! a request with a changed bit.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

#[allow(dead_code, reason = "another test uses the other functions")]
mod round_trips;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bindery::source::Source;
use round_trips::webhooks::{SECRET, sent_webhooks};
use twilio_conversations::http::{HeaderValue, Method, Request};
use twilio_conversations::webhooks::{Event, Receiver, SIGNATURE, Signer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_crate_receives_what_the_mock_sends() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("spec");
    let source = |name: &str| Source::new(name, fs::read_to_string(spec.join(name)).unwrap());
    let sent = sent_webhooks(&source("conversations_v1.yaml"), &source("codegen.toml"), 20, 1).await;
    assert_eq!(sent.len(), 20 * 36);
    let (mut rng, mut bodies) = (fastrand::Rng::with_seed(1), BTreeSet::new());
    for sent in sent {
        let mut request = Request::builder().method(sent.request.method.as_str()).uri(&sent.request.url);
        for (name, value) in &sent.request.headers {
            request = request.header(name, value);
        }
        let request = request.body(sent.request.body.into_bytes()).unwrap();
        let event = Receiver::new(SECRET).receive(&request).unwrap_or_else(|error| panic!("{error}: {}", sent.payload));
        assert!(!matches!(event, Event::Unknown(_)), "{}", sent.payload);

        let mut json = request.clone().map(|_| sent.payload.to_string());
        *json.method_mut() = Method::POST;
        *json.uri_mut() = sent.request.url.split('?').next().unwrap().parse().unwrap();
        json.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        Signer::new(SECRET).sign(&SIGNATURE, &mut json).unwrap();
        assert_eq!(Receiver::new(SECRET).receive(&json), Ok(event), "{}", sent.payload);

        let mut changed = request.clone();
        let bit = rng.usize(..changed.body().len() * 8);
        changed.body_mut()[bit / 8] ^= 1 << (bit % 8);
        let is_same_escape = changed.body()[bit / 8].eq_ignore_ascii_case(&request.body()[bit / 8]);
        assert!(is_same_escape || Receiver::new(SECRET).receive(&changed).is_err(), "bit {bit} of {}", sent.payload);
        bodies.insert(request.into_body());
    }
    assert!(bodies.len() > 500, "only {} different payloads", bodies.len());
}
