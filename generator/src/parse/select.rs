//! Finds the operations that `[select]` of codegen.toml does not select, and removes operations from the tree of a document.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::operation_key::OperationKey;
use super::webhooks::KEYWORDS as WEBHOOK_KEYWORDS;
use crate::config::{Select, Selector, Spanned};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::source::Pointer;

/// The maximum number of references from a path to its path item.
const MAX_CHAIN_LENGTH: usize = 100;

/// The key of the root with the path items that are removed, but are referenced.
const HIDDEN: &str = "x-unselected";

/// The keys of operations in their path items, by path.
pub(crate) type Operations = BTreeMap<String, BTreeSet<OperationKey>>;

/// Returns the operations that are not selected. Reports selectors that match no operation.
pub(crate) fn unselected(tree: &Value, select: &Select, diagnostics: &mut Diagnostics) -> Operations {
    let mut unselected = Operations::new();
    if select.include.is_empty() && select.exclude.is_empty() {
        return unselected;
    }
    let operations = operations(tree);
    let mut is_used = vec![false; select.include.len() + select.exclude.len()];
    let webhooks = webhooks(tree);
    for (selector, is_used) in select.include.iter().chain(&select.exclude).zip(&mut is_used) {
        *is_used = webhooks.iter().flat_map(|webhook| &webhook.operations).any(|it| it.matches(selector.get_ref()));
    }
    for operation in &operations {
        let mut matches = |selectors: &[Spanned<Selector>], offset: usize| {
            let mut is_any = false;
            for (index, selector) in selectors.iter().enumerate().filter(|(_, it)| operation.matches(it.get_ref())) {
                is_used[offset + index] = true;
                is_any |= !selector.get_ref().is_empty();
            }
            is_any
        };
        let is_included = matches(&select.include, 0) || select.include.is_empty();
        let is_excluded = matches(&select.exclude, select.include.len());
        if !is_included || is_excluded {
            unselected.entry(operation.path.clone()).or_default().insert(operation.key.clone());
        }
    }
    let selectors = select.include.iter().chain(&select.exclude);
    for (selector, _) in selectors.zip(&is_used).filter(|(_, is_used)| !**is_used) {
        report_unused(selector, &operations, diagnostics);
    }
    if let Some(first) = select.include.iter().chain(&select.exclude).next()
        && unselected.values().map(BTreeSet::len).sum::<usize>() == operations.len()
        && is_used.contains(&true)
        && !webhooks.iter().any(|webhook| webhook.is_selected(select))
        && !select.include.iter().chain(&select.exclude).any(|selector| selector.get_ref().is_empty())
    {
        let location = Location::Config(first.span());
        let diagnostic = Diagnostic::error(code::CONFIG_VALUE, location, "`[select]` selects no operation");
        diagnostics.push(diagnostic.help("add a selector to `include`, or remove one from `exclude`"));
    }
    unselected
}

/// Removes the webhooks that are not selected. For a selector, the path of a webhook is its name.
pub(crate) fn remove_unselected_webhooks(tree: &mut Value, select: &Select) {
    let removed = webhooks(tree).into_iter().filter(|webhook| !webhook.is_selected(select));
    let removed: HashSet<(&str, String)> = removed.map(|webhook| (webhook.keyword, webhook.name)).collect();
    for keyword in WEBHOOK_KEYWORDS {
        if let Some(Value::Object(webhooks)) = tree.get_mut(keyword) {
            webhooks.retain(|name, _| !removed.contains(&(keyword, name.clone())));
        }
    }
}

/// A webhook of the document.
struct Webhook {
    keyword: &'static str,
    name: String,
    operations: Vec<Operation>,
}

impl Webhook {
    fn is_selected(&self, select: &Select) -> bool {
        let matches = |selector: &Spanned<Selector>| self.operations.iter().any(|it| it.matches(selector.get_ref()));
        (select.include.is_empty() || select.include.iter().any(matches)) && !select.exclude.iter().any(matches)
    }
}

