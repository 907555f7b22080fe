//! Renders the Rust names as text, for people and for snapshot tests. There is a line for each item, and a line for
//! each member or parameter whose Rust name differs from its wire name.

use std::fmt;

use crate::ir::{Api, Shape};
use crate::naming::Names;

impl Names {
    /// Returns the names as text.
    pub fn dump<'a>(&'a self, api: &'a Api) -> impl fmt::Display + 'a {
        Dump { names: self, api }
    }
}

/// The names of an API, to be written as text.
struct Dump<'a> {
    names: &'a Names,
    api: &'a Api,
}

impl fmt::Display for Dump<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_types(f)?;
        self.write_operations(f)?;
        self.write_resources(f)?;
        self.write_webhooks(f)
    }
}

impl Dump<'_> {
    fn write_webhooks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (group, name) in self.api.webhooks.iter().zip(self.names.webhooks()) {
            let callback = group.callback.as_ref().map_or("webhooks", |callback| &callback.name);
            let module = if name.module.is_empty() { String::new() } else { format!("::{}", name.module) };
            writeln!(f, "{callback} -> webhooks{module}::{}", name.ident)?;
            for ((event, variant), reply) in group.events.iter().zip(&name.variants).zip(&name.replies) {
                write!(f, "  {:?} {} -> {variant}", event.name, event.method.as_str())?;
                writeln!(f, "{}{reply}", if reply.is_empty() { "" } else { ", " })?;
            }
        }
        Ok(())
    }

    fn write_types(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, def) in self.api.types.iter() {
            let name = self.names.ty(id);
            if name.ident.is_empty() {
                writeln!(f, "{} is not used", def.name.join("."))?;
                continue;
            }
            writeln!(f, "{} -> models::{}::{}", def.name.join("."), name.module, name.ident)?;
            let wire_names: Vec<&String> = match &def.shape {
                Shape::Record(record) => record.fields.iter().map(|field| &field.wire).collect(),
                Shape::StringEnum(variants) => variants.iter().map(|variant| &variant.wire).collect(),
                Shape::ValueEnum(values) => values.values.iter().map(|literal| &literal.name).collect(),
                Shape::Union(union) => union.variants.iter().map(|variant| &variant.name).collect(),
                Shape::Newtype(_) | Shape::Alias(_) | Shape::Wrapper(_) => Vec::new(),
            };
            if !matches!(name.additional.as_str(), "" | "additional_properties") {
                writeln!(f, "  additional properties -> {}", name.additional)?;
            }
            for (wire, ident) in wire_names.into_iter().zip(&name.members).filter(|(wire, ident)| wire != ident) {
                writeln!(f, "  {wire:?} -> {ident}")?;
            }
        }
        Ok(())
    }

    fn write_operations(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, operation) in self.api.operations.iter() {
            let name = self.names.operation(id);
            writeln!(f, "{} -> {} by {}()", operation.id, name.request, name.method)?;
            let params = operation.params.iter().zip(&name.params);
            for (param, ident) in params.filter(|(param, ident)| param.wire != **ident) {
                writeln!(f, "  {:?} -> {ident}", param.wire)?;
            }
        }
        Ok(())
    }

    fn write_resources(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resources = self.api.client_resources().iter();
        for (id, resource) in resources.filter(|(_, resource)| resource.parent.is_some()) {
            let name = self.names.resource(id);
            write!(f, "/{} -> {} by {}()", resource.segment, name.collection, name.collection_method)?;
            if resource.key.is_some() {
                write!(f, ", {} by {}(…)", name.instance, name.instance_method)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
