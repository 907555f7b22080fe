//! Emits the module `models`: the types of request and response bodies, in one file for each schema with its nested
//! types.

mod accessors;
mod builders;
mod enums;
mod json_strings;
mod newtype;
pub(crate) mod types;
pub(crate) mod unions;
pub(crate) mod validation;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{append_sentence, attributes, code, constraint_sentence, default_sentence, lines, paragraph};
use super::imports::Imports;
use crate::analyze::{Dependent, Dependents, propagate_dependents};
use crate::config::{Map, last_name};
use crate::emit::macro_call::MacroCall;
use crate::emit::{Context, Item, Module, ModuleTask, feature_attribute, ident, module_attribute, tokens};
use crate::ir::{Field, Record, Shape, TypeDef, TypeId, TypeRef, contained_types};

/// Returns the modules below `models`, and `models` itself.
pub fn modules<'a>(context: &'a Context<'a>) -> Vec<ModuleTask<'a>> {
    let mut files: BTreeMap<&str, Vec<TypeId>> = BTreeMap::new();
    let used_types = context.api.types.iter().filter(|(id, _)| context.analysis.facts(*id).is_used).map(|(id, _)| id);
    let (owners, others): (Vec<_>, Vec<_>) = used_types.partition(|id| context.names.ty(*id).is_module_owner);
    for id in owners.into_iter().chain(others) {
        files.entry(&context.names.ty(id).module).or_default().push(id);
    }
    if files.is_empty() {
        return Vec::new();
    }
    let mut module_tasks: Vec<ModuleTask<'a>> = vec![Box::new(|| context.root_of_models())];
    module_tasks.extend(files.into_iter().map(|(name, types)| {
        let emit_module = move || context.model_module(name, &types);
        Box::new(emit_module) as ModuleTask<'a>
    }));
    module_tasks
}

