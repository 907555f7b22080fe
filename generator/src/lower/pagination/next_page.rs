//! Finds out how the next page of a list is requested.

use super::pagination_names::{
    CURSOR_PARAMETERS, CURSOR_PROPERTIES, LAST_ITEM_PARAMETERS, MORE_PROPERTIES, NEXT_URL_PROPERTIES,
    OFFSET_PARAMETERS, PAGE_NUMBER_PARAMETERS, PAGE_SIZE_PARAMETERS, TOTAL_PROPERTIES, is_one_of,
};
use crate::config;
use crate::ir::{Constraint, Next, Operation, Param, ParamLocation, Shape, TypeRef};
use crate::lower::Lowering;
use crate::lower::pagination::Unpaged;
use crate::normalize::name_key;
use crate::source::pointer_keys;

impl config::Paging {
    /// Returns whether the configuration says how the next page is requested.
    pub(crate) fn names_next_page(&self) -> bool {
        let settings = [&self.next, &self.cursor, &self.last_item, &self.offset, &self.page];
        self.link || settings.into_iter().any(Option::is_some)
    }
}

/// A response with a list, and the configuration of its pagination.
#[derive(Clone, Copy)]
pub(crate) struct ListResponse<'a> {
    pub lowering: &'a Lowering<'a>,
    pub operation: &'a Operation,
    pub response: &'a TypeRef,
    pub item: &'a TypeRef,
    pub settings: &'a config::Paging,
}

impl<'a> ListResponse<'a> {
    /// Returns the configured pagination. Returns `None` if the operation or the page does not have the configured
    /// parameter or property.
    pub fn configured_next(&self) -> Option<Next> {
        let settings = self.settings;
        if let Some(pointer) = &settings.next {
            return self.keys_if_type(pointer_keys(pointer), is_string).map(Next::Url);
        }
        if let Some(name) = &settings.cursor_parameter {
            let param = self.query_parameter(|param| param.wire == *name)?.wire.clone();
            return match (&settings.cursor, &settings.last_item) {
                (Some(pointer), _) => {
                    Some(Next::Cursor { keys: self.keys_if_type(pointer_keys(pointer), is_cursor)?, param })
                }
                (None, Some(pointer)) => {
                    let keys = pointer_keys(pointer);
                    self.every_item_has(&keys).then_some(Next::LastItem { keys, param })
                }
                (None, None) => None,
            };
        }
        if let Some(name) = &settings.offset {
            let param = self.query_parameter(|param| param.wire == *name)?.wire.clone();
            return Some(Next::Offset { param, total: self.total_keys() });
        }
        if let Some(name) = &settings.page {
            let param = self.query_parameter(|param| param.wire == *name)?;
            let (first, param) = (first_page_number(param).unwrap_or(1), param.wire.clone());
            return Some(Next::PageNumber { param, first, total: self.total_keys() });
        }
        settings.link.then_some(Next::Link)
    }

    /// Returns the pagination that is recognised by unambiguous names of parameters and properties.
    pub fn recognised_next(&self) -> Result<Next, Unpaged> {
        let parameter_type = |param: &Param| self.lowering.resolved(&param.ty).clone();
        // An integer parameter called `after` is not treated as a cursor, because it may be a time.
        let can_be_cursor = |param: &Param, name: &str| match name {
            "after" => is_cursor(&parameter_type(param)) && !is_integer(&parameter_type(param)),
            _ => is_cursor(&parameter_type(param)),
        };
        let parameter_named =
            |name: &str| self.query_parameter(|param| name_key(&param.wire) == name && can_be_cursor(param, name));
        let cursor_param = CURSOR_PARAMETERS.iter().find_map(|name| parameter_named(name));
        // An integer parameter called `page` is a page number. A string parameter of this name is a cursor.
        let page_cursor_param = parameter_named("page").filter(|param| is_string(&parameter_type(param)));
        if let Some(keys) = self.find_property(NEXT_URL_PROPERTIES, |ty| matches!(ty, TypeRef::Uri)) {
            return Ok(Next::Url(keys));
        }
        match (
            cursor_param.or(page_cursor_param),
            self.find_property(CURSOR_PROPERTIES, is_cursor),
            self.find_property(NEXT_URL_PROPERTIES, is_string),
        ) {
            (Some(param), Some(keys), _) => return Ok(Next::Cursor { keys, param: param.wire.clone() }),
            (Some(param), None, Some(keys)) if cursor_param.is_some() => {
                return Ok(Next::Cursor { keys, param: param.wire.clone() });
            }
            (_, _, Some(keys)) => return Ok(Next::Url(keys)),
            _ => {}
        }
        // The page has no cursor, so the cursor can be the ID of its last item. The end of the list must be known: from
        // a flag, or, except for the ambiguous `after`, from a page that is not full.
        let last_item_parameter = cursor_param.filter(|param| match is_one_of(&param.wire, LAST_ITEM_PARAMETERS) {
            true => {
                !self.next_page_flag_keys().is_empty()
                    || name_key(&param.wire) != "after" && self.page_size_parameter().is_some()
            }
            false => false,
        });
        let keys = vec!["id".to_owned()];
        if let Some(param) = last_item_parameter.filter(|_| self.every_item_has(&keys)) {
            return Ok(Next::LastItem { keys, param: param.wire.clone() });
        }
        let mut headers =
            self.operation.success_responses_with_body().next().into_iter().flat_map(|response| &response.headers);
        if headers.any(|header| header.wire.eq_ignore_ascii_case("link")) {
            return Ok(Next::Link);
        }
        // Page numbers are not used next to a cursor parameter, because a request may need both.
        if cursor_param.is_some() {
            return Err(Unpaged::Unrecognised);
        }
        let (size, total) = (self.page_size_parameter(), self.total_keys());
        if size.is_none() && total.is_empty() && self.next_page_flag_keys().is_empty() {
            return Err(Unpaged::Unrecognised);
        }
        let offset = self
            .query_parameter(|param| is_number(&parameter_type(param)) && is_one_of(&param.wire, OFFSET_PARAMETERS));
        let page_number = self.query_parameter(|param| {
            is_number(&parameter_type(param)) && is_one_of(&param.wire, PAGE_NUMBER_PARAMETERS)
        });
        match (offset, page_number) {
            (Some(param), None) => Ok(Next::Offset { param: param.wire.clone(), total }),
            (None, Some(param)) => match first_page_number(param) {
                Some(first) => Ok(Next::PageNumber { param: param.wire.clone(), first, total }),
                None => Err(Unpaged::UnknownFirstPage(param.wire.clone())),
            },
            _ => Err(Unpaged::Unrecognised),
        }
    }

