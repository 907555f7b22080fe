//! The examples in the documentation of the client: one for each thing that can be set or exchanged.

use crate::config::Host;
use crate::emit::Context;
use crate::emit::client::credentials::credentials;
use crate::emit::docs::{code, inline, item, paragraph};
use crate::ir::{OperationId, Variable};

impl Context<'_> {
    /// How to use a client beyond its calls, as lines of documentation.
    pub fn guide(&self) -> Vec<String> {
        let mut docs = Vec::new();
        self.section(
            &mut docs,
            "Settings",
            "All settings are optional. The documentation of each method states its default.",
            "",
            &SETTINGS.replace("{credentials}", &credentials(self.api.security.first())),
        );
        self.credentials(&mut docs);
        self.servers(&mut docs);
        if let Some(host) = &self.config.client.host {
            self.section(&mut docs, "Regions and edges", &regions(host), "", REGION);
        }
        self.tokens(&mut docs);
        let shown = self.shown();
        let single = shown.iter().copied().find(|id| self.api.operations[*id].paging.is_none());
        if let Some(id) = single {
            let text = "`.await` returns the value of the response. `.send()` returns the whole response with status and \
                        headers. The settings of a request override those of the client.";
            self.section(&mut docs, "A single request", text, &self.within(id), &self.changed(id, SINGLE));
            let text = "With the feature `blocking`, `wait` sends a request from code that is not async.";
            let head = format!("# #[cfg(feature = \"blocking\")]\n{}", self.within(id).replace("async ", ""));
            self.section(&mut docs, "Blocking", text, &head, &self.changed(id, ".wait()?"));
        }
        let list = shown.iter().copied().find(|id| self.api.operations[*id].paging.is_some());
        if let Some(id) = list {
            let text = "A list request can return one page, all items, page by page with prefetch, or the rest of the list after a page:";
            let call = self.call(id).lines.join("\n");
            let request = call.strip_prefix("let mut all = ").and_then(|rest| rest.split(".limit(").next());
            let lines = LISTS.replace("{request}", request.unwrap_or_default());
            self.section(&mut docs, "Lists", text, &self.within(id), &lines);
        }
        let text = "A transport sends requests: your own `reqwest::Client`, a fake for tests, or a wrapper around the default \
                    transport. It may be in an `Arc` or a `Box`.";
        self.section(&mut docs, "Custom transports", text, "", TRANSPORT);
        docs
    }

    /// Whether the document names the host of the API.
    pub fn is_served(&self) -> bool {
        self.api.servers.first().is_some_and(|server| server.filled().contains("://"))
    }

    /// Where the API is served, unless that is one place for all and nothing in it can be chosen.
    fn servers(&self, docs: &mut Vec<String>) {
        let variables: Vec<_> = self.api.server_variables().collect();
        let absolute = self.is_served();
        if self.api.servers.len() < 2 && variables.is_empty() && absolute {
            return;
        }
        paragraph(docs, "# Servers");
        let reason = match self.api.servers.first() {
            Some(server) if !server.url.is_empty() => {
                format!("The document's server {} is relative", code(&server.url))
            }
            _ => "The document names no server".to_owned(),
        };
        let first = match absolute {
            true => "Requests go to the first of these servers, or to the server of the operation if it has one. A base URL \
                     replaces all of them."
                .to_owned(),
            false => {
                format!("{reason}: `base_url` must be set. Without it, `build` and `from_env` return an error.")
            }
        };
        paragraph(docs, first);
        if !absolute {
            self.example_of(docs, "", &BASE_URL.replace("{url}", URL));
            if !self.api.servers.is_empty() {
                paragraph(docs, "The servers of the document:");
            }
        }
        docs.push(String::new());
        for server in &self.api.servers {
            let said = if server.docs.is_empty() { String::new() } else { format!(": {}", inline(&server.docs)) };
            let url = if server.url.is_empty() { "/" } else { &server.url };
            docs.extend(item(&format!("{}{said}", code(url))));
        }
        let Some(shown) = variables.first() else { return };
        docs.push(String::new());
        for Variable { name, default, allowed, docs: said } in &variables {
            let said = if said.is_empty() { String::new() } else { format!(": {}", inline(said)) };
            let allowed: Vec<String> = allowed.iter().map(|value| code(value)).collect();
            let allowed = if allowed.is_empty() { String::new() } else { format!(", one of {}", allowed.join(", ")) };
            docs.extend(item(&format!("{}, by default {}{allowed}{said}", code(name), code(default))));
        }
        let value = shown.allowed.last().unwrap_or(&shown.default);
        let lines = SERVERS.replace("{name}", &format!("{:?}", shown.name)).replace("{value}", &format!("{value:?}"));
        self.example_of(docs, "", &lines);
    }

    /// The head of a function in which an operation can be called.
    fn within(&self, id: OperationId) -> String {
        self.call(id).head(&self.crate_ident())
    }

    /// The call of an operation with `end` in place of its `.await`.
    fn changed(&self, id: OperationId, end: &str) -> String {
        self.call(id).lines.join("\n").replace(".await?", end)
    }

    /// A heading, a paragraph, and code in a function with that head.
    pub fn section(&self, docs: &mut Vec<String>, title: &str, text: &str, head: &str, code: &str) {
        paragraph(docs, format!("# {title}"));
        paragraph(docs, text);
        self.example_of(docs, head, code);
    }

    /// Code in a function with that head.
    pub fn example_of(&self, docs: &mut Vec<String>, head: &str, code: &str) {
        let krate = self.crate_ident();
        let plain = format!("# fn example() -> {krate}::Result<()> {{");
        let head = if head.is_empty() { &plain } else { head };
        let code = code.replace("{krate}", &krate);
        let block = format!("\n```no_run\n{head}\n{}\n# Ok(()) }}\n```", code.trim_end());
        docs.extend(block.lines().map(str::to_owned));
    }
}

