//! The mock server and its builder.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bindery::diagnostics::render::Style;
use bindery::mock_rules;
use bindery::source::Source;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::fault::Fault;
use crate::http::{Recorded, Request, Response};
use crate::model::Model;
use crate::security::CREDENTIALS;
use crate::server::{handle_request, serve};
use crate::shared::{OnRequest, Shared};
use crate::state::State;
use crate::state_file::StateFile;
use crate::webhooks::Delivery;
use crate::webhooks::outbox::Settings;
use crate::{formats, generate, security, seed_data};

/// A running mock server. Dropping a `Mock` stops the server and closes its connections.
pub struct Mock {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// The task that serves the connections.
    task: JoinHandle<()>,
}

/// A builder of a mock server.
#[must_use = "a builder does nothing until `start` is called"]
pub struct Builder {
    document: Source,
    config: Source,
    seed: u64,
    address: SocketAddr,
    credentials: Option<(String, String)>,
    state: Option<Value>,
    state_file: Option<PathBuf>,
    on_request: Option<OnRequest>,
    webhooks: Settings,
}

impl Mock {
    /// Creates a builder for the API of a document. `config` is the text of its codegen.toml.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let document = "
    /// openapi: 3.0.3
    /// info: { title: Ping, version: 1.0.0 }
    /// paths: { /ping: { delete: { operationId: Ping, responses: { '204': { description: Pong. } } } } }
    /// ";
    /// let config = "crate = { name = 'ping', version = '0.1.0' }";
    /// let mock = bindery_mock::Mock::from_spec(document, config).seed(7).start().await.unwrap();
    /// assert!(mock.url().starts_with("http://127.0.0.1:"));
    /// # });
    /// ```
    pub fn from_spec(document: &str, config: &str) -> Builder {
        Self::from_sources(Source::new("the document", document), Source::new("codegen.toml", config))
    }

    /// Creates a builder like [`Mock::from_spec`], from sources whose paths appear in diagnostics.
    pub fn from_sources(document: Source, config: Source) -> Builder {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Builder {
            document,
            config,
            seed: 0,
            address,
            credentials: None,
            state: None,
            state_file: None,
            on_request: None,
            webhooks: Settings::default(),
        }
    }

    /// Returns the base URL of the server, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Describes the credentials for each security scheme of the document: their kind, and their location in a request.
    pub fn credentials(&self) -> Vec<String> {
        self.shared.model.api.security.iter().map(security::credentials).collect()
    }

    /// Handles a request without a network. Faults that affect only the network, such as delays, have no effect. Webhooks
    /// before a change are not sent.
    pub fn ask(&self, request: Request) -> Response {
        handle_request(&self.shared, request).0
    }

