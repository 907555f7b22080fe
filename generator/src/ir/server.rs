//! Server URLs and their variables.

/// A server of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The URL, with the names of variables in braces. It may be relative, or empty.
    pub url: String,
    /// The variables of the URL.
    pub variables: Vec<Variable>,
    /// The documentation.
    pub docs: String,
}

/// A variable of a server URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The default value.
    pub default: String,
    /// The allowed values. If there are none, any value is allowed.
    pub allowed: Vec<String>,
    /// The documentation.
    pub docs: String,
}

impl Server {
    /// Returns the URL with the default values of its variables.
    pub fn filled(&self) -> String {
        let fill = |url: String, variable: &Variable| url.replace(&format!("{{{}}}", variable.name), &variable.default);
        self.variables.iter().fold(self.url.clone(), fill)
    }
}
