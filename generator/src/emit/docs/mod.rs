//! Emits documentation: converts the CommonMark of the document to text that is safe for rustdoc, and describes
//! constraints in words.

pub(crate) mod client_docs;
pub(crate) mod examples;
pub(crate) mod front_page;
pub(crate) mod markdown;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::characters::{floor_boundary, is_hidden, remove_hidden};
use crate::ir::{Constraint, Docs};
use markdown::rustdoc;

/// Returns the lines as doc comments.
pub fn attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}

/// Returns the lines of documentation, with a blank line after the summary. If there is no summary, `default_summary`
/// replaces it.
pub fn lines(docs: &Docs, default_summary: &str) -> Vec<String> {
    let mut lines = match docs.summary.is_empty() {
        true => vec![default_summary.to_owned()],
        false => rustdoc(&docs.summary),
    };
    if !docs.body.is_empty() {
        lines.push(String::new());
        lines.extend(rustdoc(&docs.body));
    }
    lines
}

/// Appends a paragraph.
pub fn paragraph(lines: &mut Vec<String>, text: impl AsRef<str>) {
    if !text.as_ref().is_empty() {
        lines.push(String::new());
        lines.extend(wrap(text.as_ref()));
    }
}

/// Appends a sentence to documentation. If the documentation is one paragraph, and not a list, table or code block, the
/// sentence becomes a part of it. Otherwise, it becomes a new paragraph.
pub fn append_sentence(lines: &mut Vec<String>, docs: &Docs, text: &str) {
    let is_plain = |line: &String| !line.starts_with(' ') && !line.starts_with("```") && !is_block(line);
    if text.is_empty() || lines.is_empty() || !docs.body.is_empty() || !lines.iter().all(is_plain) {
        return paragraph(lines, text);
    }
    let last = lines.pop().unwrap_or_default();
    lines.extend(wrap(&format!("{} {text}", as_sentence(&last))));
}

/// Returns the text with a full stop, unless it already ends with punctuation.
pub fn as_sentence(text: &str) -> String {
    let without_marks = text.trim_end().trim_end_matches(['"', '\'', ')', ']', '*', '_', '`']);
    let has_punctuation = without_marks.ends_with(['.', '!', '?', ':', ';', ',', '…', '|']) || without_marks.is_empty();
    format!("{}{}", text.trim_end(), if has_punctuation { "" } else { "." })
}

/// Returns the first sentence of a text, without its full stop if another sentence follows.
pub fn first_sentence(text: &str) -> &str {
    let mut full_stops = text.match_indices(". ").map(|(index, _)| index);
    let begins_sentence =
        |index: &usize| text[index + 2..].trim_start().starts_with(|c: char| c.is_uppercase() || c == '[');
    full_stops.find(begins_sentence).map_or(text, |index| &text[..index])
}

/// Returns a sentence about the default of a value. The sentence is empty if the documentation already mentions the
/// default.
pub fn default_sentence(docs: &Docs, value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    let value_text = value.to_string();
    let docs = format!("{} {}", docs.summary, docs.body).to_lowercase();
    match docs.contains("default") && docs.contains(&value_text.trim_matches('"').to_lowercase()) {
        true => String::new(),
        false => format!("The API's default is {}.", code(&value_text)),
    }
}

