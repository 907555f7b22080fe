//! Generates a crate for every document in a folder, compiles the crates, and reports the results.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use bindery::diagnostics::render::Style;
use bindery::diagnostics::{Diagnostics, Severity, code};
use bindery::fileset::{GENERATED_MARK, is_generated};
use bindery::output_dir;
use bindery::source::Source;
use fs_err as fs;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::diagnostic_args::DiagnosticArgs;
use crate::failure::{Failure, print};
use crate::inputs::{References, read_file};

/// The options of [`corpus`].
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The folder with the documents. Documents in subfolders are included. Files that are not OpenAPI documents are
    /// counted and skipped.
    pub documents: PathBuf,
    /// The lock file for compiling the generated crates. Its packages must already be downloaded. If it is `None`, the
    /// crates are not compiled.
    pub lock_file: Option<PathBuf>,
    /// The number of parallel jobs.
    pub jobs: usize,
    /// The folder for the crates, the diagnostics of each document and `report.json`.
    pub out: PathBuf,
    /// The files that the documents may refer to, in addition to their own folder.
    pub references: References,
    /// The diagnostics to write, and their format.
    pub diagnostics: DiagnosticArgs,
}

/// The result for one document.
#[derive(Debug)]
pub struct DocumentResult {
    /// The path relative to the folder.
    pub document: String,
    /// The name of the crate and of its folder.
    pub name: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The time in milliseconds from the text of the document to the generated files.
    pub milliseconds: u128,
    /// The number of diagnostics for each code. The errors come first, then the warnings.
    pub codes: [BTreeMap<&'static str, usize>; 2],
}

impl DocumentResult {
    /// Returns whether the generator has a fault: it panicked, or the crate does not compile without warnings. A
    /// document with errors is not a fault of the generator.
    pub fn is_fault(&self) -> bool {
        matches!(self.outcome, Outcome::Panicked | Outcome::DoesNotCompile { .. })
    }
}

/// The outcome for a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A crate was generated.
    Generated {
        /// The number of lines of the crate.
        lines: usize,
    },
    /// The document is invalid, or cannot be read.
    Invalid,
    /// The generator panicked.
    Panicked,
    /// The crate does not compile without warnings.
    DoesNotCompile {
        /// The first message of the compiler.
        first_message: String,
        /// The number of messages.
        message_count: usize,
    },
}

/// Generates a crate for each document, and compiles the crates if `lock_file` is set.
///
/// # Errors
///
/// Returns an error of the file system, or an error if the compiler cannot run.
pub fn corpus(options: &Options) -> Result<Vec<DocumentResult>, Failure> {
    let mut documents = Vec::new();
    find_documents(&options.documents, &mut documents)
        .map_err(|error| Failure::file("read", &options.documents, &error))?;
    documents.sort();
    let found = documents.len();
    documents.retain(|path| may_be_document(path));
    let other_files = found - documents.len();
    let documents = with_crate_names(documents, &options.documents);
    let mut options = options.clone();
    options.references.allow_refs.push(options.documents.clone());
    let options = &options;
    prepare_folder(&options.out)?;
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let bar = progress_bar("generating", documents.len());
    thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                while let Some((document, name)) = documents.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = generate(document, name, options);
                    if let Ok(result) = &result {
                        // The results are written to a file as well.
                        let _ = bar.suspend(|| print(&format!("{}\n", line(result))));
                    }
                    bar.inc(1);
                    results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(result);
                }
            });
        }
    });
    bar.finish_and_clear();
    let results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut results: Vec<DocumentResult> = results.into_iter().collect::<Result<_, Failure>>()?;
    results.sort_by(|a, b| a.document.cmp(&b.document));
    if let Some(lock) = &options.lock_file {
        compile(&mut results, lock, options)?;
    }
    let report = serde_json::to_string_pretty(&report(&results)).unwrap_or_default();
    write(&options.out.join("report.json"), &report)?;
    if other_files > 0 {
        print(&format!("\n{other_files} other files have no `openapi` or `swagger` at their root, and are skipped\n"))?;
    }
    Ok(results)
}

