//! The HTTP server. It passes requests to the handler.

use std::sync::Arc;
use std::time::Duration;

use bindery::ir::Content;
use bytes::Bytes;
use http_body_util::{BodyExt, Channel, Either, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Map, Value};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::content::documented_response;
use crate::error::Failure;
use crate::error_response::failure_response;
use crate::fault::{self, Damage, Fault, InjectedFault};
use crate::handler::{error_response, handle};
use crate::http::{Recorded, Request, Response, is_utf8};
use crate::route::{Route, route};
use crate::shared::{Inner, MAX_RECORDED_BYTES, MAX_RECORDED_REQUESTS, Shared};
use crate::state::State;
use crate::webhooks::{before, callbacks, changes};
use crate::{console, corruption, generate, stream};

/// The timeout for receiving the headers of a request, and for receiving its body.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The maximum size of a request body in bytes.
const MAX_BODY_BYTES: usize = 1 << 20;

type Body = Either<Full<Bytes>, Channel<Bytes, InjectedFault>>;
type Reply = hyper::Response<Body>;

/// Serves connections. Dropping the future closes all connections.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve_connection(stream, Arc::clone(&shared)));
            }
            // The process probably has no file descriptors left. Try again later, when other connections have ended.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_connection(stream: TcpStream, shared: Arc<Shared>) {
    // Without this option, TCP would delay small responses until the client acknowledges earlier packets.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| Box::pin(respond(request, &shared)));
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(REQUEST_TIMEOUT);
    let mut connection = builder.serve_connection(TokioIo::new(stream), service);
    let result = std::future::poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let stream = connection.into_parts().io.into_inner();
    if result.is_err_and(|error| error.is_user()) {
        let _ = stream.set_zero_linger();
    }
}

async fn respond(request: hyper::Request<Incoming>, shared: &Arc<Shared>) -> Result<Reply, InjectedFault> {
    let (head, body) = request.into_parts();
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let query = head.uri.query().unwrap_or_default();
    let mut request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    let read_failure = match tokio::time::timeout(REQUEST_TIMEOUT, Limited::new(body, MAX_BODY_BYTES).collect()).await {
        Ok(Ok(body)) => {
            request.body = body.to_bytes().to_vec();
            None
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Some(Failure::new(413, format!("the body must have at most {MAX_BODY_BYTES} bytes")))
        }
        Ok(Err(error)) => Some(Failure::new(400, format!("the body cannot be read: {error}"))),
        Err(_) => {
            let seconds = REQUEST_TIMEOUT.as_secs();
            Some(Failure::new(408, format!("the body must arrive within {seconds} seconds")))
        }
    };
    let not_utf8 = || Failure::new(400, "the query must be UTF-8".to_owned());
    if let Some(failure) = read_failure.or_else(|| (!is_utf8(query.as_bytes())).then(not_utf8)) {
        return Ok(encode(&response_to_unread(shared, request, &failure)));
    }
    if let Some(page) = console::respond(shared, &request) {
        let mut reply = hyper::Response::new(Either::Left(Full::from(page.text)));
        *reply.status_mut() = hyper::StatusCode::from_u16(page.status).unwrap_or_default();
        let headers = reply.headers_mut();
        headers.insert("content-type", HeaderValue::from_static(page.media_type));
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
        headers.insert("content-security-policy", HeaderValue::from_static(console::CONTENT_SECURITY_POLICY));
        return Ok(reply);
    }
    let routed = route_request(shared, &request);
    let replacements = match &routed {
        RoutedRequest { route: Ok(route), fault: Ok(fault) } if fault.status.is_none() => {
            before::send(shared, &request, route).await
        }
        _ => Ok(Map::new()),
    };
    let (response, fault) = finish(shared, request, routed, replacements);
    // A sleep of zero seconds would still take a millisecond.
    if !fault.latency.is_zero() {
        tokio::time::sleep(fault.latency).await;
    }
    with_body_fault(&response, &fault)
}

/// Returns the response to a request that cannot be read.
fn response_to_unread(shared: &Shared, request: Request, failure: &Failure) -> Response {
    let model = &shared.model;
    let route = route(model, &request);
    let mut inner = shared.lock();
    let response = match &route {
        Ok(route) => error_response(model, &mut inner.state, Some(route.operation), failure),
        Err(unknown) => error_response(model, &mut inner.state, None, unknown),
    };
    let operation_id = route.ok().map(|route| model.api.operations[route.operation].id.as_str());
    record(shared, &mut inner, request, operation_id, &response);
    response
}

