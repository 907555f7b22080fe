//! Version numbers by the rules of Cargo.

/// A step of the version. The names are those of a version of at least 1.0.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Compatible, without new items.
    Patch,
    /// Compatible, with new items or with a change on the wire.
    Minor,
    /// Programs may stop compiling.
    Major,
}

impl Bump {
    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// Returns the next version. Before 1.0.0, the first number that is not zero counts as the major version. Returns `None` if the
/// version is not three numbers, or if the number that rises is already the largest one.
///
/// ```
/// use bindery::diff::{Bump, next_version};
///
/// assert_eq!(next_version("1.2.3", Bump::Major).as_deref(), Some("2.0.0"));
/// assert_eq!(next_version("0.2.3", Bump::Major).as_deref(), Some("0.3.0"));
/// assert_eq!(next_version("0.2.3", Bump::Minor).as_deref(), Some("0.2.4"));
/// assert_eq!(next_version("0.0.3", Bump::Patch).as_deref(), Some("0.0.4"));
/// // No version follows the largest number.
/// assert_eq!(next_version("18446744073709551615.0.0", Bump::Major), None);
/// ```
pub fn next_version(version: &str, bump: Bump) -> Option<String> {
    let [major, minor, patch] = parse(version)?;
    let next = |number: u64| number.checked_add(1);
    Some(match (major, minor, bump) {
        (0, 0, _) => format!("0.0.{}", next(patch)?),
        (0, minor, Bump::Major) => format!("0.{}.0", next(minor)?),
        (0, minor, _) => format!("0.{minor}.{}", next(patch)?),
        (major, _, Bump::Major) => format!("{}.0.0", next(major)?),
        (major, minor, Bump::Minor) => format!("{major}.{}.0", next(minor)?),
        (major, minor, Bump::Patch) => format!("{major}.{minor}.{}", next(patch)?),
    })
}

/// Returns whether a version is less than another version.
pub(super) fn is_less(version: &str, other: &str) -> bool {
    matches!((parse(version), parse(other)), (Some(version), Some(other)) if version < other)
}

/// Returns the three numbers of a version. Ignores the pre-release and the build metadata.
fn parse(version: &str) -> Option<[u64; 3]> {
    let numbers = version.split(['-', '+']).next()?.split('.').map(|part| part.parse().ok());
    let numbers: Vec<u64> = numbers.collect::<Option<_>>()?;
    numbers.try_into().ok()
}
