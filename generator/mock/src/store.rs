//! What the server holds: records in collections, and collections below records.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use serde_json::{Value, json};

/// The highest number that a store read from JSON may have come to: as many again are left to count on.
const HIGHEST: u64 = u64::MAX / 2;

/// All records, by the path of their collection.
///
/// A path is a text such as `/v1/Services/IS1/Conversations`, with what could be mistaken for a slash percent-encoded;
/// what stands below a record has the record's path and a slash at its beginning. A thing of which there is only one
/// is the record of the empty key in a collection of its own.
#[derive(Debug, Default)]
pub(crate) struct Store {
    collections: BTreeMap<String, Collection>,
    last: u64,
    changes: Vec<Value>,
}

/// The records of one path.
///
/// Each has a number that no other ever had, and they are kept in that order: a page that begins after a number begins
/// there whatever has come or gone since.
#[derive(Debug, Default)]
struct Collection {
    records: BTreeMap<u64, (String, Value)>,
    numbers: HashMap<String, u64>,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// With the first record after this number.
    After(u64),
    /// So that it ends with the last record before this number.
    Before(u64),
}

/// Some records of a collection, in order.
#[derive(Debug)]
pub(crate) struct Slice<'a> {
    /// The key and record behind each number.
    pub records: Vec<(u64, &'a str, &'a Value)>,
    /// Whether there are records before them.
    pub more_before: bool,
    /// Whether there are records after them.
    pub more_after: bool,
}

impl Slice<'_> {
    /// At most `size` of its records, behind the first so many.
    pub fn part(mut self, over: usize, size: usize) -> Self {
        self.more_before |= over > 0 && !self.records.is_empty();
        self.records.drain(..over.min(self.records.len()));
        self.more_after |= self.records.len() > size;
        self.records.truncate(size);
        self
    }
}

impl Store {
    /// The record of a key.
    pub fn get(&self, collection: &str, key: &str) -> Option<&Value> {
        let collection = self.collections.get(collection)?;
        collection.records.get(collection.numbers.get(key)?).map(|(_, record)| record)
    }

    /// Puts a record at a key, in the place of one that is there already.
    pub fn put(&mut self, collection: &str, key: &str, record: Value) {
        self.changes.push(json!([collection, key, record]));
        self.last += 1;
        let collection = self.collections.entry(collection.to_owned()).or_default();
        let number = *collection.numbers.entry(key.to_owned()).or_insert(self.last);
        collection.records.insert(number, (key.to_owned(), record));
    }

    /// Removes a record and everything below it; whether there was one.
    pub fn remove(&mut self, collection: &str, key: &str) -> bool {
        let Some(from) = self.collections.get_mut(collection) else { return false };
        let Some(number) = from.numbers.remove(key) else { return false };
        from.records.remove(&number);
        self.changes.push(json!([collection, key]));
        let below = if key.is_empty() { format!("{collection}/") } else { format!("{collection}/{}/", segment(key)) };
        let range = self.collections.range(below.clone()..);
        let paths: Vec<String> =
            range.map(|(path, _)| path.clone()).take_while(|path| path.starts_with(&below)).collect();
        for path in paths {
            self.collections.remove(&path);
        }
        true
    }

    /// How many records a collection has.
    pub fn len(&self, collection: &str) -> usize {
        self.collections.get(collection).map_or(0, |collection| collection.records.len())
    }

    /// The collections that hold or held something, with how many records they have.
    pub fn collections(&self) -> impl Iterator<Item = (&str, usize)> {
        self.collections.iter().map(|(path, collection)| (path.as_str(), collection.records.len()))
    }

