//! Checks the values in codegen.toml that can be checked without the document.

use std::collections::HashSet;
use std::ops::Range;

use toml::de::DeTable;

use super::locations::key_range;
use super::rust_paths::{FORMAT_TYPES, is_derive, is_type, last_name};
use super::webhooks::{Usage, Webhooks};
use crate::config::{Config, Credentials, Output, SchemaOptions, Spanned, Streams, is_variable};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, OPERATION_ERRORS, code, did_you_mean};
use crate::file_names::is_device;

/// Reports values that have the right type but cannot be used.
///
/// `unknown` has the paths of the keys that have already been reported as unknown.
pub(super) fn check(config: &Config, root: &DeTable<'_>, unknown: &[Vec<String>], diagnostics: &mut Diagnostics) {
    let mut checker = Checker { root, diagnostics };
    if config.document.as_deref() == Some("") {
        checker.report(&["document"], "", "the path of a document", "write a path such as `openapi.yaml`");
    }
    checker.check_output(config, |key| unknown.iter().any(|path| path.first().is_some_and(|first| first == key)));
    checker.check_crate_name(&config.package.name);
    checker.check_dispatcher(config);
    checker.check_formats(config);
    checker.check_codes(config);
    checker.check_selectors(config, unknown);
    checker.check_types(config);
    checker.check_client(config);
    for (index, credentials) in config.client.credentials.iter().enumerate() {
        checker.check_credentials(index, credentials, unknown);
    }
    checker.check_operations(config);
    checker.check_pointers(config);
    checker.check_streams(&config.streams);
    checker.check_webhooks(&config.webhooks);
}

struct Checker<'a> {
    /// The parsed codegen.toml, which has the locations of the values.
    root: &'a DeTable<'a>,
    diagnostics: &'a mut Diagnostics,
}

