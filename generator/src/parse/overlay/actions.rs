//! Reads the actions of an overlay.

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, code, did_you_mean};
use crate::source::{Pointer, Source};

/// An action of an overlay.
pub(super) struct Action<'o> {
    /// The location in the overlay.
    pub at: Pointer,
    pub target: Query<'o>,
    pub change: Change<'o>,
}

/// What an action does with the nodes that its target selects.
pub(super) enum Change<'o> {
    /// Merges a value with them.
    Update(&'o Value),
    /// Merges another node of the document with them.
    Copy(Query<'o>),
    /// Removes them.
    Remove,
}

/// A JSONPath query, with its text.
pub(super) struct Query<'o> {
    pub path: JsonPath,
    pub text: &'o str,
    /// The location in the overlay.
    pub at: Pointer,
}

/// Reports problems of an overlay at locations in it.
pub(super) struct Reporter<'d> {
    pub overlay: &'d Source,
    pub diagnostics: &'d mut Diagnostics,
}

impl Reporter<'_> {
    /// Reports an error at a value.
    pub fn error(&mut self, at: &Pointer, message: String, help: &str) {
        let location = Location::File(self.overlay.path.clone(), self.overlay.value_range(at));
        self.diagnostics.push(Diagnostic::error(code::OVERLAY, location, message).help(help));
    }

    /// Reports a warning at a value.
    pub fn warning(&mut self, code: Code, at: &Pointer, message: String, help: String) {
        let location = Location::File(self.overlay.path.clone(), self.overlay.value_range(at));
        self.diagnostics.push(Diagnostic::warning(code, location, message).help(help));
    }

    /// Reports the keys of an object that the specification does not define. Returns whether there are any.
    fn report_unknown_keys(&mut self, at: &Pointer, object: &Map<String, Value>, known: &[&str]) -> bool {
        let unknown = object.keys().filter(|key| !known.contains(&key.as_str()) && !key.starts_with("x-"));
        let unknown: Vec<&String> = unknown.collect();
        for key in &unknown {
            let help = match did_you_mean(key, known.iter().copied()) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => "remove it; the prefix `x-` marks an extension".to_owned(),
            };
            let location = Location::File(self.overlay.path.clone(), self.overlay.key_range(&at.child(key)));
            let message = format!("`{key}` is not a keyword of an overlay here");
            self.diagnostics.push(Diagnostic::error(code::OVERLAY, location, message).help(help));
        }
        !unknown.is_empty()
    }
}

/// Reads the actions of an overlay. Reports what is not valid, and leaves out such actions.
pub(super) fn read<'o>(tree: &'o Value, reporter: &mut Reporter<'_>) -> Vec<Action<'o>> {
    let root = Pointer::root();
    let Value::Object(overlay) = tree else {
        reporter.error(
            &root,
            "the overlay is not an object".to_owned(),
            "write the keys `overlay`, `info` and `actions`",
        );
        return Vec::new();
    };
    reporter.report_unknown_keys(&root, overlay, &["overlay", "info", "extends", "actions"]);
    let version = overlay.get("overlay").and_then(Value::as_str).unwrap_or_default();
    let minor = version.strip_prefix("1.").and_then(|rest| rest.split('.').next()).and_then(|minor| minor.parse().ok());
    let Some(minor @ 0..=1) = minor else {
        let message = format!("`{version}` is not a supported version of the Overlay Specification");
        reporter.error(
            &root.child("overlay"),
            message,
            "write `overlay: 1.1.0`; the versions 1.0 and 1.1 are supported",
        );
        return Vec::new();
    };
    match overlay.get("info") {
        Some(Value::Object(info)) => {
            reporter.report_unknown_keys(&root.child("info"), info, &["title", "version", "description"]);
        }
        _ => {
            let help = "add `info` with a `title` and a `version`".to_owned();
            reporter.warning(code::OVERLAY, &root.child("info"), "the overlay has no object `info`".to_owned(), help);
        }
    }
    let Some(Value::Array(actions)) = overlay.get("actions") else {
        reporter.error(
            &root.child("actions"),
            "the overlay has no array `actions`".to_owned(),
            "add `actions` with at least one action",
        );
        return Vec::new();
    };
    let at = root.child("actions");
    if actions.is_empty() {
        let help = "add an action, or remove the overlay".to_owned();
        reporter.warning(code::OVERLAY, &at, "the overlay has no actions".to_owned(), help);
    }
    actions
        .iter()
        .enumerate()
        .filter_map(|(index, action)| read_action(action, at.child(index), minor, reporter))
        .collect()
}

fn read_action<'o>(action: &'o Value, at: Pointer, minor: u32, reporter: &mut Reporter<'_>) -> Option<Action<'o>> {
    let Value::Object(keys) = action else {
        reporter.error(
            &at,
            "an action is not an object".to_owned(),
            "write `target`, and `update`, `copy` or `remove`",
        );
        return None;
    };
    let is_misspelled = reporter.report_unknown_keys(&at, keys, &["target", "description", "update", "copy", "remove"]);
    let Some(target) = keys.get("target").and_then(Value::as_str) else {
        let help = "add `target` with a JSONPath query, such as `$.info`";
        reporter.error(&at.child("target"), "the action has no target".to_owned(), help);
        return None;
    };
    let target = query(target, at.child("target"), reporter)?;
    let remove = match keys.get("remove") {
        None => false,
        Some(Value::Bool(remove)) => *remove,
        Some(_) => {
            reporter.error(&at.child("remove"), "`remove` is not a boolean".to_owned(), "write `true` or `false`");
            return None;
        }
    };
    let (update, copy) = (keys.get("update"), keys.get("copy"));
    let ignored = [("update", update), ("copy", copy)].into_iter().filter(|(_, value)| remove && value.is_some());
    for (key, _) in ignored {
        let message = format!("`{key}` has no effect beside `remove`");
        reporter.warning(code::UNUSED_ACTION, &at.child(key), message, format!("remove `{key}` or `remove`"));
    }
    let change = match (remove, update, copy) {
        (true, ..) => Change::Remove,
        (false, Some(update), None) => Change::Update(update),
        (false, None, Some(Value::String(copy))) if minor >= 1 => {
            Change::Copy(query(copy, at.child("copy"), reporter)?)
        }
        (false, None, Some(Value::String(_))) => {
            let message = "`copy` is not in version 1.0 of the Overlay Specification".to_owned();
            reporter.error(&at.child("copy"), message, "write `overlay: 1.1.0`");
            return None;
        }
        (false, None, Some(_)) => {
            let help = "write the JSONPath query of one node";
            reporter.error(&at.child("copy"), "`copy` is not a string".to_owned(), help);
            return None;
        }
        (false, Some(_), Some(_)) => {
            let help = "split it into two actions";
            reporter.error(&at.child("copy"), "the action has both `update` and `copy`".to_owned(), help);
            return None;
        }
        (false, None, None) if is_misspelled => return None,
        (false, None, None) => {
            let message = "the action has neither `update` nor `copy` nor `remove: true`".to_owned();
            reporter.warning(code::UNUSED_ACTION, &at.child("target"), message, "add one of them".to_owned());
            return None;
        }
    };
    Some(Action { at, target, change })
}

fn query<'o>(text: &'o str, at: Pointer, reporter: &mut Reporter<'_>) -> Option<Query<'o>> {
    match JsonPath::parse(text) {
        Ok(path) => Some(Query { path, text, at }),
        Err(_) => {
            let message = format!("`{text}` is not a JSONPath query");
            reporter.error(&at, message, "write a query of RFC 9535, such as `$.paths['/pets'].get`");
            None
        }
    }
}
