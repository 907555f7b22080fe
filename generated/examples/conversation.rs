//! Creates a Service, a conversation, and two participants: a user of the app, and a person who uses SMS.
//!
//! ```text
//! cargo run -p twilio-conversations --example conversation
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
    let service = client.services().create("Support desk").await?;
    let service = client.service(service.sid()?);

    // The unique name can be used instead of the SID.
    service.conversations().create().friendly_name("Order 1042").unique_name("order-1042").await?;
    let conversation = service.conversation("order-1042");

    conversation.participants().create().identity("ana").await?;
    let by_sms = conversation.participants().create();
    by_sms.messaging_binding_address("+15005550001").messaging_binding_proxy_address("+15005550006").await?;

    let mut participants = conversation.participants().list().stream();
    while let Some(participant) = participants.try_next().await? {
        match participant.identity.as_deref() {
            Some(identity) => println!("{} uses the app as {identity}", participant.sid()?),
            None => println!("{} uses SMS", participant.sid()?),
        }
    }
    Ok(())
}
