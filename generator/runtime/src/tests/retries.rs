//! Retries: which requests are retried, when, and how often.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::clock::{Waits, jump_over_waits};
use super::sample::Client;
use super::server::{Reply, Server, Step};
use crate::runtime::{Credentials, Error, GaveUp, Result, RetryPolicy};
use crate::tests::{SID, sid};

const ONE_SECOND: Duration = Duration::from_secs(1);

fn client(server: &Server) -> (Client, Waits) {
    let (builder, waits) =
        jump_over_waits(Client::builder().base_url(server.url()).credentials(Credentials::basic("ana", "x")));
    (builder.build().unwrap(), waits)
}

/// Starts a server that fails `failures` times before it succeeds.
async fn failing_server(failures: usize, reply: Reply) -> Server {
    let success = Reply::json(200, format!(r#"{{"sid": "{SID}"}}"#));
    Server::start(move |request| if request.number < failures { reply.clone() } else { success.clone() }).await
}

async fn call(client: &Client, method: &str) -> Result<u32> {
    let service = client.service(sid());
    match method {
        "GET" => service.fetch().send().await.map(|response| response.attempts()),
        "DELETE" => service.delete().send().await.map(|response| response.attempts()),
        _ => service.touch().send().await.map(|response| response.attempts()),
    }
}

#[tokio::test]
async fn only_safe_retries_are_made() {
    let status = |status| Reply::http(status, &[], "");
    let broken = Reply::raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"a\"").then(Step::Reset);
    let cases = [
        (status(429), "GET DELETE POST"),
        (status(500), "GET"),
        (status(502), "GET DELETE"),
        (status(503), "GET DELETE"),
        (status(504), "GET DELETE"),
        (Reply(vec![Step::Close]), "GET DELETE"),
        (Reply(vec![Step::Reset]), "GET DELETE"),
        (broken, "GET DELETE"),
        (status(400), ""),
        (status(401), ""),
        (status(404), ""),
        (status(501), ""),
    ];
    for (reply, retried_methods) in cases {
        for method in ["GET", "DELETE", "POST"] {
            let server = failing_server(2, reply.clone()).await;
            let (client, waits) = client(&server);
            let result = call(&client, method).await;
            if retried_methods.contains(method) {
                assert_eq!(result.unwrap(), 3, "{method} {reply:?}");
                assert_eq!((server.requests().len(), waits.all().len()), (3, 2));
            } else {
                assert_eq!(result.unwrap_err().call().unwrap().attempts(), 1, "{method} {reply:?}");
                assert_eq!(server.requests().len(), 1);
            }
        }
    }
}

#[tokio::test]
async fn all_attempts_send_the_same_request() {
    let server = failing_server(3, Reply::http(429, &[], "")).await;
    let (client, _) = client(&server);
    client.services().create("Support & more").await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    for request in &requests[1..] {
        assert_eq!((&request.headers, &request.body), (&requests[0].headers, &requests[0].body));
    }
}

#[tokio::test]
async fn retries_end_with_the_last_error() {
    let server = failing_server(usize::MAX, Reply::json(503, r#"{"message": "back soon"}"#)).await;
    let (client, waits) = client(&server);
    let error = client.service(sid()).fetch().await.unwrap_err();
    assert!(error.is_server_error());
    assert_eq!(error.api().unwrap().attempts(), 4);
    let expected = format!(
        "FetchService (GET {}/v1/Services/{{Sid}}, 4 attempts): 503 Service Unavailable: back soon",
        server.url()
    );
    assert_eq!(error.to_string(), expected);
    for (wait, max_millis) in waits.all().into_iter().zip([100, 200, 400]) {
        assert!(wait <= Duration::from_millis(max_millis), "{wait:?}");
    }
    assert_eq!(waits.all().len(), 3);
}

#[tokio::test]
async fn retry_after_extends_the_wait() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let in_a_minute = chrono::DateTime::from_timestamp(now as i64 + 60, 0).unwrap();
    let date = in_a_minute.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let [with_dashes, asctime] =
        ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"].map(|form| in_a_minute.format(form).to_string());
    let cases = [
        ("7", 7.0, 7.1),
        ("0", 0.0, 0.1),
        (&date, 20.0, 60.2),
        (&with_dashes, 20.0, 60.2),
        (&asctime, 20.0, 60.2),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0, 0.1),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0.0, 0.1),
        ("Sun Nov  6 08:49:37 1994", 0.0, 0.1),
        ("06 Nov 1994 08:49 +0100", 0.0, 0.1),
    ];
    for (header, min_seconds, max_seconds) in cases.into_iter().chain([("soon", 0.0, 0.1), ("-1", 0.0, 0.1)]) {
        for status in [429, 503] {
            // Without a valid `Retry-After`, the first pause after a rate limit is one second.
            let default_pause = if status == 429 && ["soon", "-1"].contains(&header) { 1.0 } else { 0.0 };
            let (min_seconds, max_seconds) = (min_seconds + default_pause, max_seconds + default_pause);
            let server = failing_server(1, Reply::http(status, &[("retry-after", header)], "")).await;
            let (client, waits) = client(&server);
            assert_eq!(call(&client, "GET").await.unwrap(), 2);
            let wait_seconds = waits.all()[0].as_secs_f64();
            assert!((min_seconds..=max_seconds).contains(&wait_seconds), "{header}: {wait_seconds}");
        }
    }
}