/// Returns the webhooks of the document.
fn webhooks(tree: &Value) -> Vec<Webhook> {
    let webhooks = WEBHOOK_KEYWORDS.iter().flat_map(|keyword| {
        let items = tree.get(*keyword).and_then(Value::as_object).into_iter().flatten();
        items.map(move |(name, _)| {
            let item = resolve(tree, Pointer::root().child(keyword).child(name)).and_then(|at| at.lookup(tree));
            let operations = item.into_iter().flat_map(|item| operations_of(name, item)).collect();
            Webhook { keyword, name: name.clone(), operations }
        })
    });
    webhooks.collect()
}

/// An operation of the document.
pub(crate) struct Operation {
    pub path: String,
    pub key: OperationKey,
    tags: Vec<String>,
    pub id: Option<String>,
}

impl Operation {
    /// Returns the method and the path, as in `GET /pets`, or only the path if its operations are unknown.
    pub fn name(&self) -> String {
        match self.key.method() {
            Some(method) => format!("{} {}", method.as_str(), self.path),
            None => self.path.clone(),
        }
    }

    fn matches(&self, selector: &Selector) -> bool {
        let Selector { tag, path, method, operation } = selector;
        tag.as_ref().is_none_or(|tag| self.tags.contains(tag))
            && path.as_ref().is_none_or(|glob| matches_glob(glob, &self.path))
            && method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(self.key.as_str()))
            && operation.as_ref().is_none_or(|id| self.id.as_ref() == Some(id))
    }
}

/// Returns the location of a path item, after following references.
fn resolve(tree: &Value, mut at: Pointer) -> Option<Pointer> {
    for _ in 0..MAX_CHAIN_LENGTH {
        match at.lookup(tree)?.get("$ref").and_then(Value::as_str) {
            Some(reference) => at = Pointer::from_reference(reference)?,
            None => return Some(at),
        }
    }
    None
}

/// Returns the location of the path item of a path.
pub(super) fn path_item(tree: &Value, path: &str) -> Option<Pointer> {
    resolve(tree, Pointer::root().child("paths").child(path))
}

/// Returns all operations. A path whose path item cannot be found or read has one item, with [`OperationKey::Unknown`].
pub(super) fn operations(tree: &Value) -> Vec<Operation> {
    let paths = tree.get("paths").and_then(Value::as_object).into_iter().flatten();
    let items = paths.filter(|(path, _)| !path.starts_with("x-")).map(|(path, _)| {
        let item = path_item(tree, path).and_then(|at| at.lookup(tree));
        (path, item.filter(|item| item.is_object()))
    });
    let operations = items.flat_map(|(path, item)| {
        let unknown = item.is_none().then(|| Operation {
            path: path.clone(),
            key: OperationKey::Unknown,
            tags: Vec::new(),
            id: None,
        });
        item.into_iter().flat_map(|item| operations_of(path, item)).chain(unknown)
    });
    operations.collect()
}

/// Returns the operations of a path item.
fn operations_of<'a>(path: &'a str, item: &'a Value) -> impl Iterator<Item = Operation> + 'a {
    OperationKey::all(item).into_iter().filter_map(move |key| {
        let operation = key.location(&Pointer::root()).lookup(item)?;
        let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
        Some(Operation {
            path: path.to_owned(),
            key,
            tags: tags.filter_map(Value::as_str).map(str::to_owned).collect(),
            id: operation.get("operationId").and_then(Value::as_str).map(str::to_owned),
        })
    })
}

