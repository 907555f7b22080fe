//! Paginated lists, as the document describes them.

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

/// The page size if neither the request nor the document sets a page size.
const DEFAULT_PAGE_SIZE: usize = 50;

/// A paginated list.
pub(crate) struct List<'a> {
    pub model: &'a Model,
    pub operation: &'a Operation,
    pub paging: &'a Paging,
    pub collection: &'a str,
    /// The path of the collection in URLs for clients.
    pub address: &'a str,
    pub selection: &'a Selection<'a>,
}

/// Values that describe a page and its list. Properties of the page contain these values.
struct PageValues {
    number: i64,
    size: usize,
    total: usize,
    /// The URL of this page. The next fields are the URLs of other pages.
    current: String,
    first: String,
    previous: Option<String>,
    next: Option<String>,
}

impl List<'_> {
    /// Returns the requested page, and the headers with the links to other pages. `item_of` converts a key and a record
    /// to an item.
    pub fn page(
        &self,
        store: &Store,
        request: &Request,
        base: &str,
        item_of: &dyn Fn(&str, &Value) -> Value,
        now: &str,
    ) -> Result<(Value, Vec<(String, String)>), Failure> {
        let size_name = self.paging.page_size.as_ref().map(|(name, _)| name.as_str());
        let size = integer_param(request, size_name, 0)?.unwrap_or_else(|| self.default_page_size());
        let first_number = self.page_number_param().map_or(0, |(_, first)| first);
        let number = integer_param(request, self.number_param_name(), first_number)?.unwrap_or(first_number);
        let token = self.request_token(request)?;
        let from = match &self.paging.next {
            // Usually, the token is the key of the last record of the previous page. If no record has this key, all
            // records are searched for the token.
            Next::LastItem { keys, .. } => token.map(|id| {
                let number_if_matching = |(number, key, record): &(u64, &str, &Value)| {
                    has_id(&item_of(key, record), keys, id).then_some(*number)
                };
                let by_key = store.get(self.collection, id).zip(store.number(self.collection, id));
                let by_key = by_key.and_then(|(record, number)| number_if_matching(&(number, id, record)));
                let all_records = || store.slice(self.collection, PageStart::After(0), usize::MAX);
                PageStart::After(
                    by_key.or_else(|| all_records().records.iter().find_map(number_if_matching)).unwrap_or(u64::MAX),
                )
            }),
            _ => token.and_then(page_start),
        };
        let from = from.unwrap_or(PageStart::After(0));
        let is_selected = |record: &Value| self.selection.keeps(record);
        let newest_first = self.selection.newest_first;
        let skip = self.skipped_records(request, size, number, token.is_some())?;
        let slice = store.select(self.collection, &PageQuery { from, skip, size, newest_first, keep: &is_selected });
        let link = |number: i64, token: Option<String>| self.link(request, base, size, number, token);
        let first = slice.records.first().map(|(number, _, _)| *number);
        let last = slice.records.last().map(|(number, _, _)| *number);
        let values = PageValues {
            number,
            size,
            total: self.total(store),
            current: link(number, token.map(str::to_owned)),
            first: link(first_number, None),
            previous: first.filter(|_| slice.has_earlier_records).map(|first| {
                link((number - 1).max(first_number), self.page_number_param().is_none().then(|| format!("PB{first}")))
            }),
            next: last.filter(|_| slice.has_later_records).map(|last| {
                link(number.saturating_add(1), self.page_number_param().is_none().then(|| format!("PA{last}")))
            }),
        };
        let headers = match &self.paging.next {
            Next::Link => values.link_header(),
            _ => Vec::new(),
        };
        let items: Vec<Value> = slice.records.iter().map(|(_, key, record)| item_of(key, record)).collect();
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
            self.fill(record, &mut page, &values);
        }
        let last = last.filter(|_| slice.has_later_records);
        let mut set = |keys: &[String], value: Value| self.set(ty, &mut page, keys, value);
        match &self.paging.next {
            Next::Url(keys) => set(keys, json!(values.next)),
            Next::Cursor { keys, .. } if self.token_is_number() => set(keys, json!(last)),
            Next::Cursor { keys, .. } => set(keys, json!(last.map(|last| format!("PA{last}")))),
            Next::Offset { total, .. } | Next::PageNumber { total, .. } => set(total, json!(values.total)),
            Next::Link | Next::LastItem { .. } => {}
        }
        set(&self.paging.next_page_flag, json!(last.is_some()));
        set(&self.paging.items, items);
        Ok((Value::Object(page), headers))
    }

    /// Returns the page token of the request. An empty token selects the first page.
    ///
    /// # Errors
    ///
    /// Returns status 400 if the token is invalid.
    fn request_token<'r>(&self, request: &'r Request) -> Result<Option<&'r str>, Failure> {
        let is_selected_by_number =
            self.page_number_param().is_some() || matches!(self.paging.next, Next::Offset { .. });
        let token = value(request, self.token_param_name()).filter(|token| !is_selected_by_number && !token.is_empty());
        let token_is_id = matches!(self.paging.next, Next::LastItem { .. });
        match token.filter(|token| !token_is_id && page_start(token).is_none()) {
            Some(_) => Err(Failure::new(400, format!("{} is not the token of a page", self.token_param_name()))),
            None => Ok(token),
        }
    }

    /// Sets the property at a path of keys, if the objects on the path exist. If the value is `null` and the schema
    /// does not allow `null`, the property is left out. A required property is set to the empty string instead.
    fn set(&self, ty: &TypeRef, object: &mut Map<String, Value>, keys: &[String], value: Value) {
        let record = self.model.record(ty);
        let field = |key: &String| record.and_then(|record| record.fields.iter().find(|field| field.wire == *key));
        match keys {
            [] => {}
            [last] => match field(last).filter(|field| value.is_null() && !generate::fits(self.model, field, &value)) {
                Some(field) if !field.required => drop(object.shift_remove(last)),
                Some(field) if generate::fits(self.model, field, &json!("")) => {
                    drop(object.insert(last.clone(), json!("")))
                }
                _ => drop(object.insert(last.clone(), value)),
            },
            [first, rest @ ..] => {
                let inner = field(first).map_or(&TypeRef::Json, |field| &field.ty);
                if let Some(nested) = object.get_mut(first).and_then(Value::as_object_mut) {
                    self.set(inner, nested, rest, value);
                }
            }
        }
    }

    /// Returns the number of records before the page. The request has this number as an offset, or the number follows
    /// from its page number. A request with a token skips no records.
    fn skipped_records(&self, request: &Request, size: usize, number: i64, has_token: bool) -> Result<usize, Failure> {
        if let Next::Offset { param, .. } = &self.paging.next {
            return Ok(integer_param(request, Some(param), 0)?.unwrap_or_default());
        }
        let first = match self.page_number_param() {
            Some((_, first)) => first,
            None if has_token || self.number_param_name().is_none() => return Ok(0),
            None => 0,
        };
        Ok(usize::try_from(number.saturating_sub(first)).unwrap_or_default().saturating_mul(size))
    }

    /// Returns the query parameter for the page number, and the number of the first page. Returns `None` if a page is
    /// selected in another way.
    fn page_number_param(&self) -> Option<(&str, i64)> {
        match &self.paging.next {
            Next::PageNumber { param, first, .. } => Some((param, i64::try_from(*first).unwrap_or_default())),
            Next::Link => {
                let name = self.number_param_name()?;
                let param = self.operation.params.iter().find(|param| param.wire == name)?;
                Some((name, param.default.as_ref().and_then(Value::as_i64).unwrap_or(1)))
            }
            _ => None,
        }
    }

    /// Returns the number of selected records. Returns 0 if pages do not show this number, because counting takes time.
    fn total(&self, store: &Store) -> usize {
        if self.selection.keeps_everything() {
            return store.len(self.collection);
        }
        if !self.shows_total() {
            return 0;
        }
        store.records(self.collection).filter(|(_, record)| self.selection.keeps(record)).count()
    }

    fn shows_total(&self) -> bool {
        let has_keys = match &self.paging.next {
            Next::Offset { total, .. } | Next::PageNumber { total, .. } => !total.is_empty(),
            _ => false,
        };
        let ResponseBody::Json(ty) = self.operation.response_body() else { return has_keys };
        has_keys || self.model.record(ty).is_some_and(|record| self.has_total_property(record, 3))
    }

    fn has_total_property(&self, record: &Record, depth: usize) -> bool {
        record.fields.iter().any(|field| {
            let inner = || self.model.record(&field.ty).filter(|_| depth > 0);
            is_total(&name_key(&field.wire)) || inner().is_some_and(|inner| self.has_total_property(inner, depth - 1))
        })
    }

    /// Returns whether the page token is a number.
    fn token_is_number(&self) -> bool {
        let token = self.token_param_name();
        self.operation.params.iter().any(|param| param.wire == token && is_number(&param.ty))
    }

    /// Sets the properties of a page that describe the list, also in nested objects.
    fn fill(&self, record: &Record, object: &mut Map<String, Value>, values: &PageValues) {
        for field in &record.fields {
            if let (Some(inner), Some(Value::Object(nested))) =
                (self.model.record(&field.ty), object.get_mut(&field.wire))
            {
                self.fill(inner, nested, values);
                continue;
            }
            let value = match name_key(&field.wire).as_str() {
                "page" | "pagenumber" => json!(values.number),
                "pagesize" | "perpage" | "limit" => json!(values.size),
                name if is_total(name) => json!(values.total),
                "url" | "self" => json!(values.current),
                "firstpageurl" | "firstpage" | "first" => json!(values.first),
                "previouspageurl" | "previouspage" | "previous" | "prev" => json!(values.previous),
                "nextpageurl" | "nextpage" | "next" => json!(values.next),
                "hasmore" | "more" => json!(values.next.is_some()),
                "key" => json!(self.paging.items.last()),
                _ => continue,
            };
            if generate::fits(self.model, field, &value) {
                object.insert(field.wire.clone(), value);
            } else if value.is_null() && !field.required {
                object.shift_remove(&field.wire);
            }
        }
    }

    /// Returns the name of the query parameter for the page token. If the document has none, this is [`TOKEN`].
    fn token_param_name(&self) -> &str {
        page_token(self.operation).unwrap_or(TOKEN)
    }

    /// Returns the name of the query parameter for the page number.
    fn number_param_name(&self) -> Option<&str> {
        page_number(self.operation)
    }

    fn default_page_size(&self) -> usize {
        let (name, maximum) = match &self.paging.page_size {
            Some((name, maximum)) => (Some(name), maximum.and_then(|maximum| usize::try_from(maximum).ok())),
            None => (None, None),
        };
        let param = self.operation.params.iter().find(|param| Some(&param.wire) == name);
        let default = param.and_then(|param| param.default.as_ref()).and_then(Value::as_u64);
        default
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(maximum.unwrap_or(usize::MAX).min(DEFAULT_PAGE_SIZE))
    }

    /// Returns the URL of a page. This is the URL of the request with different parameters for the page.
    fn link(&self, request: &Request, base: &str, size: usize, number: i64, token: Option<String>) -> String {
        let size_name = self.paging.page_size.as_ref().map(|(name, _)| name.as_str());
        let page_params = [size_name, self.number_param_name(), Some(self.token_param_name())];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(request.query.iter().filter(|(name, _)| !page_params.contains(&Some(name.as_str()))));
        if let Some(name) = size_name {
            query.append_pair(name, &size.to_string());
        }
        if let Some(name) = self.number_param_name() {
            query.append_pair(name, &number.to_string());
        }
        if let Some(token) = token {
            query.append_pair(self.token_param_name(), &token);
        }
        let query = query.finish();
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{base}{}{separator}{query}", self.address)
    }
}

