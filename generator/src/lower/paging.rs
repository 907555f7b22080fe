//! Which answers are pages of a list, and how the next one is asked for: as codegen.toml says, or as far as there is no
//! doubt.

use toml::Spanned;

use super::Lowering;
use super::words::{
    CURSOR_PARAMETERS, CURSORS, LAST_PARAMETERS, MORE, NUMBERS, OFFSETS, SIZES, TOTALS, URLS, is_one_of, plain,
};
use crate::config;
use crate::diag::{Place, code, did_you_mean};
use crate::ir::{Answer, Arena, Constraint, Field, Method, Next, Operation, Paging, Param, ParamPlace, Shape, TypeRef};
use crate::source::Pointer;

impl Lowering<'_> {
    /// How an answer leads on, if it is a page: it has exactly one list of items, and a way to the next page.
    pub(super) fn paging(&self, operation: &Operation) -> Option<Paging> {
        let Answer::Json(answer) = operation.answer() else { return None };
        if operation.method != Method::Get || operation.may_be_empty() {
            return None;
        }
        let general = self.config.paging.as_ref();
        let nothing = config::Paging::default();
        let own = general.and_then(|general| general.operations.get(&operation.id)).map(Spanned::get_ref);
        let told = own.or(general).unwrap_or(&nothing);
        if told.off {
            return None;
        }
        let (items, item) = self.items(answer, told)?;
        let page = Page { lowering: self, operation, answer, item: &item, told };
        let next = if told.is_told() { page.told_next() } else { page.recognised_next() }?;
        let page_size = page.size().map(|param| {
            let maximum = param.constraints.iter().find_map(|constraint| match constraint {
                Constraint::Maximum(maximum) => Some(*maximum as u64),
                _ => None,
            });
            (param.wire.clone(), maximum)
        });
        let more = match next {
            Next::Url(_) | Next::Link => Vec::new(),
            _ => page.more(),
        };
        Some(Paging { items, item, next, more, page_size })
    }

    /// What the configuration says of single operations must fit them.
    pub(super) fn check_paging(&mut self, operations: &Arena<Operation>) {
        for (name, told) in self.config.paging.iter().flat_map(|paging| &paging.operations) {
            let place = Place::Config(told.span());
            match operations.iter().find(|(_, operation)| operation.id == *name) {
                Some((_, operation)) if told.get_ref().off || operation.paging.is_some() => {
                    if let Some(other) = operations.iter().find_map(|(_, one)| self.disagrees(operation, one)) {
                        let message =
                            format!("`{name}` has its items elsewhere than `{other}`, with pages of one type");
                        self.error(code::CONFIG_VALUE, place, message, "name the same items, or turn one off");
                    }
                }
                Some(_) => {
                    let help =
                        "name what its parameters and its answer have, and `items` if that has more than one list";
                    self.error(code::CONFIG_VALUE, place, format!("`{name}` does not give pages that go on so"), help);
                }
                None => {
                    let ids = operations.iter().map(|(_, operation)| operation.id.as_str());
                    let help = match did_you_mean(name, ids) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "name an operation by its `operationId`".to_owned(),
                    };
                    self.error(code::CONFIG_VALUE, place, format!("no operation is called `{name}`"), help);
                }
            }
        }
    }

    /// The id of another operation whose pages are of the same type, and have other items.
    fn disagrees<'o>(&self, one: &Operation, other: &'o Operation) -> Option<&'o str> {
        let (Answer::Json(ty), Answer::Json(same)) = (one.answer(), other.answer()) else { return None };
        let differ = one.paging.as_ref()?.items != other.paging.as_ref()?.items;
        (differ && self.bare(ty) == self.bare(same)).then_some(&other.id)
    }

    /// The keys that lead to the items of a page, and the type of an item.
    fn items(&self, answer: &TypeRef, told: &config::Paging) -> Option<(Vec<String>, TypeRef)> {
        if let Some(pointer) = &told.items {
            let keys = keys(pointer);
            let above = &keys[..keys.len().saturating_sub(1)];
            let TypeRef::List(item) = self.bare(self.at(answer, &keys)?) else { return None };
            return self.is_always_there(answer, above).then(|| (keys, item.as_ref().clone()));
        }
        if let TypeRef::List(item) = self.bare(answer) {
            return Some((Vec::new(), item.as_ref().clone()));
        }
        let lists = self.fields(answer)?.iter().filter_map(|field| match &field.ty {
            TypeRef::List(item) => Some((&field.wire, item.as_ref())),
            _ => None,
        });
        let all: Vec<_> = lists.collect();
        // Beside the items there may be lists of what is said of them.
        let objects: Vec<_> = all.iter().copied().filter(|(_, item)| self.is_object(item)).collect();
        let (items, item) = match (all.as_slice(), objects.as_slice()) {
            ([only], _) | (_, [only]) => *only,
            _ => return None,
        };
        Some((vec![items.clone()], item.clone()))
    }

    /// The number of fields that an operation's response has, which are looked at for the way to the next page.
    pub(super) fn fields_of_response(&self, operation: &Operation) -> usize {
        let fields = |ty: &TypeRef| self.fields(ty).map_or(0, <[Field]>::len);
        if let Answer::Json(ty) = operation.answer() { fields(ty) } else { 0 }
    }

    fn is_object(&self, ty: &TypeRef) -> bool {
        let shape = if let TypeRef::Named(id) = self.bare(ty) { Some(&self.types[*id].shape) } else { None };
        matches!(shape, Some(Shape::Record(_) | Shape::Union(_)))
    }

    /// What stands where the keys lead in values of a type.
    fn at<'t>(&'t self, ty: &'t TypeRef, keys: &[String]) -> Option<&'t TypeRef> {
        keys.iter()
            .try_fold(ty, |ty, key| self.fields(ty)?.iter().find(|field| field.wire == *key).map(|field| &field.ty))
    }

    /// Whether no value on the way can be missing: items have to be in something.
    fn is_always_there(&self, ty: &TypeRef, keys: &[String]) -> bool {
        let Some((key, rest)) = keys.split_first() else { return true };
        let field = self.fields(ty).and_then(|fields| fields.iter().find(|field| field.wire == *key));
        field.is_some_and(|field| field.required && !field.nullable && self.is_always_there(&field.ty, rest))
    }

    /// A type behind its other names; names that lead back to each other are reported elsewhere.
    pub(super) fn bare<'t>(&'t self, mut ty: &'t TypeRef) -> &'t TypeRef {
        for _ in 0..self.types.len() {
            match ty {
                TypeRef::Named(id) => match &self.types[*id].shape {
                    Shape::Alias(other) => ty = other,
                    _ => return ty,
                },
                _ => return ty,
            }
        }
        ty
    }

    fn fields(&self, ty: &TypeRef) -> Option<&[Field]> {
        match self.bare(ty) {
            TypeRef::Named(id) => match &self.types[*id].shape {
                Shape::Record(record) => Some(&record.fields),
                _ => None,
            },
            _ => None,
        }
    }
}

