//! Credentials and personal values show up nowhere.

use super::sample::Client;
use super::server::{Reply, Server, Step};
use super::{SID, sid};
use crate::runtime::{Credentials, Error, Secret};

const SECRET: &str = "canary-secret";
const PERSONAL: &str = "canary-person";

fn assert_silent(what: &str) {
    // The encoded credentials would be a leak, too.
    for canary in [SECRET, PERSONAL, "Y2FuYXJ5LXNlY3JldA", "canary-token", "canary%2D"] {
        assert!(!what.contains(canary), "{what}");
    }
}

fn assert_silent_error(error: &Error) {
    assert_silent(&format!("{error} {error:?} {error:#?}"));
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        assert_silent(&format!("{error} {error:?}"));
        cause = error.source();
    }
}

fn client(base_url: String) -> Client {
    Client::builder().base_url(base_url).credentials(Credentials::basic("ana", SECRET)).build().unwrap()
}

#[test]
fn debug_output_shows_no_secrets() {
    let builder = Client::builder().credentials(Credentials::basic("ana", SECRET));
    assert_silent(&format!("{builder:?} {:?} {:?}", Secret::new(SECRET), Credentials::basic("ana", SECRET)));
    let client = builder.build().unwrap();
    let service = client.service(sid());
    let user = service.user(PERSONAL);
    let create = client.services().create(PERSONAL);
    assert_silent(&format!("{client:?} {service:?} {user:?} {:?} {create:#?}", user.fetch()));
    let stream = client.services().list().stream();
    assert_silent(&format!("{stream:?} {:?}", client.services().list().pages()));

    let create = create.unique_name("desk").note("seen");
    assert_eq!(
        format!("{create:?}"),
        "CreateService(Request { operation: \"CreateService\", method: POST, path: \"/v1/Services\", query: {}, \
         headers: {\"X-Sample-Note\": \"seen\"}, form: {\"FriendlyName\": [personal], \"UniqueName\": \"desk\"}, .. })"
    );
}

#[tokio::test]
async fn errors_show_no_personal_values() {
    let echo = format!(r#"{{"code": 1, "message": "the name {PERSONAL} is taken"}}"#);
    let quoted = format!(r#"{{"friendly_name": "{PERSONAL}", "sid": 7}}"#);
    let inside = format!(r#"{{"friendly_name": {{"first": ["{PERSONAL}"]}}, "sid": "{SID}"}}"#);
    let nested = format!(r#"{{"parent": {{"friendly\u005fname" : "{PERSONAL}"}}, "sid": false}}"#);
    let cut = format!(r#"{{"sid": "{SID}", "friendly_name": "{PERSONAL} and"#);
    let echoes = [Reply::json(400, echo), Reply::http(400, &[], format!("<p>the name {PERSONAL} is taken</p>"))];
    for reply in echoes {
        let server = Server::always(reply).await;
        let client = client(server.url());
        assert_silent_error(&client.services().create(PERSONAL).await.unwrap_err());
        assert_silent_error(&client.service(sid()).user(PERSONAL).fetch().await.unwrap_err());
    }
    let replies = [
        Reply::json(400, quoted.clone()),
        Reply::json(200, quoted),
        Reply::json(200, inside),
        Reply::json(200, nested),
        Reply::json(200, cut),
        Reply(vec![Step::Close]),
    ];
    for reply in replies {
        let server = Server::always(reply).await;
        let client = client(server.url());
        assert_silent_error(&client.service(sid()).fetch().await.unwrap_err());
        assert_silent_error(&client.services().list().page_token("canary-token").await.unwrap_err());
    }
    let long = PERSONAL.repeat(20);
    assert_silent_error(&client("http://127.0.0.1:1".to_owned()).services().create(long).await.unwrap_err());
}

#[tokio::test]
async fn the_number_that_should_be_a_name_is_hidden() {
    let server = Server::always(Reply::json(200, r#"{"friendly_name": 4155550123, "sid": null}"#)).await;
    let error = client(server.url()).service(sid()).fetch().await.unwrap_err();
    assert_eq!(
        error.to_string().split_once(": ").unwrap().1,
        "cannot read the answer (200 OK): invalid type: integer `[personal]`, expected a string at line 1 column 28, in `friendly_name`, \
         near `{\"friendly_name\": [personal], \"sid\": null}`"
    );
    assert!(!format!("{error:?}").contains("4155550123"));
}

#[tokio::test]
async fn a_personal_path_value_shows_as_its_placeholder() {
    let server = Server::always(Reply::json(404, "{}")).await;
    let error = client(server.url()).service(sid()).user(PERSONAL).fetch().await.unwrap_err();
    let url = format!("{}/v1/Services/{SID}/Users/{{Identity}}/Profile", server.url());
    assert_eq!(error.api().unwrap().call().url(), url);
    assert!(server.request().target.contains(&format!("/Users/{PERSONAL}/")));
}

#[tokio::test]
async fn models_show_no_personal_values() {
    let body =
        format!(r#"{{"friendly_name": "{PERSONAL}", "types": ["a"], "parent": {{"friendly_name": "{PERSONAL}"}}}}"#);
    let server = Server::always(Reply::http(200, &[("set-cookie", "canary-token")], body)).await;
    let response = client(server.url()).service(sid()).fetch().send().await.unwrap();
    assert_silent(&format!("{response:?}"));
    assert!(format!("{:?}", *response).starts_with("Service { sid: None, friendly_name: [personal], state: None, "));
}
