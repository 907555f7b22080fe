//! The semantic diff: what a change of a document does to the programs that use the generated crate.
//!
//! [`compare`] finds the differences between the documents, and [`surface`] finds the differences
//! between the public items of the crates. Each difference of the documents gets the differences of the items that it causes. An
//! item whose difference has no cause in the document, for example because codegen.toml changed, is a change of its own. The
//! verdict about source code therefore never depends on rules about documents.

mod accepted;
mod bodies;
mod causes;
mod changelog;
mod code_lines;
mod codes;
mod escape;
mod events;
mod implied;
mod items;
mod locations;
mod markdown;
mod media;
mod narrowing;
mod nodes;
mod output;
mod paging;
mod positions;
mod renames;
mod replacements;
mod security;
mod servers;
mod settings;
mod sides;
mod snapshot;
mod summary;
mod terminal;
mod titles;
mod unions;
mod values;
mod verdicts;
mod version;
mod wire;

use std::collections::{HashMap, HashSet};

use crate::compare::{self, Difference, Fact, Pair, Subject};
use crate::source::Pointer;
use crate::surface::{self, ItemChange};
pub use accepted::accepted_entries;
pub use changelog::changelog;
pub use codes::{code, codes, explain, list as list_codes};
pub use markdown::markdown;
pub use output::{github, json};
pub use renames::Rename;
use settings::EndEffect;
pub use settings::Setting;
use sides::Side;
pub use snapshot::Snapshot;
pub use terminal::terminal;
pub use verdicts::{Verdict, Verdicts};
pub use version::{Bump, next_version};

/// The cause of a change.
#[derive(Clone, Debug, Default)]
pub enum Cause {
    /// A difference between the documents. The first document is the new one.
    Document(Difference),
    /// An item was renamed.
    Rename(Rename),
    /// A key of codegen.toml has another value.
    Setting(Setting),
    /// The generated items differ for another reason.
    #[default]
    Items,
}

/// A change with its verdicts.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The stable code, such as `D0701`.
    pub code: String,
    /// The resource or module that the change belongs to.
    pub group: String,
    /// The cause.
    pub cause: Cause,
    /// The differences of the documents that the change reports.
    pub differences: Vec<Difference>,
    /// Whether the change adds a required parameter or property.
    pub is_required: bool,
    /// The only side of a schema that gains or loses a property.
    side: Option<Side>,
    /// Whether codegen.toml keeps the crate from doing what the document says.
    pub is_overridden: bool,
    /// The Rust items that the change concerns, by their full paths.
    pub items: Vec<String>,
    /// The names of the arguments, fields or variants that the change concerns.
    members: Vec<String>,
    /// The differences of the public items that the change causes.
    pub item_changes: Vec<ItemChange>,
    /// The verdicts.
    pub verdicts: Verdicts,
}

/// The changes from an old version to a new version.
#[derive(Debug)]
pub struct Report {
    /// The changes, breaking ones first in each group.
    pub changes: Vec<Change>,
    /// The accepted changes, which only the changelog lists.
    pub accepted: Vec<Change>,
    /// The name of the crate as an identifier.
    pub crate_name: String,
    /// The name of the old crate as an identifier.
    old_crate_name: String,
    /// The smallest step of the version, or `None` if nothing changed.
    pub bump: Option<Bump>,
    /// The version of the old crate.
    pub old_version: String,
    /// The version of the new crate.
    pub new_version: String,
    /// What sets the version of the new crate, such as `crate.version` in codegen.toml.
    version_subject: String,
    /// Whether a key sets the version of the old or of the new crate.
    is_version_set: bool,
    /// Notes about the old version, such as a renamed file.
    pub notes: Vec<String>,
}

/// The maximum number of new warnings that notes quote.
const MAX_WARNINGS: usize = 3;

/// Returns notes about the warnings that only the new version has. They may explain a change, such as a type that became any value
/// because its reference leads nowhere.
fn new_warnings(old: &[String], new: &[String]) -> Vec<String> {
    let old: HashSet<&String> = old.iter().collect();
    let only_new: Vec<&String> = new.iter().filter(|warning| !old.contains(warning)).collect();
    let quoted = only_new.iter().take(MAX_WARNINGS);
    let mut notes: Vec<String> =
        quoted.map(|warning| format!("the new version has a new warning: {warning}")).collect();
    match only_new.len() {
        0 => {}
        count if count > MAX_WARNINGS => {
            notes.push(format!("`bindery check` shows all {count} new warnings"));
        }
        _ => notes.push("`bindery check` shows the locations of these warnings".to_owned()),
    }
    notes
}