/// Joins alternatives: `a`, `a or b`, `a, b or c`.
pub fn join_with_or(alternatives: impl Iterator<Item = String>) -> String {
    let alternatives: Vec<String> = alternatives.collect();
    match alternatives.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The maximum length of a line of documentation in characters.
const MAX_LINE_LEN: usize = 110;

/// Breaks a long line at spaces. If the line begins a list item, the other lines have the indentation of its text.
pub fn wrap(line: &str) -> Vec<String> {
    let body = line.trim_start();
    let indent = line.len() - body.len() + if body.starts_with("- ") { 2 } else { 0 };
    let (first_prefix, text) = line.split_at(indent);
    let other_prefix = " ".repeat(indent);
    let lines = wrap_with_indent(text, indent).into_iter().enumerate();
    lines.map(|(index, line)| format!("{}{line}", if index == 0 { first_prefix } else { &other_prefix })).collect()
}

/// Breaks a long line at spaces, so that the lines are short enough for an indentation of `indent` characters. The
/// returned lines have no indentation.
pub fn wrap_with_indent(line: &str, indent: usize) -> Vec<String> {
    let max_len = MAX_LINE_LEN.saturating_sub(indent);
    if line.chars().count() <= max_len {
        return vec![line.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    for word in words(line).into_iter().filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            // At the beginning of a line, a word such as `-` would begin a list. The word therefore stays on the
            // previous line, even if that line becomes too long.
            Some(last) if is_block(word) || last.chars().count() + 1 + word.chars().count() <= max_len => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Splits a line at its spaces. A code span is not split.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut word_start, mut index) = (0, 0);
    while let Some(first) = line[index..].chars().next() {
        match first {
            ' ' => {
                words.push(&line[word_start..index]);
                word_start = index + 1;
                index += 1;
            }
            '`' => index += code_span_len(&line[index..]),
            c => index += c.len_utf8(),
        }
    }
    words.push(&line[word_start..]);
    words
}

/// Returns the constraints as a sentence, such as `A value of 1 to 1000.`. Without constraints, returns an empty string.
pub fn constraint_sentence(constraints: &[Constraint]) -> String {
    let find = |value: fn(&Constraint) -> Option<String>| constraints.iter().find_map(value);
    let range = |min: Option<String>, max: Option<String>, unit: &str| {
        let last = max.clone().or_else(|| min.clone())?;
        let unit = if last == "1" { unit.trim_end_matches('s') } else { unit };
        Some(match (min, max) {
            (Some(min), Some(max)) if min == max => format!("exactly {min}{unit}"),
            (Some(min), Some(max)) => format!("{min} to {max}{unit}"),
            (Some(min), None) => format!("at least {min}{unit}"),
            (None, _) => format!("at most {last}{unit}"),
        })
    };
    let phrases = [
        range(
            find(|c| if let Constraint::MinLength(n) = c { Some(n.to_string()) } else { None }),
            find(|c| if let Constraint::MaxLength(n) = c { Some(n.to_string()) } else { None }),
            " characters",
        ),
        range(
            find(|c| if let Constraint::Minimum(n) = c { Some(n.to_string()) } else { None }),
            find(|c| if let Constraint::Maximum(n) = c { Some(n.to_string()) } else { None }),
            "",
        )
        .map(|range| format!("a value of {range}")),
        find(
            |c| if let Constraint::ExclusiveMinimum(n) = c { Some(format!("a value of more than {n}")) } else { None },
        ),
        find(
            |c| if let Constraint::ExclusiveMaximum(n) = c { Some(format!("a value of less than {n}")) } else { None },
        ),
        find(|c| if let Constraint::MultipleOf(n) = c { Some(format!("a multiple of {n}")) } else { None }),
        range(
            find(|c| if let Constraint::MinItems(n) = c { Some(n.to_string()) } else { None }),
            find(|c| if let Constraint::MaxItems(n) = c { Some(n.to_string()) } else { None }),
            " items",
        ),
        range(
            find(|c| if let Constraint::MinProperties(n) = c { Some(n.to_string()) } else { None }),
            find(|c| if let Constraint::MaxProperties(n) = c { Some(n.to_string()) } else { None }),
            " properties",
        ),
        find(|c| matches!(c, Constraint::UniqueItems).then(|| "no duplicate items".to_owned())),
        find(|c| if let Constraint::Pattern(p) = c { Some(format!("matching {}", code(p))) } else { None }),
    ];
    let item_sentences = constraints.iter().filter_map(|constraint| match constraint {
        Constraint::Items(nested) | Constraint::AdditionalProperties(nested) => {
            Some(("each", constraint_sentence(nested))).filter(|(_, sentence)| !sentence.is_empty())
        }
        Constraint::PropertyNames(_, nested) => Some(("each name", constraint_sentence(nested))),
        _ => None,
    });
    let item_phrases = item_sentences.map(|(start, sentence)| {
        format!("{start} {}{}", sentence[..1].to_lowercase(), sentence[1..].trim_end_matches('.'))
    });
    let requires = constraints.iter().filter_map(|constraint| match constraint {
        Constraint::Requires(property, required) => {
            let required: Vec<String> = required.iter().map(|name| code(name)).collect();
            Some(format!("{} only with {}", code(property), required.join(" and ")))
        }
        _ => None,
    });
    let item_phrases = item_phrases.chain(requires);
    let sentence = phrases.into_iter().flatten().chain(item_phrases).collect::<Vec<_>>().join(", ");
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

/// Returns the text as a code span, which may contain backticks. Line breaks and invisible characters are escaped.
pub fn code(text: &str) -> String {
    if text.contains(is_hidden) {
        let escaped = text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.into() });
        return code(&escaped.collect::<String>());
    }
    let longest_run = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest_run + 1);
    let padding = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{padding}{text}{padding}{fence}")
}

