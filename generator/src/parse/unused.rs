//! Reports unused parts of a document: keywords that the generator does not use, and components that nothing refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::parse::references::reference_targets;
use crate::parse::{parse_and_join, parse_tree};
use crate::source::{FILE_KEY_PREFIX, Pointer, Source};

/// Returns a note for each unused keyword and component. Unknown and unsupported keywords are not included, because the
/// parser reports them as warnings. Extensions are not included either, because other tools may use them.
pub fn unused(source: &Source) -> Diagnostics {
    let mut ignored = Diagnostics::default();
    let Some(tree) = parse_and_join(source, &mut ignored) else { return Diagnostics::default() };
    let (_, mut notes) = parse_tree(&tree, source, &mut ignored);
    report_unused_components(&tree, &mut notes);
    notes
}

fn report_unused_components(tree: &Value, notes: &mut Diagnostics) {
    let reached = reached_targets(tree);
    let component = |pointer: &Pointer| pointer.keys().take(3).fold(Pointer::root(), |parent, key| parent.child(key));
    let used_components: BTreeSet<Pointer> = reached.iter().map(component).collect();
    let sections = tree.get("components").and_then(Value::as_object);
    for (section, names) in sections.into_iter().flatten().filter(|(section, _)| !section.starts_with("x-")) {
        for name in names.as_object().into_iter().flatten().map(|(name, _)| name) {
            let pointer = Pointer::root().child("components").child(section).child(name);
            if !used_components.contains(&pointer) {
                let message = format!("unused component `{pointer}`");
                let note = Diagnostic::note(code::UNUSED_COMPONENT, Location::Key(pointer), message);
                notes.push(
                    note.help("remove the component, or refer to it: no code is generated for an unused component"),
                );
            }
        }
    }
}

/// Turns errors in unused components into warnings, because no code is generated for these components.
pub fn downgrade_errors(tree: &Value, diagnostics: &mut Diagnostics) {
    let reached = reached_targets(tree);
    let is_shared =
        |at: &Pointer| at.keys().next().is_some_and(|key| key == "components" || key.starts_with(FILE_KEY_PREFIX));
    let is_reached = |at: &Pointer| {
        let mut prefixes = at.keys().scan(Pointer::root(), |prefix, key| {
            *prefix = prefix.child(key);
            Some(prefix.clone())
        });
        prefixes.any(|prefix| reached.contains(&prefix))
    };
    diagnostics.downgrade_errors("ignored, because the component is unused", |location| match location {
        // An error at a whole section of the components stays an error, because it concerns all components of the
        // section.
        Location::Value(at) | Location::Key(at) => is_shared(at) && at.keys().nth(2).is_some() && !is_reached(at),
        _ => false,
    });
}

/// Returns the targets of all references that can be reached from outside of the components.
fn reached_targets(tree: &Value) -> BTreeSet<Pointer> {
    let mut reached = BTreeSet::new();
    let root = tree.as_object().into_iter().flatten();
    let mut pending: Vec<&Value> = root
        .filter(|(key, _)| *key != "components" && !key.starts_with(FILE_KEY_PREFIX))
        .map(|(_, value)| value)
        .collect();
    let mut targets: Vec<Pointer> = required_schemes(tree.get("security")).collect();
    // In a document without paths, all schemas are used.
    let paths = tree.get("paths").and_then(Value::as_object);
    let schemas = Pointer::root().child("components").child("schemas");
    if paths.is_none_or(|paths| paths.is_empty())
        && let Some(names) = schemas.lookup(tree).and_then(Value::as_object)
    {
        targets.extend(names.keys().map(|name| schemas.child(name)));
    }
    loop {
        for target in targets.drain(..) {
            if !reached.contains(&target)
                && let Some(node) = target.lookup(tree)
            {
                pending.push(node);
                reached.insert(target);
            }
        }
        let Some(node) = pending.pop() else { return reached };
        match node {
            Value::Array(items) => pending.extend(items),
            Value::Object(map) => {
                pending.extend(map.values());
                targets.extend(reference_targets(map));
                targets.extend(required_schemes(map.get("security")));
            }
            _ => {}
        }
    }
}

/// Returns the locations of the schemes in an array of security requirements.
fn required_schemes(requirements: Option<&Value>) -> impl Iterator<Item = Pointer> {
    let requirements = requirements.and_then(Value::as_array).into_iter().flatten();
    let names = requirements.filter_map(Value::as_object).flat_map(|requirement| requirement.keys());
    names.map(|name| Pointer::root().child("components").child("securitySchemes").child(name))
}
