//! Estimates how many nodes a JSONPath query visits. A query can visit a node many times: `$..*..*` visits it once for each
//! node around it, `$[*,*][*,*]` four times, and `$..[?$..a]` once for each node of the document.

use serde_json::Value;

/// The number of nodes that one query may visit in any document.
const BASE_QUERY_VISITS: u64 = 500_000;

/// The number of further visits for each node of the document.
const VISITS_PER_NODE: u64 = 4;

/// The number of nodes that the queries of all overlays together may visit in any document.
const BASE_VISITS: u64 = 1_000_000;

/// The number of further visits of all queries together for each node of the document.
const ALL_VISITS_PER_NODE: u64 = 64;

/// The number of nodes that queries may still visit.
pub(super) struct Budget {
    /// The number of nodes of the document before its overlays.
    nodes: u64,
    visits_left: u64,
}

impl Budget {
    /// Returns the budget for the queries of all overlays of a document.
    pub fn new(tree: &Value) -> Self {
        let nodes = visits("$..*", tree);
        Self { nodes, visits_left: BASE_VISITS + ALL_VISITS_PER_NODE * nodes }
    }

    /// Subtracts the visits of a query, or returns how many visits it may have. Estimating the visits is itself a visit of all
    /// nodes, so a query that may not run costs as much.
    pub fn spend(&mut self, query: &str, tree: &Value) -> Result<(), u64> {
        if !is_expensive(query) {
            return Ok(());
        }
        let limit = self.visits_left.min(BASE_QUERY_VISITS + VISITS_PER_NODE * self.nodes);
        if limit < self.nodes {
            return Err(limit);
        }
        let visits = visits(query, tree);
        self.visits_left -= if visits <= limit { visits } else { self.nodes };
        if visits <= limit { Ok(()) } else { Err(limit) }
    }
}

/// Returns the maximum number of visits of a query in a tree. Wildcards and filters of the children visit a node once.
fn visits(query: &str, tree: &Value) -> u64 {
    let Shape { descendants, repetitions, absolute_queries } = Shape::of(query);
    let once = sum(tree, 0, &|_| 1);
    let in_descendants = match descendants {
        0 | 1 => once,
        _ => sum(tree, 1, &|depth| (1..descendants).fold(1, |visits: u64, _| visits.saturating_mul(depth))),
    };
    let repeated = in_descendants.saturating_mul(repetitions);
    (0..absolute_queries).fold(repeated, |visits, _| visits.saturating_mul(once))
}

/// Returns whether a query can visit a node several times, or visits all nodes.
fn is_expensive(query: &str) -> bool {
    let Shape { descendants, repetitions, absolute_queries } = Shape::of(query);
    descendants > 0 || repetitions > 1 || absolute_queries > 0
}

/// Returns the sum of a function of the depth of each node.
fn sum(node: &Value, depth: u64, of_depth: &impl Fn(u64) -> u64) -> u64 {
    let below = |sum_so_far: u64, child: &Value| sum_so_far.saturating_add(sum(child, depth + 1, of_depth));
    match node {
        Value::Array(items) => items.iter().fold(of_depth(depth), below),
        Value::Object(object) => object.values().fold(of_depth(depth), below),
        _ => of_depth(depth),
    }
}

/// The parts of a query that multiply its visits.
#[derive(Debug, PartialEq)]
struct Shape {
    /// The number of descendant segments (`..`), also in filters.
    descendants: u64,
    /// The product of the numbers of selectors in brackets.
    repetitions: u64,
    /// The number of queries in filters that begin at the root and can select several nodes.
    absolute_queries: u64,
}

impl Shape {
    fn of(query: &str) -> Self {
        let query = without_strings(query);
        let commas =
            query.split('[').skip(1).map(|after| after.split(']').next().unwrap_or_default().matches(',').count());
        let absolute_queries = query.split('$').skip(2).map(query_in_filter);
        let absolute_queries = absolute_queries.filter(|text| text.contains(['*', '?', ':']) || text.contains(".."));
        Self {
            descendants: query.matches("..").count() as u64,
            repetitions: commas.fold(1, |product: u64, commas| product.saturating_mul(commas as u64 + 1)),
            absolute_queries: absolute_queries.count() as u64,
        }
    }
}

/// Returns the query at the start of a text. The query ends before an operator, or before the closing bracket of the filter
/// around it.
fn query_in_filter(text: &str) -> &str {
    let mut depth = 0_usize;
    let end = text.find(|c| match c {
        '[' => {
            depth += 1;
            false
        }
        ']' if depth > 0 => {
            depth -= 1;
            false
        }
        c => depth == 0 && matches!(c, ']' | ')' | ' ' | '=' | '<' | '>' | '!' | '&' | '|' | ','),
    });
    &text[..end.unwrap_or(text.len())]
}

/// Returns a query without its string literals.
fn without_strings(query: &str) -> String {
    let (mut text, mut quote, mut is_escaped) = (String::new(), None, false);
    for c in query.chars() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_parts_that_multiply_visits_are_counted() {
        for (query, descendants, repetitions, absolute_queries) in [
            ("$.info", 0, 1, 0),
            ("$.paths['/a..b,$..*'].get", 0, 1, 0),
            ("$..*", 1, 1, 0),
            ("$..*..['a','b']", 2, 2, 0),
            ("$[*,*][*, *]", 0, 4, 0),
            ("$.paths[?@.x == $.info.title].*", 0, 1, 0),
            ("$.paths[?$.components.*]", 0, 1, 1),
            ("$.paths[?$['a'].* == 1]", 0, 1, 1),
            ("$..[?@.a == \"\\\"..\" && $..b]", 2, 1, 1),
        ] {
            assert_eq!(Shape::of(query), Shape { descendants, repetitions, absolute_queries }, "{query}");
        }
    }

    #[test]
    fn visits_are_bounded_by_the_depth() {
        let tree = json!({ "a": [1, 2], "b": 3 });
        for (query, expected) in [("$..*", 5), ("$..*..*", 1 + 2 + 2 + 3 + 3), ("$..[*,*]", 10), ("$..[?$..a]", 11 * 5)]
        {
            assert_eq!(visits(query, &tree), expected, "{query}");
        }
    }
}
