//! The verdicts about decoding and about requests.

use std::collections::HashSet;

use super::bodies::{self, Bodies};
use super::media::{self, MediaTypes};
use super::narrowing::{includes, narrows};
use super::positions::{fields, in_position, position, property_position};
use super::replacements::{self, ReplacedTypes};
use super::security::AcceptedCredentials;
use super::servers::Servers;
use super::unions::{self, Discriminators};
use super::{Snapshot, Verdict, Verdicts, paging, settings, values};
use crate::compare::{self, Change, Difference, Fact, Pair, Step, Subject};
use crate::ir::{Api, Field, Operation, OperationId, Param, Record, Shape, Status, TypeDef, TypeId};

/// Facts about both APIs that are computed once for all differences.
pub(super) struct Precomputed<'a> {
    pub replaced: ReplacedTypes,
    pub discriminators: &'a Discriminators<'a>,
    pub media_types: MediaTypes,
    pub bodies: Pair<Bodies>,
    pub servers: Servers,
    pub credentials: AcceptedCredentials,
}

/// Returns the verdicts about a difference, without the verdict about source code.
pub(super) fn verdicts(snapshots: Pair<&Snapshot>, precomputed: &Precomputed<'_>, difference: &Difference) -> Verdicts {
    if let Some(types) = replacements::replaced_types(&difference.change) {
        return in_position(precomputed.replaced.verdicts(types), position(snapshots, difference));
    }
    match difference.subject {
        Subject::Api => api(snapshots, precomputed, difference),
        Subject::Operation(ids) => {
            let operations = operations(snapshots, ids);
            let mut verdicts = match difference.path.get(1) {
                None => match &difference.change {
                    Change::Added(Fact::StreamEnd(item)) | Change::Missing(Fact::StreamEnd(item)) => {
                        let is_added = matches!(difference.change, Change::Added(_));
                        settings::stream_end_verdicts(snapshots, operations, item, is_added)
                    }
                    Change::Missing(Fact::Paging(_)) | Change::Changed(Pair { ours: Fact::Paging(_), .. }) => {
                        pagination(snapshots, operations)
                    }
                    change => operation(snapshots, precomputed, ids, change),
                },
                Some(Step::Param(location, wire)) => {
                    let param = ids.ours.and_then(|id| {
                        let index = snapshots.ours.param_index(id, *location, wire)?;
                        snapshots.ours.api.operations[id].params.get(index)
                    });
                    param_verdicts(snapshots, param, difference)
                }
                Some(Step::Response(status)) => response(snapshots, precomputed, operations, *status, difference),
                _ => Verdicts::default(),
            };
            if verdicts.request == Verdict::Breaking
                && bodies::is_still_accepted(snapshots, &precomputed.bodies, ids, difference)
            {
                verdicts.request = Verdict::Compatible;
            }
            verdicts
        }
        Subject::Webhook(_) => webhook(snapshots, difference),
        Subject::Type(types) => {
            let verdicts = between_types(snapshots, precomputed.discriminators, types, difference);
            in_position(verdicts, position(snapshots, difference))
        }
    }
}

/// Returns the verdicts about a difference between two types in requests and in responses.
pub(super) fn between_types(
    snapshots: Pair<&Snapshot>,
    discriminators: &Discriminators<'_>,
    types: Pair<TypeId>,
    difference: &Difference,
) -> Verdicts {
    let defs = Pair { ours: &snapshots.ours.api.types[types.ours], theirs: &snapshots.theirs.api.types[types.theirs] };
    let fields = fields(snapshots, types, difference);
    let refuses = match &difference.change {
        Change::Added(Fact::Tag(tag)) => unions::may_refuse(snapshots, types, tag),
        _ => false,
    };
    let verdicts = type_verdicts(snapshots, defs, fields, difference);
    let verdicts = verdicts.max(discriminators.verdicts(snapshots, difference)).max(request(refuses));
    in_position(verdicts, property_position(fields))
}

fn request(is_breaking: bool) -> Verdicts {
    Verdicts { request: Verdict::breaking_if(is_breaking), ..Verdicts::default() }
}

fn api(snapshots: Pair<&Snapshot>, precomputed: &Precomputed<'_>, difference: &Difference) -> Verdicts {
    let is_variable = !difference.path.is_empty();
    request(match &difference.change {
        Change::Added(Fact::Present) => false,
        change if is_variable => narrows(change),
        // The operations that need other credentials are changes of their own.
        Change::Added(Fact::Scheme(_)) | Change::Missing(Fact::Scheme(_)) => false,
        Change::Added(Fact::TokenUrl(_)) => false,
        Change::Missing(Fact::TokenUrl(url)) | Change::Changed(Pair { theirs: Fact::TokenUrl(url), .. }) => {
            precomputed.servers.lose_token_url(url)
        }
        _ => precomputed.servers.are_moved(snapshots),
    })
}

