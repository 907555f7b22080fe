//! The pages of an API: which types are pages, and where their links are.

use std::collections::{HashMap, HashSet};

use crate::ir::{Api, Field, Next, Operation, Paging, ResponseBody, Shape, TypeId, TypeRef};

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
        match operation.response_body() {
            ResponseBody::Json(ty) => match self.resolved(ty) {
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
    field.ty.named_types()
}
