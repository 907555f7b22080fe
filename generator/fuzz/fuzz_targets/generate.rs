//! Checks the invariants of the generator for random bytes as a document. Run it in `generator/`:
//!
//! ```sh
//! cargo install cargo-fuzz
//! cargo +nightly fuzz run generate fuzz/corpus/generate tests/fixtures/ok tests/fixtures/err tests/fixtures/keywords \
//!     tests/fixtures/robustness -- -dict=fuzz/keywords.dict -only_ascii=0 -max_len=20000 -timeout=10 -rss_limit_mb=1024
//! ```
//!
//! The folder `corpus/generate` is committed. It stays small: add inputs with `-merge=1 -max_len=700`. `tests/robustness.rs` runs each
//! of them. Shorten an input that fails with `cargo +nightly fuzz tmin generate FILE`, and add it to `tests/fixtures/robustness`.

#![no_main]
#![allow(clippy::panic, reason = "a panic is the report")]

#[path = "../../tests/support/invariants.rs"]
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