/// The operation of a request, and the fault that affects it.
struct RoutedRequest {
    route: Result<Route, Failure>,
    fault: Result<Fault, Failure>,
}

/// Finds the operation of a request, and the fault that affects it.
fn route_request(shared: &Shared, request: &Request) -> RoutedRequest {
    let model = &shared.model;
    let route = route(model, request);
    let operation_id = route.as_ref().ok().map(|route| model.api.operations[route.operation].id.as_str());
    let header_fault = request.header("x-mock-fault").map(|text| {
        let fault: Fault = text.parse()?;
        fault.check(model).map(|()| fault)
    });
    let mut inner = shared.lock();
    let inner = &mut *inner;
    let fault = match header_fault {
        Some(Ok(fault)) => Ok(fault::next(&mut vec![fault], operation_id, &mut inner.fault_rng).unwrap_or_default()),
        Some(Err(error)) => Err(Failure::new(400, error.to_string())),
        None => Ok(fault::next(&mut inner.faults, operation_id, &mut inner.fault_rng).unwrap_or_default()),
    };
    RoutedRequest { route, fault }
}

/// Returns the response to a request, and the fault that affects it. Sends no webhooks before a change.
pub(crate) fn handle_request(shared: &Arc<Shared>, request: Request) -> (Response, Fault) {
    let routed = route_request(shared, &request);
    finish(shared, request, routed, Ok(Map::new()))
}

/// Returns the response to a request, and the fault that affects it. `replacements` are properties that replace those of the
/// request, or the failure if the response to a webhook has rejected the request.
fn finish(
    shared: &Arc<Shared>,
    request: Request,
    routed: RoutedRequest,
    replacements: Result<Map<String, Value>, Failure>,
) -> (Response, Fault) {
    let model = &shared.model;
    let RoutedRequest { route, fault } = routed;
    let operation = route.as_ref().ok().map(|route| route.operation);
    let operation_id = operation.map(|id| model.api.operations[id].id.as_str());
    let mut inner = shared.lock();
    let inner = &mut *inner;
    let fault = match fault {
        Ok(fault) => fault,
        Err(failure) => {
            let response = failure_response(model, operation, &failure);
            record(shared, inner, request, operation_id, &response);
            return (response, Fault::default());
        }
    };
    let mut response = match (fault.status, replacements) {
        (Some(status), _) => {
            failure_response(model, operation, &Failure::new(status, "failed because of an injected fault".to_owned()))
        }
        (None, Ok(replacements)) => handle(model, &mut inner.state, &request, &route, &replacements),
        (None, Err(failure)) => error_response(model, &mut inner.state, operation, &failure),
    };
    if let Err(error) = inner.write_changes() {
        let failure = Failure::new(500, format!("the state file cannot be written: {error}"));
        response = failure_response(model, operation, &failure);
    }
    send_webhooks(shared, &mut inner.state, &request, route.as_ref().ok(), &response);
    response.headers.extend(fault.retry_after.map(|seconds| ("Retry-After".to_owned(), seconds.to_string())));
    if let Some(body) = &mut response.body {
        let ty =
            operation.and_then(|id| documented_response(&model.api.operations[id], response.status)?.body.as_ref());
        match (fault.damage, ty) {
            (Some(Damage::UnknownEnum), Some(ty)) => match (response.content, body) {
                (Content::Stream(_), Value::Array(items)) => {
                    items.iter_mut().for_each(|item| corruption::set_unknown_enum_values(&model.api, ty, item));
                }
                (_, body) => corruption::set_unknown_enum_values(&model.api, ty, body),
            },
            (Some(Damage::ExtraField), _) => corruption::add_extra_fields(body),
            _ => {}
        }
    }
    let ends = operation.map(|id| model.config.streams.ends_of(&model.api.operations[id])).unwrap_or_default();
    stream::finish(&mut response, ends, request.header("last-event-id"));
    if fault.damage == Some(Damage::ErrorItem) {
        stream::add_error(model, operation, &mut response);
    }
    record(shared, inner, request, operation_id, &response);
    (response, fault)
}