impl Context<'_> {
    fn root_of_models(&self) -> Module {
        let features = self.feature_attributes();
        let mut items = Vec::new();
        items.extend(features.iter().map(|(module, feature)| {
            let (attribute, module) = (module_attribute(module), ident(module));
            Item::Rust(quote! { #feature #attribute mod #module; })
        }));
        let mut modules_by_feature: BTreeMap<String, (TokenStream, Vec<TokenStream>)> = BTreeMap::new();
        for (module, feature) in features {
            let module = ident(module);
            let (_, modules) = modules_by_feature.entry(feature.to_string()).or_insert((feature, Vec::new()));
            modules.push(quote! { #module::* });
        }
        items.extend(modules_by_feature.into_values().map(|(feature, modules)| match modules.as_slice() {
            [one] => Item::Rust(quote! { #feature pub use #one; }),
            modules => Item::Rust(quote! { #feature pub use self::{#(#modules),*}; }),
        }));
        let docs = vec!["The types of request and response bodies.".to_owned()];
        Module { path: "models/mod.rs".to_owned(), docs, items }
    }

    fn model_module(&self, name: &str, types: &[TypeId]) -> Module {
        let (mut imports, mut items) = (Imports::default(), Vec::new());
        for id in types {
            items.extend(self.type_def(*id, &self.api.types[*id], &mut imports));
        }
        items.extend(self.kinds_of_strings(types, name));
        for id in types {
            imports.remove("crate::models", &self.names.ty(*id).ident);
        }
        let mut module_items = imports.items();
        module_items.extend(items);
        Module { path: format!("models/{name}.rs"), docs: Vec::new(), items: module_items }
    }

    /// Returns the `cfg` attribute of each module, with the features of the resources and webhooks that need it, directly or
    /// through another module.
    fn feature_attributes(&self) -> BTreeMap<&str, TokenStream> {
        let used_types = || self.api.types.iter().filter(|(id, _)| self.analysis.facts(*id).is_used).map(|(id, _)| id);
        let module = |id: TypeId| self.names.ty(id).module.as_str();
        let modules: BTreeSet<&str> = used_types().map(module).collect();
        let modules: Vec<&str> = modules.into_iter().collect();
        let index_of = |id: TypeId| modules.binary_search(&module(id)).ok();
        let (mut dependents, mut dependencies) =
            (vec![Dependents::default(); modules.len()], vec![Vec::new(); modules.len()]);
        for id in used_types() {
            let Some(index) = index_of(id) else { continue };
            dependents[index].extend(self.analysis.dependents(id));
            let contained_ids = contained_types(self.api, id).into_iter().flat_map(TypeRef::named_types);
            dependencies[index].extend(contained_ids.filter_map(index_of).filter(|dependency| *dependency != index));
        }
        propagate_dependents(&mut dependents, &dependencies);
        let all_resources: BTreeSet<Dependent> = self.resources().map(Dependent::Resource).collect();
        let feature = |dependent: Dependent| match dependent {
            Dependent::Resource(id) => self.names.resource(id).feature.clone(),
            Dependent::Webhooks => "webhooks".to_owned(),
        };
        let attribute = |dependents: Dependents| match dependents {
            Dependents::Few(parts) if all_resources.is_empty() || !parts.is_superset(&all_resources) => {
                feature_attribute(&parts.into_iter().map(feature).collect())
            }
            _ => quote! {},
        };
        modules.into_iter().zip(dependents).map(|(module, dependents)| (module, attribute(dependents))).collect()
    }

    fn type_def(&self, id: TypeId, def: &TypeDef, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.ty(id);
        let mut docs = lines(&def.docs, &format!("{}.", code(&def.name.join("."))));
        if def.deprecated {
            paragraph(&mut docs, "Deprecated.");
        }
        if def.is_request_type {
            paragraph(&mut docs, "The request type, without the properties that only responses have.");
        }
        match &def.shape {
            Shape::Record(record) => self.record(id, record, docs, imports),
            Shape::StringEnum(variants) => self.string_enum(name, def, variants, &docs),
            Shape::ValueEnum(values) => self.value_enum(name, def, values, &docs, imports),
            Shape::Union(union) => {
                self.union(id, union, docs, imports).into_iter().chain(self.type_constraints(id, imports)).collect()
            }
            Shape::Newtype(constraints) => newtype::newtype(name, constraints, def, docs, imports),
            Shape::Wrapper(ty) => {
                let (ident, docs) = (ident(&name.ident), attributes(&docs));
                let is_tuple = matches!(ty, TypeRef::Tuple(_));
                // The items of a tuple may have no default, so the wrapper has no default.
                let default = (!is_tuple).then_some("Default");
                let traits = ["Clone", "Debug"].into_iter().chain(default).chain(["PartialEq"]);
                let derive = derive(def, traits);
                let mark = self.serde_mark(ty);
                let text = self.text_in(id, ty, imports);
                let argument = format!("{}{}({text}){mark}", self.response_word(id), name.ident);
                let call = MacroCall::with_argument("impl_wrapper", argument);
                let ty = tokens(&text);
                let item = Item::Rust(quote! {
                    #docs
                    #derive
                    pub struct #ident(pub #ty);
                });
                [item, Item::Call(call)].into_iter().chain(self.type_constraints(id, imports)).collect()
            }
            Shape::Alias(ty) => {
                let (ident, docs) = (ident(&name.ident), attributes(&docs));
                let ty = self.ty(ty, imports);
                vec![Item::Rust(quote! { #docs pub type #ident = #ty; })]
            }
        }
    }

    fn record(&self, id: TypeId, record: &Record, docs: Vec<String>, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.ty(id);
        let facts = self.analysis.facts(id);
        // A model that is decoded in place gets its `Default` from `impl_model`.
        let derives_default = facts.can_derive_default && !self.is_decoded_in_place(id, record);
        // A later number property would take `Eq` away, so a model does not derive it.
        let derives = ["Clone"].into_iter().chain(derives_default.then_some("Default")).chain(["PartialEq"]);
        let derive = derive(&self.api.types[id], derives);
        let fields =
            record.fields.iter().zip(&name.members).map(|(field, member)| self.field(id, field, member, imports));
        let mut fields: Vec<TokenStream> = fields.collect();
        fields.extend(record.additional.as_ref().map(|ty| {
            // A map is itself a pointer, so a recursive type needs no `Box` here.
            let map = TypeRef::Map(Box::new(ty.clone()));
            let (member, map) = (self::ident(&name.additional), tokens(&self.text_in(id, &map, imports)));
            quote! {
                /// The additional properties.
                pub #member: #map,
            }
        }));
        let (ident, docs) = (ident(&name.ident), attributes(&docs));
        let mut items = vec![Item::Rust(quote! {
            #docs
            #derive
            #[non_exhaustive]
            pub struct #ident {
                #(#fields)*
            }
        })];
        items.push(self.impl_model_call(id, record));
        items.extend(self.builders(id, record, imports));
        items.extend(self.type_constraints(id, imports));
        items.extend(self.accessors(id, record, imports));
        items
    }

    /// Returns the call of `impl_model`, which implements the traits of a model. The call maps each field to its
    /// property.
    fn impl_model_call(&self, id: TypeId, record: &Record) -> Item {
        let name = self.names.ty(id);
        let property = |(field, member): (&Field, &String)| {
            let presence = match self.distinguishes_null(id, field) {
                true => " null",
                false if !field.required && !field.nullable => " optional",
                false => "",
            };
            let personal = if self.is_hidden(id, field) { " personal" } else { "" };
            format!("{member}: {:?}{presence}{}{personal}", field.wire, self.serde_mark(&field.ty))
        };
        let properties = record.fields.iter().zip(&name.members).map(property);
        let has_personal_fields = record.fields.iter().any(|field| self.is_hidden(id, field));
        let tail = record.additional.as_ref().map_or_else(String::new, |ty| {
            // An additional property of a type with personal data may be personal data, too.
            let personal = if has_personal_fields { " personal" } else { "" };
            let map = match self.config.types.map {
                Map::BTreeMap => String::new(),
                _ => format!(": {}", self.map_name(&mut Imports::default())),
            };
            format!(" else {}{map}{}{personal}", name.additional, self.serde_mark(ty))
        });
        let default = if self.is_decoded_in_place(id, record) { ": Default" } else { "" };
        let model = format!("{}{}{default}", self.response_word(id), name.ident);
        Item::Call(MacroCall::list("impl_model", &model, properties, &tail))
    }

    /// Returns whether a model is decoded into its default value: if all its fields are `Option`s that are decoded
    /// without serde.
    fn is_decoded_in_place(&self, id: TypeId, record: &Record) -> bool {
        let is_option = |field: &Field| !is_always_present(field) && !self.is_decoded_by_serde(&field.ty);
        let is_map = |ty: &TypeRef| {
            let map = TypeRef::Map(Box::new(ty.clone()));
            !self.is_decoded_by_serde(ty) && self.analysis.indirection(self.api, id, &map).is_none()
        };
        self.analysis.facts(id).can_derive_default
            && record.fields.iter().all(is_option)
            && record.additional.as_ref().is_none_or(is_map)
    }

    /// Returns `response ` if a type implements `Serialize` only with the feature `test-util`, and an empty string
    /// otherwise. In macro calls, this word is before the name of the type.
    fn response_word(&self, id: TypeId) -> &'static str {
        if self.analysis.is_serialized(self.api, id) { "" } else { "response " }
    }

    /// Returns ` serde` if serde must decode the values of a type, and an empty string otherwise.
    fn serde_mark(&self, ty: &TypeRef) -> &'static str {
        if self.is_decoded_by_serde(ty) { " serde" } else { "" }
    }

    /// Returns whether serde must decode the values of a type. This is the case if codegen.toml sets the Rust type, or
    /// the Rust type of a part.
    pub(crate) fn is_decoded_by_serde(&self, ty: &TypeRef) -> bool {
        match self.resolved(ty) {
            TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => self.is_decoded_by_serde(inner),
            TypeRef::Tuple(items) => items.iter().any(|item| self.is_decoded_by_serde(item)),
            resolved => resolved.is_foreign(),
        }
    }

    fn field(&self, owner: TypeId, field: &Field, member: &str, imports: &mut Imports) -> TokenStream {
        let mut docs = lines(&field.docs, &format!("{}.", code(&field.wire)));
        if field.is_personal {
            append_sentence(&mut docs, &field.docs, "The value is personal data, so `Debug` does not show it.");
        } else if self.is_hidden(owner, field) {
            append_sentence(
                &mut docs,
                &field.docs,
                "`Debug` does not show the value, because it may contain personal data.",
            );
        }
        let facts = self.analysis.facts(owner);
        if facts.is_in_requests {
            append_sentence(&mut docs, &field.docs, &constraint_sentence(&field.constraints));
            append_sentence(&mut docs, &field.docs, &default_sentence(&field.docs, field.default.as_ref()));
        }
        if field.read_only && facts.is_in_requests {
            append_sentence(&mut docs, &field.docs, "Only responses have this property.");
        }
        if field.write_only && facts.is_in_responses {
            append_sentence(&mut docs, &field.docs, "Only requests have this property.");
        }
        if field.deprecated {
            paragraph(&mut docs, "Deprecated.");
        }
        let docs = attributes(&docs);
        let member_ident = ident(member);
        let mut ty = tokens(&self.text_in(owner, &field.ty, imports));
        if !is_always_present(field) {
            ty = quote! { Option<#ty> };
        }
        if self.is_double_option(owner, field) {
            ty = quote! { Option<#ty> };
        }
        quote! { #docs pub #member_ident: #ty, }
    }

    /// Returns whether `Debug` hides the value of a field. It hides personal data. It also hides a field that may
    /// contain the URL or the cursor of a page, because these repeat the parameters of the request.
    fn is_hidden(&self, owner: TypeId, field: &Field) -> bool {
        let is_items = || self.is_items_property(owner, field);
        field.is_personal || self.types_with_page_links.contains(&owner) && !is_items() && self.may_be_link(&field.ty)
    }

    /// Returns whether a value of the type may be or contain any string, such as a URL or a cursor.
    fn may_be_link(&self, ty: &TypeRef) -> bool {
        match self.resolved(ty) {
            TypeRef::Bool
            | TypeRef::Int(_)
            | TypeRef::Unsigned(_)
            | TypeRef::Float(_)
            | TypeRef::BigNumber
            | TypeRef::DateTime
            | TypeRef::Date
            | TypeRef::Uuid
            | TypeRef::Duration => false,
            TypeRef::Array(inner) | TypeRef::Nullable(inner) => self.may_be_link(inner),
            TypeRef::Tuple(items) => items.iter().any(|item| self.may_be_link(item)),
            TypeRef::Named(id) => {
                let shape = &self.api.types[*id].shape;
                !matches!(shape, Shape::Record(_) | Shape::StringEnum(_) | Shape::ValueEnum(_))
            }
            TypeRef::String
            | TypeRef::Uri
            | TypeRef::Bytes
            | TypeRef::UrlBytes
            | TypeRef::Custom(_)
            | TypeRef::Map(_)
            | TypeRef::Json => true,
        }
    }

    /// Returns whether a field distinguishes `null` from a missing property, because the API may treat them
    /// differently.
    fn distinguishes_null(&self, owner: TypeId, field: &Field) -> bool {
        let is_any_value = matches!(self.resolved(&field.ty), TypeRef::Json);
        self.analysis.facts(owner).is_in_requests && !field.required && (field.nullable || is_any_value)
    }

    /// Returns whether a field is an `Option` in an `Option`, to distinguish `null` from a missing property. A field of
    /// type `AnyJson` needs no second `Option`, because an `AnyJson` can be `null`.
    pub(super) fn is_double_option(&self, owner: TypeId, field: &Field) -> bool {
        self.distinguishes_null(owner, field) && !matches!(self.resolved(&field.ty), TypeRef::Json)
    }
}

/// Returns the attribute `derive` of a type: the traits that the generator derives, and the macros in codegen.toml.
fn derive<'t>(def: &TypeDef, traits: impl Iterator<Item = &'t str>) -> TokenStream {
    let traits: Vec<&str> = traits.collect();
    let is_new = |path: &&str| !traits.contains(&last_name(path));
    let configured = def.derives.iter().map(String::as_str).filter(is_new);
    let paths = traits.iter().copied().chain(configured).map(tokens);
    quote! { #[derive(#(#paths),*)] }
}

/// Returns whether a field always has a value.
pub(super) fn is_always_present(field: &Field) -> bool {
    field.required && !field.nullable
}
