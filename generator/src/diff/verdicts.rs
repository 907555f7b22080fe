//! The verdicts about a change.

/// Whether programs keep working.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// They keep working.
    #[default]
    Compatible,
    /// They may stop working.
    Breaking,
}

impl Verdict {
    /// Returns [`Breaking`](Self::Breaking) if a condition is true.
    pub(super) fn breaking_if(is_breaking: bool) -> Self {
        if is_breaking { Self::Breaking } else { Self::Compatible }
    }

    /// Returns the verdict as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// The verdicts about a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Whether a program that compiled with the old crate compiles with the new crate.
    pub source: Verdict,
    /// Whether old clients decode new responses.
    pub old_clients: Verdict,
    /// Whether new clients decode old responses.
    pub new_clients: Verdict,
    /// Whether the server accepts the requests of old clients.
    pub request: Verdict,
}

impl Verdicts {
    /// Returns the verdicts about a change that breaks the decoding of old clients, of new clients, or of both.
    pub(super) fn of_decoding(breaks_old_clients: bool, breaks_new_clients: bool) -> Self {
        Self {
            old_clients: Verdict::breaking_if(breaks_old_clients),
            new_clients: Verdict::breaking_if(breaks_new_clients),
            ..Self::default()
        }
    }

    /// Returns the worse of the verdicts about two changes.
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            source: self.source.max(other.source),
            old_clients: self.old_clients.max(other.old_clients),
            new_clients: self.new_clients.max(other.new_clients),
            request: self.request.max(other.request),
        }
    }

    /// Returns the verdict about decoding, in both directions.
    pub fn decode(self) -> Verdict {
        self.old_clients.max(self.new_clients)
    }

    /// Returns whether one of the verdicts is [`Verdict::Breaking`].
    pub fn is_breaking(self) -> bool {
        self.source.max(self.decode()).max(self.request) == Verdict::Breaking
    }
}
