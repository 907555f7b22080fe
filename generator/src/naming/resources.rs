//! Names resources: their modules, their handles, and the methods that return the handles.

use super::{NameScope, Names, Naming, OperationName, ResourceName, case, file, reserved};
use crate::config::Output;
use crate::file_names::fold_case;
use crate::ir::{Layout, Level, Operation, OperationId, Resource, ResourceId};
use crate::normalize::name_key;
use crate::source::Pointer;

impl Naming<'_> {
    /// Names a resource, after the resources that its name depends on. These are its parent and its representative.
    pub(super) fn resource_with_parents(&mut self, id: ResourceId, names: &mut [Option<ResourceName>]) {
        if names[id.index()].is_some() {
            return;
        }
        let resource = &self.api.client_resources()[id];
        let Some((parent, level)) = resource.parent else {
            names[id.index()] = Some(self.root_name(resource));
            return;
        };
        let representative = self.analysis.equivalent(id);
        if representative != id {
            self.resource_with_parents(representative, names);
            let (collection_method, instance_method) = self.parent_methods(resource, parent);
            let representative = names[representative.index()].clone().unwrap_or_default();
            names[id.index()] = Some(ResourceName { collection_method, instance_method, ..representative });
            return;
        }
        self.resource_with_parents(parent, names);
        let prefix = match (self.api.client_resources()[parent].parent, level, &names[parent.index()]) {
            (Some(_), Level::Instance, Some(parent)) => parent.instance.trim_end_matches("Handle").to_owned(),
            (Some(_), Level::Collection, Some(parent)) => parent.child_prefix.clone(),
            _ => String::new(),
        };
        names[id.index()] = Some(self.resource_name(resource, parent, &prefix));
    }

    /// Returns the names of the root, which is the client.
    fn root_name(&mut self, resource: &Resource) -> ResourceName {
        let key = resource.key.as_ref().map_or("", |key| key.wire.as_str());
        let instance = format!("{}Handle", case::type_name(key));
        ResourceName {
            module: "client".to_owned(),
            collection: "Client".to_owned(),
            instance: if resource.key.is_some() { self.claim_type(instance, key, &resource.origin) } else { instance },
            collection_method: String::new(),
            instance_method: case::value_name(key),
            instance_value: "value".to_owned(),
            feature: String::new(),
            child_prefix: String::new(),
        }
    }

    /// Returns the names of a resource below the root. `prefix` consists of the names of its parents.
    fn resource_name(&mut self, resource: &Resource, parent: ResourceId, prefix: &str) -> ResourceName {
        let segment = segment(resource);
        let origin = &resource.origin;
        // If the module name belongs to a different resource, use a spelling with more detail, such as `minus` for `-`.
        let is_free = |segment: &String| {
            let module = case::value_name(&format!("{prefix} {segment}"));
            !case::value_name(segment).is_empty() && self.free_module(&module).is_some()
        };
        let mut spellings = (0..).map_while(|level| case::spelling(segment, level));
        let segment = &spellings.find(is_free).unwrap_or_else(|| segment.to_owned());
        let singular = case::singular(segment);
        let child_prefix = case::type_name(&format!("{prefix} {segment}"));
        // The name gets the suffix if a model already has the short name, or if the short name is reserved.
        let suffix = if resource.key.is_some() { "collection" } else { "handle" };
        let short_name = if child_prefix.ends_with('_') { String::new() } else { child_prefix.clone() };
        let candidates = [short_name, case::type_name(&format!("{prefix} {segment} {suffix}"))];
        let name_with_path = type_name_with_path(segment, suffix, origin);
        let collection = self.free_type(candidates.into_iter().chain(name_with_path));
        let collection = self.claim_type(collection, segment, origin);
        let candidates =
            ["handle", "instance handle"].map(|suffix| case::type_name(&format!("{prefix} {singular} {suffix}")));
        let instance = match resource.key {
            Some(_) => {
                let name_with_path = type_name_with_path(&singular, "instance handle", origin);
                let instance = self.free_type(candidates.into_iter().chain(name_with_path));
                self.claim_type(instance, segment, origin)
            }
            None => candidates.into_iter().next().unwrap_or_default(),
        };
        let module = case::value_name(&child_prefix);
        let module = self.free_module(&module).unwrap_or(module);
        if let Err(first) = self.resource_modules.claim(&fold_case(&module), origin) {
            self.report_collision(segment, &module, first, origin);
        }
        let (collection_method, instance_method) = self.parent_methods(resource, parent);
        let mut feature = case::escape(module.replace('_', "-"), reserved::is_reserved_feature);
        // A module of a crate keeps these features, but has no features of resources.
        if matches!(feature.as_str(), "axum" | "webhooks")
            && (!self.api.webhooks.is_empty() || self.config.output == Output::Module)
        {
            feature.push('_');
        }
        let instance_value = case::value_name(&singular);
        ResourceName {
            module,
            collection,
            instance,
            collection_method,
            instance_method,
            instance_value,
            feature,
            child_prefix,
        }
    }

    /// Returns the first possible module name that does not belong to a different resource.
    fn free_module(&self, name: &str) -> Option<String> {
        file::module_names(name).find(|name| !self.resource_modules.has(&fold_case(name)))
    }

    /// Returns the first candidate that is not the name of a type. If there is none, returns the last candidate.
    fn free_type(&self, candidates: impl Iterator<Item = String>) -> String {
        let mut last = String::new();
        for name in candidates.filter(|name| !name.is_empty()) {
            if !self.type_scope.has(&name) {
                return name;
            }
            last = name;
        }
        last
    }

    /// Returns the names of the methods of the parent's handle that return the handles of the collection and of an
    /// instance.
    fn parent_methods(&self, resource: &Resource, parent: ResourceId) -> (String, String) {
        let segment = segment(resource);
        let collection = self.handle_method(parent, segment);
        match self.handle_method(parent, &case::singular(segment)) {
            // A resource without a segment has no method for its collection, so the names cannot collide.
            instance if instance == collection && !resource.segment.is_empty() => {
                let by_key = by_key(resource, &case::singular(segment));
                (collection, self.handle_method(parent, &by_key))
            }
            instance => (collection, instance),
        }
    }

    /// Returns the name of a method of a handle. The client has more reserved names than other handles.
    fn handle_method(&self, handle: ResourceId, wire: &str) -> String {
        match self.api.client_resources()[handle].parent {
            None => case::escape(case::value_name(wire), reserved::is_client_method),
            Some(_) => case::escape(case::value_name(wire), reserved::is_handle_method),
        }
    }

    /// Returns the method name of an operation without the name of its group: `gists/list`, `gistsList` and
    /// `listGists` become `list` in the group `gists`. If no word remains, the HTTP method becomes the name: `search`
    /// becomes `get` in the group `search`. A name from the configuration is not shortened.
    pub(super) fn method_in_group(&self, group: ResourceId, operation: &Operation, wire: &str) -> String {
        let full_name = self.handle_method(group, wire);
        let group_key = singular_key(&self.api.client_resources()[group].segment);
        if group_key.is_empty() || self.configured_name(&operation.origin, &operation.name) != operation.name {
            return full_name;
        }
        let format_suffix = operation.body_format.iter().map(|format| format!(" as {format}")).collect::<String>();
        let name = wire.strip_suffix(&format_suffix).unwrap_or(wire);
        let ends_in_group =
            |prefix: &str| prefix.rsplit(['/', '.']).next().is_some_and(|last| singular_key(last) == group_key);
        let mut separators = name.match_indices(|letter: char| !letter.is_alphanumeric());
        let after_group = separators
            .find(|(at, _)| ends_in_group(&name[..*at]))
            .map(|(at, separator)| &name[at + separator.len()..])
            .filter(|after| after.contains(char::is_alphanumeric));
        let is_group = matches!(self.api.layout, Layout::Groups { .. });
        let words = case::value_name(after_group.unwrap_or(name));
        let words: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
        let name_in_group = match words.as_slice() {
            words if singular_key(&words.concat()) == group_key => operation.method.as_str().to_ascii_lowercase(),
            words if is_group => strip_group_words(words, &group_key).join(" "),
            _ => after_group.unwrap_or(name).to_owned(),
        };
        let name_in_group = self.handle_method(group, &format!("{name_in_group}{format_suffix}"));
        // The full name is more readable than a short name with an underscore for an escape.
        if name_in_group.starts_with('_') || name_in_group.ends_with('_') { full_name } else { name_in_group }
    }

    /// Names the methods of each handle. The methods of operations come first, then the methods that return
    /// collections, then the methods that return instances. If two methods would have the same name, the earlier method
    /// keeps it.
    pub(super) fn name_methods(&mut self, names: &mut Names) {
        let analysis = self.analysis;
        let resources = self.api.client_resources();
        for (id, resource) in resources.iter().filter(|(id, _)| analysis.equivalent(*id) == *id) {
            for level in [Level::Collection, Level::Instance] {
                let mut scope = NameScope::default();
                let operations = resource.operations.iter().copied();
                let operations: Vec<_> = operations.filter(|id| self.api.client_resource(*id).1 == level).collect();
                self.name_operation_methods(&mut scope, &operations, names, id);
                let children: Vec<_> = analysis.children_at_level(self.api, id, level).collect();
                let has_collection_methods =
                    |child: &ResourceId| analysis.has_handle_methods(self.api, *child, Level::Collection);
                let collections: Vec<_> = children.iter().copied().filter(has_collection_methods).collect();
                for (child, method) in self.child_methods(&mut scope, &collections, id, names, Level::Collection) {
                    names.resources[child.index()].collection_method = method;
                }
                let has_instances = |child: &ResourceId| resources[*child].key.is_some();
                let with_instances: Vec<_> = children.into_iter().filter(has_instances).collect();
                for (child, method) in self.child_methods(&mut scope, &with_instances, id, names, Level::Instance) {
                    names.resources[child.index()].instance_method = method;
                }
                self.name_stream_methods(&mut scope, &operations, names);
            }
        }
        for (id, _) in self.api.operations.iter() {
            let representative = analysis.equivalent_operation(id);
            let OperationName { method, stream_method, .. } = names.operations[representative.index()].clone();
            let name = &mut names.operations[id.index()];
            (name.method, name.stream_method) = (method, stream_method);
        }
    }

    /// Names the methods of operations. If several operations would get the same method name, each gets its operation
    /// id as its name instead.
    fn name_operation_methods(
        &mut self,
        scope: &mut NameScope,
        operations: &[OperationId],
        names: &mut Names,
        handle: ResourceId,
    ) {
        let origins: Vec<&Pointer> = operations.iter().map(|id| &self.api.operations[*id].origin).collect();
        let claimed = scope.claim_all(&origins, |index, attempt| {
            let operation = &self.api.operations[operations[index]];
            let wire = self.configured_name(&operation.origin, &operation.name);
            Some(match attempt {
                0 => names.operation(operations[index]).method.clone(),
                attempt if attempt == case::SPELLING_LEVELS + 1 => {
                    let path = case::spell_punctuation(&operation.template());
                    self.handle_method(handle, &format!("{} {path}", operation.method.as_str()))
                }
                attempt => self.handle_method(handle, &case::spelling(wire, attempt - 1)?),
            })
        });
        for (id, method) in operations.iter().zip(claimed) {
            let operation = &self.api.operations[*id];
            let claim = |method| self.claim(scope, method, &operation.id, &operation.origin);
            let method = method.unwrap_or_else(claim);
            names.operations[id.index()].method = method;
        }
    }

    /// Names the methods that request a stream. They come last, so they change no other name.
    fn name_stream_methods(&self, scope: &mut NameScope, operations: &[OperationId], names: &mut Names) {
        for id in operations {
            let operation = &self.api.operations[*id];
            if self.api.requested_stream(operation).is_none() {
                continue;
            }
            let name = &mut names.operations[id.index()];
            let candidates = ["stream", "as_stream", "with_stream"].map(|suffix| format!("{}_{suffix}", name.method));
            let free = candidates.into_iter().find(|candidate| scope.claim(candidate, &operation.origin).is_ok());
            name.stream_method = free.unwrap_or_default();
        }
    }

    /// Returns the names of the methods of a handle that return the handles of its children at a level.
    fn child_methods(
        &mut self,
        scope: &mut NameScope,
        children: &[ResourceId],
        handle: ResourceId,
        names: &Names,
        level: Level,
    ) -> Vec<(ResourceId, String)> {
        let resources = self.api.client_resources();
        let origins: Vec<&Pointer> = children.iter().map(|id| &resources[*id].origin).collect();
        let claimed = scope.claim_all(&origins, |index, attempt| {
            let (resource, name) = (&resources[children[index]], names.resource(children[index]));
            let method = match level {
                Level::Instance => &name.instance_method,
                Level::Collection => &name.collection_method,
            };
            let spelling_level = match attempt {
                // The first attempt claims only names that are equal to their segments, so these segments keep their
                // names.
                0 => return Some(Some(method).filter(|name| *name == segment(resource)).cloned().unwrap_or_default()),
                1 => return Some(method.clone()),
                attempt => attempt - 2,
            };
            let segment = case::spelling(segment(resource), spelling_level)?;
            let long_name = match (level, &resource.key) {
                (Level::Instance, _) => by_key(resource, &case::singular(&segment)),
                (Level::Collection, Some(_)) => format!("{segment} collection"),
                (Level::Collection, None) => format!("{segment} handle"),
            };
            Some(self.handle_method(handle, &long_name))
        });
        let methods = children.iter().zip(claimed).map(|(id, method)| {
            let resource = &resources[*id];
            let claim = |method| self.claim(scope, method, &resource.segment, &resource.origin);
            (*id, method.unwrap_or_else(claim))
        });
        methods.collect()
    }
}

