//! A change of a record about which webhooks are sent.

use bindery::config::{Change, Subscription};
use bindery::ir::ResourceId;
use bindery::mock_rules::path_below;
use serde_json::Value;

use crate::model::Model;
use crate::path::Values;
use crate::rules::fill_template;
use crate::store::Store;

/// A change of a record.
#[derive(Clone, Debug)]
pub(crate) struct RecordChange {
    /// Whether the record is created, updated or deleted.
    pub kind: Change,
    pub resource: ResourceId,
    /// The values of the path parameters of the request.
    pub path: Values,
    /// The key of the record. It is empty before the record is created.
    pub key: String,
    /// The record before the change. `None` if the change creates the record.
    pub old: Option<Value>,
    /// The record after the change. `None` if the change deletes the record.
    pub new: Option<Value>,
    /// The records with the URLs for the webhooks, each with the index of its table `[[mock.subscriptions]]`.
    pub subscribers: Vec<(usize, Value)>,
}

impl RecordChange {
    /// Adds the records with the URLs for the webhooks about the change. A record that the change deletes must still be in the
    /// store.
    pub fn with_subscribers(mut self, model: &Model, store: &Store) -> Self {
        for (index, subscription) in model.config.mock.subscriptions.iter().enumerate() {
            if let Some(collection) = self.collection_of(model, subscription) {
                self.subscribers.extend(store.records(&collection).map(|(_, record)| (index, record.clone())));
            }
        }
        self
    }

    /// Returns the path of the collection of a subscription. The values of its path parameters come from the path of the changed
    /// record, or are the key of the record.
    fn collection_of(&self, model: &Model, subscription: &Subscription) -> Option<String> {
        let templates: Vec<String> = subscription.at.iter().map(|at| at.get_ref().clone()).collect();
        let own = model.collections.iter().find(|(_, id)| **id == self.resource).map(|(template, _)| template);
        // The key of the record is the value of the path parameter below its collection.
        let own_parameter = own.and_then(|own| {
            let template = templates.iter().find(|template| path_below(own, template).is_some())?;
            template.strip_prefix(own.as_str())?.strip_prefix("/{")?.split('}').next()
        });
        let value = |name: &str| {
            let in_path = self.path.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.clone());
            let own = (own_parameter == Some(name)).then(|| self.key.clone());
            own.or(in_path).filter(|value| !value.is_empty())
        };
        fill_template(&templates, value).map(|(_, collection)| collection)
    }
}
