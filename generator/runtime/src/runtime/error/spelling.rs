//! Decodes percent-encoding and the escapes of JSON and HTML, any number of times.
//!
//! Each decoded character has the byte range of its encoding in the source, so a value that is found in the decoded text can be
//! removed from the source.

/// A decoded character, and the byte range of its encoding in the source. Letters are in lower case. `+`, which means a space in
/// forms, and the no-break space are decoded as a space.
#[derive(Clone, Copy)]
pub struct DecodedChar {
    pub char: char,
    pub start: usize,
    pub end: usize,
}

impl DecodedChar {
    fn new(char: char, start: usize, end: usize) -> Self {
        let char = match char {
            '+' | '\u{a0}' => ' ',
            char => char.to_lowercase().next().unwrap_or(char),
        };
        Self { char, start, end }
    }
}

/// The maximum number of times that a text is decoded.
const MAX_LEVELS: usize = 4;

/// Returns the text itself, the text after decoding it once, after decoding it twice and so on, while there is something to
/// decode.
pub fn decoding_levels(text: &str) -> Vec<Vec<DecodedChar>> {
    let raw = text.char_indices().map(|(start, char)| DecodedChar::new(char, start, start + char.len_utf8()));
    let mut levels: Vec<Vec<DecodedChar>> = vec![raw.collect()];
    while levels.len() <= MAX_LEVELS
        && let Some(next) = levels.last().and_then(|last| unescape(last))
    {
        levels.push(next);
    }
    levels
}

/// Decodes every escape once. `None` if there are no escapes.
fn unescape(text: &[DecodedChar]) -> Option<Vec<DecodedChar>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut position = 0;
    while let Some(first) = text.get(position) {
        let rest = &text[position..];
        let length = decode_bytes(rest, &mut decoded);
        position += if length > 0 {
            length
        } else if let Some((char, length)) = escape(rest) {
            decoded.push(DecodedChar::new(char, first.start, rest[length - 1].end));
            length
        } else {
            decoded.push(*first);
            1
        };
    }
    (decoded.len() < text.len()).then_some(decoded)
}

/// Decodes the encoded bytes at the beginning of a text (`%C3%A9` or `\xc3\xa9`), and returns the number of characters that
/// encode them. Bytes that are not UTF-8 are decoded as Latin-1.
fn decode_bytes(text: &[DecodedChar], output: &mut Vec<DecodedChar>) -> usize {
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    let mut count = 0;
    loop {
        let rest = &text[count..];
        let prefix_length = match rest {
            [DecodedChar { char: '%', .. }, ..] => 1,
            [DecodedChar { char: '\\', .. }, DecodedChar { char: 'x', .. }, ..] => 2,
            _ => break,
        };
        let Some(byte) = hex(rest, prefix_length, 2).and_then(|byte| u8::try_from(byte).ok()) else { break };
        bytes.push(byte);
        count += prefix_length + 2;
        ends.push(text[count - 1].end);
    }
    let mut start = text.first().map_or(0, |first| first.start);
    let mut decoded_bytes = 0;
    let mut push = |char: char, length: usize| {
        decoded_bytes += length;
        output.push(DecodedChar::new(char, start, ends[decoded_bytes - 1]));
        start = ends[decoded_bytes - 1];
    };
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|char| push(char, char.len_utf8()));
        chunk.invalid().iter().for_each(|byte| push(char::from(*byte), 1));
    }
    count
}

/// Returns the character of the escape at the beginning of a text, and the length of the escape.
fn escape(text: &[DecodedChar]) -> Option<(char, usize)> {
    match (text.first()?.char, text.get(1)?.char) {
        ('\\' | '%', 'u') => match utf16_unit(text)? {
            (high @ 0xd800..=0xdbff, length) => match utf16_unit(&text[length..]) {
                Some((low @ 0xdc00..=0xdfff, low_length)) => {
                    Some((character(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)), length + low_length))
                }
                _ => Some((character(high), length)),
            },
            (unit, length) => Some((character(unit), length)),
        },
        ('\\', 'b') => Some(('\u{8}', 2)),
        ('\\', 'f') => Some(('\u{c}', 2)),
        ('\\', 'n') => Some(('\n', 2)),
        ('\\', 'r') => Some(('\r', 2)),
        ('\\', 't') => Some(('\t', 2)),
        ('\\', sign @ ('"' | '\'' | '/' | '\\')) => Some((sign, 2)),
        ('&', '#') => numeric_reference(text),
        ('&', _) => named_reference(text),
        _ => None,
    }
}

