//! Blocking calls, for threads that are not polling an async task.

use std::io;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use super::tokio_context::{catch_tokio_panic, is_polling_task};
use crate::runtime::{InvalidRequest, InvalidValue, Result};

/// Blocks the thread until `future` completes. `operation` names the operation in errors.
///
/// # Errors
///
/// Returns the error of the future. Returns [`Error::InvalidRequest`](crate::runtime::Error::InvalidRequest) inside an async
/// task, because blocking would hold up the other tasks of the thread. A thread of `tokio::task::spawn_blocking` may block.
pub fn wait<T>(operation: &'static str, future: impl Future<Output = Result<T>>) -> Result<T> {
    let invalid = |rule| InvalidRequest::new(operation, InvalidValue::new("wait", None, rule)).into();
    let in_async_task =
        || Err(invalid("must not be called inside an async task: there, `.await` does the same".to_owned()));
    if is_polling_task() {
        return in_async_task();
    }
    match runtime() {
        Ok(runtime) => catch_tokio_panic(|| runtime.block_on(future)).unwrap_or_else(in_async_task),
        Err(error) => Err(invalid(format!("cannot start a thread for its connections ({error})"))),
    }
}

/// Returns the tokio runtime of all blocking calls. The runtime is never shut down, so connections are kept between calls.
fn runtime() -> &'static io::Result<Runtime> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(1).enable_all().build())
}
