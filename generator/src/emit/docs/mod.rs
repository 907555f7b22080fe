//! Documentation: the document's CommonMark as rustdoc takes it, and what the constraints say in words.

pub(crate) mod client_docs;
pub(crate) mod examples;
pub(crate) mod front_page;
pub(crate) mod markdown;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::characters::{is_hidden, remove_hidden};
use crate::ir::{Constraint, Docs};
use markdown::rustdoc;

/// Lines as doc comments.
pub fn attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}

/// The summary and, after a blank line, the rest; or `otherwise` where the document says nothing.
pub fn lines(docs: &Docs, otherwise: &str) -> Vec<String> {
    let mut lines = match docs.summary.is_empty() {
        true => vec![otherwise.to_owned()],
        false => rustdoc(&docs.summary),
    };
    if !docs.body.is_empty() {
        lines.push(String::new());
        lines.extend(rustdoc(&docs.body));
    }
    lines
}

/// Puts a paragraph behind others.
pub fn paragraph(lines: &mut Vec<String>, text: impl AsRef<str>) {
    if !text.as_ref().is_empty() {
        lines.push(String::new());
        lines.extend(wrap(text.as_ref()));
    }
}

/// Says one thing more: in the last paragraph where there is only one, and it is no list or table.
pub fn remark(lines: &mut Vec<String>, docs: &Docs, text: &str) {
    let plain = |line: &String| !line.starts_with(' ') && !line.starts_with("```") && !is_block(line);
    if text.is_empty() || lines.is_empty() || !docs.body.is_empty() || !lines.iter().all(plain) {
        return paragraph(lines, text);
    }
    let last = lines.pop().unwrap_or_default();
    lines.extend(wrap(&format!("{} {text}", ended(&last))));
}

/// A text as a sentence that another can follow.
pub fn ended(text: &str) -> String {
    let bare = text.trim_end().trim_end_matches(['"', '\'', ')', ']', '*', '_', '`']);
    let stop = if bare.ends_with(['.', '!', '?', ':', ';', ',', '…', '|']) || bare.is_empty() { "" } else { "." };
    format!("{}{stop}", text.trim_end())
}

/// What a text says first.
pub fn first_sentence(text: &str) -> &str {
    let mut ends = text.match_indices(". ").map(|(at, _)| at);
    let begins = |at: &usize| text[at + 2..].trim_start().starts_with(|c: char| c.is_uppercase() || c == '[');
    ends.find(begins).map_or(text, |at| &text[..at])
}

/// What the API takes where nothing is given, if that is not said already.
pub fn default(docs: &Docs, value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    let text = value.to_string();
    let said = format!("{} {}", docs.summary, docs.body).to_lowercase();
    match said.contains("default") && said.contains(&text.trim_matches('"').to_lowercase()) {
        true => String::new(),
        false => format!("The API's default is {}.", code(&text)),
    }
}

