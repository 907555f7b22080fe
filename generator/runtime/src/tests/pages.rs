//! Lists with several pages.

use std::pin::Pin;

use futures_core::Stream;

use super::sample::Service;
use super::server::{Recorded, Reply, Server};
use crate::runtime::Error;
use crate::tests::{client, client_at};

/// Returns a page of services with `names`.
fn page(names: &[usize], next: Option<&str>) -> Reply {
    let services: Vec<_> = names.iter().map(|name| serde_json::json!({ "friendly_name": name.to_string() })).collect();
    Reply::json(200, serde_json::json!({ "services": services, "meta": { "next_page_url": next } }).to_string())
}

/// Returns a script for a list of three pages. Page `n` has the names 2n and 2n + 1. `link` returns the URL of a page.
fn three_pages(link: impl Fn(&Recorded, usize) -> String) -> impl Fn(&Recorded) -> Reply {
    move |request| {
        let number = request.target.split_once("Page=").map_or(0, |(_, rest)| rest[..1].parse().unwrap());
        let next = (number < 2).then(|| link(request, number + 1));
        page(&[2 * number, 2 * number + 1], next.as_deref())
    }
}

fn relative(_: &Recorded, number: usize) -> String {
    format!("/v1/Services?PageSize=2&Page={number}&PageToken=a%20b")
}

fn names(services: Vec<Service>) -> Vec<String> {
    services.into_iter().map(|service| service.friendly_name.unwrap()).collect()
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let links: [fn(&Recorded, usize) -> String; 4] = [
        relative,
        |request, number| format!("http://{}/v1/Services?Page={number}", request.header("host").unwrap()),
        |_, number| format!("https://api.example.com/v1/Services?Page={number}#part"),
        |_, number| format!("?Page={number}"),
    ];
    for link in links {
        let server = Server::start(three_pages(link)).await;
        let all = client(&server).services().list().all().await.unwrap();
        assert_eq!(names(all), ["0", "1", "2", "3", "4", "5"]);
        let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
        assert_eq!(targets.len(), 3);
        assert!(targets.iter().all(|target| target.starts_with("/v1/Services")), "{targets:?}");
        assert!(server.requests().iter().all(|request| request.header("authorization").is_some()));
    }
}

#[tokio::test]
async fn urls_of_next_pages_are_requested_unchanged() {
    let server = Server::start(three_pages(relative)).await;
    client(&server).services().list().page_size(2).all().await.unwrap();
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets[0], "/v1/Services?PageSize=2");
    assert_eq!(targets[1], "/v1/Services?PageSize=2&Page=1&PageToken=a%20b");
}

#[tokio::test]
async fn page_urls_of_other_regions_are_requested_from_the_base_url() {
    let hosts = ["api.example.com", "api.two.example.com", "api.north.two.example.com", "API.one.EXAMPLE.com:443"];
    for host in hosts {
        let server =
            Server::start(three_pages(move |_, number| format!("https://{host}/v1/Services?Page={number}"))).await;
        let all = client(&server).services().list().all().await.unwrap();
        assert_eq!(names(all), ["0", "1", "2", "3", "4", "5"], "{host}");
    }
    let other_origins = [
        "https://evil.example.com",
        "https://api.a.b.c.example.com",
        "https://api.-a.example.com",
        "https://api.example.com.evil.example",
        "https://apixexample.com",
        "https://example.com",
        "http://api.two.example.com",
        "https://api.two.example.com:444",
        "https://ana:x@api.two.example.com",
    ];
    for origin in other_origins {
        let server = Server::start(three_pages(move |_, number| format!("{origin}/v1/Services?Page={number}"))).await;
        let error = client(&server).services().list().all().await.unwrap_err();
        assert!(matches!(error, Error::Paging(_)), "{origin}: {error}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn page_urls_keep_the_path_of_the_base_url() {
    let links: [fn(&Recorded, usize) -> String; 3] = [
        relative,
        |_, number| format!("/prefix/v1/Services?Page={number}"),
        |_, number| format!("https://api.example.com/v1/Services?Page={number}"),
    ];
    for link in links {
        let server = Server::start(three_pages(link)).await;
        let all = client_at(server.url() + "/prefix").services().list().all().await.unwrap();
        assert_eq!(all.len(), 6);
        for request in server.requests() {
            assert!(request.target.starts_with("/prefix/v1/Services"), "{}", request.target);
        }
    }
}

#[tokio::test]
async fn a_limit_stops_inside_a_page() {
    for (limit, requests) in [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (100, 3)] {
        let server = Server::start(three_pages(relative)).await;
        let all = client(&server).services().list().limit(limit).all().await.unwrap();
        assert_eq!(all.len(), limit.min(6));
        assert_eq!(server.requests().len(), requests, "limit {limit}");

        let mut pages = client(&server).services().list().limit(limit).pages();
        let mut count = 0;
        while pages.try_next().await.unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, requests, "limit {limit}");
        assert_eq!(server.requests().len(), 2 * requests, "limit {limit}");
    }
}

#[tokio::test]
async fn a_limit_sets_the_page_size_unless_it_is_set() {
    let server = Server::always(page(&[], None)).await;
    let list = || client(&server).services().list();
    let cases = [
        (list(), "/v1/Services"),
        (list().limit(7), "/v1/Services?PageSize=7"),
        (list().limit(5000), "/v1/Services?PageSize=1000"),
        (list().limit(7).page_size(3), "/v1/Services?PageSize=3"),
        (list().limit(0), "/v1/Services?PageSize=1"),
    ];
    for (request, target) in cases {
        request.await.unwrap();
        assert_eq!(server.requests().pop().unwrap().target, target);
    }
}

#[tokio::test]
async fn a_link_to_another_origin_is_not_followed() {
    let other_server = Server::always(page(&[9], None)).await;
    let server = Server::start({
        let link = other_server.url() + "/v1/Services?Page=1";
        move |_| page(&[0, 1], Some(&link))
    })
    .await;
    let mut items = client(&server).services().list().stream();
    assert!(items.try_next().await.unwrap().is_some());
    assert!(items.try_next().await.unwrap().is_some());
    let error = items.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Paging(_)), "{error}");
    assert!(error.to_string().ends_with(&format!("leads away from {}", server.url())), "{error}");
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!((server.requests().len(), other_server.requests().len()), (1, 0));
}

