//! Diagnostics about the input of the user. Every stage collects them, with their source locations.

pub mod explain;
pub mod machine;
pub mod render;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use crate::source::Pointer;

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The generator writes nothing.
    Error,
    /// The generator writes the crate, but ignores or simplifies a part of the document.
    Warning,
    /// Information that the user asked for with `--report`.
    Note,
}

impl Severity {
    /// Returns the severity as it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A stable diagnostic code, such as `B0201`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// The letter `B` and four digits.
    pub id: &'static str,
    /// A short description of the code.
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
            /// All codes, in order.
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
    TOO_MANY = "B0308" "a document or an `enum` that is larger than the generator allows";
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
    OVERLAY = "B0701" "an overlay that is not valid";
    UNUSED_ACTION = "B0702" "an action of an overlay that changes nothing";
    INTERNAL = "B0901" "a bug in the generator";
}

/// The codes of the errors that an operation or its parts can have.
pub const OPERATION_ERRORS: [Code; 12] = [
    code::WRONG_TYPE,
    code::MISSING_KEYWORD,
    code::UNKNOWN_KEYWORD,
    code::DANGLING_REFERENCE,
    code::FOREIGN_REFERENCE,
    code::CIRCULAR_REFERENCE,
    code::MISPLACED_REFERENCE,
    code::TOO_DEEP,
    code::TOO_MANY,
    code::UNSUPPORTED_BODY,
    code::BAD_PATH,
    code::NAME_COLLISION,
];

/// A location in the document, in a file that the document refers to, or in the configuration.
///
/// A stage that reports a problem in the document has the [`Pointer`] of an object or value. The stage chooses the part
/// to underline: [`Location::Key`] if the object as a whole is the problem, or something is missing in it;
/// [`Location::Value`] if the value is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// The value at a pointer: `3.9` in `version: 3.9`.
    Value(Pointer),
    /// The key of the value at a pointer: `version` in `version: 3.9`. For an item of an array, the start of the item.
    Key(Pointer),
    /// A byte range of the document, for problems that are found before it is parsed.
    Document(Range<usize>),
    /// The path of a file that the document refers to, and a byte range in that file.
    File(String, Range<usize>),
    /// A byte range of the configuration.
    Config(Range<usize>),
}

/// A diagnostic: a problem, its location, and what to do about it.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The code.
    pub code: Code,
    /// The severity.
    pub severity: Severity,
    /// The problem, in one sentence.
    pub message: String,
    /// The location.
    pub location: Location,
    /// The label at the location. May be empty.
    pub label: String,
    /// Related locations, each with its label.
    pub related: Vec<(Location, String)>,
    /// What to do, as an imperative.
    pub help: String,
}

impl Diagnostic {
    /// Creates an error.
    pub fn error(code: Code, location: Location, message: impl Into<String>) -> Self {
        let (message, label, help) = (message.into(), String::new(), String::new());
        Self { code, severity: Severity::Error, message, location, label, related: Vec::new(), help }
    }

    /// Creates a warning.
    pub fn warning(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, location, message) }
    }

    /// Creates a note.
    pub fn note(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, location, message) }
    }

    /// Moves the locations from the document to the file at `path`, which the document refers to.
    pub fn in_file(mut self, path: &str) -> Self {
        let locations = self.related.iter_mut().map(|(location, _)| location).chain([&mut self.location]);
        for location in locations {
            if let Location::Document(range) = location {
                *location = Location::File(path.to_owned(), range.clone());
            }
        }
        self
    }

    /// Sets the label at the location.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a related location.
    pub fn related(mut self, location: Location, label: impl Into<String>) -> Self {
        self.related.push((location, label.into()));
        self
    }

    /// Sets the help.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// The diagnostics of all stages so far.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    diagnostics: Vec<Diagnostic>,
    /// The locations and messages of all diagnostics. They prevent that the same diagnostic is added twice.
    reported: HashSet<(Location, String)>,
    /// The number of words that [`did_you_mean`](Self::did_you_mean) has compared.
    comparisons: usize,
}

