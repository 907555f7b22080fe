//! The front page of the generated crate: how to depend on it, a first call, its features, and links to guides.

use std::collections::BTreeSet;

use toml::Value;

use super::{code, inline, lines, paragraph, wrap};
use crate::config::crates;
use crate::emit::Context;
use crate::ir::{LeftOut, ResourceId};

/// The paragraph about the features for TLS.
const TLS_FEATURES: &str = "\
One of the first four features is needed, unless the program sets its own transport. If several of these features are
enabled, the order of precedence is `native-tls`, `rustls`, `rustls-ring`, `rustls-no-provider`. All four verify
certificates as the platform does. ring compiles much faster than AWS-LC and needs no system library. It has the same
cipher suites, but no post-quantum key exchange. Choose `rustls` for post-quantum key exchange, or if another
dependency already uses AWS-LC. With `rustls-ring`, a provider that the program has
installed with `install_default` takes precedence. With `rustls-no-provider`, the program must install a provider.
Without a provider, building the client returns an error. To select another feature, disable the default features, and
list those that you need.";

impl Context<'_> {
    /// Returns the documentation of the crate.
    pub fn front_page(&self) -> Vec<String> {
        let api = self.api;
        let mut docs =
            vec![format!("A client for {}, version {}.", inline(&api.title), inline(&api.version)), String::new()];
        docs.extend(lines(&api.docs, &format!("{}.", inline(&api.title))));
        heading(&mut docs, "Usage");
        match self.is_module() {
            true => self.add_module_dependencies(&mut docs),
            false => docs.extend(self.dependencies()),
        }
        paragraph(
            &mut docs,
            "[`Client::from_env`] creates a client with settings from environment variables. [`Client::builder`] creates a \
             client with settings from code. A request is a value with setters. `.await` sends the request.",
        );
        docs.push(String::new());
        docs.extend(self.first_example());
        paragraph(
            &mut docs,
            "[`Client`] describes all settings, with examples of single requests, lists and transports.",
        );
        if !self.is_module() {
            self.add_feature_table(&mut docs);
        }
        if !api.operations.is_empty() {
            self.add_guides(&mut docs);
        }
        let tree = self.resource_list(ResourceId::FIRST, 0);
        if !tree.is_empty() {
            heading(&mut docs, "Resources");
            docs.extend(tree);
        }
        self.add_left_out(&mut docs);
        docs
    }

    /// Returns the dependencies that a program adds to its `Cargo.toml`.
    fn dependencies(&self) -> Vec<String> {
        let package = &self.config.package;
        let package_table = self.config.manifest.get("package").and_then(Value::as_table);
        let is_private = package_table.and_then(|table| table.get("publish")).and_then(Value::as_bool) == Some(false);
        let source = match is_private {
            true => format!("{{ path = \"path/to/{}\" }}", package.name),
            false => format!("{:?}", package.version.to_string()),
        };
        let this_crate = format!("{} = {source}", package.name);
        let tokio = "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }";
        ["```toml", "[dependencies]", &this_crate, tokio, "```"].map(str::to_owned).to_vec()
    }

    /// Adds what the crate of a module needs.
    fn add_module_dependencies(&self, docs: &mut Vec<String>) {
        docs.push("The crate of this module needs these dependencies:".to_owned());
        docs.extend([String::new(), "```toml".to_owned(), "[dependencies]".to_owned()]);
        let dependencies = self.runtime_dependencies();
        docs.extend(dependencies.iter().map(|(name, dependency)| format!("{name} = {dependency}")));
        docs.push("```".to_owned());
        let is_listed = |ty: &&str| crates(ty).iter().all(|name| dependencies.contains_key(name));
        let types = self.config.rust_paths().map(|ty| ty.get_ref().as_str()).filter(|ty| !is_listed(ty));
        let types: BTreeSet<String> = types.map(code).collect();
        if !types.is_empty() {
            let types: Vec<String> = types.into_iter().collect();
            paragraph(docs, format!("It also needs the crates of these types: {}.", types.join(", ")));
        }
        paragraph(
            docs,
            "For `wait()` on each request, the crate needs a feature `blocking = [\"bindery-runtime/blocking\"]`. For `with_…` \
             methods on all models, it needs a feature `test-util = [\"bindery-runtime/test-util\"]`.",
        );
        if !self.api.webhooks.is_empty() {
            paragraph(
                docs,
                "For the module `webhooks`, it needs a feature `webhooks = [\"bindery-runtime/webhooks\"]`. For its extractor, it \
                 needs a feature `axum = [\"webhooks\", \"bindery-runtime/axum\"]`.",
            );
        }
        if let Some(limit) = self.analysis.recursion_limit() {
            paragraph(docs, format!("The root of the crate needs the attribute `#![recursion_limit = \"{limit}\"]`."));
        }
    }

    /// Adds the operations that are left out because of errors.
    fn add_left_out(&self, docs: &mut Vec<String>) {
        if self.api.left_out.is_empty() {
            return;
        }
        heading(docs, "Operations that are left out");
        docs.push("The generator cannot generate these operations of the document:".to_owned());
        docs.push(String::new());
        for left_out in &self.api.left_out {
            let LeftOut { id, reason, .. } = left_out;
            let id = id.as_ref().map(|id| format!(" ({})", code(id))).unwrap_or_default();
            let operation = code(&left_out.name());
            docs.extend(wrap(&format!("- {operation}{id}: {}", inline(reason))));
        }
    }

    /// Adds the table of the features.
    fn add_feature_table(&self, docs: &mut Vec<String>) {
        heading(docs, "Features");
        docs.extend(["| Feature | Default | Adds |", "|---|---|---|"].map(str::to_owned));
        let features = self.config.manifest.get("features").and_then(|features| features.get("default"));
        let configured = features.and_then(Value::as_array);
        let is_default = |feature: &str, default: bool| {
            configured.map_or(default, |names| names.iter().any(|name| name.as_str() == Some(feature)))
        };
        let mut add_row = |name: &str, is_default: bool, adds: &str| {
            docs.push(format!("| {name} | {} | {adds} |", if is_default { "yes" } else { "no" }));
        };
        let mut add_feature =
            |feature: &str, default: bool, adds: &str| add_row(&code(feature), is_default(feature, default), adds);
        add_feature("rustls-ring", true, "TLS with rustls and ring");
        add_feature("rustls", false, "TLS with rustls and AWS-LC, which is also the default of reqwest");
        add_feature("rustls-no-provider", false, "TLS with rustls and the provider that the program installs");
        add_feature("native-tls", false, "TLS with the library of the operating system (OpenSSL on Linux)");
        add_feature("tracing", true, "A span of the `tracing` crate for each request");
        add_feature("blocking", false, "`wait()` on each request, for code that is not async");
        add_feature(
            "test-util",
            false,
            "`with_…` methods and `Serialize` for all models, so that tests can build responses",
        );
        if self.config.mock.dependency.is_some() {
            add_feature("mock", false, "The module `mock`, a server for tests");
        }
        if !self.api.webhooks.is_empty() {
            add_feature("webhooks", false, "The module `webhooks`, which verifies and decodes what the API sends");
            add_feature("axum", false, "The extractor `webhooks::Webhook` for axum");
        }
        if let Some(first) = self.resources().next() {
            let example = code(&self.names.resource(first).feature);
            let are_default = self.resources().all(|id| is_default(&self.names.resource(id).feature, true));
            add_row(
                &format!("A feature for each module of [`resources`], such as {example}"),
                are_default,
                "The module with its requests",
            );
        }
        docs.push(String::new());
        docs.extend(TLS_FEATURES.lines().map(str::to_owned));
    }

    /// Adds the sections that introduce errors, pagination, retries, requests that the document does not describe, and tests.
    fn add_guides(&self, docs: &mut Vec<String>) {
        heading(docs, "Errors");
        docs.push("Every request returns an [`Error`] if it fails. An error response of the API is an".to_owned());
        docs.push("[`Error::Api`], whose [`ApiError`] has the status, error code, message and request ID.".to_owned());
        if self.api.operations.iter().any(|(_, operation)| operation.paging.is_some()) {
            heading(docs, "Pagination");
            docs.push(
                "A list request returns one page if it is awaited. `all()` returns the items of all pages,".to_owned(),
            );
            docs.push(
                "`stream()` yields item by item, and `pages()` yields page by page. `limit` sets the maximum number"
                    .to_owned(),
            );
            docs.push("of items. [`Client`](Client#lists) has an example.".to_owned());
        }
        heading(docs, "Retries and timeouts");
        docs.push(
            "A client repeats a failed request if this is safe. The default is up to 4 attempts within 90 seconds."
                .to_owned(),
        );
        docs.push(
            "[`runtime`](runtime#faults-and-retries) lists what a client does after each kind of fault.".to_owned(),
        );
        docs.push("[`RetryPolicy`] changes the number of attempts and the waits between them.".to_owned());
        heading(docs, "Requests that the API document does not describe");
        docs.extend(wrap(
            "`extra_header` and `extra_query` of each request add a header and a query parameter. [`Client::request`] creates a \
             request for any path, with the credentials, retries and limits of the client:",
        ));
        docs.extend([String::new(), "```no_run".to_owned()]);
        docs.push(format!("# async fn example(client: {0}::Client) -> {0}::Result<()> {{", self.crate_ident()));
        docs.push(format!("use {}::http::Method;", self.crate_ident()));
        let example = "\nlet request = client.request(Method::GET, \"/beta/things\").query(\"limit\", \"5\");\n\
                       let response = request.header(\"Accept\", \"text/csv\").await?;\n\
                       println!(\"{}: {:?}\", response.status(), response.text());\n# Ok(()) }\n```";
        docs.extend(example.lines().map(str::to_owned));
        if self.config.mock.dependency.is_some() {
            heading(docs, "Testing");
            docs.push(
                "With the feature `mock`, `mock::start()` starts a server that stores what a test creates and"
                    .to_owned(),
            );
            docs.push("validates every request. A client of this server needs no account:".to_owned());
            let krate = self.crate_ident();
            let example = format!(
                "\n```no_run\n# #[cfg(feature = \"mock\")]\n# async fn example() -> Result<(), {krate}::mock::Error> {{\n\
                 let mock = {krate}::mock::start().await?;\nlet client = mock.client();\n# Ok(()) }}\n```"
            );
            docs.extend(example.lines().map(str::to_owned));
        }
    }
}

fn heading(docs: &mut Vec<String>, title: &str) {
    docs.extend([String::new(), format!("# {title}"), String::new()]);
}
