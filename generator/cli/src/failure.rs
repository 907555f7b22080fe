//! The failures of commands, and the exit codes.

use std::io;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// The part of `--help` that describes the exit codes.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  findings: errors in the document or the configuration, files that are not up to date, documents that differ, or
     differences that an option refuses
  2  usage: wrong arguments, or no document
  3  input or output: a file, the network or the compiler could not be used";

/// The part of `bindery diff --help` that describes the exit codes.
pub const DIFF_EXIT_CODES: &str = "\
Exit codes:
  0  done, also if there are breaking changes, unless --check, --max or --deny refuses them
  1  findings: --check, --max or --deny refuses the changes, or a document or a configuration has errors
  2  usage: wrong arguments, no git repository, or a document or a revision that does not exist in it
  3  input or output: a file could not be read or written, or git could not be run";

/// The kind of failure. It determines the exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailureKind {
    /// The input has errors, files are not up to date, documents differ, or an option refuses the differences: exit code 1.
    #[default]
    Findings,
    /// An argument is missing or wrong: exit code 2.
    Usage,
    /// A file, the network or the compiler could not be used: exit code 3.
    Io,
}

/// The failure of a command.
#[derive(Debug, Default)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// The result of the command, for standard output.
    pub output: String,
    /// The rendered diagnostics.
    pub diagnostics: String,
    /// The reason why the command failed.
    pub reason: String,
}

impl Failure {
    /// Creates a failure for input with errors.
    pub fn findings(diagnostics: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { diagnostics: diagnostics.into(), reason: reason.into(), ..Self::default() }
    }

    /// Creates a failure for wrong arguments.
    pub fn usage(reason: impl Into<String>) -> Self {
        Self { kind: FailureKind::Usage, reason: reason.into(), ..Self::default() }
    }

    /// Creates a failure because a file, the network or the compiler could not be used.
    pub fn io(reason: impl Into<String>) -> Self {
        Self { kind: FailureKind::Io, reason: reason.into(), ..Self::default() }
    }

    /// Creates a failure for an error of the file system.
    pub fn file(action: &str, path: &Path, error: &io::Error) -> Self {
        Self::io(format!("cannot {action} {}: {error}", path.display()))
    }

    /// Returns the exit code.
    pub fn exit_code(&self) -> ExitCode {
        match self.kind {
            FailureKind::Findings => ExitCode::FAILURE,
            FailureKind::Usage => ExitCode::from(2),
            FailureKind::Io => ExitCode::from(3),
        }
    }
}

/// Prints the output of a command to standard output, or its failure to standard error. Returns the exit code.
pub fn finish(result: Result<String, Failure>) -> ExitCode {
    match result.and_then(|text| print(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Err(print_failure) = print(&failure.output) {
                print_error(&print_failure.reason);
            }
            print_error(&format!("{}{}", failure.diagnostics, failure.reason));
            failure.exit_code()
        }
    }
}

/// Prints a line to standard error. Errors are ignored, because there is no other stream to report them. Unlike `eprintln!`, this does not
/// panic if a program such as `head` closes the pipe early.
pub fn print_error(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints to standard output. Unlike `print!`, this does not panic if a program such as `head` closes the pipe early.
///
/// # Errors
///
/// Returns a failure if standard output cannot be written, for example because the disk is full.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::io(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
