//! Source texts, and the source locations of their nodes.
//!
//! A [`Pointer`] identifies a node of the document. The positions of nodes are computed when the first location is
//! needed.

mod external_refs;
mod index;
mod origins;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::ops::Range;
use std::sync::OnceLock;

use external_refs::Link;
pub use external_refs::{UnreadReference, references};
use index::{Index, Node};
pub use origins::Origins;
use serde_json::Value;

use crate::characters::{ceil_boundary, floor_boundary};

/// The prefix of a key at the root of the document. The rest of the key is the path of a file that the document refers
/// to, and the value is the content of that file.
pub const FILE_KEY_PREFIX: char = '\u{1}';

/// The YAML merge key.
pub const MERGE_KEY: &str = "<<";

/// A source text and its path.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as diagnostics show it.
    pub path: String,
    /// The complete text.
    pub text: String,
    /// The files that the document refers to, by their paths relative to the folder of the document.
    pub files: BTreeMap<String, Source>,
    /// The overlays of the document, in the order in which they are applied.
    pub overlays: Vec<Source>,
    /// The origins of the nodes that the overlays have changed.
    origins: OnceLock<Origins>,
    /// The targets of paths in references that are not keys of `files`.
    links: BTreeMap<String, Link>,
    index: OnceLock<Index>,
    lines: OnceLock<Vec<usize>>,
    /// The number of characters before each block of the text.
    block_character_counts: OnceLock<Vec<usize>>,
}

impl Source {
    /// Creates a source from its path and text, and removes a byte order mark.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let (index, lines, block_character_counts, origins) = Default::default();
        let (path, files, links, overlays) = (path.into(), BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { path, text, files, overlays, origins, links, index, lines, block_character_counts }
    }

    /// Returns the file name at the end of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// Sets the origins of the nodes that the overlays have changed. The parser does this when it applies the overlays.
    pub(crate) fn set_origins(&self, origins: Origins) {
        // If the origins are already set, another run of the parser has set the same origins.
        let _ = self.origins.set(origins);
    }

