//! The resource tree that the paths form: collections, their instances, and what is below these.

use serde_json::Value;

use crate::ir::{Arena, Constraint, Docs, OperationId, ResourceId, Side, Style, TypeId, TypeRef};
use crate::source::Pointer;

/// A collection of the API with its instances, or a thing of which there is only one.
#[derive(Debug)]
pub struct Resource {
    /// The segment of the path that names it. For the root, what all paths begin with: `v1`.
    pub segment: String,
    /// Whether that goes on with the segment before it, without a slash between: `.json`.
    pub suffix: bool,
    /// What it stands under; nothing at the root, which is the first of its arena.
    pub parent: Option<(ResourceId, Side)>,
    /// The path parameter that tells its instances apart, if it has instances.
    pub key: Option<Key>,
    /// The type of what an instance holds, if an operation gives it.
    pub model: Option<TypeId>,
    /// What can be asked of it, in the order of the document.
    pub operations: Vec<OperationId>,
    /// What the document says of it.
    pub docs: Docs,
    /// A path that goes through it, or the tag that it is made from.
    pub origin: Pointer,
}

/// How the operations are laid out for those who call them: as places that the client leads to.
#[derive(Debug)]
pub enum Surface {
    /// The places are those of the tree of resources, and its keys fill the paths.
    Tree,
    /// The places are groups of operations, right below the client, and each operation takes the values of its path.
    Groups {
        /// The groups. Each is a resource without instances, called like a tag or like what its paths begin with; the first
        /// is the client, with what belongs to no group.
        groups: Arena<Resource>,
        /// The group of each operation, in the order of these.
        of: Vec<ResourceId>,
    },
}

/// What tells the instances of a collection apart.
#[derive(Debug)]
pub struct Key {
    /// The name of the path parameter.
    pub wire: String,
    /// What stands before its value in the path: a slash, unless it is part of a segment.
    pub before: String,
    /// How its value is written there.
    pub style: Style,
    /// The type of its value.
    pub ty: TypeRef,
    /// What its value must keep to.
    pub constraints: Vec<Constraint>,
    /// What the document says of it.
    pub docs: Docs,
    /// A value that shows it.
    pub example: Option<Value>,
}
