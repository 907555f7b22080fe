//! Determines whether the values of a schema may be `null`.

use std::collections::HashSet;

use openapiv3::Schema;

use super::merged_schema::{Kind, SchemaPart};
use crate::lower::Lowering;
use crate::source::Pointer;

/// A schema that the search has reached.
struct Visited<'a> {
    schema: &'a Schema,
    at: Pointer,
    /// The index of the schema from which the search reached this schema. `None` for the first schema.
    parent: Option<usize>,
}

impl<'a> Lowering<'a> {
    /// Returns whether the values of a schema may be `null`.
    ///
    /// The values may be `null` if the schema is nullable, or if `null` matches one of its alternatives or the only
    /// schema in its `allOf`. The result is stored for all schemas that the search has reached.
    pub(crate) fn may_be_null(&mut self, schema: &'a Schema, at: &Pointer) -> bool {
        let mut visited = vec![Visited { schema, at: at.clone(), parent: None }];
        let mut visited_locations: HashSet<Pointer> = [at.clone()].into();
        let mut index = 0;
        while let Some(Visited { schema, at, .. }) = visited.get(index) {
            let part = SchemaPart { schema, at: at.clone(), uses_alternatives: true };
            let stored = self.nullability.get(&part.at).copied();
            if stored == Some(true) || schema.schema_data.nullable || part.kind() == Kind::Null {
                let mut ancestor = Some(index);
                while let Some(Visited { at, parent, .. }) = ancestor.and_then(|index| visited.get(index)) {
                    self.nullability.insert(at.clone(), true);
                    ancestor = *parent;
                }
                return true;
            }
            let nested = match (part.keywords().all_of.as_slice(), part.kind(), part.alternatives()) {
                _ if stored.is_some() => None,
                (only_schema @ [_], Kind::Any, _) => Some(("allOf", only_schema)),
                (_, _, alternatives) => alternatives,
            };
            for (keyword, (nested_index, node)) in nested
                .into_iter()
                .flat_map(|(keyword, nodes)| nodes.iter().enumerate().map(move |node| (keyword, node)))
            {
                let at = part.at.child(keyword).child(nested_index);
                if let Some((schema, at)) = self.schema_at(node.into(), &at)
                    && visited_locations.insert(at.clone())
                {
                    visited.push(Visited { schema, at, parent: Some(index) });
                }
            }
            index += 1;
        }
        self.nullability.extend(visited.into_iter().map(|Visited { at, .. }| (at, false)));
        false
    }
}
