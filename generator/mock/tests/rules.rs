//! Tests the rules in `[mock]` of codegen.toml, for the API in spec/ and for a small API.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery_mock::{Error, Mock};
use serde_json::{Value, json};
use support::{builder, raw, send};

/// A mock of the API in spec/.
struct Api(Mock);

impl Api {
    async fn start() -> Self {
        Self(builder("services").seed(7).start().await.expect("a mock"))
    }

    /// Sends a request, asserts the status, and returns the JSON of the response.
    async fn ask(&self, status: u16, method: &str, path: &str, form: &str) -> Value {
        let response = send(&self.0.url(), method, path, "", form).await;
        assert_eq!(response.status, status, "{method} {path} {form}: {response:?}");
        response.json()
    }

    /// Creates a record and returns its SID.
    async fn create(&self, path: &str, form: &str) -> String {
        text(&self.ask(201, "POST", path, form).await["sid"])
    }

    /// Returns the values of a property in all pages of a list.
    async fn list(&self, path: &str, items: &str, property: &str) -> Vec<Value> {
        let (mut next, mut found) = (Some(path.to_owned()), Vec::new());
        while let Some(path) = next {
            let page = self.ask(200, "GET", &path, "").await;
            found.extend(page[items].as_array().expect("items").iter().map(|item| item[property].clone()));
            let link = page["meta"]["next_page_url"].as_str();
            next = link.map(|link| link.strip_prefix(&self.0.url()).expect("a URL of the mock").to_owned());
        }
        found
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

#[tokio::test]
async fn unique_and_lookup_properties_work() {
    let api = Api::start().await;
    let service = api.create("/v1/Services", "FriendlyName=a").await;
    for prefix in ["/v1".to_owned(), format!("/v1/Services/{service}")] {
        let (conversations, users) = (format!("{prefix}/Conversations"), format!("{prefix}/Users"));
        let first = api.create(&conversations, "UniqueName=parcel 12&FriendlyName=a").await;
        let rejected = api.ask(409, "POST", &conversations, "UniqueName=parcel 12").await;
        assert!(text(&rejected["message"]).contains("unique_name `parcel 12` is taken"), "{rejected}");
        api.create(&conversations, "").await;
        let other = api.create(&conversations, "").await;
        let path = format!("{conversations}/parcel%2012");
        assert_eq!(api.ask(200, "GET", &path, "").await["sid"], json!(first));
        api.ask(409, "POST", &format!("{conversations}/{other}"), "UniqueName=parcel 12").await;
        // An update may set a unique property to its current value.
        api.ask(200, "POST", &path, "UniqueName=parcel 12&FriendlyName=b").await;
        let message = api.ask(201, "POST", &format!("{path}/Messages"), "Body=a").await;
        assert_eq!(message["conversation_sid"], json!(first));
        assert!(text(&message["url"]).contains(&format!("/Conversations/{first}/Messages/")), "{message}");
        api.ask(200, "POST", &path, "UniqueName=parcel 13").await;
        api.ask(404, "GET", &path, "").await;
        api.ask(204, "DELETE", &format!("{conversations}/parcel%2013"), "").await;
        api.ask(404, "GET", &format!("{conversations}/{first}"), "").await;
        api.create(&conversations, "UniqueName=parcel 13").await;

        let user = api.create(&users, "Identity=ana").await;
        api.ask(409, "POST", &users, "Identity=ana").await;
        api.create(&users, "Identity=Ana").await;
        assert_eq!(api.ask(200, "GET", &format!("{users}/ana"), "").await["sid"], json!(user));
    }
    let address = "Type=sms&Address=%2B12025550100";
    let sid = api.create("/v1/Configuration/Addresses", address).await;
    api.ask(409, "POST", "/v1/Configuration/Addresses", address).await;
    let path = "/v1/Configuration/Addresses/%2B12025550100";
    assert_eq!(api.ask(200, "GET", path, "").await["sid"], json!(sid));
}

#[tokio::test]
async fn messages_have_indexes_defaults_and_an_order() {
    let api = Api::start().await;
    let conversation = api.create("/v1/Conversations", "").await;
    let messages = format!("/v1/Conversations/{conversation}/Messages");
    let mut sids = Vec::new();
    for index in 0..7 {
        let message = api.ask(201, "POST", &messages, &format!("Body={index}")).await;
        assert_eq!((&message["index"], &message["author"]), (&json!(index), &json!("system")));
        assert_eq!(message["attributes"], "{}");
        sids.push(text(&message["sid"]));
    }
    api.ask(204, "DELETE", &format!("{messages}/{}", sids[6]), "").await;
    let restored = Api(builder("services").state(api.0.state()).start().await.expect("a mock"));
    let message = restored.ask(201, "POST", &messages, "Author=ana").await;
    assert_eq!(
        (&message["index"], &message["author"]),
        (&json!(7), &json!("ana")),
        "the index of a deleted message is not reused"
    );
    for (order, expected) in [
        ("", json!([0, 1, 2, 3, 4, 5])),
        ("&Order=asc", json!([0, 1, 2, 3, 4, 5])),
        ("&Order=desc", json!([5, 4, 3, 2, 1, 0])),
    ] {
        let path = format!("{messages}?PageSize=4{order}");
        assert_eq!(json!(api.list(&path, "messages", "index").await), expected, "{order}");
    }
    let second = api.ask(200, "GET", &format!("{messages}?PageSize=2&Order=desc&Page=1"), "").await;
    assert_eq!((&second["messages"][0]["index"], &second["meta"]["page"]), (&json!(3), &json!(1)));
    let previous_page = text(&second["meta"]["previous_page_url"]).replace(&api.0.url(), "");
    assert_eq!(api.ask(200, "GET", &previous_page, "").await["messages"][0]["index"], 5);
    let next_page = text(&second["meta"]["next_page_url"]).replace(&api.0.url(), "");
    assert_eq!(api.ask(200, "GET", &next_page, "").await["messages"][0]["index"], 1);
    for form in ["Attributes={", "Attributes=not JSON", "Attributes="] {
        let rejected = api.ask(400, "POST", &messages, form).await;
        assert!(text(&rejected["message"]).contains("attributes must be JSON"), "{rejected}");
    }
}

#[tokio::test]
async fn lists_are_filtered() {
    let api = Api::start().await;
    for (index, (state, day)) in
        [("active", 1), ("closed", 2), ("active", 3), ("closed", 4), ("active", 5)].iter().enumerate()
    {
        let form = format!("FriendlyName={index}&State={state}&DateCreated=2025-05-0{day}T12:00:00Z");
        api.create("/v1/Conversations", &form).await;
    }
    for (query, expected) in [
        ("State=active", vec!["0", "2", "4"]),
        ("State=inactive", vec![]),
        ("StartDate=2025-05-03T12:00:00Z", vec!["4", "3", "2"]),
        ("EndDate=2025-05-02T12:00:00Z", vec!["1", "0"]),
        ("StartDate=2025-05-02T00:00:00Z&EndDate=2025-05-04T11:59:59Z&State=active", vec!["2"]),
    ] {
        for size in [1, 2, 50] {
            let path = format!("/v1/Conversations?PageSize={size}&{query}");
            assert_eq!(json!(api.list(&path, "conversations", "friendly_name").await), json!(expected), "{path}");
        }
    }
    api.ask(400, "GET", "/v1/Conversations?StartDate=yesterday", "").await;
    api.ask(400, "GET", "/v1/Conversations?State=asleep", "").await;
    for (index, kind) in ["sms", "email", "sms"].iter().enumerate() {
        api.create("/v1/Configuration/Addresses", &format!("Type={kind}&Address={index}")).await;
    }
    let found = api.list("/v1/Configuration/Addresses?Type=sms", "address_configurations", "address").await;
    assert_eq!(json!(found), json!(["0", "2"]));
}

#[tokio::test]
async fn bindings_are_filtered() {
    let api = Api::start().await;
    let service = api.create("/v1/Services", "FriendlyName=a").await;
    let bindings = format!("/v1/Services/{service}/Bindings");
    for (index, (kind, identity)) in [("apn", "ana"), ("fcm", "ana"), ("gcm", "bea"), ("fcm", "bea")].iter().enumerate()
    {
        let record = json!({ "binding_type": kind, "identity": identity, "endpoint": index.to_string() });
        api.0.put(&format!("{bindings}/BS{index:032x}"), record).expect("a binding");
    }
    for (query, expected) in [
        ("", vec!["0", "1", "2", "3"]),
        ("BindingType=fcm", vec!["1", "3"]),
        ("BindingType=apn&BindingType=gcm", vec!["0", "2"]),
        ("Identity=ana", vec!["0", "1"]),
        ("Identity=ana&Identity=bea&BindingType=fcm", vec!["1", "3"]),
        ("Identity=Ana", vec![]),
        ("Identity=", vec![]),
    ] {
        for size in [1, 50] {
            let found = api.list(&format!("{bindings}?PageSize={size}&{query}"), "bindings", "endpoint").await;
            assert_eq!(json!(found), json!(expected), "{query}");
        }
    }
    api.ask(400, "GET", &format!("{bindings}?BindingType=post"), "").await;
}

#[tokio::test]
async fn participants_are_copied_to_user_and_participant_lists() {
    let api = Api::start().await;
    let service = api.create("/v1/Services", "FriendlyName=a").await;
    for prefix in ["/v1".to_owned(), format!("/v1/Services/{service}")] {
        let sid = api.create(&format!("{prefix}/Conversations"), "UniqueName=parcel&FriendlyName=Parcel").await;
        let conversation = format!("{prefix}/Conversations/{sid}");
        let participants = format!("{conversation}/Participants");
        for (status, form) in [
            (201, "Identity=ana"),
            (201, "MessagingBinding.Address=%2B1&MessagingBinding.ProxyAddress=%2B2"),
            (400, "Identity=bea&MessagingBinding.Address=%2B3"),
            (400, "Attributes={}"),
            (409, "Identity=ana"),
            (409, "MessagingBinding.Address=%2B1"),
        ] {
            api.ask(status, "POST", &participants, form).await;
        }
        let ana = text(&api.ask(200, "GET", &format!("{participants}/ana"), "").await["sid"]);
        let memberships = format!("{prefix}/ParticipantConversations");
        assert_eq!(api.list(&memberships, "conversations", "participant_sid").await.len(), 2);
        api.ask(400, "GET", &format!("{memberships}?Identity=ana&Address=%2B1"), "").await;
        let path = format!("{memberships}?Address=%2B1");
        let found = &api.ask(200, "GET", &path, "").await["conversations"];
        assert_eq!((found.as_array().map(Vec::len), &found[0]["conversation_sid"]), (Some(1), &json!(sid)));
        assert_eq!(found[0]["participant_messaging_binding"]["proxy_address"], "+2");
        let found = &api.ask(200, "GET", &format!("{memberships}?Identity=ana"), "").await["conversations"][0];
        assert_eq!((&found["participant_sid"], &found["participant_identity"]), (&json!(ana), &json!("ana")));
        assert!(text(&found["links"]["conversation"]).ends_with(&conversation), "{found}");

        // The participant was created before the user. The user's list of conversations still contains the
        // conversation.
        api.ask(404, "GET", &format!("{prefix}/Users/ana/Conversations"), "").await;
        let user = api.create(&format!("{prefix}/Users"), "Identity=ana").await;
        let path = format!("{prefix}/Users/{user}/Conversations/{sid}");
        let membership = api.ask(200, "GET", &path, "").await;
        assert_eq!((&membership["user_sid"], &membership["friendly_name"]), (&json!(user), &json!("Parcel")));
        assert_eq!((&membership["conversation_sid"], &membership["participant_sid"]), (&json!(sid), &json!(ana)));
        assert!(text(&membership["url"]).ends_with(&path), "{membership}");
        let by_names = format!("{prefix}/Users/ana/Conversations/parcel");
        assert_eq!(api.ask(200, "POST", &by_names, "NotificationLevel=muted").await["notification_level"], "muted");
        api.ask(200, "POST", &conversation, "FriendlyName=New&State=closed").await;
        let membership = api.ask(200, "GET", &by_names, "").await;
        assert_eq!(
            (&membership["friendly_name"], &membership["conversation_state"]),
            (&json!("New"), &json!("closed"))
        );
        assert_eq!(
            membership["notification_level"], "muted",
            "copying the changes of the conversation does not change the notification level"
        );

        api.ask(200, "POST", &format!("{participants}/{ana}"), "Identity=bea").await;
        api.ask(404, "GET", &path, "").await;
        assert_eq!(api.list(&memberships, "conversations", "participant_identity").await, [json!("bea"), json!(null)]);
        api.ask(204, "DELETE", &format!("{participants}/bea"), "").await;
        assert_eq!(api.list(&memberships, "conversations", "participant_identity").await, [json!(null)]);
        api.ask(204, "DELETE", &conversation, "").await;
        assert_eq!(api.list(&memberships, "conversations", "participant_identity").await, [] as [Value; 0]);
    }
}

#[tokio::test]
async fn a_conversation_is_created_with_all_participants_or_not_at_all() {
    let api = Api::start().await;
    let form = |participants: &[&str]| {
        let mut form = form_urlencoded::Serializer::new("UniqueName=together".to_owned());
        participants.iter().fold(&mut form, |form, participant| form.append_pair("Participant", participant)).finish()
    };
    for invalid in [
        &["{\"identity\":\"ana\"}", "not JSON"][..],
        &["{\"identity\":\"ana\"}", "{\"identity\":\"ana\"}"],
        &["{\"name\":\"ana\"}"],
        &["[]"],
        &["{\"identity\":1}"],
        &["{}"],
    ] {
        let response = send(&api.0.url(), "POST", "/v1/ConversationWithParticipants", "", &form(invalid)).await;
        assert!([400, 409].contains(&response.status), "{invalid:?} {response:?}");
        assert!(response.body.contains("Participant "), "{response:?}");
    }
    assert_eq!(api.list("/v1/Conversations", "conversations", "sid").await, [] as [Value; 0]);
    assert_eq!(api.list("/v1/ParticipantConversations", "conversations", "sid").await, [] as [Value; 0]);
    let right = form(&["{\"identity\":\"ana\"}", "{\"messaging_binding.address\":\"+1\"}"]);
    let sid = api.create("/v1/ConversationWithParticipants", &right).await;
    let created = api.ask(200, "GET", "/v1/Conversations/together", "").await;
    assert_eq!(created["sid"], json!(sid));
    assert!(text(&created["url"]).ends_with(&format!("/v1/Conversations/{sid}")), "{created}");
    let path = format!("/v1/Conversations/{sid}/Participants");
    assert_eq!(api.list(&path, "participants", "identity").await, [json!("ana"), json!(null)]);
    assert_eq!(
        api.list("/v1/ParticipantConversations", "conversations", "conversation_sid").await,
        [json!(sid), json!(sid)]
    );
    api.ask(409, "POST", "/v1/ConversationWithParticipants", "UniqueName=together").await;
}

#[tokio::test]
async fn a_conversation_has_at_most_five_webhooks() {
    let api = Api::start().await;
    let conversation = api.create("/v1/Conversations", "").await;
    let webhooks = format!("/v1/Conversations/{conversation}/Webhooks");
    let mut last = String::new();
    for _ in 0..5 {
        last = api.create(&webhooks, "Target=webhook").await;
    }
    let rejected = api.ask(400, "POST", &webhooks, "Target=webhook").await;
    assert!(text(&rejected["message"]).contains("5 items"), "{rejected}");
    api.ask(204, "DELETE", &format!("{webhooks}/{last}"), "").await;
    api.create(&webhooks, "Target=webhook").await;
}

const LIBRARY: &str = "
openapi: 3.0.3
info: { title: Library, version: 1.0.0 }
paths:
  /books:
    get:
      operationId: listBooks
      parameters:
        - { name: genre, in: query, schema: { type: array, items: { type: string } } }
        - { name: min_pages, in: query, schema: { type: integer } }
        - { name: sort, in: query, schema: { type: string } }
        - { name: q, in: query, schema: { type: string } }
      responses: { '200': { description: All., content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Book' } } } } } }
    post:
      operationId: addBook
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } }
      responses:
        '201': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } }
        default: { description: Refused., content: { application/json: { schema: { type: object, properties: { message: { type: string } } } } } }
  /donations:
    get:
      operationId: listDonations
      responses: { '200': { description: All., content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Book' } } } } } }
    post:
      operationId: donate
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } }
      responses: { '201': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } } }
  /books/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { operationId: getBook, responses: { '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } } } }
  /books/{id}/copies:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: listCopies
      responses: { '200': { description: All., content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Copy' } } } } } }
    post:
      operationId: addCopy
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Copy' } } } }
      responses: { '201': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Copy' } } } } }
components:
  schemas:
    Book:
      type: object
      required: [title]
      properties:
        id: { type: string, readOnly: true }
        number: { type: integer, readOnly: true }
        title: { type: string }
        print: { type: object, properties: { isbn: { type: string }, pages: { type: integer } } }
        genre: { type: string, nullable: true }
        notes: { type: string, nullable: true }
        copies: { type: array, writeOnly: true, items: { $ref: '#/components/schemas/Copy' } }
    Copy: { type: object, properties: { id: { type: string, readOnly: true }, shelf: { type: string } } }
";

const RULES: &str = "
[[mock.rules]]
at = ['/books']
unique = ['print.isbn']
lookup = ['print.isbn', 'title']
counters = { number = 100 }
defaults = { genre = 'novel', 'print.pages' = 200 }
json = ['notes']
at_most_one = [['genre', 'notes']]
max_items = 4
filters = [
    { parameter = 'genre', property = 'genre' },
    { parameter = 'min_pages', property = 'print.pages', test = 'at_least' },
]
newest_first = [{ parameter = 'sort', values = ['-created'] }]
parts = [{ parameter = 'copies', to = ['/books/{id}/copies'] }]

[[mock.rules]]
at = ['/donations']
stored_at = ['/books']
";

#[tokio::test]
async fn rules_work_for_any_api() {
    let mock = Mock::from_spec(LIBRARY, RULES).start().await.expect("a mock");
    let url = mock.url();
    let json_type = "Content-Type: application/json\r\n";
    for (status, body) in [
        (201, json!({ "title": "A", "print": { "isbn": "1" }, "copies": [{ "shelf": "x" }, { "shelf": "y" }] })),
        (409, json!({ "title": "B", "print": { "isbn": "1" } })),
        (400, json!({ "title": "B", "notes": "no JSON" })),
        (400, json!({ "title": "B", "notes": "{}", "genre": "poem" })),
        (400, json!({ "title": "B", "copies": [{ "shelf": 1 }] })),
        (201, json!({ "title": "B", "genre": "poem", "print": { "pages": 20 } })),
        (201, json!({ "title": "C", "genre": "essay", "print": { "pages": 300 } })),
        (201, json!({ "title": "D", "notes": "[]" })),
        (400, json!({ "title": "E" })),
    ] {
        let response = raw(&url, "POST", "/books", json_type, &body.to_string()).await;
        assert_eq!(response.status, status, "{body} {response:?}");
    }
    for (query, expected) in [
        (
            "",
            json!([
                ["A", 100, "novel", 200],
                ["B", 101, "poem", 20],
                ["C", 102, "essay", 300],
                ["D", 103, "novel", 200]
            ]),
        ),
        ("?genre=poem&genre=essay&sort=-created", json!([["C", 102, "essay", 300], ["B", 101, "poem", 20]])),
        ("?min_pages=201", json!([["C", 102, "essay", 300]])),
        ("?sort=created&min_pages=1000", json!([])),
    ] {
        let response = raw(&url, "GET", &format!("/books{query}"), "", "").await;
        let found = response.json();
        let found = found.as_array().unwrap().iter();
        let found: Value =
            found.map(|book| json!([book["title"], book["number"], book["genre"], book["print"]["pages"]])).collect();
        assert_eq!(found, expected, "{query}");
    }
    let by_isbn = raw(&url, "GET", "/books/1/copies", "", "").await.json();
    assert_eq!((&by_isbn[0]["shelf"], &by_isbn[1]["shelf"]), (&json!("x"), &json!("y")), "{by_isbn}");
    assert_eq!(raw(&url, "GET", "/books/C", "", "").await.json()["number"], 102);
    let donated = raw(&url, "POST", "/donations", json_type, "{\"title\":\"E\"}").await;
    assert_eq!(
        (donated.status, donated.json()["number"].clone()),
        (400, Value::Null),
        "the maximum number of books is reached"
    );
    assert_eq!(raw(&url, "GET", "/donations", "", "").await.json(), json!([]));
    let ignored = raw(&url, "GET", "/books?q=a&genre=poem", "", "").await;
    assert!(ignored.head.to_ascii_lowercase().contains("mock-ignored-parameters: q\r\n"), "{ignored:?}");
    let none = raw(&url, "GET", "/books?genre=poem", "", "").await;
    assert!(!none.head.to_ascii_lowercase().contains("mock-ignored-parameters"), "{none:?}");
}

#[tokio::test]
async fn a_rule_that_does_not_match_the_document_is_an_error() {
    let result = Mock::from_spec(LIBRARY, "[[mock.rules]]\nat = ['/books']\nunique = ['titel']").start().await;
    let Err(Error::Spec(text)) = result else { panic!("the mock has started") };
    assert!(text.contains("`titel` is not a property of `Book`") && text.contains("did you mean `title`"), "{text}");
}
