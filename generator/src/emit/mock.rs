//! The mock of the API: a module behind a feature. The document that it interprets stands beside it.

use quote::quote;

use super::docs::code;
use crate::emit::{Context, Item, Module};
use crate::mock_rules;

/// `mock.rs`: a mock that is started in a line, with a client that is ready to use.
pub(crate) fn module(context: &Context<'_>) -> Module {
    let name = context.crate_ident();
    let docs = format!(
        "A mock of the API for tests: it stores what is created, and checks requests against the document that this crate was
generated from.

It listens on a free port of this machine, in the program that has started it. Nothing happens in it by itself: no state changes
with time, no webhook is sent, and records that only the API creates are there if [`bindery_mock::Mock::put`] stores them. It looks
up no ids in bodies, and checks no permissions. The documentation of `bindery_mock` lists all that it does not do.
{}
```
# fn main() -> Result<(), Box<dyn std::error::Error>> {{
# let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
# runtime.block_on(async {{
let mock = {name}::mock::start().await?;
let client = mock.client();
// The next two requests fail, and what `client` sends after them is answered by the mock.
mock.fault(\"status=503; times=2\".parse()?);
assert!(mock.requests().is_empty());
# drop(client);
# Ok(()) }})
# }}
```",
        ignored(context)
    );
    let items = vec![
        quote! { pub use bindery_mock::{Builder, Error, Fault, Recorded}; },
        quote! { use crate::{Client, Credentials}; },
        quote! {
            /// A mock that is running, and a client of it; see [`bindery_mock::Mock`] for what it can be told and asked.
            pub type Mock = bindery_mock::Ready<Client>;
        },
        quote! {
            /// Starts a mock on the runtime that this is awaited on.
            pub async fn start() -> Result<Mock, Error> { start_with(builder()).await }
        },
        quote! {
            /// Starts a mock that has been told what it is to be like.
            pub async fn start_with(builder: Builder) -> Result<Mock, Error> {
                let client = |url: &str, user: &str, password: &str| {
                    Client::builder().base_url(url).credentials(Credentials::basic(user, password)).build()
                };
                builder.start_for(client).await
            }
        },
        quote! {
            /// A mock that is not running yet: its seed, credentials and state can be given.
            pub fn builder() -> Builder {
                let (document, config) = (include_str!("mock/document.yaml"), include_str!("mock/codegen.toml"));
                bindery_mock::Mock::from_spec(document, config)
            }
        },
    ];
    let docs = docs.lines().map(str::to_owned).collect();
    Module { path: "mock.rs".to_owned(), docs, items: items.into_iter().map(Item::Rust).collect() }
}

/// The paragraph about the query parameters that have no effect in the mock; empty if there are none.
fn ignored(context: &Context<'_>) -> String {
    let operations = context.api.operations.iter().map(|(_, operation)| operation);
    let ignored = operations.flat_map(|operation| {
        let names = mock_rules::ignored_parameters(context.config, context.api, operation);
        names.into_iter().map(|name| format!("- {} of {}\n", code(name), code(&operation.id)))
    });
    let list: String = ignored.collect();
    if list.is_empty() {
        return list;
    }
    format!(
        "\nThese query parameters have no effect; the response header `Mock-Ignored-Parameters` names them:\n\n{list}"
    )
}
