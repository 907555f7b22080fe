//! A module for tests: each operation called by its id, with values under their wire names.

use crate::emit::imports::Imports;
use crate::emit::{Context, Item, Module};
use crate::ir::{OperationId, Param, ResourceId, Segment, Side, TypeRef};
use crate::naming::case;

/// The module. What it needs beside the generated crate is written by hand: the arguments, and the macro `operation!`.
pub fn module(context: &Context<'_>) -> Module {
    let mut imports = Imports::default();
    imports.add("crate", "Client");
    imports.add("serde_json", "Value");
    imports.add("super::args", "Args");
    imports.add("super::args", "Failure");
    let mut lines = vec![
        "/// Calls an operation, and gives its answer as JSON.".to_owned(),
        "pub async fn call(client: &Client, id: &str, args: &mut Args) -> Result<Value, Failure> {".to_owned(),
        "    match id {".to_owned(),
    ];
    let mut items = Vec::new();
    for (id, operation) in context.api.operations.iter() {
        let twin = context.analysis.twin_operation(id);
        let name = case::value(&context.names.operation(twin).request);
        let handle = context.path_to(id, &mut imports);
        lines.push(format!("        {:?} => {name}({handle}, args).await,", operation.id));
        if twin == id {
            items.push(context.operation(id, &name, &mut imports));
        }
    }
    lines.extend(["        _ => Err(Failure::Unknown(id.to_owned())),", "    }", "}"].map(str::to_owned));
    let docs = vec!["Each operation of the API, called by its id with values under their wire names.".to_owned()];
    let mut all = imports.items_from(&context.crate_ident());
    all.push(Item::Macro(lines));
    all.extend(items);
    Module { path: String::new(), docs, items: all }
}

impl Context<'_> {
    /// The expression for the handle of an operation, from the client on.
    fn path_to(&self, id: OperationId, imports: &mut Imports) -> String {
        let operation = &self.api.operations[id];
        let (place, side) = self.api.place(id);
        let mut keys = operation.path.iter().filter_map(Segment::param);
        match self.step_to(place, side, &mut keys, imports).as_str() {
            "client" => "client.clone()".to_owned(),
            handle => handle.to_owned(),
        }
    }

    fn step_to<'p>(
        &self,
        id: ResourceId,
        side: Side,
        keys: &mut impl Iterator<Item = &'p str>,
        imports: &mut Imports,
    ) -> String {
        let resource = &self.api.places()[id];
        let name = self.names.resource(id);
        let above = match resource.parent {
            Some((parent, side)) => self.step_to(parent, side, keys, imports),
            None => "client".to_owned(),
        };
        match (&resource.key, side) {
            (Some(key), Side::Instance) => {
                let ty = self.text(&key.ty, imports);
                let wire = keys.next().unwrap_or(&key.wire);
                match self.is_constant(&key.ty, None) {
                    true => format!("{above}.{}()", name.instance_method),
                    false => format!("{above}.{}(args.path::<{ty}>({wire:?})?)", name.instance_method),
                }
            }
            _ if resource.parent.is_none() => above,
            _ => format!("{above}.{}()", name.collection_method),
        }
    }

    /// The function that calls an operation of a handle.
    fn operation(&self, id: OperationId, function: &str, imports: &mut Imports) -> Item {
        let (place, side) = self.api.place(id);
        let resource = self.names.resource(place);
        let handle = if side == Side::Instance { &resource.instance } else { &resource.collection };
        match self.api.places()[place].parent {
            Some(_) => imports.add(&format!("crate::resources::{}", resource.module), handle),
            None => imports.add("crate", handle),
        }
        let required: Vec<String> = self.required(id).map(|(param, _)| self.taken(param, imports)).collect();
        let mut lines = vec!["operation! {".to_owned()];
        lines.push(format!("    {function}({handle}) {}[{}]", self.names.operation(id).method, required.join(" ")));
        for (param, name) in self.given(id).filter(|(param, _)| !param.required) {
            lines.push(format!("    {name} {}", self.taken(param, imports)));
        }
        lines.push("}".to_owned());
        Item::Macro(lines)
    }

    /// Where a value comes from, and its type.
    fn taken(&self, param: &Param, imports: &mut Imports) -> String {
        let place = param.place.as_str();
        match self.resolved(&param.ty) {
            TypeRef::List(item) => {
                format!("({place} {:?} list {})", param.wire, self.text(self.resolved(item), imports))
            }
            _ => format!("({place} {:?} {})", param.wire, self.text(&param.ty, imports)),
        }
    }
}
