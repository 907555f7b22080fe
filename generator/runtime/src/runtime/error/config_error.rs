//! The error for environment variables that are missing or invalid.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::runtime::EnvCredentials;
use crate::runtime::request::encode::join;

/// The error for an environment variable that is missing or invalid. It shows the names of variables, never their values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// None of the variables for credentials is set.
    NoCredentials {
        /// The accepted combinations of variables. All variables of one combination are required together.
        accepted: &'static [&'static [EnvCredentials]],
    },
    /// Some variables are missing, although other variables of the same credentials are set.
    Missing {
        /// The names of the variables.
        variables: Vec<&'static str>,
    },
    /// A variable has an invalid value.
    Malformed {
        /// The name of the variable.
        variable: &'static str,
        /// The violated constraint, such as `must be UTF-8`.
        problem: Cow<'static, str>,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials { accepted } => {
                let mut alternatives = Vec::new();
                for alternative in *accepted {
                    let mut variables = Vec::new();
                    for credentials in *alternative {
                        variables.append(&mut credentials.variables());
                    }
                    alternatives.push(all_of(&variables));
                }
                let alternatives = join(alternatives.iter(), ", or ");
                write!(f, "no credentials in the environment: set {alternatives}")
            }
            Self::Missing { variables } => match variables.as_slice() {
                [variable] => write!(f, "the environment variable {variable} is not set"),
                variables => write!(f, "the environment variables {} are not set", all_of(variables)),
            },
            Self::Malformed { variable, problem } => write!(f, "the environment variable {variable} {problem}"),
        }
    }
}

impl Error for ConfigError {}

fn all_of(variables: &[&str]) -> String {
    join(variables.iter(), " and ")
}
