//! The ways in which a call can fail. In each, the server or the transport repeats a value.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::Frame;
use serde_json::json;

use crate::runtime::{Body, SendError};

/// A response, or the error of the transport.
pub type RawResponse = std::result::Result<Response<Body>, SendError>;

/// A way in which a call can fail: see [`FAILURES`].
pub type Failure = (&'static str, bool, fn(&str) -> RawResponse);

/// Each way in which a call can fail: its name, whether the error shows the string with the value, and the response for an
/// encoded value.
pub const FAILURES: &[Failure] = &[
    ("the documented fields of an error", true, |value| {
        let body =
            json!({ "code": in_sentence(value), "message": in_sentence(value), "more_info": in_sentence(value) });
        let mut response_with_header = response(400, "application/json", body.to_string());
        set_header(&mut response_with_header, "sample-request-id", value);
        Ok(response_with_header)
    }),
    ("problem details", true, |value| {
        let body = json!({ "type": in_sentence(value), "detail": in_sentence(value), "instance": in_sentence(value) });
        Ok(response(422, "application/problem+json", body.to_string()))
    }),
    ("other JSON", false, |value| {
        let body = json!({ "errors": [{ in_sentence(value): in_sentence(value) }], "message": [in_sentence(value)] });
        Ok(response(404, "application/json", body.to_string()))
    }),
    ("plain text", false, |value| Ok(response(400, "text/plain", in_sentence(value)))),
    ("a JSON string", false, |value| Ok(response(400, "application/json", json!(in_sentence(value)).to_string()))),
    ("the error page of a gateway", false, |value| {
        Ok(response(503, "text/html", format!("<h1>{}</h1>", in_sentence(value))))
    }),
    ("a media type", false, |value| Ok(response(500, &in_sentence(value), String::new()))),
    ("a redirect", false, |value| {
        let mut response_with_header = response(302, "text/html", in_sentence(value));
        set_header(&mut response_with_header, "location", value);
        Ok(response_with_header)
    }),
    ("a value of another type", false, |value| {
        Ok(response(200, "application/json", json!({ "sid": [in_sentence(value)] }).to_string()))
    }),
    ("an invalid date", false, |value| {
        let mut response_with_header =
            response(200, "application/json", json!({ "date_created": in_sentence(value) }).to_string());
        set_header(&mut response_with_header, "sample-request-id", value);
        Ok(response_with_header)
    }),
    ("an incomplete body", false, |value| {
        Ok(response(200, "application/json", format!("{{\"sid\": {}, \"types\": [", json!(in_sentence(value)))))
    }),
    ("a success whose media type contains the value", false, |value| {
        Ok(response(200, &format!("image/{}", in_sentence(value)), "x".to_owned()))
    }),
    ("a success of a different media type", false, |value| Ok(response(200, "text/html", in_sentence(value)))),
    ("a connection that breaks in the body", true, |value| {
        Ok(Response::new(Body::wrap(FailingBody(Some(std::io::Error::other(in_sentence(value)))))))
    }),
    ("no connection", true, |value| Err(SendError::unconnected(in_sentence(value)))),
    ("an error of the transport that has a source", true, |value| {
        Err(SendError::new(std::io::Error::other(ErrorWithSource(
            in_sentence(value),
            Some(Box::new(ErrorWithSource(in_sentence(value), None))),
        ))))
    }),
];

pub fn in_sentence(value: &str) -> String {
    format!("before {value} after")
}

pub fn response(status: u16, media_type: &str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status.try_into().unwrap();
    if let Ok(media_type) = http::HeaderValue::from_str(media_type) {
        response.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
    }
    response
}

/// Sets a header of a response, if the value is valid in a header.
fn set_header(response: &mut Response<Body>, name: &'static str, value: &str) {
    if let Ok(header) = http::HeaderValue::from_str(&in_sentence(value)) {
        response.headers_mut().insert(name, header);
    }
}

/// A body that ends with an error.
struct FailingBody(Option<std::io::Error>);

impl http_body::Body for FailingBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.0.take().map(Err))
    }
}

#[derive(Debug)]
struct ErrorWithSource(String, Option<Box<ErrorWithSource>>);

impl std::fmt::Display for ErrorWithSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for ErrorWithSource {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}
