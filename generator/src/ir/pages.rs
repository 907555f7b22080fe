//! The page types of an API, and the types that contain the links between pages.

use std::collections::{HashMap, HashSet};

use crate::ir::{
    Api, Field, Next, Operation, Paging, ResponseBody, Shape, TypeId, TypeRef, reachable_types, resolve_alias,
};

impl Api {
    /// Returns the pagination of each page type: the locations of the items and of the URL of the next page. If several
    /// operations return the same page type, the first operation whose pages have such a URL takes precedence.
    pub fn pages(&self) -> HashMap<TypeId, &Paging> {
        let mut pages: HashMap<TypeId, &Paging> = HashMap::new();
        for (_, operation) in self.operations.iter() {
            if let (Some(paging), Some(id)) = (&operation.paging, self.page_type(operation)) {
                let type_paging = pages.entry(id).or_insert(paging);
                if !matches!(type_paging.next, Next::Url(_)) {
                    *type_paging = paging;
                }
            }
        }
        pages
    }

    /// Returns whether the page type of an operation does not determine its next page. If so, the request of the
    /// operation configures the next page.
    pub fn overrides_next_page(&self, operation: &Operation, pages: &HashMap<TypeId, &Paging>) -> bool {
        let Some(paging) = &operation.paging else { return false };
        let type_paging = self.page_type(operation).and_then(|id| pages.get(&id));
        !matches!(paging.next, Next::Url(_)) || type_paging.is_none_or(|type_paging| type_paging.next != paging.next)
    }

    /// Returns the types that may contain URLs or cursors of pages: each page type with the URL or the cursor of the
    /// next page, and the types of the property that contains it.
    pub fn page_links(&self) -> HashSet<TypeId> {
        let (mut types, mut link_properties) = (HashSet::new(), Vec::new());
        for (_, operation) in self.operations.iter() {
            let Some(Next::Url(keys) | Next::Cursor { keys, .. }) =
                operation.paging.as_ref().map(|paging| &paging.next)
            else {
                continue;
            };
            let (Some(page), Some(key)) = (self.page_type(operation), keys.first()) else { continue };
            types.insert(page);
            link_properties.extend(self.fields(page).filter(|field| field.wire == *key).map(|field| &field.ty));
        }
        types.extend(reachable_types(self, link_properties.into_iter()));
        types
    }

    /// Returns the properties of a type. The result is empty if the type is not an object.
    fn fields(&self, id: TypeId) -> impl Iterator<Item = &Field> {
        let record = if let Shape::Record(record) = &self.types[id].shape { Some(record) } else { None };
        record.into_iter().flat_map(|record| &record.fields)
    }

    /// Returns the page type of an operation. Returns `None` if its response is a plain array of items.
    pub fn page_type(&self, operation: &Operation) -> Option<TypeId> {
        match operation.response_body() {
            ResponseBody::Json(ty) => match self.resolved(ty) {
                TypeRef::Named(id) => Some(*id),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the type that an alias stands for, or the type itself.
    pub fn resolved<'t>(&'t self, ty: &'t TypeRef) -> &'t TypeRef {
        resolve_alias(&self.types, ty)
    }
}
