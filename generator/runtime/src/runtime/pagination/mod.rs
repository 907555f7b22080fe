//! Paginated lists.

#[cfg(feature = "link-headers")]
pub(crate) mod link_header;
pub(crate) mod next_page;
#[macro_use]
pub(crate) mod page;
#[cfg(feature = "page-parameters")]
pub(crate) mod page_parameter;
pub(crate) mod pager;
