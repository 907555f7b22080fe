//! How the next page of a list is found.

#[cfg(feature = "page-parameters")]
use super::page_parameter::{LastPage, PageValue, cursor_text};
#[cfg(feature = "page-parameters")]
use crate::runtime::Value;
use crate::runtime::{Operation, ValueOf};

/// An operation that returns a paginated list.
pub trait Paginated: Operation {
    /// The type of an item.
    type Item;

    /// Returns the items of a page.
    fn items(page: &mut ValueOf<Self>) -> &mut Vec<Self::Item>;

    /// Returns how the page after `page` is requested.
    fn next_page(page: &ValueOf<Self>) -> NextPage;
}

/// How the next page is requested, with the values of the current page.
#[derive(Clone)]
pub struct NextPage {
    pub(super) source: Source,
    #[cfg(feature = "page-parameters")]
    pub(super) last_page: LastPage,
}

/// What leads to the next page.
#[derive(Clone)]
pub enum Source {
    /// A URL, absolute or relative to the current page.
    Url(Option<String>),
    /// The URL in the header `Link`.
    #[cfg(feature = "link-headers")]
    LinkHeader,
    /// A query parameter. All other parameters are the parameters of the current page.
    #[cfg(feature = "page-parameters")]
    Parameter { name: &'static str, value: PageValue },
}

impl NextPage {
    /// The next page has this URL, absolute or relative to the URL of the current page. The URL is `None` on the last page.
    pub fn url(url: Option<&str>) -> Self {
        Self::new(Source::Url(url.map(str::to_owned)))
    }

    /// The next page has the URL in the header `Link` (RFC 8288) with the relation `next`.
    #[cfg(feature = "link-headers")]
    pub fn link() -> Self {
        Self::new(Source::LinkHeader)
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            #[cfg(feature = "page-parameters")]
            last_page: LastPage::default(),
        }
    }

    /// Returns a token for the rest of the list. The token is the query of the next page, without the parameters that
    /// depend on the request or on the headers of the response. Returns `None` on the last page.
    #[inline]
    pub fn token(self) -> Option<String> {
        let url = match self.source {
            Source::Url(url) => url?,
            #[cfg(feature = "link-headers")]
            Source::LinkHeader => return None,
            #[cfg(feature = "page-parameters")]
            Source::Parameter { name, value } => value.next_url(name, &self.last_page, "", 0)?,
        };
        let (_, query) = url.split('#').next()?.split_once('?')?;
        (!query.is_empty()).then(|| query.to_owned())
    }
}

#[cfg(feature = "page-parameters")]
impl NextPage {
    /// The request for the next page sends the cursor of the current page as a query parameter.
    pub fn cursor(parameter: &'static str, cursor: Option<impl Into<Value>>) -> Self {
        Self::parameter(parameter, PageValue::Cursor(cursor_text(cursor)))
    }

    /// The request for the next page sends a value of the last item as a query parameter.
    pub fn last_item(parameter: &'static str, cursor: Option<impl Into<Value>>) -> Self {
        Self::parameter(parameter, PageValue::LastItem(cursor_text(cursor)))
    }

    /// The request for the next page sends the number of items on all previous pages as a query parameter.
    pub fn offset(parameter: &'static str) -> Self {
        Self::parameter(parameter, PageValue::Offset)
    }

    /// The request for the next page sends the page number as a query parameter. `first` is the number of the first page.
    pub fn page_number(parameter: &'static str, first: u64) -> Self {
        Self::parameter(parameter, PageValue::PageNumber { first })
    }

    fn parameter(name: &'static str, value: PageValue) -> Self {
        Self::new(Source::Parameter { name, value })
    }

    /// Sets the query parameter for the page size. A page with fewer items is the last page.
    pub fn size_parameter(mut self, name: &'static str) -> Self {
        self.last_page.size_parameter = Some(name);
        self
    }

    /// Sets the page size of a request that does not set it.
    pub fn default_size(mut self, size: u64) -> Self {
        self.last_page.default_size = Some(size);
        self
    }

    /// Sets the total number of items.
    pub fn total(mut self, total: Option<impl Into<Value>>) -> Self {
        self.last_page.total = total.and_then(|total| total.into().text().parse().ok());
        self
    }

    /// Sets whether there is a next page.
    pub fn more(mut self, has_more: Option<bool>) -> Self {
        self.last_page.has_more = has_more;
        self
    }
}
