//! What must hold of any input whatever: it is bound or refused with a reason, and nothing else happens.

use bindery::diagnostics::render::Style;
use bindery::source::Source;

/// Binds a document, and says whether it could be.
///
/// # Errors
///
/// What should not have happened.
pub fn check_invariants(document: &Source, config: &Source) -> Result<bool, String> {
    let (bound, diagnostics) = bindery::generate(document, config);
    let rendered = diagnostics.render(document, config, Style::Plain);
    let demand = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("{what}\n{rendered}")) };
    demand(bound.is_none() == diagnostics.has_errors(), "refused without a reason, or bound in spite of one")?;
    demand(rendered.is_empty() == (diagnostics.iter().count() == 0), "a diagnostic is not shown")?;
    for one in diagnostics.iter() {
        demand(one.code != bindery::diagnostics::code::INTERNAL, "the generator says that it is wrong")?;
        demand(!one.message.is_empty() && !one.help.is_empty(), "a diagnostic without words")?;
        for place in [&one.location].into_iter().chain(one.related.iter().map(|(place, _)| place)) {
            let (source, range) = place.resolve(document, config);
            let inside = source.text.get(range).is_some();
            demand(inside, &format!("`{}` is at no place: {place:?}", one.message))?;
        }
    }
    for (path, text) in bound.iter().flat_map(|bound| bound.files.iter()) {
        let copied = path.starts_with("src/runtime/");
        if path.ends_with(".rs") && !copied {
            demand(syn::parse_file(text).is_ok(), &format!("{path} is no Rust:\n{text}"))?;
        }
    }
    Ok(bound.is_some())
}
