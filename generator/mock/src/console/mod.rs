//! The web page of the mock at `/`, and the endpoints below `/__mock/` that the page uses.

mod view;
mod webhooks;

use serde_json::Value;

use crate::fault::Fault;
use crate::http::Request;
use crate::shared::Shared;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";
const SVG: &str = "image/svg+xml";
const TEXT: &str = "text/plain; charset=utf-8";

/// The content security policy of the web page. The page may load only files of the mock.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// A response for the web page of the mock.
pub(crate) struct ConsoleResponse {
    pub status: u16,
    pub media_type: &'static str,
    pub text: String,
}

impl ConsoleResponse {
    fn new(media_type: &'static str, text: impl Into<String>) -> Self {
        Self { status: 200, media_type, text: text.into() }
    }

    fn json(value: &Value) -> Self {
        Self::new(JSON, value.to_string())
    }

    fn error(status: u16, text: impl Into<String>) -> Self {
        Self { status, ..Self::new(TEXT, text) }
    }
}

/// Handles a request for the web page. Returns `None` if the request is for the API.
pub(crate) fn respond(shared: &Shared, request: &Request) -> Option<ConsoleResponse> {
    if let Some(path) = request.path.strip_prefix("/__mock/") {
        if !is_same_origin(shared, request) {
            let text = "pages of other origins may not use this path; use the address of the server or `localhost`\n";
            return Some(ConsoleResponse::error(403, text));
        }
        return control(shared, request, path);
    }
    let wants_html = || request.header("accept").is_some_and(|accept| accept.contains("text/html"));
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/") if wants_html() => Some(ConsoleResponse::new(HTML, include_str!("page.html"))),
        ("GET", "/favicon.ico") => {
            let operations = shared.model.api.operations.iter();
            let is_documented = operations.map(|(_, operation)| operation.template()).any(|path| path == request.path);
            (!is_documented).then(|| ConsoleResponse::new(SVG, include_str!("icon.svg")))
        }
        _ => None,
    }
}

/// Handles a request for a path below `/__mock/`.
fn control(shared: &Shared, request: &Request, path: &str) -> Option<ConsoleResponse> {
    let parameter = |name: &str| request.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let number = |name: &str| parameter(name).and_then(|text| text.parse::<u64>().ok());
    Some(match (request.method.as_str(), path) {
        ("GET", "page.css") => ConsoleResponse::new(CSS, include_str!("page.css")),
        ("GET", "page.js") => ConsoleResponse::new(JAVASCRIPT, include_str!("page.js")),
        ("GET", "elements.js") => ConsoleResponse::new(JAVASCRIPT, include_str!("elements.js")),
        ("GET", "webhooks.js") => ConsoleResponse::new(JAVASCRIPT, include_str!("webhooks.js")),
        ("GET", "api") => ConsoleResponse::json(&view::api(&shared.model, webhooks::documented(shared))),
        ("GET", "changes") => ConsoleResponse::json(&view::changes(shared)),
        ("GET", "collections") => ConsoleResponse::json(&view::collections(&shared.lock().state.store)),
        ("GET", "records") => {
            let collection = parameter("collection").unwrap_or_default();
            let after = number("after").unwrap_or_default();
            ConsoleResponse::json(&view::records(&shared.lock().state.store, collection, after))
        }
        ("GET", "record") => {
            let (collection, key) = (parameter("collection").unwrap_or_default(), parameter("key").unwrap_or_default());
            ConsoleResponse::json(&view::record(&shared.lock().state.store, collection, key))
        }
        ("GET", "requests") if parameter("number").is_some() => {
            let inner = shared.lock();
            match number("number").and_then(|number| view::request(&shared.model, &inner, number)) {
                Some(request) => ConsoleResponse::json(&request),
                None => {
                    ConsoleResponse::error(404, "there is no request with this number, or it is no longer recorded\n")
                }
            }
        }
        ("GET", "requests") => ConsoleResponse::json(&view::requests(&shared.lock())),
        ("GET", "webhooks") => ConsoleResponse::json(&webhooks::deliveries(shared)),
        ("POST", "webhooks") => {
            webhooks::send(shared, request, parameter("event").unwrap_or_default(), parameter("url"))
        }
        ("GET", "faults") => ConsoleResponse::new(
            TEXT,
            shared.lock().faults.iter().map(|fault| format!("{fault}\n")).collect::<String>(),
        ),
        ("POST", "faults") => add_faults(shared, &request.body),
        ("DELETE", "faults") => {
            shared.lock().faults.clear();
            ConsoleResponse::new(TEXT, "faults removed\n")
        }
        _ => return None,
    })
}

/// Adds the faults in a body. Each line is a fault.
fn add_faults(shared: &Shared, body: &[u8]) -> ConsoleResponse {
    let text = String::from_utf8_lossy(body);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let parse = |line: &str| {
        let fault: Fault = line.parse()?;
        fault.check(&shared.model).map(|()| fault)
    };
    match lines.map(parse).collect::<Result<Vec<_>, _>>() {
        Ok(faults) => {
            let has_permanent = faults.iter().any(|fault| fault.times.is_none());
            shared.lock().faults.extend(faults);
            let note = if has_permanent { "; faults without `times` stay until `DELETE /__mock/faults`" } else { "" };
            ConsoleResponse::new(TEXT, format!("faults added{note}\n"))
        }
        Err(error) => ConsoleResponse::error(400, format!("{error}\n")),
    }
}

/// Returns `false` for a request from a web page of a different origin. Browsers send the origin of a page in the
/// header `Origin`.
///
/// The domain of a malicious page may resolve to this machine (DNS rebinding). Then the header `Host` is neither an IP
/// address nor `localhost`, and the request is rejected. If other machines can reach the server, every `Host` is
/// accepted.
fn is_same_origin(shared: &Shared, request: &Request) -> bool {
    let host = request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let is_ip_address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    let has_trusted_host = !shared.is_local || is_ip_address || name.eq_ignore_ascii_case("localhost");
    has_trusted_host
        && request.header("origin").is_none_or(|origin| origin.eq_ignore_ascii_case(&format!("http://{host}")))
}
