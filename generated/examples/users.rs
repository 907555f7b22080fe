//! Creates a user, sets attributes, lists the conversations of the user, and deletes the user.
//!
//! ```text
//! cargo run -p twilio-conversations --example users
//! ```

use std::error::Error;

use serde::{Deserialize, Serialize};
use twilio_conversations::{Client, Result, mock};

/// The attributes that this program stores with each user.
#[derive(Debug, Deserialize, Serialize)]
struct Attributes {
    language: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    // For a real account, use `Client::from_env()?`.
    let mock = mock::start().await?;
    Ok(run(&mock.client()).await?)
}

/// Runs the example.
pub async fn run(client: &Client) -> Result<()> {
    let user = client.users().create("ana").friendly_name("Ana").await?;
    let handle = client.user(user.sid()?);

    // The attributes can be any JSON value. An update changes only the properties that it sets.
    handle.update().attributes_json(&Attributes { language: "pt".to_owned() }).await?;
    let user = handle.fetch().await?;
    println!("{} has the name {} and {:?}", user.sid()?, user.friendly_name()?, user.attributes_as::<Attributes>()?);

    let mut conversations = handle.conversations().list().stream();
    while let Some(conversation) = conversations.try_next().await? {
        println!("participates in {}", conversation.conversation_sid()?);
    }

    handle.delete().await?;
    match handle.fetch().await {
        Err(error) if error.is_not_found() => println!("error: {error}"),
        other => drop(other?),
    }
    Ok(())
}
