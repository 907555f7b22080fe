//! Compares the API itself, the variables of its servers, and its operations.

use std::collections::HashMap;

use super::counterparts::{Keys, counterparts};
use super::facts::{Fact, add_boolean_values, api_facts, operation_facts, param_facts, security_facts};
use super::{Comparer, Pair, Step, Subject, path_to, resolved};
use crate::ir::{Api, Operation, OperationId, Param, ParamLocation, Response, Segment, Style, TypeRef, Variable};
use crate::source::Pointer;

/// A parameter, with its position if it is in the path.
struct Positioned<'a> {
    param: &'a Param,
    position: Option<usize>,
}

impl<'a> Comparer<'a> {
    /// Compares the facts about the APIs, and their operations.
    pub(super) fn compare_apis(&mut self) {
        let Pair { ours, theirs } = self.apis;
        let ids = self.apis.map(operation_ids);
        let root = Pointer::root();
        let parents = Pair { ours: &root, theirs: &root };
        self.compare_facts(&[], parents, Pair { ours: api_facts(ours), theirs: api_facts(theirs) });
        self.compare_server_variables();
        let by_id: Keys<&Operation> = |operation| vec![operation.id.clone()];
        let by_path: Keys<&Operation> =
            |operation| vec![format!("{} {:?}", operation.method.as_str(), path_without_names(operation))];
        // An operation that is left out of one API cannot be compared, so it is not missing.
        let operations =
            Pair { ours: ours.operations_not_left_out_of(theirs), theirs: theirs.operations_not_left_out_of(ours) };
        for counterpart in counterparts(&operations.ours, &operations.theirs, &[by_id, by_path]) {
            let path = [Step::Operation(counterpart.first().id.clone())];
            let (ours_node, theirs_node) = counterpart.nodes();
            self.subject = Subject::Operation(Pair {
                ours: ours_node.and_then(|operation| ids.ours.get(&std::ptr::from_ref(*operation)).copied()),
                theirs: theirs_node.and_then(|operation| ids.theirs.get(&std::ptr::from_ref(*operation)).copied()),
            });
            if let Some(both) = self.both_nodes(&path, parents, counterpart, |operation| operation.origin.clone()) {
                self.nodes.push(self.subject);
                self.compare_operations(&path, both.map(|operation| *operation));
            }
        }
    }

    /// Compares the variables of the servers. Their defaults are a part of the URLs.
    fn compare_server_variables(&mut self) {
        let variables = self.apis.map(|api| api.server_variables().collect::<Vec<_>>());
        let by_name: Keys<&Variable> = |variable| vec![variable.name.clone()];
        let at = Pointer::root().child("servers");
        let origins = Pair { ours: &at, theirs: &at };
        for counterpart in counterparts(&variables.ours, &variables.theirs, &[by_name]) {
            let path = [Step::ServerVariable(counterpart.first().name.clone())];
            let Some(both) = self.both_nodes(&path, origins, counterpart, |_| at.clone()) else { continue };
            let are_limited = !both.ours.allowed.is_empty() && !both.theirs.allowed.is_empty();
            let facts = both.map(|variable| match variable.allowed.as_slice() {
                [] => vec![Fact::Type("string".to_owned())],
                _ if !are_limited => vec![Fact::Type("closed enum".to_owned())],
                values => values.iter().map(|value| Fact::EnumValue(value.as_str().into())).collect(),
            });
            self.compare_facts(&path, origins, facts);
        }
    }

