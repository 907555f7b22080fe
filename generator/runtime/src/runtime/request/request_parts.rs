//! A request as data: what an operation was given, and how that becomes HTTP.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use http::{Request, Uri};
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};

use super::encode::push_pair;
use super::path;
use super::path::{PathPart, template};
use crate::runtime::client::base_url::BaseUrl;
use crate::runtime::client::retry::Limits;
use crate::runtime::error::redaction::{Carrier, PERSONAL, Sensitive};
use crate::runtime::response::media_type::Expected;
use crate::runtime::validation::{check, is_personal};
use crate::runtime::{
    Body, Call, Connection, Constraint, Constraints, Error, InvalidRequest, InvalidValue, Result, Value,
};

/// Everything about a request except the type of its response.
#[derive(Clone)]
pub struct Parts {
    pub connection: Arc<Connection>,
    pub operation: &'static str,
    pub method: Method,
    pub expected: Expected,
    // [if security.rs
    /// The security schemes that the operation takes: of each list all together.
    pub security: &'static [&'static [&'static str]],
    // [end security.rs]
    // [if anonymous.rs
    /// Whether the operation takes no credentials.
    pub anonymous: bool,
    // [end anonymous.rs]
    // [if redirect.rs
    /// Whether the documented response is a redirect.
    pub expects_redirect: bool,
    // [end redirect.rs]
    // [if servers.rs
    /// The server that the operation has for itself.
    pub server: Option<Result<BaseUrl, InvalidValue>>,
    // [end servers.rs]
    pub path: Vec<PathPart>,
    pub query: Parameters,
    pub headers: Parameters,
    pub cookies: Parameters,
    /// The fields of the body, if it has such.
    pub form: Option<Parameters>,
    /// The body, if it is not just a form.
    pub body: Option<Arc<dyn Payload>>,
    pub paging: Option<Paging>,
    // [if next_page.rs
    pub turn: Option<NextPageFn>,
    // [end next_page.rs]
    pub limit: Option<usize>,
    pub prefetch: bool,
    /// Where a list begins, if not with its first page: parameters in place of those that are set.
    pub resume: Option<String>,
    /// Whether the response keeps its body.
    pub keep_body: bool,
    pub limits: Limits,
}

// [if redirect.rs
/// Says of a request that a redirect is no failure.
#[derive(Clone)]
pub struct ExpectsRedirect;
// [end redirect.rs]

// [if next_page.rs
/// What makes the link to the next page of a page, and of how many items it has.
pub type NextPageFn = Arc<dyn Fn(&crate::runtime::RawResponse, usize) -> Option<String> + Send + Sync>;
// [end next_page.rs]

/// A body that is made for each attempt.
pub trait Payload: Any + Send + Sync {
    /// The body and its media type, with the fields of the form that goes with it; none if there is nothing to send.
    fn make(&self, form: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue>;
    /// Whether it can be made more than once.
    fn repeats(&self) -> bool;
    /// Adds what is personal in it, such as the values of properties with these names.
    fn add_values(&self, names: &[&str], to: &mut Sensitive);
    // [if stream_flag.rs
    /// Returns the same body with a property set to `true`, if it is a JSON object.
    fn with_flag(&self, _: &str) -> Option<Arc<dyn Payload>> {
        None
    }
    // [end stream_flag.rs]
}

/// A request as HTTP.
pub struct Outgoing {
    /// What errors call it.
    pub call: Call,
    pub request: Request<Body>,
}

/// How a list takes the size of its pages: the query parameter, and the largest size it allows.
#[derive(Clone, Copy)]
pub struct Paging {
    pub page_size: &'static str,
    pub maximum: Option<usize>,
}

/// Parameters of one place, in the order in which they are sent.
#[derive(Clone, Default)]
pub struct Parameters(Vec<Parameter>);

#[derive(Clone)]
struct Parameter {
    name: &'static str,
    value: Value,
    constraints: Constraints,
}

impl Parameters {
    /// Sets a parameter, in place of the value it may have had.
    pub fn set(&mut self, name: &'static str, value: Value, constraints: Constraints) {
        let parameter = Parameter { name, value, constraints };
        match self.0.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = parameter,
            None => self.0.push(parameter),
        }
    }