#[tokio::test]
async fn invalid_links_are_not_followed() {
    let links = [
        "//evil.example/v1/Services",
        "\\\\evil.example\\v1",
        "https://api.example.com.evil.example/",
        "https://api.example.com:444/v1/Services",
        "http://api.example.com/v1/Services",
        "https://ana:pw@api.example.com/v1/Services",
        "javascript:alert(1)",
        "http://[",
        "file:///etc/passwd",
    ];
    for link in links {
        let server = Server::start(move |_| page(&[0], Some(link))).await;
        let error = client(&server).services().list().all().await.unwrap_err();
        assert!(matches!(error, Error::Paging(_)), "{link}: {error}");
        assert!(!error.to_string().contains("pw"), "{error}");
        assert_eq!(server.requests().len(), 1, "{link}");
    }
}

#[tokio::test]
async fn a_cycle_of_pages_ends_with_an_error() {
    for (lead, cycle) in [(0, 1), (0, 2), (1, 1), (3, 4), (10, 7)] {
        let server = Server::start(move |request| {
            let number: usize = request.target.split_once("Page=").map_or(0, |(_, rest)| rest.parse().unwrap());
            let next = if number + 1 < lead + cycle { number + 1 } else { lead };
            page(&[number], Some(&format!("/v1/Services?Page={next}")))
        })
        .await;
        let error = client(&server).services().list().all().await.unwrap_err();
        assert!(matches!(error, Error::Paging(_)), "{error}");
        assert!(error.to_string().contains("leads back"), "{error}");
        let requests = server.requests().len();
        assert!(requests <= 3 * (lead + cycle) + 2, "{lead} + {cycle}: {requests}");
    }
}

#[tokio::test]
async fn an_error_ends_the_stream() {
    let server = Server::start(|request| match request.number {
        0 => page(&[0], Some("/v1/Services?Page=1")),
        _ => Reply::json(500, "{}"),
    })
    .await;
    let mut pages = client(&server).services().list().pages();
    assert!(pages.try_next().await.unwrap().is_some());
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 500);
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn empty_pages_are_skipped() {
    let server = Server::start(|request| match request.number {
        0 => page(&[], Some("/v1/Services?Page=1")),
        1 => page(&[], Some("/v1/Services?Page=2")),
        _ => page(&[4], None),
    })
    .await;
    assert_eq!(names(client(&server).services().list().all().await.unwrap()), ["4"]);
}

