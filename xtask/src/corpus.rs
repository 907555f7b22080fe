//! `cargo xtask corpus`: generates a crate for every document in a folder, compiles the crates, and reports the results.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use bindery::diagnostics::render::Style;
use bindery::diagnostics::{Diagnostics, Severity, code};
use bindery::fileset::{MARK, is_generated};
use bindery::source::Source;
use clap::Args;
use fs_err as fs;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::inputs::{References, beside, cannot, file};
use crate::{diagnostic_args, output_dir};

/// The options of `cargo xtask corpus`.
#[derive(Args, Clone)]
pub struct Options {
    /// The folder with the documents; subfolders are included.
    #[arg(value_name = "DIR")]
    pub documents: PathBuf,
    /// Compile each generated crate.
    #[arg(long)]
    pub check: bool,
    /// The number of parallel jobs.
    #[arg(long, value_name = "N", default_value_t = thread::available_parallelism().map_or(1, usize::from))]
    pub jobs: usize,
    /// The folder for the crates, the diagnostics of each document and `report.json`.
    #[arg(long, value_name = "DIR", default_value = "target/corpus")]
    pub out: PathBuf,
    /// The files that the documents may refer to, in addition to their own folder.
    #[command(flatten)]
    pub references: References,
    /// The diagnostics to write, and their format.
    #[command(flatten)]
    pub said: diagnostic_args::Said,
}

/// Runs the task. It fails if the generator panics, or if a crate does not compile without warnings. A document with
/// errors is a result, not a failure.
pub fn run(options: &Options) -> ExitCode {
    match corpus(options) {
        Ok(fates) => {
            print!("{}", summary(&fates));
            let bad = fates.iter().any(|fate| matches!(fate.outcome, Outcome::Panicked | Outcome::Broken { .. }));
            if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The result for one document.
#[derive(Debug)]
pub struct Fate {
    /// The path relative to the folder.
    pub document: String,
    /// The name of the crate and of its folder.
    pub name: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The time from the text of the document to the generated files.
    pub milliseconds: u128,
    /// The number of diagnostics for each code: errors, then warnings.
    pub codes: [BTreeMap<&'static str, usize>; 2],
}

/// The outcome for a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A crate was generated.
    Generated {
        /// The number of lines.
        lines: usize,
    },
    /// The document has errors.
    Refused,
    /// The generator panicked.
    Panicked,
    /// The crate does not compile without warnings.
    Broken {
        /// The first message of the compiler.
        first: String,
        /// The number of messages.
        count: usize,
    },
}

/// Generates a crate for each document, and compiles the crates if `check` is set.
///
/// # Errors
///
/// The file system reports an error, or the compiler cannot run.
pub fn corpus(options: &Options) -> Result<Vec<Fate>, String> {
    let mut documents = Vec::new();
    find(&options.documents, &mut documents).map_err(|error| cannot("read", &options.documents, &error))?;
    documents.sort();
    let documents = named(documents, &options.documents);
    let mut options = options.clone();
    options.references.allow_refs.push(options.documents.clone());
    let options = &options;
    claim(&options.out)?;
    let (next, fates) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let bar = bar("binding", documents.len());
    thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                while let Some((document, name)) = documents.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let fate = generate(document, name, options);
                    if let Ok(fate) = &fate {
                        bar.suspend(|| println!("{}", line(fate)));
                    }
                    bar.inc(1);
                    fates.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(fate);
                }
            });
        }
    });
    bar.finish_and_clear();
    let fates = fates.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut fates: Vec<Fate> = fates.into_iter().collect::<Result<_, String>>()?;
    fates.sort_by(|a, b| a.document.cmp(&b.document));
    if options.check {
        compile(&mut fates, options)?;
    }
    let report = serde_json::to_string_pretty(&report(&fates)).unwrap_or_default();
    write(&options.out.join("report.json"), &report)?;
    Ok(fates)
}

/// Creates the folder for the results. An existing folder must be empty or come from an earlier run.
fn claim(out: &Path) -> Result<(), String> {
    fs::create_dir_all(out).map_err(|error| cannot("create", out, &error))?;
    let path = out.join("Cargo.toml");
    let empty = fs::read_dir(out).map_err(|error| cannot("read", out, &error))?.next().is_none();
    if !empty && !file(&path).is_ok_and(|manifest| is_generated(&manifest.text)) {
        let what = "is not empty, and does not come from an earlier run";
        return Err(format!("{} {what}: empty it, or choose another folder with `--out`", out.display()));
    }
    write(&path, &manifest(&[]))
}

