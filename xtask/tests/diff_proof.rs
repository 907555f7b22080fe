//! Proves the verdicts of the semantic diff. Each test changes documents in many ways, generates the crates of both versions, and
//! compares the verdicts with what happens.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

#[path = "diff_proof/caller.rs"]
mod caller;
#[path = "diff_proof/compiler.rs"]
mod compiler;
#[path = "diff_proof/decoding.rs"]
mod decoding;
#[path = "diff_proof/locations.rs"]
mod locations;
#[path = "diff_proof/mutations.rs"]
mod mutations;
#[path = "diff_proof/schemas.rs"]
mod schemas;
#[path = "diff_proof/values.rs"]
mod values;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bindery::diff::{Snapshot, Verdict, diff};
use bindery::source::Source;
use bindery::surface;
use caller::caller;
use compiler::{Dependencies, TOO_SLOW};
use mutations::KINDS;
use serde_json::Value;

/// The fixtures that are changed.
const DOCUMENTS: [&str; 9] =
    ["bodies", "harbour", "pages", "requests", "responses", "security", "servers", "unions", "webhooks"];

/// The optional features that the programs use.
const FEATURES: [&str; 3] = ["blocking", "test-util", "webhooks"];

/// The number of changes if `BINDERY_MUTATIONS` is not set.
const SAMPLE: usize = 18;

struct Mutation {
    kind: &'static str,
    document: &'static str,
    text: String,
}

struct Base {
    config: Source,
    snapshot: Snapshot,
    caller: PathBuf,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn fixture(name: &str) -> (Value, Source) {
    let folder = root().join("generator/tests/fixtures/ok");
    let text = fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap();
    // The tree of JSON has no larger numbers.
    let document = serde_yaml::from_str(&text.replace("18446744073709551616", "18446744073709551615")).unwrap();
    let config = fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
    let runtime = root().join("generator/runtime");
    let config = config.strip_prefix("#:schema").map_or(config.as_str(), |rest| rest.split_once('\n').unwrap().1);
    (document, Source::new("codegen.toml", format!("runtime = {{ path = {runtime:?} }}\n{config}")))
}

fn source(text: &str) -> Source {
    Source::new("api.json", text)
}

/// Returns changes of the selected kinds, evenly distributed, at most `count`.
fn mutations(count: usize, is_selected: impl Fn(&str) -> bool) -> Vec<Mutation> {
    let documents: Vec<(&str, Value)> = DOCUMENTS.iter().map(|name| (*name, fixture(name).0)).collect();
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for at in 0..100 {
        for (number, (kind, change)) in KINDS.iter().enumerate().filter(|(_, (kind, _))| is_selected(kind)) {
            // Each kind starts with another document.
            for offset in 0..documents.len() {
                let (name, document) = &documents[(number + offset) % documents.len()];
                let mut changed = document.clone();
                if change(&mut changed, at).is_none() || changed == *document {
                    continue;
                }
                let text = format!("{changed:#}");
                if seen.insert((kind, text.clone())) {
                    found.push((at * documents.len() + offset, Mutation { kind, document: name, text }));
                }
            }
        }
    }
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, mutation)| mutation).take(count).collect()
}

fn count() -> usize {
    std::env::var("BINDERY_MUTATIONS").ok().map_or(SAMPLE, |count| count.parse().unwrap())
}

/// Writes the files of a crate, and compiles it. Returns the compiled file.
fn compile(
    dependencies: &Dependencies,
    document: &Source,
    config: &Source,
    surface: &surface::Surface,
    folder: &Path,
) -> Result<PathBuf, String> {
    write_crate(document, config, folder)?;
    let library = folder.join("libthe_crate.rmeta");
    let features = features(surface);
    dependencies.check("the_crate", &folder.join("src/lib.rs"), &features, &[], &library)?;
    Ok(library)
}

