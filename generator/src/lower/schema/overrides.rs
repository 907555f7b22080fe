//! Applies the options of single schemas, which are in `[[types.schemas]]` of codegen.toml.

use std::collections::{HashMap, HashSet};

use super::LoweredSchema;
use super::formats::{can_represent_integer, integer_value, replacement_type};
use openapiv3::ReferenceOr;

use super::merged_schema::{SchemaPart, schema_keywords};
use crate::config::{Config, Enums, SchemaOptions, Spanned};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::ir::{Api, Shape, TypeId, TypeRef};
use crate::lower::Lowering;
use crate::source::Pointer;

/// The options of single schemas.
pub(crate) struct Overrides<'a> {
    /// The options, by the location of the schema.
    by_location: HashMap<&'a str, &'a SchemaOptions>,
    /// The types of the schemas with options, by the location of the schema.
    types: HashMap<&'a str, TypeRef>,
    /// The locations of the enums.
    enums: HashSet<&'a str>,
}

impl<'a> Overrides<'a> {
    pub fn new(config: &'a Config) -> Self {
        let by_location = config.types.schemas.iter().map(|options| (options.at.get_ref().as_str(), options));
        Self { by_location: by_location.collect(), types: HashMap::new(), enums: HashSet::new() }
    }

    /// Returns the options of the schema at a location, and the location.
    fn at(&self, at: &Pointer) -> Option<(&'a str, &'a SchemaOptions)> {
        if self.by_location.is_empty() {
            return None;
        }
        self.by_location.get_key_value(at.to_string().as_str()).map(|(at, options)| (*at, *options))
    }

    /// Returns the location in codegen.toml of the Rust type that replaces the schema at a location.
    pub(crate) fn replacement_location(&self, at: &Pointer) -> Option<Location> {
        let (_, options) = self.at(at)?;
        options.replace.as_ref().map(|path| Location::Config(path.span()))
    }
}

