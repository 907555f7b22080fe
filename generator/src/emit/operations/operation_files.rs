//! Decides which resources have a file for each operation, because a single file would be too long.

use std::collections::BTreeMap;

use quote::quote;

use crate::emit::imports::Imports;
use crate::emit::{Context, ImplBlock, Item, Module, ModuleTask, ident};
use crate::file_names::fold_case;
use crate::ir::{Level, Operation, OperationId, Param, ResourceId, ResponseBody, TypeRef};
use crate::naming::operation_module;

/// The maximum number of lines that the operations of a resource may have in one file. The number is estimated, and low
/// enough that the file has at most 1,000 lines.
const MAX_LINES: usize = 800;

impl Context<'_> {
    /// Returns the operations of a resource by the names of their files. The map is empty if all operations are in the
    /// file of the resource.
    pub(in crate::emit) fn operation_files(&self, id: ResourceId) -> BTreeMap<String, Vec<OperationId>> {
        let mut files: BTreeMap<String, (String, Vec<OperationId>)> = BTreeMap::new();
        let operations = &self.api.client_resources()[id].operations;
        let lines: usize = operations.iter().map(|id| self.operation_lines(*id)).sum();
        if lines > MAX_LINES && operations.len() > 1 {
            for operation in operations {
                let module =
                    operation_module(&self.names.operation(*operation).request, &self.names.resource(id).module);
                let (_, operations) = files.entry(fold_case(&module)).or_insert((module, Vec::new()));
                operations.push(*operation);
            }
        }
        files.into_values().collect()
    }

    /// Returns the declarations of the files of operations, in the file of their resource. `folder` is the name of that
    /// file.
    pub(in crate::emit) fn operation_file_items(&self, id: ResourceId, folder: &str) -> Vec<Item> {
        let modules: Vec<String> = self.operation_files(id).into_keys().collect();
        let mut items = Vec::new();
        for name in &modules {
            // If a path has non-ASCII characters, the compiler finds the file only with `#[path]`.
            let path = format!("{folder}/{name}.rs");
            let path = (!path.is_ascii()).then(|| quote! { #[path = #path] });
            let module = ident(name);
            items.push(Item::Rust(quote! { #path mod #module; }));
        }
        let names = modules.iter().map(|name| ident(name));
        let names: Vec<_> = names.map(|name| quote! { #name::* }).collect();
        match names.as_slice() {
            [] => {}
            [one] => items.push(Item::Rust(quote! { pub use self::#one; })),
            names => items.push(Item::Rust(quote! { pub use self::{#(#names),*}; })),
        }
        items
    }

    /// Returns the module of a file with operations: the methods of the handle and the requests.
    fn operation_file(&self, path: String, name: &str, operations: &[OperationId]) -> Module {
        let (mut imports, mut items) = (Imports::default(), Vec::new());
        for id in operations {
            let (resource, level) = self.api.client_resource(*id);
            let names = self.names.resource(resource);
            let handle = match level {
                _ if resource == ResourceId::FIRST && level == Level::Collection => "Client",
                Level::Collection => &names.collection,
                Level::Instance => &names.instance,
            };
            imports.add("super", handle);
            let handle = ident(handle);
            let methods = self.operation_methods(*id, &mut imports);
            items.push(Item::Impl(ImplBlock { head: quote! { impl #handle }, items: methods }));
            items.extend(self.request_items(*id, &mut imports));
        }
        items.extend(self.types_of_operations(operations, name));
        let mut module_items = imports.items();
        module_items.extend(items);
        Module { path, docs: Vec::new(), items: module_items }
    }

    /// Returns the estimated number of lines of an operation.
    fn operation_lines(&self, id: OperationId) -> usize {
        let operation = &self.api.operations[id];
        let params_lines: usize = self.request_arguments(id).map(|(param, _)| self.param_lines(param)).sum();
        let docs_lines = operation.docs.estimated_lines() * self.analysis.equivalent_operations(id).len();
        let pagination_lines = if operation.paging.is_some() { 22 } else { 0 };
        26 + docs_lines + params_lines + pagination_lines + response_lines(operation)
    }

    fn param_lines(&self, param: &Param) -> usize {
        let list_lines = if matches!(self.resolved(&param.ty), TypeRef::Array(_)) { 5 } else { 0 };
        let json_lines = if param.holds_json { 7 } else { 0 };
        7 + list_lines + json_lines + 2 * param.constraints.len() + param.docs.estimated_lines()
    }
}

/// Returns the tasks for the files of operations.
pub(super) fn modules<'a>(context: &'a Context<'a>) -> Vec<ModuleTask<'a>> {
    let mut tasks: Vec<ModuleTask<'a>> = Vec::new();
    for id in [ResourceId::FIRST].into_iter().chain(context.resources()) {
        let folder = match id == ResourceId::FIRST {
            true => "client".to_owned(),
            false => format!("resources/{}", context.names.resource(id).module),
        };
        for (name, operations) in context.operation_files(id) {
            let path = format!("{folder}/{name}.rs");
            tasks.push(Box::new(move || context.operation_file(path.clone(), &name, &operations)));
        }
    }
    tasks
}

fn response_lines(operation: &Operation) -> usize {
    let by_status =
        if let ResponseBody::ByStatus(bodies) = operation.response_body() { 14 + 4 * bodies.len() } else { 0 };
    by_status + 12 * operation.alternatives().count()
}
