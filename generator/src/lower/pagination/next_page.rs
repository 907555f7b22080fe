//! Finds how a response with a list leads to the next page.

use super::pagination_names::{
    CURSOR_PARAMETERS, CURSORS, LAST_PARAMETERS, MORE, NUMBERS, OFFSETS, SIZES, TOTALS, URLS, is_one_of,
};
use crate::config;
use crate::ir::{Constraint, Next, Operation, Param, ParamLocation, Shape, TypeRef};
use crate::lower::Lowering;
use crate::lower::pagination::{Unpaged, keys};
use crate::normalize::name_key;

impl config::Paging {
    /// Returns whether the configuration names the next page.
    pub(crate) fn is_told(&self) -> bool {
        let ways = [&self.next, &self.cursor, &self.last_item, &self.offset, &self.page];
        self.link || ways.into_iter().any(Option::is_some)
    }
}

/// A response with a list.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    pub lowering: &'a Lowering<'a>,
    pub operation: &'a Operation,
    pub answer: &'a TypeRef,
    pub item: &'a TypeRef,
    pub told: &'a config::Paging,
}

impl<'a> Page<'a> {
    /// Returns the configured pagination, if this page has it.
    pub fn told_next(&self) -> Option<Next> {
        let told = self.told;
        if let Some(pointer) = &told.next {
            return self.leads_to(keys(pointer), text).map(Next::Url);
        }
        if let Some(name) = &told.cursor_parameter {
            let param = self.query(|param| param.wire == *name)?.wire.clone();
            return match (&told.cursor, &told.last_item) {
                (Some(pointer), _) => Some(Next::Cursor { keys: self.leads_to(keys(pointer), token)?, param }),
                (None, Some(pointer)) => {
                    let keys = keys(pointer);
                    self.every_item_has(&keys).then_some(Next::Last { keys, param })
                }
                (None, None) => None,
            };
        }
        if let Some(name) = &told.offset {
            let param = self.query(|param| param.wire == *name)?.wire.clone();
            return Some(Next::Offset { param, total: self.total() });
        }
        if let Some(name) = &told.page {
            let param = self.query(|param| param.wire == *name)?;
            let (first, param) = (first(param).unwrap_or(1), param.wire.clone());
            return Some(Next::Number { param, first, total: self.total() });
        }
        told.link.then_some(Next::Link)
    }

    /// Returns the pagination that is recognised by unambiguous names.
    pub fn recognised_next(&self) -> Result<Next, Unpaged> {
        let kind = |param: &Param| self.lowering.bare(&param.ty).clone();
        // A number may be a time.
        let fits = |param: &Param, name: &str| match name {
            "after" => token(&kind(param)) && !whole(&kind(param)),
            _ => token(&kind(param)),
        };
        let called = |name: &str| self.query(|param| name_key(&param.wire) == name && fits(param, name));
        let cursor = CURSOR_PARAMETERS.iter().find_map(|name| called(name));
        // A number with such a name is a page number.
        let page = called("page").filter(|param| text(&kind(param)));
        if let Some(keys) = self.found(URLS, |ty| matches!(ty, TypeRef::Uri)) {
            return Ok(Next::Url(keys));
        }
        match (cursor.or(page), self.found(CURSORS, token), self.found(URLS, text)) {
            (Some(param), Some(keys), _) => return Ok(Next::Cursor { keys, param: param.wire.clone() }),
            (Some(param), None, Some(keys)) if cursor.is_some() => {
                return Ok(Next::Cursor { keys, param: param.wire.clone() });
            }
            (_, _, Some(keys)) => return Ok(Next::Url(keys)),
            _ => {}
        }
        // If a page says whether there are more, but has no cursor, the cursor is the last item. The same holds for some
        // parameter names, if it is known whether a page is full.
        let last = cursor.filter(|param| match is_one_of(&param.wire, LAST_PARAMETERS) {
            true => !self.more().is_empty() || name_key(&param.wire) != "after" && self.size().is_some(),
            false => false,
        });
        let keys = vec!["id".to_owned()];
        if let Some(param) = last.filter(|_| self.every_item_has(&keys)) {
            return Ok(Next::Last { keys, param: param.wire.clone() });
        }
        let mut headers =
            self.operation.success_responses_with_body().next().into_iter().flat_map(|carrier| &carrier.headers);
        if headers.any(|header| header.wire.eq_ignore_ascii_case("link")) {
            return Ok(Next::Link);
        }
        // An operation with a cursor parameter may need it in addition to a page number.
        if cursor.is_some() {
            return Err(Unpaged::Unrecognised);
        }
        let (size, total) = (self.size(), self.total());
        if size.is_none() && total.is_empty() && self.more().is_empty() {
            return Err(Unpaged::Unrecognised);
        }
        let offset = self.query(|param| number(&kind(param)) && is_one_of(&param.wire, OFFSETS));
        let counted = self.query(|param| number(&kind(param)) && is_one_of(&param.wire, NUMBERS));
        match (offset, counted) {
            (Some(param), None) => Ok(Next::Offset { param: param.wire.clone(), total }),
            (None, Some(param)) => match first(param) {
                Some(first) => Ok(Next::Number { param: param.wire.clone(), first, total }),
                None => Err(Unpaged::First(param.wire.clone())),
            },
            _ => Err(Unpaged::Unrecognised),
        }
    }

