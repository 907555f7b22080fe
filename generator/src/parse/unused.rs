//! Reports unused parts of a document: keywords that the generator does not use, and components that nothing refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::parse::{Read, read};
use crate::source::{FILE, Pointer, Source};

/// A note for each of them. Keywords that `parse` reports are not among them, nor are extensions, which are no keywords:
/// whom they are meant for is not known here.
pub fn unused(source: &Source) -> Diagnostics {
    let Some(Read { tree, unused: mut notes, .. }) = read(source, &mut Diagnostics::default()) else {
        return Diagnostics::default();
    };
    components(&tree, &mut notes);
    notes
}

fn components(tree: &Value, notes: &mut Diagnostics) {
    let reached = reached(tree);
    let component = |pointer: &Pointer| pointer.keys().take(3).fold(Pointer::root(), |above, key| above.child(key));
    let used: BTreeSet<Pointer> = reached.iter().map(component).collect();
    let sections = tree.get("components").and_then(Value::as_object);
    for (section, names) in sections.into_iter().flatten().filter(|(section, _)| !section.starts_with("x-")) {
        for name in names.as_object().into_iter().flatten().map(|(name, _)| name) {
            let pointer = Pointer::root().child("components").child(section).child(name);
            if !used.contains(&pointer) {
                let message = format!("unused component `{pointer}`");
                let note = Diagnostic::note(code::UNUSED_COMPONENT, Location::Key(pointer), message);
                notes.push(note.help("remove it, or refer to it: no code is generated for it"));
            }
        }
    }
}

/// Turns errors in unused components into warnings: the generated code is correct without them.
pub fn soften(tree: &Value, diagnostics: &mut Diagnostics) {
    let reached = reached(tree);
    let is_shared = |at: &Pointer| at.keys().next().is_some_and(|key| key == "components" || key.starts_with(FILE));
    let is_reached = |at: &Pointer| {
        let above = at.keys().scan(Pointer::root(), |above, key| {
            *above = above.child(key);
            Some(above.clone())
        });
        above.into_iter().any(|above| reached.contains(&above))
    };
    diagnostics.downgrade_errors("ignored, because the component is unused", |place| match place {
        // An error of a whole section does not belong to a component.
        Location::Value(at) | Location::Key(at) => is_shared(at) && at.keys().nth(2).is_some() && !is_reached(at),
        _ => false,
    });
}

/// Returns the targets of all references, beginning with those outside the components.
fn reached(tree: &Value) -> BTreeSet<Pointer> {
    let mut reached = BTreeSet::new();
    let root = tree.as_object().into_iter().flatten();
    let mut open: Vec<&Value> =
        root.filter(|(key, _)| *key != "components" && !key.starts_with(FILE)).map(|(_, value)| value).collect();
    let mut targets: Vec<Pointer> = security(tree.get("security")).collect();
    // A document without paths is used for its models.
    let paths = tree.get("paths").and_then(Value::as_object);
    let schemas = Pointer::root().child("components").child("schemas");
    if paths.is_none_or(|paths| paths.is_empty())
        && let Some(all) = schemas.lookup(tree).and_then(Value::as_object)
    {
        targets.extend(all.keys().map(|name| schemas.child(name)));
    }
    loop {
        for target in targets.drain(..) {
            if !reached.contains(&target)
                && let Some(found) = target.lookup(tree)
            {
                open.push(found);
                reached.insert(target);
            }
        }
        let Some(node) = open.pop() else { return reached };
        match node {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                open.extend(map.values());
                targets.extend(map.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference));
                targets.extend(security(map.get("security")));
                let mapping = map.get("discriminator").and_then(|discriminator| discriminator.get("mapping"));
                let mapped = mapping.and_then(Value::as_object).into_iter().flatten();
                for target in mapped.filter_map(|(_, target)| target.as_str()) {
                    let schema = || Pointer::root().child("components").child("schemas").child(target);
                    targets.push(Pointer::from_reference(target).unwrap_or_else(schema));
                }
            }
            _ => {}
        }
    }
}

/// Returns the schemes that an array of security requirements names.
fn security(requirements: Option<&Value>) -> impl Iterator<Item = Pointer> {
    let requirements = requirements.and_then(Value::as_array).into_iter().flatten();
    let names = requirements.filter_map(Value::as_object).flat_map(|one| one.keys());
    names.map(|name| Pointer::root().child("components").child("securitySchemes").child(name))
}
