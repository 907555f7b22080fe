//! Writes the configuration reference: the table in `docs/configuration.md`, and the JSON schema of codegen.toml.

use std::fs;
use std::path::Path;

use bindery::config;
use bindery_cli::failure::Failure;

/// The page with the table.
const PAGE: &str = "docs/configuration.md";

/// The JSON schema for editors.
const SCHEMA: &str = "docs/codegen.schema.json";

/// Updates the reference, or checks that it is up to date. Returns a summary in one line.
///
/// # Errors
///
/// Returns a failure if the check finds a difference, or the file system reports an error.
pub fn reference(check: bool) -> Result<String, Failure> {
    let page = read(PAGE)?;
    let page_with_table =
        with_table(&page).ok_or_else(|| Failure::findings("", format!("{PAGE} has no table of keys")))?;
    let schema = if Path::new(SCHEMA).exists() { read(SCHEMA)? } else { String::new() };
    let mut result = "is up to date";
    for (path, before, after) in [(PAGE, page, page_with_table), (SCHEMA, schema, config::json_schema())] {
        if before != after && check {
            let reason = format!("stale:    {path}\nto update the reference, run: cargo xtask codegen");
            return Err(Failure::findings("", reason));
        }
        if before != after {
            fs::write(path, after).map_err(|error| Failure::file("write", Path::new(path), &error))?;
            result = "was written";
        }
    }
    Ok(format!("the reference of codegen.toml {result}: {PAGE}, {SCHEMA}\n"))
}

fn read(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::file("read", Path::new(path), &error))
}

/// Returns the page with the current table of keys.
fn with_table(page: &str) -> Option<String> {
    let start = page.find("| key |")?;
    let length =
        page[start..].split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum::<usize>();
    Some([&page[..start], &config::table(), &page[start + length..]].concat())
}
