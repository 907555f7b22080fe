//! Applies the options of single schemas, which are in `[[types.schemas]]` of codegen.toml.

use std::collections::{HashMap, HashSet};

use crate::config::{Config, SchemaOptions};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Api, Shape, TypeRef};
use crate::lower::Lowering;
use crate::source::Pointer;

/// The options of single schemas.
pub(crate) struct Overrides<'a> {
    /// The options, by the location of the schema.
    by_location: HashMap<&'a str, &'a SchemaOptions>,
    /// The locations at which a schema was lowered.
    found: HashSet<&'a str>,
}

impl<'a> Overrides<'a> {
    pub fn new(config: &'a Config) -> Self {
        let by_location = config.types.schemas.iter().map(|options| (options.at.get_ref().as_str(), options));
        Self { by_location: by_location.collect(), found: HashSet::new() }
    }

    /// Returns the options of the schema at a location.
    fn at(&mut self, at: &Pointer) -> Option<&'a SchemaOptions> {
        if self.by_location.is_empty() {
            return None;
        }
        let (location, options) = self.by_location.get_key_value(at.to_string().as_str())?;
        self.found.insert(location);
        Some(options)
    }
}

impl<'a> Lowering<'a> {
    /// Returns the type that codegen.toml sets for the schema at a location.
    pub(crate) fn replacement(&mut self, at: &Pointer) -> Option<TypeRef> {
        let path = self.overrides.at(at)?.replace.as_ref()?;
        Some(TypeRef::Custom(path.get_ref().clone()))
    }

    /// Reports options whose locations have no schema.
    pub(crate) fn check_overrides(&mut self, api: &Api) {
        let found = &self.overrides.found;
        let is_unused = |options: &&SchemaOptions| !found.contains(options.at.get_ref().as_str());
        let unused: Vec<&SchemaOptions> = self.config.types.schemas.iter().filter(is_unused).collect();
        if unused.is_empty() {
            return;
        }
        let locations = schema_locations(api);
        for SchemaOptions { at, .. } in unused {
            let location = at.get_ref();
            let (message, help) = match api.schemas_without_type.get(location) {
                Some(true) => (
                    format!("no type is generated for `{location}`: its properties are in the types of other schemas"),
                    "write the location of a schema that refers to it, or remove this entry".to_owned(),
                ),
                Some(false) => (
                    format!("no type is generated for `{location}`"),
                    "remove this entry: no operation uses the schema".to_owned(),
                ),
                None => {
                    let similar = self.diagnostics.did_you_mean(location, locations.iter().map(String::as_str));
                    let help = similar.map_or_else(
                        || "write the location of a schema, such as `#/components/schemas/Pet`".to_owned(),
                        |similar| format!("did you mean `{similar}`?"),
                    );
                    (format!("no schema is at `{location}`"), help)
                }
            };
            let diagnostic = Diagnostic::error(code::CONFIG_VALUE, Location::Config(at.span()), message);
            self.diagnostics.push(diagnostic.help(help));
        }
    }
}

/// Returns the locations of the schemas of types, properties and parameters.
fn schema_locations(api: &Api) -> Vec<String> {
    let mut locations = Vec::new();
    for (_, def) in api.types.iter() {
        locations.push(def.origin.to_string());
        if let Shape::Record(record) = &def.shape {
            locations.extend(record.fields.iter().map(|field| field.origin.to_string()));
        }
    }
    for (_, operation) in api.operations.iter() {
        locations.extend(operation.params.iter().map(|param| param.origin.child("schema").to_string()));
    }
    locations
}
