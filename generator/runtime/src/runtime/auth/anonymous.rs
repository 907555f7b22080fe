//! Requests of operations without security: they are sent without credentials.

use crate::runtime::{Decode, Request};

impl<D: Decode> Request<D> {
    /// Sends the request without credentials, since the operation takes none.
    pub fn anonymous(mut self) -> Self {
        self.parts.anonymous = true;
        self
    }
}