/// Returns whether a line begins a block other than a paragraph: a list item, heading, quotation, table row, footnote,
/// code block or HTML.
pub fn is_block(line: &str) -> bool {
    let without_digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = without_digits.len() < line.len() && without_digits.starts_with(['.', ')']);
    let is_fence = line.starts_with("```") || line.starts_with("~~~");
    let is_html = line.starts_with('<') && autolink_len(line) == 0;
    is_fence
        || is_html
        || is_numbered
        || line.starts_with(['-', '*', '+', '#', '>', '|', '='])
        || line.starts_with("[^")
}

/// Returns a text without line breaks, escaped for rustdoc.
pub fn inline(text: &str) -> String {
    let text = remove_hidden(&text.replace(char::is_whitespace, " "));
    escaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Returns the summary and the body of documentation without line breaks.
pub fn inline_docs(docs: &Docs) -> String {
    inline(&format!("{} {}", docs.summary, docs.body))
}

/// Escapes a line of CommonMark for rustdoc: HTML becomes text, URLs become links, and brackets that are not part of a
/// link cannot become links to items.
pub fn escaped(line: &str) -> String {
    let mut escaped = String::new();
    let mut remaining = line;
    while let Some(first) = remaining.chars().next() {
        let copied_len = match first {
            '`' => code_span_len(remaining),
            'h' if bare_url_len(remaining) > 0 => {
                let url_len = bare_url_len(remaining);
                escaped.push('<');
                escaped.push_str(&remaining[..url_len]);
                escaped.push('>');
                remaining = &remaining[url_len..];
                continue;
            }
            '\\' => remaining.chars().take(2).map(char::len_utf8).sum(),
            '[' => match link_len(remaining) {
                0 => {
                    escaped.push('\\');
                    1
                }
                link_len => {
                    // Escape HTML in the text of the link, too.
                    let text_len = remaining.find(']').unwrap_or_default();
                    escaped.push_str(&remaining[..text_len].replace("\\<", "<").replace('<', "\\<"));
                    remaining = &remaining[text_len..];
                    link_len - text_len
                }
            },
            '<' => match autolink_len(remaining) {
                0 => {
                    escaped.push('\\');
                    1
                }
                link_len => link_len,
            },
            c => c.len_utf8(),
        };
        escaped.push_str(&remaining[..copied_len]);
        remaining = &remaining[copied_len..];
    }
    escaped
}

/// Returns the beginning of a text, in which the end of a span is searched. Without this limit, the time to escape a
/// text with many opening brackets would grow with the square of its length.
fn searched_part(text: &str) -> &str {
    &text[..floor_boundary(text, 2_000)]
}

/// Returns the length of the code span at the beginning of the text. If the span has no end, returns the number of
/// backticks.
fn code_span_len(text: &str) -> usize {
    let tick_count = text.len() - text.trim_start_matches('`').len();
    let fence = &text[..tick_count];
    searched_part(&text[tick_count..]).find(fence).map_or(tick_count, |end| tick_count + end + tick_count)
}

/// Returns the length of the URL at the beginning of the text. Without a URL, returns 0.
fn bare_url_len(text: &str) -> usize {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return 0;
    }
    let end = text.find(|c: char| c.is_whitespace() || "<>()[]`\"'|{}\\".contains(c)).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']).len()
}

