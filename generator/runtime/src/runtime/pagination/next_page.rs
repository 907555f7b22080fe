//! Finds the next page of lists whose pages do not contain its URL.

use std::cell::LazyCell;
use std::sync::Arc;

use reqwest::header::LINK;
use serde_json::Value;

use crate::runtime::request::encode::push_pair;
use crate::runtime::response::mismatch::without_byte_order_mark;
use crate::runtime::{Page, RawResponse, Request};

/// How to request the next page of a list, and how to find out whether there is one.
#[derive(Clone, Copy, Debug)]
pub struct NextPage {
    way: Way,
    /// The query parameter that sets the size of a page.
    size: Option<&'static str>,
    /// The size of a page for which none is asked.
    usual: Option<u64>,
    /// The JSON pointer to the number of all items.
    total: Option<&'static str>,
    /// The JSON pointer to whether there is a next page.
    more: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Link,
    Url(&'static str),
    Cursor(&'static str, &'static str),
    Last(&'static str, &'static str, &'static str),
    Offset(&'static str),
    Number(&'static str, u64),
}

impl NextPage {
    /// By the URL in the header `Link` (RFC 8288) whose relation is `next`.
    pub fn link() -> Self {
        Self::by(Way::Link)
    }

    /// By the URL to which a JSON pointer leads in the page.
    pub fn url(pointer: &'static str) -> Self {
        Self::by(Way::Url(pointer))
    }

    /// By a query parameter, with what a JSON pointer leads to in the page.
    pub fn cursor(name: &'static str, pointer: &'static str) -> Self {
        Self::by(Way::Cursor(name, pointer))
    }

    /// By a query parameter, with what a JSON pointer leads to in the last of the items, which are at another.
    pub fn last(name: &'static str, items: &'static str, pointer: &'static str) -> Self {
        Self::by(Way::Last(name, items, pointer))
    }

    /// By a query parameter: how many items to pass over.
    pub fn offset(name: &'static str) -> Self {
        Self::by(Way::Offset(name))
    }

    /// By a query parameter: the number of the page, the first of which is given.
    pub fn number(name: &'static str, first: u64) -> Self {
        Self::by(Way::Number(name, first))
    }

    fn by(way: Way) -> Self {
        Self { way, size: None, usual: None, total: None, more: None }
    }

    /// Which query parameter sets the size of a page.
    pub fn size(self, name: &'static str) -> Self {
        Self { size: Some(name), ..self }
    }

    /// Sets the default number of items in a page.
    pub fn usual(self, size: u64) -> Self {
        Self { usual: Some(size), ..self }
    }

    /// Sets the location of the total number of items.
    pub fn total(self, pointer: &'static str) -> Self {
        Self { total: Some(pointer), ..self }
    }

    /// Sets the location of the flag for further pages.
    pub fn more(self, pointer: &'static str) -> Self {
        Self { more: Some(pointer), ..self }
    }

    /// The link from a page with so many items to the next.
    fn follow(self, answer: &RawResponse, items: usize) -> Option<String> {
        let query = answer.sent.uri.query().unwrap_or_default();
        let items = u64::try_from(items).ok()?;
        let body = LazyCell::new(|| {
            serde_json::from_slice::<Value>(without_byte_order_mark(&answer.body)).unwrap_or_default()
        });
        let at = |pointer: &str| body.pointer(pointer).cloned();
        let more = self.more.and_then(|pointer| at(pointer)?.as_bool());
        // The page says itself whether there is another, or the number of all does, or else that it is full.
        let goes_on = |seen: Option<u64>| {
            let total = || Some(seen? < at(self.total?)?.as_u64()?);
            let full = || self.full(query).is_none_or(|full| items >= full);
            items > 0 && more.or_else(total).unwrap_or_else(full)
        };
        match self.way {
            Way::Link => answer.headers.get_all(LINK).iter().find_map(|header| next_of(header.to_str().ok()?)),
            Way::Url(pointer) => cursor(&at(pointer)?),
            Way::Cursor(..) if more == Some(false) => None,
            Way::Cursor(name, pointer) => match cursor(&at(pointer)?)? {
                // Some give the whole URL where others give a cursor.
                url if url.starts_with("https://") || url.starts_with("http://") => Some(url),
                cursor => Some(with(query, name, &cursor)),
            },
            Way::Last(name, list, pointer) => {
                let last = cursor(body.pointer(list)?.as_array()?.last()?.pointer(pointer)?)?;
                goes_on(None).then(|| with(query, name, &last))
            }
            Way::Offset(name) => {
                let seen = number(query, name).unwrap_or_default().checked_add(items)?;
                goes_on(Some(seen)).then(|| with(query, name, &seen.to_string()))
            }
            Way::Number(name, first) => {
                let page = number(query, name).unwrap_or(first);
                let before = self.full(query).and_then(|size| page.saturating_sub(first).checked_mul(size));
                let seen = before.and_then(|before| before.checked_add(items));
                let next = page.checked_add(1)?;
                goes_on(seen).then(|| with(query, name, &next.to_string()))
            }
        }
    }

    /// How many items a full page has, if that is known.
    fn full(&self, query: &str) -> Option<u64> {
        self.size.and_then(|name| number(query, name)).or(self.usual)
    }
}

/// What leads to the next page, if it is anything: there is no page behind an empty text, nor behind 0.
fn cursor(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()).filter(|number| number != "0"),
        _ => None,
    }
}

/// The query as a link, with another value of a parameter.
fn with(query: &str, name: &str, value: &str) -> String {
    let mut own = String::new();
    push_pair(&mut own, name, value);
    let key = own.split('=').next().unwrap_or_default();
    let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(key));
    let pairs: Vec<&str> = others.chain([own.as_str()]).collect();
    format!("?{}", pairs.join("&"))
}

/// The number that a query has for a parameter.
fn number(query: &str, name: &str) -> Option<u64> {
    let mut own = String::new();
    push_pair(&mut own, name, "");
    query.split('&').find_map(|pair| pair.strip_prefix(own.as_str()))?.parse().ok()
}

/// The target of the first link to a next page in a header.
fn next_of(header: &str) -> Option<String> {
    parts(header, ',').into_iter().find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let parameters: Vec<(String, &str)> = parts(parameters, ';')
            .into_iter()
            .filter_map(|parameter| parameter.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"')))
            .collect();
        let value = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
        // With an anchor, it is a link of something else.
        let next = value("rel")?.split_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"));
        (next && value("anchor").is_none()).then(|| target.to_owned())
    })
}

/// The parts of a header between separators that stand neither in quotes nor in angle brackets.
fn parts(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for (at, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !bracketed => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            sign if sign == separator && !quoted && !bracketed => {
                parts.push(&text[start..at]);
                start = at + sign.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

impl<D> Request<D> {
    /// Sets how the next page of the list is requested.
    pub fn next_page(mut self, next_page: NextPage) -> Self {
        self.parts.next_page = Some(Arc::new(move |answer, items| next_page.follow(answer, items)));
        self
    }
}

/// A page that is nothing but its items.
impl<T> Page for Vec<T> {
    type Item = T;

    fn items(&mut self) -> &mut Self {
        self
    }

    fn next(&self) -> Option<&str> {
        None
    }
}
