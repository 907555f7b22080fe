//! The TLS provider of the default transport.

use rustls::crypto::CryptoProvider;

use crate::runtime::{Credentials, Error};
use crate::tests::sample::Client;

fn build() -> Result<Client, Error> {
    Client::builder().base_url("https://127.0.0.1:1").credentials(Credentials::basic("ana", "s3cr3t")).build()
}

/// No other test installs a provider for the process, because no test needs a provider with the default features.
#[cfg(feature = "rustls-ring")]
#[test]
fn building_a_client_installs_no_provider_for_the_process() {
    build().unwrap();
    assert!(CryptoProvider::get_default().is_none());
}

#[cfg(not(any(feature = "native-tls", feature = "rustls", feature = "rustls-ring")))]
#[test]
fn building_a_client_without_a_provider_is_an_error() {
    assert!(CryptoProvider::get_default().is_none());
    let error = build().unwrap_err().to_string();
    assert!(error.contains("must install a provider of rustls first"), "{error}");
}
