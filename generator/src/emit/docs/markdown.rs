//! Descriptions as rustdoc may have them: the blocks that a CommonMark parser finds, written anew.
//!
//! rustdoc compiles each code block that it takes for Rust and runs it as a test. So that it never does so with what a
//! document says, each code block is written as a fence with a language that is not Rust, wherever it stands, and the
//! result is parsed once more: a description in which rustdoc would still find code is shown as it is, in one fence.

use std::mem;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::characters::is_hidden;
use crate::emit::docs::{code, escaped, inline, is_block, wrapped};

/// The lines of a description.
pub fn rustdoc(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
    let text: String = text.chars().filter(|c| *c == '\n' || !is_hidden(*c)).collect();
    let text = text.trim_end();
    let mut writer = Writer { text, ..Writer::default() };
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        writer.event(event, range);
        if writer.containers.len() > DEEPEST {
            return fenced("text", text);
        }
    }
    writer.close();
    if is_inert(&writer.lines.join("\n")) { writer.lines } else { fenced("text", text) }
}

/// How deep quotations and lists may be nested for their structure to be kept.
const DEEPEST: usize = 16;

/// The languages that code blocks keep; rustdoc knows none of them.
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

/// Whether rustdoc takes no part of a text for code to compile, be it with its extensions, as where it renders, or
/// without them, as where it looks for tests.
fn is_inert(text: &str) -> bool {
    let extensions = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let is_inert = |event: Event<'_>| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => LANGUAGES.contains(&&*language),
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => false,
        _ => true,
    };
    [Options::empty(), extensions].into_iter().all(|options| Parser::new_ext(text, options).all(is_inert))
}

/// A code block.
fn fenced(language: &str, text: &str) -> Vec<String> {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    let mut lines = vec![format!("{fence}{language}")];
    lines.extend(text.trim_end().lines().map(|line| line.trim_end().to_owned()));
    lines.push(fence);
    lines
}

/// What blocks stand in.
enum Container {
    /// A quotation, and whether something has been written in it.
    Quote(bool),
    List,
    /// An item of a list: its marker until that is written, and how wide that is.
    Item(Option<String>, usize),
}