/// Creates the folder for the results, with the manifest of an empty workspace. An existing folder must be empty or
/// come from an earlier run.
fn prepare_folder(out: &Path) -> Result<(), Failure> {
    fs::create_dir_all(out).map_err(|error| Failure::file("create", out, &error))?;
    let path = out.join("Cargo.toml");
    let is_empty = fs::read_dir(out).map_err(|error| Failure::file("read", out, &error))?.next().is_none();
    if !is_empty && !read_file(&path).is_ok_and(|manifest| is_generated(&manifest.text)) {
        let problem = "is not empty, and does not come from an earlier run";
        let help = "empty it, or choose another folder with `--out`";
        return Err(Failure::usage(format!("{} {problem}: {help}", out.display())));
    }
    write(&path, &manifest(&[]))
}

/// Returns the manifest of the workspace that consists of the generated crates.
fn manifest(members: &[&str]) -> String {
    format!(
        "# {GENERATED_MARK}: `cargo xtask corpus` writes this folder.\n\n[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"
    )
}

/// Finds the documents in a folder and its subfolders.
fn find_documents(folder: &Path, documents: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // Symbolic links to folders are not followed, because they may form a cycle.
        if entry.file_type()?.is_dir() {
            find_documents(&path, documents)?;
        } else if path
            .extension()
            .is_some_and(|extension| ["json", "yaml", "yml"].iter().any(|suffix| extension == *suffix))
            && path.is_file()
        {
            documents.push(path);
        }
    }
    Ok(())
}

/// Returns whether a file is an OpenAPI document, or cannot be read: `openapi` or `swagger` is a key at its root. Other
/// files are parts of documents, or unrelated.
fn may_be_document(path: &Path) -> bool {
    let Ok(text) = fs::read_to_string(path) else { return true };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        let is_document = |map: Value| ["openapi", "swagger"].iter().any(|key| map.get(key).is_some());
        return text.parse().map_or(true, is_document);
    }
    text.lines().any(|line| {
        let key = line.split(':').next().unwrap_or_default();
        ["openapi", "swagger"].contains(&key.trim_matches(['"', '\'']))
    })
}

/// Generates the crate of a document.
fn generate(path: &Path, name: &str, options: &Options) -> Result<DocumentResult, Failure> {
    let relative_path = path.strip_prefix(&options.documents).unwrap_or(path);
    let document_result = |outcome, milliseconds, codes| DocumentResult {
        document: relative_path.display().to_string(),
        name: name.to_owned(),
        outcome,
        milliseconds,
        codes,
    };
    let diagnostics_path = options.out.join(format!("{name}.txt"));
    let config_name = path.with_extension("toml").file_name().unwrap_or_default().to_string_lossy().into_owned();
    let config_path = path.with_file_name(&config_name);
    let config = match fs::symlink_metadata(&config_path) {
        Ok(_) => {
            let config = Source::read_beside(path, &config_name);
            config.map_err(|error| Failure::file("read", &config_path, &error))?.text
        }
        // Without this default, two documents with the same title would become crates with the same name.
        Err(_) => format!("crate.name = {name:?}"),
    };
    let mut document = match options
        .references
        .read(path, &Source::new(config_path.display().to_string(), config.as_str()))
    {
        Ok(document) => document,
        Err(failure) => {
            write(&diagnostics_path, &failure.reason)?;
            return Ok(document_result(Outcome::Invalid, 0, [BTreeMap::from([(code::SYNTAX.id, 1)]), BTreeMap::new()]));
        }
    };
    document.path = relative_path.display().to_string();
    let config = Source::new("codegen.toml", config);
    let started = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| bindery::generate(&document, &config)));
    let milliseconds = started.elapsed().as_millis();
    let folder = options.out.join(name);
    let result = result.map(|(generated, mut diagnostics)| {
        options.diagnostics.apply(&mut diagnostics, &document, &config);
        (generated.filter(|_| !diagnostics.has_errors()), diagnostics)
    });
    let (outcome, diagnostics) = match result {
        Ok((Some(generated), diagnostics)) => {
            let existing_files =
                output_dir::read(&folder, &generated.files).map_err(|error| Failure::file("read", &folder, &error))?;
            let drift = generated.files.drift(&existing_files);
            output_dir::write(&folder, &generated.files, &drift)
                .map_err(|error| Failure::file("write", &folder, &error))?;
            (Outcome::Generated { lines: generated.files.lines() }, diagnostics)
        }
        Ok((None, diagnostics)) => (Outcome::Invalid, diagnostics),
        Err(_) => (Outcome::Panicked, Diagnostics::default()),
    };
    let rendered = options.diagnostics.format.render(&diagnostics, &document, &config, Style::Plain);
    write(&diagnostics_path, &rendered)?;
    let codes = [Severity::Error, Severity::Warning].map(|severity| {
        let mut codes = BTreeMap::new();
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity) {
            *codes.entry(diagnostic.code.id).or_default() += 1;
        }
        codes
    });
    Ok(document_result(outcome, milliseconds, codes))
}

