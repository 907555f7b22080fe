//! Converts wire names to the cases of Rust names.

use heck::{ToSnakeCase, ToUpperCamelCase};
use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_security::{GeneralSecurityProfile, MixedScript, is_potential_mixed_script_confusable_char, skeleton};

use super::file::shorten_type_name;
use super::reserved::{is_keyword, is_reserved_type};

/// Returns a name for a field, method, argument or module: `FriendlyName` becomes `friendly_name`, `type` becomes
/// `type_`.
///
/// The result is empty if the wire name consists of characters that have no word, such as `→`. Callers then use
/// [`spelling`].
pub fn value_name(wire: &str) -> String {
    escape(spell_unusual(wire).to_snake_case(), is_keyword)
}

/// Returns a name for a type: `friendly_name` becomes `FriendlyName`, `Self` becomes `Self_`.
///
/// The result is empty if the wire name consists of characters that have no word, such as `→`. Callers then use
/// [`spelling`].
pub fn type_name(wire: &str) -> String {
    let spelled = spell_unusual(wire);
    let name = spelled.to_upper_camel_case();
    match name.len() > MAX_TYPE_BYTES {
        true => escape(shorten_type_name(&spelled.to_snake_case()).to_upper_camel_case(), is_reserved_type),
        false => escape(name, is_reserved_type),
    }
}

/// The maximum length of the name of a type in bytes. Longer names are abbreviated.
const MAX_TYPE_BYTES: usize = 150;

/// Returns a name for a variant. A variant may have a name that is reserved for types, such as `Option`.
pub fn variant_name(wire: &str) -> String {
    escape(spell_unusual(wire).to_upper_camel_case(), is_keyword)
}

/// Makes a name valid: adds a trailing underscore to a reserved word, and a leading underscore to a name that begins
/// with a digit.
pub fn escape(name: String, is_reserved: fn(&str) -> bool) -> String {
    match name {
        name if is_reserved(&name) => format!("{name}_"),
        name if name.starts_with(|first: char| first != '_' && !is_xid_start(first)) => format!("_{name}"),
        name => name,
    }
}

/// Returns the singular of an English plural. Other words are returned unchanged.
pub fn singular(word: &str) -> String {
    let replace_end = |length: usize, new_end: &str| format!("{}{new_end}", &word[..word.len() - length]);
    let lower_case = word.to_ascii_lowercase();
    let ends_with = |end: &str| lower_case.ends_with(end) && lower_case.len() > end.len();
    match () {
        () if ends_with("ies") => replace_end(3, "y"),
        () if ends_with("sses")
            || ends_with("shes")
            || ends_with("ches")
            || ends_with("xes")
            || ends_with("zes")
            || ends_with("uses") =>
        {
            replace_end(2, "")
        }
        () if ends_with("ss") || ends_with("us") || ends_with("is") => word.to_owned(),
        () if ends_with("s") => replace_end(1, ""),
        () => word.to_owned(),
    }
}

/// Returns the spelling of a name at a level of detail. Level 0 is the name itself. Each further level writes more
/// characters as words. The levels 1 to 5 spell out leading punctuation, all punctuation, the case, words in capitals,
/// and characters that have no word. Returns `None` for a higher level.
pub fn spelling(wire: &str, level: usize) -> Option<String> {
    Some(match level {
        0 => wire.to_owned(),
        1 => spell_leading_punctuation(wire),
        2 => spell_punctuation(wire),
        3 => spell_case(wire),
        4 => mark_capitals(&spell_punctuation(wire)),
        5 => spell_code_points(wire),
        _ => return None,
    })
}

/// The number of levels of [`spelling`].
pub const SPELLING_LEVELS: usize = 6;

/// Spells out leading punctuation: `-created_at` becomes `minus created_at`.
fn spell_leading_punctuation(wire: &str) -> String {
    let start = wire.find(char::is_alphanumeric).unwrap_or(wire.len());
    spell_punctuation(&wire[..start]) + &wire[start..]
}

