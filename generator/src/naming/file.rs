//! Names modules, whose names are also file names.

use crate::file_names::is_device;

/// The names that a module may have, best first: the name itself, or abbreviations of one that is too long for a file.
///
/// The first words and the last words stay, and each word between them is its first letter:
/// `users_calendar_groups_…_attachments` is `users_calendar_groups_cec_attachments`.
pub fn modules(name: &str) -> impl Iterator<Item = String> + '_ {
    let shorter = (0..TURNS).map(|turn| abbreviated(name, Lengths { first: MODULE.first - turn * STEP, ..MODULE }));
    let all: Box<dyn Iterator<Item = String>> = match name.len() > MODULE.most {
        true => Box::new(shorter),
        false => Box::new(std::iter::once(name.to_owned())),
    };
    all.map(|name| if is_device(&name) { format!("{name}_") } else { name })
}

/// A name in snake case that becomes the name of a type, for which rustdoc writes a file too.
pub fn type_words(name: &str) -> String {
    match name.len() > TYPE.most {
        true => abbreviated(name, TYPE),
        false => name.to_owned(),
    }
}

/// How many bytes a name may have, and how many of them its first words and its last words.
#[derive(Clone, Copy)]
struct Lengths {
    most: usize,
    first: usize,
    last: usize,
}

/// A file has 100 bytes in its name at most, of which its extension takes three.
const MODULE: Lengths = Lengths { most: 97, first: 40, last: 32 };
/// Most file systems have room for 255 bytes: `struct.….html`, with what is added to a name for a request or a handle.
const TYPE: Lengths = Lengths { most: 150, first: 70, last: 50 };
/// How many bytes of the first words the next abbreviation gives to the letters of the words between.
const STEP: usize = 8;
/// How many abbreviations there are.
const TURNS: usize = 5;

fn abbreviated(name: &str, lengths: Lengths) -> String {
    // A name that begins with a digit has an underscore before it.
    let before = if name.starts_with('_') { "_" } else { "" };
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).flat_map(pieces).collect();
    let start = fitting(words.iter(), lengths.first);
    let end = words.len() - fitting(words[start..].iter().rev(), lengths.last);
    let letters: String = words[start..end].iter().filter_map(|word| word.chars().next()).collect();
    let kept = words[..start].iter().chain(&words[end..]).map(|word| word.len() + 1);
    let known = before.len() + kept.sum::<usize>();
    let between = &letters[..letters.floor_char_boundary(lengths.most.saturating_sub(known))];
    let parts = words[..start].iter().chain([&between]).chain(&words[end..]);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).copied().collect();
    format!("{before}{}", parts.join("_"))
}

/// How many of the words are no longer than this together, with a sign between them.
fn fitting<'w>(words: impl Iterator<Item = &'w &'w str>, most: usize) -> usize {
    let lengths = words.scan(0, |length, word| {
        *length += word.len() + 1;
        Some(*length)
    });
    lengths.take_while(|length| *length <= most + 1).count()
}

/// A word that is too long to be kept, as several.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(MODULE.last / 2));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_a_file_system() {
        let first = |name: &str| modules(name).next().unwrap_or_default();
        for (name, expected) in [
            ("pets", "pets"),
            ("aux", "aux_"),
            ("com7", "com7_"),
            ("com", "com"),
            ("lpt10", "lpt10"),
            ("console", "console"),
        ] {
            assert_eq!(first(name), expected);
        }
        let long = format!("users_calendar_groups_{}calendar_view_attachments", "event_instance_".repeat(20));
        let expected = format!("users_calendar_groups_event_instance_{}_calendar_view_attachments", "ei".repeat(17));
        assert_eq!(first(&long), expected);
        for name in [
            long,
            "a".repeat(400),
            "ü_".repeat(300),
            "日本".repeat(99),
            format!("_{}", "00_".repeat(99)),
            format!("_{}", "0".repeat(400)),
        ] {
            let all: Vec<String> = modules(&name).collect();
            let is_name = |name: &String| name.starts_with(|first| first == '_' || unicode_ident::is_xid_start(first));
            assert!(all.iter().all(|name| is_name(name) && name.len() <= MODULE.most), "{all:?}");
        }
    }
}