/// Returns a crate name for each document. It consists of `c` and the words of the path, such as `c-pets-v1` for
/// `pets/v1.yaml`. If the name is taken, a number is added.
fn with_crate_names(documents: Vec<PathBuf>, folder: &Path) -> Vec<(PathBuf, String)> {
    let mut used_names = HashSet::new();
    let with_names = documents.into_iter().map(|path| {
        let relative_path =
            path.strip_prefix(folder).unwrap_or(&path).with_extension("").display().to_string().to_lowercase();
        let words = relative_path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let name = words.fold("c".to_owned(), |name, word| format!("{name}-{word}"));
        let mut names = iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
        let name = names.find(|name| used_names.insert(name.clone())).unwrap_or(name);
        (path, name)
    });
    with_names.collect()
}

/// Compiles all crates in one workspace, and stores the messages of the compiler about each crate.
fn compile(results: &mut [DocumentResult], lock: &Path, options: &Options) -> Result<(), Failure> {
    let is_generated = |result: &&DocumentResult| matches!(result.outcome, Outcome::Generated { .. });
    let members: Vec<_> = results.iter().filter(is_generated).map(|result| result.name.as_str()).collect();
    if members.is_empty() {
        return Ok(());
    }
    write(&options.out.join("Cargo.toml"), &manifest(&members))?;
    // The target folder of the caller can already contain the compiled dependencies, so the crates are compiled there.
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    fs::copy(lock, options.out.join("Cargo.lock")).map_err(|error| Failure::file("copy", lock, &error))?;
    let mut compiler = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--workspace", "--keep-going", "--offline", "--quiet", "--message-format", "json"])
        .args(["--jobs", &options.jobs.max(1).to_string()])
        .current_dir(&options.out)
        .env("CARGO_TARGET_DIR", target)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::io(format!("cannot run the compiler: {error}")))?;
    let mut messages_by_crate: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut compiled = HashSet::new();
    let bar = progress_bar("compiling", members.len());
    for message in compiler.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let Ok(message) = serde_json::from_str::<Value>(&message.unwrap_or_default()) else { continue };
        let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
        let name = manifest.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let level = message["message"]["level"].as_str().unwrap_or_default();
        if message["reason"] == "compiler-message" && matches!(level, "error" | "warning") {
            let rendered = message["message"]["rendered"].as_str().unwrap_or_default();
            messages_by_crate.entry(name).or_default().push(rendered.to_owned());
        } else if message["reason"] == "compiler-artifact" && members.contains(&name.as_str()) {
            bar.inc(1);
            compiled.insert(name);
        }
    }
    bar.finish_and_clear();
    let status = compiler.wait().map_err(|error| Failure::io(format!("cannot wait for the compiler: {error}")))?;
    if !status.success() && messages_by_crate.is_empty() && compiled.is_empty() {
        return Err(Failure::io("cargo could not compile the workspace; see its messages above"));
    }
    for result in results.iter_mut().filter(|result| matches!(result.outcome, Outcome::Generated { .. })) {
        // If the compiler was stopped or did not start, it reports nothing about this crate.
        let unfinished_message =
            || (!compiled.contains(&result.name)).then(|| vec!["the compiler did not finish this crate".to_owned()]);
        let Some(messages) = messages_by_crate.remove(&result.name).or_else(unfinished_message) else { continue };
        write(&options.out.join(format!("{}.rustc.txt", result.name)), &messages.concat())?;
        let first_message = messages.first().and_then(|first| first.lines().next()).unwrap_or_default().to_owned();
        result.outcome = Outcome::DoesNotCompile { first_message, message_count: messages.len() };
        print(&format!("{}\n", line(result)))?;
    }
    Ok(())
}

