//! Finds out why a JSONPath query matches nothing.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::cost::Budget;
use crate::diagnostics::Diagnostics;

/// Returns how to correct a query that matches nothing.
pub(super) fn correction(query: &str, tree: &Value, budget: &mut Budget, diagnostics: &mut Diagnostics) -> String {
    /// The maximum number of keys that are compared.
    const MAX_KEYS: usize = 10_000;
    let starts = segment_starts(query);
    for (index, start) in starts.iter().enumerate().rev() {
        let prefix = &query[..*start];
        let Ok(path) = JsonPath::parse(prefix) else { continue };
        if budget.spend(prefix, tree).is_err() {
            break;
        }
        let nodes = path.query(tree);
        if nodes.is_empty() {
            continue;
        }
        let end = starts.get(index + 1).copied().unwrap_or(query.len());
        let keys = nodes.iter().filter_map(|node| node.as_object()).flat_map(|object| object.keys()).take(MAX_KEYS);
        let similar =
            name(&query[*start..end]).and_then(|name| diagnostics.did_you_mean(name, keys.map(String::as_str)));
        return match similar {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => format!("`{prefix}` exists; correct the rest of the path, or remove the action"),
        };
    }
    "correct the path, or remove the action".to_owned()
}

/// Returns the byte positions at which the segments of a query start, without those inside of brackets.
fn segment_starts(query: &str) -> Vec<usize> {
    let (mut starts, mut depth, mut quote, mut previous) = (Vec::new(), 0_usize, None, ' ');
    for (at, c) in query.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open && previous != '\\' => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => {
                if depth == 0 && previous != '.' {
                    starts.push(at);
                }
                depth += 1;
            }
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '.') if depth == 0 && previous != '.' => starts.push(at),
            _ => {}
        }
        previous = if previous == '\\' { ' ' } else { c };
    }
    starts
}

/// Returns the name that a segment selects: `get` in `.get` and in `['get']`.
fn name(segment: &str) -> Option<&str> {
    let in_brackets = segment.strip_prefix('[').and_then(|segment| segment.strip_suffix(']')).map(str::trim);
    match in_brackets {
        Some(quoted) => ['\'', '"'].iter().find_map(|quote| quoted.strip_prefix(*quote)?.strip_suffix(*quote)),
        None => segment.strip_prefix('.').filter(|name| !name.starts_with(['.', '*', '['])),
    }
}
