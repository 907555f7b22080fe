//! Operations whose documented response is a redirect.

use crate::runtime::{Decode, Request};

/// Says of a request that a redirect is no failure.
#[derive(Clone)]
pub struct Elsewhere;

impl<D: Decode> Request<D> {
    /// Returns a redirect as the response instead of following it.
    pub fn elsewhere(mut self) -> Self {
        self.parts.elsewhere = true;
        self
    }
}
