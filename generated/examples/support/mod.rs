//! What lets the examples run without an account: a mock of the API in the same program, and a client of it.

use std::error::Error;

use bindery_mock::Mock;
use twilio_conversations::{Client, Credentials};

/// The mock answers by the same document that the crate is generated from.
const DOCUMENT: &str = include_str!("../../../spec/conversations_v1.yaml");
const CONFIG: &str = include_str!("../../../spec/codegen.toml");

/// A mock of the API, and a client of it. A program with an account has `Client::from_env()?` in its place.
pub async fn start() -> Result<(Mock, Client), Box<dyn Error>> {
    let mock = Mock::from_spec(DOCUMENT, CONFIG).start().await?;
    let credentials = Credentials::basic("AC00000000000000000000000000000000", "a token");
    let client = Client::builder().base_url(mock.url()).credentials(credentials).build()?;
    Ok((mock, client))
}
