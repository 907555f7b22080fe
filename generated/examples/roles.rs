//! Creates a role, gives it to a participant, and then removes permissions from the role.
//!
//! ```text
//! cargo run -p twilio-conversations --example roles
//! ```

use std::error::Error;

use twilio_conversations::models::RoleType;
use twilio_conversations::{Client, Result, mock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    // For a real account, use `Client::from_env()?`.
    let mock = mock::start().await?;
    Ok(run(&mock.client()).await?)
}

/// Runs the example.
pub async fn run(client: &Client) -> Result<()> {
    let permissions = ["sendMessage", "editOwnMessage", "leaveConversation"];
    let role = client.roles().create("Guest", RoleType::Conversation, permissions).await?;
    let role_sid = role.sid()?;
    println!("{role_sid} has the name {:?}", role.friendly_name()?);

    let conversation = client.conversations().create().friendly_name("Order 1042").await?;
    let participants = client.conversation(conversation.sid()?).participants();
    let guest = participants.create().identity("ana").role_sid(role_sid.clone()).await?;
    println!("{} has the role {}", guest.sid()?, guest.role_sid()?);

    // An update replaces all permissions.
    client.role(role_sid).update(["leaveConversation"]).await?;
    println!("{role_sid} only has the permission to leave a conversation");
    Ok(())
}
