//! What the values in a JSON body must keep to, as tables that the runtime walks along.

use quote::quote;
use serde_json::Value;

use crate::emit::imports::Imports;
use crate::emit::operations::constraints::{rules_of, slice};
use crate::emit::{Context, Item, ident};
use crate::ir::{Constraint, Param, Record, Shape, TypeId, TypeRef, Union, UnionVariant};

impl Context<'_> {
    /// Returns the checks of a type of its own, if a request carries it and there is something to look at.
    pub fn type_checks(&self, id: TypeId, imports: &mut Imports) -> Option<Item> {
        if !self.analysis.facts(id).is_validated {
            return None;
        }
        let checks: Vec<String> = match &self.api.types[id].shape {
            Shape::Record(record) => {
                let of = |field: &crate::ir::Field| self.checks(&field.ty, &field.constraints, field.pii);
                let member = |(wire, checks): (&str, String)| format!("Check::Member({wire:?}, &[{checks}])");
                let checks = record.fields.iter().map(|field| (field.wire.as_str(), of(field).join(", ")));
                let checks = checks.filter(|(_, checks)| !checks.is_empty()).map(member);
                checks.chain(record.additional.as_ref().and_then(|ty| self.others(record, ty, &[], false))).collect()
            }
            Shape::Union(union) => self.of_union(union),
            Shape::Wrapper(ty) => self.checks(ty, &[], false),
            _ => return None,
        };
        import_names_in(&checks, imports);
        imports.add("crate::runtime", "Check");
        imports.add("crate::runtime", "Checked");
        let (name, checks) = (ident(&self.names.ty(id).ident), slice(checks));
        Some(Item::Rust(quote! {
            impl Checked for #name {
                fn checks() -> &'static [Check] { #checks }
            }
        }))
    }

    /// What the value of a parameter must keep to, as the runtime's rules.
    pub fn rules(&self, param: &Param, imports: &mut Imports) -> Vec<String> {
        self.rules_about(&param.ty, &param.constraints, param.is_structured(), param.pii, imports)
    }

    /// What a value must keep to, as the runtime's rules. One that is whole is looked into.
    pub fn rules_about(
        &self,
        ty: &TypeRef,
        constraints: &[Constraint],
        whole: bool,
        pii: bool,
        imports: &mut Imports,
    ) -> Vec<String> {
        let (mut rules, inside) = match whole {
            true => (own_rules(constraints), self.inside(ty, constraints, pii).join(", ")),
            false => (rules_of(constraints), String::new()),
        };
        rules.extend(pii.then(|| "Rule::Personal".to_owned()));
        rules.extend((!inside.is_empty()).then(|| format!("Rule::Inside(&[{inside}])")));
        import_names_in(&rules, imports);
        rules
    }

    fn checks(&self, ty: &TypeRef, constraints: &[Constraint], pii: bool) -> Vec<String> {
        let mut rules = own_rules(constraints);
        let mut checks = Vec::new();
        if !rules.is_empty() {
            rules.extend(pii.then(|| "Rule::Personal".to_owned()));
            checks.push(format!("Check::Rules(&[{}])", rules.join(", ")));
        }
        checks.extend(self.inside(ty, constraints, pii));
        checks
    }

    /// The checks of what stands in a value.
    fn inside(&self, ty: &TypeRef, constraints: &[Constraint], pii: bool) -> Vec<String> {
        let mut checks = Vec::new();
        checks.extend(constraints.iter().filter_map(|one| match one {
            Constraint::MinProperties(count) => Some(format!("Check::MinProperties({count})")),
            Constraint::MaxProperties(count) => Some(format!("Check::MaxProperties({count})")),
            _ => None,
        }));
        let below = |kind: &str, ty: &TypeRef, constraints: &[Constraint]| {
            let checks = self.checks(ty, constraints, pii).join(", ");
            (!checks.is_empty()).then(|| format!("Check::{kind}&[{checks}])"))
        };
        let items = constraints.iter().find_map(|one| if let Constraint::Items(all) = one { Some(all) } else { None });
        let values = constraints
            .iter()
            .find_map(|one| if let Constraint::AdditionalProperties(all) = one { Some(all) } else { None });
        let (items, values) = (items.map_or(&[][..], Vec::as_slice), values.map_or(&[][..], Vec::as_slice));
        match self.resolved(ty) {
            TypeRef::Array(item) => {
                checks.extend(below("Items(", item, items));
                let positions = constraints.iter().filter_map(|one| match one {
                    Constraint::Item(index, all) => below(&format!("Item({index}, "), &TypeRef::Json, all),
                    Constraint::ItemsFrom(first, all) => below(&format!("Rest({first}, "), &TypeRef::Json, all),
                    _ => None,
                });
                checks.extend(positions);
            }
            TypeRef::Tuple(items) => checks.extend(items.iter().enumerate().filter_map(|(index, item)| {
                let own = constraints.iter().find_map(|one| match one {
                    Constraint::Item(position, all) if *position == index => Some(all.as_slice()),
                    _ => None,
                });
                below(&format!("Item({index}, "), item, own.unwrap_or_default())
            })),
            TypeRef::Map(value) => checks.extend(below("Others(&[], ", value, values)),
            TypeRef::Nullable(inner) => return self.inside(inner, constraints, pii),
            TypeRef::Named(id) => {
                if self.analysis.facts(*id).is_validated {
                    let name = &self.names.ty(*id).ident;
                    checks.push(format!("Check::As(<crate::models::{name} as Checked>::checks)"));
                }
                if let Shape::Record(record) = &self.api.types[*id].shape
                    && record.additional.is_some()
                {
                    // What the type of these values says is among the checks of the record.
                    checks.extend(self.others(record, &TypeRef::Json, values, pii));
                }
            }
            _ => {}
        }
        checks
    }

    /// The checks of the properties of a record that the document does not name.
    fn others(&self, record: &Record, ty: &TypeRef, constraints: &[Constraint], pii: bool) -> Option<String> {
        let checks = self.checks(ty, constraints, pii).join(", ");
        let named: Vec<String> = record.fields.iter().map(|field| format!("{:?}", field.wire)).collect();
        (!checks.is_empty()).then(|| format!("Check::Others(&[{}], &[{checks}])", named.join(", ")))
    }

    fn of_union(&self, union: &Union) -> Vec<String> {
        let checks = union
            .variants
            .iter()
            .map(|choice| (choice, self.checks(&choice.ty, &choice.constraints, false).join(", ")));
        if let Some(tag) = &union.tag {
            // A value of the tag that several types share does not tell which checks hold.
            let shared = |choice: &UnionVariant| {
                let same = |other: &&UnionVariant| other.tags.iter().any(|tag| choice.tags.contains(tag));
                union.variants.iter().filter(same).count() > 1
            };
            let lists =
                checks.filter(|(choice, checks)| !checks.is_empty() && !shared(choice)).map(|(choice, checks)| {
                    let text = |tag: &Value| tag.as_str().map_or_else(|| tag.to_string(), str::to_owned);
                    let tags: Vec<String> = choice.tags.iter().map(|tag| format!("{:?}", text(tag))).collect();
                    format!("(&[{}], &[{checks}])", tags.join(", "))
                });
            return vec![format!("Check::By({tag:?}, &[{}])", lists.collect::<Vec<_>>().join(", "))];
        }
        let lists: Option<Vec<String>> = checks
            .map(|(choice, checks)| {
                let (kind, required) = (self.json_kind(&choice.ty)?, self.required_of(&choice.ty).join(", "));
                Some(format!("({kind:?}, &[{required}], &[{checks}])"))
            })
            .collect();
        lists.map(|lists| format!("Check::Either(&[{}])", lists.join(", "))).into_iter().collect()
    }

    fn required_of(&self, ty: &TypeRef) -> Vec<String> {
        let TypeRef::Named(id) = self.resolved(ty) else { return Vec::new() };
        let Shape::Record(record) = &self.api.types[*id].shape else { return Vec::new() };
        record.fields.iter().filter(|field| field.required).map(|field| format!("{:?}", field.wire)).collect()
    }

    /// What the values of a type are in JSON, if they are all the same.
    fn json_kind(&self, ty: &TypeRef) -> Option<&'static str> {
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
                Shape::Wrapper(ty) => self.json_kind(ty)?,
                Shape::Union(_) | Shape::ValueEnum(_) | Shape::Alias(_) => return None,
            },
            TypeRef::Custom(_) | TypeRef::Nullable(_) | TypeRef::Json => return None,
        })
    }
}

/// Imports the types of the runtime that some rules or checks name.
fn import_names_in(texts: &[String], imports: &mut Imports) {
    for name in ["Rule", "Check", "Checked"] {
        let named = |text: &String| text.contains(&format!("{name}::")) || text.contains(&format!("as {name}>"));
        if texts.iter().any(named) {
            imports.add("crate::runtime", name);
        }
    }
}

/// The rules of a value but for those of what stands in it.
fn own_rules(constraints: &[Constraint]) -> Vec<String> {
    rules_of(constraints.iter().filter(|one| {
        !matches!(
            one,
            Constraint::Items(_)
                | Constraint::Item(..)
                | Constraint::ItemsFrom(..)
                | Constraint::AdditionalProperties(_)
        )
    }))
}
