//! Generates a crate from files, for build scripts.

use std::env;
use std::error::Error;
use std::fmt;
use std::mem;
use std::path::{Path, PathBuf};

use syn::{AttrStyle, Attribute, Item};

use crate::diagnostics::render::Style;
use crate::fileset::FileSet;
use crate::source::Source;
use crate::{generate, output_dir, overlay_paths};

/// The files that are the root of the generated code, each with the file to include instead.
const ROOTS: [(&str, &str); 2] = [("src/lib.rs", "src/include.rs"), ("mod.rs", "include.rs")];

/// Generates a crate from an OpenAPI document, in a build script.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), bindery::GeneratorError> {
///     bindery::Generator::new("openapi.yaml").config("codegen.toml").generate()
/// }
/// ```
///
/// The file `src/lib.rs` of the same package then has one line, which makes the generated crate the content of the package:
///
/// ```ignore
/// include!(concat!(env!("OUT_DIR"), "/src/include.rs"));
/// ```
///
/// The package has the dependencies and features of the generated `Cargo.toml`, which is in the same folder. The build
/// script runs again only if the document, a file that the document refers to, an overlay, or the configuration changes. It
/// uses no network.
#[derive(Clone, Debug)]
pub struct Generator {
    document: PathBuf,
    config: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    allowed_folders: Vec<PathBuf>,
    denies_warnings: bool,
}

/// The reason why [`Generator::generate`] wrote nothing. Its diagnostics are in the output of the build script.
pub struct GeneratorError(String);

impl Generator {
    /// Creates a generator for a document. The path is relative to the current folder, which is the folder of the package in a
    /// build script.
    pub fn new(document: impl Into<PathBuf>) -> Self {
        let document = document.into();
        Self { document, config: None, out_dir: None, allowed_folders: Vec::new(), denies_warnings: false }
    }

    /// Sets the configuration. By default, this is `codegen.toml` in the folder of the document, if that file exists.
    pub fn config(mut self, path: impl Into<PathBuf>) -> Self {
        self.config = Some(path.into());
        self
    }

    /// Sets the folder of the generated files. By default, this is the environment variable `OUT_DIR`, which Cargo sets for a
    /// build script.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Allows references to files in a folder, in addition to the folder of the document.
    pub fn allow_refs(mut self, folder: impl Into<PathBuf>) -> Self {
        self.allowed_folders.push(folder.into());
        self
    }

    /// Treats warnings as errors.
    pub fn deny_warnings(mut self) -> Self {
        self.denies_warnings = true;
        self
    }

    /// Generates the crate, and prints the instructions for Cargo and the diagnostics.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read or written, or if the document or the configuration has errors. Nothing is
    /// written then.
    pub fn generate(&self) -> Result<(), GeneratorError> {
        let out_dir = self.out_dir.clone().or_else(|| env::var_os("OUT_DIR").map(PathBuf::from));
        let missing_message =
            "the environment variable `OUT_DIR` is not set; call `out_dir`, or run `generate` in a build script";
        let out_dir = out_dir.ok_or_else(|| GeneratorError(missing_message.to_owned()))?;
        let (document, config) = self.read()?;
        let (generated, mut diagnostics) = generate(&document, &config);
        diagnostics.deny(|_| self.denies_warnings);
        let rendered = diagnostics.render(&document, &config, Style::Plain);
        let Some(generated) = generated.filter(|_| !diagnostics.has_errors()) else {
            // Cargo shows the standard error of a build script that fails.
            eprint!("{rendered}");
            return Err(GeneratorError(format!("{}: {}", document.path, diagnostics.counts())));
        };
        for line in rendered.lines().filter(|line| !line.is_empty()) {
            println!("cargo::warning={line}");
        }
        let mut files = generated.files;
        add_include(&mut files, document.name())?;
        update(&out_dir, &files)
    }

