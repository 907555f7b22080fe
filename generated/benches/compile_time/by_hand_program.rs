//! A program that sends the same 20 operations as `program.rs` with the client of `by_hand.rs`.

use std::env;
use std::error::Error;

use by_hand::{Client, Conversation, ConversationPage, Message, MessagePage, Participant, Service, ServicePage};
use by_hand::{User, UserPage};
use reqwest::Method;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base = "https://conversations.twilio.com".to_owned();
    let client = Client::new(base, env::var("TWILIO_ACCOUNT_SID")?, env::var("TWILIO_AUTH_TOKEN")?)?;

    let page: ServicePage = client.json(Method::GET, "/Services?PageSize=50", &[]).await?;
    println!("{:?}", page.services);
    let created: Service = client.json(Method::POST, "/Services", &[("FriendlyName", "Support desk")]).await?;
    println!("{created:?}");
    let service = "/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let fetched: Service = client.json(Method::GET, service, &[]).await?;
    println!("{fetched:?}");
    client.send(Method::DELETE, service, &[]).await?;

    let mut path = "/Conversations?PageSize=50".to_owned();
    loop {
        let page: ConversationPage = client.json(Method::GET, &path, &[]).await?;
        for conversation in &page.conversations {
            println!("{conversation:?}");
        }
        let Some((_, query)) = page.meta.next_page_url.as_deref().and_then(|url| url.split_once('?')) else { break };
        path = format!("/Conversations?{query}");
    }
    let form = [("FriendlyName", "Order 7"), ("UniqueName", "order-7")];
    let created: Conversation = client.json(Method::POST, "/Conversations", &form).await?;
    println!("{created:?}");
    let conversation = "/Conversations/order-7";
    let fetched: Conversation = client.json(Method::GET, conversation, &[]).await?;
    println!("{fetched:?}");
    let updated: Conversation = client.json(Method::POST, conversation, &[("FriendlyName", "Order 8")]).await?;
    println!("{updated:?}");

    let messages = format!("{conversation}/Messages");
    let mut path = format!("{messages}?PageSize=50");
    loop {
        let page: MessagePage = client.json(Method::GET, &path, &[]).await?;
        for message in &page.messages {
            println!("{message:?}");
        }
        let Some((_, query)) = page.meta.next_page_url.as_deref().and_then(|url| url.split_once('?')) else { break };
        path = format!("{messages}?{query}");
    }
    let created: Message = client.json(Method::POST, &messages, &[("Author", "ana"), ("Body", "Hello")]).await?;
    println!("{created:?}");
    let message = format!("{messages}/IMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    let fetched: Message = client.json(Method::GET, &message, &[]).await?;
    println!("{fetched:?}");
    let updated: Message = client.json(Method::POST, &message, &[("Body", "Hello again")]).await?;
    println!("{updated:?}");
    client.send(Method::DELETE, &message, &[]).await?;
    let participants = format!("{conversation}/Participants");
    let added: Participant = client.json(Method::POST, &participants, &[("Identity", "ana")]).await?;
    println!("{added:?}");
    client.send(Method::DELETE, conversation, &[]).await?;

    let page: UserPage = client.json(Method::GET, "/Users?PageSize=50", &[]).await?;
    println!("{:?}", page.users);
    let form = [("Identity", "ana"), ("FriendlyName", "Ana")];
    let created: User = client.json(Method::POST, "/Users", &form).await?;
    println!("{created:?}");
    let fetched: User = client.json(Method::GET, "/Users/ana", &[]).await?;
    println!("{fetched:?}");
    let updated: User = client.json(Method::POST, "/Users/ana", &[("FriendlyName", "Ana Maria")]).await?;
    println!("{updated:?}");
    client.send(Method::DELETE, "/Users/ana", &[]).await?;
    Ok(())
}
