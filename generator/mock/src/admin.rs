//! What the server answers for itself: the page for browsers, and the faults at `/__mock/faults`.

use crate::fault::Fault;
use crate::html;
use crate::http::Request;
use crate::server::Shared;

/// Media type, status and text of an answer that is none of the API's; `None` if the request is for the API.
pub(crate) fn page(shared: &Shared, request: &Request) -> Option<(&'static str, u16, String)> {
    const TEXT: &str = "text/plain; charset=utf-8";
    let wants_html = request.header("accept").is_some_and(|accept| accept.contains("text/html"));
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/") if wants_html => {
            Some(("text/html; charset=utf-8", 200, html::page(&shared.model, &shared.lock())))
        }
        ("GET", "/__mock/faults") => {
            let listed: Vec<String> = shared.lock().faults.iter().map(|fault| format!("{fault:?}\n")).collect();
            Some((TEXT, 200, listed.concat()))
        }
        ("POST", "/__mock/faults") => {
            let text = String::from_utf8_lossy(&request.body);
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            Some(match lines.map(str::parse::<Fault>).collect::<Result<Vec<_>, _>>() {
                Ok(faults) => {
                    shared.lock().faults.extend(faults);
                    (TEXT, 200, "noted\n".to_owned())
                }
                Err(error) => (TEXT, 400, format!("{error}\n")),
            })
        }
        ("DELETE", "/__mock/faults") => {
            shared.lock().faults.clear();
            Some((TEXT, 200, "forgotten\n".to_owned()))
        }
        _ => None,
    }
}
