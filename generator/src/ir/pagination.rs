//! Pagination of lists: how a page is read, and how the next page is requested.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::ir::{Answer, Api, Field, Operation, Shape, TypeId, TypeRef};

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

impl Api {
    /// How the types that are pages have their items, and the URL of the next page. Of several operations whose answers
    /// are of one type it is the first that has such a URL; those that lead on in other ways say so themselves.
    pub fn pages(&self) -> HashMap<TypeId, &Paging> {
        let mut pages: HashMap<TypeId, &Paging> = HashMap::new();
        for (_, operation) in self.operations.iter() {
            if let (Some(paging), Some(id)) = (&operation.paging, self.page_type(operation)) {
                let known = pages.entry(id).or_insert(paging);
                if !matches!(known.next, Next::Url(_)) {
                    *known = paging;
                }
            }
        }
        pages
    }

    /// Whether an operation leads on otherwise than its type says.
    pub fn turns(&self, operation: &Operation, pages: &HashMap<TypeId, &Paging>) -> bool {
        let Some(paging) = &operation.paging else { return false };
        let known = self.page_type(operation).and_then(|id| pages.get(&id));
        !matches!(paging.next, Next::Url(_)) || known.is_none_or(|known| known.next != paging.next)
    }

    /// The records that hold the URL or the cursor of the next page, and with it usually those of other pages: each page
    /// itself, and what lies below the first key that leads to the URL or the cursor.
    pub fn page_links(&self) -> HashSet<TypeId> {
        let mut found = HashSet::new();
        for (_, operation) in self.operations.iter() {
            let Some(Next::Url(keys) | Next::Cursor { keys, .. }) =
                operation.paging.as_ref().map(|paging| &paging.next)
            else {
                continue;
            };
            let (Some(page), Some(key)) = (self.page_type(operation), keys.first()) else { continue };
            found.insert(page);
            let mut below: Vec<TypeId> = self.fields(page).filter(|field| field.wire == *key).flat_map(named).collect();
            while let Some(id) = below.pop() {
                if found.insert(id) {
                    below.extend(self.fields(id).flat_map(named));
                }
            }
        }
        found
    }

    /// The properties of a type, if it has such.
    fn fields(&self, id: TypeId) -> impl Iterator<Item = &Field> {
        let record = if let Shape::Record(record) = &self.types[id].shape { Some(record) } else { None };
        record.into_iter().flat_map(|record| &record.fields)
    }

    /// The type of an operation's pages, if they are more than the items.
    pub fn page_type(&self, operation: &Operation) -> Option<TypeId> {
        match operation.answer() {
            Answer::Json(ty) => match self.resolved(ty) {
                TypeRef::Named(id) => Some(*id),
                _ => None,
            },
            _ => None,
        }
    }

    /// A type behind its other names.
    pub fn resolved<'t>(&'t self, mut ty: &'t TypeRef) -> &'t TypeRef {
        while let TypeRef::Named(id) = ty
            && let Shape::Alias(next) = &self.types[*id].shape
        {
            ty = next;
        }
        ty
    }
}

fn named(field: &Field) -> impl Iterator<Item = TypeId> {
    field.ty.hearts()
}