impl Checker<'_> {
    /// Reports a value that is not what `expected` describes. `path` has the keys that lead to the value.
    fn report(&mut self, path: &[&str], value: &str, expected: &str, help: &str) {
        self.report_at(key_range(self.root, path).unwrap_or_default(), value, expected, help);
    }

    /// Reports a value at a byte range.
    fn report_at(&mut self, range: Range<usize>, value: &str, expected: &str, help: &str) {
        self.report_message(range, format!("`{value}` is not {expected}"), help);
    }

    /// Reports a problem with the value at a byte range.
    fn report_message(&mut self, range: Range<usize>, message: String, help: &str) {
        let diagnostic = Diagnostic::error(code::CONFIG_VALUE, Location::Config(range), message);
        self.diagnostics.push(diagnostic.help(help));
    }

    /// Checks the keys about the kind of output. Reports keys that have no effect on it.
    fn check_output(&mut self, config: &Config, is_unknown: impl Fn(&str) -> bool) {
        let only_for_crates = [
            (&["tests", "dispatcher"][..], config.tests.dispatcher.is_some()),
            (&["mock", "dependency"], config.mock.dependency.is_some()),
            (&["manifest"], !config.manifest.is_empty()),
        ];
        if config.output == Output::Module {
            for (path, _) in only_for_crates.iter().filter(|(_, is_set)| *is_set) {
                let expected = "a key for a module, which has no `Cargo.toml` and no tests";
                self.report(path, &path.join("."), expected, "remove the key, or set `output = \"crate\"`");
            }
        }
        if let Some(runtime) = &config.runtime {
            self.check_runtime(runtime);
        }
        if config.workspace.is_some() {
            let is_unused = |key: &&str| !["manifest", "runtime", "workspace"].contains(key);
            let keys: Vec<String> = self.root.keys().map(|key| key.get_ref().to_string()).collect();
            for key in keys.iter().map(String::as_str).filter(is_unused).filter(|key| !is_unknown(key)) {
                let help = "move the key to the configuration of each document, `NAME.toml` beside `NAME.yaml`";
                self.report(&[key], key, "a key of a workspace", help);
            }
        }
        if config.workspace.as_ref().is_some_and(|workspace| workspace.documents.is_empty()) {
            self.report(&["workspace", "documents"], "", "the path of a folder", "write a path such as `specs`");
        }
    }

    fn check_runtime(&mut self, runtime: &toml::Table) {
        const TEXTS: [&str; 7] = ["branch", "git", "package", "path", "registry", "rev", "tag"];
        let is_valid = |key: &str, value: &toml::Value| match key {
            "version" => value
                .as_str()
                .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit() || "=^~><*".contains(c))),
            "workspace" => value.as_bool() == Some(true),
            "features" => value.as_array().is_some_and(|features| features.iter().all(toml::Value::is_str)),
            key => TEXTS.contains(&key) && value.is_str(),
        };
        for (key, value) in runtime.iter().filter(|(key, value)| !is_valid(key, value)) {
            let help = "write the entry as for a dependency in `Cargo.toml`; the keys are `version`, `path`, `git`, `branch`, \
                        `tag`, `rev`, `registry`, `package`, `workspace` and `features`";
            self.report(&["runtime", key], &format!("{key} = {value}"), "a valid entry of a dependency", help);
        }
        if !["git", "path", "version", "workspace"].iter().any(|key| runtime.contains_key(*key)) {
            self.report(
                &["runtime"],
                "runtime",
                "a complete dependency",
                "set `version`, `path`, `git` or `workspace = true`",
            );
        }
    }

    fn check_crate_name(&mut self, name: &str) {
        let path = ["crate", "name"];
        let is_configured = key_range(self.root, &path).is_some();
        let has_valid_letters = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if is_configured && (!has_valid_letters || !name.starts_with(|c: char| c.is_ascii_alphabetic())) {
            let help = "use letters, digits, `-` and `_`, and begin with a letter";
            self.report(&path, name, "a valid crate name", help);
        }
    }

    fn check_dispatcher(&mut self, config: &Config) {
        if let Some(path) = config.tests.dispatcher.as_ref().filter(|path| !is_test_module(path)) {
            let expected = "the lower-case path of a Rust file in `tests`, `benches` or `examples`";
            let help = "write a path such as `tests/support/dispatch.rs`";
            self.report(&["tests", "dispatcher"], path, expected, help);
        }
    }

    fn check_formats(&mut self, config: &Config) {
        for ty in config.formats.values() {
            let text = ty.get_ref();
            if !FORMAT_TYPES.contains(&text.as_str()) && !is_type(text, config.output) {
                let types = FORMAT_TYPES.map(|ty| format!("`{ty}`")).join(", ");
                let help = format!("write the path of a type with its crate, or one of {types}");
                self.report_at(ty.span(), text, "a valid type for a format", &help);
            }
        }
    }

    fn check_types(&mut self, config: &Config) {
        let mut locations = HashSet::new();
        self.check_derives(&config.types.derives, config);
        for SchemaOptions { at, replace, derives, enums } in &config.types.schemas {
            self.check_derives(derives, config);
            if replace.is_none() && derives.is_empty() && enums.is_none() {
                let help = "add `replace`, `derives` or `enum`, or remove the entry";
                self.report_message(at.span(), format!("the entry for `{}` has no option", at.get_ref()), help);
            }
            if !locations.insert(at.get_ref()) {
                let help = "move the options to the first entry with this location";
                self.report_message(at.span(), format!("`{}` already has an entry", at.get_ref()), help);
            }
            if let Some(path) = replace.as_ref().filter(|path| !is_type(path.get_ref(), config.output)) {
                let help = "write the path of a type with its crate, such as `rust_decimal::Decimal`";
                self.report_at(path.span(), path.get_ref(), "the path of a Rust type", help);
            }
        }
    }

    fn check_derives(&mut self, derives: &[Spanned<String>], config: &Config) {
        for path in derives {
            let text = path.get_ref();
            if !is_derive(text, config.output) {
                let help = "write the path of a macro with its crate, such as `derive_more::From`";
                self.report_at(path.span(), text, "the path of a derive macro", help);
            } else if let Some((reason, help)) = reason_against_derive(last_name(text)) {
                self.report_at(path.span(), text, &format!("an additional derive: {reason}"), help);
            }
        }
    }

    /// Reports selectors without a key. They could match either no operation or all operations.
    fn check_selectors(&mut self, config: &Config, unknown: &[Vec<String>]) {
        for (key, selectors) in [("include", &config.select.include), ("exclude", &config.select.exclude)] {
            let selectors = selectors.iter().enumerate();
            for (index, _) in selectors.filter(|(_, selector)| selector.get_ref().is_empty()) {
                let index = index.to_string();
                let table = ["select", key, index.as_str()];
                // An unknown key of the table is already reported.
                if !unknown.iter().any(|path| path.starts_with(&table.map(str::to_owned))) {
                    let help = "set `tag`, `path`, `method` or `operation`, or remove the table";
                    self.report(&table, "{}", "a selector with a key", help);
                }
            }
        }
    }

    /// Checks the codes of `on_error_by_code`.
    fn check_codes(&mut self, config: &Config) {
        let codes = || OPERATION_ERRORS.iter().map(|code| code.id);
        for id in config.on_error_by_code.keys() {
            let expected = match Code::find(id) {
                Some(code) if OPERATION_ERRORS.contains(&code) => continue,
                Some(_) => "a code of errors that leave out an operation",
                None => "a diagnostic code",
            };
            let help = match did_you_mean(&id.to_uppercase(), codes()).filter(|_| Code::find(id).is_none()) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => format!(
                    "write one of the codes {}",
                    codes().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            self.report(&["on_error_by_code", id], id, expected, &help);
        }
    }

    fn check_client(&mut self, config: &Config) {
        let client = &config.client;
        if let Some(host) = &client.host {
            let placeholders = ["{product}", "[.{edge}]", "[.{region}]"];
            let constant = placeholders.iter().fold(host.template.clone(), |host, part| host.replacen(part, "", 1));
            let has_valid_characters = constant.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
            // The client compares host names label by label.
            let mut after_brackets = host.template.split(']').skip(1);
            let has_whole_labels = after_brackets.all(|after| after.is_empty() || after.starts_with(['.', '[']));
            if !has_valid_characters || !has_whole_labels {
                let help = "write it like `{product}[.{edge}][.{region}].example.com`, with a dot or nothing after each bracket";
                self.report(&["client", "host", "template"], &host.template, "a valid host template", help);
            }
        }
        if let Some(url) = client.token_url.as_ref().filter(|url| !url.starts_with("https://")) {
            self.report(&["client", "token_url"], url, "a secure URL", "begin it with `https://`");
        }
        if let Some(name) = client.idempotency_key.as_ref().filter(|name| !is_extra_header(name)) {
            let help = "write the name of a header for idempotency keys, such as `Idempotency-Key`";
            self.report(&["client", "idempotency_key"], name, "a valid header for an idempotency key", help);
        }
        if let Some(name) = client.base_url_variable.as_ref().filter(|name| !is_variable(name)) {
            self.report(&["client", "base_url_variable"], name, EXPECTED_VARIABLE_NAME, VARIABLE_NAME_HELP);
        }
    }

    fn check_credentials(&mut self, index: usize, credentials: &Credentials, unknown: &[Vec<String>]) {
        let index = index.to_string();
        let table = ["client", "credentials", index.as_str()];
        for (key, name) in credentials.keys().filter(|(key, name)| *key != "scheme" && !is_variable(name)) {
            self.report(&[&table[..], &[key]].concat(), name, EXPECTED_VARIABLE_NAME, VARIABLE_NAME_HELP);
        }
        // An unknown key of the table is already reported. It may be the misspelled name of the missing key, so the missing
        // key is not reported.
        let is_misspelled = unknown.iter().any(|path| path.starts_with(&table.map(str::to_owned)));
        if credentials.variables().is_none() && !is_misspelled {
            let keys: Vec<&str> = credentials.keys().map(|(key, _)| key).collect();
            let path = [&table[..], keys.first().map_or(&[], std::slice::from_ref)].concat();
            let value = if keys.is_empty() { "{}".to_owned() } else { keys.join(", ") };
            let help = "set `user` and `password`, or `token`, or `key`, or `client_id` and `client_secret`";
            self.report(&path, &value, "a complete set of credentials", help);
        }
        if let Some(pattern) = credentials.pattern.as_ref().filter(|pattern| regex_lite::Regex::new(pattern).is_err()) {
            let path = [&table[..], &["pattern"]].concat();
            let help = "write a regular expression without look-around";
            self.report(&path, pattern, "a supported regular expression", help);
        }
    }

    /// Reports `operations` in the settings of a single operation, where it is not allowed.
    fn check_operations(&mut self, config: &Config) {
        for (id, paging) in config.paging.iter().flat_map(|paging| &paging.operations) {
            if !paging.get_ref().operations.is_empty() {
                let path = ["paging", "operations", id, "operations"];
                self.report(&path, "operations", "a key for a single operation", "move it to `[paging]`");
            }
        }
    }

    /// Reports values that must be JSON pointers.
    fn check_pointers(&mut self, config: &Config) {
        let errors = [
            (["errors", "code"], config.errors.code.as_slice()),
            (["errors", "message"], &config.errors.message),
            (["errors", "more_info"], &config.errors.more_info),
            (["personal", "markers"], &config.personal.markers),
        ];
        for (path, pointers) in errors {
            for pointer in pointers {
                self.check_pointer(&path, pointer);
            }
        }
        for pointer in &config.webhooks.event {
            self.check_pointer(&["webhooks", "event"], pointer);
        }
        let general = config.paging.iter().map(|paging| (vec!["paging"], paging));
        let operations = config.paging.iter().flat_map(|paging| &paging.operations);
        let operations = operations.map(|(id, paging)| (vec!["paging", "operations", id], paging.get_ref()));
        for (table, paging) in general.chain(operations) {
            for (key, pointer) in paging.pointers() {
                self.check_pointer(&[&table[..], &[key]].concat(), pointer);
            }
        }
    }

    fn check_streams(&mut self, streams: &Streams) {
        for (path, values, expected) in streams.items() {
            if values.iter().any(String::is_empty) {
                self.report(&path, "", expected, "remove the empty string");
            }
        }
    }

    fn check_webhooks(&mut self, webhooks: &Webhooks) {
        let path = ["webhooks", "event_header"];
        self.check_header(&path, webhooks.event_header.as_ref());
        if let (Some(header), false) = (&webhooks.event_header, webhooks.event.is_empty()) {
            self.report(
                &path,
                header,
                "the only location of the name of the event",
                "remove `event` or `event_header`",
            );
        }
        for (index, reply) in webhooks.replies.iter().enumerate() {
            let index = index.to_string();
            let path = |key| ["webhooks", "replies", &index, key];
            if !reply.name.starts_with(|c: char| c.is_ascii_alphabetic()) || !reply.name.chars().all(is_name_character)
            {
                self.report(&path("name"), &reply.name, "a valid name", "write a name such as `reject`");
            }
            if !(200..=599).contains(&reply.status) {
                let status = reply.status.to_string();
                self.report(&path("status"), &status, "the status of a response", "write a number from 200 to 599");
            }
        }
        let Some(signature) = &webhooks.signature else { return };
        let table = ["webhooks", "signature"];
        let path = |key| [&table[..], &[key]].concat();
        let kind = serde_json::to_value(signature.kind).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default();
        for (key, is_set, usage) in signature.keys() {
            match (is_set, usage) {
                (true, Usage::Unused) => {
                    self.report(&path(key), key, &format!("a key of the signature scheme `{kind}`"), "remove the key");
                }
                (false, Usage::Needed) => {
                    let help = format!("set `{key}`");
                    self.report(&path("kind"), kind, &format!("a complete signature scheme without `{key}`"), &help);
                }
                _ => {}
            }
        }
        self.check_header(&path("header"), signature.header.as_ref());
        self.check_header(&path("settings_header"), signature.settings_header.as_ref());
        for (name, value) in [("timestamp_key", &signature.timestamp_key), ("signature_key", &signature.signature_key)]
        {
            if let Some(value) = value.as_ref().filter(|value| value.is_empty() || value.contains([',', '=', ' '])) {
                self.report(&path(name), value, "a valid key", "write a key without `,`, `=` and spaces");
            }
        }
    }

    fn check_header(&mut self, path: &[&str], name: Option<&String>) {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if let Some(name) = name.filter(|name| name.is_empty() || !name.chars().all(is_letter)) {
            self.report(path, name, "a valid header name", "write a name such as `X-Signature`");
        }
    }

    fn check_pointer(&mut self, path: &[&str], pointer: &str) {
        if !pointer.starts_with('/') {
            self.report(path, pointer, "a JSON pointer", "write `/` before each key, as in `/meta/next`");
        }
    }
}

