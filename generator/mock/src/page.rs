//! Lists in pages, with the parameters and the envelope that the document has for them.

use std::fmt::Display;
use std::str::FromStr;

use bindery::ir::{Next, Operation, Paging, Record, ResponseBody, TypeRef};
use bindery::mock_rules::{page_number, page_token};
use bindery::normalize::name_key;
use serde_json::{Map, Value, json};

use crate::error::Failure;
use crate::filter::Selection;
use crate::generate;
use crate::http::Request;
use crate::model::{Model, TOKEN};
use crate::store::{PageQuery, PageStart, Store};

/// The default number of items in a page.
const USUAL: usize = 50;

/// A list that comes in pages.
pub(crate) struct List<'a> {
    pub model: &'a Model,
    pub operation: &'a Operation,
    pub paging: &'a Paging,
    pub collection: &'a str,
    /// The path of the collection for clients.
    pub address: &'a str,
    pub selection: &'a Selection<'a>,
}

/// What the properties of an envelope may be, by what they are called.
struct Links {
    number: i64,
    size: usize,
    total: usize,
    this: String,
    first: String,
    previous: Option<String>,
    next: Option<String>,
}

impl List<'_> {
    /// The page that a request asks for, and the headers that say where others are; `shown` makes an item of a key and
    /// record.
    pub fn page(
        &self,
        store: &Store,
        request: &Request,
        base: &str,
        shown: &dyn Fn(&str, &Value) -> Value,
        now: &str,
    ) -> Result<(Value, Vec<(String, String)>), Failure> {
        let size_name = self.paging.page_size.as_ref().map(|(name, _)| name.as_str());
        let size = at_least(request, size_name, 0)?.unwrap_or_else(|| self.usual());
        let start = self.counted().map_or(0, |(_, first)| first);
        let number = at_least(request, self.number(), start)?.unwrap_or(start);
        let token = self.sent_token(request)?;
        let from = match &self.paging.next {
            // Most often the property is the key.
            Next::Last { keys, .. } => token.map(|id| {
                let is_of = |(number, key, record): &(u64, &str, &Value)| {
                    named(&shown(key, record), keys, id).then_some(*number)
                };
                let by_key = store.get(self.collection, id).zip(store.number(self.collection, id));
                let by_key = by_key.and_then(|(record, number)| is_of(&(number, id, record)));
                let all = || store.slice(self.collection, PageStart::After(0), usize::MAX);
                PageStart::After(by_key.or_else(|| all().records.iter().find_map(is_of)).unwrap_or(u64::MAX))
            }),
            _ => token.and_then(begin),
        };
        let from = from.unwrap_or(PageStart::After(0));
        let keep = |record: &Value| self.selection.keeps(record);
        let newest_first = self.selection.newest_first;
        let skip = self.passed_over(request, size, number, token.is_some())?;
        let slice = store.select(self.collection, &PageQuery { from, skip, size, newest_first, keep: &keep });
        let link = |number: i64, token: Option<String>| self.link(request, base, size, number, token);
        let first = slice.records.first().map(|(number, _, _)| *number);
        let last = slice.records.last().map(|(number, _, _)| *number);
        let links = Links {
            number,
            size,
            total: self.total(store),
            this: link(number, token.map(str::to_owned)),
            first: link(start, None),
            previous: first
                .filter(|_| slice.more_before)
                .map(|first| link((number - 1).max(start), self.counted().is_none().then(|| format!("PB{first}")))),
            next: last
                .filter(|_| slice.more_after)
                .map(|last| link(number.saturating_add(1), self.counted().is_none().then(|| format!("PA{last}")))),
        };
        let headers = match &self.paging.next {
            Next::Link => links.header(),
            _ => Vec::new(),
        };
        let items: Vec<Value> = slice.records.iter().map(|(_, key, record)| shown(key, record)).collect();
        let items = Value::from(items);
        if self.paging.items.is_empty() {
            return Ok((items, headers));
        }
        let page = match self.operation.response_body() {
            ResponseBody::Json(ty) => (ty, generate::value(self.model, ty, &[], now)),
            _ => return Ok((Value::Null, headers)),
        };
        let (ty, Value::Object(mut page)) = page else { return Ok((Value::Null, headers)) };
        if let Some(record) = self.model.record(ty) {
            self.fill(record, &mut page, &links);
        }
        let last = last.filter(|_| slice.more_after);
        let mut put = |keys: &[String], value: Value| self.put(ty, &mut page, keys, value);
        match &self.paging.next {
            Next::Url(keys) => put(keys, json!(links.next)),
            Next::Cursor { keys, .. } if self.is_counting() => put(keys, json!(last)),
            Next::Cursor { keys, .. } => put(keys, json!(last.map(|last| format!("PA{last}")))),
            Next::Offset { total, .. } | Next::Number { total, .. } => put(total, json!(links.total)),
            Next::Link | Next::Last { .. } => {}
        }
        put(&self.paging.more, json!(last.is_some()));
        put(&self.paging.items, items);
        Ok((Value::Object(page), headers))
    }

    /// The token of the request that says where the page begins. An empty one is that of the first page.
    ///
    /// # Errors
    ///
    /// 400 if no page has it.
    fn sent_token<'r>(&self, request: &'r Request) -> Result<Option<&'r str>, Failure> {
        let is_counted = self.counted().is_some() || matches!(self.paging.next, Next::Offset { .. });
        let token = value(request, self.token()).filter(|token| !is_counted && !token.is_empty());
        let is_id = matches!(self.paging.next, Next::Last { .. });
        match token.filter(|token| !is_id && begin(token).is_none()) {
            Some(_) => Err(Failure::new(400, format!("{} is not the token of a page", self.token()))),
            None => Ok(token),
        }
    }

    /// Puts a value where the keys lead, if there is an object to put it into. `null` where the schema has no null is left out, or
    /// empty where the property is required.
    fn put(&self, ty: &TypeRef, onto: &mut Map<String, Value>, keys: &[String], value: Value) {
        let record = self.model.record(ty);
        let field = |key: &String| record.and_then(|record| record.fields.iter().find(|field| field.wire == *key));
        match keys {
            [] => {}
            [last] => match field(last).filter(|field| value.is_null() && !generate::fits(self.model, field, &value)) {
                Some(field) if !field.required => drop(onto.shift_remove(last)),
                Some(field) if generate::fits(self.model, field, &json!("")) => {
                    drop(onto.insert(last.clone(), json!("")))
                }
                _ => drop(onto.insert(last.clone(), value)),
            },
            [first, rest @ ..] => {
                let inner = field(first).map_or(&TypeRef::Json, |field| &field.ty);
                if let Some(object) = onto.get_mut(first).and_then(Value::as_object_mut) {
                    self.put(inner, object, rest, value);
                }
            }
        }
    }

    /// How many records come before the page, if its place is counted: by an offset, or by its number where no token says where
    /// it begins.
    fn passed_over(&self, request: &Request, size: usize, number: i64, has_token: bool) -> Result<usize, Failure> {
        if let Next::Offset { param, .. } = &self.paging.next {
            return Ok(at_least(request, Some(param), 0)?.unwrap_or_default());
        }
        let first = match self.counted() {
            Some((_, first)) => first,
            None if has_token || self.number().is_none() => return Ok(0),
            None => 0,
        };
        Ok(usize::try_from(number.saturating_sub(first)).unwrap_or_default().saturating_mul(size))
    }

    /// The query parameter that says alone where a page begins, by its number, and the number of the first page.
    fn counted(&self) -> Option<(&str, i64)> {
        match &self.paging.next {
            Next::Number { param, first, .. } => Some((param, i64::try_from(*first).unwrap_or_default())),
            Next::Link => {
                let name = self.number()?;
                let param = self.operation.params.iter().find(|param| param.wire == name)?;
                Some((name, param.default.as_ref().and_then(Value::as_i64).unwrap_or(1)))
            }
            _ => None,
        }
    }

    /// How many records there are; 0 where no page says it and they would have to be counted.
    fn total(&self, store: &Store) -> usize {
        if self.selection.is_everything() {
            return store.len(self.collection);
        }
        if !self.shows_total() {
            return 0;
        }
        store.records(self.collection).filter(|(_, record)| self.selection.keeps(record)).count()
    }

    fn shows_total(&self) -> bool {
        let has_keys = match &self.paging.next {
            Next::Offset { total, .. } | Next::Number { total, .. } => !total.is_empty(),
            _ => false,
        };
        let ResponseBody::Json(ty) = self.operation.response_body() else { return has_keys };
        has_keys || self.model.record(ty).is_some_and(|record| self.names_total(record, 3))
    }

    fn names_total(&self, record: &Record, depth: usize) -> bool {
        record.fields.iter().any(|field| {
            let inner = || self.model.record(&field.ty).filter(|_| depth > 0);
            is_total(&name_key(&field.wire)) || inner().is_some_and(|inner| self.names_total(inner, depth - 1))
        })
    }

    /// Whether what says where a page begins is a number.
    fn is_counting(&self) -> bool {
        let token = self.token();
        self.operation.params.iter().any(|param| param.wire == token && is_number(&param.ty))
    }

    /// Fills the properties of the envelope and of the objects in it.
    fn fill(&self, record: &Record, onto: &mut Map<String, Value>, links: &Links) {
        for field in &record.fields {
            if let (Some(inner), Some(Value::Object(below))) = (self.model.record(&field.ty), onto.get_mut(&field.wire))
            {
                self.fill(inner, below, links);
                continue;
            }
            let value = match name_key(&field.wire).as_str() {
                "page" | "pagenumber" => json!(links.number),
                "pagesize" | "perpage" | "limit" => json!(links.size),
                name if is_total(name) => json!(links.total),
                "url" | "self" => json!(links.this),
                "firstpageurl" | "firstpage" | "first" => json!(links.first),
                "previouspageurl" | "previouspage" | "previous" | "prev" => json!(links.previous),
                "nextpageurl" | "nextpage" | "next" => json!(links.next),
                "hasmore" | "more" => json!(links.next.is_some()),
                "key" => json!(self.paging.items.last()),
                _ => continue,
            };
            if generate::fits(self.model, field, &value) {
                onto.insert(field.wire.clone(), value);
            } else if value.is_null() && !field.required {
                onto.shift_remove(&field.wire);
            }
        }
    }

    /// The query parameter that says where a page begins. If the document has none, its URLs have one all the same.
    fn token(&self) -> &str {
        page_token(self.operation).unwrap_or(TOKEN)
    }

    fn number(&self) -> Option<&str> {
        page_number(self.operation)
    }

    fn usual(&self) -> usize {
        let (name, most) = match &self.paging.page_size {
            Some((name, most)) => (Some(name), most.and_then(|most| usize::try_from(most).ok())),
            None => (None, None),
        };
        let param = self.operation.params.iter().find(|param| Some(&param.wire) == name);
        let default = param.and_then(|param| param.default.as_ref()).and_then(Value::as_u64);
        default.and_then(|size| usize::try_from(size).ok()).unwrap_or(most.map_or(USUAL, |most| most.min(USUAL)))
    }

    /// The URL of a page: the request's own, with another place to begin.
    fn link(&self, request: &Request, base: &str, size: usize, number: i64, token: Option<String>) -> String {
        let size_name = self.paging.page_size.as_ref().map(|(name, _)| name.as_str());
        let own = [size_name, self.number(), Some(self.token())];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(request.query.iter().filter(|(name, _)| !own.contains(&Some(name.as_str()))));
        if let Some(name) = size_name {
            query.append_pair(name, &size.to_string());
        }
        if let Some(name) = self.number() {
            query.append_pair(name, &number.to_string());
        }
        if let Some(token) = token {
            query.append_pair(self.token(), &token);
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{base}{}{mark}{query}", self.address)
    }
}