const SETTINGS: &str = r#"use std::time::Duration;
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

/// A base URL for examples.
pub const URL: &str = "https://api.example.com";

const BASE_URL: &str = r#"use {krate}::Client;

let client = Client::builder().base_url("{url}").build()?;"#;

const SERVERS: &str = r#"use {krate}::Client;

let client = Client::builder().server_variable({name}, {value}).build()?;"#;

/// What a client's region and edge do to the host.
fn regions(host: &Host) -> String {
    let mut text = format!(
        "The host is `{}`, where `{{product}}` is the first label of the document's host and the parts in brackets are left \
         out if they are not set.",
        host.template
    );
    if let Some(region) = &host.default_region {
        text.push_str(&format!(" With an edge and no region, the region is `{region}`."));
    }
    text.push_str(
        " Set an edge with each region, and credentials that were created in that region: APIs may serve a region only through \
         an edge, and may know credentials only in their own region. The client follows the URL of a next page that names \
         another region or edge in its own region and edge.",
    );
    text
}

const REGION: &str = r#"use {krate}::Client;

let client = Client::builder().environment()?.region("a-region").edge("an-edge").build()?;"#;

const SINGLE: &str = r#"
    .retry({krate}::RetryPolicy::off())
    .deadline(std::time::Duration::from_secs(5))
    .send()
    .await?"#;

const LISTS: &str = r#"let page = {request}.await?;
let all = {request}.limit(500).all().await?;
let mut pages = {request}.prefetch().pages();
while let Some(page) = pages.try_next().await? {
    println!("{page:?}");
}
let mut pages = {request}.pages();
let first = pages.try_next().await?;
if let Some(token) = pages.next_token() {
    // Later, or in another program.
    let rest = {request}.resume(token).all().await?;
}"#;

const TRANSPORT: &str = r#"use {krate}::{Client, http};
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