    /// Returns this text, and those of its overlays and of the files that it refers to.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [self].into_iter().chain(&self.overlays).chain(self.files.values()).map(|source| source.text.as_str())
    }

    /// Returns the overlay or file with a path. If there is none, returns this source.
    pub fn file_at(&self, path: &str) -> &Self {
        self.overlays.iter().find(|overlay| overlay.path == path).or_else(|| self.files.get(path)).unwrap_or(self)
    }

    /// Returns the source that a pointer leads into, and the pointer within it. The source is another file, the overlay
    /// that wrote the node, or this source.
    pub fn file(&self, pointer: &Pointer) -> (&Self, Pointer) {
        let first = pointer.keys().next().unwrap_or_default();
        match first.strip_prefix(FILE_KEY_PREFIX).and_then(|path| self.files.get(path)) {
            Some(file) => {
                let remaining_keys = pointer.0[1..].find('/').map_or("", |end| &pointer.0[end + 1..]);
                (file, Pointer(remaining_keys.to_owned()))
            }
            None => match self.origins.get().map(|origins| origins.locate(pointer)) {
                Some((overlay, origin)) => {
                    (overlay.and_then(|overlay| self.overlays.get(overlay)).unwrap_or(self), origin)
                }
                None => (self, pointer.clone()),
            },
        }
    }

    /// Returns the byte range of the value at `pointer`, or of its nearest parent that exists.
    ///
    /// For a mapping or sequence, returns the range of the key, because the value has too many lines to show.
    pub fn value_range(&self, pointer: &Pointer) -> Range<usize> {
        self.nearest(pointer).map_or(0..0, |node| if node.is_scalar { node.value.clone() } else { node.key.clone() })
    }

    /// Returns whether there is a value at `pointer`.
    pub fn contains(&self, pointer: &Pointer) -> bool {
        let (file, pointer) = self.file(pointer);
        file.index().find(&file.text, pointer.keys()).is_some_and(|(_, path_exists)| path_exists)
    }

    /// Returns whether the text, or a file that it refers to, has a number that may not fit in 64 bits.
    pub fn has_long_numbers(&self) -> bool {
        /// Every integer with at most this number of digits fits in an `i64`.
        const EXACT_INTEGER_DIGITS: usize = 18;
        /// An `f64` keeps the digits of every decimal number with at most this number of digits.
        const EXACT_DECIMAL_DIGITS: usize = 15;
        let is_long =
            |token: &str| token.len() > if token.contains('.') { EXACT_DECIMAL_DIGITS } else { EXACT_INTEGER_DIGITS };
        let has_long_numbers =
            |text: &str| text.split(|letter: char| !letter.is_ascii_digit() && letter != '.').any(is_long);
        self.texts().any(has_long_numbers)
    }

    /// Returns the text of the number at `pointer`. Returns `None` if the text is not a number of JSON, such as `0x10`.
    pub fn number(&self, pointer: &Pointer) -> Option<&str> {
        let copied = self.origins.get().and_then(|origins| origins.number(pointer));
        copied.or_else(|| {
            let (file, pointer) = self.file(pointer);
            file.number_in_text(&pointer)
        })
    }

    /// Returns the text of the number at `pointer` in this text, without its overlays and the files that it refers to.
    pub(crate) fn number_in_text(&self, pointer: &Pointer) -> Option<&str> {
        let text = self.text.get(self.value_range(pointer))?;
        text.parse::<serde_json::Number>().ok().map(|_| text)
    }

    /// Returns the byte range of the key of the value at `pointer`.
    pub fn key_range(&self, pointer: &Pointer) -> Range<usize> {
        self.nearest(pointer).map_or(0..0, |node| node.key.clone())
    }

    /// Extends a byte range to whole characters.
    pub fn to_char_boundaries(&self, range: &Range<usize>) -> Range<usize> {
        floor_boundary(&self.text, range.start)..ceil_boundary(&self.text, range.end.max(range.start))
    }

    /// Returns the line and the column of a byte. Both begin at 1, and the column counts characters.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let at = floor_boundary(&self.text, at);
        let (number, line) = self.line(at);
        (number, self.character_count(at) - self.character_count(line.start) + 1)
    }

    /// Returns the byte offset of a line and a column. Both begin at 1, and the column counts bytes.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.lines().get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        (start + column.saturating_sub(1)).min(self.text.len())
    }

    /// Returns the number of characters before a byte. The method counts only within one block, because the counts of
    /// the blocks before it are stored. It would otherwise be slow for a location in a long line.
    fn character_count(&self, at: usize) -> usize {
        const BLOCK_BYTES: usize = 1024;
        let count = |bytes: &[u8]| bytes.iter().filter(|byte| !(0x80..0xC0).contains(*byte)).count();
        let bytes = self.text.as_bytes();
        let blocks = self.block_character_counts.get_or_init(|| {
            let totals = bytes.chunks(BLOCK_BYTES).scan(0, |total, block| {
                *total += count(block);
                Some(*total)
            });
            std::iter::once(0).chain(totals).collect()
        });
        let block = at / BLOCK_BYTES;
        blocks[block] + count(&bytes[block * BLOCK_BYTES..at])
    }

    /// Returns the repeated keys of mappings: the range of the first occurrence, and the range of each further
    /// occurrence.
    pub fn repeated_keys(&self) -> Vec<(Range<usize>, Range<usize>)> {
        self.index().repeated(&self.text)
    }

    /// Returns the line number of a byte, which begins at 1, and the byte range of the line.
    pub fn line(&self, at: usize) -> (usize, Range<usize>) {
        let lines = self.lines();
        let number = lines.partition_point(|start| *start <= at).max(1);
        let end = lines.get(number).map_or(self.text.len(), |next| next - 1);
        (number, lines[number - 1]..end)
    }

    /// Returns the byte offset of the start of each line.
    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect()
        })
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.text))
    }

    fn nearest(&self, pointer: &Pointer) -> Option<&Node> {
        self.index().nearest(&self.text, pointer.keys())
    }
}

/// A JSON pointer (RFC 6901) into a document: `/paths/~1v1~1Services/get`. The empty pointer is the root of the
/// document.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pointer(String);

/// Returns the keys of a JSON pointer such as `/error/code`.
pub(crate) fn pointer_keys(pointer: &str) -> Vec<String> {
    Pointer::from_reference(&format!("#{pointer}")).unwrap_or_default().keys().collect()
}

