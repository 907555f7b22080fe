//! The spellings of a text: what it says once percent-encoding and the escapes of JSON and HTML are undone.
//!
//! Each decoded character remembers which bytes of the source spell it, so that what is found in a decoded text can be
//! taken out of the source.

/// A character of a text and the bytes of the source that spell it. Letters are in lower case. `+`, which stands for a
/// space in forms, and the no-break space are spaces.
#[derive(Clone, Copy)]
pub struct Spelled {
    pub char: char,
    pub start: usize,
    pub end: usize,
}

impl Spelled {
    fn new(char: char, start: usize, end: usize) -> Self {
        let char = match char {
            '+' | '\u{a0}' => ' ',
            char => char.to_lowercase().next().unwrap_or(char),
        };
        Self { char, start, end }
    }
}

/// How many times a text may be encoded for its spelling to be recognised.
const DEPTH: usize = 4;

/// Returns the text as it is, and what it says after its escapes are undone once, twice and so on, as long as there are any.
pub fn levels(text: &str) -> Vec<Vec<Spelled>> {
    let raw = text.char_indices().map(|(start, char)| Spelled::new(char, start, start + char.len_utf8()));
    let mut levels: Vec<Vec<Spelled>> = vec![raw.collect()];
    while levels.len() <= DEPTH
        && let Some(next) = levels.last().and_then(|last| unescape(last))
    {
        levels.push(next);
    }
    levels
}

/// Undoes every escape once; none if there is none.
fn unescape(text: &[Spelled]) -> Option<Vec<Spelled>> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(first) = text.get(at) {
        let rest = &text[at..];
        let count = bytes(rest, &mut plain);
        at += if count > 0 {
            count
        } else if let Some((char, count)) = escape(rest) {
            plain.push(Spelled::new(char, first.start, rest[count - 1].end));
            count
        } else {
            plain.push(*first);
            1
        };
    }
    (plain.len() < text.len()).then_some(plain)
}

/// Decodes the bytes that a text begins with (`%C3%A9`, `\xc3\xa9`), and returns how many characters spell them. Bytes
/// that are not UTF-8 are Latin-1.
fn bytes(text: &[Spelled], plain: &mut Vec<Spelled>) -> usize {
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    let mut count = 0;
    loop {
        let rest = &text[count..];
        let escape = match rest {
            [Spelled { char: '%', .. }, ..] => 1,
            [Spelled { char: '\\', .. }, Spelled { char: 'x', .. }, ..] => 2,
            _ => break,
        };
        let Some(byte) = hex(rest, escape, 2).and_then(|byte| u8::try_from(byte).ok()) else { break };
        bytes.push(byte);
        count += escape + 2;
        ends.push(text[count - 1].end);
    }
    let mut start = text.first().map_or(0, |first| first.start);
    let mut decoded = 0;
    let mut push = |char: char, length: usize| {
        decoded += length;
        plain.push(Spelled::new(char, start, ends[decoded - 1]));
        start = ends[decoded - 1];
    };
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|char| push(char, char.len_utf8()));
        chunk.invalid().iter().for_each(|byte| push(char::from(*byte), 1));
    }
    count
}

/// The character that a text begins with if that is written as an escape, and the length of the escape.
fn escape(text: &[Spelled]) -> Option<(char, usize)> {
    match (text.first()?.char, text.get(1)?.char) {
        ('\\' | '%', 'u') => match unit(text)? {
            (high @ 0xd800..=0xdbff, length) => match unit(&text[length..]) {
                Some((low @ 0xdc00..=0xdfff, more)) => {
                    Some((character(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)), length + more))
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
        ('&', '#') => number(text),
        ('&', _) => entity(text),
        _ => None,
    }
}

/// The number in `\u00e9`, `%u00e9` or `\u{e9}` at the beginning of a text, and the length of all that.
fn unit(text: &[Spelled]) -> Option<(u32, usize)> {
    match text {
        [Spelled { char: '\\', .. }, Spelled { char: 'u', .. }, Spelled { char: '{', .. }, ..] => {
            let digits = text.iter().skip(3).take(7).take_while(|one| one.char.is_ascii_hexdigit()).count();
            (text.get(3 + digits)?.char == '}').then_some((hex(text, 3, digits)?, 4 + digits))
        }
        [Spelled { char: '\\' | '%', .. }, Spelled { char: 'u', .. }, ..] => Some((hex(text, 2, 4)?, 6)),
        _ => None,
    }
}

/// The character of a numeric reference, `&#233;` or `&#xe9;`. HTML does without the semicolon too.
fn number(text: &[Spelled]) -> Option<(char, usize)> {
    let (start, radix) = if text.get(2)?.char == 'x' { (3, 16) } else { (2, 10) };
    let digits = text.iter().skip(start).take(9).take_while(|one| one.char.is_digit(radix)).count();
    let number = value(text.get(start..start + digits)?, radix)?;
    Some((character(number), ended(text, start + digits)))
}

/// The character of a named reference, such as `&amp;`.
fn entity(text: &[Spelled]) -> Option<(char, usize)> {
    let name: String =
        text.iter().skip(1).take(8).map(|one| one.char).take_while(char::is_ascii_alphanumeric).collect();
    let length = ended(text, 1 + name.len());
    // A name without its semicolon may run into the next word, which only old names can.
    let char = if text.get(length - 1)?.char == ';' {
        let latin = LATIN.iter().position(|known| *known == name).and_then(|index| u32::try_from(index).ok());
        let latin = latin.map(|index| character(if index < 32 { 0xa0 + index } else { 0xdf + index - 32 }));
        latin.or_else(|| ASCII.iter().find(|(known, _)| *known == name).map(|(_, char)| *char))?
    } else {
        let (known, char) = ASCII[..4].iter().find(|(known, _)| name.starts_with(known))?;
        return Some((*char, 1 + known.len()));
    };
    Some((char, length))
}

/// The length of a reference with its semicolon, if it has one.
fn ended(text: &[Spelled], length: usize) -> usize {
    length + usize::from(text.get(length).is_some_and(|next| next.char == ';'))
}

fn character(number: u32) -> char {
    char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The number that so many hexadecimal digits spell.
fn hex(text: &[Spelled], start: usize, digits: usize) -> Option<u32> {
    value(text.get(start..start + digits)?, 16)
}

fn value(digits: &[Spelled], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, digit| value.checked_mul(radix)?.checked_add(digit.char.to_digit(radix)?))
}

/// The names that HTML has for signs of ASCII; the first four count without a semicolon too.
const ASCII: [(&str, char); 43] = [
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

/// The names that HTML has for U+00A0 to U+00BF, then for U+00DF to U+00FF.
const LATIN: [&str; 65] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
    "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
    "raquo", "frac14", "frac12", "frac34", "iquest", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring",
    "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute",
    "thorn", "yuml",
];
