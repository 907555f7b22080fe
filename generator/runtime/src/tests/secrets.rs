//! Credentials and personal values are not shown.

use super::sample::Client;
use super::server::{Reply, Server};
use crate::runtime::{Credentials, Secret};
use crate::tests::sid;

const SECRET: &str = "canary-secret";
const PERSONAL: &str = "canary-person";

fn assert_shows_no_canary(output: &str) {
    // The list also has the secret in Base64, the token, and a percent-encoded beginning.
    for canary in [SECRET, PERSONAL, "Y2FuYXJ5LXNlY3JldA", "canary-token", "canary%2D"] {
        assert!(!output.contains(canary), "{output}");
    }
}

fn client(base_url: String) -> Client {
    Client::builder().base_url(base_url).credentials(Credentials::basic("ana", SECRET)).build().unwrap()
}

#[test]
fn debug_output_shows_no_secrets() {
    let builder = Client::builder().credentials(Credentials::basic("ana", SECRET));
    assert_shows_no_canary(&format!("{builder:?} {:?} {:?}", Secret::new(SECRET), Credentials::basic("ana", SECRET)));
    let client = builder.build().unwrap();
    let service = client.service(sid());
    let user = service.user(PERSONAL);
    let create = client.services().create(PERSONAL);
    assert_shows_no_canary(&format!("{client:?} {service:?} {user:?} {:?} {create:#?}", user.fetch()));
    let stream = client.services().list().stream();
    assert_shows_no_canary(&format!("{stream:?} {:?}", client.services().list().pages()));

    let create = create.unique_name("desk").note("seen");
    assert_eq!(
        format!("{create:?}"),
        "Request { operation: \"CreateService\", method: POST, path: \"/v1/Services\", query: {}, \
         headers: {\"X-Sample-Note\": \"seen\"}, form: {\"FriendlyName\": [personal], \"UniqueName\": \"desk\"}, .. }"
    );
}

#[tokio::test]
async fn path_values_are_shown_as_placeholders() {
    let server = Server::always(Reply::json(404, "{}")).await;
    let error = client(server.url()).service(sid()).user(PERSONAL).fetch().await.unwrap_err();
    let url = format!("{}/v1/Services/{{Sid}}/Users/{{Identity}}/Profile", server.url());
    assert_eq!(error.api().unwrap().call().url(), url);
    assert!(server.request().target.contains(&format!("/Users/{PERSONAL}/")));
}

#[tokio::test]
async fn models_show_no_personal_values() {
    let body =
        format!(r#"{{"friendly_name": "{PERSONAL}", "types": ["a"], "parent": {{"friendly_name": "{PERSONAL}"}}}}"#);
    let server = Server::always(Reply::http(200, &[("set-cookie", "canary-token")], body)).await;
    let response = client(server.url()).service(sid()).fetch().send().await.unwrap();
    assert_shows_no_canary(&format!("{response:?}"));
    assert!(format!("{:?}", *response).starts_with("Service { sid: None, friendly_name: [personal], state: None, "));
}
