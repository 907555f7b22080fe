//! The environment variables for credentials are inferred, and the documentation of the client lists them.

#![allow(clippy::expect_used, reason = "in tests and benchmarks a panic is the report")]

use bindery::generate;
use bindery::source::Source;

/// Generates a crate from a document with these security schemes and requirements. Returns the text of the client, and
/// the inferred configuration.
fn generate_client(schemes: &str, security: &str, config: &str) -> (String, String) {
    let document = format!(
        "openapi: 3.0.3\ninfo: {{ title: Shop, version: 1.0.0 }}\nservers: [{{ url: https://shop.example }}]\n{security}\n\
         paths: {{ /a: {{ get: {{ operationId: a, responses: {{ '204': {{ description: A. }} }} }} }} }}\n\
         components: {{ securitySchemes: {{ {schemes} }} }}\n"
    );
    let (generated, diagnostics) = generate(&Source::new("shop.yaml", document), &Source::new("codegen.toml", config));
    assert!(!diagnostics.has_errors(), "{schemes}: {:?}", diagnostics.iter().collect::<Vec<_>>());
    let generated = generated.expect("a crate");
    (generated.files.get("src/client.rs").expect("a client").to_owned(), generated.inferred_config)
}

const BEARER: &str = "jwt: { type: http, scheme: bearer }";
const BASIC: &str = "login: { type: http, scheme: basic }";
const KEY: &str = "key: { type: apiKey, in: header, name: X-Key }";
const OAUTH: &str =
    "oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: 'https://shop.example/t', scopes: {} } } }";

#[test]
fn variables_are_named_after_the_crate_and_the_scheme() {
    let key = |name: &str| format!("'{name}': {{ type: apiKey, in: query, name: '{name}' }}");
    let cases = [
        (BEARER.to_owned(), r#"[{ token = "SHOP_TOKEN" }]"#),
        (BASIC.to_owned(), r#"[{ user = "SHOP_USERNAME", password = "SHOP_PASSWORD" }]"#),
        (KEY.to_owned(), r#"[{ key = "SHOP_API_KEY" }]"#),
        (
            OAUTH.to_owned(),
            r#"[{ token = "SHOP_TOKEN" }, { client_id = "SHOP_CLIENT_ID", client_secret = "SHOP_CLIENT_SECRET" }]"#,
        ),
        (
            format!("{BEARER}, {KEY}, {BASIC}"),
            r#"[{ token = "SHOP_TOKEN" }, { key = "SHOP_API_KEY" }, { user = "SHOP_USERNAME", password = "SHOP_PASSWORD" }]"#,
        ),
        (
            format!("{}, {}", key("app"), key("partnerApiKey")),
            r#"[{ key = "SHOP_APP_API_KEY", scheme = "app" }, { key = "SHOP_PARTNER_API_KEY", scheme = "partnerApiKey" }]"#,
        ),
        // If two variables would have equal names, the punctuation of both schemes is spelled out.
        (
            format!("{}, {}", key("api-key"), key("api_key")),
            r#"[{ key = "SHOP_API_MINUS_KEY_API_KEY", scheme = "api-key" }, { key = "SHOP_API_UNDERSCORE_KEY_API_KEY", scheme = "api_key" }]"#,
        ),
    ];
    for (schemes, expected) in cases {
        let (_, inferred) = generate_client(&schemes, "", "");
        let line = inferred.lines().find_map(|line| line.strip_prefix("credentials = "));
        assert_eq!(line, Some(expected), "{schemes}");
        assert!(inferred.contains("base_url_variable = \"SHOP_BASE_URL\"\n"), "{inferred}");
    }
}

#[test]
fn writing_down_the_inferred_configuration_changes_nothing() {
    for schemes in [BEARER, KEY, OAUTH, &format!("{KEY}, {BASIC}, other: {{ type: http, scheme: basic }}")] {
        let (client, inferred) = generate_client(schemes, "", "");
        assert_eq!(generate_client(schemes, "", &inferred), (client, String::new()), "{schemes}");
    }
}

#[test]
fn the_client_documents_which_credentials_are_required() {
    let schemes = format!("{BEARER}, {KEY}, {BASIC}");
    let cases = [
        ("security: [{ jwt: [] }]", "from `SHOP_TOKEN`. An empty"),
        ("security: [{ jwt: [], key: [] }, { login: [] }]", "`SHOP_TOKEN` and `SHOP_API_KEY`, or from `SHOP_USERNAME`"),
        ("security: [{ jwt: [] }, {}]", "Credentials are optional."),
        ("", "Credentials are optional."),
    ];
    for (security, expected) in cases {
        let (client, _) = generate_client(&schemes, security, "");
        let docs: Vec<&str> = client.lines().filter_map(|line| line.trim().strip_prefix("/// ")).collect();
        assert!(docs.join(" ").contains(expected), "{security}: {docs:#?}");
    }
    let (client, _) =
        generate_client(KEY, "security: [{ key: [] }]", "client.credentials = [{ key = 'MY_KEY', pattern = '^k_' }]");
    assert!(client.contains("`MY_KEY`") && client.contains(r#"Some("^k_")"#) && !client.contains("SHOP_API_KEY"));
}

#[test]
fn the_ends_of_streams_are_inferred_for_each_operation() {
    let stream = |path: &str, ends: &str| {
        format!(
            "  /{path}: {{ get: {{ operationId: {path}, responses: {{ '200': {{ description: '{ends}', content: {{ text/event-stream: {{ schema: {{ type: string }} }} }} }} }} }} }}\n"
        )
    };
    let end = "Ends with `data: [END]`.";
    for (first, second, config, expected) in [
        (end, end, "", "end = [\"[END]\"]"),
        (end, "Never ends.", "", "operations = { a = { end = [\"[END]\"] } }"),
        (end, end, "streams.operations.b.end = []", "end = [\"[END]\"]"),
        ("Texts.", "Texts.", "", ""),
        (end, end, "streams.end = []", ""),
    ] {
        let document = format!(
            "openapi: 3.1.0\ninfo: {{ title: Shop, version: '1' }}\nservers: [{{ url: https://shop.example }}]\npaths:\n{}{}",
            stream("a", first),
            stream("b", second)
        );
        let generate = |config: &str| {
            let config = format!("crate = {{ name = 'shop', version = '0.1.0' }}\n{config}\n");
            let (document, config) = (Source::new("shop.yaml", document.as_str()), Source::new("codegen.toml", config));
            let (generated, diagnostics) = bindery::generate(&document, &config);
            let generated = generated.unwrap_or_else(|| panic!("{diagnostics:?}"));
            (generated.files.get("src/client.rs").expect("a client").to_owned(), generated.inferred_config)
        };
        let (client, inferred) = generate(config);
        let section = inferred.split("[streams]\n").nth(1).unwrap_or_default();
        assert_eq!(section.lines().next().unwrap_or_default(), expected);
        if config.is_empty() {
            assert_eq!(generate(&inferred), (client, String::new()), "{inferred}");
        }
    }
}
