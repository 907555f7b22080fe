//! Decodes the bodies of error responses as their documented types.

use serde_core::de::DeserializeOwned;

use crate::runtime::{ApiError, DecodeError, Reading, Result, deserialize_json};

impl ApiError {
    /// Decodes the body as JSON. The documentation of a request names the type of the error response for each status.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Decode`](crate::runtime::Error::Decode) if the body is not the JSON of a `T`, as in many error
    /// responses of gateways. The error does not quote the body.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        deserialize_json(self.body(), Reading::Lenient)
            .map_err(|mismatch| DecodeError::of_error_response(self, &mismatch).into())
    }
}
