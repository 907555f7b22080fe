//! Emits a module for each resource, with its handles and requests. Equivalent resources share a module.

pub(crate) mod constraints;
mod next_page;
mod operation_files;
pub(crate) mod operation_method;
mod page_value;
pub(crate) mod path_literals;
pub(crate) mod request_types;
pub(crate) mod response_headers;
pub(crate) mod responses;
mod stream_method;
pub(crate) mod test_dispatcher;

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{attributes, code, constraint_sentence, inline, inline_docs, join_with_or, lines, paragraph, wrap};
use super::imports::Imports;
use crate::emit::{
    Context, ImplBlock, Item, Module, ModuleTask, feature_attribute, ident, inline_attribute, module_attribute, tokens,
};
use crate::ir::{Layout, Level, OperationId, Resource, ResourceId, Style, TypeRef};
use operation_method::{call_with_constraints, unused_local};

/// Returns the module `resources` and the modules in it.
pub fn modules<'a>(context: &'a Context<'a>) -> Vec<ModuleTask<'a>> {
    let mut modules = operation_files::modules(context);
    let resources: Vec<ResourceId> = context.resources().collect();
    if resources.is_empty() {
        return modules;
    }
    modules.push(Box::new(|| context.resources_module()));
    modules.extend(resources.into_iter().map(|id| Box::new(move || context.resource_module(id)) as ModuleTask<'a>));
    modules
}

impl Context<'_> {
    /// Returns the module `resources`.
    fn resources_module(&self) -> Module {
        let items = self.resources().map(|id| {
            let name = self.names.resource(id);
            let (feature, module) = (feature_attribute(&[name.feature.clone()].into()), ident(&name.module));
            let attribute = module_attribute(&name.module);
            Item::Rust(quote! { #feature #attribute pub mod #module; })
        });
        let kind = if self.is_grouped() { "group of operations" } else { "resource" };
        let mut docs = vec![format!("Handles and requests: one module for each {kind} of the API.")];
        paragraph(
            &mut docs,
            "A handle represents a path of the API. It is cheap to create and to clone, and sends nothing by itself. Its methods \
             return requests, which are sent when they are awaited.",
        );
        Module { path: "resources/mod.rs".to_owned(), docs, items: items.collect() }
    }

    /// Returns the resources that have a module: one resource of each group of equivalent resources, except the root.
    pub fn resources(&self) -> impl Iterator<Item = ResourceId> {
        let has_module = |(id, resource): &(ResourceId, &Resource)| {
            resource.parent.is_some() && self.analysis.equivalent(*id) == *id
        };
        self.api.client_resources().iter().filter(has_module).map(|(id, _)| id)
    }

    /// Returns the module of a resource.
    fn resource_module(&self, id: ResourceId) -> Module {
        let name = self.names.resource(id);
        let mut imports = Imports::default();
        let mut items = Vec::new();
        for level in [Level::Collection, Level::Instance] {
            if self.analysis.has_handle_methods(self.api, id, level) {
                items.extend(self.handle_items(id, level, &mut imports));
            }
        }
        items.extend(self.all_request_items(id, &mut imports));
        let mut module_items = imports.items();
        module_items.extend(self.operation_file_items(id, &name.module));
        module_items.extend(items);
        let docs = match self.is_grouped() {
            false => {
                let paths = self.analysis.equivalents(id).iter().map(|id| code(&self.path(*id)));
                wrap(&format!("Operations on {}.", join_with_or(paths)))
            }
            true => vec![format!("The operations of {}.", code(&self.api.client_resources()[id].segment))],
        };
        Module { path: format!("resources/{}.rs", name.module), docs, items: module_items }
    }

    /// Returns the segments that a resource adds to the path of its parent.
    fn path_segment(&self, id: ResourceId) -> String {
        let resource = &self.api.client_resources()[id];
        match resource.segment.as_str() {
            "" => String::new(),
            _ if self.is_grouped() => String::new(),
            segment if resource.is_suffix => segment.to_owned(),
            segment => format!("/{segment}"),
        }
    }

    /// Returns the path of the collection of a resource, with placeholders.
    pub fn path(&self, id: ResourceId) -> String {
        match self.api.client_resources()[id].parent {
            None => self.path_segment(id),
            Some((parent, level)) => self.path_at_level(parent, level) + &self.path_segment(id),
        }
    }

    /// Returns the path of the collection or an instance of a resource, with placeholders.
    fn path_at_level(&self, id: ResourceId, level: Level) -> String {
        match (&self.api.client_resources()[id].key, level) {
            (Some(key), Level::Instance) => format!("{}{}{{{}}}", self.path(id), key.prefix, key.wire),
            _ => self.path(id),
        }
    }

    /// Returns the path of the collection or an instance of a resource, with the placeholders that its operations have
    /// in the document. The placeholders can differ from the keys of the parents, as in `/Services/{Sid}` and
    /// `/Services/{ServiceSid}/Users`.
    fn documented_path(&self, id: ResourceId, level: Level) -> String {
        let operations = self.api.client_resources()[id].operations.iter().map(|id| &self.api.operations[*id]);
        let mut templates = operations.filter_map(|operation| match (level, operation.level()) {
            (Level::Collection, Level::Instance) => Some(operation.collection_template()),
            (level, operation_level) => (level == operation_level).then(|| operation.template()),
        });
        templates.next().unwrap_or_else(|| self.path_at_level(id, level))
    }

    /// Returns whether the generated modules are groups of operations, not resources.
    fn is_grouped(&self) -> bool {
        matches!(self.api.layout, Layout::Groups { .. })
    }

    /// Describes a resource or group in a few words.
    pub fn short_description(&self, id: ResourceId) -> String {
        let group = &self.api.client_resources()[id];
        match (self.is_grouped(), group.docs.is_empty()) {
            (false, _) => code(&self.documented_path(id, Level::Collection)),
            (true, true) => format!("the operations of {}", code(&group.segment)),
            (true, false) => inline(&group.docs.summary),
        }
    }

    /// Returns the documentation of a handle, which represents the paths of all `equivalents`.
    fn handle_docs(&self, id: ResourceId, level: Level, equivalents: &[ResourceId]) -> Vec<String> {
        match self.is_grouped() {
            false => wrap(&self.resource_docs(id, level, equivalents)),
            true => {
                let group = &self.api.client_resources()[id];
                lines(&group.docs, &format!("The operations of {}.", code(&group.segment)))
            }
        }
    }

    /// Describes the collection or an instance of a resource in a sentence.
    fn resource_docs(&self, id: ResourceId, level: Level, equivalents: &[ResourceId]) -> String {
        let resource = &self.api.client_resources()[id];
        let paths = join_with_or(equivalents.iter().map(|id| code(&self.documented_path(*id, level))));
        let model = resource.model.map(|model| &self.names.ty(model).ident);
        match (level, model) {
            (Level::Instance, Some(model)) => format!("The [`models::{model}`](crate::models::{model}) at {paths}."),
            (Level::Instance, None) => format!("The resource at {paths}."),
            (Level::Collection, Some(model)) if resource.key.is_some() => {
                format!("The collection of [`models::{model}`](crate::models::{model}) resources at {paths}.")
            }
            (Level::Collection, Some(model)) => format!("The [`models::{model}`](crate::models::{model}) at {paths}."),
            (Level::Collection, None) => format!("The resource at {paths}."),
        }
    }

    /// Returns the resources that are equivalent to a resource and have an equivalent parent. The handle of the parent
    /// has one method for all these resources.
    fn child_resources(&self, id: ResourceId) -> Vec<ResourceId> {
        let parent = |id: ResourceId| {
            self.api.client_resources()[id].parent.map(|(parent, level)| (self.analysis.equivalent(parent), level))
        };
        let equivalents = self.analysis.equivalents(self.analysis.equivalent(id)).iter().copied();
        equivalents.filter(|equivalent| parent(*equivalent) == parent(id)).collect()
    }

    /// Returns the type of a handle and its methods.
    fn handle_items(&self, id: ResourceId, level: Level, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.resource(id);
        imports.add("crate::runtime", "Scope");
        let handle = ident(if level == Level::Instance { &name.instance } else { &name.collection });
        let docs = attributes(&self.handle_docs(id, level, self.analysis.equivalents(id)));
        let methods = self.handle_methods(id, level, imports);
        let mut items = vec![Item::Rust(quote! {
            #docs
            #[derive(Clone, Debug)]
            pub struct #handle(pub(crate) Scope);
        })];
        if !methods.is_empty() {
            items.push(Item::Impl(ImplBlock { head: quote! { impl #handle }, items: methods }));
        }
        items
    }

    /// Returns the methods of a handle: a method for each operation that is not in a separate file, and the methods
    /// that return child handles.
    pub fn handle_methods(&self, id: ResourceId, level: Level, imports: &mut Imports) -> Vec<TokenStream> {
        let resource = &self.api.client_resources()[id];
        let has_files = !self.operation_files(id).is_empty();
        let is_here = |operation: &&OperationId| !has_files && self.api.client_resource(**operation).1 == level;
        let operations = resource.operations.iter().filter(is_here);
        let mut methods: Vec<_> =
            operations.flat_map(|operation| self.operation_methods(*operation, imports)).collect();
        for child in self.analysis.children_at_level(self.api, id, level) {
            methods.extend(self.child_handle_methods(child, imports));
        }
        methods
    }

    /// Returns the methods of the parent's handle that return the handles of a resource.
    fn child_handle_methods(&self, id: ResourceId, imports: &mut Imports) -> Vec<TokenStream> {
        let name = self.names.resource(id);
        let module = format!("crate::resources::{}", name.module);
        let mut feature_imports = Imports::default();
        let mut methods = Vec::new();
        if self.analysis.has_handle_methods(self.api, id, Level::Collection) {
            feature_imports.add(&module, &name.collection);
            let mut docs = self.handle_docs(id, Level::Collection, &self.child_resources(id));
            if self.is_grouped() {
                // Keep only the first paragraph, because the documentation of the handle has the complete text.
                docs.truncate(docs.iter().position(String::is_empty).unwrap_or(docs.len()));
            }
            let docs = attributes(&docs);
            let (feature, scope) = (feature_attribute(&[name.feature.clone()].into()), self.child_scope(id));
            let (handle, method) = (ident(&name.collection), ident(&name.collection_method));
            methods.push(quote! {
                #docs
                #feature
                #[inline]
                pub fn #method(&self) -> #handle { #handle(#scope) }
            });
        }
        if self.api.client_resources()[id].key.is_some() {
            feature_imports.add(&module, &name.instance);
            methods.extend(self.instance_handle_method(id, &mut feature_imports));
        }
        imports.add_for(&name.feature, feature_imports);
        methods
    }

    /// Returns the method of the parent's handle that returns the handle of an instance.
    fn instance_handle_method(&self, id: ResourceId, imports: &mut Imports) -> Option<TokenStream> {
        let name = self.names.resource(id);
        let key = self.api.client_resources()[id].key.as_ref()?;
        let key_docs = [inline_docs(&key.docs), constraint_sentence(&key.constraints)];
        let key_docs: Vec<_> = key_docs.into_iter().filter(|part| !part.is_empty()).collect();
        let mut docs = self.resource_docs(id, Level::Instance, &self.child_resources(id));
        if !key_docs.is_empty() {
            docs += &format!(" {}: {}", code(&key.wire), key_docs.join(" "));
        }
        let docs = wrap(&docs);
        let docs = attributes(&docs);
        let (feature, scope) = (feature_attribute(&[name.feature.clone()].into()), self.child_scope(id));
        let (handle, method) = (ident(&name.instance), ident(&name.instance_method));
        let key_name = crate::naming::case::value_name(&key.wire);
        let key_ident = ident(&key_name);
        let (argument, ty) = self.path_argument(key.style, &key.ty, imports);
        let mut statements = Vec::new();
        statements.extend(if key.style == Style::Plain { self.list(&key.ty, &key_name, imports) } else { None });
        let constraints = self.value_constraints(&key.ty, &key.constraints, key.style != Style::Plain, false, imports);
        let constant = self.constant(&key.ty, None, imports);
        let argument = constant.is_none().then(|| quote! { #key_ident: #argument });
        let value = constant.unwrap_or_else(|| quote! { #key_ident });
        let path_argument = PathArgument { before: &key.prefix, wire: &key.wire, style: key.style, ty, value };
        let add_key = call_with_constraints(&mut statements, &key_ident, constraints, |constraints| {
            path_argument.call(constraints)
        });
        let local = unused_local("scope", |name| name == key_name);
        let inline = inline_attribute(&argument);
        Some(quote! {
            #docs
            #feature
            #inline
            pub fn #method(&self, #argument) -> #handle {
                #(#statements)*
                let #local = #scope;
                #handle(#local #add_key)
            }
        })
    }

    /// Returns the type of a path argument, and the type that the runtime expects.
    pub fn path_argument(&self, style: Style, ty: &TypeRef, imports: &mut Imports) -> (TokenStream, TokenStream) {
        if let Some(newtype) = self.newtype(ty, imports).filter(|_| style == Style::Plain) {
            imports.add("crate::runtime", "StringOr");
            let ty = tokens(&format!("StringOr<{newtype}>"));
            return (quote! { impl Into<#ty> }, ty);
        }
        if style == Style::Plain {
            return (self.argument(ty, imports), self.value(ty, imports));
        }
        let ty_tokens = self.ty(ty, imports);
        match self.converts(self.resolved(ty)) {
            true => (quote! { impl Into<#ty_tokens> }, ty_tokens),
            false => (ty_tokens.clone(), ty_tokens),
        }
    }

    /// Returns the expression for the scope of a resource's collection, in a method of the parent's handle.
    fn child_scope(&self, id: ResourceId) -> TokenStream {
        // A method of the client starts at the base URL, so it adds the complete path, including the common prefix of
        // all paths.
        let parent = self.api.client_resources()[id].parent;
        let is_method_of_client = parent.is_none_or(|(parent, level)| {
            level == Level::Collection && self.api.client_resources()[parent].parent.is_none()
        });
        match if is_method_of_client { self.path(id) } else { self.path_segment(id) }.as_str() {
            "" => quote! { self.0.clone() },
            path => {
                let path = path_literals::literal(path);
                quote! { self.0.join(#path) }
            }
        }
    }

    /// Returns the method of the client that returns an instance of the root resource, and the handle and requests of
    /// that resource.
    pub fn root_items(&self, imports: &mut Imports) -> (Option<TokenStream>, Vec<Item>) {
        let mut items = Vec::new();
        let instance_method = self.instance_handle_method(ResourceId::FIRST, imports);
        if instance_method.is_some() {
            items.extend(self.handle_items(ResourceId::FIRST, Level::Instance, imports));
        }
        items.extend(self.all_request_items(ResourceId::FIRST, imports));
        (instance_method, items)
    }

    /// Returns the requests of the operations of a resource, unless each operation has a file.
    fn all_request_items(&self, id: ResourceId, imports: &mut Imports) -> Vec<Item> {
        if !self.operation_files(id).is_empty() {
            return Vec::new();
        }
        let operations = &self.api.client_resources()[id].operations;
        let requests = operations.iter().flat_map(|operation| self.request_items(*operation, imports));
        let types = self.types_of_operations(operations, &self.names.resource(id).module);
        requests.chain(types).collect()
    }
}

/// A value that is added to the path of a scope.
pub struct PathArgument<'a> {
    /// The text of the path before the value.
    pub before: &'a str,
    /// The name of the path parameter.
    pub wire: &'a str,
    /// The style of the value.
    pub style: Style,
    /// The type that the runtime expects.
    pub ty: TokenStream,
    /// The expression for the value.
    pub value: TokenStream,
}

impl PathArgument<'_> {
    /// Returns the method call that adds the value.
    pub fn call(&self, constraints: TokenStream) -> TokenStream {
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
