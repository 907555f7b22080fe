//! The resources: a module for each, with its handles and the requests that they begin.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs::{attributes, code, lines, paragraph, rules, wrap};
use super::imports::Imports;
use super::{Context, Item, Module, ident, spaced};
use crate::ir::{Answer, Constraint, Operation, OperationId, Param, ParamPlace, Resource, ResourceId, Side};

/// The modules below `resources`, and `resources` itself.
pub fn modules(context: &Context<'_>) -> Vec<Module> {
    let resources = || context.api.resources.iter().filter(|(_, resource)| resource.parent.is_some());
    let mut root = Vec::new();
    root.extend(resources().map(|(id, _)| {
        let module = ident(&context.names.resource(id).module);
        Item::Rust(quote! { pub mod #module; })
    }));
    if root.is_empty() {
        return Vec::new();
    }
    let docs = vec!["What can be asked of the API: a module for each of its resources.".to_owned()];
    let mut modules = vec![Module { path: "resources/mod.rs".to_owned(), docs, items: root }];
    modules.extend(resources().map(|(id, resource)| context.resource(id, resource)));
    modules
}

impl Context<'_> {
    fn resource(&self, id: ResourceId, resource: &Resource) -> Module {
        let name = self.names.resource(id);
        let mut imports = Imports::default();
        let mut items = Vec::new();
        for side in [Side::Collection, Side::Instance] {
            if self.api.serves(id, side) {
                items.extend(self.handle(id, side, &mut imports));
            }
        }
        for operation in &resource.operations {
            items.extend(self.request(*operation, &mut imports));
        }
        let mut all = imports.items();
        all.extend(items);
        let docs = vec![format!("{} and what can be asked of it.", code(&self.path(id)))];
        Module { path: format!("resources/{}.rs", name.module), docs, items: all }
    }

    /// The path of a resource's whole, with its placeholders.
    pub fn path(&self, id: ResourceId) -> String {
        let resource = &self.api.resources[id];
        let own = if resource.segment.is_empty() { String::new() } else { format!("/{}", resource.segment) };
        match resource.parent {
            None => own,
            Some((parent, side)) => {
                let key = self.api.resources[parent].key.as_ref().filter(|_| side == Side::Instance);
                let key = key.map_or(String::new(), |key| format!("/{{{}}}", key.wire));
                format!("{}{key}{own}", self.path(parent))
            }
        }
    }

    /// What a half of a resource is, in a sentence.
    fn place(&self, id: ResourceId, side: Side) -> String {
        let resource = &self.api.resources[id];
        let path = self.path(id);
        let path = code(&match (side, &resource.key) {
            (Side::Instance, Some(key)) => format!("{path}/{{{}}}", key.wire),
            _ => path,
        });
        let model = resource.model.map(|model| &self.names.ty(model).ident);
        match (side, model) {
            (Side::Instance, Some(model)) => format!("One [`models::{model}`](crate::models::{model}): {path}."),
            (Side::Instance, None) => format!("One of {path}."),
            (Side::Collection, Some(model)) if resource.key.is_some() => {
                format!("The collection of every [`models::{model}`](crate::models::{model}): {path}.")
            }
            (Side::Collection, Some(model)) => format!("The [`models::{model}`](crate::models::{model}): {path}."),
            (Side::Collection, None) => format!("What stands at {path}."),
        }
    }

    /// A handle: its type, and what it can be asked.
    fn handle(&self, id: ResourceId, side: Side, imports: &mut Imports) -> Vec<Item> {
        let name = self.names.resource(id);
        imports.add("crate::runtime", "Scope");
        let handle = if side == Side::Instance { &name.instance } else { &name.collection };
        let mut docs = vec![self.place(id, side)];
        paragraph(&mut docs, "It is cheap to make and to clone, and sends nothing by itself.");
        let (handle, docs) = (ident(handle), attributes(&docs));
        let methods = self.methods(id, side, imports);
        let methods = spaced(methods);
        vec![
            Item::Rust(quote! {
                #docs
                #[derive(Clone, Debug)]
                pub struct #handle { pub(crate) scope: Scope }
            }),
            Item::Rust(quote! { impl #handle { #methods } }),
        ]
    }

    /// What a handle can be asked, and where it leads.
    pub fn methods(&self, id: ResourceId, side: Side, imports: &mut Imports) -> Vec<TokenStream> {
        let resource = &self.api.resources[id];
        let asked = resource.operations.iter().filter(|id| self.api.operations[**id].side() == side);
        let mut methods: Vec<_> = asked.map(|operation| self.begin(*operation, imports)).collect();
        for (child, below) in self.api.resources.iter().filter(|(_, below)| below.parent == Some((id, side))) {
            methods.extend(self.lead(child, below, imports));
        }
        methods
    }

    /// The methods that lead from a handle to those below it.
    fn lead(&self, id: ResourceId, resource: &Resource, imports: &mut Imports) -> Vec<TokenStream> {
        let name = self.names.resource(id);
        let module = format!("crate::resources::{}", name.module);
        let mut methods = Vec::new();
        let docs = attributes(&[self.place(id, Side::Collection)]);
        let path = self.path(id);
        let (handle, method) = (ident(&name.collection), ident(&name.collection_method));
        if self.api.serves(id, Side::Collection) {
            imports.add(&module, &name.collection);
            methods.push(quote! {
                #docs
                pub fn #method(&self) -> #handle { #handle { scope: self.scope.at(#path) } }
            });
        }
        if let Some(key) = &resource.key {
            imports.add(&module, &name.instance);
            let mut docs = vec![self.place(id, Side::Instance)];
            if !key.docs.is_empty() {
                paragraph(&mut docs, format!("{}: {}", code(&key.wire), lines(&key.docs, "").join(" ")));
            }
            paragraph(&mut docs, rules(&key.constraints));
            let docs = attributes(&docs);
            let (handle, method) = (ident(&name.instance), ident(&name.instance_method));
            let key_name = crate::name::case::value(&key.wire);
            let argument = self.argument(&key.ty, imports);
            let (ty, value) = self.value(&key.ty, &key_name, imports);
            let key_ident = ident(&key_name);
            let path = format!("{path}/{{{}}}", key.wire);
            let rules = self.rules(&key.constraints, false, imports);
            methods.push(quote! {
                #docs
                pub fn #method(&self, #key_ident: #argument) -> #handle {
                    let scope = self.scope.at(#path);
                    #handle { scope: scope.with::<#ty>(#value, #rules) }
                }
            });
        }
        methods
    }

    /// The method that begins a request.
    fn begin(&self, id: OperationId, imports: &mut Imports) -> TokenStream {
        let operation = &self.api.operations[id];
        let name = self.names.operation(id);
        let module = format!("crate::resources::{}", self.names.resource(operation.resource).module);
        if self.api.resources[operation.resource].parent.is_none() {
            imports.add(&module, &name.request);
        }
        let mut docs = lines(&operation.docs, &format!("{}.", code(&operation.id)));
        paragraph(&mut docs, source(operation));
        docs.push(String::new());
        for (param, name) in self.given(id).filter(|(param, _)| param.required) {
            let said = [lines(&param.docs, "").join(" "), limits(param)];
            let said: Vec<_> = said.into_iter().filter(|part| !part.is_empty()).collect();
            if !said.is_empty() {
                docs.extend(wrap(&format!("- {}: {}", code(name), said.join(" "))));
            }
        }
        if docs.last().is_some_and(|line| !line.is_empty()) {
            docs.push(String::new());
        }
        docs.extend(self.example(id));
        let docs = attributes(&docs);
        let deprecated = operation.deprecated.then(|| quote! { #[deprecated = "the API advises against it"] });
        let required = || self.given(id).filter(|(param, _)| param.required);
        let arguments = required().map(|(param, name)| {
            let argument = self.argument(&param.ty, imports);
            let name = ident(name);
            quote! { #name: #argument }
        });
        let arguments: Vec<_> = arguments.collect();
        let mut steps: Vec<TokenStream> = Vec::new();
        for (param, name) in required() {
            let (rules, set) = self.set(quote! { request }, param, name, imports);
            steps.push(quote! { #rules let request = #set; });
        }
        if let Some((wire, maximum)) = operation.paging.as_ref().and_then(|paging| paging.page_size.as_ref()) {
            let maximum = match maximum.map(Literal::u64_unsuffixed) {
                Some(maximum) => quote! { Some(#maximum) },
                None => quote! { None },
            };
            steps.push(quote! { let request = request.paged(#wire, #maximum); });
        }
        imports.add("crate::runtime", "Request");
        let (method, request) = (ident(&name.method), ident(&name.request));
        let begin = ident(&operation.method.as_str().to_ascii_lowercase());
        let operation_id = &operation.id;
        let scope = match self.stands_at(operation) {
            true => quote! { &self.scope },
            false => {
                let template = operation.template();
                quote! { &self.scope.at(#template) }
            }
        };
        let new = quote! { Request::#begin(#scope, #operation_id) };
        // A call in a call is laid out well only on one line.
        let long = name.request.len() + begin.to_string().len() + operation_id.len() > 40;
        let body = match steps.is_empty() && !long {
            true => quote! { #request(#new) },
            false => quote! { let request = #new; #(#steps)* #request(request) },
        };
        quote! {
            #docs
            #deprecated
            pub fn #method(&self, #(#arguments),*) -> #request { #body }
        }
    }

    /// Whether the path of an operation is that of the handle that begins it, but for the names in it.
    fn stands_at(&self, operation: &Operation) -> bool {
        let resource = &self.api.resources[operation.resource];
        let path = self.path(operation.resource);
        let handle = match (operation.side(), &resource.key) {
            (Side::Instance, Some(key)) => format!("{path}/{{{}}}", key.wire),
            _ => path,
        };
        let shape = |template: &str| {
            let segments = template.split('/');
            segments.map(|one| if one.starts_with('{') { "{}".to_owned() } else { one.to_owned() }).collect::<Vec<_>>()
        };
        shape(&handle) == shape(&operation.template())
    }

    /// The expression that puts a value into a request, and the rules that it needs before it.
    fn set(
        &self,
        request: TokenStream,
        param: &Param,
        name: &str,
        imports: &mut Imports,
    ) -> (TokenStream, TokenStream) {
        let place = ident(match param.place {
            ParamPlace::Path | ParamPlace::Query => "query",
            ParamPlace::Header => "header",
            ParamPlace::Form => "form",
        });
        let (ty, value) = self.value(&param.ty, name, imports);
        let wire = &param.wire;
        let rules = self.rules(&param.constraints, param.pii, imports);
        match param.constraints.is_empty() && !param.pii {
            true => (quote! {}, quote! { #request.#place::<#ty>(#wire, #value, #rules) }),
            false => (quote! { let rules = #rules; }, quote! { #request.#place::<#ty>(#wire, #value, rules) }),
        }
    }

    /// What a value must keep to, as the runtime takes it.
    fn rules(&self, constraints: &[Constraint], pii: bool, imports: &mut Imports) -> TokenStream {
        let mut rules: Vec<TokenStream> = constraints.iter().filter_map(|one| rule(one).parse().ok()).collect();
        if pii {
            rules.push(quote! { Rule::Personal });
        }
        if !rules.is_empty() {
            imports.add("crate::runtime", "Rule");
        }
        quote! { &[#(#rules),*] }
    }

    /// The values that a request takes besides those of its path, with their names.
    pub fn given(&self, id: OperationId) -> impl Iterator<Item = (&Param, &String)> {
        let params = &self.api.operations[id].params;
        params.iter().zip(&self.names.operation(id).params).filter(|(param, _)| param.place != ParamPlace::Path)
    }

    /// The type of a request, and its setters.
    pub fn request(&self, id: OperationId, imports: &mut Imports) -> Vec<Item> {
        let operation = &self.api.operations[id];
        let name = self.names.operation(id);
        let request = ident(&name.request);
        let handle = self.names.resource(operation.resource);
        let handle = if operation.side() == Side::Instance { &handle.instance } else { &handle.collection };
        let docs = attributes(&[format!("A request of [`{handle}::{}`]: {}.", name.method, source(operation))]);
        imports.add("crate::runtime", "Request");
        let (decode, answer) = match operation.answer() {
            Answer::Nothing => {
                imports.add("crate::runtime", "Nothing");
                (quote! { Nothing }, "()".to_owned())
            }
            Answer::Json(ty) => {
                imports.add("crate::runtime", "Json");
                let text = self.text(ty, imports);
                let ty = self.ty(ty, imports);
                (quote! { Json<#ty> }, text)
            }
        };
        let mut items = vec![
            Item::Rust(quote! {
                #docs
                #[derive(Clone, Debug)]
                #[must_use = "a request does nothing until it is awaited or sent"]
                pub struct #request(Request<#decode>);
            }),
            Item::Macro(vec![format!("request!({} => {answer});", name.request)]),
        ];
        if let Some(paging) = &operation.paging {
            let item = self.text(&paging.item, imports);
            items.push(Item::Macro(vec![format!("paged!({} => {answer}, {item});", name.request)]));
        }
        let setters: Vec<_> = self
            .given(id)
            .filter(|(param, _)| !param.required)
            .map(|(param, name)| self.setter(param, name, imports))
            .collect();
        if !setters.is_empty() {
            let setters = spaced(setters);
            items.push(Item::Rust(quote! { impl #request { #setters } }));
        }
        items
    }

    fn setter(&self, param: &Param, name: &str, imports: &mut Imports) -> TokenStream {
        let mut docs = lines(&param.docs, &format!("{}.", code(&param.wire)));
        paragraph(&mut docs, limits(param));
        let docs = attributes(&docs);
        let deprecated = param.deprecated.then(|| quote! { #[deprecated = "the API advises against it"] });
        let argument = self.argument(&param.ty, imports);
        let (rules, set) = self.set(quote! { self.0 }, param, "value", imports);
        let name = ident(name);
        quote! {
            #docs
            #deprecated
            pub fn #name(self, value: #argument) -> Self { #rules Self(#set) }
        }
    }
}

/// What a value must keep to, and what the API takes without it.
fn limits(param: &Param) -> String {
    let rules = rules(&param.constraints);
    let default = param.default.as_ref().map(|default| format!("The API's default is {}.", code(&default.to_string())));
    [Some(rules).filter(|rules| !rules.is_empty()), default].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A constraint as the runtime's rule.
pub fn rule(constraint: &Constraint) -> String {
    let text = |pattern: &str| Literal::string(pattern).to_string();
    match constraint {
        Constraint::MinLength(length) => format!("Rule::MinLength({length})"),
        Constraint::MaxLength(length) => format!("Rule::MaxLength({length})"),
        Constraint::Pattern(pattern) => format!("Rule::Pattern({})", text(pattern)),
        Constraint::Minimum(bound) => format!("Rule::Minimum({bound:?})"),
        Constraint::ExclusiveMinimum(bound) => format!("Rule::ExclusiveMinimum({bound:?})"),
        Constraint::Maximum(bound) => format!("Rule::Maximum({bound:?})"),
        Constraint::ExclusiveMaximum(bound) => format!("Rule::ExclusiveMaximum({bound:?})"),
        Constraint::MultipleOf(step) => format!("Rule::MultipleOf({step:?})"),
        Constraint::MinItems(count) => format!("Rule::MinItems({count})"),
        Constraint::MaxItems(count) => format!("Rule::MaxItems({count})"),
        Constraint::UniqueItems => "Rule::UniqueItems".to_owned(),
    }
}

/// Where in the API an operation is.
fn source(operation: &Operation) -> String {
    code(&format!("{} {}", operation.method.as_str(), operation.template()))
}