/// Returns the manifest of the workspace with the crates of these names.
fn manifest(members: &[&str]) -> String {
    format!(
        "# {MARK}: `cargo xtask corpus` writes this folder.\n\n[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"
    )
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // A symbolic link to a folder may be part of a cycle.
        if entry.file_type()?.is_dir() {
            find(&path, found)?;
        } else if path.extension().is_some_and(|extension| ["json", "yaml", "yml"].iter().any(|one| extension == *one))
            && path.is_file()
        {
            found.push(path);
        }
    }
    Ok(())
}

fn generate(path: &Path, name: &str, options: &Options) -> Result<Fate, String> {
    let below = path.strip_prefix(&options.documents).unwrap_or(path);
    let fate = |outcome, milliseconds, codes| Fate {
        document: below.display().to_string(),
        name: name.to_owned(),
        outcome,
        milliseconds,
        codes,
    };
    let said_in = options.out.join(format!("{name}.txt"));
    let mut document = match options.references.read(path) {
        Ok(document) => document,
        Err(message) => {
            write(&said_in, &message)?;
            return Ok(fate(Outcome::Refused, 0, [BTreeMap::from([(code::SYNTAX.id, 1)]), BTreeMap::new()]));
        }
    };
    let name_beside = path.with_extension("toml").file_name().unwrap_or_default().to_string_lossy().into_owned();
    let config = match beside(path, &name_beside)? {
        Some(config) => config.text,
        // Only the name is configured, because two documents may have the same title.
        None => format!("crate.name = {name:?}"),
    };
    document.path = below.display().to_string();
    let config = Source::new("codegen.toml", config);
    let started = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| bindery::generate(&document, &config)));
    let milliseconds = started.elapsed().as_millis();
    let folder = options.out.join(name);
    let result = result.map(|(bound, mut diagnostics)| {
        options.said.apply(&mut diagnostics, &document, &config);
        (bound.filter(|_| !diagnostics.has_errors()), diagnostics)
    });
    let (outcome, diagnostics) = match result {
        Ok((Some(bound), diagnostics)) => {
            let found = output_dir::read(&folder, &bound.files).map_err(|error| cannot("read", &folder, &error))?;
            let drift = bound.files.drift(&found);
            output_dir::write(&folder, &bound.files, &drift).map_err(|error| cannot("write", &folder, &error))?;
            (Outcome::Generated { lines: bound.files.lines() }, diagnostics)
        }
        Ok((None, diagnostics)) => (Outcome::Refused, diagnostics),
        Err(_) => (Outcome::Panicked, Diagnostics::default()),
    };
    let said = options.said.format.draw(&diagnostics, &document, &config, Style::Plain);
    write(&said_in, &said)?;
    let codes = [Severity::Error, Severity::Warning].map(|severity| {
        let mut codes = BTreeMap::new();
        for one in diagnostics.iter().filter(|one| one.severity == severity) {
            *codes.entry(one.code.id).or_default() += 1;
        }
        codes
    });
    Ok(fate(outcome, milliseconds, codes))
}

/// Returns a crate name for each document: its path in the characters that Cargo allows, with a number if it is taken.
fn named(documents: Vec<PathBuf>, folder: &Path) -> Vec<(PathBuf, String)> {
    let mut taken = HashSet::new();
    let named = documents.into_iter().map(|path| {
        let below = path.strip_prefix(folder).unwrap_or(&path).with_extension("").display().to_string().to_lowercase();
        let words = below.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let name = words.fold("c".to_owned(), |name, word| format!("{name}-{word}"));
        let mut names = iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
        let name = names.find(|name| taken.insert(name.clone())).unwrap_or(name);
        (path, name)
    });
    named.collect()
}

