//! Finds the locations of a document that a change can change, and sets values there.

use serde_json::{Value, json};

/// Returns the value with an index among the values that match a predicate. The predicate gets the key and the value.
pub fn nth(doc: &mut Value, at: usize, matches: impl Fn(&str, &Value) -> bool + Copy) -> Option<&mut Value> {
    fn visit(key: &str, value: &Value, path: &str, matches: &dyn Fn(&str, &Value) -> bool, found: &mut Vec<String>) {
        if key.starts_with("example") || key.starts_with("x-") {
            return;
        }
        if matches(key, value) {
            found.push(path.to_owned());
        }
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
                    visit(key, value, &path, matches, found);
                }
            }
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    visit("", value, &format!("{path}/{index}"), matches, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    visit("", doc, "", &matches, &mut found);
    // The candidates are taken from the whole document, not only from its start.
    let index = spread(at, found.len())?;
    doc.pointer_mut(&found[index])
}

/// Maps 0, 1, 2, … to different indexes that are far from each other.
pub fn spread(at: usize, count: usize) -> Option<usize> {
    (at < count).then(|| {
        let step = (1..=count).rev().find(|step| gcd(*step, count) == 1 && step * 3 <= count * 2).unwrap_or(1);
        at * step % count
    })
}

fn gcd(left: usize, right: usize) -> usize {
    if right == 0 { left } else { gcd(right, left % right) }
}

pub fn set(target: &mut Value, key: &str, value: Value) -> Option<()> {
    let map = target.as_object_mut().filter(|map| !map.contains_key("$ref"))?;
    if map.get(key) == Some(&value) {
        return None;
    }
    map.insert(key.to_owned(), value);
    Some(())
}

pub fn append(target: &mut Value, key: &str, suffix: &str) -> Option<()> {
    let text = target.get_mut(key)?;
    *text = json!(format!("{}{suffix}", text.as_str()?));
    Some(())
}
