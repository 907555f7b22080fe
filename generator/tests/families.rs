//! The generator takes families of documents at their large size, and makes of each what the family says.
//!
//! A build with optimizations takes seconds for the large sizes. Others take the small ones, of which only the end is
//! certain: what a family is refused for is met at the large size.

#![allow(clippy::panic, reason = "in tests and benchmarks a panic is the report")]

#[path = "support/families/mod.rs"]
mod families;

use std::collections::BTreeSet;

use bindery::diagnostics::Severity;
use bindery::diagnostics::render::Style;
use bindery::source::Source;
use families::{Family, all};

fn check(family: &Family, size: usize, large: bool) -> Result<(), String> {
    let document = Source::new("family.yaml", (family.document)(size));
    let config = Source::new("codegen.toml", "crate = { name = 'family', version = '0.1.0' }");
    let (generated, diagnostics) = bindery::generate(&document, &config);
    let rendered = diagnostics.render(&document, &config, Style::Plain);
    let codes = |severity| -> BTreeSet<&str> {
        diagnostics.iter().filter(|one| one.severity == severity).map(|one| one.code.id).collect()
    };
    let (errors, warnings) = (codes(Severity::Error), codes(Severity::Warning));
    let expected: BTreeSet<&str> = family.errors.iter().copied().collect();
    let as_expected = match large {
        true => errors == expected && family.warning.is_none_or(|warning| warnings.contains(warning)),
        false => errors.is_subset(&expected),
    };
    if !as_expected || generated.is_some() != errors.is_empty() {
        let shown: String = rendered.chars().take(2_000).collect();
        return Err(format!("{} of {size}: errors {errors:?}, warnings {warnings:?}\n{shown}", family.name));
    }
    Ok(())
}

#[test]
fn every_family_ends_as_it_says() {
    let only = std::env::var("FAMILY").ok();
    let large = !cfg!(debug_assertions);
    let mut wrong = Vec::new();
    for family in all().filter(|family| only.as_deref().is_none_or(|only| family.name == only)) {
        let size = if large { family.size * 10 } else { family.size.min(2_000) };
        wrong.extend(check(family, size, large).err());
    }
    if !large {
        println!("skipped: the large sizes, which a build with optimizations takes");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
