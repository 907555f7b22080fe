//! Placeholders that are only a part of a segment of the path.

use super::path::PathPart;
use crate::runtime::{Constraints, Scope, Value};

impl Scope {
    /// Returns the scope below this one by a value behind a string that need not begin with a slash, as in `/@` or `.`.
    /// The constraints are checked when a request is sent.
    pub fn partial_path_param<T: Into<Value>>(
        mut self,
        before: &'static str,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.path.push(PathPart::Value { before, name, value: value.into().into(), constraints });
        self
    }
}
