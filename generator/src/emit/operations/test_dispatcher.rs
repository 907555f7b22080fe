//! Emits a module for tests that calls each operation by its ID, with arguments by their wire names.
//!
//! The emitted module calls two macros, `dispatch` and `operation`. The module `args`, which is written by hand,
//! declares the macros and the type of the arguments.

use crate::emit::imports::Imports;
use crate::emit::macro_call::MacroCall;
use crate::emit::{Context, Item, Module};
use crate::ir::{Level, OperationId, Param, ResourceId, Segment, TypeRef};
use crate::naming::case;

/// The path of the module with the macros.
const ARGUMENTS: &str = "super::args";

/// Returns the module.
pub fn module(context: &Context<'_>) -> Module {
    let mut imports = Imports::default();
    imports.add(ARGUMENTS, "dispatch");
    let (mut arms, mut functions) = (Vec::new(), Vec::new());
    for (id, operation) in context.api.operations.iter() {
        let equivalent = context.analysis.equivalent_operation(id);
        let function = format!("call_{}", case::value_name(&context.names.operation(equivalent).request));
        let handle = context.operation_handle(id, &mut imports);
        arms.push(format!("{:?} => {function}({handle})", operation.id));
        if equivalent == id {
            functions.push(context.call_function(id, &function, &mut imports));
        }
    }
    let docs = vec!["Calls each operation of the API by its ID, with arguments by their wire names.".to_owned()];
    let mut items = imports.items_from(&context.crate_ident());
    items.push(Item::Call(MacroCall::list("dispatch", "call(client, args)", arms, "")));
    items.extend(functions);
    Module { path: String::new(), docs, items }
}

impl Context<'_> {
    /// Returns the expression for the handle of an operation, which uses the variables `client` and `args`.
    fn operation_handle(&self, id: OperationId, imports: &mut Imports) -> String {
        let operation = &self.api.operations[id];
        let (resource, level) = self.api.client_resource(id);
        let mut keys = operation.path.iter().filter_map(Segment::param);
        self.handle_expression(resource, level, &mut keys, imports).unwrap_or_else(|| "client.clone()".to_owned())
    }

    /// Returns the expression for a handle, or `None` for the client itself.
    fn handle_expression<'p>(
        &self,
        id: ResourceId,
        level: Level,
        keys: &mut impl Iterator<Item = &'p str>,
        imports: &mut Imports,
    ) -> Option<String> {
        let resource = &self.api.client_resources()[id];
        let name = self.names.resource(id);
        let parent = resource.parent.and_then(|(parent, level)| self.handle_expression(parent, level, keys, imports));
        let receiver = parent.as_deref().unwrap_or("client");
        match (&resource.key, level) {
            (Some(key), Level::Instance) => {
                let ty = self.text(&key.ty, imports);
                let wire = keys.next().unwrap_or(&key.wire);
                let argument = match self.is_constant(&key.ty, None) {
                    true => String::new(),
                    false => format!("args.path::<{ty}>({wire:?})?"),
                };
                Some(format!("{receiver}.{}({argument})", name.instance_method))
            }
            _ if resource.parent.is_none() => parent,
            _ => Some(format!("{receiver}.{}()", name.collection_method)),
        }
    }

    /// Returns the macro call that declares the function for an operation.
    fn call_function(&self, id: OperationId, function: &str, imports: &mut Imports) -> Item {
        let (resource_id, level) = self.api.client_resource(id);
        let resource = self.names.resource(resource_id);
        let handle = if level == Level::Instance { &resource.instance } else { &resource.collection };
        match self.api.client_resources()[resource_id].parent {
            Some(_) => imports.add(&format!("crate::resources::{}", resource.module), handle),
            None => imports.add("crate", handle),
        }
        imports.add(ARGUMENTS, "operation");
        let method = &self.names.operation(id).method;
        let required: Vec<String> =
            self.required_arguments(id).map(|(param, _)| self.argument_expression(param, imports)).collect();
        let head = format!("{function}({handle}) => {method}({})", required.join(", "));
        let optional = self.request_arguments(id).filter(|(param, _)| !param.is_required_argument());
        let setters: Vec<String> =
            optional.map(|(param, setter)| format!("{setter}({})", self.argument_expression(param, imports))).collect();
        Item::Call(MacroCall::list("operation", &head, setters, ""))
    }

    /// Returns the method of `Args` that reads the value of a parameter, with its arguments.
    fn argument_expression(&self, param: &Param, imports: &mut Imports) -> String {
        let (location, wire) = (param.location.as_str(), &param.wire);
        match self.resolved(&param.ty) {
            TypeRef::Array(item) => {
                format!("all::<{}>({location:?}, {wire:?})", self.text(self.resolved(item), imports))
            }
            _ => format!("one::<{}>({location:?}, {wire:?})", self.text(&param.ty, imports)),
        }
    }
}
