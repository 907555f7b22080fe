//! A client that records everything that it shows: `Debug` output, errors, logs and attempts.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use super::failures::{RawResponse, response};
use crate::runtime::{Body, Credentials, Error, RetryPolicy, Transport, TransportFuture};
use crate::tests::logs::record_log;
use crate::tests::sample::Client;

/// A transport with two responses: a successful response for URLs with a suffix, and the response to one other request.
#[derive(Clone, Default)]
pub struct ScriptedTransport(Arc<Mutex<ScriptedResponses>>, Arc<Mutex<String>>);

#[derive(Default)]
struct ScriptedResponses {
    /// The URL suffix of the requests that succeed, and the body of their responses.
    success: Option<(&'static str, String)>,
    /// The response to the request with a different URL.
    other_response: Option<RawResponse>,
}

impl ScriptedTransport {
    pub fn set(&self, other_response: RawResponse) {
        self.0.lock().unwrap().other_response = Some(other_response);
    }

    pub fn set_success(&self, url_suffix: &'static str, body: &str) {
        self.0.lock().unwrap().success = Some((url_suffix, body.to_owned()));
    }
}

impl Transport for ScriptedTransport {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        // A transport may log the headers, so their `Debug` output is recorded, too.
        *self.1.lock().unwrap() += &debug_output(request.headers());
        let ScriptedResponses { success, other_response } = &mut *self.0.lock().unwrap();
        let response = match success {
            Some((url_suffix, body)) if request.uri().to_string().ends_with(*url_suffix) => {
                Ok(response(200, "application/json", body.clone()))
            }
            _ => other_response.take().unwrap(),
        };
        Box::pin(async { response })
    }
}

/// A client, and the recorded output of the client and its calls.
pub struct RecordingClient {
    pub client: Client,
    pub script: ScriptedTransport,
    pub output: Arc<Mutex<String>>,
}

impl RecordingClient {
    pub fn new(credentials: Credentials) -> Self {
        let output = Arc::new(Mutex::new(String::new()));
        let script = ScriptedTransport(Arc::default(), Arc::clone(&output));
        let log = Arc::clone(&output);
        let builder = Client::builder().base_url("https://api.test").token_url("https://api.test/token");
        let builder = builder.credentials(credentials).transport(script.clone()).retry(RetryPolicy::off());
        let builder = builder.observe(move |attempt| {
            let error = attempt.error.map(ToString::to_string);
            *log.lock().unwrap() += &format!("{attempt:?} {attempt:#?} {} {error:?}", attempt.call);
        });
        *output.lock().unwrap() += &format!("{builder:?} {builder:#?}");
        let client = builder.build().unwrap();
        *output.lock().unwrap() += &debug_output(&client);
        Self { client, script, output }
    }

    /// Makes a call that fails. Returns the output of the error, and the output of everything together.
    pub async fn call(&self, call: impl AsyncFnOnce(&Client) -> Error) -> (String, String) {
        let mut error = String::new();
        let log = record_log(async { error = error_output(&call(&self.client).await) }).await;
        let output = std::mem::take(&mut *self.output.lock().unwrap());
        (error.clone(), output + &error + &log)
    }
}

/// Returns the `Debug` output of a value, in both forms.
pub fn debug_output(value: &dyn Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// Returns the `Display` and `Debug` output of an error and its sources.
pub fn error_output(error: &(dyn StdError + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.map(|error| format!("{error}\n{error:?}\n{error:#?}\n")).collect()
}

/// Panics if the output contains a value, unchanged or as `Debug` formats it.
pub fn assert_not_shown(shown: &str, value: &str, case: &str) {
    for value in [value, format!("{value:?}").trim_matches('"')] {
        assert!(!shown.contains(value), "{case}: {value}\n{shown}");
    }
}
