//! Messages are posted to a conversation, read a page at a time, changed and deleted.
//!
//! ```text
//! cargo run -p twilio-conversations --example messages
//! ```

use std::error::Error;

use twilio_conversations::{Client, Result, mock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    // With an account, `Client::from_env()?` is the client.
    let mock = mock::start().await?;
    Ok(run(&mock.client()).await?)
}

/// The example itself.
pub async fn run(client: &Client) -> Result<()> {
    let conversation = client.conversations().create().friendly_name("Order 1042").await?;
    let conversation = client.conversation(conversation.sid()?.as_str());

    for number in 1..=5 {
        conversation.messages().create().author("ana").body(format!("Message {number}")).await?;
    }

    // One page. `order(Order::Desc)` would begin with the newest.
    let page = conversation.messages().list().page_size(2).await?;
    for message in &page.messages {
        println!("on the first page: {}", message.body()?);
    }

    // All of them, two to a page: the next page is asked for when it is needed.
    let mut all = conversation.messages().list().page_size(2).stream();
    while let Some(message) = all.try_next().await? {
        println!("{}: {}", message.author()?, message.body()?);
    }

    if let [first, second, ..] = page.messages.as_slice() {
        let changed = conversation.message(first.sid()?).update().body("Never mind.").await?;
        println!("{} now says: {}", changed.sid()?, changed.body()?);
        conversation.message(second.sid()?).delete().await?;
    }
    Ok(())
}
