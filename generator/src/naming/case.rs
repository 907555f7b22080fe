//! Converts wire names to the cases of Rust names.

use heck::{ToSnakeCase, ToUpperCamelCase};
use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_security::{GeneralSecurityProfile, MixedScript, is_potential_mixed_script_confusable_char, skeleton};

use super::file::type_words;
use super::reserved::{is_keyword, is_taken_type};

/// Returns a name for a field, method, argument or module: `FriendlyName` is `friendly_name`, `type` is `type_`.
///
/// It is empty if the name has no letters and digits, and no words for its punctuation. Then use [`spelling`].
pub fn value(wire: &str) -> String {
    escape(spell(wire).to_snake_case(), is_keyword)
}

/// Returns a name for a type or variant: `friendly_name` is `FriendlyName`, `Self` is `Self_`.
///
/// It is empty if the name has no letters and digits, and no words for its punctuation. Then use [`spelling`].
pub fn ty(wire: &str) -> String {
    let spelled = spell(wire);
    let name = spelled.to_upper_camel_case();
    match name.len() > LONGEST_TYPE {
        true => escape(type_words(&spelled.to_snake_case()).to_upper_camel_case(), is_taken_type),
        false => escape(name, is_taken_type),
    }
}

/// The maximum length. Longer names are abbreviated.
const LONGEST_TYPE: usize = 150;

/// Returns a name for a variant: like that of a type, but it may be a name of the prelude.
pub fn variant(wire: &str) -> String {
    escape(spell(wire).to_upper_camel_case(), is_keyword)
}

/// Adds a trailing underscore to a reserved word, and a leading one to a digit.
pub fn escape(word: String, is_reserved: fn(&str) -> bool) -> String {
    match word {
        word if is_reserved(&word) => format!("{word}_"),
        word if word.starts_with(|first: char| first != '_' && !is_xid_start(first)) => format!("_{word}"),
        word => word,
    }
}

/// Returns the singular of an English plural. Other words stay as they are.
pub fn singular(word: &str) -> String {
    let cut = |end: usize, with: &str| format!("{}{with}", &word[..word.len() - end]);
    let lower = word.to_ascii_lowercase();
    let ends = |end: &str| lower.ends_with(end) && lower.len() > end.len();
    match () {
        () if ends("ies") => cut(3, "y"),
        () if ends("sses") || ends("shes") || ends("ches") || ends("xes") || ends("zes") || ends("uses") => cut(2, ""),
        () if ends("ss") || ends("us") || ends("is") => word.to_owned(),
        () if ends("s") => cut(1, ""),
        () => word.to_owned(),
    }
}

/// Returns the spelling of a name in a turn: turn 0 leaves it as it is, and each later turn spells out more. The order is
/// leading punctuation, all punctuation, the case, the words in capitals, and code points without a word.
pub fn spelling(wire: &str, turn: usize) -> Option<String> {
    Some(match turn {
        0 => wire.to_owned(),
        1 => lead(wire),
        2 => spelled(wire),
        3 => spelled_with_case(wire),
        4 => spelled_with_capitals(&spelled(wire)),
        5 => spelled_with_codes(wire),
        _ => return None,
    })
}

/// The number of spellings of a name.
pub const SPELLINGS: usize = 6;

/// Spells out leading punctuation: `-created_at` is `minus created_at`.
fn lead(wire: &str) -> String {
    let start = wire.find(char::is_alphanumeric).unwrap_or(wire.len());
    spelled(&wire[..start]) + &wire[start..]
}

/// Spells out all punctuation: `-created_at` is `minus created underscore at`.
pub fn spelled(wire: &str) -> String {
    let word = |sign: char| SIGNS.iter().find(|(known, _)| *known == sign).map(|(_, word)| *word);
    wire.chars().map(|sign| word(sign).map_or_else(|| sign.to_string(), |word| format!(" {word} "))).collect()
}

/// Also spells out the case: `ASC` is `upper asc`, and `asc` is `lower asc`.
fn spelled_with_case(wire: &str) -> String {
    let any = |is: fn(char) -> bool| wire.chars().any(is);
    let case = match (any(char::is_uppercase), any(char::is_lowercase)) {
        (true, false) => "upper",
        (false, true) => "lower",
        (true, true) if wire.starts_with(char::is_uppercase) => "capital",
        (true, true) => "mixed",
        (false, false) => "",
    };
    format!("{case} {}", spelled(wire))
}

