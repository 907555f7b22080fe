//! The keys of codegen.toml that change what programs do, but neither public items nor the comparison of documents.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Cause, Change, Snapshot, Verdict, Verdicts};
use crate::compare::{self, Difference, Fact, Pair, Subject};
use crate::config::Config;
use crate::ir::{Api, Operation, ResponseBody, TypeRef};
use crate::source::pointer_keys;

const DEFAULT_FEATURES: &str = "manifest.features.default";

/// A key of codegen.toml with another value. A value that the generator infers from the document counts as a value of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The dotted path of the key.
    pub key: String,
    /// The old value in TOML. `None` if the key was not set.
    pub old: Option<String>,
    /// The new value in TOML. `None` if the key is not set.
    pub new: Option<String>,
    /// The name of the configuration file that sets the key. `None` if no file does, so that the values are defaults.
    pub file: Option<String>,
}

/// Returns a change for each key with another value. A value that changes with a difference of the documents is left out, because
/// the difference is reported.
pub(super) fn changes(snapshots: Pair<&Snapshot>, others: &[Change]) -> Vec<Change> {
    let (new, old) = (values(&snapshots.ours.config), values(&snapshots.theirs.config));
    // The items that end a stream of an operation in only one version, if no difference of the documents is the reason.
    let reported: HashSet<(&str, &str)> = others.iter().filter_map(|change| reported_end(snapshots, change)).collect();
    let unexplained: Vec<Pair<&Operation>> = streams(snapshots)
        .into_iter()
        .filter(|streams| {
            let (new, old) = (stream_ends(snapshots.ours, streams.ours), stream_ends(snapshots.theirs, streams.theirs));
            let id = streams.ours.id.as_str();
            new.symmetric_difference(&old).any(|end| !reported.contains(&(id, end.as_str())))
        })
        .collect();
    let mut unexplained_by_id: HashMap<&str, Vec<Pair<&Operation>>> = HashMap::new();
    for streams in &unexplained {
        streams.ours.ids().for_each(|id| unexplained_by_id.entry(id).or_default().push(*streams));
    }
    let is_reported = |key: &str| match stream_operation(key) {
        Some(id) => !unexplained_by_id.contains_key(id),
        None => key == "streams.end" && unexplained.is_empty(),
    };
    let keys: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
    let changed = keys.into_iter().filter(|key| new.get(*key) != old.get(*key) && !is_reported(key));
    let setting = |key: &String| Setting {
        key: key.clone(),
        old: old.get(key).cloned(),
        new: new.get(key).cloned(),
        file: file_with_key(snapshots, key),
    };
    let mut changes: Vec<Change> = changed.map(|key| change_of(setting(key))).collect();
    for change in &mut changes {
        let Cause::Setting(Setting { key, .. }) = &change.cause else { continue };
        // Old programs look for the name of the event where the payloads of the new API do not have it.
        let is_event = key == "webhooks.event";
        let is_lost = is_event && !has_event_property(&snapshots.ours.api, &snapshots.theirs.config);
        change.verdicts.old_clients = change.verdicts.old_clients.max(Verdict::breaking_if(is_lost));
        // Without its end, a stream has an item that is not a value.
        let streams = match stream_operation(key) {
            Some(id) => unexplained_by_id.get(id).map(Vec::as_slice),
            None => (key == "streams.end").then_some(unexplained.as_slice()),
        };
        let loses_end = streams.unwrap_or_default().iter().any(|streams| {
            let new = stream_ends(snapshots.ours, streams.ours);
            snapshots.theirs.config.streams.ends_of(streams.theirs).iter().any(|end| !new.contains(end))
        });
        // Without a header and a property, new programs look at the path.
        let new = &snapshots.ours.config.webhooks;
        let loses_name = key == "webhooks.event_header" && new.event_header.is_none() && new.event.is_empty();
        change.verdicts.new_clients = change.verdicts.new_clients.max(Verdict::breaking_if(loses_end || loses_name));
    }
    changes.extend(default_features(snapshots).map(change_of));
    changes
}

