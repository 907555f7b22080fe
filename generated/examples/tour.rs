//! Creates, fetches, lists and deletes Services. The example starts a mock of the API, so it needs no account.
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
    println!("The mock listens at {}.\n", mock.url());

    // For a real account, use `twilio_conversations::Client::from_env()?`.
    let client = mock.client();

    let service = client.services().create("Support desk").await?;
    let sid = service.sid()?;
    println!("created  {sid} {:?}", service.friendly_name()?);

    let response = client.service(sid).fetch().send().await?;
    println!("fetched  {} with status {}, request {:?}", response.sid()?, response.status(), response.request_id());

    for number in 2..=7 {
        client.services().create(format!("Desk {number}")).await?;
    }
    let mut pages = client.services().list().page_size(3).pages();
    while let Some(page) = pages.try_next().await? {
        println!("page {}   has {} Services", page.meta.page()?, page.services.len());
    }
    let mut all = client.services().list().page_size(3).limit(5).stream();
    while let Some(service) = all.try_next().await? {
        println!("listed   {} {:?}", service.sid()?, service.friendly_name()?);
    }

    client.service(sid).delete().await?;
    println!("deleted  {sid}");
    match client.service(sid).fetch().await {
        Err(error) if error.is_not_found() => println!("error    {error}"),
        other => println!("unexpected result: {other:?}"),
    }

    println!("\nInvalid arguments are errors before the request is sent:");
    for error in [
        client.services().create("x".repeat(257)).await.err().map(|error| error.to_string()),
        client.services().list().page_size(1001).await.err().map(|error| error.to_string()),
        ServiceSid::new("IS-not-a-sid").err().map(|error| error.to_string()),
    ] {
        println!("error    {}", error.unwrap_or_default());
    }
    println!("\nThe program sent {} requests.", mock.requests().len());
    Ok(())
}