/// Returns the number of the escape `\u00e9`, `%u00e9` or `\u{e9}` at the beginning of a text, and the length of the escape.
fn utf16_unit(text: &[DecodedChar]) -> Option<(u32, usize)> {
    match text {
        [DecodedChar { char: '\\', .. }, DecodedChar { char: 'u', .. }, DecodedChar { char: '{', .. }, ..] => {
            let digits = text.iter().skip(3).take(7).take_while(|decoded| decoded.char.is_ascii_hexdigit()).count();
            (text.get(3 + digits)?.char == '}').then_some((hex(text, 3, digits)?, 4 + digits))
        }
        [DecodedChar { char: '\\' | '%', .. }, DecodedChar { char: 'u', .. }, ..] => Some((hex(text, 2, 4)?, 6)),
        _ => None,
    }
}

/// Returns the character of a numeric reference, such as `&#233;` or `&#xe9;`. The semicolon is optional in HTML.
fn numeric_reference(text: &[DecodedChar]) -> Option<(char, usize)> {
    let (start, radix) = if text.get(2)?.char == 'x' { (3, 16) } else { (2, 10) };
    let digits = text.iter().skip(start).take(9).take_while(|decoded| decoded.char.is_digit(radix)).count();
    let number = value(text.get(start..start + digits)?, radix)?;
    Some((character(number), with_semicolon(text, start + digits)))
}

/// Returns the character of a named reference, such as `&amp;`. HTML also allows some names without a semicolon, and letters of the
/// next word may follow them directly. The longest such name counts.
fn named_reference(text: &[DecodedChar]) -> Option<(char, usize)> {
    let name: String =
        text.iter().skip(1).take(8).map(|decoded| decoded.char).take_while(char::is_ascii_alphanumeric).collect();
    let length = with_semicolon(text, 1 + name.len());
    let has_semicolon = text.get(length - 1)?.char == ';';
    let latin_1 =
        LATIN_1_NAMES.iter().zip(('\u{a0}'..='\u{bf}').chain('\u{df}'..='\u{ff}')).map(|(name, char)| (*name, char));
    let mut names = ASCII_NAMES.into_iter().chain(latin_1.clone());
    if let Some((_, char)) = names.find(|(entity, _)| has_semicolon && *entity == name) {
        return Some((char, length));
    }
    let names = NAMES_WITHOUT_SEMICOLON.into_iter().chain(latin_1).filter(|(entity, _)| name.starts_with(entity));
    let (entity, char) = names.max_by_key(|(entity, _)| entity.len())?;
    Some((char, with_semicolon(text, 1 + entity.len())))
}

/// Returns the length of a reference including its semicolon, if it has one.
fn with_semicolon(text: &[DecodedChar], length: usize) -> usize {
    length + usize::from(text.get(length).is_some_and(|next| next.char == ';'))
}

fn character(number: u32) -> char {
    char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Returns the number of a sequence of hexadecimal digits.
fn hex(text: &[DecodedChar], start: usize, digits: usize) -> Option<u32> {
    value(text.get(start..start + digits)?, 16)
}

fn value(digits: &[DecodedChar], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, digit| value.checked_mul(radix)?.checked_add(digit.char.to_digit(radix)?))
}

/// The HTML names of ASCII characters and of the multiplication sign that need no semicolon. The names of Latin-1 characters need
/// none either.
const NAMES_WITHOUT_SEMICOLON: [(&str, char); 5] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("times", '\u{d7}')];

/// The HTML names of ASCII characters and of the multiplication sign.
const ASCII_NAMES: [(&str, char); 43] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("tab", '\t'),
    ("newline", '\n'),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("dash", '-'),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("hat", '^'),
    ("lowbar", '_'),
    ("underbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("vbar", '|'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("times", '\u{d7}'),
];

/// The HTML names of U+00A0 to U+00BF, followed by those of U+00DF to U+00FF.
const LATIN_1_NAMES: [&str; 65] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
    "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
    "raquo", "frac14", "frac12", "frac34", "iquest", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring",
    "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute",
    "thorn", "yuml",
];
