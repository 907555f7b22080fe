//! Decodes percent-encoding and the escapes of JSON and HTML, any number of times.
//!
//! Each decoded character has the byte range of its encoding in the original string. A value that is found in the decoded
//! string can therefore be replaced in the original string.

/// A decoded character, and the byte range of its encoding in the original string. Letters are in lower case. `+` and the
/// no-break space are decoded as a space, because `+` means a space in forms.
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

/// The maximum number of times that a string is decoded.
const MAX_LEVELS: usize = 4;

/// Returns the string without decoding, decoded once, decoded twice and so on, until it contains no more escapes.
pub fn decoding_levels(message: &str) -> Vec<Vec<DecodedChar>> {
    let mut raw = Vec::with_capacity(message.len());
    for (start, char) in message.char_indices() {
        raw.push(DecodedChar::new(char, start, start + char.len_utf8()));
    }
    let mut levels = vec![raw];
    while levels.len() <= MAX_LEVELS
        && let Some(next) = levels.last().and_then(|last| unescape(last))
    {
        levels.push(next);
    }
    levels
}

/// Decodes every escape once. `None` if there are no escapes.
fn unescape(chars: &[DecodedChar]) -> Option<Vec<DecodedChar>> {
    let mut decoded = Vec::with_capacity(chars.len());
    let mut position = 0;
    while let Some(first) = chars.get(position) {
        let rest = &chars[position..];
        let length = decode_bytes(rest, &mut decoded);
        position += if length > 0 {
            length
        } else if let Some((char, length)) = leading_escape(rest) {
            decoded.push(DecodedChar::new(char, first.start, rest[length - 1].end));
            length
        } else {
            decoded.push(*first);
            1
        };
    }
    (decoded.len() < chars.len()).then_some(decoded)
}

/// Decodes the encoded bytes at the beginning of a string (`%C3%A9` or `\xc3\xa9`), and returns the length of the encoding in
/// characters. Bytes that are not UTF-8 are decoded as Latin-1.
fn decode_bytes(chars: &[DecodedChar], output: &mut Vec<DecodedChar>) -> usize {
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    let mut count = 0;
    loop {
        let rest = &chars[count..];
        let prefix_length = match rest {
            [DecodedChar { char: '%', .. }, ..] => 1,
            [DecodedChar { char: '\\', .. }, DecodedChar { char: 'x', .. }, ..] => 2,
            _ => break,
        };
        let byte = leading_digits(rest, prefix_length, 2, 16).filter(|(_, count)| *count == 2);
        let Some(byte) = byte.and_then(|(byte, _)| u8::try_from(byte).ok()) else { break };
        bytes.push(byte);
        count += prefix_length + 2;
        ends.push(chars[count - 1].end);
    }
    let mut start = chars.first().map_or(0, |first| first.start);
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

/// Returns the character of the escape at the beginning of a string, and the length of the escape.
fn leading_escape(chars: &[DecodedChar]) -> Option<(char, usize)> {
    match (chars.first()?.char, chars.get(1)?.char) {
        ('\\' | '%', 'u') => match utf16_unit(chars)? {
            (high @ 0xd800..=0xdbff, length) => match utf16_unit(&chars[length..]) {
                Some((low @ 0xdc00..=0xdfff, low_length)) => {
                    Some((char_or_replacement(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)), length + low_length))
                }
                _ => Some((char_or_replacement(high), length)),
            },
            (unit, length) => Some((char_or_replacement(unit), length)),
        },
        ('\\', 'b') => Some(('\u{8}', 2)),
        ('\\', 'f') => Some(('\u{c}', 2)),
        ('\\', 'n') => Some(('\n', 2)),
        ('\\', 'r') => Some(('\r', 2)),
        ('\\', 't') => Some(('\t', 2)),
        ('\\', sign @ ('"' | '\'' | '/' | '\\')) => Some((sign, 2)),
        ('&', '#') => numeric_reference(chars),
        ('&', _) => named_reference(chars),
        _ => None,
    }
}

