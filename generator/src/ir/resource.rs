//! Resources: the tree of collections and instances in the paths of the API.

use serde_json::Value;

use crate::ir::{Arena, Constraint, Docs, Level, OperationId, ResourceId, Style, TypeId, TypeRef};
use crate::source::Pointer;

/// A collection with its instances, or a single object such as `/settings`.
#[derive(Debug)]
pub struct Resource {
    /// The segment of the path. For the root, this is the common prefix of all paths, such as `v1`.
    pub segment: String,
    /// Whether the segment continues the previous segment without a slash: `.json`.
    pub is_suffix: bool,
    /// The parent, and whether the resource is below the parent's collection or below its instances. `None` for the
    /// root, which is the first resource of the arena.
    pub parent: Option<(ResourceId, Level)>,
    /// The path parameter that identifies an instance, if there are instances.
    pub key: Option<Key>,
    /// The type of an instance, if an operation returns one.
    pub model: Option<TypeId>,
    /// The operations, in the order of the document.
    pub operations: Vec<OperationId>,
    /// The documentation.
    pub docs: Docs,
    /// The location of a path that contains the resource. For a group, the location of its tag.
    pub origin: Pointer,
}

/// The arrangement of the operations in the generated client.
#[derive(Debug)]
pub enum Layout {
    /// The client has a handle for each resource of the tree. A handle holds the values of the path parameters.
    Tree,
    /// The client has a handle for each group of operations. An operation takes the values of its path parameters as
    /// arguments.
    Groups {
        /// The groups, as resources without instances. A group has the name of a tag or of the first segment of its
        /// paths. The first group is the client, which has the operations that are in no other group.
        groups: Arena<Resource>,
        /// The group of each operation, by the index of the operation.
        group_of: Vec<ResourceId>,
    },
}

/// The path parameter that identifies an instance of a collection.
#[derive(Debug)]
pub struct Key {
    /// The name of the path parameter.
    pub wire: String,
    /// The text before the value in the path. This is a slash, or a longer text if the value is only a part of a
    /// segment.
    pub prefix: String,
    /// The style of the value.
    pub style: Style,
    /// The type of the value.
    pub ty: TypeRef,
    /// The constraints of the value.
    pub constraints: Vec<Constraint>,
    /// The documentation.
    pub docs: Docs,
    /// An example.
    pub example: Option<Value>,
}
