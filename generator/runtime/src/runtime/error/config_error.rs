//! The error of an environment that does not hold what a client needs.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::runtime::EnvCredentials;

/// An environment variable is missing or invalid. The error names variables and never shows their values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// None of the variables for credentials is set.
    NoCredentials {
        /// The variables that would do: those of each list together.
        accepted: &'static [&'static [EnvCredentials]],
    },
    /// Variables are missing beside others that are set.
    Missing {
        /// The names of the variables.
        variables: Vec<&'static str>,
    },
    /// A variable is set to something that cannot be used.
    Malformed {
        /// The name of the variable.
        variable: &'static str,
        /// The rule that it breaks, as in `must be UTF-8`.
        problem: Cow<'static, str>,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials { accepted } => {
                let all = accepted.iter().map(|all| {
                    let all: Vec<&str> = all.iter().flat_map(EnvCredentials::variables).collect();
                    all.join(" and ")
                });
                let all: Vec<String> = all.collect();
                write!(f, "no credentials in the environment: set {}", all.join(", or "))
            }
            Self::Missing { variables } => match variables.as_slice() {
                [one] => write!(f, "the environment variable {one} is not set"),
                several => write!(f, "the environment variables {} are not set", several.join(" and ")),
            },
            Self::Malformed { variable, problem } => write!(f, "the environment variable {variable} {problem}"),
        }
    }
}

impl Error for ConfigError {}
