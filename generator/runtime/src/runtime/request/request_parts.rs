//! The data of a request, and its conversion to HTTP.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::{Request, Uri};
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};

use super::encode::{name_in, push_pair};
use super::extra::Extra;
use super::header_value::checked_header_value;
use super::path;
use super::path::{PathPart, template};
use super::string_set::StringSet;
use crate::runtime::client::base_url::BaseUrl;
use crate::runtime::client::retry::Limits;
use crate::runtime::error::redaction::{PERSONAL, Sensitive, SensitiveValues};
use crate::runtime::response::media_type::Expected;
use crate::runtime::validation::{check, is_personal};
use crate::runtime::{Body, Call, Connection, Constraints, Error, InvalidRequest, InvalidValue, Result, Scope, Value};

/// The data of a request, without the type of its response.
#[derive(Clone)]
pub struct Parts {
    pub connection: Arc<Connection>,
    pub operation: &'static str,
    pub method: Method,
    pub expected: Expected,
    /// The alternatives of security schemes for the operation. All schemes of one alternative are required together.
    #[cfg(feature = "security-schemes")]
    pub security: &'static [&'static [&'static str]],
    /// Whether the operation requires no credentials.
    #[cfg(feature = "anonymous-operations")]
    pub anonymous: bool,
    /// Whether the documented response is a redirect.
    #[cfg(feature = "redirects")]
    pub expects_redirect: bool,
    /// The base URL of the server of the operation, if the operation has its own server.
    #[cfg(feature = "servers")]
    pub server: Option<Result<BaseUrl, InvalidValue>>,
    pub path: Vec<PathPart>,
    pub query: Parameters,
    pub headers: Parameters,
    pub cookies: Parameters,
    /// The headers and query parameters that the document does not describe.
    pub extra: Extra,
    /// The header for the idempotency key, if the operation has one.
    #[cfg(feature = "idempotency-keys")]
    pub idempotency_key: Option<&'static str>,
    /// The fields of a form or multipart body.
    pub form: Option<Parameters>,
    /// The body, if the body is not a form.
    pub body: Option<Arc<dyn RequestBody>>,
    pub paging: Option<Paging>,
    /// The maximum number of items of a list.
    pub limit: Option<usize>,
    pub prefetch: bool,
    /// The token of the page at which a list starts. It consists of query parameters, which replace parameters of the same
    /// names.
    pub start_token: Option<String>,
    /// Whether the response keeps the received body.
    pub keep_body: bool,
    pub limits: Limits,
}

/// Marks a request whose documented response is a redirect.
#[derive(Clone)]
#[cfg(feature = "redirects")]
pub struct ExpectsRedirect;

/// A request body, which is encoded for each attempt.
pub trait RequestBody: Any + Send + Sync {
    /// Returns the media type and the encoded body, or `None` if no body is sent. `form` has the encoded fields of the form.
    fn encode(&self, form: &str) -> Result<Option<(HeaderValue, Body)>, InvalidValue>;
    /// Returns whether the body can be sent more than once.
    fn is_repeatable(&self) -> bool;
    /// Adds the personal data of the body, such as the values of the properties `names`.
    fn add_values(&self, names: &[&str], to: &mut Sensitive);
    /// Returns a copy of the body with a property set to `true`, if the body is a JSON object.
    #[cfg(feature = "stream-flags")]
    fn with_flag(&self, _: &str) -> Option<Arc<dyn RequestBody>> {
        None
    }
}

/// An HTTP request.
pub struct Outgoing {
    /// The call that errors show.
    pub call: Call,
    pub request: Request<Body>,
}

/// The query parameter for the page size of a list, and its maximum.
#[derive(Clone, Copy)]
pub struct Paging {
    pub page_size: &'static str,
    pub maximum: Option<usize>,
}

/// The parameters in one location, such as the query, in the order in which they are sent.
#[derive(Clone, Default)]
pub struct Parameters(Vec<Parameter>);

#[derive(Clone)]
struct Parameter {
    name: &'static str,
    value: Value,
    constraints: Constraints,
}

impl Parameters {
    /// Sets a parameter and replaces its previous value.
    pub fn set(&mut self, name: &'static str, value: Value, constraints: Constraints) {
        let parameter = Parameter { name, value, constraints };
        match self.0.iter_mut().find(|existing| existing.name == name) {
            Some(existing) => *existing = parameter,
            None => self.0.push(parameter),
        }
    }

