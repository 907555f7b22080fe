//! Blocking calls, on a thread that is not polling an async task.

use std::io;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use super::tokio_context::{is_polling_task, unless_refused};
use crate::runtime::{InvalidRequest, InvalidValue, Result};

/// Blocks the thread until `future`, which is about `operation`, is done.
///
/// # Errors
///
/// Those of the future; and [`Error::InvalidRequest`](crate::runtime::Error::InvalidRequest) inside an async task,
/// where blocking would hold up the other tasks of the thread. A thread of `tokio::task::spawn_blocking` may wait.
pub fn wait<T>(operation: &'static str, future: impl Future<Output = Result<T>>) -> Result<T> {
    let refuse = |rule| InvalidRequest::new(operation, InvalidValue::new("wait", None, rule)).into();
    let refuse_in_task =
        || Err(refuse("must not be called inside an async task: there, `.await` does the same".to_owned()));
    if is_polling_task() {
        return refuse_in_task();
    }
    match runtime() {
        Ok(runtime) => unless_refused(|| runtime.block_on(future)).unwrap_or_else(refuse_in_task),
        Err(error) => Err(refuse(format!("cannot start a thread for its connections ({error})"))),
    }
}

/// One runtime for all clients. It never ends, so that connections can be kept between calls.
fn runtime() -> &'static io::Result<Runtime> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(1).enable_all().build())
}
