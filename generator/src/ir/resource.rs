//! Resources: the tree of collections and instances that the paths form.

use serde_json::Value;

use crate::ir::{Arena, Constraint, Docs, OperationId, ResourceId, Side, Style, TypeId, TypeRef};
use crate::source::Pointer;

/// A collection with its instances, or a single object such as `/settings`.
#[derive(Debug)]
pub struct Resource {
    /// The segment of the path. For the root, the common prefix of all paths: `v1`.
    pub segment: String,
    /// Whether no slash separates the segment from the previous one: `.json`.
    pub is_suffix: bool,
    /// The parent, and whether the resource is below the collection or below its instances. `None` for the root, which
    /// is the first resource of its arena.
    pub parent: Option<(ResourceId, Side)>,
    /// The path parameter that identifies an instance, if there are instances.
    pub key: Option<Key>,
    /// The type of an instance, if an operation returns one.
    pub model: Option<TypeId>,
    /// The operations, in the order of the document.
    pub operations: Vec<OperationId>,
    /// The documentation.
    pub docs: Docs,
    /// The location of a path that contains the resource, or of the tag of a group.
    pub origin: Pointer,
}

/// The arrangement of the operations in the generated client.
#[derive(Debug)]
pub enum Layout {
    /// The client has a handle for each resource of the tree, and a handle holds the values of its path parameters.
    Tree,
    /// The client has a handle for each group of operations. An operation takes the values of its path parameters as
    /// arguments.
    Groups {
        /// The groups, as resources without instances. They are named after a tag or the first segment of their paths.
        /// The first one is the client, with the operations that are in no group.
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
    /// The text before the value in the path: a slash, or more if the value is only a part of a segment.
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
