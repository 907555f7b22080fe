//! Sends webhooks: on demand, as callbacks of operations, and about changes of records.

pub(crate) mod before;
pub(crate) mod callbacks;
mod catalog;
pub(crate) mod changes;
mod delivery;
mod http_client;
pub(crate) mod outbox;
mod payload;

pub use delivery::{Attempt, Delivery};