    fn compare_operations(&mut self, path: &[Step], operations: Pair<&'a Operation>) {
        let origins = operations.map(|operation| &operation.origin);
        let mut facts = Pair {
            ours: operation_facts(self.apis.ours, operations.ours),
            theirs: operation_facts(self.apis.theirs, operations.theirs),
        };
        let security = security_facts(&self.scheme_kinds, operations);
        facts.ours.extend(security.ours);
        facts.theirs.extend(security.theirs);
        let has_equal_paths = path_without_names(operations.ours) == path_without_names(operations.theirs);
        if has_equal_paths {
            for facts in [&mut facts.ours, &mut facts.theirs] {
                facts.retain(|fact| !matches!(fact, Fact::Path(_)));
            }
        }
        self.compare_facts(path, origins, facts);
        let by_position: Keys<Positioned<'_>> =
            |positioned| positioned.position.map(|position| position.to_string()).into_iter().collect();
        // Header names have no case.
        let by_name_and_location: Keys<Positioned<'_>> = |positioned| match positioned.param.location {
            ParamLocation::Header => vec![format!("{} header", positioned.param.wire.to_ascii_lowercase())],
            location => vec![format!("{} {location:?}", positioned.param.wire)],
        };
        // An operation has one body. Its name is the media type.
        let by_body: Keys<Positioned<'_>> = |positioned| match positioned.param.location {
            ParamLocation::Body(_) => vec![String::new()],
            _ => Vec::new(),
        };
        let by_name: Keys<Positioned<'_>> = |positioned| vec![positioned.param.wire.clone()];
        let number = |operation: &Operation| operation.path.iter().filter_map(Segment::param).count();
        let have_positions = number(operations.ours) == number(operations.theirs);
        let params = operations.map(|operation| positioned(operation, have_positions));
        let mut kinds = [by_position, by_name_and_location, by_body, by_name];
        // If the paths differ, a name identifies a parameter better than its position.
        if !has_equal_paths {
            kinds.rotate_left(1);
        }
        for counterpart in counterparts(&params.ours, &params.theirs, &kinds) {
            let first = counterpart.first().param;
            let path = path_to(path, Step::Param(first.location, first.wire.clone()));
            if let Some(both) =
                self.both_nodes(&path, origins, counterpart, |positioned| positioned.param.origin.clone())
            {
                let both = both.map(|positioned| positioned.param);
                let (origins, types) = (both.map(|param| &param.origin), both.map(|param| &param.ty));
                let mut facts = facts_of_params(self.apis, both);
                add_boolean_values(self.apis, types, both.map(|param| param.constant), &mut facts);
                self.compare_values(&path, origins, types, facts);
            }
        }
        let by_status: Keys<Response> = |response| vec![format!("{:?}", response.status)];
        for counterpart in counterparts(&operations.ours.responses, &operations.theirs.responses, &[by_status]) {
            let path = path_to(path, Step::Response(counterpart.first().status));
            if let Some(both) = self.both_nodes(&path, origins, counterpart, |response| response.origin.clone()) {
                self.compare_responses(&path, both);
            }
        }
    }
}

/// Returns the facts about two parameters that are counterparts. The name of a path parameter is not sent, and the name of a request
/// body is its media type.
fn facts_of_params(apis: Pair<&Api>, params: Pair<&Param>) -> Pair<Vec<Fact>> {
    let is_array = |api: &Api, param: &Param| matches!(resolved(api, &param.ty), TypeRef::Array(_));
    let are_arrays = is_array(apis.ours, params.ours) && is_array(apis.theirs, params.theirs);
    let is_in = |test: fn(ParamLocation) -> bool| test(params.ours.location) && test(params.theirs.location);
    let are_in_path = is_in(|location| location == ParamLocation::Path);
    let are_bodies = is_in(|location| matches!(location, ParamLocation::Body(_)));
    params.map(|param| {
        let mut facts = param_facts(param);
        for fact in facts.iter_mut().filter(|_| are_arrays && param.style == Style::Plain) {
            if let (Fact::Encoding(encoding), Some(items)) = (fact, encoding_of_items(param.location)) {
                *encoding = encoding.replacen(Style::Plain.as_str(), items, 1);
            }
        }
        if are_in_path {
            facts.push(Fact::Name(param.wire.clone()));
        }
        if are_bodies {
            facts.retain(|fact| !matches!(fact, Fact::In(_) | Fact::Encoding(_)));
            facts.push(Fact::MediaType(param.wire.clone()));
        }
        facts
    })
}

/// Describes how a plain array is written, as the other styles of arrays are described.
fn encoding_of_items(location: ParamLocation) -> Option<&'static str> {
    match location {
        ParamLocation::Path | ParamLocation::Header => Some("comma separated"),
        ParamLocation::Query | ParamLocation::Cookie | ParamLocation::Form => Some("repeated"),
        ParamLocation::File | ParamLocation::Body(_) => None,
    }
}

/// Returns the parameters of an operation, with their positions in the path if the other operation has as many.
fn positioned(operation: &Operation, have_positions: bool) -> Vec<Positioned<'_>> {
    let names = operation.path.iter().filter_map(Segment::param).enumerate();
    let mut positions: HashMap<&str, usize> = HashMap::new();
    for (position, name) in names.filter(|_| have_positions) {
        positions.entry(name).or_insert(position);
    }
    let position = |param: &Param| {
        let position = positions.get(param.wire.as_str()).copied();
        position.filter(|_| param.location == ParamLocation::Path)
    };
    operation.params.iter().map(|param| Positioned { param, position: position(param) }).collect()
}

/// Returns the path of an operation without the names of its parameters, which are not sent.
fn path_without_names(operation: &Operation) -> Vec<Segment> {
    let segments = operation.path.iter().map(|segment| match segment {
        Segment::Param(_) => Segment::Param(String::new()),
        Segment::ParamSuffix(between, _) => Segment::ParamSuffix(between.clone(), String::new()),
        literal => literal.clone(),
    });
    segments.collect()
}

/// Returns the ids of all operations by their addresses.
fn operation_ids(api: &Api) -> HashMap<*const Operation, OperationId> {
    api.operations.iter().map(|(id, operation)| (std::ptr::from_ref(operation), id)).collect()
}
