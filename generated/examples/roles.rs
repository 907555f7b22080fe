//! A role that may read and write but not change what others have said, given to a participant and then narrowed.
//!
//! ```text
//! cargo run -p twilio-conversations --example roles
//! ```

use std::error::Error;

use twilio_conversations::models::RoleType;
use twilio_conversations::{Client, Result, mock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    // With an account, `Client::from_env()?` is the client.
    let mock = mock::start().await?;
    Ok(run(&mock.client()).await?)
}

/// The example itself.
pub async fn run(client: &Client) -> Result<()> {
    let permissions = ["sendMessage", "editOwnMessage", "leaveConversation"];
    let role = client.roles().create("Guest", RoleType::Conversation, permissions).await?;
    let role_sid = role.sid()?;
    println!("{role_sid} is the role {:?}", role.friendly_name()?);

    let conversation = client.conversations().create().friendly_name("Order 1042").await?;
    let participants = client.conversation(conversation.sid()?.as_str()).participants();
    let guest = participants.create().identity("ana").role_sid(role_sid.clone()).await?;
    println!("{} has the role {}", guest.sid()?, guest.role_sid()?);

    // A role has the permissions of the last request and no others.
    client.role(role_sid).update(["leaveConversation"]).await?;
    println!("{role_sid} allows nothing but to leave");
    Ok(())
}
