//! Blocking calls.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use tokio::runtime::Builder;

use super::server::{Reply, Server};
use crate::tests::client;
use crate::tests::{offline, sid};

#[tokio::test]
async fn requests_can_block_outside_a_runtime() {
    let body = r#"{"services": [{"friendly_name": "a"}, {"friendly_name": "b"}], "meta": {"next_page_url": null}}"#;
    let server = Server::always(Reply::json(200, body)).await;
    let client = client(&server);
    let task = thread::spawn(move || {
        assert_eq!(client.services().list().wait().unwrap().services.len(), 2);
        assert_eq!(client.services().list().wait_all().unwrap().len(), 2);
        let mut names = Vec::new();
        let mut items = client.services().list().stream();
        while let Some(service) = items.wait_next().unwrap() {
            names.push(service.friendly_name.unwrap());
        }
        names
    });
    let names = tokio::task::spawn_blocking(|| task.join().unwrap()).await.unwrap();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn blocking_inside_a_task_is_an_error() {
    let expected = "must not be called inside an async task: there, `.await` does the same (nothing was sent)";
    let error = offline().service(sid()).fetch().wait().unwrap_err();
    assert_eq!(error.to_string(), format!("FetchService: `wait` {expected}"));
    assert!(offline().services().list().wait_all().unwrap_err().to_string().ends_with(expected));
    assert!(offline().services().list().stream().wait_next().unwrap_err().to_string().ends_with(expected));
}

#[tokio::test]
async fn a_blocking_thread_of_a_runtime_may_block() {
    let server = Server::always(Reply::json(200, format!(r#"{{"sid": "{}"}}"#, sid()))).await;
    let client = client(&server);
    let result = tokio::task::spawn_blocking(move || client.service(sid()).fetch().wait()).await.unwrap();
    assert_eq!(result.unwrap().sid, Some(sid()));
}

#[tokio::test]
async fn a_task_without_a_cooperative_budget_may_not_block() {
    let task = tokio::task::unconstrained(async { offline().service(sid()).fetch().wait() });
    assert!(task.await.unwrap_err().to_string().contains("must not be called inside an async task"));
}

#[test]
fn a_runtime_without_timers_or_io_is_an_error() {
    let mut without_timers = Builder::new_current_thread();
    let mut without_io = Builder::new_current_thread();
    for runtime in [without_timers.enable_io(), without_io.enable_time()] {
        let result = runtime.build().unwrap().block_on(offline().service(sid()).fetch().send());
        let expected = "FetchService: `request` must be awaited inside a tokio runtime that has timers and I/O";
        assert!(result.unwrap_err().to_string().starts_with(expected));
    }
}

#[test]
fn awaiting_outside_a_runtime_is_an_error() {
    let future = pin!(offline().service(sid()).fetch().into_future());
    let Poll::Ready(result) = future.poll(&mut Context::from_waker(Waker::noop())) else { panic!() };
    let expected = "FetchService: `request` must be awaited inside a tokio runtime that has timers and I/O (`enable_all`) (nothing was sent)";
    assert_eq!(result.unwrap_err().to_string(), expected);
}
