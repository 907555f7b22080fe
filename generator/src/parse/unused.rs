//! Reports unused parts of a document: keywords that the generator does not use, and components that nothing refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::config::Select;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::parse::references::reference_targets;
use crate::parse::{parse_and_join, parse_tree, remove_operations, unselected};
use crate::source::{FILE_KEY_PREFIX, Pointer, Source};

/// Returns a note for each component that no operation of the document uses, and for each unused keyword of the selected
/// operations. Unknown and unsupported keywords are not included, because the parser reports them as warnings. Extensions are
/// not included either, because other tools may use them.
pub fn unused(source: &Source, select: &Select) -> Diagnostics {
    let mut ignored = Diagnostics::default();
    let Some(mut tree) = parse_and_join(source, &mut ignored) else { return Diagnostics::default() };
    let mut unused_components = Diagnostics::default();
    report_unused_components(&tree, &mut unused_components);
    let unselected = unselected(&tree, select, &mut ignored);
    remove_operations(&mut tree, &unselected);
    let (_, mut notes) = parse_tree(&tree, source, &mut ignored);
    if !unselected.is_empty() {
        let reached = reached_targets(&tree);
        notes.retain(|note| !is_in_unused_component(&note.location, &reached));
    }
    notes.extend(unused_components);
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
    diagnostics.downgrade_errors("ignored, because the component is unused", |location| {
        is_in_unused_component(location, &reached)
    });
}

/// Returns whether a location is in a component that is not reached. Returns `false` for a section of the components, such as
/// `components/schemas`, because a diagnostic about it concerns all of its components.
fn is_in_unused_component(location: &Location, reached: &BTreeSet<Pointer>) -> bool {
    let (Location::Value(at) | Location::Key(at)) = location else { return false };
    let is_shared = at.keys().next().is_some_and(|key| key == "components" || key.starts_with(FILE_KEY_PREFIX));
    let mut prefixes = at.keys().scan(Pointer::root(), |prefix, key| {
        *prefix = prefix.child(key);
        Some(prefix.clone())
    });
    is_shared && at.keys().nth(2).is_some() && !prefixes.any(|prefix| reached.contains(&prefix))
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