#[tokio::test]
async fn dropping_a_future_loses_no_data() {
    let server = Server::start(three_pages(relative)).await;
    let mut items = client(&server).services().list().stream();
    let mut items_so_far = Vec::new();
    loop {
        // The future is dropped after one poll, usually before it returns an item.
        tokio::select! {
            biased;
            item = items.try_next() => match item.unwrap() {
                Some(service) => items_so_far.push(service),
                None => break,
            },
            () = tokio::task::yield_now() => {}
        }
    }
    assert_eq!(names(items_so_far).len(), 6);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn lists_are_streams() {
    async fn count<S: Stream<Item = Result<T, Error>> + Unpin, T>(mut stream: S) -> usize {
        let mut count = 0;
        while let Some(item) = std::future::poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await {
            item.unwrap();
            count += 1;
        }
        count
    }
    let server = Server::start(three_pages(relative)).await;
    let list = || client(&server).services().list();
    assert_eq!(count(list().stream()).await, 6);
    assert_eq!(count(list().pages()).await, 3);
}

#[tokio::test]
async fn the_next_page_can_be_prefetched() {
    let server = Server::start(three_pages(relative)).await;
    let mut items = client(&server).services().list().prefetch().stream();
    for item_index in 0..6 {
        let name = items.try_next().await.unwrap().unwrap().friendly_name.unwrap();
        assert_eq!(name, item_index.to_string());
        // The request for the next page is sent before the item is returned, but arrives at the server a moment later.
        let next_request_received = async {
            while server.requests().len() < (item_index / 2 + 2).min(3) {
                tokio::task::yield_now().await
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(5), next_request_received).await.unwrap();
        assert!(server.requests().len() <= item_index / 2 + 2);
    }
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn unneeded_pages_are_not_prefetched() {
    let server = Server::start(three_pages(relative)).await;
    let list = || client(&server).services().list().prefetch();
    assert_eq!(names(list().limit(3).all().await.unwrap()), ["0", "1", "2"]);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(names(list().all().await.unwrap()), ["0", "1", "2", "3", "4", "5"]);
    let mut pages = list().pages();
    while pages.try_next().await.unwrap().is_some() {}
    assert_eq!(server.requests().len(), 8);
}

#[tokio::test]
async fn an_error_of_a_prefetched_page_comes_after_the_current_page() {
    let pages = three_pages(relative);
    let server = Server::start(move |request| match request.target.contains("Page=1") {
        true => Reply::json(404, "{}"),
        false => pages(request),
    })
    .await;
    let mut items = client(&server).services().list().prefetch().stream();
    assert!(items.try_next().await.unwrap().is_some() && items.try_next().await.unwrap().is_some());
    assert!(items.try_next().await.unwrap_err().is_not_found());
    assert!(items.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_list_is_resumed_with_a_token() {
    let server = Server::start(three_pages(relative)).await;
    let list = || client(&server).services().list();
    let token = "PageSize=2&Page=1&PageToken=a%20b";
    let mut first = list().page_size(2).await.unwrap();
    assert_eq!(first.next_token().as_deref(), Some(token));
    assert_eq!(names(std::mem::take(&mut first.services)), ["0", "1"]);
    // The parameters of the token replace the parameters of the request with the same names.
    let mut pages = list().page_size(7).page_token("x").resume(token).pages();
    let page = pages.try_next().await.unwrap().unwrap();
    assert_eq!(
        (names(page.services), pages.next_token().as_deref()),
        (vec!["2".into(), "3".into()], Some("PageSize=2&Page=2&PageToken=a%20b"))
    );
    let last = pages.try_next().await.unwrap().unwrap();
    assert_eq!((last.next_token(), pages.next_token()), (None, None));
    let all = list().resume(token).all().await.unwrap();
    assert_eq!(names(all), ["2", "3", "4", "5"]);
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets[1], format!("/v1/Services?{token}"));

    // The token is available after a page that reaches the limit, and after a page whose next page is prefetched.
    for pages in [&mut list().limit(1).pages(), &mut list().prefetch().pages()] {
        pages.try_next().await.unwrap();
        assert_eq!(pages.next_token().as_deref(), Some(token));
    }
}

#[tokio::test]
async fn a_page_token_consists_of_query_parameters() {
    let server = Server::start(three_pages(relative)).await;
    for token in ["", "a b", "a#b", "a\r\nb", "ü", "\"<>"] {
        let error = client(&server).services().list().resume(token).all().await.unwrap_err().to_string();
        assert!(error.ends_with("`resume` must be a token from `next_token` (nothing was sent)"), "{error}");
    }
    for token in ["https://evil.example/?a=b", "../../x?y", "//evil.example"] {
        let targets = || server.requests().into_iter().map(|request| request.target);
        client(&server).services().list().resume(token).await.unwrap();
        assert_eq!(targets().next_back(), Some(format!("/v1/Services?{token}")));
    }
}
