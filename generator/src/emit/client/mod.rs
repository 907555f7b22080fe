//! The root of the crate, and the client that everything starts from.

pub(crate) mod credentials;
pub(crate) mod environment;
pub(crate) mod reexports;

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs::client_docs::URL;
use super::docs::{attributes, paragraph, sentence};
use super::imports::Imports;
use crate::emit::{Context, ImplBlock, Item, Module, ident};
use crate::ir::{OperationId, ResourceId, Role, Shape, Side, TypeRef, Variable, contained_types};
use crate::runtime_files::needs;

/// `lib.rs`: what the crate is about, and what it is made of.
pub fn lib(context: &Context<'_>, headers: bool) -> Module {
    let api = context.api;
    let docs = context.front_page();
    // docs.rs builds with a nightly compiler, which shows the feature of each item.
    let mut items = vec![Item::Rust(quote! { #![cfg_attr(docsrs, feature(doc_cfg))] })];
    if let Some(limit) = context.analysis.recursion_limit() {
        let limit = limit.to_string();
        items.push(Item::Rust(quote! { #![recursion_limit = #limit] }));
    }
    if !context.names.are_all_ascii() {
        // The names of the API may have characters that these lints reject.
        items.push(Item::Rust(quote! { #![allow(confusable_idents, uncommon_codepoints)] }));
    }
    if context.names.contain_placeholders() {
        let reason = "the API has these names";
        items.push(Item::Rust(quote! { #![allow(clippy::disallowed_names, reason = #reason)] }));
    }
    let is_complex = |ty: &TypeRef| ty.collection_depth() > 2;
    if api.types.iter().any(|(id, _)| contained_types(api, id).into_iter().any(is_complex)) {
        items.push(Item::Rust(quote! { #![allow(clippy::type_complexity)] }));
    }
    items.push(Item::Rust(quote! { #[macro_use] #[rustfmt::skip] pub mod runtime; }));
    items.push(Item::Rust(quote! { #[rustfmt::skip] mod client; }));
    if headers {
        items.push(Item::Rust(quote! { #[rustfmt::skip] mod headers; }));
    }
    if api.types.iter().any(|(id, _)| context.analysis.facts(id).is_used) {
        items.push(Item::Rust(quote! { #[rustfmt::skip] pub mod models; }));
    }
    if context.resources().next().is_some() {
        items.push(Item::Rust(quote! { #[rustfmt::skip] pub mod resources; }));
    }
    if context.config.mock.dependency.is_some() {
        items.push(Item::Rust(quote! { #[cfg(feature = "mock")] #[rustfmt::skip] pub mod mock; }));
    }
    let client = context.in_client();
    let client = match client.as_slice() {
        [one] => quote! { pub use client::#one; },
        several => quote! { pub use client::{#(#several),*}; },
    };
    // In the order in which rustfmt would put them.
    let crates = context.reexports().into_iter().map(|name| (name, ident(name)));
    let (before, mut after): (Vec<_>, Vec<_>) = crates.partition(|(name, _)| *name < "client");
    let last = after.split_off(after.partition_point(|(name, _)| *name < "runtime"));
    let reexport = |(_, name): (&str, Ident)| Item::Rust(quote! { pub use #name; });
    items.extend(before.into_iter().map(reexport));
    items.push(Item::Rust(client));
    items.extend(after.into_iter().map(reexport));
    // Two short lines: whatever width a formatter is set to, they stay as they are.
    items.push(Item::Rust(quote! { #[doc(inline)] pub use runtime::{ApiError, ClientBuilder, Credentials, Error}; }));
    if context.api.sends_uploads() {
        items.push(Item::Rust(quote! { #[doc(inline)] pub use runtime::Upload; }));
    }
    items.push(Item::Rust(quote! { #[doc(inline)] pub use runtime::{InvalidValue, Response, Result, RetryPolicy}; }));
    items.extend(last.into_iter().map(reexport));
    Module { path: "lib.rs".to_owned(), docs, items }
}

/// `client.rs`: what the runtime has to know of the API, and the way to its resources.
pub fn client(context: &Context<'_>) -> Module {
    let mut imports = Imports::default();
    for name in ["Api", "ClientBuilder", "ErrorFields", "Result", "Scope"] {
        imports.add("crate::runtime", name);
    }
    let api = static_api(context, &mut imports);
    let docs = context.client_docs();
    let from_env = context.environment_docs();
    let mut methods = vec![
        quote! {
            #from_env
            pub fn from_env() -> Result<Self> { Self::builder().environment()?.build() }
        },
        quote! {
            /// Returns a builder for a client with settings from code.
            pub fn builder() -> ClientBuilder<Self> { ClientBuilder::new(&API) }
        },
    ];
    methods.extend(context.methods(ResourceId::FIRST, Side::Collection, &mut imports));
    let (lead, root) = context.root(&mut imports);
    methods.extend(lead);
    let mut items = imports.items();
    items.push(api);
    let idle = context
        .api
        .operations
        .is_empty()
        .then(|| quote! { #[expect(dead_code, reason = "the API has no operations")] });
    items.push(Item::Rust(quote! {
        #docs
        #[derive(Clone, Debug)]
        #idle
        pub struct Client(Scope);
    }));
    items.push(Item::Impl(ImplBlock { head: quote! { impl Client }, items: methods }));
    items.push(Item::Rust(quote! {
        impl From<Scope> for Client {
            fn from(scope: Scope) -> Self { Self(scope) }
        }
    }));
    items.extend(root);
    Module { path: "client.rs".to_owned(), docs: vec!["The client, where every call starts.".to_owned()], items }
}

/// Returns the static with what the runtime has to know of the API.
fn static_api(context: &Context<'_>, imports: &mut Imports) -> Item {
    let config = context.config;
    let base_url = context.api.servers.first().map_or("", |server| &server.url);
    let variables = context.api.server_variables().map(|variable| {
        let Variable { name, default, allowed, .. } = variable;
        quote! { (#name, #default, &[#(#allowed),*]) }
    });
    let variables: Vec<TokenStream> = variables.collect();
    let variables = needs(context.api, "servers.rs").then(|| quote! { variables: &[#(#variables),*], });
    let text = |text: &Option<String>| match text {
        Some(text) => quote! { Some(#text) },
        None => quote! { None },
    };
    let credentials = context.environment_credentials(imports);
    let own = context.api.security.iter().find_map(|scheme| scheme.token_url()).map(str::to_owned);
    let token_url = text(&config.client.token_url.clone().or(own));
    let schemes = needs(context.api, "security.rs").then(|| context.schemes(imports));
    let base_url_variable = text(&config.client.base_url_variable);
    let host = match &config.client.host {
        Some(host) => {
            imports.add("crate::runtime", "HostTemplate");
            let (template, default_region) = (&host.template, text(&host.default_region));
            let (region, edge) = (text(&host.region), text(&host.edge));
            quote! {
                Some(HostTemplate {
                    template: #template,
                    default_region: #default_region,
                    region_variable: #region,
                    edge_variable: #edge,
                })
            }
        }
        None => quote! { None },
    };
    let request_id = config.client.request_id.as_deref().unwrap_or_default().to_ascii_lowercase();
    let personal = context.personal();
    let (code, message, more_info) = (&config.errors.code, &config.errors.message, &config.errors.more_info);
    Item::Rust(quote! {
        /// What the runtime has to know of this API.
        static API: Api = Api {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            base_url: #base_url,
            base_url_variable: #base_url_variable,
            #variables
            host: #host,
            token_url: #token_url,
            #schemes
            credentials: &[#(#credentials),*],
            request_id: #request_id,
            errors: ErrorFields {
                code: &[#(#code),*],
                message: &[#(#message),*],
                more_info: &[#(#more_info),*],
            },
            personal: &[#(#personal),*],
        };
    })
}

impl Context<'_> {
    /// What stands in the module of the client: it, and what the root of the tree has beside it.
    fn in_client(&self) -> Vec<Ident> {
        let root = &self.api.client_resources()[ResourceId::FIRST];
        let handle = root.key.as_ref().map(|_| &self.names.resource(ResourceId::FIRST).instance);
        let requests = root.operations.iter().map(|id| &self.names.operation(*id).request);
        let answers =
            root.operations.iter().map(|id| &self.names.operation(*id).response_enum).filter(|name| !name.is_empty());
        let mut names: Vec<_> =
            handle.into_iter().chain(requests).chain(answers).map(String::as_str).chain(["Client"]).collect();
        names.sort_unstable();
        names.into_iter().map(ident).collect()
    }

    fn client_docs(&self) -> TokenStream {
        let mut docs = vec!["A client of the API. Every call starts here.".to_owned()];
        paragraph(
            &mut docs,
            "A client has a pool of connections. Create one client and clone it: clones share the pool.",
        );
        for scheme in self.api.security.iter().filter(|_| !needs(self.api, "security.rs")) {
            let said = sentence(&scheme.docs);
            if !said.is_empty() {
                paragraph(&mut docs, format!("Credentials: {said}"));
            }
        }
        docs.extend(self.guide());
        attributes(&docs)
    }

    /// The wire names of all properties that hold personal data.
    fn personal(&self) -> BTreeSet<&str> {
        let shapes = self.api.types.iter().map(|(_, def)| &def.shape);
        let records = shapes.filter_map(|shape| if let Shape::Record(record) = shape { Some(record) } else { None });
        records.flat_map(|record| &record.fields).filter(|field| field.pii).map(|field| field.wire.as_str()).collect()
    }

    /// The calls of the first resource, as a program would make them.
    pub fn tour(&self) -> Vec<String> {
        let krate = self.crate_ident();
        let operations = self.shown();
        let list = operations.iter().find(|id| self.api.operations[**id].role == Role::List);
        let shown = list.or(operations.first()).copied();
        let call = shown.map(|id| self.call(id));
        let given = call.iter().flat_map(|call| &call.given);
        let given: Vec<String> = given.map(|(name, ty)| format!("{name}: {krate}::models::{ty}")).collect();
        let mut docs = vec![
            "```no_run".to_owned(),
            format!("# async fn example({}) -> {krate}::Result<()> {{", given.join(", ")),
            match self.is_served() {
                true => format!("let client = {krate}::Client::from_env()?;"),
                false => format!("let client = {krate}::Client::builder().environment()?.base_url({URL:?}).build()?;"),
            },
        ];
        docs.extend(call.into_iter().flat_map(|call| call.lines));
        docs.extend(["# Ok(()) }", "```"].map(str::to_owned));
        docs
    }

    /// The operations that examples show: first those of the resource that most others stand under.
    pub fn shown(&self) -> Vec<OperationId> {
        let mut below = vec![0; self.api.client_resources().len()];
        for (id, resource) in self.api.client_resources().iter().rev() {
            if let Some((parent, _)) = resource.parent {
                below[parent.index()] += below[id.index()] + 1;
            }
        }
        let mut operations: Vec<OperationId> = self.api.operations.iter().map(|(id, _)| id).collect();
        operations.retain(|id| self.analysis.equivalent_operation(*id) == *id);
        operations.sort_by_key(|id| {
            let (resource, _) = self.api.client_resource(*id);
            let top = self.api.client_resources()[resource].parent.is_some_and(|(above, _)| above == ResourceId::FIRST);
            (!top, std::cmp::Reverse(below[resource.index()]))
        });
        operations
    }

    /// The tree of resources as a nested list: the calls that lead to each, and its path.
    pub fn tree(&self, id: ResourceId, depth: usize) -> Vec<String> {
        let mut docs = Vec::new();
        for child in self.analysis.children(id) {
            let (child, resource) = (*child, &self.api.client_resources()[*child]);
            let Some((_, side)) = resource.parent else { continue };
            let above = self.names.resource(id);
            let owner = match (depth, side) {
                (0, Side::Collection) => "Client".to_owned(),
                (0, Side::Instance) => above.instance.clone(),
                (_, Side::Collection) => format!("resources::{}::{}", above.module, above.collection),
                (_, Side::Instance) => format!("resources::{}::{}", above.module, above.instance),
            };
            let start = if depth == 0 { "client" } else { "" };
            let name = self.names.resource(child);
            let mut links = Vec::new();
            if self.analysis.has_handle_methods(self.api, child, Side::Collection) {
                links.push(format!("[`{start}.{0}()`]({owner}::{0})", name.collection_method));
            }
            if let Some(key) = &resource.key {
                let is_constant = self.is_constant(&key.ty, None);
                let key = if is_constant { String::new() } else { crate::naming::case::value_name(&key.wire) };
                links.push(format!("[`{start}.{0}({key})`]({owner}::{0})", name.instance_method));
            }
            docs.push(format!("{}- {}: {}", "  ".repeat(depth), links.join(", "), self.short(child)));
            // What is below an equivalent resource is shown where it is met first.
            if self.analysis.equivalent(child) == child {
                docs.extend(self.tree(child, depth + 1));
            }
        }
        docs
    }
}
