//! The names with which the API sends its events.

use super::Snapshot;
use crate::compare::{Change, Difference, Fact, Pair, Step, Subject};
use crate::webhook_names::EventName;

/// Returns a difference for each event that the API sends with another name: the value of a property, the value of a header, or the
/// last segment of a path. The file codegen.toml says which of them programs read.
pub(super) fn differences(snapshots: Pair<&Snapshot>, counterparts: &[Subject]) -> Vec<Difference> {
    let names = snapshots.map(names);
    let webhooks = counterparts.iter().filter_map(|subject| match *subject {
        Subject::Webhook(Pair { ours: Some(ours), theirs: Some(theirs) }) => {
            let groups = Pair { ours: names.ours.get(ours.group)?, theirs: names.theirs.get(theirs.group)? };
            // A name at another location is a change of codegen.toml.
            let names =
                Pair { ours: groups.ours.by_event.get(ours.event)?, theirs: groups.theirs.by_event.get(theirs.event)? };
            (groups.ours.location == groups.theirs.location && names.ours != names.theirs).then_some(())?;
            let webhooks = Pair {
                ours: snapshots.ours.api.webhooks.get(ours.group)?.events.get(ours.event)?,
                theirs: snapshots.theirs.api.webhooks.get(theirs.group)?.events.get(theirs.event)?,
            };
            Some(Difference {
                subject: *subject,
                path: vec![Step::Webhook(webhooks.ours.name.clone())],
                change: Change::Changed(names.map(|names| Fact::EventNames(names.clone()))),
                origins: webhooks.map(|webhook| webhook.origin.clone()),
            })
        }
        _ => None,
    });
    webhooks.collect()
}

/// The names of the events of a group.
struct Names {
    /// The location of the name in a request.
    location: EventName,
    /// The names of each event. There are none if requests do not have the name of the event.
    by_event: Vec<Vec<String>>,
}

fn names(snapshot: &Snapshot) -> Vec<Names> {
    let groups = snapshot.api.webhooks.iter().map(|group| {
        let location = EventName::of(&snapshot.config.webhooks, &snapshot.api, group);
        let names = match location {
            EventName::Only | EventName::Method => Vec::new(),
            _ => location.values(&snapshot.api, group),
        };
        let by_event = names.into_iter().map(|names| names.into_iter().map(str::to_owned).collect()).collect();
        Names { location, by_event }
    });
    groups.collect()
}
