//! The documentation of the client: settings, servers, credentials and requests, with an example of each.

use crate::config::Host;
use crate::emit::Context;
use crate::emit::client::credentials::example_credentials;
use crate::emit::docs::{code, inline, list_item, paragraph};
use crate::ir::{OperationId, Variable};

impl Context<'_> {
    /// Returns the sections of the client's documentation that explain how to use it.
    pub fn usage_sections(&self) -> Vec<String> {
        let mut docs = Vec::new();
        self.section(
            &mut docs,
            "Settings",
            "All settings are optional. The documentation of each method states the default of the setting.",
            "",
            &SETTINGS_EXAMPLE.replace("{credentials}", &example_credentials(self.api.security.first())),
        );
        self.credential_section(&mut docs);
        self.server_section(&mut docs);
        if let Some(host) = &self.config.client.host {
            self.section(&mut docs, "Regions and edges", &region_description(host), "", REGION_EXAMPLE);
        }
        self.token_sections(&mut docs);
        let operations = self.example_operations();
        let single = operations.iter().copied().find(|id| self.api.operations[*id].paging.is_none());
        if let Some(id) = single {
            let text = "`.await` returns the value of the response. `.send()` returns the complete response with status and \
                        headers. The settings of a request override the settings of the client.";
            let call = self.call_with_ending(id, SINGLE_REQUEST_ENDING);
            self.section(&mut docs, "A single request", text, &self.function_head(id), &call);
            let text = "With the feature `blocking`, `wait` sends a request from code that is not async.";
            let head = format!("# #[cfg(feature = \"blocking\")]\n{}", self.function_head(id).replace("async ", ""));
            self.section(&mut docs, "Blocking", text, &head, &self.call_with_ending(id, ".wait()?"));
        }
        let list = operations.iter().copied().find(|id| self.api.operations[*id].paging.is_some());
        if let Some(id) = list {
            let text = "A list request can return one page, all items, a stream of pages, or the rest of a list that an \
                        earlier program began:";
            let call = self.call(id).lines.join("\n");
            let request = call.strip_prefix("let mut all = ").and_then(|call| call.split(".limit(").next());
            let lines = LISTS_EXAMPLE.replace("{request}", request.unwrap_or_default());
            self.section(&mut docs, "Lists", text, &self.function_head(id), &lines);
        }
        let text = "A transport sends the requests of a client. It can be your own `reqwest::Client`, a fake for tests, or a \
                    wrapper around the default transport. It may be in an `Arc` or a `Box`.";
        self.section(&mut docs, "Custom transports", text, "", TRANSPORT_EXAMPLE);
        docs
    }

    /// Returns whether the document has an absolute server URL.
    pub fn has_absolute_server(&self) -> bool {
        self.api.servers.first().is_some_and(|server| server.filled().contains("://"))
    }

    /// Adds the section about servers, unless the API has one server without variables.
    fn server_section(&self, docs: &mut Vec<String>) {
        let variables: Vec<_> = self.api.server_variables().collect();
        let is_absolute = self.has_absolute_server();
        if self.api.servers.len() < 2 && variables.is_empty() && is_absolute {
            return;
        }
        paragraph(docs, "# Servers");
        let reason = match self.api.servers.first() {
            Some(server) if !server.url.is_empty() => {
                format!("The URL of the server, {}, is relative", code(&server.url))
            }
            _ => "The API document has no server".to_owned(),
        };
        let introduction = match is_absolute {
            true => {
                "Requests are sent to the first of these servers. An operation can have a server of its own. A base \
                     URL replaces all servers."
                    .to_owned()
            }
            false => {
                format!("{reason}, so `base_url` must be set. Without it, `build` and `from_env` return an error.")
            }
        };
        paragraph(docs, introduction);
        if !is_absolute {
            self.add_example(docs, "", &BASE_URL_EXAMPLE.replace("{url}", EXAMPLE_URL));
            if !self.api.servers.is_empty() {
                paragraph(docs, "The API document lists these servers:");
            }
        }
        docs.push(String::new());
        let description = |text: &String| match text.is_empty() {
            true => String::new(),
            false => format!(": {}", inline(text)),
        };
        for server in &self.api.servers {
            let url = if server.url.is_empty() { "/" } else { &server.url };
            docs.extend(list_item(&format!("{}{}", code(url), description(&server.docs))));
        }
        let Some(example) = variables.first() else { return };
        docs.push(String::new());
        for Variable { name, default, allowed, docs: variable_docs } in &variables {
            let description = description(variable_docs);
            let allowed: Vec<String> = allowed.iter().map(|value| code(value)).collect();
            let allowed = if allowed.is_empty() { String::new() } else { format!(", one of {}", allowed.join(", ")) };
            docs.extend(list_item(&format!("{}, by default {}{allowed}{description}", code(name), code(default))));
        }
        let (name, value) = (&example.name, example.allowed.last().unwrap_or(&example.default));
        let lines = SERVER_VARIABLE_EXAMPLE.replace("{name}", &format!("{name:?}"));
        self.add_example(docs, "", &lines.replace("{value}", &format!("{value:?}")));
    }

    /// Returns the first line of the function that contains the example of an operation.
    fn function_head(&self, id: OperationId) -> String {
        self.call(id).head(&self.crate_ident())
    }

    /// Returns the call of an operation, with `ending` instead of `.await?`.
    fn call_with_ending(&self, id: OperationId, ending: &str) -> String {
        self.call(id).lines.join("\n").replace(".await?", ending)
    }

    /// Adds a section: a heading, a paragraph and an example.
    pub fn section(&self, docs: &mut Vec<String>, title: &str, text: &str, head: &str, code: &str) {
        paragraph(docs, format!("# {title}"));
        paragraph(docs, text);
        self.add_example(docs, head, code);
    }

    /// Adds an example in a function that starts with `head`. If `head` is empty, the function has no parameters.
    pub fn add_example(&self, docs: &mut Vec<String>, head: &str, code: &str) {
        let krate = self.crate_ident();
        let default_head = format!("# fn example() -> {krate}::Result<()> {{");
        let head = if head.is_empty() { &default_head } else { head };
        let code = code.replace("{krate}", &krate);
        let block = format!("\n```no_run\n{head}\n{}\n# Ok(()) }}\n```", code.trim_end());
        docs.extend(block.lines().map(str::to_owned));
    }
}

