//! Decodes values of one version with the crate of the other version, and compares the results with the verdict `decode`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery::diff::{Snapshot, Verdict, Verdicts, diff};
use bindery::ir::{TypeId, TypeRef};
use bindery::source::Source;
use bindery::surface::ItemKind;

use super::compiler::Dependencies;
use super::values::values;
use super::{Mutation, features, fixture, mutations, root, snapshot, source, write_crate};

/// The number of changes if `BINDERY_DECODINGS` is not set.
const SAMPLE: usize = 10;

/// The kinds of changes that concern responses.
const KINDS: [&str; 9] = [
    "property",
    "optional property",
    "required property",
    "additional",
    "enum",
    "alternative",
    "discriminator",
    "response body",
    "items",
];

/// A value, and the Rust type that decodes it in a version.
struct Case {
    version: usize,
    ty: String,
    value: String,
    mutation: usize,
    /// Whether an old client decodes a new value.
    is_old_client: bool,
}

struct Version {
    snapshot: Snapshot,
    library: PathBuf,
}

/// Compiles all versions into one program, which decodes the values. `BINDERY_DECODINGS=80` sets the number of changes.
#[test]
#[ignore = "compiles the dependencies with code, which takes minutes"]
fn decoders_agree_with_the_decode_verdicts() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff_proof_decoding");
    fs::create_dir_all(&out).unwrap();
    let dependencies = Dependencies::compile(root(), &out, "build");
    let count = std::env::var("BINDERY_DECODINGS").ok().map_or(SAMPLE, |count| count.parse().unwrap());
    let mutations = selected(count);
    let mut versions: Vec<Version> = Vec::new();
    let mut bases: BTreeMap<&str, usize> = BTreeMap::new();
    let add = |versions: &mut Vec<Version>, document: &Source, config: &Source| {
        version(&dependencies, versions.len(), document, config, &out).map(|version| {
            versions.push(version);
            versions.len() - 1
        })
    };
    let (mut cases, mut expected) = (Vec::new(), Vec::new());
    for (index, mutation) in mutations.iter().enumerate() {
        let (document, config) = fixture(mutation.document);
        let old = match bases.get(mutation.document) {
            Some(old) => *old,
            None => {
                let old = add(&mut versions, &source(&format!("{document:#}")), &config).unwrap();
                bases.insert(mutation.document, old);
                old
            }
        };
        let new = add(&mut versions, &source(&mutation.text), &config);
        let verdicts = new.map(|new| {
            add_cases(&versions, [old, new], index, &mut cases);
            let report = diff(&versions[old].snapshot, &versions[new].snapshot);
            let worst =
                |verdict: fn(Verdicts) -> Verdict| report.changes.iter().map(|change| verdict(change.verdicts)).max();
            [worst(|verdicts| verdicts.old_clients), worst(|verdicts| verdicts.new_clients)]
                .map(Option::unwrap_or_default)
        });
        expected.push(verdicts);
    }
    let decoded = decode(&dependencies, &versions, &cases, &out);
    check_decoding(&mutations, &cases, &decoded, &expected);
}

/// Returns changes of responses, at most `count`. Three of four have a breaking verdict, if there are so many. The kinds of changes
/// take turns.
fn selected(count: usize) -> Vec<Mutation> {
    let candidates = mutations(usize::MAX, |kind| KINDS.iter().any(|prefix| kind.starts_with(prefix)));
    let bases: BTreeMap<&str, Snapshot> = super::DOCUMENTS
        .iter()
        .map(|name| {
            let (document, config) = fixture(name);
            (*name, snapshot(&source(&format!("{document:#}")), &config).unwrap())
        })
        .collect();
    let mut numbers: BTreeMap<(&str, Verdict), usize> = BTreeMap::new();
    let mut found: Vec<(usize, Mutation)> = Vec::new();
    for mutation in candidates {
        let Ok(new) = snapshot(&source(&mutation.text), &fixture(mutation.document).1) else { continue };
        let report = diff(&bases[mutation.document], &new);
        let verdict = report.changes.iter().map(|change| change.verdicts.decode()).max().unwrap_or_default();
        let number = numbers.entry((mutation.kind, verdict)).or_default();
        *number += 1;
        found.push((*number * if verdict == Verdict::Breaking { 1 } else { 3 }, mutation));
    }
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, mutation)| mutation).take(count).collect()
}

fn version(
    dependencies: &Dependencies,
    index: usize,
    document: &Source,
    config: &Source,
    out: &Path,
) -> Option<Version> {
    let snapshot = snapshot(document, config).ok()?;
    let folder = out.join(format!("v{index}"));
    write_crate(document, config, &folder).ok()?;
    let library = folder.join(format!("libv{index}.rlib"));
    let name = format!("v{index}");
    let features = features(&snapshot.surface);
    dependencies.rustc(&name, &folder.join("src/lib.rs"), ["lib", "link"], &features, &[], &library).ok()?;
    Some(Version { snapshot, library })
}

/// Adds the values of both versions, each for the crate of the other version.
fn add_cases(versions: &[Version], [old, new]: [usize; 2], mutation: usize, cases: &mut Vec<Case>) {
    for (writer, reader, is_old_client) in [(new, old, true), (old, new, false)] {
        let (from, to) = (&versions[writer].snapshot, &versions[reader].snapshot);
        for (ty, body) in bodies(from, to) {
            for value in values(&from.api, &body, 0) {
                cases.push(Case { version: reader, ty: ty.clone(), value: value.to_string(), mutation, is_old_client });
            }
        }
    }
}

