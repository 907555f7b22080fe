//! The files of the runtime, embedded as text, and the copies of them in generated crates.

use super::features::Features;

/// Returns the path below `src` and the text of each runtime file that a crate with these features needs.
///
/// A file is needed if its module is declared without `#[cfg(feature = "…")]`, or with a feature that is selected. The attributes
/// are resolved here, because the generated crate has only the optional features of the runtime.
pub fn copies(features: &Features) -> Vec<(String, String)> {
    let mut copies = Vec::new();
    let mut module_files = vec!["mod.rs".to_owned()];
    while let Some(path) = module_files.pop() {
        let Some(text) = embedded_file(&path) else { continue };
        let text = resolve_features(text, features);
        if let Some(folder) = path.strip_suffix("mod.rs") {
            for name in text.lines().filter_map(declared_module) {
                let file = format!("{folder}{name}.rs");
                let exists = embedded_file(&file).is_some();
                module_files.push(if exists { file } else { format!("{folder}{name}/mod.rs") });
            }
        }
        copies.push((format!("src/runtime/{path}"), text));
    }
    copies
}

/// Returns the path and the text of each file of the module `runtime`, with all features.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied()
}

/// The text of `src/lib.rs` in the crate of a shared runtime.
pub const SHARED_ROOT: &str =
    "//! The runtime of the generated crates.\n\n#[macro_use]\n#[rustfmt::skip]\npub mod runtime;\n";

fn embedded_file(path: &str) -> Option<&'static str> {
    let index = FILES.binary_search_by_key(&path, |(file_path, _)| file_path).ok()?;
    Some(FILES[index].1)
}

/// Returns the name of the module if a line declares a module in a separate file.
fn declared_module(line: &str) -> Option<&str> {
    line.trim_start_matches("pub(crate) ").trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')
}

/// Returns a text without the items behind features that are not selected, and without the attributes of the selected
/// features. The macros of a copy are private, so the attribute that exports them is also left out.
fn resolve_features(text: &str, features: &Features) -> String {
    let mut kept_lines: Vec<&str> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(feature) = attribute_feature(line) else {
            if line == "#[macro_export]" {
                kept_lines.pop_if(|line| *line == "#[doc(hidden)]");
            } else {
                kept_lines.push(line);
            }
            continue;
        };
        if features.contains_name(feature) {
            kept_lines.extend(Features::is_optional(feature).then_some(line));
            continue;
        }
        while kept_lines.pop_if(|line| is_comment_or_attribute(line)).is_some() {}
        skip_item(&mut lines, indentation(line));
        let starts_block = kept_lines.last().is_none_or(|line| line.is_empty() || line.ends_with('{'));
        if starts_block {
            lines.next_if(|line| line.is_empty());
        }
    }
    let text = kept_lines.join("\n") + "\n";
    // If the last item of a block is left out, leave out the blank line before it, too.
    text.replace("\n\n}", "\n}")
}

/// Skips the lines of an item, a field, a match arm or a statement. `item_indentation` is the indentation of its first line.
///
/// This function relies on the format of rustfmt. An item ends with the first line that has the same indentation and ends with
/// `;`, `,` or `}`. If a line of the item ends with `=` or `=>`, the rest of the item is indented, and ends with the first line
/// that ends with `;` or `,`.
fn skip_item<'l>(lines: &mut impl Iterator<Item = &'l str>, item_indentation: usize) {
    let mut is_assignment = false;
    for line in lines {
        let is_at_indentation = indentation(line) == item_indentation;
        is_assignment |= is_at_indentation && (line.ends_with(" =") || line.ends_with("=>"));
        let is_end = match is_at_indentation {
            true => line.ends_with([';', ',', '}']),
            false => is_assignment && line.ends_with([';', ',']),
        };
        if is_end {
            return;
        }
    }
}

/// Returns the part of the runtime that the line `#[cfg(feature = "…")]` names. Returns `None` for the features that generated
/// crates have, such as `blocking`.
fn attribute_feature(line: &str) -> Option<&str> {
    let feature = line.trim_start().strip_prefix("#[cfg(feature = \"")?.strip_suffix("\")]")?;
    Features::is_part(feature).then_some(feature)
}