    /// The collections directly below a record's path, with how many records they have.
    pub fn below(&self, path: &str) -> Vec<(&str, usize)> {
        let inside = format!("{path}/");
        let mut found: Vec<(&str, usize)> = Vec::new();
        let mut from = inside.clone();
        while let Some((path, collection)) = self.collections.range(from.clone()..).next() {
            if !path.starts_with(&inside) {
                break;
            }
            let above =
                found.iter().find(|(above, _)| path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/')));
            from = match above {
                // `0` is the character after `/`: the search goes on behind all that is below that collection.
                Some((above, _)) => format!("{above}0"),
                None => {
                    found.push((path, collection.records.len()));
                    format!("{path}\0")
                }
            };
        }
        found
    }

    /// At most `size` records; the time that it takes grows with `size` alone.
    pub fn slice(&self, collection: &str, from: From, size: usize) -> Slice<'_> {
        let Some(collection) = self.collections.get(collection) else {
            return Slice { records: Vec::new(), more_before: false, more_after: false };
        };
        let all = &collection.records;
        let numbers: Vec<u64> = match from {
            From::After(number) => {
                all.range((Bound::Excluded(number), Bound::Unbounded)).take(size).map(|(number, _)| *number).collect()
            }
            From::Before(number) => {
                let mut numbers: Vec<u64> = all.range(..number).rev().take(size).map(|(number, _)| *number).collect();
                numbers.reverse();
                numbers
            }
        };
        let (first, last) = match (numbers.first(), numbers.last(), from) {
            (Some(first), Some(last), _) => (*first, *last),
            // An empty page stands where it was asked for.
            (_, _, From::After(number)) => (number.saturating_add(1), number),
            (_, _, From::Before(number)) => (number, number.saturating_sub(1)),
        };
        let records = numbers.iter().filter_map(|number| {
            let (key, record) = all.get(number)?;
            Some((*number, key.as_str(), record))
        });
        Slice {
            records: records.collect(),
            more_before: all.range(..first).next().is_some(),
            more_after: all.range((Bound::Excluded(last), Bound::Unbounded)).next().is_some(),
        }
    }

    /// What has changed since the last call, as JSON that [`Store::apply`] reads.
    pub fn take_changes(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.changes)
    }

    /// Does a change again; `None` if it is none.
    pub fn apply(&mut self, change: &Value) -> Option<()> {
        match change.as_array()?.as_slice() {
            [collection, key, record] => self.put(collection.as_str()?, key.as_str()?, record.clone()),
            [collection, key] => drop(self.remove(collection.as_str()?, key.as_str()?)),
            _ => return None,
        }
        self.changes.clear();
        (self.last <= HIGHEST).then_some(())
    }

    /// Everything, as JSON that [`Store::from_json`] reads.
    pub fn to_json(&self) -> Value {
        let collections = self.collections.iter().map(|(path, collection)| {
            let records = collection.records.iter().map(|(number, (key, record))| json!([number, key, record]));
            (path.clone(), Value::Array(records.collect()))
        });
        json!({ "last": self.last, "collections": collections.collect::<serde_json::Map<_, _>>() })
    }

    /// Reads what [`Store::to_json`] wrote; `None` if it is anything else.
    pub fn from_json(value: &Value) -> Option<Self> {
        let last = value.get("last")?.as_u64().filter(|last| *last <= HIGHEST)?;
        let mut store = Self { last, ..Self::default() };
        for (path, records) in value.get("collections")?.as_object()? {
            let mut collection = Collection::default();
            for one in records.as_array()? {
                let number = one.get(0)?.as_u64().filter(|number| (1..=last).contains(number))?;
                let (key, record) = (one.get(1)?.as_str()?, one.get(2)?.clone());
                let twice = collection.records.insert(number, (key.to_owned(), record)).is_some()
                    || collection.numbers.insert(key.to_owned(), number).is_some();
                if twice {
                    return None;
                }
            }
            store.collections.insert(path.clone(), collection);
        }
        Some(store)
    }
}

