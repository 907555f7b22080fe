//! Requests that are sent without credentials, because the operation requires none.

use crate::runtime::{Decode, Request};

impl<D: Decode> Request<D> {
    /// Sends the request without credentials.
    pub fn anonymous(mut self) -> Self {
        self.parts.anonymous = true;
        self
    }
}