    /// Those whose constraints are such.
    fn filtered(&self, such: impl Fn(&[Constraint<'_>]) -> bool) -> Self {
        Self(self.0.iter().filter(|parameter| such(parameter.constraints)).cloned().collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|parameter| parameter.name == name)
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.0.iter().try_for_each(|Parameter { name, value, constraints }| check(name, value, constraints))
    }

    /// As `name=value&name=value`.
    fn encoded(&self) -> String {
        let mut pairs = String::new();
        for Parameter { name, value, .. } in &self.0 {
            // [if styles.rs
            if let Value::Styled { text, .. } = value {
                super::encode::push(&mut pairs, text);
                continue;
            }
            // [end styles.rs]
            value.items().iter().for_each(|item| push_pair(&mut pairs, name, &item.text()));
        }
        pairs
    }
}

impl Parts {
    /// Returns the request as HTTP, for the first page or for the page that is given.
    pub fn to_http(&self, page: Option<&Url>) -> Result<Outgoing> {
        let refuse = |value| Error::from(InvalidRequest::new(self.operation, value));
        self.limits.check().map_err(refuse)?;
        let (uri, url) = self.url(page).map_err(refuse)?;
        let mut rest = [&self.headers, &self.cookies].into_iter().chain(&self.form);
        rest.try_for_each(Parameters::check).map_err(refuse)?;
        let mut headers = self.http_headers().map_err(refuse)?;
        let form = self.form.as_ref().map(Parameters::encoded);
        let content = match &self.body {
            Some(body) => body.make(form.as_deref().unwrap_or_default()).map_err(refuse)?,
            None => form.map(|form| (HeaderValue::from_static(FORM), Body::from(form))),
        };
        let mut request = Request::new(Body::default());
        if let Some((media_type, body)) = content {
            headers.insert(CONTENT_TYPE, media_type);
            *request.body_mut() = body;
        }
        let empty = request.body().as_bytes().is_some_and(<[u8]>::is_empty);
        if empty && matches!(self.method, Method::POST | Method::PUT | Method::PATCH) {
            // Some servers wait for a body, or refuse the request, unless a header states that there is none.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        request.extensions_mut().insert(self.expected);
        // [if redirect.rs
        if self.expects_redirect {
            request.extensions_mut().insert(ExpectsRedirect);
        }
        // [end redirect.rs]
        let call = Call { operation: self.operation, method: self.method.clone(), url, attempts: 0, gave_up: None };
        Ok(Outgoing { call, request })
    }

    /// The URL that is asked for, and that URL as errors show it: without a query, and with the names of the path values.
    fn url(&self, page: Option<&Url>) -> Result<(Uri, String), InvalidValue> {
        let base = &self.connection.base;
        // [if servers.rs
        let base = self.base(base)?;
        // [end servers.rs]
        let path = path::fill(base.as_str(), &self.path)?;
        let target = match page {
            Some(page) => page.as_str().to_owned(),
            None => {
                self.query.check()?;
                let mut query = self.query.encoded();
                if let Some((name, size)) = self.page_size() {
                    push_pair(&mut query, name, &size.to_string());
                }
                if let Some(token) = &self.resume {
                    query = resumed(&query, token)?;
                }
                let mut target = path;
                if !query.is_empty() {
                    target.extend([if target.contains('?') { "&" } else { "?" }, &query]);
                }
                target
            }
        };
        let refuse = |rule| InvalidValue::new("URL", None, rule);
        if target.len() > LONGEST_URL {
            return Err(refuse(format!("must be at most {LONGEST_URL} bytes long, not {}", target.len())));
        }
        let uri = Uri::try_from(target).map_err(|error| refuse(format!("must be a URL ({error})")))?;
        Ok((uri, self.shown_url(base)))
    }

    fn shown_url(&self, base: &BaseUrl) -> String {
        let mut url = template(base.as_str(), &self.path);
        // A path of the document may come with a query of its own.
        url.truncate(url.find('?').unwrap_or(url.len()));
        url
    }

    /// The page size to ask for: when only a limit was given, no page has to be larger than that.
    fn page_size(&self) -> Option<(&'static str, usize)> {
        let Paging { page_size, maximum } = self.paging?;
        let size = self.limit?.min(maximum.unwrap_or(usize::MAX)).max(1);
        (!self.query.has(page_size)).then_some((page_size, size))
    }

    fn http_headers(&self) -> Result<HeaderMap, InvalidValue> {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(USER_AGENT, self.connection.user_agent.clone());
        if let Some(accept) = self.expected.accept {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
        }
        for Parameter { name, value, constraints } in self.headers.0.iter().filter(|one| !one.value.items().is_empty())
        {
            let refuse = |rule| InvalidValue::new(*name, (!is_personal(constraints)).then_some(value), rule);
            let key = HeaderName::try_from(*name).map_err(|_| refuse("must have a name that HTTP allows"))?;
            // Commas separate the items: one that contains a comma would be read as two.
            if matches!(value, Value::List(items) if items.iter().any(|item| item.text().contains(','))) {
                return Err(refuse("must not contain `,` in an item, because it separates the items"));
            }
            let text = value.text();
            if text.trim() != text {
                return Err(refuse("must not begin or end with white space, since it is sent as a header"));
            }
            let mut header = header_value(&text)
                .ok_or_else(|| refuse("must be visible ASCII characters, since it is sent as a header"))?;
            header.set_sensitive(is_personal(constraints));
            headers.insert(key, header);
        }
        // [if styles.rs
        // No value has a bare `&` in it.
        let cookies = self.cookies.encoded().replace('&', "; ");
        if let Some(mut cookies) = header_value(&cookies).filter(|cookies| !cookies.is_empty()) {
            cookies.set_sensitive(true);
            headers.insert(http::header::COOKIE, cookies);
        }
        // [end styles.rs]
        Ok(headers)
    }
}

/// Path values, personal parameters, what the body holds, and everything in the URL that is neither of the document nor a
/// parameter which is not personal: keys, and what the link to a page brought along.
impl Carrier for Parts {
    fn add_values(&self, uri: &Uri, to: &mut Sensitive) {
        let names = self.connection.api.personal;
        let path = self.path.iter().filter_map(|step| match step {
            PathPart::Literal(_) => None,
            PathPart::Value { value, .. } => Some((value, true)),
        });
        let parameters =
            [&self.query, &self.headers, &self.cookies].into_iter().chain(&self.form).flat_map(|all| &all.0);
        for (value, personal) in path.chain(parameters.map(|one| (&one.value, is_personal(one.constraints)))) {
            // [if styles.rs
            if let Value::Styled { json, .. } = value {
                to.add_json(json, names, personal);
            }
            // [end styles.rs]
            if personal {
                value.items().iter().for_each(|item| to.add(&item.text()));
            }
        }
        if let Some(body) = &self.body {
            body.add_values(names, to);
        }
        self.add_from_url(uri, to);
    }
}

impl Parts {
    /// Adds the segments of the path that the document does not have, and the pairs of the query that are not parameters.
    fn add_from_url(&self, uri: &Uri, to: &mut Sensitive) {
        let mut literal = self.connection.base.url.path().to_owned();
        literal.extend(
            self.path.iter().filter_map(|step| if let PathPart::Literal(text) = step { Some(*text) } else { None }),
        );
        let segments = |path: &str| path.split('/').map(str::to_owned).collect::<BTreeSet<_>>();
        segments(uri.path()).difference(&segments(&literal)).for_each(|segment| to.add_encoded(segment));
        let known = self.query.filtered(|constraints| !is_personal(constraints)).encoded();
        let known: BTreeSet<&str> = known.split('&').collect();
        for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !known.contains(pair)) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if self.paging.is_none_or(|paging| paging.page_size != name) {
                to.add_encoded(value);
            }
        }
    }
}

/// A query with the parameters of a token in place of those with the same names.
fn resumed(query: &str, token: &str) -> Result<String, InvalidValue> {
    let in_query = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'"' | b'<' | b'>');
    if token.is_empty() || !token.bytes().all(in_query) {
        return Err(InvalidValue::new("resume", None, "must be a token from `next_token`"));
    }
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = token.split('&').map(name).collect();
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !names.contains(&name(pair)));
    let pairs: Vec<&str> = kept.chain([token]).collect();
    Ok(pairs.join("&"))
}

