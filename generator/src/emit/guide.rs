//! The examples in the documentation of the client: one for each thing that can be set or exchanged.

use super::Context;
use super::client::credentials;
use super::docs::paragraph;
use crate::ir::{OperationId, SchemeKind};

impl Context<'_> {
    /// How to use a client beyond its calls, as lines of documentation.
    pub fn guide(&self) -> Vec<String> {
        let mut docs = Vec::new();
        self.section(
            &mut docs,
            "Settings",
            "What is not set has a sensible value, which its method documents.",
            "",
            &SETTINGS.replace(
                "{credentials}",
                &self
                    .api
                    .security
                    .first()
                    .map_or_else(|| credentials(&SchemeKind::Basic), |scheme| credentials(&scheme.kind)),
            ),
        );
        if self.config.client.host.is_some() {
            self.section(
                &mut docs,
                "Regions and edges",
                "The host follows from them by the API's own rule.",
                "",
                REGION,
            );
        }
        if self.config.client.token_url.is_some() {
            let text = "A token is fetched with the first request and renewed when it is about to expire.";
            self.section(&mut docs, "Tokens", text, "", TOKENS);
        }
        let shown = self.shown();
        let single = shown.iter().copied().find(|id| self.api.operations[*id].paging.is_none());
        if let Some(id) = single {
            let text = "`.await` gives the value of an answer, `.send()` everything around it. What is set for the client \
                        can be different for one request.";
            self.section(&mut docs, "A single request", text, &self.within(id), &self.changed(id, SINGLE));
            let text = "With the feature `blocking`, a request can be waited for where there is no async code.";
            let head = format!("# #[cfg(feature = \"blocking\")]\n{}", self.within(id).replace("async ", ""));
            self.section(&mut docs, "Blocking", text, &head, &self.changed(id, ".wait()?"));
        }
        let list = shown.iter().copied().find(|id| self.api.operations[*id].paging.is_some());
        if let Some(id) = list {
            let text = "One page, all items at once, or page after page with the next one under way:";
            let call = self.call(id).lines.join("\n");
            let request = call.strip_prefix("let mut all = ").and_then(|rest| rest.split(".limit(").next());
            let lines = LISTS.replace("{request}", request.unwrap_or_default());
            self.section(&mut docs, "Lists", text, &self.within(id), &lines);
        }
        let text = "Anything that carries HTTP can take the place of the network: a `reqwest::Client` of one's own, a \
                    recorder around it, or a fake.";
        self.section(&mut docs, "Another transport", text, "", TRANSPORT);
        docs
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
    fn section(&self, docs: &mut Vec<String>, title: &str, text: &str, head: &str, code: &str) {
        let krate = self.crate_ident();
        let plain = format!("# fn example() -> {krate}::Result<()> {{");
        let head = if head.is_empty() { &plain } else { head };
        let code = code.replace("{krate}", &krate);
        let block = format!("\n```no_run\n{head}\n{}\n# Ok(()) }}\n```", code.trim_end());
        paragraph(docs, format!("# {title}"));
        paragraph(docs, text);
        docs.extend(block.lines().map(str::to_owned));
    }
}

const SETTINGS: &str = r#"use std::time::Duration;
use {krate}::{Client, Credentials, RetryPolicy};

let client = Client::builder()
    .credentials(Credentials::{credentials})
    .connect_timeout(Duration::from_secs(5))
    .attempt_timeout(Duration::from_secs(20))
    .deadline(Duration::from_secs(60))
    .retry(RetryPolicy::new().attempts(6))
    .body_limit(1 << 20)
    .user_agent_suffix("my-app/1.2")
    .observe(|attempt| println!("{} took {:?}", attempt.call, attempt.duration))
    .build()?;"#;

const REGION: &str = r#"use {krate}::Client;

let client = Client::builder().environment()?.region("a-region").edge("an-edge").build()?;"#;

const TOKENS: &str = r#"use {krate}::{Client, Credentials};

let credentials = Credentials::client_credentials("client id", "client secret");
let client = Client::builder().credentials(credentials).build()?;"#;

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
}"#;

const TRANSPORT: &str = r#"use {krate}::Client;
use {krate}::runtime::{Body, Transport, TransportFuture};

struct Fake;

impl Transport for Fake {
    fn send(&self, request: http::Request<Body>) -> TransportFuture<'_> {
        println!("{} {}", request.method(), request.uri());
        Box::pin(async { Ok(http::Response::new(Body::from("{}"))) })
    }
}

let client = Client::builder().transport(Fake).build()?;"#;