    /// Reads the document and the configuration, and makes Cargo watch all files that were read.
    fn read(&self) -> Result<(Source, Source), GeneratorError> {
        // Cargo watches both files even if they cannot be read, because the build script must run again after the user
        // corrects them.
        watch(&self.document)?;
        if let Some(config) = &self.config {
            watch(config)?;
        }
        let default_config = self.document.with_file_name("codegen.toml");
        let config_path = self.config.as_deref().unwrap_or(&default_config);
        let config = Source::read_config(&self.document, self.config.as_deref())
            .map_err(|error| failed("read", config_path, &error))?;
        if self.config.is_none() && config_path.exists() {
            watch(config_path)?;
        }
        let mut overlays = Vec::new();
        for path in overlay_paths(&config) {
            watch(&path)?;
            overlays.push(Source::read_file(&path).map_err(|error| failed("read", &path, &error))?);
        }
        let document = Source::read_with_overlays(&self.document, overlays, &self.allowed_folders)
            .map_err(|error| failed("read", &self.document, &error))?;
        for file in document.files.values() {
            watch(Path::new(&file.path))?;
        }
        Ok((document, config))
    }
}

/// Makes Cargo run the build script again if a file changes.
fn watch(path: &Path) -> Result<(), GeneratorError> {
    let text = path.display().to_string();
    // A document can refer to a file with a line break in its name. Cargo would read the text after the line break as
    // an instruction.
    if text.contains(['\n', '\r']) {
        return Err(GeneratorError(format!("the path {text:?} contains a line break; rename the file")));
    }
    println!("cargo::rerun-if-changed={text}");
    Ok(())
}

/// Adds the file to include: the root of the generated code without inner attributes, which `include!` does not allow.
fn add_include(files: &mut FileSet, document: &str) -> Result<(), GeneratorError> {
    for (root_path, include_path) in ROOTS {
        let Some(text) = files.get(root_path) else { continue };
        let internal_error = |error| GeneratorError(format!("internal error: {root_path} is not valid Rust: {error}"));
        let mut root = syn::parse_file(text).map_err(internal_error)?;
        // Documentation and attributes for docs.rs are left out.
        root.attrs.retain(|attribute| !attribute.path().is_ident("doc") && !attribute.path().is_ident("cfg_attr"));
        let is_allow = |attribute: &mut Attribute| attribute.path().is_ident("allow");
        let mut allowed_lints: Vec<Attribute> = root.attrs.extract_if(.., is_allow).collect();
        allowed_lints.iter_mut().for_each(|attribute| attribute.style = AttrStyle::Outer);
        for item in &mut root.items {
            let attributes = match item {
                Item::Mod(module) => &mut module.attrs,
                Item::Use(import) => &mut import.attrs,
                _ => continue,
            };
            attributes.splice(0..0, allowed_lints.iter().cloned());
        }
        let items = mem::take(&mut root.items);
        let attributes = prettyplease::unparse(&root);
        root.attrs.clear();
        root.items = items;
        let mut include: String =
            attributes.lines().map(|line| format!("// The root of the crate needs: {line}\n")).collect();
        include += &prettyplease::unparse(&root);
        files.add(include_path, &include, document);
    }
    Ok(())
}

/// Writes the files that differ. Unchanged files keep their modification times, so that Cargo does not compile them again.
fn update(folder: &Path, files: &FileSet) -> Result<(), GeneratorError> {
    let existing_files = output_dir::read(folder, files).map_err(|error| failed("read", folder, &error))?;
    output_dir::write(folder, files, &files.drift(&existing_files)).map_err(|error| failed("write", folder, &error))
}

fn failed(action: &str, path: &Path, error: &std::io::Error) -> GeneratorError {
    GeneratorError(format!("cannot {action} {}: {error}", path.display()))
}

impl fmt::Display for GeneratorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows the same text as `Display`. If `main` of a build script returns an error, Rust prints the `Debug` output of the
/// error.
impl fmt::Debug for GeneratorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for GeneratorError {}