/// Returns whether the payloads of some webhook may have the property with the name of the event. Without such a property in
/// codegen.toml, the path has the name.
fn has_event_property(api: &Api, config: &Config) -> bool {
    let mut pointers = config.webhooks.event.iter().map(|pointer| pointer_keys(pointer));
    config.webhooks.event.is_empty()
        || pointers.any(|keys| api.all_webhooks().any(|webhook| webhook.may_have_property(api, &keys)))
}

/// Returns the operation and the item of a difference of the documents about the end of a stream.
fn reported_end<'a>(snapshots: Pair<&'a Snapshot>, change: &'a Change) -> Option<(&'a str, &'a str)> {
    let Cause::Document(difference) = &change.cause else { return None };
    match (difference.subject, &difference.change) {
        _ if change.is_overridden => None,
        (
            Subject::Operation(Pair { ours: Some(id), .. }),
            compare::Change::Added(Fact::StreamEnd(item)) | compare::Change::Missing(Fact::StreamEnd(item)),
        ) => Some((snapshots.ours.api.operations[id].id.as_str(), item)),
        _ => None,
    }
}

/// Returns the operations with streams that both versions have.
fn streams<'a>(snapshots: Pair<&'a Snapshot>) -> Vec<Pair<&'a Operation>> {
    let operations = |snapshot: &'a Snapshot| {
        let operations = snapshot.api.operations.iter().map(|(_, operation)| operation);
        operations.filter(|operation| operation.has_stream())
    };
    let old: HashMap<&str, &Operation> =
        operations(snapshots.theirs).map(|operation| (operation.id.as_str(), operation)).collect();
    operations(snapshots.ours).filter_map(|ours| Some(Pair { ours, theirs: *old.get(ours.id.as_str())? })).collect()
}

/// Returns the items that end the streams of an operation in the generated crate.
pub(super) fn stream_ends<'a>(snapshot: &'a Snapshot, operation: &Operation) -> Cow<'a, BTreeSet<String>> {
    let streams = &snapshot.config.streams;
    if let Some(ends) = streams.own_ends(operation).or(streams.end.as_deref()) {
        return Cow::Owned(ends.iter().cloned().collect());
    }
    // By default, an item ends a stream of JSON if it is not JSON and ends a stream of another operation.
    let is_string = |body: ResponseBody<'_>| matches!(body, ResponseBody::Stream(_, ty) if *snapshot.api.resolved(ty) == TypeRef::String);
    if operation.possible_response_bodies().any(is_string) {
        return Cow::Owned(BTreeSet::new());
    }
    Cow::Borrowed(snapshot.default_stream_ends.get_or_init(|| {
        let is_json = |end: &String| serde_json::from_str::<serde::de::IgnoredAny>(end).is_ok();
        let others = streams.operations.values().flat_map(|settings| &settings.get_ref().end);
        others.filter(|end| !is_json(end)).cloned().chain(["[DONE]".to_owned()]).collect()
    }))
}

/// Returns the verdicts about an item that the document adds to the ends of a stream, or removes from them. A client whose crate does not
/// know the item decodes it as a value.
pub(super) fn stream_end_verdicts(
    snapshots: Pair<&Snapshot>,
    operations: Pair<Option<&Operation>>,
    item: &str,
    is_added: bool,
) -> Verdicts {
    let knows = |snapshot: &Snapshot, operation: Option<&Operation>| {
        operation.is_some_and(|operation| stream_ends(snapshot, operation).contains(item))
    };
    match is_added {
        true => Verdicts::of_decoding(!knows(snapshots.theirs, operations.theirs), false),
        false => Verdicts::of_decoding(false, !knows(snapshots.ours, operations.ours)),
    }
}

/// Returns what a difference of the documents about the end of a stream does to the crate. Returns `None` if it is another
/// difference.
pub(super) fn effect_of_end(snapshots: Pair<&Snapshot>, difference: &Difference) -> Option<EndEffect> {
    let Subject::Operation(Pair { ours: Some(ours), theirs: Some(theirs) }) = difference.subject else { return None };
    let (item, is_added) = match &difference.change {
        compare::Change::Added(Fact::StreamEnd(item)) => (item, true),
        compare::Change::Missing(Fact::StreamEnd(item)) => (item, false),
        _ => return None,
    };
    let is_end = Pair {
        ours: stream_ends(snapshots.ours, &snapshots.ours.api.operations[ours]).contains(item),
        theirs: stream_ends(snapshots.theirs, &snapshots.theirs.api.operations[theirs]).contains(item),
    };
    Some(match is_added {
        _ if is_end.ours == is_added && is_end.theirs != is_added => EndEffect::Followed,
        true if !is_end.ours => EndEffect::Ignored,
        _ => EndEffect::None,
    })
}