const SETTINGS_EXAMPLE: &str = r#"use std::time::Duration;
use {krate}::{Client, Credentials, RetryPolicy};

let client = Client::builder()
    .credentials(Credentials::{credentials})
    .connect_timeout(Duration::from_secs(5))
    .pool_idle_timeout(Duration::from_secs(30))
    .attempt_timeout(Duration::from_secs(20))
    .deadline(Duration::from_secs(60))
    .retry(RetryPolicy::new().attempts(6))
    .body_limit(1 << 20)
    .user_agent_suffix("my-app/1.2")
    .observe(|attempt| println!("{} took {:?}", attempt.call, attempt.duration))
    .build()?;"#;

/// The base URL in examples.
pub const EXAMPLE_URL: &str = "https://api.example.com";

const BASE_URL_EXAMPLE: &str = r#"use {krate}::Client;

let client = Client::builder().base_url("{url}").build()?;"#;

const SERVER_VARIABLE_EXAMPLE: &str = r#"use {krate}::Client;

let client = Client::builder().server_variable({name}, {value}).build()?;"#;

/// Describes how the region and the edge of a client change the host.
fn region_description(host: &Host) -> String {
    let mut text = format!(
        "The host is `{}`. `{{product}}` is the first label of the default host. A part in brackets is left out if its \
         region or edge is not set.",
        host.template
    );
    if let Some(region) = &host.default_region {
        text.push_str(&format!(" With an edge and no region, the region is `{region}`."));
    }
    text.push_str(
        " If you set a region, also set an edge, and use credentials that were created in this region: an API may serve a \
         region only through an edge, and may accept credentials only in the region where they were created. If the URL of \
         a next page has a different region or edge, the client replaces them with the region and edge of its settings.",
    );
    text
}

const REGION_EXAMPLE: &str = r#"use {krate}::Client;

let client = Client::builder().environment()?.region("a-region").edge("an-edge").build()?;"#;

const SINGLE_REQUEST_ENDING: &str = r#"
    .retry({krate}::RetryPolicy::off())
    .deadline(std::time::Duration::from_secs(5))
    .send()
    .await?"#;

const LISTS_EXAMPLE: &str = r#"let page = {request}.await?;
let all = {request}.limit(500).all().await?;
let mut pages = {request}.prefetch().pages();
while let Some(page) = pages.try_next().await? {
    println!("{page:?}");
}
let mut pages = {request}.pages();
let first = pages.try_next().await?;
if let Some(token) = pages.next_token() {
    // Requests the pages after `first`, possibly in another program.
    let remaining = {request}.resume(token).all().await?;
}"#;

const TRANSPORT_EXAMPLE: &str = r#"use {krate}::{Client, http};
use {krate}::runtime::{Body, Transport, TransportFuture};

struct Fake;

impl Transport for Fake {
    fn send(&self, _: http::Request<Body>) -> TransportFuture<'_> {
        Box::pin(async { Ok(http::Response::new(Body::from("{}"))) })
    }
}

let client = Client::builder().transport(Fake).build()?;

struct Logged<T>(T);

impl<T: Transport> Transport for Logged<T> {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        println!("{} {}", request.method(), request.uri().path());
        self.0.send(request)
    }
}

let builder = Client::builder();
let default = builder.default_transport()?;
let client = builder.transport(Logged(default)).build()?;"#;
