//! Every operation on the mock: what it needs is created first, then it is called with all that it takes.

#![allow(clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery::ir::{Operation, ResourceId, Role, Segment, Side};
use bindery_mock::Mock;
use serde_json::{Value, json};
use support::document::api;
use support::scripted::{call, least, most};
use support::{ACCOUNT, TOKEN};
use twilio_conversations::{Client, Credentials};

/// A mock, and a client of it.
struct Stage {
    mock: Mock,
    client: Client,
}

impl Stage {
    async fn start() -> Self {
        let document = include_str!("../../spec/conversations_v1.yaml");
        let mock = Mock::from_spec(document, include_str!("../../spec/codegen.toml")).start().await.unwrap();
        let builder = Client::builder().base_url(mock.url()).credentials(Credentials::basic(ACCOUNT, TOKEN));
        Self { client: builder.build().unwrap(), mock }
    }

    /// Calls an operation with the arguments of a case, on a path with these keys.
    async fn call(&self, case: &Value, keys: &[(&str, String)]) -> Value {
        let mut case = case.clone();
        settle(&mut case, self.mock.requests().len());
        for (name, key) in keys {
            case["path_params"][name] = json!(key);
        }
        let result = call(&self.client, &case).await;
        let answered = self.mock.requests().last().and_then(|request| request.operation.clone());
        assert_eq!(answered.as_deref(), case["operation_id"].as_str(), "{case}: {result:?}");
        result.unwrap_or_else(|error| panic!("{case}: {error:?}"))
    }

    /// Makes an instance of a resource, and of all that it stands under, and gives the keys that lead to it.
    async fn instance(&self, id: ResourceId) -> Vec<String> {
        let resource = &api().resources[id];
        let mut keys = Box::pin(self.above(id)).await;
        let operations = || resource.operations.iter().map(|id| &api().operations[*id]);
        match operations().find(|operation| operation.role == Role::Create) {
            Some(create) => {
                let created = self.call(least(&create.id).unwrap(), &named(create, &keys)).await;
                keys.push(created["sid"].as_str().unwrap().to_owned());
            }
            // What the API makes by itself is put there.
            None => {
                let any = operations().find(|operation| operation.side() == Side::Instance).unwrap();
                let case = least(&any.id).unwrap();
                let Some(last) = any.path.last().and_then(Segment::param) else { panic!("{} has no key", any.id) };
                keys.push(case["path_params"][last].as_str().unwrap().to_owned());
                self.mock.put(&path(any, &keys), json!({})).unwrap();
            }
        }
        keys
    }

    /// Makes what a resource stands under, and gives the keys that lead to it as a whole.
    async fn above(&self, id: ResourceId) -> Vec<String> {
        match api().resources[id].parent {
            Some((parent, Side::Instance)) => self.instance(parent).await,
            Some((parent, Side::Collection)) => Box::pin(self.above(parent)).await,
            None => Vec::new(),
        }
    }
}

/// Makes a case one that the API accepts: a participant has an identity or an address, several of them are JSON, and names
/// are unique.
fn settle(case: &mut Value, number: usize) {
    let creates = matches!(
        case["operation_id"].as_str(),
        Some("CreateConversationParticipant" | "CreateServiceConversationParticipant")
    );
    if creates && case["form"]["Identity"].is_null() {
        case["form"] = json!({ "Identity": "ana" });
    }
    if case.pointer("/form/Participant").is_some() {
        case["form"]["Participant"] =
            json!(["{\"identity\":\"ana\"}", "{\"messaging_binding.address\":\"+15550100\"}"]);
    }
    // The mock accepts only page tokens that it issues.
    if let Some(token) = case.pointer_mut("/query/PageToken") {
        *token = json!("PA0");
    }
    for (place, address) in [("form", "MessagingBinding.Address"), ("query", "Address")] {
        let values = case.get_mut(place).and_then(Value::as_object_mut);
        if let Some(values) = values.filter(|values| values.contains_key("Identity")) {
            values.remove(address);
        }
    }
    for name in ["Address", "Identity", "UniqueName"] {
        if let Some(Value::String(text)) = case.pointer_mut(&format!("/form/{name}")) {
            text.push_str(&format!(" {number}"));
        }
    }
}

/// Keys, with the names that the path of an operation has for them.
fn named<'a>(operation: &'a Operation, keys: &[String]) -> Vec<(&'a str, String)> {
    let names = operation.path.iter().filter_map(Segment::param);
    names.zip(keys.iter().cloned()).collect()
}

fn path(operation: &Operation, keys: &[String]) -> String {
    let mut keys = keys.iter();
    let segment = |segment: &Segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::LiteralSuffix(text) => text.clone(),
        Segment::Param(_) => format!("/{}", keys.next().unwrap()),
        Segment::ParamSuffix(before, _) => format!("{before}{}", keys.next().unwrap()),
    };
    operation.path.iter().map(segment).collect()
}

#[tokio::test]
async fn every_operation_succeeds_on_what_has_been_created() {
    let stage = Stage::start().await;
    for (_, operation) in api().operations.iter() {
        let keys = match operation.side() {
            Side::Instance => stage.instance(operation.resource).await,
            Side::Collection => stage.above(operation.resource).await,
        };
        stage.call(most(&operation.id).unwrap(), &named(operation, &keys)).await;
    }
}