/// Returns a progress bar for a terminal.
fn progress_bar(label: &'static str, length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} [{wide_bar}] {pos}/{len} {elapsed_precise}");
    let bar = ProgressBar::new(length as u64).with_prefix(label);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
    bar
}

/// Returns the result for a document in one line.
fn line(result: &DocumentResult) -> String {
    let outcome = match &result.outcome {
        Outcome::Generated { lines } => format!("generated, {lines} lines"),
        Outcome::Invalid => "not generated".to_owned(),
        Outcome::Panicked => "PANICKED".to_owned(),
        Outcome::DoesNotCompile { first_message, message_count } => {
            format!("DOES NOT COMPILE ({message_count}): {first_message}")
        }
    };
    let mut line = format!("{}: {outcome}, {} ms", result.document, result.milliseconds);
    for (codes, severity) in result.codes.iter().zip(["errors", "warnings"]) {
        if !codes.is_empty() {
            let counts: Vec<_> = codes.iter().map(|(code, count)| format!("{count} {code}")).collect();
            let _ = write!(line, "; {severity}: {}", counts.join(", "));
        }
    }
    line
}

/// Returns the totals of all documents.
pub fn summary(results: &[DocumentResult]) -> String {
    let count = |predicate: fn(&Outcome) -> bool| results.iter().filter(|result| predicate(&result.outcome)).count();
    let mut text = format!(
        "\n{} documents: {} generated, {} with errors, {} do not compile, {} panicked; the slowest took {} ms\n",
        results.len(),
        count(|outcome| matches!(outcome, Outcome::Generated { .. })),
        count(|outcome| *outcome == Outcome::Invalid),
        count(|outcome| matches!(outcome, Outcome::DoesNotCompile { .. })),
        count(|outcome| *outcome == Outcome::Panicked),
        results.iter().map(|result| result.milliseconds).max().unwrap_or_default(),
    );
    for (index, severity) in ["error", "warning"].into_iter().enumerate() {
        let mut totals: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (code, number) in results.iter().flat_map(|result| &result.codes[index]) {
            let (total, documents) = totals.entry(code).or_default();
            (*total, *documents) = (*total + number, *documents + 1);
        }
        for (code, (total, documents)) in totals {
            let meaning = bindery::diagnostics::code::ALL
                .iter()
                .find(|candidate| candidate.id == code)
                .map_or("", |candidate| candidate.meaning);
            let _ = writeln!(text, "{severity} {code}: {total} in {documents} documents ({meaning})");
        }
    }
    text
}

/// Returns the contents of `report.json`.
fn report(results: &[DocumentResult]) -> Value {
    let json_of = |result: &DocumentResult| {
        let (outcome, lines, compiler) = match &result.outcome {
            Outcome::Generated { lines } => ("generated", json!(lines), Value::Null),
            Outcome::Invalid => ("invalid", Value::Null, Value::Null),
            Outcome::Panicked => ("panicked", Value::Null, Value::Null),
            Outcome::DoesNotCompile { first_message, message_count } => {
                ("does_not_compile", Value::Null, json!({ "count": message_count, "first": first_message }))
            }
        };
        json!({
            "document": result.document,
            "crate": result.name,
            "outcome": outcome,
            "lines": lines,
            "compiler": compiler,
            "milliseconds": u64::try_from(result.milliseconds).unwrap_or(u64::MAX),
            "errors": result.codes[0],
            "warnings": result.codes[1],
        })
    };
    results.iter().map(json_of).collect()
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::file("write", path, &error))
}
