//! Placeholders that occur in a path more than once.

use super::path::PathPart;
use crate::runtime::Scope;

impl Scope {
    /// The scope below this one by the value that fills the placeholder `name` already.
    pub fn repeated_path_param(mut self, before: &'static str, name: &'static str) -> Self {
        let known = self.path.iter().find(|step| matches!(step, PathPart::Value { name: known, .. } if *known == name));
        if let Some(PathPart::Value { value, constraints, .. }) = known.cloned() {
            self.path.push(PathPart::Value { before, name, value, constraints });
        }
        self
    }
}
