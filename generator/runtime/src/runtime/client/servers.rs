//! Server variables, and operations with their own server.

use super::base_url::BaseUrl;
use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Api, ClientBuilder, Decode, InvalidValue, Request};

impl Api {
    /// Returns the URL of a server with the values of its variables, or their defaults.
    pub(crate) fn resolve_server_variables(&self, url: &str, values: &[(String, String)]) -> String {
        self.variables.iter().fold(url.to_owned(), |url, (name, default, _)| {
            let value = values.iter().rev().find(|(key, _)| key == name).map_or(*default, |(_, value)| value);
            url.replace(&format!("{{{name}}}"), value)
        })
    }
}

impl BaseUrl {
    /// Resolves a URL that may be relative to this base URL.
    fn join(&self, url: &str) -> String {
        self.url.join(url).map_or_else(|_| url.to_owned(), String::from)
    }
}

impl<C> ClientBuilder<C> {
    /// Sets the value of a variable in the URLs of servers. This has no effect if `base_url` is set.
    pub fn server_variable(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        let settings = &mut self.settings;
        let variable = settings.api.variables.iter().find(|(variable, ..)| *variable == name);
        let problem = match variable {
            Some((.., allowed)) if allowed.is_empty() || allowed.contains(&&*value) => None,
            Some((name, _, allowed)) => {
                Some(InvalidValue::new(*name, Some(&value.clone().into()), one_of(allowed.iter().copied())))
            }
            None => {
                let names = settings.api.variables.iter().map(|(name, ..)| *name);
                Some(InvalidValue::new("server_variable", Some(&name.into()), one_of(names)))
            }
        };
        match (problem, &mut settings.server_variables) {
            (Some(problem), Ok(_)) => settings.server_variables = Err(problem),
            (None, Ok(values)) => values.push((name.to_owned(), value)),
            (_, Err(_)) => {}
        }
        self
    }
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    format!("must be one of {}", names.join(", "))
}

impl Parts {
    /// Returns the base URL of the request: the server of the operation, or `base` if the operation has no server or if the
    /// `base_url` of the client was set.
    pub fn base<'a>(&'a self, base: &'a BaseUrl) -> Result<&'a BaseUrl, InvalidValue> {
        match &self.server {
            Some(server) if !self.connection.overrides_servers => server.as_ref().map_err(Clone::clone),
            _ => Ok(base),
        }
    }

    /// Returns the documented base URL of the operation.
    pub fn documented_base(&self) -> Option<&BaseUrl> {
        self.server.as_ref().map_or(self.connection.documented_base.as_ref(), |server| server.as_ref().ok())
    }
}

impl<D: Decode> Request<D> {
    /// Sets the server of the operation. The URL may be relative to the documented base URL of the API.
    pub fn server(mut self, url: &'static str) -> Self {
        let connection = &self.parts.connection;
        let url = connection.api.resolve_server_variables(url, &connection.server_variables);
        let absolute_url = match &connection.documented_base {
            Some(base) => base.join(&url),
            None => url,
        };
        self.parts.server = Some(BaseUrl::parse(&absolute_url));
        self
    }
}
