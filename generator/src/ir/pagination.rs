//! Pagination of lists: how a page is read, and how the next page is requested.

use std::fmt;

use crate::ir::TypeRef;

/// The largest page size that a limit sets. Nearly all APIs accept it.
const LARGEST_PAGE: u64 = 100;

/// How a page of a list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The keys that lead to the items of the page; none if it is nothing but those.
    pub items: Vec<String>,
    /// The type of an item.
    pub item: TypeRef,
    /// How the next page is asked for.
    pub next: Next,
    /// The keys that lead to whether there is a next page; there may be none.
    pub more: Vec<String>,
    /// The query parameter that bounds the items of a page, and the most it takes.
    pub page_size: Option<(String, Option<u64>)>,
}

impl Paging {
    /// The query parameter that a limit sets, and the most that it sets it to. Where a page that is not full is the last,
    /// none is asked to be larger than the API is known to make it.
    pub fn sized(&self) -> Option<(&str, u64)> {
        let counted = matches!(self.next, Next::Offset { .. } | Next::Number { .. } | Next::Last { .. });
        let counted = counted && self.more.is_empty();
        let (name, maximum) = self.page_size.as_ref()?;
        match maximum {
            // Some APIs refuse larger pages without documenting it. Callers can ask for what the document allows.
            Some(maximum) => Some((name, (*maximum).min(LARGEST_PAGE))),
            None => (!counted).then_some((name, LARGEST_PAGE)),
        }
    }
}

/// How the next page of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// By its URL, to which the keys lead in a page.
    Url(Vec<String>),
    /// By its URL in the header `Link`.
    Link,
    /// With what the keys lead to in a page, as a query parameter.
    Cursor {
        /// The keys.
        keys: Vec<String>,
        /// The query parameter.
        param: String,
    },
    /// With what the keys lead to in the last item of a page, as a query parameter.
    Last {
        /// The keys.
        keys: Vec<String>,
        /// The query parameter.
        param: String,
    },
    /// With the number of items to pass over as a query parameter. The keys lead to that of all items; there may be none.
    Offset {
        /// The query parameter.
        param: String,
        /// The keys.
        total: Vec<String>,
    },
    /// With the number of the page as a query parameter, the first of which is given.
    Number {
        /// The query parameter.
        param: String,
        /// The number of the first page.
        first: u64,
        /// The keys that lead to the number of all items; there may be none.
        total: Vec<String>,
    },
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(keys) => write!(f, "next page from the URL in `{}`", keys.join(".")),
            Self::Link => write!(f, "next page from the header `Link`"),
            Self::Cursor { keys, param } => write!(f, "next page by `{param}` from `{}`", keys.join(".")),
            Self::Last { keys, param } => {
                write!(f, "next page by `{param}` from `{}` of the last item", keys.join("."))
            }
            Self::Offset { param, total } | Self::Number { param, total, .. } => {
                write!(f, "next page by `{param}`")?;
                if total.is_empty() { Ok(()) } else { write!(f, ", total in `{}`", total.join(".")) }
            }
        }
    }
}
