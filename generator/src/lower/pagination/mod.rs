//! Finds paginated lists, and how the next page is requested. The pagination is configured in codegen.toml, or
//! recognised by unambiguous names.

pub(crate) mod next_page;
pub(crate) mod pagination_names;
pub(crate) mod replaced_pages;

use std::collections::{BTreeSet, HashSet};

use crate::config::{self, Spanned};
use crate::diagnostics::{Diagnostic, Location, code, did_you_mean};
use crate::ir::{
    Arena, Constraint, Field, Method, Next, Operation, Paging, ParamLocation, ResponseBody, Shape, TypeRef,
    resolve_alias,
};
use crate::lower::Lowering;
use crate::source::{Pointer, pointer_keys};
use next_page::ListResponse;

/// The reason why an operation that returns a list is not paginated.
pub(crate) enum Unpaged {
    /// The configuration turns pagination off.
    Off,
    /// The array with the items is unknown. The response has no array, or it has several and the configuration names
    /// none of them.
    Items,
    /// No pagination is configured, and none is recognised.
    Unrecognised,
    /// The configured pagination does not match the operation. The value is the recognised pagination, if there is one.
    Configured(Option<Next>),
    /// The number of the first page is unknown. The value is the name of the parameter for the page number.
    UnknownFirstPage(String),
}

/// A key of `[paging]` whose value matches no operation.
struct UnmatchedKey<'t> {
    key: &'static str,
    value: &'t str,
    problem: &'static str,
    /// The values that would match an operation.
    valid_values: BTreeSet<String>,
}

