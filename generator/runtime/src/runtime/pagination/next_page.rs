//! Finds the next page of a list whose page type does not implement the pagination. The request has a [`NextPage`] instead.

use std::cell::LazyCell;
use std::sync::Arc;

use reqwest::header::LINK;
use serde_json::Value;

use crate::runtime::request::encode::push_pair;
use crate::runtime::response::mismatch::without_byte_order_mark;
use crate::runtime::{Page, RawResponse, Request};

/// How the next page of a list is requested, and how the last page is recognised.
#[derive(Clone, Copy, Debug)]
pub struct NextPage {
    source: NextPageSource,
    /// The query parameter for the page size.
    size_parameter: Option<&'static str>,
    /// The page size if a request does not set it.
    default_size: Option<u64>,
    /// The JSON pointer to the total number of items.
    total_pointer: Option<&'static str>,
    /// The JSON pointer to a boolean that says whether there is a next page.
    more_pointer: Option<&'static str>,
}

/// The part of a response or request that determines the request for the next page.
#[derive(Clone, Copy, Debug)]
enum NextPageSource {
    LinkHeader,
    Url { pointer: &'static str },
    Cursor { parameter: &'static str, pointer: &'static str },
    LastItem { parameter: &'static str, items_pointer: &'static str, pointer: &'static str },
    Offset { parameter: &'static str },
    PageNumber { parameter: &'static str, first: u64 },
}

impl NextPage {
    /// The URL of the next page is in the header `Link` (RFC 8288) of the current page, with the relation `next`.
    pub fn link() -> Self {
        Self::new(NextPageSource::LinkHeader)
    }

    /// The URL of the next page is in the body of the current page, at a JSON pointer.
    pub fn url(pointer: &'static str) -> Self {
        Self::new(NextPageSource::Url { pointer })
    }

    /// The body of the current page has a cursor, at a JSON pointer. The request for the next page sends it as a query
    /// parameter.
    pub fn cursor(parameter: &'static str, pointer: &'static str) -> Self {
        Self::new(NextPageSource::Cursor { parameter, pointer })
    }

    /// The last item of the current page has a cursor, at the JSON pointer `pointer` into the item. The request for the next
    /// page sends it as a query parameter. The items are at the JSON pointer `items_pointer` into the body.
    pub fn last_item(parameter: &'static str, items_pointer: &'static str, pointer: &'static str) -> Self {
        Self::new(NextPageSource::LastItem { parameter, items_pointer, pointer })
    }

    /// The request for the next page sends the number of items on all previous pages as a query parameter.
    pub fn offset(parameter: &'static str) -> Self {
        Self::new(NextPageSource::Offset { parameter })
    }

    /// The request for the next page sends the page number as a query parameter. `first` is the number of the first page.
    pub fn page_number(parameter: &'static str, first: u64) -> Self {
        Self::new(NextPageSource::PageNumber { parameter, first })
    }

    fn new(source: NextPageSource) -> Self {
        Self { source, size_parameter: None, default_size: None, total_pointer: None, more_pointer: None }
    }

    /// Sets the query parameter for the page size. A page with fewer items is the last one.
    pub fn size_parameter(self, name: &'static str) -> Self {
        Self { size_parameter: Some(name), ..self }
    }

    /// Sets the page size of a request that does not set it.
    pub fn default_size(self, size: u64) -> Self {
        Self { default_size: Some(size), ..self }
    }

    /// Sets the JSON pointer to the total number of items.
    pub fn total(self, pointer: &'static str) -> Self {
        Self { total_pointer: Some(pointer), ..self }
    }

    /// Sets the JSON pointer to the boolean that says whether there is a next page.
    pub fn more(self, pointer: &'static str) -> Self {
        Self { more_pointer: Some(pointer), ..self }
    }

    /// Returns the URL of the page after a response, or its query. `item_count` is the number of items in the response.
    fn next_url(self, response: &RawResponse, item_count: usize) -> Option<String> {
        let query = response.sent.uri.query().unwrap_or_default();
        let item_count = u64::try_from(item_count).ok()?;
        let body = LazyCell::new(|| {
            serde_json::from_slice::<Value>(without_byte_order_mark(&response.body)).unwrap_or_default()
        });
        let value_at = |pointer: &str| body.pointer(pointer).cloned();
        let has_more = self.more_pointer.and_then(|pointer| value_at(pointer)?.as_bool());
        // Whether this is the last page depends on the boolean of the page. Without one, it depends on the total number of
        // items, and without that, on the page size.
        let has_next = |items_so_far: Option<u64>| {
            let is_below_total = || Some(items_so_far? < value_at(self.total_pointer?)?.as_u64()?);
            let is_full = || self.page_size(query).is_none_or(|page_size| item_count >= page_size);
            item_count > 0 && has_more.or_else(is_below_total).unwrap_or_else(is_full)
        };
        match self.source {
            NextPageSource::LinkHeader => {
                response.headers.get_all(LINK).iter().find_map(|header| next_link(header.to_str().ok()?))
            }
            NextPageSource::Url { pointer } => cursor_text(&value_at(pointer)?),
            NextPageSource::Cursor { .. } if has_more == Some(false) => None,
            NextPageSource::Cursor { parameter, pointer } => match cursor_text(&value_at(pointer)?)? {
                // Some APIs have the whole URL in place of a cursor.
                url if url.starts_with("https://") || url.starts_with("http://") => Some(url),
                cursor => Some(with_parameter(query, parameter, &cursor)),
            },
            NextPageSource::LastItem { parameter, items_pointer, pointer } => {
                let last_item = body.pointer(items_pointer)?.as_array()?.last()?;
                let cursor = cursor_text(last_item.pointer(pointer)?)?;
                has_next(None).then(|| with_parameter(query, parameter, &cursor))
            }
            NextPageSource::Offset { parameter } => {
                let next_offset = number_in(query, parameter).unwrap_or_default().checked_add(item_count)?;
                has_next(Some(next_offset)).then(|| with_parameter(query, parameter, &next_offset.to_string()))
            }
            NextPageSource::PageNumber { parameter, first } => {
                let page = number_in(query, parameter).unwrap_or(first);
                let previous_items =
                    self.page_size(query).and_then(|page_size| page.saturating_sub(first).checked_mul(page_size));
                let items_so_far = previous_items.and_then(|previous| previous.checked_add(item_count));
                let next = page.checked_add(1)?;
                has_next(items_so_far).then(|| with_parameter(query, parameter, &next.to_string()))
            }
        }
    }

    /// Returns the number of items of a full page, if it is known.
    fn page_size(&self, query: &str) -> Option<u64> {
        self.size_parameter.and_then(|name| number_in(query, name)).or(self.default_size)
    }
}

/// Returns a cursor as a string. An empty string and the number 0 mean that there is no next page.
fn cursor_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()).filter(|number| number != "0"),
        _ => None,
    }
}

/// Returns the query with another value of a parameter, as a relative URL.
fn with_parameter(query: &str, name: &str, value: &str) -> String {
    let mut new_pair = String::new();
    push_pair(&mut new_pair, name, value);
    let key = new_pair.split('=').next().unwrap_or_default();
    let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(key));
    let pairs: Vec<&str> = others.chain([new_pair.as_str()]).collect();
    format!("?{}", pairs.join("&"))
}

