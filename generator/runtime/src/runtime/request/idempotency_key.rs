//! Idempotency keys, by which a server recognises a repeated request.

use crate::runtime::request::request_parts::Parts;
use crate::runtime::{Decode, InvalidRequest, InvalidValue, Request, Result, Value};

impl<D: Decode> Request<D> {
    /// Sets the header for the idempotency key. If the caller does not set this header, each logical request gets a random
    /// key, which all its attempts send. With a key, the request is as safe to repeat as a PUT request.
    pub fn idempotency_key(mut self, header: &'static str) -> Self {
        self.parts.idempotency_key = Some(header);
        self
    }
}

impl Parts {
    /// Adds a random idempotency key, unless the caller set a key.
    ///
    /// # Errors
    ///
    /// Returns an error if the key of the caller is empty, or if the operating system returns no random bytes.
    pub fn with_idempotency_key(mut self: Box<Self>) -> Result<Box<Self>> {
        let Some(name) = self.idempotency_key else { return Ok(self) };
        let invalid = |rule| InvalidRequest::new(self.operation, InvalidValue::new(name, None, rule));
        let is_empty = match (self.headers.get(name), self.extra.header(name)) {
            (Some(key), _) => key.text().is_empty(),
            (None, Some(key)) => key.is_empty(),
            (None, None) => {
                let key = random_uuid().map_err(|_| invalid("must be set, because there are no random bytes"))?;
                self.headers.set(name, Value::Text(key), &[]);
                return Ok(self);
            }
        };
        if is_empty { Err(invalid("must not be empty, because it identifies the request").into()) } else { Ok(self) }
    }
}

/// Returns a random UUID (RFC 9562, version 4).
fn random_uuid() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    Ok([&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-"))
}