/// Spells out all punctuation: `-created_at` becomes `minus created underscore at`.
pub fn spell_punctuation(wire: &str) -> String {
    wire.chars().map(|c| punctuation_word(c).map_or_else(|| c.to_string(), |word| format!(" {word} "))).collect()
}

/// Spells out all punctuation and the case: `ASC` becomes `upper asc`, and `asc` becomes `lower asc`.
fn spell_case(wire: &str) -> String {
    let has_letter = |predicate: fn(char) -> bool| wire.chars().any(predicate);
    let case = match (has_letter(char::is_uppercase), has_letter(char::is_lowercase)) {
        (true, false) => "upper",
        (false, true) => "lower",
        (true, true) if wire.starts_with(char::is_uppercase) => "capital",
        (true, true) => "mixed",
        (false, false) => "",
    };
    format!("{case} {}", spell_punctuation(wire))
}

/// Marks each word in capitals: `consumerIBAN` becomes `consumer upper IBAN`.
fn mark_capitals(wire: &str) -> String {
    let letters: Vec<char> = wire.chars().collect();
    let mut marked = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let capital_count = letters[index..].iter().take_while(|letter| letter.is_uppercase()).count();
        let ends_word = letters.get(index + capital_count).is_none_or(|next| !next.is_lowercase());
        let begins_word = index == 0 || !letters[index - 1].is_uppercase();
        // In `IBANCode`, the last capital before the lower-case letter begins a new word.
        if begins_word && capital_count > if ends_word { 1 } else { 2 } {
            marked.push_str(" upper ");
        }
        marked.push(*letter);
    }
    marked
}

/// Spells out the punctuation, the case, and characters that have no word: `a→b` becomes `lower a u2192 b`.
pub fn spell_code_points(wire: &str) -> String {
    let spell = |c: char| match c {
        ' ' => " ".to_owned(),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c => format!(" u{:04x} ", u32::from(c)),
    };
    spell_case(wire).chars().map(spell).collect()
}

/// Spells out characters that a Rust name cannot contain:
///
/// - the punctuation of a name without letters and digits (`>=`), and the sign of a number (`-1`)
/// - letters and digits that Rust does not allow (`m²`) or that the compiler warns about (`µs`)
/// - letters that look like letters of a different script, if the compiler warns about them
fn spell_unusual(wire: &str) -> String {
    if wire.is_empty() {
        return "empty".to_owned();
    }
    let is_allowed = |c: char| is_xid_continue(c) && c.identifier_allowed();
    let is_confusable = is_confusable(wire);
    let is_unusual = |c: char| c.is_alphanumeric() && (!is_allowed(c) || is_confusable && is_look_alike(c));
    if !wire.is_ascii() && wire.contains(is_unusual) {
        let spell = |c: char| if is_unusual(c) { format!(" u{:04x} ", u32::from(c)) } else { c.to_string() };
        return wire.chars().map(spell).collect();
    }
    let has_only_punctuation = !wire.contains(|c: char| c.is_alphanumeric());
    let is_signed_number = wire.starts_with(['+', '-']) && wire[1..].starts_with(|c: char| c.is_numeric());
    if !has_only_punctuation && !is_signed_number {
        return wire.to_owned();
    }
    let mut spelled = String::new();
    for (index, c) in wire.chars().enumerate() {
        match punctuation_word(c) {
            Some(word) if has_only_punctuation || index == 0 => {
                spelled.push_str(word);
                spelled.push(' ');
            }
            _ => spelled.push(c),
        }
    }
    spelled
}

/// Returns whether a letter looks like a letter of a different script, or like an ASCII letter.
fn is_look_alike(c: char) -> bool {
    !c.is_ascii() && (is_potential_mixed_script_confusable_char(c) && !is_latin(c) || is_like_ascii(c))
}

fn is_like_ascii(c: char) -> bool {
    let (mut letter, mut buffer) = (None, [0; 4]);
    for (index, skeleton_char) in skeleton(c.encode_utf8(&mut buffer)).enumerate() {
        letter = (index == 0 && skeleton_char.is_ascii()).then_some(skeleton_char);
    }
    letter.is_some()
}