/// Returns the response bodies in JSON of the operations that both versions have, with the Rust types of the reader.
fn bodies(from: &Snapshot, to: &Snapshot) -> Vec<(String, TypeRef)> {
    let mut found = Vec::new();
    for (_, operation) in from.api.operations.iter() {
        let Some((id, other)) = to.api.operations.iter().find(|(_, other)| other.id == operation.id) else { continue };
        let (Some(response), Some(_)) = (
            operation
                .success_responses_with_body()
                .next()
                .filter(|response| response.content == bindery::ir::Content::Json),
            other
                .success_responses_with_body()
                .next()
                .filter(|response| response.content == bindery::ir::Content::Json),
        ) else {
            continue;
        };
        let request = format!("{}: IntoFuture", to.names.operation(id).request);
        let item =
            to.surface.items.iter().find(|(path, _)| path.ends_with(&format!("::{request}")) || **path == request);
        let Some(ItemKind::Implementation(types)) = item.map(|(_, item)| &item.kind) else { continue };
        let ty = types[0].trim_start_matches("Output = ").to_owned();
        // A response enum and a download are not decoded by serde.
        let is_model = |ty: &str| !ty.contains("crate::") || ty.contains("crate::models::") || ty.contains("AnyJson");
        if ty != "()" && is_model(&ty) && !ty.contains("::resources::") {
            found.extend(response.body.clone().map(|body| (ty, body)));
        }
    }
    found.extend(models(from, to));
    found
}

/// Returns the models that both versions decode, such as the payloads of webhooks and the bodies of errors.
fn models(from: &Snapshot, to: &Snapshot) -> Vec<(String, TypeRef)> {
    let decoded = |snapshot: &Snapshot| -> BTreeMap<String, TypeId> {
        let types = snapshot.api.types.iter().filter(|(id, _)| snapshot.analysis.facts(*id).is_in_responses);
        types.map(|(id, _)| (format!("models::{}", snapshot.names.ty(id).ident), id)).collect()
    };
    let readers = decoded(to);
    let is_model = |path: &String| {
        readers.contains_key(path) && to.surface.items.contains_key(&format!("{path}: serde::Deserialize"))
    };
    let types = decoded(from).into_iter().filter(|(path, _)| is_model(path));
    types.map(|(path, id)| (format!("crate::{path}"), TypeRef::Named(id))).collect()
}

/// Returns whether each value is decoded.
fn decode(dependencies: &Dependencies, versions: &[Version], cases: &[Case], out: &Path) -> Vec<bool> {
    let mut arms = BTreeMap::new();
    for case in cases {
        let ty = case.ty.replace("crate::", &format!("v{}::", case.version));
        arms.insert(
            (case.version, &case.ty),
            format!("({}, {:?}) => serde_json::from_str::<{ty}>(value).is_ok(),", case.version, case.ty),
        );
    }
    let mut program = String::from(
        "fn main() {\n    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();\n    for line in text.lines() {\n        \
         let mut parts = line.splitn(3, '\\t');\n        let version: usize = parts.next().unwrap().parse().unwrap();\n        \
         println!(\"{}\", decode(version, parts.next().unwrap(), parts.next().unwrap()));\n    }\n}\n\
         fn decode(version: usize, ty: &str, value: &str) -> bool {\n    match (version, ty) {\n",
    );
    for arm in arms.values() {
        let _ = writeln!(program, "        {arm}");
    }
    program.push_str("        _ => unreachable!(),\n    }\n}\n");
    let file = out.join("main.rs");
    fs::write(&file, program).unwrap();
    let names: Vec<String> = (0..versions.len()).map(|index| format!("v{index}")).collect();
    let libraries: Vec<(&str, &Path)> =
        names.iter().zip(versions).map(|(name, version)| (name.as_str(), version.library.as_path())).collect();
    let binary = out.join("decode");
    dependencies.rustc("decode", &file, ["bin", "link"], &[], &libraries, &binary).unwrap();
    let lines: String = cases.iter().map(|case| format!("{}\t{}\t{}\n", case.version, case.ty, case.value)).collect();
    let input = out.join("values.txt");
    fs::write(&input, lines).unwrap();
    let output = Command::new(&binary).arg(&input).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| line == "true").collect()
}

fn check_decoding(mutations: &[Mutation], cases: &[Case], decoded: &[bool], expected: &[Option<[Verdict; 2]>]) {
    assert_eq!(cases.len(), decoded.len());
    let mut failed: BTreeMap<(usize, bool), &Case> = BTreeMap::new();
    for (case, _) in cases.iter().zip(decoded).filter(|(_, is_decoded)| !**is_decoded) {
        failed.entry((case.mutation, case.is_old_client)).or_insert(case);
    }
    let (mut missed, mut tried, mut breaking, mut unproved) = (String::new(), 0, 0, Vec::new());
    for (index, (mutation, verdicts)) in mutations.iter().zip(expected).enumerate() {
        let Some([old_clients, new_clients]) = verdicts else { continue };
        for (is_old_client, verdict) in [(true, old_clients), (false, new_clients)] {
            tried += 1;
            let client = if is_old_client { "old clients" } else { "new clients" };
            match (verdict, failed.get(&(index, is_old_client))) {
                (Verdict::Compatible, Some(case)) => {
                    let _ = writeln!(
                        missed,
                        "{} of {} is called compatible for {client}, but {} does not decode {}",
                        mutation.kind, mutation.document, case.ty, case.value
                    );
                }
                (Verdict::Breaking, None) => {
                    unproved.push(format!("{} of {} ({client})", mutation.kind, mutation.document))
                }
                (Verdict::Breaking, Some(_)) => breaking += 1,
                _ => {}
            }
        }
    }
    println!(
        "{} values, {tried} verdicts, {breaking} breaking verdicts confirmed, without a failing value: {unproved:#?}",
        cases.len()
    );
    assert!(missed.is_empty(), "{missed}");
}
