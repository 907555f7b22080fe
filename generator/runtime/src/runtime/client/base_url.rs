//! The base URL of requests. Also checks that the URLs of further pages begin with the base URL.

use reqwest::Url;

use crate::runtime::{HostTemplate, InvalidValue};

/// An absolute http(s) URL with or without a path, such as `https://example.com` or `http://localhost:8080/prefix`.
#[derive(Clone)]
pub struct BaseUrl {
    pub url: Url,
    /// The path of the URL without a trailing slash. The string is empty if the URL has no path.
    prefix: String,
}

impl BaseUrl {
    /// Parses a base URL. The error never shows the URL, because the URL may contain a password.
    pub fn parse(base_url: &str) -> Result<Self, InvalidValue> {
        let invalid = |problem: String| InvalidValue::new("base_url", None, problem);
        let url = Url::parse(base_url).map_err(|error| invalid(format!("must be an absolute URL ({error})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("must be a http or https URL".to_owned()));
        }
        if has_user_info(&url) {
            return Err(invalid("must not contain a user name or password".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("must not have a query or fragment".to_owned()));
        }
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Self { url, prefix })
    }

    /// Returns the URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// Returns the scheme, host and port, such as `https://example.com`.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Returns the path of `url` relative to this base URL, if both have the same origin.
    fn relative_path<'a>(&self, url: &'a Url) -> Option<&'a str> {
        (url.origin() == self.url.origin()).then(|| self.without_prefix(url))
    }

    /// Returns the path of `url` relative to this base URL, if their origins differ at most in the region and the edge.
    fn relative_path_in_any_region<'a>(&self, host_template: &HostTemplate, url: &'a Url) -> Option<&'a str> {
        let base = &self.url;
        let has_same_scheme_and_port =
            url.scheme() == base.scheme() && url.port_or_known_default() == base.port_or_known_default();
        let has_same_host =
            || host_template.matches(base.host_str().unwrap_or_default(), url.host_str().unwrap_or_default());
        (has_same_scheme_and_port && has_same_host()).then(|| self.without_prefix(url))
    }

    /// Returns the path of `url` without the path of this base URL at its beginning.
    fn without_prefix<'a>(&self, url: &'a Url) -> &'a str {
        url.path().strip_prefix(&self.prefix).filter(|path| path.starts_with('/')).unwrap_or(url.path())
    }

    /// Returns the URL of the page that `link` refers to in a response from `current`. The result always begins with this
    /// base URL.
    ///
    /// The link may also have the origin of `documented_base`, in any region and at any edge. If the path of the link does
    /// not begin with the path of this base URL, this function adds the path of the base URL, which a gateway probably
    /// removed.
    pub fn follow(
        &self,
        documented_base: Option<&Self>,
        host_template: Option<&HostTemplate>,
        current: &Url,
        link: &str,
    ) -> Result<Url, String> {
        let target = current.join(link).map_err(|error| format!("is not a URL ({error})"))?;
        let documented_path = || {
            let base = documented_base?;
            base.relative_path(&target).or_else(|| base.relative_path_in_any_region(host_template?, &target))
        };
        let Some(path) = self.relative_path(&target).or_else(documented_path) else {
            return Err(format!("leads away from {}", self.origin()));
        };
        if has_user_info(&target) {
            return Err("contains a user name or password".to_owned());
        }
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.prefix));
        url.set_query(target.query());
        Ok(url)
    }

    /// Returns the path and query of `url` relative to this base URL or `documented_base`, one of which it must be or be
    /// below. The URL may also have the origin of `documented_base` in any region and at any edge.
    #[inline]
    pub fn path_below(
        &self,
        documented_base: Option<&Self>,
        host_template: Option<&HostTemplate>,
        url: &Url,
    ) -> Result<String, String> {
        if has_user_info(url) {
            return Err("contains a user name or password".to_owned());
        }
        let is_own = self.relative_path(url).is_some();
        let documented = documented_base.filter(|base| {
            let in_any_region = || base.relative_path_in_any_region(host_template?, url);
            base.relative_path(url).or_else(in_any_region).is_some()
        });
        if !is_own && documented.is_none() {
            return Err(format!("leads away from {}", self.origin()));
        }
        let below =
            |base: &Self| url.path().strip_prefix(&base.prefix).filter(|path| path.is_empty() || path.starts_with('/'));
        let path = if is_own { below(self) } else { None };
        let path = path.or_else(|| below(documented?)).ok_or_else(|| format!("is not below {}", self.as_str()))?;
        Ok(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
    }
}

/// Returns whether a URL has a user name or password, which would replace the credentials of the client.
fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}
