//! Reports operations that are not paginated any more because codegen.toml replaces a type.

use std::collections::HashMap;

use crate::config::Config;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::ir::{Api, Operation, ResponseBody, Shape, TypeRef};

/// Reports the operations that are paginated only in `original`, the API without the options of `[types]`. This is an error if
/// codegen.toml configures their pagination, and a warning if the pagination is recognised.
pub(crate) fn check_replaced_pages(config: &Config, api: &Api, original: &Api, diagnostics: &mut Diagnostics) {
    let paged = original.operations.iter().map(|(_, operation)| (operation.id.as_str(), operation));
    let paged: HashMap<&str, &Operation> = paged.filter(|(_, operation)| operation.paging.is_some()).collect();
    for (_, operation) in api.operations.iter().filter(|(_, operation)| operation.paging.is_none()) {
        let Some(original_operation) = paged.get(operation.id.as_str()) else { continue };
        let locations = page_locations(original, original_operation);
        let replaced = config.types.schemas.iter().filter_map(|options| Some((&options.at, options.replace.as_ref()?)));
        let replaced: Vec<_> = replaced.collect();
        let entry = replaced.iter().find(|(at, _)| locations.contains(at.get_ref())).or(replaced.first());
        let Some((_, path)) = entry else { continue };
        let (id, path_text) = (&operation.id, path.get_ref());
        let message = format!("`{id}` is not paginated, because `{path_text}` replaces a type of its pages");
        let is_configured =
            config.paging.as_ref().is_some_and(|paging| paging.names_next_page() || paging.items.is_some());
        let location = Location::Config(path.span());
        let diagnostic = match is_configured {
            true => Diagnostic::error(code::CONFIG_VALUE, location, message),
            false => Diagnostic::warning(code::CONFIG_VALUE, location, message),
        };
        let help = format!("replace the type of a single item, or set `off = true` in `[paging.operations.{id}]`");
        diagnostics.push(diagnostic.help(help));
    }
}

/// Returns the locations of the schemas that the pagination of an operation depends on: the page, its properties, and the
/// parameters.
fn page_locations(api: &Api, operation: &Operation) -> Vec<String> {
    let params = operation.params.iter().map(|param| param.origin.child("schema").to_string());
    let mut locations: Vec<String> = params.collect();
    let ResponseBody::Json(page) = operation.response_body() else { return locations };
    let mut keys = operation.paging.iter().flat_map(|paging| &paging.items);
    let mut ty = Some(page);
    while let Some(TypeRef::Named(id)) = ty {
        let def = &api.types[*id];
        locations.push(def.origin.to_string());
        ty = match &def.shape {
            Shape::Alias(ty) => Some(ty),
            Shape::Record(record) => {
                locations.extend(record.fields.iter().map(|field| field.origin.to_string()));
                let key = keys.next();
                record.fields.iter().find(|field| Some(&field.wire) == key).map(|field| &field.ty)
            }
            _ => None,
        };
    }
    locations
}