/// Returns a long type name that contains the path of the resource. Returns `None` if the resource has no path.
fn type_name_with_path(segment: &str, suffix: &str, origin: &Pointer) -> Option<String> {
    let path = origin.keys().nth(1)?;
    Some(case::type_name(&format!("{segment} {suffix} of {}", case::spell_punctuation(&path))))
}

/// Returns the name of an instance with the name of its key: `user by id`.
fn by_key(resource: &Resource, singular: &str) -> String {
    let key = resource.key.as_ref().map_or("", |key| key.wire.as_str());
    if resource.segment.is_empty() { format!("by {key}") } else { format!("{singular} by {key}") }
}

/// Returns the segment of a resource. If two path parameters follow each other, the resource of the second parameter
/// has no segment. Its key is returned instead.
fn segment(resource: &Resource) -> &str {
    match (&resource.key, resource.segment.as_str()) {
        (Some(key), "") => &key.wire,
        (_, segment) => segment,
    }
}

/// Returns a name in the singular, in lower case and without punctuation: `usergroup` for both `UserGroups` and
/// `user_group`.
fn singular_key(name: &str) -> String {
    name_key(&case::singular(name))
}

/// Removes the name of a group from the beginning and the end of the name of an operation. A group name next to a
/// preposition stays, as in `delete_from_users` or `user_by_name`.
fn strip_group_words<'w>(words: &'w [&'w str], group_key: &str) -> &'w [&'w str] {
    const PREPOSITIONS: &[&str] = &["as", "at", "by", "for", "from", "in", "into", "of", "on", "to", "with"];
    let is_group = |words: &[&str]| singular_key(&words.concat()) == *group_key;
    let mut split_points = 1..words.len();
    let start = split_points.find(|at| is_group(&words[..*at]) && !PREPOSITIONS.contains(&words[*at]));
    let words = &words[start.unwrap_or_default()..];
    let mut split_points = 1..words.len();
    let end = split_points.find(|at| is_group(&words[*at..]) && !PREPOSITIONS.contains(&words[*at - 1]));
    &words[..end.unwrap_or(words.len())]
}
