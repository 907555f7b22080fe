//! Lists in pages, with the parameters and the envelope that the document has for them.

use bindery::ir::{Answer, Next, Operation, Paging, Param, ParamPlace, Record, TypeRef};
use serde_json::{Map, Value, json};

use crate::generate;
use crate::http::Request;
use crate::model::{Model, plain};
use crate::store::{From, Store};

/// How many items a page has where neither request nor document say.
const USUAL: usize = 50;

/// A list that comes in pages.
pub(crate) struct List<'a> {
    pub model: &'a Model,
    pub operation: &'a Operation,
    pub paging: &'a Paging,
    pub collection: &'a str,
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
    /// The page that a request asks for; `shown` makes an item of a key and record.
    pub fn page(
        &self,
        store: &Store,
        request: &Request,
        base: &str,
        shown: &dyn Fn(&str, &Value) -> Value,
        now: &str,
    ) -> Value {
        let size_name = self.paging.page_size.as_ref().map(|(name, _)| name.as_str());
        let size = size_name.and_then(|name| value(request, name)?.parse().ok()).unwrap_or_else(|| self.usual());
        let number: i64 = self.number().and_then(|name| value(request, name)?.parse().ok()).unwrap_or_default();
        let from = value(request, self.token()).and_then(begin).unwrap_or(From::After(0));
        let slice = match self.passed_over(request, size) {
            Some((over, size)) => store.slice(self.collection, From::After(0), usize::MAX).part(over, size),
            None => store.slice(self.collection, from, size),
        };
        let link = |number: i64, token: Option<String>| self.link(request, base, size, number, token);
        let first = slice.records.first().map(|(number, _, _)| *number);
        let last = slice.records.last().map(|(number, _, _)| *number);
        let links = Links {
            number,
            size,
            total: store.len(self.collection),
            this: link(number, value(request, self.token()).filter(|token| begin(token).is_some()).map(str::to_owned)),
            first: link(0, None),
            previous: first
                .filter(|_| slice.more_before)
                .map(|first| link((number - 1).max(0), Some(format!("PB{first}")))),
            next: last
                .filter(|_| slice.more_after)
                .map(|last| link(number.saturating_add(1), Some(format!("PA{last}")))),
        };
        let items: Vec<Value> = slice.records.iter().map(|(_, key, record)| shown(key, record)).collect();
        let items = Value::from(items);
        if self.paging.items.is_empty() {
            return items;
        }
        let Answer::Json(ty) = self.operation.answer() else { return Value::Null };
        let Value::Object(mut page) = generate::value(self.model, ty, &[], now) else { return Value::Null };
        if let Some(record) = self.model.record(ty) {
            self.fill(record, &mut page, &links);
        }
        let next = match &self.paging.next {
            Next::Cursor { .. } => last.filter(|_| slice.more_after).map(|last| format!("PA{last}")),
            _ => links.next,
        };
        set(&mut page, self.paging.next.keys(), next.map_or(Value::Null, Value::from));
        set(&mut page, &self.paging.items, items);
        Value::Object(page)
    }

    /// How many records come before a page, and how many are on it, if its place is counted. A list that goes on by a
    /// header is given whole.
    fn passed_over(&self, request: &Request, size: usize) -> Option<(usize, usize)> {
        let number = |name: &str| value(request, name)?.parse::<usize>().ok();
        match &self.paging.next {
            Next::Url(_) | Next::Cursor { .. } => None,
            Next::Link => Some((0, usize::MAX)),
            Next::Offset { param, .. } => Some((number(param).unwrap_or_default(), size)),
            Next::Number { param, first, .. } => {
                let first = usize::try_from(*first).unwrap_or_default();
                Some((number(param).unwrap_or(first).saturating_sub(first).saturating_mul(size), size))
            }
        }
    }

    /// Fills the properties of the envelope and of the objects in it.
    fn fill(&self, record: &Record, onto: &mut Map<String, Value>, links: &Links) {
        for field in &record.fields {
            if let (Some(inner), Some(Value::Object(below))) = (self.model.record(&field.ty), onto.get_mut(&field.wire))
            {
                self.fill(inner, below, links);
                continue;
            }
            let value = match plain(&field.wire).as_str() {
                "page" | "pagenumber" => json!(links.number),
                "pagesize" | "perpage" | "limit" => json!(links.size),
                "total" | "totalcount" | "totalitems" => json!(links.total),
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
        if let Next::Cursor { param, .. } = &self.paging.next {
            return param;
        }
        let words = ["pagetoken", "token", "cursor", "after", "startingafter"];
        self.query(|param, name| !is_number(&param.ty) && words.contains(&name)).unwrap_or("page_token")
    }

    fn number(&self) -> Option<&str> {
        self.query(|param, name| is_number(&param.ty) && ["page", "pagenumber"].contains(&name))
    }

    fn query(&self, test: impl Fn(&Param, &str) -> bool) -> Option<&str> {
        let mut params = self.operation.params.iter().filter(|param| param.place == ParamPlace::Query);
        params.find(|param| test(param, &plain(&param.wire))).map(|param| param.wire.as_str())
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
        format!("{base}{}{mark}{query}", self.collection)
    }
}

/// Where the page of a token begins; `None` if it is none of ours.
fn begin(token: &str) -> Option<From> {
    let number = |text: &str| text.parse::<u64>().ok();
    match (token.strip_prefix("PA"), token.strip_prefix("PB")) {
        (Some(after), _) => number(after).map(From::After),
        (_, Some(before)) => number(before).map(From::Before),
        _ => None,
    }
}

fn is_number(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Int(_))
}

fn value<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Puts a value where the keys lead, if there is an object to put it into.
fn set(onto: &mut Map<String, Value>, keys: &[String], value: Value) {
    match keys {
        [] => {}
        [last] => {
            onto.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            if let Some(inner) = onto.get_mut(first).and_then(Value::as_object_mut) {
                set(inner, rest, value);
            }
        }
    }
}
