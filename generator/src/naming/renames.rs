//! The names that the configuration gives to locations of the document (`[[rename]]`).

use std::collections::HashSet;

use super::Naming;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::Shape;
use crate::source::Pointer;

impl Naming<'_> {
    /// Returns the configured name of a location, or its wire name.
    pub(super) fn configured_name<'n>(&'n self, origin: &Pointer, wire: &'n str) -> &'n str {
        if self.renames.is_empty() {
            return wire;
        }
        self.renames.get(origin.to_string().as_str()).copied().unwrap_or(wire)
    }

    /// Reports configured names whose locations have no generated item.
    pub(super) fn check_renames(&mut self) {
        if self.renames.is_empty() {
            return;
        }
        let named = self.named_locations();
        for rename in &self.config.rename {
            let at = rename.at.get_ref().as_str();
            if named.contains(at) {
                continue;
            }
            let (message, help) = match self.api.schemas_without_type.get(at) {
                Some(true) => (
                    format!("no type is generated for `{at}`: its properties are in the types of other schemas"),
                    "rename the schemas that refer to it, or remove this entry",
                ),
                Some(false) => {
                    (format!("no type is generated for `{at}`"), "remove this entry: no operation uses the schema")
                }
                None => (
                    format!("no item is generated for `{at}`"),
                    "write the location of a schema, a property, an operation or a parameter",
                ),
            };
            let diagnostic = Diagnostic::error(code::CONFIG_VALUE, Location::Config(rename.at.span()), message);
            self.diagnostics.push(diagnostic.help(help));
        }
    }

    /// Returns the locations of all items with generated names.
    fn named_locations(&self) -> HashSet<String> {
        let mut locations: HashSet<String> = HashSet::new();
        for (_, def) in self.api.types.iter() {
            let members: Vec<&Pointer> = match &def.shape {
                Shape::Record(record) => record.fields.iter().map(|field| &field.origin).collect(),
                Shape::StringEnum(variants) => variants.iter().map(|variant| &variant.origin).collect(),
                Shape::ValueEnum(values) => values.values.iter().map(|literal| &literal.origin).collect(),
                Shape::Union(union) => union.variants.iter().map(|variant| &variant.origin).collect(),
                _ => Vec::new(),
            };
            locations.extend([&def.origin].into_iter().chain(members).map(Pointer::to_string));
        }
        for (_, operation) in self.api.operations.iter() {
            let params = operation.params.iter().map(|param| &param.origin);
            locations.extend([&operation.origin].into_iter().chain(params).map(Pointer::to_string));
        }
        locations.extend(self.api.all_webhooks().map(|webhook| webhook.origin.to_string()));
        locations
    }
}