/// A text as one segment of a path.
pub(crate) fn segment(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(slice: &Slice<'_>) -> Vec<u64> {
        slice.records.iter().map(|(number, _, _)| *number).collect()
    }

    #[test]
    fn a_page_begins_where_it_began_whatever_comes_and_goes() {
        let mut store = Store::default();
        for key in ["a", "b", "c", "d", "e"] {
            store.put("/x", key, json!(key));
        }
        let first = store.slice("/x", From::After(0), 2);
        assert_eq!((numbers(&first), first.more_before, first.more_after), (vec![1, 2], false, true));
        store.remove("/x", "b");
        store.remove("/x", "c");
        store.put("/x", "f", json!("f"));
        let second = store.slice("/x", From::After(2), 2);
        assert_eq!((numbers(&second), second.more_before, second.more_after), (vec![4, 5], true, true));
        let back = store.slice("/x", From::Before(4), 2);
        assert_eq!((numbers(&back), back.more_before, back.more_after), (vec![1], false, true));
        assert_eq!(numbers(&store.slice("/x", From::After(6), 2)), Vec::<u64>::new());
    }

    #[test]
    fn what_is_below_a_record_goes_with_it() {
        let mut store = Store::default();
        store.put("/x", "a", json!(1));
        store.put("/x", "ab", json!(1));
        store.put("/x/a/y", "b", json!(2));
        store.put("/x/a/y/b/z", "c", json!(3));
        store.put("/x/ab/y", "b", json!(4));
        assert!(store.remove("/x", "a"));
        assert!(!store.remove("/x", "a"));
        let left: Vec<_> = store.collections().collect();
        assert_eq!(left, [("/x", 1), ("/x/ab/y", 1)]);
    }

    #[test]
    fn collections_directly_below_a_record_are_found() {
        let mut store = Store::default();
        for collection in ["/x", "/x/a/y", "/x/a/y-z", "/x/a/y/b/z", "/x/a/y/c/z", "/x/a/y0", "/x/ab/y"] {
            store.put(collection, "b", json!(1));
        }
        assert_eq!(store.below("/x/a"), [("/x/a/y", 1), ("/x/a/y-z", 1), ("/x/a/y0", 1)]);
    }

    #[test]
    fn it_is_the_same_after_a_restart() {
        let mut store = Store::default();
        store.put("/x", "a", json!({"b": null}));
        store.put("/x", "b", json!(1));
        store.remove("/x", "b");
        let mut again = Store::from_json(&store.to_json()).expect("a store");
        again.put("/x", "c", json!(1));
        assert_eq!(numbers(&again.slice("/x", From::After(0), 9)), [1, 3]);
    }

    #[test]
    fn what_no_store_has_written_is_none() {
        let store =
            |last: u64, records: Value| Store::from_json(&json!({"last": last, "collections": {"/x": records}}));
        let mut highest = store(HIGHEST, json!([[HIGHEST, "a", 1]])).expect("a store");
        highest.put("/x", "b", json!(2));
        assert_eq!(numbers(&highest.slice("/x", From::After(0), 9)), [HIGHEST, HIGHEST + 1]);
        for (last, records) in [
            (u64::MAX, json!([])),
            (HIGHEST + 1, json!([])),
            (1, json!([[2, "a", 1]])),
            (1, json!([[0, "a", 1]])),
            (1, json!([[-1, "a", 1]])),
            (1, json!([[1.5, "a", 1]])),
            (1, json!([[1e300, "a", 1]])),
            (2, json!([[1, "a", 1], [1, "b", 1]])),
            (2, json!([[1, "a", 1], [2, "a", 1]])),
            (1, json!([[1, "a"]])),
            (1, json!([[1, 1, 1]])),
            (1, json!([1])),
            (1, json!({})),
        ] {
            assert!(store(last, records.clone()).is_none(), "{last} {records}");
        }
        for garbage in [json!({}), json!([]), json!(null), json!({"last": "1", "collections": {}}), json!({"last": 1})]
        {
            assert!(Store::from_json(&garbage).is_none(), "{garbage}");
        }
    }
}