/// Returns the number of the escape `\u00e9`, `%u00e9` or `\u{e9}` at the beginning of a string, and the length of the escape.
fn utf16_unit(chars: &[DecodedChar]) -> Option<(u32, usize)> {
    match chars {
        [DecodedChar { char: '\\', .. }, DecodedChar { char: 'u', .. }, DecodedChar { char: '{', .. }, ..] => {
            let (number, count) = leading_digits(chars, 3, 7, 16)?;
            (chars.get(3 + count)?.char == '}').then_some((number, 4 + count))
        }
        [DecodedChar { char: '\\' | '%', .. }, DecodedChar { char: 'u', .. }, ..] => {
            let (number, count) = leading_digits(chars, 2, 4, 16)?;
            (count == 4).then_some((number, 6))
        }
        _ => None,
    }
}

/// Returns the character of a numeric reference, such as `&#233;` or `&#xe9;`. The semicolon is optional in HTML.
fn numeric_reference(chars: &[DecodedChar]) -> Option<(char, usize)> {
    let (start, radix) = if chars.get(2)?.char == 'x' { (3, 16) } else { (2, 10) };
    let (number, count) = leading_digits(chars, start, 9, radix)?;
    Some((char_or_replacement(number), with_semicolon(chars, start + count)))
}

/// Returns the character of a named reference, such as `&amp;`. HTML also allows some names without a semicolon, and the
/// next word may follow such a name directly. If several names match, this function uses the longest name.
fn named_reference(chars: &[DecodedChar]) -> Option<(char, usize)> {
    let mut name = String::new();
    while name.len() < 8
        && let Some(decoded) = chars.get(1 + name.len()).filter(|decoded| decoded.char.is_ascii_alphanumeric())
    {
        name.push(decoded.char);
    }
    let has_semicolon = chars.get(1 + name.len()).is_some_and(|next| next.char == ';');
    let mut longest = ("", char::REPLACEMENT_CHARACTER);
    let mut update_longest = |entity: &'static str, needs_semicolon: bool, char: char| {
        let matches = has_semicolon && name == entity || !needs_semicolon && name.starts_with(entity);
        if matches && entity.len() > longest.0.len() {
            longest = (entity, char);
        }
    };
    for (index, (entity, char)) in ASCII_NAMES.iter().enumerate() {
        update_longest(entity, index >= NAMES_WITHOUT_SEMICOLON, *char);
    }
    let mut code = 0xa0;
    for entity in LATIN_1_NAMES {
        update_longest(entity, false, char_or_replacement(code));
        code = if code == 0xbf { 0xdf } else { code + 1 };
    }
    let (entity, char) = longest;
    (!entity.is_empty()).then(|| (char, with_semicolon(chars, 1 + entity.len())))
}

/// Returns the length of a reference including its semicolon, if it has one.
fn with_semicolon(chars: &[DecodedChar], length: usize) -> usize {
    length + usize::from(chars.get(length).is_some_and(|next| next.char == ';'))
}

fn char_or_replacement(number: u32) -> char {
    char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Returns the number that at most `max_count` digits from the position `start` represent, and their count. `None` if there are
/// no digits.
fn leading_digits(chars: &[DecodedChar], start: usize, max_count: usize, radix: u32) -> Option<(u32, usize)> {
    let (mut number, mut count) = (0_u32, 0);
    while count < max_count
        && let Some(digit) = chars.get(start + count).and_then(|decoded| decoded.char.to_digit(radix))
    {
        number = number.checked_mul(radix)?.checked_add(digit)?;
        count += 1;
    }
    (count > 0).then_some((number, count))
}

/// The number of names at the start of `ASCII_NAMES` that need no semicolon. The names of Latin-1 characters need no
/// semicolon either.
const NAMES_WITHOUT_SEMICOLON: usize = 5;

/// The HTML names of ASCII characters and of the multiplication sign.
const ASCII_NAMES: [(&str, char); 43] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("times", '\u{d7}'),
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
];

/// The HTML names of U+00A0 to U+00BF, followed by the names of U+00DF to U+00FF.
const LATIN_1_NAMES: [&str; 65] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
    "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
    "raquo", "frac14", "frac12", "frac34", "iquest", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring",
    "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute",
    "thorn", "yuml",
];