impl config::Paging {
    /// Whether it says a way to the next page.
    fn is_told(&self) -> bool {
        let ways = [&self.next, &self.cursor, &self.last_item, &self.offset, &self.page];
        self.link || ways.into_iter().any(Option::is_some)
    }
}

/// An answer that holds a list.
struct Page<'a> {
    lowering: &'a Lowering<'a>,
    operation: &'a Operation,
    answer: &'a TypeRef,
    item: &'a TypeRef,
    told: &'a config::Paging,
}

impl<'a> Page<'a> {
    /// The way that the configuration names, if this page has it.
    fn told_next(&self) -> Option<Next> {
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

    /// The way that the names in the document leave no doubt of.
    fn recognised_next(&self) -> Option<Next> {
        let kind = |param: &Param| self.lowering.bare(&param.ty).clone();
        // A number after which there is something may be a time.
        let fits = |param: &Param, name: &str| match name {
            "after" => token(&kind(param)) && !whole(&kind(param)),
            _ => token(&kind(param)),
        };
        let called = |name: &str| self.query(|param| plain(&param.wire) == name && fits(param, name));
        let cursor = CURSOR_PARAMETERS.iter().find_map(|name| called(name));
        // A number that is called so is that of a page.
        let page = called("page").filter(|param| text(&kind(param)));
        if let Some(keys) = self.found(URLS, |ty| matches!(ty, TypeRef::Uri)) {
            return Some(Next::Url(keys));
        }
        match (cursor.or(page), self.found(CURSORS, token), self.found(URLS, text)) {
            (Some(param), Some(keys), _) => return Some(Next::Cursor { keys, param: param.wire.clone() }),
            (Some(param), None, Some(keys)) if cursor.is_some() => {
                return Some(Next::Cursor { keys, param: param.wire.clone() });
            }
            (_, _, Some(keys)) => return Some(Next::Url(keys)),
            _ => {}
        }
        // Who says whether there is more, and not what leads there, means the last item of the page; and so do some
        // words by themselves, where it is known whether a page is full.
        let last = cursor.filter(|param| match is_one_of(&param.wire, LAST_PARAMETERS) {
            true => !self.more().is_empty() || plain(&param.wire) != "after" && self.size().is_some(),
            false => false,
        });
        let keys = vec!["id".to_owned()];
        if let Some(param) = last.filter(|_| self.every_item_has(&keys)) {
            return Some(Next::Last { keys, param: param.wire.clone() });
        }
        let mut headers = self.operation.carriers().next()?.headers.iter();
        if headers.any(|header| header.wire.eq_ignore_ascii_case("link")) {
            return Some(Next::Link);
        }
        // Who takes a cursor may not take the number of a page alone.
        if cursor.is_some() {
            return None;
        }
        let (size, total) = (self.size(), self.total());
        if size.is_none() && total.is_empty() && self.more().is_empty() {
            return None;
        }
        let offset = self.query(|param| number(&kind(param)) && is_one_of(&param.wire, OFFSETS));
        let counted = self.query(|param| number(&kind(param)) && is_one_of(&param.wire, NUMBERS));
        match (offset, counted) {
            (Some(param), None) => Some(Next::Offset { param: param.wire.clone(), total }),
            (None, Some(param)) => Some(Next::Number { param: param.wire.clone(), first: first(param)?, total }),
            _ => None,
        }
    }

    /// The query parameter that bounds the items of a page. Where none is named, it is recognised if the way is.
    fn size(&self) -> Option<&'a Param> {
        match &self.told.page_size {
            Some(name) => self.query(|param| param.wire == *name),
            None if self.told.next.is_some() => None,
            None => self.query(|param| number(self.lowering.bare(&param.ty)) && is_one_of(&param.wire, SIZES)),
        }
    }

