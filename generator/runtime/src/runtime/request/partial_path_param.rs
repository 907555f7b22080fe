//! Path parameters that are only a part of a path segment.

use super::path::PathPart;
use crate::runtime::{Constraints, Scope, Value};

impl Scope {
    /// Returns the scope with the value of a path parameter appended, after a literal prefix such as `/@` or `.`. The
    /// constraints are checked when a request is sent.
    pub fn partial_path_param<T: Into<Value>>(
        mut self,
        prefix: &'static str,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.path.push(PathPart::Value { prefix, name, value: value.into().into(), constraints });
        self
    }
}
