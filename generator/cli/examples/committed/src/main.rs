//! Adds a pet, and lists all pets: `PETS_BASE_URL=http://127.0.0.1:8080 PETS_TOKEN=any cargo run`.

use pets::models::{NewPet, NewPetKind};
use pets::{Client, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let client = Client::from_env()?;
    let pet = client.pets().create(NewPet::new("Minka").with_kind(NewPetKind::Cat)).await?;
    println!("added {}", pet.id);
    for pet in client.pets().list().limit(100).all().await? {
        println!("{}", pet.name);
    }
    Ok(())
}