/// Returns why codegen.toml cannot add the derive of a trait that the generator implements itself, and what to do.
fn reason_against_derive(name: &str) -> Option<(&'static str, &'static str)> {
    let reason = match name {
        "Clone" | "Debug" | "Deserialize" | "PartialEq" => "all generated types implement this trait",
        "Default" => "the generator derives it for each struct without a required value",
        "Serialize" => {
            let help = "remove it, and set `serialize = \"all\"` if all types must implement it";
            return Some(("the generator implements it for each type that requests contain", help));
        }
        _ => return None,
    };
    Some((reason, "remove it"))
}

const EXPECTED_VARIABLE_NAME: &str = "a valid name of an environment variable";
const VARIABLE_NAME_HELP: &str = "use letters, digits and `_`, and begin with a letter";

/// Returns whether a header can have this name, and the client does not set the header for another purpose.
pub fn is_extra_header(name: &str) -> bool {
    const CLIENT_HEADERS: [&str; 18] = [
        "accept",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "date",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    ];
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_valid) && !CLIENT_HEADERS.contains(&name.to_ascii_lowercase().as_str())
}

/// The maximum length of the name of a file or folder.
const MAX_FILE_NAME_BYTES: usize = 100;

/// Returns whether a file of tests can be generated at a path below the crate's folder.
fn is_test_module(path: &str) -> bool {
    // Upper-case letters are not allowed, because some file systems do not distinguish them from lower-case letters.
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_file_name = |part: &str| {
        let stem = part.strip_suffix(".rs").unwrap_or(part);
        let has_valid_letters = stem.chars().all(|c| is_letter(c) || c == '-');
        has_valid_letters && stem.starts_with(is_letter) && !is_device(stem) && part.len() <= MAX_FILE_NAME_BYTES
    };
    let in_tests = ["tests/", "benches/", "examples/"].iter().any(|folder| path.starts_with(folder));
    in_tests && path.ends_with(".rs") && path.split('/').all(is_file_name)
}

/// Returns whether the name of a response, such as `reject`, `rejectAll` or `reject all`, may contain a character.
fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ')
}

#[cfg(test)]
mod tests {
    use super::is_extra_header;

    #[test]
    fn headers_of_the_client_or_the_connection_are_no_idempotency_keys() {
        for name in
            ["Cookie", "Range", "Expect", "DATE", "te", "Keep-Alive", "Proxy-Authorization", "Trailer", "a b", ""]
        {
            assert!(!is_extra_header(name), "{name}");
        }
        assert!(is_extra_header("PayPal-Request-Id"));
    }
}
