//! Creates a client for a local server, and reads the received requests.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "no test uses all of this module, and in tests a panic is the report"
)]

#[path = "../../../generator/runtime/src/tests/server.rs"]
pub mod server;

pub mod args;
#[rustfmt::skip]
pub mod dispatch;
pub mod document;
pub mod scripted;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use server::{Recorded, Server};
use twilio_conversations::models::ServiceSid;
use twilio_conversations::{Client, Credentials};

/// The account SID of the tests.
pub const ACCOUNT: &str = "AC00000000000000000000000000000000";
/// The auth token of the tests, which must not be shown.
pub const TOKEN: &str = "token-of-the-tests";
pub const SID: &str = "IS0123456789abcdef0123456789abcdef";

/// The Service in the examples of the API document.
pub const SERVICE: &str = r#"{
    "sid": "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "friendly_name": "friendly_name",
    "date_created": "2015-12-16T22:18:37Z",
    "date_updated": "2015-12-16T22:18:38Z",
    "url": "https://conversations.twilio.com/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "links": {
        "conversations": "https://conversations.twilio.com/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conversations",
        "users": "https://conversations.twilio.com/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Users",
        "roles": "https://conversations.twilio.com/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Roles",
        "bindings": "https://conversations.twilio.com/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Bindings",
        "configuration": "https://conversations.twilio.com/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Configuration",
        "participant_conversations": "https://conversations.twilio.com/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ParticipantConversations",
        "conversation_with_participants": "https://conversations.twilio.com/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ConversationWithParticipants"
    }
}"#;

pub fn client(server: &Server) -> Client {
    let builder = Client::builder().base_url(server.url());
    builder.credentials(Credentials::basic(ACCOUNT, TOKEN)).build().unwrap()
}

pub fn sid() -> ServiceSid {
    ServiceSid::new(SID).unwrap()
}

/// Returns the decoded segments of the path of a request.
pub fn segments(request: &Recorded) -> Vec<String> {
    let path = request.target.split('?').next().unwrap();
    path.split('/').skip(1).map(|segment| percent_decode_str(segment).decode_utf8().unwrap().into_owned()).collect()
}

/// Decodes the pairs of a query or form.
pub fn pairs(encoded: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned();
    let pairs = encoded.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// Returns the query of a request.
pub fn query(request: &Recorded) -> Vec<(String, String)> {
    pairs(request.target.split_once('?').map_or("", |(_, query)| query))
}

/// Returns a file that is not part of the repository, from `$BINDERY_SHARED` or `shared` beside the repository. If it
/// does not exist, prints that the test is skipped.
pub fn shared(path: &str) -> Option<String> {
    let default_folder = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = env::var_os("BINDERY_SHARED").map_or_else(default_folder, PathBuf::from);
    let text = fs::read_to_string(shared.join(path)).ok();
    if text.is_none() {
        say(&format!("SKIPPED: there is no {path} here (see BINDERY_SHARED)"));
    }
    text
}

/// Prints a line. Writes to standard error directly, because the test runner hides the output of successful tests.
pub fn say(line: &str) {
    io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
