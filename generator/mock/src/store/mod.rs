//! The stored records: records in collections, and collections below records.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

use serde_json::{Value, json};

use crate::json_path::{at, text_of};
use crate::path::segment;

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
    /// The next number of each counter, by the path of its collection and the property.
    counters: BTreeMap<(String, String), i64>,
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
    /// For each property that records are looked up by, the numbers of the records with each value.
    indexes: HashMap<String, Index>,
}

type Index = HashMap<String, BTreeSet<u64>>;

/// A record that has been removed.
#[derive(Debug)]
pub(crate) struct Removed {
    pub collection: String,
    pub key: String,
    pub record: Value,
}

/// Which records of a collection a page has.
pub(crate) struct Wanted<'a> {
    pub from: From,
    /// How many records to pass over from there.
    pub skip: usize,
    pub size: usize,
    pub newest_first: bool,
    pub keep: &'a dyn Fn(&Value) -> bool,
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

impl Store {
    /// The record of a key.
    pub fn get(&self, collection: &str, key: &str) -> Option<&Value> {
        let collection = self.collections.get(collection)?;
        collection.records.get(collection.numbers.get(key)?).map(|(_, record)| record)
    }

    /// The number of a record.
    pub fn number(&self, collection: &str, key: &str) -> Option<u64> {
        self.collections.get(collection)?.numbers.get(key).copied()
    }

    /// The keys of the records that have a value in a property. The first call for a property reads the whole collection.
    pub fn find(&mut self, collection: &str, property: &str, value: &str) -> Vec<&str> {
        let Some(Collection { records, indexes, .. }) = self.collections.get_mut(collection) else { return Vec::new() };
        if !indexes.contains_key(property) {
            let mut index = Index::new();
            for (number, (_, record)) in records.iter() {
                if let Some(value) = indexed(record, property) {
                    index.entry(value).or_default().insert(*number);
                }
            }
            indexes.insert(property.to_owned(), index);
        }
        let numbers = indexes.get(property).and_then(|index| index.get(value));
        numbers.into_iter().flatten().filter_map(|number| records.get(number)).map(|(key, _)| key.as_str()).collect()
    }

    /// The next number of a counter of a collection. No number is given twice.
    pub fn count(&mut self, collection: &str, property: &str, first: i64) -> i64 {
        let next = self.counters.entry((collection.to_owned(), property.to_owned())).or_insert(first);
        let number = *next;
        *next = next.saturating_add(1);
        self.changes.push(json!({ "counter": [collection, property, *next] }));
        number
    }

    /// Makes the numbers of a counter that are still to come larger than one.
    pub fn count_past(&mut self, collection: &str, property: &str, number: i64) {
        let next = self.counters.entry((collection.to_owned(), property.to_owned())).or_insert(number);
        *next = number.saturating_add(1).max(*next);
        self.changes.push(json!({ "counter": [collection, property, *next] }));
    }

    /// Puts a record at a key, in the place of one that is there already.
    pub fn put(&mut self, collection: &str, key: &str, record: Value) {
        self.changes.push(json!([collection, key, record]));
        self.last += 1;
        let collection = self.collections.entry(collection.to_owned()).or_default();
        let number = *collection.numbers.entry(key.to_owned()).or_insert(self.last);
        if let Some((_, old)) = collection.records.remove(&number) {
            collection.index(number, &old, false);
        }
        collection.index(number, &record, true);
        collection.records.insert(number, (key.to_owned(), record));
    }

    /// Removes a record and everything below it, and returns what has been removed.
    pub fn remove(&mut self, collection: &str, key: &str) -> Vec<Removed> {
        let mut removed = Vec::new();
        let Some(from) = self.collections.get_mut(collection) else { return removed };
        let Some(number) = from.numbers.remove(key) else { return removed };
        if let Some((key, record)) = from.records.remove(&number) {
            from.index(number, &record, false);
            removed.push(Removed { collection: collection.to_owned(), key, record });
        }
        self.changes.push(json!([collection, key]));
        let below = if key.is_empty() { format!("{collection}/") } else { format!("{collection}/{}/", segment(key)) };
        let range = self.collections.range(below.clone()..);
        let paths: Vec<String> =
            range.map(|(path, _)| path.clone()).take_while(|path| path.starts_with(&below)).collect();
        for path in paths {
            let records = self.collections.remove(&path).map(|gone| gone.records).unwrap_or_default();
            removed.extend(records.into_values().map(|(key, record)| Removed {
                collection: path.clone(),
                key,
                record,
            }));
        }
        let counters = self.counters.range((below.clone(), String::new())..);
        let counters: Vec<_> =
            counters.map(|(name, _)| name.clone()).take_while(|(path, _)| path.starts_with(&below)).collect();
        for name in counters {
            self.counters.remove(&name);
        }
        removed
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

    /// The records of a collection with their keys, in order.
    pub fn records(&self, collection: &str) -> impl Iterator<Item = (&str, &Value)> {
        let records = self.collections.get(collection).into_iter().flat_map(|collection| collection.records.values());
        records.map(|(key, record)| (key.as_str(), record))
    }

    /// At most `size` records; the time that it takes grows with `size` alone.
    pub fn slice(&self, collection: &str, from: From, size: usize) -> Slice<'_> {
        self.select(collection, &Wanted { from, skip: 0, size, newest_first: false, keep: &|_| true })
    }

