//! Requests that are answered with a redirect: what is asked for stands in the headers of the answer.

use crate::runtime::{Decode, Request};

impl<D: Decode> Request<D> {
    /// Takes a redirect for the answer that it is. It is not followed.
    pub fn elsewhere(mut self) -> Self {
        self.parts.elsewhere = true;
        self
    }
}