    /// Returns the parameters that are not personal data.
    fn non_personal(&self) -> Self {
        let mut parameters = self.clone();
        parameters.0.retain(|parameter| !is_personal(parameter.constraints));
        parameters
    }

    /// Returns the value of a parameter.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|parameter| parameter.name == name).map(|parameter| &parameter.value)
    }

    fn check(&self) -> Result<(), InvalidValue> {
        for Parameter { name, value, constraints } in &self.0 {
            check(name, value, constraints)?;
        }
        Ok(())
    }

    /// Returns the cookies in the form `name=value; name=value`.
    #[cfg(feature = "styles")]
    fn joined(&self) -> String {
        let texts = self.0.iter().map(|parameter| parameter.value.text()).filter(|text| !text.is_empty());
        super::encode::join(texts, "; ")
    }

    /// Returns the parameters in the form `name=value&name=value`.
    fn encoded(&self) -> String {
        let mut pairs = String::new();
        for Parameter { name, value, .. } in &self.0 {
            #[cfg(feature = "styles")]
            if let Value::Styled { text, .. } = value {
                super::encode::push_encoded(&mut pairs, text);
                continue;
            }
            for item in value.items() {
                push_pair(&mut pairs, name, &item.text());
            }
        }
        pairs
    }
}

impl Parts {
    /// Creates a request without parameters and body.
    pub fn new(scope: &Scope, operation: &'static str, method: Method, expected: Expected) -> Box<Self> {
        Box::new(Self {
            connection: Arc::clone(&scope.connection),
            operation,
            method,
            expected,
            #[cfg(feature = "security-schemes")]
            security: &[],
            #[cfg(feature = "anonymous-operations")]
            anonymous: false,
            #[cfg(feature = "redirects")]
            expects_redirect: false,
            #[cfg(feature = "servers")]
            server: None,
            path: scope.path.clone(),
            query: Default::default(),
            headers: Default::default(),
            cookies: Default::default(),
            extra: Default::default(),
            #[cfg(feature = "idempotency-keys")]
            idempotency_key: None,
            form: None,
            body: None,
            paging: None,
            limit: None,
            prefetch: false,
            start_token: None,
            keep_body: false,
            limits: scope.connection.limits,
        })
    }

    /// Returns the fields of the form. The body becomes a form if it is not.
    pub fn form(&mut self) -> &mut Parameters {
        self.form.get_or_insert_default()
    }