/// Things of which each will do: `a`, `a or b`, `a, b or c`.
pub fn either(things: impl Iterator<Item = String>) -> String {
    let things: Vec<String> = things.collect();
    match things.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// How wide a line of documentation may be.
const WIDTH: usize = 110;

/// Breaks a line that is too long at its spaces. The lines of a list item stay below its text.
pub fn wrap(line: &str) -> Vec<String> {
    let body = line.trim_start();
    let indent = line.len() - body.len() + if body.starts_with("- ") { 2 } else { 0 };
    let (marks, text) = line.split_at(indent);
    let rest = " ".repeat(indent);
    let lines = wrapped(text, indent).into_iter().enumerate();
    lines.map(|(index, line)| format!("{}{line}", if index == 0 { marks } else { &rest })).collect()
}

/// The same for lines that stand behind something so wide.
pub fn wrapped(line: &str, behind: usize) -> Vec<String> {
    let width = WIDTH.saturating_sub(behind);
    if line.chars().count() <= width {
        return vec![line.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    for word in words(line).into_iter().filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            // What would begin something else at the beginning of a line stays where it is.
            Some(last) if is_block(word) || last.chars().count() + 1 + word.chars().count() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The parts of a line between which it may be broken: at spaces, but not inside a code span.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(first) = line[at..].chars().next() {
        match first {
            ' ' => {
                words.push(&line[start..at]);
                start = at + 1;
                at += 1;
            }
            '`' => at += code_span(&line[at..]),
            other => at += other.len_utf8(),
        }
    }
    words.push(&line[start..]);
    words
}

/// The constraints as a sentence: `1 to 1000.` Empty if there are none that can be said in words.
pub fn rules(constraints: &[Constraint]) -> String {
    let find = |pick: fn(&Constraint) -> Option<String>| constraints.iter().find_map(pick);
    let range = |low: Option<String>, high: Option<String>, unit: &str| {
        let last = high.clone().or_else(|| low.clone())?;
        let unit = if last == "1" { unit.trim_end_matches('s') } else { unit };
        Some(match (low, high) {
            (Some(low), Some(high)) if low == high => format!("exactly {low}{unit}"),
            (Some(low), Some(high)) => format!("{low} to {high}{unit}"),
            (Some(low), None) => format!("at least {low}{unit}"),
            (None, _) => format!("at most {last}{unit}"),
        })
    };
    let parts = [
        range(
            find(|one| if let Constraint::MinLength(n) = one { Some(n.to_string()) } else { None }),
            find(|one| if let Constraint::MaxLength(n) = one { Some(n.to_string()) } else { None }),
            " characters",
        ),
        range(
            find(|one| if let Constraint::Minimum(n) = one { Some(n.to_string()) } else { None }),
            find(|one| if let Constraint::Maximum(n) = one { Some(n.to_string()) } else { None }),
            "",
        ),
        find(|one| if let Constraint::ExclusiveMinimum(n) = one { Some(format!("more than {n}")) } else { None }),
        find(|one| if let Constraint::ExclusiveMaximum(n) = one { Some(format!("less than {n}")) } else { None }),
        find(|one| if let Constraint::MultipleOf(n) = one { Some(format!("a multiple of {n}")) } else { None }),
        range(
            find(|one| if let Constraint::MinItems(n) = one { Some(n.to_string()) } else { None }),
            find(|one| if let Constraint::MaxItems(n) = one { Some(n.to_string()) } else { None }),
            " items",
        ),
        range(
            find(|one| if let Constraint::MinProperties(n) = one { Some(n.to_string()) } else { None }),
            find(|one| if let Constraint::MaxProperties(n) = one { Some(n.to_string()) } else { None }),
            " properties",
        ),
        find(|one| matches!(one, Constraint::UniqueItems).then(|| "no duplicate items".to_owned())),
        find(|one| if let Constraint::Pattern(p) = one { Some(format!("matching {}", code(p))) } else { None }),
    ];
    let each = constraints.iter().filter_map(|one| match one {
        Constraint::Items(all) | Constraint::AdditionalProperties(all) => {
            Some(rules(all)).filter(|said| !said.is_empty())
        }
        _ => None,
    });
    let each = each.map(|said| format!("each {}{}", said[..1].to_lowercase(), said[1..].trim_end_matches('.')));
    let parts = parts.into_iter().flatten().chain(each).map(Some);
    let sentence = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

/// Text in backticks, however many it has itself. What would break the line is escaped.
pub fn code(text: &str) -> String {
    if text.contains(is_hidden) {
        let escaped = text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.into() });
        return code(&escaped.collect::<String>());
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Whether a line begins something else than a paragraph: a list item, heading, quotation, row of a table, footnote or code
/// block.
pub fn is_block(line: &str) -> bool {
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')']);
    let fence = line.starts_with("```") || line.starts_with("~~~");
    fence
        || line.starts_with(['-', '*', '+', '#', '>', '|', '='])
        || line.starts_with("[^")
        || numbered && line.starts_with(|c: char| c.is_ascii_digit())
}

/// A text of any form as part of a line.
pub fn inline(text: &str) -> String {
    let text = remove_hidden(&text.replace(char::is_whitespace, " "));
    escaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What is said of a thing as part of a line.
pub fn sentence(docs: &Docs) -> String {
    inline(&format!("{} {}", docs.summary, docs.body))
}

/// A line of CommonMark as rustdoc takes it.
pub fn escaped(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '`' => code_span(rest),
            'h' if bare_url(rest) > 0 => {
                let end = bare_url(rest);
                out.push('<');
                out.push_str(&rest[..end]);
                out.push('>');
                rest = &rest[end..];
                continue;
            }
            '\\' => rest.chars().take(2).map(char::len_utf8).sum(),
            '[' => match link(rest) {
                0 => {
                    out.push('\\');
                    1
                }
                end => {
                    // Angle brackets are no HTML in the text of a link either.
                    let text = rest.find(']').unwrap_or_default();
                    out.push_str(&rest[..text].replace("\\<", "<").replace('<', "\\<"));
                    rest = &rest[text..];
                    end - text
                }
            },
            '<' => match autolink(rest) {
                0 => {
                    out.push('\\');
                    1
                }
                end => end,
            },
            other => other.len_utf8(),
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out
}

/// The part of a text in which a span may end that begins here. Without a bound, a text of nothing but beginnings would be
/// looked through from each of them.
fn near(text: &str) -> &str {
    &text[..text.floor_char_boundary(2_000)]
}

/// The length of the code span that the text begins with, or of its backticks if it does not end.
fn code_span(text: &str) -> usize {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let fence = &text[..ticks];
    near(&text[ticks..]).find(fence).map_or(ticks, |end| ticks + end + ticks)
}

/// The length of the URL that the text begins with; 0 if there is none.
fn bare_url(text: &str) -> usize {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return 0;
    }
    let end = text.find(|c: char| c.is_whitespace() || "<>()[]`\"'|{}\\".contains(c)).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']).len()
}

/// The length of `[text](target)` at the beginning; 0 if it is no such link.
fn link(text: &str) -> usize {
    let Some(close) = near(text).find(']') else { return 0 };
    if !text[close + 1..].starts_with('(') {
        return 0;
    }
    near(&text[close..]).find(')').map_or(0, |end| close + end + 1)
}

/// The length of `<https://…>` at the beginning; 0 if it is no such link.
fn autolink(text: &str) -> usize {
    match bare_url(&text[1..]) {
        0 => 0,
        _ => near(text).find('>').map_or(0, |end| end + 1),
    }
}

/// An item of a list.
pub fn item(text: &str) -> Vec<String> {
    wrap(&format!("- {text}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_brought_to_what_rustdoc_takes() {
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
    fn a_remark_follows_what_is_said() {
        for (said, expected) in [
            ("A name", "A name. More."),
            ("See (`x`).", "See (`x`). More."),
            ("By \"x.\"", "By \"x.\" More."),
            ("Of:\n- a\n- b", "Of:\n- a\n- b\n\nMore."),
            ("```\nx\n```", "```text\nx\n```\n\nMore."),
        ] {
            let docs = Docs::new(None, Some(said));
            let mut lines = lines(&docs, "");
            remark(&mut lines, &docs, "More.");
            assert_eq!(lines.join("\n"), expected);
        }
        let docs = Docs::new(None, Some("Defaults to `desc`."));
        assert_eq!(default(&docs, Some(&"desc".into())), "");
        assert_eq!(default(&docs, Some(&"asc".into())), "The API's default is `\"asc\"`.");
    }

    #[test]
    fn constraints_are_said_in_words() {
        use Constraint::*;
        for (constraints, expected) in [
            (vec![], ""),
            (vec![MaxLength(256)], "At most 256 characters."),
            (vec![Minimum(1.0.into()), Maximum(1000.0.into())], "1 to 1000."),
            (vec![MinLength(34), MaxLength(34), Pattern("^IS`$".into())], "Exactly 34 characters, matching ``^IS`$``."),
            (
                vec![ExclusiveMinimum(0.5.into()), MinItems(1), UniqueItems],
                "More than 0.5, at least 1 item, no duplicate items.",
            ),
        ] {
            assert_eq!(rules(&constraints), expected);
        }
    }
}