impl Lowering<'_> {
    /// Returns the type of the schema at a location: the Rust type that codegen.toml sets, or else `ty`.
    pub(crate) fn with_options(&mut self, at: &Pointer, ty: Option<TypeRef>) -> Option<TypeRef> {
        let Some((location, options)) = self.overrides.at(at) else { return ty };
        let replacement = options.replace.as_ref().map(|path| replacement_type(path.get_ref()));
        let ty = replacement.or(ty);
        self.overrides.types.insert(location, ty.clone().unwrap_or(TypeRef::Json));
        ty
    }

    /// Returns whether codegen.toml sets the Rust type of the schema at a location.
    pub(crate) fn replaces_type(&self, at: &Pointer) -> bool {
        self.overrides.at(at).is_some_and(|(_, options)| options.replace.is_some())
    }

    /// Reports an integer type for a schema whose default or example the type cannot represent.
    pub(crate) fn check_integer(&mut self, at: &Pointer, lowered: &LoweredSchema) {
        let Some((location, SchemaOptions { replace: Some(path), .. })) = self.overrides.at(at) else { return };
        let path_text = path.get_ref();
        let ty = replacement_type(path_text);
        let values = [("default", &lowered.default), ("example", &lowered.example)];
        for (keyword, value) in values {
            if let Some(value) = value.as_ref().and_then(integer_value).filter(|it| !can_represent_integer(&ty, *it)) {
                let message = format!("`{path_text}` cannot represent `{value}`, the {keyword} of `{location}`");
                let warning = Diagnostic::warning(code::CONFIG_VALUE, Location::Config(path.span()), message);
                self.diagnostics.push(warning.help("write a larger integer type"));
            }
        }
    }

    /// Reports a Rust type for a response header, or for the items of one. The generated method parses only types of the runtime.
    pub(crate) fn reject_header_type(&mut self, at: &Pointer) {
        for at in [at.clone(), at.child("items")] {
            if let Some((location, options)) = self.overrides.at(&at)
                && let Some(path) = &options.replace
                && replacement_type(path.get_ref()).is_foreign()
            {
                let path_text = path.get_ref();
                let message = format!("`{path_text}` has no effect on `{location}`, which is in a response header");
                let diagnostic = Diagnostic::error(code::CONFIG_VALUE, Location::Config(path.span()), message);
                self.diagnostics.push(diagnostic.help("remove it, and convert the value in your program"));
            }
        }
    }

    /// Returns whether the enum of these schema parts accepts only the values that the document lists.
    pub(crate) fn is_closed(&mut self, parts: &[SchemaPart<'_>], at: &Pointer) -> bool {
        let mut enums = None;
        for at in [at].into_iter().chain(parts.iter().map(|part| &part.at)) {
            if let Some((location, options)) = self.overrides.at(at) {
                self.overrides.enums.insert(location);
                enums = enums.or(options.enums);
            }
        }
        enums.unwrap_or(self.config.types.enums) == Enums::Closed
    }

    /// Adds the derives in codegen.toml to the types, and reports the options that have no effect.
    pub(crate) fn apply_options(&mut self, api: &mut Api) {
        let paths = |derives: &[Spanned<String>]| derives.iter().map(|path| path.get_ref().clone()).collect::<Vec<_>>();
        let general = paths(&self.config.types.derives);
        let ids: Vec<TypeId> = api.types.iter().map(|(id, _)| id).collect();
        for id in ids {
            let def = &mut api.types[id];
            let own = self.overrides.at(&def.origin).map(|(_, options)| paths(&options.derives));
            def.derives = general.iter().cloned().chain(own.into_iter().flatten()).collect();
            let mut seen = HashSet::new();
            def.derives.retain(|path| seen.insert(path.replace(' ', "").trim_start_matches("::").to_owned()));
        }
        if self.config.types.schemas.is_empty() {
            return;
        }
        let ids: HashMap<String, TypeId> = api.types.iter().map(|(id, def)| (def.origin.to_string(), id)).collect();
        let locations = schema_locations(api);
        for (index, options) in self.config.types.schemas.iter().enumerate() {
            let location = options.at.get_ref().as_str();
            let Some(ty) = self.overrides.types.get(location) else {
                self.report_unknown_location(options, &locations, api);
                continue;
            };
            let is_replaced = options.replace.is_some();
            let id = ids.get(location).copied().filter(|_| !is_replaced);
            let ty = id.map_or_else(|| ty.clone(), TypeRef::Named);
            let has_no_type = id.is_none_or(|id| matches!(api.types[id].shape, Shape::Alias(_)));
            let is_no_enum = is_replaced || !self.overrides.enums.contains(location);
            let mut report = |key: &str, help: &str| {
                let at = self.config.location(&format!("types.schemas.{index}.{key}"));
                let message = format!("`{key}` has no effect on `{location}`, which is {}", description(api, &ty));
                self.diagnostics.push(Diagnostic::error(code::CONFIG_VALUE, at, message).help(help));
            };
            if !options.derives.is_empty() && has_no_type {
                report("derives", "write the location of a schema that becomes a struct or an enum");
            }
            if options.enums.is_some() && is_no_enum {
                report(
                    "enum",
                    match api.resolved(&ty) {
                        TypeRef::Bool => "remove it: a `bool` accepts no other values",
                        _ => "write the location of a schema with `enum` or `const`",
                    },
                );
            }
        }
    }

    fn is_binary_component(&self, at: &str) -> bool {
        let name = Pointer::from_reference(at).and_then(|at| at.component("schemas"));
        let schema = name.zip(self.document.components.as_ref()).and_then(|(name, all)| all.schemas.get(&name));
        matches!(schema, Some(ReferenceOr::Item(schema)) if schema_keywords(schema).format.as_deref() == Some("binary"))
    }

    /// Reports options whose location has no schema.
    fn report_unknown_location(&mut self, options: &SchemaOptions, locations: &[String], api: &Api) {
        let at = options.at.get_ref();
        let (message, help) = match api.schemas_without_type.get(at) {
            _ if at.ends_with("/propertyNames") => (
                format!("no type is generated for `{at}`: the keys of a map are strings"),
                "remove this entry".to_owned(),
            ),
            Some(true) if self.is_binary_component(at) => (
                format!("no type is generated for `{at}`: bodies and parts of this schema are binary"),
                "remove this entry".to_owned(),
            ),
            Some(true) => (
                format!("no type is generated for `{at}`: its properties are in the types of other schemas"),
                "write the location of a schema that refers to it, or remove this entry".to_owned(),
            ),
            Some(false) => (
                format!("no type is generated for `{at}`"),
                "remove this entry: no operation uses the schema".to_owned(),
            ),
            None => {
                let similar = self.diagnostics.did_you_mean(at, locations.iter().map(String::as_str));
                let help = similar.map_or_else(
                    || "write the location of a schema, such as `#/components/schemas/Pet`".to_owned(),
                    |similar| format!("did you mean `{similar}`?"),
                );
                (format!("no schema is at `{at}`"), help)
            }
        };
        let diagnostic = Diagnostic::error(code::CONFIG_VALUE, Location::Config(options.at.span()), message);
        self.diagnostics.push(diagnostic.help(help));
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

/// Returns the kind of a type, for a diagnostic.
fn description(api: &Api, ty: &TypeRef) -> String {
    let kind = match api.resolved(ty) {
        TypeRef::Bool => "a boolean",
        TypeRef::Int(_) | TypeRef::Unsigned(_) => "an integer",
        TypeRef::Float(_) | TypeRef::BigNumber => "a number",
        TypeRef::Custom(path) => return format!("the type `{path}`"),
        TypeRef::Array(_) | TypeRef::Tuple(_) => "an array",
        TypeRef::Map(_) => "a map",
        TypeRef::Nullable(inner) => return description(api, inner),
        TypeRef::Json => "any JSON value",
        TypeRef::Named(id) => match &api.types[*id].shape {
            Shape::Record(_) => "an object",
            Shape::StringEnum(_) | Shape::ValueEnum(_) => "an enum",
            Shape::Union(_) => "a union",
            Shape::Newtype(_) => "a string",
            Shape::Wrapper(inner) => return description(api, inner),
            Shape::Alias(_) => "any JSON value",
        },
        _ => "a string",
    };
    kind.to_owned()
}
