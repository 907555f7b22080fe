//! Renders the table of names as text for people: one line for each item, and one for each part whose name differs from
//! the wire.

use std::fmt;

use crate::ir::{Api, Shape};
use crate::naming::Names;

impl Names {
    /// The table as text for people.
    pub fn outline<'a>(&'a self, api: &'a Api) -> impl fmt::Display + 'a {
        Outline { names: self, api }
    }
}

struct Outline<'a> {
    names: &'a Names,
    api: &'a Api,
}

impl fmt::Display for Outline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, def) in self.api.types.iter() {
            let name = self.names.ty(id);
            if name.ident.is_empty() {
                writeln!(f, "{} is not used", def.name.join("."))?;
                continue;
            }
            writeln!(f, "{} -> models::{}::{}", def.name.join("."), name.module, name.ident)?;
            let wires: Vec<&String> = match &def.shape {
                Shape::Record(record) => record.fields.iter().map(|field| &field.wire).collect(),
                Shape::StringEnum(variants) => variants.iter().map(|variant| &variant.wire).collect(),
                Shape::ValueEnum(values) => values.values.iter().map(|literal| &literal.name).collect(),
                Shape::Union(union) => union.variants.iter().map(|variant| &variant.name).collect(),
                Shape::Newtype(_) | Shape::Alias(_) | Shape::Wrapper(_) => Vec::new(),
            };
            if !matches!(name.additional.as_str(), "" | "additional_properties") {
                writeln!(f, "  others -> {}", name.additional)?;
            }
            for (wire, ident) in wires.into_iter().zip(&name.parts).filter(|(wire, ident)| wire != ident) {
                writeln!(f, "  {wire:?} -> {ident}")?;
            }
        }
        for (id, operation) in self.api.operations.iter() {
            let name = self.names.operation(id);
            writeln!(f, "{} -> {} by {}()", operation.id, name.request, name.method)?;
            for (param, ident) in
                operation.params.iter().zip(&name.params).filter(|(param, ident)| param.wire != **ident)
            {
                writeln!(f, "  {:?} -> {ident}", param.wire)?;
            }
        }
        for (id, resource) in self.api.places().iter().filter(|(_, resource)| resource.parent.is_some()) {
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
