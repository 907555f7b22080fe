//! Server URLs and their variables.

/// A server of an API: where the paths of its operations begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The URL, with the names of what in it is variable in braces. It may be relative, or empty.
    pub url: String,
    /// What in it is variable.
    pub variables: Vec<Variable>,
    /// What the document says of it.
    pub docs: String,
}

/// A part of the URL of a server that its users choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it is when nobody has chosen.
    pub default: String,
    /// What it may be; anything, if this is empty.
    pub allowed: Vec<String>,
    /// What the document says of it.
    pub docs: String,
}

impl Server {
    /// The URL with the defaults of what in it is variable.
    pub fn filled(&self) -> String {
        let fill = |url: String, variable: &Variable| url.replace(&format!("{{{}}}", variable.name), &variable.default);
        self.variables.iter().fold(self.url.clone(), fill)
    }
}
