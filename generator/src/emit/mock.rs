//! Emits the module `mock`, which starts a mock of the API. It embeds a copy of the document, which the mock
//! interprets.

use quote::quote;

use super::docs::code;
use crate::emit::{Context, Item, Module};
use crate::mock_rules;

/// Returns the module `mock`.
pub(crate) fn module(context: &Context<'_>) -> Module {
    let name = context.crate_ident();
    let docs = format!(
        "A mock of the API for tests. It stores created records and validates requests against the API document.

The mock runs in the process of the test and listens on a free local port. It changes its records only when a request asks for
it. If the API has records that no request can create, the test stores them with
[`bindery_mock::Mock::put`]. The mock does not check permissions, or whether a referenced record exists. The documentation of
`bindery_mock` lists all limits.
{}{}
```
# fn main() -> Result<(), Box<dyn std::error::Error>> {{
# let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
# runtime.block_on(async {{
let mock = {name}::mock::start().await?;
let client = mock.client();
// The next two requests fail. All requests after these succeed.
mock.fault(\"status=503; times=2\".parse()?);
assert!(mock.requests().is_empty());
# drop(client);
# Ok(()) }})
# }}
```",
        webhooks_paragraph(context),
        ignored_parameters_paragraph(context)
    );
    let items = vec![
        quote! { pub use bindery_mock::{Builder, Error, Fault, Recorded}; },
        quote! { use crate::{Client, Credentials}; },
        quote! {
            /// A running mock with a client. See [`bindery_mock::Mock`] for its methods.
            pub type Mock = bindery_mock::Ready<Client>;
        },
        quote! {
            /// Starts a mock on the current Tokio runtime.
            pub async fn start() -> Result<Mock, Error> { start_with(builder()).await }
        },
        quote! {
            /// Starts a mock with custom settings.
            pub async fn start_with(builder: Builder) -> Result<Mock, Error> {
                let client = |url: &str, user: &str, password: &str| {
                    Client::builder().base_url(url).credentials(Credentials::basic(user, password)).build()
                };
                builder.start_for(client).await
            }
        },
        quote! {
            /// Returns a builder of a mock, to set its seed, credentials and state.
            pub fn builder() -> Builder {
                let (document, config) = (include_str!("mock/document.yaml"), include_str!("mock/codegen.toml"));
                bindery_mock::Mock::from_spec(document, config)
            }
        },
    ];
    let docs = docs.lines().map(str::to_owned).collect();
    Module { path: "mock.rs".to_owned(), docs, items: items.into_iter().map(Item::Rust).collect() }
}

/// Returns the paragraph about webhooks. The string is empty if the API has none.
fn webhooks_paragraph(context: &Context<'_>) -> &'static str {
    match context.api.webhooks.is_empty() {
        true => "",
        false => {
            "\nThe mock sends webhooks: see [`bindery_mock::Mock::send_webhook`].\n[`bindery_mock::Mock::webhook_secret`] is \
             the secret of their signatures.\n"
        }
    }
}

/// Returns the paragraph about the query parameters that have no effect in the mock. The string is empty if there are
/// none.
fn ignored_parameters_paragraph(context: &Context<'_>) -> String {
    let operations = context.api.operations.iter().map(|(_, operation)| operation);
    let list_items = operations.flat_map(|operation| {
        let names = mock_rules::ignored_parameters(context.config, context.api, operation);
        names.into_iter().map(|name| format!("- {} of {}\n", code(name), code(&operation.id)))
    });
    let list: String = list_items.collect();
    if list.is_empty() {
        return list;
    }
    format!(
        "\nThese query parameters have no effect. If a request has such a parameter, the response names it in the header \
         `Mock-Ignored-Parameters`:\n\n{list}"
    )
}
