//! Which answers are pages of a list.

use super::Lowering;
use crate::ir::{Answer, Constraint, Field, Method, Operation, Paging, ParamPlace, Shape, TypeRef};
use crate::source::Pointer;

impl Lowering<'_> {
    /// An answer is a page if it has the URL of the next where the configuration says, and exactly one list of items.
    pub(super) fn paging(&self, operation: &Operation) -> Option<Paging> {
        let rule = self.config.paging.as_ref()?;
        let Answer::Json(answer) = operation.answer() else { return None };
        if operation.method != Method::Get {
            return None;
        }
        let next: Vec<_> = Pointer::from_reference(&format!("#{}", rule.next))?.keys().collect();
        let end = next.iter().try_fold(answer, |ty, key| {
            self.fields(ty)?.iter().find(|field| field.wire == *key).map(|field| &field.ty)
        })?;
        if !matches!(end, TypeRef::Uri | TypeRef::Text) {
            return None;
        }
        let mut lists = self.fields(answer)?.iter().filter_map(|field| match &field.ty {
            TypeRef::List(item) => Some((field.wire.clone(), item.as_ref().clone())),
            _ => None,
        });
        let ((items, item), None) = (lists.next()?, lists.next()) else { return None };
        let page_size = rule.page_size.as_ref().and_then(|name| {
            let mut params = operation.params.iter();
            let param = params.find(|param| param.place == ParamPlace::Query && param.wire == *name)?;
            let maximum = param.constraints.iter().find_map(|constraint| match constraint {
                Constraint::Maximum(maximum) => Some(*maximum as u64),
                _ => None,
            });
            Some((name.clone(), maximum))
        });
        Some(Paging { items: vec![items], item, next, page_size })
    }

    fn fields(&self, ty: &TypeRef) -> Option<&[Field]> {
        match ty {
            TypeRef::Named(id) => match &self.types[*id].shape {
                Shape::Record(record) => Some(&record.fields),
                Shape::Alias(ty) if *ty != TypeRef::Named(*id) => self.fields(ty),
                _ => None,
            },
            _ => None,
        }
    }
}
