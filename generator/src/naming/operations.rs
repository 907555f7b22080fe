//! Names operations: their request types, methods, parameters and response enums.

use std::collections::{HashMap, HashSet};

use super::scope::NameScope;
use super::{Naming, OperationName, case, first_free, reserved};
use crate::ir::{Alternative, Layout, Operation, OperationId, Param, ParamLocation, ResponseBody};
use crate::normalize::media_type_essence;
use crate::source::Pointer;

impl Naming<'_> {
    /// Returns the name of an operation before its conversion to a Rust name. If the request body has several media
    /// types, the name for each further media type has a suffix, such as `as form`.
    fn operation_wire(&self, operation: &Operation) -> String {
        let wire = self.configured_name(&operation.origin, &operation.name);
        let suffix = operation.body_format.iter().map(|format| format!(" as {format}")).collect::<String>();
        format!("{}{suffix}", wire.strip_suffix(&suffix).unwrap_or(wire))
    }

    /// Returns the names of the request types. If a schema has the same name as the operation, the request type gets
    /// the suffix `Request`.
    pub(super) fn request_types(&mut self, operations: &[&Operation]) -> Vec<String> {
        let wires: Vec<String> = operations.iter().map(|operation| self.operation_wire(operation)).collect();
        let origins: Vec<&Pointer> = operations.iter().map(|operation| &operation.origin).collect();
        self.with_type_scope(|naming, type_scope| {
            let claimed = type_scope.claim_all(&origins, |index, attempt| {
                let wire = &wires[index];
                Some(case::type_name(&match attempt {
                    0 => wire.clone(),
                    1 => format!("{wire} request"),
                    2 => format!("{wire} operation"),
                    attempt => format!("{} request", case::spelling(wire, attempt - 1)?),
                }))
            });
            let names = claimed.into_iter().zip(operations).map(|(name, operation)| {
                name.unwrap_or_else(|name| naming.claim(type_scope, name, &operation.id, &operation.origin))
            });
            names.collect()
        })
    }

    /// Returns all names of an operation. `request` is the name of its request type.
    pub(super) fn operation_name(&mut self, id: OperationId, operation: &Operation, request: String) -> OperationName {
        let wire = self.operation_wire(operation);
        let method = match (&self.api.layout, operation.role.as_str()) {
            (Layout::Tree, Some(role)) => match &operation.body_format {
                Some(variant) => case::value_name(&format!("{role} as {variant}")),
                None => role.to_owned(),
            },
            _ => self.method_in_group(self.api.client_resource(id).0, operation, &wire),
        };
        let mut scope = NameScope::default();
        let params = self.param_names(&mut scope, operation);
        let response_enum = match operation.response_body() {
            ResponseBody::ByStatus(_) => self.response_enum(operation, &request),
            _ => String::new(),
        };
        let alternatives = self.alternative_methods(&mut scope, operation);
        OperationName { request, method, params, response_enum, alternatives, stream_method: String::new() }
    }

    /// Returns the name of the response enum, which has a variant for each status.
    fn response_enum(&mut self, operation: &Operation, request: &str) -> String {
        let candidates = ["Response", "Outcome", "Reply"].map(|suffix| format!("{request}{suffix}"));
        let name = candidates.iter().find(|name| !self.type_scope.has(name)).unwrap_or(&candidates[0]).clone();
        self.claim_type(name, &operation.id, &operation.origin)
    }

    /// Returns the names of the methods that request other media types than the default. The name contains the subtype.
    /// If two names would be equal, both contain more of the media type.
    fn alternative_methods(&mut self, scope: &mut NameScope, operation: &Operation) -> Vec<String> {
        let alternatives: Vec<&Alternative> = operation.alternatives().collect();
        let origins: Vec<&Pointer> = alternatives.iter().map(|alternative| &alternative.origin).collect();
        let defaults = operation.success_responses_with_body().filter_map(|response| response.media_types.first());
        let defaults: HashSet<(&str, String)> =
            defaults.map(|name| (name.as_str(), media_type_essence(name))).collect();
        let claimed = scope.claim_all(&origins, |index, attempt| {
            let name = alternatives[index].media_types.first().map_or("", String::as_str);
            let essence = media_type_essence(name);
            let (kind, subtype) = essence.split_once('/').unwrap_or(("", &essence));
            // If the media type differs from a default media type only in its parameters, the subtype does not
            // distinguish the media types. The name then contains the whole media type with its parameters.
            let differs_in_parameters =
                defaults.iter().any(|(default, default_essence)| *default != name && *default_essence == essence);
            let words = match (attempt, subtype) {
                (0 | 1, _) if differs_in_parameters => String::new(),
                (0, "*") => kind.to_owned(),
                (0, subtype) => subtype.to_owned(),
                (1, subtype) => format!("{kind} {subtype}"),
                (2, _) => name.to_owned(),
                (attempt, _) => case::spelling(name, attempt - 2)?,
            };
            if words.is_empty() {
                return Some(words);
            }
            Some(case::escape(case::value_name(&format!("as {words}")), reserved::is_request_method))
        });
        let names = claimed.into_iter().zip(&alternatives);
        names
            .map(|(name, alternative)| name.unwrap_or_else(|name| self.claim(scope, name, "as", &alternative.origin)))
            .collect()
    }

    /// Returns the names of the parameters. If parameters at different locations in the request have the same name,
    /// each name gets the location as a suffix, such as `_query`.
    fn param_names(&mut self, scope: &mut NameScope, operation: &Operation) -> Vec<String> {
        let is_reserved = match operation.paging {
            Some(_) => reserved::is_list_method,
            None => reserved::is_request_method,
        };
        let wires = self.param_wires(operation, is_reserved);
        // The path parameters of a handle claim no names, because they are not arguments of the method.
        let is_argument = |param: &Param| self.api.is_request_argument(param);
        let is_body = |param: &Param| matches!(param.location, ParamLocation::Body(_));
        let arguments = operation.params.iter().zip(&wires).filter(|(param, _)| is_argument(param) && !is_body(param));
        let arguments: Vec<_> = arguments.map(|(param, wire)| (wire.as_str(), &param.origin)).collect();
        let argument_name = |wire: &str| case::escape(case::value_name(wire), is_reserved);
        let mut names = self.member_names(scope, arguments.into_iter(), argument_name).into_iter();
        let body = first_free(scope, &["body", "request_body", "whole_body"]);
        let name = |param: &Param| match param.location {
            _ if !self.api.is_request_argument(param) => case::value_name(&param.wire),
            ParamLocation::Body(_) => body.clone(),
            _ => names.next().unwrap_or_default(),
        };
        operation.params.iter().map(name).collect()
    }

    /// Returns the wire names of the parameters. A wire name that would lead to an equal or confusing Rust name is
    /// changed.
    fn param_wires(&self, operation: &Operation, is_reserved: fn(&str) -> bool) -> Vec<String> {
        let argument_name = |param: &Param| self.api.is_request_argument(param).then(|| case::value_name(&param.wire));
        let names: Vec<Option<String>> = operation.params.iter().map(argument_name).collect();
        let mut locations: HashMap<&String, HashSet<ParamLocation>> = HashMap::new();
        for (param, name) in operation.params.iter().zip(&names) {
            if let Some(name) = name {
                locations.entry(name).or_default().insert(param.location);
            }
        }
        // A parameter for the page size with a reserved name, such as `limit`, is called `page_size` and not `limit_`.
        let page_size = operation.paging.as_ref().and_then(|paging| paging.page_size.as_ref()).map(|(wire, _)| wire);
        let is_page_size_free = !names.iter().flatten().any(|name| name == "page_size");
        let is_renamed = |param: &Param| {
            param.location == ParamLocation::Query
                && page_size == Some(&param.wire)
                && is_page_size_free
                && is_reserved(&case::value_name(&param.wire))
        };
        let wires = operation.params.iter().zip(&names).map(|(param, name)| {
            if is_renamed(param) {
                return "page_size".to_owned();
            }
            match name.as_ref().is_some_and(|name| locations[name].len() > 1) {
                true => format!("{}_{}", param.wire, param.location.as_str()),
                false => param.wire.clone(),
            }
        });
        wires.collect()
    }
}
