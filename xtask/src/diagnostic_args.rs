//! How tasks say what is wrong with a document: in which form, and what of it stops them.

use std::io::IsTerminal;

use bindery::diagnostics::render::Style;
use bindery::diagnostics::{Code, Diagnostics, code as codes, did_you_mean};
use bindery::source::Source;
use clap::{Args, ValueEnum};

/// What is said of a document, and how.
#[derive(Args, Clone, Debug, Default)]
pub struct Said {
    /// How to say what is wrong with the document.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Take warnings for errors: all of them (`warnings`), or those of a code. Can be given several times.
    #[arg(long, value_name = "warnings|CODE", value_parser = denied)]
    pub deny: Vec<Denied>,
    /// Say more: `unused` lists the keywords that nothing is made of and the components that nothing refers to, `paging` how
    /// each list operation is paginated, or why it is not. Can be given several times.
    #[arg(long, value_enum)]
    pub report: Vec<Report>,
}

/// The forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The lines of the document, with the places underlined.
    #[default]
    Text,
    /// An object for each diagnostic, on a line of its own.
    Json,
    /// Workflow commands, which GitHub shows at the lines of a pull request.
    Github,
}

/// Which warnings are errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// All.
    Warnings,
    /// Those of a code.
    Code(Code),
}

/// What can be said beside what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Report {
    /// What of the document nothing is made of.
    Unused,
    /// How each list operation is paginated.
    Paging,
}

impl Said {
    /// Makes errors of what is denied, and adds what is asked for.
    pub fn apply(&self, diagnostics: &mut Diagnostics, document: &Source, config: &Source) {
        diagnostics
            .deny(|code| self.deny.iter().any(|denied| *denied == Denied::Warnings || *denied == Denied::Code(code)));
        for report in &self.report {
            diagnostics.extend(match report {
                Report::Unused => bindery::unused(document),
                Report::Paging => bindery::paging(document, config),
            });
        }
    }
}

impl Format {
    /// All diagnostics in this form.
    pub fn draw(self, diagnostics: &Diagnostics, document: &Source, config: &Source, style: Style) -> String {
        match self {
            Self::Text => diagnostics.render(document, config, style),
            Self::Json => diagnostics.json(document, config),
            Self::Github => diagnostics.github(document, config),
        }
    }

    /// Prints what is said of a document, and how a task has ended. What is for machines has the standard output to
    /// itself.
    pub fn print(self, said: &str, end: Result<&str, &str>) {
        match (self, end) {
            (Self::Text, Ok(end)) => {
                eprint!("{said}");
                println!("{end}");
            }
            (Self::Text, Err(end)) => eprintln!("{said}{end}"),
            (_, Ok(end) | Err(end)) => {
                print!("{said}");
                eprintln!("{end}");
            }
        }
    }
}

/// Colours for a terminal, unless `NO_COLOR` is set to anything: <https://no-color.org>.
pub fn style(stream: &impl IsTerminal) -> Style {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stream.is_terminal() && !unwanted { Style::Color } else { Style::Plain }
}

/// A code by its name.
///
/// # Errors
///
/// There is none of that name.
pub fn code(id: &str) -> Result<Code, String> {
    Code::find(id).ok_or_else(|| {
        let near = did_you_mean(&id.to_uppercase(), codes::ALL.iter().map(|code| code.id));
        let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        format!("there is no such code; {near}`cargo xtask explain` lists them")
    })
}

fn denied(what: &str) -> Result<Denied, String> {
    if what == "warnings" { Ok(Denied::Warnings) } else { code(what).map(Denied::Code) }
}
