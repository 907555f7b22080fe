//! No input breaks the generator: documents and configurations that are changed at random, and those that once did.
//!
//! A document is either broken (`mutate`) or gets schemas that combine each other (`compose`).
//!
//! | variable | meaning |
//! |---|---|
//! | `ROBUSTNESS_CASES` | how many cases to try; 100,000 in a release build take minutes |
//! | `ROBUSTNESS_SEED` | the first of them |
//! | `ROBUSTNESS_MODE` | `mutate` or `compose`, to try one of the two alone |
//! | `ROBUSTNESS_MILLISECONDS` | the time that a case may take; a case that takes longer fails |
//! | `ROBUSTNESS_KEEP` | a folder for the documents that are generated, for `cargo xtask corpus` |
//!
//! A case that fails, overflows the stack or does not end is in the folder that the report names.

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
use support::{Fixture, all};

/// How long one case may take if nothing else is said, on a machine with other things to do; what takes longer hangs.
const TIME: Duration = Duration::from_secs(60);

/// How documents are changed.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Mutate,
    Compose,
}

/// How much memory all of them together may have taken at any time, in KiB.
const MEMORY: u64 = 1 << 20;

/// The case of a seed, the fixture that it is made of among `fixtures`.
fn case(seed: u64, mode: Option<Mode>, fixtures: &[Fixture], trees: &[Value]) -> (Source, Source) {
    let mut rng = Rng::with_seed(seed);
    let Fixture { document, config, .. } = &fixtures[rng.usize(..fixtures.len())];
    let mode = mode.unwrap_or(if seed.is_multiple_of(2) { Mode::Mutate } else { Mode::Compose });
    let text = match mode {
        Mode::Mutate => mutated(&document.text, trees, &mut rng),
        Mode::Compose => composed(&document.text, &mut rng),
    };
    let mut broken = Source::new(document.path.as_str(), text);
    for (name, file) in &document.files {
        broken.files.insert(name.clone(), Source::new(name.as_str(), file.text.as_str()));
    }
    let config = match rng.u8(..16) {
        0 if mode == Mode::Mutate => mutated(&config.text, &[], &mut rng),
        _ => config.text.clone(),
    };
    (broken, Source::new("codegen.toml", config))
}

/// The time that this thread has run for, where the system says so: other programs do not count.
fn running_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The most memory that this process has had so far, in KiB, where the system says so.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[test]
fn no_input_is_too_broken_to_be_answered() {
    let from_env = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
    };
    let (cases, first) = (from_env("ROBUSTNESS_CASES", 150), from_env("ROBUSTNESS_SEED", 0));
    let limit = Duration::from_millis(from_env("ROBUSTNESS_MILLISECONDS", TIME.as_millis() as u64));
    let mode = match std::env::var("ROBUSTNESS_MODE").as_deref() {
        Ok("mutate") => Some(Mode::Mutate),
        Ok("compose") => Some(Mode::Compose),
        Ok(other) => panic!("ROBUSTNESS_MODE={other}"),
        Err(_) => None,
    };
    let keep = std::env::var_os("ROBUSTNESS_KEEP").map(PathBuf::from);
    println!("ROBUSTNESS_CASES={cases} ROBUSTNESS_SEED={first}");
    let fixtures: Vec<Fixture> = ["ok", "err", "keywords", "robustness"].into_iter().flat_map(all).collect();
    let trees: Vec<Value> = fixtures.iter().filter_map(|one| serde_yaml::from_str(&one.document.text).ok()).collect();
    let (next, bound, slowest, (said, answers)) =
        (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), mpsc::channel());
    thread::scope(|scope| {
        for worker in 0..thread::available_parallelism().map_or(1, usize::from) {
            let (next, bound, fixtures, trees, said) = (&next, &bound, &fixtures, &trees, said.clone());
            let (keep, slowest) = (&keep, &slowest);
            scope.spawn(move || {
                let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("broken-{worker}"));
                while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < cases) {
                    let seed = first.wrapping_add(index);
                    let (document, config) = case(seed, mode, fixtures, trees);
                    // A stack that overflows takes the report with it; what did it is on disk then.
                    fs::write(kept.with_extension("yaml"), &document.text).expect("writable");
                    fs::write(kept.with_extension("toml"), &config.text).expect("writable");
                    let (started, before) = (Instant::now(), running_time());
                    let _ = said.send(Ok(seed));
                    let judged = catch_unwind(AssertUnwindSafe(|| check_invariants(&document, &config)));
                    let judged = judged.unwrap_or_else(|_| Err("it panics".to_owned()));
                    let ran = running_time().zip(before).map(|(after, before)| after.saturating_sub(before));
                    let (time, memory) = (ran.unwrap_or_else(|| started.elapsed()), memory());
                    slowest.fetch_max(time.as_millis() as u64, Ordering::Relaxed);
                    if judged == Ok(true) {
                        bound.fetch_add(1, Ordering::Relaxed);
                        let kept = keep.iter().map(|folder| folder.join(format!("case-{seed}.yaml")));
                        kept.for_each(|path| fs::write(path, &document.text).expect("writable"));
                    }
                    let problem = match judged {
                        Err(problem) => Some(problem),
                        Ok(_) if time > limit => Some(format!("it takes {time:?}")),
                        Ok(_) => memory.filter(|peak| *peak > MEMORY).map(|peak| format!("{peak} KiB of memory")),
                    };
                    if let Some(problem) = problem {
                        let here = kept.with_file_name(format!("broken-{seed}"));
                        fs::write(here.with_extension("yaml"), &document.text).expect("writable");
                        fs::write(here.with_extension("toml"), &config.text).expect("writable");
                        let _ = said.send(Err(format!("{}.yaml: {problem}", here.display())));
                    }
                }
            });
        }
        drop(said);
        // What does not end says nothing; nothing else does for that long.
        let (mut last, mut problems) = (Vec::new(), Vec::new());
        loop {
            match answers.recv_timeout(TIME) {
                Ok(Ok(seed)) => last.push(seed),
                Ok(Err(problem)) => problems.push(problem),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    eprintln!("one of these does not end: {:?}", &last[last.len().saturating_sub(8)..]);
                    std::process::abort();
                }
            }
        }
        assert_eq!(last.len() as u64, cases);
        let count = problems.len();
        problems.truncate(20);
        assert!(problems.is_empty(), "{count} cases, among them\n{}", problems.join("\n"));
    });
    println!("{} of them were bound; the slowest took {} ms", bound.into_inner(), slowest.into_inner());
    if memory().is_none() {
        println!("skipped: this system does not say how much memory was taken");
    }
}

#[test]
fn what_has_broken_it_once_does_no_more() {
    let mut count = 0;
    for Fixture { name, document, config } in all("robustness") {
        check_invariants(&document, &config).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        count += 1;
    }
    assert!(count > 0);
}

/// What the fuzzer has found to go ways of its own, in a build for everybody.
#[test]
fn the_corpus_of_the_fuzzer_is_answered() {
    let config = Source::new("codegen.toml", "crate = { name = \"fuzzed\", version = \"0.1.0\" }");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/bind");
    let mut bound = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        let text = String::from_utf8_lossy(&fs::read(&path).expect("readable")).into_owned();
        let judged = check_invariants(&Source::new("document.yaml", text), &config);
        bound += u32::from(judged.unwrap_or_else(|problem| panic!("{}: {problem}", path.display())));
    }
    assert!(bound > 0);
}
