//! The table `[mock]` of codegen.toml: behaviour of the API for which OpenAPI has no keywords.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::Spanned;

/// The settings of the mock server, and rules for behaviour of the API that its document does not describe.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Mock {
    /// The dependency on `bindery-mock`, as in `Cargo.toml`. The generated crate then has the feature `mock`.
    ///
    /// Default: no feature `mock`.
    ///
    /// Example: `mock.dependency = { path = "../generator/mock", version = "0.1.0" }`
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub dependency: Option<toml::Table>,
    /// The rules: each table has rules for some resources.
    #[serde(default)]
    pub rules: Vec<RuleSet>,
    /// The records that say where the mock sends webhooks.
    #[serde(default)]
    pub subscriptions: Vec<Subscription>,
    /// The changes of records about which the mock sends webhooks.
    #[serde(default)]
    pub events: Vec<MockEvent>,
}

/// A table of `[[mock.subscriptions]]`: records that say where the mock sends webhooks.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Subscription {
    /// The paths of the collections whose records say where the mock sends webhooks. The path of a single record is possible as
    /// well. The path parameters must have values in the path of the changed record. If several paths are possible, the one with
    /// the most path parameters is used.
    ///
    /// Example: `mock.subscriptions = [{ at = ['/hooks'], after = 'url' }]`
    pub at: Vec<Spanned<String>>,
    /// The property with the URL to which the mock sends webhooks before a change. The request waits for the response, by default
    /// at most 5 seconds. The JSON object of a response with status 200 replaces properties of the record. The document must
    /// describe these properties for this response. A response with a status from 400 to 499 rejects the request with status 403.
    /// After any other response, or none, the change is made as requested.
    ///
    /// Example: `mock.subscriptions = [{ at = ['/hooks'], before = 'check_url' }]`
    pub before: Option<Spanned<String>>,
    /// The property with the URL to which the mock sends webhooks after a change.
    ///
    /// Example: `mock.subscriptions = [{ at = ['/hooks'], after = 'url' }]`
    pub after: Option<Spanned<String>>,
    /// The property with the HTTP method with which the mock sends webhooks.
    ///
    /// Default: the method in the document.
    ///
    /// Example: `mock.subscriptions = [{ at = ['/hooks'], after = 'url', method = 'method' }]`
    pub method: Option<Spanned<String>>,
    /// The property with an array of the names of the webhooks to send. If it is missing or empty, none are sent.
    ///
    /// Default: all webhooks are sent.
    ///
    /// Example: `mock.subscriptions = [{ at = ['/hooks'], after = 'url', filters = 'events' }]`
    pub filters: Option<Spanned<String>>,
    /// The property with the number of retries of a webhook after a change, at most 10. The mock sends the webhook again if the
    /// status is not from 200 to 299, or if there is no response in time.
    ///
    /// Default: no retries.
    ///
    /// Example: `mock.subscriptions = [{ at = ['/hooks'], after = 'url', retries = 'retries' }]`
    pub retries: Option<Spanned<String>>,
    /// The property of the payload that gets the number of the retry. The first attempt does not have this property.
    ///
    /// Example: `mock.subscriptions = [{ at = ['/hooks'], after = 'url', retries = 'retries', retry_number = 'attempt' }]`
    pub retry_number: Option<Spanned<String>>,
    /// The request headers, with their values, that a request needs. Changes by other requests send no webhooks.
    ///
    /// Example: `mock.subscriptions = [{ at = ['/hooks'], after = 'url', headers = { X-Webhooks = 'true' } }]`
    #[serde(default)]
    pub headers: BTreeMap<String, Spanned<String>>,
}

