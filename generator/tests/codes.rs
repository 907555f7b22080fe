//! Every diagnostic code has a fixture that causes it. The name of the fixture begins with the code.

#![allow(clippy::expect_used, reason = "in tests and benchmarks a panic is the report")]

mod support;

use std::collections::BTreeSet;

use bindery::diagnostics::code;
use bindery::generate;
use support::fixtures;

#[test]
fn every_code_has_a_fixture_that_causes_it() {
    let mut caused_codes = BTreeSet::new();
    for fixture in fixtures("err") {
        let codes: BTreeSet<_> = fixture.diagnostics().iter().map(|diagnostic| diagnostic.code.id).collect();
        let expected = fixture.name.split('-').next().expect("a code");
        assert!(codes.contains(expected), "{} causes {codes:?}", fixture.name);
        caused_codes.extend(codes);
    }
    // No fixture causes an internal error, because an internal error is a bug.
    let codes = code::ALL.iter().filter(|code| **code != code::INTERNAL).map(|code| code.id);
    let missing: Vec<_> = codes.filter(|id| !caused_codes.contains(id)).collect();
    assert_eq!(missing, [] as [&str; 0]);
}

#[test]
fn only_errors_prevent_generation() {
    for fixture in fixtures("err") {
        let (generated, diagnostics) = generate(&fixture.document, &fixture.config);
        assert_eq!(generated.is_none(), diagnostics.has_errors(), "{}", fixture.name);
    }
}
