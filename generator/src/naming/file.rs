//! Shortens names that become file names. A module has a file, and rustdoc writes a file for each type.

use crate::characters::floor_boundary;
use crate::file_names::is_device;

/// Returns the possible names of a module. The first is the best. This is the name itself, or several abbreviations if
/// the name is too long for a file.
///
/// An abbreviation keeps the first and the last words, and the first letter of each word between them:
/// `users_calendar_groups_…_attachments` is `users_calendar_groups_cec_attachments`.
pub fn module_names(name: &str) -> impl Iterator<Item = String> + '_ {
    let abbreviations = (0..ABBREVIATIONS).map(|attempt| {
        let first_bytes = MODULE_LENGTHS.first_bytes - attempt * BYTES_PER_ATTEMPT;
        abbreviate(name, Lengths { first_bytes, ..MODULE_LENGTHS })
    });
    let names: Box<dyn Iterator<Item = String>> = match name.len() > MODULE_LENGTHS.max_bytes {
        true => Box::new(abbreviations),
        false => Box::new(std::iter::once(name.to_owned())),
    };
    names.map(|name| if is_device(&name) { format!("{name}_") } else { name })
}

/// Abbreviates the name of a type if it is too long for a file name of rustdoc. The name is in snake case.
pub fn shorten_type_name(name: &str) -> String {
    match name.len() > TYPE_LENGTHS.max_bytes {
        true => abbreviate(name, TYPE_LENGTHS),
        false => name.to_owned(),
    }
}

/// The maximum lengths in bytes of an abbreviation and its parts.
#[derive(Clone, Copy)]
struct Lengths {
    /// The maximum length of the complete name.
    max_bytes: usize,
    /// The maximum length of the first words.
    first_bytes: usize,
    /// The maximum length of the last words.
    last_bytes: usize,
}

/// The lengths for the name of a module. Its file name has at most 100 bytes, including the extension `.rs`.
const MODULE_LENGTHS: Lengths = Lengths { max_bytes: 97, first_bytes: 40, last_bytes: 32 };
/// The lengths for the name of a type. Most file systems allow 255 bytes for a file name. The name of a type must be
/// shorter, because rustdoc names its file `struct.….html`, and because the names of requests and handles have
/// suffixes.
const TYPE_LENGTHS: Lengths = Lengths { max_bytes: 150, first_bytes: 70, last_bytes: 50 };
/// The number of bytes by which each further abbreviation shortens the first words. The letters of the words in the
/// middle get these bytes, so the abbreviations differ more.
const BYTES_PER_ATTEMPT: usize = 8;
/// The number of abbreviations of a name.
const ABBREVIATIONS: usize = 5;

fn abbreviate(name: &str, lengths: Lengths) -> String {
    // The leading underscore of a name such as `_2d` stays, because a name cannot begin with a digit.
    let prefix = if name.starts_with('_') { "_" } else { "" };
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).flat_map(split_long_word).collect();
    let start = count_fitting(words.iter(), lengths.first_bytes);
    let end = words.len() - count_fitting(words[start..].iter().rev(), lengths.last_bytes);
    let letters: String = words[start..end].iter().filter_map(|word| word.chars().next()).collect();
    let kept_bytes: usize = words[..start].iter().chain(&words[end..]).map(|word| word.len() + 1).sum();
    let letter_bytes = lengths.max_bytes.saturating_sub(prefix.len() + kept_bytes);
    let letters = &letters[..floor_boundary(&letters, letter_bytes)];
    let kept_words = words[..start].iter().chain([&letters]).chain(&words[end..]);
    let kept_words: Vec<&str> = kept_words.filter(|word| !word.is_empty()).copied().collect();
    format!("{prefix}{}", kept_words.join("_"))
}

/// Returns the number of words whose total length, with a separator between two words, is at most `max_bytes`.
fn count_fitting<'w>(words: impl Iterator<Item = &'w &'w str>, max_bytes: usize) -> usize {
    let lengths = words.scan(0, |length, word| {
        *length += word.len() + 1;
        Some(*length)
    });
    lengths.take_while(|length| *length <= max_bytes + 1).count()
}

/// Splits a word into pieces of at most 16 bytes, so a long word can be partly kept.
fn split_long_word(word: &str) -> impl Iterator<Item = &str> {
    let mut remaining = word;
    std::iter::from_fn(move || {
        let (piece, after) = remaining.split_at(floor_boundary(remaining, MODULE_LENGTHS.last_bytes / 2));
        remaining = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_a_file_system() {
        let first_module = |name: &str| module_names(name).next().unwrap_or_default();
        for (name, expected) in [
            ("pets", "pets"),
            ("aux", "aux_"),
            ("com7", "com7_"),
            ("com", "com"),
            ("lpt10", "lpt10"),
            ("console", "console"),
        ] {
            assert_eq!(first_module(name), expected);
        }
        let long = format!("users_calendar_groups_{}calendar_view_attachments", "event_instance_".repeat(20));
        let expected = format!("users_calendar_groups_event_instance_{}_calendar_view_attachments", "ei".repeat(17));
        assert_eq!(first_module(&long), expected);
        for name in [
            long,
            "a".repeat(400),
            "ü_".repeat(300),
            "日本".repeat(99),
            format!("_{}", "00_".repeat(99)),
            format!("_{}", "0".repeat(400)),
        ] {
            let names: Vec<String> = module_names(&name).collect();
            let is_name = |name: &String| name.starts_with(|first| first == '_' || unicode_ident::is_xid_start(first));
            assert!(names.iter().all(|name| is_name(name) && name.len() <= MODULE_LENGTHS.max_bytes), "{names:?}");
        }
    }
}