    /// Returns the last requests, from the oldest to the newest: at most 10,000 requests of at most 64 MiB in total.
    /// Requests for the web page of the mock are not included.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.lock().recorded.iter().cloned().collect()
    }

    /// Stores a record at a path such as `/v1/Services/IS…`. Missing properties are generated, as for a create request.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Record`] if the path does not identify a record, if the parent of the record does not exist, or
    /// if the record does not match its schema. Returns [`Error::StateFile`] if the state file cannot be written.
    pub fn put(&self, path: &str, record: Value) -> Result<(), Error> {
        let mut inner = self.shared.lock();
        seed_data::put(&self.shared.model, &mut inner.state, path, record)?;
        inner.write_changes().map_err(|error| Error::StateFile(error.to_string()))
    }

    /// Adds a fault at the end of the list of faults. The first fault in the list that applies to a request affects the
    /// request. A fault without `times` stays until [`Mock::clear_faults`] is called.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), bindery_mock::Error> {
    /// # let mock: bindery_mock::Mock = unimplemented!();
    /// mock.fault("operation=FetchService; status=503; times=2".parse()?);
    /// # Ok(()) }
    /// ```
    pub fn fault(&self, fault: Fault) {
        self.shared.lock().faults.push(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Sends a webhook of the document in the background, to the URL of [`Builder::webhook_url`]. The payload must match its
    /// schema. If it is `None`, it is generated.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), bindery_mock::Error> {
    /// # let mock: bindery_mock::Mock = unimplemented!();
    /// mock.send_webhook("orderShipped", serde_json::json!({ "order": 7 }))?;
    /// mock.send_webhook("orderShipped", None)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Webhook`] if the document has no such webhook, if the payload does not match the schema, or if no URL is
    /// set.
    pub fn send_webhook(&self, name: &str, payload: impl Into<Option<Value>>) -> Result<(), Error> {
        self.send_on_demand(None, name, payload.into())
    }

    /// Sends a webhook like [`Mock::send_webhook`], but to the given URL.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Mock::send_webhook`], and [`Error::Webhook`] if the URL is not an `http` URL.
    pub fn send_webhook_to(&self, url: &str, name: &str, payload: impl Into<Option<Value>>) -> Result<(), Error> {
        self.send_on_demand(Some(url), name, payload.into())
    }

    fn send_on_demand(&self, url: Option<&str>, name: &str, payload: Option<Value>) -> Result<(), Error> {
        let now = generate::time(self.shared.lock().state.tick);
        self.shared.outbox.send(url, name, payload, &now)
    }

    /// Sets the URL of [`Mock::send_webhook`].
    ///
    /// # Errors
    ///
    /// Returns [`Error::Webhook`] if the URL is not an `http` URL.
    pub fn set_webhook_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.shared.outbox.set_url(url.into())
    }

    /// Returns the names of the webhooks of the document.
    pub fn webhook_names(&self) -> Vec<String> {
        self.shared.outbox.events().map(|(event, _)| event.title.to_owned()).collect()
    }

    /// Returns whether the mock signs webhooks. It does if the document has webhooks and codegen.toml has `[webhooks.signature]`.
    pub fn signs_webhooks(&self) -> bool {
        let model = &self.shared.model;
        model.config.webhooks.signature.is_some() && !model.api.webhooks.is_empty()
    }

    /// Returns the secret with which the mock signs webhooks.
    pub fn webhook_secret(&self) -> &str {
        self.shared.outbox.secret()
    }

    /// Returns the last webhooks that the mock has sent or will send, from the oldest to the newest. There are at most 2,000, with
    /// payloads of at most 16 MiB in total.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.outbox.deliveries().into_iter().map(|(_, delivery)| delivery).collect()
    }

    /// Waits until all webhooks and their retries are sent.
    pub async fn webhooks_sent(&self) {
        self.shared.outbox.wait().await;
    }

    /// Returns the state. [`Builder::state`] starts another mock of the same API with this state.
    pub fn state(&self) -> Value {
        self.shared.lock().state.to_json()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.task.abort();
        self.shared.outbox.stop();
    }
}

impl Builder {
    /// Sets the seed for generated identifiers. The same seed and the same requests lead to the same responses. The
    /// default is 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the only accepted user name and password. Only the password is accepted as an API key or a token. By
    /// default, the mock accepts all credentials that are not empty.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }

    /// Sets the address to listen on. The default is a free port of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the initial state, as returned by [`Mock::state`].
    pub fn state(mut self, state: Value) -> Self {
        self.state = Some(state);
        self
    }

