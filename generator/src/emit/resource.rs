//! The resources: a module for each, with its handles. Resources that can be asked the same have them in common.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{attributes, code, either, lines, paragraph, rules, wrap};
use super::imports::Imports;
use super::{Context, Item, Module, feature, ident, spaced};
use crate::ir::{Resource, ResourceId, Side, Style};

/// The modules below `resources`, and `resources` itself.
pub fn modules(context: &Context<'_>) -> Vec<Module> {
    let resources: Vec<ResourceId> = context.resources().collect();
    if resources.is_empty() {
        return Vec::new();
    }
    let items = resources.iter().map(|id| {
        let name = context.names.resource(*id);
        let (feature, module) = (feature(&[name.feature.clone()].into()), ident(&name.module));
        Item::Rust(quote! { #feature pub mod #module; })
    });
    let mut docs = vec!["What can be asked of the API: a module for each of its resources.".to_owned()];
    paragraph(
        &mut docs,
        "A handle is a place in the API. It is cheap to make and to clone, and sends nothing by itself; what it can be \
         asked is a method of it, which begins a request.",
    );
    let mut modules = vec![Module { path: "resources/mod.rs".to_owned(), docs, items: items.collect() }];
    modules.extend(resources.into_iter().map(|id| context.resource(id)));
    modules
}

impl Context<'_> {
    /// The resources that have a module: all but the root, and one for all that are alike.
    pub fn resources(&self) -> impl Iterator<Item = ResourceId> {
        let own =
            |(id, resource): &(ResourceId, &Resource)| resource.parent.is_some() && self.analysis.twin(*id) == *id;
        self.api.resources.iter().filter(own).map(|(id, _)| id)
    }

    fn resource(&self, id: ResourceId) -> Module {
        let name = self.names.resource(id);
        let mut imports = Imports::default();
        let mut items = Vec::new();
        for side in [Side::Collection, Side::Instance] {
            if self.api.serves(id, side) {
                items.extend(self.handle(id, side, &mut imports));
            }
        }
        for operation in &self.api.resources[id].operations {
            items.extend(self.request(*operation, &mut imports));
        }
        let mut all = imports.items();
        all.extend(items);
        let paths = self.analysis.twins(id).iter().map(|id| code(&self.path(*id)));
        let docs = vec![format!("{}, and what can be asked there.", either(paths))];
        Module { path: format!("resources/{}.rs", name.module), docs, items: all }
    }

    /// The segments that a resource adds to the path of what it stands under.
    fn own_path(&self, id: ResourceId) -> String {
        let resource = &self.api.resources[id];
        let slash = if resource.suffix || resource.segment.is_empty() { "" } else { "/" };
        format!("{slash}{}", resource.segment)
    }

    /// The path of a resource's whole, with its placeholders.
    pub fn path(&self, id: ResourceId) -> String {
        match self.api.resources[id].parent {
            None => self.own_path(id),
            Some((parent, side)) => self.side_path(parent, side) + &self.own_path(id),
        }
    }

    fn side_path(&self, id: ResourceId, side: Side) -> String {
        match (&self.api.resources[id].key, side) {
            (Some(key), Side::Instance) => format!("{}{}{{{}}}", self.path(id), key.before, key.wire),
            _ => self.path(id),
        }
    }

    /// What a half of a resource is, in a sentence.
    fn place(&self, id: ResourceId, side: Side, paths: &[ResourceId]) -> String {
        let resource = &self.api.resources[id];
        let paths = either(paths.iter().map(|id| code(&self.side_path(*id, side))));
        let model = resource.model.map(|model| &self.names.ty(model).ident);
        match (side, model) {
            (Side::Instance, Some(model)) => format!("One [`models::{model}`](crate::models::{model}): {paths}."),
            (Side::Instance, None) => format!("One of {paths}."),
            (Side::Collection, Some(model)) if resource.key.is_some() => {
                format!("The collection of every [`models::{model}`](crate::models::{model}): {paths}.")
            }
            (Side::Collection, Some(model)) => format!("The [`models::{model}`](crate::models::{model}): {paths}."),
            (Side::Collection, None) => format!("What stands at {paths}."),
        }
    }

    /// A handle: its type, and what it can be asked.
    fn handle(&self, id: ResourceId, side: Side, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.resource(id);
        imports.add("crate::runtime", "Scope");
        let handle = ident(if side == Side::Instance { &name.instance } else { &name.collection });
        let docs = attributes(&wrap(&self.place(id, side, self.analysis.twins(id))));
        let methods = spaced(self.methods(id, side, imports));
        vec![
            Item::Rust(quote! {
                #docs
                #[derive(Clone, Debug)]
                pub struct #handle(pub(crate) Scope);
            }),
            Item::Rust(quote! { impl #handle { #methods } }),
        ]
    }

    /// What a handle can be asked, and where it leads.
    pub fn methods(&self, id: ResourceId, side: Side, imports: &mut Imports) -> Vec<TokenStream> {
        let resource = &self.api.resources[id];
        let asked = resource.operations.iter().filter(|id| self.api.operations[**id].side() == side);
        let mut methods: Vec<_> = asked.map(|operation| self.begin(*operation, imports)).collect();
        for (child, _) in self.api.resources.iter().filter(|(_, below)| below.parent == Some((id, side))) {
            methods.extend(self.lead(child, imports));
        }
        methods
    }

    /// The methods that lead from a handle to those below it.
    fn lead(&self, id: ResourceId, imports: &mut Imports) -> Vec<TokenStream> {
        let name = self.names.resource(id);
        let module = format!("crate::resources::{}", name.module);
        let mut used = Imports::default();
        let mut methods = Vec::new();
        if self.api.serves(id, Side::Collection) {
            used.add(&module, &name.collection);
            let docs = attributes(&wrap(&self.place(id, Side::Collection, &[id])));
            let (feature, scope) = (feature(&[name.feature.clone()].into()), self.scope(id));
            let (handle, method) = (ident(&name.collection), ident(&name.collection_method));
            methods.push(quote! {
                #docs
                #feature
                pub fn #method(&self) -> #handle { #handle(#scope) }
            });
        }
        if self.api.resources[id].key.is_some() {
            used.add(&module, &name.instance);
            methods.extend(self.lead_to_instance(id, &mut used));
        }
        imports.add_for(&name.feature, used);
        methods
    }

    /// The method that leads to an instance.
    fn lead_to_instance(&self, id: ResourceId, imports: &mut Imports) -> Option<TokenStream> {
        let name = self.names.resource(id);
        let key = self.api.resources[id].key.as_ref()?;
        let said = [lines(&key.docs, "").join(" "), rules(&key.constraints)];
        let said: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
        let mut docs = self.place(id, Side::Instance, &[id]);
        if !said.is_empty() {
            docs += &format!(" {}: {}", code(&key.wire), said.join(" "));
        }
        let docs = wrap(&docs);
        let docs = attributes(&docs);
        let (feature, scope) = (feature(&[name.feature.clone()].into()), self.scope(id));
        let (handle, method) = (ident(&name.instance), ident(&name.instance_method));
        let key_name = crate::name::case::value(&key.wire);
        let (key_ident, wire, before) = (ident(&key_name), &key.wire, key.before.as_str());
        let rules = self.rules(&key.constraints, false, imports);
        let (argument, ty, value) = match key.style {
            Style::Plain => {
                let (ty, value) = self.value(&key.ty, &key_name, imports);
                (self.argument(&key.ty, imports), ty, value)
            }
            _ => {
                let ty = self.ty(&key.ty, imports);
                let into = self.converts(self.resolved(&key.ty));
                (
                    if into {
                        quote! { impl Into<#ty> }
                    } else {
                        ty.clone()
                    },
                    ty,
                    quote! { #key_ident },
                )
            }
        };
        let with = match (key.style, before) {
            (Style::Plain, "/") => quote! { with::<#ty>(#wire, #value, #rules) },
            (Style::Plain, _) => quote! { behind::<#ty>(#before, #wire, #value, #rules) },
            (style, _) => {
                let style = ident(style.as_str());
                quote! { #style::<#ty>(#before, #wire, #value, #rules) }
            }
        };
        Some(quote! {
            #docs
            #feature
            pub fn #method(&self, #key_ident: #argument) -> #handle {
                let scope = #scope;
                #handle(scope.#with)
            }
        })
    }

    /// The expression for the scope of a resource's whole, in a method of what it stands under.
    fn scope(&self, id: ResourceId) -> TokenStream {
        // The client stands at the root of the server, and the root of the tree may be further down.
        let above = self.api.resources[id].parent;
        let top =
            above.is_none_or(|(above, side)| side == Side::Collection && self.api.resources[above].parent.is_none());
        match if top { self.path(id) } else { self.own_path(id) }.as_str() {
            "" => quote! { self.0.clone() },
            path => quote! { self.0.below(#path) },
        }
    }

    /// What stands at the root of the tree itself, to go with the client: its instances, and its requests.
    pub fn root(&self, imports: &mut Imports) -> (Option<TokenStream>, Vec<Item>) {
        let mut items = Vec::new();
        let lead = self.lead_to_instance(ResourceId::FIRST, imports);
        if lead.is_some() {
            items.extend(self.handle(ResourceId::FIRST, Side::Instance, imports));
        }
        for operation in &self.api.resources[ResourceId::FIRST].operations {
            items.extend(self.request(*operation, imports));
        }
        (lead, items)
    }
}
