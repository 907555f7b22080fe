//! Generates crates for the documents of the fixtures. The crates compile without warnings, with their documentation
//! and examples, and send and receive what the documents describe.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

#[allow(dead_code, reason = "this test looks at what is compiled")]
#[path = "../../generator/tests/support/families/mod.rs"]
mod families;
mod round_trips;
mod runtime_names;
mod shared_documents;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery::source::Source;
use bindery_cli::generate::{Options, generate};
use bindery_cli::inputs::Inputs;
use bindery_mock::Mock;
use round_trips::round_trips;
use round_trips::webhooks::{self, sent_webhooks};
use serde_json::json;

/// The fixtures whose crates have their own copy of the runtime. Their tests call the methods for response headers, which are
/// in a trait if the runtime is shared.
const OWN_RUNTIME: [&str; 3] = ["differences", "files", "responses"];

/// Generates a crate for each document of the fixtures. The file with the same name in `crates` becomes the test of the
/// crate. All crates are in one workspace, so their dependencies are compiled once. Most crates
/// share the runtime, which saves half of the time; `cargo xtask corpus` compiles them with copies. `BINDERY_ONLY=pages,tags` selects
/// two documents. It may also contain the paths of documents that are not fixtures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_fixture_crates_compile_and_work() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let fixtures = root.join("generator/tests/fixtures");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture_crates");
    let _ = fs::remove_dir_all(&out);
    let (mut names, mut value_count): (Vec<String>, usize) = Default::default();
    let fixture_folders = ["ok", "skip"].map(|folder| fixtures.join(folder));
    for entry in fixture_folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()) {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    for (name, document, config) in runtime_names::documents(root).into_iter().chain(shared_documents::documents(root))
    {
        write_input(&out, &name, &document, &config);
        names.push(name);
    }
    let only = std::env::var("BINDERY_ONLY").ok();
    if let Some(only) = &only {
        names.retain(|name| only.split(',').any(|selected| selected == name));
        names.extend(
            only.split(',').filter(|selected| selected.contains('/')).map(|path| copy_input(Path::new(path), &out)),
        );
    }
    assert!(!names.is_empty());
    for name in &names {
        let inputs = out.join("inputs");
        let mut folders = fixture_folders.iter().chain([&inputs]);
        let folder = folders.find(|folder| folder.join(format!("{name}.toml")).exists()).unwrap();
        let (spec, config) = (folder.join(format!("{name}.yaml")), folder.join(format!("{name}.toml")));
        let folder = out.join(name);
        let has_own_runtime = name.starts_with("names-of-") || OWN_RUNTIME.contains(&name.as_str());
        let config = if has_own_runtime { config } else { with_shared_runtime(root, &out, name, &config) };
        generate_crate(&spec, &config, &folder);
        fs::create_dir_all(folder.join("tests/server")).unwrap();
        if !name.starts_with("names-of-") {
            value_count += add_round_trips(name, &folder, &spec, &config);
            add_sent_webhooks(name, &folder, &spec, &config).await;
        }
        copy_tests(root, &fixtures, name, &folder);
    }
    // The crate with the Rust types that `types.toml` names.
    fs::create_dir_all(out.join("ledger/src")).unwrap();
    for file in ["ledger/Cargo.toml", "ledger/src/lib.rs"] {
        fs::copy(fixtures.join("crates").join(file), out.join(file)).unwrap();
    }
    if only.is_none() {
        assert!(value_count >= 100_000, "only {value_count} values fit the schemas");
        names.extend(generate_deep_crates(&out));
    }
    println!("{value_count} values to decode and encode");
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n");
    fs::write(out.join("Cargo.toml"), manifest).unwrap();
    // With the lock file of this workspace, nothing is downloaded, and no dependency is compiled twice.
    fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock")).unwrap();
    let (mock, streams) = (mock(&fixtures).await, start_mock(&fixtures, "streams").await);
    let urls = [("PAGES_MOCK", mock.url()), ("STREAMS_MOCK", streams.url())];
    let cargo = |arguments: &[&str]| cargo(&out, arguments, &urls);
    // Only the tests need the feature `test-util`, with which all models implement `Serialize`. The crates `names-of-…`
    // have no tests.
    let tested = names.iter().filter(|name| !name.starts_with("names-of-"));
    let has_webhooks = |name: &str| out.join(name).join("src/webhooks.rs").exists();
    let features = |name: &String| {
        let webhooks = has_webhooks(name).then(|| format!("{name}/axum"));
        [format!("{name}/test-util")].into_iter().chain(webhooks)
    };
    let features = tested.flat_map(features).collect::<Vec<_>>().join(",");
    tokio::task::block_in_place(|| {
        cargo(&["clippy", "--workspace", "--all-targets", "--features", &features, "--", "-D", "warnings"]);
        // The crates `names-of-…` only have to compile. Their documentation is not built, and they have no tests.
        let excluded = names.iter().filter(|name| name.starts_with("names-of-")).flat_map(|name| ["--exclude", name]);
        let excluded: Vec<&str> = excluded.collect();
        if excluded.len() < 2 * names.len() {
            cargo(&[&["doc", "--workspace", "--no-deps"], excluded.as_slice()].concat());
            cargo(&[&["test", "--workspace", "--features", &features], excluded.as_slice()].concat());
        }
    });
}

