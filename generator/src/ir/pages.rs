//! The page types of an API, and the types that contain the links between pages.

use std::collections::{HashMap, HashSet};

use crate::ir::{Api, Field, Next, Operation, ResponseBody, Shape, TypeId, TypeRef, reachable_types, resolve_alias};

impl Api {
    /// Returns the paginated operations by the page type that they return. All operations with the same page type have
    /// the items at the same location.
    pub fn pages(&self) -> HashMap<TypeId, Vec<&Operation>> {
        let mut pages: HashMap<TypeId, Vec<&Operation>> = HashMap::new();
        for (_, operation) in self.operations.iter().filter(|(_, operation)| operation.paging.is_some()) {
            if let Some(id) = self.page_type(operation) {
                pages.entry(id).or_default().push(operation);
            }
        }
        pages
    }

    /// Returns the types whose values may contain the URL or the cursor of another page. These are the page types that
    /// have a URL or cursor for the next page, and all types inside the property that contains this URL or cursor.
    pub fn types_with_page_links(&self) -> HashSet<TypeId> {
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

    /// Returns the type of the response body of a paginated operation. Returns `None` if the body is an array of items.
    pub fn page_type(&self, operation: &Operation) -> Option<TypeId> {
        match operation.response_body() {
            ResponseBody::Json(ty) => match self.resolved(ty) {
                TypeRef::Named(id) => Some(*id),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the target of an alias, or the type itself if it is not an alias.
    pub fn resolved<'t>(&'t self, ty: &'t TypeRef) -> &'t TypeRef {
        resolve_alias(&self.types, ty)
    }
}