    /// Returns the page size parameter. It is configured, or recognised by its name. Returns `None` if the URL of the
    /// next page is configured, but not the page size parameter.
    pub fn page_size_parameter(&self) -> Option<&'a Param> {
        match &self.settings.page_size {
            Some(name) => self.query_parameter(|param| param.wire == *name),
            None if self.settings.next.is_some() => None,
            None => self.query_parameter(|param| {
                is_number(self.lowering.resolved(&param.ty)) && is_one_of(&param.wire, PAGE_SIZE_PARAMETERS)
            }),
        }
    }

    /// Returns the path of keys to the total number of items. The path is empty if pages have no total.
    fn total_keys(&self) -> Vec<String> {
        match &self.settings.total {
            Some(pointer) => {
                Some(pointer_keys(pointer)).filter(|keys| self.lowering.property_type(self.response, keys).is_some())
            }
            None => self.find_property(TOTAL_PROPERTIES, is_number),
        }
        .unwrap_or_default()
    }

    /// Returns the path of keys to the boolean that says whether there is a next page. The path is
    /// empty if pages have no such boolean.
    pub fn next_page_flag_keys(&self) -> Vec<String> {
        let is_boolean = |ty: &TypeRef| matches!(ty, TypeRef::Bool);
        match &self.settings.more {
            Some(pointer) => self.keys_if_type(pointer_keys(pointer), is_boolean),
            None => self.find_property(MORE_PROPERTIES, is_boolean),
        }
        .unwrap_or_default()
    }

    /// Returns whether every item has a string or a number at a path of keys. Items of any type have one if it is
    /// configured.
    fn every_item_has(&self, keys: &[String]) -> bool {
        let lowering = self.lowering;
        let has_cursor =
            |ty: &TypeRef| lowering.property_type(ty, keys).is_some_and(|ty| is_cursor(lowering.resolved(ty)));
        match lowering.resolved(self.item) {
            TypeRef::Named(id) => match &lowering.types[*id].shape {
                Shape::Union(union) => union.variants.iter().all(|variant| has_cursor(&variant.ty)),
                _ => has_cursor(self.item),
            },
            // The items may have any properties, so only the configuration can name the cursor.
            TypeRef::Json => self.settings.last_item.is_some(),
            _ => false,
        }
    }

    fn query_parameter(&self, is_match: impl Fn(&Param) -> bool) -> Option<&'a Param> {
        self.operation.params.iter().find(|param| param.location == ParamLocation::Query && is_match(param))
    }

    /// Returns the path of keys if a page has a value at this path, and `is_match` returns `true` for the type of the
    /// value.
    fn keys_if_type(&self, keys: Vec<String>, is_match: impl Fn(&TypeRef) -> bool) -> Option<Vec<String>> {
        is_match(self.lowering.property_type(self.response, &keys)?).then_some(keys)
    }

    /// Returns the path of keys to the first property that has one of the names, and for whose type `is_match` returns
    /// `true`. A dot in a name leads into a nested object.
    fn find_property(&self, names: &[&str], is_match: impl Fn(&TypeRef) -> bool) -> Option<Vec<String>> {
        names.iter().find_map(|path| {
            let (mut at, mut keys) = (self.response, Vec::new());
            for name in path.split('.') {
                let field = self.lowering.fields(at).find(|field| name_key(&field.wire) == name)?;
                keys.push(field.wire.clone());
                at = &field.ty;
            }
            is_match(at).then_some(keys)
        })
    }
}

fn is_string(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Uri | TypeRef::String)
}

/// Returns whether a value of a type can be a cursor. Strings, integers and UUIDs can.
fn is_cursor(ty: &TypeRef) -> bool {
    is_string(ty) || is_integer(ty) || matches!(ty, TypeRef::Uuid)
}

fn is_integer(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_))
}

/// Returns whether a type can be a number of items or pages.
fn is_number(ty: &TypeRef) -> bool {
    is_integer(ty) || matches!(ty, TypeRef::Float(_))
}

/// Returns the number of the first page. This is the default of the parameter, if it is 0 or 1. Without a default, it
/// is 1, unless the minimum of the parameter is less than 1. Returns `None` if the number is unknown.
fn first_page_number(param: &Param) -> Option<u64> {
    let may_be_zero = param
        .constraints
        .iter()
        .any(|constraint| matches!(constraint, Constraint::Minimum(least) if least.to_f64() < 1.0));
    match &param.default {
        Some(default) => default.as_u64().filter(|first| *first < 2),
        None => (!may_be_zero).then_some(1),
    }
}
