//! The TLS provider of the default transport, which the features of the crate select.
//!
//! If several features are enabled, the first of `native-tls`, `rustls`, `rustls-ring` and `rustls-no-provider` is used.
//! reqwest sets up the first two.

use reqwest::ClientBuilder;

/// Adds the TLS settings to the builder of the HTTP client.
///
/// # Errors
///
/// Returns a message if the certificates of the platform are missing, or if the program has not installed a required provider.
pub fn with_tls(builder: ClientBuilder) -> Result<ClientBuilder, String> {
    #[cfg(all(feature = "rustls-no-provider", not(any(feature = "native-tls", feature = "rustls"))))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return with_default_provider(builder);
    }
    Ok(builder)
}

/// Sets up rustls as reqwest does, but with ring, and without installing a provider for the whole process.
#[cfg(all(feature = "rustls-ring", not(any(feature = "native-tls", feature = "rustls"))))]
fn with_default_provider(builder: ClientBuilder) -> Result<ClientBuilder, String> {
    use rustls_platform_verifier::BuilderVerifierExt as _;

    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_platform_verifier());
    let mut config = config.map_err(|error| error.to_string())?.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(builder.tls_backend_preconfigured(config))
}

/// Returns an error, because reqwest would panic if the program has installed no provider.
#[cfg(all(
    feature = "rustls-no-provider",
    not(any(feature = "native-tls", feature = "rustls", feature = "rustls-ring"))
))]
fn with_default_provider(_: ClientBuilder) -> Result<ClientBuilder, String> {
    Err("the program must install a provider of rustls first, with `install_default`".to_owned())
}
