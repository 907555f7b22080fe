//! The pagination of lists: where the items of a page are, and how the next page is requested.

use std::fmt;

use crate::ir::TypeRef;

/// The largest page size that a request chooses by itself, when the caller sets a `limit`. Nearly all APIs accept this
/// size.
const MAX_PAGE_SIZE: u64 = 100;

/// The pagination of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The path of property names to the items of a page. The path is empty if the response is the array of items.
    pub items: Vec<String>,
    /// The type of an item.
    pub item: TypeRef,
    /// How the next page is requested.
    pub next: Next,
    /// The path of property names to a boolean that says whether there is a next page. The path is empty if
    /// pages have no such boolean.
    pub next_page_flag: Vec<String>,
    /// The query parameter for the number of items per page, and the maximum of this number.
    pub page_size: Option<(String, Option<u64>)>,
}

impl Paging {
    /// Returns the query parameter for the page size and the largest page size, for a request with a `limit`.
    ///
    /// In some kinds of pagination, a page with fewer items than requested is the last page. If the server silently
    /// reduces a page size that is too large, the list would end early. For these kinds, the result is `None` unless
    /// the document has a maximum.
    pub fn limit_parameter(&self) -> Option<(&str, u64)> {
        let counts_items = matches!(self.next, Next::Offset { .. } | Next::PageNumber { .. } | Next::LastItem { .. });
        let short_page_is_last = counts_items && self.next_page_flag.is_empty();
        let (name, maximum) = self.page_size.as_ref()?;
        match maximum {
            // Some APIs document a larger maximum than they accept. A caller can still request larger pages by setting
            // the page size.
            Some(maximum) => Some((name, (*maximum).min(MAX_PAGE_SIZE))),
            None => (!short_page_is_last).then_some((name, MAX_PAGE_SIZE)),
        }
    }
}

/// How the next page of a list is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// By the URL at this path of property names in a page.
    Url(Vec<String>),
    /// By the URL in the header `Link`.
    Link,
    /// By a value of the page, which is sent as a query parameter.
    Cursor {
        /// The path of property names to the value.
        keys: Vec<String>,
        /// The name of the query parameter.
        param: String,
    },
    /// By a value of the last item of the page, which is sent as a query parameter.
    LastItem {
        /// The path of property names to the value.
        keys: Vec<String>,
        /// The name of the query parameter.
        param: String,
    },
    /// By the number of items to skip, which is sent as a query parameter.
    Offset {
        /// The name of the query parameter.
        param: String,
        /// The path of property names to the total number of items. The path is empty if pages have no total.
        total: Vec<String>,
    },
    /// By the number of the page, which is sent as a query parameter.
    PageNumber {
        /// The name of the query parameter.
        param: String,
        /// The number of the first page.
        first: u64,
        /// The path of property names to the total number of items. The path is empty if pages have no total.
        total: Vec<String>,
    },
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts().join(", "))
    }
}

impl Next {
    /// Describes how the next page is requested, in parts such as ``offset sent in `skip` ``.
    pub fn parts(&self) -> Vec<String> {
        let path = |keys: &[String]| keys.join(".");
        match self {
            Self::Url(keys) => vec![format!("URL of the next page in `{}`", path(keys))],
            Self::Link => vec!["URL of the next page in the header `Link`".to_owned()],
            Self::Cursor { keys, param } => {
                vec![format!("cursor from `{}`", path(keys)), format!("sent in `{param}`")]
            }
            Self::LastItem { keys, param } => {
                vec![format!("cursor from `{}` of the last item", path(keys)), format!("sent in `{param}`")]
            }
            Self::Offset { param, total } | Self::PageNumber { param, total, .. } => {
                let value = if matches!(self, Self::Offset { .. }) { "offset" } else { "page number" };
                let total = Some(total).filter(|total| !total.is_empty());
                [format!("{value} sent in `{param}`")]
                    .into_iter()
                    .chain(total.map(|total| format!("total in `{}`", path(total))))
                    .collect()
            }
        }
    }
}
