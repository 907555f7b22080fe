//! The explanation of each diagnostic code. The text is `CODES.md`, which is also the documentation of [`code`].

use crate::diagnostics::{Code, code};

const CODES_MD: &str = include_str!("../../CODES.md");

/// Returns the section of `CODES.md` that explains a code.
pub fn explain(code: Code) -> &'static str {
    let mut sections = CODES_MD.split("\n## ").skip(1);
    sections.find_map(|section| section.strip_prefix(code.id)).map_or("", str::trim)
}

/// Returns the table of all codes, in Markdown.
pub fn table() -> String {
    let rows =
        code::ALL.iter().map(|code| format!("| [{}](#{}) | {} |\n", code.id, code.id.to_lowercase(), code.meaning));
    format!("| code | meaning |\n|---|---|\n{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_a_section_and_a_row() {
        assert!(CODES_MD.contains(&table()), "the table in generator/CODES.md must be\n{}", table());
        let unexplained: Vec<_> =
            code::ALL.iter().filter(|code| explain(**code).len() < 80).map(|code| code.id).collect();
        assert_eq!(unexplained, [] as [&str; 0]);
        assert_eq!(CODES_MD.matches("\n## ").count(), code::ALL.len());
    }
}
