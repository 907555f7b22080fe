//! Emits the method of a handle that requests a stream.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::docs::{attributes, code, paragraph, wrap};
use crate::emit::imports::Imports;
use crate::emit::{Context, ident, inline_attribute, many_arguments, tokens};
use crate::ir::OperationId;

impl Context<'_> {
    /// Returns the method that requests a stream, if a property of the request asks for it.
    pub fn stream_method(&self, id: OperationId, imports: &mut Imports) -> Option<TokenStream> {
        let (operation, name) = (&self.api.operations[id], self.names.operation(id));
        let index = self.api.requested_stream(operation).filter(|_| !name.stream_method.is_empty())?;
        let alternative = operation.alternatives().nth(index)?;
        let (method, create) = (ident(&name.stream_method), ident(&name.method));
        let (mut arguments, mut values) = (Vec::new(), Vec::new());
        let required =
            self.request_arguments(id).filter(|(param, _)| param.is_required_argument() && !self.is_fixed(param));
        for (param, name) in required {
            let (argument, _) = self.required_argument(param, imports);
            let name = ident(name);
            arguments.push(quote! { #name: #argument });
            values.push(name);
        }
        let request = tokens(&self.alternative_request(operation, alternative, imports));
        let as_stream = ident(&name.alternatives[index]);
        let mut docs = vec![format!(
            "Like [`{}`](Self::{create}), but requests a stream: {}. This sets {} in the request body to `true`.",
            name.method,
            code(&alternative.media_types.join(", ")),
            code(&self.api.stream_flag_name)
        )];
        if self.request_arguments(id).any(|(param, _)| !param.is_required_argument()) {
            let call = code(&format!("{}(…).{}()", name.method, name.alternatives[index]));
            paragraph(
                &mut docs,
                format!("To set optional values, call {call} with the setters between the two calls."),
            );
        }
        let mut docs: Vec<String> = docs.iter().flat_map(|line| wrap(line)).chain([String::new()]).collect();
        docs.extend(self.stream_example(id, &name.stream_method));
        let docs = attributes(&docs);
        let deprecated = operation.deprecated.then(|| quote! { #[deprecated = "deprecated by the API"] });
        let allow =
            operation.deprecated.then(|| quote! { #[allow(deprecated, reason = "both methods are deprecated")] });
        let many_arguments = many_arguments(arguments.len() + 1);
        let inline = inline_attribute(&arguments);
        Some(quote! {
            #docs
            #deprecated
            #allow
            #many_arguments
            #inline
            pub fn #method(&self, #(#arguments),*) -> #request { self.#create(#(#values),*).#as_stream() }
        })
    }
}
