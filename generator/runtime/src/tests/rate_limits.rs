//! Responses with 429: all requests of the client wait, and all of them succeed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{Response, StatusCode};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::sample::Client;
use super::server::{Reply, Server};
use crate::runtime::{Body, ClientBuilder, GaveUp, RetryPolicy, Transport, TransportFuture};
use crate::tests::sid;

const ONE_SECOND: Duration = Duration::from_secs(1);

/// A transport that accepts at most `limit` requests in each window of time. A window begins with the first request after the
/// previous window.
#[derive(Clone)]
struct LimitedTransport {
    limit: usize,
    window: Duration,
    retry_after: Option<&'static str>,
    /// The status of the responses to accepted requests.
    status: StatusCode,
    arrival_times: Arc<Mutex<Vec<Instant>>>,
}

impl LimitedTransport {
    fn new(limit: usize, window: Duration, retry_after: Option<&'static str>) -> Self {
        Self { limit, window, retry_after, status: StatusCode::OK, arrival_times: Arc::default() }
    }

    fn client(&self) -> ClientBuilder<Client> {
        Client::builder().transport(self.clone()).retry_budget(0)
    }

    /// Returns when the requests arrived, in whole seconds after the first request.
    fn seconds(&self) -> Vec<u64> {
        let arrival_times = self.arrival_times.lock().unwrap();
        arrival_times.iter().map(|arrival_time| (*arrival_time - arrival_times[0]).as_secs()).collect()
    }

    /// Records a request, and returns whether it is accepted.
    fn record_and_accept(&self) -> bool {
        let mut arrival_times = self.arrival_times.lock().unwrap();
        arrival_times.push(Instant::now());
        let mut window_start = arrival_times[0];
        let mut requests_in_window = 0;
        for arrival_time in arrival_times.iter() {
            if *arrival_time - window_start >= self.window {
                (window_start, requests_in_window) = (*arrival_time, 0);
            }
            requests_in_window += 1;
        }
        requests_in_window <= self.limit
    }
}

impl Transport for LimitedTransport {
    fn send(&self, _: http::Request<Body>) -> TransportFuture<'_> {
        let mut response = Response::new(Body::from("{}"));
        *response.status_mut() = self.status;
        if !self.record_and_accept() {
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            let header = self.retry_after.map(|text| (RETRY_AFTER, text.parse().unwrap()));
            response.headers_mut().extend(header);
        }
        Box::pin(async { Ok(response) })
    }
}