impl Links {
    /// The header that names the other pages.
    fn header(&self) -> Vec<(String, String)> {
        let others = [("first", Some(&self.first)), ("prev", self.previous.as_ref()), ("next", self.next.as_ref())];
        let named = others.into_iter().filter_map(|(relation, url)| Some(format!("<{}>; rel=\"{relation}\"", url?)));
        vec![("Link".to_owned(), named.collect::<Vec<_>>().join(", "))]
    }
}

/// Whether a property, by its name without case and punctuation, has the number of all items.
fn is_total(name: &str) -> bool {
    ["total", "totalcount", "totalitems"].contains(&name)
}

/// Whether the keys lead to such an identifier in an item.
fn named(item: &Value, keys: &[String], id: &str) -> bool {
    match keys.iter().try_fold(item, |item, key| item.get(key)) {
        Some(Value::Number(number)) => number.to_string() == id,
        found => found.and_then(Value::as_str) == Some(id),
    }
}

/// Where the page of a token begins; `None` if it is none of ours.
fn begin(token: &str) -> Option<PageStart> {
    let number = |text: &str| text.parse::<u64>().ok();
    match (token.strip_prefix("PA"), token.strip_prefix("PB")) {
        (Some(after), _) => number(after).map(PageStart::After),
        (_, Some(before)) => number(before).map(PageStart::Before),
        _ => number(token).map(PageStart::After),
    }
}

/// The number that a request has for a query parameter.
///
/// # Errors
///
/// 400 if it is less than `least`, or not a number at all.
fn at_least<N: FromStr + PartialOrd + Display>(
    request: &Request,
    name: Option<&str>,
    least: N,
) -> Result<Option<N>, Failure> {
    let Some((name, text)) = name.and_then(|name| Some((name, value(request, name)?))) else { return Ok(None) };
    let number = text.parse().ok().filter(|number| *number >= least);
    number.map(Some).ok_or_else(|| Failure::new(400, format!("{name} must be an integer of at least {least}")))
}

fn is_number(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_))
}

fn value<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
