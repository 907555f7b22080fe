//! The contents of a handle: the connection of the client and a path.

use std::fmt;
use std::sync::Arc;

use crate::runtime::request::path::{PathPart, template};
use crate::runtime::{Connection, Constraints, Value};

/// A path in the API and the client that sends requests to it.
///
/// Clones share the client's connections.
#[derive(Clone)]
pub struct Scope {
    pub(crate) connection: Arc<Connection>,
    pub(crate) path: Vec<PathPart>,
}

impl Scope {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection: Arc::new(connection), path: Vec::new() }
    }

    /// Returns the scope below this one by so many segments, as in `/pets`.
    pub fn join(&self, path: &'static str) -> Self {
        let mut below =
            Self { connection: Arc::clone(&self.connection), path: Vec::with_capacity(self.path.len() + 2) };
        below.path.extend_from_slice(&self.path);
        below.path.push(PathPart::Literal(path));
        below
    }

    /// The scope below this one by a segment with a value. The constraints are checked when a request is sent.
    pub fn path_param<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: impl Into<T>,
        constraints: Constraints,
    ) -> Self {
        self.path.push(PathPart::Value { before: "/", name, value: value.into().into(), constraints });
        self
    }
}

/// Leaves out the path values: any of them may be personal.
impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("connection", &self.connection)
            .field("path", &template("", &self.path))
            .finish_non_exhaustive()
    }
}
