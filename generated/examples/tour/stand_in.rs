//! As much of the API as the tour needs: Services in memory.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::server::{Recorded, Reply, Server};

/// Starts a server without any Service in it.
pub async fn start() -> Server {
    let services: Mutex<Vec<Value>> = Mutex::new(Vec::new());
    Server::start(move |request| match services.lock() {
        Ok(mut services) => answer(&mut services, request),
        Err(_) => Reply::json(500, "{}"),
    })
    .await
}

fn answer(services: &mut Vec<Value>, request: &Recorded) -> Reply {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let sid = path.strip_prefix("/v1/Services/").unwrap_or_default();
    let known = services.iter().position(|service| service["sid"] == sid);
    match (request.method.as_str(), known) {
        ("POST", None) if path == "/v1/Services" => {
            let name = String::from_utf8_lossy(&request.body).replace("FriendlyName=", "").replace("%20", " ");
            let sid = format!("IS{:032x}", request.number);
            services.push(json!({ "sid": sid, "friendly_name": name, "date_created": "2030-01-01T00:00:00Z" }));
            reply(201, services[services.len() - 1].to_string())
        }
        ("GET", None) if path == "/v1/Services" => reply(200, page(services, request, query).to_string()),
        ("GET", Some(index)) => reply(200, services[index].to_string()),
        ("DELETE", Some(index)) => {
            services.remove(index);
            reply(204, String::new())
        }
        _ => {
            reply(404, json!({ "code": 20404, "message": format!("{path} was not found"), "status": 404 }).to_string())
        }
    }
}

fn page(services: &[Value], request: &Recorded, query: &str) -> Value {
    let number = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).and_then(|(_, value)| value.parse::<usize>().ok())
    };
    let (page, size) = (number("Page").unwrap_or(0), number("PageSize").unwrap_or(50));
    let host = request.header("host").unwrap_or_default();
    let url = |page: usize| format!("http://{host}/v1/Services?PageSize={size}&Page={page}&PageToken=PA{page}");
    let next = ((page + 1) * size < services.len()).then(|| url(page + 1));
    let shown: Vec<_> = services.iter().skip(page * size).take(size).collect();
    json!({ "services": shown, "meta": { "page": page, "page_size": size, "next_page_url": next, "key": "services" } })
}

fn reply(status: u16, body: String) -> Reply {
    Reply::http(status, &[("content-type", "application/json"), ("twilio-request-id", "RQ00")], body)
}
