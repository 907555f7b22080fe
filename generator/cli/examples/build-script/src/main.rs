//! Lists all pets: `PETS_BASE_URL=http://127.0.0.1:8080 PETS_TOKEN=any cargo run`.

use example_build_script::{Client, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let client = Client::from_env()?;
    let mut pets = client.pets().list().limit(100).stream();
    while let Some(pet) = pets.try_next().await? {
        println!("{}", pet.name);
    }
    Ok(())
}
