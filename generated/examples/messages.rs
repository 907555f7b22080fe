//! Sends messages to a conversation, lists them, and changes and deletes some of them.
//!
//! ```text
//! cargo run -p twilio-conversations --example messages
//! ```

use std::error::Error;

use twilio_conversations::{Client, Result, mock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    // For a real account, use `Client::from_env()?`.
    let mock = mock::start().await?;
    Ok(run(&mock.client()).await?)
}

/// Runs the example.
pub async fn run(client: &Client) -> Result<()> {
    let conversation = client.conversations().create().friendly_name("Order 1042").await?;
    let conversation = client.conversation(conversation.sid()?);

    for number in 1..=5 {
        conversation.messages().create().author("ana").body(format!("Message {number}")).await?;
    }

    // Awaiting the request returns the first page. With `order(Order::Desc)`, the newest message comes first.
    let page = conversation.messages().list().page_size(2).await?;
    for message in &page.messages {
        println!("on the first page: {}", message.body()?);
    }

    // A stream returns the messages of all pages. It requests each page when the page before it has been read.
    let mut all = conversation.messages().list().page_size(2).stream();
    while let Some(message) = all.try_next().await? {
        println!("{}: {}", message.author()?, message.body()?);
    }

    if let [first, second, ..] = page.messages.as_slice() {
        let changed = conversation.message(first.sid()?).update().body("Never mind.").await?;
        println!("{} has the new text: {}", changed.sid()?, changed.body()?);
        conversation.message(second.sid()?).delete().await?;
    }
    Ok(())
}
