//! The arguments for diagnostics.

#![allow(clippy::unwrap_used, reason = "in tests and benchmarks a panic is the report")]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Generates a crate from a document with a warning and an unused component, and returns the output.
fn generate(arguments: &[&str]) -> (Output, bool) {
    let folder = TempDir::new().unwrap();
    let document = "openapi: 3.0.3\ninfo: { title: A, version: '1', contact: {} }\nservers: [{ url: https://a.example }]\n\
                    paths: { /a: { get: { operationId: A, sumary: A., responses: { '204': { description: A. } } } } }\n";
    std::fs::write(folder.path().join("a.yaml"), document).unwrap();
    std::fs::write(folder.path().join("a.toml"), "crate = { name = 'a', version = '0.1.0' }").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bindery"))
        .args(["generate", "a.yaml", "--config", "a.toml", "--out", "out"])
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    (output, folder.path().join("out/src/lib.rs").exists())
}

#[test]
fn a_warning_is_an_error_only_if_it_is_denied() {
    for (arguments, written, diagnostics) in [
        (&[][..], true, "1 warning"),
        (&["--deny", "B0104"], true, "1 warning"),
        (&["--deny", "warnings"], false, "1 error; nothing was written"),
        (&["--deny", "B0104", "--deny", "B0105"], false, "1 error; nothing was written"),
        (&["--deny", "B105"], false, "did you mean `B0105`?"),
        (&["--report", "unused"], true, "1 warning, 1 note"),
        (&["--report", "paging", "--report", "unused", "--report", "unused"], true, "1 warning, 1 note"),
        (&["--report", "unused", "--deny", "warnings"], false, "1 error, 1 note; nothing was written"),
    ] {
        let (output, found) = generate(arguments);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!((output.status.success(), found), (written, written), "{arguments:?}: {text}");
        assert!(text.contains(diagnostics) && !text.contains('\x1b'), "{arguments:?}: {text}");
    }
}

#[test]
fn machine_formats_print_only_diagnostics_to_stdout() {
    for (arguments, count, line) in [
        (&["--format", "json"][..], 1, "\"file\":\"a.yaml\",\"line\":4"),
        (&["--format", "json", "--report", "unused"], 2, "\"code\":\"B0108\""),
        (&["--format", "github"], 1, "::warning file=a.yaml,line=4,endLine=4,col="),
        (&["--format", "github", "--deny", "warnings"], 1, "::error file=a.yaml,line=4,"),
    ] {
        let (output, _) = generate(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), count, "{arguments:?}: {text}");
        assert!(text.contains(line), "{arguments:?}: {text}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn each_code_is_explained_with_its_example() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures");
    for code in bindery::diagnostics::code::ALL {
        let text = bindery_cli::explain::explanation(*code, Some(&fixtures));
        let has_example = text.contains(&format!("[{code}]: ")) && text.contains("--> ") && !text.contains("--> /");
        // The code for internal errors has no example.
        assert_eq!(has_example, *code != bindery::diagnostics::code::INTERNAL, "{text}");
    }
}