/// A table of `[[mock.events]]`: a change of records, and the webhooks about it. A property of the payload gets the value of the
/// record's property with the same name. The comparison of names ignores case and punctuation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct MockEvent {
    /// The collections of the records. Each entry is a path as in the document, or the name of the schema of the records.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'create', after = 'petAdded' }]`
    pub at: Vec<Spanned<String>>,
    /// The kind of change.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'create', after = 'petAdded' }]`
    pub on: Change,
    /// The property of the record that an update must change. Other updates send no webhooks.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'update', changed = 'status', after = 'petMoved' }]`
    pub changed: Option<Spanned<String>>,
    /// The name of the webhook that the mock sends before the change.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'create', before = 'petAdd' }]`
    pub before: Option<Spanned<String>>,
    /// The name of the webhook that the mock sends after the change.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'create', after = 'petAdded' }]`
    pub after: Option<Spanned<String>>,
    /// Properties of the payload, each with the property of the record whose value it gets.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'create', after = 'petAdded', set = { petId = 'id' } }]`
    #[serde(default)]
    pub set: BTreeMap<String, Spanned<String>>,
    /// Properties of the payload, each with the property of the record whose value before the update it gets.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'update', after = 'petMoved', set_old = { from = 'status' } }]`
    #[serde(default)]
    pub set_old: BTreeMap<String, Spanned<String>>,
    /// Properties of the payload, each with its fixed value.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'create', after = 'petAdded', values = { source = 'API' } }]`
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub values: BTreeMap<String, Spanned<toml::Value>>,
    /// Properties of the payload that get the time of the change. The webhook before the change does not have them.
    ///
    /// Example: `mock.events = [{ at = ['Pet'], on = 'delete', after = 'petRemoved', times = ['removed'] }]`
    #[serde(default)]
    pub times: Vec<Spanned<String>>,
}

/// A kind of change of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A request creates the record.
    #[default]
    Create,
    /// A request updates the record.
    Update,
    /// A request deletes the record.
    Delete,
}

/// A table of `[[mock.rules]]`: rules for the records of the resources in `at`. Properties and parameters have their wire
/// names; a dot leads into a nested object.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct RuleSet {
    /// The resources that a rule applies to: paths of collections as in the document, or names of the schema of their
    /// records. A rule uses the names of properties and parameters in the document; a dot leads into a nested object.
    ///
    /// Example: `mock.rules = [{ at = ['/v1/pets', 'Owner'], unique = ['name'] }]`
    pub at: Vec<Spanned<String>>,
    /// Properties with a different value in each record of a collection. A request that would repeat a value gets the
    /// status 409.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], unique = ['name'] }]`
    #[serde(default)]
    pub unique: Vec<Spanned<String>>,
    /// Properties whose value can replace the key of a record in a path.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], lookup = ['name'] }]`
    #[serde(default)]
    pub lookup: Vec<Spanned<String>>,
    /// Integer properties that count the records created in a collection, with the number of the first record. No number is
    /// used twice.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], counters = { index = 0 } }]`
    #[serde(default)]
    pub counters: BTreeMap<String, Spanned<i64>>,
    /// Values of properties that a request does not set.
    ///
    /// Default: the defaults of the document.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], defaults = { status = 'new' } }]`
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub defaults: BTreeMap<String, Spanned<toml::Value>>,
    /// String properties that contain JSON. A request with any other string gets the status 400.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], json = ['attributes'] }]`
    #[serde(default)]
    pub json: Vec<Spanned<String>>,
    /// Groups of parameters or properties of a JSON body. If an operation accepts all names of a group, a request must have
    /// exactly one of these names. Any other request gets the status 400.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], exactly_one = [['email', 'phone']] }]`
    #[serde(default)]
    pub exactly_one: Vec<Vec<Spanned<String>>>,
    /// Groups of parameters or properties of a JSON body. If an operation accepts all names of a group, a request must have
    /// at most one of these names. Any other request gets the status 400.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], at_most_one = [['email', 'phone']] }]`
    #[serde(default)]
    pub at_most_one: Vec<Vec<Spanned<String>>>,
    /// The maximum number of records in a collection. A request that would exceed the maximum gets the status 400.
    ///
    /// Default: no maximum.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], max_items = 5 }]`
    pub max_items: Option<u64>,
    /// Query parameters that select records of a list.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Query parameters that reverse the order of a list.
    #[serde(default)]
    pub newest_first: Vec<NewestFirst>,
    /// The collections that store the records which are created in this collection. A record is stored in one of them,
    /// whose path parameters the request must all have. If several are possible, the one with the most path parameters
    /// is used.
    ///
    /// Default: the collection itself.
    ///
    /// Example: `mock.rules = [{ at = ['/adoptions'], stored_at = ['/pets'] }]`
    #[serde(default)]
    pub stored_at: Vec<Spanned<String>>,
    /// Parameters that contain further records to create.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Collections in which each record appears in a different form.
    #[serde(default)]
    pub copies: Vec<Copies>,
}

