//! The stored records. Records are in collections, and a record may have child collections.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

use serde_json::{Value, json};

use crate::json_path::{property_at, value_to_string};
use crate::path::segment;

/// The maximum record number in a store that is read from JSON. It is small enough that numbers for new records do not
/// overflow.
const MAX_STORED_NUMBER: u64 = u64::MAX / 2;

/// All records, by the path of their collection.
///
/// A path is a string such as `/v1/Services/IS1/Conversations`, whose segments are percent-encoded. The paths of child
/// collections begin with the path of their record and a slash. A singleton is the only record of its collection, and
/// has an empty key.
#[derive(Debug, Default)]
pub(crate) struct Store {
    collections: BTreeMap<String, Collection>,
    /// The next number of each counter, by the path of its collection and the property.
    counters: BTreeMap<(String, String), i64>,
    /// The number that was assigned to the last added record.
    last_number: u64,
    /// The changes since the last call of `take_changes`.
    changes: Vec<Value>,
}

/// The records of one collection.
///
/// Each record has a unique number, which is never used again. The records are sorted by number. A page that begins
/// after a number therefore begins at the same record when other records are added or removed.
#[derive(Debug, Default)]
struct Collection {
    /// The key and the value of each record, by its number.
    records: BTreeMap<u64, (String, Value)>,
    /// The number of each record, by its key.
    numbers: HashMap<String, u64>,
    /// The indexes of properties. An index has the numbers of the records with each value.
    indexes: HashMap<String, Index>,
}

type Index = HashMap<String, BTreeSet<u64>>;

/// A removed record.
#[derive(Debug)]
pub(crate) struct RemovedRecord {
    pub collection: String,
    pub key: String,
    pub record: Value,
}

/// A query for the records of a page.
pub(crate) struct PageQuery<'a> {
    pub from: PageStart,
    /// The number of records to skip.
    pub skip: usize,
    /// The maximum number of records.
    pub size: usize,
    pub newest_first: bool,
    /// Returns whether the list contains a record.
    pub keep: &'a dyn Fn(&Value) -> bool,
}

/// The start of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageStart {
    /// The page begins with the first record after this number.
    After(u64),
    /// The page ends with the last record before this number.
    Before(u64),
}

/// A range of the records of a collection.
#[derive(Debug)]
pub(crate) struct Slice<'a> {
    /// The number, key and value of each record.
    pub records: Vec<(u64, &'a str, &'a Value)>,
    /// Whether there are records before the range.
    pub has_earlier_records: bool,
    /// Whether there are records after the range.
    pub has_later_records: bool,
}

impl Store {
    /// Returns the record with a key.
    pub fn get(&self, collection: &str, key: &str) -> Option<&Value> {
        let collection = self.collections.get(collection)?;
        collection.records.get(collection.numbers.get(key)?).map(|(_, record)| record)
    }

    /// Returns the number of a record.
    pub fn number(&self, collection: &str, key: &str) -> Option<u64> {
        self.collections.get(collection)?.numbers.get(key).copied()
    }

    /// Returns the keys of the records in which a property has a value. The first call for a property creates the index
    /// of the property.
    pub fn find(&mut self, collection: &str, property: &str, value: &str) -> Vec<&str> {
        let Some(Collection { records, indexes, .. }) = self.collections.get_mut(collection) else { return Vec::new() };
        if !indexes.contains_key(property) {
            let mut index = Index::new();
            for (number, (_, record)) in records.iter() {
                if let Some(value) = index_key(record, property) {
                    index.entry(value).or_default().insert(*number);
                }
            }
            indexes.insert(property.to_owned(), index);
        }
        let numbers = indexes.get(property).and_then(|index| index.get(value));
        numbers.into_iter().flatten().filter_map(|number| records.get(number)).map(|(key, _)| key.as_str()).collect()
    }

    /// Returns the next number of a counter of a collection. The counter never returns a number twice.
    pub fn count(&mut self, collection: &str, property: &str, first: i64) -> i64 {
        let next_number = self.counters.entry((collection.to_owned(), property.to_owned())).or_insert(first);
        let number = *next_number;
        *next_number = next_number.saturating_add(1);
        self.changes.push(json!({ "counter": [collection, property, *next_number] }));
        number
    }

    /// Advances a counter so that all following numbers are larger than `number`.
    pub fn count_past(&mut self, collection: &str, property: &str, number: i64) {
        let next_number = self.counters.entry((collection.to_owned(), property.to_owned())).or_insert(number);
        *next_number = number.saturating_add(1).max(*next_number);
        self.changes.push(json!({ "counter": [collection, property, *next_number] }));
    }

