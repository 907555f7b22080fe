//! Paginated lists.

pub(crate) mod next_page;
#[macro_use]
pub(crate) mod page;
pub(crate) mod pager;
