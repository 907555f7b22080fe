//! The command-line arguments for the format of diagnostics, denied warnings and reports.

use std::io::IsTerminal;
use std::process::ExitCode;

use bindery::diagnostics::render::Style;
use bindery::diagnostics::{Code, Diagnostics, code as codes, did_you_mean};
use bindery::source::Source;
use clap::{Args, ValueEnum};

use crate::failure::{Failure, finish, print, print_error};

/// The diagnostics to print, and their format.
#[derive(Args, Clone, Debug, Default)]
pub struct DiagnosticArgs {
    /// The format of the diagnostics.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Treat all warnings (`warnings`), or the warnings with this code, as errors. Can be repeated.
    #[arg(long, value_name = "warnings|CODE", value_parser = parse_denied)]
    pub deny: Vec<Denied>,
    /// Print notes. `unused` lists unused keywords and components. `paging` says how each list operation is paginated,
    /// or why it is not. Can be repeated.
    #[arg(long, value_enum)]
    pub report: Vec<Report>,
}

/// The formats of diagnostics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text with the source lines, in which the locations are underlined.
    #[default]
    Text,
    /// A line of JSON for each diagnostic.
    Json,
    /// Workflow commands. GitHub shows the diagnostics beside the lines of a pull request.
    Github,
}

/// The warnings to treat as errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// All warnings.
    Warnings,
    /// The warnings with a code.
    Code(Code),
}

/// The reports, which are printed as notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Report {
    /// The keywords and components that are not used.
    Unused,
    /// How each list operation is paginated.
    Paging,
}

impl DiagnosticArgs {
    /// Turns denied warnings into errors, and adds the notes of the reports.
    pub fn apply(&self, diagnostics: &mut Diagnostics, document: &Source, config: &Source) {
        diagnostics
            .deny(|code| self.deny.iter().any(|denied| *denied == Denied::Warnings || *denied == Denied::Code(code)));
        for report in &self.report {
            diagnostics.extend(match report {
                Report::Unused => bindery::unused(document, config),
                Report::Paging => bindery::paging(document, config),
            });
        }
    }
}

impl Format {
    /// Renders all diagnostics in this format.
    pub fn render(self, diagnostics: &Diagnostics, document: &Source, config: &Source, style: Style) -> String {
        match self {
            Self::Text => diagnostics.render(document, config, style),
            Self::Json => diagnostics.json(document, config),
            Self::Github => diagnostics.github(document, config),
        }
    }

    /// Prints rendered diagnostics and the result of a command, and returns the exit code. In the formats for programs,
    /// standard output contains only the diagnostics.
    pub fn finish(self, diagnostics: &str, result: Result<String, Failure>) -> ExitCode {
        match (self, result) {
            (Self::Text, Ok(summary)) => {
                if !diagnostics.is_empty() {
                    print_error(diagnostics.strip_suffix('\n').unwrap_or(diagnostics));
                }
                finish(Ok(summary + "\n"))
            }
            (Self::Text, Err(failure)) => finish(Err(Failure { diagnostics: diagnostics.to_owned(), ..failure })),
            (_, result) => {
                let printed = print(diagnostics);
                let (message, exit_code) = match result.and_then(|summary| printed.map(|()| summary)) {
                    Ok(summary) => (summary, ExitCode::SUCCESS),
                    Err(failure) => (failure.reason.clone(), failure.exit_code()),
                };
                print_error(&message);
                exit_code
            }
        }
    }
}

/// Returns the style for a stream. A terminal gets colours, unless `NO_COLOR` is set (<https://no-color.org>).
pub fn style(stream: &impl IsTerminal) -> Style {
    let is_disabled = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stream.is_terminal() && !is_disabled { Style::Color } else { Style::Plain }
}

/// Parses a diagnostic code. Returns an error if the code does not exist.
fn parse_code(id: &str) -> Result<Code, String> {
    Code::find(id).ok_or_else(|| {
        let similar = did_you_mean(&id.to_uppercase(), codes::ALL.iter().map(|code| code.id));
        let suggestion = similar.map_or_else(String::new, |code| format!("did you mean `{code}`? "));
        format!("unknown code; {suggestion}`bindery explain` lists all codes")
    })
}

/// Parses the value of `--deny`.
fn parse_denied(value: &str) -> Result<Denied, String> {
    if value == "warnings" { Ok(Denied::Warnings) } else { parse_code(value).map(Denied::Code) }
}
