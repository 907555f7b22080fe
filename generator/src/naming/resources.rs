//! Names resources: their modules, their handles, and the methods that return these.

use super::{case, file, reserved};
use crate::analyze::Analysis;
use crate::file_names::folded;
use crate::ir::{Layout, Operation, OperationId, Resource, ResourceId, Side};
use crate::naming::{NameScope, Names, Naming, ResourceName};
use crate::normalize::name_key;
use crate::source::Pointer;

impl Naming<'_> {
    /// Names a resource, after those that its name is made of: what it stands under, and its equivalent.
    pub(crate) fn resource_and_before(
        &mut self,
        id: ResourceId,
        analysis: &Analysis,
        known: &mut [Option<ResourceName>],
    ) {
        if known[id.index()].is_some() {
            return;
        }
        let resource = &self.api.client_resources()[id];
        let Some((parent, side)) = resource.parent else {
            known[id.index()] = Some(self.root(resource));
            return;
        };
        let equivalent = analysis.equivalent(id);
        if equivalent != id {
            self.resource_and_before(equivalent, analysis, known);
            let (collection_method, instance_method) = self.ways(resource, parent);
            let equivalent = known[equivalent.index()].clone().unwrap_or_default();
            known[id.index()] = Some(ResourceName { collection_method, instance_method, ..equivalent });
            return;
        }
        self.resource_and_before(parent, analysis, known);
        let above = match (self.api.client_resources()[parent].parent, side, &known[parent.index()]) {
            (Some(_), Side::Instance, Some(above)) => above.instance.trim_end_matches("Handle").to_owned(),
            (Some(_), Side::Collection, Some(above)) => above.child_prefix.clone(),
            _ => String::new(),
        };
        known[id.index()] = Some(self.resource(resource, parent, &above));
    }

    /// The root of the tree is the client.
    fn root(&mut self, resource: &Resource) -> ResourceName {
        let key = resource.key.as_ref().map_or("", |key| key.wire.as_str());
        let instance = format!("{}Handle", case::ty(key));
        ResourceName {
            module: "client".to_owned(),
            collection: "Client".to_owned(),
            instance: if resource.key.is_some() { self.claim_type(instance, key, &resource.origin) } else { instance },
            collection_method: String::new(),
            instance_method: case::value(key),
            instance_value: "value".to_owned(),
            feature: String::new(),
            child_prefix: String::new(),
        }
    }

    fn resource(&mut self, resource: &Resource, parent: ResourceId, above: &str) -> ResourceName {
        let segment = segment(resource);
        let origin = &resource.origin;
        // Resources that would come to the same name are spelled out.
        let free = |segment: &String| {
            let module = case::value(&format!("{above} {segment}"));
            !case::value(segment).is_empty() && self.free_module(&module).is_some()
        };
        let mut spellings = (0..).map_while(|turn| case::spelling(segment, turn));
        let segment = &spellings.find(free).unwrap_or_else(|| segment.to_owned());
        let one = case::singular(segment);
        let whole = case::ty(&format!("{above} {segment}"));
        // A model may be called like the collection that holds it, and so may what every crate has.
        let suffix = if resource.key.is_some() { "collection" } else { "handle" };
        let plain = if whole.ends_with('_') { String::new() } else { whole.clone() };
        let collection = [plain, case::ty(&format!("{above} {segment} {suffix}"))];
        let collection = self.free_type(collection.into_iter().chain(self.longer(segment, suffix, origin)));
        let collection = self.claim_type(collection, segment, origin);
        let instance = ["handle", "instance handle"].map(|suffix| case::ty(&format!("{above} {one} {suffix}")));
        let instance = match resource.key {
            Some(_) => {
                let longer = self.longer(&one, "instance handle", origin);
                let single = self.free_type(instance.into_iter().chain(longer));
                self.claim_type(single, segment, origin)
            }
            None => instance.into_iter().next().unwrap_or_default(),
        };
        let module = case::value(&whole);
        let module = self.free_module(&module).unwrap_or(module);
        if let Err(first) = self.modules.claim(&folded(&module), origin) {
            self.collision(segment, &module, first, origin);
        }
        let (collection_method, instance_method) = self.ways(resource, parent);
        let feature = case::escape(module.replace('_', "-"), reserved::is_feature);
        let one = case::value(&one);
        ResourceName {
            module,
            collection,
            instance,
            collection_method,
            instance_method,
            instance_value: one,
            feature,
            child_prefix: whole,
        }
    }

    /// The first of the names that a module may have that no other has.
    fn free_module(&self, name: &str) -> Option<String> {
        file::modules(name).find(|name| !self.modules.has(&folded(name)))
    }

    /// The first name that no type has, or the last.
    fn free_type(&self, names: impl Iterator<Item = String>) -> String {
        let mut last = String::new();
        for name in names.filter(|name| !name.is_empty()) {
            if !self.types.has(&name) {
                return name;
            }
            last = name;
        }
        last
    }

    /// What a resource is called by the whole path that it stands at.
    fn longer(&self, segment: &str, suffix: &str, origin: &Pointer) -> Option<String> {
        let path = origin.keys().nth(1)?;
        Some(case::ty(&format!("{segment} {suffix} of {}", case::spelled(&path))))
    }

    /// The methods of the parent's handle that lead to the whole and to an instance.
    fn ways(&self, resource: &Resource, parent: ResourceId) -> (String, String) {
        let segment = segment(resource);
        let whole = self.method(parent, segment);
        match self.method(parent, &case::singular(segment)) {
            // Where only the key has a name, there is no whole to be told from.
            one if one == whole && !resource.segment.is_empty() => {
                (whole, self.method(parent, &by_key(resource, &case::singular(segment))))
            }
            one => (whole, one),
        }
    }

    /// A method of a handle. The client has some of its own.
    pub(crate) fn method(&self, of: ResourceId, wire: &str) -> String {
        match self.api.client_resources()[of].parent {
            None => case::escape(case::value(wire), reserved::is_client_method),
            Some(_) => case::escape(case::value(wire), reserved::is_handle_method),
        }
    }

    /// The method that begins an operation of a group, without the name of the group: `gists/list`, `gistsList` and `listGists`
    /// are `list` among the gists, and `search` is `get` or `post` in the group of that name. What the configuration calls an
    /// operation is taken as it is.
    pub(crate) fn among(&self, group: ResourceId, operation: &Operation, wire: &str) -> String {
        let whole = self.method(group, wire);
        let like = alike(&self.api.client_resources()[group].segment);
        if like.is_empty() || self.wire(&operation.origin, &operation.name) != operation.name {
            return whole;
        }
        let variant = operation.variant.iter().map(|variant| format!(" as {variant}")).collect::<String>();
        let name = wire.strip_suffix(&variant).unwrap_or(wire);
        let of_group = |before: &str| before.rsplit(['/', '.']).next().is_some_and(|last| alike(last) == like);
        let mut signs = name.match_indices(|letter: char| !letter.is_alphanumeric());
        let rest = signs.find(|(at, _)| of_group(&name[..*at])).map(|(at, sign)| &name[at + sign.len()..]);
        let rest = rest.filter(|rest| rest.contains(char::is_alphanumeric));
        let in_group = matches!(self.api.layout, Layout::Groups { .. });
        let words = case::value(rest.unwrap_or(name));
        let words: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
        let short = match words.as_slice() {
            words if alike(&words.concat()) == like => operation.method.as_str().to_ascii_lowercase(),
            words if in_group => without(words, &like).join(" "),
            _ => rest.unwrap_or(name).to_owned(),
        };
        let short = self.method(group, &format!("{short}{variant}"));
        // A word that needed a sign to be a name reads worse than one that says too much.
        if short.starts_with('_') || short.ends_with('_') { whole } else { short }
    }

    /// The methods of each handle: what it can be asked, then the wholes that it leads to, then their instances. Of two
    /// that would be called alike, the former keeps the name.
    pub(crate) fn methods(&mut self, names: &mut Names, analysis: &Analysis) {
        for (id, resource) in self.api.client_resources().iter().filter(|(id, _)| analysis.equivalent(*id) == *id) {
            for side in [Side::Collection, Side::Instance] {
                let mut scope = NameScope::default();
                let asked = resource.operations.iter().copied();
                let asked: Vec<_> = asked.filter(|one| self.api.client_resource(*one).1 == side).collect();
                self.asking(&mut scope, &asked, names, id);
                let below: Vec<_> = analysis.children_of_side(self.api, id, side).collect();
                let serving = |child: &&ResourceId| analysis.has_handle_methods(self.api, **child, Side::Collection);
                let wholes: Vec<_> = below.iter().filter(serving).copied().collect();
                for (child, method) in self.leading(&mut scope, &wholes, id, names, false) {
                    names.resources[child.index()].collection_method = method;
                }
                let keyed = |child: &ResourceId| self.api.client_resources()[*child].key.is_some();
                let single: Vec<_> = below.into_iter().filter(keyed).collect();
                for (child, method) in self.leading(&mut scope, &single, id, names, true) {
                    names.resources[child.index()].instance_method = method;
                }
            }
        }
        for (id, _) in self.api.operations.iter() {
            let equivalent = analysis.equivalent_operation(id);
            names.operations[id.index()].method = names.operations[equivalent.index()].method.clone();
        }
    }

    /// Names the methods that begin requests. Where two do the same, each is called after its id.
    fn asking(&mut self, scope: &mut NameScope, asked: &[OperationId], names: &mut Names, of: ResourceId) {
        let origins: Vec<&Pointer> = asked.iter().map(|id| &self.api.operations[*id].origin).collect();
        let settled = scope.settle(&origins, |index, turn| {
            let operation = &self.api.operations[asked[index]];
            let wire = self.wire(&operation.origin, &operation.name);
            Some(match turn {
                0 => names.operation(asked[index]).method.clone(),
                turn if turn == case::SPELLINGS + 1 => {
                    self.method(of, &format!("{} {}", operation.method.as_str(), case::spelled(&operation.template())))
                }
                turn => self.method(of, &case::spelling(wire, turn - 1)?),
            })
        });
        for (id, method) in asked.iter().zip(settled) {
            let operation = &self.api.operations[*id];
            let claim = |taken| self.claim(scope, taken, &operation.id, &operation.origin);
            let method = method.unwrap_or_else(claim);
            names.operations[id.index()].method = method;
        }
    }

    /// The methods that lead to resources: to the whole of each, or to one of its instances.
    fn leading(
        &mut self,
        scope: &mut NameScope,
        below: &[ResourceId],
        of: ResourceId,
        names: &Names,
        single: bool,
    ) -> Vec<(ResourceId, String)> {
        let origins: Vec<&Pointer> = below.iter().map(|id| &self.api.client_resources()[*id].origin).collect();
        let settled = scope.settle(&origins, |index, turn| {
            let (resource, name) = (&self.api.client_resources()[below[index]], names.resource(below[index]));
            let known = if single { &name.instance_method } else { &name.collection_method };
            match turn {
                // One that is written as it is to be called is called so.
                0 => return Some(Some(known).filter(|known| *known == segment(resource)).cloned().unwrap_or_default()),
                1 => return Some(known.clone()),
                _ => {}
            }
            let segment = case::spelling(segment(resource), turn - 2)?;
            Some(self.method(
                of,
                &match (single, &resource.key) {
                    (true, _) => by_key(resource, &case::singular(&segment)),
                    (false, Some(_)) => format!("{segment} collection"),
                    (false, None) => format!("{segment} handle"),
                },
            ))
        });
        let claimed = below.iter().zip(settled).map(|(id, method)| {
            let resource = &self.api.client_resources()[*id];
            let claim = |taken| self.claim(scope, taken, &resource.segment, &resource.origin);
            (*id, method.unwrap_or_else(claim))
        });
        claimed.collect()
    }
}

