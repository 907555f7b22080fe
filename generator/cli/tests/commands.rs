//! Tests the commands of `bindery` in an empty folder, and their exit codes.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Creates a folder with the document of a fixture as `openapi.yaml`.
fn folder_with_document() -> TempDir {
    let folder = TempDir::new().unwrap();
    let fixture = repository().join("generator/tests/fixtures/ok/harbour.yaml");
    fs::copy(fixture, folder.path().join("openapi.yaml")).unwrap();
    folder
}

/// Runs `bindery` in a folder with a standard input. Returns the exit code, standard output and standard error.
fn bindery_with_input(folder: &Path, arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bindery"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Ignore the error of a command that has already ended without reading its input.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn bindery(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    bindery_with_input(folder, arguments, b"")
}

/// Compiles a generated crate with the dependencies of this workspace.
fn check_crate(folder: &Path) {
    fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        // With the profile of this workspace, Cargo uses the dependencies that are already compiled.
        .arg("--config")
        .arg(repository().join(".cargo/config.toml"))
        .args(["check", "--offline", "--quiet"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && messages.is_empty(), "{messages}");
}

#[test]
fn init_and_generate_give_a_crate_that_compiles() {
    let folder = folder_with_document();
    let folder = folder.path();
    let (code, next, errors) = bindery(folder, &["init", "openapi.yaml"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{next}");
    assert!(next.starts_with("codegen.toml was written\n") && next.contains("2. bindery generate "), "{next}");
    let config = fs::read_to_string(folder.join("codegen.toml")).unwrap();
    assert!(config.starts_with("#:schema codegen.schema.json\n"), "{config}");
    let schema = fs::read_to_string(folder.join("codegen.schema.json")).unwrap();
    assert_eq!(bindery(folder, &["schema"]), (0, schema, String::new()));

    let (code, summary, errors) = bindery(folder, &["generate"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{summary}");
    assert!(summary.starts_with("harbour was written: 7 operations"), "nothing is left to infer: {summary}");
    check_crate(&folder.join("harbour"));

    // Each of these commands finds the crate up to date. An empty command line means `generate`.
    for arguments in [&[][..], &["check"], &["generate", "openapi.yaml"], &["generate", "--config", "codegen.toml"]] {
        let (code, summary, errors) = bindery(folder, arguments);
        assert_eq!((code, errors.as_str()), (0, ""), "{arguments:?}");
        assert!(summary.starts_with("harbour is up to date"), "{arguments:?}: {summary}");
    }
}

#[test]
fn a_stale_crate_is_a_finding_with_the_command_that_updates_it() {
    let folder = folder_with_document();
    let folder = folder.path();
    let arguments = ["openapi.yaml", "--out", "the client's"];
    assert_eq!(bindery(folder, &[&["generate"], &arguments[..]].concat()).0, 0);
    fs::remove_file(folder.join("the client's/src/client.rs")).unwrap();
    let (code, output, errors) = bindery(folder, &[&["check"], &arguments[..]].concat());
    assert_eq!((code, output.as_str()), (1, ""));
    assert!(errors.contains("missing:  the client's/src/client.rs"), "{errors}");
    // A shell reads the command as it was.
    let command = r"to update the files, run: bindery generate openapi.yaml --out 'the client'\''s'";
    assert!(errors.ends_with(&format!("{command}\n")), "{errors}");
}

#[test]
fn init_overwrites_no_file() {
    let folder = folder_with_document();
    let folder = folder.path();
    fs::write(folder.join("codegen.toml"), "# mine\n").unwrap();
    let (code, _, errors) = bindery(folder, &["init", "openapi.yaml"]);
    assert_eq!(code, 2);
    assert!(errors.starts_with("codegen.toml already exists"), "{errors}");
    assert_eq!(fs::read_to_string(folder.join("codegen.toml")).unwrap(), "# mine\n");

    fs::create_dir(folder.join("api")).unwrap();
    assert_eq!(bindery(folder, &["init", "openapi.yaml", "--config", "api/codegen.toml"]).0, 0);
    let (code, summary, errors) = bindery(folder, &["generate", "--config", "api/codegen.toml"]);
    assert_eq!(code, 0, "the document is found from another folder: {errors}");
    assert!(summary.starts_with("harbour was written"), "{summary}");
}

#[test]
fn overlays_are_applied_by_every_command() {
    let folder = folder_with_document();
    let folder = folder.path();
    fs::create_dir(folder.join("api")).unwrap();
    let overlay = |name: &str, action: &str| {
        let text = format!("overlay: 1.0.0\ninfo: {{ title: A, version: 1.0.0 }}\nactions: [{action}]\n");
        fs::write(folder.join(name), text).unwrap();
    };
    overlay("api/title.overlay.yaml", "{ target: $.info, update: { title: Pier } }");
    overlay("empty.overlay.yaml", "{ target: $.paths, remove: true }, { target: $, update: { paths: {} } }");
    fs::write(folder.join("api/codegen.toml"), "document = '../openapi.yaml'\noverlays = ['title.overlay.yaml']\n")
        .unwrap();
    let config = ["--config", "api/codegen.toml"];
    let run = |command: &[&str]| bindery(folder, &[command, &config].concat());

    let (code, summary, errors) = run(&["generate", "--write-effective", "effective.yaml"]);
    assert_eq!(code, 0, "{errors}");
    assert!(summary.contains("pier was written: 7 operations"), "{summary}");
    assert_eq!(run(&["check"]).0, 0);
    let (_, stats, _) = run(&["stats", "--overlay", "empty.overlay.yaml"]);
    assert!(stats.starts_with("Pier ") && stats.contains("       0  in total\n"), "{stats}");
    // The overlay changes only the title, so the effective document has the same operations as the original document.
    assert_eq!(bindery(folder, &["diff", "effective.yaml", "openapi.yaml"]).0, 0);
    assert!(fs::read_to_string(folder.join("effective.yaml")).unwrap().contains("title: Pier\n"));

    let (code, _, errors) = run(&["generate", "--write-effective", "openapi.yaml"]);
    assert!(code == 2 && errors.contains("would overwrite the input openapi.yaml"), "{errors}");
    let (code, _, errors) = run(&["check", "--overlay", "none.overlay.yaml"]);
    assert!(code == 3 && errors.contains("none.overlay.yaml"), "{errors}");
    let (code, _, errors) = run(&["check", "--overlay", "empty.overlay.yaml"]);
    assert!(code == 1 && errors.contains("--config api/codegen.toml --overlay empty.overlay.yaml"), "{errors}");
}

#[test]
fn a_document_can_come_from_standard_input() {
    let folder = folder_with_document();
    let text = fs::read(folder.path().join("openapi.yaml")).unwrap();
    let empty = TempDir::new().unwrap();
    let run = |arguments: &[&str], input: &[u8]| bindery_with_input(empty.path(), arguments, input);
    let (code, summary, errors) = run(&["generate", "-"], &text);
    assert_eq!(code, 0, "{errors}");
    assert!(summary.contains("harbour was written"), "{summary}");
    let client = fs::read_to_string(empty.path().join("harbour/src/client.rs")).unwrap();
    assert!(client.starts_with("// @generated by bindery from stdin"), "{}", client.lines().next().unwrap());
    assert_eq!(run(&["check", "-"], &text).0, 0);
    let (code, stats, _) = run(&["stats", "-"], &text);
    assert_eq!(code, 0);
    assert!(stats.contains("       7  in total\n") && stats.contains("       1  paginated lists\n"), "{stats}");
    let other = folder.path().join("openapi.yaml");
    assert_eq!(run(&["diff", "-", other.to_str().unwrap()], &text).0, 0);

    let (code, _, errors) = run(&["generate", "-"], b"openapi: 3.0.3\ninfo: { title: \xe9 }");
    assert_eq!(
        (code, errors.as_str()),
        (3, "cannot read standard input: line 2 is not UTF-8; save the file as UTF-8\n")
    );
    let (code, _, errors) = run(&["diff", "-", "-"], &text);
    assert_eq!((code, errors.as_str()), (2, "both documents are `-`; only one can come from standard input\n"));
    assert_eq!(run(&["init", "-"], &text).0, 2);
}

#[test]
fn stats_count_what_is_not_supported() {
    let folder = TempDir::new().unwrap();
    let document = "openapi: 3.0.3\ninfo: { title: A, version: '1' }\nservers: [{ url: https://a.example }]\n\
        paths: { /a: { get: { operationId: A, sumary: A., \"a\\eb\": 1, responses: { '204': { description: A. } } } } }\n";
    fs::write(folder.path().join("a.yaml"), document).unwrap();
    let (code, stats, errors) = bindery(folder.path(), &["stats", "a.yaml"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(stats.contains("  1  unknown keyword `sumary`\n"), "{stats}");
    assert!(stats.contains("       1  unknown keyword `a\\u{1b}b`\n"), "{stats}");
    assert!(stats.contains("\ndiagnostics\n       2  B0105: an unknown keyword\n"), "{stats}");
    assert!(!folder.path().join("a").exists(), "stats write nothing");
}

/// The commands of the workflow in `docs/use.md`.
#[test]
fn pull_requests_are_checked_as_documented() {
    let folder = folder_with_document();
    let folder = folder.path();
    let base = fs::read(folder.join("openapi.yaml")).unwrap();
    assert_eq!(bindery(folder, &["init", "openapi.yaml"]).0, 0);
    assert_eq!(bindery(folder, &["generate"]).0, 0);
    let check = ["check", "--format", "github", "--deny", "warnings"];
    assert_eq!(bindery(folder, &check).0, 0);
    let diff = ["diff", "-", "openapi.yaml", "--check", "--max", "none"];
    assert_eq!(bindery_with_input(folder, &diff, &base).0, 0);

    let changed = String::from_utf8(base.clone()).unwrap();
    let changed = changed.replacen("operationId: ", "sumary: Ships.\n      operationId: Other", 1);
    fs::write(folder.join("openapi.yaml"), changed).unwrap();
    let (code, output, _) = bindery(folder, &check);
    assert_eq!(code, 1);
    assert!(output.starts_with("::error file=openapi.yaml,line="), "{output}");
    let (code, report, errors) = bindery_with_input(folder, &diff, &base);
    assert_eq!(code, 1);
    let title = "method `Client::list_harbours()` of `GET /v2/harbours` is now `Client::otherlist_harbours()`";
    assert!(report.contains(title) && report.contains("openapi.yaml:"), "{report}");
    assert!(errors.contains("the changes need the step `major`, but `--max` is `none`"), "{errors}");
}

#[test]
fn exit_codes_tell_findings_usage_and_files_apart() {
    let folder = folder_with_document();
    let folder = folder.path();
    fs::write(folder.join("broken.yaml"), "openapi: [").unwrap();
    fs::write(folder.join("typo.toml"), "documnet = 'openapi.yaml'\n").unwrap();
    fs::write(folder.join("empty.toml"), "").unwrap();
    fs::write(folder.join("gone.toml"), "document = 'gone.yaml'\n").unwrap();
    for (arguments, code, message) in [
        (&[][..], 2, "no command is given, and the current folder has no `codegen.toml`"),
        (&["generate"], 2, "no document is given, and the current folder has no `codegen.toml`"),
        (&["generate", "--config", "empty.toml"], 2, "empty.toml does not name one; add `document = "),
        (&["generate", "--config", "typo.toml"], 1, "did you mean `document`?"),
        (&["generate", "--config", "gone.toml"], 3, "cannot read gone.yaml: "),
        (&["generate", "--no-such-option"], 2, "unexpected argument '--no-such-option'"),
        (&["generate", "gone.yaml"], 3, "cannot read gone.yaml: "),
        (&["generate", "broken.yaml"], 1, "error[B0101]"),
        (&["init", "broken.yaml"], 1, "codegen.toml was not written"),
        (&["init"], 2, "<DOCUMENT>"),
        (&["stats", "broken.yaml"], 1, "error[B0101]"),
        (&["mock", "broken.yaml"], 1, "error[B0101]"),
        (&["diff", "openapi.yaml", "broken.yaml"], 1, "broken.yaml cannot be compared"),
        (&["explain", "B0"], 2, "unknown code"),
        (&["explain", "D0271"], 2, "did you mean `D02"),
        (&["completions", "cmd"], 2, "invalid value 'cmd'"),
    ] {
        let (actual, output, errors) = bindery(folder, arguments);
        assert_eq!((actual, output.as_str()), (code, ""), "{arguments:?}: {errors}");
        assert!(errors.contains(message), "{arguments:?}: {errors}");
    }
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["broken.yaml", "empty.toml", "gone.toml", "openapi.yaml", "typo.toml"]);
}

/// A program such as `head` closes the pipe early. The exit code is that of the command, and not that of a panic.
#[test]
fn closed_pipes_do_not_change_the_exit_code() {
    let folder = folder_with_document();
    fs::write(folder.path().join("wrong.yaml"), "openapi: 2.0").unwrap();
    for (arguments, code) in [
        (&["generate", "openapi.yaml"][..], 0),
        (&["check", "openapi.yaml"], 0),
        (&["check", "openapi.yaml", "--format", "json"], 0),
        (&["generate", "wrong.yaml"], 1),
        (&["diff", "openapi.yaml", "openapi.yaml"], 0),
        (&["diff", "openapi.yaml", "openapi.yaml", "--changelog"], 0),
        (&["diff", "openapi.yaml", "wrong.yaml"], 1),
        (&["stats", "openapi.yaml"], 0),
        (&["init", "openapi.yaml"], 0),
        (&["mock", "missing.yaml"], 3),
        (&["explain"], 0),
        (&["schema"], 0),
        (&["completions", "bash"], 0),
        (&["--help"], 0),
        (&["nonsense"], 2),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command.args(arguments).current_dir(folder.path()).stdout(writer.try_clone().unwrap()).stderr(writer);
        assert_eq!(command.status().unwrap().code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn help_lists_the_exit_codes_and_completions_the_commands() {
    let folder = TempDir::new().unwrap();
    for arguments in [&["--help"][..], &["generate", "--help"], &["check", "-h"]] {
        let (code, help, _) = bindery(folder.path(), arguments);
        assert_eq!(code, 0);
        assert!(help.contains("Exit codes:\n  0  done\n"), "{help}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, _) = bindery(folder.path(), &["completions", shell]);
        assert_eq!(code, 0);
        assert!(script.contains("generate") && script.contains("explain"), "{script}");
    }
}
