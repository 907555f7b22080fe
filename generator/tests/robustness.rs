//! The generator never panics or hangs, and keeps its invariants for any input.
//!
//! The inputs are random changes of the fixtures, and inputs that once caused faults. A random document is either
//! changed in arbitrary ways (`mutate`), or gets additional schemas that refer to each other (`compose`).
//!
//! | variable | meaning |
//! |---|---|
//! | `ROBUSTNESS_CASES` | the number of cases; 100,000 in a release build take minutes |
//! | `ROBUSTNESS_SEED` | the seed of the first case; the following cases have the following seeds |
//! | `ROBUSTNESS_MODE` | `mutate` or `compose`; by default, both |
//! | `ROBUSTNESS_MILLISECONDS` | the maximum duration of a case |
//! | `ROBUSTNESS_KEEP` | a folder for all valid documents, for `cargo xtask corpus` |
//!
//! The input of a case that fails is in the target folder, as `failed-*.yaml` and `.toml`. After a stack overflow or a
//! case that hangs, it is in `current-*.yaml` and `.toml`.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

#[path = "support/compose.rs"]
mod compose;
#[path = "support/invariants.rs"]
mod invariants;
#[path = "support/mutate/mod.rs"]
mod mutate;
mod support;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bindery::source::Source;
use compose::composed;
use fastrand::Rng;
use invariants::check_invariants;
use mutate::mutated;
use serde_yaml::Value;
use support::{Fixture, fixtures};

/// The default maximum duration of a case. It is long, because the machine may have other work to do.
const MAX_DURATION: Duration = Duration::from_secs(60);

/// The maximum memory of the process at any time, in KiB.
const MAX_MEMORY_KIB: u64 = 1 << 20;

/// How documents are changed.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Mutate,
    Compose,
}

/// Returns the mode in `ROBUSTNESS_MODE`, if it is set.
fn mode_from_env() -> Option<Mode> {
    match std::env::var("ROBUSTNESS_MODE").as_deref() {
        Ok("mutate") => Some(Mode::Mutate),
        Ok("compose") => Some(Mode::Compose),
        Ok(value) => panic!("ROBUSTNESS_MODE={value}"),
        Err(_) => None,
    }
}

/// Returns the document and the configuration of a seed. They are derived from one of the fixtures.
fn random_input(seed: u64, mode: Option<Mode>, fixtures: &[Fixture], trees: &[Value]) -> (Source, Source) {
    let mut rng = Rng::with_seed(seed);
    let Fixture { document, config, .. } = &fixtures[rng.usize(..fixtures.len())];
    let mode = mode.unwrap_or(if seed.is_multiple_of(2) { Mode::Mutate } else { Mode::Compose });
    let text = match mode {
        Mode::Mutate => mutated(&document.text, trees, &mut rng),
        Mode::Compose => composed(&document.text, &mut rng),
    };
    let mut changed = Source::new(document.path.as_str(), text);
    for (name, file) in &document.files {
        changed.files.insert(name.clone(), Source::new(name.as_str(), file.text.as_str()));
    }
    let config = match rng.u8(..16) {
        0 if mode == Mode::Mutate => mutated(&config.text, &[], &mut rng),
        1..4 => format!("on_error = \"skip\"\n{}", config.text),
        _ => config.text.clone(),
    };
    (changed, Source::new("codegen.toml", config))
}

/// Returns the CPU time of this thread. Returns `None` if the system does not provide it.
fn cpu_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Returns the peak memory of this process in KiB. Returns `None` if the system does not provide it.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Checks an input. Returns whether the document is valid, and the CPU time, or the elapsed time if the system does not
/// provide the CPU time.
fn check_case(document: &Source, config: &Source) -> (Result<bool, String>, Duration) {
    let (started, cpu_time_before) = (Instant::now(), cpu_time());
    let result = catch_unwind(AssertUnwindSafe(|| check_invariants(document, config)));
    let cpu_time = cpu_time().zip(cpu_time_before).map(|(after, before)| after.saturating_sub(before));
    (result.unwrap_or_else(|_| Err("it panics".to_owned())), cpu_time.unwrap_or_else(|| started.elapsed()))
}