pub const FORM: &str = "application/x-www-form-urlencoded";

/// `text` as a header, if it can be one. The library lets other bytes than ASCII pass, but their meaning is lost.
pub fn header_value(text: &str) -> Option<HeaderValue> {
    if text.is_ascii() { HeaderValue::from_str(text).ok() } else { None }
}

/// The most that the HTTP library takes.
const LONGEST_URL: usize = u16::MAX as usize - 1;

/// Shows what was set, except for personal values and values with a structure, which may hold such. The path shows as its
/// template.
impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &template("", &self.path))
            .field("query", &self.query)
            .field("headers", &self.headers)
            .field("form", self.form.as_ref().unwrap_or(&Parameters::default()))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |Parameter { value, constraints, .. }: &Parameter, f: &mut fmt::Formatter<'_>| match is_personal(
            constraints,
        ) {
            true => f.write_str(PERSONAL),
            // [if styles.rs
            false if matches!(value, Value::Styled { json, .. } if json.get().starts_with(['{', '['])) => {
                f.write_str("[structured]")
            }
            // [end styles.rs]
            false => fmt::Debug::fmt(&value.text(), f),
        };
        f.debug_map().entries(self.0.iter().map(|one| (one.name, fmt::from_fn(move |f| shown(one, f))))).finish()
    }
}