fn operations(snapshots: Pair<&Snapshot>, ids: Pair<Option<OperationId>>) -> Pair<Option<&Operation>> {
    Pair {
        ours: ids.ours.map(|id| &snapshots.ours.api.operations[id]),
        theirs: ids.theirs.map(|id| &snapshots.theirs.api.operations[id]),
    }
}

fn operation(
    snapshots: Pair<&Snapshot>,
    precomputed: &Precomputed<'_>,
    ids: Pair<Option<OperationId>>,
    change: &Change,
) -> Verdicts {
    let operations = operations(snapshots, ids);
    request(match change {
        Change::Added(Fact::Body(_)) => operations.ours.is_some_and(|operation| operation.requires_body),
        Change::Missing(Fact::Security(sent)) => {
            operations.ours.is_some_and(needs_credentials) && !precomputed.credentials.include(ids, sent)
        }
        Change::Added(Fact::Server(_))
        | Change::Missing(Fact::Server(_))
        | Change::Changed(Pair { ours: Fact::Path(_) | Fact::Server(_), .. }) => match operations {
            Pair { ours: Some(ours), theirs: Some(theirs) } => {
                !precomputed.servers.have_old_url(snapshots, Pair { ours, theirs })
            }
            _ => true,
        },
        Change::Added(Fact::Scope(_)) | Change::Missing(Fact::CredentialsOptional) => {
            operations.ours.is_some_and(needs_credentials)
        }
        Change::Added(_) => false,
        Change::Missing(fact) => matches!(fact, Fact::Present | Fact::Body(_)),
        Change::Changed(pair) => matches!(pair.ours, Fact::Method(_) | Fact::Body(_)),
    })
}

/// Returns the verdicts about another pagination. Its parameters are changes of their own.
fn pagination(snapshots: Pair<&Snapshot>, operations: Pair<Option<&Operation>>) -> Verdicts {
    let Pair { ours: Some(ours), theirs: Some(theirs) } = operations else { return Verdicts::default() };
    let reads = paging::reads_pages(snapshots, Pair { ours, theirs });
    Verdicts::of_decoding(!reads.theirs, !reads.ours)
}

fn needs_credentials(operation: &Operation) -> bool {
    !operation.security.is_empty() && !operation.has_optional_credentials
}

fn param_verdicts(snapshots: Pair<&Snapshot>, param: Option<&Param>, difference: &Difference) -> Verdicts {
    let is_value = difference.path.len() > 2;
    request(match &difference.change {
        Change::Added(Fact::Present) if !is_value => {
            param.is_some_and(|param| param.required && param.default.is_none())
        }
        Change::Added(Fact::Required) if param.is_some_and(|param| param.default.is_some()) => false,
        Change::Missing(Fact::Present) => true,
        Change::Missing(Fact::Nullable) if difference.path.len() <= 3 => param.is_none_or(values::sends_null),
        _ => narrows_values(snapshots, difference),
    })
}

fn response(
    snapshots: Pair<&Snapshot>,
    precomputed: &Precomputed<'_>,
    operations: Pair<Option<&Operation>>,
    status: Status,
    difference: &Difference,
) -> Verdicts {
    let is_success =
        |operation: Option<&Operation>| operation.is_some_and(|operation| operation.is_success_status(status));
    let (new, old) = (is_success(operations.ours), is_success(operations.theirs));
    if let Some(Step::Header(_)) = difference.path.get(2) {
        return Verdicts::default();
    }
    match &difference.change {
        Change::Added(Fact::Present) | Change::Missing(Fact::Present) if difference.path.len() == 2 => {
            let is_added = matches!(difference.change, Change::Added(_));
            match media::bodies_are_equal(snapshots, operations) {
                true => Verdicts::default(),
                false => Verdicts::of_decoding(is_added && new, !is_added && old),
            }
        }
        _ if !new && !old => match media::have_json_errors(snapshots, operations, status, &difference.path) {
            Pair { ours: true, theirs: true } => value_verdicts(snapshots, difference),
            Pair { ours: new, theirs: old } => Verdicts::of_decoding(old, new),
        },
        Change::Added(Fact::Body(_)) => Verdicts::of_decoding(false, true),
        Change::Missing(Fact::Body(_)) => Verdicts::of_decoding(true, false),
        change if matches!(change.fact(), Fact::MediaType(_)) => precomputed.media_types.verdicts(difference),
        _ => value_verdicts(snapshots, difference),
    }
}

