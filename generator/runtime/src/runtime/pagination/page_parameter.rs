//! The query parameter that requests the next page: a cursor, a number of items, or the number of a page.

use crate::runtime::Value;
use crate::runtime::request::encode::push_pair;

/// The value of the query parameter for the next page.
#[derive(Clone)]
pub enum PageValue {
    /// A cursor. Every page except the last has a cursor.
    Cursor(Option<String>),
    /// A value of the last item of the page. The last page also has such a value.
    LastItem(Option<String>),
    /// The number of previous items.
    Offset,
    /// The number of the page.
    PageNumber {
        /// The number of the first page.
        first: u64,
    },
}

/// How the last page is recognised. This is not needed if the last page has no cursor.
#[derive(Clone, Copy, Default)]
pub struct LastPage {
    /// Whether the page says that there is a next page.
    pub has_more: Option<bool>,
    /// The total number of items.
    pub total: Option<u64>,
    /// The query parameter for the page size.
    pub size_parameter: Option<&'static str>,
    /// The page size if a request does not set it.
    pub default_size: Option<u64>,
}

impl PageValue {
    /// Returns the query of the next page, as a relative URL. `query` is the query of the current page.
    pub fn next_url(self, parameter: &str, last_page: &LastPage, query: &str, item_count: usize) -> Option<String> {
        let item_count = u64::try_from(item_count).ok()?;
        let value = match self {
            Self::Cursor(_) if last_page.has_more == Some(false) => return None,
            Self::Cursor(cursor) => match cursor? {
                // Some APIs return the whole URL of the next page in place of a cursor.
                url if url.starts_with("https://") || url.starts_with("http://") => return Some(url),
                cursor => cursor,
            },
            Self::LastItem(cursor) => cursor.filter(|_| last_page.has_next(query, item_count, None))?,
            Self::Offset => {
                let next_offset = number_in(query, parameter).unwrap_or_default().checked_add(item_count)?;
                last_page.has_next(query, item_count, Some(next_offset)).then(|| next_offset.to_string())?
            }
            Self::PageNumber { first } => {
                let page = number_in(query, parameter).unwrap_or(first);
                let page_size = last_page.page_size(query);
                let previous_items = page_size.and_then(|size| page.saturating_sub(first).checked_mul(size));
                let items_so_far = previous_items.and_then(|previous| previous.checked_add(item_count));
                let next = page.checked_add(1)?;
                last_page.has_next(query, item_count, items_so_far).then(|| next.to_string())?
            }
        };
        Some(with_parameter(query, parameter, &value))
    }
}

impl LastPage {
    /// Returns whether there is a next page. The flag in the page decides. Without a flag, the total number of items
    /// decides, and without a total number, the page size.
    fn has_next(&self, query: &str, item_count: u64, items_so_far: Option<u64>) -> bool {
        let is_below_total = || Some(items_so_far? < self.total?);
        let is_full = || self.page_size(query).is_none_or(|page_size| item_count >= page_size);
        item_count > 0 && self.has_more.or_else(is_below_total).unwrap_or_else(is_full)
    }

    /// Returns the number of items of a full page, if it is known.
    fn page_size(&self, query: &str) -> Option<u64> {
        self.size_parameter.and_then(|name| number_in(query, name)).or(self.default_size)
    }
}

/// Returns a cursor as a string. An empty string and the number 0 mean that there is no next page.
pub fn cursor_text(cursor: Option<impl Into<Value>>) -> Option<String> {
    let cursor = cursor?.into();
    let is_zero = matches!(&cursor, Value::Number(number) if number == "0");
    Some(cursor.text().into_owned()).filter(|text| !is_zero && !text.is_empty())
}

/// Converts an untyped JSON value to the value of a parameter, if it is a string or a number.
pub fn json_scalar(json: &serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::String(text) => Some(Value::Text(text.clone())),
        serde_json::Value::Number(number) => Some(Value::Number(number.to_string())),
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
