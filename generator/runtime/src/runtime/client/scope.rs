//! The path of a resource, with the client that sends requests to it.

use std::fmt;
use std::sync::Arc;

use crate::runtime::request::path::{PathPart, template};
use crate::runtime::{Connection, Constraints, Value};

/// The path of a resource, with the client that sends requests to it. Every handle contains a scope.
///
/// Clones share the connections of the client.
#[derive(Clone)]
pub struct Scope {
    pub(crate) connection: Arc<Connection>,
    pub(crate) path: Vec<PathPart>,
}

impl Scope {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection: Arc::new(connection), path: Vec::new() }
    }

    /// Appends a literal path such as `/pets`, and returns the longer scope.
    pub fn join(&self, path: &'static str) -> Self {
        let mut joined =
            Self { connection: Arc::clone(&self.connection), path: Vec::with_capacity(self.path.len() + 2) };
        joined.path.extend_from_slice(&self.path);
        joined.path.push(PathPart::Literal(path));
        joined
    }

    /// Appends the value of a path parameter as a segment. The constraints are checked when a request is sent.
    pub fn path_param<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.path.push(PathPart::Value { prefix: "/", name, value: value.into().into(), constraints });
        self
    }
}

/// Shows the template of the path, because the values may be personal data.
impl fmt::Debug for Scope {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("connection", &self.connection)
            .field("path", &template("", &self.path))
            .finish_non_exhaustive()
    }
}
