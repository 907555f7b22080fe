//! A scope: each name in it belongs to one thing.

use std::collections::HashMap;

use crate::source::Pointer;

/// The names that are taken, and by what.
#[derive(Debug, Default)]
pub struct Scope(HashMap<String, Pointer>);

impl Scope {
    /// Takes a name, or says what has taken it before.
    pub fn claim(&mut self, ident: &str, origin: &Pointer) -> Result<(), Pointer> {
        match self.0.get(ident) {
            Some(first) => Err(first.clone()),
            None => {
                self.0.insert(ident.to_owned(), origin.clone());
                Ok(())
            }
        }
    }

    /// Whether a name is taken.
    pub fn has(&self, ident: &str) -> bool {
        self.0.contains_key(ident)
    }
}