/// Returns whether a line is a comment or an attribute, which belongs to the following item.
fn is_comment_or_attribute(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") && !line.starts_with("//!") || line.starts_with("#[")
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        /// The path and the text of each file of the module `runtime`, sorted by path.
        // `embedded_runtime` is a link to `runtime/src/runtime`. Cargo packages the files behind a link, but no files
        // outside of the package.
        const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../embedded_runtime/", $path)))),*];
    };
}

files![
    "auth/anonymous.rs",
    "auth/authorization.rs",
    "auth/credentials/credential_set.rs",
    "auth/credentials/mod.rs",
    "auth/credentials/token_provider.rs",
    "auth/mod.rs",
    "auth/scheme.rs",
    "auth/secret.rs",
    "auth/security.rs",
    "auth/token.rs",
    "client/api.rs",
    "client/base_url.rs",
    "client/blocking.rs",
    "client/builder.rs",
    "client/connection.rs",
    "client/environment.rs",
    "client/exchange.rs",
    "client/host_template.rs",
    "client/mod.rs",
    "client/observe.rs",
    "client/rate_limit.rs",
    "client/retry.rs",
    "client/scope.rs",
    "client/servers.rs",
    "client/time.rs",
    "client/tls.rs",
    "client/tokio_context.rs",
    "client/transport.rs",
    "error/api_error.rs",
    "error/call.rs",
    "error/call_error.rs",
    "error/config_error.rs",
    "error/decode_error.rs",
    "error/invalid.rs",
    "error/json_text_error.rs",
    "error/missing_field.rs",
    "error/mod.rs",
    "error/paging_error.rs",
    "error/redaction.rs",
    "error/typed_error.rs",
    "error/unescape.rs",
    "mod.rs",
    "model/alternative.rs",
    "model/any_json.rs",
    "model/base64.rs",
    "model/big_number.rs",
    "model/chrono_types.rs",
    "model/date.rs",
    "model/from_json.rs",
    "model/impl_model.rs",
    "model/iso_duration.rs",
    "model/jiff_types.rs",
    "model/json_text.rs",
    "model/mod.rs",
    "model/nested.rs",
    "model/newtype.rs",
    "model/nullable.rs",
    "model/rfc3339.rs",
    "model/scalars.rs",
    "model/string_enum.rs",
    "model/time_types.rs",
    "model/timestamp.rs",
    "model/tuple.rs",
    "model/union.rs",
    "model/value_enum.rs",
    "model/with_serde.rs",
    "model/wrapper.rs",
    "pagination/link_header.rs",
    "pagination/mod.rs",
    "pagination/next_page.rs",
    "pagination/page.rs",
    "pagination/page_parameter.rs",
    "pagination/pager.rs",
    "request/charset.rs",
    "request/cookies.rs",
    "request/encode.rs",
    "request/extra.rs",
    "request/future.rs",
    "request/header_value.rs",
    "request/idempotency_key.rs",
    "request/json_body.rs",
    "request/json_lines.rs",
    "request/mod.rs",
    "request/multipart.rs",
    "request/operation.rs",
    "request/param_value.rs",
    "request/partial_path_param.rs",
    "request/path.rs",
    "request/raw_request.rs",
    "request/repeated_path_param.rs",
    "request/request_parts.rs",
    "request/request_type.rs",
    "request/stream_flag.rs",
    "request/string_set.rs",
    "request/styles.rs",
    "request/upload.rs",
    "response/body.rs",
    "response/decode.rs",
    "response/decode_with_serde.rs",
    "response/download.rs",
    "response/event.rs",
    "response/events.rs",
    "response/json_cursor.rs",
    "response/json_reader.rs",
    "response/json_value.rs",
    "response/lenient.rs",
    "response/media_type.rs",
    "response/mismatch.rs",
    "response/mod.rs",
    "response/optional_body.rs",
    "response/properties.rs",
    "response/raw_json.rs",
    "response/raw_response.rs",
    "response/reconnect.rs",
    "response/redirect.rs",
    "response/response_enum.rs",
    "response/splitter.rs",
    "response/stream_rules.rs",
    "response/text_body.rs",
    "response/value_reader.rs",
    "response/values.rs",
    "validation/constraint.rs",
    "validation/decimal.rs",
    "validation/finite.rs",
    "validation/json_validation.rs",
    "validation/mod.rs",
    "validation/pattern.rs",
    "validation/regexes.rs",
    "validation/simple_pattern.rs",
    "webhooks/axum.rs",
    "webhooks/body_signature.rs",
    "webhooks/error.rs",
    "webhooks/keys.rs",
    "webhooks/mod.rs",
    "webhooks/payload.rs",
    "webhooks/receiver.rs",
    "webhooks/reply.rs",
    "webhooks/request.rs",
    "webhooks/signature.rs",
    "webhooks/signer.rs",
    "webhooks/url_signature.rs",
    "webhooks/verifier.rs",
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::features::Features;
    use super::{FILES, copies, resolve_features};

    #[test]
    fn all_files_of_the_runtime_are_embedded_in_order() {
        let mut on_disk = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("embedded_runtime");
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => on_disk.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned()),
                }
            }
        }
        on_disk.sort_unstable();
        assert_eq!(FILES.iter().map(|(path, _)| *path).collect::<Vec<_>>(), on_disk);
    }

    #[test]
    fn a_crate_with_all_features_has_all_files() {
        assert_eq!(copies(&Features::all()).len(), FILES.len());
    }

    #[test]
    fn no_copy_mentions_a_part_of_the_runtime() {
        for features in [Features::default(), Features::all()] {
            for (path, text) in copies(&features) {
                let mut parts = text.lines().filter_map(super::attribute_feature);
                let part = parts.find(|part| !Features::is_optional(part));
                assert_eq!(part, None, "{path}");
            }
        }
    }

    #[test]
    fn a_removed_item_contains_no_other_item() {
        for (path, text) in FILES {
            let lines: Vec<&str> = text.lines().collect();
            let attributes = (0..lines.len()).filter(|index| super::attribute_feature(lines[*index]).is_some());
            for start in attributes {
                let indentation = super::indentation(lines[start]);
                let mut rest = lines[start + 1..].iter().copied();
                super::skip_item(&mut rest, indentation);
                let item = &lines[start + 1..lines.len() - rest.count()];
                let is_start = |line: &&&str| {
                    super::indentation(line) == indentation
                        && !line.trim_start().starts_with(['}', ')', ']', '{', '#', '/'])
                        && !["where", ""].contains(&line.trim())
                };
                assert_eq!(item.iter().filter(is_start).count(), 1, "{path}: {item:#?}");
            }
        }
    }

    #[test]
    fn items_behind_features_are_removed_with_their_comments() {
        let text = "\
struct A {
    /// Kept.
    a: u8,
    /// Removed.
    #[cfg(feature = \"styles\")]
    b: u8,
}

/// Removed.
#[cfg(feature = \"styles\")]
fn f(
    a: u8,
) -> u8 {
    a
}

#[cfg(feature = \"blocking\")]
fn kept() {}

impl A {
    fn g(a: bool, b: bool) -> bool {
        #[cfg(feature = \"styles\")]
        let a =
            a || b;
        a
    }

    #[cfg(feature = \"styles\")]
    fn h() {}
}
";
        let expected = "\
struct A {
    /// Kept.
    a: u8,
}

#[cfg(feature = \"blocking\")]
fn kept() {}

impl A {
    fn g(a: bool, b: bool) -> bool {
        a
    }
}
";
        assert_eq!(resolve_features(text, &Features::default()), expected);
        let with_all = text
            .replace("        #[cfg(feature = \"styles\")]\n", "")
            .replace("    #[cfg(feature = \"styles\")]\n", "")
            .replace("#[cfg(feature = \"styles\")]\n", "");
        assert_eq!(resolve_features(text, &Features::all()), with_all);
    }
}
