//! Emits the root of the crate and the client.

pub(crate) mod credentials;
pub(crate) mod environment;
pub(crate) mod reexports;

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs::client_docs::EXAMPLE_URL;
use super::docs::{attributes, inline_docs, paragraph};
use super::imports::Imports;
use crate::config::{Host, Streams};
use crate::emit::{Context, ImplBlock, Item, Module, ident};
use crate::ir::{Level, OperationId, ResourceId, Role, Shape, TypeRef, Variable, contained_types};
use crate::runtime::features::Feature;

/// Returns the root: `lib.rs` of a crate, or `mod.rs` of a module.
pub fn root(context: &Context<'_>, has_headers: bool) -> Module {
    let api = context.api;
    let mut items = match context.is_module() {
        true => {
            let reason = "the crate may use a part of this module, and need not have its features";
            let lints = quote! { #![allow(dead_code, unexpected_cfgs, unused_imports, reason = #reason)] };
            vec![Item::Rust(lints)]
        }
        false => crate_attributes(context),
    };
    if !context.names.are_all_ascii() {
        // Some names of the API have non-ASCII characters, which these lints would report. The compiler ignores
        // `confusable_idents` in a module.
        items.push(Item::Rust(match context.is_module() {
            true => quote! { #![allow(uncommon_codepoints)] },
            false => quote! { #![allow(confusable_idents, uncommon_codepoints)] },
        }));
    }
    if context.names.contain_placeholders() {
        let reason = "the API has these names";
        items.push(Item::Rust(quote! { #![allow(clippy::disallowed_names, reason = #reason)] }));
    }
    let is_complex = |ty: &TypeRef| ty.collection_depth() > 2;
    if api.types.iter().any(|(id, _)| contained_types(api, id).into_iter().any(is_complex)) {
        items.push(Item::Rust(quote! { #![allow(clippy::type_complexity)] }));
    }
    if context.config.runtime.is_none() {
        items.push(Item::Rust(quote! { #[macro_use] #[rustfmt::skip] pub mod runtime; }));
    }
    items.push(Item::Rust(quote! { #[rustfmt::skip] mod client; }));
    if has_headers {
        items.push(Item::Rust(quote! { #[rustfmt::skip] mod headers; }));
    }
    if api.types.iter().any(|(id, _)| context.analysis.facts(id).is_used) {
        items.push(Item::Rust(quote! { #[rustfmt::skip] pub mod models; }));
    }
    if !api.operations.is_empty() {
        items.push(Item::Rust(quote! { #[rustfmt::skip] mod request; }));
    }
    if context.resources().next().is_some() {
        items.push(Item::Rust(quote! { #[rustfmt::skip] pub mod resources; }));
    }
    if context.config.mock.dependency.is_some() {
        items.push(Item::Rust(quote! { #[cfg(feature = "mock")] #[rustfmt::skip] pub mod mock; }));
    }
    if !api.webhooks.is_empty() {
        items.push(Item::Rust(quote! { #[cfg(feature = "webhooks")] #[rustfmt::skip] pub mod webhooks; }));
    }
    let client_names = context.client_module_names();
    let client_reexport = match client_names.as_slice() {
        [name] => quote! { pub use client::#name; },
        names => quote! { pub use client::{#(#names),*}; },
    };
    if context.config.runtime.is_some() {
        items.push(Item::Rust(quote! { pub use bindery_runtime::runtime; }));
    }
    // Sort the re-exports alphabetically, as rustfmt does.
    let crates = context.reexports().into_iter().map(|name| (name, ident(name)));
    let (before_client, mut after_client): (Vec<_>, Vec<_>) = crates.partition(|(name, _)| *name < "client");
    let after_runtime = after_client.split_off(after_client.partition_point(|(name, _)| *name < "runtime"));
    let after_request = after_client.split_off(after_client.partition_point(|(name, _)| *name < "request"));
    let reexport = |(_, name): (&str, Ident)| Item::Rust(quote! { pub use #name; });
    items.extend(before_client.into_iter().map(reexport));
    items.push(Item::Rust(client_reexport));
    items.extend(after_client.into_iter().map(reexport));
    if has_headers && context.config.runtime.is_some() {
        items.push(Item::Rust(quote! { pub use headers::ResponseHeaders; }));
    }
    if !api.operations.is_empty() {
        items.push(Item::Rust(quote! { pub use request::RequestOf; }));
    }
    items.extend(after_request.into_iter().map(reexport));
    // One `use` item with all names can be too long for one line, and the emitter does not break lines as rustfmt does.
    items.push(Item::Rust(quote! { #[doc(inline)] pub use runtime::{ApiError, ClientBuilder, Credentials, Error}; }));
    items.extend(optional_reexports(context, &client_names));
    items.push(Item::Rust(quote! { #[doc(inline)] pub use runtime::{InvalidValue, Response, Result, RetryPolicy}; }));
    items.extend(after_runtime.into_iter().map(reexport));
    let path = if context.is_module() { "mod.rs" } else { "lib.rs" };
    Module { path: path.to_owned(), docs: context.front_page(), items }
}

/// Returns the re-exports of runtime types that only some APIs need, unless a type of the client has the same name.
fn optional_reexports(context: &Context<'_>, client_names: &[Ident]) -> Vec<Item> {
    let candidates = [
        ("Event", Feature::Streams),
        ("JsonLines", Feature::JsonLines),
        ("Upload", Feature::Uploads),
        ("Values", Feature::Streams),
    ];
    let needed = candidates.into_iter().filter(|(_, feature)| context.features.contains(*feature));
    let names = needed.map(|(name, _)| ident(name)).filter(|name| !client_names.contains(name));
    names.map(|name| Item::Rust(quote! { #[doc(inline)] pub use runtime::#name; })).collect()
}

/// Returns the inner attributes that only the root of a crate can have.
fn crate_attributes(context: &Context<'_>) -> Vec<Item> {
    // docs.rs builds with a nightly compiler, which shows the feature of each item.
    let mut items = vec![Item::Rust(quote! { #![cfg_attr(docsrs, feature(doc_cfg))] })];
    if let Some(limit) = context.analysis.recursion_limit() {
        let limit = limit.to_string();
        items.push(Item::Rust(quote! { #![recursion_limit = #limit] }));
    }
    items
}

/// Returns `client.rs`: the data about the API, the client, and the handles and requests at the root of the API.
pub fn client(context: &Context<'_>) -> Module {
    let mut imports = Imports::default();
    for name in ["Api", "ClientBuilder", "RawRequest", "Result", "Scope"] {
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
    methods.push(raw_request_method());
    methods.extend(context.handle_methods(ResourceId::FIRST, Level::Collection, &mut imports));
    let (root_method, root_items) = context.root_items(&mut imports);
    methods.extend(root_method);
    let mut items = imports.items();
    items.extend(context.operation_file_items(ResourceId::FIRST, "client"));
    items.push(api);
    items.push(Item::Rust(quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Client(Scope);
    }));
    items.push(Item::Impl(ImplBlock { head: quote! { impl Client }, items: methods }));
    items.push(Item::Rust(quote! {
        impl From<Scope> for Client {
            fn from(scope: Scope) -> Self { Self(scope) }
        }
    }));
    items.extend(root_items);
    Module { path: "client.rs".to_owned(), docs: vec!["The client of the API.".to_owned()], items }
}

/// Returns the method of the client that creates a request that the document does not describe.
fn raw_request_method() -> TokenStream {
    quote! {
        /// Creates a request that the API document does not describe. The client sends it with its credentials, retries
        /// and limits.
        ///
        /// `path` must begin with `/` and be percent-encoded. It is relative to the base URL, and may have a query.
        /// [`RawRequest::segment`] adds a value to the path and encodes it. `path` can also be a URL of the API. Any other
        /// URL is an error, so the credentials never leave the API.
        pub fn request(&self, method: http::Method, path: impl Into<std::borrow::Cow<'static, str>>) -> RawRequest {
            RawRequest::new(&self.0, method, path)
        }
    }
}

/// Returns the static with the data about the API that the runtime needs. Only the properties that differ from
/// `Api::DEFAULT` are written.
fn static_api(context: &Context<'_>, imports: &mut Imports) -> Item {
    let config = context.config;
    let base_url = context.api.servers.first().map_or("", |server| &server.url);
    let variables = context.api.server_variables().map(|variable| {
        let Variable { name, default, allowed, .. } = variable;
        quote! { (#name, #default, &[#(#allowed),*]) }
    });
    let variables: Vec<TokenStream> = variables.collect();
    let document_token_url = context.api.security.iter().find_map(|scheme| scheme.token_url()).map(str::to_owned);
    let token_url = config.client.token_url.clone().or(document_token_url);
    let schemes = context.features.contains(Feature::SecuritySchemes).then(|| context.schemes(imports));
    let credentials = context.environment_credentials(imports);
    let request_id = config.client.request_id.as_deref().map(str::to_ascii_lowercase);
    let (code, message, more_info) = (&config.errors.code, &config.errors.message, &config.errors.more_info);
    let has_error_fields = [code, message, more_info].into_iter().any(|pointers| !pointers.is_empty());
    if has_error_fields {
        imports.add("crate::runtime", "ErrorFields");
    }
    let errors = quote! {
        errors: ErrorFields { code: &[#(#code),*], message: &[#(#message),*], more_info: &[#(#more_info),*] },
    };
    let personal = context.personal_properties();
    let has_personal = !personal.is_empty();
    let optional_properties = [
        config.client.base_url_variable.as_ref().map(|name| quote! { base_url_variable: Some(#name), }),
        (!variables.is_empty()).then(|| quote! { variables: &[#(#variables),*], }),
        config.client.host.as_ref().map(|host| host_template(host, imports)),
        token_url.map(|url| quote! { token_url: Some(#url), }),
        schemes,
        (!credentials.is_empty()).then(|| quote! { credentials: &[#(#credentials),*], }),
        request_id.map(|name| quote! { request_id: #name, }),
        has_error_fields.then_some(errors),
        stream_rules(context, imports),
        has_personal.then(|| quote! { personal: &[#(#personal),*], }),
        context.api.strict.then(|| quote! { strict: true, }),
    ];
    let properties: Vec<_> = optional_properties.iter().flatten().collect();
    // clippy reports a `..Api::DEFAULT` that has no effect, so leave it out if all properties are written.
    let has_property = |feature| usize::from(context.features.contains(feature));
    let property_count =
        8 + has_property(Feature::Servers) + has_property(Feature::SecuritySchemes) + has_property(Feature::Streams);
    let defaults = (properties.len() < property_count).then(|| quote! { ..Api::DEFAULT });
    Item::Rust(quote! {
        /// The data about this API that the runtime needs.
        static API: Api = Api {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            base_url: #base_url,
            #(#properties)*
            #defaults
        };
    })
}

/// Returns the property `streams` of the static, if the configuration or the document has rules for streams.
fn stream_rules(context: &Context<'_>, imports: &mut Imports) -> Option<TokenStream> {
    let streams = &context.config.streams;
    let Streams { end, error_events, error_property, .. } = streams;
    let operations = context.api.operations.iter().map(|(_, operation)| operation);
    let operations: Vec<(&str, &[String])> = operations
        .filter(|operation| operation.has_stream())
        .filter_map(|operation| Some((operation.id.as_str(), streams.own_ends(operation)?)))
        .collect();
    // An item that is not JSON cannot be a value in a stream of JSON, so it can end the streams of all operations.
    let is_json = |end: &str| serde_json::from_str::<serde::de::IgnoredAny>(end).is_ok();
    let other_ends = operations.iter().flat_map(|(_, ends)| *ends).map(String::as_str).filter(|end| !is_json(end));
    let other_ends: BTreeSet<&str> = other_ends.chain(["[DONE]"]).collect();
    let own_ends = operations.iter().map(|(id, ends)| quote! { (#id, &[#(#ends),*]) });
    let properties = [
        end.as_ref().map(|ends| quote! { ends: &[#(#ends),*], ends_strings: true, }),
        (end.is_none() && other_ends.len() > 1).then(|| {
            let ends = other_ends.iter();
            quote! { ends: &[#(#ends),*], }
        }),
        (!operations.is_empty()).then(|| quote! { operations: &[#(#own_ends),*], }),
        error_events.as_ref().map(|events| quote! { error_events: &[#(#events),*], }),
        error_property.as_ref().map(|name| quote! { error_property: #name, }),
    ];
    let properties: Vec<_> = properties.iter().flatten().collect();
    if properties.is_empty() || !context.features.contains(Feature::Streams) {
        return None;
    }
    imports.add("crate::runtime", "StreamRules");
    let is_complete = properties.len() == 4 && end.is_some();
    let defaults = (!is_complete).then(|| quote! { ..StreamRules::DEFAULT });
    Some(quote! { streams: StreamRules { #(#properties)* #defaults }, })
}

/// Returns the property `host` of the static.
fn host_template(host: &Host, imports: &mut Imports) -> TokenStream {
    imports.add("crate::runtime", "HostTemplate");
    let option = |text: &Option<String>| match text {
        Some(text) => quote! { Some(#text) },
        None => quote! { None },
    };
    let (template, default_region) = (&host.template, option(&host.default_region));
    let (region, edge) = (option(&host.region), option(&host.edge));
    quote! {
        host: Some(HostTemplate {
            template: #template,
            default_region: #default_region,
            region_variable: #region,
            edge_variable: #edge,
        }),
    }
}

impl Context<'_> {
    /// Returns the names of the public types in the module `client`: the client, and the handle, requests and response
    /// enums of the root resource.
    fn client_module_names(&self) -> Vec<Ident> {
        let root = &self.api.client_resources()[ResourceId::FIRST];
        let handle = root.key.as_ref().map(|_| &self.names.resource(ResourceId::FIRST).instance);
        let requests = root.operations.iter().map(|id| &self.names.operation(*id).request);
        let response_enums =
            root.operations.iter().map(|id| &self.names.operation(*id).response_enum).filter(|name| !name.is_empty());
        let mut names: Vec<_> =
            handle.into_iter().chain(requests).chain(response_enums).map(String::as_str).chain(["Client"]).collect();
        names.sort_unstable();
        names.into_iter().map(ident).collect()
    }

    fn client_docs(&self) -> TokenStream {
        let mut docs = vec!["A client of the API. Its methods return handles and requests.".to_owned()];
        paragraph(
            &mut docs,
            "A client has a pool of connections. Create one client and clone it: clones share the pool.",
        );
        for scheme in self.api.security.iter().filter(|_| !self.features.contains(Feature::SecuritySchemes)) {
            let description = inline_docs(&scheme.docs);
            if !description.is_empty() {
                paragraph(&mut docs, format!("Credentials: {description}"));
            }
        }
        docs.extend(self.usage_sections());
        attributes(&docs)
    }

    /// Returns the wire names of all properties that contain personal data.
    fn personal_properties(&self) -> BTreeSet<&str> {
        let shapes = self.api.types.iter().map(|(_, def)| &def.shape);
        let records = shapes.filter_map(|shape| if let Shape::Record(record) = shape { Some(record) } else { None });
        records
            .flat_map(|record| &record.fields)
            .filter(|field| field.is_personal)
            .map(|field| field.wire.as_str())
            .collect()
    }

    /// Returns the example of the front page: a list request or, if there is none, the first request.
    pub fn first_example(&self) -> Vec<String> {
        let krate = self.crate_ident();
        let operations = self.example_operations();
        let list = operations.iter().find(|id| self.api.operations[**id].role == Role::List);
        let operation = list.or(operations.first()).copied();
        let call = operation.map(|id| self.call(id));
        let parameters = call.iter().flat_map(|call| &call.parameters);
        let parameters: Vec<String> = parameters.map(|(name, ty)| format!("{name}: {ty}")).collect();
        let mut docs = vec![
            "```no_run".to_owned(),
            format!("# async fn example({}) -> {krate}::Result<()> {{", parameters.join(", ")),
            match self.has_absolute_server() {
                true => format!("let client = {krate}::Client::from_env()?;"),
                false => format!(
                    "let client = {krate}::Client::builder().environment()?.base_url({EXAMPLE_URL:?}).build()?;"
                ),
            },
        ];
        docs.extend(call.into_iter().flat_map(|call| call.lines));
        docs.extend(["# Ok(()) }", "```"].map(str::to_owned));
        docs
    }

    /// Returns the operations for examples, in the order of preference. Operations of top-level resources come first,
    /// and among these resources the resource with the most descendants comes first.
    pub fn example_operations(&self) -> Vec<OperationId> {
        let mut descendant_counts = vec![0; self.api.client_resources().len()];
        for (id, resource) in self.api.client_resources().iter().rev() {
            if let Some((parent, _)) = resource.parent {
                descendant_counts[parent.index()] += descendant_counts[id.index()] + 1;
            }
        }
        let mut operations: Vec<OperationId> = self.api.operations.iter().map(|(id, _)| id).collect();
        operations.retain(|id| self.analysis.equivalent_operation(*id) == *id);
        operations.sort_by_key(|id| {
            let (resource, _) = self.api.client_resource(*id);
            let is_top_level =
                self.api.client_resources()[resource].parent.is_some_and(|(parent, _)| parent == ResourceId::FIRST);
            (!is_top_level, std::cmp::Reverse(descendant_counts[resource.index()]))
        });
        operations
    }

    /// Returns the tree of resources as a nested list. Each list item has the methods that return the handle of the
    /// resource, and the path of the resource.
    pub fn resource_list(&self, id: ResourceId, depth: usize) -> Vec<String> {
        let mut docs = Vec::new();
        for child in self.analysis.children(id) {
            let (child, resource) = (*child, &self.api.client_resources()[*child]);
            let Some((_, level)) = resource.parent else { continue };
            let parent = self.names.resource(id);
            let owner = match (depth, level) {
                (0, Level::Collection) => "Client".to_owned(),
                (0, Level::Instance) => parent.instance.clone(),
                (_, Level::Collection) => format!("resources::{}::{}", parent.module, parent.collection),
                (_, Level::Instance) => format!("resources::{}::{}", parent.module, parent.instance),
            };
            let receiver = if depth == 0 { "client" } else { "" };
            let name = self.names.resource(child);
            let mut links = Vec::new();
            if self.analysis.has_handle_methods(self.api, child, Level::Collection) {
                links.push(format!("[`{receiver}.{0}()`]({owner}::{0})", name.collection_method));
            }
            if let Some(key) = &resource.key {
                let is_constant = self.is_constant(&key.ty, None);
                let key = if is_constant { String::new() } else { crate::naming::case::value_name(&key.wire) };
                links.push(format!("[`{receiver}.{0}({key})`]({owner}::{0})", name.instance_method));
            }
            docs.push(format!("{}- {}: {}", "  ".repeat(depth), links.join(", "), self.short_description(child)));
            // Equivalent resources have the same children, which are listed only below the representative.
            if self.analysis.equivalent(child) == child {
                docs.extend(self.resource_list(child, depth + 1));
            }
        }
        docs
    }
}
