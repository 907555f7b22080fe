//! Servers that operations have for themselves, and what users choose in the URLs of servers.

use super::base_url::BaseUrl;
use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Api, ClientBuilder, Decode, InvalidValue, Request};

impl Api {
    /// Returns the URL of a server with what was chosen for what is variable in it, or the defaults.
    pub(crate) fn filled(&self, url: &str, chosen: &[(String, String)]) -> String {
        self.variables.iter().fold(url.to_owned(), |url, (name, default, _)| {
            let value = chosen.iter().rev().find(|(known, _)| known == name).map_or(*default, |(_, value)| value);
            url.replace(&format!("{{{name}}}"), value)
        })
    }
}

impl BaseUrl {
    /// The URL that `url` is beside this one.
    fn join(&self, url: &str) -> String {
        self.url.join(url).map_or_else(|_| url.to_owned(), String::from)
    }
}

impl<C> ClientBuilder<C> {
    /// Chooses a value for what is variable in the URLs of the API's servers. It has no effect beside a `base_url`.
    pub fn server_variable(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        let settings = &mut self.settings;
        let known = settings.api.variables.iter().find(|(known, ..)| *known == name);
        let problem = match known {
            Some((.., allowed)) if allowed.is_empty() || allowed.contains(&&*value) => None,
            Some((name, _, allowed)) => {
                Some(InvalidValue::new(*name, Some(&value.clone().into()), one_of(allowed.iter().copied())))
            }
            None => {
                let names = settings.api.variables.iter().map(|(name, ..)| *name);
                Some(InvalidValue::new("server_variable", Some(&name.into()), one_of(names)))
            }
        };
        match (problem, &mut settings.variables) {
            (Some(problem), Ok(_)) => settings.variables = Err(problem),
            (None, Ok(chosen)) => chosen.push((name.to_owned(), value)),
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
    /// Where the request goes: to the server of the operation, if the client was not given one for all; or to `base`.
    pub fn base<'a>(&'a self, base: &'a BaseUrl) -> Result<&'a BaseUrl, InvalidValue> {
        match &self.server {
            Some(server) if !self.connection.moved => server.as_ref().map_err(Clone::clone),
            _ => Ok(base),
        }
    }

    /// Where the API believes the operation to be.
    pub fn home(&self) -> Option<&BaseUrl> {
        self.server.as_ref().map_or(self.connection.home.as_ref(), |own| own.as_ref().ok())
    }
}

impl<D: Decode> Request<D> {
    /// Sends the request to the server that the operation has for itself. One that is relative stands beside that of
    /// the API.
    pub fn server(mut self, url: &'static str) -> Self {
        let connection = &self.parts.connection;
        let url = connection.api.filled(url, &connection.variables);
        let whole = match &connection.home {
            Some(home) => home.join(&url),
            None => url,
        };
        self.parts.server = Some(BaseUrl::parse(&whole));
        self
    }
}
