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

const ONE: Duration = Duration::from_secs(1);

/// A transport that accepts a number of requests in each window of time. A window begins with a request.
#[derive(Clone)]
struct Limited {
    limit: usize,
    window: Duration,
    retry_after: Option<&'static str>,
    /// The status of the responses to accepted requests.
    status: StatusCode,
    arrivals: Arc<Mutex<Vec<Instant>>>,
}

impl Limited {
    fn new(limit: usize, window: Duration, retry_after: Option<&'static str>) -> Self {
        Self { limit, window, retry_after, status: StatusCode::OK, arrivals: Arc::default() }
    }

    fn client(&self) -> ClientBuilder<Client> {
        Client::builder().transport(self.clone()).retry_budget(0)
    }

    /// Returns when the requests arrived, in whole seconds after the first one.
    fn seconds(&self) -> Vec<u64> {
        let arrivals = self.arrivals.lock().unwrap();
        arrivals.iter().map(|arrival| (*arrival - arrivals[0]).as_secs()).collect()
    }

    /// Records a request, and returns whether it is accepted.
    fn accepts(&self) -> bool {
        let mut arrivals = self.arrivals.lock().unwrap();
        arrivals.push(Instant::now());
        let mut begin = arrivals[0];
        let mut in_window = 0;
        for arrival in arrivals.iter() {
            if *arrival - begin >= self.window {
                (begin, in_window) = (*arrival, 0);
            }
            in_window += 1;
        }
        in_window <= self.limit
    }
}

impl Transport for Limited {
    fn send(&self, _: http::Request<Body>) -> TransportFuture<'_> {
        let mut response = Response::new(Body::from("{}"));
        *response.status_mut() = self.status;
        if !self.accepts() {
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
    let minute = 60 * ONE;
    let cases = [
        (50, ONE, Some("1"), 150),
        (50, ONE, None, 150),
        (50, ONE, Some("0"), 150),
        (50, ONE, None, 600),
        (1, ONE, Some("1"), 20),
        (100, minute, Some("60"), 150),
    ];
    for (limit, window, retry_after, count) in cases {
        for policy in [RetryPolicy::new(), RetryPolicy::new().attempts(3).base(Duration::ZERO)] {
            let api = Limited::new(limit, window, retry_after);
            let client = api.client().retry(policy).build().unwrap();
            let case = format!("{count} requests, {limit} in {window:?}, {retry_after:?}, {policy:?}");
            assert_eq!(burst(&client, count).await, count, "{case}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn other_failures_do_not_affect_the_rate_limit() {
    for status in [StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::BAD_REQUEST] {
        let api = Limited { status, ..Limited::new(10, ONE, None) };
        let client = api.client().build().unwrap();
        let requests: JoinSet<_> = (0..100).map(|_| client.services().create("a burst").into_future()).collect();
        let statuses = requests.join_all().await.into_iter().map(|result| result.unwrap_err().status());
        assert!(statuses.clone().all(|one| one == Some(status)), "{:?}", statuses.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn all_requests_of_a_burst_succeed() {
    let window = Mutex::new((Instant::now(), 0));
    let server = Server::start(move |_| {
        let (begin, count) = &mut *window.lock().unwrap();
        if begin.elapsed() >= Duration::from_millis(200) {
            (*begin, *count) = (Instant::now(), 0);
        }
        *count += 1;
        if *count <= 50 { Reply::json(201, "{}") } else { Reply::http(429, &[], "") }
    })
    .await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    assert_eq!(burst(&client, 150).await, 150);
    assert!(server.requests().len() > 150, "some were refused");
}

#[tokio::test(start_paused = true)]
async fn all_requests_of_a_client_wait_for_the_longest_pause() {
    let api = Limited::new(1, 5 * ONE, Some("7"));
    let client = api.client().retry(RetryPolicy::new().base(Duration::ZERO)).build().unwrap();
    client.service(sid()).fetch().await.unwrap();
    let refused = tokio::spawn(client.service(sid()).fetch().into_future());
    tokio::time::sleep(ONE).await;
    let later = tokio::spawn(client.clone().service(sid()).touch().into_future());
    refused.await.unwrap().unwrap();
    later.await.unwrap().unwrap();
    // The second request waits for the pause of the first. Both are sent after it, and one of them is rejected again.
    assert_eq!(api.seconds(), [0, 0, 7, 7, 14]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_deadline_does_not_delay_other_requests() {
    let api = Limited::new(0, ONE, Some("3600"));
    let client = api.client().build().unwrap();
    for _ in 0..2 {
        let error = client.service(sid()).fetch().await.unwrap_err();
        assert!(error.is_rate_limited());
        let call = error.call().unwrap();
        assert_eq!((call.attempts(), call.gave_up()), (1, Some(GaveUp::Deadline)));
    }
    assert_eq!(api.seconds(), [0, 0]);

    let api = Limited::new(1, 100 * ONE, Some("40"));
    let client = api.client().retry(RetryPolicy::new().base(Duration::ZERO)).build().unwrap();
    client.service(sid()).fetch().await.unwrap();
    let patient = tokio::spawn(client.service(sid()).fetch().into_future());
    tokio::time::sleep(ONE).await;
    let hasty = client.service(sid()).fetch().deadline(5 * ONE).await.unwrap_err();
    assert_eq!(hasty.call().unwrap().attempts(), 1, "the API decides when there is no time to wait");
    assert_eq!(patient.await.unwrap().unwrap_err().call().unwrap().attempts(), 3);
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
            let api = Limited::new(0, ONE, retry_after);
            let policy = RetryPolicy::new().base(Duration::ZERO).attempts(attempts);
            let client = api.client().retry(policy).build().unwrap();
            let error = client.service(sid()).touch().await.unwrap_err();
            let made = seconds.len().min(attempts as usize);
            assert_eq!(api.seconds(), seconds[..made], "{retry_after:?}");
            let late = attempts == 20;
            let end = if late { ", no time for another attempt before the deadline" } else { "" };
            let end = format!("{made} attempts{end}): 429 Too Many Requests, with a body of 2 bytes");
            assert!(error.to_string().ends_with(&end), "{error}");
            assert_eq!(error.call().unwrap().gave_up(), late.then_some(GaveUp::Deadline));
            assert!(!error.is_retry_budget_exhausted());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_retries_a_request_ignores_the_rate_limit() {
    let api = Limited::new(0, ONE, Some("7"));
    let client = api.client().build().unwrap();
    for policy in [RetryPolicy::off(), RetryPolicy::new().attempts(1)] {
        let error = client.service(sid()).fetch().retry(policy).await.unwrap_err();
        assert_eq!((error.call().unwrap().attempts(), error.call().unwrap().gave_up()), (1, None));
    }
    let waiting = tokio::spawn(client.service(sid()).fetch().into_future());
    tokio::time::sleep(ONE).await;
    client.service(sid()).fetch().retry(RetryPolicy::off()).await.unwrap_err();
    waiting.abort();
    assert_eq!(api.seconds(), [0, 0, 0, 1]);
}
