//! Compiles crates with rustc, without cargo. The dependencies are compiled once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The time after which the compiler is stopped. If a program names a thousand items that are all gone, the compiler searches similar
/// names for minutes.
const MAX_TIME: Duration = Duration::from_secs(120);

/// The error if the compiler was stopped.
pub const TOO_SLOW: &str = "the compiler was stopped";

/// The compiled dependencies of generated crates.
pub struct Dependencies {
    folder: PathBuf,
    /// The names of the crates, with their files.
    crates: Vec<(String, String)>,
}

impl Dependencies {
    /// Compiles the runtime with all its features, and the crates whose types are in generated code.
    pub fn compile(root: &Path, out: &Path, command: &str) -> Self {
        let folder = out.join("dependencies");
        fs::create_dir_all(folder.join("src")).unwrap();
        let runtime = root.join("generator/runtime");
        let manifest: toml::Table = fs::read_to_string(runtime.join("Cargo.toml")).unwrap().parse().unwrap();
        let names: Vec<&String> = manifest["dependencies"].as_table().unwrap().keys().collect();
        let mut text = format!(
            "[workspace]\n[package]\nname = \"dependencies\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n\
             bindery-runtime = {{ path = {runtime:?}, features = [\"full\", \"test-util\", \"blocking\"] }}\n"
        );
        for name in &names {
            let Some(mut dependency) = manifest["dependencies"].get(name.as_str()).cloned() else { continue };
            if let Some(table) = dependency.as_table_mut() {
                table.remove("optional");
            }
            text.push_str(&format!("{name} = {dependency}\n"));
        }
        fs::write(folder.join("Cargo.toml"), text).unwrap();
        fs::write(folder.join("src/lib.rs"), "").unwrap();
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let target = out.join("target");
        let output = Command::new(env!("CARGO"))
            .args([command, "--offline", "--message-format", "json"])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", &target)
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut crates = Vec::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            if message["reason"] != "compiler-artifact" {
                continue;
            }
            let name = message["target"]["name"].as_str().unwrap_or_default().replace('-', "_");
            let files = message["filenames"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let is_direct = names.iter().any(|direct| direct.replace('-', "_") == name) || name == "bindery_runtime";
            let extension = if command == "check" { ".rmeta" } else { ".rlib" };
            for file in files.filter(|file| file.ends_with(extension)) {
                if is_direct {
                    crates.push((name.clone(), file.to_owned()));
                }
            }
        }
        Self { folder: target.join("debug/deps"), crates }
    }

    /// Compiles a file without generating code. Returns the errors.
    pub fn check(
        &self,
        name: &str,
        file: &Path,
        features: &[String],
        extra: &[(&str, &Path)],
        out: &Path,
    ) -> Result<(), String> {
        self.rustc(name, file, ["lib", "metadata"], features, extra, out)
    }

    /// Compiles a file as this type of crate. Returns the errors.
    pub fn rustc(
        &self,
        name: &str,
        file: &Path,
        [kind, emit]: [&str; 2],
        features: &[String],
        extra: &[(&str, &Path)],
        out: &Path,
    ) -> Result<(), String> {
        let mut command = Command::new("rustc");
        // The generated client sends the name and the version of its package.
        command.env("CARGO_PKG_NAME", "the-crate").env("CARGO_PKG_VERSION", "0.1.0");
        command.args(["--edition", "2024", "--crate-type", kind, "--emit", emit, "--cap-lints", "allow"]);
        command.args(["--crate-name", name]).arg(file).arg("-o").arg(out);
        command.arg("-L").arg(format!("dependency={}", self.folder.display()));
        for feature in features {
            command.args(["--cfg", &format!("feature=\"{feature}\"")]);
        }
        for (name, file) in &self.crates {
            command.args(["--extern", &format!("{name}={file}")]);
        }
        for (name, file) in extra {
            command.args(["--extern", &format!("{name}={}", file.display())]);
        }
        let errors = out.with_extension("errors");
        let mut child = command.stderr(fs::File::create(&errors).unwrap()).spawn().unwrap();
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > MAX_TIME {
                child.kill().unwrap();
                child.wait().unwrap();
                return Err(TOO_SLOW.to_owned());
            }
            thread::sleep(Duration::from_millis(20));
        };
        if status.success() { Ok(()) } else { Err(fs::read_to_string(&errors).unwrap()) }
    }
}
