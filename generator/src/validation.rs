//! The code with which generated crates validate values. The mock uses it as well.

#[path = "../embedded_runtime/validation/constraint.rs"]
pub mod constraint;
#[path = "../embedded_runtime/validation/decimal.rs"]
pub mod decimal;
#[path = "../embedded_runtime/validation/regexes.rs"]
mod regexes;
#[path = "../embedded_runtime/validation/simple_pattern.rs"]
mod simple_pattern;

/// Checks regular expressions.
pub mod pattern {
    use super::regexes::matches_regex;
    use super::simple_pattern::matches_simple;

    /// Returns whether a part of `string` matches `pattern`. An invalid pattern matches every string. This is `matches` of the
    /// runtime with the feature `regexes`.
    pub fn matches(pattern: &str, string: &str) -> bool {
        let is_match = matches_simple(pattern, string);
        is_match.or_else(|| matches_regex(pattern, string)).unwrap_or(true)
    }
}

/// Returns whether the generated code can check a pattern without a crate for regular expressions.
pub(crate) fn is_simple(pattern: &str) -> bool {
    simple_pattern::matches_simple(pattern, "").is_some()
}

#[cfg(test)]
mod tests {
    use super::regexes::matches_regex;
    use super::simple_pattern::matches_simple;

    /// Compares each simple pattern with the crate `regex-lite`, for all strings of at most four of these characters.
    #[test]
    fn simple_patterns_match_the_same_strings_as_regular_expressions() {
        let mut strings = vec![String::new()];
        let mut start = 0;
        for _ in 0..4 {
            let end = strings.len();
            for index in start..end {
                strings.extend(
                    ['a', 'b', 'C', '3', '-', '\n', 'é'].map(|character| format!("{}{character}", strings[index])),
                );
            }
            start = end;
        }
        let patterns = [
            "^",
            "^$",
            "^a",
            "^ab",
            "^a$",
            "^ab-3$",
            "^-",
            "^[a-c]{2}",
            "^[ab]C$",
            "^[a-]{3}$",
            "^[-]+$",
            "^[A-z]{2}$",
            "^a{0}b$",
            "^a{03}$",
            "^[a-c3]+$",
            "^[0-9a-fA-F]{4}$",
            "^a[0-9-]*$",
            "^aa*$",
            "^a+$",
            "^[abC]{2}[3a]{1}-{1}$",
        ];
        for pattern in patterns {
            let actual: Vec<bool> = strings.iter().map(|string| matches_simple(pattern, string).unwrap()).collect();
            let expected = strings.iter().map(|string| matches_regex(pattern, string).unwrap());
            let different =
                strings.iter().zip(actual.iter().zip(expected)).find(|(_, (actual, expected))| *actual != expected);
            assert!(different.is_none(), "{pattern}: {different:?}");
            assert!(actual.contains(&true), "{pattern}");
        }
    }

    #[test]
    fn other_patterns_are_not_simple() {
        for pattern in [
            "",
            "a",
            "a$",
            "^é$",
            "^a+",
            "^a*b$",
            "^a?$",
            "^a+?$",
            "^a{1,2}$",
            "^a{,2}$",
            "^a{}$",
            "^a{256}$",
            "^a{+3}$",
            "^a{3",
            "^a{2}{3}$",
            "^a|b$",
            "^(a)$",
            "^.$",
            r"^\d$",
            r"^a\$",
            "^[^a]$",
            "^[]$",
            "^[]a]$",
            "^[a",
            "^[b-a]$",
            "^[-a]$",
            "^[a-c-z]$",
            "^[[:alpha:]]$",
            "^[a&&b]$",
            "^[é]$",
            "^$a",
            "^^a$",
            "^a$$",
            "^ a$",
        ] {
            assert_eq!(matches_simple(pattern, ""), None, "{pattern}");
        }
    }
}
