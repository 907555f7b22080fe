//! A scope, in which each name belongs to one item.

use std::collections::HashMap;

use super::case;
use crate::source::Pointer;

/// The names that are taken, and by which item.
#[derive(Debug, Default)]
pub struct NameScope(HashMap<String, Pointer>);

impl NameScope {
    /// Claims a name, or returns the item that has it.
    pub fn claim(&mut self, ident: &str, origin: &Pointer) -> Result<(), Pointer> {
        match self.0.get(ident) {
            Some(first) => Err(first.clone()),
            None => {
                self.0.insert(ident.to_owned(), origin.clone());
                Ok(())
            }
        }
    }

    /// Returns whether a name is taken.
    pub fn has(&self, ident: &str) -> bool {
        self.0.contains_key(ident)
    }

    /// Claims a name for each of several items: `name` returns the name of an item by its index and by the number of
    /// earlier attempts. Each item gets the first name that is free and that no other item would get, so the
    /// order does not matter. If `name` runs out of names, the last one is the error.
    pub fn settle(
        &mut self,
        origins: &[&Pointer],
        name: impl Fn(usize, usize) -> Option<String>,
    ) -> Vec<Result<String, String>> {
        let mut names = vec![Err(String::new()); origins.len()];
        for turn in 0.. {
            let open = names.iter().enumerate().filter(|(_, name)| name.is_err());
            let tried: Vec<_> = open.filter_map(|(index, _)| Some((index, name(index, turn)?))).collect();
            if tried.is_empty() {
                break;
            }
            let mut wanted: HashMap<&str, usize> = HashMap::new();
            tried.iter().for_each(|(_, name)| *wanted.entry(name).or_default() += 1);
            let free = |name: &str| !name.is_empty() && wanted[name] == 1 && !self.has(name);
            let free: Vec<bool> = tried.iter().map(|(_, name)| free(name)).collect();
            for ((index, name), free) in tried.into_iter().zip(free) {
                if free {
                    self.0.insert(name.clone(), origins[index].clone());
                    names[index] = Ok(name);
                } else if !name.is_empty() {
                    names[index] = Err(name);
                }
            }
        }
        names
    }

    /// Claims names for items with wire names. A wire name that is already a valid Rust name stays; names that
    /// collide are spelled out.
    pub fn settle_wires(
        &mut self,
        wires: &[String],
        origins: &[&Pointer],
        convert: impl Fn(&str) -> String,
    ) -> Vec<Result<String, String>> {
        self.settle(origins, |index, turn| {
            let wire = &wires[index];
            Some(match turn {
                0 => Some(convert(wire)).filter(|name| name == wire).unwrap_or_default(),
                turn => convert(&case::spelling(wire, turn - 1)?),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn settled(wires: &[&str], expected: &[&str]) {
        let origin = Pointer::root();
        let wires: Vec<String> = wires.iter().map(|wire| (*wire).to_owned()).collect();
        let origins = vec![&origin; wires.len()];
        let names = NameScope::default().settle_wires(&wires, &origins, case::value);
        let names: Vec<_> = names.into_iter().map(Result::unwrap_or_default).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn what_is_written_as_it_is_called_keeps_its_name() {
        settled(&["a-b", "a_b", "A_B"], &["a_minus_b", "a_b", "a_underscore_b"]);
        settled(&["A_B", "a_b", "a-b"], &["a_underscore_b", "a_b", "a_minus_b"]);
        settled(&["fooBar", "FooBar", "foo_bar"], &["mixed_foo_bar", "capital_foo_bar", "foo_bar"]);
    }

    #[test]
    fn words_in_capitals_are_told_apart() {
        settled(&["iDealIBAN", "iDealIban"], &["i_deal_upper_iban", "i_deal_iban"]);
        settled(&["userID", "userId"], &["user_upper_id", "user_id"]);
        settled(&["IDUser", "IdUser", "idUser"], &["upper_id_user", "id_user", "mixed_id_user"]);
    }

    #[test]
    fn signs_without_a_word_are_told_apart_by_their_codes() {
        settled(&["a→b", "a←b"], &["lower_a_u2192_b", "lower_a_u2190_b"]);
    }
}
