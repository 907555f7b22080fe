//! The state that requests change, and its conversion to JSON.

use serde_json::{Value, json};

use crate::model::Model;
use crate::path::is_collection;
use crate::record_change::RecordChange;
use crate::rng::Rng;
use crate::store::{Store, reject_other_properties};

/// The state that requests change.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub store: Store,
    /// The number of writes. It determines the time in generated records.
    pub tick: u64,
    /// The random number generator for identifiers and request IDs. `None` before its first use.
    pub rng: Option<Rng>,
    /// The changes of the current request about which webhooks are sent.
    pub record_changes: Vec<RecordChange>,
}

impl State {
    /// Returns the random number generator. The first call creates it with `seed`.
    pub fn rng(&mut self, seed: u64) -> &mut Rng {
        self.rng.get_or_insert(Rng(seed))
    }

    /// Returns the state as JSON for [`State::from_json`].
    pub fn to_json(&self) -> Value {
        self.counters_with("store", self.store.to_json())
    }

    /// Returns the counters as a JSON object with the additional property `name`.
    pub fn counters_with(&self, name: &str, value: Value) -> Value {
        json!({ "tick": self.tick, "chance": self.rng.as_ref().map(|rng| rng.0), name: value })
    }

    /// Reads the JSON of [`State::to_json`]. Returns `None` if the JSON is invalid.
    pub fn from_json(value: &Value) -> Option<Self> {
        reject_other_properties(value, &["tick", "chance", "store"])?;
        let mut state = Self { store: Store::from_json(value.get("store")?)?, ..Self::default() };
        state.set_counters(value)?;
        Some(state)
    }

    /// Applies the JSON of one request: the changes from [`Store::take_changes`], and the counters after the request.
    pub fn apply(&mut self, value: &Value) -> Option<()> {
        reject_other_properties(value, &["tick", "chance", "changes"])?;
        self.set_counters(value)?;
        value.get("changes")?.as_array()?.iter().try_for_each(|change| self.store.apply(change))
    }

    /// Returns a description of a stored record or collection that does not match the API.
    pub fn find_mismatch(&self, model: &Model) -> Option<String> {
        let mut collections = self.store.collections().map(|(path, _)| path);
        collections.find_map(|path| {
            if !is_collection(&model.api, path) {
                return Some(format!("the document has no collection `{path}`"));
            }
            let (key, _) = self.store.records(path).find(|(_, record)| !record.is_object())?;
            Some(format!("the record `{key}` of `{path}` is not an object"))
        })
    }

    fn set_counters(&mut self, value: &Value) -> Option<()> {
        self.rng = value.get("chance")?.as_u64().map(Rng);
        // The limit prevents an overflow when the tick is incremented.
        self.tick = value.get("tick")?.as_u64().filter(|tick| *tick <= u64::MAX / 2)?;
        Some(())
    }
}
