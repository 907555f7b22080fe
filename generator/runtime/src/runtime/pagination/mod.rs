//! Paginated lists.

pub(crate) mod link_header;
pub(crate) mod next_page;
#[macro_use]
pub(crate) mod page;
pub(crate) mod page_parameter;
pub(crate) mod pager;