/// What a difference of the documents about the end of a stream does to the crate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum EndEffect {
    /// The crate changes as the document does.
    Followed,
    /// The crate decodes the item as a value, because codegen.toml does not list it.
    Ignored,
    /// The crate already did what the document says now, or codegen.toml alone says what it does.
    None,
}

/// Returns the change of a setting.
fn change_of(setting: Setting) -> Change {
    let code = match (&setting.old, &setting.new) {
        (None, _) => "D1401",
        (_, None) => "D1402",
        _ => "D1460",
    };
    Change {
        code: code.to_owned(),
        group: "configuration".to_owned(),
        verdicts: verdicts(&setting),
        cause: Cause::Setting(setting),
        ..Change::default()
    }
}

/// Returns the change of the default features, if a feature is no longer enabled by default. Programs with the default features
/// lose its items.
fn default_features(snapshots: Pair<&Snapshot>) -> Option<Setting> {
    let (new, old) = (&snapshots.ours.surface, &snapshots.theirs.surface);
    let is_lost =
        |name: &&String| !new.default_features.contains(*name) && new.items.contains_key(&format!("feature `{name}`"));
    old.default_features.iter().find(is_lost)?;
    let list = |names: &BTreeSet<String>| Some(toml::Value::from(Vec::from_iter(names.iter().cloned())).to_string());
    let key = DEFAULT_FEATURES.to_owned();
    let file = file_with_key(snapshots, &key);
    Some(Setting { key, old: list(&old.default_features), new: list(&new.default_features), file })
}

fn file_with_key(snapshots: Pair<&Snapshot>, key: &str) -> Option<String> {
    let file = snapshots.ours.file_with_key(key).or_else(|| snapshots.theirs.file_with_key(key));
    file.map(str::to_owned)
}

/// Returns the operation of a key such as `streams.operations.watchPets.end`.
fn stream_operation(key: &str) -> Option<&str> {
    key.strip_prefix("streams.operations.")?.strip_suffix(".end")
}

fn verdicts(setting: &Setting) -> Verdicts {
    let loses_a_value = || {
        let values = |text: &Option<String>| {
            let array = text.as_ref().and_then(|text| format!("values = {text}").parse::<toml::Table>().ok());
            array.and_then(|table| table.get("values")?.as_array().cloned()).unwrap_or_default()
        };
        let new = values(&setting.new);
        !new.is_empty() && values(&setting.old).iter().any(|value| !new.contains(value))
    };
    let new_clients = match setting.key.as_str() {
        // A strict client rejects numbers in strings.
        "client.strict" => setting.new.is_some(),
        // Programs look for the name of the event, or for the signature, where the API does not send it. Without `webhooks.event`,
        // they look at the path.
        "webhooks.event" => loses_a_value() || setting.new.is_none(),
        "webhooks.event_header" | "webhooks.signature" => setting.old.is_some() && setting.new.is_some(),
        _ => false,
    };
    let breaks_programs = [
        "crate.name",
        "output",
        DEFAULT_FEATURES,
        "manifest.lib.crate-type",
        "manifest.lib.name",
        "manifest.lib.proc-macro",
        "manifest.package.name",
    ]
    .contains(&setting.key.as_str());
    Verdicts {
        source: Verdict::breaking_if(breaks_programs),
        new_clients: Verdict::breaking_if(new_clients),
        ..Verdicts::default()
    }
}

/// Returns the name of the crate in Rust code.
pub(super) fn crate_name(config: &Config) -> String {
    let name = manifest_text(config, "lib", "name").or_else(|| manifest_text(config, "package", "name"));
    name.unwrap_or(&config.package.name).replace('-', "_")
}

/// Returns the version of the crate.
pub(super) fn crate_version(config: &Config) -> String {
    manifest_text(config, "package", "version").unwrap_or(&config.package.version).to_owned()
}

