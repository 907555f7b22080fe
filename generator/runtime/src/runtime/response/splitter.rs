//! Splits a stream of bytes into items: server-sent events, lines, and JSON texts after record separators.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use memchr::{memchr, memchr2};

/// An event or a line that is not decoded yet.
#[derive(Clone, Default)]
pub struct RawItem {
    /// The last event ID, if the item is an event. The events that follow each other share the ID, which can be long.
    pub id: Arc<str>,
    /// The type of the event, if the item is an event.
    pub event: String,
    /// The data of the event, or the line.
    pub data: Vec<u8>,
    /// The reconnection time, if the event sets it.
    pub retry: Option<Duration>,
}

/// Splits chunks of bytes into items. An item may span several chunks.
#[derive(Default)]
pub struct Splitter {
    /// Whether the items are server-sent events, as the HTML standard defines them. If not, they are lines.
    pub is_event_stream: bool,
    /// The ID of the last complete event that has an ID.
    pub last_id: Arc<str>,
    /// The last reconnection time.
    pub retry: Option<Duration>,
    /// The incomplete line.
    line: Vec<u8>,
    /// The incomplete event, or the JSON after a record separator.
    incomplete: RawItem,
    /// The nesting of arrays and objects at the end of the incomplete JSON.
    nesting: Nesting,
    /// Whether a record separator precedes the current JSON, so that the JSON may span several lines.
    is_in_record: bool,
    /// Whether every JSON value may span several lines.
    spans_lines: bool,
    /// The lines before the first event that are neither fields nor comments.
    pub unrecognized_lines: Vec<u8>,
    /// Whether the last byte was a carriage return.
    ends_with_carriage_return: bool,
    /// Whether the first line is complete.
    has_line: bool,
    /// Whether the first event is complete.
    has_event: bool,
    /// The complete items.
    pub ready: VecDeque<RawItem>,
}

/// The byte before each JSON text of a sequence (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

impl Splitter {
    /// Creates a splitter of server-sent events.
    pub fn events() -> Self {
        Self { is_event_stream: true, ..Self::default() }
    }

    /// Creates a splitter of lines of JSON. If `spans_lines` is set, a value ends with the line that closes all of its
    /// brackets.
    pub fn lines(spans_lines: bool) -> Self {
        Self { spans_lines, ..Self::default() }
    }

    /// Discards incomplete items, for the body of a new response. Events without an ID still have the ID of the last event.
    pub fn restart(&mut self) {
        let last_id = std::mem::take(&mut self.last_id);
        let incomplete = RawItem { id: Arc::clone(&last_id), ..RawItem::default() };
        *self = Self {
            last_id,
            incomplete,
            is_event_stream: self.is_event_stream,
            retry: self.retry,
            spans_lines: self.spans_lines,
            ..Self::default()
        };
    }

    /// Returns the number of stored bytes of incomplete items.
    pub fn incomplete_bytes(&self) -> usize {
        self.line.len() + self.incomplete.data.len() + self.unrecognized_lines.len()
    }

    /// Adds a chunk of bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        // A carriage return and a line feed are one line end, even if they are in different chunks.
        if std::mem::take(&mut self.ends_with_carriage_return) && bytes.first() == Some(&b'\n') {
            bytes = &bytes[1..];
        }
        while let Some(end) = memchr2(b'\n', b'\r', bytes) {
            if self.line.is_empty() {
                self.read_line(&bytes[..end]);
            } else {
                self.line.extend_from_slice(&bytes[..end]);
                self.end_line();
            }
            let line_end_bytes = if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
            self.ends_with_carriage_return = bytes[end..] == *b"\r";
            bytes = &bytes[end + line_end_bytes..];
        }
        self.line.extend_from_slice(bytes);
    }

    /// Ends the last line. Discards an event that does not end with a blank line, as the HTML standard requires.
    pub fn finish(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
        if !self.is_event_stream {
            self.end_record();
        }
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        self.read_line(&line);
        line.clear();
        self.line = line;
    }

    fn read_line(&mut self, line: &[u8]) {
        let is_first = !std::mem::replace(&mut self.has_line, true);
        let byte_order_mark: &[u8] = if is_first { "\u{feff}".as_bytes() } else { b"" };
        let line = line.strip_prefix(byte_order_mark).unwrap_or(line);
        match self.is_event_stream {
            true => self.read_field(line),
            false => self.read_json_line(line),
        }
    }

    /// Reads a line of JSON, or a part of the JSON after a record separator.
    fn read_json_line(&mut self, line: &[u8]) {
        for (index, part) in line.split(|byte| *byte == RECORD_SEPARATOR).enumerate() {
            if index > 0 {
                self.end_record();
                self.is_in_record = true;
            }
            self.incomplete.data.extend_from_slice(part);
            self.nesting.read(part);
        }
        match (self.is_in_record || self.spans_lines) && self.nesting.depth > 0 {
            true => self.incomplete.data.push(b'\n'),
            false => self.end_record(),
        }
    }

    fn end_record(&mut self) {
        (self.is_in_record, self.nesting) = (false, Nesting::default());
        let data = std::mem::take(&mut self.incomplete.data);
        let data = data.trim_ascii();
        if !data.is_empty() {
            self.ready.push_back(RawItem { data: data.to_owned(), ..RawItem::default() });
        }
    }

    /// Reads a field of an event. An empty line ends the event.
    fn read_field(&mut self, line: &[u8]) {
        if line.is_empty() {
            let event = std::mem::take(&mut self.incomplete.event);
            let mut data = std::mem::take(&mut self.incomplete.data);
            let retry = self.incomplete.retry.take();
            self.last_id = Arc::clone(&self.incomplete.id);
            if data.pop().is_some() {
                self.ready.push_back(RawItem { id: Arc::clone(&self.last_id), event, data, retry });
                self.has_event = true;
                self.unrecognized_lines.clear();
            }
            return;
        }
        let (name, value) = match memchr(b':', line) {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"event" => self.incomplete.event = String::from_utf8_lossy(value).into_owned(),
            b"data" => {
                self.incomplete.data.reserve(value.len() + 1);
                self.incomplete.data.extend_from_slice(value);
                self.incomplete.data.push(b'\n');
            }
            b"id" if !value.contains(&0) => self.incomplete.id = String::from_utf8_lossy(value).into(),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.incomplete.retry =
                    String::from_utf8_lossy(value).parse().ok().map(Duration::from_millis).or(self.incomplete.retry);
                self.retry = self.incomplete.retry.or(self.retry);
            }
            b"" | b"id" | b"retry" => {}
            _ if self.has_event => {}
            _ => {
                self.unrecognized_lines.extend_from_slice(line);
                self.unrecognized_lines.push(b'\n');
            }
        }
    }
}

/// The nesting of arrays and objects at the end of an incomplete JSON text.
#[derive(Default)]
struct Nesting {
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
}

impl Nesting {
    fn read(&mut self, json: &[u8]) {
        for byte in json {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_in_string => self.is_escaped = true,
                b'"' => self.is_in_string = !self.is_in_string,
                _ if self.is_in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }
}
