//! The contents of the log.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::Once;
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::sample::Client;
use super::server::{Reply, Server};
use crate::runtime::{Credentials, RetryPolicy};
use crate::tests::{SID, sid};

/// Records every field of the events of this crate, separately for each thread and therefore for each test.
struct Log;

thread_local! {
    static LOG: RefCell<String> = const { RefCell::new(String::new()) };
}

struct LogLine<'a>(&'a mut String);

impl Visit for LogLine<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Log {
    fn line(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut LogLine<'_>)) {
        LOG.with_borrow_mut(|log| {
            write!(log, "{}", metadata.level()).unwrap();
            record(&mut LogLine(log));
            log.push('\n');
        });
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().contains("runtime")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line(span.metadata(), |line| span.record(line));
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        self.line(event.metadata(), |line| event.record(line));
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Returns everything that `task` logs.
pub async fn record_log(task: impl Future<Output = ()>) -> String {
    // All tests share one subscriber, because `tracing` may skip events if only some threads have a subscriber.
    static START: Once = Once::new();
    START.call_once(|| tracing::subscriber::set_global_default(Log).unwrap());
    LOG.take();
    task.await;
    LOG.take()
}

#[tokio::test]
async fn each_attempt_is_logged() {
    let success = Reply::json(200, "{}");
    let server =
        Server::start(move |request| if request.number == 0 { Reply::http(503, &[], "") } else { success.clone() })
            .await;
    let builder = Client::builder().base_url(server.url()).retry(RetryPolicy::new().base(Duration::ZERO));
    let client = builder.build().unwrap();
    let log = record_log(async { drop(client.service(sid()).fetch().await.unwrap()) }).await;
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert_eq!(lines[0], r#"DEBUG operation="FetchService" method="GET" path="/v1/Services/{Sid}""#);
    assert!(lines[1].starts_with("WARN message=retrying attempt=1 status=503 duration="), "{log}");
    assert!(lines[1].contains("wait=0ns error=FetchService (GET http://127.0.0.1:"), "{log}");
    assert!(lines[2].starts_with("DEBUG message=received a response attempt=2 status=200 duration="), "{log}");
}

#[tokio::test]
async fn the_log_shows_no_secrets_and_personal_data() {
    const CANARIES: [&str; 5] =
        ["canary-secret", "canary-person", "canary%2Dperson", "Y2FuYXJ5LXNlY3JldA", "canary-token"];
    let replies = [
        Reply::json(200, format!(r#"{{"friendly_name": "canary-person", "sid": "{SID}"}}"#)),
        Reply::json(200, r#"{"friendly_name": "canary-person", "sid": 7}"#),
        Reply::json(400, r#"{"message": "no", "friendly_name": "canary-person"}"#),
        Reply::http(503, &[("set-cookie", "canary-token")], ""),
        Reply::json(200, r#"{"access_token": "canary-token"}"#),
    ];
    for reply in replies {
        let server = Server::always(reply).await;
        for credentials in [
            Credentials::basic("ana", "canary-secret"),
            Credentials::client_credentials("canary-person", "canary-secret"),
        ] {
            let builder = Client::builder().base_url(server.url()).token_url(server.url() + "/token");
            let builder = builder.retry(RetryPolicy::new().base(Duration::ZERO)).credentials(credentials);
            let client = builder.build().unwrap();
            let log = record_log(async {
                _ = client.services().create("canary-person").await;
                _ = client.service(sid()).user("canary-person").fetch().await;
                _ = client.services().list().page_token("canary-token").await;
            })
            .await;
            assert!(log.lines().count() >= 6, "{log}");
            for canary in CANARIES {
                assert!(!log.contains(canary), "{log}");
            }
        }
    }
}
