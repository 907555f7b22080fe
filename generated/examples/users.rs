//! A user is created, given a name and attributes, asked for the conversations they are in, and deleted.
//!
//! ```text
//! cargo run -p twilio-conversations --example users
//! ```

use std::error::Error;

use serde::{Deserialize, Serialize};
use twilio_conversations::{Client, Result, mock};

/// What this program stores with each user.
#[derive(Debug, Deserialize, Serialize)]
struct Attributes {
    language: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    // With an account, `Client::from_env()?` is the client.
    let mock = mock::start().await?;
    Ok(run(&mock.client()).await?)
}

/// The example itself.
pub async fn run(client: &Client) -> Result<()> {
    let user = client.users().create("ana").friendly_name("Ana").await?;
    let handle = client.user(user.sid()?);

    // Attributes are JSON of your own, and stay as they are if a request does not set them.
    handle.update().attributes_json(&Attributes { language: "pt".to_owned() }).await?;
    let user = handle.fetch().await?;
    println!("{} is {} with {:?}", user.sid()?, user.friendly_name()?, user.attributes_as::<Attributes>()?);

    let mut conversations = handle.conversations().list().stream();
    while let Some(conversation) = conversations.try_next().await? {
        println!("is in {}", conversation.conversation_sid()?);
    }

    handle.delete().await?;
    match handle.fetch().await {
        Err(error) if error.is_not_found() => println!("gone: {error}"),
        other => drop(other?),
    }
    Ok(())
}
