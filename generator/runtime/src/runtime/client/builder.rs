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
use super::retry::{Limits, RetryBudget, not_zero};
use super::tls::with_tls;
use crate::runtime::request::header_value::header_value;
use crate::runtime::{
    Api, Attempt, Connection, Credentials, Error, InvalidValue, Result, RetryPolicy, Scope, SendError, Transport,
};

/// A builder of a client.
///
/// By default, a client has no credentials, uses the documented base URL, makes up to 4 attempts, and has timeouts of 10
/// seconds for connecting, 30 seconds for one attempt and 90 seconds for all attempts.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder<C> {
    pub(crate) settings: Box<Settings>,
    client: PhantomData<fn() -> C>,
}

impl<C: From<Scope>> ClientBuilder<C> {
    /// Creates a builder with the defaults of the API.
    pub fn new(api: &'static Api) -> Self {
        let settings = Settings {
            api,
            #[cfg(feature = "servers")]
            server_variables: Ok(Vec::new()),
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

    /// Reads the credentials, base URL, region and edge from environment variables. The documentation of the client's
    /// method `from_env` lists the names of the variables. An empty variable is treated as not set.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Config`] if a variable is missing or malformed. The error shows the name of the variable, never the
    /// value.
    pub fn environment(self) -> Result<Self> {
        self.variables(|name| env::var_os(name))
    }

    /// Reads the same settings as [`environment`](Self::environment), but looks each variable up with a function.
    ///
    /// # Errors
    ///
    /// The same as for [`environment`](Self::environment).
    pub fn variables(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        self.settings.read(&lookup)?;
        Ok(self)
    }

    /// Sets the credentials of the client.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.settings.credentials = credentials;
        self
    }

    /// Sets the base URL of all requests: an absolute http or https URL, to which the paths of the operations are appended.
    /// The base URL replaces all servers of the API, also for further pages of a list. It may have a path, which errors and
    /// logs show.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.settings.base_url = Some(base_url.into());
        self
    }

    /// Sets the region, if the API has regions.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.settings.region = Some(region.into());
        self
    }

    /// Sets the edge location at which requests enter the network of the API, if the API has edges.
    pub fn edge(mut self, edge: impl Into<String>) -> Self {
        self.settings.edge = Some(edge.into());
        self
    }

    /// Sets the URL of the token endpoint instead of the documented URL. It must be an absolute http or https URL.
    pub fn token_url(mut self, token_url: impl Into<String>) -> Self {
        self.settings.token_url = Some(token_url.into());
        self
    }

    /// Sets the timeout for connecting, which must not be zero. The default is 10 seconds. The setting has no effect on a
    /// custom transport.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.settings.connect_timeout = time;
        self
    }

    /// Sets how long the client keeps an idle connection. With zero, the client opens a connection for each request. The
    /// setting has no effect on a custom transport.
    ///
    /// The default is 4 seconds. This is less than the 5 seconds after which Apache httpd, Node.js and uvicorn close an idle
    /// connection by default. nginx (75 seconds) and most load balancers (60 seconds) wait longer. If the server closes a
    /// connection while the client sends a request on it, the client does not know whether the request arrived, and a POST or
    /// PATCH fails. If you know the timeout of the server, you can set a longer time.
    pub fn pool_idle_timeout(mut self, time: Duration) -> Self {
        self.settings.pool_idle_timeout = time;
        self
    }

    /// Sets the timeout of one attempt, from connecting to the last byte of the response. The timeout must not be zero. The
    /// default is 30 seconds.
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.settings.limits.attempt_timeout = time;
        self
    }

    /// Sets the timeout of all attempts together, including the waits between them. The timeout must not be zero. The default
    /// is 90 seconds. A wait because of a [rate limit](RetryPolicy#rate-limits) also ends with this timeout.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.settings.limits.deadline = time;
        self
    }

    /// Sets when and how often requests are retried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.limits.retry = policy;
        self
    }

    /// Sets the retry budget: the number of retries of all requests of the client together. Each success adds a fifth of a
    /// retry. The default is 100. Retries after 429 do not use the budget. If a request fails because the budget is exhausted,
    /// [`Error::is_retry_budget_exhausted`] returns `true`.
    pub fn retry_budget(mut self, retries: u32) -> Self {
        self.settings.retry_budget = retries;
        self
    }

    /// Sets the maximum size of a response body in bytes. A longer body is an error. The default is 64 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// Sets a function that is called after each attempt. The function should be fast, because the request waits for it.
    pub fn observe(mut self, observer: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.settings.observer = Some(Observer(Arc::new(observer)));
        self
    }

    /// Sets the transport that sends the requests, instead of the [default transport](Self::default_transport). A
    /// `reqwest::Client` can also be used. The transport must not follow redirects.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.settings.transport = Some(Arc::new(transport));
        self
    }

    /// Returns the transport that the client uses if [`transport`](Self::transport) is not called, with the current timeout
    /// settings. A custom transport can delegate to it.
    ///
    /// # Errors
    ///
    /// Returns [`Error::InvalidRequest`] if TLS cannot be set up.
    pub fn default_transport(&self) -> Result<reqwest::Client> {
        self.settings.http_client()
    }

    /// Sets a suffix of the user agent, such as `my-app/1.2`. The suffix must consist of visible ASCII characters.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.settings.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Builds the client. This sends no requests.
    ///
    /// # Errors
    ///
    /// Returns [`Error::InvalidRequest`] with the name of the invalid setting.
    pub fn build(self) -> Result<C> {
        Ok(Scope::new(self.settings.connect()?).into())
    }
}

