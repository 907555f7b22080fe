//! Checks the values in codegen.toml that need no document.

use toml::de::DeTable;

use crate::config::{Config, is_variable, key_range};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, code};
use crate::file_names::is_device;

/// Reports values that have the right type and still cannot be used. `unknown` has the paths of keys that are reported already.
pub(super) fn check(
    config: &Config,
    root: Option<&DeTable<'_>>,
    unknown: &[Vec<String>],
    diagnostics: &mut Diagnostics,
) {
    let mut wrong = |path: &[&str], value: &str, what: &str, help: &str| {
        let range = root.and_then(|root| key_range(root, path)).unwrap_or_default();
        let message = format!("`{value}` is not {what}");
        let diagnostic = Diagnostic::error(code::CONFIG_VALUE, Location::Config(range), message);
        diagnostics.push(diagnostic.help(help));
    };
    let name = &config.package.name;
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let given = root.is_some_and(|root| key_range(root, &["crate", "name"]).is_some());
    if given && (!letters || !name.starts_with(|c: char| c.is_ascii_alphabetic())) {
        wrong(
            &["crate", "name"],
            name,
            "a valid crate name",
            "use letters, digits, `-` and `_`, and begin with a letter",
        );
    }
    if let Some(path) = config.tests.dispatcher.as_ref().filter(|path| !is_test_module(path)) {
        let help = "write a path such as `tests/support/dispatch.rs`";
        wrong(
            &["tests", "dispatcher"],
            path,
            "the lower-case path of a Rust file in `tests`, `benches` or `examples`",
            help,
        );
    }
    for (format, ty) in &config.formats {
        let ty = ty.get_ref();
        if !is_word(ty) && syn::parse_str::<syn::TypePath>(ty).is_err() {
            let help =
                format!("write the path of a type, or one of {}", WORDS.map(|word| format!("`{word}`")).join(", "));
            wrong(&["formats", format], ty, "a valid type for a format", &help);
        }
    }
    if let Some(host) = &config.client.host {
        let parts = ["{product}", "[.{edge}]", "[.{region}]"];
        let rest = parts.iter().fold(host.template.clone(), |rest, part| rest.replacen(part, "", 1));
        if !rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) {
            let help = "write it like `{product}[.{edge}][.{region}].example.com`";
            wrong(&["client", "host", "template"], &host.template, "a valid host template", help);
        }
    }
    if let Some(url) = config.client.token_url.as_ref().filter(|url| !url.starts_with("https://")) {
        wrong(&["client", "token_url"], url, "a secure URL", "begin it with `https://`");
    }
    if let Some(name) = config.client.base_url_variable.as_ref().filter(|name| !is_variable(name)) {
        let help = "use letters, digits and `_`, and begin with a letter";
        wrong(&["client", "base_url_variable"], name, "a valid name of an environment variable", help);
    }
    for (index, pair) in config.client.credentials.iter().enumerate() {
        let at = index.to_string();
        let table = ["client", "credentials", at.as_str()];
        for (key, name) in pair.keys().filter(|(key, name)| *key != "scheme" && !is_variable(name)) {
            let help = "use letters, digits and `_`, and begin with a letter";
            wrong(&["client", "credentials", &at, key], name, "a valid name of an environment variable", help);
        }
        // A misspelled key may be the one that is missing here.
        let is_misspelled = unknown.iter().any(|path| path.starts_with(&table.map(str::to_owned)));
        if pair.held().is_none() && !is_misspelled {
            let keys: Vec<&str> = pair.keys().map(|(key, _)| key).collect();
            let path = [&table[..], keys.first().map_or(&[], std::slice::from_ref)].concat();
            let value = if keys.is_empty() { "{}".to_owned() } else { keys.join(", ") };
            let help = "set `user` and `password`, or `token`, or `key`, or `client_id` and `client_secret`";
            wrong(&path, &value, "a complete set of credentials", help);
        }
        if let Some(pattern) = pair.pattern.as_ref().filter(|pattern| regex_lite::Regex::new(pattern).is_err()) {
            let path = ["client", "credentials", &at, "pattern"];
            wrong(&path, pattern, "a supported regular expression", "write a regular expression without look-around");
        }
    }
    let pointers = [
        (["errors", "code"], config.errors.code.as_slice()),
        (["errors", "message"], &config.errors.message),
        (["errors", "more_info"], &config.errors.more_info),
        (["personal", "markers"], &config.personal.markers),
    ];
    for (path, values) in pointers {
        for value in values.iter().filter(|value| !value.starts_with('/')) {
            wrong(&path, value, "a JSON pointer", "write `/` before each key, as in `/meta/next`");
        }
    }
    let general = config.paging.iter().map(|paging| (vec!["paging"], paging));
    let operations = config.paging.iter().flat_map(|paging| &paging.operations);
    let operations = operations.map(|(id, paging)| (vec!["paging", "operations", id], paging.get_ref()));
    for (at, paging) in general.chain(operations) {
        for (key, value) in paging.pointers().filter(|(_, value)| !value.starts_with('/')) {
            let help = "write `/` before each key, as in `/meta/next`";
            wrong(&[&at[..], &[key]].concat(), value, "a JSON pointer", help);
        }
    }
}

/// The words for types that a format can have. Anything else is the path of a type of Rust.
pub const WORDS: [&str; 15] = [
    "any",
    "boolean",
    "bytes",
    "date",
    "date-time",
    "double",
    "duration",
    "float",
    "int32",
    "int64",
    "text",
    "uint32",
    "uint64",
    "uri",
    "uuid",
];

fn is_word(ty: &str) -> bool {
    WORDS.contains(&ty)
}

/// The longest name of a file or folder, in bytes.
const LONGEST_FILE_NAME: usize = 100;

/// Whether a file of tests can be generated at a path below the crate's folder.
fn is_test_module(path: &str) -> bool {
    // In small letters alone, no path is the same as another one where capitals do not count.
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let plain = |part: &str| {
        let stem = part.strip_suffix(".rs").unwrap_or(part);
        let letters = stem.chars().all(|c| letter(c) || c == '-');
        letters && stem.starts_with(letter) && !is_device(stem) && part.len() <= LONGEST_FILE_NAME
    };
    let in_tests = ["tests/", "benches/", "examples/"].iter().any(|folder| path.starts_with(folder));
    in_tests && path.ends_with(".rs") && path.split('/').all(plain)
}