#[tokio::test]
async fn no_wait_exceeds_the_deadline() {
    let server = failing_server(usize::MAX, Reply::http(429, &[("retry-after", "40")], "")).await;
    let (client, waits) = client(&server);
    let error = client.service(sid()).fetch().await.unwrap_err();
    assert_eq!((error.call().unwrap().attempts(), waits.all().len()), (3, 2), "two waits of 40 s fit into 90 s");
    assert_eq!(error.call().unwrap().gave_up(), Some(GaveUp::Deadline));
    assert!(error.to_string().contains("3 attempts, no time for another attempt before the deadline): 429"), "{error}");
    let error = client.service(sid()).fetch().deadline(30 * ONE_SECOND).await.unwrap_err();
    assert!(error.is_rate_limited() && error.call().unwrap().attempts() == 1);
    assert_eq!(error.api().unwrap().retry_after(), Some(40 * ONE_SECOND));
    for seconds in ["18446744073709551615", "18446744073709551616", "99999999999999999999999999"] {
        let server = failing_server(usize::MAX, Reply::http(429, &[("retry-after", seconds)], "")).await;
        let (client, waits) = self::client(&server);
        assert!(client.service(sid()).fetch().await.unwrap_err().is_rate_limited());
        assert!(waits.all().is_empty(), "{seconds}");
    }
}

#[tokio::test]
async fn the_retry_policy_can_be_replaced_and_disabled() {
    let server = failing_server(usize::MAX, Reply::http(503, &[], "")).await;
    let attempts = |error: Error| error.call().unwrap().attempts();
    let (client, waits) = client(&server);
    let policy = RetryPolicy::new().attempts(6).base(10 * ONE_SECOND).cap(12 * ONE_SECOND);
    assert_eq!(attempts(client.service(sid()).fetch().retry(policy).await.unwrap_err()), 6);
    assert!(waits.all().iter().all(|wait| *wait <= 12 * ONE_SECOND), "{:?}", waits.all());
    assert_eq!(attempts(client.service(sid()).fetch().retry(RetryPolicy::off()).await.unwrap_err()), 1);
    assert_eq!(attempts(client.service(sid()).fetch().retry(RetryPolicy::new().attempts(0)).await.unwrap_err()), 1);

    let builder = Client::builder().base_url(server.url()).retry(RetryPolicy::off());
    assert_eq!(attempts(builder.build().unwrap().service(sid()).fetch().await.unwrap_err()), 1);
}

