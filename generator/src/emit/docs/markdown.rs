//! Converts the CommonMark of descriptions to text that is safe for rustdoc.
//!
//! rustdoc compiles and runs code blocks that may be Rust. The conversion therefore writes each code block with a fence for
//! a language other than Rust. If the converted text still has Rust code, the complete description becomes one code block.

use std::mem;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::characters::is_hidden;
use crate::emit::docs::{code, escaped, inline, is_block, wrap_with_indent};

/// Returns the lines of a description.
pub fn rustdoc(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
    let text: String = text.chars().filter(|c| *c == '\n' || !is_hidden(*c)).collect();
    let text = text.trim_end();
    let mut writer = Writer { text, ..Writer::default() };
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        writer.event(event, range);
        if writer.containers.len() > MAX_CONTAINER_DEPTH {
            return fenced("text", text);
        }
    }
    writer.end_block();
    if has_no_rust_code(&writer.lines.join("\n")) { writer.lines } else { fenced("text", text) }
}

/// The maximum nesting depth of quotations and lists. A description with deeper nesting becomes one code block.
const MAX_CONTAINER_DEPTH: usize = 16;

/// The languages that code blocks keep. rustdoc does not compile any of them.
const LANGUAGES: &[&str] = &[
    "bash",
    "console",
    "csv",
    "curl",
    "graphql",
    "html",
    "http",
    "java",
    "javascript",
    "js",
    "json",
    "php",
    "python",
    "ruby",
    "sh",
    "shell",
    "sql",
    "text",
    "ts",
    "typescript",
    "xml",
    "yaml",
];

/// Returns whether rustdoc finds no Rust code in a text. rustdoc parses a text twice: with extensions when it renders
/// the text, and without extensions when it searches for tests.
fn has_no_rust_code(text: &str) -> bool {
    let extensions = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let is_not_rust = |event: Event<'_>| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => LANGUAGES.contains(&&*language),
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => false,
        _ => true,
    };
    [Options::empty(), extensions].into_iter().all(|options| Parser::new_ext(text, options).all(is_not_rust))
}

/// Returns the lines of a code block.
fn fenced(language: &str, text: &str) -> Vec<String> {
    let longest_run = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest_run + 1).max(3));
    let mut lines = vec![format!("{fence}{language}")];
    lines.extend(text.trim_end().lines().map(|line| line.trim_end().to_owned()));
    lines.push(fence);
    lines
}

/// A block that contains other blocks.
enum Container {
    /// A quotation, and whether a line of it has been written.
    Quote(bool),
    List,
    /// A list item: its marker, and the length of the marker. The marker is `None` after it was written.
    Item(Option<String>, usize),
}

/// A block that contains text.
enum Leaf {
    Paragraph,
    Heading(usize),
    Code(&'static str),
    Html,
    Cell,
}

#[derive(Default)]
struct Writer<'t> {
    text: &'t str,
    lines: Vec<String>,
    containers: Vec<Container>,
    /// The current block, and the byte offset at which it begins.
    leaf: Option<(Leaf, usize)>,
    /// The text of the current block so far, split at hard line breaks.
    segments: Vec<String>,
    /// The byte offset of the text that has been read but not yet copied to `segments`.
    unread_start: Option<usize>,
    /// The byte offset after the text that has been read.
    end: usize,
    /// The links that have not ended. A link whose target is defined elsewhere in the description has its target.
    links: Vec<Option<String>>,
    /// The byte offset after the last block.
    last_end: usize,
    /// Whether a blank line must follow the last block.
    needs_blank_line: bool,
    /// The cells of the current table row.
    row: Vec<String>,
    /// The line between the head and the body of the current table.
    table_rule: String,
}

