//! Moves the accepted changes of a report, together with the changes that only follow from them, to `Report::accepted`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::escape;
use super::items::owner;
use super::renames::RenamedKind;
use super::titles::title;
use super::{Cause, Change, Report, Snapshot, bump};
use crate::characters::for_terminal;
use crate::compare::{AcceptedDifferences, Pair, exact_pattern};
use crate::source::Pointer;
use crate::surface::{ItemKind, Surface};

impl Change {
    /// Returns the patterns that match only this change in a list of accepted differences. The change is accepted if all its patterns
    /// are in the list.
    pub fn patterns(&self) -> Vec<String> {
        self.lines().iter().map(|line| exact_pattern(line)).collect()
    }

    /// Returns the lines with which the patterns of a list are compared.
    fn lines(&self) -> Vec<String> {
        if !self.differences.is_empty() {
            return self.differences.iter().map(ToString::to_string).collect();
        }
        vec![match &self.cause {
            Cause::Document(difference) => difference.to_string(),
            Cause::Rename(rename) => format!("item {}: renamed from {}", rename.new, rename.old),
            Cause::Setting(setting) => match (&setting.old, &setting.new) {
                (Some(old), Some(new)) => format!("codegen.toml / {}: {new}, not {old}", setting.key),
                (Some(old), None) => format!("codegen.toml / {}: {old} missing", setting.key),
                (None, new) => format!("codegen.toml / {}: {} added", setting.key, new.as_deref().unwrap_or_default()),
            },
            Cause::Items => {
                let verb = match self.code.as_str() {
                    "D1001" => "added",
                    "D1002" => "missing",
                    _ => "changed",
                };
                format!("item {}: {verb}", self.items.first().map_or("", String::as_str))
            }
        }]
    }
}

impl Report {
    /// Moves the accepted changes to [`Report::accepted`], and the changes of items that follow only from them. Returns the patterns that match no change.
    ///
    /// With `has_equal_settings`, codegen.toml is unchanged, so that all changes of items follow from the documents.
    pub fn accept<'a>(
        &mut self,
        accepted: &'a AcceptedDifferences,
        snapshots: Pair<&Snapshot>,
        has_equal_settings: bool,
    ) -> Vec<&'a str> {
        let patterns: Vec<Vec<String>> = self.changes.iter().map(Change::lines).collect();
        let unused = accepted.unused_patterns(&patterns.concat());
        let mut is_accepted: Vec<bool> =
            patterns.iter().map(|lines| lines.iter().all(|line| accepted.accepts(line))).collect();
        self.accept_renames(&mut is_accepted);
        if has_equal_settings {
            self.accept_items(&mut is_accepted, snapshots);
        }
        match is_accepted.iter().filter(|is_accepted| **is_accepted).count() {
            0 => {}
            1 => self
                .notes
                .push("1 accepted change does not count for the version; only the changelog lists it".to_owned()),
            count => self
                .notes
                .push(format!("{count} accepted changes do not count for the version; only the changelog lists them")),
        }
        self.move_to_accepted(&is_accepted);
        unused
    }

    /// Moves changes to the accepted changes, and sets the step of the version that the others need.
    fn move_to_accepted(&mut self, is_accepted: &[bool]) {
        let changes = std::mem::take(&mut self.changes);
        for (change, is_accepted) in changes.into_iter().zip(is_accepted) {
            if *is_accepted { &mut self.accepted } else { &mut self.changes }.push(change);
        }
        self.bump = bump(&self.changes);
    }

    /// Accepts the new name of a method or of a request type if all differences of the operation itself are accepted, such as another
    /// `operationId`.
    fn accept_renames(&self, is_accepted: &mut [bool]) {
        let mut accepted_by_operation: HashMap<&Pointer, bool> = HashMap::new();
        for (change, is_accepted) in self.changes.iter().zip(&*is_accepted) {
            for difference in change.differences.iter().filter(|difference| difference.path.len() == 1) {
                *accepted_by_operation.entry(&difference.origins.ours).or_insert(true) &= is_accepted;
            }
        }
        for (change, is_accepted) in self.changes.iter().zip(is_accepted) {
            if let Cause::Rename(rename) = &change.cause
                && matches!(rename.kind, RenamedKind::Method | RenamedKind::Request)
                && change.differences.is_empty()
            {
                *is_accepted |= accepted_by_operation.get(&rename.origins.ours).copied().unwrap_or_default();
            }
        }
    }

    /// Accepts the changes of items that follow from accepted changes, and from no other change.
    fn accept_items(&self, is_accepted: &mut [bool], snapshots: Pair<&Snapshot>) {
        let (item_changes, causes): (Vec<_>, Vec<_>) =
            (0..self.changes.len()).partition(|index| matches!(self.changes[*index].cause, Cause::Items));
        if item_changes.is_empty() || !causes.iter().any(|index| is_accepted[*index]) {
            return;
        }
        let dependencies = Dependencies::of([&snapshots.ours.surface, &snapshots.theirs.surface]);
        let affected = |of_accepted: bool| {
            let selected = causes.iter().filter(|index| is_accepted[**index] == of_accepted);
            let items = selected.flat_map(|index| &self.changes[*index].items).map(String::as_str).collect();
            dependencies.affected(items)
        };
        let (by_accepted, by_others) = (affected(true), affected(false));
        for index in item_changes {
            let path = self.changes[index].items.first().map_or("", String::as_str);
            let is_affected = |affected: &Affected<'_>| {
                let is_dependent = [path, owner(path)].iter().any(|path| affected.dependents.contains(path));
                // Only a type that is added or removed as a whole can follow from another type or function that uses it.
                is_dependent || affected.used.contains(path)
            };
            is_accepted[index] |= is_affected(&by_accepted) && !is_affected(&by_others);
        }
    }
}

