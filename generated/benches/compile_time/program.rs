//! A program that sends 20 operations with the generated crate.

use twilio_conversations::models::{ServicePage, UserPage};
use twilio_conversations::{Client, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let client = Client::from_env()?;

    let ServicePage { services, .. } = client.services().list().page_size(50).await?;
    println!("{services:?}");
    println!("{:?}", client.services().create("Support desk").await?);
    let service = client.service("ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    println!("{:?}", service.fetch().await?);
    service.delete().await?;

    let mut conversations = client.conversations().list().page_size(50).stream();
    while let Some(conversation) = conversations.try_next().await? {
        println!("{conversation:?}");
    }
    println!("{:?}", client.conversations().create().friendly_name("Order 7").unique_name("order-7").await?);
    let conversation = client.conversation("order-7");
    println!("{:?}", conversation.fetch().await?);
    println!("{:?}", conversation.update().friendly_name("Order 8").await?);

    let mut messages = conversation.messages().list().page_size(50).stream();
    while let Some(message) = messages.try_next().await? {
        println!("{message:?}");
    }
    println!("{:?}", conversation.messages().create().author("ana").body("Hello").await?);
    let message = conversation.message("IMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    println!("{:?}", message.fetch().await?);
    println!("{:?}", message.update().body("Hello again").await?);
    message.delete().await?;
    println!("{:?}", conversation.participants().create().identity("ana").await?);
    conversation.delete().await?;

    let UserPage { users, .. } = client.users().list().page_size(50).await?;
    println!("{users:?}");
    println!("{:?}", client.users().create("ana").friendly_name("Ana").await?);
    let user = client.user("ana");
    println!("{:?}", user.fetch().await?);
    println!("{:?}", user.update().friendly_name("Ana Maria").await?);
    user.delete().await?;
    Ok(())
}
