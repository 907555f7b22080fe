//! Decodes the bodies of error responses as their documented types.

use serde::de::DeserializeOwned;

use crate::runtime::{ApiError, DecodeError, Reading, Result, deserialize_json};

impl ApiError {
    /// Decodes the body as JSON, for example as the type that the documentation of the request names for the status.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Decode`](crate::runtime::Error::Decode) if the body is not a `T`. The body of an error response of a
    /// gateway often is not. The error does not quote the body.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        deserialize_json(self.body(), Reading::Lenient)
            .map_err(|mismatch| DecodeError::of_error_response(self, &mismatch).into())
    }
}
