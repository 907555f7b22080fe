//! Receives webhooks with axum. The mock of the API sends them. Before a message is added, the program replaces its text. After the
//! message is added, the program prints it.
//!
//! ```text
//! cargo run -p twilio-conversations --example webhooks
//! ```

use std::error::Error;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;
use twilio_conversations::models::MessageChanges;
use twilio_conversations::webhooks::{Event, MessageReply, Receiver, Webhook};
use twilio_conversations::{Client, mock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mock = mock::start().await?;
    run(&mock.client(), mock.webhook_secret()).await?;
    mock.webhooks_sent().await;
    Ok(())
}

/// Runs the example. The secret is the auth token of the account.
pub async fn run(client: &Client, secret: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hook", listener.local_addr()?);
    let receiver = Receiver::new(secret).public_url(&url);
    let app = Router::new().route("/hook", post(hook)).with_state(receiver);
    tokio::spawn(async { axum::serve(listener, app).await });

    let settings = client.configuration().webhooks().update().pre_webhook_url(&url).post_webhook_url(&url);
    settings.filters(["onMessageAdd", "onMessageAdded"]).await?;
    let conversation = client.conversations().create().friendly_name("Order 1042").await?;
    let messages = client.conversation(conversation.sid()?).messages();
    let message = messages.create().x_twilio_webhook_enabled("true").author("ana").body("My card is 4111 1111").await?;
    println!("stored: {}", message.body()?);
    Ok(())
}

/// Responds to the events. The extractor has verified the signature.
async fn hook(Webhook(event): Webhook<Event>) -> Response {
    match event {
        Event::OnMessageAdd(message) => {
            let body = message.body.unwrap_or_default().replace(|c: char| c.is_ascii_digit(), "*");
            MessageReply::Modify(MessageChanges::default().with_body(body)).into_response()
        }
        Event::OnMessageAdded(message) => {
            println!("added: {}", message.body.unwrap_or_default());
            ().into_response()
        }
        _ => ().into_response(),
    }
}
