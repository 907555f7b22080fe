//! Finds whether the server still accepts the request body of old clients. The crate has an operation for each media type of a body, and
//! the default media type may have changed.

use std::collections::HashMap;

use super::{Snapshot, values};
use crate::compare::{Change, Difference, Fact, Pair, Step};
use crate::ir::{Api, BodyKind, Operation, OperationId, Param, ParamLocation};
use crate::normalize::media_type_essence;
use crate::source::Pointer;

/// The encodings of the request bodies of an API.
#[derive(Debug)]
pub(super) struct Bodies {
    /// The encoding that each operation sends: a form, or a media type.
    encodings: HashMap<OperationId, String>,
    /// The operation of the crate that sends a body in an encoding, by the location of the operation in the document.
    operations: HashMap<(Pointer, String), OperationId>,
}

impl Bodies {
    pub fn of(api: &Api) -> Self {
        let encoding = |(id, operation): (OperationId, &Operation)| Some((id, encoding(operation)?));
        let encodings: HashMap<OperationId, String> = api.operations.iter().filter_map(encoding).collect();
        let operations = encodings.iter().map(|(id, encoding)| {
            let origin = api.operations[*id].origin.clone();
            ((origin, encoding.clone()), *id)
        });
        Self { operations: operations.collect(), encodings }
    }
}

fn encoding(operation: &Operation) -> Option<String> {
    Some(match operation.body? {
        BodyKind::Form => "form".to_owned(),
        BodyKind::Multipart => "multipart".to_owned(),
        BodyKind::Value => media_type_essence(&body_param(operation)?.wire),
    })
}

fn body_param(operation: &Operation) -> Option<&Param> {
    operation.params.iter().find(|param| matches!(param.location, ParamLocation::Body(_)))
}

fn is_of_body(location: ParamLocation) -> bool {
    matches!(location, ParamLocation::Body(_) | ParamLocation::Form | ParamLocation::File)
}

/// Returns whether a difference is about the body of an operation that now sends another media type, and the server still accepts the
/// body that old clients send.
pub(super) fn is_still_accepted(
    snapshots: Pair<&Snapshot>,
    bodies: &Pair<Bodies>,
    ids: Pair<Option<OperationId>>,
    difference: &Difference,
) -> bool {
    let Pair { ours: Some(ours), theirs: Some(theirs) } = ids else { return false };
    let (new_encoding, old_encoding) = (bodies.ours.encodings.get(&ours), bodies.theirs.encodings.get(&theirs));
    let Some(encoding) = old_encoding.filter(|old| new_encoding != Some(*old)) else { return false };
    let key = (snapshots.ours.api.operations[ours].origin.clone(), encoding.clone());
    let Some(&accepting) = bodies.ours.operations.get(&key) else { return false };
    let (new, old) = (&snapshots.ours.api.operations[accepting], &snapshots.theirs.api.operations[theirs]);
    if new.requires_body && !old.requires_body {
        return false;
    }
    match difference.path.get(1) {
        None => {
            let is_new = |param: &&Param| snapshots.theirs.param_index(theirs, param.location, &param.wire).is_none();
            let mut fields = new.params.iter().filter(|param| !matches!(param.location, ParamLocation::Body(_)));
            matches!(difference.change.fact(), Fact::Body(_))
                && !fields.any(|param| is_of_body(param.location) && param.required && is_new(&param))
        }
        Some(Step::Param(location, wire)) if is_of_body(*location) => {
            let params = match old.body {
                Some(BodyKind::Value) => body_param(new).zip(body_param(old)),
                _ => {
                    let new_index = snapshots.ours.param_index(accepting, *location, wire);
                    let old_index = snapshots.theirs.param_index(theirs, *location, wire);
                    new_index.zip(old_index).and_then(|(ours, theirs)| new.params.get(ours).zip(old.params.get(theirs)))
                }
            };
            difference.change == Change::Added(Fact::Present)
                || params.is_some_and(|(ours, theirs)| {
                    // The body of each operation but the first is required in the crate.
                    let is_optional =
                        matches!(ours.location, ParamLocation::Body(_)) || !ours.required || theirs.required;
                    is_optional && values::param_accepts_old(snapshots, Pair { ours, theirs })
                })
        }
        _ => false,
    }
}
