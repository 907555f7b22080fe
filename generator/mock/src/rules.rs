//! The rules of each resource, from the tables `[[mock.rules]]` of codegen.toml.

use std::collections::{BTreeMap, BTreeSet};

use bindery::config::{Config, RuleSet, Spanned, Test};
use bindery::ir::{Api, ResourceId};
use bindery::mock_rules::{most_specific, resources_at};
use serde_json::{Map, Value, json};

use crate::json_path::{property_of_map, set_property};
use crate::path::segment;

/// The configured behavior of one resource.
#[derive(Debug, Default)]
pub(crate) struct ResourceRules {
    /// Properties whose values are unique in their collection.
    pub unique_properties: Vec<String>,
    /// Properties whose values can be used in paths instead of the key of a record.
    pub lookup_properties: Vec<String>,
    /// Counter properties, with the value of the first record.
    pub counters: Vec<(String, i64)>,
    /// Default values of properties.
    pub defaults: Vec<(String, Value)>,
    /// String properties that contain JSON.
    pub json_properties: Vec<String>,
    /// Groups of mutually exclusive parameters, and whether one parameter of the group is required.
    pub alternatives: Vec<(Vec<String>, bool)>,
    /// The maximum number of records in a collection.
    pub max_items: Option<usize>,
    pub filters: Vec<Filter>,
    /// Query parameters that reverse the order, and the values that do so. If there are no values, every value reverses
    /// the order.
    pub newest_first: Vec<(String, Vec<String>)>,
    /// The collections in which new records can be stored, instead of the collection of the request.
    pub stored_at: Vec<String>,
    /// Parameters that contain child records, and the collections in which these records are stored.
    pub parts: Vec<(String, Vec<String>)>,
    pub copies: Vec<Copies>,
    /// For a collection of copies: the path parameters whose values are properties of the parent record, each with this
    /// property.
    pub params_from_properties: Vec<(String, String)>,
    /// The names of the copied properties of a collection of copies.
    pub copied_properties: Vec<String>,
    /// The indexes of the tables `[[mock.events]]` for the resource.
    pub events: Vec<usize>,
}

/// A query parameter that selects records.
#[derive(Debug)]
pub(crate) struct Filter {
    pub parameter: String,
    pub property: String,
    pub test: Test,
}

/// A rule that copies each record of a resource to another collection.
#[derive(Debug)]
pub(crate) struct Copies {
    /// The paths of collections. A copy is in the collection with the most path parameters, of those whose path
    /// parameters all have a value.
    pub to: Vec<String>,
    /// Path parameters of the collection, and the properties of the record that contain their values.
    pub find: Vec<(String, String)>,
    /// Properties of the copy, each with the property from which it is copied.
    pub set: Vec<(String, String)>,
}

/// Returns the rules of each resource of an API, in the order of the resources.
pub(crate) fn resource_rules(api: &Api, config: &Config, paths: &BTreeMap<String, ResourceId>) -> Vec<ResourceRules> {
    let mut all_rules: Vec<ResourceRules> = api.resources.iter().map(|_| ResourceRules::default()).collect();
    for rule_set in &config.mock.rules {
        for id in resource_ids(api, paths, &rule_set.at) {
            if let Some(rules) = all_rules.get_mut(id.index()) {
                rules.add(rule_set);
            }
        }
        for copies in &rule_set.copies {
            let targets = copies.to.iter().filter_map(|to| paths.get(to.get_ref()));
            for id in targets {
                let Some(rules) = all_rules.get_mut(id.index()) else { continue };
                let params_from_properties =
                    copies.find.iter().map(|(parameter, from)| (parameter.clone(), from.get_ref().clone()));
                rules.params_from_properties.extend(params_from_properties);
                rules.copied_properties.extend(copies.set.keys().cloned());
            }
        }
    }
    for (index, event) in config.mock.events.iter().enumerate() {
        for id in resource_ids(api, paths, &event.at) {
            if let Some(rules) = all_rules.get_mut(id.index()) {
                rules.events.push(index);
            }
        }
    }
    all_rules
}

/// Returns the resources that the entries of `at` refer to.
fn resource_ids(api: &Api, paths: &BTreeMap<String, ResourceId>, at: &[Spanned<String>]) -> BTreeSet<ResourceId> {
    at.iter().flat_map(|at| resources_at(api, paths, at.get_ref())).map(|(_, id)| id).collect()
}

impl ResourceRules {
    fn add(&mut self, rule_set: &RuleSet) {
        let names = |names: &[Spanned<String>]| names.iter().map(|name| name.get_ref().clone()).collect::<Vec<_>>();
        let pairs = |pairs: &BTreeMap<String, Spanned<String>>| {
            pairs.iter().map(|(name, from)| (name.clone(), from.get_ref().clone())).collect::<Vec<_>>()
        };
        self.unique_properties.extend(names(&rule_set.unique));
        self.lookup_properties.extend(names(&rule_set.lookup));
        self.counters.extend(rule_set.counters.iter().map(|(name, first)| (name.clone(), *first.get_ref())));
        let defaults = rule_set.defaults.iter().map(|(name, value)| (name.clone(), json!(value.get_ref())));
        self.defaults.extend(defaults);
        self.json_properties.extend(names(&rule_set.json));
        self.alternatives.extend(rule_set.exactly_one.iter().map(|group| (names(group), true)));
        self.alternatives.extend(rule_set.at_most_one.iter().map(|group| (names(group), false)));
        let max_items = rule_set.max_items.map(|max_items| usize::try_from(max_items).unwrap_or(usize::MAX));
        self.max_items = self.max_items.into_iter().chain(max_items).min();
        self.filters.extend(rule_set.filters.iter().map(|filter| Filter {
            parameter: filter.parameter.get_ref().clone(),
            property: filter.property.get_ref().clone(),
            test: filter.test,
        }));
        let newest_first =
            rule_set.newest_first.iter().map(|order| (order.parameter.get_ref().clone(), order.values.clone()));
        self.newest_first.extend(newest_first);
        self.stored_at.extend(names(&rule_set.stored_at));
        self.parts.extend(rule_set.parts.iter().map(|part| (part.parameter.get_ref().clone(), names(&part.to))));
        self.copies.extend(rule_set.copies.iter().map(|copies| Copies {
            to: names(&copies.to),
            find: pairs(&copies.find),
            set: pairs(&copies.set),
        }));
    }

    /// Sets the properties that have a default.
    pub fn set_defaults(&self, record: &mut Map<String, Value>) {
        for (name, value) in &self.defaults {
            set_property(record, name, value.clone());
        }
    }

    /// Sets the properties that have a default and no value.
    pub fn fill_defaults(&self, record: &mut Map<String, Value>) {
        for (name, value) in &self.defaults {
            if property_of_map(record, name).is_none_or(Value::is_null) {
                set_property(record, name, value.clone());
            }
        }
    }
}

/// Returns the path template with the most parameters, of those whose parameters all have a value, and the path with
/// these values. `value` returns the value of a parameter.
pub(crate) fn fill_template(to: &[String], value: impl Fn(&str) -> Option<String>) -> Option<(&str, String)> {
    let template = most_specific(to.iter().map(String::as_str), |name| value(name).is_some())?;
    let mut path = String::new();
    for (index, piece) in template.split('{').enumerate() {
        match piece.split_once('}').filter(|_| index > 0) {
            Some((name, rest)) => path.extend([segment(&value(name)?).as_str(), rest]),
            None => path.push_str(piece),
        }
    }
    Some((template, path))
}
