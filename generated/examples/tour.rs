//! A tour of the crate that needs no account: it makes, fetches, lists and deletes Services on a mock of the API that
//! it starts itself, and prints what it does.
//!
//! ```text
//! cargo run -p twilio-conversations --example tour
//! ```

use std::error::Error;

use twilio_conversations::mock;
use twilio_conversations::models::ServiceSid;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mock = mock::start().await?;
    println!("a mock of the API listens at {}\n", mock.url());

    // Against the real API this is `twilio_conversations::Client::from_env()?`.
    let client = mock.client();

    let service = client.services().create("Support desk").await?;
    let sid = service.sid()?;
    println!("created  {sid} {:?}", service.friendly_name()?);

    let reply = client.service(sid).fetch().send().await?;
    println!("fetched  {} with status {}, request {:?}", reply.sid()?, reply.status(), reply.request_id());

    for number in 2..=7 {
        client.services().create(format!("Desk {number}")).await?;
    }
    let mut pages = client.services().list().page_size(3).pages();
    while let Some(page) = pages.try_next().await? {
        println!("page {}   holds {} Services", page.meta.page()?, page.services.len());
    }
    let mut all = client.services().list().page_size(3).limit(5).stream();
    while let Some(service) = all.try_next().await? {
        println!("listed   {} {:?}", service.sid()?, service.friendly_name()?);
    }

    client.service(sid).delete().await?;
    println!("deleted  {sid}");
    match client.service(sid).fetch().await {
        Err(error) if error.is_not_found() => println!("gone     {error}"),
        other => println!("still there? {other:?}"),
    }

    println!("\nwhat is wrong never leaves the program:");
    for error in [
        client.services().create("x".repeat(257)).await.err().map(|error| error.to_string()),
        client.services().list().page_size(1001).await.err().map(|error| error.to_string()),
        ServiceSid::new("IS-not-a-sid").err().map(|error| error.to_string()),
    ] {
        println!("refused  {}", error.unwrap_or_default());
    }
    println!("\n{} requests were sent in all", mock.requests().len());
    Ok(())
}