    /// Returns the HTTP request. `page` is the URL of a further page of a list.
    pub fn to_http(&self, page: Option<&Url>) -> Result<Outgoing> {
        let invalid = |value| Error::from(InvalidRequest::new(self.operation, value));
        self.limits.check().map_err(invalid)?;
        let (uri, url) = self.url(page).map_err(invalid)?;
        for parameters in [Some(&self.headers), Some(&self.cookies), self.form.as_ref()] {
            parameters.map_or(Ok(()), Parameters::check).map_err(invalid)?;
        }
        let mut headers = self.http_headers().map_err(invalid)?;
        let form = self.form.as_ref().map(Parameters::encoded);
        let content = match &self.body {
            Some(body) => body.encode(form.as_deref().unwrap_or_default()).map_err(invalid)?,
            None => form.map(|form| (HeaderValue::from_static(FORM), Body::from(form))),
        };
        let mut request = Request::new(Body::default());
        if let Some((media_type, body)) = content {
            headers.insert(CONTENT_TYPE, media_type);
            *request.body_mut() = body;
        }
        let is_empty = request.body().as_bytes().is_some_and(<[u8]>::is_empty);
        if is_empty && matches!(self.method, Method::POST | Method::PUT | Method::PATCH) {
            // Without this header, some servers wait for a body or reject the request.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        #[cfg(feature = "redirects")]
        if self.expects_redirect {
            request.extensions_mut().insert(ExpectsRedirect);
        }
        let call = Call { operation: self.operation, method: self.method.clone(), url, attempts: 0, gave_up: None };
        Ok(Outgoing { call, request })
    }

    /// Returns the URL of the request, and the URL that errors show, which has no query and no path values.
    fn url(&self, page: Option<&Url>) -> Result<(Uri, String), InvalidValue> {
        let base = &self.connection.base;
        #[cfg(feature = "servers")]
        let base = self.base(base)?;
        let path = path::fill(base.as_str(), &self.path)?;
        let mut target = match page {
            Some(page) => page.as_str().to_owned(),
            None => {
                self.query.check()?;
                let mut query = self.query.encoded();
                if let Some((name, size)) = self.page_size() {
                    push_pair(&mut query, name, &size.to_string());
                }
                let literal_query = path.split_once('?').map_or("", |(_, query)| query);
                self.extra.check_query(literal_query)?;
                self.extra.check_query(&query)?;
                if let Some(token) = &self.start_token {
                    query = with_token(&query, token)?;
                }
                let mut target = path;
                if !query.is_empty() {
                    target.push(if target.as_bytes().contains(&b'?') { '&' } else { '?' });
                    target.push_str(&query);
                }
                target
            }
        };
        self.extra.add_to_url(&mut target);
        let invalid = |rule| InvalidValue::new("URL", None, rule);
        if target.len() > MAX_URL_BYTES {
            return Err(invalid(format!("must be at most {MAX_URL_BYTES} bytes long, not {}", target.len())));
        }
        let uri = Uri::try_from(target).map_err(|error| invalid(format!("must be a URL ({error})")))?;
        Ok((uri, self.shown_url(base)))
    }

    fn shown_url(&self, base: &BaseUrl) -> String {
        let mut url = template(base.as_str(), &self.path);
        // The path in the document may itself contain a query.
        url.truncate(url.find('?').unwrap_or(url.len()));
        url
    }

    /// Returns the page size to request if the caller set a limit but no page size. The page size is at most the limit.
    fn page_size(&self) -> Option<(&'static str, usize)> {
        let Paging { page_size, maximum } = self.paging?;
        let size = self.limit?.min(maximum.unwrap_or(usize::MAX)).max(1);
        self.query.get(page_size).is_none().then_some((page_size, size))
    }

    fn http_headers(&self) -> Result<HeaderMap, InvalidValue> {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(USER_AGENT, self.connection.user_agent.clone());
        if let Some(accept) = self.expected.accept {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
        }
        for Parameter { name, value, constraints } in
            self.headers.0.iter().filter(|header| !header.value.items().is_empty())
        {
            let invalid = |rule| InvalidValue::new(*name, (!is_personal(constraints)).then_some(value), rule);
            let key = HeaderName::try_from(*name).map_err(|_| invalid("must have a name that HTTP allows"))?;
            // The items are separated by commas, so the server would read an item with a comma as two items.
            if matches!(value, Value::List(items) if items.iter().any(|item| item.text().as_bytes().contains(&b','))) {
                return Err(invalid("must not contain `,` in an item, because it separates the items"));
            }
            let mut header = checked_header_value(&value.text()).map_err(invalid)?;
            header.set_sensitive(is_personal(constraints));
            headers.insert(key, header);
        }
        #[cfg(feature = "styles")]
        let cookies = self.cookies.joined();
        #[cfg(feature = "styles")]
        if let Some(mut cookies) = super::header_value::header_value(&cookies).filter(|cookies| !cookies.is_empty()) {
            cookies.set_sensitive(true);
            headers.insert(http::header::COOKIE, cookies);
        }
        self.extra.add_to_headers(&mut headers)?;
        Ok(headers)
    }
}

/// Adds the path values, the personal parameters and the personal data of the body. Also adds the values that only the URL has:
/// API keys, and parameters from the link to a page.
impl SensitiveValues for Parts {
    fn add_values(&self, uri: &Uri, to: &mut Sensitive) {
        let names = self.connection.api.personal;
        let mut add = |value: &Value, is_personal: bool| {
            #[cfg(feature = "styles")]
            if let Value::Styled { json, .. } = value {
                to.add_json(json, names, is_personal);
            }
            if is_personal {
                for item in value.items() {
                    to.add(&item.text());
                }
            }
        };
        for part in &self.path {
            if let PathPart::Value { value, .. } = part {
                add(value, true);
            }
        }
        for parameters in [Some(&self.query), Some(&self.headers), Some(&self.cookies), self.form.as_ref()] {
            for Parameter { value, constraints, .. } in parameters.map_or(&[][..], |parameters| &parameters.0) {
                add(value, is_personal(constraints));
            }
        }
        if let Some(body) = &self.body {
            body.add_values(names, to);
        }
        self.add_from_url(uri, to);
    }
}

impl Parts {
    /// Adds values to the sensitive values: the path segments that are not literals, and the query parameters except those that
    /// the request sets and that are not personal.
    fn add_from_url(&self, uri: &Uri, to: &mut Sensitive) {
        let mut literal_path = self.connection.base.url.path().to_owned();
        for part in &self.path {
            if let PathPart::Literal(text) = part {
                literal_path.push_str(text);
            }
        }
        let literal_segments = parts_of(&literal_path, '/');
        for segment in uri.path().split('/') {
            if !literal_segments.contains(segment) {
                to.add_encoded(segment);
            }
        }
        let non_personal_pairs = parts_of(&self.query.non_personal().encoded(), '&');
        for pair in uri.query().unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let is_page_size = self.paging.is_some_and(|paging| paging.page_size == name);
            if !is_page_size && !non_personal_pairs.contains(pair) {
                to.add_encoded(value);
            }
        }
    }
}

