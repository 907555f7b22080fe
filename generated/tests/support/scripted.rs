//! Calls operations by their IDs, with a server whose responses are set in advance.

use std::sync::{Arc, Mutex, OnceLock};

use bindery::ir::Status;
use serde_json::Value;
use twilio_conversations::Client;

use super::args::{Args, Failure};
use super::document::operation;
use super::server::{Reply, Server};
use super::{client, dispatch};

/// A server whose response is set in advance, and a client for it.
pub struct Scripted {
    pub server: Server,
    pub client: Client,
    /// The response to all following requests.
    next: Arc<Mutex<Reply>>,
}

impl Scripted {
    pub async fn start() -> Self {
        let next = Arc::new(Mutex::new(Reply::http(500, &[], "")));
        let response = Arc::clone(&next);
        let server = Server::start(move |_| response.lock().unwrap().clone()).await;
        Self { client: client(&server), server, next }
    }

    /// Sets the status and the JSON of all following responses.
    pub fn set_response(&self, status: u16, body: Option<&Value>) {
        let reply = match body {
            Some(body) => Reply::json(status, body.to_string()),
            None => Reply::http(status, &[], ""),
        };
        *self.next.lock().unwrap() = reply;
    }

    /// Makes the server respond to all following requests with the documented response of an operation.
    pub fn set_documented_response(&self, id: &str) {
        let (status, example) = documented(id).unwrap_or((500, None));
        self.set_response(status, example);
    }
}

/// Returns the status and the example of the successful response of an operation in the document of the crate.
pub fn documented(id: &str) -> Option<(u16, Option<&'static Value>)> {
    operation(id)?.responses.iter().find_map(|response| match response.status {
        Status::Code(code) if response.status.is_success() => Some((code, response.example.as_ref())),
        _ => None,
    })
}

/// Returns the cases in `requests.jsonl`. There are several cases for each operation. A case has arguments by their
/// wire names.
pub fn own_cases() -> &'static [Value] {
    static CASES: OnceLock<Vec<Value>> = OnceLock::new();
    CASES.get_or_init(|| {
        include_str!("../requests.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    })
}

/// Returns the case with only the required arguments of an operation.
pub fn minimal(id: &str) -> Option<&'static Value> {
    own_cases().iter().find(|case| case["operation_id"] == id && case["variant"] == "min")
}

/// Returns the case with all arguments of an operation.
pub fn maximal(id: &str) -> Option<&'static Value> {
    own_cases().iter().find(|case| case["operation_id"] == id && case["variant"] == "all").or_else(|| minimal(id))
}

/// Calls the operation of a case.
pub async fn call(client: &Client, case: &Value) -> Result<Value, Failure> {
    let mut args = Args::default();
    for (location, key) in [("path", "path_params"), ("query", "query"), ("form", "form"), ("header", "headers")] {
        args.add(location, &case[key]);
    }
    dispatch::call(client, case["operation_id"].as_str().unwrap(), &mut args).await
}
