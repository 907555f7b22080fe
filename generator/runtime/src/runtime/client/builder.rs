//! The builder of a client.

use std::env;
use std::env::consts::{ARCH, OS};
use std::ffi::OsString;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use reqwest::Url;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;

use super::base_url::BaseUrl;
use super::environment::{base_url, variable};
use super::observe::Observer;
use super::rate_limit::RateLimit;
use super::retry::{Budget, Limits, not_zero};
use crate::runtime::request::request_parts::header_value;
use crate::runtime::{
    Api, Attempt, Connection, Credentials, Error, InvalidValue, Result, RetryPolicy, Scope, SendError, Transport,
};

/// A builder of a client. The defaults are: no credentials, the URL of the API itself, up to 4 attempts,
/// 10 seconds for a connection, 30 for an attempt and 90 for all of them.
#[derive(Clone, Debug)]
#[must_use = "there is no client before `build` is called"]
pub struct ClientBuilder<C> {
    pub(crate) settings: Box<Settings>,
    client: PhantomData<fn() -> C>,
}

impl<C: From<Scope>> ClientBuilder<C> {
    /// Creates a builder with the defaults of the API.
    pub fn new(api: &'static Api) -> Self {
        let settings = Settings {
            api,
            // [if servers.rs
            variables: Ok(Vec::new()),
            // [end servers.rs]
            credentials: Credentials::None,
            base_url: None,
            region: None,
            edge: None,
            token_url: None,
            limits: Limits {
                retry: RetryPolicy::new(),
                attempt_timeout: Duration::from_secs(30),
                deadline: Duration::from_secs(90),
            },
            connect_timeout: Duration::from_secs(10),
            pool_idle_timeout: Duration::from_secs(4),
            body_limit: 64 << 20,
            retry_budget: 100,
            user_agent_suffix: None,
            observer: None,
            transport: None,
        };
        Self { settings: Box::new(settings), client: PhantomData }
    }

    /// Reads credentials, base URL, region and edge from the environment variables that the client's `from_env`
    /// names. An empty variable counts as not set.
    ///
    /// # Errors
    ///
    /// A variable that is missing or malformed. The error names it, and never its value.
    pub fn environment(self) -> Result<Self> {
        self.variables(|name| env::var_os(name))
    }

    /// Like [`environment`](Self::environment), with variables from elsewhere.
    ///
    /// # Errors
    ///
    /// As for [`environment`](Self::environment).
    pub fn variables(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        self.settings.read(&lookup)?;
        Ok(self)
    }