/// Returns the verdicts about a webhook. The API sends the request, so the program decodes the payload and sends the response.
fn webhook(snapshots: Pair<&Snapshot>, difference: &Difference) -> Verdicts {
    match (difference.path.get(1), &difference.change) {
        // A program that does not know any of the names decodes the event as `Unknown`.
        (None, Change::Changed(Pair { ours: Fact::EventNames(new), theirs: Fact::EventNames(old) })) => {
            let old: HashSet<&String> = old.iter().collect();
            let are_other = !new.iter().any(|name| old.contains(name));
            Verdicts::of_decoding(are_other, are_other)
        }
        // A program decodes an undocumented event as `Unknown`. It reads JSON, forms and queries, whatever the method is.
        (None, _) => Verdicts::default(),
        (Some(Step::Payload), Change::Added(Fact::Present)) if difference.path.len() == 2 => {
            Verdicts::of_decoding(false, true)
        }
        (Some(Step::Payload), Change::Missing(Fact::Present)) if difference.path.len() == 2 => {
            Verdicts::of_decoding(true, false)
        }
        (Some(Step::Payload), _) => value_verdicts(snapshots, difference),
        // A program need not send a header.
        (Some(Step::Response(_)), _) if matches!(difference.path.get(2), Some(Step::Header(_))) => Verdicts::default(),
        (Some(Step::Response(_)), change) => request(match change {
            Change::Added(Fact::Present) => difference.path.len() > 2,
            change => {
                let is_body = matches!(change, Change::Added(Fact::Body(_)) | Change::Missing(Fact::Body(_)));
                narrows_values(snapshots, difference)
                    || is_body
                    || matches!(change, Change::Missing(Fact::MediaType(_)))
            }
        }),
        _ => Verdicts::default(),
    }
}

/// Returns the verdicts about a value such as an item or the body of a response.
fn value_verdicts(snapshots: Pair<&Snapshot>, difference: &Difference) -> Verdicts {
    match &difference.change {
        Change::Added(Fact::Nullable) => Verdicts::of_decoding(true, false),
        Change::Missing(Fact::Nullable) => Verdicts::of_decoding(false, true),
        Change::Changed(Pair { ours: Fact::Type(new), theirs: Fact::Type(old) }) => {
            let reads_values = values::reads(snapshots, difference);
            // The API sends the same values as before if only the crate no longer closes an enum.
            let is_opened = old.strip_prefix("closed ") == Some(new);
            Verdicts::of_decoding(
                !reads_values.theirs && !is_opened && !reads(old, new),
                !reads_values.ours && !reads(new, old),
            )
        }
        Change::Added(Fact::Type(_)) => Verdicts::of_decoding(false, true),
        Change::Missing(Fact::Type(_)) => Verdicts::of_decoding(true, false),
        // The number of items of a tuple.
        Change::Added(Fact::Present) | Change::Missing(Fact::Present) => Verdicts::of_decoding(true, true),
        _ => Verdicts::default(),
    }
}

/// Returns whether the server accepts fewer values of a node than before.
fn narrows_values(snapshots: Pair<&Snapshot>, difference: &Difference) -> bool {
    narrows(&difference.change)
        && !match &difference.change {
            Change::Changed(Pair { ours: Fact::Type(_), .. }) => values::accepts_old(snapshots, difference),
            Change::Added(Fact::Constraint(constraint))
            | Change::Changed(Pair { ours: Fact::Constraint(constraint), .. }) => {
                values::allows_old_enum(snapshots, difference, constraint)
            }
            Change::Changed(Pair { ours: Fact::Encoding(_), .. }) => {
                values::is_written_as_before(snapshots, difference)
            }
            _ => false,
        }
}

/// Returns whether a program decodes values of the type `written` as the type `read`.
fn reads(read: &str, written: &str) -> bool {
    includes(read, written)
        // Open enums and unions decode unknown values as `Unknown`.
        || read == "enum" && includes("string", written)
        // The types of URIs and UUIDs are `String`.
        || matches!(read, "uri" | "uuid") && includes("string", written)
        || read == "integer enum" && includes("int64", written)
        || matches!(read, "enum of values" | "union")
        || read == "float" && includes("double", written)
}

