//! No input breaks the generator: documents and configurations that are broken at random, and those that once did.
//!
//! `BROKEN_CASES` says how many to try (100,000 in a release build take minutes), `BROKEN_SEED` which one to begin with.
//! A case that fails, overflows the stack or does not end is in the folder that the report names.

#![allow(clippy::expect_used, clippy::panic, reason = "in tests and benchmarks a panic is the report")]

#[path = "support/judge.rs"]
mod judge;
#[path = "support/mutate.rs"]
mod mutate;
mod support;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bindery::source::Source;
use fastrand::Rng;
use judge::judge;
use mutate::mutated;
use serde_yaml::Value;
use support::{Fixture, all};

/// How long one case may take; hundreds of times what any of them does, on a machine with other things to do.
const TIME: Duration = Duration::from_secs(60);

/// How much memory all of them together may have taken at any time, in KiB.
const MEMORY: u64 = 1 << 20;

/// The case of a seed, the fixture that it is made of among `fixtures`.
fn case(seed: u64, fixtures: &[Fixture], trees: &[Value]) -> (Source, Source) {
    let mut rng = Rng::with_seed(seed);
    let Fixture { document, config, .. } = &fixtures[rng.usize(..fixtures.len())];
    let mut broken = Source::new(document.path.as_str(), mutated(&document.text, trees, &mut rng));
    for (name, file) in &document.files {
        broken.files.insert(name.clone(), Source::new(name.as_str(), file.text.as_str()));
    }
    let config = match rng.u8(..16) {
        0 => mutated(&config.text, &[], &mut rng),
        _ => config.text.clone(),
    };
    (broken, Source::new("codegen.toml", config))
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
    let (cases, first) = (from_env("BROKEN_CASES", 150), from_env("BROKEN_SEED", 0));
    println!("BROKEN_CASES={cases} BROKEN_SEED={first}");
    let fixtures: Vec<Fixture> = ["ok", "err", "keywords", "broken"].into_iter().flat_map(all).collect();
    let trees: Vec<Value> = fixtures.iter().filter_map(|one| serde_yaml::from_str(&one.document.text).ok()).collect();
    let (next, bound, (said, answers)) = (AtomicU64::new(0), AtomicU64::new(0), mpsc::channel());
    thread::scope(|scope| {
        for worker in 0..thread::available_parallelism().map_or(1, usize::from) {
            let (next, bound, fixtures, trees, said) = (&next, &bound, &fixtures, &trees, said.clone());
            scope.spawn(move || {
                let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("broken-{worker}"));
                while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < cases) {
                    let seed = first.wrapping_add(index);
                    let (document, config) = case(seed, fixtures, trees);
                    // A stack that overflows takes the report with it; what did it is on disk then.
                    fs::write(kept.with_extension("yaml"), &document.text).expect("writable");
                    fs::write(kept.with_extension("toml"), &config.text).expect("writable");
                    let started = Instant::now();
                    let _ = said.send(Ok(seed));
                    let judged = catch_unwind(AssertUnwindSafe(|| judge(&document, &config)));
                    let judged = judged.unwrap_or_else(|_| Err("it panics".to_owned()));
                    if judged == Ok(true) {
                        bound.fetch_add(1, Ordering::Relaxed);
                    }
                    let (time, memory) = (started.elapsed(), memory());
                    let problem = match judged {
                        Err(problem) => Some(problem),
                        Ok(_) if time > TIME => Some(format!("it takes {time:?}")),
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
    println!("{} of them were bound", bound.into_inner());
    if memory().is_none() {
        println!("skipped: this system does not say how much memory was taken");
    }
}

#[test]
fn what_has_broken_it_once_does_no_more() {
    let mut count = 0;
    for Fixture { name, document, config } in all("broken") {
        judge(&document, &config).unwrap_or_else(|problem| panic!("{name}: {problem}"));
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
        let judged = judge(&Source::new("document.yaml", text), &config);
        bound += u32::from(judged.unwrap_or_else(|problem| panic!("{}: {problem}", path.display())));
    }
    assert!(bound > 0);
}