    /// Sets the credentials of the client.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.settings.credentials = credentials;
        self
    }

    /// Sets the base URL of all requests: an absolute http or https URL, to which the paths of the operations are added. It may
    /// have a path of its own, which errors and logs show, and stands for every server of the API. Links to further pages
    /// are followed only to here.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.settings.base_url = Some(base_url.into());
        self
    }

    /// Sets the region of the API, for an API that has regions.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.settings.region = Some(region.into());
        self
    }

    /// Sets the edge at which requests enter the API's network, for an API that has edges.
    pub fn edge(mut self, edge: impl Into<String>) -> Self {
        self.settings.edge = Some(edge.into());
        self
    }

    /// Sets the URL of the token endpoint instead of the documented one: an absolute http or https URL.
    pub fn token_url(mut self, token_url: impl Into<String>) -> Self {
        self.settings.token_url = Some(token_url.into());
        self
    }

    /// Sets the timeout for connecting. It must not be zero. The default is 10 seconds. It has no effect on a custom
    /// transport.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.settings.connect_timeout = time;
        self
    }

    /// Sets how long the client keeps an unused connection. Zero opens a connection for each request. It has no effect
    /// on a custom transport.
    ///
    /// 4 seconds unless it is set: less than the 5 seconds after which Apache httpd, Node.js and uvicorn close an idle
    /// connection by default, while nginx (75 s) and most load balancers (60 s) wait longer. If the server closes a connection
    /// at the moment in which the client uses it, it is unknown whether the request has arrived, and a POST or PATCH fails.
    /// Set a longer time if you know that of the server.
    pub fn pool_idle_timeout(mut self, time: Duration) -> Self {
        self.settings.pool_idle_timeout = time;
        self
    }

    /// Sets the timeout of one attempt, from the connection to the last byte of the response. Not zero; 30 seconds unless
    /// it is set.
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.settings.limits.attempt_timeout = time;
        self
    }

    /// Sets the timeout of all attempts and the waits between them together. Not zero; 90 seconds unless it is set. It is also
    /// the longest time that a request waits for the API's [rate limit](RetryPolicy#rate-limits).
    pub fn deadline(mut self, time: Duration) -> Self {
        self.settings.limits.deadline = time;
        self
    }

    /// Sets when and how often requests are retried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.limits.retry = policy;
        self
    }

    /// Sets the retry budget: the number of retries of all requests of the client together. Each success returns a fifth
    /// of a retry. The default is 100. Repeats after 429 are free. A request that fails because the budget is used up says
    /// so: [`Error::is_retry_budget_exhausted`].
    pub fn retry_budget(mut self, repeats: u32) -> Self {
        self.settings.retry_budget = repeats;
        self
    }

    /// Sets the maximum size of a response body in bytes. A longer body is an error. The default is 64 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// Sets a function that is called after each attempt. It should be fast, since the request waits for it.
    pub fn observe(mut self, observer: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.settings.observer = Some(Observer(Arc::new(observer)));
        self
    }

    /// Sets the transport that sends the requests, instead of the [default transport](Self::default_transport). A
    /// `reqwest::Client` is a transport, too; it has to be one that follows no redirects.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.settings.transport = Some(Arc::new(transport));
        self
    }

    /// Returns the transport that the client would have without [`transport`](Self::transport), with the timeouts that are set
    /// so far. A custom transport can pass requests on to it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if TLS cannot be set up.
    pub fn default_transport(&self) -> Result<reqwest::Client> {
        self.settings.http_client()
    }

    /// Sets a suffix of the user agent, such as `my-app/1.2`: visible ASCII characters.
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

#[derive(Clone)]
pub struct Settings {
    pub api: &'static Api,
    // [if servers.rs
    /// What was chosen of what is variable in the URLs of servers.
    pub variables: Result<Vec<(String, String)>, InvalidValue>,
    // [end servers.rs]
    credentials: Credentials,
    base_url: Option<String>,
    region: Option<String>,
    edge: Option<String>,
    token_url: Option<String>,
    limits: Limits,
    connect_timeout: Duration,
    pool_idle_timeout: Duration,
    body_limit: usize,
    retry_budget: u32,
    user_agent_suffix: Option<String>,
    observer: Option<Observer>,
    transport: Option<Arc<dyn Transport>>,
}

/// Leaves out what may hold a secret by mistake: a URL that the client would refuse, and other texts.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &Option<String>| match url.as_deref().map(BaseUrl::parse) {
            None => "none".to_owned(),
            Some(Ok(url)) => url.as_str().to_owned(),
            Some(Err(_)) => "[invalid]".to_owned(),
        };
        f.debug_struct("Settings")
            .field("base_url", &shown(&self.base_url))
            .field("token_url", &shown(&self.token_url))
            .field("credentials", &self.credentials)
            .field("limits", &self.limits)
            .field("connect_timeout", &self.connect_timeout)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("body_limit", &self.body_limit)
            .field("retry_budget", &self.retry_budget)
            .finish_non_exhaustive()
    }
}