/// Returns the length of the link `[text](target)` at the beginning of the text. Without a link, returns 0.
fn link_len(text: &str) -> usize {
    let Some(text_end) = searched_part(text).find(']') else { return 0 };
    if !text[text_end + 1..].starts_with('(') {
        return 0;
    }
    searched_part(&text[text_end..]).find(')').map_or(0, |target_end| text_end + target_end + 1)
}

/// Returns the length of the link `<https://…>` at the beginning of the text. Without a link, returns 0.
fn autolink_len(text: &str) -> usize {
    match bare_url_len(&text[1..]) {
        0 => 0,
        _ => searched_part(text).find('>').map_or(0, |end| end + 1),
    }
}

/// Returns the lines of a list item.
pub fn list_item(text: &str) -> Vec<String> {
    wrap(&format!("- {text}."))
}

/// Returns whether rustdoc accepts a text in `#[doc(alias = "...")]`. The caller must leave out the name of the item,
/// which rustdoc also rejects.
pub fn is_valid_alias(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "'\"".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_for_rustdoc() {
        for (text, expected) in [
            ("Give `a[0]` and [docs](https://e.com/x).", "Give `a[0]` and [docs](https://e.com/x)."),
            ("See https://e.com/a_b. Then", "See <https://e.com/a_b>. Then"),
            ("<https://e.com>", "<https://e.com>"),
            ("it (https://e.com) or \"https://e.com\"", "it (<https://e.com>) or \"<https://e.com>\""),
            ("the [<b> tag](https://e.com)", "the [\\<b> tag](https://e.com)"),
            ("a list [1] of <b>HTML</b>", "a list \\[1] of \\<b>HTML\\</b>"),
        ] {
            assert_eq!(inline(text), expected);
        }
        assert_eq!(code("a\u{202e}\n"), "`a\\u{202e}\\n`");
    }

    #[test]
    fn appended_sentences_follow_plain_paragraphs() {
        for (description, expected) in [
            ("A name", "A name. More."),
            ("See (`x`).", "See (`x`). More."),
            ("By \"x.\"", "By \"x.\" More."),
            ("Of:\n- a\n- b", "Of:\n- a\n- b\n\nMore."),
            ("```\nx\n```", "```text\nx\n```\n\nMore."),
        ] {
            let docs = Docs::new(None, Some(description));
            let mut lines = lines(&docs, "");
            append_sentence(&mut lines, &docs, "More.");
            assert_eq!(lines.join("\n"), expected);
        }
        let docs = Docs::new(None, Some("Defaults to `desc`."));
        assert_eq!(default_sentence(&docs, Some(&"desc".into())), "");
        assert_eq!(default_sentence(&docs, Some(&"asc".into())), "The API's default is `\"asc\"`.");
    }

    #[test]
    fn constraints_are_described_in_words() {
        use Constraint::*;
        for (constraints, expected) in [
            (vec![], ""),
            (vec![MaxLength(256)], "At most 256 characters."),
            (vec![Minimum(1.0.into()), Maximum(1000.0.into())], "A value of 1 to 1000."),
            (vec![MinLength(34), MaxLength(34), Pattern("^IS`$".into())], "Exactly 34 characters, matching ``^IS`$``."),
            (
                vec![ExclusiveMinimum(0.5.into()), MinItems(1), UniqueItems],
                "A value of more than 0.5, at least 1 item, no duplicate items.",
            ),
        ] {
            assert_eq!(constraint_sentence(&constraints), expected);
        }
    }
}