/// Sends a number of requests at once, and returns how many of them succeed.
async fn burst(client: &Client, count: usize) -> usize {
    let mut requests: JoinSet<_> = (0..count).map(|_| client.services().create("a burst").into_future()).collect();
    let mut succeeded = 0;
    while let Some(result) = requests.join_next().await {
        succeeded += usize::from(result.unwrap().is_ok());
    }
    succeeded
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_as_fast_as_the_rate_limit_allows() {
    let minute = 60 * ONE_SECOND;
    let cases = [
        (50, ONE_SECOND, Some("1"), 150),
        (50, ONE_SECOND, None, 150),
        (50, ONE_SECOND, Some("0"), 150),
        (50, ONE_SECOND, None, 600),
        (1, ONE_SECOND, Some("1"), 20),
        (100, minute, Some("60"), 150),
    ];
    for (limit, window, retry_after, count) in cases {
        for policy in [RetryPolicy::new(), RetryPolicy::new().attempts(3).base(Duration::ZERO)] {
            let api = LimitedTransport::new(limit, window, retry_after);
            let client = api.client().retry(policy).build().unwrap();
            let case = format!("{count} requests, {limit} in {window:?}, {retry_after:?}, {policy:?}");
            assert_eq!(burst(&client, count).await, count, "{case}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn failures_other_than_429_do_not_affect_the_rate_limit() {
    for status in [StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::BAD_REQUEST] {
        let api = LimitedTransport { status, ..LimitedTransport::new(10, ONE_SECOND, None) };
        let client = api.client().build().unwrap();
        let requests: JoinSet<_> = (0..100).map(|_| client.services().create("a burst").into_future()).collect();
        let statuses = requests.join_all().await.into_iter().map(|result| result.unwrap_err().status());
        assert!(
            statuses.clone().all(|result_status| result_status == Some(status)),
            "{:?}",
            statuses.collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn all_requests_of_a_burst_succeed() {
    let window = Mutex::new((Instant::now(), 0));
    let server = Server::start(move |_| {
        let (window_start, count) = &mut *window.lock().unwrap();
        if window_start.elapsed() >= Duration::from_millis(200) {
            (*window_start, *count) = (Instant::now(), 0);
        }
        *count += 1;
        if *count <= 50 { Reply::json(201, "{}") } else { Reply::http(429, &[], "") }
    })
    .await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    assert_eq!(burst(&client, 150).await, 150);
    assert!(server.requests().len() > 150, "some requests were rejected");
}

#[tokio::test(start_paused = true)]
async fn all_requests_of_a_client_wait_for_the_longest_pause() {
    let api = LimitedTransport::new(1, 5 * ONE_SECOND, Some("7"));
    let client = api.client().retry(RetryPolicy::new().base(Duration::ZERO)).build().unwrap();
    client.service(sid()).fetch().await.unwrap();
    let rejected = tokio::spawn(client.service(sid()).fetch().into_future());
    tokio::time::sleep(ONE_SECOND).await;
    let delayed = tokio::spawn(client.clone().service(sid()).touch().into_future());
    rejected.await.unwrap().unwrap();
    delayed.await.unwrap().unwrap();
    // `rejected` starts a pause of 7 seconds, and `delayed` waits for its end. The transport then accepts only one of
    // the two requests, so one request waits for 7 more seconds.
    assert_eq!(api.seconds(), [0, 0, 7, 7, 14]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_deadline_does_not_delay_other_requests() {
    let api = LimitedTransport::new(0, ONE_SECOND, Some("3600"));
    let client = api.client().build().unwrap();
    for _ in 0..2 {
        let error = client.service(sid()).fetch().await.unwrap_err();
        assert!(error.is_rate_limited());
        let call = error.call().unwrap();
        assert_eq!((call.attempts(), call.gave_up()), (1, Some(GaveUp::Deadline)));
    }
    assert_eq!(api.seconds(), [0, 0]);

    let api = LimitedTransport::new(1, 100 * ONE_SECOND, Some("40"));
    let client = api.client().retry(RetryPolicy::new().base(Duration::ZERO)).build().unwrap();
    client.service(sid()).fetch().await.unwrap();
    let long_deadline = tokio::spawn(client.service(sid()).fetch().into_future());
    tokio::time::sleep(ONE_SECOND).await;
    let short_deadline = client.service(sid()).fetch().deadline(5 * ONE_SECOND).await.unwrap_err();
    assert_eq!(
        short_deadline.call().unwrap().attempts(),
        1,
        "a request that has no time to wait is sent during the pause"
    );
    assert_eq!(long_deadline.await.unwrap().unwrap_err().call().unwrap().attempts(), 3);
    assert_eq!(api.seconds(), [0, 0, 1, 40, 80]);
}

#[tokio::test(start_paused = true)]
async fn a_request_fails_if_all_attempts_are_rate_limited() {
    for (retry_after, seconds) in [
        (None, [0, 1, 3, 7, 15, 31, 63].as_slice()),
        (Some("0"), &[0, 0, 1, 3, 7, 15, 31, 63]),
        (Some("3"), &[0, 3, 6, 9, 13, 21, 37, 69]),
    ] {
        for attempts in [2, 4, 20] {
            let api = LimitedTransport::new(0, ONE_SECOND, retry_after);
            let policy = RetryPolicy::new().base(Duration::ZERO).attempts(attempts);
            let client = api.client().retry(policy).build().unwrap();
            let error = client.service(sid()).touch().await.unwrap_err();
            let attempts_made = seconds.len().min(attempts as usize);
            assert_eq!(api.seconds(), seconds[..attempts_made], "{retry_after:?}");
            let is_deadline = attempts == 20;
            let expected_end = if is_deadline { ", no time for another attempt before the deadline" } else { "" };
            let expected_end =
                format!("{attempts_made} attempts{expected_end}): 429 Too Many Requests, with a body of 2 bytes");
            assert!(error.to_string().ends_with(&expected_end), "{error}");
            assert_eq!(error.call().unwrap().gave_up(), is_deadline.then_some(GaveUp::Deadline));
            assert!(!error.is_retry_budget_exhausted());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_retries_a_request_ignores_the_rate_limit() {
    let api = LimitedTransport::new(0, ONE_SECOND, Some("7"));
    let client = api.client().build().unwrap();
    for policy in [RetryPolicy::off(), RetryPolicy::new().attempts(1)] {
        let error = client.service(sid()).fetch().retry(policy).await.unwrap_err();
        assert_eq!((error.call().unwrap().attempts(), error.call().unwrap().gave_up()), (1, None));
    }
    let waiting_request = tokio::spawn(client.service(sid()).fetch().into_future());
    tokio::time::sleep(ONE_SECOND).await;
    client.service(sid()).fetch().retry(RetryPolicy::off()).await.unwrap_err();
    waiting_request.abort();
    assert_eq!(api.seconds(), [0, 0, 0, 1]);
}