#[derive(Clone)]
pub struct Settings {
    pub api: &'static Api,
    /// The values of the server variables that were set, or the error for an invalid value.
    #[cfg(feature = "servers")]
    pub server_variables: Result<Vec<(String, String)>, InvalidValue>,
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

/// Omits settings that may contain a secret by mistake, such as invalid URLs and other strings.
impl fmt::Debug for Settings {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let describe_url = |url: &Option<String>| match url.as_deref().map(BaseUrl::parse) {
            None => "none".to_owned(),
            Some(Ok(url)) => url.as_str().to_owned(),
            Some(Err(_)) => "[invalid]".to_owned(),
        };
        f.debug_struct("Settings")
            .field("base_url", &describe_url(&self.base_url))
            .field("token_url", &describe_url(&self.token_url))
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
            // The base URL determines the host name, so the variables of the region and the edge are not read.
            self.base_url = base_url;
        } else if let Some(host_template) = &self.api.host {
            let read = |name: Option<&'static str>| name.map_or(Ok(None), |name| variable(name, lookup));
            self.region = read(host_template.region_variable)?.or(self.region.take());
            self.edge = read(host_template.edge_variable)?.or(self.edge.take());
        }
        Ok(())
    }

    fn connect(self) -> Result<Connection> {
        let documented_url = self.api.base_url;
        #[cfg(feature = "servers")]
        let overrides_servers = self.base_url.is_some();
        #[cfg(feature = "servers")]
        let server_variables = self.server_variables.clone()?;
        #[cfg(feature = "servers")]
        let documented_url = &*self.api.resolve_server_variables(documented_url, &server_variables);
        let base = self.base(documented_url)?;
        self.limits.check()?;
        not_zero("connect_timeout", self.connect_timeout)?;
        let user_agent = self.user_agent()?;
        let token_url = self.token_url(self.api.token_url, &base)?;
        let credentials = self.credentials.clone();
        #[cfg(feature = "security-schemes")]
        let credentials = credentials.with_token_urls(self.api, |url| self.token_url(url, &base))?;
        let transport = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(self.http_client()?),
        };
        Ok(Connection {
            api: self.api,
            transport,
            base,
            documented_base: BaseUrl::parse(documented_url).ok(),
            #[cfg(feature = "servers")]
            overrides_servers,
            #[cfg(feature = "servers")]
            server_variables,
            authorization: credentials.into_authorization(token_url)?,
            user_agent,
            connect_timeout: self.connect_timeout,
            limits: self.limits,
            body_limit: self.body_limit,
            retry_budget: RetryBudget::new(self.retry_budget),
            rate_limit: RateLimit::default(),
            observer: self.observer,
        })
    }

    /// Returns the base URL that was set, or else the documented base URL with the region and edge that were set.
    fn base(&self, documented_url: &str) -> Result<BaseUrl> {
        let is_absolute = documented_url.split_once(':').is_some_and(|(_, rest)| rest.starts_with("//"));
        if self.base_url.is_none() && !is_absolute {
            let variable = self.api.base_url_variable.map(|name| format!(", or {name} for `from_env`"));
            let reason = match self.api.base_url {
                "" => "the document names no server".to_owned(),
                url => format!("the document's server `{url}` is relative"),
            };
            let problem = format!("must be set{}: {reason}", variable.unwrap_or_default());
            return Err(invalid_setting("base_url", problem));
        }
        let (region, edge) = (self.region.as_deref(), self.edge.as_deref());
        let Some(name) = region.and(Some("region")).or(edge.and(Some("edge"))) else {
            return Ok(BaseUrl::parse(self.base_url.as_deref().unwrap_or(documented_url))?);
        };
        if self.base_url.is_some() {
            return Err(invalid_setting(name, "must not be set together with `base_url`".to_owned()));
        }
        let Some(host_template) = &self.api.host else {
            return Err(invalid_setting(name, format!("must not be set, because this API has no {name}s")));
        };
        let mut url = Url::parse(documented_url).map_err(|error| invalid_setting("base_url", error.to_string()))?;
        let host = host_template.host(url.host_str().unwrap_or_default(), region, edge)?;
        let invalid_host = |error| invalid_setting(name, format!("must result in a valid host name ({error})"));
        url.set_host(Some(&host)).map_err(invalid_host)?;
        Ok(BaseUrl::parse(url.as_str())?)
    }

    /// Returns the URL of the token endpoint that was set, or else the documented URL, which may be relative.
    fn token_url(&self, documented_url: Option<&str>, base: &BaseUrl) -> Result<Option<Uri>> {
        let Some(url) = self.token_url.as_deref().or(documented_url) else { return Ok(None) };
        let url = base.url.join(url).map_or_else(|_| url.to_owned(), String::from);
        BaseUrl::parse(&url).map_err(|error| invalid_setting("token_url", error.rule().to_owned()))?;
        let uri =
            Uri::try_from(url).map_err(|error| invalid_setting("token_url", format!("must be a URL ({error})")))?;
        Ok(Some(uri))
    }

    fn http_client(&self) -> Result<reqwest::Client> {
        let pool_size = if self.pool_idle_timeout.is_zero() { 0 } else { usize::MAX };
        let invalid = |problem| invalid_setting("client", format!("cannot be set up ({problem})"));
        let builder = reqwest::Client::builder()
            // A redirect may lead to a different origin, which must not receive the credentials.
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(self.pool_idle_timeout)
            .pool_max_idle_per_host(pool_size);
        let builder = with_tls(builder).map_err(invalid)?;
        builder.build().map_err(|error| invalid(SendError::from(error).to_string()))
    }

    fn user_agent(&self) -> Result<HeaderValue> {
        let Api { name, version, .. } = self.api;
        // This is the minimum supported Rust version. Only a build script could determine the version of the compiler.
        let rust = env!("CARGO_PKG_RUST_VERSION");
        let mut agent = format!("{name}/{version} ({OS} {ARCH}) rust/{rust}");
        if let Some(suffix) = &self.user_agent_suffix {
            agent.push(' ');
            agent.push_str(suffix);
        }
        header_value(agent.trim_end())
            .ok_or_else(|| invalid_setting("user_agent_suffix", "must be visible ASCII characters".to_owned()))
    }
}

fn invalid_setting(name: &'static str, problem: String) -> Error {
    InvalidValue::new(name, None, problem).into()
}
