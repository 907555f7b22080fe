//! Runs git for the repository that contains a document.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use fs_err as fs;

use crate::failure::Failure;
use crate::inputs::folder_of;

/// The variables with which git tells a hook its repository. A document may be in another repository, and the paths in the variables
/// may be relative to another folder.
const HOOK_VARIABLES: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"];

/// A git repository with a working folder.
pub struct Repository {
    /// The real path of the working folder.
    root: PathBuf,
    /// Whether the variables of the environment name the repository, because no folder above the document is a repository.
    is_from_environment: bool,
}

impl Repository {
    /// Finds the repository that contains a file.
    ///
    /// # Errors
    ///
    /// Returns a failure if git is not installed, or the file is not in a repository.
    pub fn containing(file: &Path) -> Result<Self, Failure> {
        let folder = folder_of(file);
        let find = |is_from_environment| {
            let root = run(command(folder, is_from_environment).args(["rev-parse", "--show-toplevel"]))?;
            let root = PathBuf::from(root.trim_end_matches(['\n', '\r']));
            let root = fs::canonicalize(&root).map_err(|error| Failure::file("read", &root, &error))?;
            Ok(Self { root, is_from_environment })
        };
        let names_folders = ["GIT_DIR", "GIT_WORK_TREE"].iter().all(|variable| std::env::var_os(variable).is_some());
        find(false).or_else(|failure: Failure| match names_folders.then(|| find(true)) {
            Some(Ok(repository)) => Ok(repository),
            _ => {
                let file = file.display();
                Err(Failure { reason: format!("no git repository is found for {file}: {}", failure.reason), ..failure })
            }
        })
    }

