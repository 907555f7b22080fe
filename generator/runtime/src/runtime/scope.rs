//! What a handle on a part of the API is made of: the client's connection and the path values given so far.

use std::fmt;
use std::sync::Arc;

use super::path::PathValue;
use super::{Connection, Rule, Value};

/// A place in the API: a client, the template of a path, and the values for its placeholders.
///
/// Cloning is cheap; clones share the client's connections.
#[derive(Clone)]
pub struct Scope {
    pub(super) connection: Arc<Connection>,
    pub(super) template: &'static str,
    pub(super) path: Vec<PathValue>,
}

impl Scope {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection: Arc::new(connection), template: "", path: Vec::new() }
    }

    /// The scope at another template, whose first placeholders take the values that were given so far.
    pub fn at(&self, template: &'static str) -> Self {
        Self { template, ..self.clone() }
    }

    /// Gives the next placeholder its value. The rules are checked when a request is sent.
    pub fn with<T: Into<Value>>(mut self, value: impl Into<T>, rules: &'static [Rule]) -> Self {
        self.path.push(PathValue { value: value.into().into(), rules });
        self
    }
}

/// Leaves out the path values: here nobody knows which of them are personal.
impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("connection", &self.connection)
            .field("template", &self.template)
            .finish_non_exhaustive()
    }
}