impl Lowering<'_> {
    /// Returns the pagination of an operation. Adds a note about each list. Reports a list whose pagination is
    /// incomplete or does not match the configuration.
    pub(crate) fn paging(&mut self, operation: &Operation) -> Option<Paging> {
        let location = || Location::Key(operation.origin.clone());
        let unpaged = match self.find_paging(operation)? {
            Ok(paging) => {
                let items = if paging.items.is_empty() {
                    "the response".to_owned()
                } else {
                    format!("`{}`", paging.items.join("."))
                };
                let size =
                    paging.page_size.as_ref().map_or(String::new(), |(param, _)| format!(", page size in `{param}`"));
                let message = format!("`{}` is paginated: items in {items}, {}{size}", operation.id, paging.next);
                self.notes.push(Diagnostic::note(code::PAGINATION, location(), message));
                return Some(paging);
            }
            Err(unpaged) => unpaged,
        };
        let is_configured = matches!(unpaged, Unpaged::Configured(_));
        let (message, help) = match unpaged {
            Unpaged::Off => ("`off` is set in `[paging]`".to_owned(), None),
            Unpaged::Items => ("no property of the response is recognised as its items".to_owned(), None),
            Unpaged::Unrecognised => ("no pagination is recognised".to_owned(), None),
            Unpaged::Configured(None) => ("it does not match the pagination in `[paging]`".to_owned(), None),
            Unpaged::Configured(Some(next)) => (
                format!(
                    "it does not match the pagination in `[paging]`, but it seems to have a different one ({next})"
                ),
                Some("configure its pagination under `[paging.operations]`, or set `off = true` there"),
            ),
            Unpaged::UnknownFirstPage(param) => (
                format!("the default of `{param}` does not give the number of the first page"),
                Some("give the parameter a `default` of 0 or 1"),
            ),
        };
        let message = format!("`{}` is not paginated: {message}", operation.id);
        match help {
            Some(help) => {
                let warning = Diagnostic::warning(code::PAGINATION, location(), message).help(help);
                if is_configured { self.unpaged_warnings.push(warning) } else { self.diagnostics.push(warning) }
            }
            None => self.notes.push(Diagnostic::note(code::PAGINATION, location(), message)),
        }
        None
    }

    /// Returns the pagination of an operation, or the reason why it is not paginated. Returns `None` if the operation
    /// does not return a list.
    fn find_paging(&self, operation: &Operation) -> Option<Result<Paging, Unpaged>> {
        let ResponseBody::Json(response) = operation.response_body() else { return None };
        if operation.method != Method::Get || operation.response_is_optional() {
            return None;
        }
        let paging = self.config.paging.as_ref();
        let no_settings = config::Paging::default();
        let operation_settings = paging.and_then(|paging| paging.operations.get(&operation.id)).map(Spanned::get_ref);
        let settings = operation_settings.or(paging).unwrap_or(&no_settings);
        let Some((items, item)) = self.items(response, settings) else {
            return self.has_array(response).then_some(Err(if settings.off { Unpaged::Off } else { Unpaged::Items }));
        };
        if settings.off {
            return Some(Err(Unpaged::Off));
        }
        let list_response = ListResponse { lowering: self, operation, response, item: &item, settings };
        let next = match settings.names_next_page() {
            true => list_response.configured_next().ok_or_else(|| {
                let recognised = ListResponse { settings: &no_settings, ..list_response }.recognised_next();
                Unpaged::Configured(recognised.ok())
            }),
            false => list_response.recognised_next(),
        };
        let next = match next {
            Ok(next) => next,
            Err(unpaged) => return Some(Err(unpaged)),
        };
        let page_size = list_response.page_size_parameter().map(|param| {
            let maximum = param.constraints.iter().find_map(|constraint| match constraint {
                Constraint::Maximum(maximum) => Some(maximum.to_f64() as u64),
                _ => None,
            });
            (param.wire.clone(), maximum)
        });
        let next_page_flag = match next {
            Next::Url(_) | Next::Link => Vec::new(),
            _ => list_response.next_page_flag_keys(),
        };
        Some(Ok(Paging { items, item, next, next_page_flag, page_size }))
    }

    /// Returns whether a response is an array or an object with an array.
    fn has_array(&self, response: &TypeRef) -> bool {
        let is_list = |ty: &TypeRef| matches!(self.resolved(ty), TypeRef::Array(_));
        is_list(response) || self.fields(response).any(|field| is_list(&field.ty))
    }

    /// Checks whether `[paging]` matches the operations. Each key must match at least one operation, and each section
    /// under `[paging.operations]` must match the operation that it names.
    pub(crate) fn check_paging(&mut self, operations: &Arena<Operation>) {
        let all_operations: Vec<&Operation> = operations.iter().map(|(_, operation)| operation).collect();
        let settings = self.config.paging.as_ref();
        let unmatched_keys =
            settings.map(|settings| self.unmatched_keys(settings, &all_operations)).unwrap_or_default();
        if unmatched_keys.is_empty() && settings.is_none_or(has_valid_pointers) {
            std::mem::take(&mut self.unpaged_warnings).into_iter().for_each(|warning| self.diagnostics.push(warning));
        }
        self.report("paging", unmatched_keys);
        for (name, settings) in self.config.paging.iter().flat_map(|paging| &paging.operations) {
            let location = Location::Config(settings.span());
            match operations.iter().find(|(_, operation)| operation.id == *name) {
                Some((_, operation)) if settings.get_ref().off || operation.paging.is_some() => {
                    if let Some(other) =
                        operations.iter().find_map(|(_, other)| self.id_with_different_items(operation, other))
                    {
                        let message =
                            format!("`{name}` and `{other}` return the same type of page, but with different items");
                        self.error(
                            code::CONFIG_VALUE,
                            location,
                            message,
                            "configure the same items, or set `off = true` for one of the two",
                        );
                    }
                }
                Some((_, operation)) => {
                    let unmatched_keys = self.unmatched_keys(settings.get_ref(), &[operation]);
                    if !unmatched_keys.is_empty() || !has_valid_pointers(settings.get_ref()) {
                        self.report(&format!("paging.operations.{name}"), unmatched_keys);
                        continue;
                    }
                    let help = "name parameters of the operation and properties of its response; set `items` if it has several arrays";
                    self.error(
                        code::CONFIG_VALUE,
                        location,
                        format!("the response of `{name}` does not match this pagination"),
                        help,
                    );
                }
                None => {
                    let ids = operations.iter().map(|(_, operation)| operation.id.as_str());
                    let help = match did_you_mean(name, ids) {
                        Some(similar) => format!("did you mean `{similar}`?"),
                        None => "name an operation by its `operationId`".to_owned(),
                    };
                    self.error(
                        code::CONFIG_VALUE,
                        location,
                        format!("no operation has the `operationId` `{name}`"),
                        help,
                    );
                }
            }
        }
    }

    /// Returns the keys of a section whose values match none of the operations, for example because they are misspelt.
    fn unmatched_keys<'t>(&self, settings: &'t config::Paging, operations: &[&Operation]) -> Vec<UnmatchedKey<'t>> {
        let mut seen = HashSet::new();
        let page_types = operations.iter().filter(|operation| operation.method == Method::Get);
        let page_types = page_types.filter_map(|operation| match operation.response_body() {
            ResponseBody::Json(response) => Some(self.resolved(response)),
            _ => None,
        });
        let page_types: Vec<&TypeRef> =
            page_types.filter(|page| !matches!(page, TypeRef::Named(id) if !seen.insert(*id))).collect();
        let mut unmatched_keys = Vec::new();
        // `last_item` is a pointer into an item. The remaining keys are pointers into a page.
        let item_types: Vec<TypeRef> =
            page_types.iter().filter_map(|page| Some(self.items(page, settings)?.1)).collect();
        for (key, pointer) in settings.pointers().filter(|(_, pointer)| pointer.starts_with('/')) {
            let keys = pointer_keys(pointer);
            let (types, problem) = match key {
                "last_item" => (item_types.iter().collect(), "is not a property of the items of any list"),
                "items" if page_types.iter().any(|page| self.property_type(page, &keys).is_some()) => {
                    (page_types.clone(), "is not an array in any response to a GET request")
                }
                _ => (page_types.clone(), "is not a property of any response to a GET request"),
            };
            // If the pointer to the items is wrong, a pointer into an item cannot be checked.
            if key == "last_item" && unmatched_keys.iter().any(|unmatched: &UnmatchedKey<'_>| unmatched.key == "items")
            {
                continue;
            }
            let has_pointer = |ty: &&TypeRef| match self.property_type(ty, &keys) {
                Some(ty) => key != "items" || matches!(self.resolved(ty), TypeRef::Array(_)),
                None => key == "last_item" && **ty == TypeRef::Json,
            };
            if !types.iter().any(has_pointer) {
                unmatched_keys.push(UnmatchedKey {
                    key,
                    value: pointer,
                    problem,
                    valid_values: self.pointers(&types, keys.len()).into_iter().filter(|it| it != pointer).collect(),
                });
            }
        }
        let params = [
            ("cursor_parameter", &settings.cursor_parameter),
            ("offset", &settings.offset),
            ("page", &settings.page),
            ("page_size", &settings.page_size),
        ];
        for (key, name) in params {
            let Some(name) = name else { continue };
            let operation_params = operations.iter().flat_map(|operation| &operation.params);
            let valid_values: BTreeSet<String> = operation_params
                .filter(|param| param.location == ParamLocation::Query)
                .map(|param| param.wire.clone())
                .collect();
            if !valid_values.contains(name) {
                unmatched_keys.push(UnmatchedKey {
                    key,
                    value: name,
                    problem: "is not a query parameter of any operation",
                    valid_values,
                });
            }
        }
        unmatched_keys
    }

    /// Returns the JSON pointers to the properties of these types, with at most `depth` keys.
    fn pointers(&self, types: &[&TypeRef], depth: usize) -> BTreeSet<String> {
        /// The maximum number of pointers for a suggestion.
        const MAX_POINTERS: usize = 10_000;
        let mut pointers = BTreeSet::new();
        let mut level: Vec<(&TypeRef, Pointer)> = types.iter().map(|ty| (*ty, Pointer::root())).collect();
        for _ in 0..depth {
            let mut next_level = Vec::new();
            for (ty, at) in level {
                for field in self.fields(ty) {
                    if pointers.len() == MAX_POINTERS {
                        return pointers;
                    }
                    let at = at.child(&field.wire);
                    pointers.insert(at.as_str().to_owned());
                    next_level.push((&field.ty, at));
                }
            }
            level = next_level;
        }
        pointers
    }

    /// Reports mistakes in a section of the configuration.
    fn report(&mut self, section: &str, unmatched_keys: Vec<UnmatchedKey<'_>>) {
        for UnmatchedKey { key, value, problem, valid_values } in unmatched_keys {
            let similar = self.diagnostics.did_you_mean(value, valid_values.iter().map(String::as_str));
            let help = similar.map_or_else(
                || "correct or remove this entry".to_owned(),
                |similar| format!("did you mean `{similar}`?"),
            );
            let location = self.config.location(&format!("{section}.{key}"));
            self.error(code::CONFIG_VALUE, location, format!("`{value}` {problem}"), help);
        }
    }

    /// Returns the id of `other` if the pages of both operations have the same type, but their items are at different
    /// locations.
    fn id_with_different_items<'o>(&self, operation: &Operation, other: &'o Operation) -> Option<&'o str> {
        let (ResponseBody::Json(ty), ResponseBody::Json(other_ty)) = (operation.response_body(), other.response_body())
        else {
            return None;
        };
        let has_different_items = operation.paging.as_ref()?.items != other.paging.as_ref()?.items;
        (has_different_items && self.resolved(ty) == self.resolved(other_ty)).then_some(&other.id)
    }

    /// Returns the path of keys to the items of a page, and the type of an item.
    fn items(&self, response: &TypeRef, settings: &config::Paging) -> Option<(Vec<String>, TypeRef)> {
        if let Some(pointer) = &settings.items {
            let keys = pointer_keys(pointer);
            let keys_of_parent = &keys[..keys.len().saturating_sub(1)];
            let TypeRef::Array(item) = self.resolved(self.property_type(response, &keys)?) else { return None };
            return self.is_always_present(response, keys_of_parent).then(|| (keys, item.as_ref().clone()));
        }
        if let TypeRef::Array(item) = self.resolved(response) {
            return Some((Vec::new(), item.as_ref().clone()));
        }
        let arrays = self.fields(response).filter_map(|field| match &field.ty {
            TypeRef::Array(item) => Some((&field.wire, item.as_ref())),
            _ => None,
        });
        let arrays: Vec<_> = arrays.collect();
        // If a page has several arrays, but only one array of objects, the items are in this array.
        let object_arrays: Vec<_> = arrays.iter().copied().filter(|(_, item)| self.is_object(item)).collect();
        let (items, item) = match (arrays.as_slice(), object_arrays.as_slice()) {
            ([only_array], _) | (_, [only_array]) => *only_array,
            _ => return None,
        };
        Some((vec![items.clone()], item.clone()))
    }

    /// Returns the number of properties of a response. The search for pagination takes time in proportion to this
    /// number.
    pub(crate) fn response_field_count(&self, operation: &Operation) -> usize {
        if let ResponseBody::Json(ty) = operation.response_body() { self.fields(ty).count() } else { 0 }
    }

    fn is_object(&self, ty: &TypeRef) -> bool {
        let shape = if let TypeRef::Named(id) = self.resolved(ty) { Some(&self.types[*id].shape) } else { None };
        matches!(shape, Some(Shape::Record(_) | Shape::Union(_)))
    }

    /// Returns the type of the property at a path of keys.
    pub(crate) fn property_type<'t>(&'t self, ty: &'t TypeRef, keys: &[String]) -> Option<&'t TypeRef> {
        keys.iter().try_fold(ty, |ty, key| self.fields(ty).find(|field| field.wire == *key).map(|field| &field.ty))
    }

    /// Returns whether all properties on a path of keys are required and not nullable.
    fn is_always_present(&self, ty: &TypeRef, keys: &[String]) -> bool {
        let Some((key, rest)) = keys.split_first() else { return true };
        let field = self.fields(ty).find(|field| field.wire == *key);
        field.is_some_and(|field| field.required && !field.nullable && self.is_always_present(&field.ty, rest))
    }

    /// Resolves the aliases of a type. [`alias_cycles`](crate::lower::schema::alias_cycles) reports cycles of aliases.
    pub(crate) fn resolved<'t>(&'t self, ty: &'t TypeRef) -> &'t TypeRef {
        resolve_alias(&self.types, ty)
    }

    /// Returns the properties that a response of this type can have. Returns none if the type is not an object.
    pub(crate) fn fields<'t>(&'t self, ty: &'t TypeRef) -> impl Iterator<Item = &'t Field> {
        let record = match self.resolved(ty) {
            TypeRef::Named(id) => match &self.types[*id].shape {
                Shape::Record(record) => Some(record),
                _ => None,
            },
            _ => None,
        };
        record.into_iter().flat_map(|record| &record.fields).filter(|field| !field.write_only)
    }
}

/// Returns whether all pointers of a section are JSON pointers. The check of the configuration has already reported the
/// others.
fn has_valid_pointers(settings: &config::Paging) -> bool {
    settings.pointers().all(|(_, pointer)| pointer.starts_with('/'))
}
