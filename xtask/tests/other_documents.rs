//! Documents that have nothing to do with the repository's own: what is generated from them compiles without a
//! warning, its documentation and examples do too, and it works on the wire.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

#[allow(dead_code, reason = "this test looks at what is compiled")]
#[path = "../../generator/tests/support/families/mod.rs"]
mod families;
mod runtime_names;

use std::fs;
use std::path::Path;
use std::process::Command;

use bindery_mock::Mock;
use serde_json::json;
use xtask::codegen::{Options, codegen};

/// Each document of the fixtures becomes a crate, with what stands under its name in `crates` as its test. All of them
/// are one workspace, so that what they have in common is compiled once. `BINDERY_ONLY=pages,tags` is for those who
/// work on these two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_generated_compiles_and_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let fixtures = root.join("generator/tests/fixtures");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("other_documents");
    let _ = fs::remove_dir_all(&out);
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(fixtures.join("ok")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    for (name, document, config) in runtime_names::documents(root) {
        let input = out.join("runtime_names");
        fs::create_dir_all(&input).unwrap();
        fs::write(input.join(format!("{name}.yaml")), document).unwrap();
        fs::write(input.join(format!("{name}.toml")), config).unwrap();
        names.push(name);
    }
    if let Ok(only) = std::env::var("BINDERY_ONLY") {
        names.retain(|name| only.split(',').any(|wanted| wanted == name));
    }
    assert!(!names.is_empty());
    for name in &names {
        let folder = if name.starts_with("names-of-") { out.join("runtime_names") } else { fixtures.join("ok") };
        let input = |extension: &str| folder.join(format!("{name}.{extension}"));
        let folder = out.join(name);
        let (out, said) = (Some(folder.clone()), Default::default());
        let options = Options {
            spec: input("yaml"),
            config: Some(input("toml")),
            out,
            check: false,
            references: Default::default(),
            said,
        };
        codegen(&options).unwrap_or_else(|failed| panic!("{}{}", failed.said, failed.reason));
        let Ok(test) = fs::read_to_string(fixtures.join(format!("crates/{name}.rs"))) else { continue };
        fs::create_dir_all(folder.join("tests/server")).unwrap();
        fs::copy(root.join("generator/runtime/src/tests/server.rs"), folder.join("tests/server/mod.rs")).unwrap();
        fs::write(folder.join("tests/wire.rs"), test).unwrap();
    }
    if std::env::var_os("BINDERY_ONLY").is_none() {
        names.extend(deep(&out));
    }
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n");
    fs::write(out.join("Cargo.toml"), manifest).unwrap();
    // The versions that this workspace is built with, so that nothing has to be downloaded or compiled twice.
    fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock")).unwrap();
    let mock = mock(&fixtures).await;
    let url = mock.url();
    let cargo = |arguments: &[&str]| cargo(&out, arguments, &url);
    tokio::task::block_in_place(|| {
        cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        // That these compile is all there is to see of them.
        let excluded = names.iter().filter(|name| name.starts_with("names-of-")).flat_map(|name| ["--exclude", name]);
        let excluded: Vec<&str> = excluded.collect();
        if excluded.len() < 2 * names.len() {
            cargo(&[&["doc", "--workspace", "--no-deps"], excluded.as_slice()].concat());
            cargo(&[&["test", "--workspace"], excluded.as_slice()].concat());
        }
    });
}

/// Generates crates of families of documents with so many types in one another that the compiler would give up. What uses
/// them, such as their test, has to find out too that they are `Send`.
fn deep(out: &Path) -> Vec<String> {
    const TEST: &str = "#[test]\nfn a_value_can_be_sent_to_another_thread() {\n    let value = krate::models::S0::default();\n    \
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
        let family = families::all().find(|one| one.name == family).unwrap();
        let name = format!("{}-{size}", family.name.replace('_', "-"));
        let folder = out.join(&name);
        fs::create_dir_all(folder.join("tests")).unwrap();
        let (spec, config) = (folder.join("openapi.json"), folder.join("bindery.toml"));
        fs::write(&spec, (family.document)(size)).unwrap();
        fs::write(&config, format!("crate = {{ name = {name:?}, version = \"0.1.0\" }}")).unwrap();
        let options = Options {
            spec,
            config: Some(config),
            out: Some(folder.clone()),
            check: false,
            references: Default::default(),
            said: Default::default(),
        };
        codegen(&options).unwrap_or_else(|failed| panic!("{}{}", failed.said, failed.reason));
        fs::write(folder.join("tests/threads.rs"), TEST.replace("krate", &name.replace('-', "_"))).unwrap();
        names.push(name);
    }
    names
}

/// A mock of the API that pages in every way, with a few records in each collection.
async fn mock(fixtures: &Path) -> Mock {
    let text = |file: &str| fs::read_to_string(fixtures.join("ok").join(file)).unwrap();
    let mock = Mock::from_spec(&text("pages.yaml"), &text("pages.toml")).start().await.unwrap();
    for collection in ["after", "last", "search", "counting", "more", "numbered", "linked"] {
        for id in ["a", "b", "c", "d", "e"] {
            mock.put(&format!("/{collection}/{id}"), json!({ "id": id })).unwrap();
        }
    }
    mock
}

fn cargo(folder: &Path, arguments: &[&str], mock: &str) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    // With the profile of this workspace, what it has compiled is not compiled again.
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(".cargo").join("config.toml");
    let output = Command::new(env!("CARGO"))
        .arg("--config")
        .arg(config)
        .args(["--quiet", "--offline"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTDOCFLAGS", "-D warnings")
        .env("PAGES_MOCK", mock)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "cargo {arguments:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
}
