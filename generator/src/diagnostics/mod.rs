//! Diagnostics about the input of the user. Every stage collects them, with their source locations.

pub mod explain;
pub mod machine;
pub mod render;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use crate::source::Pointer;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// The crate is written, and is not all that the document asks for.
    Warning,
    /// Nothing is wrong; said to those who ask for it.
    Note,
}

impl Severity {
    /// As it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The stable name of a kind of diagnostic, such as `B0201`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// What is printed and searched for.
    pub id: &'static str,
    /// What the kind is about, in a few words.
    pub meaning: &'static str,
}

macro_rules! codes {
    ($($name:ident = $id:literal $meaning:literal;)+) => {
        #[doc = include_str!("../../CODES.md")]
        pub mod code {
            use crate::diagnostics::Code;
            $(
                #[doc = concat!("`", $id, "`: ", $meaning, ".")]
                pub const $name: Code = Code { id: $id, meaning: $meaning };
            )+
            /// All of them, in order.
            pub const ALL: &[Code] = &[$($name),+];
        }
    };
}

codes! {
    SYNTAX = "B0101" "the text is not valid YAML or JSON";
    VERSION = "B0102" "the version of the document is not supported";
    WRONG_TYPE = "B0103" "a value has the wrong type for its keyword";
    MISSING_KEYWORD = "B0104" "a required keyword is missing";
    UNKNOWN_KEYWORD = "B0105" "an unknown keyword";
    UNSUPPORTED_KEYWORD = "B0106" "a keyword that is not supported";
    REPEATED_KEY = "B0107" "a repeated key in a mapping";
    UNUSED_KEYWORD = "B0108" "a keyword that is not used";
    DANGLING_REFERENCE = "B0201" "an unresolved reference";
    FOREIGN_REFERENCE = "B0202" "a reference to a file that cannot be read";
    CIRCULAR_REFERENCE = "B0203" "a reference cycle";
    MISPLACED_REFERENCE = "B0204" "a reference to an object of the wrong kind";
    UNUSED_COMPONENT = "B0205" "an unused component";
    UNSUPPORTED_SCHEMA = "B0301" "a schema that is not supported";
    UNCHECKED_PATTERN = "B0302" "a pattern that cannot be checked";
    UNKNOWN_REQUIRED = "B0303" "a required property that is not declared";
    CONTRADICTION = "B0304" "keywords or schemas that contradict each other";
    UNKNOWN_FORMAT = "B0305" "an unknown format or content encoding";
    AMBIGUOUS = "B0306" "alternatives that cannot be distinguished";
    TOO_DEEP = "B0307" "schemas that are nested too deeply";
    TOO_MANY = "B0308" "schemas that expand to more than the generator allows";
    REPEATED_VALUE = "B0309" "a repeated value";
    UNDECLARED_PATH_PARAMETER = "B0401" "a placeholder of a path has no parameter";
    UNUSED_PATH_PARAMETER = "B0402" "a path parameter has no placeholder in its path";
    DUPLICATE_OPERATION_ID = "B0403" "two operations have the same `operationId`";
    MISSING_OPERATION_ID = "B0404" "an operation has no `operationId`";
    DUPLICATE_PARAMETER = "B0405" "a parameter is declared twice";
    UNSUPPORTED_PARAMETER = "B0406" "a header parameter that OpenAPI does not allow";
    UNSUPPORTED_BODY = "B0407" "a body or media type that is not supported";
    BAD_PATH = "B0408" "an invalid path";
    PAGINATION = "B0409" "how an operation is paginated, or why it is not";
    NAME_COLLISION = "B0501" "two items would have the same Rust name";
    CONFIG_SYNTAX = "B0601" "the configuration is not valid";
    CONFIG_UNKNOWN_KEY = "B0602" "an unknown key in the configuration";
    CONFIG_VALUE = "B0603" "a configuration value that does not match the document";
    INTERNAL = "B0901" "a bug in the generator";
}

/// Which of the two inputs, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A value of the document.
    Value(Pointer),
    /// A key of the document: the one that leads to the node.
    Key(Pointer),
    /// Bytes of the document.
    Document(Range<usize>),
    /// Bytes of another file that the document refers to.
    File(String, Range<usize>),
    /// Bytes of the configuration.
    Config(Range<usize>),
}

/// One thing that is wrong, where, and what to do about it.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What kind of thing it is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to say of the place itself; may be empty.
    pub label: String,
    /// Other places that belong to it.
    pub related: Vec<(Place, String)>,
    /// What to do.
    pub help: String,
}

