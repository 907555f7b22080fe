//! Checks the properties that the result of the generator must have for any input.

use bindery::diagnostics::render::Style;
use bindery::source::Source;

/// Generates a crate from a document. Returns whether the document is valid.
///
/// # Errors
///
/// Returns a description of the first property that the result does not have.
pub fn check_invariants(document: &Source, config: &Source) -> Result<bool, String> {
    let (generated, diagnostics) = bindery::generate(document, config);
    let rendered = diagnostics.render(document, config, Style::Plain);
    let require = |holds: bool, problem: &str| if holds { Ok(()) } else { Err(format!("{problem}\n{rendered}")) };
    require(generated.is_none() == diagnostics.has_errors(), "a crate despite an error, or no crate and no error")?;
    require(rendered.is_empty() == (diagnostics.iter().count() == 0), "diagnostics are not rendered")?;
    for diagnostic in diagnostics.iter() {
        require(diagnostic.code != bindery::diagnostics::code::INTERNAL, "an internal error is reported")?;
        require(
            !diagnostic.message.is_empty() && !diagnostic.help.is_empty(),
            "a diagnostic has no message or no help",
        )?;
        for location in
            [&diagnostic.location].into_iter().chain(diagnostic.related.iter().map(|(location, _)| location))
        {
            let (source, range) = location.resolve(document, config);
            let is_valid = source.text.get(range).is_some();
            require(is_valid, &format!("`{}` has an invalid location: {location:?}", diagnostic.message))?;
        }
    }
    for (path, text) in generated.iter().flat_map(|generated| generated.files.iter()) {
        let is_copied = path.starts_with("src/runtime/");
        if path.ends_with(".rs") && !is_copied {
            require(syn::parse_file(text).is_ok(), &format!("{path} is not valid Rust:\n{text}"))?;
        }
    }
    Ok(generated.is_some())
}
