//! The base URL of requests, and which page URLs belong to it.

use reqwest::Url;

use crate::runtime::{HostTemplate, InvalidValue};

/// An absolute http(s) URL with or without a path, such as `https://example.com` or `http://localhost:8080/prefix`.
#[derive(Clone)]
pub struct BaseUrl {
    pub url: Url,
    /// The path without the slash at its end, so that it is empty where the URL has no path.
    prefix: String,
}

impl BaseUrl {
    /// Reads a base URL. An error never shows it, since what makes it wrong may be a password in it.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let refuse = |problem: String| InvalidValue::new("base_url", None, problem);
        let url = Url::parse(text).map_err(|error| refuse(format!("must be an absolute URL ({error})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("must be a http or https URL".to_owned()));
        }
        if has_user(&url) {
            return Err(refuse("must not contain a user name or password".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("must not have a query or fragment".to_owned()));
        }
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Self { url, prefix })
    }

    /// Returns the URL without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// Scheme, host and port, as in `https://example.com`.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// What the path of `url` is behind this base, if `url` has the same origin.
    fn path_of<'a>(&self, url: &'a Url) -> Option<&'a str> {
        (url.origin() == self.url.origin()).then(|| self.path_behind(url))
    }

    /// The same, if `url` has the origin that this base has in some region and at some edge.
    fn path_elsewhere<'a>(&self, rule: &HostTemplate, url: &'a Url) -> Option<&'a str> {
        let home = &self.url;
        let same = url.scheme() == home.scheme() && url.port_or_known_default() == home.port_or_known_default();
        let fits = same && rule.fits(home.host_str().unwrap_or_default(), url.host_str().unwrap_or_default());
        fits.then(|| self.path_behind(url))
    }

    /// What the path of a URL is behind the prefix of this base.
    fn path_behind<'a>(&self, url: &'a Url) -> &'a str {
        url.path().strip_prefix(&self.prefix).filter(|rest| rest.starts_with('/')).unwrap_or(url.path())
    }

    /// Returns the URL of the page that a response from `current` links to with `link`: under this base whatever happens.
    ///
    /// The link may have the origin of `home` too, which is where the API believes itself to be, in any region and at any
    /// edge. A path outside a base's prefix is taken for one that a gateway has shortened.
    pub fn follow(
        &self,
        home: Option<&Self>,
        rule: Option<&HostTemplate>,
        current: &Url,
        link: &str,
    ) -> Result<Url, String> {
        let target = current.join(link).map_err(|error| format!("is not a URL ({error})"))?;
        let elsewhere = || home?.path_of(&target).or_else(|| home?.path_elsewhere(rule?, &target));
        let Some(path) = self.path_of(&target).or_else(elsewhere) else {
            return Err(format!("leads away from {}", self.origin()));
        };
        if has_user(&target) {
            return Err("contains a user name or password".to_owned());
        }
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.prefix));
        url.set_query(target.query());
        Ok(url)
    }
}

/// Such a URL would replace the client's own credentials.
fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}
