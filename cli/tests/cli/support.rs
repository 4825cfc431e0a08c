//! A folder of files, and the command run in it.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The command, without what the tester's own terminal says about colour.
pub(crate) fn corsac() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corsac"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    command
}

/// A folder that is gone after the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names of all files, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    #[track_caller]
    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        let mut command = corsac();
        command.args(arguments).current_dir(self.0.path());
        Ran::of(command, stdin)
    }
}

/// What the command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Ran {
    #[track_caller]
    pub(crate) fn of(mut command: Command, stdin: &[u8]) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may have finished before it read all.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        let ran = Self {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
        };
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains("panicked") && !text.contains("backtrace"), "{text}");
            assert!(!text.contains('\x1b'), "colour without a terminal: {text:?}");
        }
        ran
    }

    /// The exit code and what stands on standard output, nothing standing on the other.
    ///
    /// The length of an image is the core's affair and stands as `_`.
    #[track_caller]
    pub(crate) fn assert_prints(&self, code: i32, stdout: &str) {
        assert_eq!(self.stderr, "");
        let printed = without_image_len(&self.stdout);
        assert_eq!(printed, stdout, "\n--- printed:\n{printed}\n--- expected:\n{stdout}");
        assert_eq!(self.code, Some(code));
    }

    /// Misuse: the sentence on standard error and nothing on the other.
    #[track_caller]
    pub(crate) fn assert_misuse(&self, stderr: &str) {
        assert_eq!(self.stderr, stderr, "\n--- printed:\n{}\n--- expected:\n{stderr}", self.stderr);
        assert_eq!(self.stdout, "");
        assert_eq!(self.code, Some(2));
    }

    /// The document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

fn without_image_len(text: &str) -> String {
    let Some((before, after)) = text.split_once("image of ") else {
        return text.to_owned();
    };
    let rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',');
    format!("{before}image of _{rest}")
}