impl Diagnostic {
    /// A problem that keeps the crate from being written.
    pub fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        let (message, label, help) = (message.into(), String::new(), String::new());
        Self { code, severity: Severity::Error, message, place, label, related: Vec::new(), help }
    }

    /// A problem that does not.
    pub fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// What is as it should be, and worth knowing for those who ask.
    pub fn note(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, place, message) }
    }

    /// The same about another file that the document refers to.
    pub fn in_file(mut self, path: &str) -> Self {
        let places = self.related.iter_mut().map(|(place, _)| place).chain([&mut self.place]);
        for place in places {
            if let Place::Document(range) = place {
                *place = Place::File(path.to_owned(), range.clone());
            }
        }
        self
    }

    /// Adds what to say of the place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another place.
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// What the stages have found so far.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    known: HashSet<(Place, String)>,
    /// The steps that have been spent on suggestions.
    compared: usize,
}

impl Diagnostics {
    /// Takes one more. What several readers of one place find there is said once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.known.insert((diagnostic.place.clone(), diagnostic.message.clone())) {
            self.found.push(diagnostic);
        }
    }

    /// Returns the word among those known that is nearest to a word, if one is near. A document with very many mistakes gets
    /// suggestions for the first of them only.
    pub fn did_you_mean<'a>(&mut self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        /// So many words are compared at a glance.
        const MOST: usize = 1_000_000;
        /// To compare two words in full takes as long as so many glances.
        const FULL: usize = 50;
        if self.compared > MOST {
            return None;
        }
        let known = known.into_iter().inspect(|_| self.compared += 1);
        let near: Vec<&str> = known.filter(|one| may_be_near(word, one)).take(MOST / FULL / 10).collect();
        self.compared += FULL * near.len();
        did_you_mean(word, near)
    }

    /// Makes errors of the warnings that `denied` holds for.
    pub fn deny(&mut self, denied: impl Fn(Code) -> bool) {
        let warnings = self.found.iter_mut().filter(|one| one.severity == Severity::Warning);
        warnings.filter(|one| denied(one.code)).for_each(|one| one.severity = Severity::Error);
    }

    /// Makes warnings of the errors at locations that `harmless` holds for, with a label that says why.
    pub fn soften(&mut self, why: &str, harmless: impl Fn(&Place) -> bool) {
        let errors = self.found.iter_mut().filter(|one| one.severity == Severity::Error);
        for one in errors.filter(|one| harmless(&one.place)) {
            one.severity = Severity::Warning;
            one.label = if one.label.is_empty() { why.to_owned() } else { format!("{}; {why}", one.label) };
        }
    }

    /// Replaces the labels of the diagnostics of a code at the locations that have another one.
    pub fn relabel(&mut self, code: Code, labels: &HashMap<Place, String>) {
        for one in self.found.iter_mut().filter(|one| one.code == code) {
            if let Some(label) = labels.get(&one.place) {
                one.label.clone_from(label);
            }
        }
    }

    /// Forgets those that `keep` does not hold for.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.found.retain(keep);
    }

    /// Takes all that others have found.
    pub fn extend(&mut self, others: Self) {
        others.found.into_iter().for_each(|one| self.push(one));
    }

    /// How many there are of each severity, in words: `2 errors, 1 warning`.
    pub fn counts(&self) -> String {
        let severities = [Severity::Error, Severity::Warning, Severity::Note].into_iter();
        let counts = severities.map(|severity| (severity, self.count(severity))).filter(|(_, count)| *count > 0);
        let words = counts.map(|(severity, count)| {
            let ending = if count == 1 { "" } else { "s" };
            format!("{count} {}{ending}", severity.name())
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// Whether the crate must not be written.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// All of them, in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl Code {
    /// The code of that name.
    pub fn find(id: &str) -> Option<Self> {
        code::ALL.iter().copied().find(|one| one.id.eq_ignore_ascii_case(id))
    }
}

/// Whether two words are of about the same length, and have most of their letters in common.
fn may_be_near(word: &str, other: &str) -> bool {
    /// Names are shorter; what is longer takes too long to compare.
    const LONGEST: usize = 100;
    let (all, most) = (word.len() + other.len(), word.len().max(other.len()));
    if most > LONGEST || most * 4 > all * 3 {
        return false;
    }
    let mut counts = [0_i32; 64];
    word.bytes().for_each(|byte| counts[usize::from(byte % 64)] += 1);
    other.bytes().for_each(|byte| counts[usize::from(byte % 64)] -= 1);
    let differ: i32 = counts.iter().map(|count| count.abs()).sum();
    usize::try_from(differ).is_ok_and(|differ| differ * 2 <= all)
}

/// The word among those known that is nearest to a word, if one is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    (known.into_iter())
        .map(|one| (similar::TextDiff::from_chars(word, one).ratio(), one))
        .filter(|(ratio, _)| *ratio > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, one)| one)
}
