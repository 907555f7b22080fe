//! The table `[paging]` of codegen.toml.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::Spanned;

/// Pagination. Without a key for the next page, the generator recognises the pagination by names.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Paging {
    /// Pointer into a page: the URL of the next page.
    ///
    /// Default: inferred from the document, unless another key says how the next page is requested.
    ///
    /// Example: `paging.next = "/meta/next_page_url"`
    pub next: Option<String>,
    /// Whether the header `Link` has the URL of the next page.
    ///
    /// Example: `paging.link = true`
    #[serde(default)]
    pub link: bool,
    /// Pointer into a page: the cursor of the next page.
    ///
    /// Default: inferred from the document, unless another key says how the next page is requested.
    ///
    /// Example: `paging = { cursor = "/next", cursor_parameter = "after" }`
    pub cursor: Option<String>,
    /// Pointer into an item: the cursor, taken from the last item of a page.
    ///
    /// Default: inferred from the document, unless another key says how the next page is requested.
    ///
    /// Example: `paging = { last_item = "/id", cursor_parameter = "after" }`
    pub last_item: Option<String>,
    /// The query parameter that takes the cursor. Required if `cursor` or `last_item` is set.
    ///
    /// Default: inferred from the document, unless another key says how the next page is requested.
    ///
    /// Example: `paging = { cursor = "/next", cursor_parameter = "after" }`
    pub cursor_parameter: Option<String>,
    /// The query parameter with the number of items to skip.
    ///
    /// Default: inferred from the document, unless another key says how the next page is requested.
    ///
    /// Example: `paging.offset = "skip"`
    pub offset: Option<String>,
    /// The query parameter with the number of the page.
    ///
    /// Default: inferred from the document, unless another key says how the next page is requested.
    ///
    /// Example: `paging.page = "page"`
    pub page: Option<String>,
    /// The query parameter with the maximum number of items in a page.
    ///
    /// Default: inferred from the document, unless `next` is set.
    ///
    /// Example: `paging.page_size = "limit"`
    pub page_size: Option<String>,
    /// Pointer into a page: its items.
    ///
    /// Default: the only array in the page, or the only array of objects.
    ///
    /// Example: `paging = { page = "page", items = "/result/orders" }`
    pub items: Option<String>,
    /// Pointer into a page: the number of all items.
    ///
    /// Default: inferred from the document.
    ///
    /// Example: `paging = { page = "page", total = "/result/count" }`
    pub total: Option<String>,
    /// Pointer into a page: whether there is a next page.
    ///
    /// Default: inferred from the document.
    ///
    /// Example: `paging = { page = "page", more = "/has_more" }`
    pub more: Option<String>,
    /// Whether pagination is off.
    ///
    /// Example: `paging.off = true`
    #[serde(default)]
    pub off: bool,
    /// The pagination of single operations, by `operationId`. These keys replace all other keys of `[paging]`.
    ///
    /// Example: `paging.operations.listColours = { off = true }`
    #[serde(default)]
    pub operations: BTreeMap<String, Spanned<Self>>,
}

impl Paging {
    /// Returns the keys whose values are JSON pointers, with the values.
    pub fn pointers(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let pointers = [
            ("next", &self.next),
            ("cursor", &self.cursor),
            ("items", &self.items),
            ("total", &self.total),
            ("more", &self.more),
            ("last_item", &self.last_item),
        ];
        pointers.into_iter().filter_map(|(key, pointer)| Some((key, pointer.as_ref()?)))
    }
}