impl Writer<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Text(text) | Event::Html(text) if matches!(self.leaf, Some((Leaf::Code(_) | Leaf::Html, _))) => {
                self.push(&text);
            }
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::SoftBreak => {
                self.copy(range.start);
                self.push(" ");
            }
            Event::HardBreak => {
                self.copy(range.start);
                self.segments.push(String::new());
            }
            Event::Rule => {
                self.end_block();
                self.needs_blank_line = true;
                self.write(range, vec!["---".to_owned()]);
            }
            Event::Code(span) if self.text[range.clone()].contains('\n') => {
                self.read(range.start..range.start);
                self.copy(range.start);
                self.push(&code(&span));
                self.end = range.end;
            }
            _ => self.read(range),
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::BlockQuote(_) => {
                self.end_block();
                self.containers.push(Container::Quote(false));
            }
            Tag::List(_) => {
                self.end_block();
                self.containers.push(Container::List);
            }
            Tag::Item => {
                let item = &self.text[range];
                let digit_count = item.len() - item.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let marker = format!("{} ", item.get(..=digit_count).unwrap_or("-"));
                let width = marker.len();
                self.containers.push(Container::Item(Some(marker), width));
            }
            Tag::Paragraph => self.begin_block(Leaf::Paragraph, range.start),
            Tag::Heading { level, .. } => self.begin_block(Leaf::Heading(level as usize), range.start),
            Tag::HtmlBlock => self.begin_block(Leaf::Html, range.start),
            Tag::CodeBlock(kind) => {
                let info = if let CodeBlockKind::Fenced(info) = &kind { info.trim() } else { "" };
                let language = LANGUAGES.iter().find(|language| language.eq_ignore_ascii_case(info));
                self.begin_block(Leaf::Code(language.copied().unwrap_or("text")), range.start);
            }
            Tag::Table(alignments) => {
                self.end_block();
                self.needs_blank_line = true;
                self.table_rule = alignments.iter().map(alignment_cell).collect::<String>() + "|";
            }
            Tag::TableHead | Tag::TableRow => self.row.clear(),
            Tag::TableCell => self.begin_block(Leaf::Cell, range.start),
            Tag::Link { link_type, dest_url, .. } => {
                let is_reference = matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut);
                let target =
                    Some(&*dest_url).filter(|url| is_reference && !url.contains([' ', '<', '>', '(', ')', '\n']));
                match target {
                    Some(_) => {
                        self.read(range.start..range.start);
                        self.copy(range.start);
                        self.push("[");
                    }
                    None => self.read(range),
                }
                self.links.push(target.map(str::to_owned));
            }
            _ => self.read(range),
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::BlockQuote(_) | TagEnd::List(_) => {
                self.end_block();
                self.containers.pop();
            }
            TagEnd::Item => {
                self.end_block();
                // An empty item has no first block with which its marker would be written.
                if matches!(self.containers.last(), Some(Container::Item(Some(_), _))) {
                    self.write(range, vec![String::new()]);
                }
                self.containers.pop();
            }
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock => {
                self.end_block();
                self.last_end = self.last_end.max(self.text[..range.end].trim_end().len());
            }
            TagEnd::TableCell => {
                let cell = self.take_lines().join(" ");
                self.row.push(cell);
            }
            TagEnd::TableHead => {
                let rows = vec![format!("| {} |", self.row.join(" | ")), mem::take(&mut self.table_rule)];
                self.write(range, rows);
            }
            TagEnd::TableRow => self.write(range, vec![format!("| {} |", self.row.join(" | "))]),
            // Without a blank line after a table, the next block would become a row of the table.
            TagEnd::Table => self.needs_blank_line = true,
            TagEnd::Link => match self.links.pop().flatten() {
                Some(target) => {
                    self.copy(self.end);
                    self.push(&format!("]({target})"));
                    self.end = range.end;
                }
                None => self.read(range),
            },
            _ => self.read(range),
        }
    }

    /// Begins a block.
    fn begin_block(&mut self, leaf: Leaf, at: usize) {
        self.end_block();
        self.leaf = Some((leaf, at));
        self.end = at;
    }

    /// Adds a range of the source text to the current block. Without a current block, begins a paragraph, because the
    /// parser does not report the paragraphs of tight lists.
    fn read(&mut self, range: Range<usize>) {
        if self.leaf.is_none() {
            self.begin_block(Leaf::Paragraph, range.start);
        }
        if self.unread_start.is_none() {
            // The range of an escaped character does not include its backslash.
            let is_escaped = range.start > self.end && self.text[..range.start].ends_with('\\');
            self.unread_start = Some(range.start - usize::from(is_escaped));
        }
        self.end = self.end.max(range.end);
    }

    /// Appends a text to the current block.
    fn push(&mut self, text: &str) {
        match self.segments.last_mut() {
            Some(part) => part.push_str(text),
            None => self.segments.push(text.to_owned()),
        }
    }

    /// Appends the text that has been read but not yet copied, up to `end`, to the current block.
    fn copy(&mut self, end: usize) {
        let Some(unread_start) = self.unread_start.take().filter(|unread_start| *unread_start < end) else { return };
        let text = self.text;
        // Remove the markers of the containers from all lines but the first, because `write` adds them again.
        for (index, line) in text[unread_start..end].split('\n').enumerate() {
            match index {
                0 => self.push(line),
                _ => self.push(&format!(" {}", line.trim_start_matches([' ', '>']))),
            }
        }
        self.end = self.end.max(end);
    }

    /// Ends the current block, and returns its escaped lines.
    fn take_lines(&mut self) -> Vec<String> {
        self.copy(self.end);
        self.leaf = None;
        let mut lines: Vec<String> = Vec::new();
        for segment in mem::take(&mut self.segments) {
            let line = escaped(segment.trim());
            match lines.last_mut() {
                // At the beginning of a line, this text would begin another block, so it stays on the previous line.
                Some(last) if line.is_empty() || is_block(&line) => last.push_str(&format!(" {line}")),
                _ => lines.push(line),
            }
        }
        lines
    }

    /// Ends the current block, if there is one, and writes it.
    fn end_block(&mut self) {
        let Some((leaf, start)) = self.leaf.take() else { return };
        let range = start..self.end;
        match leaf {
            Leaf::Paragraph | Leaf::Cell => {
                let mut lines = self.take_lines();
                let last_index = lines.len().saturating_sub(1);
                lines.iter_mut().take(last_index).for_each(|line| line.push('\\'));
                self.write_wrapped(range.start..self.end, lines);
            }
            Leaf::Heading(level) => {
                let line = format!("{} {}", "#".repeat(level), self.take_lines().join(" "));
                self.write(range.start..self.end, vec![line]);
            }
            Leaf::Code(language) => {
                let text = mem::take(&mut self.segments).concat();
                self.write(range, fenced(language, &text));
            }
            Leaf::Html => {
                let text = mem::take(&mut self.segments).concat();
                self.needs_blank_line = true;
                self.write_wrapped(range, vec![inline(&text)]);
                self.needs_blank_line = true;
            }
        }
    }

    fn write_wrapped(&mut self, range: Range<usize>, lines: Vec<String>) {
        let width: usize = self.containers.iter().map(Container::width).sum();
        self.write(range, lines.iter().flat_map(|line| wrap_with_indent(line, width)).collect());
    }

    /// Writes the lines of a block, each after the markers of the containers.
    fn write(&mut self, range: Range<usize>, block: Vec<String>) {
        let needs_blank_line = mem::take(&mut self.needs_blank_line)
            || has_blank_line(&self.text[self.last_end.min(range.start)..range.start]);
        if needs_blank_line && !self.lines.is_empty() {
            let begun_containers = self.containers.iter().take_while(|container| container.has_begun());
            let markers: String = begun_containers.map(Container::marker).collect();
            self.lines.push(markers.trim_end().to_owned());
        }
        for line in block {
            let markers: String = self.containers.iter_mut().map(Container::next_marker).collect();
            self.lines.push(format!("{markers}{line}").trim_end().to_owned());
        }
        self.last_end = self.text[..range.end].trim_end().len();
    }
}