#[tokio::test]
async fn failures_use_the_retry_budget_and_successes_refill_it() {
    let server = Server::start(|request| match request.method.as_str() {
        "GET" => Reply::http(503, &[], ""),
        _ => Reply::http(204, &[], ""),
    })
    .await;
    let (builder, _) = jump_over_waits(Client::builder().base_url(server.url()).retry_budget(4));
    let client = builder.build().unwrap();
    let mut attempts = Vec::new();
    for _ in 0..4 {
        let error = call(&client, "GET").await.unwrap_err();
        attempts.push((error.call().unwrap().attempts(), error.is_retry_budget_exhausted()));
        let is_budget_message = error.to_string().contains("retry budget of the client exhausted): 503");
        assert_eq!(is_budget_message, error.is_retry_budget_exhausted(), "{error}");
    }
    assert_eq!(attempts, [(4, false), (2, true), (1, true), (1, true)]);
    for _ in 0..5 {
        call(&client, "DELETE").await.unwrap();
    }
    assert_eq!(call(&client, "GET").await.unwrap_err().call().unwrap().attempts(), 2);
    assert_eq!(
        call(&client.clone(), "GET").await.unwrap_err().call().unwrap().attempts(),
        1,
        "clones of a client share the budget"
    );
}

#[tokio::test]
async fn any_method_is_retried_after_a_failed_connect() {
    let (builder, waits) = jump_over_waits(Client::builder().base_url("http://127.0.0.1:1"));
    let error = builder.build().unwrap().service(sid()).touch().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(transport) if transport.is_connect()), "{error}");
    assert_eq!((error.call().unwrap().attempts(), waits.all().len()), (4, 3));
}

#[tokio::test]
async fn an_observer_sees_each_attempt() {
    let server = failing_server(1, Reply::http(503, &[], "")).await;
    let observed = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&observed);
    let builder = Client::builder().base_url(server.url()).retry(RetryPolicy::new().base(Duration::ZERO));
    let builder = builder.observe(move |attempt| {
        let status = attempt.status.map(|status| status.as_u16());
        let facts = (attempt.call.attempts(), attempt.path.to_owned(), status, attempt.error.is_some(), attempt.wait);
        log.lock().unwrap().push(facts);
    });
    builder.build().unwrap().service(sid()).fetch().await.unwrap();
    let path = "/v1/Services/{Sid}".to_owned();
    let expected = [(1, path.clone(), Some(503), true, Some(Duration::ZERO)), (2, path, Some(200), false, None)];
    assert_eq!(*observed.lock().unwrap(), expected);
}

#[tokio::test]
async fn timeouts_apply_to_each_attempt_and_to_all() {
    let server = Server::always(Reply(vec![Step::Wait(60 * ONE_SECOND)])).await;
    let short_timeout = Duration::from_millis(20);
    let client =
        Client::builder().base_url(server.url()).retry(RetryPolicy::new().base(Duration::ZERO)).build().unwrap();
    let error = client.service(sid()).fetch().attempt_timeout(short_timeout).await.unwrap_err();
    assert!(
        error.is_timeout() && error.to_string().ends_with(", 4 attempts): no complete response within 20ms"),
        "{error}"
    );
    let error = client.service(sid()).touch().attempt_timeout(short_timeout).await.unwrap_err();
    assert!(error.is_timeout() && error.call().unwrap().attempts() == 1, "a POST request is not retried: {error}");
    let error =
        client.service(sid()).fetch().attempt_timeout(short_timeout).deadline(2 * short_timeout).await.unwrap_err();
    assert!(error.is_timeout() && (1..=3).contains(&error.call().unwrap().attempts()), "{error}");
    for request in [
        client.service(sid()).fetch().deadline(Duration::ZERO),
        client.service(sid()).fetch().attempt_timeout(Duration::ZERO),
    ] {
        let error = request.await.unwrap_err().to_string();
        assert!(error.ends_with("must be longer than zero (nothing was sent)"), "{error}");
    }
}
