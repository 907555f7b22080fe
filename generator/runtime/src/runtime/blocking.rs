//! Waiting for answers on a thread that runs no async code.

use std::io;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle, Runtime};

use super::{InvalidRequest, InvalidValue, Result};

/// Blocks the thread until `future`, which is about `operation`, is done.
///
/// # Errors
///
/// Those of the future; and [`Error::InvalidRequest`](super::Error::InvalidRequest) on a thread of an async runtime,
/// where blocking would hold up everything else that the thread has to do.
pub fn wait<T>(operation: &'static str, future: impl Future<Output = Result<T>>) -> Result<T> {
    let refuse = |rule| InvalidRequest::new(operation, InvalidValue::new("wait", None, rule)).into();
    if Handle::try_current().is_ok() {
        return Err(refuse("must not be called inside an async runtime: there, `.await` does the same".to_owned()));
    }
    match runtime() {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => Err(refuse(format!("cannot start a thread for its connections ({error})"))),
    }
}

/// One runtime for all clients. It never ends, so that connections can be kept between calls.
fn runtime() -> &'static io::Result<Runtime> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(1).enable_all().build())
}
