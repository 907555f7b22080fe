//! What changes from one request to the next, and its JSON.

use serde_json::{Value, json};

use crate::model::Model;
use crate::path::is_collection;
use crate::rng::Rng;
use crate::store::{Store, has_only};

/// What changes from one request to the next.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub store: Store,
    /// How often something has been written: the mock's clock.
    pub tick: u64,
    /// What identifiers and the ids of requests are made from.
    pub chance: Option<Rng>,
}

impl State {
    /// The source of chance; `seed` counts if nothing has been drawn yet.
    pub fn rng(&mut self, seed: u64) -> &mut Rng {
        self.chance.get_or_insert(Rng(seed))
    }

    /// Everything, as JSON that [`State::from_json`] reads.
    pub fn to_json(&self) -> Value {
        self.with("store", self.store.to_json())
    }

    /// What it knows besides what is stored, and one thing more.
    pub fn with(&self, name: &str, value: Value) -> Value {
        json!({ "tick": self.tick, "chance": self.chance.as_ref().map(|rng| rng.0), name: value })
    }

    /// Reads what [`State::to_json`] wrote; `None` if it is anything else.
    pub fn from_json(value: &Value) -> Option<Self> {
        has_only(value, &["tick", "chance", "store"])?;
        let mut state = Self { store: Store::from_json(value.get("store")?)?, ..Self::default() };
        state.set_counters(value)?;
        Some(state)
    }

    /// Applies the recorded changes of one request: those of [`Store::take_changes`], and the counters after them.
    pub fn apply(&mut self, value: &Value) -> Option<()> {
        has_only(value, &["tick", "chance", "changes"])?;
        self.set_counters(value)?;
        value.get("changes")?.as_array()?.iter().try_for_each(|change| self.store.apply(change))
    }

    /// Returns what is stored that an API has no place for.
    pub fn misplaced(&self, model: &Model) -> Option<String> {
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
        self.chance = value.get("chance")?.as_u64().map(Rng);
        // So far from the end that it can be counted on.
        self.tick = value.get("tick")?.as_u64().filter(|tick| *tick <= u64::MAX / 2)?;
        Some(())
    }
}
