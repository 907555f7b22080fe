//! The source locations of the keys and values in codegen.toml.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// Collects the keys of a table and its subtables. The path of an array item has its index.
pub(super) fn collect_keys(table: &DeTable<'_>, path: &str, keys: &mut BTreeMap<String, Range<usize>>) {
    for (key, value) in table {
        let path = format!("{path}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(table) => collect_keys(table, &format!("{path}."), keys),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if let DeValue::Table(table) = item.get_ref() {
                        collect_keys(table, &format!("{path}.{index}."), keys);
                    }
                }
            }
            _ => {}
        }
        keys.insert(path, key.span());
    }
}

/// Returns the byte range of the last key of a path, or of the array item at the path.
pub(super) fn key_range(table: &DeTable<'_>, path: &[&str]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == first)?;
    match (rest, value.get_ref()) {
        ([], _) => Some(key.span()),
        (rest, DeValue::Table(table)) => key_range(table, rest),
        ([index, rest @ ..], DeValue::Array(items)) => {
            let item = items.get(index.parse::<usize>().ok()?)?;
            match (rest, item.get_ref()) {
                ([], _) => Some(item.span()),
                (rest, DeValue::Table(table)) => key_range(table, rest),
                _ => None,
            }
        }
        _ => None,
    }
}