/// Sends the callbacks of a successful request, and the webhooks about its changes.
fn send_webhooks(
    shared: &Arc<Shared>,
    state: &mut State,
    request: &Request,
    route: Option<&Route>,
    response: &Response,
) {
    let is_success = (200..300).contains(&response.status);
    if let Some(route) = route.filter(|_| is_success) {
        let (outbox, now) = (&shared.outbox, generate::time(state.tick));
        callbacks::send(outbox, &shared.model, route.operation, request, &route.path, response, &now);
    }
    changes::send(&shared.outbox, &shared.model, state, request);
}

/// Records a request, and discards the oldest requests if there are too many.
fn record(shared: &Shared, inner: &mut Inner, request: Request, operation: Option<&str>, response: &Response) {
    let recorded = Recorded {
        request,
        operation: operation.map(str::to_owned),
        status: response.status,
        reason: response.reason.clone(),
        response: response.body.as_ref().map(|_| String::from_utf8_lossy(&response.bytes()).into_owned()),
    };
    if let Some(on_request) = &shared.on_request {
        on_request(&recorded);
    }
    inner.recorded_bytes += recorded.size();
    inner.recorded.push_back(recorded);
    while inner.recorded.len() > MAX_RECORDED_REQUESTS || inner.recorded_bytes > MAX_RECORDED_BYTES {
        let Some(oldest) = inner.recorded.pop_front() else { break };
        inner.recorded_bytes -= oldest.size();
        inner.discarded_requests += 1;
    }
}

/// Encodes a response, and applies a fault to its body.
fn with_body_fault(response: &Response, fault: &Fault) -> Result<Reply, InjectedFault> {
    let mut reply = encode(response);
    if let Some(body) = stream::body(response, fault, reply.headers_mut()) {
        *reply.body_mut() = Either::Right(body);
        return Ok(reply);
    }
    if fault.damage.is_none() && fault.drip.is_none() {
        return Ok(reply);
    }
    let text = response.body.as_ref().map(|_| String::from_utf8_lossy(&response.bytes()).into_owned());
    let Some(text) = text else {
        return if fault.damage == Some(Damage::Reset) { Err(InjectedFault) } else { Ok(reply) };
    };
    match (fault.damage, fault.drip) {
        (Some(Damage::Reset), _) => return Err(InjectedFault),
        (Some(Damage::Malformed), None) => *reply.body_mut() = Either::Left(Full::from(malformed(&text))),
        (Some(Damage::Truncate), None) => {
            *reply.body_mut() = streamed_body(text, Duration::ZERO, true, reply.headers_mut());
        }
        (damage, Some(pause)) => {
            let text = if damage == Some(Damage::Malformed) { malformed(&text) } else { text };
            *reply.body_mut() = streamed_body(text, pause, damage == Some(Damage::Truncate), reply.headers_mut());
        }
        _ => {}
    }
    Ok(reply)
}

fn malformed(text: &str) -> String {
    format!("{{\"unfinished\": {text}")
}

/// Returns a body that is sent byte by byte, or a body without its second half.
fn streamed_body(text: String, pause: Duration, is_truncated: bool, headers: &mut hyper::HeaderMap) -> Body {
    headers.insert("content-length", HeaderValue::from(text.len()));
    let (mut sender, body) = Channel::new(1);
    let mut bytes = Bytes::from(text);
    if is_truncated {
        bytes.truncate(bytes.len() / 2);
    }
    tokio::spawn(async move {
        let chunk_length = if pause.is_zero() { bytes.len().max(1) } else { 1 };
        while !bytes.is_empty() {
            let chunk = bytes.split_to(chunk_length.min(bytes.len()));
            if sender.send_data(chunk).await.is_err() {
                return;
            }
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
        }
        if is_truncated {
            // The error closes the connection, so wait until the data is sent.
            tokio::time::sleep(Duration::from_millis(20)).await;
            sender.abort(InjectedFault);
        }
    });
    Either::Right(body)
}

fn encode(response: &Response) -> Reply {
    let mut reply = hyper::Response::new(Either::Left(Full::from(response.bytes())));
    *reply.status_mut() = hyper::StatusCode::from_u16(response.status).unwrap_or_default();
    let headers = reply.headers_mut();
    if response.body.is_some() {
        headers.insert("content-type", HeaderValue::from_static("application/json"));
    }
    for (name, value) in &response.headers {
        // Documented headers that are not valid in HTTP are omitted.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            headers.insert(name, value);
        }
    }
    reply
}
