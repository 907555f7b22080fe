//! A scope of names. In a scope, each name belongs to one item.

use std::collections::HashMap;

use super::case;
use crate::source::Pointer;

/// The claimed names of a scope. Each name has the location of its item.
#[derive(Debug, Default)]
pub struct NameScope(HashMap<String, Pointer>);

impl NameScope {
    /// Claims a name. If the name is already claimed, returns the location of its item as an error.
    pub fn claim(&mut self, ident: &str, origin: &Pointer) -> Result<(), Pointer> {
        match self.0.get(ident) {
            Some(first) => Err(first.clone()),
            None => {
                self.0.insert(ident.to_owned(), origin.clone());
                Ok(())
            }
        }
    }

    /// Returns whether a name is claimed.
    pub fn has(&self, ident: &str) -> bool {
        self.0.contains_key(ident)
    }

    /// Claims a name for each of several items.
    ///
    /// `candidate` returns the name that an item tries to claim. Its arguments are the index of the item and the number
    /// of its failed attempts. An item gets the name if the name is not empty and not claimed, and no other item tries
    /// it in the same attempt. The result therefore does not depend on the order of the items. If `candidate` returns
    /// `None` for an item, the result of the item is an error with the last name that it tried.
    pub fn claim_all(
        &mut self,
        origins: &[&Pointer],
        candidate: impl Fn(usize, usize) -> Option<String>,
    ) -> Vec<Result<String, String>> {
        let mut names = vec![Err(String::new()); origins.len()];
        for attempt in 0.. {
            let unnamed = names.iter().enumerate().filter(|(_, name)| name.is_err());
            let candidates: Vec<_> =
                unnamed.filter_map(|(index, _)| Some((index, candidate(index, attempt)?))).collect();
            if candidates.is_empty() {
                break;
            }
            let mut counts: HashMap<&str, usize> = HashMap::new();
            candidates.iter().for_each(|(_, name)| *counts.entry(name).or_default() += 1);
            let is_free = |name: &str| !name.is_empty() && counts[name] == 1 && !self.has(name);
            let are_free: Vec<bool> = candidates.iter().map(|(_, name)| is_free(name)).collect();
            for ((index, name), is_free) in candidates.into_iter().zip(are_free) {
                if is_free {
                    self.0.insert(name.clone(), origins[index].clone());
                    names[index] = Ok(name);
                } else if !name.is_empty() {
                    names[index] = Err(name);
                }
            }
        }
        names
    }

    /// Claims names for items with wire names. An item keeps a wire name that is already a valid Rust name. The names
    /// of all other items are more and more detailed [spellings](case::spelling) of their wire names.
    pub fn claim_wires(
        &mut self,
        wires: &[String],
        origins: &[&Pointer],
        convert: impl Fn(&str) -> String,
    ) -> Vec<Result<String, String>> {
        self.claim_all(origins, |index, attempt| {
            let wire = &wires[index];
            Some(match attempt {
                0 => Some(convert(wire)).filter(|name| name == wire).unwrap_or_default(),
                attempt => convert(&case::spelling(wire, attempt - 1)?),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_names(wires: &[&str], expected: &[&str]) {
        let origin = Pointer::root();
        let wires: Vec<String> = wires.iter().map(|wire| (*wire).to_owned()).collect();
        let origins = vec![&origin; wires.len()];
        let names = NameScope::default().claim_wires(&wires, &origins, case::value_name);
        let names: Vec<_> = names.into_iter().map(Result::unwrap_or_default).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_valid_rust_name_is_kept() {
        assert_names(&["a-b", "a_b", "A_B"], &["a_minus_b", "a_b", "a_underscore_b"]);
        assert_names(&["A_B", "a_b", "a-b"], &["a_underscore_b", "a_b", "a_minus_b"]);
        assert_names(&["fooBar", "FooBar", "foo_bar"], &["mixed_foo_bar", "capital_foo_bar", "foo_bar"]);
    }

    #[test]
    fn words_in_capitals_are_distinguished() {
        assert_names(&["iDealIBAN", "iDealIban"], &["i_deal_upper_iban", "i_deal_iban"]);
        assert_names(&["userID", "userId"], &["user_upper_id", "user_id"]);
        assert_names(&["IDUser", "IdUser", "idUser"], &["upper_id_user", "id_user", "mixed_id_user"]);
    }

    #[test]
    fn symbols_without_a_word_are_distinguished_by_their_code_points() {
        assert_names(&["a→b", "a←b"], &["lower_a_u2192_b", "lower_a_u2190_b"]);
    }
}
