//! A Service, a conversation in it, and two participants: one who uses your app and one who is reached by SMS.
//!
//! ```text
//! cargo run -p twilio-conversations --example conversation
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
    let service = client.services().create("Support desk").await?;
    let service = client.service(service.sid()?);

    // The unique name identifies the conversation as its SID does.
    service.conversations().create().friendly_name("Order 1042").unique_name("order-1042").await?;
    let conversation = service.conversation("order-1042");

    conversation.participants().create().identity("ana").await?;
    let by_sms = conversation.participants().create();
    by_sms.messaging_binding_address("+15005550001").messaging_binding_proxy_address("+15005550006").await?;

    let mut participants = conversation.participants().list().stream();
    while let Some(participant) = participants.try_next().await? {
        match participant.identity.as_deref() {
            Some(identity) => println!("{} is {identity}, in the app", participant.sid()?),
            None => println!("{} is somebody by SMS", participant.sid()?),
        }
    }
    Ok(())
}
