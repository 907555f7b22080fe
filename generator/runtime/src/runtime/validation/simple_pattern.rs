//! Checks simple regular expressions, such as those of identifiers, without the crate `regex-lite`.

/// Returns whether a string matches a simple regular expression. Returns `None` if the regular expression is not simple, whatever the
/// string is.
///
/// A simple regular expression begins with `^`, and may end with `$`. Between them are characters and classes such as `[0-9a-f]`. The
/// characters are ASCII letters, digits, `-` and `_:/,@%=`. `{8}` repeats a character or a class 8 times. `+` and `*` are allowed only
/// directly before the final `$`.
pub fn matches_simple(pattern: &str, string: &str) -> Option<bool> {
    let items = pattern.strip_prefix('^')?;
    let (mut items, has_end_anchor) = items.strip_suffix('$').map_or((items, false), |items| (items, true));
    let (mut rest, mut is_match) = (string.as_bytes(), true);
    while !items.is_empty() {
        let (class, after_class) = take_class(items)?;
        let (minimum, maximum, remaining_items) = take_repetition(after_class, has_end_anchor)?;
        let mut count = 0;
        while count < maximum
            && let Some((byte, after)) = rest.split_first()
            && contains(class, *byte)
        {
            rest = after;
            count += 1;
        }
        is_match &= count >= minimum;
        items = remaining_items;
    }
    Some(is_match && (rest.is_empty() || !has_end_anchor))
}

/// Takes a character, or the contents of a class. Returns it and the text after it.
fn take_class(items: &str) -> Option<(&[u8], &str)> {
    if let Some(after) = items.strip_prefix('[') {
        let (class, after) = after.split_once(']')?;
        return is_class(class.as_bytes()).then_some((class.as_bytes(), after));
    }
    let (character, after) = items.split_at_checked(1)?;
    let is_valid = character == "-" || character.bytes().all(is_literal);
    is_valid.then_some((character.as_bytes(), after))
}

/// Takes the repetition of a character or a class. Returns the minimum, the maximum, and the text after it.
fn take_repetition(items: &str, has_end_anchor: bool) -> Option<(usize, usize, &str)> {
    match items {
        "+" if has_end_anchor => return Some((1, usize::MAX, "")),
        "*" if has_end_anchor => return Some((0, usize::MAX, "")),
        _ => {}
    }
    let Some(after) = items.strip_prefix('{') else { return Some((1, 1, items)) };
    let (count, after) = after.split_once('}')?;
    // `parse` accepts a sign.
    let count = count.parse::<u8>().ok().filter(|_| !count.starts_with('+'))?;
    Some((count.into(), count.into(), after))
}

/// Returns whether a character has no meaning of its own, in a class and outside of it.
fn is_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'/' | b',' | b'@' | b'%' | b'=')
}

/// Returns whether a class consists of literal characters and ranges of them. A hyphen can be its last character.
fn is_class(mut class: &[u8]) -> bool {
    if class.is_empty() {
        return false;
    }
    loop {
        class = match class {
            [] | [b'-'] => return true,
            [from, b'-', to, rest @ ..] if is_literal(*from) && is_literal(*to) && from <= to => rest,
            [_, b'-', _, ..] => return false,
            [single, rest @ ..] if is_literal(*single) => rest,
            _ => return false,
        };
    }
}

/// Returns whether a class contains a character.
fn contains(mut class: &[u8], byte: u8) -> bool {
    loop {
        let range;
        (range, class) = match class {
            [from, b'-', to, rest @ ..] => (*from..=*to, rest),
            [single, rest @ ..] => (*single..=*single, rest),
            [] => return false,
        };
        if range.contains(&byte) {
            return true;
        }
    }
}
