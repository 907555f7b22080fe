//! Building a client: what can be set, and what is checked before there is one.

use std::env::consts::{ARCH, OS};
use std::marker::PhantomData;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;

use super::base_url::BaseUrl;
use super::call::header_value;
use super::{Api, Connection, Credentials, Error, InvalidValue, Result, Scope};

/// Builds a client. What is not set has a sensible value: no credentials, the URL of the API itself, 10 seconds for
/// a connection and 30 for a request.
#[derive(Clone, Debug)]
#[must_use = "there is no client before `build` is called"]
pub struct ClientBuilder<C> {
    settings: Settings,
    client: PhantomData<fn() -> C>,
}

impl<C: From<Scope>> ClientBuilder<C> {
    /// Begins with what is sensible for the API.
    pub fn new(api: &'static Api) -> Self {
        let settings = Settings {
            api,
            credentials: Credentials::None,
            base_url: api.base_url.to_owned(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            user_agent_suffix: None,
        };
        Self { settings, client: PhantomData }
    }

    /// What the client proves its identity with.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.settings.credentials = credentials;
        self
    }

    /// Where requests go: an absolute http or https URL, to which the paths of the operations are added. It may have
    /// a path of its own. Links to further pages are followed only to here.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.settings.base_url = base_url.into();
        self
    }

    /// How long a request may take, from the connection to the last byte of the answer. Not zero; 30 seconds unless
    /// it is set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How long it may take to connect, before the request is sent. Not zero; 10 seconds unless it is set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// What to add to the user agent, such as `my-app/1.2`: visible ASCII characters.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.settings.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`], which names the setting that cannot be used.
    pub fn build(self) -> Result<C> {
        Ok(Scope::new(self.settings.connect()?).into())
    }
}

#[derive(Clone, Debug)]
struct Settings {
    api: &'static Api,
    credentials: Credentials,
    base_url: String,
    timeout: Duration,
    connect_timeout: Duration,
    user_agent_suffix: Option<String>,
}

impl Settings {
    fn connect(self) -> Result<Connection> {
        let base = BaseUrl::parse(&self.base_url)?;
        self.credentials.check()?;
        for (name, timeout) in [("timeout", self.timeout), ("connect_timeout", self.connect_timeout)] {
            if timeout.is_zero() {
                return Err(InvalidValue::new(name, None, "must be longer than zero").into());
            }
        }
        let http = reqwest::Client::builder()
            .user_agent(self.user_agent()?)
            // Credentials belong to one origin, and a redirect could lead anywhere.
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .timeout(self.timeout)
            .connect_timeout(self.connect_timeout)
            .build()
            .map_err(|error| unusable("client", format!("cannot be set up ({error:?})")))?;
        Ok(Connection {
            api: self.api,
            http,
            base,
            home: BaseUrl::parse(self.api.base_url).ok(),
            credentials: self.credentials,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
        })
    }

    fn user_agent(&self) -> Result<HeaderValue> {
        let Api { name, version, .. } = self.api;
        let mut agent = format!("{name}/{version} ({OS} {ARCH}) rust");
        if let Some(suffix) = &self.user_agent_suffix {
            agent.push(' ');
            agent.push_str(suffix);
        }
        header_value(agent.trim_end())
            .ok_or_else(|| unusable("user_agent_suffix", "must be visible ASCII characters".to_owned()))
    }
}

fn unusable(name: &'static str, problem: String) -> Error {
    InvalidValue::new(name, None, problem).into()
}
