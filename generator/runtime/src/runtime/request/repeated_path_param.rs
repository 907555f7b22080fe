//! Path parameters that occur in a path more than once.

use super::path::PathPart;
use crate::runtime::Scope;

impl Scope {
    /// Appends the value of a path parameter that the path already contains.
    pub fn repeated_path_param(mut self, prefix: &'static str, name: &'static str) -> Self {
        let is_same = |part: &&PathPart| matches!(part, PathPart::Value { name: other, .. } if *other == name);
        if let Some(PathPart::Value { value, constraints, .. }) = self.path.iter().find(is_same).cloned() {
            self.path.push(PathPart::Value { prefix, name, value, constraints });
        }
        self
    }
}