/// Returns whether the compiler may warn that a name can be mistaken for a name in a different script.
///
/// The compiler does not warn about a name if all letters are of one script and one of them looks like no letter of a
/// different script.
fn is_confusable(wire: &str) -> bool {
    if wire.is_ascii() {
        return false;
    }
    let letters: String = wire.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_unmistakable = |c: char| !c.is_ascii() && c.is_alphanumeric() && !is_look_alike(c) && !is_latin(c);
    !(letters.as_str().is_single_script() && letters.contains(is_unmistakable))
}

fn is_latin(c: char) -> bool {
    format!("a{c}").as_str().is_single_script()
}

fn punctuation_word(c: char) -> Option<&'static str> {
    PUNCTUATION_WORDS.iter().find(|(punctuation, _)| *punctuation == c).map(|(_, word)| *word)
}

/// The word for each punctuation character in a name.
const PUNCTUATION_WORDS: &[(char, &str)] = &[
    ('!', "not"),
    ('#', "hash"),
    ('$', "dollar"),
    ('%', "percent"),
    ('&', "and"),
    ('*', "star"),
    ('+', "plus"),
    ('\'', "quote"),
    ('"', "double quote"),
    ('(', "open"),
    (')', "close"),
    (',', "comma"),
    ('-', "minus"),
    ('.', "dot"),
    ('/', "slash"),
    (':', "colon"),
    (';', "semicolon"),
    ('<', "less"),
    ('=', "equal"),
    ('>', "greater"),
    ('?', "question"),
    ('@', "at"),
    ('[', "left"),
    (']', "right"),
    (' ', "space"),
    ('^', "caret"),
    ('_', "underscore"),
    ('`', "tick"),
    ('{', "left brace"),
    ('}', "right brace"),
    ('|', "or"),
    ('~', "tilde"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_become_value_names() {
        for (wire, expected) in [
            ("FriendlyName", "friendly_name"),
            ("X-Twilio-Webhook-Enabled", "x_twilio_webhook_enabled"),
            ("Timers.Inactive", "timers_inactive"),
            ("type", "type_"),
            ("async", "async_"),
            ("self", "self_"),
            ("Option", "option"),
            ("1st", "_1st"),
            ("a-b", "a_b"),
            ("a_b", "a_b"),
            ("Ü", "ü"),
            ("+1", "plus_1"),
            ("-1", "minus_1"),
            ("", "empty"),
            (">=", "greater_equal"),
            ("\u{3000}", ""),
            ("m²", "m_u00b2"),
            ("µs", "u00b5_s"),
            ("дата", "дата"),
            ("\u{430}dmin", "u0430_dmin"),
            ("датa", "д_u0430_u0442_a"),
            ("ı", "u0131"),
            ("größe", "größe"),
            ("日本", "日本"),
            ("メニュー", "メニュー"),
            ("\u{202e}evil", "evil"),
        ] {
            assert_eq!(value_name(wire), expected, "{wire:?}");
        }
    }

    #[test]
    fn wire_names_become_type_names() {
        for (wire, expected) in [
            ("friendly_name", "FriendlyName"),
            ("conversations.v1.service", "ConversationsV1Service"),
            ("Option", "Option_"),
            ("Result", "Result_"),
            ("Self", "Self_"),
            ("error", "Error_"),
            ("1st", "_1st"),
            ("URL", "Url"),
        ] {
            assert_eq!(type_name(wire), expected, "{wire:?}");
        }
    }

    #[test]
    fn plurals_become_singulars() {
        for (plural, expected) in [
            ("Services", "Service"),
            ("Addresses", "Address"),
            ("Statuses", "Status"),
            ("Boxes", "Box"),
            ("Policies", "Policy"),
            ("Status", "Status"),
            ("Media", "Media"),
            ("Analysis", "Analysis"),
            ("s", "s"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }
}
