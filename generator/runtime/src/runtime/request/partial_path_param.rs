//! Path parameters that are only a part of a path segment.

use super::path::PathPart;
use crate::runtime::{Constraints, Scope, Value};

impl Scope {
    /// Appends a literal prefix such as `/@` or `.` and the value of a path parameter to the path. The constraints are checked
    /// when a request is sent.
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