    /// The records of a page. The time that it takes grows with the records that are passed over and with those that the page
    /// does not keep.
    pub fn select(&self, collection: &str, wanted: &Wanted<'_>) -> Slice<'_> {
        let mut slice = Slice { records: Vec::new(), more_before: false, more_after: false };
        let Some(collection) = self.collections.get(collection) else { return slice };
        let kept = |towards: Towards| {
            collection.towards(towards, wanted.newest_first).filter(|(_, _, record)| (wanted.keep)(record))
        };
        match wanted.from {
            From::After(number) => {
                let mut after = kept(Towards::End(number)).skip(wanted.skip);
                slice.records = after.by_ref().take(wanted.size).collect();
                slice.more_after = after.next().is_some();
                slice.more_before = match slice.records.first() {
                    Some((first, _, _)) => {
                        (number > 0 || wanted.skip > 0) && kept(Towards::Start(*first)).next().is_some()
                    }
                    // An empty page stands where it was asked for.
                    None => number > 0 && kept(Towards::Start(past(number, wanted.newest_first))).next().is_some(),
                };
            }
            From::Before(number) => {
                let mut before = kept(Towards::Start(number)).skip(wanted.skip);
                slice.records = before.by_ref().take(wanted.size).collect();
                slice.more_before = before.next().is_some();
                slice.records.reverse();
                let last =
                    slice.records.last().map_or_else(|| past(number, !wanted.newest_first), |(last, _, _)| *last);
                slice.more_after = kept(Towards::End(last)).next().is_some();
            }
        }
        slice
    }

    /// What has changed since the last call, as JSON that [`Store::apply`] reads.
    pub fn take_changes(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.changes)
    }

    /// Does a change again; `None` if it is none.
    pub fn apply(&mut self, change: &Value) -> Option<()> {
        if let Some(counter) = change.get("counter") {
            self.set_counter(counter)?;
            return Some(());
        }
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
        let counters = self.counters.iter().map(|((path, property), next)| json!([path, property, next]));
        json!({
            "last": self.last,
            "collections": collections.collect::<serde_json::Map<_, _>>(),
            "counters": counters.collect::<Vec<_>>(),
        })
    }

    fn set_counter(&mut self, counter: &Value) -> Option<()> {
        let (path, property, next) = (counter.get(0)?.as_str()?, counter.get(1)?.as_str()?, counter.get(2)?.as_i64()?);
        self.counters.insert((path.to_owned(), property.to_owned()), next);
        Some(())
    }

    /// Reads what [`Store::to_json`] wrote; `None` if it is anything else.
    pub fn from_json(value: &Value) -> Option<Self> {
        has_only(value, &["last", "collections", "counters"])?;
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
        // A state of an earlier version has no counters.
        let counters = value.get("counters").and_then(Value::as_array);
        counters.into_iter().flatten().try_for_each(|counter| store.set_counter(counter))?;
        Some(store)
    }
}

/// Where records of a collection are, seen from the one of a number.
#[derive(Clone, Copy)]
enum Towards {
    /// Those that the list has after it; all of them after the number 0.
    End(u64),
    /// Those that the list has before it, the nearest first.
    Start(u64),
}

impl Collection {
    fn towards(&self, towards: Towards, newest_first: bool) -> impl Iterator<Item = (u64, &str, &Value)> {
        let (number, up) = match towards {
            Towards::End(number) => (number, !newest_first),
            Towards::Start(number) => (number, newest_first),
        };
        let all = &self.records;
        let (up, down) = match (up, number) {
            (true, _) => (Some(all.range((Excluded(number), Unbounded))), None),
            (false, 0) => (None, Some(all.range(..).rev())),
            (false, _) => (None, Some(all.range(..number).rev())),
        };
        let found = up.into_iter().flatten().chain(down.into_iter().flatten());
        found.map(|(number, (key, record))| (*number, key.as_str(), record))
    }

    /// Adds a record to the indexes, or takes it out of them.
    fn index(&mut self, number: u64, record: &Value, is_there: bool) {
        for (property, index) in &mut self.indexes {
            let Some(value) = indexed(record, property) else { continue };
            if is_there {
                index.entry(value).or_default().insert(number);
            } else if let Some(numbers) = index.get_mut(&value) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    index.remove(&value);
                }
            }
        }
    }
}

/// The value that a record is found by; none where it has no value.
fn indexed(record: &Value, property: &str) -> Option<String> {
    at(record, property).filter(|value| !value.is_null()).map(text_of).filter(|text| !text.is_empty())
}

/// The number next to one, on the side of the end of the list.
fn past(number: u64, newest_first: bool) -> u64 {
    if newest_first { number.saturating_sub(1) } else { number.saturating_add(1) }
}

#[cfg(test)]
mod tests;

/// Refuses a property that this version does not write: what it says would be lost.
pub(crate) fn has_only(value: &Value, names: &[&str]) -> Option<()> {
    value.as_object()?.keys().all(|name| names.contains(&name.as_str())).then_some(())
}
