//! The traits that the macros of the runtime implement.

use proc_macro2::{Delimiter, TokenTree};

use super::ItemKind;
use super::scope::{Scope, text};
use super::tokens::{after, group, split};

/// Returns the items that a call of a macro declares: their paths, and the feature that they need.
pub(super) fn items(name: &str, tokens: &[TokenTree], scope: &Scope) -> Vec<(String, ItemKind, Option<&'static str>)> {
    let Some(arguments) = group(tokens, Delimiter::Parenthesis) else { return Vec::new() };
    let arguments: Vec<TokenTree> = arguments.into_iter().collect();
    let is_response = arguments.first().is_some_and(|token| token.to_string() == "response");
    let arguments = if is_response { &arguments[1..] } else { &arguments[..] };
    let Some(TokenTree::Ident(ty)) = arguments.first() else { return Vec::new() };
    let ty = scope.resolve_path(&ty.to_string());
    let head: Vec<TokenTree> = arguments[1..].iter().take_while(|token| !is_brace(token)).cloned().collect();
    let tail = arguments.iter().skip_while(|token| !is_brace(token)).skip(1);
    let is_open = tail.clone().next().is_some_and(|token| token.to_string() == "else");
    let serialize = is_response.then_some("test-util");
    let one = |of_trait: &str| (of_trait.to_owned(), Vec::new(), None);
    let model = |others: &[&str]| {
        let mut traits = vec![one("serde::Deserialize"), ("serde::Serialize".to_owned(), Vec::new(), serialize)];
        traits.extend(others.iter().map(|name| one(name)));
        traits
    };
    let conversion = |target: &str| one(&format!("{}<{target}>", if is_open { "From" } else { "TryFrom" }));
    let traits = match name {
        "impl_model" if !head.is_empty() => model(&["Debug", "Default"]),
        "impl_model" => model(&["Debug"]),
        "impl_newtype" => model(&["Display"]),
        "impl_string_enum" => {
            let mut traits = model(&["Display"]);
            traits.push(conversion("String"));
            traits
        }
        "impl_value_enum" => {
            let mut traits = model(&[]);
            traits.push(conversion(&text(&head[1.min(head.len())..], scope)));
            traits
        }
        "impl_union" | "impl_wrapper" => model(&[]),
        "redacted_newtype" | "redacted_union" => vec![one("Debug")],
        "union_from" => {
            let variants = group(arguments, Delimiter::Brace)
                .into_iter()
                .flat_map(|body| split(&body.into_iter().collect::<Vec<_>>()));
            let types = variants.filter_map(|variant| group(&variant, Delimiter::Parenthesis));
            types.map(|ty| one(&format!("From<{}>", text(&ty.into_iter().collect::<Vec<_>>(), scope)))).collect()
        }
        "impl_operation" => {
            let decoder = text(after(arguments, '=').get(1..).unwrap_or_default(), scope);
            vec![("IntoFuture".to_owned(), vec![format!("Output = {}", value_of(&decoder))], None)]
        }
        _ => Vec::new(),
    };
    let items = traits
        .into_iter()
        .map(|(of_trait, types, feature)| (format!("{ty}: {of_trait}"), ItemKind::Implementation(types), feature));
    items.collect()
}

/// Returns the type of the values of a decoder. `Context::response_decoder` has the same pairs.
fn value_of(decoder: &str) -> String {
    let Some(runtime_decoder) = decoder.strip_prefix("crate::runtime::") else { return decoder.to_owned() };
    let (name, argument) = runtime_decoder.split_once('<').unwrap_or((runtime_decoder, ""));
    let argument = argument.strip_suffix('>').unwrap_or(argument).trim_end_matches(", crate::runtime::Serde");
    let values = |of: &str| format!("crate::runtime::Values<{of}>");
    let event = |of: &str| format!("crate::runtime::Event<{of}>");
    match name {
        "Json" => argument.to_owned(),
        "Optional" => format!("Option<{}>", value_of(argument)),
        "Nothing" => "()".to_owned(),
        "Text" => "String".to_owned(),
        "Streamed" => "crate::runtime::Download".to_owned(),
        "Events" => values(&event(argument)),
        "TextEvents" => values(&event("String")),
        "Lines" | "Envelopes" | "DataEnvelopes" | "TextEnvelopes" => values(argument),
        "TextLines" => values("String"),
        _ => decoder.to_owned(),
    }
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}
