//! What the server answers for itself: the page for browsers, and the faults at `/__mock/faults`.

use crate::fault::Fault;
use crate::html;
use crate::http::Request;
use crate::server::Shared;

/// Media type, status and text of an answer that is none of the API's; `None` if the request is for the API.
pub(crate) fn page(shared: &Shared, request: &Request) -> Option<(&'static str, u16, String)> {
    const TEXT: &str = "text/plain; charset=utf-8";
    if request.path.starts_with("/__mock/") && !is_same_origin(shared, request) {
        let text = "pages of other origins may not use this path; ask the server by its address or as `localhost`\n";
        return Some((TEXT, 403, text.to_owned()));
    }
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
                    let stay = faults.iter().any(|fault| fault.times.is_none());
                    shared.lock().faults.extend(faults);
                    let text = if stay {
                        "faults added; those without `times` stay until `DELETE /__mock/faults`\n"
                    } else {
                        "faults added\n"
                    };
                    (TEXT, 200, text.to_owned())
                }
                Err(error) => (TEXT, 400, format!("{error}\n")),
            })
        }
        ("DELETE", "/__mock/faults") => {
            shared.lock().faults.clear();
            Some((TEXT, 200, "faults removed\n".to_owned()))
        }
        _ => None,
    }
}

/// Returns whether no page of another origin has sent the request. Browsers say in `Origin` where a page comes from. A page
/// whose domain leads to this machine shows in `Host`, which is then not an address or `localhost`; a server that other
/// machines reach may have any name.
fn is_same_origin(shared: &Shared, request: &Request) -> bool {
    let host = request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let is_address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    let is_host = !shared.is_local || is_address || name.eq_ignore_ascii_case("localhost");
    is_host && request.header("origin").is_none_or(|origin| origin.eq_ignore_ascii_case(&format!("http://{host}")))
}