/// The kind of the block whose text is being read.
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
    /// The block at hand, and where it begins.
    leaf: Option<(Leaf, usize)>,
    /// Its text so far; a new one begins where a line must end.
    parts: Vec<String>,
    /// Where the text begins that has been read and not been copied to the parts.
    from: Option<usize>,
    /// Where it ends.
    end: usize,
    /// The open links, with the target of those by reference, which is written out.
    links: Vec<Option<String>>,
    /// Where the last block ends.
    last: usize,
    /// Whether the next block must not follow the last one directly.
    apart: bool,
    /// The cells of the row at hand, and the line below the first row.
    row: Vec<String>,
    rule: String,
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
                self.parts.push(String::new());
            }
            Event::Rule => {
                self.close();
                self.apart = true;
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
                self.close();
                self.containers.push(Container::Quote(false));
            }
            Tag::List(_) => {
                self.close();
                self.containers.push(Container::List);
            }
            Tag::Item => {
                let item = &self.text[range];
                let digits = item.len() - item.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let marker = format!("{} ", item.get(..=digits).unwrap_or("-"));
                let width = marker.len();
                self.containers.push(Container::Item(Some(marker), width));
            }
            Tag::Paragraph => self.open(Leaf::Paragraph, range.start),
            Tag::Heading { level, .. } => self.open(Leaf::Heading(level as usize), range.start),
            Tag::HtmlBlock => self.open(Leaf::Html, range.start),
            Tag::CodeBlock(kind) => {
                let said = if let CodeBlockKind::Fenced(said) = &kind { said.trim() } else { "" };
                let known = LANGUAGES.iter().find(|language| language.eq_ignore_ascii_case(said));
                self.open(Leaf::Code(known.copied().unwrap_or("text")), range.start);
            }
            Tag::Table(alignments) => {
                self.close();
                self.apart = true;
                self.rule = alignments.iter().map(aligned).collect::<String>() + "|";
            }
            Tag::TableHead | Tag::TableRow => self.row.clear(),
            Tag::TableCell => self.open(Leaf::Cell, range.start),
            Tag::Link { link_type, dest_url, .. } => {
                let by_name = matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut);
                let target = Some(&*dest_url).filter(|url| by_name && !url.contains([' ', '<', '>', '(', ')', '\n']));
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
                self.close();
                self.containers.pop();
            }
            TagEnd::Item => {
                self.close();
                // An item may be empty.
                if matches!(self.containers.last(), Some(Container::Item(Some(_), _))) {
                    self.write(range, vec![String::new()]);
                }
                self.containers.pop();
            }
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock => {
                self.close();
                self.last = self.last.max(self.text[..range.end].trim_end().len());
            }
            TagEnd::TableCell => {
                let cell = self.taken().join(" ");
                self.row.push(cell);
            }
            TagEnd::TableHead => {
                let rows = vec![format!("| {} |", self.row.join(" | ")), mem::take(&mut self.rule)];
                self.write(range, rows);
            }
            TagEnd::TableRow => self.write(range, vec![format!("| {} |", self.row.join(" | "))]),
            // What follows directly would be a row.
            TagEnd::Table => self.apart = true,
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

    fn open(&mut self, leaf: Leaf, at: usize) {
        self.close();
        self.leaf = Some((leaf, at));
        self.end = at;
    }

    /// Takes a part of the text for one of the block at hand; in an item, that may be a paragraph that has not begun.
    fn read(&mut self, range: Range<usize>) {
        if self.leaf.is_none() {
            self.open(Leaf::Paragraph, range.start);
        }
        if self.from.is_none() {
            // The backslash of an escape is no part of what it escapes.
            let escaped = range.start > self.end && self.text[..range.start].ends_with('\\');
            self.from = Some(range.start - usize::from(escaped));
        }
        self.end = self.end.max(range.end);
    }

    fn push(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(part) => part.push_str(text),
            None => self.parts.push(text.to_owned()),
        }
    }

    /// Copies what has been read, up to `end`.
    fn copy(&mut self, end: usize) {
        let Some(from) = self.from.take().filter(|from| *from < end) else { return };
        let text = self.text;
        // Links and HTML may go over lines, which begin with the marks of what they stand in.
        for (index, line) in text[from..end].split('\n').enumerate() {
            match index {
                0 => self.push(line),
                _ => self.push(&format!(" {}", line.trim_start_matches([' ', '>']))),
            }
        }
        self.end = self.end.max(end);
    }

    /// The text of the block at hand, brought to what rustdoc takes.
    fn taken(&mut self) -> Vec<String> {
        self.copy(self.end);
        self.leaf = None;
        let mut lines: Vec<String> = Vec::new();
        for part in mem::take(&mut self.parts) {
            let line = escaped(part.trim());
            match lines.last_mut() {
                // What would begin a block at the beginning of a line does not stand there.
                Some(last) if line.is_empty() || is_block(&line) => last.push_str(&format!(" {line}")),
                _ => lines.push(line),
            }
        }
        lines
    }

    /// Writes the block at hand, if there is one.
    fn close(&mut self) {
        let Some((leaf, start)) = self.leaf.take() else { return };
        let range = start..self.end;
        match leaf {
            Leaf::Paragraph | Leaf::Cell => {
                let mut lines = self.taken();
                let last = lines.len().saturating_sub(1);
                lines.iter_mut().take(last).for_each(|line| line.push('\\'));
                self.write_wrapped(range.start..self.end, lines);
            }
            Leaf::Heading(level) => {
                let line = format!("{} {}", "#".repeat(level), self.taken().join(" "));
                self.write(range.start..self.end, vec![line]);
            }
            Leaf::Code(language) => {
                let text = mem::take(&mut self.parts).concat();
                self.write(range, fenced(language, &text));
            }
            Leaf::Html => {
                let text = mem::take(&mut self.parts).concat();
                self.apart = true;
                self.write_wrapped(range, vec![inline(&text)]);
                self.apart = true;
            }
        }
    }

    fn write_wrapped(&mut self, range: Range<usize>, lines: Vec<String>) {
        let width: usize = self.containers.iter().map(Container::width).sum();
        self.write(range, lines.iter().flat_map(|line| wrapped(line, width)).collect());
    }

    /// Writes the lines of a block, behind the marks of what it stands in.
    fn write(&mut self, range: Range<usize>, block: Vec<String>) {
        let apart = mem::take(&mut self.apart) || is_apart(&self.text[self.last.min(range.start)..range.start]);
        if apart && !self.lines.is_empty() {
            let begun = self.containers.iter().take_while(|container| container.has_begun());
            let marks: String = begun.map(Container::mark).collect();
            self.lines.push(marks.trim_end().to_owned());
        }
        for line in block {
            let marks: String = self.containers.iter_mut().map(Container::begin).collect();
            self.lines.push(format!("{marks}{line}").trim_end().to_owned());
        }
        self.last = self.text[..range.end].trim_end().len();
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

    /// What each line in it begins with.
    fn mark(&self) -> String {
        match self {
            Self::Quote(_) => "> ".to_owned(),
            other => " ".repeat(other.width()),
        }
    }

    /// The same for the line at hand, which may be the first.
    fn begin(&mut self) -> String {
        match self {
            Self::Quote(begun) => *begun = true,
            Self::Item(marker, _) => {
                if let Some(marker) = marker.take() {
                    return marker;
                }
            }
            Self::List => {}
        }
        self.mark()
    }
}

/// Whether there is a blank line among those between two blocks.
fn is_apart(between: &str) -> bool {
    let lines: Vec<&str> = between.split('\n').collect();
    let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().any(|line| line.trim_matches([' ', '>']).is_empty())
}

fn aligned(alignment: &Alignment) -> &'static str {
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
    fn descriptions_are_brought_to_what_rustdoc_takes() {
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
    fn what_is_nested_too_deep_is_shown_as_it_is() {
        let text = format!("{}```rust", "> ".repeat(20));
        assert_eq!(rustdoc(&text), fenced("text", &text));
    }
}
