//! Where the output goes: pipes that close, full disks, terminals.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::support::{Folder, corsac};

const POLICY: &str = "allow_origins = [\"https://a.example/\"]\n";

fn check(folder: &Folder) -> Command {
    let mut command = corsac();
    command.args(["check", "p.toml"]).current_dir(folder.path(""));
    command
}

#[test]
fn a_closed_pipe_is_no_error() {
    let entries: Vec<String> = (0..5_000).map(|i| format!("\"https://h{i}.example/\"")).collect();
    let folder = Folder::with(&[("p.toml", &format!("allow_origins = [{}]\n", entries.join(",\n")))]);
    let mut child = check(&folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut start = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_closed_pipe_is_no_error_for_help_either() {
    let mut child = corsac().args(["test", "--help"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = check(&folder).stdout(full).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "error: cannot write to standard output: No space left on device\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn colour_is_for_terminals_and_for_who_asks() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    let has_colour = |command: &mut Command| command.output().unwrap().stdout.contains(&0x1b);
    assert!(!has_colour(&mut check(&folder)));
    assert!(has_colour(check(&folder).env("CLICOLOR_FORCE", "1")));
    assert!(!has_colour(check(&folder).env("NO_COLOR", "1").env("TERM", "xterm-256color")));
    // Never in a document.
    assert!(!has_colour(check(&folder).arg("--json").env("CLICOLOR_FORCE", "1")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_colour_unless_it_asks_for_none() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    let in_terminal = |no_color: &str| {
        let mut command = Command::new("script");
        let run = format!("{} check p.toml", env!("CARGO_BIN_EXE_corsac"));
        command.args(["--quiet", "--return", "--command", &run, "/dev/null"]).current_dir(folder.path(""));
        command.env("TERM", "xterm-256color").env_remove("CLICOLOR").env_remove("NO_COLOR");
        if !no_color.is_empty() {
            command.env("NO_COLOR", no_color);
        }
        command.stdin(Stdio::null()).output()
    };
    let Ok(output) = in_terminal("") else {
        eprintln!("skipped: there is no `script`");
        return;
    };
    assert!(output.stdout.contains(&0x1b), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(!in_terminal("1").unwrap().stdout.contains(&0x1b));
}