/// Marks each word in capitals: `consumerIBAN` is `consumer upper IBAN`.
fn spelled_with_capitals(wire: &str) -> String {
    let letters: Vec<char> = wire.chars().collect();
    let mut spelled = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let capitals = letters[index..].iter().take_while(|letter| letter.is_uppercase()).count();
        let ends = letters.get(index + capitals).is_none_or(|next| !next.is_lowercase());
        let begins = index == 0 || !letters[index - 1].is_uppercase();
        // The last capital before a lower-case letter begins a new word.
        if begins && capitals > if ends { 1 } else { 2 } {
            spelled.push_str(" upper ");
        }
        spelled.push(*letter);
    }
    spelled
}

/// Also spells out code points without a word: `a→b` is `lower a u2192 b`.
pub fn spelled_with_codes(wire: &str) -> String {
    let code = |sign: char| match sign {
        ' ' => " ".to_owned(),
        sign if sign.is_ascii_alphanumeric() => sign.to_string(),
        sign => format!(" u{:04x} ", u32::from(sign)),
    };
    spelled_with_case(wire).chars().map(code).collect()
}

/// A name that consists of signs, or begins with one that tells it from another, is spelled out; so are letters and digits
/// that can be in no name (`m²`), or about which the compiler would warn (`µs`), as letters that imitate others.
fn spell(wire: &str) -> String {
    if wire.is_empty() {
        return "empty".to_owned();
    }
    let in_names = |c: char| is_xid_continue(c) && c.identifier_allowed();
    let imitates = imitates(wire);
    let foreign = |c: char| c.is_alphanumeric() && (!in_names(c) || imitates && is_look_alike(c));
    if !wire.is_ascii() && wire.contains(foreign) {
        let code = |c: char| if foreign(c) { format!(" u{:04x} ", u32::from(c)) } else { c.to_string() };
        return wire.chars().map(code).collect();
    }
    let signs_only = !wire.contains(|c: char| c.is_alphanumeric());
    let numeric = wire.starts_with(['+', '-']) && wire[1..].starts_with(|c: char| c.is_numeric());
    if !signs_only && !numeric {
        return wire.to_owned();
    }
    let mut spelled = String::new();
    for (index, sign) in wire.chars().enumerate() {
        match SIGNS.iter().find(|(known, _)| *known == sign) {
            Some((_, word)) if signs_only || index == 0 => {
                spelled.push_str(word);
                spelled.push(' ');
            }
            _ => spelled.push(sign),
        }
    }
    spelled
}

/// Returns whether a letter looks like one of another script, or like one of ASCII.
fn is_look_alike(c: char) -> bool {
    !c.is_ascii() && (is_potential_mixed_script_confusable_char(c) && !is_latin(c) || is_like_ascii(c))
}

fn is_like_ascii(c: char) -> bool {
    let (mut letter, mut buffer) = (None, [0; 4]);
    for (index, part) in skeleton(c.encode_utf8(&mut buffer)).enumerate() {
        letter = (index == 0 && part.is_ascii()).then_some(part);
    }
    letter.is_some()
}

/// Whether the letters of a name that look like others may be there to imitate another name, about which the compiler
/// warns. They are not in a name of one script, with a letter that is like no other, so that no name of another script
/// looks the same.
fn imitates(wire: &str) -> bool {
    if wire.is_ascii() {
        return false;
    }
    let letters: String = wire.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_own = |c: char| !c.is_ascii() && c.is_alphanumeric() && !is_look_alike(c) && !is_latin(c);
    !(letters.as_str().is_single_script() && letters.contains(is_own))
}

fn is_latin(c: char) -> bool {
    format!("a{c}").as_str().is_single_script()
}

const SIGNS: &[(char, &str)] = &[
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
    fn values() {
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
            assert_eq!(value(wire), expected, "{wire:?}");
        }
    }

    #[test]
    fn types() {
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
            assert_eq!(ty(wire), expected, "{wire:?}");
        }
    }

    #[test]
    fn singulars() {
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