/// Removes operations, given by their paths. A path without any other operation is removed.
pub(crate) fn remove(tree: &mut Value, operations: &Operations) {
    if operations.is_empty() {
        return;
    }
    let mut references = Vec::new();
    collect_references(tree, &mut references);
    let referenced: BTreeSet<Pointer> = references.iter().filter_map(|text| Pointer::from_reference(text)).collect();
    let has_references_below =
        |at: &Pointer| referenced.range(at.child("")..).next().is_some_and(|reference| reference.is_below(at));
    let (mut hidden, mut moved) = (Map::new(), BTreeMap::new());
    let (mut items, mut shared_items): (Vec<(&String, Option<Value>)>, Vec<_>) = (Vec::new(), Vec::new());
    let mut first_paths: HashMap<(Pointer, &BTreeSet<OperationKey>), (&String, bool)> = HashMap::new();
    for (path, keys) in operations {
        let (at, hidden_at) = (Pointer::root().child("paths").child(path), Pointer::root().child(HIDDEN).child(path));
        if keys.contains(&OperationKey::Unknown) {
            items.push((path, None));
        }
        let (Some(target), Some(original)) = (path_item(tree, path), at.lookup(tree)) else { continue };
        let Some(Value::Object(item)) = target.lookup(tree) else { continue };
        // Other operations can refer to this path item or to parts of its operations. The targets of these references move
        // to another location.
        let is_referenced = |key: &&OperationKey| has_references_below(&key.location(&at));
        moved.extend(keys.iter().filter(is_referenced).map(|key| (key.location(&at), key.location(&hidden_at))));
        if referenced.contains(&at) {
            moved.insert(at.clone(), hidden_at.clone());
        }
        if moved.range(&at..).next().is_some_and(|(from, _)| from.is_below(&at)) {
            hidden.insert(path.clone(), original.clone());
        }
        // If several paths share a path item, all but the first of these paths refer to the first path.
        let shared_key = (target, keys);
        if let Some((first, has_operations)) = first_paths.get(&shared_key) {
            let reference = json!({ "$ref": Pointer::root().child("paths").child(first).to_string() });
            shared_items.push((path, has_operations.then_some(reference)));
            continue;
        }
        let mut kept = item.clone();
        keys.iter().for_each(|key| key.remove_from(&mut kept));
        let kept = Value::Object(kept);
        let has_operations = !OperationKey::all(&kept).is_empty();
        items.push((path, has_operations.then_some(kept)));
        first_paths.insert(shared_key, (path, has_operations));
    }
    rewrite_references(tree, &moved);
    items.iter_mut().flat_map(|(_, item)| item).for_each(|item| rewrite_references(item, &moved));
    let mut hidden = Value::Object(hidden);
    rewrite_references(&mut hidden, &moved);
    if let Some(Value::Object(paths)) = tree.get_mut("paths") {
        let mut removed = BTreeSet::new();
        for (path, item) in items.into_iter().chain(shared_items) {
            match item {
                Some(item) => paths.extend([(path.clone(), item)]),
                None => drop(removed.insert(path)),
            }
        }
        paths.retain(|path, _| !removed.contains(path));
    }
    if let (Value::Object(root), false) = (tree, moved.is_empty()) {
        root.insert(HIDDEN.to_owned(), hidden);
    }
}

fn collect_references(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, references)),
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(reference) if key == "$ref" && reference.starts_with("#/paths/") => {
                        references.push(reference.clone());
                    }
                    value => collect_references(value, references),
                }
            }
        }
        _ => {}
    }
}

/// The number of keys of the pointer to a path item in the paths.
const PATH_KEYS: usize = 2;

/// Replaces references to path items and into operations that have moved. The other parts of a path item have not moved.
fn rewrite_references(value: &mut Value, moved: &BTreeMap<Pointer, Pointer>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite_references(item, moved)),
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && let Some(target) = Pointer::from_reference(reference)
                && let Some((from, to)) = moved.range(..=&target).next_back()
                && (target == *from || target.is_below(from) && from.keys().count() > PATH_KEYS)
            {
                *reference = format!("{to}{}", &target.as_str()[from.as_str().len()..]);
            }
            object.values_mut().for_each(|value| rewrite_references(value, moved));
        }
        _ => {}
    }
}