    /// Returns a command of git that runs in the working folder.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = command(&self.root, self.is_from_environment);
        command.args(arguments);
        command
    }

    /// Runs git in the working folder, and returns its output.
    ///
    /// # Errors
    ///
    /// Returns a failure with the message of git.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<String, Failure> {
        run(&mut self.command(arguments))
    }

    /// Returns the path of a file relative to the working folder. Symbolic links in the working folder are not resolved, because
    /// they may have other targets at a revision.
    ///
    /// # Errors
    ///
    /// Returns a failure if the file is not in the working folder.
    pub fn relative(&self, path: &Path) -> Result<PathBuf, Failure> {
        let failure = |error| Failure::file("read", path, &error);
        let absolute = std::path::absolute(path).map_err(failure)?;
        let is_normal = !absolute.components().any(|component| component == Component::ParentDir);
        let is_root = |folder: &&Path| std::fs::canonicalize(folder).is_ok_and(|folder| folder == self.root);
        if let Some(root) = absolute.ancestors().find(is_root).filter(|_| is_normal)
            && let Ok(relative) = absolute.strip_prefix(root)
        {
            return Ok(relative.to_owned());
        }
        // A symbolic link or `..` leads into the working folder.
        let real_path = match path.file_name() {
            Some(name) => fs::canonicalize(folder_of(path)).map_err(failure)?.join(name),
            None => fs::canonicalize(path).map_err(failure)?,
        };
        let relative = real_path.strip_prefix(&self.root).map(Path::to_owned);
        relative
            .map_err(|_| Failure::usage(format!("{} is not in the repository {}", path.display(), self.root.display())))
    }

    /// Returns the ID of the commit that a revision names, such as `main` or `HEAD~1`.
    ///
    /// # Errors
    ///
    /// Returns a failure if the revision does not exist, or is not one commit.
    pub fn commit(&self, revision: &str) -> Result<String, Failure> {
        // `^main` means all commits except those of `main`.
        let is_name = !revision.is_empty() && !revision.starts_with(['-', '^']);
        let commit = format!("{revision}^{{commit}}");
        let found = is_name
            .then(|| self.run(["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]))
            .and_then(Result::ok)
            .and_then(|output| output.lines().last().map(str::to_owned));
        found.ok_or_else(|| {
            let root = self.root.display();
            let help = match self.is_shallow() {
                true => "this clone is shallow, so fetch the history first, as with `git fetch --unshallow`",
                false if !self.has_commits() => "it has no commit yet, so commit the old version first",
                false => "a branch of a server has a name such as `origin/main`, after `git fetch origin`",
            };
            Failure::usage(format!("`{revision}` is not a commit, branch or tag of the repository {root}; {help}"))
        })
    }

    /// Returns the last commit that a commit and HEAD have in common. Returns `None` if there is none.
    pub fn merge_base(&self, commit: &str) -> Option<String> {
        self.run(["merge-base", commit, "HEAD"]).ok().map(|output| output.trim_end().to_owned())
    }

    /// Returns whether a branch or a tag has a commit.
    fn has_commits(&self) -> bool {
        self.run(["rev-list", "--max-count=1", "--all"]).is_ok_and(|output| !output.is_empty())
    }

    /// Returns the content of a file of a submodule at a commit of the submodule. Returns `None` if the submodule is not checked out, or
    /// does not have the commit or the file.
    pub fn submodule_file(&self, submodule: &Path, commit: &str, file: &Path) -> Option<Vec<u8>> {
        let mut command = command(&self.root.join(submodule), false);
        command.args(["cat-file", "blob", &format!("{commit}:{}", file.to_str()?)]);
        let output = command.output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    /// Returns whether the working folder has a file or folder with a path relative to it.
    pub fn has_file(&self, path: &Path) -> bool {
        self.root.join(path).exists()
    }

    /// Returns whether the history was cut off when the repository was cloned.
    pub fn is_shallow(&self) -> bool {
        self.run(["rev-parse", "--is-shallow-repository"]).is_ok_and(|output| output.trim_end() == "true")
    }

    /// Returns a map from the new path of each renamed file to its path at the commit. A new file that git does not track is not
    /// recognised.
    ///
    /// # Errors
    ///
    /// Returns a failure if git fails.
    pub fn renames_since(&self, commit: &str) -> Result<HashMap<PathBuf, PathBuf>, Failure> {
        let options = ["--no-ext-diff", "--no-relative", "--name-status", "-z", "--find-renames", "--diff-filter=R"];
        let output = self.run(["diff"].into_iter().chain(options).chain([commit, "--"]))?;
        // A status, the old path, and the new path.
        let parts: Vec<&str> = output.split('\0').collect();
        let renames = parts.chunks_exact(3).filter_map(|rename| match rename {
            [_, old, new] => Some((PathBuf::from(new), PathBuf::from(old))),
            _ => None,
        });
        Ok(renames.collect())
    }

    /// Returns the path that the repository tracks for a file: the folder of its submodule, or the file itself.
    fn tracked_path(&self, file: PathBuf) -> PathBuf {
        let folders = file.ancestors().skip(1).take_while(|folder| *folder != self.root);
        let submodule = folders.filter(|folder| folder.join(".git").exists()).last().map(Path::to_owned);
        submodule.unwrap_or(file)
    }

    /// Returns whether files differ from the last commit. Returns `false` before the first commit.
    pub fn is_changed(&self, files: &[&Path]) -> bool {
        let files =
            files.iter().filter_map(|path| std::fs::canonicalize(path).ok()).map(|path| self.tracked_path(path));
        let mut command = self.command(["diff", "--quiet", "HEAD", "--"]);
        // git returns 1 for a difference, and larger codes for errors.
        command.args(files).stderr(Stdio::null()).status().is_ok_and(|status| status.code() == Some(1))
    }
}

fn command(folder: &Path, is_from_environment: bool) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    // A name such as `pets[1].yaml` is not a pattern, and `git diff` must not lock the index of a commit in progress.
    command.env("GIT_LITERAL_PATHSPECS", "1").env("GIT_OPTIONAL_LOCKS", "0");
    for variable in HOOK_VARIABLES {
        // The paths are relative to the current folder, and not to the folder in which git runs.
        match std::env::var_os(variable).and_then(|path| std::path::absolute(path).ok()) {
            Some(path) if is_from_environment => command.env(variable, path),
            _ => command.env_remove(variable),
        };
    }
    command
}

fn run(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(|error| Failure::io(format!("cannot run git: {error}")))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Failure::usage(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}