/// Compares two versions of an API.
pub fn diff(old: &Snapshot, new: &Snapshot) -> Report {
    let compare::Comparison { differences, counterparts, replacements } = compare::compare_versions(&new.api, &old.api);
    let snapshots = Pair { ours: new, theirs: old };
    let (renames, differences) = renames::find(snapshots, &counterparts, differences);
    // With renames, the items of the old crate are compared under their new names.
    let item_changes = match renames.is_empty() {
        true => surface::changes(&old.surface, &new.surface),
        false => renames::item_changes(snapshots, &renames),
    };
    let differences = differences.into_iter().chain(events::differences(snapshots, &counterparts));
    let relevant: Vec<Difference> =
        differences.filter(|difference| !implied::is_implied(snapshots, difference)).collect();
    let of_replaced = replacements.iter().flat_map(|replacement| &replacement.differences);
    let discriminators = unions::Discriminators::of(snapshots, relevant.iter().chain(of_replaced));
    let precomputed = wire::Precomputed {
        replaced: replacements::verdicts(&replacements, |types, difference| {
            wire::between_types(snapshots, &discriminators, types, difference)
        }),
        discriminators: &discriminators,
        media_types: media::MediaTypes::of(snapshots, &relevant),
        bodies: snapshots.map(|snapshot| bodies::Bodies::of(&snapshot.api)),
        servers: servers::Servers::of(snapshots),
        credentials: security::AcceptedCredentials::of(snapshots, &relevant),
    };
    let relevant = relevant.iter().map(|difference| document_change(snapshots, &precomputed, difference.clone()));
    let mut changes = without_repetitions(relevant);
    let renames = renames::joined(renames).into_iter().map(|rename| rename_change(&new.surface, rename)).collect();
    changes = with_renames(changes, renames);
    changes.extend(settings::changes(snapshots, &changes));
    items::attribute(&mut changes, item_changes, new);
    sort(&mut changes);
    Report {
        accepted: Vec::new(),
        bump: bump(&changes),
        changes,
        crate_name: settings::crate_name(&new.config),
        old_crate_name: settings::crate_name(&old.config),
        old_version: settings::crate_version(&old.config),
        new_version: settings::crate_version(&new.config),
        version_subject: settings::version_subject(new),
        is_version_set: [old, new].into_iter().any(|snapshot| settings::version_key(snapshot).is_some()),
        notes: new_warnings(&old.warnings, &new.warnings),
    }
}

/// Joins equal changes. A schema that is the counterpart of two schemas may have the same change twice.
fn without_repetitions(changes: impl Iterator<Item = Change>) -> Vec<Change> {
    let mut kept: Vec<Change> = Vec::new();
    let mut by_node: HashMap<String, usize> = HashMap::new();
    let mut items_of_kept: HashSet<(usize, String)> = HashSet::new();
    for change in changes {
        let key = match &change.cause {
            Cause::Document(Difference { path, change: difference, .. }) => format!("{path:?} {difference:?}"),
            _ => String::new(),
        };
        match by_node.get(&key) {
            Some(index) => {
                let first = &mut kept[*index];
                first.verdicts = first.verdicts.max(change.verdicts);
                first.differences.extend(change.differences);
                let items = change.items.into_iter();
                first.items.extend(items.filter(|item| items_of_kept.insert((*index, item.clone()))));
                first.members.extend(change.members);
            }
            None => {
                by_node.insert(key, kept.len());
                items_of_kept.extend(change.items.iter().map(|item| (kept.len(), item.clone())));
                kept.push(change);
            }
        }
    }
    kept
}

/// Adds renames to the changes of the documents. The rename of a method says that the operation has another id, path or method, so
/// these changes become a part of it.
fn with_renames(changes: Vec<Change>, mut renames: Vec<Change>) -> Vec<Change> {
    let mut by_operation: HashMap<Pointer, usize> = HashMap::new();
    for (index, change) in renames.iter().enumerate() {
        if let Cause::Rename(rename) = &change.cause
            && rename.kind == renames::RenamedKind::Method
        {
            by_operation.insert(rename.origins.ours.clone(), index);
        }
    }
    let mut kept = Vec::new();
    for change in changes {
        let index = change.differences.first().and_then(|difference| {
            let compare::Change::Changed(Pair { ours: Fact::Id(_) | Fact::Path(_) | Fact::Method(_), .. }) =
                &difference.change
            else {
                return None;
            };
            (difference.path.len() == 1).then(|| by_operation.get(&difference.origins.ours).copied())?
        });
        match index {
            Some(index) => {
                let rename = &mut renames[index];
                rename.verdicts.request = rename.verdicts.request.max(change.verdicts.request);
                rename.differences.extend(change.differences);
            }
            None => kept.push(change),
        }
    }
    kept.extend(renames);
    kept
}

/// Returns the smallest step of the version that changes need.
fn bump(changes: &[Change]) -> Option<Bump> {
    let any = |test: fn(&Change) -> bool| changes.iter().any(test);
    match () {
        () if any(|change| change.verdicts.source == Verdict::Breaking) => Some(Bump::Major),
        () if any(|change| change.verdicts.is_breaking() || change.is_addition()) => Some(Bump::Minor),
        () => (!changes.is_empty()).then_some(Bump::Patch),
    }
}