/// Reports a selector that matches no operation. If one of its keys alone matches no operation, suggests the most
/// similar value for the first such key.
fn report_unused(selector: &Spanned<Selector>, operations: &[Operation], diagnostics: &mut Diagnostics) {
    let Selector { tag, path, method, operation } = selector.get_ref();
    let is_tag = |tag: &String| operations.iter().any(|operation| operation.tags.contains(tag));
    let is_path = |glob: &String| operations.iter().any(|operation| matches_glob(glob, &operation.path));
    let is_id = |id: &String| operations.iter().any(|operation| operation.id.as_ref() == Some(id));
    let is_method = |method: &String| operations.iter().any(|it| method.eq_ignore_ascii_case(it.key.as_str()));
    let (message, similar) = if let Some(tag) = tag.as_ref().filter(|tag| !is_tag(tag)) {
        let tags: BTreeSet<&str> = operations.iter().flat_map(|it| &it.tags).map(String::as_str).collect();
        (format!("no operation has the tag `{tag}`"), diagnostics.did_you_mean(tag, tags).map(str::to_owned))
    } else if let Some(path) = path.as_ref().filter(|path| !is_path(path)) {
        let paths: BTreeSet<&str> = operations.iter().map(|it| it.path.as_str()).collect();
        (format!("no path of an operation matches `{path}`"), diagnostics.did_you_mean(path, paths).map(str::to_owned))
    } else if let Some(method) = method.as_ref().filter(|method| !is_method(method)) {
        let methods: BTreeSet<String> = operations.iter().map(|it| it.key.as_str().to_lowercase()).collect();
        let similar = diagnostics.did_you_mean(&method.to_lowercase(), methods.iter().map(String::as_str));
        (format!("no operation has the method `{method}`"), similar.map(str::to_owned))
    } else if let Some(id) = operation.as_ref().filter(|id| !is_id(id)) {
        let ids = operations.iter().filter_map(|operation| operation.id.as_deref());
        (format!("no operation has the `operationId` `{id}`"), diagnostics.did_you_mean(id, ids).map(str::to_owned))
    } else {
        ("no operation matches all keys of this selector".to_owned(), None)
    };
    let help = match similar {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => "correct or remove this selector".to_owned(),
    };
    let location = Location::Config(selector.span());
    diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, location, message).help(help));
}

/// Returns whether a path matches a glob: `*` matches any characters except `/`, `**` any characters, and `/**` at the end also
/// the path before it.
fn matches_glob(glob: &str, path: &str) -> bool {
    if glob.strip_suffix("/**").is_some_and(|before| matches_glob(before, path)) {
        return true;
    }
    let path = path.as_bytes();
    // `ends[at]` is true if the part of the glob so far matches the first `at` bytes of the path.
    let mut ends = vec![false; path.len() + 1];
    ends[0] = true;
    let mut glob = glob.as_bytes();
    while let [first, rest @ ..] = glob {
        let crosses_segments = *first == b'*' && rest.first() == Some(&b'*');
        let mut next = vec![false; path.len() + 1];
        for at in 0..=path.len() {
            let is_continued = |byte: &u8| crosses_segments || *byte != b'/';
            next[at] = match (first, at.checked_sub(1)) {
                (b'*', None) => ends[at],
                (b'*', Some(before)) => ends[at] || next[before] && is_continued(&path[before]),
                (_, None) => false,
                (byte, Some(before)) => ends[before] && path[before] == *byte,
            };
        }
        ends = next;
        glob = if crosses_segments { &rest[1..] } else { rest };
    }
    ends[path.len()]
}

#[cfg(test)]
mod tests {
    use super::matches_glob;

    #[test]
    fn globs() {
        let cases = [
            ("/pets", "/pets", true),
            ("/pets", "/pets/{id}", false),
            ("/pets/*", "/pets/{id}", true),
            ("/pets/*", "/pets/{id}/toys", false),
            ("/pets/*", "/pets", false),
            ("/pets/**", "/pets", true),
            ("/pets/**", "/pets/{id}/toys", true),
            ("/pets/**", "/petshop", false),
            ("/pets**", "/petshop/a", true),
            ("**/toys", "/pets/{id}/toys", true),
            ("/*/{id}/*", "/pets/{id}/toys", true),
            ("/*ts/{*}", "/pets/{id}", true),
            ("*", "/pets", false),
            ("**", "/pets", true),
            ("", "/pets", false),
            ("/**/a/**/b", "/x/a/y/b", true),
        ];
        for (glob, path, expected) in cases {
            assert_eq!(matches_glob(glob, path), expected, "{glob} {path}");
        }
        let hostile = "/*a".repeat(100);
        assert!(!matches_glob(&hostile, &"/aaaaaaaaab".repeat(100)));
    }
}
