//! Emits a module for tests that calls each operation by its ID, with arguments by their wire names.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::emit::imports::Imports;
use crate::emit::{Context, Item, Module, ident};
use crate::ir::{OperationId, Param, ResourceId, Segment, Side, TypeRef};
use crate::naming::case;

/// The path of the module with the arguments, which is not generated.
const ARGUMENTS: &str = "super::args";

/// Returns the module.
pub fn module(context: &Context<'_>) -> Module {
    let mut imports = Imports::default();
    imports.add("crate", "Client");
    imports.add("serde_json", "Value");
    imports.add(ARGUMENTS, "Args");
    imports.add(ARGUMENTS, "Failure");
    let (mut arms, mut items) = (Vec::new(), Vec::new());
    for (id, operation) in context.api.operations.iter() {
        let equivalent = context.analysis.equivalent_operation(id);
        let name = ident(&case::value_name(&context.names.operation(equivalent).request));
        let (handle, operation_id) = (context.operation_handle(id, &mut imports), &operation.id);
        arms.push(quote! { #operation_id => #name(#handle, args).await, });
        if equivalent == id {
            items.push(context.call_function(id, &name, &mut imports));
        }
    }
    let docs = vec!["Calls each operation of the API by its ID, with arguments by their wire names.".to_owned()];
    let mut module_items = imports.items_from(&context.crate_ident());
    module_items.push(Item::Rust(quote! {
        /// Calls an operation and returns its response as JSON.
        pub async fn call(client: &Client, id: &str, args: &mut Args) -> Result<Value, Failure> {
            match id {
                #(#arms)*
                _ => Err(Failure::Unknown(id.to_owned())),
            }
        }
    }));
    module_items.extend(items);
    Module { path: String::new(), docs, items: module_items }
}

impl Context<'_> {
    /// Returns the expression for the handle of an operation, from the client on.
    fn operation_handle(&self, id: OperationId, imports: &mut Imports) -> TokenStream {
        let operation = &self.api.operations[id];
        let (resource_id, side) = self.api.client_resource(id);
        let mut keys = operation.path.iter().filter_map(Segment::param);
        self.handle_expression(resource_id, side, &mut keys, imports).unwrap_or_else(|| quote! { client.clone() })
    }

    /// Returns the expression for a handle; `None` for the client itself.
    fn handle_expression<'p>(
        &self,
        id: ResourceId,
        side: Side,
        keys: &mut impl Iterator<Item = &'p str>,
        imports: &mut Imports,
    ) -> Option<TokenStream> {
        let resource = &self.api.client_resources()[id];
        let name = self.names.resource(id);
        let parent = resource.parent.and_then(|(parent, side)| self.handle_expression(parent, side, keys, imports));
        let receiver = || parent.clone().unwrap_or_else(|| quote! { client });
        match (&resource.key, side) {
            (Some(key), Side::Instance) => {
                let (receiver, method, ty) = (receiver(), ident(&name.instance_method), self.ty(&key.ty, imports));
                let wire = keys.next().unwrap_or(&key.wire);
                let argument = (!self.is_constant(&key.ty, None)).then(|| quote! { args.path::<#ty>(#wire)? });
                Some(quote! { #receiver.#method(#argument) })
            }
            _ if resource.parent.is_none() => parent,
            _ => {
                let (receiver, method) = (receiver(), ident(&name.collection_method));
                Some(quote! { #receiver.#method() })
            }
        }
    }

    /// Returns the function that calls an operation with the method of a handle.
    fn call_function(&self, id: OperationId, function: &Ident, imports: &mut Imports) -> Item {
        let (resource_id, side) = self.api.client_resource(id);
        let resource = self.names.resource(resource_id);
        let handle = if side == Side::Instance { &resource.instance } else { &resource.collection };
        match self.api.client_resources()[resource_id].parent {
            Some(_) => imports.add(&format!("crate::resources::{}", resource.module), handle),
            None => imports.add("crate", handle),
        }
        imports.add(ARGUMENTS, "answer");
        let (handle, method) = (ident(handle), ident(&self.names.operation(id).method));
        let mut required = Vec::new();
        for (param, _) in self.required_arguments(id) {
            imports.add(ARGUMENTS, "needed");
            let (value, wire) = (self.argument_expression(param, imports), &param.wire);
            required.push(quote! { needed(#value, #wire)? });
        }
        let optional = self.request_arguments(id).filter(|(param, _)| !param.required).map(|(param, name)| {
            let (value, setter) = (self.argument_expression(param, imports), ident(name));
            quote! {
                if let Some(value) = #value {
                    request = request.#setter(value);
                }
            }
        });
        let optional: Vec<TokenStream> = optional.collect();
        let mutable = (!optional.is_empty()).then(|| quote! { mut });
        Item::Rust(quote! {
            async fn #function(handle: #handle, args: &mut Args) -> Result<Value, Failure> {
                let #mutable request = handle.#method(#(#required),*);
                #(#optional)*
                args.finish()?;
                answer(request.send().await)
            }
        })
    }

    /// Returns the expression that reads the value of a parameter from the arguments.
    fn argument_expression(&self, param: &Param, imports: &mut Imports) -> TokenStream {
        let (location, wire) = (param.location.as_str(), &param.wire);
        match self.resolved(&param.ty) {
            TypeRef::Array(item) => {
                let item = self.ty(self.resolved(item), imports);
                quote! { args.all::<#item>(#location, #wire)? }
            }
            _ => {
                let ty = self.ty(&param.ty, imports);
                quote! { args.one::<#ty>(#location, #wire)? }
            }
        }
    }
}
