//! The resources: a module for each, with its handles. Resources that can be asked the same have them in common.

pub(crate) mod constraints;
pub(crate) mod operation_method;
pub(crate) mod path_literals;
pub(crate) mod request_types;
pub(crate) mod response_headers;
pub(crate) mod responses;
pub(crate) mod test_dispatcher;

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{attributes, code, either, inline, lines, paragraph, rules, sentence, wrap};
use super::imports::Imports;
use crate::emit::{Context, ImplBlock, Item, Module, Sketch, feature, ident, module_path, tokens};
use crate::ir::{Layout, Resource, ResourceId, Side, Style, TypeRef};
use operation_method::{constrained, local};

/// The modules below `resources`, and `resources` itself.
pub fn modules<'a>(context: &'a Context<'a>) -> Vec<Sketch<'a>> {
    let resources: Vec<ResourceId> = context.resources().collect();
    if resources.is_empty() {
        return Vec::new();
    }
    let mut modules: Vec<Sketch<'a>> = vec![Box::new(|| context.root_of_resources())];
    modules.extend(resources.into_iter().map(|id| Box::new(move || context.resource(id)) as Sketch<'a>));
    modules
}

impl Context<'_> {
    fn root_of_resources(&self) -> Module {
        let items = self.resources().map(|id| {
            let name = self.names.resource(id);
            let (feature, module) = (feature(&[name.feature.clone()].into()), ident(&name.module));
            let path = module_path(&name.module);
            Item::Rust(quote! { #feature #path pub mod #module; })
        });
        let each = if self.grouped() { "group of operations" } else { "resource" };
        let mut docs = vec![format!("Handles and requests: one module for each {each} of the API.")];
        paragraph(
            &mut docs,
            "A handle is a path in the API. It is cheap to create and to clone, and sends nothing by itself. Its methods \
             return requests, which are sent when they are awaited.",
        );
        Module { path: "resources/mod.rs".to_owned(), docs, items: items.collect() }
    }

    /// The resources that have a module: all but the root, and one for all that are alike.
    pub fn resources(&self) -> impl Iterator<Item = ResourceId> {
        let own = |(id, resource): &(ResourceId, &Resource)| {
            resource.parent.is_some() && self.analysis.equivalent(*id) == *id
        };
        self.api.client_resources().iter().filter(own).map(|(id, _)| id)
    }

    fn resource(&self, id: ResourceId) -> Module {
        let name = self.names.resource(id);
        let mut imports = Imports::default();
        let mut items = Vec::new();
        for side in [Side::Collection, Side::Instance] {
            if self.analysis.has_handle_methods(self.api, id, side) {
                items.extend(self.handle(id, side, &mut imports));
            }
        }
        for operation in &self.api.client_resources()[id].operations {
            items.extend(self.request(*operation, &mut imports));
        }
        let mut all = imports.items();
        all.extend(items);
        let docs = match self.grouped() {
            false => {
                let paths = self.analysis.equivalents(id).iter().map(|id| code(&self.path(*id)));
                wrap(&format!("Operations on {}.", either(paths)))
            }
            true => vec![format!("The operations of {}.", code(&self.api.client_resources()[id].segment))],
        };
        Module { path: format!("resources/{}.rs", name.module), docs, items: all }
    }

    /// The segments that a resource adds to the path of what it stands under.
    fn own_path(&self, id: ResourceId) -> String {
        let resource = &self.api.client_resources()[id];
        match resource.segment.as_str() {
            "" => String::new(),
            _ if self.grouped() => String::new(),
            segment if resource.is_suffix => segment.to_owned(),
            segment => format!("/{segment}"),
        }
    }

    /// The path of a resource's whole, with its placeholders.
    pub fn path(&self, id: ResourceId) -> String {
        match self.api.client_resources()[id].parent {
            None => self.own_path(id),
            Some((parent, side)) => self.side_path(parent, side) + &self.own_path(id),
        }
    }

    fn side_path(&self, id: ResourceId, side: Side) -> String {
        match (&self.api.client_resources()[id].key, side) {
            (Some(key), Side::Instance) => format!("{}{}{{{}}}", self.path(id), key.prefix, key.wire),
            _ => self.path(id),
        }
    }

    /// Whether the places are groups of operations.
    fn grouped(&self) -> bool {
        matches!(self.api.layout, Layout::Groups { .. })
    }

    /// What a place is, in few words.
    pub fn short(&self, id: ResourceId) -> String {
        let group = &self.api.client_resources()[id];
        match (self.grouped(), group.docs.is_empty()) {
            (false, _) => code(&self.path(id)),
            (true, true) => format!("the operations of {}", code(&group.segment)),
            (true, false) => inline(&group.docs.summary),
        }
    }

    /// What a half of a resource is, in a sentence.
    fn place(&self, id: ResourceId, side: Side, paths: &[ResourceId]) -> Vec<String> {
        match self.grouped() {
            false => wrap(&self.in_tree(id, side, paths)),
            true => {
                let group = &self.api.client_resources()[id];
                lines(&group.docs, &format!("The operations of {}.", code(&group.segment)))
            }
        }
    }

    fn in_tree(&self, id: ResourceId, side: Side, paths: &[ResourceId]) -> String {
        let resource = &self.api.client_resources()[id];
        let paths = either(paths.iter().map(|id| code(&self.side_path(*id, side))));
        let model = resource.model.map(|model| &self.names.ty(model).ident);
        match (side, model) {
            (Side::Instance, Some(model)) => format!("One [`models::{model}`](crate::models::{model}) at {paths}."),
            (Side::Instance, None) => format!("The resource at {paths}."),
            (Side::Collection, Some(model)) if resource.key.is_some() => {
                format!("The collection of [`models::{model}`](crate::models::{model}) resources at {paths}.")
            }
            (Side::Collection, Some(model)) => format!("The [`models::{model}`](crate::models::{model}) at {paths}."),
            (Side::Collection, None) => format!("The resource at {paths}."),
        }
    }

    /// Returns the resources to which the method of a handle leads: one for each path that the handle stands for.
    fn reached(&self, id: ResourceId) -> Vec<ResourceId> {
        let parent = |id: ResourceId| {
            self.api.client_resources()[id].parent.map(|(above, side)| (self.analysis.equivalent(above), side))
        };
        let all = self.analysis.equivalents(self.analysis.equivalent(id)).iter().copied();
        all.filter(|other| parent(*other) == parent(id)).collect()
    }

    /// A handle: its type, and what it can be asked.
    fn handle(&self, id: ResourceId, side: Side, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.resource(id);
        imports.add("crate::runtime", "Scope");
        let handle = ident(if side == Side::Instance { &name.instance } else { &name.collection });
        let docs = attributes(&self.place(id, side, self.analysis.equivalents(id)));
        let methods = self.methods(id, side, imports);
        vec![
            Item::Rust(quote! {
                #docs
                #[derive(Clone, Debug)]
                pub struct #handle(pub(crate) Scope);
            }),
            Item::Impl(ImplBlock { head: quote! { impl #handle }, items: methods }),
        ]
    }

    /// What a handle can be asked, and where it leads.
    pub fn methods(&self, id: ResourceId, side: Side, imports: &mut Imports) -> Vec<TokenStream> {
        let resource = &self.api.client_resources()[id];
        let asked = resource.operations.iter().filter(|id| self.api.client_resource(**id).1 == side);
        let mut methods: Vec<_> = asked.map(|operation| self.begin(*operation, imports)).collect();
        for child in self.analysis.children_of_side(self.api, id, side) {
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
        if self.analysis.has_handle_methods(self.api, id, Side::Collection) {
            used.add(&module, &name.collection);
            let mut docs = self.place(id, Side::Collection, &self.reached(id));
            if self.grouped() {
                // The handle says the rest.
                docs.truncate(docs.iter().position(String::is_empty).unwrap_or(docs.len()));
            }
            let docs = attributes(&docs);
            let (feature, scope) = (feature(&[name.feature.clone()].into()), self.scope(id));
            let (handle, method) = (ident(&name.collection), ident(&name.collection_method));
            methods.push(quote! {
                #docs
                #feature
                pub fn #method(&self) -> #handle { #handle(#scope) }
            });
        }
        if self.api.client_resources()[id].key.is_some() {
            used.add(&module, &name.instance);
            methods.extend(self.lead_to_instance(id, &mut used));
        }
        imports.add_for(&name.feature, used);
        methods
    }

    /// The method that leads to an instance.
    fn lead_to_instance(&self, id: ResourceId, imports: &mut Imports) -> Option<TokenStream> {
        let name = self.names.resource(id);
        let key = self.api.client_resources()[id].key.as_ref()?;
        let said = [sentence(&key.docs), rules(&key.constraints)];
        let said: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
        let mut docs = self.in_tree(id, Side::Instance, &self.reached(id));
        if !said.is_empty() {
            docs += &format!(" {}: {}", code(&key.wire), said.join(" "));
        }
        let docs = wrap(&docs);
        let docs = attributes(&docs);
        let (feature, scope) = (feature(&[name.feature.clone()].into()), self.scope(id));
        let (handle, method) = (ident(&name.instance), ident(&name.instance_method));
        let key_name = crate::naming::case::value_name(&key.wire);
        let key_ident = ident(&key_name);
        let (argument, ty) = self.placed(key.style, &key.ty, imports);
        let mut before = Vec::new();
        before.extend(if key.style == Style::Plain { self.list(&key.ty, &key_name, imports) } else { None });
        let constraints = self.value_constraints(&key.ty, &key.constraints, key.style != Style::Plain, false, imports);
        let only = self.constant(&key.ty, None, imports);
        let argument = only.is_none().then(|| quote! { #key_ident: #argument });
        let value = only.unwrap_or_else(|| quote! { #key_ident });
        let place = Placed { before: &key.prefix, wire: &key.wire, style: key.style, ty, value };
        let with = constrained(&mut before, &key_ident, constraints, |constraints| place.step(constraints));
        let local = local("scope", |name| name == key_name);
        Some(quote! {
            #docs
            #feature
            pub fn #method(&self, #argument) -> #handle {
                #(#before)*
                let #local = #scope;
                #handle(#local #with)
            }
        })
    }

    /// A value in the path: what it is taken as, and the type that the runtime takes for it.
    pub fn placed(&self, style: Style, ty: &TypeRef, imports: &mut Imports) -> (TokenStream, TokenStream) {
        if let Some(newtype) = self.newtype(ty, imports).filter(|_| style == Style::Plain) {
            imports.add("crate::runtime", "StringOr");
            let ty = tokens(&format!("StringOr<{newtype}>"));
            return (quote! { impl Into<#ty> }, ty);
        }
        if style == Style::Plain {
            return (self.argument(ty, imports), self.value(ty, imports));
        }
        let whole = self.ty(ty, imports);
        match self.converts(self.resolved(ty)) {
            true => (quote! { impl Into<#whole> }, whole),
            false => (whole.clone(), whole),
        }
    }

    /// The expression for the scope of a resource's whole, in a method of what it stands under.
    fn scope(&self, id: ResourceId) -> TokenStream {
        // The client stands at the root of the server, and the root of the tree may be further down.
        let above = self.api.client_resources()[id].parent;
        let top = above.is_none_or(|(above, side)| {
            side == Side::Collection && self.api.client_resources()[above].parent.is_none()
        });
        match if top { self.path(id) } else { self.own_path(id) }.as_str() {
            "" => quote! { self.0.clone() },
            path => {
                let path = path_literals::literal(path);
                quote! { self.0.join(#path) }
            }
        }
    }

    /// What stands at the root of the tree itself, to go with the client: its instances, and its requests.
    pub fn root(&self, imports: &mut Imports) -> (Option<TokenStream>, Vec<Item>) {
        let mut items = Vec::new();
        let lead = self.lead_to_instance(ResourceId::FIRST, imports);
        if lead.is_some() {
            items.extend(self.handle(ResourceId::FIRST, Side::Instance, imports));
        }
        for operation in &self.api.client_resources()[ResourceId::FIRST].operations {
            items.extend(self.request(*operation, imports));
        }
        (lead, items)
    }
}

/// A value that is added to a scope, behind what stands before it in the path.
pub struct Placed<'a> {
    pub before: &'a str,
    pub wire: &'a str,
    pub style: Style,
    pub ty: TokenStream,
    pub value: TokenStream,
}

impl Placed<'_> {
    /// The call that adds it.
    pub fn step(&self, constraints: TokenStream) -> TokenStream {
        let Self { wire, ty, value, .. } = self;
        let before = path_literals::literal(self.before);
        match (self.style, before.as_str()) {
            (Style::Plain, "/") => quote! { .path_param::<#ty>(#wire, #value, #constraints) },
            (Style::Plain, _) => quote! { .partial_path_param::<#ty>(#before, #wire, #value, #constraints) },
            (style, _) => {
                let style = ident(&format!("path_{}", style.as_str()));
                quote! { .#style::<#ty>(#before, #wire, #value, #constraints) }
            }
        }
    }
}