/// Which items mention which types.
#[derive(Default)]
struct Dependencies<'s> {
    /// The types that a type or a function mentions, by its path.
    mentioned: HashMap<&'s str, BTreeSet<&'s str>>,
    /// The functions that mention a type, and the types whose fields, variants or implementations mention it, by its path.
    mentioning: HashMap<&'s str, BTreeSet<&'s str>>,
}

impl<'s> Dependencies<'s> {
    fn of(surfaces: [&'s Surface; 2]) -> Self {
        let mut dependencies = Self::default();
        for (path, item) in surfaces.iter().flat_map(|surface| &surface.items) {
            // A function does not make its type, such as a handle, depend on the types of its other functions.
            let user = if matches!(item.kind, ItemKind::Function(_)) { path } else { owner(path) };
            for ty in types_of(&item.kind).into_iter().flat_map(mentioned_types) {
                dependencies.mentioned.entry(user).or_default().insert(ty);
                dependencies.mentioning.entry(ty).or_default().insert(user);
            }
        }
        dependencies
    }

    /// Returns the items that changes of `items` may affect.
    fn affected<'a>(&'a self, items: Vec<&'a str>) -> Affected<'a> {
        let reached = |edges: &'a HashMap<&'s str, BTreeSet<&'s str>>| {
            let (mut reached, mut pending) = (HashSet::new(), items.clone());
            while let Some(path) = pending.pop() {
                if reached.insert(path) {
                    pending.extend(edges.get(path).into_iter().flatten());
                }
            }
            reached
        };
        Affected { dependents: reached(&self.mentioning), used: reached(&self.mentioned) }
    }
}

/// The items that changes of other items may affect.
struct Affected<'a> {
    /// The items, and the types that mention their types.
    dependents: HashSet<&'a str>,
    /// The items, and the types that they mention.
    used: HashSet<&'a str>,
}

/// Returns the texts of an item that may mention types.
fn types_of(kind: &ItemKind) -> Vec<&str> {
    match kind {
        ItemKind::Field(ty) | ItemKind::Alias(ty) | ItemKind::Constant(ty) | ItemKind::Reexport(ty) => vec![ty],
        ItemKind::Variant(types) | ItemKind::Implementation(types) => types.iter().map(String::as_str).collect(),
        ItemKind::Function(signature) => {
            let arguments = signature.arguments.iter().map(|(_, ty)| ty.as_str());
            arguments.chain([signature.result.as_str(), signature.bounds.as_str()]).collect()
        }
        ItemKind::Module | ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Trait | ItemKind::Feature => Vec::new(),
    }
}

/// Returns the paths of the types of the crate in a type.
fn mentioned_types(ty: &str) -> impl Iterator<Item = &str> {
    let is_end = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '#'));
    ty.split("crate::").skip(1).map(move |path| path.split(is_end).next().unwrap_or_default())
}

/// Returns the entries for a list of accepted differences, one for each change, breaking changes first. The reasons are empty.
pub fn accepted_entries(report: &Report) -> String {
    let (breaking, others): (Vec<_>, Vec<_>) = report.changes.iter().partition(|change| change.verdicts.is_breaking());
    let entries = breaking.into_iter().chain(others).map(|change| {
        let patterns: Vec<String> = change.patterns().iter().map(|pattern| escape::toml_string(pattern)).collect();
        let (patterns, title) = (patterns.join(", "), for_terminal(&title(change)));
        let verdict = if change.verdicts.is_breaking() { "breaking" } else { "compatible" };
        format!("# {} ({verdict}): {title}\n[[difference]]\nwhere = [{patterns}]\nreason = \"\"\n", change.code)
    });
    entries.collect::<Vec<_>>().join("\n")
}
