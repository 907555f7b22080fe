//! Splits bytes into values to decode: server-sent events, lines, and JSON texts after record separators.

use std::collections::VecDeque;
use std::time::Duration;

/// A value that is not decoded yet.
#[derive(Clone, Default)]
pub struct Raw {
    pub id: String,
    pub event: String,
    pub data: Vec<u8>,
    pub retry: Option<Duration>,
}

/// Splits bytes into values, wherever the chunks of bytes begin and end.
#[derive(Default)]
pub struct Splitter {
    /// Whether the values are events, as the HTML standard defines them, rather than lines.
    events: bool,
    /// The incomplete line.
    line: Vec<u8>,
    /// The incomplete event, or the JSON after a record separator.
    open: Raw,
    /// The nesting at the end of the incomplete JSON after a record separator.
    nesting: Nesting,
    /// Whether a record separator precedes the JSON, which may then span several lines.
    in_record: bool,
    /// Whether all JSON may span several lines.
    spans_lines: bool,
    /// The lines that are neither fields nor comments, until the first event is complete.
    pub stray: Vec<u8>,
    after_return: bool,
    begun: bool,
    /// Whether an event was complete.
    has_event: bool,
    /// The values that are complete.
    pub ready: VecDeque<Raw>,
}

/// The byte before each JSON text of a sequence (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

impl Splitter {
    pub fn events() -> Self {
        Self { events: true, ..Self::default() }
    }

    /// Splits lines of JSON. If a value may span several lines, it ends with a line in which all brackets are closed.
    pub fn lines(spans_lines: bool) -> Self {
        Self { spans_lines, ..Self::default() }
    }

    /// Returns the number of stored bytes that form no complete value yet.
    pub fn held(&self) -> usize {
        self.line.len() + self.open.data.len() + self.stray.len()
    }

    pub fn push(&mut self, mut bytes: &[u8]) {
        // A line feed after a carriage return belongs to it, even in another chunk.
        if std::mem::take(&mut self.after_return) && bytes.first() == Some(&b'\n') {
            bytes = &bytes[1..];
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line.extend_from_slice(&bytes[..end]);
            self.end_line();
            let ends = if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
            self.after_return = bytes[end..] == *b"\r";
            bytes = &bytes[end + ends..];
        }
        self.line.extend_from_slice(bytes);
    }

    /// Ends the last line. An event that does not end with a blank line is dropped.
    pub fn finish(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
        if !self.events {
            self.end_record();
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let first = !std::mem::replace(&mut self.begun, true);
        let bom: &[u8] = if first { "\u{feff}".as_bytes() } else { b"" };
        let line = line.strip_prefix(bom).unwrap_or(&line);
        match self.events {
            true => self.field(line),
            false => self.records(line),
        }
    }

    /// Reads a line of JSON, or a part of the JSON after a record separator.
    fn records(&mut self, line: &[u8]) {
        for (index, part) in line.split(|byte| *byte == RECORD_SEPARATOR).enumerate() {
            if index > 0 {
                self.end_record();
                self.in_record = true;
            }
            self.open.data.extend_from_slice(part);
            self.nesting.read(part);
        }
        match (self.in_record || self.spans_lines) && self.nesting.depth > 0 {
            true => self.open.data.push(b'\n'),
            false => self.end_record(),
        }
    }

    fn end_record(&mut self) {
        (self.in_record, self.nesting) = (false, Nesting::default());
        let data = std::mem::take(&mut self.open.data);
        let data = data.trim_ascii();
        if !data.is_empty() {
            self.ready.push_back(Raw { data: data.to_owned(), ..Raw::default() });
        }
    }

    fn field(&mut self, line: &[u8]) {
        if line.is_empty() {
            let event = std::mem::take(&mut self.open.event);
            let mut data = std::mem::take(&mut self.open.data);
            if data.pop().is_some() {
                self.ready.push_back(Raw { event, data, ..self.open.clone() });
                self.has_event = true;
                self.stray.clear();
            }
            return;
        }
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = String::from_utf8_lossy(value);
        match name {
            b"event" => self.open.event = text.into_owned(),
            b"data" => {
                self.open.data.extend_from_slice(value);
                self.open.data.push(b'\n');
            }
            b"id" if !value.contains(&0) => self.open.id = text.into_owned(),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.open.retry = text.parse().ok().map(Duration::from_millis).or(self.open.retry);
            }
            b"" | b"id" | b"retry" => {}
            _ if self.has_event => {}
            _ => {
                self.stray.extend_from_slice(line);
                self.stray.push(b'\n');
            }
        }
    }
}

/// The nesting of arrays and objects at the end of an incomplete JSON text.
#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    fn read(&mut self, json: &[u8]) {
        for byte in json {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }
}
