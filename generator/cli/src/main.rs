//! The command line of `bindery`.

// `println!` panics if a program such as `head` closes the pipe early.
#![warn(clippy::print_stderr, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery_cli::diagnostic_args::DiagnosticArgs;
use bindery_cli::explain::AnyCode;
use bindery_cli::failure::{DIFF_EXIT_CODES, EXIT_CODES, Failure, finish};
use bindery_cli::inputs::{CONFIG_NAME, Inputs, References, shell_word};
use bindery_cli::{diff, explain, generate, init, mock, stats};
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

/// The generator allocates millions of small values. For a large document, this allocator saves a quarter of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Generates a Rust client crate from an OpenAPI document.
///
/// If no command is given and the current folder has a codegen.toml, the command is `generate`.
#[derive(Parser)]
#[command(name = "bindery", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Write a commented codegen.toml for a document.
    #[command(after_help = EXIT_CODES)]
    Init {
        /// The OpenAPI document.
        #[arg(value_name = "DOCUMENT")]
        document: PathBuf,
        /// The file to write. Default: `codegen.toml` in the current folder.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        references: References,
    },
    /// Generate a crate.
    #[command(after_help = EXIT_CODES)]
    Generate {
        #[command(flatten)]
        output: Output,
        /// Also write the document as it is after its overlays.
        #[arg(long, value_name = "FILE")]
        write_effective: Option<PathBuf>,
    },
    /// List the generated files that are not up to date, and fail if there are any. Write nothing.
    #[command(after_help = EXIT_CODES)]
    Check(Output),
    /// Say what a change of the document does to Rust callers: which programs break, and what the next version is.
    #[command(after_help = DIFF_EXIT_CODES)]
    Diff(Box<diff::Options>),
    /// Start a mock server.
    #[command(after_help = EXIT_CODES)]
    Mock {
        #[command(flatten)]
        inputs: Inputs,
        #[command(flatten)]
        server: mock::ServerArgs,
    },
    /// Explain the code of a diagnostic or of a change, or list all codes.
    Explain {
        /// The code, such as `B0201` or `D0721`.
        #[arg(value_name = "CODE", value_parser = AnyCode::parse)]
        code: Option<AnyCode>,
    },
    /// Count the operations and schemas of a document, its unsupported keywords, and the generated files.
    #[command(after_help = EXIT_CODES)]
    Stats(Inputs),
    /// Print the JSON schema of codegen.toml. Editors use the schema to complete and check keys.
    Schema,
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// The arguments of `generate` and `check`.
#[derive(clap::Args, Default)]
struct Output {
    #[command(flatten)]
    inputs: Inputs,
    /// The folder of the generated crate, module or workspace. Default: a folder with the name of the crate in the current
    /// folder. For a workspace, the folder of codegen.toml.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    diagnostics: DiagnosticArgs,
}

impl Output {
    fn run(self, check: bool, write_effective: Option<PathBuf>) -> ExitCode {
        let mut update_command = String::from("bindery generate");
        self.inputs.append_to(&mut update_command);
        if let Some(out) = &self.out {
            update_command.push_str(&format!(" --out {}", shell_word(out)));
        }
        let Self { inputs, out, diagnostics } = self;
        generate::run(&generate::Options { inputs, out, check, write_effective, diagnostics, update_command })
    }
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        None if Path::new(CONFIG_NAME).exists() => Output::default().run(false, None),
        None => no_command(),
        Some(Command::Init { document, config, references }) => {
            finish(init::init(&init::Options { document, config, references }))
        }
        Some(Command::Generate { output, write_effective }) => output.run(false, write_effective),
        Some(Command::Check(output)) => output.run(true, None),
        Some(Command::Diff(options)) => finish(diff::diff(&options)),
        Some(Command::Mock { inputs, server }) => finish(mock::run(&inputs, &server).map(|()| String::new())),
        Some(Command::Explain { code }) => finish(Ok(code.map_or_else(explain::list, |code| code.explanation(None)))),
        Some(Command::Stats(inputs)) => finish(stats::stats(&inputs)),
        Some(Command::Schema) => finish(Ok(bindery::config::json_schema())),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "bindery", &mut script);
            finish(Ok(String::from_utf8_lossy(&script).into_owned()))
        }
    }
}

/// Reports that there is neither a command nor a configuration.
fn no_command() -> ExitCode {
    finish(Err(Failure::usage(format!(
        "{}\nno command is given, and the current folder has no `{CONFIG_NAME}`; start with `bindery init openapi.yaml`",
        Arguments::command().render_help()
    ))))
}
