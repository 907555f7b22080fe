//! The ways in which a call can fail, each with a text that repeats a value.

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

/// A way in which a call fails.
pub type Failure = (&'static str, bool, fn(&str) -> RawResponse);

/// The name of each way, whether the error shows a text of it, and the response for an encoded value.
pub const FAILURES: &[Failure] = &[
    ("the documented fields of an error", true, |text| {
        let body = json!({ "code": around(text), "message": around(text), "more_info": around(text) });
        let mut answer = response(400, "application/json", body.to_string());
        set(&mut answer, "sample-request-id", text);
        Ok(answer)
    }),
    ("problem details", true, |text| {
        let body = json!({ "type": around(text), "detail": around(text), "instance": around(text) });
        Ok(response(422, "application/problem+json", body.to_string()))
    }),
    ("other JSON", false, |text| {
        let body = json!({ "errors": [{ around(text): around(text) }], "message": [around(text)] });
        Ok(response(404, "application/json", body.to_string()))
    }),
    ("plain text", false, |text| Ok(response(400, "text/plain", around(text)))),
    ("JSON that is a text", false, |text| Ok(response(400, "application/json", json!(around(text)).to_string()))),
    ("the page of a gateway", false, |text| Ok(response(503, "text/html", format!("<h1>{}</h1>", around(text))))),
    ("a media type", false, |text| Ok(response(500, &around(text), String::new()))),
    ("a redirect", false, |text| {
        let mut answer = response(302, "text/html", around(text));
        set(&mut answer, "location", text);
        Ok(answer)
    }),
    ("a value of another type", false, |text| {
        Ok(response(200, "application/json", json!({ "sid": [around(text)] }).to_string()))
    }),
    ("a value of another form", false, |text| {
        let mut answer = response(200, "application/json", json!({ "date_created": around(text) }).to_string());
        set(&mut answer, "sample-request-id", text);
        Ok(answer)
    }),
    ("a body that is cut off", false, |text| {
        Ok(response(200, "application/json", format!("{{\"sid\": {}, \"types\": [", json!(around(text)))))
    }),
    ("a success whose media type repeats it", false, |text| {
        Ok(response(200, &format!("image/{}", around(text)), "x".to_owned()))
    }),
    ("a success of another media type", false, |text| Ok(response(200, "text/html", around(text)))),
    ("a connection that breaks in the body", true, |text| {
        Ok(Response::new(Body::wrap(Broken(Some(std::io::Error::other(around(text)))))))
    }),
    ("no connection", true, |text| Err(SendError::unconnected(around(text)))),
    ("an error of the transport that has a source", true, |text| {
        Err(SendError::new(std::io::Error::other(Nested(around(text), Some(Box::new(Nested(around(text), None)))))))
    }),
];

pub fn around(text: &str) -> String {
    format!("before {text} after")
}

pub fn response(status: u16, media_type: &str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status.try_into().unwrap();
    if let Ok(media_type) = http::HeaderValue::from_str(media_type) {
        response.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
    }
    response
}

/// Sets a header of a response, if the text is valid in a header.
fn set(response: &mut Response<Body>, name: &'static str, text: &str) {
    if let Ok(value) = http::HeaderValue::from_str(&around(text)) {
        response.headers_mut().insert(name, value);
    }
}

/// A body that breaks off with an error.
struct Broken(Option<std::io::Error>);

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.0.take().map(Err))
    }
}

#[derive(Debug)]
struct Nested(String, Option<Box<Nested>>);

impl std::fmt::Display for Nested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Nested {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}
