//! Lists whose pages do not hold the URL of the next one: how that follows from what came.

use std::sync::Arc;

use reqwest::header::LINK;
use serde_json::Value;

use super::encode::push_pair;
use super::{Answer, Page, Request};

/// How the next page of a list is asked for.
#[derive(Clone, Copy, Debug)]
pub enum NextPage {
    /// By the URL in the header `Link` (RFC 8288) whose relation is `next`.
    Link,
    /// By the query parameter of that name, with what the page gives for it.
    Cursor(&'static str),
    /// By the query parameter of that name: how many items to pass over.
    Offset(&'static str, Extent),
    /// By the query parameter of that name: the number of the page, the first of which is given.
    Number(&'static str, u64, Extent),
}

/// What is known of the extent of a list.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// The query parameter that sets the size of a page.
    pub size: Option<&'static str>,
    /// The size of a page for which none is asked.
    pub usual: Option<u64>,
    /// The JSON pointer to the number of all items.
    pub total: Option<&'static str>,
}

/// What makes the link to the next page of a page, of how many items it has, and of what it says of the next itself.
pub type Turn = Arc<dyn Fn(&Answer, usize, Option<&str>) -> Option<String> + Send + Sync>;

impl NextPage {
    /// The link from a page with so many items to the next, where `next` is what the page says itself.
    fn link(self, answer: &Answer, items: usize, next: Option<&str>) -> Option<String> {
        let query = answer.uri.query().unwrap_or_default();
        let items = u64::try_from(items).ok()?;
        match self {
            Self::Link => answer.headers.get_all(LINK).iter().find_map(|header| next_of(header.to_str().ok()?)),
            Self::Cursor(name) => match next.filter(|next| !next.is_empty())? {
                // Some give the whole URL where others give a cursor.
                url if url.starts_with("https://") || url.starts_with("http://") => Some(url.to_owned()),
                cursor => Some(with(query, name, cursor)),
            },
            Self::Offset(name, extent) => {
                let seen = number(query, name).unwrap_or_default().checked_add(items)?;
                extent.goes_on(answer, query, items, Some(seen)).then(|| with(query, name, &seen.to_string()))
            }
            Self::Number(name, first, extent) => {
                let page = number(query, name).unwrap_or(first);
                let before = extent.size(query).and_then(|size| page.saturating_sub(first).checked_mul(size));
                let seen = before.and_then(|before| before.checked_add(items));
                let next = page.checked_add(1)?;
                extent.goes_on(answer, query, items, seen).then(|| with(query, name, &next.to_string()))
            }
        }
    }
}

impl Extent {
    /// How many items a full page has, if that is known.
    fn size(&self, query: &str) -> Option<u64> {
        self.size.and_then(|name| number(query, name)).or(self.usual)
    }

    /// Whether there is more behind a page: the total says it, or else that the page is full.
    fn goes_on(&self, answer: &Answer, query: &str, items: u64, seen: Option<u64>) -> bool {
        let total = self.total.and_then(|at| serde_json::from_slice::<Value>(&answer.body).ok()?.pointer(at)?.as_u64());
        items > 0
            && match (total, seen) {
                (Some(total), Some(seen)) => seen < total,
                _ => self.size(query).is_none_or(|size| items >= size),
            }
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
    /// Says how the next page of the list is asked for.
    pub fn next_page(mut self, next_page: NextPage) -> Self {
        self.parts.turn = Some(Arc::new(move |answer, items, next| next_page.link(answer, items, next)));
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
