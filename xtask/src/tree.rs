//! The files of the repository: what git tracks or would track.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::Stop;
use crate::run::capture;

/// Every file that is tracked, or new and not ignored.
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
    paths: Vec<String>,
}

/// A file with its text.
#[derive(Debug)]
pub(crate) struct TextFile {
    /// Relative to the root, with `/` between the parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Tree {
    pub(crate) fn read(root: &Path) -> Result<Self, Stop> {
        let mut git = Command::new("git");
        git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = match capture(&mut git) {
            Ok(listed) if listed.success => listed,
            _ => return Err(Stop::needs("git and a clone of the repository")),
        };
        let mut paths: Vec<String> = listed.stdout.split_terminator('\0').map(String::from).collect();
        // A file that was deleted and not yet committed is still listed.
        paths.retain(|path| root.join(path).is_file());
        paths.sort_unstable();
        paths.dedup();
        Ok(Self { root: root.to_owned(), paths })
    }

    /// Whether there is such a file or folder.
    pub(crate) fn holds(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The text files whose path `wanted` accepts, in order of their paths. Binary files have no text.
    pub(crate) fn texts(&self, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = TextFile> {
        self.paths.iter().filter(move |path| wanted(path)).filter_map(|path| {
            let text = String::from_utf8(fs::read(self.root.join(path)).ok()?).ok()?;
            Some(TextFile { path: path.clone(), text })
        })
    }

    /// One text file.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join(path)).ok()
    }
}