/// Returns the value of a parameter in a query, if it is a number.
fn number_in(query: &str, name: &str) -> Option<u64> {
    let mut prefix = String::new();
    push_pair(&mut prefix, name, "");
    query.split('&').find_map(|pair| pair.strip_prefix(prefix.as_str()))?.parse().ok()
}

/// Returns the target of the first link with the relation `next` in a header `Link`.
fn next_link(header: &str) -> Option<String> {
    split_unquoted(header, ',').into_iter().find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let parameters: Vec<(String, &str)> = split_unquoted(parameters, ';')
            .into_iter()
            .filter_map(|parameter| parameter.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"')))
            .collect();
        let value_of = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
        let is_next = value_of("rel")?.split_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"));
        // A link with an anchor belongs to another resource.
        (is_next && value_of("anchor").is_none()).then(|| target.to_owned())
    })
}

/// Splits a header at separators that are neither in quotes nor in angle brackets.
fn split_unquoted(header: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_bracketed, mut is_escaped) = (false, false, false);
    for (index, character) in header.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' if !is_bracketed => is_quoted = !is_quoted,
            '<' if !is_quoted => is_bracketed = true,
            '>' if !is_quoted => is_bracketed = false,
            _ if character == separator && !is_quoted && !is_bracketed => {
                parts.push(&header[start..index]);
                start = index + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&header[start..]);
    parts
}

impl<D> Request<D> {
    /// Sets how the next page of the list is requested.
    pub fn next_page(mut self, next_page: NextPage) -> Self {
        self.parts.next_page = Some(Arc::new(move |response, item_count| next_page.next_url(response, item_count)));
        self
    }
}

/// A page that is the array of its items.
impl<T> Page for Vec<T> {
    type Item = T;

    fn items(&mut self) -> &mut Self {
        self
    }

    fn next(&self) -> Option<&str> {
        None
    }
}
