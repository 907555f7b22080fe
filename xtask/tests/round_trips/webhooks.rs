//! Sends arbitrary payloads of webhooks with a mock.

use std::collections::{BTreeSet, HashSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use bindery::diagnostics::Diagnostics;
use bindery::ir::{Api, TypeRef};
use bindery::source::Source;
use bindery_mock::Mock;
use fastrand::Rng;
use serde_json::{Value, json};

use super::arbitrary::Arbitrary;
use super::schemas::Schemas;
use super::{TRIES, tree};

/// The secret with which the mock signs the webhooks.
pub const SECRET: &str = "c2VjcmV0";

/// A webhook that the mock has sent.
pub struct SentWebhook {
    /// The enum of the events, its variant for unknown events, and the receiver, in the module `webhooks`.
    pub types: [String; 3],
    pub payload: Value,
    pub request: ReceivedRequest,
}

/// A request as it arrives.
#[derive(Clone, Default)]
pub struct ReceivedRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Sends `count` arbitrary payloads of each webhook of a document.
pub async fn sent_webhooks(document: &Source, config: &Source, count: usize, seed: u64) -> Vec<SentWebhook> {
    let (loaded, _) = bindery::load(document, config);
    let Some((api, settings)) = loaded.filter(|(api, _)| !api.webhooks.is_empty()) else { return Vec::new() };
    let diagnostics = &mut Diagnostics::default();
    let analysis = bindery::analyze::analyze(&api, diagnostics);
    let names = bindery::naming::name(&api, &analysis, &settings, diagnostics);
    let (url, requests) = receiver();
    let builder = Mock::from_spec(&document.text, &config.text).webhook_url(&url).webhook_secret(SECRET);
    let mock = builder.start().await.unwrap();
    let mut schemas = Schemas::new(tree(&document.text));
    let mut rng = Rng::with_seed(seed);
    let mut sent = Vec::new();
    let groups = api.webhooks.iter().zip(names.webhooks());
    let events = groups.flat_map(|(group, names)| group.events.iter().map(move |event| (group, names, event)));
    for ((group, names, event), title) in events.zip(mock.webhook_names()) {
        let path = |name: &str| match names.module.as_str() {
            "" => name.to_owned(),
            module => format!("{module}::{name}"),
        };
        let types = [path(&names.ident), names.unknown.clone(), path(&names.receiver)];
        // The path of a callback with several URLs names the event.
        let has_several_urls = group.callback.is_some() && group.events.len() > 1;
        let url = if has_several_urls { format!("{url}/{}", event.name) } else { url.clone() };
        let pointer = event.payload.as_ref().and_then(|ty| pointer(&api, ty));
        for _ in 0..count {
            let is_sent = (0..TRIES).any(|_| {
                let payload = pointer.and_then(|pointer| arbitrary(&mut schemas, &mut rng, pointer));
                // The mock adds the name of the event.
                let payload = payload.map(|mut payload| {
                    for pointer in &settings.webhooks.event {
                        payload.as_object_mut().and_then(|entries| entries.remove(pointer.trim_start_matches('/')));
                    }
                    payload
                });
                payload.is_some_and(|payload| mock.send_webhook_to(&url, &title, payload).is_ok())
            });
            if !is_sent {
                mock.send_webhook_to(&url, &title, None).unwrap();
            }
            mock.webhooks_sent().await;
            let delivery = mock.deliveries().pop().unwrap();
            assert_eq!(delivery.attempts.last().unwrap().result, Ok(200), "{delivery:?}");
            let request = requests.lock().unwrap().last().cloned().unwrap();
            sent.push(SentWebhook { types: types.clone(), payload: delivery.payload, request });
        }
    }
    sent
}

/// Returns an arbitrary payload. A form cannot distinguish an empty string from no value, so the payload has neither.
fn arbitrary(schemas: &mut Schemas, rng: &mut Rng, pointer: &str) -> Option<Value> {
    let configured_formats = HashSet::new();
    let value =
        Arbitrary { schemas, rng, omitted: "writeOnly", configured_formats: &configured_formats }.value(pointer)?;
    let mut value = without_empty(value)?;
    if let Value::Object(entries) = &mut value {
        // Few strings match a pattern. The other properties are left out.
        entries.retain(|name, value| schemas.matches(&format!("{pointer}/properties/{name}"), value) != Some(false));
    }
    schemas.matches(pointer, &value)?.then_some(value)
}

fn without_empty(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.into()),
        Value::Array(items) => items.into_iter().map(without_empty).collect::<Option<Vec<_>>>().map(Value::Array),
        Value::Object(entries) => {
            let entries = entries.into_iter().filter_map(|(name, value)| Some((name, without_empty(value)?)));
            Some(Value::Object(entries.collect()))
        }
        value => Some(value),
    }
}

