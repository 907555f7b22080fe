//! Finds the headers for idempotency keys, by which a server recognises a repeated request.

use std::collections::{BTreeSet, HashMap};

use regex_lite::Regex;

use crate::config::is_extra_header;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{
    Arena, Constraint, Docs, Method, Operation, Param, ParamLocation, SchemeKind, SecurityScheme, Shape, Style, TypeRef,
};
use crate::lower::Lowering;

/// The headers that are idempotency keys in every document, in lower case.
const COMMON_NAMES: [&str; 2] = ["idempotency-key", "x-idempotency-key"];

/// A UUID like those that generated clients send.
const SAMPLE: &str = "5e2c9f0a-7b1d-4c38-9a6f-d04b8e71c253";

/// Whether a pattern matches [`SAMPLE`], by the pattern.
type Matches = HashMap<String, bool>;

impl Lowering<'_> {
    /// Marks the headers for idempotency keys of POST and PATCH operations. If no operation declares the header that
    /// codegen.toml names, adds it to all POST and PATCH operations without a header for idempotency keys.
    pub(crate) fn mark_idempotency_keys(&mut self, operations: &mut Arena<Operation>, security: &[SecurityScheme]) {
        let config = self.config;
        // The check of the configuration has already reported other names.
        let configured = config.client.idempotency_key.as_deref().filter(|name| is_extra_header(name));
        let configured = configured.filter(|name| !self.report_credential(name, security));
        let is_configured = |param: &Param| configured.is_some_and(|name| is_header(param, name));
        let is_common = |param: &Param| COMMON_NAMES.iter().any(|name| is_header(param, name));
        let is_declared = operations.iter().any(|(_, operation)| operation.params.iter().any(is_configured));
        let added = configured.filter(|_| !is_declared);
        let similar = added.and_then(|name| self.similar_header(name, operations));
        let (mut matches, mut is_used) = (Matches::new(), false);
        for operation in operations.values_mut().filter(|operation| can_have_key(operation)) {
            let params = &operation.params;
            let declared = params.iter().position(is_configured).or_else(|| params.iter().position(is_common));
            let index = declared.unwrap_or(params.len());
            if let (None, Some(name)) = (declared, added) {
                operation.params.push(header(name, operation));
            }
            let Some(param) = operation.params.get_mut(index) else { continue };
            param.is_idempotency_key = self.fits_uuid(param, &mut matches);
            is_used |= is_configured(param);
            if !param.is_idempotency_key {
                if matches!(self.resolved(&param.ty), TypeRef::Custom(_)) {
                    self.report_replaced_type(param);
                } else if is_configured(param) {
                    let message = format!("the header `{}` does not accept every UUID", param.wire);
                    let diagnostic =
                        Diagnostic::warning(code::CONFIG_VALUE, Location::Key(param.origin.clone()), message);
                    let help = "describe the header as a string that can be a UUID, or remove `client.idempotency_key` from codegen.toml";
                    let label = "the client does not generate this idempotency key";
                    self.diagnostics.push(diagnostic.label(label).help(help));
                }
            }
        }
        let Some(name) = configured.filter(|_| !is_used || similar.is_some()) else { return };
        let help = match similar {
            Some(similar) => format!("did you mean `{similar}`?"),
            None => "remove the key, or name a header of a POST or PATCH operation".to_owned(),
        };
        let location = config.location("client.idempotency_key");
        let diagnostic = match is_used {
            true => {
                let message = format!("no operation declares the header `{name}`");
                let label = "POST and PATCH operations without another idempotency key send this header";
                Diagnostic::warning(code::CONFIG_VALUE, location, message).label(label)
            }
            false => {
                let message = format!("no operation sends the idempotency key `{name}`");
                Diagnostic::error(code::CONFIG_VALUE, location, message)
            }
        };
        self.diagnostics.push(diagnostic.help(help));
    }

    /// Reports a header for idempotency keys in which the client sends a credential. Returns whether it is one.
    fn report_credential(&mut self, name: &str, security: &[SecurityScheme]) -> bool {
        let is_sent_in = |header: &str| header.eq_ignore_ascii_case(name);
        let scheme =
            security.iter().find(|scheme| matches!(&scheme.kind, SchemeKind::Header(header) if is_sent_in(header)));
        let Some(scheme) = scheme else { return false };
        let message = format!(
            "`{name}` is the header of the security scheme `{}`, so it cannot be an idempotency key",
            scheme.name
        );
        let location = self.config.location("client.idempotency_key");
        let help = "write the name of a header for idempotency keys, such as `Idempotency-Key`";
        self.diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, location, message).help(help));
        true
    }

    /// Reports a header for an idempotency key whose type is a Rust type from codegen.toml.
    fn report_replaced_type(&mut self, param: &Param) {
        let location = self.overrides.replacement_location(&param.origin.child("schema"));
        let message =
            format!("the client does not generate the idempotency key `{}`, because its type is replaced", param.wire);
        let diagnostic = Diagnostic::warning(
            code::CONFIG_VALUE,
            location.unwrap_or_else(|| Location::Key(param.origin.clone())),
            message,
        );
        self.diagnostics.push(diagnostic.help("remove the Rust type of this header from codegen.toml"));
    }

    /// Returns a declared header whose name is similar to the name of a header that no operation declares.
    fn similar_header(&mut self, name: &str, operations: &Arena<Operation>) -> Option<String> {
        let operations = operations.iter().map(|(_, operation)| operation).filter(|operation| can_have_key(operation));
        let params = operations.flat_map(|operation| &operation.params);
        let headers = params.filter(|param| param.location == ParamLocation::Header).map(|param| param.wire.as_str());
        let headers: BTreeSet<&str> = headers.collect();
        self.diagnostics.did_you_mean(name, headers).map(str::to_owned)
    }

    /// Returns whether a UUID is a valid value of a parameter.
    fn fits_uuid(&self, param: &Param, matches: &mut Matches) -> bool {
        let own = match self.resolved(&param.ty) {
            TypeRef::String | TypeRef::Uuid => &[],
            TypeRef::Named(id) => match &self.types[*id].shape {
                Shape::Newtype(constraints) => constraints.as_slice(),
                _ => return false,
            },
            _ => return false,
        };
        let mut constraints = own.iter().chain(&param.constraints);
        let fits = |constraint: &Constraint| match constraint {
            Constraint::MinLength(length) => *length <= SAMPLE.len(),
            Constraint::MaxLength(length) => *length >= SAMPLE.len(),
            Constraint::Pattern(pattern) => *matches
                .entry(pattern.clone())
                .or_insert_with(|| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(SAMPLE))),
            _ => true,
        };
        param.style == Style::Plain && constraints.all(fits)
    }
}

/// Returns whether requests of an operation can have an idempotency key. A list has none, because each of its pages is a
/// separate request.
fn can_have_key(operation: &Operation) -> bool {
    matches!(operation.method, Method::Post | Method::Patch) && operation.paging.is_none()
}

fn is_header(param: &Param, name: &str) -> bool {
    param.location == ParamLocation::Header && param.wire.eq_ignore_ascii_case(name)
}

/// Returns a parameter for a header that the document does not declare.
fn header(name: &str, operation: &Operation) -> Param {
    let docs = Docs::new(None, Some("The idempotency key, by which the API recognises a repeated request."));
    Param { docs, ..Param::new(name, ParamLocation::Header, TypeRef::String, operation.origin.clone()) }
}