/// Sorts changes by their groups, and breaking changes first. The groups keep the order of their first changes, but groups with
/// breaking changes are first.
fn sort(changes: &mut [Change]) {
    let mut order: HashMap<String, (bool, usize)> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        let entry = order.entry(change.group.clone()).or_insert((true, index));
        entry.0 &= !change.verdicts.is_breaking();
    }
    changes.sort_by_key(|change| (order.get(&change.group).copied(), !change.verdicts.is_breaking()));
}

fn document_change(snapshots: Pair<&Snapshot>, precomputed: &wire::Precomputed<'_>, difference: Difference) -> Change {
    let items::Concerned { items, members } = items::concerned(snapshots, &difference);
    let group = match difference.subject {
        Subject::Api => "API".to_owned(),
        Subject::Webhook(_) => "webhooks".to_owned(),
        Subject::Operation(_) => {
            // The last method is that of the handle. The others are setters.
            let method = items.iter().rfind(|path| path.ends_with("()"));
            method
                .and_then(|path| path.rsplit_once("::"))
                .map_or_else(|| "API".to_owned(), |(path, _)| items::group(path))
        }
        Subject::Type(_) => items.first().map_or_else(|| "models".to_owned(), |path| items::group(path)),
    };
    Change {
        code: codes::of_difference(&difference),
        group,
        verdicts: wire::verdicts(snapshots, precomputed, &difference),
        is_required: sides::adds_required(snapshots, &difference),
        side: sides::of(snapshots, &difference),
        is_overridden: settings::effect_of_end(snapshots, &difference) == Some(EndEffect::Ignored),
        differences: vec![difference.clone()],
        cause: Cause::Document(difference),
        items,
        members,
        item_changes: Vec::new(),
    }
}

fn rename_change(new: &surface::Surface, rename: Rename) -> Change {
    // A deprecated alias under the old name would keep programs compiling, but the generator writes none.
    let is_breaking = !new.items.contains_key(&rename.old);
    let members = [&rename.old, &rename.new].map(|path| path.rsplit("::").next().unwrap_or_default().to_owned());
    let request = rename.request.iter().flat_map(|names| [names.theirs.clone(), names.ours.clone()]);
    let verdicts = Verdicts {
        source: Verdict::breaking_if(is_breaking),
        old_clients: Verdict::breaking_if(rename.is_on_wire && rename.is_required_in_responses),
        new_clients: Verdict::breaking_if(rename.is_on_wire && rename.is_required_in_responses),
        request: Verdict::breaking_if(rename.is_on_wire && rename.is_in_requests),
    };
    Change {
        code: codes::of_rename(&rename).to_owned(),
        group: items::group(&rename.new),
        items: [rename.old.clone(), rename.new.clone()].into_iter().chain(request).collect(),
        differences: rename.differences.clone(),
        cause: Cause::Rename(rename),
        members: members.into(),
        verdicts,
        ..Change::default()
    }
}

impl Report {
    /// Returns the number of changes with a breaking verdict.
    pub fn breaking(&self) -> usize {
        self.changes.iter().filter(|change| change.verdicts.is_breaking()).count()
    }

    /// Returns the number of compatible changes that add something.
    pub fn additions(&self) -> usize {
        self.changes.iter().filter(|change| change.is_addition()).count()
    }

    /// Returns the change that decides the version.
    pub fn deciding_change(&self) -> Option<&Change> {
        match self.bump? {
            Bump::Major => self.changes.iter().find(|change| change.verdicts.source == Verdict::Breaking),
            Bump::Minor => self.changes.iter().find(|change| change.verdicts.is_breaking() || change.is_addition()),
            Bump::Patch => self.changes.first(),
        }
    }

    /// Returns the smallest version that may follow the version of the old crate.
    pub fn required_version(&self) -> Option<String> {
        next_version(&self.old_version, self.bump?)
    }

    /// Returns the problem of [`version_problem`](Self::version_problem) if a key sets the version of the old or of the new crate.
    /// Otherwise the version is that of the document, which need not follow the changes of the crate.
    pub fn version_warning(&self) -> Option<String> {
        self.version_problem().filter(|_| self.is_version_set)
    }

    /// Returns what is wrong if the version of the new crate is smaller than it must be, or if a version is not valid.
    pub fn version_problem(&self) -> Option<String> {
        version::problem(&self.old_version, &self.new_version, self.bump, &self.version_subject)
    }

    /// Returns the numbers of changes in one line.
    pub fn summary(&self) -> String {
        let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let others = self.changes.len() - self.breaking() - self.additions();
        let mut parts = vec![format!("{} breaking", self.breaking())];
        if self.additions() > 0 {
            parts.push(count(self.additions(), "addition", "additions"));
        }
        if others > 0 {
            parts.push(count(others, "other change", "other changes"));
        }
        parts.join(", ")
    }
}

impl Change {
    /// Returns whether the change breaks nothing and adds public items.
    pub fn is_addition(&self) -> bool {
        let is_added = |change: &ItemChange| change.old.is_none();
        !self.verdicts.is_breaking() && self.item_changes.iter().any(is_added)
    }
}
