//! A client whose visible texts are all recorded.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use super::failures::{RawResponse, response};
use crate::runtime::{Body, Credentials, Error, RetryPolicy, Transport, TransportFuture};
use crate::tests::logs::logged;
use crate::tests::sample::Client;

/// A transport that responds with a success to requests whose URL has a suffix, and to one other request with another result.
#[derive(Clone, Default)]
pub struct Script(Arc<Mutex<Answers>>, Arc<Mutex<String>>);

/// The successful response with its URL suffix, and the other result.
#[derive(Default)]
struct Answers(Option<(&'static str, String)>, Option<RawResponse>);

impl Script {
    pub fn set(&self, answer: RawResponse) {
        self.0.lock().unwrap().1 = Some(answer);
    }

    pub fn set_success(&self, end: &'static str, body: &str) {
        self.0.lock().unwrap().0 = Some((end, body.to_owned()));
    }
}

impl Transport for Script {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        // A transport may log the headers.
        *self.1.lock().unwrap() += &shapes(request.headers());
        let Answers(success, answer) = &mut *self.0.lock().unwrap();
        let answer = match success {
            Some((end, body)) if request.uri().to_string().ends_with(*end) => {
                Ok(response(200, "application/json", body.clone()))
            }
            _ => answer.take().unwrap(),
        };
        Box::pin(async { answer })
    }
}

/// A client, with all texts that it and its calls make visible.
pub struct Watched {
    pub client: Client,
    pub script: Script,
    pub seen: Arc<Mutex<String>>,
}

impl Watched {
    pub fn new(credentials: Credentials) -> Self {
        let seen = Arc::new(Mutex::new(String::new()));
        let script = Script(Arc::default(), Arc::clone(&seen));
        let log = Arc::clone(&seen);
        let builder = Client::builder().base_url("https://api.test").token_url("https://api.test/token");
        let builder = builder.credentials(credentials).transport(script.clone()).retry(RetryPolicy::off());
        let builder = builder.observe(move |attempt| {
            let error = attempt.error.map(ToString::to_string);
            *log.lock().unwrap() += &format!("{attempt:?} {attempt:#?} {} {error:?}", attempt.call);
        });
        *seen.lock().unwrap() += &format!("{builder:?} {builder:#?}");
        let client = builder.build().unwrap();
        *seen.lock().unwrap() += &shapes(&client);
        Self { client, script, seen }
    }

    /// Returns every text of a call: of its result, its error, the observer and the log.
    pub async fn call(&self, call: impl AsyncFnOnce(&Client) -> Error) -> (String, String) {
        let mut error = String::new();
        let log = logged(async { error = texts(&call(&self.client).await) }).await;
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        (error.clone(), seen + &error + &log)
    }
}

pub fn shapes(value: &dyn Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// Returns all texts of an error and its sources.
pub fn texts(error: &(dyn StdError + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.map(|error| format!("{error}\n{error:?}\n{error:#?}\n")).collect()
}

/// Fails if a text contains a value, as it is or as `Debug` formats it.
pub fn assert_silent(text: &str, value: &str, about: &str) {
    for value in [value, format!("{value:?}").trim_matches('"')] {
        assert!(!text.contains(value), "{about}: {value}\n{text}");
    }
}