/// Writes the files of a crate.
fn write_crate(document: &Source, config: &Source, folder: &Path) -> Result<(), String> {
    let (generated, diagnostics) = bindery::generate(document, config);
    let Some(generated) = generated else { return Err(format!("not generated: {}", diagnostics.counts())) };
    let _ = fs::remove_dir_all(folder);
    for (path, text) in generated.files.iter() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Ok(())
}

/// Returns the features with which a crate is compiled.
fn features(surface: &surface::Surface) -> Vec<String> {
    let optional = FEATURES.iter().filter(|name| surface.items.contains_key(&format!("feature `{name}`")));
    surface.default_features.iter().cloned().chain(optional.map(|name| (*name).to_owned())).collect()
}

#[test]
fn each_kind_of_change_applies_to_a_fixture() {
    let documents: Vec<Value> = DOCUMENTS.iter().map(|name| fixture(name).0).collect();
    let applies = |change: fn(&mut Value, usize) -> Option<()>| {
        documents.iter().any(|document| {
            (0..100).any(|at| {
                let mut changed = document.clone();
                change(&mut changed, at).is_some() && changed != *document
            })
        })
    };
    let unused: Vec<&str> = KINDS.iter().filter(|(_, change)| !applies(*change)).map(|(kind, _)| *kind).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// Compiles a program that uses every item of an old crate against the new crate, and compares the result with the verdict
/// `source`. `BINDERY_MUTATIONS=600` sets the number of changes, `BINDERY_TABLE=1` prints the table of `docs/diff-proof.md`.
#[test]
fn the_compiler_agrees_with_the_source_verdicts() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff_proof");
    fs::create_dir_all(&out).unwrap();
    let dependencies = Dependencies::compile(root(), &out, "check");
    let mut bases = BTreeMap::new();
    for name in DOCUMENTS {
        let (document, config) = fixture(name);
        let document = source(&format!("{document:#}"));
        let snapshot = snapshot(&document, &config).unwrap();
        let folder = out.join("bases").join(name);
        let library = compile(&dependencies, &document, &config, &snapshot.surface, &folder).unwrap();
        let program = folder.join("caller.rs");
        fs::write(&program, caller(&snapshot.surface, &features(&snapshot.surface))).unwrap();
        let compiled =
            dependencies.check("caller", &program, &[], &[("the_crate", &library)], &folder.join("libcaller.rmeta"));
        compiled.unwrap_or_else(|errors| panic!("{name}: the program does not compile with its own crate: {errors}"));
        bases.insert(name, Base { config, snapshot, caller: program });
    }
    let mutations = mutations(count(), |_| true);
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (next, outcomes, mutations, bases, dependencies, out) =
                (&next, &outcomes, &mutations, &bases, &dependencies, &out);
            scope.spawn(move || {
                while let Some(mutation) = mutations.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let folder = out.join(format!("worker-{}-{worker}", std::process::id()));
                    let outcome = outcome(&bases[mutation.document], mutation, dependencies, &folder);
                    outcomes.lock().unwrap().push((mutation.kind, mutation.document, outcome));
                }
            });
        }
    });
    for worker in 0..2 {
        let _ = fs::remove_dir_all(out.join(format!("worker-{}-{worker}", std::process::id())));
    }
    check_outcomes(outcomes.into_inner().unwrap());
}

fn snapshot(document: &Source, config: &Source) -> Result<Snapshot, String> {
    let (snapshot, diagnostics) = Snapshot::read(document, config);
    snapshot.ok_or_else(|| diagnostics.counts())
}

struct Outcome {
    verdict: Verdict,
    others: [Verdict; 2],
    /// The errors of the compiler, if the program does not compile.
    errors: Option<String>,
    changes: String,
}