/// Adds the dependency on the runtime to a configuration, and returns the path of the new configuration.
fn with_shared_runtime(root: &Path, out: &Path, name: &str, config: &Path) -> PathBuf {
    let path = out.join(format!("inputs/shared/{name}.toml"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = fs::read_to_string(config).unwrap();
    let text = text.strip_prefix("#:schema").map_or(text.as_str(), |rest| rest.split_once('\n').unwrap().1);
    let runtime = root.join("generator/runtime");
    fs::write(&path, format!("runtime = {{ path = {runtime:?} }}\n{text}")).unwrap();
    path
}

fn generate_crate(spec: &Path, config: &Path, out: &Path) {
    let inputs = Inputs { document: Some(spec.to_owned()), config: Some(config.to_owned()), ..Inputs::default() };
    let options = Options { inputs, out: Some(out.to_owned()), ..Options::default() };
    generate(&options).unwrap_or_else(|failed| panic!("{}{}", failed.diagnostics, failed.reason));
}

/// Copies a document to the inputs, and returns the name of its crate.
fn copy_input(path: &Path, out: &Path) -> String {
    let stem = path.file_stem().unwrap().to_str().unwrap().to_ascii_lowercase();
    let name = format!("of-{}", stem.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let config = format!("crate = {{ name = {name:?}, version = \"0.1.0\" }}");
    write_input(out, &name, &fs::read_to_string(path).unwrap(), &config);
    name
}

fn write_input(out: &Path, name: &str, document: &str, config: &str) {
    let folder = out.join("inputs");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.yaml")), document).unwrap();
    fs::write(folder.join(format!("{name}.toml")), config).unwrap();
}

/// Adds a test of arbitrary values to a generated crate, and returns their number. `BINDERY_VALUES` sets the number of
/// values, and `BINDERY_SEED` the seed.
fn add_round_trips(name: &str, folder: &Path, spec: &Path, config: &Path) -> usize {
    let number = |variable: &str| std::env::var(variable).ok().and_then(|text| text.parse().ok());
    let (count, seed) = (number("BINDERY_VALUES").unwrap_or(8_000), number("BINDERY_SEED").unwrap_or(1));
    let source = |path: &Path| Source::new(name, fs::read_to_string(path).unwrap());
    let crate_name = name.replace('-', "_");
    let count = usize::try_from(count).unwrap();
    let Some(generated) = round_trips(&crate_name, &source(spec), &source(config), count, seed) else { return 0 };
    fs::write(folder.join("tests/round_trips.rs"), generated.test).unwrap();
    fs::write(folder.join("tests/round_trips.jsonl"), generated.values).unwrap();
    generated.count
}

/// Adds a test of webhooks to a generated crate: a mock sends arbitrary payloads, and the crate receives them.
async fn add_sent_webhooks(name: &str, folder: &Path, spec: &Path, config: &Path) {
    let source = |path: &Path| Source::new(name, fs::read_to_string(path).unwrap());
    let (spec, config) = (source(spec), source(config));
    let sent = sent_webhooks(&spec, &config, 20, 1).await;
    if !sent.is_empty() {
        let is_signed = config.text.contains("signature");
        let (test, lines) = webhooks::test(&name.replace('-', "_"), is_signed, &sent);
        fs::write(folder.join("tests/webhooks.rs"), test).unwrap();
        fs::write(folder.join("tests/webhooks.jsonl"), lines).unwrap();
    }
}

/// Generates crates of documents with so many nested types that the compiler could reach its limits. Their tests check
/// that the types are `Send`.
fn generate_deep_crates(out: &Path) -> Vec<String> {
    const TEST: &str = "#[test]\nfn a_value_can_be_sent_to_another_thread() {\n    let value = crate_name::models::S0::default();\n    \
                        std::thread::spawn(move || drop(value)).join().unwrap();\n}\n";
    let mut names = Vec::new();
    for (family, size) in [
        ("properties", 500),
        ("properties_that_share_the_next", 70),
        ("items_of_properties", 100),
        ("maps_of_properties", 100),
        ("unions_of_properties", 100),
        ("cycles_with_lists", 70),
        ("lists_in_lists", 40),
    ] {
        let family = families::all().find(|candidate| candidate.name == family).unwrap();
        let name = format!("{}-{size}", family.name.replace('_', "-"));
        let folder = out.join(&name);
        fs::create_dir_all(folder.join("tests")).unwrap();
        let (spec, config) = (folder.join("openapi.json"), folder.join("bindery.toml"));
        fs::write(&spec, (family.document)(size)).unwrap();
        fs::write(&config, format!("crate = {{ name = {name:?}, version = \"0.1.0\" }}")).unwrap();
        generate_crate(&spec, &config, &folder);
        fs::write(folder.join("tests/threads.rs"), TEST.replace("crate_name", &name.replace('-', "_"))).unwrap();
        names.push(name);
    }
    names
}

/// Starts a mock of the API that uses every kind of pagination, with a few records in each collection.
async fn mock(fixtures: &Path) -> Mock {
    let mock = start_mock(fixtures, "pages").await;
    for collection in ["after", "last", "search", "counting", "more", "numbered", "linked"] {
        for id in ["a", "b", "c", "d", "e"] {
            mock.put(&format!("/{collection}/{id}"), json!({ "id": id })).unwrap();
        }
    }
    mock
}

/// Copies the tests of a crate, and the server that they use.
fn copy_tests(root: &Path, fixtures: &Path, name: &str, folder: &Path) {
    fs::copy(root.join("generator/runtime/src/tests/server.rs"), folder.join("tests/server/mod.rs")).unwrap();
    for (file, test) in [(format!("{name}.rs"), "wire"), (format!("{name}.reconnect.rs"), "reconnect")] {
        if let Ok(text) = fs::read_to_string(fixtures.join("crates").join(file)) {
            fs::write(folder.join(format!("tests/{test}.rs")), text).unwrap();
        }
    }
}

/// Starts the mock of a fixture.
async fn start_mock(fixtures: &Path, name: &str) -> Mock {
    let text = |extension: &str| fs::read_to_string(fixtures.join(format!("ok/{name}.{extension}"))).unwrap();
    Mock::from_spec(&text("yaml"), &text("toml")).start().await.unwrap()
}

fn cargo(folder: &Path, arguments: &[&str], variables: &[(&str, String)]) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    // With the profile of this workspace, the dependencies that are already compiled are used again.
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(".cargo").join("config.toml");
    let output = Command::new(env!("CARGO"))
        .arg("--config")
        .arg(config)
        .args(["--quiet", "--offline"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTDOCFLAGS", "-D warnings")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "cargo {arguments:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
}