impl Pointer {
    /// Returns the pointer to the root of the document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Parses the fragment of a local reference, and decodes its percent-encoding.
    pub fn from_reference(reference: &str) -> Option<Self> {
        let pointer = percent_decoded(reference.strip_prefix('#')?);
        (pointer.is_empty() || pointer.starts_with('/')).then(|| Self(pointer.into_owned()))
    }

    /// Parses a pointer that is displayed as `#/…`.
    pub fn from_displayed(displayed: &str) -> Self {
        Self(displayed.trim_start_matches('#').to_owned())
    }

    /// Returns the name in `/components/<section>/<name>`.
    pub fn component(&self, section: &str) -> Option<String> {
        let name = self.0.strip_prefix("/components/")?.strip_prefix(section)?.strip_prefix('/')?;
        (!name.contains('/')).then(|| name.replace("~1", "/").replace("~0", "~"))
    }

    /// Returns the section in `/components/<section>/…`, such as `schemas`.
    pub fn section(&self) -> Option<&str> {
        self.0.strip_prefix("/components/")?.split('/').next()
    }

    /// Returns the path of the file that the pointer leads into, or `None` if the target is in the document itself.
    pub fn file(&self) -> Option<String> {
        self.keys().next()?.strip_prefix(FILE_KEY_PREFIX).map(str::to_owned)
    }

    /// Returns the value at the pointer in a document.
    pub fn lookup<'v>(&self, tree: &'v Value) -> Option<&'v Value> {
        tree.pointer(&self.0)
    }

    /// Returns whether this pointer is equal to `other`, or points to something inside `other`.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|keys| keys.is_empty() || keys.starts_with('/'))
    }

    /// Returns the pointer to a child by key or index.
    pub fn child(&self, key: impl fmt::Display) -> Self {
        /// The length in bytes that is enough for most keys.
        const TYPICAL_KEY_BYTES: usize = 24;
        let mut child = String::with_capacity(self.0.len() + TYPICAL_KEY_BYTES);
        child.push_str(&self.0);
        child.push('/');
        // Writing to a string cannot fail.
        let _ = write!(EscapedKey(&mut child), "{key}");
        Self(child)
    }

    /// Returns the pointer to the parent. The parent of the root is the root.
    pub fn parent(&self) -> Self {
        Self(self.0.rfind('/').map_or("", |end| &self.0[..end]).to_owned())
    }

    /// Returns the keys and indexes from the root, unescaped.
    pub fn keys(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"))
    }

    /// Returns the pointer as a string, without the `#` of the displayed form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Writes a key to a pointer, with its special characters escaped.
struct EscapedKey<'t>(&'t mut String);

impl fmt::Write for EscapedKey<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match text.contains(['~', '/']) {
            true => self.0.push_str(&text.replace('~', "~0").replace('/', "~1")),
            false => self.0.push_str(text),
        }
        Ok(())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Decodes percent-encoding (`%7B`). Returns the text unchanged if the result is not UTF-8.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let (mut bytes, mut remaining) = (Vec::new(), text.as_bytes());
    while let [first, after @ ..] = remaining {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                remaining = &after[2..];
            }
            None => {
                bytes.push(*first);
                remaining = after;
            }
        }
    }
    String::from_utf8(bytes).map_or(text.into(), Cow::from)
}

/// Returns a reference as the document has it. For a target in another file, this is `other.yaml#/Name`.
pub fn written_reference(reference: &str) -> String {
    let Some(target) = reference.strip_prefix("#/").and_then(|target| target.strip_prefix(FILE_KEY_PREFIX)) else {
        return reference.to_owned();
    };
    let (file, pointer) = target.split_at(target.find('/').unwrap_or(target.len()));
    format!("{}#{pointer}", file.replace("~1", "/").replace("~0", "~"))
}

/// Resolves a relative path in the file `from`. Returns `None` for a URL or an absolute path.
pub fn join_path(from: &str, relative: &str) -> Option<String> {
    if relative.contains(':') || relative.starts_with('/') {
        return None;
    }
    let mut segments: Vec<&str> = from.split('/').collect();
    segments.pop();
    let relative = percent_decoded(relative);
    for segment in relative.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

impl fmt::Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