    /// Stores a record, and replaces the previous record with the same key.
    pub fn put(&mut self, collection: &str, key: &str, record: Value) {
        self.changes.push(json!([collection, key, record]));
        self.last_number += 1;
        let collection = self.collections.entry(collection.to_owned()).or_default();
        let number = *collection.numbers.entry(key.to_owned()).or_insert(self.last_number);
        if let Some((_, old)) = collection.records.remove(&number) {
            collection.index(number, &old, false);
        }
        collection.index(number, &record, true);
        collection.records.insert(number, (key.to_owned(), record));
    }

    /// Removes a record and its child collections. Returns the removed records.
    pub fn remove(&mut self, collection: &str, key: &str) -> Vec<RemovedRecord> {
        let mut removed = Vec::new();
        let Some(stored) = self.collections.get_mut(collection) else { return removed };
        let Some(number) = stored.numbers.remove(key) else { return removed };
        if let Some((key, record)) = stored.records.remove(&number) {
            stored.index(number, &record, false);
            removed.push(RemovedRecord { collection: collection.to_owned(), key, record });
        }
        self.changes.push(json!([collection, key]));
        let child_prefix =
            if key.is_empty() { format!("{collection}/") } else { format!("{collection}/{}/", segment(key)) };
        let range = self.collections.range(child_prefix.clone()..);
        let paths: Vec<String> =
            range.map(|(path, _)| path.clone()).take_while(|path| path.starts_with(&child_prefix)).collect();
        for path in paths {
            let records = self.collections.remove(&path).map(|collection| collection.records).unwrap_or_default();
            removed.extend(records.into_values().map(|(key, record)| RemovedRecord {
                collection: path.clone(),
                key,
                record,
            }));
        }
        let counters = self.counters.range((child_prefix.clone(), String::new())..);
        let counters: Vec<_> =
            counters.map(|(name, _)| name.clone()).take_while(|(path, _)| path.starts_with(&child_prefix)).collect();
        for name in counters {
            self.counters.remove(&name);
        }
        removed
    }

    /// Returns the number of records of a collection.
    pub fn len(&self, collection: &str) -> usize {
        self.collections.get(collection).map_or(0, |collection| collection.records.len())
    }

    /// Returns all collections with their number of records, which may be 0.
    pub fn collections(&self) -> impl Iterator<Item = (&str, usize)> {
        self.collections.iter().map(|(path, collection)| (path.as_str(), collection.records.len()))
    }

    /// Returns the child collections of the record at a path, with their number of records.
    pub fn child_collections(&self, path: &str) -> Vec<(&str, usize)> {
        let prefix = format!("{path}/");
        let mut children: Vec<(&str, usize)> = Vec::new();
        let mut start = prefix.clone();
        while let Some((path, collection)) = self.collections.range(start.clone()..).next() {
            if !path.starts_with(&prefix) {
                break;
            }
            let is_below = |child: &str| path.strip_prefix(child).is_some_and(|rest| rest.starts_with('/'));
            start = match children.iter().find(|(child, _)| is_below(child)) {
                // `0` is the ASCII character after `/`, so the search continues after all collections below the child.
                Some((child, _)) => format!("{child}0"),
                None => {
                    children.push((path, collection.records.len()));
                    format!("{path}\0")
                }
            };
        }
        children
    }

    /// Returns the keys and records of a collection, in order.
    pub fn records(&self, collection: &str) -> impl Iterator<Item = (&str, &Value)> {
        let records = self.collections.get(collection).into_iter().flat_map(|collection| collection.records.values());
        records.map(|(key, record)| (key.as_str(), record))
    }

