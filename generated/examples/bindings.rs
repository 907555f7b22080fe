//! Lists the devices that receive push notifications, and deletes one of them.
//!
//! Bindings are created by Twilio's SDKs in apps. This example adds two bindings to the mock instead.
//!
//! ```text
//! cargo run -p twilio-conversations --example bindings
//! ```

use std::error::Error;

use serde_json::json;
use twilio_conversations::models::{BindingType, ServiceSid};
use twilio_conversations::{Client, Result, mock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    // For a real account, use `Client::from_env()?`.
    let mock = mock::start().await?;
    let service = seed(&mock)?;
    Ok(run(&mock.client(), &service).await?)
}

/// Runs the example.
pub async fn run(client: &Client, service: &ServiceSid) -> Result<()> {
    let service = client.service(service);
    let mut bindings = service.bindings().list().identity(["ana"]).stream();
    while let Some(binding) = bindings.try_next().await? {
        println!("{} sends notifications through {:?}", binding.sid()?, binding.binding_type()?);
        if *binding.binding_type()? == BindingType::Gcm {
            service.binding(binding.sid()?).delete().await?;
            println!("{} was deleted", binding.sid()?);
        }
    }
    Ok(())
}

/// Adds two bindings of one user to the mock.
pub fn seed(mock: &mock::Mock) -> std::result::Result<ServiceSid, Box<dyn Error>> {
    let service = ServiceSid::new("IS0123456789abcdef0123456789abcdef")?;
    mock.put(&format!("/v1/Services/{service}"), json!({ "friendly_name": "Support desk" }))?;
    for (number, kind) in [(1, "gcm"), (2, "apn")] {
        let path = format!("/v1/Services/{service}/Bindings/BS{number:032}");
        mock.put(&path, json!({ "identity": "ana", "binding_type": kind, "endpoint": "a device" }))?;
    }
    Ok(service)
}
