//! Operations whose documented response is a redirect.

use crate::runtime::{Decode, Request};

impl<D: Decode> Request<D> {
    /// Treats a redirect as a successful response.
    pub fn expects_redirect(mut self) -> Self {
        self.parts.expects_redirect = true;
        self
    }
}
