//! Each key of codegen.toml: the semantic diff reports a change of its value, or the change is harmless for programs.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

use std::collections::BTreeSet;

use bindery::config;
use bindery::diagnostics::render::Style;
use bindery::diff::{self, Change, Snapshot, Verdict};
use bindery::source::Source;

const DOCUMENT: &str = include_str!("fixtures/diff/settings.yaml");

/// What a change of a key does.
enum Effect {
    /// The diff reports a change from the first configuration to the second one.
    Reported(&'static str, &'static str),
    /// The diff reports nothing, for this reason.
    Harmless(&'static str, &'static str, &'static str),
    /// A configuration with the key is not the configuration of a document.
    Refused(&'static str),
}

use Effect::{Harmless, Refused, Reported};

const HEADER_SIGNATURE: &str = "webhooks.signature = { kind = 'body', header = 'X-Sig' }";

/// The keys. A key that ends in `*` stands for all keys with this beginning.
const KEYS: &[(&str, Effect)] = &[
    ("document", Harmless("", "document = 'pets.yaml'", "it names the document that is compared")),
    ("overlays", Harmless("", "overlays = ['pets.overlay.yaml']", "they are a part of the document that is compared")),
    ("workspace.documents", Refused("workspace.documents = 'specs'")),
    ("output", Reported("", "output = 'module'")),
    ("runtime", Reported("", "runtime = { path = '../runtime' }")),
    ("select.include", Reported("", "select = { include = [{ tag = 'pets' }] }")),
    ("select.include[].tag", Reported("", "select = { include = [{ tag = 'pets' }] }")),
    ("select.include[].path", Reported("", "select = { include = [{ path = '/pets' }] }")),
    ("select.include[].method", Reported("", "select = { include = [{ method = 'get' }] }")),
    ("select.include[].operation", Reported("", "select = { include = [{ operation = 'listPets' }] }")),
    ("select.exclude", Reported("", "select = { exclude = [{ tag = 'chat' }] }")),
    ("select.exclude[].tag", Reported("", "select = { exclude = [{ tag = 'chat' }] }")),
    ("select.exclude[].path", Reported("", "select = { exclude = [{ path = '/chat' }] }")),
    ("select.exclude[].method", Reported("", "select = { exclude = [{ method = 'post' }] }")),
    ("select.exclude[].operation", Reported("", "select = { exclude = [{ operation = 'chat' }] }")),
    ("on_error", Harmless("", "on_error = 'skip'", "operations that are left out are not compared")),
    ("on_error_by_code", Harmless("", "on_error_by_code = { B0407 = 'skip' }", "as `on_error`")),
    ("surface", Reported("", "surface = 'tree'")),
    ("serialize", Reported("", "serialize = 'all'")),
    ("option_setters", Reported("", "option_setters = true")),
    ("crate.name", Reported("crate.name = 'pets'", "crate.name = 'animals'")),
    (
        "crate.version",
        Harmless("crate.version = '1.0.0'", "crate.version = '1.1.0'", "the diff says which version is needed"),
    ),
    ("client.request_id", Reported("", "client.request_id = 'X-Request-Id'")),
    ("client.idempotency_key", Reported("", "client.idempotency_key = 'X-Once'")),
    ("client.strict", Reported("", "client.strict = true")),
    ("client.token_url", Reported("", "client.token_url = 'https://auth.example.com/token'")),
    ("client.host.template", Reported("", "client.host.template = '{product}[.{region}].example.com'")),
    (
        "client.host.default_region",
        Reported(
            "client.host = { template = '{product}[.{region}].example.com', default_region = 'us1' }",
            "client.host = { template = '{product}[.{region}].example.com', default_region = 'us2' }",
        ),
    ),
    (
        "client.host.region",
        Reported(
            "client.host = { template = '{product}[.{region}].example.com', region = 'A_REGION' }",
            "client.host = { template = '{product}[.{region}].example.com', region = 'B_REGION' }",
        ),
    ),
    (
        "client.host.edge",
        Reported(
            "client.host = { template = '{product}[.{edge}].example.com', edge = 'A_EDGE' }",
            "client.host = { template = '{product}[.{edge}].example.com', edge = 'B_EDGE' }",
        ),
    ),
    ("client.base_url_variable", Reported("", "client.base_url_variable = 'API_URL'")),
    (
        "client.credentials[].scheme",
        Reported(
            "client.credentials = [{ token = 'A_TOKEN', scheme = 'bearer' }]",
            "client.credentials = [{ token = 'A_TOKEN', scheme = 'oauth' }]",
        ),
    ),
    (
        "client.credentials[].user",
        Reported(
            "client.credentials = [{ user = 'A_USER', password = 'A_PASSWORD' }]",
            "client.credentials = [{ user = 'B_USER', password = 'A_PASSWORD' }]",
        ),
    ),
    (
        "client.credentials[].password",
        Reported(
            "client.credentials = [{ user = 'A_USER', password = 'A_PASSWORD' }]",
            "client.credentials = [{ user = 'A_USER', password = 'B_PASSWORD' }]",
        ),
    ),
    ("client.credentials[].token", Reported("", "client.credentials = [{ token = 'A_TOKEN' }]")),
    ("client.credentials[].key", Reported("", "client.credentials = [{ key = 'A_KEY' }]")),
    (
        "client.credentials[].client_id",
        Reported(
            "client.credentials = [{ client_id = 'A_ID', client_secret = 'A_SECRET' }]",
            "client.credentials = [{ client_id = 'B_ID', client_secret = 'A_SECRET' }]",
        ),
    ),
    (
        "client.credentials[].client_secret",
        Reported(
            "client.credentials = [{ client_id = 'A_ID', client_secret = 'A_SECRET' }]",
            "client.credentials = [{ client_id = 'A_ID', client_secret = 'B_SECRET' }]",
        ),
    ),
    (
        "client.credentials[].pattern",
        Reported(
            "client.credentials = [{ key = 'A_KEY', pattern = '^a' }]",
            "client.credentials = [{ key = 'A_KEY', pattern = '^b' }]",
        ),
    ),
    ("errors.code", Reported("", "errors.code = ['/error/code']")),
    ("errors.message", Reported("", "errors.message = ['/error/message']")),
    ("errors.more_info", Reported("", "errors.more_info = ['/error/url']")),
    ("errors.models", Reported("errors.models = true", "errors.models = false")),
    (
        "paging.next",
        Reported("paging = { next = '/next', items = '/pets' }", "paging = { next = '/other_next', items = '/pets' }"),
    ),
    ("paging.link", Reported("paging = { items = '/pets' }", "paging = { link = true, items = '/pets' }")),
    (
        "paging.cursor",
        Reported(
            "paging = { cursor = '/next', cursor_parameter = 'after', items = '/pets' }",
            "paging = { cursor = '/other_next', cursor_parameter = 'after', items = '/pets' }",
        ),
    ),
    (
        "paging.last_item",
        Reported(
            "paging = { last_item = '/id', cursor_parameter = 'after', items = '/pets' }",
            "paging = { last_item = '/name', cursor_parameter = 'after', items = '/pets' }",
        ),
    ),
    (
        "paging.cursor_parameter",
        Reported(
            "paging = { cursor = '/next', cursor_parameter = 'after', items = '/pets' }",
            "paging = { cursor = '/next', cursor_parameter = 'since', items = '/pets' }",
        ),
    ),
    (
        "paging.offset",
        Reported("paging = { offset = 'skip', items = '/pets' }", "paging = { offset = 'page', items = '/pets' }"),
    ),
    (
        "paging.page",
        Reported("paging = { page = 'page', items = '/pets' }", "paging = { page = 'skip', items = '/pets' }"),
    ),
    (
        "paging.page_size",
        Reported(
            "paging = { page = 'page', page_size = 'limit', items = '/pets' }",
            "paging = { page = 'page', page_size = 'count', items = '/pets' }",
        ),
    ),
    (
        "paging.items",
        Reported("paging = { page = 'page', items = '/pets' }", "paging = { page = 'page', items = '/others' }"),
    ),
    (
        "paging.total",
        Reported(
            "paging = { page = 'page', items = '/pets' }",
            "paging = { page = 'page', items = '/pets', total = '/count' }",
        ),
    ),
    (
        "paging.more",
        Reported(
            "paging = { page = 'page', items = '/pets' }",
            "paging = { page = 'page', items = '/pets', more = '/is_more' }",
        ),
    ),
    (
        "paging.off",
        Reported(
            "paging = { page = 'page', items = '/pets' }",
            "paging = { page = 'page', items = '/pets', off = true }",
        ),
    ),
    (
        "paging.operations",
        Reported(
            "paging = { page = 'page', items = '/pets' }",
            "paging = { page = 'page', items = '/pets', operations = { listPets = { off = true } } }",
        ),
    ),
    ("streams.end", Reported("", "streams.end = ['[END]']")),
    ("streams.operations", Reported("", "streams.operations = { chat = { end = ['[END]'] } }")),
    ("streams.error_events", Reported("", "streams.error_events = ['failed']")),
    ("streams.error_property", Reported("", "streams.error_property = 'fault'")),
    ("streams.flag", Reported("", "streams.flag = 'streaming'")),
    ("webhooks.event", Reported("", "webhooks.event = '/type'")),
    ("webhooks.event_header", Reported("", "webhooks.event_header = 'X-Event'")),
    ("webhooks.signature.kind", Reported("", "webhooks.signature = { kind = 'standard' }")),
    (
        "webhooks.signature.header",
        Reported(HEADER_SIGNATURE, "webhooks.signature = { kind = 'body', header = 'X-Other' }"),
    ),
    (
        "webhooks.signature.settings_header",
        Reported(
            "webhooks.signature = { kind = 'url', header = 'X-Sig', settings_header = 'X-A', body_hash = 'sha' }",
            "webhooks.signature = { kind = 'url', header = 'X-Sig', settings_header = 'X-B', body_hash = 'sha' }",
        ),
    ),
    (
        "webhooks.signature.body_hash",
        Reported(
            "webhooks.signature = { kind = 'url', header = 'X-Sig', settings_header = 'X-A', body_hash = 'sha' }",
            "webhooks.signature = { kind = 'url', header = 'X-Sig', settings_header = 'X-A', body_hash = 'hash' }",
        ),
    ),
    (
        "webhooks.signature.timestamp_key",
        Reported(
            "webhooks.signature = { kind = 'timestamped', header = 'X-Sig' }",
            "webhooks.signature = { kind = 'timestamped', header = 'X-Sig', timestamp_key = 'at' }",
        ),
    ),
    (
        "webhooks.signature.signature_key",
        Reported(
            "webhooks.signature = { kind = 'timestamped', header = 'X-Sig' }",
            "webhooks.signature = { kind = 'timestamped', header = 'X-Sig', signature_key = 'v2' }",
        ),
    ),
    (
        "webhooks.signature.prefix",
        Reported(HEADER_SIGNATURE, "webhooks.signature = { kind = 'body', header = 'X-Sig', prefix = 'a=' }"),
    ),
    (
        "webhooks.signature.hash",
        Reported(HEADER_SIGNATURE, "webhooks.signature = { kind = 'body', header = 'X-Sig', hash = 'sha512' }"),
    ),
    (
        "webhooks.signature.encoding",
        Reported(HEADER_SIGNATURE, "webhooks.signature = { kind = 'body', header = 'X-Sig', encoding = 'base64' }"),
    ),
    (
        "webhooks.replies[].name",
        Reported(
            "webhooks.replies = [{ name = 'reject', status = 403 }]",
            "webhooks.replies = [{ name = 'refuse', status = 403 }]",
        ),
    ),
    (
        "webhooks.replies[].status",
        Reported(
            "webhooks.replies = [{ name = 'reject', status = 403 }]",
            "webhooks.replies = [{ name = 'reject', status = 200 }]",
        ),
    ),
    (
        "webhooks.replies[].body",
        Reported(
            "webhooks.replies = [{ name = 'accept', status = 200, body = false }]",
            "webhooks.replies = [{ name = 'accept', status = 200, body = true }]",
        ),
    ),
    ("personal.markers", Reported("", "personal.markers = ['/x-pii']")),
    ("tests.dispatcher", Harmless("", "tests.dispatcher = 'tests/dispatch.rs'", "only tests of the crate use it")),
    ("mock.dependency", Reported("", "mock.dependency = { path = '../mock' }")),
    (
        "mock.*",
        Harmless("", "mock.rules = [{ at = ['Pet'], max_items = 5 }]", "the rules change only what the mock does"),
    ),
    ("formats", Reported("", "formats = { money = 'double' }")),
    ("types.derives", Reported("", "types.derives = ['Hash']")),
    ("types.date_time", Reported("", "types.date_time = 'jiff'")),
    ("types.enum", Reported("", "types.enum = 'closed'")),
    ("types.integer", Reported("", "types.integer = 'i32'")),
    ("types.map", Reported("", "types.map = 'HashMap'")),
    ("types.pointer", Reported("", "types.pointer = 'Arc'")),
    (
        "types.schemas[].at",
        Reported(
            "types.schemas = [{ at = '#/components/schemas/Pet', derives = ['Hash'] }]",
            "types.schemas = [{ at = '#/components/schemas/NewPet', derives = ['Hash'] }]",
        ),
    ),
    (
        "types.schemas[].replace",
        Reported(
            "types.schemas = [{ at = '#/components/schemas/Price', replace = 'my_crate::Money' }]",
            "types.schemas = [{ at = '#/components/schemas/Price', replace = 'my_crate::Amount' }]",
        ),
    ),
    (
        "types.schemas[].derives",
        Reported(
            "types.schemas = [{ at = '#/components/schemas/Pet', derives = ['Hash'] }]",
            "types.schemas = [{ at = '#/components/schemas/Pet', derives = ['Hash', 'PartialOrd'] }]",
        ),
    ),
    (
        "types.schemas[].enum",
        Reported(
            "types.schemas = [{ at = '#/components/schemas/Status', enum = 'open' }]",
            "types.schemas = [{ at = '#/components/schemas/Status', enum = 'closed' }]",
        ),
    ),
    (
        "rename[].at",
        Reported(
            "rename = [{ at = '#/components/schemas/Pet', to = 'Animal', reason = 'r' }]",
            "rename = [{ at = '#/components/schemas/NewPet', to = 'Animal', reason = 'r' }]",
        ),
    ),
    (
        "rename[].to",
        Reported(
            "rename = [{ at = '#/components/schemas/Pet', to = 'Animal', reason = 'r' }]",
            "rename = [{ at = '#/components/schemas/Pet', to = 'Beast', reason = 'r' }]",
        ),
    ),
    (
        "rename[].reason",
        Harmless(
            "rename = [{ at = '#/components/schemas/Pet', to = 'Animal', reason = 'r' }]",
            "rename = [{ at = '#/components/schemas/Pet', to = 'Animal', reason = 's' }]",
            "the generator does not use it",
        ),
    ),
    ("manifest", Reported("", "manifest.package.rust-version = '1.90'")),
];

fn snapshot(config: &str) -> Result<Snapshot, String> {
    let crate_keys = [("crate.name", "pets"), ("crate.version", "0.1.0")];
    let missing = crate_keys.iter().filter(|(key, _)| !config.contains(key));
    let missing: String = missing.map(|(key, value)| format!("{key} = '{value}'\n")).collect();
    let config = Source::new("codegen.toml", format!("{missing}{config}\n"));
    let document = Source::new("pets.yaml", DOCUMENT);
    let (snapshot, diagnostics) = Snapshot::read(&document, &config);
    snapshot.ok_or_else(|| diagnostics.render(&document, &config, Style::Plain))
}

fn changes(old: &str, new: &str) -> Result<Vec<Change>, String> {
    Ok(diff::diff(&snapshot(old)?, &snapshot(new)?).changes)
}

/// Programs with the default features lose the items of a feature that is no longer one of them. An optional dependency is a feature.
#[test]
fn a_lost_feature_is_breaking() {
    let both = "manifest.features.default = ['rustls-ring', 'blocking']";
    let ring = "manifest.features.default = ['rustls-ring']";
    let optional = "manifest.dependencies.log = { version = '0.4', optional = true }";
    for (old, new, is_breaking) in
        [(both, ring, true), (ring, both, false), (optional, "", true), ("", optional, false)]
    {
        let changes = changes(old, new).unwrap();
        let found = changes.iter().map(|change| change.verdicts.source).collect::<Vec<_>>();
        assert_eq!(found.contains(&Verdict::Breaking), is_breaking, "{old} -> {new}: {changes:#?}");
    }
}

#[test]
fn a_changed_key_is_reported_or_harmless() {
    let mut wrong = Vec::new();
    for (key, effect) in KEYS {
        match effect {
            Reported(old, new) => match changes(old, new) {
                Ok(changes) if changes.is_empty() => wrong.push(format!("`{key}` is not reported")),
                Ok(_) => {}
                Err(error) => wrong.push(format!("`{key}`: {error}")),
            },
            Harmless(old, new, reason) => match changes(old, new) {
                Ok(changes) if changes.is_empty() => {}
                Ok(changes) => wrong.push(format!("`{key}` is reported, but {reason}: {changes:#?}")),
                Err(error) => wrong.push(format!("`{key}`: {error}")),
            },
            Refused(config) => {
                let is_refused = snapshot(config).is_err_and(|error| error.contains("is not a key of a workspace"));
                if !is_refused {
                    wrong.push(format!("`{key}` is not refused"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the keys of a configuration with their values. The items of arrays have the same key.
fn leaves(config: &str) -> BTreeSet<String> {
    fn add(key: &str, value: &toml::Value, leaves: &mut BTreeSet<String>) {
        match value {
            toml::Value::Table(table) => {
                table.iter().for_each(|(name, value)| add(&format!("{key}.{name}"), value, leaves));
            }
            toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
                items.iter().for_each(|item| add(&format!("{key}[]"), item, leaves));
            }
            value => {
                leaves.insert(format!("{} = {value}", key.trim_start_matches('.')));
            }
        }
    }
    let mut leaves = BTreeSet::new();
    add("", &toml::Value::Table(config.parse().expect("TOML")), &mut leaves);
    leaves
}

/// A row with changes of other keys would pass although its own key is forgotten.
#[test]
fn each_row_changes_only_its_key() {
    let mut wrong = Vec::new();
    for (key, effect) in KEYS {
        let (Reported(old, new) | Harmless(old, new, _)) = effect else { continue };
        let key = key.trim_end_matches('*');
        let changed: Vec<String> = leaves(old).symmetric_difference(&leaves(new)).cloned().collect();
        let is_own = |leaf: &String| {
            leaf.strip_prefix(key).is_some_and(|rest| key.ends_with('.') || rest.starts_with(['.', '[', ' ']))
        };
        if changed.is_empty() || !changed.iter().all(is_own) {
            wrong.push(format!("{key}: {changed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_key_is_in_the_list() {
    let matches = |pattern: &str, key: &str| match pattern.strip_suffix('*') {
        Some(start) => key.starts_with(start),
        None => pattern == key,
    };
    let keys: BTreeSet<String> = config::rows().into_iter().map(|row| row.key).collect();
    let missing: Vec<&String> =
        keys.iter().filter(|key| !KEYS.iter().any(|(pattern, _)| matches(pattern, key))).collect();
    let unknown: Vec<&str> =
        KEYS.iter().map(|(key, _)| *key).filter(|key| !keys.iter().any(|known| matches(key, known))).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}; unknown: {unknown:?}");
}