impl PageValues {
    /// Returns the header `Link` with the URLs of the first, the previous and the next page.
    fn link_header(&self) -> Vec<(String, String)> {
        let relations = [("first", Some(&self.first)), ("prev", self.previous.as_ref()), ("next", self.next.as_ref())];
        let links = relations.into_iter().filter_map(|(relation, url)| Some(format!("<{}>; rel=\"{relation}\"", url?)));
        vec![("Link".to_owned(), links.collect::<Vec<_>>().join(", "))]
    }
}

/// Returns whether a property is the total number of items. `name` is its name in lower case and without punctuation.
fn is_total(name: &str) -> bool {
    ["total", "totalcount", "totalitems"].contains(&name)
}

/// Returns whether the property of an item at a path of keys has the value `id`.
fn has_id(item: &Value, keys: &[String], id: &str) -> bool {
    match keys.iter().try_fold(item, |item, key| item.get(key)) {
        Some(Value::Number(number)) => number.to_string() == id,
        value => value.and_then(Value::as_str) == Some(id),
    }
}

/// Returns the start of the page with a token. Returns `None` if the token does not come from the mock.
fn page_start(token: &str) -> Option<PageStart> {
    let number = |text: &str| text.parse::<u64>().ok();
    match (token.strip_prefix("PA"), token.strip_prefix("PB")) {
        (Some(after), _) => number(after).map(PageStart::After),
        (_, Some(before)) => number(before).map(PageStart::Before),
        _ => number(token).map(PageStart::After),
    }
}

/// Returns the value of a query parameter, if the request has it.
///
/// # Errors
///
/// Returns status 400 if the value is not an integer or is less than `minimum`.
fn integer_param<N: FromStr + PartialOrd + Display>(
    request: &Request,
    name: Option<&str>,
    minimum: N,
) -> Result<Option<N>, Failure> {
    let Some((name, text)) = name.and_then(|name| Some((name, value(request, name)?))) else { return Ok(None) };
    let number = text.parse().ok().filter(|number| *number >= minimum);
    number.map(Some).ok_or_else(|| Failure::new(400, format!("{name} must be an integer of at least {minimum}")))
}

fn is_number(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Int(_) | TypeRef::Unsigned(_))
}

fn value<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}
