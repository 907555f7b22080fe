//! The three kinds of output compile: a crate, a module of another crate, and a workspace.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const DOCUMENT: &str = "
openapi: 3.0.3
info: { title: Ferry, version: 1.2.0 }
servers: [{ url: https://ferry.example.com }]
security: [{ basic: [] }]
paths:
  /trips:
    get:
      operationId: listTrips
      tags: [Trips]
      parameters: [{ name: cursor, in: query, schema: { type: string } }]
      responses:
        '200':
          description: The trips.
          headers: { X-Remaining: { schema: { type: integer } } }
          content: { application/json: { schema: { $ref: '#/components/schemas/TripPage' } } }
components:
  securitySchemes: { basic: { type: http, scheme: basic } }
  schemas:
    TripPage:
      type: object
      required: [trips]
      properties: { trips: { type: array, items: { $ref: '#/components/schemas/Trip' } }, next_cursor: { type: string } }
    Trip: { oneOf: [{ $ref: '#/components/schemas/Crossing' }, { type: string }] }
    Crossing:
      type: object
      required: [from, state]
      properties: { from: { type: string }, state: { type: string, enum: [open, closed] }, at: { type: string, format: date-time } }
";

/// A program that uses the module `ferry`: the trait for headers, a request, a page, a model and a union.
const PROGRAM: &str = r#"
use ferry::ResponseHeaders;
use ferry::models::{CrossingState, Trip};

pub async fn first_open_trip(client: &ferry::Client) -> ferry::Result<Option<String>> {
    let response = client.trips().list().send().await?;
    let _remaining: Option<i64> = response.x_remaining();
    let mut trips = client.trips().list().stream();
    while let Some(trip) = trips.try_next().await? {
        if let Trip::Crossing(crossing) = trip
            && crossing.state == CrossingState::Open
        {
            return Ok(Some(crossing.from.clone()));
        }
    }
    Ok(None)
}
"#;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn runtime_dependency() -> String {
    format!("runtime = {{ path = {:?} }}\n", repository().join("generator/runtime"))
}

/// Writes files to a new folder, which also has the lock file of this workspace, so that nothing has to be downloaded.
fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::copy(repository().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    folder
}

fn bindery(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// Checks a package with Cargo. Returns whether it succeeds, and its messages.
fn cargo_check(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .arg("--config")
        .arg(repository().join(".cargo/config.toml"))
        .args(["check", "--offline", "--color", "never"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Returns the dependencies that the documentation of a generated module names.
fn documented_dependencies(root: &str) -> String {
    let docs = root.lines().filter_map(|line| line.strip_prefix("//! "));
    let lines = docs.skip_while(|line| *line != "[dependencies]").take_while(|line| *line != "```");
    lines.map(|line| format!("{line}\n")).collect()
}

const PACKAGE: &str = "[package]\nname = 'program'\nversion = '1.0.0'\nedition = '2024'\n[workspace]\n";

#[test]
fn a_crate_has_a_copy_of_the_parts_that_it_needs() {
    // The response is optional, and no response is read as a stream of bytes.
    let document = DOCUMENT.replace("        '200':", "        '204': { description: No trips. }\n        '200':");
    let folder = folder_with(&[("ferry.yaml", &document), ("codegen.toml", "document = 'ferry.yaml'\n")]);
    let folder = folder.path();
    let (succeeds, output) = bindery(folder, &["generate"]);
    assert!(succeeds, "{output}");
    let file = |path: &str| folder.join("ferry/src/runtime/response").join(path);
    assert!(file("optional_body.rs").exists() && !file("download.rs").exists());
    let (succeeds, messages) = cargo_check(&folder.join("ferry"), &[]);
    assert!(succeeds && !messages.contains("warning"), "{messages}");
}

#[test]
fn a_committed_module_compiles_at_any_path() {
    let config = format!("document = 'ferry.yaml'\noutput = 'module'\n{}", runtime_dependency());
    let program = PROGRAM.replace("use ferry::", "use inner::ferry::");
    let program = format!("mod inner;\nuse inner::ferry;\n{program}fn main() {{\n    let _ = first_open_trip;\n}}\n");
    let folder = folder_with(&[
        ("ferry.yaml", DOCUMENT),
        ("codegen.toml", &config),
        ("src/main.rs", &program),
        ("src/inner/mod.rs", "pub mod ferry;\n"),
    ]);
    let folder = folder.path();
    let arguments = ["generate", "--out", "src/inner/ferry"];
    let (succeeds, output) = bindery(folder, &arguments);
    assert!(succeeds, "{output}");
    let root = fs::read_to_string(folder.join("src/inner/ferry/mod.rs")).unwrap();
    fs::write(folder.join("Cargo.toml"), format!("{PACKAGE}{}", documented_dependencies(&root))).unwrap();
    let (succeeds, messages) = cargo_check(folder, &[]);
    assert!(succeeds && !messages.contains("warning"), "{messages}");

    let (succeeds, output) = bindery(folder, &["check", "--out", "src/inner/ferry"]);
    assert!(succeeds, "{output}");
    // A file that is not generated any more is removed.
    fs::write(folder.join("ferry.yaml"), DOCUMENT.replace("tags: [Trips]", "tags: [Routes]")).unwrap();
    let (succeeds, output) = bindery(folder, &arguments);
    assert!(succeeds && !folder.join("src/inner/ferry/resources/trips.rs").exists(), "{output}");
}

#[test]
fn a_module_from_a_build_script_compiles_in_an_inline_module() {
    let config = format!("output = 'module'\n{}", runtime_dependency());
    let program = format!(
        "mod api {{\n    include!(concat!(env!(\"OUT_DIR\"), \"/include.rs\"));\n}}\nuse api as ferry;\n{}\
         fn main() {{\n    let _ = first_open_trip;\n}}\n",
        PROGRAM.replace("use ferry::", "use api::")
    );
    let build_script = "fn main() -> Result<(), bindery::GeneratorError> {\n    \
                        bindery::Generator::new(\"ferry.yaml\").config(\"codegen.toml\").generate()\n}\n";
    let folder = folder_with(&[
        ("ferry.yaml", DOCUMENT),
        ("codegen.toml", &config),
        ("src/main.rs", &program),
        ("build.rs", build_script),
    ]);
    let folder = folder.path();
    // The documentation of a committed module lists the dependencies that the crate needs.
    let (succeeds, output) = bindery(folder, &["generate", "ferry.yaml", "--out", "generated"]);
    assert!(succeeds, "{output}");
    let root = fs::read_to_string(folder.join("generated/mod.rs")).unwrap();
    let manifest = format!(
        "{PACKAGE}{}[build-dependencies]\nbindery = {{ path = {:?} }}\n",
        documented_dependencies(&root),
        repository().join("generator")
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let (succeeds, messages) = cargo_check(folder, &[]);
    assert!(succeeds && !messages.contains("warning"), "{messages}");
}

#[test]
fn the_crates_of_a_workspace_share_a_runtime() {
    let other_document = DOCUMENT.replace("Ferry", "Harbour").replace("format: date-time", "format: byte");
    let folder = folder_with(&[
        ("codegen.toml", "workspace.documents = 'specs'\nmanifest.workspace.members = ['crates/program']\n"),
        ("specs/ferry.yaml", DOCUMENT),
        ("specs/harbour_v2.yaml", &other_document),
        ("specs/harbour_v2.toml", "client.strict = true\n"),
        ("specs/notes.txt", "not a document"),
    ]);
    let folder = folder.path();
    let (succeeds, output) = bindery(folder, &["generate"]);
    assert!(succeeds && output.contains("2 crates, 2 operations"), "{output}");
    for crate_name in ["ferry", "harbour-v2"] {
        assert!(!folder.join(format!("crates/{crate_name}/src/runtime")).exists());
    }
    fs::create_dir_all(folder.join("crates/program/src")).unwrap();
    fs::write(folder.join("crates/program/src/lib.rs"), PROGRAM).unwrap();
    let manifest = PACKAGE.replace("[workspace]\n", "[dependencies]\nferry = { path = '../ferry' }\n");
    fs::write(folder.join("crates/program/Cargo.toml"), manifest).unwrap();
    let features = "ferry/blocking,ferry/test-util,harbour-v2/blocking,harbour-v2/test-util";
    for arguments in [&["--workspace"][..], &["--workspace", "--features", features]] {
        let (succeeds, messages) = cargo_check(folder, arguments);
        assert!(succeeds && !messages.contains("warning"), "{messages}");
    }

    // The files of other runs stay, and those of a document that is removed do not.
    let module = ["generate", "specs/ferry.yaml", "--config", "module.toml", "--out", "crates/program/src/api"];
    fs::write(folder.join("module.toml"), "output = 'module'\n").unwrap();
    let (succeeds, output) = bindery(folder, &module);
    assert!(succeeds, "{output}");
    fs::write(folder.join("crates/harbour-v2/notes.txt"), "mine").unwrap();
    fs::remove_file(folder.join("specs/harbour_v2.yaml")).unwrap();
    let (succeeds, output) = bindery(folder, &["check"]);
    assert!(!succeeds && output.contains("orphaned: crates/harbour-v2/Cargo.toml"), "{output}");
    let (succeeds, output) = bindery(folder, &["generate"]);
    assert!(succeeds && folder.join("crates/program/src/api/mod.rs").exists(), "{output}");
    assert!(folder.join("crates/harbour-v2/notes.txt").exists() && !folder.join("crates/harbour-v2/src").exists());
    let (succeeds, messages) = cargo_check(folder, &["--workspace"]);
    assert!(succeeds, "{messages}");
}

#[test]
fn a_wrong_workspace_is_an_error_and_nothing_is_written() {
    let only_keys_of_a_workspace = "workspace.documents = 'specs'\nsurface = 'tree'\n";
    let workspace = "workspace.documents = 'specs'\n";
    for (config, files, expected) in [
        (only_keys_of_a_workspace, &[("specs/a.yaml", DOCUMENT)][..], "`surface` is not a key of a workspace"),
        (workspace, &[("specs/a.yaml", DOCUMENT), ("specs/a.json", DOCUMENT)], "`a` is also the name of the crate of"),
        (workspace, &[("specs/a.yaml", DOCUMENT), ("specs/a.toml", "output = 'module'")], "`output` has no effect"),
        (workspace, &[("specs/bindery-runtime.yaml", DOCUMENT)], "has the name of the runtime"),
        (workspace, &[("specs/a.yaml", DOCUMENT), ("specs/b.yaml", "openapi: 2.0")], "errors in 1 of 3 files"),
        (workspace, &[("specs/.a.yaml", DOCUMENT)], "specs has no document"),
        ("workspace.documents = 'specs'\nruntime = { pth = 'x' }\n", &[("specs/a.yaml", DOCUMENT)], "`pth = \"x\"`"),
    ] {
        let folder = folder_with(&[&[("codegen.toml", config)], files].concat());
        let (succeeds, output) = bindery(folder.path(), &["generate"]);
        assert!(!succeeds && output.contains(expected), "{expected}: {output}");
        assert!(!folder.path().join("Cargo.toml").exists(), "{expected}");
    }
}
