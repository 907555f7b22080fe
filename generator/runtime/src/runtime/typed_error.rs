//! The bodies of failed requests as the types that the document gives them.

use serde::de::DeserializeOwned;

use super::ApiError;

impl ApiError {
    /// The body as JSON of a type, such as one that the documentation of the request names for the status.
    ///
    /// # Errors
    ///
    /// A body that is something else, as that of a gateway often is. The error may quote the body.
    pub fn decode<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(self.body())
            // [tolerant.rs
            .or_else(|error| super::tolerate(self.body()).ok_or(error))
        // tolerant.rs]
    }
}