fn outcome(base: &Base, mutation: &Mutation, dependencies: &Dependencies, folder: &Path) -> Option<Outcome> {
    let document = source(&mutation.text);
    let new = snapshot(&document, &base.config).ok()?;
    let library = match compile(dependencies, &document, &base.config, &new.surface, folder) {
        Ok(library) => library,
        Err(error) if error.starts_with("not generated") => return None,
        Err(error) => {
            let error: String = error.lines().take(8).flat_map(|line| [line, "\n"]).collect();
            println!(
                "{} of {} is skipped, because the new crate does not compile: {error}",
                mutation.kind, mutation.document
            );
            return None;
        }
    };
    let report = diff(&base.snapshot, &new);
    let compiled =
        dependencies.check("caller", &base.caller, &[], &[("the_crate", &library)], &folder.join("libcaller.rmeta"));
    if compiled.as_ref().is_err_and(|error| error == TOO_SLOW) {
        println!("{} of {} is skipped: {TOO_SLOW}", mutation.kind, mutation.document);
        return None;
    }
    let is_breaking = report.changes.iter().any(|change| change.verdicts.source == Verdict::Breaking);
    // The step of the version comes from the items directly, so it must agree with the verdicts of the changes.
    let is_major = report.bump == Some(bindery::diff::Bump::Major);
    assert_eq!(is_breaking, is_major, "{} of {}", mutation.kind, mutation.document);
    let worst = |verdict: fn(bindery::diff::Verdicts) -> Verdict| {
        report.changes.iter().map(|change| verdict(change.verdicts)).max().unwrap_or_default()
    };
    let items = surface::changes(&base.snapshot.surface, &new.surface);
    let items = items.iter().filter(|change| change.is_breaking).map(|change| format!("{change:?}")).take(5);
    Some(Outcome {
        verdict: if is_breaking { Verdict::Breaking } else { Verdict::Compatible },
        others: [worst(|verdicts| verdicts.decode()), worst(|verdicts| verdicts.request)],
        errors: compiled.err(),
        changes: items.collect::<Vec<_>>().join("\n"),
    })
}

/// The numbers of outcomes of a kind of change.
#[derive(Default)]
struct Row {
    count: usize,
    breaking: [usize; 3],
    false_alarms: usize,
}

fn check_outcomes(outcomes: Vec<(&'static str, &'static str, Option<Outcome>)>) {
    let (mut missed, mut false_alarms, mut total) = (String::new(), String::new(), 0);
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let mut false_alarm_count = 0;
    for (kind, document, outcome) in outcomes {
        let Some(outcome) = outcome else { continue };
        total += 1;
        let row = rows.entry(kind).or_default();
        row.count += 1;
        for (index, verdict) in [outcome.verdict, outcome.others[0], outcome.others[1]].into_iter().enumerate() {
            row.breaking[index] += usize::from(verdict == Verdict::Breaking);
        }
        match (outcome.verdict, outcome.errors) {
            (Verdict::Compatible, Some(errors)) => {
                let errors: String = errors.lines().take(12).flat_map(|line| [line, "\n"]).collect();
                let _ = writeln!(missed, "{kind} of {document} is called compatible, but:\n{errors}");
            }
            (Verdict::Breaking, None) => {
                false_alarm_count += 1;
                row.false_alarms += 1;
                let _ = writeln!(
                    false_alarms,
                    "{kind} of {document} is called breaking, but compiles:\n{}\n",
                    outcome.changes
                );
            }
            _ => {}
        }
    }
    println!("{total} changes of {} kinds; false alarms: {false_alarm_count}", rows.len());
    println!("{false_alarms}");
    if std::env::var_os("BINDERY_TABLE").is_some() {
        println!("| change | tried | source breaks | decode breaks | request breaks |\n|---|---|---|---|---|");
        for (kind, row) in &rows {
            let [source, decode, request] = row.breaking;
            println!("| {kind} | {} | {source} | {decode} | {request} |", row.count);
        }
    }
    assert!(missed.is_empty(), "{missed}");
    assert!(false_alarm_count * 50 <= total, "{false_alarm_count} of {total} are false alarms");
    assert!(total > 0);
}