impl Diagnostics {
    /// Adds a diagnostic, unless a diagnostic with the same message and location was added before.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.reported.insert((diagnostic.location.clone(), diagnostic.message.clone())) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Returns the candidate that is most similar to a word, if one is similar enough. To bound the time, the number of
    /// comparisons for all diagnostics is limited. When the limit is reached, the method returns `None`.
    pub fn did_you_mean<'a>(&mut self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        /// The maximum number of quick comparisons.
        const MAX_COMPARISONS: usize = 1_000_000;
        /// The cost of one full comparison, in quick comparisons.
        const FULL_COMPARISON_COST: usize = 50;
        if self.comparisons > MAX_COMPARISONS {
            return None;
        }
        let candidates = candidates.into_iter().inspect(|_| self.comparisons += 1);
        let similar = candidates.filter(|candidate| may_be_similar(word, candidate));
        let similar: Vec<&str> = similar.take(MAX_COMPARISONS / FULL_COMPARISON_COST / 10).collect();
        self.comparisons += FULL_COMPARISON_COST * similar.len();
        did_you_mean(word, similar)
    }

    /// Turns warnings into errors, if `is_denied` returns `true` for their codes.
    pub fn deny(&mut self, is_denied: impl Fn(Code) -> bool) {
        let warnings = self.diagnostics.iter_mut().filter(|diagnostic| diagnostic.severity == Severity::Warning);
        warnings
            .filter(|diagnostic| is_denied(diagnostic.code))
            .for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }

    /// Turns errors into warnings, if `is_harmless` returns `true` for their locations. Adds `reason` to their labels.
    pub fn downgrade_errors(&mut self, reason: &str, is_harmless: impl Fn(&Location) -> bool) {
        let errors = self.diagnostics.iter_mut().filter(|diagnostic| diagnostic.severity == Severity::Error);
        for error in errors.filter(|error| is_harmless(&error.location)) {
            error.severity = Severity::Warning;
            error.label = if error.label.is_empty() { reason.to_owned() } else { format!("{}; {reason}", error.label) };
        }
    }

    /// Replaces the label of each diagnostic that has the code `code` and a location in `labels`.
    pub fn relabel(&mut self, code: Code, labels: &HashMap<Location, String>) {
        for diagnostic in self.diagnostics.iter_mut().filter(|diagnostic| diagnostic.code == code) {
            if let Some(label) = labels.get(&diagnostic.location) {
                diagnostic.label.clone_from(label);
            }
        }
    }

    /// Removes the diagnostics that `keep` returns `false` for.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.diagnostics.retain(keep);
    }

    /// Adds all diagnostics of another collection.
    pub fn extend(&mut self, others: Self) {
        others.diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Returns the number of diagnostics of each severity in words: `2 errors, 1 warning`.
    pub fn counts(&self) -> String {
        let severities = [Severity::Error, Severity::Warning, Severity::Note].into_iter();
        let counts = severities.map(|severity| (severity, self.count(severity))).filter(|(_, count)| *count > 0);
        let words = counts.map(|(severity, count)| {
            let ending = if count == 1 { "" } else { "s" };
            format!("{count} {}{ending}", severity.name())
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// Returns whether there is an error. The generator writes nothing if there is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Returns the number of diagnostics of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Returns all diagnostics in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl Code {
    /// Finds a code by its id. Upper and lower case are equivalent: `b0201` is `B0201`.
    pub fn find(id: &str) -> Option<Self> {
        code::ALL.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id))
    }
}

/// Returns whether two words have a similar length and most letters in common. Other words are not compared in full.
fn may_be_similar(word: &str, other: &str) -> bool {
    /// The maximum length. Longer words take too long to compare.
    const MAX_BYTES: usize = 100;
    let (total_length, max_length) = (word.len() + other.len(), word.len().max(other.len()));
    if max_length > MAX_BYTES || max_length * 4 > total_length * 3 {
        return false;
    }
    let mut counts = [0_i32; 64];
    word.bytes().for_each(|byte| counts[usize::from(byte % 64)] += 1);
    other.bytes().for_each(|byte| counts[usize::from(byte % 64)] -= 1);
    let differences: i32 = counts.iter().map(|count| count.abs()).sum();
    usize::try_from(differences).is_ok_and(|differences| differences * 2 <= total_length)
}

/// Returns the candidate that is most similar to a word, if one is similar enough.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    (candidates.into_iter())
        .map(|candidate| (similar::TextDiff::from_chars(word, candidate).ratio(), candidate))
        .filter(|(ratio, _)| *ratio > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
