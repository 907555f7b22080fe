//! Calls every operation with all arguments on a mock, after creating the records that the operation needs.

#![allow(clippy::panic, clippy::unwrap_used, reason = "in tests a panic is the report")]

mod support;

use bindery::ir::{Level, Operation, ResourceId, Role, Segment};
use bindery_mock::Mock;
use serde_json::{Value, json};
use support::document::api;
use support::scripted::{call, maximal, minimal};
use support::{ACCOUNT, TOKEN};
use twilio_conversations::{Client, Credentials};

/// A mock and its client.
struct MockClient {
    mock: Mock,
    client: Client,
}

impl MockClient {
    async fn start() -> Self {
        let document = include_str!("../../spec/conversations_v1.yaml");
        let mock = Mock::from_spec(document, include_str!("../../spec/codegen.toml")).start().await.unwrap();
        let builder = Client::builder().base_url(mock.url()).credentials(Credentials::basic(ACCOUNT, TOKEN));
        Self { client: builder.build().unwrap(), mock }
    }

    /// Calls the operation of a case with the arguments of the case and with `keys` as path parameters.
    async fn call(&self, case: &Value, keys: &[(&str, String)]) -> Value {
        let mut case = case.clone();
        make_valid(&mut case, self.mock.requests().len());
        for (name, key) in keys {
            case["path_params"][name] = json!(key);
        }
        let result = call(&self.client, &case).await;
        let operation = self.mock.requests().last().and_then(|request| request.operation.clone());
        assert_eq!(operation.as_deref(), case["operation_id"].as_str(), "{case}: {result:?}");
        result.unwrap_or_else(|error| panic!("{case}: {error:?}"))
    }

    /// Creates the parents of a resource and a record of the resource. Returns the keys in the path of the record.
    async fn create_instance(&self, id: ResourceId) -> Vec<String> {
        let resource = &api().resources[id];
        let mut keys = Box::pin(self.create_parents(id)).await;
        let operations = || resource.operations.iter().map(|id| &api().operations[*id]);
        match operations().find(|operation| operation.role == Role::Create) {
            Some(create) => {
                let created = self.call(minimal(&create.id).unwrap(), &named_keys(create, &keys)).await;
                keys.push(created["sid"].as_str().unwrap().to_owned());
            }
            // No operation creates records of this resource, so the test stores a record in the mock directly.
            None => {
                let operation = operations().find(|operation| operation.level() == Level::Instance).unwrap();
                let case = minimal(&operation.id).unwrap();
                let Some(last) = operation.path.last().and_then(Segment::param) else {
                    panic!("{} has no key", operation.id)
                };
                keys.push(case["path_params"][last].as_str().unwrap().to_owned());
                self.mock.put(&path(operation, &keys), json!({})).unwrap();
            }
        }
        keys
    }

    /// Creates the parent records of a resource. Returns the keys in the path of the resource.
    async fn create_parents(&self, id: ResourceId) -> Vec<String> {
        match api().resources[id].parent {
            Some((parent, Level::Instance)) => self.create_instance(parent).await,
            Some((parent, Level::Collection)) => Box::pin(self.create_parents(parent)).await,
            None => Vec::new(),
        }
    }
}

/// Changes the arguments of a case so that the API accepts them. A participant must have either an identity or an
/// address, the field `Participant` must be JSON, and names must be unique.
fn make_valid(case: &mut Value, number: usize) {
    let creates_participant = matches!(
        case["operation_id"].as_str(),
        Some("CreateConversationParticipant" | "CreateServiceConversationParticipant")
    );
    if creates_participant && case["form"]["Identity"].is_null() {
        case["form"] = json!({ "Identity": "ana" });
    }
    if case.pointer("/form/Participant").is_some() {
        case["form"]["Participant"] =
            json!(["{\"identity\":\"ana\"}", "{\"messaging_binding.address\":\"+15550100\"}"]);
    }
    // The mock accepts only page tokens in its own format.
    if let Some(token) = case.pointer_mut("/query/PageToken") {
        *token = json!("PA0");
    }
    for (location, address) in [("form", "MessagingBinding.Address"), ("query", "Address")] {
        let values = case.get_mut(location).and_then(Value::as_object_mut);
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

/// Returns the keys in a path, with the names of their parameters.
fn named_keys<'a>(operation: &'a Operation, keys: &[String]) -> Vec<(&'a str, String)> {
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
async fn every_operation_succeeds_on_created_records() {
    let mock_client = MockClient::start().await;
    for (_, operation) in api().operations.iter() {
        let keys = match operation.level() {
            Level::Instance => mock_client.create_instance(operation.resource).await,
            Level::Collection => mock_client.create_parents(operation.resource).await,
        };
        mock_client.call(maximal(&operation.id).unwrap(), &named_keys(operation, &keys)).await;
    }
}