impl Container {
    fn has_begun(&self) -> bool {
        !matches!(self, Self::Quote(false) | Self::Item(Some(_), _))
    }

    fn width(&self) -> usize {
        match self {
            Self::Quote(_) => 2,
            Self::List => 0,
            Self::Item(_, width) => *width,
        }
    }

    /// Returns the marker at the beginning of each line except the first.
    fn marker(&self) -> String {
        match self {
            Self::Quote(_) => "> ".to_owned(),
            Self::List | Self::Item(..) => " ".repeat(self.width()),
        }
    }

    /// Returns the marker at the beginning of the next line, which may be the first.
    fn next_marker(&mut self) -> String {
        match self {
            Self::Quote(has_begun) => *has_begun = true,
            Self::Item(marker, _) => {
                if let Some(marker) = marker.take() {
                    return marker;
                }
            }
            Self::List => {}
        }
        self.marker()
    }
}

/// Returns whether the text between two blocks has a blank line.
fn has_blank_line(between: &str) -> bool {
    let lines: Vec<&str> = between.split('\n').collect();
    let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().any(|line| line.trim_matches([' ', '>']).is_empty())
}

/// Returns the cell of a column in the line below the table head, which sets the alignment of the column.
fn alignment_cell(alignment: &Alignment) -> &'static str {
    match alignment {
        Alignment::None => "|---",
        Alignment::Left => "|:--",
        Alignment::Center => "|:-:",
        Alignment::Right => "|--:",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_converted_for_rustdoc() {
        for (text, expected) in [
            ("    indented", "```text\nindented\n```"),
            ("one\nparagraph\n\n- an item\n- another", "one paragraph\n\n- an item\n- another"),
            ("```\nx < [y]\n```", "```text\nx < [y]\n```"),
            ("```json\n{}", "```json\n{}\n```"),
            ("```rust\n# f(\n```\n~~~ {\n```\n~~~", "```text\n# f(\n```\n````text\n```\n````"),
            ("```one line``` and\nanother", "```one line``` and another"),
            ("| a |\n|---|\n| b |\n\ntext", "| a |\n|---|\n| b |\n\ntext"),
            ("bell\u{7}, \u{202e}right\u{200b}", "bell, right"),
            ("```\n\ttab\n```", "```text\n    tab\n```"),
            ("one `tick", "one `tick"),
            ("- an item\nthat goes on\n1) one\nmore", "- an item that goes on\n1) one more"),
            ("> said\nby somebody\n\n---\nand", "> said by somebody\n\n---\nand"),
            ("Of:\n- a\n  - b\n\n        code", "Of:\n- a\n  - b\n\n    ```text\n    code\n    ```"),
            ("> ```rust\n> panic!()\n\nx", "> ```text\n> panic!()\n> ```\n\nx"),
            ("1. a\n\n       panic!()\n2. b", "1. a\n\n   ```text\n   panic!()\n   ```\n2. b"),
            ("a  \nb\\\n    # c", "a\\\nb # c"),
            ("Title\n===\n\\# no [link][x].\n\n[x]: https://e.com", "# Title\n\\# no [link](https://e.com)."),
            ("<pre>\n\n    code\n</pre>", "\\<pre> code \\</pre>"),
            ("one\rtwo\r\n\r\n    three", "one two\n\n```text\nthree\n```"),
            ("-\n- `a\n  b`", "-\n- `a b`"),
        ] {
            assert_eq!(rustdoc(text).join("\n"), expected, "{text:?}");
        }
    }

    #[test]
    fn deeply_nested_descriptions_become_code_blocks() {
        let text = format!("{}```rust", "> ".repeat(20));
        assert_eq!(rustdoc(&text), fenced("text", &text));
    }
}