    /// Returns the page size parameter. Without a configured one, it is recognised together with the pagination.
    pub fn size(&self) -> Option<&'a Param> {
        match &self.told.page_size {
            Some(name) => self.query(|param| param.wire == *name),
            None if self.told.next.is_some() => None,
            None => self.query(|param| number(self.lowering.bare(&param.ty)) && is_one_of(&param.wire, SIZES)),
        }
    }

    /// Returns the keys that lead to the number of all items.
    fn total(&self) -> Vec<String> {
        match &self.told.total {
            Some(pointer) => Some(keys(pointer)).filter(|keys| self.lowering.at(self.answer, keys).is_some()),
            None => self.found(TOTALS, number),
        }
        .unwrap_or_default()
    }

    /// Returns the keys that lead to whether there is a next page.
    pub fn more(&self) -> Vec<String> {
        let truth = |ty: &TypeRef| matches!(ty, TypeRef::Bool);
        match &self.told.more {
            Some(pointer) => self.leads_to(keys(pointer), truth),
            None => self.found(MORE, truth),
        }
        .unwrap_or_default()
    }

    /// Returns whether the keys lead to a string or a number in every kind of item.
    fn every_item_has(&self, keys: &[String]) -> bool {
        let lowering = self.lowering;
        let in_one = |ty: &TypeRef| lowering.at(ty, keys).is_some_and(|ty| token(lowering.bare(ty)));
        match lowering.bare(self.item) {
            TypeRef::Named(id) => match &lowering.types[*id].shape {
                Shape::Union(union) => union.variants.iter().all(|choice| in_one(&choice.ty)),
                _ => in_one(self.item),
            },
            // Their properties are unknown.
            TypeRef::Json => self.told.last_item.is_some(),
            _ => false,
        }
    }

    fn query(&self, holds: impl Fn(&Param) -> bool) -> Option<&'a Param> {
        self.operation.params.iter().find(|param| param.location == ParamLocation::Query && holds(param))
    }

    /// Returns the keys, if they lead to a value of a matching type in a page.
    fn leads_to(&self, keys: Vec<String>, holds: impl Fn(&TypeRef) -> bool) -> Option<Vec<String>> {
        holds(self.lowering.at(self.answer, &keys)?).then_some(keys)
    }

    /// Returns the keys to the first property with one of these names and a matching type. Each name is a path.
    fn found(&self, known: &[&str], holds: impl Fn(&TypeRef) -> bool) -> Option<Vec<String>> {
        known.iter().find_map(|path| {
            let (mut at, mut keys) = (self.answer, Vec::new());
            for name in path.split('.') {
                let field = self.lowering.fields(at)?.iter().find(|field| name_key(&field.wire) == name)?;
                keys.push(field.wire.clone());
                at = &field.ty;
            }
            holds(at).then_some(keys)
        })
    }
}

fn text(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Uri | TypeRef::String)
}

/// Returns whether a value can be a cursor: any identifier, or a number.
fn token(ty: &TypeRef) -> bool {
    text(ty) || whole(ty) || matches!(ty, TypeRef::Uuid)
}

fn whole(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_))
}

/// Returns whether a type is a number of items or pages.
fn number(ty: &TypeRef) -> bool {
    whole(ty) || matches!(ty, TypeRef::Float(_))
}

/// Returns the number of the first page: the default of the parameter, or 1 if it cannot be 0.
fn first(param: &Param) -> Option<u64> {
    let zero = param
        .constraints
        .iter()
        .any(|constraint| matches!(constraint, Constraint::Minimum(least) if least.to_f64() < 1.0));
    match &param.default {
        Some(default) => default.as_u64().filter(|first| *first < 2),
        None => (!zero).then_some(1),
    }
}