fn pointer<'a>(api: &'a Api, ty: &TypeRef) -> Option<&'a str> {
    let TypeRef::Named(id) = ty else { return None };
    Some(api.types[*id].origin.as_str())
}

/// Starts a receiver of webhooks. Returns its URL and its requests.
fn receiver() -> (String, Arc<Mutex<Vec<ReceivedRequest>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let url = format!("{origin}/hook");
    let requests = Arc::new(Mutex::new(Vec::new()));
    let received = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (request, mut stream) = read(stream.unwrap(), &origin);
            received.lock().unwrap().push(request);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    (url, requests)
}

fn read(stream: TcpStream, origin: &str) -> (ReceivedRequest, TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut request = ReceivedRequest::default();
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut words = line.split(' ');
    request.method = words.next().unwrap().to_owned();
    request.url = format!("{origin}{}", words.next().unwrap());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = request.headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    request.body = String::from_utf8(body).unwrap();
    (request, reader.into_inner())
}

/// Returns a line of JSON for each webhook, and the test of a generated crate that receives them.
pub fn test(crate_name: &str, is_signed: bool, sent: &[SentWebhook]) -> (String, String) {
    let lines = sent.iter().map(|SentWebhook { types: [event, ..], payload, request }| {
        let ReceivedRequest { method, url, headers, body } = request;
        let line =
            json!({ "event": event, "payload": payload, "method": method, "url": url, "headers": headers, "body": body });
        line.to_string() + "\n"
    });
    let secret = if is_signed { format!("{SECRET:?}") } else { String::new() };
    let types: BTreeSet<&[String; 3]> = sent.iter().map(|sent| &sent.types).collect();
    let arms = types.iter().map(|[event, unknown, receiver]| {
        format!("            {event:?} => received!(api_webhooks::{event}, {unknown}, api_webhooks::{receiver}, request, json, line),\n")
    });
    let test = TEST.replace("crate_name", crate_name).replace("/* arms */", &arms.collect::<String>());
    let test = test.replace("is_signed", &is_signed.to_string());
    // The requests were sent before the crates were compiled, which can take longer than the tolerance for signatures.
    let tolerance = if is_signed { ".tolerance(std::time::Duration::from_secs(86_400))" } else { "" };
    let test = test.replace("/* tolerance */", tolerance);
    (test.replace("/* secret */", &secret), lines.collect())
}

const TEST: &str = r#"//! Webhooks that a mock has sent, and the same payloads as JSON.

use crate_name::webhooks as api_webhooks;
use crate_name::webhooks::{SIGNATURE, Signer};
use http::Request;
use serde_json::Value;

const IS_SIGNED: bool = is_signed;

macro_rules! received {
    ($event:ty, $unknown:ident, $receiver:ty, $request:expr, $json:expr, $line:expr) => {{
        type Event = $event;
        let receiver = <$receiver>::new(/* secret */)/* tolerance */;
        let event: Event = receiver.receive(&$request).unwrap_or_else(|error| panic!("{error}: {}", $line));
        assert!(!matches!(event, Event::$unknown(_)), "{}", $line);
        assert_eq!(receiver.receive(&$json), Ok(event), "{}", $line);
        let mut changed = $request.clone().map(String::into_bytes);
        let bit = $line.len() * 7 % (changed.body().len() * 8).max(1);
        changed.body_mut().get_mut(bit / 8).into_iter().for_each(|byte| *byte ^= 1 << (bit % 8));
        // An escape such as `%2F` may also be in lower case.
        let is_same = changed.body().eq_ignore_ascii_case($request.body().as_bytes());
        assert!(is_same || !IS_SIGNED || receiver.receive(&changed).is_err(), "bit {bit} of {}", $line);
    }};
}

#[test]
fn the_webhooks_of_the_mock_are_received() {
    for line in include_str!("webhooks.jsonl").lines() {
        let sent: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| sent[name].as_str().unwrap().to_owned();
        let mut request = Request::builder().method(text("method").as_str()).uri(text("url"));
        for header in sent["headers"].as_array().unwrap() {
            request = request.header(header[0].as_str().unwrap(), header[1].as_str().unwrap());
        }
        let request = request.body(text("body")).unwrap();
        let mut json = request.clone().map(|_| sent["payload"].to_string());
        *json.method_mut() = http::Method::POST;
        *json.uri_mut() = text("url").split('?').next().unwrap().parse().unwrap();
        json.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
        Signer::new("c2VjcmV0").sign(&SIGNATURE, &mut json).unwrap();
        match sent["event"].as_str().unwrap() {
/* arms */            other => panic!("{other}"),
        }
    }
}
"#;
