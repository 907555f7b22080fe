//! Finds out whether generated code uses a kind of type.

use crate::analyze::Analysis;
use crate::ir::{Api, Operation, Param, TypeRef, contained_types};

impl Analysis {
    /// Returns whether `predicate` is true for a type in a model, or for the type of a parameter, of a body or of a webhook.
    pub fn uses_type(&self, api: &Api, predicate: impl Fn(&TypeRef) -> bool) -> bool {
        let matches = |ty: &TypeRef| ty.any(&predicate);
        let matches_param =
            |param: &Param| !param.is_upload() && matches(&param.ty) || param.content.as_ref().is_some_and(matches);
        let matches_operation = |operation: &Operation| {
            operation.params.iter().any(matches_param)
                || operation.possible_response_bodies().any(|body| body.types().into_iter().any(matches))
        };
        let mut models = api.types.iter().map(|(id, _)| id).filter(|id| self.facts(*id).is_used);
        models.any(|id| contained_types(api, id).into_iter().any(matches))
            || api.operations.iter().any(|(_, operation)| matches_operation(operation))
            || api.payload_types().chain(api.reply_types()).any(matches)
    }

    /// Returns whether [`uses_type`](Self::uses_type) returns `true`, or `predicate` is true for the type of a response header or for the
    /// type of the items of an array in a header.
    pub fn uses_type_or_header(&self, api: &Api, predicate: fn(&TypeRef) -> bool) -> bool {
        let matches_header = |ty: &TypeRef| match api.resolved(ty) {
            TypeRef::Array(item) => predicate(api.resolved(item)),
            ty => predicate(ty),
        };
        let mut responses = api.operations.iter().flat_map(|(_, operation)| &operation.responses);
        self.uses_type(api, predicate)
            || responses.any(|response| response.headers.iter().any(|header| matches_header(&header.ty)))
    }
}
