//! Finds the crates that the generated crate re-exports, because their types are part of its public API.

use crate::emit::Context;
use crate::ir::TypeRef;
use crate::runtime::features::Feature;

impl Context<'_> {
    /// Returns the names of the re-exported crates. `http` and `reqwest` are always re-exported, because the runtime's
    /// API has their types.
    pub fn reexports(&self) -> Vec<&'static str> {
        let uses_type = |predicate| self.analysis.uses_type_or_header(self.api, predicate);
        let date_crate = self.config.types.date_time.crate_name();
        let candidates = [
            ("http", true),
            ("indexmap", self.features.contains(Feature::IndexMaps)),
            ("reqwest", true),
            ("serde_json", uses_type(|ty| matches!(ty, TypeRef::Json))),
        ];
        let mut names: Vec<_> = candidates.into_iter().filter(|(_, is_used)| *is_used).map(|(name, _)| name).collect();
        names.extend(date_crate.filter(|_| uses_type(|ty| matches!(ty, TypeRef::Date | TypeRef::DateTime))));
        names.sort_unstable();
        names
    }
}
