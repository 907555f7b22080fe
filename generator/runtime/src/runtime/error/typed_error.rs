//! The bodies of failed requests as the types that the document gives them.

use serde::de::DeserializeOwned;

use crate::runtime::{ApiError, DecodeError, Result, from_json};

impl ApiError {
    /// Decodes the body as JSON, for example as the type that the documentation of the request names for the status.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`](crate::runtime::Error::Decode) for a body that is something else, as that of a gateway often is.
    /// The error does not quote it.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        from_json(self.body()).map_err(|mismatch| DecodeError::of_failure(self, &mismatch).into())
    }
}