fn type_verdicts(
    snapshots: Pair<&Snapshot>,
    defs: Pair<&TypeDef>,
    fields: Pair<Option<&Field>>,
    difference: &Difference,
) -> Verdicts {
    let is_open = |def: &TypeDef| matches!(&def.shape, Shape::Record(record) if !record.is_closed);
    let request = request(match difference.change {
        // Without `additionalProperties`, an object may have any property as well.
        Change::Missing(Fact::AdditionalProperties) => !is_open(defs.ours),
        Change::Missing(Fact::EnumValue(_)) | Change::Changed(Pair { ours: Fact::EnumValue(_), .. })
            if defs.ours.allows_other_strings =>
        {
            false
        }
        _ => narrows_values(snapshots, difference),
    })
    .request;
    match difference.path.get(1) {
        None => Verdicts { request, ..own_verdicts(snapshots, defs, difference) },
        Some(Step::Property(_)) if difference.path.len() == 2 => {
            let mut verdicts = property(snapshots, fields, difference);
            let [new, old] = [&snapshots.ours.api, &snapshots.theirs.api];
            match difference.change {
                Change::Added(Fact::Present) if is_misread((old, defs.theirs), (new, fields.ours)) => {
                    verdicts.old_clients = Verdict::Breaking;
                }
                Change::Missing(Fact::Present) if is_misread((new, defs.ours), (old, fields.theirs)) => {
                    verdicts.new_clients = Verdict::Breaking;
                }
                _ => {}
            }
            Verdicts { request: property_request(snapshots, fields, difference), ..verdicts }
        }
        Some(Step::UnionVariant(_)) if difference.path.len() == 2 => {
            let is_added = matches!(difference.change, Change::Added(Fact::Present));
            let is_accepted = is_added || values::is_still_accepted(snapshots, difference);
            Verdicts { request: if is_accepted { Verdict::Compatible } else { request }, ..Verdicts::default() }
        }
        Some(_) => Verdicts { request, ..value_verdicts(snapshots, difference) },
    }
}

/// Returns whether a program that does not declare a property fails to read it as one of the additional properties. `reader` is the
/// type in that program.
fn is_misread((api, reader): (&Api, &TypeDef), (field_api, field): (&Api, Option<&Field>)) -> bool {
    let (Shape::Record(Record { additional: Some(additional), .. }), Some(field)) = (&reader.shape, field) else {
        return false;
    };
    let ((read, reads_null), (written, is_nullable)) =
        (compare::value_type(api, additional), compare::value_type(field_api, &field.ty));
    let has_parts = matches!(read.as_str(), "object" | "array" | "map" | "tuple");
    read != "any" && (has_parts || !reads(&read, &written) || (is_nullable || field.nullable) && !reads_null)
}

/// Returns the verdicts about a fact of the type itself.
fn own_verdicts(snapshots: Pair<&Snapshot>, defs: Pair<&TypeDef>, difference: &Difference) -> Verdicts {
    match &difference.change {
        Change::Added(Fact::EnumValue(_)) => Verdicts::of_decoding(defs.theirs.is_closed, false),
        Change::Missing(Fact::EnumValue(_)) => Verdicts::of_decoding(false, defs.ours.is_closed),
        Change::Changed(Pair { ours: Fact::EnumValue(_), .. }) => {
            Verdicts::of_decoding(defs.theirs.is_closed, defs.ours.is_closed)
        }
        // With another discriminator, all values are decoded as `Unknown`.
        Change::Changed(Pair { ours: Fact::Tag(_), .. }) => Verdicts::of_decoding(true, true),
        // One kind of type replaced another.
        Change::Changed(Pair { ours: Fact::Type(_), .. }) => value_verdicts(snapshots, difference),
        _ => Verdicts::default(),
    }
}

fn property(snapshots: Pair<&Snapshot>, fields: Pair<Option<&Field>>, difference: &Difference) -> Verdicts {
    // A missing property that may be `null` is decoded as `None`.
    let must_be_present = |field: Option<&Field>| field.is_some_and(|field| field.required && !field.nullable);
    let (new, old) = (must_be_present(fields.ours), must_be_present(fields.theirs));
    match &difference.change {
        Change::Added(Fact::Present) => Verdicts::of_decoding(false, new),
        Change::Missing(Fact::Present) => Verdicts::of_decoding(old, false),
        change
        @ (Change::Added(Fact::Required | Fact::Nullable) | Change::Missing(Fact::Required | Fact::Nullable)) => {
            let is_added = matches!(change, Change::Added(_));
            let is_nullable = matches!(change, Change::Added(Fact::Nullable) | Change::Missing(Fact::Nullable));
            match is_added != is_nullable {
                true => Verdicts::of_decoding(false, new),
                false => Verdicts::of_decoding(old, false),
            }
        }
        Change::Added(Fact::WriteOnly) => Verdicts::of_decoding(old, false),
        Change::Missing(Fact::WriteOnly) => Verdicts::of_decoding(false, new),
        _ => value_verdicts(snapshots, difference),
    }
}

fn property_request(snapshots: Pair<&Snapshot>, fields: Pair<Option<&Field>>, difference: &Difference) -> Verdict {
    Verdict::breaking_if(match &difference.change {
        Change::Added(Fact::Present) => {
            fields.ours.is_some_and(|field| field.required && !field.read_only && field.default.is_none())
        }
        Change::Missing(Fact::Present) => fields.theirs.is_some_and(|field| !field.read_only),
        // A server uses the default if a request has no value.
        Change::Added(Fact::Required) if fields.ours.is_some_and(|field| field.default.is_some()) => false,
        _ => narrows_values(snapshots, difference),
    })
}
