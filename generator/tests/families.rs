//! The generator handles large documents of each family, with the errors and warnings that the family expects.
//!
//! Only optimized builds check the large sizes, because other builds would take too long. Other builds check small
//! sizes, at which the expected errors need not occur.

#![allow(clippy::panic, reason = "in tests and benchmarks a panic is the report")]

#[path = "support/families/mod.rs"]
mod families;

use std::collections::BTreeSet;

use bindery::diagnostics::Severity;
use bindery::diagnostics::render::Style;
use bindery::source::Source;
use families::{Family, all};

fn check(family: &Family, size: usize, is_large: bool) -> Result<(), String> {
    let document = Source::new("family.yaml", (family.document)(size));
    let config = Source::new("codegen.toml", "crate = { name = 'family', version = '0.1.0' }");
    let (generated, diagnostics) = bindery::generate(&document, &config);
    let rendered = diagnostics.render(&document, &config, Style::Plain);
    let codes = |severity| -> BTreeSet<&str> {
        diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .map(|diagnostic| diagnostic.code.id)
            .collect()
    };
    let (errors, warnings) = (codes(Severity::Error), codes(Severity::Warning));
    let expected: BTreeSet<&str> = family.errors.iter().copied().collect();
    let is_as_expected = match is_large {
        true => errors == expected && family.warning.is_none_or(|warning| warnings.contains(warning)),
        false => errors.is_subset(&expected),
    };
    if !is_as_expected || generated.is_some() != errors.is_empty() {
        let shown: String = rendered.chars().take(2_000).collect();
        return Err(format!("{} of {size}: errors {errors:?}, warnings {warnings:?}\n{shown}", family.name));
    }
    Ok(())
}

#[test]
fn every_family_has_the_expected_result() {
    let only = std::env::var("FAMILY").ok();
    let is_large = !cfg!(debug_assertions);
    let mut failures = Vec::new();
    for family in all().filter(|family| only.as_deref().is_none_or(|only| family.name == only)) {
        let size = if is_large { family.size * 10 } else { family.size.min(2_000) };
        failures.extend(check(family, size, is_large).err());
    }
    if !is_large {
        println!("skipped: the large sizes, which only optimized builds check");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