/// Compiles all crates in one workspace, and records the messages of the compiler for each.
fn compile(fates: &mut [Fate], options: &Options) -> Result<(), String> {
    let bound = |fate: &&Fate| matches!(fate.outcome, Outcome::Generated { .. });
    let members: Vec<_> = fates.iter().filter(bound).map(|fate| fate.name.as_str()).collect();
    if members.is_empty() {
        return Ok(());
    }
    write(&options.out.join("Cargo.toml"), &manifest(&members))?;
    // A shared target folder may already contain the dependencies.
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    // The lock file of this workspace, so no dependency has to be downloaded.
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("Cargo.lock");
    fs::copy(&lock, options.out.join("Cargo.lock")).map_err(|error| cannot("copy", &lock, &error))?;
    let mut compiler = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--workspace", "--keep-going", "--offline", "--quiet", "--message-format", "json"])
        .args(["--jobs", &options.jobs.max(1).to_string()])
        .current_dir(&options.out)
        .env("CARGO_TARGET_DIR", target)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run the compiler: {error}"))?;
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut compiled = HashSet::new();
    let bar = bar("compiling", members.len());
    for message in compiler.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let Ok(message) = serde_json::from_str::<Value>(&message.unwrap_or_default()) else { continue };
        let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
        let name = manifest.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let level = message["message"]["level"].as_str().unwrap_or_default();
        if message["reason"] == "compiler-message" && matches!(level, "error" | "warning") {
            let rendered = message["message"]["rendered"].as_str().unwrap_or_default();
            said.entry(name).or_default().push(rendered.to_owned());
        } else if message["reason"] == "compiler-artifact" && members.contains(&name.as_str()) {
            bar.inc(1);
            compiled.insert(name);
        }
    }
    bar.finish_and_clear();
    let status = compiler.wait().map_err(|error| format!("cannot wait for the compiler: {error}"))?;
    if !status.success() && said.is_empty() && compiled.is_empty() {
        return Err("cargo could not compile the workspace; see its messages above".to_owned());
    }
    for fate in fates.iter_mut().filter(|fate| matches!(fate.outcome, Outcome::Generated { .. })) {
        // If the compiler was stopped or could not start, there is no result for the crate.
        let silent =
            || (!compiled.contains(&fate.name)).then(|| vec!["the compiler did not finish this crate".to_owned()]);
        let Some(messages) = said.remove(&fate.name).or_else(silent) else { continue };
        write(&options.out.join(format!("{}.rustc.txt", fate.name)), &messages.concat())?;
        let first = messages.first().and_then(|first| first.lines().next()).unwrap_or_default().to_owned();
        fate.outcome = Outcome::Broken { first, count: messages.len() };
        println!("{}", line(fate));
    }
    Ok(())
}

/// Returns a progress bar for a terminal.
fn bar(what: &'static str, length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} [{wide_bar}] {pos}/{len} {elapsed_precise}");
    let bar = ProgressBar::new(length as u64).with_prefix(what);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
    bar
}

fn line(fate: &Fate) -> String {
    let outcome = match &fate.outcome {
        Outcome::Generated { lines } => format!("generated, {lines} lines"),
        Outcome::Refused => "not generated".to_owned(),
        Outcome::Panicked => "PANICKED".to_owned(),
        Outcome::Broken { first, count } => format!("DOES NOT COMPILE ({count}): {first}"),
    };
    let mut line = format!("{}: {outcome}, {} ms", fate.document, fate.milliseconds);
    for (codes, what) in fate.codes.iter().zip(["errors", "warnings"]) {
        if !codes.is_empty() {
            let counts: Vec<_> = codes.iter().map(|(code, count)| format!("{count} {code}")).collect();
            let _ = write!(line, "; {what}: {}", counts.join(", "));
        }
    }
    line
}

/// Returns the totals of all documents.
fn summary(fates: &[Fate]) -> String {
    let count = |holds: fn(&Outcome) -> bool| fates.iter().filter(|fate| holds(&fate.outcome)).count();
    let mut text = format!(
        "\n{} documents: {} generated, {} with errors, {} do not compile, {} panicked; the slowest took {} ms\n",
        fates.len(),
        count(|outcome| matches!(outcome, Outcome::Generated { .. })),
        count(|outcome| *outcome == Outcome::Refused),
        count(|outcome| matches!(outcome, Outcome::Broken { .. })),
        count(|outcome| *outcome == Outcome::Panicked),
        fates.iter().map(|fate| fate.milliseconds).max().unwrap_or_default(),
    );
    for (index, what) in ["error", "warning"].into_iter().enumerate() {
        let mut totals: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (code, count) in fates.iter().flat_map(|fate| &fate.codes[index]) {
            let (all, documents) = totals.entry(code).or_default();
            (*all, *documents) = (*all + count, *documents + 1);
        }
        for (code, (all, documents)) in totals {
            let meaning =
                bindery::diagnostics::code::ALL.iter().find(|one| one.id == code).map_or("", |one| one.meaning);
            let _ = writeln!(text, "{what} {code}: {all} in {documents} documents ({meaning})");
        }
    }
    text
}

fn report(fates: &[Fate]) -> Value {
    let one = |fate: &Fate| {
        let (outcome, lines, said) = match &fate.outcome {
            Outcome::Generated { lines } => ("bound", json!(lines), Value::Null),
            Outcome::Refused => ("refused", Value::Null, Value::Null),
            Outcome::Panicked => ("panicked", Value::Null, Value::Null),
            Outcome::Broken { first, count } => ("broken", Value::Null, json!({ "count": count, "first": first })),
        };
        json!({
            "document": fate.document,
            "crate": fate.name,
            "outcome": outcome,
            "lines": lines,
            "compiler": said,
            "milliseconds": u64::try_from(fate.milliseconds).unwrap_or(u64::MAX),
            "errors": fate.codes[0],
            "warnings": fate.codes[1],
        })
    };
    fates.iter().map(one).collect()
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| cannot("write", path, &error))
}
