//! Any bytes at all as a document. In `generator/`:
//!
//! ```sh
//! cargo install cargo-fuzz
//! cargo +nightly fuzz run bind fuzz/corpus/bind tests/fixtures/ok tests/fixtures/err tests/fixtures/keywords \
//!     tests/fixtures/robustness -- -dict=fuzz/keywords.dict -only_ascii=0 -max_len=20000 -timeout=10 -rss_limit_mb=1024
//! ```
//!
//! The folder `corpus/bind` is kept, small: new inputs come into it by `-merge=1 -max_len=700`, and `tests/robustness.rs` tries each
//! of them in every build. What it finds belongs into `tests/fixtures/robustness`, made small by `cargo +nightly fuzz tmin bind FILE`.

#![no_main]
#![allow(clippy::panic, reason = "a panic is the report")]

#[path = "../../tests/support/check_invariants.rs"]
mod invariants;

use bindery::source::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let document = Source::new("document.yaml", String::from_utf8_lossy(bytes).into_owned());
    let config = Source::new("codegen.toml", "crate = { name = \"fuzzed\", version = \"0.1.0\" }");
    if let Err(problem) = invariants::check_invariants(&document, &config) {
        panic!("{problem}");
    }
});
