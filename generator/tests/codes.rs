//! Every code of a diagnostic has a fixture that provokes it, and the fixture is named after it.

#![allow(clippy::expect_used, reason = "in tests and benchmarks a panic is the report")]

mod support;

use std::collections::BTreeSet;

use bindery::diagnostics::code;
use bindery::generate;
use support::all;

#[test]
fn every_code_has_a_fixture_that_provokes_it() {
    let mut provoked = BTreeSet::new();
    for fixture in all("err") {
        let codes: BTreeSet<_> = fixture.said().iter().map(|diagnostic| diagnostic.code.id).collect();
        let named = fixture.name.split('-').next().expect("a code");
        assert!(codes.contains(named), "{} gives {codes:?}", fixture.name);
        provoked.extend(codes);
    }
    // A mistake of the generator itself cannot be provoked from outside, or it would have been mended.
    let all = code::ALL.iter().filter(|code| **code != code::INTERNAL).map(|code| code.id);
    let without: Vec<_> = all.filter(|id| !provoked.contains(id)).collect();
    assert_eq!(without, [] as [&str; 0]);
}

#[test]
fn an_error_leaves_nothing_to_write_and_a_warning_does() {
    for fixture in all("err") {
        let (bound, diagnostics) = generate(&fixture.document, &fixture.config);
        assert_eq!(bound.is_none(), diagnostics.has_errors(), "{}", fixture.name);
    }
}
