//! The names by which pagination is recognised, in lower case and without punctuation. A dot separates the name of an
//! object from the name of a property in it.

use crate::normalize::name_key;

/// Returns whether a name is one of `known`. Ignores case and punctuation.
pub fn is_one_of(name: &str, known: &[&str]) -> bool {
    known.contains(&name_key(name).as_str())
}

/// Properties with the URL of the next page.
pub const NEXT_URL_PROPERTIES: &[&str] = &[
    "nextpageurl",
    "nexturl",
    "nextlink",
    "nextpageuri",
    "nexturi",
    "nextpagelink",
    "next",
    "links.next",
    "links.next.href",
    "link.next",
    "paging.next",
    "paging.nexturl",
    "paging.nextpageurl",
    "paging.nextlink",
    "pagination.next",
    "pagination.nexturl",
    "pagination.nextpageurl",
    "pagination.nextlink",
    "pagination.links.next",
    "meta.next",
    "meta.nextpageurl",
    "meta.nexturl",
    "meta.nextlink",
    "meta.links.next",
    "meta.pagination.links.next",
    "odatanextlink",
];

/// Properties with a cursor.
pub const CURSOR_PROPERTIES: &[&str] = &[
    "nextcursor",
    "nextpagetoken",
    "nexttoken",
    "nextpagecursor",
    "nextcontinuationtoken",
    "continuationtoken",
    "endcursor",
    "cursor.after",
    "cursor.next",
    "cursors.after",
    "cursors.next",
    "after",
    "meta.nextcursor",
    "meta.nextpagetoken",
    "meta.nexttoken",
    "meta.cursors.after",
    "meta.cursor.next",
    "meta.after",
    "metadata.nextcursor",
    "metadata.continue",
    "responsemetadata.nextcursor",
    "paging.cursors.after",
    "paging.next.after",
    "paging.nextcursor",
    "paging.nextpagetoken",
    "paging.after",
    "pagination.nextcursor",
    "pagination.nextpagetoken",
    "pagination.nexttoken",
    "pagination.cursor.next",
    "pageinfo.endcursor",
    "pageinfo.nextcursor",
    "page.nextcursor",
    "page.after",
    "nextpage",
    "lastid",
];

/// Parameters with a cursor. The most specific names come first.
pub const CURSOR_PARAMETERS: &[&str] = &[
    "cursor",
    "nextcursor",
    "pagecursor",
    "aftercursor",
    "startcursor",
    "pagetoken",
    "nextpagetoken",
    "nexttoken",
    "continuationtoken",
    "continue",
    "startingafter",
    "afterid",
    "after",
];

/// Those of the [`CURSOR_PARAMETERS`] whose value is the identifier of the last item of a page.
pub const LAST_ITEM_PARAMETERS: &[&str] = &["startingafter", "afterid", "after"];

/// Properties that say whether there is a next page.
pub const MORE_PROPERTIES: &[&str] = &[
    "hasmore",
    "hasnext",
    "hasnextpage",
    "more",
    "meta.hasmore",
    "meta.hasnext",
    "meta.hasnextpage",
    "pageinfo.hasnextpage",
    "paging.hasmore",
    "paging.hasnext",
    "pagination.hasmore",
    "pagination.hasnext",
    "pagination.hasnextpage",
];

/// Parameters with the number of items before the page.
pub const OFFSET_PARAMETERS: &[&str] = &["offset", "skip", "startat"];

/// Parameters with the page number.
pub const PAGE_NUMBER_PARAMETERS: &[&str] = &["page", "pagenumber", "pagenum", "pageno"];

/// Parameters with the page size.
pub const PAGE_SIZE_PARAMETERS: &[&str] = &[
    "limit",
    "perpage",
    "per",
    "pagesize",
    "pagelimit",
    "itemsperpage",
    "maxresults",
    "top",
    "take",
    "size",
    "count",
    "max",
];

/// Properties with the number of all items.
pub const TOTAL_PROPERTIES: &[&str] = &[
    "total",
    "totalcount",
    "totalitems",
    "totalresults",
    "totalsize",
    "totalrecords",
    "totalrecordcount",
    "totalrowcount",
    "totalelements",
    "meta.total",
    "meta.totalcount",
    "meta.totalitems",
    "meta.pagination.total",
    "pagination.total",
    "pagination.totalcount",
    "pagination.totalitems",
    "paging.total",
    "paging.totalcount",
    "page.totalelements",
    "metadata.total",
    "metadata.totalcount",
];