    /// The keys that lead to the number of all items.
    fn total(&self) -> Vec<String> {
        match &self.told.total {
            Some(pointer) => Some(keys(pointer)).filter(|keys| self.lowering.at(self.answer, keys).is_some()),
            None => self.found(TOTALS, number),
        }
        .unwrap_or_default()
    }

    /// The keys that lead to whether there is a next page.
    fn more(&self) -> Vec<String> {
        let truth = |ty: &TypeRef| matches!(ty, TypeRef::Bool);
        match &self.told.more {
            Some(pointer) => self.leads_to(keys(pointer), truth),
            None => self.found(MORE, truth),
        }
        .unwrap_or_default()
    }

    /// Whether the keys lead to a text or a number in every item, of whatever kind it is.
    fn every_item_has(&self, keys: &[String]) -> bool {
        let lowering = self.lowering;
        let in_one = |ty: &TypeRef| lowering.at(ty, keys).is_some_and(|ty| token(lowering.bare(ty)));
        match lowering.bare(self.item) {
            TypeRef::Named(id) => match &lowering.types[*id].shape {
                Shape::Union(union) => union.variants.iter().all(|choice| in_one(&choice.ty)),
                _ => in_one(self.item),
            },
            // Nothing is known of them.
            TypeRef::Json => self.told.last_item.is_some(),
            _ => false,
        }
    }

    fn query(&self, holds: impl Fn(&Param) -> bool) -> Option<&'a Param> {
        self.operation.params.iter().find(|param| param.place == ParamPlace::Query && holds(param))
    }

    /// The keys, if they lead to a value of such a type in a page.
    fn leads_to(&self, keys: Vec<String>, holds: impl Fn(&TypeRef) -> bool) -> Option<Vec<String>> {
        holds(self.lowering.at(self.answer, &keys)?).then_some(keys)
    }

    /// The keys to the first property that is called like one of these, each a path of names, and is of such a type.
    fn found(&self, known: &[&str], holds: impl Fn(&TypeRef) -> bool) -> Option<Vec<String>> {
        known.iter().find_map(|path| {
            let (mut at, mut keys) = (self.answer, Vec::new());
            for name in path.split('.') {
                let field = self.lowering.fields(at)?.iter().find(|field| plain(&field.wire) == name)?;
                keys.push(field.wire.clone());
                at = &field.ty;
            }
            holds(at).then_some(keys)
        })
    }
}

fn text(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Uri | TypeRef::Text)
}

/// Whether a value can stand for a place in a list: an identifier in whatever form, or a number.
fn token(ty: &TypeRef) -> bool {
    text(ty) || whole(ty) || matches!(ty, TypeRef::Uuid)
}

fn whole(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_))
}

/// Whether it counts something, whatever the document makes of numbers.
fn number(ty: &TypeRef) -> bool {
    whole(ty) || matches!(ty, TypeRef::Float(_))
}

fn keys(pointer: &str) -> Vec<String> {
    Pointer::from_reference(&format!("#{pointer}")).unwrap_or_default().keys().collect()
}

/// The number of the first page: what the API takes when none is given, or 1 if it cannot be 0.
fn first(param: &Param) -> Option<u64> {
    let zero =
        param.constraints.iter().any(|constraint| matches!(constraint, Constraint::Minimum(least) if *least < 1.0));
    match &param.default {
        Some(default) => default.as_u64().filter(|first| *first < 2),
        None => (!zero).then_some(1),
    }
}
