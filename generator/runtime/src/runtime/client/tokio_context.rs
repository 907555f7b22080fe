//! Checks of the tokio runtime around a call.
//!
//! tokio has no function that returns whether a runtime has timers and I/O, or whether a thread may be blocked. Instead,
//! tokio panics. This module converts these panics to errors, unless the program aborts on a panic.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use tokio::runtime::Handle;

use crate::runtime::{Error, InvalidRequest, InvalidValue};

/// The prefixes of the messages with which tokio panics.
const TOKIO_PANICS: [&str; 3] = [
    "A Tokio 1.x context was found, but ",
    "there is no reactor running",
    "Cannot start a runtime from within a runtime",
];

/// Returns the error of an operation that is awaited outside a tokio runtime, or in a runtime without timers and I/O.
pub fn outside_runtime(operation: &'static str) -> Error {
    let rule = "must be awaited inside a tokio runtime that has timers and I/O (`enable_all`)";
    InvalidRequest::new(operation, InvalidValue::new("request", None, rule)).into()
}

/// Awaits a future that needs timers and I/O. Returns `None` if there is no tokio runtime, or if the runtime has no timers or
/// no I/O.
pub async fn with_timers_and_io<T>(future: impl Future<Output = T>) -> Option<T> {
    Handle::try_current().ok()?;
    let mut future = pin!(future);
    poll_fn(|context| match catch_tokio_panic(|| future.as_mut().poll(context)) {
        Some(poll) => poll.map(Some),
        None => Poll::Ready(None),
    })
    .await
}

/// Runs a function. Returns `None` if tokio panics because of the context in which it runs.
pub fn catch_tokio_panic<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).map(Some).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<&str>().copied();
        let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default();
        match TOKIO_PANICS.iter().any(|prefix| message.starts_with(prefix)) {
            true => None,
            false => resume_unwind(panic),
        }
    })
}

/// Returns whether the thread is polling an async task, so that blocking the thread would hold up other tasks.
///
/// A thread of `spawn_blocking` is also inside the runtime, but may be blocked. tokio makes an async task yield after a
/// number of steps, but not a thread of `spawn_blocking`. To find out which kind of thread this is, this function takes
/// steps until tokio allows no more steps.
#[cfg(feature = "blocking")]
pub fn is_polling_task() -> bool {
    use std::task::{Context, Waker};

    use tokio::task::coop::poll_proceed;

    /// A number of steps that is larger than the limit after which tokio makes a task yield.
    const MAX_STEPS: usize = 1_000;
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut steps = Vec::new();
    while steps.len() < MAX_STEPS
        && let Poll::Ready(step) = poll_proceed(&mut context)
    {
        steps.push(step);
    }
    let is_limited = steps.len() < MAX_STEPS;
    // Dropping a step restores the step budget to its value before that step. The steps are dropped in reverse order, so
    // the original budget is restored.
    while steps.pop().is_some() {}
    is_limited
}
