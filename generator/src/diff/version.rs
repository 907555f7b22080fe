//! Version numbers by the rules of Cargo.

use semver::{BuildMetadata, Prerelease, Version};

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

/// Returns the smallest version that may follow a version. Before 1.0.0, the first number that is not zero counts as the major
/// version. Anything may change between pre-releases, so the next pre-release follows a pre-release. Build metadata is left out.
/// Returns `None` if the version is not valid, or if the number that rises is already the largest one.
///
/// ```
/// use bindery::diff::{Bump, next_version};
///
/// assert_eq!(next_version("1.2.3", Bump::Major).as_deref(), Some("2.0.0"));
/// assert_eq!(next_version("0.2.3", Bump::Major).as_deref(), Some("0.3.0"));
/// assert_eq!(next_version("0.2.3", Bump::Minor).as_deref(), Some("0.2.4"));
/// assert_eq!(next_version("0.0.3", Bump::Patch).as_deref(), Some("0.0.4"));
/// assert_eq!(next_version("1.0.0-rc.1", Bump::Major).as_deref(), Some("1.0.0-rc.2"));
/// assert_eq!(next_version("0.2.0-alpha", Bump::Minor).as_deref(), Some("0.2.0-alpha.1"));
/// assert_eq!(next_version("1.2.3+linux", Bump::Patch).as_deref(), Some("1.2.4"));
/// // No version follows the largest number.
/// assert_eq!(next_version("18446744073709551615.0.0", Bump::Major), None);
/// ```
pub fn next_version(version: &str, bump: Bump) -> Option<String> {
    next(&Version::parse(version).ok()?, bump).map(|version| version.to_string())
}

fn next(version: &Version, bump: Bump) -> Option<Version> {
    let Version { major, minor, patch, .. } = *version;
    if !version.pre.is_empty() {
        let pre = Prerelease::new(&next_pre_release(&version.pre)).ok()?;
        return Some(Version { pre, build: BuildMetadata::EMPTY, ..version.clone() });
    }
    let next = |number: u64| number.checked_add(1);
    Some(match (major, minor, bump) {
        (0, 0, _) => Version::new(0, 0, next(patch)?),
        (0, minor, Bump::Major) => Version::new(0, next(minor)?, 0),
        (0, minor, _) => Version::new(0, minor, next(patch)?),
        (major, _, Bump::Major) => Version::new(next(major)?, 0, 0),
        (major, minor, Bump::Minor) => Version::new(major, next(minor)?, 0),
        (major, minor, Bump::Patch) => Version::new(major, minor, next(patch)?),
    })
}

/// Returns the next pre-release: `rc.2` after `rc.1`, and `alpha.1` after `alpha`.
fn next_pre_release(pre: &str) -> String {
    let (start, last) = pre.rsplit_once('.').map_or(("", pre), |(start, last)| (start, last));
    match last.parse::<u64>().ok().and_then(|number| number.checked_add(1)) {
        Some(number) if start.is_empty() => number.to_string(),
        Some(number) => format!("{start}.{number}"),
        None => format!("{pre}.1"),
    }
}

/// Returns why the version of the new crate is wrong after changes that need a step. Returns `None` if it is right.
///
/// `subject` describes the version, such as `crate.version` in codegen.toml. A pre-release of the next version is enough, because Cargo
/// does not update to it from an older version.
pub(super) fn problem(old: &str, new: &str, bump: Option<Bump>, subject: &str) -> Option<String> {
    let parsed = |version: &str| {
        Version::parse(version).map_err(|error| {
            format!("the version `{version}` of the crate is not valid, so it is not checked: {error}")
        })
    };
    let (old_version, new_version) = match (parsed(old), parsed(new)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(problem), _) | (_, Err(problem)) => return Some(problem),
    };
    let required = bump.and_then(|bump| next(&old_version, bump));
    let numbers = |version: &Version| (version.major, version.minor, version.patch);
    let is_enough = match &required {
        _ if new_version.cmp_precedence(&old_version).is_lt() => false,
        None => true,
        Some(required) if required.pre.is_empty() => numbers(&new_version) >= numbers(required),
        Some(required) => new_version.cmp_precedence(required).is_ge(),
    };
    match required {
        _ if is_enough => None,
        Some(required) => Some(format!("{subject} is {new}, but the changes since {old} require at least {required}")),
        None => Some(format!("{subject} is {new}, which is less than the old version {old}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bump, problem};

    #[test]
    fn a_version_must_rise_as_much_as_the_changes_need() {
        use Bump::{Major, Minor, Patch};
        for (old, new, bump, is_enough) in [
            ("1.2.3", "2.0.0", Some(Major), true),
            ("1.2.3", "1.9.0", Some(Major), false),
            // Cargo does not update from 1.2.3 to a pre-release.
            ("1.2.3", "2.0.0-alpha", Some(Major), true),
            ("1.2.3", "1.3.0-alpha", Some(Major), false),
            ("1.2.3", "1.2.4-alpha", Some(Minor), false),
            ("0.1.0", "0.2.0-alpha", Some(Major), true),
            ("0.1.0", "0.1.1-alpha", Some(Major), false),
            ("1.2.3", "1.2.3-rc.1", None, false),
            // Anything may change between pre-releases.
            ("1.0.0-rc.1", "1.0.0-rc.1", Some(Patch), false),
            ("1.0.0-rc.1", "1.0.0-rc.2", Some(Major), true),
            ("1.0.0-rc.1", "1.0.0", Some(Major), true),
            ("1.0.0-rc.9", "1.0.0-rc.10", Some(Minor), true),
            ("1.0.0-rc.1", "1.0.0-beta.9", Some(Minor), false),
            ("1.0.0-alpha", "1.0.0-alpha.1", Some(Major), true),
            // Build metadata is no step.
            ("1.2.3+a", "1.2.3+b", Some(Patch), false),
            ("1.2.3+a", "1.2.3+b", None, true),
            // A version that was lowered, or is not valid.
            ("0.2.0", "0.1.9", None, false),
            ("2.0.0", "1.9.0", Some(Patch), false),
            ("1.2.3", "1.2", Some(Patch), false),
            ("1.2", "1.2.3", None, false),
        ] {
            assert_eq!(problem(old, new, bump, "the version").is_none(), is_enough, "{old} -> {new} {bump:?}");
        }
        assert_eq!(
            problem("0.2.0", "0.1.9", None, "the version").as_deref(),
            Some("the version is 0.1.9, which is less than the old version 0.2.0")
        );
    }
}
