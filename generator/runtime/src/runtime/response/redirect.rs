//! Operations whose documented response is a redirect.

use crate::runtime::{Decode, Request};

impl<D: Decode> Request<D> {
    /// Returns a redirect as the response instead of following it.
    pub fn expects_redirect(mut self) -> Self {
        self.parts.expects_redirect = true;
        self
    }
}