/// Returns the key and the file that set the version of the crate. Returns `None` if no key does.
pub(super) fn version_key(snapshot: &Snapshot) -> Option<(&'static str, &str)> {
    let mut keys = ["manifest.package.version", "crate.version"].into_iter();
    keys.find_map(|key| Some((key, snapshot.file_with_key(key)?)))
}

/// Describes the version of the crate, with the key that sets it. A workspace has many files, so its files have their paths.
pub(super) fn version_subject(snapshot: &Snapshot) -> String {
    let path = &snapshot.config_path;
    match version_key(snapshot) {
        Some((key, _)) if snapshot.config.is_member => format!("`{key}` in {path}"),
        Some((key, file)) => format!("`{key}` in {file}"),
        None => format!("`crate.version`, which {path} does not set,"),
    }
}

fn manifest_text<'c>(config: &'c Config, table: &str, key: &str) -> Option<&'c str> {
    config.manifest.get(table)?.get(key)?.as_str()
}

/// Returns the values of the keys. Keys without a value are left out.
fn values(config: &Config) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let mut add = |key: &str, value: Option<toml::Value>| {
        if let Some(value) = value {
            values.insert(key.to_owned(), value.to_string());
        }
    };
    let text = |value: &Option<String>| value.clone().map(toml::Value::from);
    let texts = |values: &[String]| (!values.is_empty()).then(|| toml::Value::from(values.to_vec()));
    let Config { package, output, runtime, client, errors, streams, webhooks, manifest, .. } = config;
    add("crate.name", Some(package.name.as_str().into()));
    add("output", serde_json::to_value(output).ok().and_then(|name| name.as_str().map(toml::Value::from)));
    add("runtime", runtime.clone().map(toml::Value::from));
    for (key, value) in [
        ("client.request_id", &client.request_id),
        ("client.idempotency_key", &client.idempotency_key),
        ("client.token_url", &client.token_url),
        ("client.base_url_variable", &client.base_url_variable),
        ("streams.error_property", &streams.error_property),
        ("streams.flag", &streams.flag),
        ("webhooks.event_header", &webhooks.event_header),
    ] {
        add(key, text(value));
    }
    add("client.strict", client.strict.then_some(true.into()));
    if let Some(host) = &client.host {
        add("client.host.template", Some(host.template.as_str().into()));
        add("client.host.default_region", text(&host.default_region));
        add("client.host.region", text(&host.region));
        add("client.host.edge", text(&host.edge));
    }
    let credentials = client.credentials.iter().map(|credentials| {
        let pattern = credentials.pattern.iter().map(|pattern| ("pattern", pattern));
        let keys = credentials.keys().chain(pattern).map(|(key, value)| (key.to_owned(), value.as_str().into()));
        toml::Value::Table(keys.collect())
    });
    let credentials: Vec<toml::Value> = credentials.collect();
    add("client.credentials", (!credentials.is_empty()).then(|| credentials.into()));
    for (key, pointers) in [
        ("errors.code", &errors.code),
        ("errors.message", &errors.message),
        ("errors.more_info", &errors.more_info),
        ("webhooks.event", &webhooks.event),
    ] {
        add(key, texts(pointers));
    }
    add("streams.end", streams.end.clone().map(toml::Value::from));
    for (id, settings) in &streams.operations {
        add(&format!("streams.operations.{id}.end"), Some(settings.get_ref().end.clone().into()));
    }
    add("streams.error_events", streams.error_events.clone().map(toml::Value::from));
    if let Some(signature) = &webhooks.signature {
        let mut table = serde_json::to_value(signature).unwrap_or_default();
        table.as_object_mut().into_iter().for_each(|keys| keys.retain(|_, value| !value.is_null()));
        add("webhooks.signature", toml::Value::try_from(table).ok());
    }
    // The features are public items, and other tables do not affect programs.
    for table in ["package", "lib", "dependencies", "target"] {
        let keys = manifest.get(table).and_then(toml::Value::as_table).into_iter().flatten();
        keys.for_each(|(key, value)| add(&format!("manifest.{table}.{key}"), Some(value.clone())));
    }
    values
}