#[test]
fn random_inputs_keep_the_invariants() {
    let from_env = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
    };
    let (case_count, first_seed) = (from_env("ROBUSTNESS_CASES", 150), from_env("ROBUSTNESS_SEED", 0));
    let max_duration = Duration::from_millis(from_env("ROBUSTNESS_MILLISECONDS", MAX_DURATION.as_millis() as u64));
    let mode = mode_from_env();
    let valid_folder = std::env::var_os("ROBUSTNESS_KEEP").map(PathBuf::from);
    println!("ROBUSTNESS_CASES={case_count} ROBUSTNESS_SEED={first_seed}");
    let fixtures: Vec<Fixture> =
        ["ok", "err", "keywords", "robustness"].into_iter().flat_map(support::fixtures).collect();
    let trees: Vec<Value> =
        fixtures.iter().filter_map(|fixture| serde_yaml::from_str(&fixture.document.text).ok()).collect();
    let (next, valid_count, slowest, (sender, receiver)) =
        (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), mpsc::channel());
    thread::scope(|scope| {
        for worker in 0..thread::available_parallelism().map_or(1, usize::from) {
            let (next, valid_count, fixtures, trees, sender) = (&next, &valid_count, &fixtures, &trees, sender.clone());
            let (valid_folder, slowest) = (&valid_folder, &slowest);
            scope.spawn(move || {
                let current_case = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("current-{worker}"));
                while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < case_count) {
                    let seed = first_seed.wrapping_add(index);
                    let (document, config) = random_input(seed, mode, fixtures, trees);
                    // The input is written to a file before the check, because a stack overflow would end the process.
                    fs::write(current_case.with_extension("yaml"), &document.text).expect("writable");
                    fs::write(current_case.with_extension("toml"), &config.text).expect("writable");
                    let _ = sender.send(Ok(seed));
                    let (result, duration) = check_case(&document, &config);
                    let memory = peak_memory();
                    slowest.fetch_max(duration.as_millis() as u64, Ordering::Relaxed);
                    if result == Ok(true) {
                        valid_count.fetch_add(1, Ordering::Relaxed);
                        let paths = valid_folder.iter().map(|folder| folder.join(format!("case-{seed}.yaml")));
                        paths.for_each(|path| fs::write(path, &document.text).expect("writable"));
                    }
                    let problem = match result {
                        Err(problem) => Some(problem),
                        Ok(_) if duration > max_duration => Some(format!("it takes {duration:?}")),
                        Ok(_) => {
                            memory.filter(|peak| *peak > MAX_MEMORY_KIB).map(|peak| format!("{peak} KiB of memory"))
                        }
                    };
                    if let Some(problem) = problem {
                        let failed_case = current_case.with_file_name(format!("failed-{seed}"));
                        fs::write(failed_case.with_extension("yaml"), &document.text).expect("writable");
                        fs::write(failed_case.with_extension("toml"), &config.text).expect("writable");
                        let _ = sender.send(Err(format!("{}.yaml: {problem}", failed_case.display())));
                    }
                }
            });
        }
        drop(sender);
        // If no case starts or ends within the maximum duration, a running case hangs.
        let (mut seeds, mut problems) = (Vec::new(), Vec::new());
        loop {
            match receiver.recv_timeout(MAX_DURATION) {
                Ok(Ok(seed)) => seeds.push(seed),
                Ok(Err(problem)) => problems.push(problem),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    eprintln!("one of these seeds hangs: {:?}", &seeds[seeds.len().saturating_sub(8)..]);
                    std::process::abort();
                }
            }
        }
        assert_eq!(seeds.len() as u64, case_count);
        let count = problems.len();
        problems.truncate(20);
        assert!(problems.is_empty(), "{count} cases fail, for example\n{}", problems.join("\n"));
    });
    println!("{} documents are valid; the slowest case took {} ms", valid_count.into_inner(), slowest.into_inner());
    if peak_memory().is_none() {
        println!("skipped: the limit of the memory, which this system does not measure");
    }
}

#[test]
fn inputs_that_caused_faults_keep_the_invariants() {
    let mut count = 0;
    for Fixture { name, document, config } in fixtures("robustness") {
        check_invariants(&document, &config).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        count += 1;
    }
    assert!(count > 0);
}

/// Checks the inputs that a fuzzer found. The test itself needs no fuzzer.
#[test]
fn the_corpus_of_the_fuzzer_keeps_the_invariants() {
    let config = Source::new("codegen.toml", "crate = { name = \"fuzzed\", version = \"0.1.0\" }");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/generate");
    let mut valid_count = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        let text = String::from_utf8_lossy(&fs::read(&path).expect("readable")).into_owned();
        let result = check_invariants(&Source::new("document.yaml", text), &config);
        valid_count += u32::from(result.unwrap_or_else(|problem| panic!("{}: {problem}", path.display())));
    }
    assert!(valid_count > 0);
}
