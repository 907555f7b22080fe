//! The constraints of the values in a JSON body, as tables of the runtime.

use quote::quote;
use serde_json::Value;

use crate::emit::imports::Imports;
use crate::emit::operations::constraints::{flat_constraints, leaf_constraint, slice};
use crate::emit::{Context, Item, ident};
use crate::ir::{Constraint, Field, Param, Record, Shape, TypeId, TypeRef, Union, UnionVariant};

impl Context<'_> {
    /// Returns the constraints of a named type. Returns `None` if no request sends the type, or if it has no
    /// constraints.
    pub fn type_constraints(&self, id: TypeId, imports: &mut Imports) -> Option<Item> {
        if !self.analysis.facts(id).is_validated {
            return None;
        }
        let constraints = match &self.api.types[id].shape {
            Shape::Record(record) => {
                let property = |field: &Field| {
                    let mut constraints = self.constraints(&field.ty, &field.constraints);
                    constraints.extend(self.json_constraints(field.content.as_ref(), &field.constraints));
                    nested(&format!("Property({:?}, ", field.wire), &constraints)
                };
                let other_properties = record.additional.as_ref().and_then(|ty| self.other_properties(record, ty, &[]));
                record.fields.iter().filter_map(property).chain(other_properties).collect()
            }
            Shape::Union(union) => self.union_constraints(union),
            Shape::Wrapper(ty) => self.constraints(ty, &[]),
            _ => return None,
        };
        import_names_in(&constraints, imports);
        imports.add("crate::runtime", "Constrained");
        imports.add("crate::runtime", "Constraints");
        let (name, constraints) = (ident(&self.names.ty(id).ident), slice(constraints));
        Some(Item::Rust(quote! {
            impl Constrained for #name {
                fn constraints() -> Constraints { #constraints }
            }
        }))
    }

    /// Returns the constraints of a parameter.
    pub fn parameter_constraints(&self, param: &Param, imports: &mut Imports) -> Vec<String> {
        let Param { ty, constraints, content, is_personal, .. } = param;
        let mut expressions = self.value_constraints(ty, constraints, param.is_structured(), *is_personal, imports);
        let json_constraints = self.json_constraints(content.as_ref(), constraints);
        import_names_in(json_constraints.as_slice(), imports);
        expressions.extend(json_constraints);
        expressions
    }

    /// Returns the constraints of the JSON in a string.
    fn json_constraints(&self, content: Option<&TypeRef>, constraints: &[Constraint]) -> Option<String> {
        let own_constraints = constraints.iter().find_map(|constraint| match constraint {
            Constraint::Json(constraints) => Some(constraints.as_slice()),
            _ => None,
        });
        nested("Json(", &self.constraints(content?, own_constraints.unwrap_or_default()))
    }

    /// Returns the constraints of the value of a parameter. A structured value is checked as JSON, with its contents.
    pub fn value_constraints(
        &self,
        ty: &TypeRef,
        constraints: &[Constraint],
        is_structured: bool,
        is_personal: bool,
        imports: &mut Imports,
    ) -> Vec<String> {
        let mut expressions = match is_structured {
            true => self.constraints(ty, constraints),
            false => flat_constraints(constraints),
        };
        expressions.extend(is_personal.then(|| "Constraint::Personal".to_owned()));
        import_names_in(&expressions, imports);
        expressions
    }

    /// Returns the constraints of a JSON value and of its contents.
    fn constraints(&self, ty: &TypeRef, constraints: &[Constraint]) -> Vec<String> {
        let mut expressions: Vec<String> = constraints.iter().filter_map(leaf_constraint).collect();
        expressions.extend(self.contents_constraints(ty, constraints));
        expressions
    }

    /// Returns the constraints of the contents of a JSON value.
    fn contents_constraints(&self, ty: &TypeRef, constraints: &[Constraint]) -> Vec<String> {
        let find = |pick: fn(&Constraint) -> Option<&Vec<Constraint>>| {
            constraints.iter().find_map(pick).map_or(&[][..], Vec::as_slice)
        };
        let values = find(|one| if let Constraint::AdditionalProperties(values) = one { Some(values) } else { None });
        match self.resolved(ty) {
            TypeRef::Array(item) => {
                let items = find(|one| if let Constraint::Items(items) = one { Some(items) } else { None });
                let position_constraints = constraints.iter().filter_map(|one| match one {
                    Constraint::Item(index, item) => {
                        nested(&format!("Item({index}, "), &self.constraints(&TypeRef::Json, item))
                    }
                    Constraint::ItemsFrom(first, items) => {
                        nested(&format!("ItemsFrom({first}, "), &self.constraints(&TypeRef::Json, items))
                    }
                    _ => None,
                });
                nested("Items(", &self.constraints(item, items)).into_iter().chain(position_constraints).collect()
            }
            TypeRef::Tuple(items) => {
                let item_constraints = items.iter().enumerate().filter_map(|(index, item)| {
                    let constraints = constraints.iter().find_map(|one| match one {
                        Constraint::Item(position, item) if *position == index => Some(item.as_slice()),
                        _ => None,
                    });
                    nested(&format!("Item({index}, "), &self.constraints(item, constraints.unwrap_or_default()))
                });
                item_constraints.collect()
            }
            TypeRef::Map(value) => {
                nested("OtherProperties(&[], ", &self.constraints(value, values)).into_iter().collect()
            }
            TypeRef::Nullable(inner) => self.contents_constraints(inner, constraints),
            TypeRef::Named(id) => {
                let name = &self.names.ty(*id).ident;
                let is_validated = self.analysis.facts(*id).is_validated;
                let type_constraints = is_validated
                    .then(|| format!("Constraint::Type(<crate::models::{name} as Constrained>::constraints)"));
                let additional_constraints = match &self.api.types[*id].shape {
                    // `values` already contains the constraints of the type of the additional properties, so this
                    // call passes a type without constraints.
                    Shape::Record(record) if record.additional.is_some() => {
                        self.other_properties(record, &TypeRef::Json, values)
                    }
                    _ => None,
                };
                type_constraints.into_iter().chain(additional_constraints).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the constraints of the additional properties of a record.
    fn other_properties(&self, record: &Record, ty: &TypeRef, constraints: &[Constraint]) -> Option<String> {
        let names: Vec<String> = record.fields.iter().map(|field| format!("{:?}", field.wire)).collect();
        nested(&format!("OtherProperties(&[{}], ", names.join(", ")), &self.constraints(ty, constraints))
    }

    /// Returns the constraints of the alternatives of a union.
    fn union_constraints(&self, union: &Union) -> Vec<String> {
        let constraints = |variant: &UnionVariant| self.constraints(&variant.ty, &variant.constraints).join(", ");
        if let Some(tag) = &union.tag {
            // A tag value that several variants have does not select a variant.
            let is_shared = |variant: &UnionVariant| {
                let shares_tag = |other: &&UnionVariant| other.tags.iter().any(|tag| variant.tags.contains(tag));
                union.variants.iter().filter(shares_tag).count() > 1
            };
            let alternatives = union.variants.iter().filter_map(|variant| {
                let constraints = constraints(variant);
                let text = |tag: &Value| tag.as_str().map_or_else(|| tag.to_string(), str::to_owned);
                let tags: Vec<String> = variant.tags.iter().map(|tag| format!("{:?}", text(tag))).collect();
                let is_checked = !constraints.is_empty() && !is_shared(variant);
                is_checked.then(|| format!("(&[{}], &[{constraints}])", tags.join(", ")))
            });
            let alternatives = alternatives.collect::<Vec<_>>().join(", ");
            return vec![format!("Constraint::ByTag({tag:?}, &[{alternatives}])")];
        }
        let alternatives: Option<Vec<String>> = union
            .variants
            .iter()
            .map(|variant| {
                let (json_type, required) = (self.json_type(&variant.ty)?, self.required_of(&variant.ty).join(", "));
                Some(format!("({json_type:?}, &[{required}], &[{}])", constraints(variant)))
            })
            .collect();
        alternatives.map(|all| format!("Constraint::AnyOf(&[{}])", all.join(", "))).into_iter().collect()
    }

    /// Returns the names of the required properties of a type, as string literals.
    fn required_of(&self, ty: &TypeRef) -> Vec<String> {
        let TypeRef::Named(id) = self.resolved(ty) else { return Vec::new() };
        let Shape::Record(record) = &self.api.types[*id].shape else { return Vec::new() };
        record.fields.iter().filter(|field| field.required).map(|field| format!("{:?}", field.wire)).collect()
    }

    /// Returns the JSON type of the values of a type. Returns `None` if the values can have different JSON types.
    fn json_type(&self, ty: &TypeRef) -> Option<&'static str> {
        Some(match self.resolved(ty) {
            TypeRef::Bool => "boolean",
            TypeRef::Int(_) | TypeRef::Unsigned(_) | TypeRef::Float(_) | TypeRef::BigNumber => "number",
            TypeRef::String
            | TypeRef::DateTime
            | TypeRef::Date
            | TypeRef::Uri
            | TypeRef::Uuid
            | TypeRef::Duration
            | TypeRef::Bytes
            | TypeRef::UrlBytes => "string",
            TypeRef::Array(_) | TypeRef::Tuple(_) => "array",
            TypeRef::Map(_) => "object",
            TypeRef::Named(id) => match &self.api.types[*id].shape {
                Shape::Record(_) => "object",
                Shape::Union(union) if union.tag.is_some() => "object",
                Shape::StringEnum(_) | Shape::Newtype(_) => "string",
                Shape::Wrapper(ty) => self.json_type(ty)?,
                Shape::Union(_) | Shape::ValueEnum(_) | Shape::Alias(_) => return None,
            },
            TypeRef::Custom(_) | TypeRef::Nullable(_) | TypeRef::Json => return None,
        })
    }
}

/// Returns a constraint of a part of a value, such as `Items(`, unless the part has no constraints.
fn nested(start: &str, constraints: &[String]) -> Option<String> {
    (!constraints.is_empty()).then(|| format!("Constraint::{start}&[{}])", constraints.join(", ")))
}

/// Imports the types of the runtime that constraints name.
fn import_names_in(constraints: &[String], imports: &mut Imports) {
    for (name, start) in [("Constraint", "Constraint::"), ("Constrained", "as Constrained>")] {
        if constraints.iter().any(|constraint| constraint.contains(start)) {
            imports.add("crate::runtime", name);
        }
    }
}
