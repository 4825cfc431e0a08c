//! Running commands: shown before they start, their output passed on as it comes.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::report::{Outcome, Stop, Tally};

/// The cargo that started this program, in the given folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

/// Where build output goes: as cargo decides it, but for the `[build]` table of a configuration file.
pub(crate) fn target_dir(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}

/// A folder with nothing in it.
pub(crate) fn emptied(folder: &Path) -> Result<PathBuf, Stop> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|error| Stop::failed(format!("cannot make {}: {error}", folder.display())))?;
    Ok(folder.to_owned())
}

/// Runs the command with the terminal as its own; passed when it succeeds.
pub(crate) fn pass(command: &mut Command) -> Outcome {
    show(command);
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    if status.success() {
        Ok(Tally::PASSED)
    } else {
        Err(Stop::failed(format!("{} ended with {status}", line(command))))
    }
}

/// Runs the command, hands each line that it prints to `see` after passing it on, and tells whether it succeeded.
fn watch(command: &mut Command, mut see: impl FnMut(&str)) -> Result<bool, Stop> {
    show(command);
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| could_not_start(command, &error))?;
    let mut output = BufReader::new(child.stdout.take().ok_or_else(|| Stop::failed("no output to read"))?);
    let mut bytes = Vec::new();
    let broken = |error| Stop::failed(format!("cannot read what {} prints: {error}", line(command)));
    while output.read_until(b'\n', &mut bytes).map_err(broken)? > 0 {
        // Who reads our output may have gone; the checks go on.
        let _ = stdout().write_all(&bytes).and_then(|()| stdout().flush());
        see(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    child.wait().map(|status| status.success()).map_err(broken)
}

/// Runs tests that say in a line of theirs, which `count` reads, how many came out how.
pub(crate) fn count(command: &mut Command, count: impl Fn(&str) -> Option<Tally>) -> Outcome {
    let mut total = Tally::default();
    let finished = watch(command, |line| {
        if let Some(tally) = count(line) {
            total += tally;
        }
    })?;
    match total {
        Tally { failed: 0, .. } if !finished => Err(Stop::failed("the tests did not get to their end")),
        Tally { passed: 0, failed: 0, .. } => Err(Stop::failed("no test ran")),
        counted => Ok(counted),
    }
}

/// What a command printed, and whether it succeeded.
pub(crate) struct Captured {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the command in silence.
pub(crate) fn capture(command: &mut Command) -> Result<Captured, Stop> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| could_not_start(command, &error))?;
    Ok(Captured {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Prints the command as a person would type it.
pub(crate) fn show(command: &Command) {
    println!("$ {}", line(command));
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    let words = core::iter::once(program).chain(command.get_args());
    // A program as an argument is no part of what a person would type.
    words
        .filter(|word| !word.as_encoded_bytes().contains(&b'\n'))
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

fn could_not_start(command: &Command, error: &std::io::Error) -> Stop {
    Stop::failed(format!("cannot run {}: {error}", line(command)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("/somewhere/bin/cargo");
        command.args(["test", "--workspace"]);
        assert_eq!(line(&command), "cargo test --workspace");
    }

    #[test]
    fn a_program_that_is_not_there_is_a_failure_and_no_panic() {
        let mut command = Command::new("corsac-no-such-program");
        assert!(matches!(pass(&mut command), Err(Stop::Failed(_))));
    }
}