    /// Sets the file that stores the state between runs. The mock starts with the state in the file, and writes each
    /// change to the file before it responds to the request. While the mock runs, a lock file with the extension
    /// `.lock` prevents other mocks from using the state file. From time to time, the mock replaces the state file by a
    /// shorter file. It first writes the shorter file with the extension `.new`.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Sets the URL of [`Mock::send_webhook`]. It must be an `http` URL.
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhooks.url = Some(url.into());
        self
    }

    /// Sets the secret with which the mock signs webhooks. The default is the password of [`Builder::credentials`], or the
    /// password that [`Builder::start_for`] passes to the client. For Standard Webhooks, the default is `whsec_`, followed by
    /// this password in Base64.
    pub fn webhook_secret(mut self, secret: impl Into<String>) -> Self {
        self.webhooks.secret = Some(secret.into());
        self
    }

    /// Sets the time within which a receiver of webhooks must respond. The default is 5 seconds.
    pub fn webhook_timeout(mut self, timeout: Duration) -> Self {
        self.webhooks.timeout = Some(timeout);
        self
    }

    /// Sets a function that the mock calls when the last attempt to send a webhook has failed. [`Delivery::failure`] returns
    /// the reason.
    pub fn on_webhook_failure(mut self, call: impl Fn(&Delivery) + Send + Sync + 'static) -> Self {
        self.webhooks.on_failure = Some(Box::new(call));
        self
    }

    /// Sets a function that is called after each request. The function must be fast, because the next request waits for
    /// it.
    pub fn on_request(mut self, call: impl Fn(&Recorded) + Send + Sync + 'static) -> Self {
        self.on_request = Some(Box::new(call));
        self
    }

    /// Starts the server, and creates a client with its URL and an accepted user name and password.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Builder::start`], and [`Error::Client`] with the error of `client`.
    pub async fn start_for<C, E>(self, client: impl FnOnce(&str, &str, &str) -> Result<C, E>) -> Result<Ready<C>, Error>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let credentials = self.credentials.clone();
        let mock = self.start().await?;
        let (user, password) =
            credentials.as_ref().map_or(CREDENTIALS, |(user, password)| (user.as_str(), password.as_str()));
        let client = client(&mock.url(), user, password).map_err(|error| Error::Client(error.into()))?;
        Ok(Ready { mock, client })
    }

    /// Starts the server on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// - [`Error::Spec`] if the document or the configuration has errors
    /// - [`Error::Webhook`] if the URL for webhooks is not an `http` URL
    /// - [`Error::State`] if the state does not come from a mock of this API
    /// - [`Error::StateFile`] if the state file cannot be used
    /// - [`Error::Io`] if the mock cannot listen on the address
    pub async fn start(self) -> Result<Mock, Error> {
        let (loaded, mut diagnostics) = bindery::load(&self.document, &self.config);
        if let Some((api, config)) = &loaded {
            mock_rules::check(config, api, &mut diagnostics);
        }
        let rendered = || diagnostics.render(&self.document, &self.config, Style::Plain);
        let loaded = loaded.filter(|_| !diagnostics.has_errors());
        let (mut api, config) = loaded.ok_or_else(|| Error::Spec(format!("\n{}", rendered())))?;
        formats::add(&mut api, &self.document);
        self.webhooks.check()?;
        let model = Model::new(api, config, self.credentials, self.seed)?;
        let (file, state) = match (&self.state, &self.state_file) {
            (Some(state), None) => {
                let state = State::from_json(state).filter(|state| state.find_mismatch(&model).is_none());
                (None, state.ok_or(Error::State)?)
            }
            (Some(_), Some(_)) => return Err(Error::StateFile("a state is set as well".to_owned())),
            (None, Some(path)) => {
                StateFile::open(path, |state| state.find_mismatch(&model)).map(|(file, state)| (Some(file), state))?
            }
            (None, None) => (None, State::default()),
        };
        let listener = TcpListener::bind(self.address).await.map_err(Error::Io)?;
        let address = listener.local_addr().map_err(Error::Io)?;
        let shared =
            Arc::new(Shared::new(model, state, file, self.on_request, address.ip().is_loopback(), self.webhooks));
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Mock { address, shared, task })
    }
}

/// A running mock server with a client.
#[derive(Debug)]
pub struct Ready<C> {
    mock: Mock,
    client: C,
}

impl<C: Clone> Ready<C> {
    /// Returns a clone of the client.
    pub fn client(&self) -> C {
        self.client.clone()
    }
}

impl<C> Deref for Ready<C> {
    type Target = Mock;

    fn deref(&self) -> &Mock {
        &self.mock
    }
}

impl std::fmt::Debug for Mock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mock").field("url", &self.url()).finish_non_exhaustive()
    }
}