fn parts_of(text: &str, separator: char) -> StringSet {
    StringSet::new(text.split(separator).map(str::to_owned))
}

/// Returns a query in which the parameters of a token replace parameters of the same names.
fn with_token(query: &str, token: &str) -> Result<String, InvalidValue> {
    let is_valid = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'"' | b'<' | b'>');
    if token.is_empty() || !token.bytes().all(is_valid) {
        return Err(InvalidValue::new("resume", None, "must be a token from `next_token`"));
    }
    let names = StringSet::new(token.split('&').map(|pair| name_in(pair).to_owned()));
    let mut with_token = String::new();
    for pair in query.split('&') {
        if !pair.is_empty() && !names.contains(name_in(pair)) {
            with_token.push_str(pair);
            with_token.push('&');
        }
    }
    Ok(with_token + token)
}

/// The media type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The maximum length of a URL that the HTTP library accepts.
const MAX_URL_BYTES: usize = u16::MAX as usize - 1;

/// Shows the template of the path and the parameters that are set. Omits personal data. Also omits arrays and objects, because
/// they may contain personal data.
impl fmt::Debug for Parts {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut request = f.debug_struct("Request");
        request
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &template("", &self.path))
            .field("query", &self.query)
            .field("headers", &self.headers)
            .field("form", self.form.as_ref().unwrap_or(&Parameters::default()));
        if !self.extra.is_empty() {
            request.field("extra", &self.extra);
        }
        request.finish_non_exhaustive()
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for Parameter { name, value, constraints, .. } in &self.0 {
            let shown = match is_personal(constraints) {
                true => PERSONAL.to_owned(),
                #[cfg(feature = "styles")]
                false if matches!(value, Value::Styled { json, .. } if json.get().starts_with(['{', '['])) => {
                    "[structured]".to_owned()
                }
                false => format!("{:?}", value.text()),
            };
            map.entry(name, &format_args!("{shown}"));
        }
        map.finish()
    }
}