/// A query parameter that selects records of a list. If the parameter is an array, a record must match at least one of the
/// items.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Filter {
    /// A query parameter that selects records of the list. If the parameter is an array, a record must match at least one
    /// of the items.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], filters = [{ parameter = 'since', property = 'created' }] }]`
    pub parameter: Spanned<String>,
    /// The property that the parameter is compared with.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], filters = [{ parameter = 'status', property = 'status' }] }]`
    pub property: Spanned<String>,
    /// The comparison of the property with the parameter. Numbers, times and strings can be compared.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], filters = [{ parameter = 'since', property = 'created', test = 'at_least' }] }]`
    #[serde(default)]
    pub test: Test,
}

/// How a filter compares a property with its parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The property is equal to the parameter.
    #[default]
    Equal,
    /// The property is equal to the parameter or greater. A later date is greater.
    AtLeast,
    /// The property is equal to the parameter or less. An earlier date is less. If the parameter is a date without a
    /// time, the property may be any time of that day.
    AtMost,
}

/// A query parameter that lists the newest records first.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct NewestFirst {
    /// A query parameter that lists the newest records first.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], newest_first = [{ parameter = 'order' }] }]`
    pub parameter: Spanned<String>,
    /// The values of the parameter that reverse the order.
    ///
    /// Default: any value.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], newest_first = [{ parameter = 'order', values = ['desc'] }] }]`
    #[serde(default)]
    pub values: Vec<String>,
}

/// A parameter that contains further records to create: objects, or strings with the JSON of objects.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Part {
    /// A parameter or property with further records to create: objects, or strings with the JSON of objects. Each object
    /// has the parameters of the operation that creates such a record.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], parts = [{ parameter = 'toys', to = ['/pets/{petId}/toys'] }] }]`
    pub parameter: Spanned<String>,
    /// The collections of these records, below the record that is created.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], parts = [{ parameter = 'toys', to = ['/pets/{petId}/toys'] }] }]`
    pub to: Vec<Spanned<String>>,
}

/// A collection in which each record appears in a different form.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Copies {
    /// Collections in which each record appears in a different form. A copy is in one of them, whose path parameters
    /// must all have a value in the path of the record or in `find`. If several are possible, the one with the most
    /// path parameters is used.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], copies = [{ to = ['/animals'] }] }]`
    pub to: Vec<Spanned<String>>,
    /// The path parameters of the collection that the path of the record does not have. Each has the property of the
    /// record that contains its value. If the property has no value, there is no copy.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], copies = [{ to = ['/owners/{ownerId}/pets'], find = { ownerId = 'owner' } }] }]`
    #[serde(default)]
    pub find: BTreeMap<String, Spanned<String>>,
    /// The properties of a copy, each with the property whose value it gets: `name` is a property of the record, and
    /// `{petId}.name` is a property of the record that the path parameter `petId` identifies. A copy also gets the values
    /// of the path parameters, except for the properties in `set`.
    ///
    /// Example: `mock.rules = [{ at = ['Pet'], copies = [{ to = ['/animals'], set = { animal_name = 'name' } }] }]`
    #[serde(default)]
    pub set: BTreeMap<String, Spanned<String>>,
}