    /// Returns at most `size` records. The time is proportional to `size`.
    pub fn slice(&self, collection: &str, from: PageStart, size: usize) -> Slice<'_> {
        self.select(collection, &PageQuery { from, skip: 0, size, newest_first: false, keep: &|_| true })
    }

    /// Returns the records of a page. The time is proportional to the number of returned, skipped and filtered records.
    pub fn select(&self, collection: &str, query: &PageQuery<'_>) -> Slice<'_> {
        let mut slice = Slice { records: Vec::new(), has_earlier_records: false, has_later_records: false };
        let Some(collection) = self.collections.get(collection) else { return slice };
        let kept = |direction: Direction| {
            collection.read(direction, query.newest_first).filter(|(_, _, record)| (query.keep)(record))
        };
        match query.from {
            PageStart::After(number) => {
                let mut after = kept(Direction::End(number)).skip(query.skip);
                slice.records = after.by_ref().take(query.size).collect();
                slice.has_later_records = after.next().is_some();
                slice.has_earlier_records = match slice.records.first() {
                    Some((first, _, _)) => {
                        (number > 0 || query.skip > 0) && kept(Direction::Start(*first)).next().is_some()
                    }
                    // An empty page has no first record, so search before the start of the page.
                    None => {
                        number > 0
                            && kept(Direction::Start(next_toward_end(number, query.newest_first))).next().is_some()
                    }
                };
            }
            PageStart::Before(number) => {
                let mut before = kept(Direction::Start(number)).skip(query.skip);
                slice.records = before.by_ref().take(query.size).collect();
                slice.has_earlier_records = before.next().is_some();
                slice.records.reverse();
                let last = slice
                    .records
                    .last()
                    .map_or_else(|| next_toward_end(number, !query.newest_first), |(last, _, _)| *last);
                slice.has_later_records = kept(Direction::End(last)).next().is_some();
            }
        }
        slice
    }

    /// Returns the changes since the last call, as JSON for [`Store::apply`].
    pub fn take_changes(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.changes)
    }

    /// Applies a change. Returns `None` if the change is invalid.
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
        (self.last_number <= MAX_STORED_NUMBER).then_some(())
    }

    /// Returns all records as JSON for [`Store::from_json`].
    pub fn to_json(&self) -> Value {
        let collections = self.collections.iter().map(|(path, collection)| {
            let records = collection.records.iter().map(|(number, (key, record))| json!([number, key, record]));
            (path.clone(), Value::Array(records.collect()))
        });
        let counters = self.counters.iter().map(|((path, property), next)| json!([path, property, next]));
        json!({
            "last": self.last_number,
            "collections": collections.collect::<serde_json::Map<_, _>>(),
            "counters": counters.collect::<Vec<_>>(),
        })
    }

    fn set_counter(&mut self, counter: &Value) -> Option<()> {
        let (path, property, next) = (counter.get(0)?.as_str()?, counter.get(1)?.as_str()?, counter.get(2)?.as_i64()?);
        self.counters.insert((path.to_owned(), property.to_owned()), next);
        Some(())
    }

    /// Reads the JSON of [`Store::to_json`]. Returns `None` if the JSON is invalid.
    pub fn from_json(value: &Value) -> Option<Self> {
        reject_other_properties(value, &["last", "collections", "counters"])?;
        let last = value.get("last")?.as_u64().filter(|last| *last <= MAX_STORED_NUMBER)?;
        let mut store = Self { last_number: last, ..Self::default() };
        for (path, records) in value.get("collections")?.as_object()? {
            let mut collection = Collection::default();
            for entry in records.as_array()? {
                let number = entry.get(0)?.as_u64().filter(|number| (1..=last).contains(number))?;
                let (key, record) = (entry.get(1)?.as_str()?, entry.get(2)?.clone());
                let is_duplicate = collection.records.insert(number, (key.to_owned(), record)).is_some()
                    || collection.numbers.insert(key.to_owned(), number).is_some();
                if is_duplicate {
                    return None;
                }
            }
            store.collections.insert(path.clone(), collection);
        }
        // State files of earlier versions have no counters.
        let counters = value.get("counters").and_then(Value::as_array);
        counters.into_iter().flatten().try_for_each(|counter| store.set_counter(counter))?;
        Some(store)
    }
}

/// The direction in which a list is read, and the number at which reading begins.
#[derive(Clone, Copy)]
enum Direction {
    /// The records after the number. The number 0 means all records.
    End(u64),
    /// The records before the number, from the nearest to the farthest.
    Start(u64),
}

impl Collection {
    /// Returns the records in a direction.
    fn read(&self, direction: Direction, newest_first: bool) -> impl Iterator<Item = (u64, &str, &Value)> {
        let (number, is_ascending) = match direction {
            Direction::End(number) => (number, !newest_first),
            Direction::Start(number) => (number, newest_first),
        };
        let records = &self.records;
        let (ascending, descending) = match (is_ascending, number) {
            (true, _) => (Some(records.range((Excluded(number), Unbounded))), None),
            (false, 0) => (None, Some(records.range(..).rev())),
            (false, _) => (None, Some(records.range(..number).rev())),
        };
        let entries = ascending.into_iter().flatten().chain(descending.into_iter().flatten());
        entries.map(|(number, (key, record))| (*number, key.as_str(), record))
    }

    /// Adds a record to the indexes, or removes a record from the indexes.
    fn index(&mut self, number: u64, record: &Value, is_added: bool) {
        for (property, index) in &mut self.indexes {
            let Some(value) = index_key(record, property) else { continue };
            if is_added {
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

/// Returns the value of a property in an index. `None` if the property has no value.
fn index_key(record: &Value, property: &str) -> Option<String> {
    property_at(record, property).filter(|value| !value.is_null()).map(value_to_string).filter(|text| !text.is_empty())
}

/// Returns the number after `number`, in the direction of the end of the list.
fn next_toward_end(number: u64, newest_first: bool) -> u64 {
    if newest_first { number.saturating_sub(1) } else { number.saturating_add(1) }
}

#[cfg(test)]
mod tests;

/// Returns `None` if an object has properties other than `names`. A later version may have written these properties,
/// and this version would lose them.
pub(crate) fn reject_other_properties(value: &Value, names: &[&str]) -> Option<()> {
    value.as_object()?.keys().all(|name| names.contains(&name.as_str())).then_some(())
}