/// What an instance is called by what tells it from others.
fn by_key(resource: &Resource, one: &str) -> String {
    let key = resource.key.as_ref().map_or("", |key| key.wire.as_str());
    if resource.segment.is_empty() { format!("by {key}") } else { format!("{one} by {key}") }
}

/// What a resource is called in paths; the name of its key where two placeholders follow each other.
fn segment(resource: &Resource) -> &str {
    match (&resource.key, resource.segment.as_str()) {
        (Some(key), "") => &key.wire,
        (_, segment) => segment,
    }
}

/// A name without case, signs and plural.
fn alike(name: &str) -> String {
    name_key(&case::singular(name))
}

/// The words of an operation without those of its group at the beginning and the end. They stay where a word would be left
/// that leads to them, as in `delete_from_users` or `user_by_name`.
fn without<'w>(words: &'w [&'w str], like: &str) -> &'w [&'w str] {
    const LEADING: &[&str] = &["as", "at", "by", "for", "from", "in", "into", "of", "on", "to", "with"];
    let is_group = |words: &[&str]| alike(&words.concat()) == *like;
    let counts = || 1..words.len();
    let begin = counts().find(|count| is_group(&words[..*count]) && !LEADING.contains(&words[*count]));
    let words = &words[begin.unwrap_or_default()..];
    let mut counts = 1..words.len();
    let end = counts.find(|count| is_group(&words[*count..]) && !LEADING.contains(&words[*count - 1]));
    &words[..end.unwrap_or(words.len())]
}
