//! Runs a mock server for an OpenAPI document.

use std::io::{ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use bindery::characters::for_terminal;
use bindery_mock::{Error, Mock};
use clap::Args;

use crate::failure::{Failure, print, print_error};
use crate::inputs::Inputs;

/// The options of the server.
#[derive(Args, Clone, Debug)]
pub struct ServerArgs {
    /// The address to listen on. Every client that can connect to it has full access to the mock.
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,
    /// The port to listen on. With 0, the system chooses a free port.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// The only accepted user and password. API keys and tokens must be equal to the password. Default: the mock
    /// accepts all credentials that are not empty.
    #[arg(long, value_name = "USER:PASSWORD", value_parser = parse_credentials)]
    pub auth: Option<(String, String)>,
    /// The seed of the generated identifiers.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// A file that stores the records between runs.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// The URL for webhooks that are sent on demand: from the web page, or with `POST /__mock/webhooks?event=NAME`.
    #[arg(long, value_name = "URL")]
    pub webhook_url: Option<String>,
    /// The secret with which webhooks are signed. Default: the password of `--auth`.
    #[arg(long, value_name = "SECRET")]
    pub webhook_secret: Option<String>,
}

/// Runs the mock until ctrl-c is pressed, or until the process receives SIGTERM.
///
/// # Errors
///
/// Returns a failure if the document has errors, or the server cannot start.
pub fn run(inputs: &Inputs, server: &ServerArgs) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::io(format!("cannot start the mock: {error}")))?;
    runtime.block_on(serve(inputs, server))
}

/// Starts the mock, and waits until it is stopped.
async fn serve(inputs: &Inputs, server: &ServerArgs) -> Result<(), Failure> {
    let mock = start(inputs, server).await?;
    print(&format!("{}\n", mock.url()))?;
    let accepted_values = if server.auth.is_some() { "with the values of --auth" } else { "with any non-empty value" };
    for credentials in mock.credentials() {
        print_error(&for_terminal(&format!("accepts {credentials} {accepted_values}")));
    }
    if mock.signs_webhooks() && server.webhook_secret.is_none() && server.auth.is_none() {
        print_error(&format!("signs webhooks with the secret `{}`", mock.webhook_secret()));
    }
    print_error("press ctrl-c to stop");
    wait_for_stop().await;
    Ok(())
}

/// Starts the mock.
async fn start(inputs: &Inputs, server: &ServerArgs) -> Result<Mock, Failure> {
    let (document, config) = inputs.read()?;
    let mut builder = Mock::from_sources(document, config)
        .seed(server.seed)
        .address(SocketAddr::new(server.host, server.port))
        .on_request(|recorded| {
            let operation = for_terminal(recorded.operation.as_deref().unwrap_or("-"));
            // Ignore errors, because the mock must continue if standard output is closed.
            let _ = writeln!(std::io::stdout(), "{} {:?} {operation}", recorded.status, recorded.request);
        })
        .on_webhook_failure(|delivery| {
            let (event, url, attempts) = (&delivery.event, &delivery.url, delivery.attempts.len());
            let reason = delivery.failure().unwrap_or_default();
            let failure = format!("the webhook `{event}` to {url} failed (attempts: {attempts}): {reason}");
            print_error(&for_terminal(&failure));
        });
    if let Some((user, password)) = &server.auth {
        builder = builder.credentials(user, password);
    }
    if let Some(path) = &server.state {
        builder = builder.state_file(path);
    }
    if let Some(url) = &server.webhook_url {
        builder = builder.webhook_url(url);
    }
    if let Some(secret) = &server.webhook_secret {
        builder = builder.webhook_secret(secret);
    }
    builder.start().await.map_err(|error| match error {
        Error::Io(error) if error.kind() == ErrorKind::AddrInUse => Failure::io(format!(
            "port {} is in use; choose another port with `--port`, or any free port with `--port 0`",
            server.port
        )),
        error @ (Error::Io(_) | Error::StateFile(_)) => Failure::io(error.to_string()),
        error @ Error::Webhook(_) => Failure::usage(error.to_string()),
        error => Failure::findings("", error.to_string()),
    })
}

/// Parses `user:password`.
fn parse_credentials(text: &str) -> Result<(String, String), String> {
    let (user, password) = text.split_once(':').ok_or("write a user and a password, as in `user:password`")?;
    Ok((user.to_owned(), password.to_owned()))
}

/// Waits for ctrl-c or SIGTERM.
async fn wait_for_stop() {
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
