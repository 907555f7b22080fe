//! The table `[select]` of codegen.toml.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::Spanned;

/// The operations to generate. Types that none of them needs are not generated.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Select {
    /// The operations to generate: those that one of these tables matches. A table matches an operation if all of its keys
    /// do. `path` is a glob: `*` matches any characters of a segment, `**` any characters, and `/**` at the end also the path
    /// before it. Webhooks are selected like operations. A table that matches no operation and no webhook is an error.
    ///
    /// Default: all operations.
    ///
    /// Example: `select.include = [{ path = "/pets/**" }, { tag = "owners", method = "get" }]`
    #[serde(default)]
    pub include: Vec<Spanned<Selector>>,
    /// The operations not to generate: those that one of these tables matches. The tables are as in `include`. An
    /// operation that `include` and `exclude` match is not generated.
    ///
    /// Example: `select.exclude = [{ operation = "deletePet" }]`
    #[serde(default)]
    pub exclude: Vec<Spanned<Selector>>,
}

/// Properties of an operation. All of them must match.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Selector {
    /// One of the tags of the operation.
    ///
    /// Default: any.
    ///
    /// Example: `select = { include = [{ tag = "pets" }], exclude = [{ tag = "internal" }] }`
    pub tag: Option<String>,
    /// A glob for the path of the operation, as it is in the document. The path of a webhook is its name.
    ///
    /// Default: any.
    ///
    /// Example: `select = { include = [{ path = "/pets/**" }], exclude = [{ path = "/pets/*/toys" }] }`
    pub path: Option<String>,
    /// The HTTP method, in upper or lower case.
    ///
    /// Default: any.
    ///
    /// Example: `select = { include = [{ method = "get" }], exclude = [{ method = "head" }] }`
    pub method: Option<String>,
    /// The `operationId`.
    ///
    /// Default: any.
    ///
    /// Example: `select = { include = [{ operation = "listPets" }], exclude = [{ operation = "getPet" }] }`
    pub operation: Option<String>,
}

impl Selector {
    /// Returns whether the selector has no key, which the check of the configuration reports.
    pub fn is_empty(&self) -> bool {
        self.tag.is_none() && self.path.is_none() && self.method.is_none() && self.operation.is_none()
    }
}
