//! A change of a record, about which webhooks are sent.

use bindery::config::Change;
use bindery::ir::ResourceId;
use serde_json::Value;

use crate::path::Values;

/// A change of a record.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub change: Change,
    pub resource: ResourceId,
    /// The values of the path parameters of the request.
    pub path: Values,
    /// The key of the record. It is empty before the record is created.
    pub key: String,
    /// The record before the change. `None` if the change creates the record.
    pub old: Option<Value>,
    /// The record after the change. `None` if the change deletes the record.
    pub new: Option<Value>,
}
