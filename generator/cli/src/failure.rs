//! The result of a command that failed, and the exit codes.

use std::io;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// The part of `--help` that describes the exit codes.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  findings: errors in the document or the configuration, files that are not up to date, differences
  2  usage: wrong arguments, or no document
  3  input or output: a file, the network or the compiler could not be used";

/// The reason why a command failed, which decides the exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailureKind {
    /// The input has errors, files are not up to date, or documents differ: exit code 1.
    #[default]
    Findings,
    /// The arguments do not name what the command needs: exit code 2.
    Usage,
    /// A file, the network or the compiler could not be used: exit code 3.
    Io,
}

/// The result of a command that failed. The command wrote nothing.
#[derive(Debug, Default)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// The rendered diagnostics.
    pub diagnostics: String,
    /// Why the command failed.
    pub reason: String,
}

impl Failure {
    /// Creates a failure about the input.
    pub fn findings(diagnostics: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { kind: FailureKind::Findings, diagnostics: diagnostics.into(), reason: reason.into() }
    }

    /// Creates a failure about the arguments.
    pub fn usage(reason: impl Into<String>) -> Self {
        Self { kind: FailureKind::Usage, diagnostics: String::new(), reason: reason.into() }
    }

    /// Creates a failure of a file, the network or the compiler.
    pub fn io(reason: impl Into<String>) -> Self {
        Self { kind: FailureKind::Io, diagnostics: String::new(), reason: reason.into() }
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

/// Prints the text of a command that succeeded to standard output, or the failure to standard error.
pub fn finish(result: Result<String, Failure>) -> ExitCode {
    match result.and_then(|text| print(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}{}", failure.diagnostics, failure.reason);
            failure.exit_code()
        }
    }
}

/// Prints to standard output. Unlike `print!`, it does not panic if the reader closes a pipe early, as `head` does.
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