impl Settings {
    fn read(&mut self, lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<()> {
        self.credentials = Credentials::from_lookup(self.api, lookup)?;
        let base_url = self.api.base_url_variable.map(|name| base_url(name, lookup)).transpose()?.flatten();
        if base_url.is_some() {
            // It replaces the host that follows from a region and an edge.
            self.base_url = base_url;
        } else if let Some(rule) = &self.api.host {
            let read = |name: Option<&'static str>| name.map_or(Ok(None), |name| variable(name, lookup));
            self.region = read(rule.region_variable)?.or(self.region.take());
            self.edge = read(rule.edge_variable)?.or(self.edge.take());
        }
        Ok(())
    }

    fn connect(self) -> Result<Connection> {
        let home = self.api.base_url;
        // [if servers.rs
        let moved = self.base_url.is_some();
        let variables = self.variables.clone()?;
        let home = &*self.api.filled(home, &variables);
        // [end servers.rs]
        let base = self.base(home)?;
        self.limits.check()?;
        not_zero("connect_timeout", self.connect_timeout)?;
        let user_agent = self.user_agent()?;
        let token_url = self.token_url(self.api.token_url, &base)?;
        let credentials = self.credentials.clone();
        // [if credential_set.rs
        let credentials = credentials.located(self.api, |own| self.token_url(own, &base))?;
        // [end credential_set.rs]
        let transport = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(self.http_client()?),
        };
        Ok(Connection {
            api: self.api,
            transport,
            base,
            home: BaseUrl::parse(home).ok(),
            // [if servers.rs
            moved,
            variables,
            // [end servers.rs]
            authorization: credentials.into_authorization(token_url)?,
            user_agent,
            connect_timeout: self.connect_timeout,
            limits: self.limits,
            body_limit: self.body_limit,
            budget: Budget::new(self.retry_budget),
            rate_limit: RateLimit::default(),
            observer: self.observer,
        })
    }

    /// Where requests go: to the URL that was set, or to the host that the rule of the API gives.
    fn base(&self, home: &str) -> Result<BaseUrl> {
        if self.base_url.is_none() && !home.contains("://") {
            let variable = self.api.base_url_variable.map(|name| format!(", or {name} for `from_env`"));
            let reason = match self.api.base_url {
                "" => "the document names no server".to_owned(),
                own => format!("the document's server `{own}` is relative"),
            };
            let problem = format!("must be set{}: {reason}", variable.unwrap_or_default());
            return Err(unusable("base_url", problem));
        }
        let (region, edge) = (self.region.as_deref(), self.edge.as_deref());
        let Some(name) = region.and(Some("region")).or(edge.and(Some("edge"))) else {
            return Ok(BaseUrl::parse(self.base_url.as_deref().unwrap_or(home))?);
        };
        if self.base_url.is_some() {
            return Err(unusable(name, "must not be set beside `base_url`".to_owned()));
        }
        let Some(rule) = &self.api.host else {
            return Err(unusable(name, "must not be set, since this API has none".to_owned()));
        };
        let mut url = Url::parse(home).map_err(|error| unusable("base_url", error.to_string()))?;
        let host = rule.host(url.host_str().unwrap_or_default(), region, edge)?;
        url.set_host(Some(&host)).map_err(|error| unusable(name, format!("must make a host ({error})")))?;
        Ok(BaseUrl::parse(url.as_str())?)
    }

    /// The URL for tokens that was set, or the API's own, which may be relative.
    fn token_url(&self, own: Option<&str>, base: &BaseUrl) -> Result<Option<Uri>> {
        let Some(url) = self.token_url.as_deref().or(own) else { return Ok(None) };
        let url = base.url.join(url).map_or_else(|_| url.to_owned(), String::from);
        BaseUrl::parse(&url).map_err(|error| unusable("token_url", error.rule().to_owned()))?;
        let uri = Uri::try_from(url).map_err(|error| unusable("token_url", format!("must be a URL ({error})")))?;
        Ok(Some(uri))
    }

    fn http_client(&self) -> Result<reqwest::Client> {
        let pool_size = if self.pool_idle_timeout.is_zero() { 0 } else { usize::MAX };
        reqwest::Client::builder()
            // Credentials belong to one origin, and a redirect could lead anywhere.
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(self.pool_idle_timeout)
            .pool_max_idle_per_host(pool_size)
            .build()
            .map_err(|error| unusable("client", format!("cannot be set up ({})", SendError::from(error))))
    }

    fn user_agent(&self) -> Result<HeaderValue> {
        let Api { name, version, .. } = self.api;
        // The version of Rust that the crate is written for; which one it was built with, only a build script knows.
        let rust = env!("CARGO_PKG_RUST_VERSION");
        let mut agent = format!("{name}/{version} ({OS} {ARCH}) rust/{rust}");
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
